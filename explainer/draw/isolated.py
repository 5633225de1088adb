"""Work that runs scenes, done in a process of its own, so that what ends that does not end ours."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from explainer.draw import process_end, stall_watch
from explainer.draw.line_runner import Job, init_process
from explainer.draw.local import LocalRenderer
from explainer.draw.scene_process import load_if_spawned
from explainer.interrupts import exit_with_parent

T = TypeVar("T")
END_TIMEOUT = 5.0
"""Seconds in which a process ends that has done its work."""


def run_isolated(job: Job, work: Callable[..., T], *given: Any) -> T:
    """What some work on a job gives.

    Raises:
        SceneError: if a scene ends the process.
        Exception: whatever the work raises.
    """
    cores = LocalRenderer(job.quality)
    cores.warm_up()
    here, there = cores.context.Pipe(duplex=False)
    with tempfile.TemporaryDirectory() as texts:
        process = cores.begin(_work, texts, there, work, job, *given)
        there.close()
        try:
            answer = here.recv()
        except EOFError:
            process.join()
            assert process.pid is not None
            assert process.exitcode is not None
            who = f"scene {job.shot.id}, line {job.key}"
            raise process_end.exit_error(
                who, job.folder, texts, process.pid, process.exitcode
            ) from None
        else:
            process.join(END_TIMEOUT)
        finally:
            process.kill()
            process.join()
    if isinstance(answer, Exception):
        raise answer
    found: T = answer
    return found


def _work(texts: str, answers: Connection, work: Callable[..., T], *given: Any) -> None:
    def do() -> None:
        load_if_spawned()
        init_process(texts)
        exit_with_parent(os.getppid(), stall_watch.look)
        # what is left behind then goes with the folder
        tempfile.tempdir = texts
        try:
            answers.send(work(*given))
        except Exception as error:
            answers.send(error)

    process_end.run_then_exit(do)
