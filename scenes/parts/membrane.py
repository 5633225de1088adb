"""The plasma membrane, and what the killer cell sends through it: perforin pores and granzymes."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    UP,
    Animation,
    LaggedStart,
    MoveToTarget,
    VGroup,
    VMobject,
    config,
)
from numpy.typing import NDArray

from look import CYTOPLASM, GRANZYME, HEADS, PERFORIN, TAILS, glow, mix
from shapes import Part, Points, bead, body, capsule, ellipse, flat, stroke

HALF = 0.42
"""From the membrane's middle to the middle of a row of heads."""
PITCH = 0.225
"""From one lipid to the next."""
BALL = bead(0, 0, 0.116, 0.116, "#C6D2FF", HEADS, "#3C4C9E", steps=4)
"""A head."""


class Membrane(Part):
    """A lipid bilayer across the frame: two rows of heads, two wavy tails each, the cell below.

    All heads are a few shapes, whatever the width; (0, 0) is the middle. `level(x)` is the
    middle's height in the scene and `part_at` opens a gap.
    """

    def __init__(
        self, width: float | None = None, depth: float = 6, inside: str = CYTOPLASM
    ) -> None:
        width = width or config.frame_width + 1
        self.xs = np.arange(-width / 2, width / 2 + PITCH, PITCH)
        self.gaps: list[tuple[float, float]] = []
        self.left_out: tuple[float, float] | None = None
        self.cell = _ground(width, depth, inside)
        self.core = flat(np.zeros((0, 3)), "#0E1230", 0.55)
        self.tails = stroke(np.zeros((0, 3)), TAILS, 3)
        self.heads = VGroup(*(flat(np.zeros((0, 3)), layer.colour) for layer in BALL))
        super().__init__(self.cell, self.core, self.tails, self.heads)
        self._draw()

    def level(self, x: float) -> float:
        """The height of the membrane's middle at scene position `x`."""
        return float(self.spots(np.array([[0, wave(x - self.origin[0])]]))[0, 1])

    def spot(self, x: float) -> NDArray[np.float64]:
        """The point on the membrane's middle at scene position `x`; receptors stand there."""
        return np.array([x, self.level(x), 0])

    def part_at(self, x: float, half_width: float = 0.62, **kwargs) -> Animation:
        """Push the lipids aside around scene position `x`, for a pore."""
        self.generate_target()
        self.gaps = self.target.gaps = [*self.gaps, (x - self.origin[0], half_width)]
        self.target._draw()
        return MoveToTarget(self, **kwargs)

    def leave_out(self, between: tuple[float, float] | None) -> None:
        """Draw nothing from one lipid's scene position to another's: a pit is drawn there."""
        left_out = between and (between[0] - self.origin[0], between[1] - self.origin[0])
        if left_out != self.left_out:
            self.left_out = left_out
            self._draw()

    def _draw(self) -> None:
        xs = self.xs.copy()
        for middle, half in self.gaps:
            off = xs - middle
            # lipids near the gap crowd; those further away than three widths stay
            push = half * np.clip(1 - np.abs(off) / (3 * half), 0, 1)
            xs = xs + np.where(off < 0, -push, push)
        runs = [xs]
        if self.left_out:
            low, high = self.left_out
            runs = [xs[xs < low + PITCH / 2], xs[xs > high - PITCH / 2]]
            xs = np.concatenate([runs[0][:-1], runs[1][1:]])
        top, low = _rows(xs)
        both = np.concatenate([top, low])
        for layer, shape in zip(BALL, self.heads, strict=True):
            ring = layer.points[:, :2] + layer.shift
            shape.points = self.spots((both[:, None] + ring).reshape(-1, 2))
        lines = [_tail(row, side, way) for row, way in ((top, -1), (low, 1)) for side in (-1, 1)]
        self.tails.points = self.spots(np.concatenate(lines))
        edges = [(top, low[::-1], top[:1]) for top, low in map(_rows, runs)]
        core = np.concatenate([straight(np.concatenate(edge)) for edge in edges])
        self.core.points = self.spots(core)


def _rows(xs: NDArray[np.float64]) -> tuple[Points, Points]:
    """The heads of the upper and the lower row."""
    ys = wave(xs)
    return np.stack([xs, ys + HALF], 1), np.stack([xs, ys - HALF], 1)


