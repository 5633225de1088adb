"""Who draws the lines makes no difference to the film."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from multiprocessing.context import ForkServerProcess
from multiprocessing.process import BaseProcess

import pytest

from disturbed import strays
from explainer.cli import INTERRUPTED, main
from project import TINY, Project

HERE = """
import sys
from multiprocessing import Pipe, Semaphore
from pathlib import Path
from explainer import pipeline
from explainer.draw import walker
from explainer.pipeline import Order
from explainer.progress import Report
from explainer.quality import quality

class Here:
    def prepare(self):
        pass

    def end(self):
        pass

    def answers(self, jobs, texts):
        here, there = Pipe(duplex=False)
        walker.walk(jobs, texts, Semaphore(1), there)
        for _ in jobs:
            yield here.recv()

walker.FORKS = False
with Report() as report:
    pipeline.render(Order(Path("script.yaml"), quality(sys.argv[1])), report, Here())
"""


def test_an_interruption_while_a_process_begins_ends_that_process_too(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[BaseProcess] = []
    start = ForkServerProcess.start

    def interrupted(process: BaseProcess) -> None:
        start(process)
        begun.append(process)
        if len(begun) == 2:  # the first does nothing
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(ForkServerProcess, "start", interrupted)
    assert main(["--quality", TINY]) == INTERRUPTED
    assert len(begun) == 2
    assert not [process for process in begun if process.is_alive()]
    assert not strays(project)


def test_where_no_process_may_be_forked_the_film_is_the_same(project: Project) -> None:
    film = project.folder / "build" / "dots.mp4"
    assert main(["--quality", TINY]) == 0
    before = film.read_bytes()
    shutil.rmtree(project.folder / ".cache")
    film.unlink()
    subprocess.run([sys.executable, "-c", HERE, TINY], check=True)
    assert film.read_bytes() == before
