"""Radial gradients laid on quickly: a small picture of one, stretched over a mask of the shape.

Cairo works a radial gradient out anew for every pixel, which takes ten times as long.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import cairo
import numpy as np
from numpy.typing import NDArray

from explainer.stage.camera import RadialGradient, radial
from explainer.stage.paths import Outline, View

EDGE = 1.06
"""How far the picture reaches beyond the shape's box, so that its own edge is never seen."""
FINEST, COARSEST = 256, 16
"""Its side in pixels; between them it is about as large as the shape is on the screen."""

_scratch: NDArray[np.uint8] = np.empty(0, np.uint8)


class Glaze:
    """A gradient in the colours of a mobject."""

    __slots__ = ("_alpha", "_rgbas", "_shade")

    def __init__(self, gradient: RadialGradient, rgbas: NDArray[np.float64]) -> None:
        self._shade, self._alpha = gradient, float(rgbas[:, 3].max())
        # what fades keeps its gradient: only how thickly that is laid on changes
        thick = np.round(rgbas[:, 3] / self._alpha, 3)
        self._rgbas = tuple(map(tuple, np.column_stack([rgbas[:, :3], thick]).tolist()))

    def lay(self, context: cairo.Context[Any], outline: Outline, view: View) -> None:
        """Fill an outline with it; the context's path stays as it is."""
        left, bottom, right, top = outline.box
        x0, y0 = view.matrix.transform_point(left, top)
        x1, y1 = view.matrix.transform_point(right, bottom)
        first_x, first_y = max(0, math.floor(x0)), max(0, math.floor(y0))
        width = min(view.size[0], math.ceil(x1)) - first_x
        height = min(view.size[1], math.ceil(y1)) - first_y
        if width <= 0 or height <= 0:
            return
        mask = _empty_mask(width, height)
        pen = cairo.Context(mask)
        xx, yx, xy, yy, dx, dy = view.key
        pen.set_matrix(cairo.Matrix(xx, yx, xy, yy, dx - first_x, dy - first_y))
        outline.trace(pen)
        pen.fill()
        half_x, half_y = max((x1 - x0) / 2, 1e-6), max((y1 - y0) / 2, 1e-6)
        side = min(FINEST, 1 << math.ceil(math.log2(max(half_x, half_y, COARSEST))))
        picture = _picture(self._shade, self._rgbas, side, self._alpha)
        pattern = cairo.SurfacePattern(picture)
        pattern.set_filter(cairo.FILTER_BILINEAR)
        pattern.set_extend(cairo.EXTEND_PAD)
        across, down = side / (2 * EDGE * half_x), side / (2 * EDGE * half_y)
        middle = (x0 + x1) / 2, (y0 + y1) / 2
        pattern.set_matrix(
            cairo.Matrix(
                *(across, 0, 0, down), side / 2 - middle[0] * across, side / 2 - middle[1] * down
            )
        )
        context.identity_matrix()
        context.set_source(pattern)
        context.mask_surface(mask, first_x, first_y)
        context.set_matrix(view.matrix)


def _empty_mask(width: int, height: int) -> cairo.ImageSurface:
    """A mask in memory that is used again for the next one."""
    global _scratch
    stride = cairo.ImageSurface.format_stride_for_width(cairo.FORMAT_A8, width)
    if len(_scratch) < stride * height:
        _scratch = np.empty(stride * height, np.uint8)
    memory = _scratch[: stride * height]
    memory.fill(0)
    return cairo.ImageSurface.create_for_data(memory.data, cairo.FORMAT_A8, width, height, stride)


@lru_cache(maxsize=64)
def _picture(
    gradient: RadialGradient, rgbas: tuple[tuple[float, ...], ...], side: int, alpha: float
) -> cairo.ImageSurface:
    """The gradient so thick: through a mask that is not full, Cairo takes four times as long."""
    full = _gradient(gradient, rgbas, side)
    if alpha == 1:
        return full
    picture = cairo.ImageSurface(cairo.FORMAT_ARGB32, side, side)
    context = cairo.Context(picture)
    context.set_source_surface(full)
    context.paint_with_alpha(alpha)
    return picture


@lru_cache(maxsize=32)
def _gradient(
    gradient: RadialGradient, rgbas: tuple[tuple[float, ...], ...], side: int
) -> cairo.ImageSurface:
    picture = cairo.ImageSurface(cairo.FORMAT_ARGB32, side, side)
    context = cairo.Context(picture)
    half = side / 2
    context.set_matrix(cairo.Matrix(half / EDGE, 0, 0, -half / EDGE, half, half))
    context.set_source(radial(gradient, np.array(rgbas), (-1, -1, 1, 1)))
    context.paint()
    return picture
