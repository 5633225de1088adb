"""Debian's Firefox, driven by WebDriver BiDi, and a visit to a page in it.

Playwright's own client for it asks for a command that this Firefox does not have yet. What is
needed here is little: JSON over a WebSocket (RFC 6455), https://w3c.github.io/webdriver-bidi/.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import socket
import struct
import subprocess
import tempfile
import time
from base64 import b64decode
from collections.abc import Mapping
from pathlib import Path
from threading import Thread
from typing import Any

from viewing import TOOLS, AnyReader

NAMES = ("firefox-esr", "firefox", "/Applications/Firefox.app/Contents/MacOS/firefox")
PREFERENCES = {
    "app.update.auto": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,",
    "toolkit.telemetry.enabled": False,
    "full-screen-api.transition-duration.enter": "0 0",
    "full-screen-api.transition-duration.leave": "0 0",
    "full-screen-api.warning.timeout": 0,
}
HANG = 60
"""Seconds after which what has not come is taken not to come."""
KEYS = {
    "Tab": "\ue004",
    "Enter": "\ue007",
    "Escape": "\ue00c",
    "Space": " ",
    "PageUp": "\ue00e",
    "PageDown": "\ue00f",
    "End": "\ue010",
    "Home": "\ue011",
    "ArrowLeft": "\ue012",
    "ArrowUp": "\ue013",
    "ArrowRight": "\ue014",
    "ArrowDown": "\ue015",
}
"""Code points by which WebDriver names keys, https://www.w3.org/TR/webdriver2/#keyboard-actions."""
TEXT_FRAME = 0x81
CLOSE_FRAME = 0x8


def executable() -> str:
    """The browser that `make test` installs."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    assert found, "no Firefox; install one with: sudo apt-get install firefox-esr"
    return found


class WebSocket:
    """The client's end of a WebSocket: texts to and fro, whole ones only."""

    def __init__(self, address: str) -> None:
        found = re.fullmatch(r"ws://([\d.]+):(\d+)(/.*)?", address)
        assert found, address
        host, port, path = found[1], int(found[2]), found[3] or "/"
        self._socket = socket.create_connection((host, port), timeout=HANG)
        request = [
            f"GET {path} HTTP/1.1",
            f"Host: {host}:{port}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==",
            "Sec-WebSocket-Version: 13",
        ]
        self._socket.sendall("\r\n".join([*request, "", ""]).encode())
        self._stream = self._socket.makefile("rb")
        status = self._stream.readline()
        assert b" 101 " in status, status
        while self._stream.readline() not in (b"\r\n", b""):
            pass

    def send(self, text: str) -> None:
        data = text.encode()
        mask = secrets.token_bytes(4)
        size = len(data)
        if size < 126:
            head = struct.pack("!BB", TEXT_FRAME, 0x80 | size)
        elif size < 65_536:
            head = struct.pack("!BBH", TEXT_FRAME, 0x80 | 126, size)
        else:
            head = struct.pack("!BBQ", TEXT_FRAME, 0x80 | 127, size)
        masked = bytes(byte ^ mask[at % 4] for at, byte in enumerate(data))
        self._socket.sendall(head + mask + masked)

    def receive(self) -> str:
        text = b""
        while True:
            first, size = struct.unpack("!BB", self._stream.read(2))
            if size == 126:
                (size,) = struct.unpack("!H", self._stream.read(2))
            elif size == 127:
                (size,) = struct.unpack("!Q", self._stream.read(8))
            data = self._stream.read(size)
            kind = first & 0xF
            assert kind != CLOSE_FRAME, "the browser closed the connection"
            if kind > CLOSE_FRAME:
                continue  # a ping
            text += data
            if first & 0x80:
                return text.decode()

    def close(self) -> None:
        self._stream.close()
        self._socket.close()


