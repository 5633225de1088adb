"""A server for a film and its page, which can be as bad as servers are."""

from __future__ import annotations

import gzip
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

TYPES = {".html": "text/html; charset=utf-8", ".mp4": "video/mp4", ".png": "image/png"}


class FilmServer(ThreadingHTTPServer):
    """Serves a folder's files; how it serves films can be changed at any time.

    `ranges` says whether parts of a film are sent, `packs` whether pages are compressed, `missing`
    that there is no film, and `pause_at` after how many bytes of it a wait is made until `go_on`
    is set.
    """

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.folder = folder
        self.ranges, self.packs, self.missing = True, False, False
        self.pause_at: int | None = None
        self.go_on = threading.Event()
        self.answers: list[int] = []
        """The status of each answer about a film."""

    def address(self, name: str) -> str:
        """Where the browser finds a file of the folder."""
        return f"http://127.0.0.1:{self.server_address[1]}/{name}"


class _Handler(BaseHTTPRequestHandler):
    server: FilmServer

    def do_GET(self) -> None:
        path = self.server.folder / self.path.partition("?")[0].lstrip("/")
        is_film = path.suffix == ".mp4"
        status, content = 200, path.read_bytes() if path.is_file() else b""
        if not path.is_file() or (is_film and self.server.missing):
            status, content = 404, b""
        part = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        packs = self.server.packs and path.suffix == ".html"
        if packs:
            content = gzip.compress(content)
        size, first = len(content), 0
        if part and status == 200 and self.server.ranges:
            status, first = 206, int(part[1])
            content = content[first : int(part[2]) + 1 if part[2] else None]
        self.send_response(status)
        self.send_header("Content-Type", TYPES.get(path.suffix, "text/plain"))
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        if packs:
            self.send_header("Content-Encoding", "gzip")
        if status == 206:
            self.send_header("Content-Range", f"bytes {first}-{first + len(content) - 1}/{size}")
            self.send_header("Accept-Ranges", "bytes")
        self.end_headers()
        if is_film:
            self.server.answers.append(status)
        pause_at = self.server.pause_at if is_film else None
        try:
            self.wfile.write(content[:pause_at])
            if pause_at is not None and pause_at < len(content):
                self.wfile.flush()
                self.server.go_on.wait()
                self.wfile.write(content[pause_at:])
        except ConnectionError:
            pass  # the browser wants no more of it

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing of requests."""


@contextmanager
def film_server(folder: Path) -> Iterator[FilmServer]:
    """A server of the folder's files while the context lasts."""
    with FilmServer(folder) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.go_on.set()
        server.shutdown()
