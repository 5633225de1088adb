"""A line whose pictures two processes draw is the line that one draws."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import dataclass

import av
import pytest

from project import Project

pytestmark = pytest.mark.render

DRAW = """
import os, sys
from multiprocessing import Pipe
from pathlib import Path
from explainer.draw import picture_sharing, scene_process
from explainer.draw.line_runner import job_for
from explainer.draw.picture_sharing import FirstDrawer, SecondDrawer
from explainer.draw.process_slots import process_slots
from explainer.draw.waiting_line import SceneOrder
from explainer.frame_format import find_format
from explainer.script.loader import load
from explainer.timeline.layout import estimate_timeline
from explainer.timeline.scene_timing import scene_timings

take = FirstDrawer.take

def told(drawer, number, camera):
    os.write(1, b"taken ")
    take(drawer, number, camera)

FirstDrawer.take = told
quality = find_format("160x90@20")
script = load(Path("script.yaml"))
shots = scene_timings(estimate_timeline(script, quality.fps))
job = job_for(script, shots, "dots.two", quality)
texts, count, out = sys.argv[1:]
{more}
here, there = Pipe(duplex=False)
order, slots = SceneOrder(((job, out),), job, texts), process_slots(int(count))
scene_process.run_scene_process(order, slots, there)
key, answer = here.recv()
os.write(1, f"\\n{{type(answer).__name__}} {{answer}}".encode())
os._exit(0)
"""

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
    """What became of a line: the hash of its clip, its frames' means, and what was told."""

    hash: str
    colours: list[tuple[float, ...]]
    taken: int
    answer: str
    said: str


def drawn(project: Project, processes: int, more: str = "") -> Drawn:
    """Draw the second line by so many processes."""
    made = project.folder.parent / "made"
    clip, texts, program = made / "clips" / "one.mp4", made / "texts" / "scene", made / "draw.py"
    clip.parent.mkdir(parents=True, exist_ok=True)
    texts.mkdir(parents=True, exist_ok=True)
    program.write_text(DRAW.format(more=more), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(program), str(texts), str(processes), str(clip)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONHASHSEED": "0"},
        timeout=120,
        check=True,
    )
    taken, _, answer = done.stdout.partition("\n")
    colours = []
    if "DrawnLine" in answer:
        with av.open(str(clip)) as file:
            pictures = [frame.to_ndarray(format="rgb24") for frame in file.decode(video=0)]
        colours = [tuple(picture.mean(axis=(0, 1)).round()) for picture in pictures]
    hashed = hashlib.sha256(clip.read_bytes()).hexdigest() if clip.exists() else ""
    return Drawn(hashed, colours, taken.count("taken"), answer, done.stderr)


WAIT_FOR_SECOND = """
draws = FirstDrawer.draws

def patient(drawer, number):
    if number == 0:
        drawer._shared.position[0] = 0
        while drawer._joined is None and drawer._connection:
            drawer._hear()
    return draws(drawer, number)

FirstDrawer.draws = patient
"""
"""Lets the first process wait until the second has joined, however busy the machine is."""


def test_two_processes_give_the_bytes_of_one(project: Project) -> None:
    project.scene.write_text(MOVING, encoding="utf-8")
    alone = drawn(project, 1)
    shared = drawn(project, 2, WAIT_FOR_SECOND)
    assert alone.taken == 0
    assert shared.taken > 10
    assert shared.hash == alone.hash
    assert shared.answer == alone.answer


def test_a_line_that_the_two_would_draw_otherwise_is_drawn_by_one(project: Project) -> None:
    number = "threading.get_native_id()"
    project.scene.write_text(
        ONE_COLOUR.format(imports="import threading", number=number), encoding="utf-8"
    )
    shared = drawn(project, 2, WAIT_FOR_SECOND)
    assert shared.taken
    assert len(shared.colours) > 20
    assert len(set(shared.colours)) == 1


def test_a_line_that_asks_for_what_differs_each_time_is_drawn_by_one(project: Project) -> None:
    number = "int.from_bytes(os.urandom(3), 'big')"
    project.scene.write_text(
        ONE_COLOUR.format(imports="import os", number=number), encoding="utf-8"
    )
    shared = drawn(project, 2, WAIT_FOR_SECOND)
    assert not shared.taken
    assert len(set(shared.colours)) == 1


LOST = """
show, shown = SecondDrawer.show, []

def lost(drawer, frame, repeat):
    show(drawer, frame, repeat)
    shown.append(frame)
    if len(shown) == 5:
        os.kill(os.getpid(), 9)

SecondDrawer.show = lost
"""


def test_a_second_process_that_is_lost_costs_no_picture(project: Project) -> None:
    project.scene.write_text(MOVING, encoding="utf-8")
    alone = drawn(project, 1)
    shared = drawn(project, 2, WAIT_FOR_SECOND + LOST)
    assert shared.taken
    assert shared.hash == alone.hash


def test_a_scene_that_reads_the_picture_is_drawn_by_one(project: Project) -> None:
    scene = MOVING.replace(
        "        image = ",
        "        red = lambda m: m.set_opacity(0.5 + self.camera.pixel_array[45, 80, 0] / 600)\n"
        "        self.dot.add_updater(red)\n"
        "        image = ",
    )
    project.scene.write_text(scene, encoding="utf-8")
    alone = drawn(project, 1)
    assert drawn(project, 2, WAIT_FOR_SECOND).hash == alone.hash


def test_an_error_is_told_once_and_as_of_one_process(project: Project) -> None:
    scene = MOVING.replace("        self.remove(image)", "        print('here')\n        1 / 0")
    project.scene.write_text(scene, encoding="utf-8")
    alone = drawn(project, 1)
    shared = drawn(project, 2, WAIT_FOR_SECOND)
    assert "ZeroDivisionError" in alone.answer or "division by zero" in alone.answer
    assert shared.answer == alone.answer
    assert shared.taken
    assert shared.answer.count("here") == alone.answer.count("here")
