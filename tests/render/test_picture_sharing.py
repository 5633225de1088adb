"""A line whose pictures two processes draw is the line that one draws."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import pytest

from project import Project

pytestmark = pytest.mark.render

HOST = """
import json, os, sys
from multiprocessing import Pipe
from pathlib import Path
import explainer.stage.scene
from explainer.draw import scene_process
from explainer.draw.line_runner import job_for
from explainer.draw.picture_sharing import FirstDrawer, SecondDrawer
from explainer.draw.process_slots import process_slots
from explainer.draw.waiting_line import SceneOrder
from explainer.frame_format import find_format
from explainer.script.loader import load
from explainer.timeline.layout import estimate_timeline
from explainer.timeline.scene_timing import scene_timings

def draw(folder, made, count, more):
    os.chdir(folder)
    for number, name in (1, "told"), (2, "said"):
        os.dup2(os.open(f"{made}/{name}", os.O_CREAT | os.O_WRONLY | os.O_APPEND), number)
    take = FirstDrawer._take

    def told(drawer, *given):
        is_taken = take(drawer, *given)
        os.write(1, b"taken " if is_taken else b"refused ")
        return is_taken

    FirstDrawer._take = told
    quality = find_format("160x90@20")
    script = load(Path("script.yaml"))
    shots = scene_timings(estimate_timeline(script, quality.fps))
    job = job_for(script, shots, "dots.two", quality)
    here, there = Pipe(duplex=False)
    order = SceneOrder(((job, f"{made}/clips/one.mp4"),), job, f"{made}/texts/scene")
    slots = process_slots(count)
    exec(more, {**globals(), **locals()})
    scene_process.run_scene_process(order, slots, there)
    there.close()
    key, answer = here.recv()
    free = sum(slots.acquire(0) for _ in range(count + 1))
    os.write(1, f"\\n{free} {type(answer).__name__} {answer}".encode())

for line in sys.stdin:
    pid = os.fork()
    if not pid:
        try:
            draw(*json.loads(line))
        finally:
            os._exit(0)
    os.waitpid(pid, 0)
    print("done", flush=True)
"""
"""Draws lines, each in a fork of its own, so that Manim is loaded once."""

MOVING = """\
import random

import numpy as np
from manim import LEFT, RIGHT, UP, Circle, Create, Dot, FadeIn, ImageMobject, Square, VGroup

from explainer.scene import NarratedScene, RadialGradient


class Dots(NarratedScene):
    def one(self):
        self.dot = Circle(1.5, stroke_width=2).set_fill(["#FFA3BE", "#FF5C8A"], 1)
        self.dot.radial_gradient = RadialGradient()
        self.add(self.dot)

    def two(self):
        grains = VGroup(*(Dot([random.uniform(-5, 5), 2, 0]) for _ in range(20)))
        grains.add_updater(lambda m, dt: m.rotate(dt).shift(0.01 * random.random() * UP))
        image = ImageMobject(np.uint8([[[255, 0, 0, 255], [0, 0, 255, 90]]])).scale(40)
        self.play(FadeIn(grains), Create(Square()), run_time=0.4)
        self.play(FadeIn(image), self.dot.animate.shift(2 * LEFT), run_time=0.5)
        self.remove(image)
        self.play(self.camera.frame.animate.scale(0.8).shift(RIGHT), run_time=0.5)
"""

ONE_COLOUR = """\
{imports}

from manim import FullScreenRectangle

from explainer.scene import NarratedScene


class Dots(NarratedScene):
    def one(self):
        pass

    def two(self):
        ground = FullScreenRectangle(stroke_width=0)
        number = {number}
        ground.set_fill("#%06x" % (number * 9_973 % 16_777_216), 1)
        ground.add_updater(lambda m, dt: None)
        self.add(ground)
        self.wait(0.4)
        self.wait(0.4)
