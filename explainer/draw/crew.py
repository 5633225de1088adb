"""Who draws lines: the cores of this machine, or the workers of a cluster; jobs in, answers out."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from multiprocessing import forkserver, resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Protocol

from explainer import machine
from explainer.cache import tempfiles
from explainer.draw import ending
from explainer.draw.tokens import Tokens
from explainer.draw.walker import Answers, walk_and_end
from explainer.draw.worker import Job
from explainer.errors import SceneError
from explainer.frame_format import FrameFormat

DRAWING = 100_000_000
A_PIXEL = 120
"""Bytes that a process which draws needs, and for each pixel of a frame; measured: 105."""


class Crew(Protocol):
    """Draws lines; each job comes with the path that its clip is wanted at."""

    def prepare(self) -> None:
        """Get ready while other things are done: lines will be drawn soon."""
        ...

    def answers(self, jobs: Sequence[tuple[Job, str]], texts: str) -> Answers:
        """Each line's key and answer as it is done; `texts` is a folder for what Manim writes.

        After a line that failed nothing is begun, but what was begun is drawn to its end. Once it
        is closed, nothing is drawn any more.
        """
        ...

    def end(self) -> None:
        """Break off whatever is drawn, for whichever film; called from another thread."""
        ...


@contextmanager
def _whole() -> Iterator[None]:
    """Who asks this process to end is heeded after this.

    Signals are not blocked: another thread would take them, and Python heed them in this one.
    """
    came: list[int] = []
    usual = {}
    try:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                if callable(heed := signal.getsignal(number)):
                    usual[number] = heed
                    signal.signal(number, lambda number, _: came.append(number))
        yield
    finally:
        for number, heed in usual.items():
            signal.signal(number, heed)
        if came:
            signal.raise_signal(came[0])


_BEGINNING = threading.Lock()


def _begin_forkserver() -> None:
    """Begin the process that all who draw are forked from, if it is not there."""
    told = {
        # so that sets of texts are gone through in the same order each time
        "PYTHONHASHSEED": "0",
        # so that what they have not finished goes with us
        tempfiles.TOKEN: tempfiles.OURS,
    }
    usual = {name: os.environ[name] for name in told if name in os.environ}
    os.environ.update(told)
    try:
        forkserver.ensure_running()
    finally:
        for name in told:
            del os.environ[name]
        os.environ.update(usual)


def _ended(walker: BaseProcess, job: Job, texts: str) -> SceneError:
    """What is said of a process that ended before all lines of a scene, as `job`, were drawn."""
    assert walker.pid is not None
    assert walker.exitcode is not None
    who = f"scene {job.shot.id}"
    return ending.told(who, job.folder, texts, walker.pid, walker.exitcode)


class Cores:
    """This machine's cores; films that are rendered at once share them."""

    def __init__(self, quality: FrameFormat) -> None:
        """Draw as many lines at a time as there are processors, and memory for such pictures."""
        self.count = machine.at_once(DRAWING + A_PIXEL * quality.width * quality.height)
        self.context = multiprocessing.get_context("forkserver")
        self.context.set_forkserver_preload(["explainer.draw.preload"])
        self.tokens = Tokens(self.count)
        self.walkers: set[BaseProcess] = set()
        self.ended = False

    def end(self) -> None:
        """Break off all drawing, and begin no more."""
        self.ended = True
        for walker in list(self.walkers):
            walker.terminate()

    def prepare(self) -> None:
        """Load Manim, which takes seconds, in the process that all who draw are forked from."""
        # which lets the signal through again as it begins
        resource_tracker.ensure_running()
        # they inherit this: Ctrl-C is not theirs to heed
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            # films of a batch are rendered by threads of one process
            with _BEGINNING:
                _begin_forkserver()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def answers(self, jobs: Sequence[tuple[Job, str]], texts: str) -> Answers:
        """Draw lines in processes of their own, the longest scene first."""
        scenes = [list(group) for _, group in groupby(jobs, lambda item: item[0].shot.id)]
        # so that no core is left with a long one at the end
        scenes.sort(key=lambda scene: sum(job.timing.frames for job, _ in scene))
        walkers: dict[Connection, tuple[BaseProcess, dict[str, Job]]] = {}
        walker: BaseProcess
        failed = False
        self.prepare()
        # what waits until Manim is loaded can be interrupted, and would then be forgotten
        nothing = self.context.Process()
        nothing.start()
        nothing.join()
        try:
            while walkers or (scenes and not failed):
                while scenes and not failed and len(walkers) < self.count:
                    scene = scenes.pop()
                    here, there = self.context.Pipe(duplex=False)
                    args = (scene, texts, self.tokens, there)
                    walker = self.context.Process(target=walk_and_end, args=args)
                    with _whole():
                        walker.start()
                        walkers[here] = walker, {job.key: job for job, _ in scene}
                        self.walkers.add(walker)
                    there.close()
                if self.ended:
                    raise KeyboardInterrupt
                for ready in wait(list(walkers)):
                    assert isinstance(ready, Connection)
                    walker, left = walkers[ready]
                    try:
                        key, answer = ready.recv()
                    except EOFError:
                        del walkers[ready]
                        self.walkers.discard(walker)
                        walker.join()
                        if left:
                            # it took its tokens with it; without them others might wait for ever
                            for _ in range(self.count):
                                self.tokens.release()
                            ended = _ended(walker, next(iter(left.values())), texts)
                            yield from ((key, ended) for key in sorted(left))
                        failed = failed or bool(left)
                        continue
                    left.pop(key, None)
                    failed = failed or not isinstance(answer, dict)
                    yield key, answer
        finally:
            for walker, _ in walkers.values():
                self.walkers.discard(walker)
                walker.terminate()
                walker.join()
