"""Drawing tools for the parts: rooted groups, organic outlines, lit bodies and stamps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from manim import Animation, CapStyleType, MoveToTarget, VGroup, VMobject
from numpy.typing import NDArray

from explainer.scene import RadialGradient
from look import mix, tones

LIT = RadialGradient((-0.32, 0.4), 1.3)
Points = NDArray[np.float64]


class Part(VGroup):
    """A group with a place and axes of its own that follow every move, turn, scaling and flip."""

    def __init__(self, *parts: VMobject) -> None:
        super().__init__()
        tiny = 1e-3
        self.axes = VMobject(stroke_width=0, fill_opacity=0)
        self.axes.points = np.array([[0, 0, 0], [tiny, 0, 0], [0, tiny, 0], [0, 0, 0]])
        self.add(self.axes, *parts)

    @property
    def origin(self) -> Points:
        """Where the part's own (0, 0) is in the scene; shape (3,)."""
        return self.axes.points[0].copy()

    def point(self, x: float, y: float) -> Points:
        """A point given in the part's own coordinates, in the scene; shape (3,)."""
        return self.spots(np.array([[x, y]]))[0]

    def spots(self, local: Points) -> Points:
        """Points of shape (n, 2) in the part's own coordinates, in the scene; shape (n, 3)."""
        origin, right, up, _ = self.axes.points
        return origin + (local[:, :1] * (right - origin) + local[:, 1:2] * (up - origin)) * 1e3

    def place(self, where: Points) -> Part:
        """Move so that the part's own (0, 0) is at `where`."""
        self.shift(np.asarray(where) - self.origin)
        return self

    def move_to_point(
        self, where: Points, turn: float = 0, scale: float = 1, **kwargs
    ) -> Animation:
        """Travel with the origin to `where`, turning by `turn` radians and scaling on the way."""
        self.generate_target()
        self.target.shift(np.asarray(where) - self.origin)
        self.target.rotate(turn, about_point=np.asarray(where, float))
        self.target.scale(scale, about_point=np.asarray(where, float))
        return MoveToTarget(self, **kwargs)


def body(points: Points, light: str, mid: str, dark: str, shade: RadialGradient = LIT) -> VMobject:
    """A closed lit shape from Bézier points of shape (4n, 3), with a thin rim of shadow."""
    shape = VMobject(stroke_width=0)
    shape.points = np.array(points, float)
    shape.set_fill(tones(light, mid, dark), opacity=1)
    shape.set_stroke(mix(dark, "#000000", 0.35), width=1.6, opacity=0.55)
    shape.radial_gradient = shade
    return shape


def flat(
    points: Points, colour: str, opacity: float = 1, shade: RadialGradient | None = None
) -> VMobject:
    """A closed shape of one colour, without a rim."""
    shape = VMobject(stroke_width=0)
    shape.points = np.array(points, float)
    shape.set_fill(colour, opacity=opacity)
    if shade:
        shape.radial_gradient = shade
    return shape


def closed(corners: Points) -> Points:
    """A smooth closed curve through `corners`, shape (n, 2), as Bézier points of shape (4n, 3)."""
    tangents = (np.roll(corners, -1, 0) - np.roll(corners, 1, 0)) / 6
    after = np.roll(corners, -1, 0)
    flat_points = np.stack(
        [corners, corners + tangents, after - np.roll(tangents, -1, 0), after], 1
    )
    return _deep(flat_points.reshape(-1, 2))


def open_curve(corners: Points) -> Points:
    """A smooth open curve through `corners`, shape (n, 2), as Bézier points (4n - 4, 3)."""
    tangents = np.gradient(corners, axis=0) / 3
    runs = [corners[:-1], (corners + tangents)[:-1], (corners - tangents)[1:], corners[1:]]
    return _deep(np.stack(runs, 1).reshape(-1, 2))


def ellipse(
    x: float = 0,
    y: float = 0,
    rx: float = 1,
    ry: float = 1,
    turn: float = 0,
    wobble: float = 0,
    seed: int = 0,
) -> Points:
    """An ellipse of Bézier points; `wobble` makes its outline organic, the same for each `seed`."""
    if not wobble:
        return _deep(_turned(_arc(0, 2 * np.pi, 4) * (rx, ry), turn) + np.array((x, y)))
    around = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    radius = np.ones_like(around)
    rng = np.random.default_rng(seed)
    for k in (2, 3, 4):
        radius += wobble * rng.uniform(0.4, 1) / k * np.cos(k * around + rng.uniform(0, 6.28))
    ring = np.stack([rx * radius * np.cos(around), ry * radius * np.sin(around)], 1)
    return closed(_turned(ring, turn) + np.array((x, y)))


