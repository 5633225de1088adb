"""Processes that `watch` keeps waiting, lent to other commands of the same user for the same film.

Where they can be reached stands in a folder that only this user can read. Who finds none, or loses
one at work, draws with processes of its own.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
import tempfile
from collections.abc import Sequence
from contextlib import closing, suppress
from multiprocessing import AuthenticationError, Pipe
from multiprocessing.connection import Client, Connection
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread

from explainer.cache.files import write_atomically
from explainer.draw.chosen_frames import ChosenAnswer
from explainer.draw.clip import DrawnLine, LineResults
from explainer.draw.line_runner import Job, now
from explainer.draw.local import LocalRenderer, ProcessHandle
from explainer.draw.waiting_line import SceneOrder, WaitingPlace, send_order
from explainer.frame_format import FrameFormat

PREFIX = "waiting-"
"""How the name of the folder begins in which the socket of a `watch` lies."""
MOST_BYTES = 1000
"""Bytes of a file that says where processes wait; it has about 150."""
ANSWER_TIMEOUT = 3.0
"""Seconds in which a `watch` answers."""
OFFERS = hasattr(os, "geteuid")
"""Whether this system tells users apart in a way that is known here."""


class _Lost(Exception):
    """A borrowed process has ended before it had drawn all."""


def runtime_folder(film: Path) -> Path:
    """The folder for what belongs to the running `watch` of the film in a folder."""
    base = Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir())
    name = hashlib.sha256(os.fsencode(film.resolve())).hexdigest()[:16]
    return base / f"explainer-{os.geteuid()}" / name


def offer(film: Path, place: WaitingPlace) -> None:
    """Let commands for the film in a folder find the processes that wait at `place`.

    What a `watch` of the film has left that was killed is removed.

    Raises:
        OSError: if that cannot be written where only this user can read it.
    """
    folder = runtime_folder(film)
    for each in (folder.parent, folder):
        each.mkdir(mode=0o700, exist_ok=True)
        _require_own(each)
    _remove_remains(folder / "place")
    record = {"address": place.address, "key": place.key.hex()}
    write_atomically(folder / "place", json.dumps(record).encode())
    (folder / "place").chmod(0o600)


def withdraw(film: Path, place: WaitingPlace) -> None:
    """Offer those at `place` no longer; another `watch` may offer its own by now."""
    folder = runtime_folder(film)
    with suppress(OSError, ValueError, KeyError, TypeError):
        if _read(folder / "place") == place:
            (folder / "place").unlink()
    with suppress(OSError):
        folder.rmdir()


def _read(file: Path) -> WaitingPlace:
    """The place that a file says.

    Raises:
        OSError, ValueError, KeyError, TypeError: if it says none, or others could have written it.
    """
    for each in (file.parent.parent, file.parent, file):
        _require_own(each)
    if file.stat().st_size > MOST_BYTES:
        raise ValueError
    record = json.loads(file.read_bytes())
    place = WaitingPlace(str(record["address"]), bytes.fromhex(record["key"]))
    _require_own(Path(place.address).parent)
    return place


def _remove_remains(file: Path) -> None:
    """Remove the folder of a `watch` that was killed, which the file of its place still names."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        place = _read(file)
        try:
            _connect(place).close()
        except ConnectionRefusedError:
            folder = Path(place.address).parent
            if folder.name.startswith(PREFIX):
                shutil.rmtree(folder, ignore_errors=True)


def find_offer(film: Path) -> WaitingPlace | None:
    """Where processes wait for the film in a folder, if a `watch` of this user runs for it."""
    if not OFFERS:
        return None
    try:
        place = _read(runtime_folder(film) / "place")
        _connect(place).close()
    except (OSError, EOFError, ValueError, KeyError, TypeError, AuthenticationError):
        return None
    return place


def _require_own(path: Path) -> None:
    """See that nobody else can write what lies at a path, and that it is no link.

    Raises:
        OSError: if somebody can.
    """
    found = path.lstat()
    if found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o022:
        raise PermissionError(f"{path} is not this user's alone")
    if stat.S_ISLNK(found.st_mode):
        raise PermissionError(f"{path} is a link")


def _connect(place: WaitingPlace) -> Connection:
    """A connection to a `watch`; one that was stopped, as by Ctrl-Z, does not answer.

    Raises:
        OSError, EOFError, AuthenticationError: if none can be had in time.
    """
    found: SimpleQueue[Connection | Exception] = SimpleQueue()

    def connect() -> None:
        try:
            found.put(Client(place.address, authkey=place.key))
        except Exception as error:
            found.put(error)

    Thread(target=connect, daemon=True).start()
    try:
        answer = found.get(timeout=ANSWER_TIMEOUT)
    except Empty:
        raise TimeoutError from None
    if isinstance(answer, Exception):
        raise answer
    return answer


def borrow(place: WaitingPlace, order: SceneOrder, answers: Connection) -> None:
    """Let a process that waits at `place` do what is ordered; its answers go to `answers`.

    Raises:
        OSError, EOFError, AuthenticationError: if none can be reached.
    """
    with closing(_connect(place)) as connection:
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
    place: WaitingPlace, job: Job, wanted: Sequence[int], labels: bool
) -> ChosenAnswer | None:
    """Frames of a line by a borrowed process, and the `labels` in them.

    None if it is lost, or has read something otherwise than it is here, as a variable.

    Raises:
        Exception: whatever the scene raises.
    """
    here, there = Pipe(duplex=False)
    with tempfile.TemporaryDirectory() as texts:
        order = SceneOrder(((job, ""),), job, texts, frames=tuple(wanted), labels=labels)
        try:
            with closing(there):
                borrow(place, order, there)
            _, answer = here.recv()
        except (OSError, EOFError, AuthenticationError):
            return None
    if isinstance(answer, Exception):
        raise answer
    alike = isinstance(answer, ChosenAnswer) and not now(job).changed(answer.inputs)
    return answer if alike else None