"""


@dataclass
class Drawn:
    """What became of a line: the hash of its clip, its frames' means, and what was told.

    So many pictures of the second process were `taken`, and `refused`; a test has asked
    for so many `slots` meanwhile, and so many are `free` at last.
    """

    hash: str
    colours: list[tuple[float, ...]]
    taken: int
    refused: int
    slots: int
    free: int
    answer: str


Draw = Callable[..., Drawn]
"""Draws the second line of a project by so many processes, in which some code is run before."""


@pytest.fixture(scope="module")
def host() -> Iterator[subprocess.Popen[str]]:
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONHASHSEED": "0"}
    command = [sys.executable, "-c", HOST]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env, text=True
    ) as running:
        yield running
        assert running.stdin
        running.stdin.close()


@pytest.fixture
def draw(host: subprocess.Popen[str], project: Project, tmp_path_factory: Any) -> Draw:
    def drawn(scene: str, processes: int, more: str = "") -> Drawn:
        project.scene.write_text(scene, encoding="utf-8")
        made: Path = tmp_path_factory.mktemp("made")
        clip = made / "clips" / "one.mp4"
        clip.parent.mkdir()
        (made / "texts" / "scene").mkdir(parents=True)
        assert host.stdin
        assert host.stdout
        host.stdin.write(json.dumps([str(project.folder), str(made), processes, more]) + "\n")
        host.stdin.flush()
        assert host.stdout.readline() == "done\n"
        shared, _, told = (made / "told").read_text(encoding="utf-8").partition("\n")
        assert told, (made / "said").read_text(encoding="utf-8")
        free, _, answer = told.partition(" ")
        colours = []
        if answer.startswith("DrawnLine"):
            with av.open(str(clip)) as file:
                pictures = [frame.to_ndarray(format="rgb24") for frame in file.decode(video=0)]
            colours = [tuple(picture.mean(axis=(0, 1)).round()) for picture in pictures]
        hashed = hashlib.sha256(clip.read_bytes()).hexdigest() if clip.exists() else ""
        counts = shared.count("taken"), shared.count("refused"), shared.count("slot"), int(free)
        return Drawn(hashed, colours, *counts, answer)

    return drawn


@pytest.fixture(scope="module")
def moving() -> dict[str, Drawn]:
    """The moving line as one process draws it, once it was drawn."""
    return {}


@pytest.fixture
def alone(draw: Draw, moving: dict[str, Drawn]) -> Drawn:
    if not moving:
        moving["alone"] = draw(MOVING, 1)
    return moving["alone"]


WAIT_FOR_SECOND = """
draw = FirstDrawer.draw

def patient(drawer, number, *given):
    if number == 0:
        drawer._shared.position[0] = 0
        while drawer._joined is None and drawer._connection:
            drawer._hear(60)
    draw(drawer, number, *given)

FirstDrawer.draw = patient
"""
"""Lets the first process wait until the second has joined, however busy the machine is."""


def test_two_processes_give_the_bytes_of_one(draw: Draw, alone: Drawn) -> None:
    shared = draw(MOVING, 2, WAIT_FOR_SECOND)
    assert alone.taken == 0
    assert shared.taken > 10
    assert shared.hash == alone.hash
    assert shared.answer == alone.answer
    assert shared.free == 2


def test_no_picture_is_taken_that_the_first_would_draw_otherwise(draw: Draw) -> None:
    number = "threading.get_native_id()"
    shared = draw(ONE_COLOUR.format(imports="import threading", number=number), 2, WAIT_FOR_SECOND)
    assert shared.refused == 1
    assert len(shared.colours) > 20
    assert len(set(shared.colours)) == 1


THERE_AND_BACK = """\
import threading

import numpy as np
from manim import *

from explainer.scene import NarratedScene


class Dots(NarratedScene):
    def one(self):
        pass

    def two(self):
        ground = {ground}
        dot = Dot(radius=2)
        rises = lambda m, alpha: dot.set_opacity(there_and_back(alpha) * {number} / 1e7)
        self.add(ground, dot.set_opacity(0))
        self.play(UpdateFromAlphaFunc(dot, rises), run_time=1)
        {then}
        self.play(Rotate(ground), run_time=0.4)
"""
OTHERWISE = "threading.get_native_id()"
"""A number that is another one in each process."""
IMAGE = f"ImageMobject(np.array([[[{OTHERWISE} >> 8 & 255, {OTHERWISE} & 255, 0, 255]]], np.uint8))"


@pytest.mark.parametrize(
    ("ground", "number", "then"),
    [
        ("Square()", OTHERWISE, "pass"),
        (IMAGE, "1", "pass"),
        (f"PMobject().add_points(np.eye(3), color='#%06x' % {OTHERWISE})", "1", "pass"),
        (
            "Square()",
            "1",
            f"self.camera.background = self.camera.background + np.uint8({OTHERWISE} % 256)",
        ),
        ("Square()", "1", f"self.camera.background[:] = {OTHERWISE} % 256"),
    ],
    ids=["between", "image", "points", "background", "in-place"],
)
def test_all_that_a_picture_shows_must_be_alike(
    draw: Draw, ground: str, number: str, then: str
) -> None:
    shared = draw(
        THERE_AND_BACK.format(ground=ground, number=number, then=then), 2, WAIT_FOR_SECOND
    )
    assert "DrawnLine" in shared.answer
    assert shared.refused == 1 or "background" in then
    assert shared.taken < 20


def test_a_line_that_asks_for_what_differs_each_time_is_drawn_by_one(draw: Draw) -> None:
    number = "int.from_bytes(os.urandom(3), 'big')"
    shared = draw(ONE_COLOUR.format(imports="import os", number=number), 2, WAIT_FOR_SECOND)
    assert not shared.taken
    assert len(set(shared.colours)) == 1


DONE_ONCE = """\
import os
from pathlib import Path

