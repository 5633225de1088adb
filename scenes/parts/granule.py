"""What the killer cell sends: a lytic granule, the ring that its perforin makes, and granzymes."""

from __future__ import annotations

import numpy as np
from manim import Animation, AnimationGroup, LaggedStart, MoveToTarget, UpdateFromAlphaFunc, VGroup
from manim.utils.rate_functions import ease_in_out_sine, ease_in_quad
from numpy.typing import NDArray

from look import GRANZYME, NK_LIGHT, PERFORIN, glow, mix, smoothstep
from shapes import Part, body, capsule, ellipse, flat, stroke

GOLD = ("#FFF0BE", PERFORIN, "#B9781C")


class Granzyme(Part):
    """A granzyme: an orange ball with a notch, the active site of this cutting enzyme."""

    def __init__(self, radius: float = 0.15) -> None:
        ball = body(ellipse(0, 0, radius, radius), "#FFC49B", GRANZYME, "#B33F12")
        cut = radius * 0.95
        notch = flat(
            capsule((radius * 0.35, 0), (cut, 0), radius * 0.2, radius * 0.6), "#5E1D06", 0.9
        )
        super().__init__(ball, notch)


class Granule(Part):
    """A lytic granule: a round membrane full of perforin (gold) and granzymes (orange).

    (0, 0) is its middle. `open` widens its lower side to a mouth.
    """

    def __init__(self, radius: float = 0.62) -> None:
        self.radius = radius
        self.fill = flat(ellipse(0, 0, radius, radius), "#241A5C", 0.9)
        self.skin = stroke(self._ring(0), NK_LIGHT, 6)
        rng = np.random.default_rng(3)
        turns = 2.4 * np.arange(9)
        away = radius * 0.27 * np.sqrt(np.arange(9) + 0.3)
        spots = np.stack([np.cos(turns), np.sin(turns)], 1) * away[:, None]
        self.perforin = VGroup(*(body(ellipse(x, y, 0.085, 0.085), *GOLD) for x, y in spots[3:]))
        self.granzymes = VGroup(*(Granzyme(0.13).place((x, y, 0)) for x, y in spots[:3]))
        for drop in self.granzymes:
            drop.rotate(rng.uniform(0, 6))
        super().__init__(self.fill, self.perforin, self.granzymes, self.skin)

    def _ring(self, mouth: float) -> NDArray[np.float64]:
        """The membrane as an arc that leaves out `mouth` radians at the bottom."""
        at = np.linspace(-np.pi / 2 + mouth / 2, 3 * np.pi / 2 - mouth / 2, 25)
        spot = np.stack([np.cos(at), np.sin(at)], 1) * self.radius
        side = np.stack([-np.sin(at), np.cos(at)], 1) * self.radius * (at[1] - at[0]) / 3
        runs = [spot[:-1], (spot + side)[:-1], (spot - side)[1:], spot[1:]]
        points = np.stack(runs, 1).reshape(-1, 2)
        return np.column_stack([points, np.zeros(len(points))])

    def open(self, mouth: float = 1.5, **kwargs) -> Animation:
        """The granule's membrane opens at the bottom, where it has met the killer's."""

        def step(granule: Granule, alpha: float) -> None:
            granule.skin.points = granule.spots(self._ring(mouth * alpha)[:, :2])

        return UpdateFromAlphaFunc(self, step, **kwargs)


