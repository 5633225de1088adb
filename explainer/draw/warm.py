"""Draws as the processors do, from processes that wait where lines begin: a changed line at once.

A scene that has been walked is not loaded and walked again. What waits is asked only while all that
its scene has read is as it was; where nothing fits, a fresh process draws.
"""

from __future__ import annotations

import secrets
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, Listener
from pathlib import Path

from explainer import machine
from explainer.draw import lending
from explainer.draw.clip import LineResults
from explainer.draw.line_runner import Job, job_for, now, with_formulas_kept
from explainer.draw.local import LocalRenderer, ProcessHandle
from explainer.draw.process_slots import PipeSlots, process_slots
from explainer.draw.scene_process import run_and_end
from explainer.draw.waiting_line import (
    END,
    Begun,
    Ended,
    SceneOrder,
    WaitingLine,
    receive_answers,
    send_order,
)
from explainer.errors import error_text
from explainer.frame_format import FrameFormat
from explainer.interrupts import defer_signals
from explainer.running_watch import OFFERS, WaitingPlace, find_offer
from explainer.script.model import Script
from explainer.script.selection import select_lines
from explainer.timeline.scene_timing import SceneTiming

MEMORY = 1_000_000_000
"""Bytes that all processes which wait may use together."""
ANSWER_TIMEOUT = 5.0
"""Seconds in which a process that was asked for something answers."""

Live = Callable[[str, bytes], None]
"""Takes a line's key and a picture of it, as a JPEG, while it is drawn."""

Answerer = Callable[[object, WaitingPlace, Connection], None]
"""Answers what another program asks for on a connection, by what waits at a place; closes it."""


def leave_unanswered(_request: object, _place: WaitingPlace, asker: Connection) -> None:
    """Answer nothing."""
    asker.close()


@dataclass(slots=True, eq=False)
class Waiting:
    """A process that waits where a line begins; `used` is when it was asked last."""

    line: WaitingLine
    connection: Connection
    used: float
    ended: Ended | None = None
    working: bool = False

    @property
    def key(self) -> tuple[str, str, str]:
        """Its scene and line, and the quality that it draws at."""
        return _key(self.line.job)

    def fits(self, job: Job) -> bool:
        """Whether a job can be drawn from here: all that was read so far is as it was."""
        mine = self.line.job
        alike = (
            (mine.folder, mine.file, mine.quality) == (job.folder, job.file, job.quality)
            and mine.shot.labelled == job.shot.labelled
            and [line.id for line in mine.shot.lines] == [line.id for line in job.shot.lines]
            and mine.place <= job.place
        )
        return alike and not self._stopped() and not now(job).changed(self.line.inputs)

    def _stopped(self) -> bool:
        """Whether it was stopped, as by SIGSTOP, so that it would never begin."""
        with suppress(OSError):
            state = Path(f"/proc/{self.line.pid}/stat").read_text(
                encoding="ascii", errors="replace"
            )
            return state.rpartition(") ")[2][:1] in ("T", "t")
        return False

    def order(self, order: SceneOrder, answers: Connection) -> None:
        """Ask it to do something.

        Raises:
            OSError, EOFError: if it has ended.
        """
        self.used = time.monotonic()
        if not order.lent:
            self.ended, self.working = None, True
        send_order(self.connection, order, answers, self.line.pid)
        if not order.lent:
            self._hear(lambda heard: isinstance(heard, Begun))

    def close(self) -> None:
        """Let it end."""
        with suppress(OSError):
            self.connection.close()

    def terminate(self) -> None:
        """Break off what it does."""
        if self.working:
            with suppress(OSError):
                self.connection.send(END)

    def join(self) -> None:
        """Wait until what it did has ended, however that was."""
        with suppress(OSError, EOFError):
            self._hear(lambda heard: isinstance(heard, Ended))

    def done(self) -> None:
        """What it was asked for is done; its fork may stay, for those that wait at later lines."""
        self.working = False

    @property
    def pid(self) -> int | None:
        """The number of the process that did what was asked."""
        return self.ended.pid if self.ended else self.line.pid

    @property
    def exitcode(self) -> int | None:
        """How that ended."""
        return self.ended.code if self.ended else 1

    def _hear(self, wanted: Callable[[object], bool]) -> None:
        until = time.monotonic() + ANSWER_TIMEOUT
        while self.connection.poll(max(0.0, until - time.monotonic())):
            heard = self.connection.recv()
            if isinstance(heard, Ended):
                self.ended, self.working = heard, False
            if wanted(heard):
                return
        raise EOFError


@dataclass(slots=True)
class Preparation:
    """A process that walks a scene, only to leave processes that wait."""

    process: ProcessHandle
    answers: Connection


