"""The page of `watch`, for the browsers of this machine alone.

It shows the newest draft, or what is wrong; `show` sends a new state to every open page. What the
page changes goes to `edits`: with the session's token only, and into the film's own script only.
"""

from __future__ import annotations

import asyncio
import json
import re
import secrets
import socket
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import asdict, dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import quote

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from explainer.errors import ExplainerError, error_text
from explainer.pipeline import RenderOptions
from explainer.studio.booth import MAX_TAKE_BYTES, Booth
from explainer.studio.edits import ScriptEdits
from explainer.studio.film import OFFERED_EXPORTS, QUALITIES, FilmMaker, FilmState

HERE = Path(__file__).parent
PAGE = HERE / "studio.html"
SCRIPTS = ("booth.js", "elements.js", "film.js", "recorder.js", "studio.js", "timeline.js")
FILES = {"studio.css": "text/css", **dict.fromkeys(SCRIPTS, "text/javascript")}
"""What the page loads, by its media type."""
HOSTS = ("127.0.0.1", "localhost")
TOKEN_PLACE = "SESSION_TOKEN"
"""What stands in the page for the token of the session."""
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "media-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "Permissions-Policy": "microphone=(self), camera=(), display-capture=(), geolocation=()",
    "X-Content-Type-Options": "nosniff",
}
_RANGE = re.compile(r"bytes=(\d{1,15})-(\d{0,15})\Z")
MAX_CONNECTIONS = 32
"""Connections at a time; a browser opens about six to a page."""
MAX_BODY = 100_000
"""Bytes of a request; a line of a script has some hundred."""
HEARTBEAT = 5.0
"""Seconds after which a page that hears nothing new is told that the program still runs."""


@dataclass(frozen=True, slots=True)
class PreviewState:
    """What a page shows: the draft by its version, its lines in seconds, or what is wrong.

    `problem` says all that is wrong, and `problems` has each with its line, as `problems` says.
    `waveform` has `view.PEAKS_PER_SECOND` values a second; `undo` and `redo` say whether a change
    can be taken back or made again.
    """

    title: str
    version: int = 0
    lines: tuple[Mapping[str, Any], ...] = ()
    took: float = 0.0
    busy: bool = False
    problem: str = ""
    problems: tuple[Mapping[str, str], ...] = ()
    waveform: tuple[int, ...] = ()
    undo: bool = False
    redo: bool = False


Act = Callable[["PreviewServer", dict[str, Any]], None]
"""Does what a page has asked for."""