def wave(x):
    """How high the middle of a membrane is at `x` of its own."""
    return 0.055 * np.sin(0.62 * x + 0.6) + 0.02 * np.sin(1.7 * x)


def _tail(row: Points, side: int, way: int) -> Points:
    """One wavy line under every head of a row, as Bézier points (m, 2)."""
    down = np.array([0.09, 0.16, 0.25, 0.38])[None, :] * way
    across = side * np.array([0.045, 0.1, 0.0, 0.055])[None, :]
    return np.stack([row[:, :1] + across, row[:, 1:] + down], 2).reshape(-1, 2)


def straight(corners: Points) -> Points:
    """The straight lines from corner to corner (n, 2) as Bézier points (4n - 4, 2)."""
    a, b = corners[:-1], corners[1:]
    return np.stack([a, a + (b - a) / 3, b - (b - a) / 3, b], 1).reshape(-1, 2)


def _ground(width: float, depth: float, colour: str) -> VMobject:
    xs = np.linspace(-width / 2, width / 2, 40)
    corners = np.concatenate(
        [np.stack([xs, wave(xs) - HALF], 1), [(width / 2, -depth), (-width / 2, -depth)]]
    )
    points = straight(np.concatenate([corners, corners[:1]]))
    ground = flat(np.column_stack([points, np.zeros(len(points))]), colour)
    ground.set_fill([mix(colour, "#4A2A78", 0.25), mix(colour, "#0A0718", 0.72)], 1)
    return ground.set_sheen_direction(DOWN)


class PerforinPore(Part):
    """A perforin ring that spans the membrane, cut open in front; (0, 0) is the membrane's middle.

    Golden staves stand around the opening: `back` behind what passes, `front` before it.
    """

    def __init__(self, radius: float = 0.52) -> None:
        self.glow = glow(PERFORIN, 3.2, 2.6, 0.3)
        back, front = VGroup(), VGroup()
        for angle in np.linspace(0, 2 * np.pi, 16, endpoint=False):
            side, near = np.sin(angle), np.cos(angle)
            x, y = radius * side, -0.15 * near
            low = 0.3 if near > 0.5 else -0.62
            wide = 0.1 + 0.1 * abs(near)
            shade = 0.55 * (1 - near) / 2
            tint = [mix(c, "#5A3505", shade) for c in ("#FFF0BE", PERFORIN, "#B9781C")]
            stave = body(capsule((x, y + 0.62), (x * 0.97, y + low), wide), *tint)
            (front if near > 0.01 else back).add(stave)
        self.lumen = flat(ellipse(0, 0.62, radius * 0.86, 0.12), "#2A1606", 0.85)
        self.back = VGroup(*sorted(back, key=lambda s: abs(s.get_x())))
        self.front = VGroup(*sorted(front, key=lambda s: -s.get_y(DOWN)))
        super().__init__(self.glow, self.back, self.lumen, self.front)

    def open(self, **kwargs) -> Animation:
        """The staves come down one by one and close the ring; the pore is added to the scene."""
        steps = [self.glow, self.lumen, *sorted([*self.back, *self.front], key=lambda s: s.get_x())]
        for step in steps:
            step.generate_target()
            step.fade(1).shift(UP * 0.45 * (step not in (self.glow, self.lumen)))
        # the group named, so that Manim keeps the order of back, opening and front
        moves = [MoveToTarget(step) for step in steps]
        return LaggedStart(*moves, group=self, lag_ratio=0.09, **kwargs)


class Granzyme(Part):
    """A granzyme: an orange ball with a notch, the active site of this cutting enzyme."""

    def __init__(self, radius: float = 0.14) -> None:
        self.glow = glow(GRANZYME, radius * 5, opacity=0.35)
        ball = body(ellipse(0, 0, radius, radius), "#FFC49B", GRANZYME, "#B33F12")
        cut = radius * 0.95
        notch = flat(
            capsule((radius * 0.35, 0), (cut, 0), radius * 0.2, radius * 0.6), "#5E1D06", 0.9
        )
        super().__init__(self.glow, ball, notch)
