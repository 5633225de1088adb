"""Axes, and curves that grow across them to a word."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from manim import Axes, Circle, Line, VGroup, VMobject, linear
from numpy.typing import NDArray

from explainer.blocks import requirements
from explainer.blocks.lettering import LINE_HEIGHT, NumberSetter, SetText, moved, set_text
from explainer.blocks.palette import ON_DARK, Palette
from explainer.blocks.value_block import ValueBlock, area_of
from explainer.stage.errors import StageError
from explainer.stage.frame import SafeArea, pixel
from explainer.stage.value_animation import ChangeValue

SAMPLES = 240
"""Points of a curve that a function gives."""
GAP = 16.0
"""Pixels between an axis and its numbers."""
MAX_TICKS = 24
STROKE = 6.0
"""How wide a curve is, in Manim's units of a stroke."""


class CurveChart(VGroup):  # type: ignore[misc]
    """Axes with numbers and titles, for curves that grow.

    `x_range` and `y_range` are (least, greatest, step): a number stands at each step. The titles
    stand above the vertical axis and below the end of the horizontal one. The axes themselves are
    Manim's, `chart.axes`.

    Raises:
        StageError: for ranges that are none, or labels that do not fit.
    """

    def __init__(
        self,
        x_range: Sequence[float],
        y_range: Sequence[float],
        *,
        x_title: str = "",
        y_title: str = "",
        x_decimals: int = 0,
        y_decimals: int = 0,
        x_separators: tuple[str, str] = ("", "."),
        y_separators: tuple[str, str] = ("\u202f", "."),
        label_size: float = 36,
        area: SafeArea | None = None,
        palette: Palette = ON_DARK,
    ) -> None:
        requirements.palette(palette)
        super().__init__()
        self.x_range = _range(x_range, "x_range")
        self.y_range = _range(y_range, "y_range")
        self.palette = palette
        room = area_of(area)
        size = requirements.label_size(label_size)
        line = size * pixel() * LINE_HEIGHT
        gap = GAP * pixel()
        x_texts = _numbers(self.x_range, NumberSetter(size, "{}", x_decimals, x_separators))
        y_texts = _numbers(self.y_range, NumberSetter(size, "{}", y_decimals, y_separators))
        left = max(text.width for text in y_texts) + gap
        below = line + gap / 2 + (line if x_title else 0)
        above = line * (1.4 if y_title else 0.5)
        width = room.width - left - x_texts[-1].width / 2
        height = room.height - below - above
        _require_gaps(width, x_texts, max(text.width for text in x_texts) + gap, "x_range")
        _require_gaps(height, y_texts, line, "y_range")
        self.axes = Axes(
            x_range=list(self.x_range),
            y_range=list(self.y_range),
            x_length=width,
            y_length=height,
            tips=False,
            axis_config={"color": palette.line, "include_ticks": False, "stroke_width": 3},
        )
        # Axes let both of them pass through 0, which may lie outside
        middle = (room.left + left + width / 2, room.bottom + below + height / 2, 0)
        self.axes.shift(middle - self._middle())
        self.grid = VGroup()
        self.numbers = VGroup()
        for x, text in zip(_ticks(self.x_range), x_texts, strict=True):
            at = moved(self.point(x, self.y_range[0]), -text.width / 2, -gap / 2 - line / 2)
            self.numbers.add(text.label(palette.muted).shift(at))
        for y, text in zip(_ticks(self.y_range), y_texts, strict=True):
            start, end = (self.point(x, y) for x in self.x_range[:2])
            self.grid.add(
                Line(start, end, stroke_width=1.5, color=palette.line, stroke_opacity=0.5)
            )
            at = moved(start, -gap - text.width)
            self.numbers.add(text.label(palette.muted).shift(at))
        self.titles = VGroup()
        if x_title:
            made = set_text(x_title, size, room.width)
            place = (room.right - made.width, room.bottom + line / 2, 0)
            self.titles.add(made.label(palette.text).shift(place))
        if y_title:
            made = set_text(y_title, size, room.width)
            self.titles.add(made.label(palette.text).shift((room.left, room.top - line / 2, 0)))
        self.add(self.grid, self.axes, self.numbers, self.titles)

    def plot(
        self,
        function: Callable[[float], float],
        colour: str = "",
        *,
        from_x: float | None = None,
        to_x: float | None = None,
    ) -> Curve:
        """A curve of a function, over the whole horizontal axis or from `from_x` to `to_x`.

        Raises:
            StageError: if the function has no value somewhere, or one outside of the chart.
        """
        if not callable(function):
            raise StageError(f"plot draws a function, as lambda x: x * x is, not {function!r}")
        first = self.x_range[0] if from_x is None else requirements.number(from_x, "from_x")
        last = self.x_range[1] if to_x is None else requirements.number(to_x, "to_x")
        if first >= last:
            raise StageError(
                f"a curve from {first:g} to {last:g} has no length: from_x must be less than to_x"
            )
        xs = [float(x) for x in np.linspace(first, last, SAMPLES)]
        return self._curve(xs, [_value(function, x) for x in xs], colour)

    def line(self, xs: Sequence[float], ys: Sequence[float], colour: str = "") -> Curve:
        """A line from point to point, as of data; each x is greater than the one before.

        Raises:
            StageError: for data that is none, or lies outside of the chart.
        """
        across, up = requirements.numbers(xs, "xs"), requirements.numbers(ys, "ys")
        requirements.same_length(across, up, "xs", "ys")
        if len(across) < 2:
            raise StageError("a line needs two points at least")
        for place in range(1, len(across)):
            if across[place] <= across[place - 1]:
                raise StageError(
                    f"xs must rise, but number {place + 1} is {across[place]:g} after "
                    f"{across[place - 1]:g}: sort the data"
                )
        return self._curve(across, up, colour)

    def point(self, x: float, y: float) -> NDArray[np.float64]:
        """Where a point of the chart is in the scene."""
        found: NDArray[np.float64] = np.asarray(self.axes.c2p(x, y))
        return found

    def _curve(self, xs: list[float], ys: list[float], colour: str) -> Curve:
        slack = 1e-9 * max(map(abs, (*self.x_range, *self.y_range)))
        for x, y in zip(xs, ys, strict=True):
            for what, value, (least, greatest, _) in (
                ("x", x, self.x_range),
                ("y", y, self.y_range),
            ):
                if not least - slack <= value <= greatest + slack:
                    raise StageError(
                        f"the curve leaves the chart: at x = {x:g}, {what} is {value:g}, but "
                        f"{what}_range is {least:g} to {greatest:g}"
                    )
        number = sum(isinstance(part, Curve) for part in self.submobjects)
        series = self.palette.series
        curve = Curve(self, xs, ys, colour or series[number % len(series)])
        self.add(curve)
        return curve

    def _middle(self) -> NDArray[np.float64]:
        return self.point(sum(self.x_range[:2]) / 2, sum(self.y_range[:2]) / 2)


