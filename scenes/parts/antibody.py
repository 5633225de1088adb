"""Trastuzumab: a Y-shaped IgG1 antibody, in close-up and as many small ones."""

from __future__ import annotations

import numpy as np
from manim import LEFT, RIGHT, Animation, MoveToTarget, VGroup
from numpy.typing import NDArray

from look import ANTIBODY, ANTIBODY_DARK, ANTIBODY_LIGHT, glow, mix
from parts.receptor import Receptor
from shapes import Layer, Part, Stamps, body, capsule, ellipse, flat, open_curve, stroke

HEAVY = (ANTIBODY_LIGHT, ANTIBODY, ANTIBODY_DARK)
LIGHT_CHAIN = ("#E9FFFC", ANTIBODY_LIGHT, mix(ANTIBODY, ANTIBODY_DARK, 0.3))
TAIL = (mix(ANTIBODY, ANTIBODY_LIGHT, 0.25), mix(ANTIBODY, ANTIBODY_DARK, 0.55), "#0C6F69")
SHADOW = "#0C6F69"
"""Between the domains, where a gap would flash in an antibody that flies past."""
SPREAD = np.radians(41)


class Antibody(Part):
    """An IgG1: two Fab arms pointing down and out, a hinge at (0, 0), the Fc tail pointing up.

    Every chain is drawn as its domains: heavy VH–CH1–CH2–CH3, light (paler) VL–CL. About 1.2 up,
    0.85 down and 1.95 wide; `left_fab`, `right_fab`, `fc` and `hinge` are its anatomy.
    """

    def __init__(self) -> None:
        self.glow = glow(ANTIBODY, 3.4, opacity=0.22).shift((0, 0.15, 0))
        self.left_fab, self.right_fab = _fab(), _fab()
        self.right_fab.rotate(-SPREAD, about_point=(0, 0, 0))
        self.left_fab.rotate(-SPREAD, about_point=(0, 0, 0)).flip((0, 1, 0), about_point=(0, 0, 0))
        chains = [
            body(capsule((x, y), (x * 1.12, y + 0.32), 0.27), *TAIL)
            for y in (0.3, 0.78)
            for x in (-0.145, 0.145)
        ]
        self.fc = VGroup(flat(capsule((0, 0.3), (0, 1.1), 0.5), SHADOW), *chains)
        legs = (
            open_curve(np.array([(0.3 * s, -0.26), (0.1 * s, -0.02), (0.12 * s, 0.32)]))
            for s in (-1, 1)
        )
        self.hinge = VGroup(*(stroke(leg, mix(ANTIBODY, ANTIBODY_DARK, 0.5), 7) for leg in legs))
        self.hinge.add(flat(capsule((-0.1, 0.06), (0.1, 0.06), 0.055), "#FFE9A8"))
        super().__init__(self.glow, self.hinge, self.fc, self.left_fab, self.right_fab)

    def tip(self, side: NDArray[np.float64] = LEFT) -> NDArray[np.float64]:
        """The binding end of the Fab on `side`, in the scene."""
        return self.point(np.sign(side[0]) * TIP * np.cos(SPREAD), -TIP * np.sin(SPREAD))

    def seat(
        self, receptor: Receptor, side: NDArray[np.float64] = RIGHT, lean: float = 8
    ) -> Antibody:
        """Put the antibody on `side` of the receptor with a Fab tip on domain IV, tail up.

        `lean` degrees tilt the tail away from the receptor, so that the pairing arm stays free.
        """
        away = np.sign(side[0])
        self.rotate(-np.radians(lean) * away - self.lean(), about_point=self.origin)
        self.shift(receptor.dock(side) - self.tip(-side))
        return self

    def lean(self) -> float:
        """How far it is turned from upright, in radians."""
        origin, right, *_ = self.axes.points
        return float(np.arctan2(*(right - origin)[1::-1]))

    def lock_on(
        self, receptor: Receptor, side: NDArray[np.float64] = RIGHT, lean: float = 8, **kwargs
    ) -> Animation:
        """The last stretch: a Fab tip closes on domain IV, next to the membrane (Cho 2003)."""
        self.generate_target()
        self.target.seat(receptor, side, lean)
        return MoveToTarget(self, **kwargs)


TIP = 1.17
"""From the hinge to a Fab's tip."""


def _fab() -> VGroup:
    """A Fab along +x: the heavy chain below, the light chain above."""
    chain = [(0.28, 0.55), (0.74, 1.02)]
    heavy = [body(capsule((a, -0.13), (b, -0.13), 0.28), *HEAVY) for a, b in chain]
    light = [body(capsule((a + 0.06, 0.14), (b, 0.14), 0.25), *LIGHT_CHAIN) for a, b in chain]
    return VGroup(flat(capsule((0.3, 0), (1.02, 0), 0.46), SHADOW), *light, *heavy)


class SmallAntibodies(Stamps):
    """Many small antibodies as few shapes: each stands at `at` (n, 2) with its Fabs toward there.

    Its own (0, 0) is between the Fab tips, the tail along +y before `turn`; about 2 high at size 1.
    """

    def __init__(self, at: NDArray[np.float64], turn=0, size=1) -> None:
        super().__init__(_small(), at, turn, size)


def _small() -> list[Layer]:
    hub = np.array([0, 0.72])
    legs = [((0, 0.72), (0.62 * s, 0.12)) for s in (-1, 1)]
    pale = [((0.16 * s, 0.78), (0.74 * s, 0.24)) for s in (-1, 1)]
    stem = [((0.12 * s, 0.85), (0.14 * s, 1.7)) for s in (-1, 1)]

    def capsules(ends, width):
        return np.concatenate([capsule(a, b, width) for a, b in ends])

    return [
        Layer(capsules(stem + legs + pale, 0.34), "#0A4F4C"),
        Layer(capsules(stem, 0.25), ANTIBODY_DARK),
        Layer(capsules(stem, 0.1), mix(ANTIBODY, ANTIBODY_DARK, 0.3), (-0.04, 0.02)),
        Layer(capsules(legs, 0.25), ANTIBODY),
        Layer(capsules(pale, 0.17), ANTIBODY_LIGHT),
        Layer(ellipse(*hub, 0.09, 0.09), "#FFE9A8"),
    ]
