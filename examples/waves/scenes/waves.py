"""A wheel draws a wave: one tracker turns it, and a chart's curve grows in step with it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from manim import (
    DEGREES,
    RIGHT,
    Animation,
    Arrow,
    Circle,
    Create,
    Dot,
    FadeIn,
    FadeOut,
    GrowArrow,
    MathTypst,
    Text,
    ValueTracker,
    VGroup,
    VMobject,
    Write,
    config,
    linear,
)
from numpy.typing import NDArray

from explainer.blocks import ON_DARK, Curve, CurveChart
from explainer.scene import NarratedScene, SafeArea, label_texts, safe_area

config.background_color = ON_DARK.ground
Text.set_default(font="Inter")

Points = NDArray[np.float64]

BLUE, ORANGE, GREEN = ON_DARK.series[:3]
ROUND = 360
TRAIL = np.linspace(-150, 0, 120)
"""Where the point has been: so many degrees of the first wheel ago."""
SPEEDS = range(1, 10, 2)
"""How fast each wheel turns beside the first; one that is k times as fast is a k-th as large."""
FIRST = "y = sin alpha"
SECOND = f"{FIRST} + frac(sin 3 alpha, 3)"
LAST = f"{SECOND} + frac(sin 5 alpha, 5) + dots.h.c"


def wave(wheels: int) -> Callable[[float], float]:
    """How high so many wheels lift their point at an angle, in radii of the first."""
    return lambda degrees: sum(float(np.sin(k * degrees * DEGREES)) / k for k in SPEEDS[:wheels])


def joined(start: Callable[[], Points], end: Callable[[], Points]) -> VMobject:
    """A thin line between two points that move, dim, as bright ones would flash where they jump."""
    line = VMobject(stroke_color=ON_DARK.line, stroke_width=3, stroke_opacity=0.6)
    line.add_updater(lambda line: line.set_points_as_corners([start(), end()]), call_updater=True)
    return line


class Wheels(VGroup):
    """Wheels that ride on each other's rims, every second the other way, and a point on the last.

    `turned` says how far the first has turned, in degrees, and `grown` how many wheels are there,
    also between two numbers. They turn about `axle`, wherever that is.
    """

    def __init__(self, radius: float, axle: Dot) -> None:
        super().__init__()
        self.radius, self.axle = radius, axle
        self.turned, self.grown = ValueTracker(0), ValueTracker(1)
        self.rims = VGroup(*(Circle(color=ON_DARK.line, stroke_width=3) for _ in SPEEDS))
        self.rims[0].set_fill(ON_DARK.surface, opacity=0.5)
        # small wheels turn so fast that bright ones would flash
        self.rims[2:].set_stroke(width=2, opacity=0.4)
        self.trail = VMobject(stroke_color=BLUE, stroke_width=5, stroke_opacity=0.5)
        self.arms = VMobject(stroke_color=ON_DARK.line, stroke_width=4)
        self.tip = Dot(radius=0.13, color=BLUE)
        self.add(self.rims, self.trail, self.arms, self.tip)
        self.place()
        self.add_updater(Wheels.place)

    def joints(self, degrees: Points) -> Points:
        """Where the wheels' middles are, and last the point, when the first has turned so far.

        For each of the angles a row: shape (angles, wheels + 1, 3).
        """
        numbers = np.arange(len(SPEEDS))
        angles = np.outer(degrees, SPEEDS) * DEGREES
        ways = 1 - 2 * (numbers % 2)
        arms = np.stack([ways * np.cos(angles), np.sin(angles), 0 * angles], axis=-1)
        arms *= self.sizes()[:, None]
        middle = np.broadcast_to(self.axle.get_center(), (len(angles), 1, 3))
        return np.cumsum(np.concatenate([middle, arms], axis=1), axis=1)

    def sizes(self) -> Points:
        """How large the wheels' radii are; one that has not begun to grow is next to nothing."""
        shares = np.clip(self.grown.get_value() - np.arange(len(SPEEDS)), 1e-3, 1)
        return shares * self.radius / np.array(SPEEDS)

    def place(self) -> None:
        """Put every wheel on the rim of the one before."""
        turned = self.turned.get_value()
        (joints,) = self.joints(np.array([turned]))
        for rim, size, middle in zip(self.rims, self.sizes(), joints[:-1], strict=True):
            rim.set(width=2 * size).move_to(middle)
        self.arms.set_points_as_corners(joints)
        # the more wheels there are, the more it trembles: a large one would flash
        self.tip.set(width=0.26 / self.grown.get_value() ** 0.5).move_to(joints[-1])
        behind = TRAIL[turned + TRAIL >= 0]
        if len(behind) > 1:
            self.trail.set_points_as_corners(self.joints(turned + behind)[:, -1])

    def turn_by(self, degrees: float) -> Animation:
        """The animation in which the first wheel turns so much further, evenly."""
        return self.turned.animate(rate_func=linear).increment_value(degrees)

    def grow_to(self, count: int, colour: str) -> list[Animation]:
        """The animations in which there come to be so many wheels, with a point of that colour."""
        return [
            self.grown.animate.set_value(count),
            self.tip.animate.set_fill(colour),
            self.trail.animate.set_stroke(colour),
        ]


