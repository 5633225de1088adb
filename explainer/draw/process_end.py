"""How a process that draws came to its end: noted as it ends, and told of by who waited for it.

A crash in C code, `os._exit` and the like leave no exception behind, only a place on the stack.
"""

from __future__ import annotations

import errno
import faulthandler
import linecache
import os
import re
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import active_children
from pathlib import Path
from typing import NoReturn, TextIO

from explainer.draw.stall_watch import of_film
from explainer.errors import Problem, SceneError, SourceLocation

CRASHES = ("SIGSEGV", "SIGABRT", "SIGBUS", "SIGFPE", "SIGILL")
FIRST_CRASH = 0xC0000000
"""The least exit code by which Windows tells of a crash."""
CLOSED = "it closed what is not its own"
_STEP = re.compile(r'  File "(.*)", line (\d+) in ')
_exit = os._exit


@dataclass(slots=True)
class _Own:
    """This process: its number, the file for its note, and whether a scene has forked it."""

    pid: int = 0
    path: Path = Path()
    file: list[TextIO] = field(default_factory=list)
    stray: bool = False
    heeds: bool = False


_own = _Own()
"""State of this process: its number, and where its end is noted."""


def note_exit(texts: str) -> None:
    """From now on note in the folder `texts` where this process is as it breaks off."""
    _own.pid, _own.stray = os.getpid(), False
    _own.path = _note_of(texts, _own.pid)
    try:
        _own.path.parent.mkdir(parents=True, exist_ok=True)
        _own.file[:] = [_own.path.open("w")]
    except OSError:
        # what a full disk keeps from being drawn is told of as that
        _own.file.clear()
        return
    faulthandler.enable(_own.file[0], all_threads=False)
    os._exit = _leave
    if not _own.heeds:
        _own.heeds = True
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=_strayed)


def run_then_exit(work: Callable[[], None]) -> NoReturn:
    """Do some work that runs scenes, and then end this process, whatever a scene left running."""
    code = 1
    try:
        work()
        code = 0
    except OSError as error:
        # the pipe to who waits is closed: by a scene, or as nobody waits any more
        if error.errno in (errno.EBADF, errno.EPIPE):
            with suppress(OSError):
                _own.path.write_text(CLOSED)
        else:
            traceback.print_exc()
    except BaseException:
        traceback.print_exc()
    finally:
        with suppress(OSError, ValueError):
            sys.stderr.flush()
        exit_with_children(code)


def exit_with_children(code: int) -> NoReturn:
    """End this process, and those that a scene has begun in it by `multiprocessing`."""
    for child in active_children():
        # a fork knows of its parent's too
        if getattr(child, "_parent_pid", 0) == os.getpid():
            child.kill()
    _exit(code)


def end_if_stray() -> None:
    """End this process if it is one that a scene has forked: only one draws."""
    if _own.stray:
        _exit(0)


def _strayed() -> None:
    _own.stray = True


def _leave(status: int) -> NoReturn:
    if os.getpid() == _own.pid and _own.file:
        faulthandler.dump_traceback(_own.file[0], all_threads=False)
    _exit(status)


def _note_of(texts: str, pid: int) -> Path:
    return Path(texts) / f"{pid}.end"


def exit_error(who: str, folder: str, texts: str, pid: int, code: int) -> SceneError:
    """What is said of a process that ended before it had drawn what it was to draw.

    `who` is the scene or line, as in “scene dots, line dots.one”; `code` is less than nothing if a
    signal ended it. The film lies in `folder`, and its note in `texts`.
    """
    try:
        noted = _note_of(texts, pid).read_text(errors="replace")
    except OSError:
        noted = ""
    place = _place(noted, folder)
    if noted == CLOSED:
        what, remedy = CLOSED, "let it close only what it has opened itself"
    elif code >= FIRST_CRASH or _name(-code) in CRASHES:
        told = hex(code) if code >= 0 else _name(-code)
        what = f"it made Python itself break off, by {told}"
        remedy = "what it calls there fails in code that is no Python's: call it in another way"
    elif code >= 0:
        what = f"it ends the process that draws it, with exit code {code}"
        remedy = "remove that; a line ends where its method does"
    elif _name(-code) == "SIGKILL":
        what = "the system ended the process that drew it, by SIGKILL"
        remedy = "most often memory is short: draw fewer things, or at a lower --quality"
    else:
        what = f"a signal ended the process that drew it, {_name(-code)}"
        remedy = "if the scene sends it or asks for it, remove that; or else draw it again"
    return SceneError(Problem(f"{who}: {what}", place, remedy))


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"number {number}"


def _place(noted: str, folder: str) -> SourceLocation | None:
    """The innermost place in the film's own code that a note has."""
    for file, line in _STEP.findall(noted):
        # Python notes what is not ASCII by its number
        path = Path(file.encode("ascii", "replace").decode("unicode_escape"))
        if of_film(path, Path(folder)):
            text = linecache.getline(str(path), int(line)).rstrip()
            shown, meant = path.relative_to(folder).as_posix(), text.lstrip()
            return SourceLocation(shown, int(line), len(text) - len(meant) + 1, text, len(meant))
    return None
