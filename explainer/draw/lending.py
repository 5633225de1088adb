"""Processes that `watch` keeps waiting, lent to other commands of the same user for the same film.

Where they can be reached stands in a folder that only this user can read. Who finds none, or loses
one at work, draws with processes of its own.
"""

from __future__ import annotations

import json
import shutil
import socket
import tempfile
from collections.abc import Sequence
from contextlib import closing, suppress
from multiprocessing import AuthenticationError, Pipe
from multiprocessing.connection import Connection, wait
from pathlib import Path

from explainer.cache.files import write_atomically
from explainer.draw.chosen_frames import ChosenAnswer
from explainer.draw.clip import DrawnLine, LineResults
from explainer.draw.line_runner import Job, now
from explainer.draw.local import LocalRenderer, ProcessHandle
from explainer.draw.waiting_line import SceneOrder, send_order
from explainer.frame_format import FrameFormat
from explainer.running_watch import (
    ANSWER_TIMEOUT,
    NAME,
    WaitingPlace,
    connect,
    read_place,
    require_own,
    runtime_folder,
)

PREFIX = "waiting-"
"""How the name of the folder begins in which the socket of a `watch` lies."""
SOCKET = "socket"
"""The name of that socket."""


class _Lost(Exception):
    """A borrowed process has ended before it had drawn all."""


def offer(film: Path, place: WaitingPlace) -> None:
    """Let commands for the film in a folder find the processes that wait at `place`.

    Raises:
        OSError: if that cannot be written where only this user can read it.
    """
    folder = runtime_folder(film)
    for each in (folder.parent, folder):
        each.mkdir(mode=0o700, exist_ok=True)
        require_own(each)
    record = {"address": place.address, "key": place.key.hex()}
    write_atomically(folder / NAME, json.dumps(record).encode())
    (folder / NAME).chmod(0o600)


def withdraw(film: Path, place: WaitingPlace) -> None:
    """Offer those at `place` no longer; another `watch` may offer its own by now."""
    folder = runtime_folder(film)
    with suppress(OSError, ValueError, KeyError, TypeError):
        if read_place(film) == place:
            (folder / NAME).unlink()
    with suppress(OSError):
        folder.rmdir()


def remove_remains(folder: Path) -> None:
    """Remove from a folder what each `watch` of this user has left there that was killed."""
    for place in folder.glob(f"{PREFIX}*"):
        with suppress(OSError):
            require_own(place)
            with closing(socket.socket(socket.AF_UNIX)) as tried:
                tried.settimeout(ANSWER_TIMEOUT)
                try:
                    tried.connect(str(place / SOCKET))
                except ConnectionRefusedError:
                    shutil.rmtree(place, ignore_errors=True)


def borrow(place: WaitingPlace, order: SceneOrder, answers: Connection) -> None:
    """Let a process that waits at `place` do what is ordered; its answers go to `answers`.

    Raises:
        OSError, EOFError, AuthenticationError: if none can be reached.
    """
    with closing(connect(place)) as connection:
        send_order(connection, order, answers, 0)
        if not connection.poll(ANSWER_TIMEOUT):
            raise TimeoutError
        connection.recv()


class _Borrowed:
    """A process that was borrowed; it ends as soon as nobody hears its answers."""

    pid = None
    exitcode = None

    def terminate(self) -> None:
        """Nothing: it is not ours to end."""

    def join(self) -> None:
        """Nothing: it may go on to wait."""


class BorrowingRenderer(LocalRenderer):
    """Draws by processes of a `watch` that runs, and by this machine's cores if it loses them.

    A line is drawn anew where it has read something otherwise than it is here, as a variable.
    """

    def __init__(self, quality: FrameFormat, place: WaitingPlace) -> None:
        super().__init__(quality)
        self.place = place

    def warm_up(self) -> None:
        """Nothing: they are warm."""

    def ready(self) -> None:
        """Nothing: they are ready."""

    def begin_scene(
        self, scene: Sequence[tuple[Job, str]], texts: str, answers: Connection
    ) -> ProcessHandle:
        """Begin to draw lines of one scene."""
        try:
            borrow(self.place, SceneOrder(tuple(scene), scene[-1][0], texts), answers)
        except (OSError, EOFError, AuthenticationError):
            raise _Lost from None
        return _Borrowed()

    def end_scene(self, process: ProcessHandle, failed: bool) -> None:  # noqa: ARG002
        """See that all has been answered."""
        if failed:
            raise _Lost

    def render(self, jobs: Sequence[tuple[Job, str]], texts: str) -> LineResults:
        """Draw lines, those of scenes that are lost by processes of our own."""
        left = {job.key: (job, out) for job, out in jobs}
        try:
            with closing(super().render(jobs, texts)) as answers:
                for key, answer in answers:
                    if isinstance(answer, DrawnLine) and now(left[key][0]).changed(answer.inputs):
                        raise _Lost
                    del left[key]
                    yield key, answer
        except _Lost:
            own = LocalRenderer(self.quality)
            with closing(own.render([*left.values()], texts)) as answers:
                yield from answers


def borrowed_frames(
    place: WaitingPlace,
    job: Job,
    wanted: Sequence[int],
    labels: bool,
    asker: Connection | None = None,
) -> ChosenAnswer | None:
    """Frames of a line by a borrowed process, and the `labels` in them.

    None if it is lost, or has read something otherwise than it is here, as a variable, or if an
    `asker` from elsewhere, who says no more, has hung up meanwhile.

    Raises:
        Exception: whatever the scene raises.
    """
    here, there = Pipe(duplex=False)
    with tempfile.TemporaryDirectory() as texts, closing(here):
        order = SceneOrder(((job, ""),), job, texts, frames=tuple(wanted), labels=labels)
        try:
            with closing(there):
                borrow(place, order, there)
            if asker and here not in wait([here, asker]):
                return None
            _, answer = here.recv()
        except (OSError, EOFError, AuthenticationError):
            return None
    if isinstance(answer, Exception):
        raise answer
    alike = isinstance(answer, ChosenAnswer) and not now(job).changed(answer.inputs)
    return answer if alike else None
