"""Radial gradients over mobjects, drawn as Cairo does (exact) or from a small picture (fast).

Cairo computes a radial gradient anew for every pixel. GradientFill draws it once into a square of
at most 256 pixels and stretches that over a mask of the shape, which takes a tenth of the time and
differs by a few steps of 255.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cairo
import numpy as np
from numpy.typing import NDArray

from explainer.stage.mobject_attributes import own_attribute
from explainer.stage.paths import MobjectPath, Viewport

MARGIN = 1.06
"""Side of the picture as a multiple of the shape's box, so that its own edge is never seen."""
MAX_SIDE, MIN_SIDE = 256, 16
"""The picture's side in pixels; between them it is about as large as the shape on the screen."""

Colours = tuple[tuple[float, ...], ...]
"""RGBA of each stop, 0 to 1; hashable, in place of an array of shape (n, 4)."""

_mask_memory: NDArray[np.uint8] = np.empty(0, np.uint8)
"""State of this process: the memory of the last mask, used again for the next."""


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


def gradient_of(mobject: Any) -> RadialGradient | None:
    """A mobject's radial gradient, if it has one; an author may use the name for something else."""
    for name in ("radial_gradient", "shade"):  # the second is what it was called before
        gradient = own_attribute(mobject, name)
        if isinstance(gradient, RadialGradient):
            return gradient
    return None


def radial_pattern(
    gradient: RadialGradient, rgbas: NDArray[np.float64], box: tuple[float, ...]
) -> cairo.RadialGradient:
    """Cairo's pattern of a gradient in colours of shape (n, 4).

    `box` is left, bottom, right, top of the shape in scene units.
    """
    left, bottom, right, top = map(float, box)
    half_width = max((right - left) / 2, 1e-6)
    half_height = max((top - bottom) / 2, 1e-6)
    x, y = (left + right) / 2, (bottom + top) / 2
    pattern = cairo.RadialGradient(*gradient.focus, 0, 0, 0, gradient.reach)
    # from scene units to the box's own: the pattern is the same for every size and place
    matrix = 1 / half_width, 0, 0, 1 / half_height, -x / half_width, -y / half_height
    pattern.set_matrix(cairo.Matrix(*matrix))
    for stop in _color_stops(gradient.falloff or (1.0,), tuple(map(tuple, rgbas.tolist()))):
        pattern.add_color_stop_rgba(*stop)
    return pattern


@lru_cache(maxsize=4096)
def _color_stops(
    alphas: tuple[float, ...], rgbas: Colours
) -> list[tuple[float, float, float, float, float]]:
    """Offset and colour of each stop of a pattern, with the falloff `alphas` in it."""
    count = max(len(rgbas), len(alphas), 2)
    offsets = np.linspace(0, 1, count)
    colour_offsets = np.linspace(0, 1, len(rgbas))
    channels = zip(*rgbas, strict=True)
    r, g, b, a = (np.interp(offsets, colour_offsets, channel) for channel in channels)
    a = a * np.interp(offsets, np.linspace(0, 1, len(alphas)), alphas)
    # Manim's surface is RGBA read by Cairo as BGRA, so red and blue change places
    return list(zip(*(channel.tolist() for channel in (offsets, b, g, r, a)), strict=True))


class GradientFill:
    """A gradient in the fill colours of one mobject, of shape (n, 4) RGBA."""

    __slots__ = ("_alpha", "_gradient", "_rgbas")

    def __init__(self, gradient: RadialGradient, rgbas: NDArray[np.float64]) -> None:
        self._gradient = gradient
        self._alpha = float(rgbas[:, 3].max())
        # while a mobject fades, only the alpha of the whole changes, and the picture is reused
        relative_alphas = np.round(rgbas[:, 3] / self._alpha, 3)
        relative = np.column_stack([rgbas[:, :3], relative_alphas])
        self._rgbas: Colours = tuple(map(tuple, relative.tolist()))

    def fill(self, context: cairo.Context[Any], path: MobjectPath, viewport: Viewport) -> None:
        """Fill a path with it; the context's own path stays as it is."""
        left, bottom, right, top = path.box
        x0, y0 = viewport.matrix.transform_point(left, top)
        x1, y1 = viewport.matrix.transform_point(right, bottom)
        first_x = max(0, math.floor(x0))
        first_y = max(0, math.floor(y0))
        width = min(viewport.size[0], math.ceil(x1)) - first_x
        height = min(viewport.size[1], math.ceil(y1)) - first_y
        if width <= 0 or height <= 0:
            return
        mask = _empty_mask(width, height)
        mask_context = cairo.Context(mask)
        xx, yx, xy, yy, dx, dy = viewport.key
        mask_context.set_matrix(cairo.Matrix(xx, yx, xy, yy, dx - first_x, dy - first_y))
        path.add_to(mask_context)
        mask_context.fill()
        half_width = max((x1 - x0) / 2, 1e-6)
        half_height = max((y1 - y0) / 2, 1e-6)
        larger = max(half_width, half_height, MIN_SIDE)
        side = min(MAX_SIDE, 1 << math.ceil(math.log2(larger)))
        pattern = cairo.SurfacePattern(_picture(self._gradient, self._rgbas, side, self._alpha))
        pattern.set_filter(cairo.FILTER_BILINEAR)
        pattern.set_extend(cairo.EXTEND_PAD)
        x_scale = side / (2 * MARGIN * half_width)
        y_scale = side / (2 * MARGIN * half_height)
        x, y = (x0 + x1) / 2, (y0 + y1) / 2
        pattern.set_matrix(
            cairo.Matrix(x_scale, 0, 0, y_scale, side / 2 - x * x_scale, side / 2 - y * y_scale)
        )
        context.identity_matrix()
        context.set_source(pattern)
        context.mask_surface(mask, first_x, first_y)
        context.set_matrix(viewport.matrix)


def _empty_mask(width: int, height: int) -> cairo.ImageSurface:
    """A mask of that many pixels, valid until the next is asked for."""
    global _mask_memory
    stride = cairo.ImageSurface.format_stride_for_width(cairo.FORMAT_A8, width)
    if len(_mask_memory) < stride * height:
        _mask_memory = np.empty(stride * height, np.uint8)
    memory = _mask_memory[: stride * height]
    memory.fill(0)
    return cairo.ImageSurface.create_for_data(memory.data, cairo.FORMAT_A8, width, height, stride)


@lru_cache(maxsize=64)
def _picture(
    gradient: RadialGradient, rgbas: Colours, side: int, alpha: float
) -> cairo.ImageSurface:
    """The gradient at an opacity: masking with a mask that is not full takes Cairo four times."""
    opaque = _opaque_picture(gradient, rgbas, side)
    if alpha == 1:
        return opaque
    picture = cairo.ImageSurface(cairo.FORMAT_ARGB32, side, side)
    context = cairo.Context(picture)
    context.set_source_surface(opaque)
    context.paint_with_alpha(alpha)
    return picture


@lru_cache(maxsize=32)
def _opaque_picture(gradient: RadialGradient, rgbas: Colours, side: int) -> cairo.ImageSurface:
    picture = cairo.ImageSurface(cairo.FORMAT_ARGB32, side, side)
    context = cairo.Context(picture)
    half = side / 2
    context.set_matrix(cairo.Matrix(half / MARGIN, 0, 0, -half / MARGIN, half, half))
    context.set_source(radial_pattern(gradient, np.array(rgbas), (-1, -1, 1, 1)))
    context.paint()
    return picture
