"""Who draws the lines makes no difference to the film."""

from __future__ import annotations

import os
import select
import shutil
import signal
import subprocess
import sys
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Event, Thread

import pytest

from disturbed import strays
from ended import gone
from explainer.cache import tempfiles
from explainer.cli import INTERRUPTED, main
from explainer.draw.local import LocalRenderer
from explainer.frame_format import find_format
from project import TINY, Project

pytestmark = [pytest.mark.render, pytest.mark.signals]

HERE = """
import sys
from multiprocessing import Pipe
from pathlib import Path
from explainer import pipeline
from explainer.draw import scene_process
from explainer.draw.process_slots import process_slots
from explainer.draw.waiting_line import SceneOrder
from explainer.pipeline import RenderOptions
from explainer.progress import Progress
from explainer.frame_format import find_format

class Here:
    def warm_up(self):
        pass

    def cancel(self):
        pass

    def render(self, jobs, texts):
        here, there = Pipe(duplex=False)
        order = SceneOrder(tuple(jobs), jobs[-1][0], texts)
        scene_process.run_scene_process(order, process_slots(1), there)
        for _ in jobs:
            yield here.recv()

with Progress() as progress:
    pipeline.render(RenderOptions(Path("script.yaml"), find_format(sys.argv[1])), progress, Here())
"""

ASKED_WHILE_FORKING = """
import os, signal, threading
from explainer.draw import scene_process

fork = os.fork

def forked():
    pid = fork()
    if pid:
        print("forked", flush=True)
        # a walker has no other thread that could take it
        signal.pthread_kill(threading.get_ident(), signal.SIGTERM)
    else:
        scene_process.exit_with_parent = lambda *_: None  # it would end by itself, but later
    return pid

os.fork = forked
"""


def test_an_interruption_while_a_process_begins_ends_that_process_too(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[BaseProcess] = []
    start, over = ForkServerProcess.start, Event()
    # a test run may ignore it
    usual = signal.signal(signal.SIGINT, signal.default_int_handler)
    taken, told = os.pipe()
    os.set_blocking(told, False)
    # any thread may be the one that a signal is taken by; it is heeded by the first
    other = Thread(target=over.wait, daemon=True)
    other.start()

    def interrupted(process: BaseProcess) -> None:
        start(process)
        begun.append(process)
        if len(begun) == 2:  # the first does nothing
            before = signal.set_wakeup_fd(told)
            signal.pthread_kill(other.ident or 0, signal.SIGINT)
            # until it has been taken
            assert select.select([taken], [], [], 120)[0]
            signal.set_wakeup_fd(before)

    monkeypatch.setattr(ForkServerProcess, "start", interrupted)
    assert main(["--quality", TINY]) == INTERRUPTED
    over.set()
    signal.signal(signal.SIGINT, usual)
    os.close(taken)
    os.close(told)
    assert len(begun) == 2
    assert not [process for process in begun if process.is_alive()]
    assert not strays(project)


def test_a_fork_that_begins_as_its_walker_is_asked_to_end_ends_too(
    project: Project, tmp_path: Path
) -> None:
    project.edit_scene(
        "def one(self):\n", "def one(self):\n        import time; time.sleep(3600)\n"
    )
    with (tmp_path / "log").open("w+") as log:
        order = [sys.executable, "-c", ASKED_WHILE_FORKING + HERE, TINY]
        walker = subprocess.Popen(order, stdout=log, stderr=log, start_new_session=True)
        walker.wait()
        log.seek(0)
        assert "forked" in log.read()
    # else it would not end while its scene sleeps
    assert gone(walker.pid)


def test_where_no_process_may_be_forked_the_film_is_the_same(project: Project) -> None:
    film = project.folder / "build" / "dots.mp4"
    assert main(["--quality", TINY]) == 0
    before = film.read_bytes()
    shutil.rmtree(project.folder / ".explainer-cache")
    film.unlink()
    alone = "from explainer import machine\nmachine.FORKS = False\n" + HERE
    subprocess.run([sys.executable, "-c", alone, TINY], check=True)
    assert film.read_bytes() == before


def token_of_a_drawing_process(answer: Connection) -> None:
    answer.send(tempfiles.process_token())


def test_what_those_who_draw_have_not_finished_goes_with_who_asked_them() -> None:
    cores = LocalRenderer(find_format(TINY))
    cores.warm_up()
    here, there = Pipe(duplex=False)
    drawing = cores.context.Process(target=token_of_a_drawing_process, args=(there,))
    drawing.start()
    assert here.recv() == tempfiles.process_token()
    drawing.join()
