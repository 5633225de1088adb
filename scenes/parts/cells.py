"""Whole cells: the tumour cell with receptors around its rim, and the natural killer cell."""

from __future__ import annotations

import numpy as np
from manim import Animation, AnimationGroup, LaggedStart, MoveToTarget, UpdateFromAlphaFunc, VGroup
from numpy.typing import NDArray

from explainer.scene import RadialGradient
from look import (
    GRANZYME,
    HEADS,
    HER2,
    HER2_DARK,
    HER2_LIGHT,
    NK,
    NK_DARK,
    NK_LIGHT,
    PERFORIN,
    glow,
    mix,
    muted,
    smoothstep,
)
from shapes import (
    Layer,
    Part,
    Points,
    Stamps,
    body,
    capsule,
    closed,
    ellipse,
    flat,
    open_curve,
    stroke,
)

DEEP = RadialGradient((-0.2, 0.3), 1.25)


class Outline:
    """An organic ring: its radius at any angle, its points and its outward normals."""

    def __init__(self, radius: float, wobble: float = 0.05, seed: int = 4) -> None:
        rng = np.random.default_rng(seed)
        self.radius = radius
        self.waves = [
            (k, wobble * rng.uniform(0.5, 1) / k, rng.uniform(0, 6.28)) for k in (2, 3, 5)
        ]

    def at(self, angle) -> Points:
        """Points on the ring at `angle` (n,) in radians; shape (n, 2)."""
        angle = np.atleast_1d(np.asarray(angle, float))
        r = self.radius * (1 + sum(a * np.cos(k * angle + p) for k, a, p in self.waves))
        return np.stack([r * np.cos(angle), r * np.sin(angle)], 1)

    def normal(self, angle) -> NDArray[np.float64]:
        """The direction outward at `angle`, in radians; shape (n,)."""
        step = self.at(np.atleast_1d(angle) + 1e-3) - self.at(np.atleast_1d(angle) - 1e-3)
        return np.arctan2(step[:, 1], step[:, 0]) - np.pi / 2

    def even(self, n: int, start: float = 0) -> NDArray[np.float64]:
        """`n` angles at equal distances along the ring, in radians."""
        fine = np.linspace(0, 2 * np.pi, 721)
        length = np.r_[0, np.cumsum(np.hypot(*np.diff(self.at(fine), axis=0).T))]
        return np.interp((np.arange(n) / n * length[-1] + start) % length[-1], length, fine)


class Cell(Part):
    """A tumour cell from outside: membrane, nucleus, and up to `places` receptors around the rim.

    `shown` of them stand at first, evenly scattered; `crowd` grows more. (0, 0) is its middle.
    """

    def __init__(
        self,
        radius: float = 1.7,
        places: int = 96,
        shown: int = 16,
        size: float = 0.4,
        seed: int = 4,
        rows: int = 1,
    ) -> None:
        self.ring = Outline(radius, seed=seed)
        self.angles = self.ring.even(places)
        # in staggered rows, the outer ones a little behind: the first is drawn last
        self.out = np.arange(places) % rows * 0.55 * size
        self.size = size
        self.grown = np.zeros(places)
        self.grown[np.linspace(0, places, shown, endpoint=False).round().astype(int)] = 1
        self.receptors = Stamps(_rim_receptor(), np.zeros((0, 2)))
        edge = closed(self.ring.at(np.linspace(0, 2 * np.pi, 72, endpoint=False)))
        self.halo = glow(HER2, radius * 3.3, opacity=0)
        self.fill = flat(edge, "#4B2A5E", shade=DEEP)
        self.fill.set_fill(["#5B3270", "#43265F", "#2A1848", "#1D1238"], 1)
        self.edge = stroke(edge, HEADS, 7)
        self.lining = stroke(edge * 0.975, mix(HEADS, "#1D1238", 0.62), 3)
        self.nucleus = _nucleus(radius * 0.43, "#A66BC9", "#6B3F96", "#3C2266", seed)
        self.nucleus.shift((0.08 * radius, -0.06 * radius, 0))
        super().__init__(self.halo, self.receptors, self.fill, _specks(self.ring, seed))
        self.add(self.lining, self.edge, self.nucleus)
        self._grow(self.grown)

    def rim(self, angle: float, out: float = 0) -> NDArray[np.float64]:
        """The scene's point on the rim at `angle` (radians), `out` units outside it."""
        way = self.ring.normal(angle)[0]
        return self.spots(self.ring.at(angle) + out * np.array([np.cos(way), np.sin(way)]))[0]

    def crowd(self, share: float = 1, **kwargs) -> Animation:
        """Receptors grow until `share` (0 to 1) of the places are taken, in many spots at once."""
        rank = np.random.default_rng(2).random(len(self.grown))
        goal = np.where(rank <= share, 1.0, self.grown)
        start, delay = self.grown.copy(), np.random.default_rng(3).uniform(0, 0.7, len(rank))
        self.grown = goal

        def step(cell: Cell, alpha: float) -> None:
            eased = smoothstep(np.clip((alpha - delay) / 0.3, 0, 1))
            cell._grow(start + (goal - start) * eased)

        return UpdateFromAlphaFunc(self, step, **kwargs)

    def _grow(self, grown: NDArray[np.float64]) -> None:
        here = np.flatnonzero(grown > 0.01)
        here = here[np.argsort(-self.out[here], kind="stable")]
        angles = self.angles[here]
        normal = self.ring.normal(angles)
        out = self.out[here, None] * np.stack([np.cos(normal), np.sin(normal)], 1)
        self.receptors.put(self.ring.at(angles) + out, normal - np.pi / 2, self.size * grown[here])

    def flatten(self, wide: float, **kwargs) -> Animation:
        """The rim spreads `wide` times and gets flat, as on the way to it; in the end all is gone.

        The receptors soon blur to a smooth band: one by one they would flash while they pass by.
        """
        band = stroke(self.edge.points, mix(HER2, "#141A3C", 0.68), 0, 0)
        band.points = self.origin + (self.edge.points - self.origin) * 1.07
        band.set_stroke(width=self.edge.stroke_width * 5)
        self.add_to_back(band)
        skin = [part for part in self if part not in (self.axes, self.receptors)]
        at, size = self.receptors.at, self.receptors.size
        way = self.receptors.turn + np.pi / 2
        seen = [
            (part, part.fill_rgbas[:, 3].copy(), part.stroke_rgbas[:, 3].copy())
            for part in self.get_family()
            if part not in self.receptors.get_family() and part is not band
        ]
        done = 1.0

        def step(cell: Cell, alpha: float) -> None:
            nonlocal done
            now = 1 + (wide - 1) * alpha
            for part in skin:
                part.stretch(now / done, 0, about_point=cell.origin)
            done = now
            turn = np.arctan2(np.sin(way), np.cos(way) / now) - np.pi / 2
            cell.receptors.put(at * (now, 1), turn, size)
            muted(cell.edge, 0.68 * min(1, 8 * alpha))
            blurred = float(smoothstep(np.clip(6 * alpha, 0, 1)))
            left = 1 - float(smoothstep(np.clip(6 * alpha - 5, 0, 1)))
            for part, fill, line in seen:
                part.fill_rgbas[:, 3] = fill * left
                part.stroke_rgbas[:, 3] = line * left
            cell.receptors.set_fill(opacity=1 - blurred)
            band.set_stroke(opacity=0.9 * blurred * left)

        return UpdateFromAlphaFunc(self, step, **kwargs)