class WarmRenderer(LocalRenderer):
    """This machine's cores, and processes that wait where lines begin; closed after use.

    `why_cold` says why none can wait here, if that is so, and `why_not_lent` why other commands
    do not borrow what waits.
    """

    def __init__(
        self,
        quality: FrameFormat,
        live: Live = lambda _key, _picture: None,
        look: Callable[[], None] = lambda: None,
        film: Path | None = None,
        answer: Answerer = leave_unanswered,
    ) -> None:
        """`live` is given pictures of lines while they are drawn; `look` may break that off.

        Other commands for the `film` in a folder may borrow what waits. What else they ask for
        is answered by `answer`, in a thread of its own.
        """
        super().__init__(quality)
        self.answer = answer
        self.live = live
        self.break_off = look
        self._waiting: dict[tuple[str, str, str], Waiting] = {}
        self._lock = threading.Lock()
        self._asking = threading.Lock()
        self._planned: list[Job] = []
        self._preparation: Preparation | None = None
        self._full = False
        self._offered: Path | None = None
        self.why_not_lent = ""
        self._texts = tempfile.mkdtemp(prefix=lending.PREFIX)
        self.why_cold = "" if machine.FORKS else "this system's processes may not be forked"
        if self.why_cold:
            return
        key = secrets.token_bytes(32)
        try:
            address = str(Path(self._texts) / lending.SOCKET)
            self._listener = Listener(address, "AF_UNIX", 64, authkey=key)
        except OSError as error:
            self.why_cold = f"no socket can be made in {self._texts}: {error_text(error)}"
            return
        self._place = WaitingPlace(address, key)
        threading.Thread(target=self._accept, name="waiting lines", daemon=True).start()
        if OFFERS:
            lending.remove_remains(Path(self._texts).parent)
            if film:
                self._offer(film)

    def _offer(self, film: Path) -> None:
        """Let other commands for a film find what waits, if they find no other `watch` of it."""
        if find_offer(film):
            self.why_not_lent = "another watch of this film runs, which they ask"
            return
        try:
            lending.offer(film, self._place)
        except OSError as error:
            self.why_not_lent = f"where they would find this is unsafe: {error_text(error)}"
            return
        self._offered = film

    def close(self) -> None:
        """End all processes that wait."""
        self.stop_preparing()
        self.ended = True
        for waiting in self.waiting():
            self._drop(waiting)
        if not self.why_cold:
            self._listener.close()
        if self._offered:
            lending.withdraw(self._offered, self._place)
        shutil.rmtree(self._texts, ignore_errors=True)

    def waiting(self) -> list[Waiting]:
        """All processes that wait."""
        with self._lock:
            return list(self._waiting.values())

    def look(self) -> None:
        """Break off drawing where there is something newer to do."""
        self.break_off()

    def show_live(self, key: str, picture: Path) -> None:
        """Hand a picture of a line on."""
        with suppress(OSError):
            self.live(key, picture.read_bytes())

    # -- drawing ----------------------------------------------------------------------------------

    def render(self, jobs: Sequence[tuple[Job, str]], texts: str) -> LineResults:
        """Draw lines, as other renderers do; it may be broken off, and then asked for others."""
        done = False
        try:
            yield from super().render(jobs, texts)
            done = True
        finally:
            if not done:
                self._replace_lost_slots()

    def _replace_lost_slots(self) -> None:
        """What was broken off took its slots with it."""
        if isinstance(self.slots, PipeSlots):
            self.slots.refill(self.count)
        else:
            self.slots = process_slots(self.count)

    def begin_scene(
        self, scene: Sequence[tuple[Job, str]], texts: str, answers: Connection
    ) -> ProcessHandle:
        """Begin to draw lines of one scene, from the last process that waits before them."""
        self.stop_preparing()
        return self._begin(
            scene[0][0], SceneOrder(tuple(scene), scene[-1][0], texts, live=True), answers
        )

    def end_scene(self, process: ProcessHandle, failed: bool) -> None:
        """What has done its work may stay, for those that wait at the lines that it has passed."""
        if failed:
            process.join()
        elif isinstance(process, Waiting):
            process.done()

    def _begin(self, first: Job, order: SceneOrder, answers: Connection) -> ProcessHandle:
        """Do what is ordered, which begins with the job `first`; leave processes on the way."""
        with self._asking:
            return self._asked(first, order, answers)

    def _asked(self, first: Job, order: SceneOrder, answers: Connection) -> ProcessHandle:
        if self.why_cold:
            return self.begin(run_and_end, order, self.slots, answers)
        ids = [line.id for line in first.shot.lines]
        end = order.last.place + 1
        for waiting in self._before(first):
            if not waiting.fits(first):
                self._drop(waiting)
                continue
            waits = tuple(ids[waiting.line.job.place + 1 : end])
            with suppress(OSError, EOFError):
                waiting.order(replace(order, waits=waits, place=self._place), answers)
                return waiting
            self._drop(waiting)
        order = replace(order, waits=tuple(ids[:end]), place=self._place)
        return self.begin(run_and_end, order, self.slots, answers)

    def _before(self, job: Job) -> list[Waiting]:
        """Processes that wait at a job's line or before it in its scene, the last ones first."""
        scene = job.shot.id, job.quality
        of_scene = [w for w in self.waiting() if (w.line.job.shot.id, w.line.job.quality) == scene]
        found = [waiting for waiting in of_scene if waiting.line.job.place <= job.place]
        return sorted(found, key=lambda waiting: waiting.line.job.place, reverse=True)

    # -- processes that wait ----------------------------------------------------------------------

    def prepare(self, jobs: Iterable[Job]) -> None:
        """Let processes wait where the lines of scenes begin; each job is a scene's last line.

        `step` goes on with it.
        """
        self.stop_preparing()
        self._full = False
        self._planned = list(jobs)
        self.step()

    def keep_only(self, keys: Collection[str]) -> None:
        """End what waits at any other line: a script may have lost it, or its scene."""
        for waiting in self.waiting():
            if waiting.line.job.key not in keys:
                self._drop(waiting)

    def step(self) -> bool:
        """Go on preparing; whether there is more to prepare."""
        if self._preparation:
            if not self._preparation.answers.poll():
                return True
            self._end_preparation()
        while self._planned and not self.why_cold and not self._full:
            last = self._planned.pop(0)
            first = next((job for job in _jobs_to(last) if not self._waits_at(job)), None)
            if first:
                self._prepare(first, last)
                return True
        return False

    def stop_preparing(self) -> None:
        """Break off what is being prepared; what waits by now goes on waiting."""
        self._planned.clear()
        if self._preparation:
            self._preparation.process.terminate()
            self._end_preparation()

    def _prepare(self, first: Job, last: Job) -> None:
        here, there = self.context.Pipe(duplex=False)
        with defer_signals():
            process = self._begin(first, SceneOrder((), last, self._texts), there)
            self._preparation = Preparation(process, here)
        there.close()

    def _end_preparation(self) -> None:
        assert self._preparation
        self._preparation.answers.close()
        if isinstance(self._preparation.process, Waiting):
            self._preparation.process.done()
        self._preparation = None

    def _waits_at(self, job: Job) -> bool:
        with self._lock:
            waiting = self._waiting.get(_key(job))
        return bool(waiting and waiting.fits(job))

    def _accept(self) -> None:
        """Take in processes that begin to wait, until this is closed."""
        while not self.ended:
            try:
                connection = self._listener.accept()
                line = connection.recv()
                if isinstance(line, SceneOrder):
                    self._lend(line, connection)
            except Exception:  # a program of another version may send anything
                continue
            if isinstance(line, SceneOrder):
                continue
            if not isinstance(line, WaitingLine):
                asked = line, self._place, connection
                threading.Thread(target=self.answer, args=asked, daemon=True).start()
                continue
            waiting = Waiting(line, connection, time.monotonic())
            with self._lock:
                old = self._waiting.get(waiting.key)
                self._waiting[waiting.key] = waiting
            if old:
                old.close()
            self._keep_within_memory()

    def _lend(self, order: SceneOrder, connection: Connection) -> None:
        """Let a process do what another program wants of it."""
        with closing(connection), closing(receive_answers(connection)) as answers:
            self._begin(order.jobs[0][0], replace(order, lent=True), answers)
            connection.send(True)

    def _keep_within_memory(self) -> None:
        """End those that were used least while all that wait use too much."""
        by_use = sorted(self.waiting(), key=lambda waiting: waiting.used)
        sizes = {waiting: memory_of(waiting.line.pid) for waiting in by_use}
        total = sum(sizes.values())
        for waiting in by_use:
            if total <= MEMORY:
                return
            self._full = True
            total -= sizes[waiting]
            self._drop(waiting)

    def _drop(self, waiting: Waiting) -> None:
        with self._lock:
            if self._waiting.get(waiting.key) is waiting:
                del self._waiting[waiting.key]
        waiting.close()


def last_jobs(
    script: Script, timings: Mapping[str, SceneTiming], quality: FrameFormat, selection: str = ""
) -> list[Job]:
    """The job of each scene's last line, or of the last that is selected."""
    last = {line.scene: line.key for line in select_lines(script.lines, selection)}
    return [with_formulas_kept(job_for(script, timings, key, quality)) for key in last.values()]


def _key(job: Job) -> tuple[str, str, str]:
    return job.shot.id, job.line, job.quality.name


def _jobs_to(last: Job) -> list[Job]:
    """A job for each line of a scene up to the last, in order."""
    lines = [line.id for line in last.shot.lines[: last.place + 1]]
    return [replace(last, line=line, reads=(), starts=()) for line in lines]


def memory_of(pid: int) -> int:
    """Bytes that a process uses, what it shares counted by its share; 0 where that is not told."""
    with suppress(OSError, ValueError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0
