"""A stand-in for Google's server: speaks with espeak, in MP3, in the form that gTTS reads."""

from __future__ import annotations

import base64
import io
import json
import re
import threading
import urllib.parse
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

import said_before
from explainer.voices import gtts, subprocess_engine
from explainer.voices.base import SpeechEngine, Utterance
from explainer.voices.registry import create_engine
from tests.voices.readers import Reader, stand_in_for_piper


class Service(ThreadingHTTPServer):
    """Answers each request by the next of `plan` (“speak” once it is used up); notes what is asked.

    A plan's steps: “speak”, “hang”, “drip”, “garbage”, “noise”, “short”, “empty”, or a status.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.plan: list[str | int] = []
        self.asked: list[str] = []
        self.languages: list[str] = []
        self.slow: list[bool] = []
        self.over = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: Service

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        request = json.loads(urllib.parse.parse_qs(body)["f.req"][0])
        text, language, slow, _ = json.loads(request[0][0][1])
        self.server.asked.append(text)
        self.server.languages.append(language)
        self.server.slow.append(bool(slow))
        step = self.server.plan.pop(0) if self.server.plan else "speak"
        if isinstance(step, int):
            self._send(step, b"no")
        elif step == "hang":
            self.server.over.wait()
        elif step == "drip":
            self._drip()
        elif step == "garbage":
            self._send(200, b"<html><body>Our systems have detected unusual traffic</body></html>")
        elif step == "noise":
            self._send(200, _packed(b"this is not an MP3 file" * 40))
        elif step == "empty":
            self._send(200, b'[["wrb.fr","jQ1olc",null,null,null,[3],"generic"]]\n')
        else:
            said = "a" if step == "short" else text
            self._send(200, _packed(said_by_espeak(said)))

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _drip(self) -> None:
        self.send_response(200)
        self.end_headers()
        try:
            while not self.server.over.wait(0.2):
                self.wfile.write(b" ")
                self.wfile.flush()
        except OSError:
            pass  # the client was stopped, as it should be

    def log_message(self, *args: Any) -> None:
        pass


@cache
def said_by_espeak(text: str) -> bytes:
    """A text as MP3."""
    return mp3(create_engine("espeak").speak(text, "en"))


def _packed(sound: bytes) -> bytes:
    inner = json.dumps([base64.b64encode(sound).decode()])
    line = json.dumps([["wrb.fr", "jQ1olc", inner, None, None, None, "generic"]])
    return f")]}}'\n\n{len(line)}\n{line.replace(', ', ',')}\n".encode()


def mp3(spoken: Utterance) -> bytes:
    """The sound as an MP3 file."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp3") as container:
        stream = container.add_stream("libmp3lame", rate=spoken.rate, layout="mono")
        frame = av.AudioFrame.from_ndarray(spoken.samples[np.newaxis], "s16", "mono")
        frame.sample_rate, frame.time_base = spoken.rate, Fraction(1, spoken.rate)
        for part in [frame, None]:
            container.mux(stream.encode(part))
    return file.getvalue()


@pytest.fixture(autouse=True)
def _heard_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess_engine, "_EngineProcess", said_before.Process)


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """The stand-in, running; the voice gtts goes to it and to nothing else, without waiting."""
    import os

    for name in [name for name in os.environ if re.search("_proxy$", name, re.IGNORECASE)]:
        monkeypatch.delenv(name)
    server = Service()
    monkeypatch.setenv("EXPLAINER_GTTS_URL", server.url)
    monkeypatch.setattr(gtts, "MIN_REQUEST_INTERVAL", 0.0)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server
    server.over.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def ready_gtts(service: Service) -> SpeechEngine:
    assert service.url
    return create_engine("gtts")


@pytest.fixture
def ready_piper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SpeechEngine:
    stand_in_for_piper(tmp_path, monkeypatch)
    return create_engine("piper")


@pytest.fixture
def ready_recording(tmp_path: Path) -> SpeechEngine:
    return Reader(tmp_path)
