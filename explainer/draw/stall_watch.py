"""A line of a scene that takes long to give a frame: which line of which file is running is said.

It is waited for all the same, and told of again after a while. In the processes that draw, a timer
(or a thread, where there is none) looks; where a film's own code is entered but not left, it finds
the place on the stack.
"""

from __future__ import annotations

import linecache
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic as _clock  # as it is before looks at it are noted
from types import FrameType

from explainer.interrupts import HAS_TIMER

STALL_SECONDS = 10.0
"""Seconds without a frame after which a line is told of."""
EVERY = 0.25
"""Seconds between two looks."""
LONGER = 4
"""How many times as long it takes until it is told of again."""
ENGINE = Path(__file__).parents[1]


@dataclass(slots=True)
class _Watch:
    """What is being drawn: the film's folder, the line, and how much of it there is.

    `since` is when there last was more, and `patience` how long after that it is told of.
    """

    folder: Path
    line: str
    drawn: Callable[[], float]
    seen: float
    since: float
    patience: float


_watches: list[_Watch] = []
"""State of this process: the watch of the scene that is drawn, or nothing."""


@contextmanager
def watched(folder: str, scene: str, drawn: Callable[[], float]) -> Iterator[None]:
    """While in here, a scene of the film in `folder` is loaded and drawn.

    `drawn` gives a number that grows with each frame that is drawn or passed over.
    """
    _watches[:] = [_Watch(Path(folder), scene, drawn, drawn(), _clock(), STALL_SECONDS)]
    main = threading.current_thread() is threading.main_thread()
    own = HAS_TIMER and main and signal.getsignal(signal.SIGALRM) is signal.SIG_DFL
    try:
        if own:
            signal.signal(signal.SIGALRM, lambda _, frame: look(frame))
            signal.setitimer(signal.ITIMER_REAL, EVERY, EVERY)
        yield
    finally:
        _watches.clear()
        if own and signal.getsignal(signal.SIGALRM) is not signal.SIG_DFL:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, signal.SIG_DFL)


def begun(line: str) -> None:
    """A line begins, called `scene.line`."""
    for watch in _watches:
        watch.line = f"line {line}"


def rest() -> None:
    """What comes now takes its time anew: this process has waited for its turn."""
    for watch in _watches:
        watch.since = _clock()


def look(frame: FrameType | None) -> None:
    """Tell of a line that takes long; `frame` is what this process is doing just now."""
    for watch in _watches:
        now, drawn = _clock(), watch.drawn()
        if drawn != watch.seen:
            watch.seen, watch.since, watch.patience = drawn, now, STALL_SECONDS
        waited = now - watch.since
        if waited >= watch.patience:
            watch.patience *= LONGER
            at = _place(frame, watch.folder)
            said = f"{watch.line}: no frame for {waited:.0f} s{at}; still waiting for it"
            said += " (if it never ends, stop it with Ctrl+C and mend that)\n"
            # at once and whole, among what other processes say
            os.write(2, said.encode())


def of_film(path: Path, folder: Path) -> bool:
    """Whether a file is code of the film's own: in its folder, and neither ours nor a package's."""
    ours = path.is_relative_to(ENGINE) or "site-packages" in path.parts
    return path.is_relative_to(folder) and not ours


def _place(frame: FrameType | None, folder: Path) -> str:
    """Where in the film's own code a process is, the innermost such place."""
    while frame is not None:
        path = Path(frame.f_code.co_filename)
        if of_film(path, folder):
            source = linecache.getline(str(path), frame.f_lineno).strip()
            where = f"{path.relative_to(folder).as_posix()}:{frame.f_lineno}"
            return f", at {where}: {source}" if source else f", at {where}"
        frame = frame.f_back
    return ""
