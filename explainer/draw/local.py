"""This machine's processors draw: jobs in, each line's result out as it is done."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

from explainer import machine
from explainer.draw import process_end
from explainer.draw.clip import LineResults
from explainer.draw.line_runner import Job
from explainer.draw.process_slots import process_slots
from explainer.draw.scene_process import run_and_end
from explainer.draw.waiting_line import SceneOrder
from explainer.errors import SceneError
from explainer.frame_format import FrameFormat
from explainer.interrupts import blocked, defer_signals

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerContext, SpawnContext

PROCESS_BYTES = 100_000_000
BYTES_PER_PIXEL = 120
"""Bytes that a process which draws needs, and for each pixel of a frame; measured: 105."""


LOOK_AFTER = 0.25
"""Seconds after which is looked whether there is something else to do than to wait."""


class ProcessHandle(Protocol):
    """A process that draws lines of a scene; once it has ended, `exitcode` says how."""

    @property
    def pid(self) -> int | None: ...  # noqa: D102

    @property
    def exitcode(self) -> int | None: ...  # noqa: D102

    def terminate(self) -> None: ...  # noqa: D102

    def join(self) -> None: ...  # noqa: D102


MAIN_NAMES = ("__spec__", "__file__")
"""What multiprocessing finds the program's file by."""

HASH_SEED = "PYTHONHASHSEED"
"""The variable from which Python takes the order of sets of texts as it begins."""

_BEGINNING = threading.Lock()
"""State of this process: held while a process is started that draws, or that others come from."""


@contextmanager
def _worker_environment() -> Iterator[None]:
    """In here, a process begins that goes through sets of texts in the same order each time."""
    # films of a batch are rendered by threads of one process
    with _BEGINNING:
        usual = os.environ.get(HASH_SEED)
        os.environ[HASH_SEED] = "0"
        try:
            yield
        finally:
            del os.environ[HASH_SEED]
            if usual is not None:
                os.environ[HASH_SEED] = usual


@contextmanager
def _hidden_main() -> Iterator[None]:
    """In here, a process that begins does not run the file of the program anew.

    All that one of ours needs is loaded by the process that it is forked from, and by its task.
    """
    main = sys.modules["__main__"]
    with _BEGINNING:
        known = {name: vars(main).pop(name) for name in MAIN_NAMES if name in vars(main)}
        try:
            main.__spec__ = None
            yield
        finally:
            vars(main).update(known)


def _ended_early(process: ProcessHandle, job: Job, texts: str) -> SceneError:
    """What is said of a process that ended before all lines of a scene, as `job`, were drawn."""
    assert process.pid is not None
    assert process.exitcode is not None
    who = f"scene {job.shot.id}"
    return process_end.exit_error(who, job.folder, texts, process.pid, process.exitcode)


class LocalRenderer:
    """This machine's cores; films that are rendered at once share them."""

    def __init__(self, quality: FrameFormat) -> None:
        """Draw as many lines at a time as there are processors, and memory for such pictures."""
        self.quality = quality
        self.count = machine.process_count(
            PROCESS_BYTES + BYTES_PER_PIXEL * quality.width * quality.height
        )
        self.context: ForkServerContext | SpawnContext
        if machine.START_METHOD == "spawn":
            self.context = multiprocessing.get_context("spawn")
        else:
            self.context = multiprocessing.get_context("forkserver")
        self.context.set_forkserver_preload(["explainer.draw.preload"])
        self.slots = process_slots(self.count)
        self.running: set[ProcessHandle] = set()
        self.ended = False
        self._was_ready = False

    def cancel(self) -> None:
        """Break off all drawing, and begin no more."""
        self.ended = True
        for process in list(self.running):
            process.terminate()

    def warm_up(self) -> None:
        """Load Manim, which takes seconds, in the process that all who draw are forked from.

        Where there is none, each loads it for itself.
        """
        if machine.START_METHOD == "spawn":
            return
        from multiprocessing import forkserver, resource_tracker

        # which lets the signal through again as it begins
        resource_tracker.ensure_running()
        # they inherit this: Ctrl-C is not theirs to heed
        with blocked(signal.SIGINT), _worker_environment():
            forkserver.ensure_running()

    def ready(self) -> None:
        """Wait until processes can be forked."""
        self.warm_up()
        if machine.START_METHOD == "forkserver" and not self._was_ready:
            # what waits until Manim is loaded can be interrupted, and would then be forgotten
            nothing = self.context.Process()
            with _hidden_main():
                nothing.start()
            nothing.join()
            self._was_ready = True

    def begin(self, target: Callable[..., object], *given: Any) -> BaseProcess:
        """Begin a process that draws."""
        process = cast("BaseProcess", self.context.Process(target=target, args=given))
        if machine.START_METHOD == "spawn":
            with blocked(signal.SIGINT), _worker_environment():
                process.start()
        else:
            with _hidden_main():
                process.start()
        return process

    def begin_scene(
        self, scene: Sequence[tuple[Job, str]], texts: str, answers: Connection
    ) -> ProcessHandle:
        """Begin to draw lines of one scene; their answers are sent through `answers`."""
        order = SceneOrder(tuple(scene), scene[-1][0], texts)
        return self.begin(run_and_end, order, self.slots, answers)

    def end_scene(self, process: ProcessHandle, failed: bool) -> None:
        """A process has answered for the last time; if it `failed`, its exit code is wanted."""
        del failed
        process.join()

    def look(self) -> None:
        """Called now and then while lines are drawn; what it raises breaks that off."""

    def show_live(self, key: str, picture: Path) -> None:
        """Take a picture, the file of a JPEG, of a line that is being drawn."""

    def render(self, jobs: Sequence[tuple[Job, str]], texts: str) -> LineResults:
        """Draw lines in processes of their own, the longest scene first."""
        scenes = [list(group) for _, group in groupby(jobs, lambda item: item[0].shot.id)]
        # so that no core is left with a long one at the end
        scenes.sort(key=lambda scene: sum(job.timing.frames for job, _ in scene))
        running: dict[Connection, tuple[ProcessHandle, dict[str, Job]]] = {}
        failed = False
        self.ready()
        try:
            while running or (scenes and not failed):
                while scenes and not failed and len(running) < self.count:
                    scene = scenes.pop()
                    here, there = self.context.Pipe(duplex=False)
                    with defer_signals():
                        process = self.begin_scene(scene, texts, there)
                        running[here] = process, {job.key: job for job, _ in scene}
                        self.running.add(process)
                    there.close()
                if self.ended:
                    raise KeyboardInterrupt
                self.look()
                for ready in cast("list[Connection]", wait(list(running), LOOK_AFTER)):
                    process, left = running[ready]
                    try:
                        key, answer = ready.recv()
                    except EOFError:
                        del running[ready]
                        self.running.discard(process)
                        self.end_scene(process, bool(left))
                        if left:
                            # it took its slots with it; without them others might wait for ever
                            for _ in range(self.count):
                                self.slots.release()
                            ended = _ended_early(process, next(iter(left.values())), texts)
                            yield from ((key, ended) for key in sorted(left))
                        failed = failed or bool(left)
                        continue
                    if isinstance(answer, Path):
                        self.show_live(key, answer)
                        continue
                    left.pop(key, None)
                    failed = failed or answer is None or isinstance(answer, Exception)
                    yield key, answer
        finally:
            for process, _ in running.values():
                self.running.discard(process)
                process.terminate()
                process.join()
