"""A small cell that divides, drawn for any stage of the division."""

from __future__ import annotations

import numpy as np
from manim import Animation, UpdateFromAlphaFunc, VGroup

from look import HEADS, HER2, HER2_DARK, HER2_LIGHT, smoothstep
from parts.cells import DEEP
from shapes import Layer, Part, Points, Stamps, body, closed, ellipse, flat


class DividingCell(Part):
    """A small cell that pinches in two; `divide` shows it. Two cells are about 3.4 radii wide."""

    def __init__(self, radius: float = 0.6) -> None:
        self.radius = radius
        self.skin = flat(np.zeros((0, 3)), "#5B3270", shade=DEEP)
        self.skin.set_fill(["#6B3B80", "#43265F", "#2A1848"], 1).set_stroke(HEADS, 4.5)
        dot = [
            Layer(ellipse(0, 0.1, 0.06, 0.08), HER2_DARK),
            Layer(ellipse(-0.01, 0.115, 0.04, 0.055), HER2),
            Layer(ellipse(-0.02, 0.13, 0.018, 0.022), HER2_LIGHT),
        ]
        self.dots = Stamps(dot, np.zeros((0, 2)))
        r = radius * 0.4
        self.nuclei = VGroup(
            *(body(ellipse(rx=r, ry=r), "#C08ADF", "#7A4AA6", "#43266E") for _ in "12")
        )
        super().__init__(self.dots, self.skin, self.nuclei)
        self.show(0)

    def show(self, t: float) -> None:
        """Draw the stage `t` of the division: 0 one cell, 1 two of them."""
        ring, out = _division(t, 40)
        ring *= self.radius
        half = len(ring) // 2
        pieces = [ring] if t < FURROW else [ring[:half], ring[half:]]
        self.skin.points = self.spots(np.concatenate([closed(p) for p in pieces])[:, :2])
        step = np.roll(ring, -1, 0) - np.roll(ring, 1, 0)
        turn = np.arctan2(step[:, 1], step[:, 0]) - np.pi
        # none in the furrow, where the two skins touch
        clear = np.abs(ring[:, 0]) > 0.1 * self.radius
        every = (np.arange(len(ring)) % 2 == 0) & (clear | (t < 0.1))
        self.dots.put(ring[every], turn[every], self.radius / 0.6)
        for nucleus, side in zip(self.nuclei, (-1, 1), strict=True):
            nucleus.move_to(self.spots(np.array([[side * out * self.radius, 0]]))[0])

    def divide(self, **kwargs) -> Animation:
        """One cell becomes two."""
        return UpdateFromAlphaFunc(self, lambda cell, t: cell.show(t), **kwargs)


FURROW = 0.62
"""The share of a division at which one skin becomes two."""


def _division(t: float, n: int) -> tuple[Points, float]:
    """The outline at stage `t`, (2n, 2), of the area of a unit disc, and how far out a nucleus is.

    Up to the furrow it is a Cassini oval of foci ±a and product 1; then its halves round off into
    two discs. The right half comes first, counter-clockwise.
    """
    a = float(min(0.9995, smoothstep(np.array(min(1, t / FURROW)))))
    if t < FURROW:
        angle = np.linspace(-np.pi / 2, np.pi / 2, 8 * n, endpoint=False)
        square = a * a * np.cos(2 * angle) + np.sqrt(1 - a**4 * np.sin(2 * angle) ** 2)
        half, rounding = np.sqrt(square)[:, None] * np.stack([np.cos(angle), np.sin(angle)], 1), 0.0
    else:
        u = np.linspace(0, 2 * np.pi, 8 * n, endpoint=False)
        angle = -np.cos(u / 2) * np.pi / 4
        lobe = np.sqrt(2 * np.cos(2 * angle))[:, None]
        pear = lobe * np.stack([np.cos(angle), np.sin(angle)], 1)
        disc = np.stack([-np.cos(u), -np.sin(u)], 1) * 0.56
        rounding = float(smoothstep(np.array((t - FURROW) / (1 - FURROW))))
        half = pear + (disc + np.array((0.8, 0)) - pear) * rounding
    half = _evenly(half, n, t >= FURROW)
    ring = np.concatenate([half, -half])
    area = np.sum(ring[:, 0] * np.roll(ring[:, 1], -1) - ring[:, 1] * np.roll(ring[:, 0], -1)) / 2
    scale = np.sqrt(np.pi / area)
    return ring * scale, scale * (0.68 * a + 0.12 * rounding)


def _evenly(line: Points, n: int, ring: bool) -> Points:
    """`n` points at equal distances along the line (or closed ring)."""
    line = np.concatenate([line, line[:1] if ring else line[:1] * (-1, -1)])
    length = np.r_[0, np.cumsum(np.hypot(*np.diff(line, axis=0).T))]
    at = np.linspace(0, length[-1], n + 1)[:-1]
    return np.stack([np.interp(at, length, axis) for axis in line.T], 1)
