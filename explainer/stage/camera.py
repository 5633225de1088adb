"""The stage's camera: Manim's moving Cairo camera, with radial shading and pinned parts.

A mobject with a `radial_gradient` is filled with it; one that is pinned stays where it is on
the screen while the camera's frame travels.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any

import cairo
import numpy as np
from manim import Mobject, MovingCamera, Rectangle, VMobject, config
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class RadialGradient:
    """A radial gradient over a mobject's bounding box, from its fill colours.

    The first fill colour sits at `focus`, the last at `reach`; both count in half widths and half
    heights of the box, so 1 is its edge and y points up. `falloff` multiplies the opacity evenly
    from centre to rim: with one colour and a falloff that ends in 0, the mobject is a soft glow.
    The light stays on its side of the picture however the mobject is turned.
    """

    focus: tuple[float, float] = (-0.3, 0.35)
    reach: float = 1.15
    falloff: tuple[float, ...] | None = None


_PINNED = "_keeps_its_place_on_the_screen"
"""An attribute; a shorter name may be an author's own."""


def own(mobject: Any, name: str) -> Any:
    """An attribute of an object or its class, if any; a property of an author's is not run."""
    return vars(mobject).get(name, getattr(type(mobject), name, None))


def gradient_of(mobject: Any) -> RadialGradient | None:
    """A mobject's radial gradient, if it has one; an author may use the name for something else."""
    for name in ("radial_gradient", "shade"):  # the second is what it was called before
        gradient = own(mobject, name)
        if isinstance(gradient, RadialGradient):
            return gradient
    return None


def pin(mobject: Any) -> None:
    """Keep a mobject and all its parts where they are on the screen."""
    for part in mobject.get_family():
        setattr(part, _PINNED, True)


def pinned(mobject: Any) -> bool:
    """Whether a mobject keeps its place on the screen."""
    return _PINNED in vars(mobject)


class StageCamera(MovingCamera):  # type: ignore[misc]
    """A moving camera that knows gradients and what is pinned."""

    def __init__(self, **kwargs: Any) -> None:
        home = {"width": config.frame_width, "height": config.frame_height, "stroke_width": 0}
        self.home = Rectangle(**home)
        super().__init__(frame=Rectangle(**home), **kwargs)

    def capture_mobjects(self, mobjects: Iterable[Mobject], **kwargs: Any) -> None:
        """Draw `mobjects` in order, the pinned ones as if the camera had never moved."""
        flat = self.get_mobjects_to_display(mobjects, **kwargs)
        travelling = self.frame  # type: ignore[has-type]
        for stays, group in groupby(flat, pinned):
            self.frame = self.home if stays else travelling
            try:
                super().capture_mobjects(list(group), include_submobjects=False)
            finally:
                self.frame = travelling

    def display_vectorized(self, vmobject: VMobject, ctx: cairo.Context[Any]) -> StageCamera:
        """Draw one mobject, unless nothing of it can be seen."""
        if self._seen(vmobject):
            super().display_vectorized(vmobject, ctx)
        return self

    def apply_fill(self, ctx: cairo.Context[Any], vmobject: VMobject) -> StageCamera:
        """Fill the path that is set, radially if the mobject has a gradient."""
        gradient = gradient_of(vmobject)
        if gradient is None:
            super().apply_fill(ctx, vmobject)
        elif len(vmobject.points):
            box = (*vmobject.points[:, :2].min(axis=0), *vmobject.points[:, :2].max(axis=0))
            ctx.set_source(radial(gradient, self.get_fill_rgbas(vmobject), box))
            ctx.fill_preserve()
        return self

    def _seen(self, vmobject: VMobject) -> bool:
        if self.get_fill_rgbas(vmobject)[:, 3].any():
            return True
        return any(
            vmobject.get_stroke_width(background)
            and self.get_stroke_rgbas(vmobject, background)[:, 3].any()
            for background in (False, True)
        )


def radial(
    gradient: RadialGradient, rgbas: NDArray[np.float64], box: tuple[float, ...]
) -> cairo.RadialGradient:
    """What a gradient paints with, over a box (left, bottom, right, top) in scene units."""
    left, bottom, right, top = map(float, box)
    half = max((right - left) / 2, 1e-6), max((top - bottom) / 2, 1e-6)
    middle = (left + right) / 2, (bottom + top) / 2
    pattern = cairo.RadialGradient(*gradient.focus, 0, 0, 0, gradient.reach)
    # from scene units to the box's own: the pattern is the same for every size and place
    matrix = 1 / half[0], 0, 0, 1 / half[1], -middle[0] / half[0], -middle[1] / half[1]
    pattern.set_matrix(cairo.Matrix(*matrix))
    for stop in _stops(gradient.falloff or (1.0,), tuple(map(tuple, rgbas.tolist()))):
        pattern.add_color_stop_rgba(*stop)
    return pattern


@lru_cache(maxsize=4096)
def _stops(
    alphas: tuple[float, ...], rgbas: tuple[tuple[float, ...], ...]
) -> list[tuple[float, float, float, float, float]]:
    stops = max(len(rgbas), len(alphas), 2)
    at = np.linspace(0, 1, stops)
    colours = np.linspace(0, 1, len(rgbas))
    r, g, b, a = (np.interp(at, colours, channel) for channel in zip(*rgbas, strict=True))
    a = a * np.interp(at, np.linspace(0, 1, len(alphas)), alphas)
    # Manim's surface is RGBA read by Cairo as BGRA, so red and blue change places
    return list(zip(*(channel.tolist() for channel in (at, b, g, r, a)), strict=True))
