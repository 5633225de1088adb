"""A scene walked once for many of its lines: each is drawn by a fork of the walking process.

The walk only reaches where lines begin; what it takes is shared by all lines of the scene. How
many processes work at a time is held by slots, which the processes of all scenes share.
"""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib import import_module
from multiprocessing.connection import Connection, Pipe, wait
from pathlib import Path
from time import monotonic as clock  # as it is before looks at it are noted
from types import FrameType
from typing import TYPE_CHECKING, Any, cast

from PIL import Image

from explainer import machine
from explainer.cache import tracing
from explainer.draw import process_end, stall_watch
from explainer.draw.burn_in import overlay
from explainer.draw.chosen_frames import ChosenAnswer, ChosenFrames
from explainer.draw.clip import BeginsAlike, LineResult
from explainer.draw.line_runner import (
    Job,
    StopScene,
    draw,
    drawn_line,
    encoder_sink,
    init_process,
    inputs_so_far,
    known_start,
    run_scene,
)
from explainer.draw.manim_config import configure
from explainer.draw.picture_sharing import FirstDrawer, SecondDrawer, SharedPictures, be_silent
from explainer.draw.process_slots import ProcessSlots, process_slots
from explainer.draw.waiting_line import (
    SceneOrder,
    WaitingLine,
    fork,
    stay_with_children,
    wait_for_orders,
)
from explainer.interrupts import blocked, exit_with_parent, stop_watching_parent
from explainer.media.encoder import ClipEncoder
from explainer.stage.frame_sink import Frame, FrameSink
from explainer.stage.label_texts import set_label_texts
from explainer.stage.playhead import Playhead

if TYPE_CHECKING:
    from explainer.stage.labels import LabelRecorder
    from explainer.stage.scene import NarratedScene

SHARED_FRAMES = 12
"""How many frames a line has at least that two processes draw."""
LOOK_FOR_SLOT = 0.05
"""Seconds between two looks for a slot for the second one."""
LIVE_SECONDS = 0.15
"""Seconds of the clock between two pictures of a line that are sent while it is drawn."""


ForkAnswer = LineResult | ChosenAnswer
"""What a fork says of the line that it has drawn."""


def run_scene_process(order: SceneOrder, slots: ProcessSlots, answers: Connection) -> None:
    """Do what is ordered of one scene; each line's key and answer are sent as they come."""
    load_if_spawned()
    text_dir = init_process(order.texts)
    walker = SceneProcess(order, text_dir, slots, answers)
    signal.signal(signal.SIGTERM, walker.stop)
    exit_with_parent(os.getppid(), walker.look)
    try:
        if machine.FORKS:
            walker.run()
        else:
            for job, out in order.jobs:
                slots.acquire()
                drawn = _drawn(job, out, text_dir)
                slots.release()
                answers.send((job.key, drawn))
    finally:
        stop_watching_parent()
    if walker.waiting:
        walker.answers.close()
        stay_with_children()


def load_if_spawned() -> None:
    """Load what drawing needs, which a process that is not forked lacks."""
    if machine.START_METHOD == "spawn":
        # Ctrl-C is not for this process, and loading takes seconds
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        import_module("explainer.draw.preload")


def run_and_end(*given: Any) -> None:
    """Run a scene process, then end it, whatever a scene has left running in it."""
    process_end.run_then_exit(lambda: run_scene_process(*given))


def _drawn(job: Job, out: str, text_dir: str) -> LineResult:
    try:
        return draw(job, out, text_dir)
    except Exception as error:
        return error