class Waves(NarratedScene):
    """Each line turns the wheels; from the second on, their height draws a wave."""

    curve: Curve | None = None

    def turn(self) -> None:
        area = safe_area()
        (height,) = label_texts("height")
        (angle,) = label_texts("axis")
        # below the formulas; the wheels stand left of it, and a radius of theirs is its 1
        right = SafeArea(area.left + 4.9, area.bottom, area.right, area.top - 1.4)
        self.chart = CurveChart(
            (0, ROUND, 90), (-1, 1, 1), x_title=angle, label_size=40, area=right
        )
        self.level = self.chart.point(0, 0)[1]
        radius = self.chart.point(0, 1)[1] - self.level
        self.axle = Dot((0, self.level, 0), radius=0.07, color=ON_DARK.text)
        self.wheels = Wheels(radius, self.axle)
        # a bar beside the wheel, as high as the point stands above the axle
        foot = np.array((radius + 0.7, self.level, 0))
        tip = self.wheels.tip.get_center

        def head() -> Points:
            return np.array((foot[0], tip()[1], 0))

        bar = joined(lambda: foot, head).set_stroke(BLUE, 16, 1)
        name = Text(height, font_size=32, color=BLUE).next_to(foot, RIGHT, buff=0.35)
        self.bar = VGroup(bar, joined(tip, head), name)
        self.play(Create(self.wheels.rims[0]), FadeIn(self.axle), run_time=0.4)
        self.play(FadeIn(self.wheels), run_time=0.2)
        self.goal = ROUND
        self.turn_on(until="height")
        self.turn_on(FadeIn(self.bar), run_time=0.3)
        self.turn_on(until="end")

    def sine(self) -> None:
        self.play(
            FadeOut(self.bar),
            self.axle.animate.set_x(safe_area().left + 2.3),
            FadeIn(self.chart, shift=0.5 * RIGHT),
            by="over",
            run_time=0.8,
        )
        self.begin_wave(1, BLUE)
        self.turn_on(until="sine")
        self.turn_on(self.written(FIRST, BLUE), run_time=0.7)
        self.turn_on(until="end")

    def third(self) -> None:
        self.step_back()
        self.play(*self.wheels.grow_to(2, ORANGE), FadeOut(self.formula), until="small")
        self.begin_wave(2, ORANGE)
        self.turn_on(until="fast")
        self.turn_on(self.written(SECOND, ORANGE), run_time=0.7)
        self.turn_on(until="dips")
        crest, dip = self.chart.point(90, 1.06), self.chart.point(90, self.curve.at(90) + 0.03)
        self.arrow = Arrow(crest, dip, buff=0, color=ORANGE, max_tip_length_to_length_ratio=0.4)
        self.turn_on(GrowArrow(self.arrow), run_time=0.5)
        self.turn_on(until="end")

    def corners(self) -> None:
        self.step_back()
        last = FadeOut(self.formula, self.arrow)
        self.play(*self.wheels.grow_to(len(SPEEDS), GREEN), last, until="more")
        self.begin_wave(len(SPEEDS), GREEN)
        self.turn_on(until="corners")
        self.turn_on(self.written(LAST, GREEN), run_time=0.7)
        self.turn_on(until="end")

    def begin_wave(self, wheels: int, colour: str) -> None:
        """Let the wheels' next turn draw a wave, and a line join the two."""
        self.goal += ROUND
        self.curve = self.chart.plot(wave(wheels), colour)
        self.link = joined(self.wheels.tip.get_center, self.curve.tip.get_center)
        self.add(self.link)

    def turn_on(self, *others: Animation, until: str = "end", run_time: float = 0) -> None:
        """Turn until a cue, or for some seconds, at a pace that ends the round with the line."""
        left = self.goal - self.wheels.turned.get_value()
        run_time = run_time or self.time_until(until)
        step = left * run_time / self.time_until()
        if self.curve:
            others = (self.curve.grow_to(min(ROUND, self.curve.value + step)), *others)
        self.play(self.wheels.turn_by(step), *others, run_time=run_time)

    def written(self, typst: str, colour: str) -> Animation:
        """The animation in which a formula is written above the chart."""
        self.formula = MathTypst(typst, color=colour)
        self.formula.move_to((self.chart.axes.get_x(), safe_area().top - 0.6, 0))
        return Write(self.formula)

    def step_back(self) -> None:
        """Let the wave that is drawn step back behind the next."""
        self.remove(self.link)
        self.play(
            self.curve.path.animate.set_stroke(opacity=0.35),
            FadeOut(self.curve.tip),
            run_time=0.3,
        )