class Curve(ValueBlock):
    """A curve of a chart, drawn as far as an x, its `value`; at first only its tip is there.

    `curve.tip` is the dot at its end.
    """

    def __init__(self, chart: CurveChart, xs: list[float], ys: list[float], colour: str) -> None:
        super().__init__(xs[0])
        self.shift(chart.point(xs[0], ys[0]))
        self.chart = chart
        self.xs = xs
        self.ys = ys
        self.path = VMobject(stroke_color=colour, stroke_width=STROKE, fill_opacity=0)
        self.tip = Circle(9 * pixel(), stroke_width=0, fill_color=colour, fill_opacity=1)
        self.add(self.path, self.tip)
        self.show_value(self.value)

    def grow_to(self, x: float | None = None, **kwargs: Any) -> ChangeValue:
        """The animation in which it grows as far as an x, evenly; without one, to its end.

        Raises:
            StageError: if it has no such x.
        """
        x = self.xs[-1] if x is None else requirements.number(x, "x")
        if not self.xs[0] <= x <= self.xs[-1]:
            raise StageError(
                f"the curve has no point at x = {x:g}: it goes from {self.xs[0]:g} to "
                f"{self.xs[-1]:g}"
            )
        return self._change(x, **{"rate_func": linear, **kwargs})

    def at(self, x: float) -> float:
        """The y of an x, between two points of its data on the straight line between them."""
        return float(np.interp(x, self.xs, self.ys))

    def show_value(self, value: float) -> None:
        """Draw it as far as an x."""
        self.value = value
        drawn = bisect_right(self.xs, value)
        across = [*self.xs[:drawn], value]
        up = [*self.ys[:drawn], self.at(value)]
        points = self.chart.axes.c2p(np.array(across), np.array(up))
        points = np.asarray(points)
        self.path.set_points_as_corners(points if points.shape[1] == 3 else points.T)
        self.tip.move_to(self.chart.point(value, up[-1]))


def _range(given: Any, what: str) -> tuple[float, float, float]:
    found = requirements.numbers(given, what)
    if len(found) != 3:
        raise StageError(f"{what} has three numbers: the least, the greatest, and the step between")
    least, greatest, step = found
    if least >= greatest or step <= 0:
        raise StageError(f"{what}={tuple(found)} is no range: give (least, greatest, step)")
    if (greatest - least) / step > MAX_TICKS:
        raise StageError(f"{what} has more than {MAX_TICKS} steps: give a larger one")
    return least, greatest, step


def _ticks(of: tuple[float, float, float]) -> list[float]:
    least, greatest, step = of
    return [least + number * step for number in range(int((greatest - least) / step + 1e-9) + 1)]


def _numbers(of: tuple[float, float, float], setter: NumberSetter) -> list[SetText]:
    return [set_text(setter.text(value), setter.size) for value in _ticks(of)]


def _require_gaps(length: float, texts: list[SetText], least: float, what: str) -> None:
    """Refuse numbers that would overlap along an axis.

    Raises:
        StageError: if there are too many.
    """
    if length / max(len(texts) - 1, 1) < least:
        raise StageError(f"the {len(texts)} numbers of {what} overlap: give it a larger step")


def _value(function: Callable[[float], float], x: float) -> float:
    """A function's value.

    Raises:
        StageError: if it is no number.
    """
    try:
        y = float(function(x))
    except (ArithmeticError, TypeError, ValueError) as error:
        raise StageError(f"the function has no value at x = {x:g}: {error}") from error
    if not math.isfinite(y):
        raise StageError(f"the function has no value at x = {x:g}: it gives {y}")
    return y
