"""The finished film, made from the studio: rendered, exported and measured by a process of its own.

It gives way to drafts, writes nothing half, and can be cancelled at any moment; an order in, its
steps, the time left, the film and its rows out.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from explainer import pipeline
from explainer.cache import tempfiles
from explainer.captions.formats.registry import FORMATS
from explainer.clock import seconds
from explainer.errors import ExplainerError, ScriptError, error_text
from explainer.export.registry import EXPORTS, check_names
from explainer.frame_format import FRAME_FORMATS, find_format, with_aspect
from explainer.interrupts import blocked, exit_with_parent, signals_as_interrupt
from explainer.pipeline import RenderOptions
from explainer.progress import Progress, format_remaining
from explainer.script.loader import load
from explainer.timeline.json import load_for_film
from explainer.verify.measure import verify

QUALITIES = tuple(name for name in FRAME_FORMATS if name != "draft")
"""What a film is offered in; a draft is on the page anyway."""
OFFERED_EXPORTS = tuple(name for name in EXPORTS if name not in ("poster", "page"))
"""What is made on request; poster and page are made of each film."""
FILM_SUFFIXES = (".mp4", ".html", ".png", ".timeline.json", *FORMATS)
"""What of a finished film its page may load, by how names end after the film's."""
GIVES_WAY = 10
"""How much nicer than others the process is."""
TELL_AFTER = 0.2
"""Fewest seconds between two messages about how far a step is."""
CANCEL_SECONDS = 60.0
"""How long a cancelled process may take to remove what it has not finished, on a busy machine."""


@dataclass(frozen=True, slots=True)
class FilmState:
    """What the page shows of the finished film.

    `percent` is of the `step` that runs, and `left` the time that it, or all, still takes, in
    words. `film` has the facts of the file that is there; `rows` are those of its verification;
    `saved_since` the files that were saved after it was begun.
    """

    running: bool = False
    step: str = ""
    percent: int = 0
    left: str = ""
    told: str = ""
    problem: str = ""
    film: Mapping[str, Any] | None = None
    rows: tuple[Mapping[str, Any], ...] = ()
    saved_since: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Order:
    """What a process does: a film to render first, or one that is there to measure."""

    options: RenderOptions
    film: Path | None = None