@dataclass(slots=True)
class PreviewServer:
    """The server; `address` is where a browser finds it.

    `line_states` has, by `scene.line`, its state as `Progress.note_line` has it, and why. While a
    line that was changed is made, `line_key` names it, `picture` is the newest of it, the one
    numbered `pictures`, and then `line_film` is all of it, the one numbered `line_version`. `at` is
    the line that was looked at last on a page. The finished film's own page is served on
    `film_port`: its scripts are of another origin, and do not see the session's token.
    """

    state: PreviewState
    film: bytes = b""
    port: int = 0
    edits: ScriptEdits | None = None
    maker: FilmMaker | None = None
    booth: Booth | None = None
    film_port: int = 0
    doing: str = ""
    line_states: dict[str, tuple[str, str]] = field(default_factory=dict)
    line_key: str = ""
    picture: bytes = b""
    pictures: int = 0
    line_film: bytes = b""
    line_version: int = 0
    at: str = ""
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    _acting: threading.Lock = field(default_factory=threading.Lock)
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _count: int = 0
    _server: uvicorn.Server | None = None
    _thread: threading.Thread | None = None

    @property
    def address(self) -> str:
        """The page's address."""
        return f"http://{HOSTS[0]}:{self.port}/"

    def open(self) -> None:
        """Start to serve, on `port` or, if that is 0, on any that is free.

        Raises:
            OSError: if the port is taken.
        """
        listening = socket.create_server((HOSTS[0], self.port))
        self.port = listening.getsockname()[1]
        for_film = socket.create_server((HOSTS[0], 0))
        self.film_port = for_film.getsockname()[1]
        config = uvicorn.Config(
            _both(self),
            log_level="critical",
            access_log=False,
            limit_concurrency=MAX_CONNECTIONS,
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, args=([listening, for_film],), name="page", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Stop serving and making; pages that are open are told no more."""
        if self.maker:
            self.maker.close()
        if self._server and self._thread:
            self._server.should_exit = True
            with self._changed:
                self._changed.notify_all()
            self._thread.join()

    def show(self, state: PreviewState, film: bytes | None = None) -> None:
        """Show a state on every page that is open; with `film`, a new draft."""
        with self._changed:
            self.state = state
            if film is not None:
                self.film = film
                self.line_key = ""
            self._tell_pages()

    def begin_line(self, key: str) -> None:
        """Say on every page that a line is made anew, before all of the film is."""
        with self._changed:
            self.line_key, self.picture, self.line_film = key, b"", b""
            self._tell_pages()

    def show_picture(self, key: str, picture: bytes) -> None:
        """Show a picture of the line that is made anew, as a JPEG; one of another is not shown."""
        with self._changed:
            if key == self.line_key and not self.line_film:
                self.picture = picture
                self.pictures += 1
                self._tell_pages()

    def show_line(self, film: bytes) -> None:
        """Show the line that was made anew: a film of that alone."""
        with self._changed:
            self.line_film = film
            self.line_version += 1
            self._tell_pages()

    def watch_film(self, drafts: RenderOptions) -> None:
        """Let pages make the film of which these are drafts, and record its lines."""
        self.maker = FilmMaker(drafts, self._tell_of_film)
        self.booth = Booth(drafts, self.edits)

    def do(self, act: Act, asked: dict[str, Any]) -> None:
        """Do what a page asks for, one thing after the other."""
        with self._acting:
            act(self, asked)

    def look(self, seen: Mapping[Path, tuple[int, int]]) -> None:
        """Hear of the times and sizes of the film's files, which may be newer than the film."""
        if self.maker:
            self.maker.look(seen)

    def _tell_of_film(self, _: FilmState) -> None:
        with self._changed:
            self._tell_pages()

    def tell(self, doing: str) -> None:
        """Say on every page how far a render is."""
        with self._changed:
            self.doing = doing
            self._tell_pages()

    def note_line(self, key: str, state: str, why: str = "") -> None:
        """Show the state of a line on every page."""
        with self._changed:
            self.line_states = {**self.line_states, key: (state, why)}
            self._tell_pages()

    def _tell_pages(self) -> None:
        self._count += 1
        self._changed.notify_all()

    def wait(self, seen: int, timeout: float = HEARTBEAT) -> tuple[int, PreviewState]:
        """Wait for a state whose number is not `seen`, at most some seconds; gives both."""
        with self._changed:
            self._changed.wait_for(lambda: self._count != seen or self.closing, timeout)
            return self._count, self.state

    @property
    def closing(self) -> bool:
        """Whether `close` was called."""
        return bool(self._server and self._server.should_exit)


def _both(server: PreviewServer) -> ASGIApp:
    """The studio on its port, and the finished film's page on the other."""
    studio, film = _app(server), _film_app(server)

    async def by_port(scope: Scope, receive: Receive, send: Send) -> None:
        on_film_port = scope["type"] == "http" and scope["server"][1] == server.film_port
        await (film if on_film_port else studio)(scope, receive, send)

    return by_port


def _film_app(server: PreviewServer) -> Starlette:
    async def made(request: Request) -> Response:
        path = server.maker and server.maker.file(request.path_params["name"])
        if not path:
            return Response(status_code=HTTPStatus.NOT_FOUND)
        headers = {name: HEADERS[name] for name in ("Cache-Control", "X-Content-Type-Options")}
        headers["Permissions-Policy"] = "microphone=(), camera=(), geolocation=()"
        return FileResponse(path, headers=headers)

    guard = Middleware(TrustedHostMiddleware, allowed_hosts=list(HOSTS))
    return Starlette(routes=[Route("/{name}", made)], middleware=[guard])


def _app(server: PreviewServer) -> Starlette:
    async def page(_: Request) -> Response:
        text = PAGE.read_text(encoding="utf-8").replace(TOKEN_PLACE, server.token)
        return Response(text, headers=HEADERS, media_type="text/html")

    async def file(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in FILES:
            return Response(status_code=HTTPStatus.NOT_FOUND)
        return Response((HERE / name).read_bytes(), headers=HEADERS, media_type=FILES[name])

    async def film(request: Request) -> Response:
        return _part(server.film, request.headers.get("range", ""))

    async def line_film(request: Request) -> Response:
        return _part(server.line_film, request.headers.get("range", ""))

    async def picture(_: Request) -> Response:
        if not server.picture:
            return Response(status_code=HTTPStatus.NOT_FOUND)
        return Response(server.picture, headers=HEADERS, media_type="image/jpeg")

    async def events(_: Request) -> Response:
        return StreamingResponse(_events(server), headers=HEADERS, media_type="text/event-stream")

    async def edit(request: Request) -> Response:
        return await _answered(server, request, _edit)

    async def make(request: Request) -> Response:
        return await _answered(server, request, _make)

    async def keep(request: Request) -> Response:
        return await _answered(server, request, _keep)

    async def take(request: Request) -> Response:
        return await _judged(server, request)

    async def take_sound(request: Request) -> Response:
        return await _take_sound(server, request)

    return Starlette(
        routes=[
            Route("/", page),
            Route("/film.mp4", film),
            Route("/line.mp4", line_film),
            Route("/picture.jpg", picture),
            Route("/events", events),
            Route("/edit", edit, methods=["POST"]),
            Route("/make", make, methods=["POST"]),
            Route("/keep", keep, methods=["POST"]),
            Route("/take/{line}", take, methods=["POST"]),
            Route("/take/{line}", take_sound),
            Route("/{name}", file),
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=list(HOSTS))],
    )


def _part(film: bytes, asked: str, kind: str = "video/mp4") -> Response:
    """A film or sound, or the range of it that a request asks for, as players of films do."""
    if not film:
        return Response(status_code=HTTPStatus.NOT_FOUND)
    headers = {**HEADERS, "Accept-Ranges": "bytes"}
    if not (found := _RANGE.match(asked)):
        return Response(film, headers=headers, media_type=kind)
    first, last = int(found[1]), min(int(found[2] or len(film)), len(film) - 1)
    if first > last:
        return Response(status_code=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
    headers["Content-Range"] = f"bytes {first}-{last}/{len(film)}"
    content = film[first : last + 1]
    return Response(content, HTTPStatus.PARTIAL_CONTENT, headers, media_type=kind)


async def _events(server: PreviewServer) -> AsyncIterator[str]:
    """States as server-sent events, for as long as the page is open."""
    seen, shown = -1, None
    told = _news(PreviewServer(server.state))
    while not server.closing:
        number, state = await asyncio.to_thread(server.wait, seen)
        if number == seen:
            yield ": still here\n\n"  # this shows whether the page is still open
        elif state is not shown:
            yield f"data: {json.dumps(asdict(state))}\n\n"
        for name, news in _news(server).items():
            if news != told[name]:
                told[name] = news
                yield f"event: {name}\ndata: {json.dumps(news)}\n\n"
        seen, shown = number, state


def _news(server: PreviewServer) -> dict[str, Any]:
    """What pages are told apart from the state, by the name of its event."""
    version = server.line_version if server.line_film else 0
    line = {"key": server.line_key, "picture": bool(server.picture) and server.pictures}
    return {
        "doing": {"doing": server.doing, "lines": server.line_states},
        "line": {**line, "version": version},
        "film": _film_news(server),
        "booth": {"recorded": server.booth.recorded() if server.booth else None},
    }


def _film_news(server: PreviewServer) -> dict[str, Any]:
    """The state of the finished film, and where its page is served."""
    maker = server.maker
    if not maker:
        return {}
    film = maker.state.film
    page = film and Path(film["path"]).with_suffix(".html")
    address = f"http://{HOSTS[0]}:{server.film_port}/{quote(page.name)}" if page else ""
    there = bool(page and page.is_file())
    offered = {"qualities": QUALITIES, "exports": OFFERED_EXPORTS}
    return {**offered, **asdict(maker.state), "page": address if there else ""}


async def _answered(server: PreviewServer, request: Request, act: Act) -> Response:
    """Do what the session's own page asks for, or say why not."""
    body = await _body(server, request, MAX_BODY)
    if isinstance(body, Response):
        return body
    try:
        asked = json.loads(body)
        if not isinstance(asked, dict):
            raise ValueError
        # half a character can neither be written nor told of
        json.dumps(asked, ensure_ascii=False).encode()
        await asyncio.to_thread(server.do, act, asked)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        return _refused(HTTPStatus.BAD_REQUEST, "nothing of that kind can be done here")
    except (ExplainerError, OSError) as error:
        return _refused(HTTPStatus.CONFLICT, error_text(error))
    return JSONResponse({})


async def _body(server: PreviewServer, request: Request, most: int) -> bytes | Response:
    """What the session's own page sends, of at most so many bytes; else why it is refused."""
    origin = request.headers.get("origin", server.address.rstrip("/"))
    own = origin in {f"http://{host}:{server.port}" for host in HOSTS}
    token = request.headers.get("x-session-token", "")
    if not own or not secrets.compare_digest(token.encode(), server.token.encode()):
        return _refused(HTTPStatus.FORBIDDEN, "only this program's own page changes something")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            return _refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "this is too long for a line")
    return bytes(body)


def _edit(server: PreviewServer, asked: dict[str, Any]) -> None:
    """Change a text, or undo or redo a change."""
    edits, step = server.edits, asked.get("step", "change")
    if step == "at":
        server.at = str(asked["key"])
        return
    if not edits or step not in ("change", "undo", "redo"):
        raise ValueError
    if step == "change":
        where = [str(part) for part in asked["where"]]
        edits.change(where, str(asked["was"]), str(asked["text"]))
    elif step == "undo":
        edits.undo()
    else:
        edits.redo()


def _make(server: PreviewServer, asked: dict[str, Any]) -> None:
    """Render or verify the film, or break that off."""
    maker, step = server.maker, asked["step"]
    if not maker or step not in ("render", "verify", "cancel"):
        raise ValueError
    if step == "render":
        maker.render(str(asked["quality"]), tuple(str(name) for name in asked["exports"]))
    elif step == "verify":
        maker.verify()
    else:
        maker.cancel()


def _keep(server: PreviewServer, asked: dict[str, Any]) -> None:
    """Make a take the recording of its line."""
    if not server.booth or not isinstance(asked["speak"], bool):
        raise ValueError
    server.booth.keep(str(asked["line"]), int(asked["take"]), asked["speak"])
    server.tell(server.doing)


async def _judged(server: PreviewServer, request: Request) -> Response:
    """Clean and check a take."""
    body = await _body(server, request, MAX_TAKE_BYTES)
    if isinstance(body, Response):
        return body
    if not server.booth:
        return _refused(HTTPStatus.BAD_REQUEST, "nothing can be recorded here")
    try:
        take = await asyncio.to_thread(server.booth.judge, request.path_params["line"], body)
    except (ExplainerError, OSError) as error:
        return _refused(HTTPStatus.CONFLICT, error_text(error))
    return JSONResponse(take.to_json())


async def _take_sound(server: PreviewServer, request: Request) -> Response:
    """A take, or else the recording of a line, as it was cleaned."""
    if not server.booth:
        return Response(status_code=HTTPStatus.NOT_FOUND)
    try:
        wav = await asyncio.to_thread(server.booth.sound, request.path_params["line"])
    except (ExplainerError, OSError):
        return Response(status_code=HTTPStatus.NOT_FOUND)
    return _part(wav, request.headers.get("range", ""), "audio/wav")


def _refused(status: HTTPStatus, why: str) -> Response:
    return JSONResponse({"problem": why}, status_code=status)
