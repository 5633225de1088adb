"""A scene walked once for many of its lines: each is drawn by a fork of the walking process.

The walk only reaches where lines begin; what it takes is shared by all lines of the scene. How
many processes work at a time is held by slots, which the processes of all scenes share.
"""

from __future__ import annotations

import os
import signal
import warnings
from collections.abc import Generator, Sequence
from contextlib import suppress
from importlib import import_module
from multiprocessing.connection import Connection, Pipe, wait
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from explainer import machine
from explainer.cache import tracing
from explainer.cache.inputs import START
from explainer.draw import process_end, stall_watch
from explainer.draw.line_runner import (
    Job,
    StopScene,
    draw,
    encoder_sink,
    facts,
    init_process,
    known_start,
    run_scene,
)
from explainer.draw.manim_config import configure
from explainer.draw.process_slots import ProcessSlots
from explainer.interrupts import blocked, exit_with_parent, stop_watching_parent
from explainer.media.encoder import ClipEncoder
from explainer.stage.frame_sink import FrameSink

if TYPE_CHECKING:
    from explainer.stage.scene import NarratedScene

LineResult = dict[str, Any] | Exception | None
"""What drawing a line gave: its clip's facts, an error, or None if all who drew it were lost."""
LineResults = Generator[tuple[str, LineResult], None, None]
"""The results of lines by their keys, as they are done."""


def run_scene_process(
    jobs: Sequence[tuple[Job, str]], texts: str, tokens: ProcessSlots, answers: Connection
) -> None:
    """Draw lines of one scene, given in order with the paths of their clips.

    Each line's key and answer are sent as they come. `texts` is a folder for what Manim writes.
    """
    load_if_spawned()
    text_dir = init_process(texts)
    walker = SceneProcess(jobs, texts, text_dir, tokens, answers)
    signal.signal(signal.SIGTERM, walker.stop)
    exit_with_parent(os.getppid(), stall_watch.look)
    try:
        if machine.FORKS:
            walker.run()
        else:
            for job, out in jobs:
                tokens.acquire()
                drawn = _drawn(job, out, text_dir)
                tokens.release()
                answers.send((job.key, drawn))
    finally:
        stop_watching_parent()


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
        self,
        jobs: Sequence[tuple[Job, str]],
        texts: str,
        text_dir: str,
        tokens: ProcessSlots,
        answers: Connection,
    ) -> None:
        """`texts` is the folder for what Manim writes, `text_dir` this process's own in there."""
        self.jobs = {job.line: (job, out) for job, out in jobs}
        self.last = jobs[-1][0]
        self.texts = texts
        self.text_dir = text_dir
        self.tokens, self.answers = tokens, answers
        self.forks: dict[Connection, tuple[str, int]] = {}
        # these are set in a fork only
        self.report: Connection | None = None
        self.line: tuple[Job, ClipEncoder] | None = None

    def run(self) -> None:
        """Walk the scene up to the last line that is wanted, and wait for the forks."""
        self.tokens.acquire()
        outs = {str(Path(out).parent) for _, out in self.jobs.values()}
        tracing.begin(self.last.folder, [str(Path(self.text_dir).parent), *outs, self.last.kept])
        answer: LineResult = None
        try:
            configure(self.last.quality, self.text_dir, self.last.folder)
            seen, begun = run_scene(self.last, self._enter)
            if self.line:
                job, encoder = self.line
                encoder.finish()
                answer = facts(job, encoder, seen, begun)
        except Exception as error:
            answer = error
        if self.report:
            self.report.send(answer)
            process_end.exit_with_children(0)
        for unreached, _ in self.jobs.values():
            self.answers.send((unreached.key, answer))
        self.tokens.release()
        while self.forks:
            self._collect(None)

    def _enter(self, line: str, scene: NarratedScene) -> FrameSink | None:
        """At the beginning of a line: go on walking (None), or draw it, which a fork does."""
        if line not in self.jobs:
            return None
        job, out = self.jobs.pop(line)
        if alike := known_start(job, scene):
            self.answers.send((job.key, {START: alike}))
            if not self.jobs:
                raise StopScene
            return None
        here, there = Pipe(duplex=False)
        # forking takes a while, and who is asked to end in it would not know of the fork
        walker = os.getpid()
        with blocked(signal.SIGTERM), warnings.catch_warnings():
            # there are no threads that draw or encode at this point
            warnings.simplefilter("ignore", DeprecationWarning)
            pid = os.fork()
            if pid:
                self.forks[here] = (job.key, pid)
            else:
                signal.signal(signal.SIGTERM, signal.SIG_DFL)
        if not pid:
            exit_with_parent(walker, stall_watch.look)
            return self._become(job, out, there)
        there.close()
        # the fork has this process's token; to go on takes another
        while not self.tokens.acquire(0.02):
            self._collect(0)
        if not self.jobs:
            raise StopScene
        return None

    def _become(self, job: Job, out: str, report: Connection) -> FrameSink:
        """Go on as a fork that draws a line; two that write texts must not share their folder."""
        from manim import config

        self.text_dir = init_process(self.texts)
        config.media_dir = self.text_dir
        self.report = report
        self.line = job, ClipEncoder(Path(out), job.quality)
        return encoder_sink(job, self.line[1])

    def _collect(self, timeout: float | None) -> None:
        for report in cast("list[Connection]", wait(list(self.forks), timeout)):
            key, pid = self.forks.pop(report)
            answer: LineResult = None
            with suppress(EOFError):
                answer = report.recv()
            _, status = os.waitpid(pid, 0)
            if answer is None:
                who = f"scene {self.last.shot.id}, line {key}"
                code = os.waitstatus_to_exitcode(status)
                answer = process_end.exit_error(who, self.last.folder, self.texts, pid, code)
            self.tokens.release()
            self.answers.send((key, answer))

    def stop(self, *_: Any) -> None:
        """End all forks and this process."""
        for _key, pid in self.forks.values():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        os._exit(1)