class FilmMaker:
    """Makes one film at a time; `tell` is called with each new state."""

    def __init__(self, drafts: RenderOptions, tell: Callable[[FilmState], None]) -> None:
        """Make the film whose `drafts` are watched, with the same voices and language."""
        self.drafts = drafts
        self.state = FilmState()
        self._tell = tell
        self._lock = threading.RLock()
        self._process: BaseProcess | None = None
        self._thread: threading.Thread | None = None
        self._cancelled = False
        self._token = ""
        self._began = 0.0
        self._seen: Mapping[Path, tuple[int, int]] = {}
        self._steps: dict[str, float] = {}
        self._took: dict[str, float] = {}

    def render(self, quality: str, exports: tuple[str, ...] = ()) -> None:
        """Begin to render the film, to make its exports and to measure it.

        Raises:
            ScriptError: if there is no such quality or export, or something is being made.
        """
        aspect = self.drafts.quality.suffix.removeprefix("-").replace("x", ":")
        found = with_aspect(find_format(quality), aspect or "16:9")
        if found.is_draft:
            raise ScriptError.of("a draft is no film", "choose another quality")
        check_names(exports)
        options = replace(
            self.drafts, quality=found, selection="", draft=False, page=True, exports=exports
        )
        self._start(_Order(options))

    def verify(self) -> None:
        """Begin to measure the film that is there.

        Raises:
            ScriptError: if there is none, or something is being made.
        """
        if not self.state.film:
            raise ScriptError.of("there is no film yet", "render it first")
        self._start(_Order(self.drafts, Path(self.state.film["path"])))

    def cancel(self) -> None:
        """Break off what is being made; the film before it stays as it was."""
        with self._lock:
            process = self._process
            if process:
                self._cancelled = True
                self._set(step="breaking off", left="", percent=0)
        if process:
            process.terminate()

    def close(self) -> None:
        """Break off, and wait until nothing is left unfinished."""
        self.cancel()
        if self._thread:
            self._thread.join(CANCEL_SECONDS)
            if self._thread.is_alive() and self._process:
                self._process.kill()
                self._thread.join()
                if self._token:
                    tempfiles.remove_own(self.drafts.script.parent, self._token)

    def look(self, seen: Mapping[Path, tuple[int, int]]) -> None:
        """Hear of the times and sizes of the files that the film is made of, as `watch` does."""
        with self._lock:
            self._seen = seen
            if not self._process and not self.state.film:
                self._set(film=self._film_there())
            self._set(saved_since=self._saved_since())

    def file(self, name: str) -> Path | None:
        """A file of the finished film by its name, if its page may load it."""
        film = self.state.film
        if not film:
            return None
        path = Path(film["path"])
        mine = {path.with_suffix(suffix) for suffix in FILM_SUFFIXES}
        mine |= {path.with_name(one) for one in film.get("files", ())}
        wanted = path.with_name(name)
        is_there = wanted in mine and wanted.is_file() and not wanted.is_symlink()
        return wanted if is_there else None

    def _start(self, order: _Order) -> None:
        with self._lock:
            if self._process:
                raise ScriptError.of("a film is being made already", "wait for it, or cancel it")
            # not forked, since other threads of this process may hold locks
            context = multiprocessing.get_context("spawn")
            here, there = context.Pipe(duplex=False)
            process = context.Process(target=_make, args=(order, there, os.getpid()))
            # Ctrl-C is told to it by `close`
            with blocked(signal.SIGINT):
                process.start()
            there.close()
            self._process, self._cancelled, self._token = process, False, ""
            self._steps = {}
            rows = () if order.film is None else self.state.rows
            self._set(
                running=True, step="starting", percent=0, left="", told="", problem="", rows=rows
            )
            if order.film is None:
                self._began = time.time()
            self._thread = threading.Thread(
                target=self._follow, args=(process, here), name="film", daemon=True
            )
            self._thread.start()

    def _follow(self, process: BaseProcess, messages: Connection) -> None:
        """Show what the process tells until it ends."""
        done = False
        with suppress(EOFError, OSError):
            while True:
                kind, news = messages.recv()
                done = done or kind in ("rows", "problem")
                self._hear(kind, news)
        process.join()
        with self._lock:
            self._process = None
            state = replace(self.state, running=False, step="", left="", percent=0)
            if self._cancelled:
                state = replace(state, told="broken off; what was finished is kept", problem="")
            elif not done:
                what = f"the process that makes the film ended with exit code {process.exitcode}"
                state = replace(state, problem=f"{what}\n  → try again")
            if not state.film:
                state = replace(state, film=self._film_there())
            self.state = state
            self.state = replace(state, saved_since=self._saved_since())
            self._tell(self.state)

    def _hear(self, kind: str, news: Any) -> None:
        with self._lock:
            if kind == "token":
                self._token = news
            if self._cancelled:
                return
            if kind == "step":
                name, percent, left = news
                self._set(step=name, percent=percent, left=self._left(name, left))
            elif kind == "film":
                self._set(film={**news, "shown": self._shown(news["path"]), "began": self._began})
                self._set(saved_since=self._saved_since())
            elif kind == "rows":
                failed = sum(row["ok"] is False for row in news)
                told = f"{failed} of {len(news)} rows failed" if failed else "all rows pass"
                self._set(rows=tuple(news), told=told)
                self._note_steps()
            elif kind == "problem":
                self._set(problem=news)

    def _left(self, step: str, left: float | None) -> str:
        """The time left in words: of all steps, if they were taken before, or else of this one."""
        self._steps.setdefault(step, time.monotonic())
        later = [took for name, took in self._took.items() if name not in self._steps]
        if left is None:
            return ""
        if not self._took:
            return f"{format_remaining(left)} for this step"
        return format_remaining(left + sum(later))

    def _note_steps(self) -> None:
        """Keep how long each step of a film that was finished has taken."""
        ends = [*self._steps.values(), time.monotonic()][1:]
        for (name, began), end in zip(self._steps.items(), ends, strict=True):
            # what was reused took less than it may take the next time
            self._took[name] = max(end - began, self._took.get(name, 0.0))

    def _set(self, **changes: Any) -> None:
        state = replace(self.state, **changes)
        if state != self.state:
            self.state = state
            self._tell(state)

    def _film_there(self) -> Mapping[str, Any] | None:
        """The facts of the film that was made before this session, if there is one."""
        languages = self.drafts.languages or ("",)
        try:
            scripts = [load(self.drafts.script, one, check_scenes=False) for one in languages]
            path = pipeline.film_path(scripts, replace(self.drafts.quality, name=""))
            if not (timelines := load_for_film(path)):
                return None
            facts = path.stat()
        except (ExplainerError, OSError):
            return None
        length = seconds(timelines[0].length)
        return {
            "path": str(path),
            "shown": self._shown(path),
            "length": length,
            "size": facts.st_size,
            "began": facts.st_mtime,
        }

    def _shown(self, path: str | Path) -> str:
        """A path as seen from the film's folder."""
        return os.path.relpath(path, self.drafts.script.parent)

    def _saved_since(self) -> tuple[str, ...]:
        """The files that were saved after the film that is shown, or is being made, was begun."""
        began = self._began if self._process else (self.state.film or {}).get("began", 0.0)
        if not began:
            return ()
        folder = self.drafts.script.resolve().parent
        later = {path for path, (when, _) in self._seen.items() if when > began * 1e9}
        return tuple(sorted(os.path.relpath(path, folder) for path in later))


