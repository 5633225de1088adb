"""Outlines of mobjects, and the view that they are traced in.

An outline is split into unbroken runs of curves once, in scene units, and serves any camera. A
short one is handed to Cairo curve by curve, a long one at a stroke.
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

LONG = 64
"""The number of curves from which building Cairo's own form of a path pays."""

Run = tuple[tuple[float, float], list[tuple[float, ...]], bool]
"""Where an unbroken run starts, its curves, and whether it is closed."""


class View:
    """What a camera's frame takes in, in scene units, and the matrix from there to pixels."""

    __slots__ = ("bottom", "key", "left", "matrix", "right", "size", "top")

    def __init__(self, camera: MovingCamera, frame: Mobject) -> None:
        width, height = frame.width, frame.height
        x, y = frame.get_center()[:2].tolist()
        self.size = camera.pixel_width, camera.pixel_height
        across, up = camera.pixel_width / width, camera.pixel_height / height
        self.key = (
            *(across, 0, 0, -up),
            (camera.pixel_width / 2) - x * across,
            (camera.pixel_height / 2) + y * up,
        )
        self.matrix = cairo.Matrix(*self.key)
        margin_x, margin_y = width / 2 + 2 / across, height / 2 + 2 / up
        self.left, self.right = x - margin_x, x + margin_x
        self.bottom, self.top = y - margin_y, y + margin_y

    def __eq__(self, other: object) -> bool:
        return isinstance(other, View) and self.key == other.key

    __hash__ = None  # type: ignore[assignment]


class Outline:
    """A mobject's points as curves, and the box around them (left, bottom, right, top).

    `key` is all points' bytes. As with Manim, nothing is drawn if they are not all finite.
    """

    __slots__ = ("_path", "_points", "_runs", "box", "key")

    def __init__(self, key: bytes) -> None:
        self.key = key
        self._points = np.frombuffer(key).reshape(-1, 3)
        low, high = np.minimum.reduce(self._points), np.maximum.reduce(self._points)
        if not math.isfinite(sum((high - low).tolist())):
            self._points = np.zeros((1, 3))
            low = high = self._points[0]
        self.box = (*low[:2].tolist(), *high[:2].tolist())
        self._runs: list[Run] | None = None
        self._path: NativePath | None = None

    def trace(self, context: cairo.Context[Any]) -> None:
        """Make this the context's path, whose matrix must be the view's."""
        context.new_path()
        if self._path is None and self._runs is None:
            if native_path.IS_USABLE and len(self._points) >= 4 * LONG:
                self._path = NativePath(self._points)
            else:
                self._runs = runs(self._points)
        if self._path:
            self._path.append_to(context)
            return
        for start, curves, is_closed in self._runs or ():
            context.move_to(*start)
            for curve in curves:
                context.curve_to(*curve)
            if is_closed:
                context.close_path()


def runs(points: NDArray[np.float64]) -> list[Run]:
    """Bézier points (4n, 3) as unbroken runs, split and closed where Manim does it."""
    found: list[Run] = []
    curves: list[tuple[float, ...]] = []
    count = len(points) // 4
    start = end = (0.0, 0.0)
    for x, y, *curve in points[: 4 * count, :2].reshape(count, 8).tolist():
        if not curves or ((x, y) != end and not _near(end, (x, y))):
            if curves:
                found.append((start, curves, _near(start, end)))
            start, curves = (x, y), []
        curves.append(tuple(curve))
        end = curve[4], curve[5]
    if curves:
        found.append((start, curves, _near(start, end)))
    return found


def _near(a: tuple[float, float], b: tuple[float, float]) -> bool:
    """Whether Manim takes two points for the same."""
    return abs(a[0] - b[0]) <= 1e-6 + 1e-5 * abs(b[0]) and abs(a[1] - b[1]) <= 1e-6 + 1e-5 * abs(
        b[1]
    )
