"""A tumor cell that takes itself apart: it shrinks, blebs on thin necks, and breaks into bodies."""

from __future__ import annotations

import numpy as np
from manim import Animation, UpdateFromAlphaFunc, VGroup

from look import ANTIBODY_DARK, HER2_DARK, mix, smoothstep
from parts.cells import DEEP, Cell
from shapes import Part, body, capsule, closed, ellipse, flat, open_curve, stroke

DULL = ("#8A6A9E", "#57406F", "#2E2147")
RIM = "#7F8ABD"
SHRUNK = 0.85
"""How large the cell is, of its size in life, when it has shrunk."""
ANGLES = np.radians((18, 62, 103, 148, 192, 231, 283, 325))
SIZES = np.array((0.22, 0.34, 0.25, 0.37, 0.2, 0.31, 0.24, 0.34))
"""Where blebs grow, and how large, as shares of the cell's radius."""
WITH_CRUMBS = (1, 3, 5)
"""Which of the bodies take parts of the nucleus along."""


class DyingCell(Part):
    """Blebs and crumbs for a cell of `radius`; (0, 0) is its middle. It is drawn behind the cell.

    `bleb` lets them grow out of the rim, `fall_apart` snaps their necks and lets them sink.
    """

    def __init__(self, radius: float) -> None:
        self.radius = radius
        self.out = np.stack([np.cos(ANGLES), np.sin(ANGLES)], 1)
        self.necks = VGroup(*(flat(np.zeros((0, 3)), DULL[1]) for _ in ANGLES))
        self.bodies = VGroup(*(_apoptotic_body(size * radius, i) for i, size in enumerate(SIZES)))
        self.shapes = [[m.points.copy() for m in b.get_family()] for b in self.bodies]
        super().__init__(self.necks, self.bodies)
        self._pose(0, 0)

    def bleb(self, **kwargs) -> Animation:
        """Blebs grow out of the rim, each on a neck that gets thinner."""
        return UpdateFromAlphaFunc(self, lambda part, t: part._pose(t, 0), **kwargs)

    def fall_apart(self, **kwargs) -> Animation:
        """The necks snap; the bodies drift apart and sink."""
        return UpdateFromAlphaFunc(self, lambda part, t: part._pose(1, t), **kwargs)

    def _pose(self, grown: float, fallen: float) -> None:
        edge = self.radius * SHRUNK
        for i, (neck, piece) in enumerate(zip(self.necks, self.bodies, strict=True)):
            late = float(smoothstep(np.clip(grown * 1.5 - 0.5 * (i * 5 % 8) / 8, 0, 1)))
            size = SIZES[i] * self.radius
            apart = float(smoothstep(np.array(min(1, fallen * 1.4))))
            reach = edge + size * (1.0 * late - 0.5) + self.radius * 0.22 * apart
            sink = 0.3 * self.radius * fallen**1.6 * (0.6 + 0.5 * (i * 3 % 8) / 8)
            spot = self.out[i] * reach - (0, sink)
            scale = max(0.02, late) * (1 + 0.05 * np.sin(np.pi * min(1, 2 * fallen)))
            for member, points in zip(piece.get_family(), self.shapes[i], strict=True):
                member.points = self.spots(spot + points[:, :2] * scale)
            width = size * (1.1 - 0.75 * late) * (1 - min(1, fallen / 0.2))
            if late > 0.03 and width > 0.02 * size:
                neck.points = self.spots(
                    capsule(self.out[i] * edge * 0.94, spot, width, width * 1.3)[:, :2]
                )
            else:
                neck.points = np.zeros((0, 3))


def wither(cell: Cell, bodies: DyingCell) -> Animation:
    """The cell itself shrinks, turns dull, and its nucleus breaks into dense crescents."""
    crescents = _crescents(cell)
    bodies.crescents = crescents
    start = [(m, m.points.copy()) for m in cell.get_family()]
    fill = cell.fill.fill_rgbas.copy()
    dull = flat(np.zeros((0, 3)), DULL[1]).set_fill([*DULL, DULL[2]], 1).fill_rgbas
    middle = cell.origin

    def step(cell: Cell, alpha: float) -> None:
        size = 1 + (SHRUNK - 1) * alpha
        for member, points in start:
            member.points = middle + (points - middle) * size
        cell.fill.fill_rgbas = fill + (dull - fill) * alpha
        cell.receptors.set_fill(opacity=1 - alpha)
        cell.edge.set_stroke(mix("#7D96EA", RIM, alpha))
        gone = float(np.clip(alpha * 2 - 0.7, 0, 1))
        cell.nucleus.scale(1 - 0.35 * min(1, alpha * 1.5))
        cell.nucleus.set_opacity(1 - gone)
        crescents.set_fill(opacity=gone)

    return UpdateFromAlphaFunc(cell, step)


def collapse(cell: Cell, bodies: DyingCell, size: float = 0.36) -> Animation:
    """What is left of the cell in the middle draws together to one more body, and sinks."""
    parts = [*cell.get_family(), *bodies.crescents]
    start = [(m, m.points.copy()) for m in parts]
    middle = cell.origin

    def step(_: Cell, alpha: float) -> None:
        eased = float(smoothstep(np.array(min(1, alpha * 1.3))))
        sink = np.array((0, -0.26 * bodies.radius * alpha**1.6, 0))
        for member, points in start:
            member.points = middle + (points - middle) * (1 + (size - 1) * eased) + sink

    return UpdateFromAlphaFunc(VGroup(cell, bodies.crescents), step)


def _crescents(cell: Cell) -> VGroup:
    """Caps of dense chromatin inside the nucleus's place, unseen at first."""
    radius = cell.nucleus.width / 2
    made = VGroup()
    for turn, size in ((0.4, 1.15), (2.2, 0.75), (4.9, 0.5)):
        cap = np.array(
            [(-0.5, 0.62), (0, 0.85), (0.5, 0.62), (0.28, 0.56), (0, 0.6), (-0.28, 0.56)]
        )
        c, s = np.cos(turn), np.sin(turn)
        points = cap * size @ np.array([[c, s], [-s, c]]) * radius * 0.72
        shape = flat(closed(points) + cell.nucleus.get_center(), "#120B22", 0)
        made.add(shape)
    return made


def _apoptotic_body(radius: float, seed: int) -> VGroup:
    """A dull body with a patch of the coat on its rim; some take crumbs of the nucleus along."""
    skin = body(ellipse(0, 0, radius, radius * 0.94, 0, 0.08, seed), *DULL, DEEP)
    skin.set_stroke(RIM, 6, 1)
    made = VGroup(skin)
    at = np.linspace(0, 0.9, 5) + seed * 1.7
    arc = np.stack([np.cos(at), np.sin(at)], 1) * radius * 0.98
    made.add(stroke(open_curve(arc), ANTIBODY_DARK if seed % 2 else HER2_DARK, 9))
    if seed in WITH_CRUMBS:
        crumbs = [(0.28, -0.34, 0.34), (0.02, -0.52, 0.2)]
        for x, y, size in crumbs:
            made.add(
                flat(
                    ellipse(x * radius, y * radius, size * radius, size * radius * 0.8),
                    "#150D26",
                    0.9,
                )
            )
    return made