def capsule(
    start: Sequence[float], end: Sequence[float], width: float, end_width: float | None = None
) -> Points:
    """A capsule from `start` to `end`, `width` thick at its start and `end_width` at its end."""
    a, b = np.asarray(start, float), np.asarray(end, float)
    length, along = np.hypot(*(b - a)), np.arctan2(*(b - a)[::-1])
    far = _arc(-np.pi / 2, np.pi / 2, 2) * (end_width or width) / 2 + (length, 0)
    near = _arc(np.pi / 2, 3 * np.pi / 2, 2) * width / 2
    pieces = [far, _line(far[-1], near[0]), near, _line(near[-1], far[0])]
    return _deep(_turned(np.concatenate(pieces), along) + a)


def _arc(start: float, end: float, pieces: int) -> Points:
    at = np.linspace(start, end, pieces + 1)
    spot = np.stack([np.cos(at), np.sin(at)], 1)
    side = np.stack([-np.sin(at), np.cos(at)], 1) * 4 / 3 * np.tan((end - start) / pieces / 4)
    runs = [spot[:-1], (spot + side)[:-1], (spot - side)[1:], spot[1:]]
    return np.stack(runs, 1).reshape(-1, 2)


def _line(a: Points, b: Points) -> Points:
    return a + (b - a) * np.array([[0], [1 / 3], [2 / 3], [1]])


def stroke(points: Points, colour: str, width: float, opacity: float = 1) -> VMobject:
    """An open line of `width` (as in Manim, 1 is 1.35 px at 1080p) with round ends."""
    line = VMobject(stroke_color=colour, stroke_width=width, stroke_opacity=opacity, fill_opacity=0)
    line.points = np.array(points, float)
    return line.set_cap_style(CapStyleType.ROUND)


def _turned(points: Points, by: float) -> Points:
    c, s = np.cos(by), np.sin(by)
    return points @ np.array([[c, s], [-s, c]])


def _deep(points: Points) -> Points:
    return np.column_stack([points, np.zeros(len(points))])


@dataclass(frozen=True, slots=True)
class Layer:
    """One colour of a stamp: Bézier points (n, 3), and a shift to the light that never turns."""

    points: Points
    colour: str
    shift: tuple[float, float] = (0, 0)
    opacity: float = 1


def bead(
    x: float, y: float, rx: float, ry: float, light: str, mid: str, dark: str, steps: int = 5
) -> list[Layer]:
    """Layers that together look like one lit ball: from its dark rim to its highlight."""
    ramp = [dark, mix(dark, mid, 0.7), mid, mix(mid, light, 0.6), mix(light, "#FFFFFF", 0.3)]
    at = np.linspace(0, 1, steps)
    return [
        Layer(
            ellipse(x, y, rx * (1 - 0.78 * t), ry * (1 - 0.78 * t)),
            ramp[round(t * 4)],
            (-0.3 * rx * t, 0.36 * ry * t),
        )
        for t in at
    ]


class Stamps(Part):
    """Many copies of a small layered picture, drawn as one shape a layer; hundreds cost little."""

    def __init__(
        self, layers: list[Layer], at: Points, turn: Points | float = 0, size: Points | float = 1
    ):
        super().__init__()
        self.layers = layers
        self.copies = [flat(np.zeros((0, 3)), layer.colour, layer.opacity) for layer in layers]
        self.add(*self.copies)
        self.put(at, turn, size)

    def put(self, at: Points, turn: Points | float = 0, size: Points | float = 1) -> Stamps:
        """Set every copy's place (n, 2), turn (n,) in radians and size (n,), in own coordinates."""
        self.at = np.asarray(at, float).reshape(-1, 2)
        n = len(self.at)
        self.turn = np.broadcast_to(np.asarray(turn, float), n)
        self.size = np.broadcast_to(np.asarray(size, float), n)
        arm = (self.size * np.exp(1j * self.turn))[:, None]
        for layer, copy in zip(self.layers, self.copies, strict=True):
            template = layer.points[:, 0] + 1j * layer.points[:, 1]
            middle = self.at @ (1, 1j) + self.size * complex(*layer.shift)
            points = (middle[:, None] + arm * template).ravel()
            copy.points = self.spots(np.stack([points.real, points.imag], 1))
        return self