class SceneProcess:
    """The walking process, and its forks that draw."""

    def __init__(
        self, order: SceneOrder, text_dir: str, slots: ProcessSlots, answers: Connection
    ) -> None:
        """`text_dir` is this process's own in the folder for what Manim writes."""
        self.shared_slots = slots
        self.text_dir = text_dir
        self._take(order, answers)
        # these are set in a fork only
        self.report: Connection | None = None
        self.line: tuple[Job, ClipEncoder | ChosenFrames] | None = None
        self.partner: FirstDrawer | SecondDrawer | None = None

    def _take(self, order: SceneOrder, answers: Connection) -> None:
        self.order, self.answers = order, answers
        # who borrows this may be killed, and must not keep others waiting
        shared = self.shared_slots
        self.slots = process_slots(shared.count) if order.lent else shared
        self.jobs = {job.line: (job, out) for job, out in order.jobs}
        self.forks: dict[Connection, tuple[str, int]] = {}
        self.second_pid = 0
        self.has_slot = False
        self.waiting = False

    def run(self) -> None:
        """Walk the scene up to the last line that is wanted, and wait for the forks."""
        last = self.order.last
        self._begin()
        answer: ForkAnswer = None
        try:
            configure(last.quality, self.text_dir, last.folder)
            seen, begun = run_scene(last, self._enter)
            if self.line:
                answer = self._answer(seen, begun)
        except Exception as error:
            answer = error
        if isinstance(self.partner, SecondDrawer):
            process_end.exit_with_children(0)
        if self.report:
            self.report.send(answer)
            process_end.exit_with_children(0)
        for unreached, _ in self.jobs.values():
            self.answers.send((unreached.key, answer))
        if self.has_slot:
            self.slots.release()
        while self.forks:
            self._collect(None)

    def _answer(self, seen: LabelRecorder, begun: tuple[str, str]) -> ForkAnswer:
        """What is answered of a line that was drawn."""
        assert self.line
        job, taken = self.line
        if isinstance(taken, ChosenFrames):
            inputs, _ = inputs_so_far(job)
            return replace(taken.answer(seen, job.quality.fps), inputs=inputs)
        taken.finish()
        return drawn_line(job, taken, seen, begun)

    def _begin(self) -> None:
        """Begin with an order: where there is something to draw, when it is this one's turn."""
        if self.order.jobs:
            while not self.slots.acquire(stall_watch.EVERY):
                stall_watch.rest()
            self.has_slot = True
        stall_watch.rest()
        outs = {str(Path(out).parent) for _, out in self.order.jobs if out}
        own = [str(Path(self.text_dir).parent), *outs, self.order.last.kept]
        tracing.begin(self.order.last.folder, own)

    def _enter(self, line: str, scene: NarratedScene) -> FrameSink | None:
        """At the beginning of a line: go on walking (None), or draw it, which a fork does."""
        if line in self.order.waits:
            self._leave_waiting(line, scene)
        if line not in self.jobs:
            return None
        job, out = self.jobs.pop(line)
        if alike := known_start(job, scene):
            self.answers.send((job.key, BeginsAlike(alike)))
            if not self.jobs:
                raise StopScene
            return None
        shared = _shared_pictures(job) if self._can_share(job, scene) else None
        if sink := self._fork_line(job, out, scene, shared):
            return sink
        if shared:
            if sink := self._fork_second(scene, shared):
                return sink
            self._draw_with_second(shared)
        if not self.jobs:
            raise StopScene
        self._take_slot()
        return None

    def _take_slot(self) -> None:
        """Take a slot, looking after the forks meanwhile."""
        while not self.slots.acquire(0.02):
            stall_watch.rest()
            self._collect(0)
        self.has_slot = True

    def _fork_line(
        self, job: Job, out: str, scene: NarratedScene, shared: SharedPictures | None
    ) -> FrameSink | None:
        """Fork a process that draws a line, with this one's slot; in there, what takes frames."""
        if not self.has_slot:
            self._take_slot()
        here, there = Pipe(duplex=False)
        if not self._forked(lambda pid: self.forks.update({here: (job.key, pid)})):
            there.close()
            self.has_slot = False
            return None
        sink = self._become(job, out, there, scene)
        if shared:
            self.partner = scene.renderer.partner = FirstDrawer(shared)
        return sink

    def _fork_second(self, scene: NarratedScene, shared: SharedPictures) -> FrameSink | None:
        """Fork a process that waits for a slot, and then draws with the first; there, its sink.

        Where there can be no other process, the first draws alone.
        """
        is_second = False
        with suppress(OSError):
            is_second = self._forked(lambda pid: setattr(self, "second_pid", pid))
        if not is_second:
            shared.close_ends_of_forks()
            return None
        for report in self.forks:
            report.close()
        self.answers.close()
        be_silent()
        self.text_dir = init_process(self.order.texts)
        _set_media_dir(self.text_dir)
        renderer = scene.renderer
        renderer.reads_labels = False
        try:
            self.partner = renderer.partner = SecondDrawer(shared, renderer.camera)
        except EOFError:
            process_end.exit_with_children(0)
        return _show_nowhere

    def _forked(self, note: Callable[[int], object]) -> bool:
        """Fork this process, which takes a note of the fork's number; whether this is the fork."""
        walker = os.getpid()
        # who is asked to end while it forks would not know of the fork
        with blocked(signal.SIGTERM):
            pid = fork()
            if pid:
                note(pid)
            else:
                signal.signal(signal.SIGTERM, signal.SIG_DFL)
        if not pid:
            exit_with_parent(walker, stall_watch.look)
        return not pid

    def _can_share(self, job: Job, scene: NarratedScene) -> bool:
        """Whether two processes may draw a line: the last one, after which none else is begun."""
        return (
            not self.jobs
            and not self.order.frames
            and self.shared_slots.count > 1
            and job.timing.frames >= SHARED_FRAMES
            and scene.renderer.can_share_pictures()
            and tracing.can_be_repeated()
        )

    def _draw_with_second(self, shared: SharedPictures) -> None:
        """Let the second process draw, too, as soon as there is a slot for it, until it ends."""
        while self.forks:
            if self.second_pid and not self.has_slot and self.slots.acquire(0):
                self.has_slot = True
                shared.let_begin()
            stall_watch.rest()
            self._collect(LOOK_FOR_SLOT if self.second_pid else stall_watch.EVERY)
            if self.second_pid and _has_ended(self.second_pid):
                self.second_pid = 0
                if self.has_slot:
                    self.has_slot = False
                    self.slots.release()
        shared.close()
        self._end_second()

    def _end_second(self) -> None:
        if self.second_pid:
            # it has nothing that others wait for
            with suppress(ProcessLookupError, ChildProcessError):
                os.kill(self.second_pid, signal.SIGKILL)
                os.waitpid(self.second_pid, 0)
            self.second_pid = 0

    def _leave_waiting(self, line: str, scene: NarratedScene) -> None:
        """Leave a fork that waits here; of it comes back what does what it is asked for."""
        place = self.order.place
        assert place
        if type(scene._playhead) is not Playhead:
            return  # the lines of this one are not where its methods begin
        with blocked(signal.SIGTERM):
            if fork():
                self.waiting = True
                return
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
        for report in self.forks:
            report.close()
        self.answers.close()
        job = replace(self.order.last, line=line, reads=(), starts=())
        inputs, anew = inputs_so_far(job)
        if anew:
            os._exit(0)
        waiter = WaitingLine(job, inputs, os.getpid())
        self._resume(scene, *wait_for_orders(place, waiter))

    def _resume(self, scene: NarratedScene, order: SceneOrder, answers: Connection) -> None:
        """Go on with another order, in a fork of one that has waited where a line begins."""
        self.text_dir = init_process(order.texts)
        self._take(order, answers)
        signal.signal(signal.SIGTERM, self.stop)
        stall_watch.rest()
        exit_with_parent(os.getppid(), self.look)
        self._begin()
        _set_media_dir(self.text_dir)
        shot = order.last.shot
        scene._playhead.shot = shot
        scene._playhead.begin(scene._playhead.index)
        set_label_texts(shot.texts, shot.labelled)

    def _become(self, job: Job, out: str, report: Connection, scene: NarratedScene) -> FrameSink:
        """Go on as a fork that draws a line."""
        self.text_dir = init_process(self.order.texts)
        _set_media_dir(self.text_dir)
        self.report = report
        if self.order.frames:
            chosen = ChosenFrames(self.order.frames, self.order.labels)
            self.line = job, chosen
            scene.renderer.frames_to_draw = set(chosen.wanted)
            scene.renderer.reads_labels = chosen.labels
            return overlay(chosen.show, job.rows, job.quality) if job.rows else chosen.show
        encoder = ClipEncoder(Path(out), *job.quality.of_tracks)
        self.line = job, encoder
        sink = encoder_sink(job, encoder)
        return LivePictures(sink, Path(f"{out}.jpg"), report.send).show if self.order.live else sink

    def _collect(self, timeout: float | None) -> None:
        for report in cast("list[Connection]", wait(list(self.forks), timeout)):
            key, pid = self.forks[report]
            answer: ForkAnswer | Path = None
            with suppress(EOFError):
                answer = report.recv()
            if isinstance(answer, Path):
                self.answers.send((key, answer))
                continue
            del self.forks[report]
            status = 0
            # a scene may let the system take children away
            with suppress(ChildProcessError):
                _, status = os.waitpid(pid, 0)
            if answer is None:
                last = self.order.last
                who = f"scene {last.shot.id}, line {key}"
                code = os.waitstatus_to_exitcode(status)
                answer = process_end.exit_error(who, last.folder, self.order.texts, pid, code)
            self.slots.release()
            self.answers.send((key, answer))

    def look(self, frame: FrameType | None) -> None:
        """Tell of a line that takes long; end as soon as who has borrowed this is gone."""
        stall_watch.look(frame)
        if self.order.lent and not self.answers.closed and _hung_up(self.answers):
            self.stop()

    def stop(self, *_: Any) -> None:
        """End all forks and this process."""
        self._end_second()
        for _key, pid in self.forks.values():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        os._exit(1)


