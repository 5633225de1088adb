"""Scenes that use names of before go on working, and each is told of once with the new name."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from project import ROOT, TINY, Project

pytestmark = pytest.mark.render

SCENE = """\
from manim import Circle, Create, Square, Text

from explainer.stage import NarratedScene, Shade, labelled, readable, written


class Dots(NarratedScene):
    def one(self):
        dot = Circle(radius=1, fill_opacity=1)
        dot.shade = Shade()
        self.add(dot)
        if labelled():
            self.add(readable(Text(written("name")[0], font="Inter"), "a dot", 0.5))
        self.wait(self.room("dot") / 2)

    def two(self):
        other = Square()
        other.shade = Shade(falloff=(1, 0))
        self.play(Create(other), run_time=self.room() / 2)
        self.other = other
"""
NEW = (
    ("explainer.stage import", "explainer.scene import"),
    ("Shade", "RadialGradient"),
    (".shade", ".radial_gradient"),
    ("labelled", "labels_enabled"),
    ("readable", "mark_as_text"),
    ("written", "label_texts"),
    (".room(", ".time_until("),
)


def run(project: Project, *args: str) -> str:
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(ROOT / "render.py"), *args]
    done = subprocess.run(
        command, cwd=project.folder, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


@pytest.fixture
def old(project: Project) -> Project:
    project.edit("show: A pink dot.", "show: A pink dot.\n        labels: {name: a dot}")
    (project.folder / "scenes" / "dots.py").write_text(SCENE, encoding="utf-8")
    return project


def still(project: Project, *args: str) -> tuple[bytes, str]:
    said = run(project, "still", "dots.two", "--quality", TINY, *args)
    (picture,) = (project.folder / "build" / "stills").glob("*.png")
    return picture.read_bytes(), said


def test_old_names_draw_what_the_new_ones_draw(old: Project) -> None:
    before, _ = still(old)
    text = SCENE
    for name, now in NEW:
        text = text.replace(name, now)
    (old.folder / "scenes" / "dots.py").write_text(text, encoding="utf-8")
    after, said = still(old)
    assert after == before
    assert "old name" not in said
    assert "old name" not in run(old, "check")


@pytest.mark.parametrize("command", [["check"], ["--quality", TINY]])
def test_each_old_name_is_told_once_with_the_new_one(old: Project, command: list[str]) -> None:
    said = run(old, *command)
    told = {
        "explainer.stage": "from explainer.scene import NarratedScene, RadialGradient, ",
        "Shade": "RadialGradient",
        "labelled": "labels_enabled",
        "readable": "mark_as_text",
        "written": "label_texts",
        "shade": "mobject.radial_gradient = …",
        "self.room": "self.time_until",
    }
    for name, now in told.items():
        assert said.count(f"“{name}” is an old name") == 1, said
        assert f"write: {now}" in said
    assert said.count("is an old name") == len(told)
    assert "scenes/dots.py:3:1: " in said


def test_a_scene_that_takes_all_names_works_and_is_told_of_those_it_uses(old: Project) -> None:
    names = "from explainer.stage import NarratedScene, Shade, labelled, readable, written"
    before, _ = still(old)
    old.edit_scene(names, "from explainer.stage import *")
    after, _ = still(old)
    assert after == before
    said = run(old, "check")
    for name in ("explainer.stage", "Shade", "labelled", "readable", "written"):
        assert said.count(f"“{name}” is an old name") == 1, said


def test_all_names_of_the_new_module_may_be_taken(project: Project) -> None:
    names = "from explainer.scene import NarratedScene, RadialGradient"
    project.edit_scene(names, "from explainer.scene import *")
    assert "is called" not in run(project, "check")


def test_a_name_of_an_author_s_own_is_no_old_name(project: Project) -> None:
    scene = Path(project.folder / "scenes" / "dots.py")
    text = scene.read_text(encoding="utf-8")
    scene.write_text(
        text + "\n    def room(self):\n        self.shade = 3\n        return self.room\n",
        encoding="utf-8",
    )
    assert "old name" not in run(project, "check")