class Firefox:
    """A running Firefox without a window, in a profile of its own."""

    def __init__(self, preferences: Mapping[str, Any] | None = None) -> None:
        self._profile = Path(tempfile.mkdtemp(prefix="firefox-"))
        wanted = {**PREFERENCES, **(preferences or {})}
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(v)});" for name, v in wanted.items()]
        (self._profile / "user.js").write_text("\n".join(lines))
        arguments = ["--headless", "--no-remote", "--profile", str(self._profile)]
        self._process = subprocess.Popen(
            [executable(), *arguments, "--remote-debugging-port", "0"],
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "HOME": str(self._profile), "MOZ_CRASHREPORTER_DISABLE": "1"},
        )
        assert self._process.stderr
        for said in self._process.stderr:
            if address := re.search(r"ws://[\d.]+:\d+", said):
                break
        else:
            raise AssertionError("Firefox did not start")
        # what it goes on to say must not fill the pipe
        self._drain = Thread(target=self._process.stderr.read, daemon=True)
        self._drain.start()
        self._socket = WebSocket(f"{address[0]}/session")
        self._sent = 0
        self.listeners: dict[str, FirefoxReader] = {}
        """Readers by the browsing context that they are in."""
        found = self.call("session.new", capabilities={})
        self.version = found["capabilities"]["browserVersion"]
        events = ["log.entryAdded", "network.beforeRequestSent"]
        self.call("session.subscribe", events=events)

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Sends a command, and gives its result; what is told meanwhile goes to its reader."""
        self._sent += 1
        self._socket.send(json.dumps({"id": self._sent, "method": method, "params": params}))
        while True:
            message = json.loads(self._socket.receive())
            if message.get("id") == self._sent:
                assert message["type"] == "success", message
                result: dict[str, Any] = message["result"]
                return result
            self._tell(message)

    def _tell(self, message: dict[str, Any]) -> None:
        params = message.get("params", {})
        context = params.get("context") or params.get("source", {}).get("context")
        reader = self.listeners.get(context)
        if reader and message["method"] == "log.entryAdded":
            reader.wrong.append(params["text"])
        elif reader and message["method"] == "network.beforeRequestSent":
            reader.asked.append(params["request"]["url"])

    def close(self) -> None:
        self._socket.close()
        self._process.terminate()
        self._process.wait(HANG)
        self._drain.join(HANG)
        assert self._process.stderr
        self._process.stderr.close()
        shutil.rmtree(self._profile, ignore_errors=True)


class FirefoxReader(AnyReader):
    """One visit to a page, with a storage of its own; what goes wrong in it is gathered."""

    def __init__(
        self,
        browser: Firefox,
        path: Path | str,
        hash_: str = "",
        awaits: str = "video.readyState >= 2",
        size: tuple[int, int] = (1000, 800),
    ) -> None:
        self.browser = browser
        self.awaits = awaits
        self.wrong: list[str] = []
        self.asked: list[str] = []
        self._user = browser.call("browser.createUserContext")["userContext"]
        made = browser.call("browsingContext.create", type="tab", userContext=self._user)
        self.context: str = made["context"]
        browser.listeners[self.context] = self
        self.resize(*size)
        self.open(path, hash_)

    def _call(self, method: str, **params: Any) -> dict[str, Any]:
        return self.browser.call(method, context=self.context, **params)

    def resize(self, width: int, height: int) -> None:
        self._call("browsingContext.setViewport", viewport={"width": width, "height": height})

    def open(self, path: Path | str, hash_: str = "") -> None:
        address = path if isinstance(path, str) else f"file://{path}"
        self._call("browsingContext.navigate", url="about:blank", wait="complete")
        self._call("browsingContext.navigate", url=f"{address}{hash_}", wait="interactive")
        self.wait(self.awaits)

    def go(self, by: int) -> None:
        """Back by so many places in the visit's history, or on."""
        self._call("browsingContext.traverseHistory", delta=by)

    def run(self, code: str, argument: Any = None) -> Any:
        body = f"(async (given) => {{ {TOOLS} return JSON.stringify(await ({code})); }})"
        found = self.browser.call(
            "script.evaluate",
            expression=f"{body}({json.dumps(argument)})",
            target={"context": self.context},
            awaitPromise=True,
        )
        assert found["type"] == "success", found["exceptionDetails"]["text"]
        value = found["result"].get("value")
        return None if value is None else json.loads(value)

    def wait(self, code: str) -> None:
        end = time.monotonic() + HANG
        while not self.run(code):
            assert time.monotonic() < end, f"waited in vain for: {code}; {self.wrong}"
            time.sleep(0.02)

    def click(self, selector: str, number: int = 0) -> None:
        """Clicks in the middle of an element, brought into view first."""
        x, y = self.run(
            "((found) => { found.scrollIntoView({ block: 'nearest', behavior: 'instant' });"
            "const { x, y, width, height } = found.getBoundingClientRect();"
            "return [x + width / 2, y + height / 2]; })(all(given[0])[given[1]])",
            [selector, number],
        )
        self.click_at(x, y)

    def click_at(self, x: float, y: float) -> None:
        press = [{"type": "pointerMove", "x": round(x), "y": round(y)}]
        press += [{"type": name, "button": 0} for name in ("pointerDown", "pointerUp")]
        self._act({"type": "pointer", "id": "mouse", "actions": press})

    def point_at(self, x: float, y: float) -> None:
        move = [{"type": "pointerMove", "x": round(x), "y": round(y)}]
        self._act({"type": "pointer", "id": "mouse", "actions": move})

    def press(self, *keys: str) -> None:
        for key in keys:
            value = KEYS.get(key, key)
            strokes = [{"type": name, "value": value} for name in ("keyDown", "keyUp")]
            self._act({"type": "key", "id": "keys", "actions": strokes})

    def _act(self, source: dict[str, Any]) -> None:
        self._call("input.performActions", actions=[source])

    def text(self, selector: str) -> str:
        return str(self.run("one(given).innerText.trim()", selector))

    def screenshot(self) -> bytes:
        """The window as PNG."""
        return b64decode(self._call("browsingContext.captureScreenshot")["data"])

    def close(self) -> None:
        self.browser.call("browser.removeUserContext", userContext=self._user)
        self.browser.listeners.pop(self.context)