class _TellingProgress(Progress):
    """Tells another process how far the work is, by a function that takes a step's three facts."""

    def __init__(self, tell: Callable[[str, int, float | None], None]) -> None:
        self._tell = tell
        self._told = 0.0
        super().__init__(quiet=True)

    def with_own_bar(self) -> Progress:
        """Nothing is told of what runs beside the main work."""
        return Progress(quiet=True)

    def start_stage(self, name: str, total: int, language: str = "") -> None:
        """Begin a stage, and tell it."""
        super().start_stage(name, total, language)
        if total:
            self._tell(name, 0, None)

    def advance(
        self, text: str = "", size: int = 1, scene: str = "", from_cache: bool = False
    ) -> None:
        """One step of the stage is done; tells it now and then."""
        super().advance(text, size, scene, from_cache)
        now = time.monotonic()
        if now - self._told >= TELL_AFTER or self._done >= self._total:
            self._told = now
            self._tell(self._stage, 100 * self._done // max(1, self._total), self.seconds_left())


def _make(order: _Order, messages: Connection, parent: int) -> None:
    """Make and measure a film, in a process of its own; ends when the parent does."""
    if hasattr(os, "nice"):
        os.nice(GIVES_WAY)
    exit_with_parent(parent)

    def tell(kind: str, news: Any) -> None:
        with suppress(OSError):
            messages.send((kind, news))

    # what it leaves if it is killed is told from what `watch` is making
    tempfiles.have_own_token()
    tell("token", tempfiles.process_token())
    progress = _TellingProgress(lambda *step: tell("step", step))
    try:
        with signals_as_interrupt():
            film, options = order.film, order.options
            if film is None:
                result = pipeline.render(options, progress)
                film = result.path
                tell("film", _facts(result))
            timelines = load_for_film(film)
            limit = load(options.script, check_scenes=False).limit if timelines else None
            report = verify(film, timelines, limit, progress=progress)
            tell("rows", [row.to_json() for row in report.results])
    except KeyboardInterrupt:
        tempfiles.remove_own(order.options.script.parent)
    except (ExplainerError, OSError) as error:
        tell("problem", error_text(error))


def _facts(result: pipeline.RenderResult) -> dict[str, Any]:
    quality = result.path.parent
    return {
        "path": str(result.path),
        "files": [path.name for path in result.files if path.parent == quality],
        "exported": [os.path.relpath(path, quality) for path in result.files],
        "length": seconds(result.timeline.length),
        "size": result.size,
        "took": result.seconds,
    }