class FcReceptor(Part):
    """FcγRIIIa (CD16a) on a killer cell: two Ig domains on a stalk and two jaws that grip a tail.

    (0, 0) is on the cell's rim, the jaws point along +y; `reach` from there to between the jaws.
    """

    def __init__(self, reach: float = 0.68) -> None:
        tints = ("#F1EBFF", NK_LIGHT, "#7A60D8")
        up = reach - 0.68
        stalk = body(capsule((0, -0.08), (0, 0.2 + up), 0.09), *tints)
        lower = body(ellipse(0, 0.24 + up, 0.12, 0.11), *tints)
        upper = body(ellipse(0.02, 0.42 + up, 0.13, 0.11), *tints)
        shape = np.array([(0.02, 0.5), (0.15, 0.53), (0.24, 0.64), (0.25, 0.8)])
        shape = shape + np.array((0, up))
        self.jaws = VGroup(*(stroke(open_curve(shape * (s, 1)), NK_LIGHT, 9) for s in (-1, 1)))
        self.reach = reach
        super().__init__(self.jaws, stalk, lower, upper)

    def mouth(self) -> NDArray[np.float64]:
        """The scene's point between the jaws."""
        return self.point(0, self.reach)

    def grip(self, degrees: float = 17, **kwargs) -> Animation:
        """Close the jaws (a negative number opens them again)."""
        self.generate_target()
        for jaw, side in zip(self.target.jaws, (1, -1), strict=True):
            jaw.rotate(-np.radians(degrees) * side, about_point=self.point(0, self.reach - 0.18))
        return MoveToTarget(self, **kwargs)


