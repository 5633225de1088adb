"""Leaps on the Earth and the Moon: their heights and times follow from the table in assets/."""

from __future__ import annotations

from math import sqrt

import numpy as np
from manim import (
    DOWN,
    LEFT,
    TAU,
    UP,
    Arrow,
    Create,
    DashedLine,
    FadeIn,
    FadeOut,
    Group,
    GrowArrow,
    ImageMobject,
    LaggedStart,
    SVGMobject,
    Text,
    VGroup,
    config,
)
from numpy.typing import NDArray

from explainer.blocks import ON_DARK, BarRace, read_table
from explainer.scene import NarratedScene, SafeArea, label_texts, safe_area

config.background_color = ON_DARK.ground
Text.set_default(font="Inter", color=ON_DARK.text)

Point = NDArray[np.float64]

LEAP = 0.5
"""Metres that a leap goes up on the Earth; everywhere it begins as fast."""
TALL = 1.8
"""Metres of an astronaut."""
REST = 0.5
"""Seconds between two leaps."""
FARTHER = 1.2
"""How much more than the frame the camera takes in at first."""
COLOURS = (ON_DARK.series[0], "#E0723C", "#C9CCD8")
"""Of the bars of Earth, Mars and Moon."""


class Astronaut(SVGMobject):
    """One who leaps again and again, in true time: `gravity` is in m/s², `speed` in m/s.

    `ground` and `tall` are in scene units.
    """

    def __init__(self, ground: Point, tall: float, gravity: float, speed: float) -> None:
        super().__init__("astronaut.svg", height=tall)
        self.ground, self.unit, self.gravity, self.speed = ground, tall / TALL, gravity, speed
        self.flight = 2 * speed / gravity
        self.seconds = 0.0
        self.leap(0)

    def leap(self, dt: float) -> None:
        """Go on by some seconds."""
        self.seconds += dt
        since = self.seconds % (self.flight + REST)
        metres = max(0.0, self.speed * since - self.gravity * since**2 / 2)
        self.move_to(self.ground + metres * self.unit * UP, aligned_edge=DOWN)


class Leap(NarratedScene):
    """A hop on the Moon, the pull of three worlds, and one leap on two of them."""

    def setup(self) -> None:
        """Read the table: Earth, Mars and Moon."""
        super().setup()
        table = read_table("worlds.csv")
        self.worlds = [ImageMobject(f"{name}.png") for name in table.texts("world")]
        self.gravity = table.numbers("gravity")
        self.diameters = table.numbers("diameter")
        self.speed = sqrt(2 * self.gravity[0] * LEAP)

    def pull(self) -> None:
        moon = self.worlds[2].set(width=5.2).move_to(safe_area().center + 0.6 * DOWN)
        hopper = self.astronaut(2, 1.3)
        turns = np.linspace(0, TAU, 8, endpoint=False) + TAU / 16
        ways = [np.array((np.cos(turn), np.sin(turn), 0)) for turn in turns]
        ends = [(moon.get_center() + 3.6 * way, moon.get_center() + 2.7 * way) for way in ways]
        arrows = VGroup(*(Arrow(*pair, buff=0, color=ON_DARK.series[1]) for pair in ends))
        self.camera.frame.scale(FARTHER)
        self.play(FadeIn(moon, hopper), run_time=0.4)
        self.set_off(hopper)
        self.play(self.camera.frame.animate.scale(1 / FARTHER), until="pull")
        self.play(LaggedStart(*map(GrowArrow, arrows), lag_ratio=0.1), at="pull", run_time=0.8)
        self.gone = VGroup(hopper, arrows)

    def compare(self) -> None:
        _, mars, moon = self.worlds
        area = safe_area()
        unit = 3.2 / self.diameters[0]
        at = area.left
        places = []
        for diameter in self.diameters:
            wide = diameter * unit
            places.append(np.array((at + wide / 2, 3.8, 0)))
            at += wide + (area.width - unit * sum(self.diameters)) / 2
        (title,) = label_texts("gravity")
        name = Text(title, font_size=24, color=ON_DARK.muted)
        name.move_to((area.left, 1.2, 0), aligned_edge=LEFT)
        rows = [[0] * (n + 1) + [pull] * (3 - n) for n, pull in enumerate(self.gravity)]
        bars = BarRace(
            label_texts("worlds"),
            rows,
            decimals=1,
            separators=label_texts("separators"),
            label_size=56,
            colours=COLOURS,
            area=SafeArea(area.left, area.bottom, area.right, 0.7),
        )
        for _, _, number in bars.rows:
            number.set_opacity(0)  # until its bar grows
        small = moon.animate.set(width=self.diameters[2] * unit).move_to(places[2])
        self.play(FadeOut(self.gone), small, FadeIn(bars, name), by="earth", run_time=0.6)
        leapers = []
        for number, cue in enumerate(("earth", "mars", "moon")):
            world = self.worlds[number]
            world.set(width=self.diameters[number] * unit).move_to(places[number])
            leapers.append(self.astronaut(number, 0.8))
            new = [leapers[-1]] if world is moon else [world, leapers[-1]]
            self.wait(until=cue)
            bars.rows[number][2].set_opacity(1)
            self.play(bars.advance_to(number + 2), FadeIn(*new), run_time=0.45)
            self.set_off(leapers[-1])
        self.gone = Group(bars, name, mars, *leapers)

    def height(self) -> None:
        earth, _, moon = self.worlds
        texts = label_texts("half") + label_texts("three")
        area = safe_area()
        ground = area.bottom + 1.35
        tall = 3.3
        moved = [
            each.animate.set(width=3.4).move_to((x, ground, 0), aligned_edge=UP)
            for each, x in ((earth, -1.8), (moon, 1.8))
        ]
        self.play(FadeOut(self.gone), *moved, run_time=1)
        here, there = (self.astronaut(number, tall) for number in (0, 2))
        self.play(FadeIn(here, there, shift=0.3 * DOWN), run_time=0.4)
        self.take_off(here, there, self.time_until("three") - there.flight / 2)
        for cue, text, metres, left, right in (
            ("half", texts[0], LEAP, area.left, 0.3),
            ("three", texts[1], 3, -0.6, area.right),
        ):
            y = ground + metres * there.unit
            line = DashedLine((left, y, 0), (right, y, 0), color=ON_DARK.series[1])
            name = Text(text, font_size=32, color=ON_DARK.series[1])
            name.next_to((-0.15, y, 0), UP, buff=0.12)
            self.play(Create(line), FadeIn(name), at=cue, run_time=0.3)

    def take_off(self, here: Astronaut, there: Astronaut, seconds: float) -> None:
        """Let two bend their knees for so long, then leap: the one there is at the top at a cue."""
        low = 0.88
        down = [each.animate.stretch(low, 1, about_edge=DOWN) for each in (here, there)]
        self.play(*down, run_time=max(0.2, seconds - 0.2))
        up = [each.animate.stretch(1 / low, 1, about_edge=DOWN) for each in (here, there)]
        self.play(*up, run_time=0.2)
        self.set_off(here, there)

    def astronaut(self, number: int, tall: float) -> Astronaut:
        """Somebody who stands on top of a world."""
        ground = self.worlds[number].get_top()
        return Astronaut(ground, tall, self.gravity[number], self.speed)

    def set_off(self, *astronauts: Astronaut) -> None:
        """Let them leap from now on, whatever else is played."""
        for astronaut in astronauts:
            astronaut.add_updater(Astronaut.leap)
        self.add(*astronauts)
