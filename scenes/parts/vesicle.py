"""Internalization: the membrane dents under receptors, closes to a vesicle and takes them in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from manim import DOWN, Animation, UpdateFromAlphaFunc, VGroup
from numpy.typing import NDArray

from look import DUSK, NIGHT, TAILS, by_aspect, mix, muted, smoothstep
from parts.membrane import BALL, HALF, PITCH, Membrane, straight, wave
from shapes import Part, Points, flat, stroke

ROUND = np.radians(146)
"""How far each lip of the pit has turned when they meet."""
LIP = 0.5
"""The radius of its lips."""
WIDE, NARROW = 2.3, 0.92
"""The radius of the dent at first, and of the vesicle, for receptors of the usual size."""
FAR = 0.38
"""How large the vesicle's lipids are in the end: it also goes away from the viewer."""
CARGO = 0.4
"""How large its cargo is then."""
USUAL = 0.92
"""The size of receptors that WIDE and NARROW are for."""
SKY = by_aspect(0.16, 0.5, 0.3)
"""How dark the night is where the pit opens."""
SHUT, CLOSED = 0.66, 0.8
"""When the lips meet, and when the vesicle has come loose, as shares of the whole."""


@dataclass(frozen=True, slots=True)
class Curve:
    """A bilayer's middle (n, 2), its lipids' size along it (n,), and how far it is raised (n,).

    Raising leaves the lipids upright, as they stand in the membrane.
    """

    middle: Points
    size: NDArray[np.float64]
    raised: NDArray[np.float64] | float = 0.0
    ring: bool = False

    @property
    def up(self) -> Points:
        """The raising as steps, shape (n, 2)."""
        return np.stack([np.zeros(len(self.size)), np.zeros(len(self.size)) + self.raised], 1)

    @property
    def outward(self) -> Points:
        """The directions to the outer leaflet, shape (n, 2)."""
        along = np.gradient(self.middle, axis=0)
        return np.stack([-along[:, 1], along[:, 0]], 1) / np.hypot(*along.T)[:, None]

    def leaflet(self, side: float) -> Points:
        """The outer (1) or inner (-1) leaflet, shape (n, 2)."""
        return self.middle + self.up + side * HALF * self.size[:, None] * self.outward

    def lipids(self) -> tuple[Points, Points, NDArray[np.float64]]:
        """Where lipids stand in the middle, (n, 2), what is outward there, (n, 2), their size.

        They stay as they are counted from either end; new ones come in at the lowest point.
        """
        steps = np.hypot(*np.diff(self.middle, axis=0).T) / self.size[1:]
        length = np.r_[0, np.cumsum(steps)]
        if self.ring:
            at = np.linspace(0, length[-1], round(length[-1] / PITCH), endpoint=False)
        else:
            n = int(length[-1] / PITCH + 1e-6) + 1
            ends = np.arange(n) * PITCH
            at = np.r_[ends[: (n + 1) // 2], length[-1] - ends[: n // 2][::-1]]

        def there(values):
            return np.interp(at, length, values)

        middle, outward = (
            np.stack([there(v[:, 0]), there(v[:, 1])], 1)
            for v in (self.middle + self.up, self.outward)
        )
        return middle, outward, there(self.size)


class Bilayer(VGroup):
    """Lipids along curves, and the night on the curves' outer side."""

    def __init__(self) -> None:
        none = np.zeros((0, 3))
        self.night = flat(none, NIGHT)
        self.night.set_fill([mix(DUSK, NIGHT, SKY), mix(DUSK, NIGHT, 0.85)], 1)
        self.night.set_sheen_direction(DOWN)
        self.core = flat(none, "#0E1230", 0.55)
        self.tails = stroke(none, TAILS, 3)
        self.heads = VGroup(*(flat(none, layer.colour) for layer in BALL))
        super().__init__(self.night, self.core, self.tails, self.heads)

    def bend(self, curves: tuple[Curve, ...], place: Part) -> None:
        """Draw along `curves`, given in the coordinates of `place`."""
        night, core, tails, heads = [], [], [], []
        for curve in curves:
            outer, inner = curve.leaflet(1), curve.leaflet(-1)
            night.append(_round(inner))
            core += (
                [_round(outer), _round(inner[::-1])]
                if curve.ring
                else [_round(np.concatenate([outer, inner[::-1]]))]
            )
            middle, outward, size = curve.lipids()
            for side in (1, -1):
                heads.append((middle + side * HALF * size[:, None] * outward, size))
                tails += [_tail(*heads[-1], outward * side, way) for way in (-1, 1)]
        self.night.points = place.spots(np.concatenate(night))
        self.core.points = place.spots(np.concatenate(core))
        self.tails.points = place.spots(np.concatenate(tails))
        at, size = (np.concatenate(column) for column in zip(*heads, strict=True))
        for layer, shape in zip(BALL, self.heads, strict=True):
            ring = layer.points[:, :2] + layer.shift
            points = at[:, None] + size[:, None, None] * ring
            shape.points = place.spots(points.reshape(-1, 2))

    def show(self, share: float) -> None:
        """Let it be seen by `share` (0 to 1)."""
        self.night.set_fill(opacity=share)
        self.core.set_fill(opacity=0.55 * share)
        self.tails.set_stroke(opacity=share)
        self.heads.set_fill(opacity=share)

    def clear(self) -> None:
        """Draw nothing."""
        for part in self.get_family():
            part.points = np.zeros((0, 3))


class Pit(Part):
    """A dent of the membrane at scene position `x` that takes `cargo` in; (0, 0) is its mouth.

    `swallow` plays it and brings it onto the stage, with the cargo in it. The vesicle comes to
    hang `sink` below where it came loose. `size` is how large the cargo's receptors are drawn.
    """

    def __init__(self, membrane: Membrane, x: float, cargo: VGroup, size: float, sink: float):
        self.dent, self.vesicle, self.cargo = Bilayer(), Bilayer(), cargo
        super().__init__(self.vesicle, self.dent)
        self.place(membrane.spot(x)).add(cargo)
        self.scale_up, self.sink = size / USUAL, sink
        near = np.abs(membrane.xs + membrane.origin[0] - x) < 2.2 * self.scale_up
        self.grid = membrane.xs[near] + membrane.origin[0] - x
        rise = wave(membrane.xs[near]) - wave(x - membrane.origin[0])
        self.rise = lambda at: np.interp(at, self.grid, rise)
        self.membrane = membrane

    def swallow(self, **kwargs) -> Animation:
        """The membrane dents, its lips meet, and a vesicle comes loose with the cargo and sinks."""
        membrane, start, foot = self.membrane, self.cargo.copy(), self.origin
        self.membrane = None  # else it would be copied with the pit
        cut = (foot[0] + self.grid[0], foot[0] + self.grid[-1])
        level = np.stack([self.grid, np.zeros(len(self.grid))], 1)
        whole = Curve(level, np.ones(len(self.grid)), self.rise(self.grid))

        def step(pit: Pit, alpha: float) -> None:
            membrane.leave_out(cut if alpha < 1 else None)
            u = smoothstep(min(1, alpha / SHUT))
            loose = np.clip((alpha - SHUT) / (CLOSED - SHUT), 0, 1)
            depth = self._bottom(u)
            if loose < 1:
                pit.dent.bend((self._dented(u),), pit)
                pit.dent.show(min(1, 2 - 2 * loose))
            else:
                pit.dent.clear()
            if loose:
                depth += self.sink * smoothstep((alpha - SHUT) / (1 - SHUT))
                ring = _ring(NARROW * self.scale_up, depth)
                pit.vesicle.bend((whole, ring) if alpha < 1 else (ring,), pit)
                pit.vesicle.show(min(1, 2 * loose))
            else:
                pit.vesicle.clear()
            _carry(pit.cargo, start, foot, 1 + (CARGO - 1) * u, depth)
            muted(pit.cargo, 0.16 * u)

        return UpdateFromAlphaFunc(self, step, rate_func=lambda t: t, **kwargs)

    def _sizes(self, u: float) -> tuple[float, float, float]:
        """The turn of the lips, the dent's radius and the size of its lipids."""
        radius = (WIDE + (NARROW - WIDE) * u) * self.scale_up
        return max(ROUND * u, 1e-3), radius, 1 + (FAR - 1) * u

    def _bottom(self, u: float) -> float:
        turn, radius, _ = self._sizes(u)
        return (LIP + radius) * (1 - np.cos(turn))

    def _dented(self, u: float) -> Curve:
        """The membrane when the pit is `u` (0 to 1) of the way to being shut."""
        turn, radius, small = self._sizes(u)
        reach = (LIP + radius) * np.sin(turn)
        a = np.linspace(0, turn, 24)
        lip = np.stack([-reach + LIP * np.sin(a), LIP * (np.cos(a) - 1)], 1)
        b = np.linspace(turn, 0, 40)[1:]
        bowl = np.stack([-radius * np.sin(b), radius * (1 - np.cos(b)) - self._bottom(u)], 1)
        plain = self.grid[self.grid < -reach - 0.02]
        left = np.concatenate([np.stack([plain, 0 * plain], 1), lip, bowl])
        shrink = 1 + (small - 1) * smoothstep(np.linspace(0, 1, 24))
        size = np.r_[np.ones(len(plain)), shrink, np.full(len(bowl), small)]
        middle = np.concatenate([left, left[-2::-1] * (-1, 1)])
        middle[0, 0], middle[-1, 0] = self.grid[0], self.grid[-1]
        return Curve(middle, np.r_[size, size[-2::-1]], self.rise(middle[:, 0]))


def _ring(radius: float, depth: float) -> Curve:
    turn = np.linspace(-np.pi / 2, -5 * np.pi / 2, 64)
    middle = np.stack([np.cos(turn), np.sin(turn)], 1) * radius
    # outward is into the vesicle: what was outside the cell is inside it
    return Curve(middle[::-1] + np.array((0, radius - depth)), np.full(64, FAR), ring=True)


def _carry(cargo: VGroup, start: VGroup, foot: Points, size: float, depth: float) -> None:
    for part, before in zip(cargo.get_family(), start.get_family(), strict=True):
        part.points = foot + (before.points - foot) * size + depth * DOWN
        part.stroke_width = before.stroke_width * size


def _round(corners: Points) -> Points:
    return straight(np.concatenate([corners, corners[:1]]))


def _tail(heads: Points, size: NDArray[np.float64], outward: Points, side: int) -> Points:
    """A wavy line from every head to the middle, as Bézier points (m, 2)."""
    deep = np.array([0.09, 0.16, 0.25, 0.38])[None, :, None]
    aside = side * np.array([0.045, 0.1, 0.0, 0.055])[None, :, None]
    along = np.stack([outward[:, 1], -outward[:, 0]], 1)
    way = aside * along[:, None] - deep * outward[:, None]
    return (heads[:, None] + size[:, None, None] * way).reshape(-1, 2)