class NaturalKillerCell(Part):
    """A natural killer cell: violet, big nucleus, granules, and FcγRIIIa at `grips` (angles).

    `granules` holds the perforin (golden) and granzyme (orange) balls; (0, 0) is its middle.
    """

    def __init__(
        self, radius: float = 1.7, grips=(3.6, 3.9, 4.2), seed: int = 9, jaw: float = 0.9
    ) -> None:
        self.ring = Outline(radius, 0.06, seed)
        edge = closed(self.ring.at(np.linspace(0, 2 * np.pi, 72, endpoint=False)))
        self.halo = glow(NK, radius * 3.2, opacity=0.22)
        self.fill = flat(edge, NK_DARK, shade=DEEP)
        self.fill.set_fill(["#7C62E6", "#5A43BE", "#3B2A8C", "#2A1D6B"], 1)
        self.edge = stroke(edge, NK, 7)
        self.nucleus = _nucleus(radius * 0.47, "#C9B8FF", "#8E76E6", "#5741B8", seed)
        self.nucleus.shift((0.27 * radius, 0.27 * radius, 0))
        self.receptors = VGroup(*(self._receptor(angle, jaw) for angle in grips))
        self.granules = _granules(radius, float(np.mean(grips)), seed)
        super().__init__(
            self.halo, self.receptors, self.fill, self.edge, self.nucleus, self.granules
        )

    def _receptor(self, angle: float, size: float) -> FcReceptor:
        receptor = FcReceptor().scale(size, about_point=(0, 0, 0))
        receptor.rotate(self.ring.normal(angle)[0] - np.pi / 2, about_point=(0, 0, 0))
        return receptor.place((*self.ring.at(angle)[0], 0))

    def rim(self, angle: float, out: float = 0) -> NDArray[np.float64]:
        """The scene's point on the rim at `angle` (radians), `out` units outside it."""
        way = self.ring.normal(angle)[0]
        return self.spots(self.ring.at(angle) + out * np.array([np.cos(way), np.sin(way)]))[0]

    def approach(self, where: NDArray[np.float64], **kwargs) -> Animation:
        """Come from where it is to `where`."""
        return self.move_to_point(where, **kwargs)

    def grip(self, **kwargs) -> Animation:
        """All receptors close on what lies between their jaws."""
        closing = [receptor.grip() for receptor in self.receptors]
        return AnimationGroup(*closing, group=self.receptors, **kwargs)

    def gather(self, where: NDArray[np.float64], share: float = 0.6, **kwargs) -> Animation:
        """The granules move toward `where`, `share` of the way."""
        return LaggedStart(
            *(g.animate.shift((np.asarray(where) - g.get_center()) * share) for g in self.granules),
            group=self.granules,
            lag_ratio=0.04,
            **kwargs,
        )


def _granules(radius: float, toward: float, seed: int, count: int = 16) -> VGroup:
    rng = np.random.default_rng(seed)
    made = VGroup()
    tints = [("#FFF0C4", PERFORIN, "#A86F14"), ("#FFC9A6", GRANZYME, "#9E3A10")]
    for i in range(count):
        # golden-angle spiral: evenly spread without overlaps
        r, turn = radius * 0.085 * np.sqrt(i + 0.6), 2.4 * i + rng.uniform(-0.15, 0.15)
        middle = radius * 0.5 * np.array([np.cos(toward), np.sin(toward)])
        x, y = middle + r * np.array([np.cos(turn), np.sin(turn)]) * (1.15, 1.15)
        made.add(body(ellipse(x, y, radius * 0.05, radius * 0.05), *tints[i % 2]))
    return made


def _nucleus(radius: float, light: str, mid: str, dark: str, seed: int) -> VGroup:
    round_body = body(
        ellipse(0, 0, radius * 1.06, radius * 0.97, 0, 0.04, seed), light, mid, dark, DEEP
    )
    round_body.set_stroke(mix(light, "#FFFFFF", 0.1), 2.5, 0.75)
    spot = flat(
        ellipse(radius * 0.22, -radius * 0.18, radius * 0.26, radius * 0.24), dark, 0.55, DEEP
    )
    return VGroup(round_body, spot)


def _specks(ring: Outline, seed: int) -> Stamps:
    """Small vesicles in the cytoplasm, so that it does not look empty."""
    rng = np.random.default_rng(seed)
    angle, away = rng.uniform(0, 2 * np.pi, 26), rng.uniform(0.55, 0.88, 26)
    drop = [
        Layer(ellipse(), "#8A5AA8", opacity=0.28),
        Layer(ellipse(-0.2, 0.2, 0.5, 0.5), "#C79BE0", opacity=0.25),
    ]
    return Stamps(
        drop, ring.at(angle) * away[:, None], 0, ring.radius * rng.uniform(0.012, 0.034, 26)
    )


def _rim_receptor() -> list[Layer]:
    """A HER2 of the rim, about 1 high: domains as beads and rods, with its arm; few layers."""
    rods = [
        ((0, -0.12), (0, 0.22), 0.11),
        ((0, 0.2), (-0.03, 0.42), 0.17),
        ((-0.03, 0.55), (0.07, 0.78), 0.17),
    ]
    arm = ((0.05, 0.69), (0.3, 0.63), 0.13)
    balls = [(-0.1, 0.55, 0.19, 0.155), (-0.05, 0.9, 0.19, 0.155)]

    def shape(grow: float, with_rods: bool = True) -> Points:
        made = [capsule(a, b, w * grow) for a, b, w in [*rods, arm]] if with_rods else []
        return np.concatenate(
            [*made, *(ellipse(x, y, rx * grow, ry * grow) for x, y, rx, ry in balls)]
        )

    return [
        Layer(shape(1.18), mix(HER2_DARK, "#2A0A20", 0.5)),
        Layer(shape(0.95), mix(HER2_DARK, HER2, 0.35)),
        Layer(shape(0.72, False), HER2, (-0.02, 0.025)),
        Layer(shape(0.42, False), mix(HER2, HER2_LIGHT, 0.75), (-0.045, 0.05)),
        Layer(shape(0.18, False), "#FFD5E1", (-0.065, 0.07)),
    ]
