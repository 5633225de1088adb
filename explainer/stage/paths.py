"""Paths of mobjects, and the viewport they are drawn in: a mobject's points in, Cairo's calls out.

A path is split into unbroken runs of curves once, in scene units, and serves any viewport. A short
one is added to a context curve by curve, a long one in one call (`native_path`).
"""

from __future__ import annotations

import math
from typing import Any

import cairo
import numpy as np
from manim import Mobject, MovingCamera
from numpy.typing import NDArray

from explainer.stage import native_path
from explainer.stage.native_path import NativePath

MIN_NATIVE_CURVES = 64
"""The number of curves from which building Cairo's own form of a path pays."""

Run = tuple[tuple[float, float], list[tuple[float, ...]], bool]
"""Where an unbroken run starts, its curves (x and y of three points each), and if it is closed."""


class Viewport:
    """What a camera's frame shows, in scene units, and the matrix from there to pixels.

    `left`, `right`, `bottom` and `top` are two pixels outside of the frame; `size` is the picture's
    width and height in pixels; `key` holds the matrix's six numbers.
    """

    __slots__ = ("bottom", "key", "left", "matrix", "right", "size", "top")

    def __init__(self, camera: MovingCamera, frame: Mobject) -> None:
        width, height = frame.width, frame.height
        x, y = frame.get_center()[:2].tolist()
        self.size = camera.pixel_width, camera.pixel_height
        x_scale = camera.pixel_width / width
        y_scale = camera.pixel_height / height
        self.key = (
            *(x_scale, 0, 0, -y_scale),
            (camera.pixel_width / 2) - x * x_scale,
            (camera.pixel_height / 2) + y * y_scale,
        )
        self.matrix = cairo.Matrix(*self.key)
        margin_x = width / 2 + 2 / x_scale
        margin_y = height / 2 + 2 / y_scale
        self.left, self.right = x - margin_x, x + margin_x
        self.bottom, self.top = y - margin_y, y + margin_y

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Viewport) and self.key == other.key

    __hash__ = None  # type: ignore[assignment]


class MobjectPath:
    """A mobject's points as curves, and the box around them (left, bottom, right, top).

    `key` is all points' bytes. As with Manim, nothing is drawn if they are not all finite.
    """

    __slots__ = ("_native", "_points", "_runs", "box", "key")

    def __init__(self, key: bytes) -> None:
        self.key = key
        self._points = np.frombuffer(key).reshape(-1, 3)
        # along rows this is quicker by far
        coordinates = self._points.T.copy()
        low, high = coordinates.min(axis=1), coordinates.max(axis=1)
        if not math.isfinite(sum((high - low).tolist())):
            self._points = np.zeros((1, 3))
            low = high = self._points[0]
        self.box = (*low[:2].tolist(), *high[:2].tolist())
        # one of these is made when the path is first drawn
        self._runs: list[Run] | None = None
        self._native: NativePath | None = None

    def add_to(self, context: cairo.Context[Any]) -> None:
        """Make this the context's path, whose matrix must be the viewport's."""
        context.new_path()
        if self._native is None and self._runs is None:
            if native_path.IS_USABLE and len(self._points) >= 4 * MIN_NATIVE_CURVES:
                self._native = NativePath(self._points)
            else:
                self._runs = split_into_runs(self._points)
        if self._native:
            self._native.append_to(context)
            return
        for start, curves, is_closed in self._runs or ():
            context.move_to(*start)
            for curve in curves:
                context.curve_to(*curve)
            if is_closed:
                context.close_path()


def split_into_runs(points: NDArray[np.float64]) -> list[Run]:
    """Bézier points of shape (4n, 3) as unbroken runs, split and closed where Manim does it."""
    runs: list[Run] = []
    curves: list[tuple[float, ...]] = []
    count = len(points) // 4
    start = end = (0.0, 0.0)
    for x, y, *curve in points[: 4 * count, :2].reshape(count, 8).tolist():
        if not curves or ((x, y) != end and not _are_near(end, (x, y))):
            if curves:
                runs.append((start, curves, _are_near(start, end)))
            start = x, y
            curves = []
        curves.append(tuple(curve))
        end = curve[4], curve[5]
    if curves:
        runs.append((start, curves, _are_near(start, end)))
    return runs


def _are_near(a: tuple[float, float], b: tuple[float, float]) -> bool:
    """Whether Manim takes two points for the same; `native_path.are_near` for many at once."""
    near_x = abs(a[0] - b[0]) <= 1e-6 + 1e-5 * abs(b[0])
    return near_x and abs(a[1] - b[1]) <= 1e-6 + 1e-5 * abs(b[1])
