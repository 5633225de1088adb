"""The page of `watch`, by a small server that answers this machine alone.

The page shows the newest draft, or what is wrong; `show` sends a new state to every open page.
"""

from __future__ import annotations

import json
import re
import sys
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

PAGE = Path(__file__).with_name("watch.html")
HOSTS = ("127.0.0.1", "localhost")
BLOCK_BYTES = 1 << 16  # written at a time, so that a lost connection is noticed soon
_RANGE = re.compile(r"bytes=(\d{1,15})-(\d{0,15})\Z")
TIMEOUT_SECONDS = 20
"""Seconds after which a connection ends whose browser neither sends nor receives."""
MAX_CONNECTIONS = 32
"""Connections at a time; a browser opens about six to a page."""


@dataclass(frozen=True, slots=True)
class PreviewState:
    """What a page shows: the draft by its version, its lines in seconds, or what is wrong."""

    title: str
    version: int = 0
    lines: tuple[Mapping[str, Any], ...] = ()
    took: float = 0.0
    busy: bool = False
    problem: str = ""


@dataclass(slots=True)
class PreviewServer:
    """The server; `address` is where a browser finds it."""

    state: PreviewState
    film: bytes = b""
    port: int = 0
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _count: int = 0
    _server: ThreadingHTTPServer | None = None

    @property
    def address(self) -> str:
        """The page's address."""
        return f"http://{HOSTS[0]}:{self.port}/"

    def open(self) -> None:
        """Start to serve, on `port` or, if that is 0, on any that is free.

        Raises:
            OSError: if the port is taken.
        """
        handler = type("Handler", (_Handler,), {"preview": self})
        self._server = _Server((HOSTS[0], self.port), handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Stop serving."""
        if self._server:
            self._server.shutdown()
            self._server.server_close()

    def show(self, state: PreviewState, film: bytes | None = None) -> None:
        """Show a state on every page that is open; with `film`, a new draft."""
        with self._changed:
            self.state = state
            if film is not None:
                self.film = film
            self._count += 1
            self._changed.notify_all()

    def wait(self, seen: int) -> tuple[int, PreviewState]:
        """Wait for a state whose number is not `seen`, at most some seconds; gives both."""
        with self._changed:
            self._changed.wait_for(lambda: self._count != seen, timeout=5)
            return self._count, self.state


class _Server(ThreadingHTTPServer):
    """A thread for each connection, up to `MAX_CONNECTIONS`; a lost connection is no error."""

    daemon_threads = True

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._free = threading.BoundedSemaphore(MAX_CONNECTIONS)

    def process_request(self, request: Any, client_address: Any) -> None:
        if self._free.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002
        error = sys.exception()
        if not isinstance(error, OSError):
            print(f"the page of watch: {type(error).__name__}: {error}", file=sys.stderr)


class _Handler(BaseHTTPRequestHandler):
    preview: PreviewServer
    protocol_version = "HTTP/1.1"
    timeout = TIMEOUT_SECONDS

    def do_GET(self) -> None:
        # another site's name may be made to resolve to this machine (DNS rebinding)
        if self.headers.get("Host", "").rpartition(":")[0] not in HOSTS:
            self.send_error(HTTPStatus.FORBIDDEN)
            return
        path = self.path.partition("?")[0]
        try:
            if path == "/":
                self._send(PAGE.read_bytes(), "text/html; charset=utf-8")
            elif path == "/film.mp4" and self.preview.film:
                self._send(self.preview.film, "video/mp4")
            elif path == "/events":
                self._send_events()
            else:
                self.send_error(HTTPStatus.NOT_FOUND)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _send(self, content: bytes, media_type: str) -> None:
        """Send a content, or the range of it that the request asks for, as players of films do."""
        part = _RANGE.match(self.headers.get("Range", ""))
        first = int(part[1]) if part else 0
        last = min(int(part[2]) if part and part[2] else len(content) - 1, len(content) - 1)
        if first > last:
            self.send_error(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
            return
        self.send_response(HTTPStatus.PARTIAL_CONTENT if part else HTTPStatus.OK)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(last - first + 1))
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Cache-Control", "no-store")
        if part:
            self.send_header("Content-Range", f"bytes {first}-{last}/{len(content)}")
        self.end_headers()
        for at in range(first, last + 1, BLOCK_BYTES):
            self.wfile.write(content[at : min(at + BLOCK_BYTES, last + 1)])

    def _send_events(self) -> None:
        """States as server-sent events, for as long as the page is open."""
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()
        seen = -1
        while True:
            number, state = self.preview.wait(seen)
            # a comment now and then shows whether the page is still open
            event = ": still here\n\n"
            if number != seen:
                event = f"data: {json.dumps(asdict(state))}\n\n"
            seen = number
            self.wfile.write(event.encode())
            self.wfile.flush()

    def log_message(self, *_: Any) -> None:
        """Do not print each request."""
