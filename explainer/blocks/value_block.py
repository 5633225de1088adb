"""The base of blocks: a group whose look follows from one number, wherever it is moved."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from manim import VGroup, VMobject
from numpy.typing import NDArray

from explainer.blocks.lettering import Points
from explainer.stage.errors import StageError
from explainer.stage.frame import SafeArea, pixel, safe_area
from explainer.stage.value_animation import ChangeValue


class ValueBlock(VGroup):  # type: ignore[misc]
    """A group that `show_value` draws for any number, after it was moved, scaled or turned, too.

    Its parts are drawn by `draw`, with points that count from the block's own middle. While it is
    moved by one animation, another may change its value.
    """

    def __init__(self, value: Any) -> None:
        super().__init__()
        self.value = value
        self._unit = pixel()
        self._anchor = _Anchor(self, self._unit)
        self.add()

    def add(self, *mobjects: VMobject) -> Self:
        """Add parts; the anchor stays the last one."""
        # Manim adds what it is given, nothing, before there is an anchor
        anchors = [self._anchor] if "_anchor" in vars(self) else []
        super().add(*mobjects, *anchors)
        return self

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

    def opacity_now(self) -> float:
        """How opaque the whole is now, 0 to 1, as while it fades: what a value shows is no more."""
        return float(self._anchor.get_fill_opacity())

    def _change(self, value: Any, **kwargs: Any) -> ChangeValue:
        return ChangeValue(self, value, **kwargs)


class _Identity:
    """What a block and its copies have in common, and no other block."""

    def __deepcopy__(self, _memo: Any) -> Self:
        return self


class _Anchor(VMobject):  # type: ignore[misc]
    """Two points that go wherever the block goes, and cannot be seen: its middle and its right.

    As the last part it is the last that an animation moves. The block is drawn then for the value
    that it has come to have, where the animation had it move with the value from its beginning.
    """

    def __init__(self, block: ValueBlock, unit: float) -> None:
        # without an area its fill is not seen, but fades with the block's
        super().__init__(stroke_width=0, stroke_opacity=0, fill_opacity=1)
        self.block = block
        self.identity = _Identity()
        # so near to each other that they do not widen the block
        self.set_points([(0, 0, 0), (0, 0, 0), (unit, 0, 0), (unit, 0, 0)])

    def interpolate(self, mobject1: Any, mobject2: Any, *args: Any, **kwargs: Any) -> Self:
        """Go between two others; if they are its own copies, the block is still the same one."""
        super().interpolate(mobject1, mobject2, *args, **kwargs)
        if self.identity is getattr(mobject2, "identity", None):
            self.block.show_value(self.block.value)
        return self


def area_of(area: SafeArea | None) -> SafeArea:
    """The area that a block is laid out in: the frame's safe area, if none is given.

    Raises:
        StageError: for what is no area, or one without room.
    """
    if area is None:
        return safe_area()
    if not isinstance(area, SafeArea) or min(area.width, area.height) <= 0:
        what = "give a SafeArea(left, bottom, right, top)"
        raise StageError(f"area={area!r} is no area with room in it: {what}")
    return area
