"""A small explainer of two lines that tests change and render."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parent.parent

SCRIPT = """\
name: dots
title: Two dots
language: en
limit: 20
voice: [flite]
lexicon: {appears: appears}
sources:
  euclid: {title: Elements, where: Book I}
scenes:
  - id: dots
    title: Dots
    lines:
      - id: one
        say: A single [dot]{dot} appears.
        show: A pink dot.
      - id: two
        say: Then [another]{other} one joins it.
        show: A second dot, in teal.
        cite: [euclid]
"""

SCENE = """\
from manim import LEFT, RIGHT, Circle, FadeIn

from explainer.scene import NarratedScene, RadialGradient


class Dots(NarratedScene):
    def one(self):
        self.dot = Circle(1.5, stroke_width=0).set_fill(["#FFA3BE", "#FF5C8A", "#C2336A"], 1)
        self.dot.radial_gradient = RadialGradient()
        self.play(FadeIn(self.dot), at="dot", run_time=0.4)
        self.play(self.dot.animate.shift(2 * LEFT), run_time=0.4, by="end")

    def two(self):
        other = Circle(1, stroke_width=0, fill_color="#35DCCB", fill_opacity=1).shift(2 * RIGHT)
        self.play(FadeIn(other), until="other")
        self.play(self.camera.frame.animate.scale(0.8), run_time=0.4)
"""

TINY = "160x90@10"
"""The quality that tests draw at."""


class Project:
    """A script, its scenes and its assets in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.script = folder / "script.yaml"
        self.scene = folder / "scenes" / "dots.py"
        self.scene.parent.mkdir(parents=True)
        (folder / "assets").mkdir()
        (folder / "assets" / "fonts").symlink_to(ROOT / "assets" / "fonts")
        self.script.write_text(SCRIPT, encoding="utf-8")
        self.scene.write_text(SCENE, encoding="utf-8")

    def edit(self, old: str, new: str) -> None:
        """Replace words in the script; they must be there."""
        text = self.script.read_text(encoding="utf-8")
        assert old in text
        self.script.write_text(text.replace(old, new), encoding="utf-8")

    def edit_scene(self, old: str, new: str) -> None:
        """Replace words in the scene; they must be there."""
        text = self.scene.read_text(encoding="utf-8")
        assert old in text
        self.scene.write_text(text.replace(old, new), encoding="utf-8")
