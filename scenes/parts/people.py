"""A study's result: rows of small people of whom some are lit, with the figure and its source."""

from __future__ import annotations

import numpy as np
from manim import ORIGIN, RIGHT, UP, Animation, UpdateFromAlphaFunc, VGroup
from numpy.typing import NDArray

from explainer.scene import label_texts
from look import LEFT_EDGE, MUTED, PX, by_aspect, label, mix, shown, smoothstep, text_line
from shapes import Layer, Part, Points, Stamps, capsule, ellipse

COLUMNS = 25
PITCH = (0.212, 0.4)
"""From one figure to the next, across and down."""


class People(Part):
    """`count` people in five rows, the first `lit` of them in colour; (0, 0) is the middle.

    Those lit later are brighter. 125 of them show 75.2 %, 84 % and 0.48 as whole people: 94, 105
    and 60.
    """

    def __init__(self, count: int, colour: str, lit: int) -> None:
        rows = -(-count // COLUMNS)
        i = np.arange(count)
        # filled column by column, so that the lit part grows and shrinks like a bar
        column, row = i // rows, i % rows
        self.at = np.stack(
            [(column - (COLUMNS - 1) / 2) * PITCH[0], ((rows - 1) / 2 - row) * PITCH[1]], 1
        )
        self.shown = np.where(i < lit, 1.0, 0.0)
        unlit = Stamps(_figure(mix(colour, "#131A3A", 0.8), mix(colour, "#131A3A", 0.72)), self.at)
        self.lit = Stamps(_figure(colour, mix(colour, "#FFFFFF", 0.45)), self.at)
        self.gained = Stamps(_figure(mix(colour, "#FFFFFF", 0.62), "#FFFFFF"), self.at)
        self.first = i < lit
        super().__init__(unlit, self.lit, self.gained)
        self._show(self.shown)

    def light(self, lit: int, **kwargs) -> Animation:
        """Light up, or put out, one after another until `lit` people are lit."""
        start, goal = self.shown, np.where(np.arange(len(self.at)) < lit, 1.0, 0.0)
        turns = np.cumsum(start != goal) - 1.0
        if goal.sum() < start.sum():
            turns = turns.max() - turns
        delay = 0.75 * turns / max(1, turns.max())
        self.shown = goal

        def step(people: People, alpha: float) -> None:
            eased = smoothstep(np.clip((alpha - delay) / 0.25, 0, 1))
            people._show(start + (goal - start) * eased)

        return UpdateFromAlphaFunc(self, step, **kwargs)

    def _show(self, shown: NDArray[np.float64]) -> None:
        for figures, theirs in ((self.lit, self.first), (self.gained, ~self.first)):
            here = theirs & (shown > 0.01)
            figures.put(self.at[here], 0, shown[here])


def _figure(colour: str, head: str) -> list[Layer]:
    """A head and shoulders over a body, about 0.34 high."""
    torso: Points = np.concatenate([capsule((0, 0.02), (0, -0.11), 0.15, 0.12)])
    return [Layer(torso, colour), Layer(ellipse(0, 0.135, 0.055, 0.055), head)]


class Result(VGroup):
    """A label and `people` of whom `lit` are lit; `say` gives the figures that go with it.

    Wide and tall, everything stands in one column; square, the words stand left of the people.
    """

    def __init__(self, name: str, colour: str, lit: int) -> None:
        self.colour = colour
        self.people = People(125, colour, lit)
        self.people.scale(by_aspect(1, 1.1, 0.7), about_point=ORIGIN)
        self.title = label(name, size=by_aspect(36, 36, 32))
        super().__init__(self.people, self.title)

    def lay_out(self, middle: NDArray[np.float64]) -> None:
        """Put the middle of the people, or square that of the whole, at `middle`."""
        self.middle = middle
        self.people.place(middle + by_aspect(0, 0, 1) * 1.72 * RIGHT)
        self._set(self.title, by_aspect(315, 300, 92))

    def say(self, result: str, source: str) -> VGroup:
        """By their labels: the result in large with the figure it is made of, and its source."""
        (number, figure), (source,) = label_texts(result), label_texts(source)
        lines = (
            (
                text_line(number, by_aspect(96, 96, 72), self.colour, "BOLD"),
                by_aspect(220, 214, 18),
            ),
            (text_line(figure, by_aspect(32, 32, 30)), by_aspect(-167, -183, -62)),
            (text_line(source, 26, MUTED, "MEDIUM"), by_aspect(-208, -224, -106)),
        )
        return shown(VGroup(*(self._set(line, up) for line, up in lines)))

    def _set(self, line: VGroup, up: float) -> VGroup:
        """Put a line of words `up` pixels above the middle."""
        line.shift(self.middle + up * PX * UP)
        if by_aspect(0, 0, 1):
            line.shift((LEFT_EDGE - line.get_left()[0]) * RIGHT)
        return line
