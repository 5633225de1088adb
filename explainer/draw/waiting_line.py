"""A process that waits where a line of its scene begins, and goes on from there when it is asked.

It is forked from the process that walks the scene, and tells the program that draws of itself by a
socket of this machine. What it is asked for, a fork of it does, so that it can be asked again.
"""

from __future__ import annotations

import os
import signal
import stat
import warnings
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import reduction
from multiprocessing.connection import Client, Connection
from pathlib import Path

from explainer.cache import lock_files, tracing
from explainer.draw.line_runner import Job
from explainer.interrupts import blocked
from explainer.running_watch import WaitingPlace

OPEN_FILES = "/proc/self/fd"
"""Where a process of Linux finds its open files by their numbers."""
LOOK_AFTER = 0.05
"""Seconds after which a process that waits looks whether one that it has forked has ended."""


@dataclass(frozen=True, slots=True)
class SceneOrder:
    """What a scene's process is to do: draw `jobs`, each with the path of its clip, in order.

    `last` is the job that it walks to, in `texts` is written what Manim writes. Where the lines
    `waits` begin, a process is left that waits, and tells `place` of itself. If it is `live`,
    pictures of a line are sent while it is drawn. With `frames`, only these numbers of its one job
    are drawn, and answered as a ChosenAnswer, with the `labels` in them if these are wanted; it has
    no clip. One that is `lent` works for another program.
    """

    jobs: tuple[tuple[Job, str], ...]
    last: Job
    texts: str
    waits: tuple[str, ...] = ()
    place: WaitingPlace | None = None
    live: bool = False
    frames: tuple[int, ...] = ()
    labels: bool = False
    lent: bool = False


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """What a process that waits says of itself: its line, as a job, and its number.

    `inputs` are what its scene has read so far, with their states.
    """

    job: Job
    inputs: dict[str, str]
    pid: int


@dataclass(frozen=True, slots=True)
class Begun:
    """A fork has begun to do what was asked."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The fork that did what was asked has ended, with this exit code and number."""

    pid: int
    code: int


END = "end"
"""Asks to end what a fork does."""


def wait_for_orders(place: WaitingPlace, line: WaitingLine) -> tuple[SceneOrder, Connection]:
    """Wait for orders; returns in a fork, with an order and where its answers go.

    The process itself ends as soon as nobody can ask it any more.
    """
    try:
        connection = Client(place.address, authkey=place.key)
        connection.send(line)
        return _serve(connection)
    except (OSError, EOFError):
        os._exit(0)


def fork() -> int:
    """Fork this process; there are no threads that draw or encode where this is called.

    What a scene has open to read is read by both from where it is now.
    """
    with tracing.unnoticed():
        places = _places_in_files()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            pid = os.fork()
        if not pid:
            _open_anew(places)
    return pid


def _places_in_files() -> dict[int, int]:
    """Where this process is in the files that it has open to read, by their numbers."""
    found: dict[int, int] = {}
    fcntl = lock_files.fcntl
    if not fcntl:
        return found
    with suppress(OSError):
        for number in [int(file.name) for file in Path(OPEN_FILES).iterdir()]:
            with suppress(OSError):
                reads = fcntl.fcntl(number, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY
                if reads and stat.S_ISREG(os.fstat(number).st_mode):
                    found[number] = os.lseek(number, 0, os.SEEK_CUR)
    return found


def _open_anew(places: Mapping[int, int]) -> None:
    """Let files that were open before a fork be at these places, apart from who was forked."""
    for number, place in places.items():
        with suppress(OSError):
            own = os.open(f"{OPEN_FILES}/{number}", os.O_RDONLY)
            os.lseek(own, place, os.SEEK_SET)
            os.dup2(own, number, os.get_inheritable(number))
            os.close(own)


def send_order(
    connection: Connection, order: SceneOrder, answers: Connection, receiver: int
) -> None:
    """Send an order to the process numbered `receiver`, and with it where its answers go."""
    connection.send(order)
    reduction.send_handle(connection, answers.fileno(), receiver)


def receive_answers(connection: Connection) -> Connection:
    """Where the answers of an order go, which has just been received."""
    return Connection(reduction.recv_handle(connection), readable=False)


def _serve(connection: Connection) -> tuple[SceneOrder, Connection]:
    working: int | None = None
    kept: set[int] = set()
    while True:
        for pid in _ended(kept):
            kept.discard(pid)
        if working is not None and (code := _exit_code(working)) is not None:
            connection.send(Ended(working, code))
            working = None
        if not connection.poll(LOOK_AFTER if working is not None else 10 * LOOK_AFTER):
            continue
        asked = connection.recv()
        if asked == END:
            if working is not None:
                os.kill(working, signal.SIGTERM)
            continue
        answers = receive_answers(connection)
        with blocked(signal.SIGTERM):
            pid = fork()
        if not pid:
            connection.close()
            return asked, answers
        answers.close()
        if asked.lent:
            kept.add(pid)
            continue
        if working is not None:
            # it has done its work, and stays for those that wait at later lines
            kept.add(working)
        working = pid
        connection.send(Begun())


def _ended(pids: set[int]) -> list[int]:
    return [pid for pid in pids if _exit_code(pid) is not None]


def _exit_code(pid: int) -> int | None:
    found, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if found else None


def stay_with_children() -> None:
    """Wait until all processes that this one has forked have ended."""
    with suppress(ChildProcessError):
        while True:
            os.wait()
