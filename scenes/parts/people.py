"""A study's result: a hundred women of whom some are well, some are not, and some are spared it."""

from __future__ import annotations

import numpy as np
from manim import Animation, UpdateFromAlphaFunc, VGroup
from numpy.typing import NDArray

from look import (
    ANTIBODY,
    ANTIBODY_LIGHT,
    ILL,
    LARGE_TYPE,
    PX,
    TEXT,
    WELL,
    by_aspect,
    label,
    smoothstep,
)
from shapes import Layer, Part, Points, Stamps, closed, ellipse

COLUMNS = 20
PITCH = by_aspect((0.31, 0.72), (0.36, 0.74), (0.34, 0.36))
"""From one figure to the next, across and down."""
SIZE = by_aspect(1.75, 2.0, 0.98)
LIGHT, DARK = (WELL, "#DCE3FF"), (ILL, "#3D4678")
SPARED = (ANTIBODY, ANTIBODY_LIGHT)


class People(Part):
    """A hundred figures, the first `well` of them light and the others dark; (0, 0) the middle."""

    def __init__(self, well: int) -> None:
        i = np.arange(100)
        rows = 100 // COLUMNS
        # filled column by column, so that the light part grows like a bar
        column, row = i // rows, i % rows
        self.at = np.stack(
            [(column - (COLUMNS - 1) / 2) * PITCH[0], ((rows - 1) / 2 - row) * PITCH[1]], 1
        )
        self.well = well
        light = Stamps(_figure(*LIGHT), self.at[:well], 0, SIZE)
        dark = Stamps(_figure(*DARK), self.at[well:], 0, SIZE)
        self.spared = Stamps(_figure(*SPARED), np.zeros((0, 2)))
        super().__init__(dark, light, self.spared)

    def spare(self, count: int, **kwargs) -> Animation:
        """`count` of the dark figures turn to the antibody's colour, one after another."""
        at = self.at[self.well : self.well + count]
        delay = 0.7 * np.arange(count) / count

        def step(people: People, alpha: float) -> None:
            grown = smoothstep(np.clip((alpha - delay) / 0.3, 0, 1))
            here = grown > 0.01
            # each swells a little before it comes to its size
            size = SIZE * grown * (1 + 0.35 * np.sin(np.pi * grown))
            people.spared.put(at[here], 0, size[here])

        return UpdateFromAlphaFunc(self, step, **kwargs)


def _figure(colour: str, head: str) -> list[Layer]:
    """A head above shoulders that narrow to the waist, about 0.34 high."""
    half = np.array(
        [(0.0, 0.062), (0.05, 0.052), (0.082, 0.015), (0.085, -0.045), (0.06, -0.06),
         (0.055, -0.15), (0.03, -0.175)]
    )  # fmt: skip
    torso: Points = closed(np.concatenate([half, half[::-1] * (-1, 1)]))
    return [Layer(torso, colour), Layer(ellipse(0, 0.125, 0.052, 0.055), head)]


class Result(VGroup):
    """A hundred women and, below or above them, the label that says how many are spared."""

    def __init__(self, name: str, well: int, middle: NDArray[np.float64]) -> None:
        self.people = People(well).place(middle)
        self.label = label(name, TEXT, LARGE_TYPE)
        self.label.move_to(middle + by_aspect(350, 350, 190) * PX * np.array((0, 1, 0)))
        super().__init__(self.people, self.label)