def _has_ended(pid: int) -> bool:
    """Whether a process that this one has forked has ended."""
    try:
        return os.waitpid(pid, os.WNOHANG)[0] != 0
    except ChildProcessError:
        return True


def _shared_pictures(job: Job) -> SharedPictures | None:
    """What two processes that draw a line share, if the system has that much to give."""
    with suppress(OSError, MemoryError):
        return SharedPictures(job.quality)
    return None


def _show_nowhere(_frame: Frame, _repeat: int) -> None:
    """Take a frame that another process shows."""


def _hung_up(answers: Connection) -> bool:
    """Whether nobody can hear what is sent any more."""
    poll = select.poll()
    poll.register(answers.fileno(), 0)
    return bool(poll.poll(0))


def _set_media_dir(text_dir: str) -> None:
    """Let Manim write into another folder: two that write texts must not share one."""
    from manim import config

    config.media_dir = text_dir


@dataclass(slots=True)
class LivePictures:
    """Shows the first picture of a line, and then one now and then, as it goes to its encoder.

    Each lies in `file`, a JPEG, before `tell` is told of it.
    """

    sink: FrameSink
    file: Path
    tell: Callable[[Path], None]
    due: float = 0.0

    def show(self, frame: Frame, repeat: int) -> None:
        """Take a frame, RGBA of shape (height, width, 4)."""
        self.sink(frame, repeat)
        if clock() >= self.due:
            with tracing.unnoticed():
                beside = self.file.with_suffix(".new")
                Image.fromarray(frame[:, :, :3]).save(beside, "JPEG", quality=85)
                beside.replace(self.file)
            self.tell(self.file)
            self.due = clock() + LIVE_SECONDS
