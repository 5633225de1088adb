"""The base of blocks: a group whose look follows from one number, wherever it is moved."""

from __future__ import annotations

from typing import Any

import numpy as np
from manim import VGroup, VMobject
from numpy.typing import NDArray

from explainer.blocks.lettering import Points
from explainer.stage.frame import SafeArea, pixel, safe_area
from explainer.stage.value_animation import ChangeValue


class ValueBlock(VGroup):  # type: ignore[misc]
    """A group that `show_value` draws for any number, after it was moved, scaled or turned, too.

    Its parts are drawn by `draw`, with points that count from the block's own middle.
    """

    def __init__(self, value: Any) -> None:
        super().__init__()
        self.value = value
        self._anchor = VMobject(stroke_width=0, fill_opacity=0)
        # a unit to the right of the middle, as small as not to widen the block
        self._unit = pixel()
        self._anchor.set_points([(0, 0, 0), (0, 0, 0), (self._unit, 0, 0), (self._unit, 0, 0)])
        self.add(self._anchor)

    def show_value(self, value: Any) -> None:
        """Draw it as it is for this value."""
        self.value = value

    def draw(self, part: VMobject, points: Points) -> None:
        """Give a part other points, which count from the block's own middle."""
        part.set_points(self.place(points))

    def place(self, points: Points) -> NDArray[np.float64]:
        """Where points of the block are in the scene, as it stands now."""
        origin, _, _, right = self._anchor.points
        x, y = (right - origin)[:2] / self._unit
        turn = np.array([(x, y, 0), (-y, x, 0), (0, 0, 1)])
        placed: NDArray[np.float64] = np.asarray(points) @ turn + origin
        return placed

    def scale_now(self) -> float:
        """How many times as large as it was made it is now."""
        origin, _, _, right = self._anchor.points
        return float(np.linalg.norm(right - origin)) / self._unit

    def _change(self, value: Any, **kwargs: Any) -> ChangeValue:
        return ChangeValue(self, value, **kwargs)


def area_of(area: SafeArea | None) -> SafeArea:
    """The area that a block is laid out in: the frame's safe area, if none is given."""
    return area or safe_area()