class PerforinPore(Part):
    """A ring of perforin in the membrane, seen from slightly above; (0, 0) is its middle.

    Golden staves stand around the opening: `back` behind what passes, `front` before it. The ring
    is about twice as wide as an antibody.
    """

    count = 20

    def __init__(self, radius: float, top: float = 0.62, depth: float = 0.3) -> None:
        self.radius, self.top = radius, top
        self.glow = glow(PERFORIN, radius * 4, 2.4, 0)
        self.lumen = flat(ellipse(0, top - 0.06, radius * 0.93, depth * 0.9), "#150A1C", 1)
        back, front = [], []
        for angle in np.linspace(0, 2 * np.pi, self.count, endpoint=False):
            near = np.cos(angle)
            x, y = radius * np.sin(angle), -depth * near
            wide = 0.13 + 0.2 * abs(near)
            tint = [mix(c, "#5A3505", 0.28 * (1 - near)) for c in GOLD]
            low = -0.5 if near > 0 else 0.1
            stave = body(capsule((x, y + top), (x * 0.98, y + top + low - 0.45), wide), *tint)
            (front if near > 0.01 else back).append((near, abs(x), stave))
        self.back = VGroup(*(stave for *_, stave in sorted(back, key=lambda one: one[0])))
        self.front = VGroup(*(stave for *_, stave in sorted(front, key=lambda one: one[0])))
        super().__init__(self.glow, self.back, self.lumen, self.front)

    def assemble(self, source: NDArray[np.float64], **kwargs) -> Animation:
        """Monomers fall from `source`, land, slide along the arc and close the ring.

        The lumen stays shut; `open` opens it. Call it before the pore is shown.
        """
        staves = sorted([*self.back, *self.front], key=lambda s: s.get_x())
        # from the left end around both sides, so that an arc closes to a ring
        moves = []
        self.lumen.set_fill(opacity=0)
        for stave in staves:
            end = stave.points.copy()
            fill = stave.fill_rgbas.copy()
            lane = self.origin[0] - self.radius * 0.9
            landing = np.array([lane, stave.get_y(), 0]) - stave.get_center()
            start = np.asarray(source) - stave.get_center()

            def step(stave, alpha: float, end=end, start=start, landing=landing, fill=fill) -> None:
                fall = float(ease_in_quad(min(1, alpha / 0.45)))
                slide = float(smoothstep(np.clip((alpha - 0.45) / 0.55, 0, 1)))
                offset = (start + (landing - start) * fall) * (1 - slide)
                upright = end.mean(0)
                size = 0.35 + 0.65 * min(1, alpha / 0.6)
                stave.points = upright + (end - upright) * size + offset
                # dim as they fall past one place, one after the other, which would flash
                shown = min(1, alpha * 8) * (0.3 + 0.7 * slide)
                stave.fill_rgbas = fill * (1, 1, 1, shown)
                stave.set_stroke(opacity=0.55 * shown)

            step(stave, 0)
            moves.append(UpdateFromAlphaFunc(stave, step))
        # the group named, so that Manim keeps the order of back, opening and front
        return LaggedStart(*moves, group=self, lag_ratio=0.12, **kwargs)

    def open(self, **kwargs) -> Animation:
        """The way through the ring opens, from its middle."""
        self.lumen.generate_target()
        self.lumen.target.set_fill(opacity=1)
        self.lumen.scale(0.1)
        self.glow.generate_target()
        self.glow.target.set_fill(opacity=0.35)
        return AnimationGroup(MoveToTarget(self.lumen), MoveToTarget(self.glow), **kwargs)


def fall_through(
    drops: VGroup, pore: PerforinPore, ends: NDArray[np.float64], **kwargs
) -> Animation:
    """Granzymes leave the granule, pass the pore one after another and spread in the cell."""
    moves = []
    for drop, end in zip(drops, ends, strict=True):
        start = drop.origin
        by_way = pore.point(0.5 * np.sign(end[0]) * min(1, abs(end[0])), pore.top)

        def step(drop: Granzyme, alpha: float, start=start, by_way=by_way, end=end) -> None:
            first = min(1, alpha / 0.5)
            then = float(ease_in_out_sine(max(0, (alpha - 0.5) / 0.5)))
            way = start + (by_way - start) * float(ease_in_quad(first)) ** 0.8
            drop.place(way + (pore.origin + end - by_way) * then if then else way)

        moves.append(UpdateFromAlphaFunc(drop, step))
    return LaggedStart(*moves, group=drops, lag_ratio=0.3, **kwargs)
