"""Outlines of mobjects, and the view that they are traced in; both remember what can be reused."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import cairo
import numpy as np
from manim import Mobject, MovingCamera
from numpy.typing import NDArray


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
    """A mobject's points as curves, and the box around them (left, bottom, right, top)."""

    __slots__ = ("_kept", "_runs", "box", "key", "points")

    def __init__(self, points: NDArray[np.float64], key: bytes) -> None:
        self.points, self.key = points.copy(), key
        self.box = (*points[:, :2].min(axis=0).tolist(), *points[:, :2].max(axis=0).tolist())
        self._runs: list[tuple[Any, ...]] | None = None
        self._kept: tuple[View, cairo.Path] | None = None

    def trace(self, context: cairo.Context[Any], view: View) -> None:
        """Make this the context's path, whose matrix must be the view's."""
        context.new_path()
        if self._kept and self._kept[0] == view:
            context.append_path(self._kept[1])
            return
        again = self._runs is not None
        self._runs = self._runs or list(runs(self.points))
        for start, curves, is_closed in self._runs:
            context.move_to(*start)
            for curve in curves:
                context.curve_to(*curve)
            if is_closed:
                context.close_path()
        if again:
            # it is at rest: Cairo's own form of the path is quicker to take in
            self._kept = view, context.copy_path()


def runs(points: NDArray[np.float64]) -> Iterable[tuple[list[float], list[list[float]], bool]]:
    """Bézier points (4n, 3) as unbroken runs: where each starts, its curves, if it is closed."""
    count = len(points) // 4
    if not count:
        return
    flat = points[: 4 * count, :2]
    quads = flat.reshape(count, 4, 2)
    breaks = np.flatnonzero(~_close(quads[:-1, 3], quads[1:, 0])) + 1
    edges = [0, *breaks.tolist(), count]
    curves = flat.reshape(count, 8)[:, 2:].tolist()
    starts, ends = quads[edges[:-1], 0], quads[np.array(edges[1:]) - 1, 3]
    closed = _close(starts, ends).tolist()
    for i, start in enumerate(starts.tolist()):
        yield start, curves[edges[i] : edges[i + 1]], closed[i]


def _close(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether Manim takes points for the same."""
    return np.array((np.abs(a - b) <= 1e-6 + 1e-5 * np.abs(b)).all(axis=1))