from manim import FullScreenRectangle

from explainer.scene import NarratedScene


class Dots(NarratedScene):
    def one(self):
        {before}

    def two(self):
        ground = FullScreenRectangle(stroke_width=0)
        self.add(ground.add_updater(self.colour))
        self.colour(ground)
        self.wait(0.6)

    def colour(self, ground, dt=0):
        {number}
        ground.set_fill("#%06x" % (number * 99_731 % 16_777_216), 1)
"""


@pytest.mark.parametrize(
    ("before", "number"),
    [
        (
            "Path('count').write_text('1')",
            "number = int(Path('count').read_text()); Path('count').write_text(str(number + 1))",
        ),
        (
            "self.ends = os.pipe(); os.write(self.ends[1], bytes(range(200)))",
            "number = os.read(self.ends[0], 1)[0]",
        ),
    ],
    ids=["file", "pipe"],
)
def test_what_others_see_is_done_by_one_process(draw: Draw, before: str, number: str) -> None:
    scene = DONE_ONCE.format(before=before, number=number)
    alone, shared = draw(scene, 1), draw(scene, 2, WAIT_FOR_SECOND)
    assert len(set(alone.colours)) > 10
    assert shared.hash == alone.hash
    assert not shared.taken


LOST = """
import signal

send, sent = SecondDrawer._send, []

def lost(drawer, message):
    send(drawer, message)
    sent.append(message)
    if len(sent) == 5:
        os.kill(os.getpid(), signal.SIGKILL)

SecondDrawer._send = lost
"""


@pytest.mark.parametrize("number", ["SIGKILL", "SIGSTOP"])
def test_a_second_process_that_is_lost_costs_no_picture(
    draw: Draw, alone: Drawn, number: str
) -> None:
    shared = draw(MOVING, 2, WAIT_FOR_SECOND + LOST.replace("SIGKILL", number))
    assert shared.taken
    assert shared.hash == alone.hash
    assert shared.free == 2


ASK_FOR_SLOT = """
draw_before = FirstDrawer.draw

def asking(drawer, number, *given):
    draw_before(drawer, number, *given)
    if number == 20 and slots.acquire(60):
        os.write(1, b"slot ")
        slots.release()

FirstDrawer.draw = asking
"""


def test_a_second_process_that_ends_gives_its_slot_back(draw: Draw) -> None:
    shared = draw(MOVING, 2, WAIT_FOR_SECOND + LOST + ASK_FOR_SLOT)
    assert shared.slots == 1


def test_a_scene_that_reads_the_picture_is_drawn_by_one(draw: Draw) -> None:
    scene = MOVING.replace(
        "        image = ",
        "        red = lambda m: m.set_opacity(0.5 + self.camera.pixel_array[45, 80, 0] / 600)\n"
        "        self.dot.add_updater(red)\n"
        "        image = ",
    )
    alone, shared = draw(scene, 1), draw(scene, 2, WAIT_FOR_SECOND)
    assert shared.hash == alone.hash


def test_an_error_is_told_once_and_as_of_one_process(draw: Draw) -> None:
    scene = MOVING.replace("        self.remove(image)", "        print('here')\n        1 / 0")
    alone, shared = draw(scene, 1), draw(scene, 2, WAIT_FOR_SECOND)
    assert "division by zero" in alone.answer
    assert shared.answer == alone.answer
    assert shared.taken
    assert shared.free == 2


def test_a_scene_may_let_the_system_forget_processes_that_ended(draw: Draw, alone: Drawn) -> None:
    forgets = "        import signal\n        signal.signal(signal.SIGCHLD, signal.SIG_IGN)\n"
    scene = MOVING.replace("    def two", f"{forgets}\n    def two")
    shared = draw(scene, 2, WAIT_FOR_SECOND)
    assert shared.hash == alone.hash
    assert shared.free == 2
