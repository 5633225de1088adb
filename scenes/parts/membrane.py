"""The plasma membrane: a lipid bilayer with the cell below it."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    Animation,
    UpdateFromAlphaFunc,
    VGroup,
    VMobject,
    config,
)
from numpy.typing import NDArray

from look import CYTOPLASM, HEADS, TAILS, mix
from shapes import Part, Points, bead, flat, stroke

HALF = 0.42
"""From the membrane's middle to the middle of a row of heads."""
PITCH = 0.225
"""From one lipid to the next."""
BAND = mix(HEADS, "#1A2350", 0.45)
"""The colour of a row of lipids at speed."""
BALL = bead(0, 0, 0.116, 0.116, "#C6D2FF", HEADS, "#3C4C9E", steps=4)
"""A head."""


class Membrane(Part):
    """A lipid bilayer across the frame: two rows of heads, two wavy tails each, the cell below.

    All heads are a few shapes, whatever the width; (0, 0) is the middle. `level(x)` is the
    middle's height in the scene.
    """

    def __init__(
        self, width: float | None = None, depth: float = 6, inside: str = CYTOPLASM
    ) -> None:
        width = width or config.frame_width + 1
        self.xs = np.arange(-width / 2, width / 2 + PITCH, PITCH)
        self.swell = np.zeros_like(self.xs)
        self.cell = _ground(width, depth, inside)
        self.core = flat(np.zeros((0, 3)), "#0E1230", 0.55)
        self.tails = stroke(np.zeros((0, 3)), TAILS, 3)
        self.heads = VGroup(*(flat(np.zeros((0, 3)), layer.colour) for layer in BALL))
        self.bands = VGroup(*(stroke(np.zeros((0, 3)), BAND, 23, 0) for _ in "12"))
        super().__init__(self.cell, self.core, self.tails, self.bands, self.heads)
        self._draw()

    def level(self, x: float) -> float:
        """The height of the membrane's middle at scene position `x`."""
        return float(self.spots(np.array([[0, wave(x - self.origin[0])]]))[0, 1])

    def spot(self, x: float) -> NDArray[np.float64]:
        """The point on the membrane's middle at scene position `x`; receptors stand there."""
        return np.array([x, self.level(x), 0])

    def blurred(self, share: float) -> Membrane:
        """The membrane itself, its lipids `share` (0 to 1) of the way to two smooth bands.

        So they are seen at speed: one by one they would flash.
        """
        self.heads.set_fill(opacity=1 - share)
        self.tails.set_stroke(opacity=1 - share)
        self.bands.set_stroke(opacity=share)
        return self

    def blur(self, start: float, end: float, **kwargs) -> Animation:
        """Let the lipids blur from one share to another, or become clear again."""
        return UpdateFromAlphaFunc(
            self, lambda membrane, t: membrane.blurred(start + (end - start) * t), **kwargs
        )

    def ripple(self, x: float, height: float = 0.13, **kwargs) -> Animation:
        """A ring of waves runs through the lipids from scene position `x`, and dies away."""
        away = np.abs(self.xs - (x - self.origin[0]))

        def step(membrane: Membrane, alpha: float) -> None:
            front = 0.4 + 4.5 * alpha
            packet = np.exp(-(((away - front) / 0.8) ** 2)) + (1 - alpha) * np.exp(-(away**2) * 4)
            wave = np.cos(5 * (away - front)) * packet
            membrane.swell = -height * np.sin(np.pi * min(1, alpha + 0.25)) * wave
            membrane.swell = membrane.swell * (alpha < 1)
            membrane._draw()

        return UpdateFromAlphaFunc(self, step, **kwargs)

    def _draw(self) -> None:
        top, low = _rows(self.xs, self.swell)
        both = np.concatenate([top, low])
        for layer, shape in zip(BALL, self.heads, strict=True):
            ring = layer.points[:, :2] + layer.shift
            shape.points = self.spots((both[:, None] + ring).reshape(-1, 2))
        for row, band in zip((top, low), self.bands, strict=True):
            band.points = self.spots(straight(row[::4]))
        lines = [_tail(row, side, way) for row, way in ((top, -1), (low, 1)) for side in (-1, 1)]
        self.tails.points = self.spots(np.concatenate(lines))
        core = straight(np.concatenate([top, low[::-1], top[:1]]))
        self.core.points = self.spots(core)


def _rows(xs: NDArray[np.float64], swell: NDArray[np.float64]) -> tuple[Points, Points]:
    """The heads of the upper and the lower row."""
    ys = wave(xs) + swell
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
