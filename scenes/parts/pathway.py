"""A signal pathway: its proteins as pills along a way, with arrows from each to the next."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from manim import Animation, LaggedStart, VGroup
from numpy.typing import NDArray

from look import mix
from parts.gene import Arrow, PathwayPill
from shapes import Part

ROOM = np.array((0.72, 0.36))
"""From a pill's middle to where an arrow may begin, across and up."""


class Pathway(Part):
    """Pills at the points of `way` and an arrow from each to the next; the last goes to the end.

    `way` has a point more than there are `names`. The pathway is lit when it is made.
    """

    def __init__(
        self, colour: str, names: Sequence[str], way: Sequence[tuple[float, float]]
    ) -> None:
        self.off = dim(colour)
        spots = [np.array((*spot, 0)) for spot in way]
        super().__init__()
        for i, (name, (here, there)) in enumerate(zip(names, pairwise(spots), strict=True)):
            pill = PathwayPill(name, colour).place(here)
            pill.light()
            last = there if i == len(names) - 1 else _beside(there, here)
            self.add(pill.become(pill.target), Arrow(_beside(here, there), last, colour))

    def rest(self, **kwargs) -> Animation:
        """Switch off, pill by pill and arrow by arrow; only outlines are left."""
        return rest(self[1:], **kwargs)


def rest(steps: VGroup, **kwargs) -> Animation:
    """Switch pills and arrows off, in this order; only outlines are left."""
    colour = next(part.colour for part in steps if isinstance(part, PathwayPill))
    moves = [
        part.rest() if isinstance(part, PathwayPill) else part.animate.set_color(dim(colour))
        for part in steps
    ]
    return LaggedStart(*moves, group=steps, lag_ratio=0.3, **kwargs)


def dim(colour: str) -> str:
    """The colour of an arrow of a pathway that is switched off."""
    return mix(colour, "#1D1440", 0.62)


def _beside(pill: NDArray[np.float64], toward: NDArray[np.float64]) -> NDArray[np.float64]:
    """Just outside the rim of the pill at `pill`, on the way `toward` another point."""
    way = toward - pill
    return pill + way * np.min(ROOM / np.maximum(1e-6, np.abs(way[:2])))
