"""A map of people: as many figures as there are people, some of them marked."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np
from manim import Circle, RoundedRectangle, VMobject
from manim.utils.color import ManimColor

from explainer.blocks import requirements
from explainer.blocks.lettering import Points, moved
from explainer.blocks.palette import ON_DARK, Palette
from explainer.blocks.value_block import ValueBlock, area_of
from explainer.stage.errors import StageError
from explainer.stage.frame import SafeArea, pixel
from explainer.stage.value_animation import ChangeValue

MIN_HEIGHT = 24.0
"""Pixels of a picture whose short side has 1080 that a figure must have to be seen as one."""
MAX_HEIGHT = 260.0
ACROSS, DOWN = 0.62, 1.25
"""The room of a figure, as shares of its height."""


class PeopleMap(ValueBlock):
    """Figures in rows, one for each person; `people.mark(1)` marks one in so many.

    Those that are marked are filled, the others are outlines, so that they differ by more than
    their colour. They are marked row by row from the top left, so that a share is seen as one.

    Raises:
        StageError: for fewer than one person, or more than can be seen.
    """

    def __init__(
        self,
        total: int,
        marked: int = 0,
        *,
        columns: int | None = None,
        colour: str | None = None,
        area: SafeArea | None = None,
        palette: Palette = ON_DARK,
    ) -> None:
        requirements.palette(palette)
        self.total = requirements.count(total, "the number of people", 1)
        super().__init__(float(self._check(marked)))
        room = area_of(area)
        columns = self._columns(columns, room)
        rows = math.ceil(self.total / columns)
        height = min(
            room.width / (columns * ACROSS), room.height / (rows * DOWN), MAX_HEIGHT * pixel()
        )
        if height < MIN_HEIGHT * pixel():
            most = int(room.width * room.height / (MIN_HEIGHT * pixel()) ** 2 / ACROSS / DOWN)
            raise StageError(
                f"{self.total} people do not fit: {most} are the most here; let a figure stand for "
                "several, and say so"
            )
        self._plain = ManimColor(palette.muted).to_rgb()
        self._marked = ManimColor(colour or palette.accent).to_rgb()
        self.figures = [VMobject(stroke_width=2) for _ in range(self.total)]
        self.shift(room.center)
        for place, figure in enumerate(self.figures):
            row, column = divmod(place, columns)
            x = (column - (columns - 1) / 2) * height * ACROSS
            y = ((rows - 1) / 2 - row) * height * DOWN
            figure.set_points(self.place(moved(_figure() * height, x, y)))
        self.add(*self.figures)
        self.show_value(self.value)

    def mark(self, marked: int, **kwargs: Any) -> ChangeValue:
        """The animation in which so many people in all come to be marked, one after another.

        Raises:
            StageError: if there are not so many.
        """
        return self._change(float(self._check(marked)), **kwargs)

    def show_value(self, value: float) -> None:
        """Show so many as marked; of 2.5, the third is on its way."""
        self.value = value
        seen = self.opacity_now()
        for place, figure in enumerate(self.figures):
            share = min(max(value - place, 0.0), 1.0)
            colour = self._plain + share * (self._marked - self._plain)
            # set_stroke and set_fill take ten times as long
            figure.stroke_rgbas[:, :3] = colour
            figure.fill_rgbas = np.array([[*colour, share * seen]])

    def _check(self, marked: int) -> int:
        found = requirements.count(marked, "the number of marked people")
        if found > self.total:
            raise StageError(f"{found} people cannot be marked: there are {self.total}")
        return found

    def _columns(self, columns: int | None, room: SafeArea) -> int:
        """How many stand in a row: as given, or so that they are as large as can be."""
        if columns is not None:
            return min(requirements.count(columns, "the number of columns", 1), self.total)

        def height(number: int) -> float:
            rows = math.ceil(self.total / number)
            return min(room.width / (number * ACROSS), room.height / (rows * DOWN))

        widest = max(1, min(self.total, int(room.width / (MIN_HEIGHT * pixel() * ACROSS))))
        # rounded, and of those that are as large the fullest rows
        return max(
            range(1, widest + 1),
            key=lambda number: (round(height(number), 6), -(-self.total % number)),
        )


@cache
def _figure() -> Points:
    """A person of height 1 around the middle: a head, and a body that is round at its shoulders."""
    head = Circle(0.15).shift((0, 0.35, 0))
    body = RoundedRectangle(0.2, width=0.46, height=0.62).shift((0, -0.19, 0))
    points: Points = np.concatenate([head.points, body.points])
    return points
