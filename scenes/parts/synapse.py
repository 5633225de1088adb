"""The contact of killer and tumor cell in close-up, and the tumor cell when it comes apart."""

from __future__ import annotations

import numpy as np
from manim import (
    LEFT,
    PI,
    RIGHT,
    UP,
    Animation,
    AnimationGroup,
    LaggedStart,
    MoveAlongPath,
    MoveToTarget,
    Rectangle,
    VGroup,
    VMobject,
    config,
)
from manim.utils.rate_functions import ease_in_out_sine
from numpy.typing import NDArray

from explainer.scene import RadialGradient
from look import DUSK, GRANZYME, HEADS, NIGHT, NK, by_aspect
from parts.antibody import Antibody
from parts.cells import DEEP, FcReceptor
from parts.membrane import Granzyme, Membrane, PerforinPore
from parts.receptor import HER2Receptor
from shapes import Part, body, closed, ellipse, flat, open_curve, stroke

LEVEL = by_aspect(-0.4, 0.9, -0.4)
"""The height of the tumor cell's membrane."""
SCALE = 0.62
"""Of receptors and antibodies."""
PORES = by_aspect((-3.5, 3.5), (-2.4, 2.4), (-2.4, 2.4))
PAIRS = by_aspect((-7.0, 0.0, 7.0), (0.0,), (0.0,))
"""Where an antibody holds two receptors."""
ENDS = np.array([(0.95, -1.5, 0), (0.1, -1.8, 0), (0.5, -1.25, 0)]) * by_aspect(
    1, (0.7, 1, 1), (0.7, 0.7, 1)
)
"""Where granzymes end up, from the pore they came through; positive is away from the middle.

They are so few because each lights up where it passes, which no place may do four times a second.
"""


class Synapse(VGroup):
    """The narrow gap between killer (above) and tumor cell, as wide as the frame.

    FcγRIIIa hang from the killer and grip antibodies. `gates` holds the pores with what passes
    them: add it when `open` plays, which sets the pores into the membrane; `enter` sends granzymes
    through (Beano 2008).
    """

    def __init__(self) -> None:
        night = Rectangle(
            width=config.frame_width + 3, height=config.frame_height + 3, stroke_width=0
        )
        night.set_fill([DUSK, NIGHT], 1)
        night.radial_gradient = RadialGradient((0, 0.1), 1.15)
        self.membrane = Membrane(config.frame_width + 3, depth=9).shift(LEVEL * UP)
        self.held = VGroup(*(_held(self.membrane, x) for x in PAIRS))
        self.rim = self.held[len(PAIRS) // 2][2].tail_end()[1] + 0.72
        self.jaws = VGroup(*(_jaws(antibody, self.rim) for *_, antibody in self.held))
        self.granzymes = VGroup(*(self._granzymes(x) for x in PORES))
        self.gates = VGroup()
        self.pores = [PerforinPore().place(self.membrane.spot(x)) for x in PORES]
        for pore, drops in zip(self.pores, self.granzymes, strict=True):
            self.gates.add(pore.glow, pore.back, pore.lumen, drops, pore.front)
        self.parted = self._parted()
        super().__init__(
            night, self.jaws, _underside(self.rim), self.membrane, self.parted, self.held
        )

    def _parted(self) -> VGroup:
        """The lipids as they stand when they have given way, hidden."""
        parted = self.membrane.copy()
        for x in PORES:
            parted.part_at(x)
            parted = parted.target
        return VGroup(parted.tails.set_stroke(opacity=0), parted.heads.set_fill(opacity=0))

    def open(self) -> list[Animation]:
        """Lipids give way and a ring of perforin closes around each opening."""
        # not moved but faded over: many bright heads that pass a place would flicker there
        tails, heads = self.parted
        whole = self.membrane
        return [
            *(line.animate.set_stroke(opacity=o) for line, o in ((tails, 1), (whole.tails, 0))),
            *(beads.animate.set_fill(opacity=o) for beads, o in ((heads, 1), (whole.heads, 0))),
            *(pore.open() for pore in self.pores),
        ]

    def forget(self) -> None:
        """Drop the lipids as they stood before they gave way."""
        self.membrane.remove(self.membrane.tails, self.membrane.heads)

    def enter(self) -> list[Animation]:
        """Granzymes leave the killer, pass the pores one after another and spread in the cell."""
        return [
            LaggedStart(
                *(
                    MoveAlongPath(
                        drop, _way(drop.get_center(), pore.origin, i), rate_func=ease_in_out_sine
                    )
                    for i, drop in enumerate(drops)
                ),
                group=drops,
                lag_ratio=0.4 + wait,
            )
            for pore, drops, wait in zip(self.pores, self.granzymes, (0, 0.04), strict=True)
        ]

    def _granzymes(self, x: float) -> VGroup:
        """Granules at the killer's rim above the pore at `x`."""
        spots = [(0, 0.24), (-0.34, 0.26), (0.34, 0.28)]
        low = self.rim + _arch(x)
        drops = [Granzyme(0.15).place((x + dx, low + dy, 0)) for dx, dy in spots]
        return VGroup(*(drop.rotate(1.9 * i + x) for i, drop in enumerate(drops)))


def _held(membrane: Membrane, x: float) -> VGroup:
    """Two receptors around `x` that an antibody between them holds apart: left, right, antibody."""
    left, right, antibody = HER2Receptor(RIGHT), HER2Receptor(LEFT), Antibody()
    for part in (left, right):
        part.scale(SCALE, about_point=part.origin)
        part.wave_arm(30)
        part.become(part.target)
        part.remove(part.phosphates, part.glow, part.arm_glow)  # all of them unlit
    antibody.scale(SCALE * 1.18, about_point=antibody.origin).remove(antibody.glow)
    left.place(membrane.spot(x - 1.13 * SCALE))
    antibody.seat(left, RIGHT, 0)
    right.place(left.origin)
    right.shift((antibody.tip(RIGHT) - right.dock(LEFT))[0] * RIGHT)
    return VGroup(left, right, antibody)


def _jaws(antibody: Antibody, rim: float) -> FcReceptor:
    """FcγRIIIa from the killer's `rim` down to the antibody's tail, closed around it."""
    tail = antibody.tail_end() + 0.05 * UP
    receptor = FcReceptor()
    reach = receptor.mouth()[1]
    receptor.rotate(PI, about_point=receptor.origin)
    receptor.scale((rim + _arch(tail[0]) - tail[1]) / reach, about_point=receptor.origin)
    receptor.grip()
    receptor.become(receptor.target)
    return receptor.shift(tail - receptor.mouth())


def _arch(x: float | NDArray[np.float64]):
    return 0.005 * np.square(x)


def _underside(level: float) -> VGroup:
    """The killer's lower surface over the whole width; it fades to night behind the header."""
    side, top = config.frame_width / 2, config.frame_height / 2 + 0.6
    xs = np.linspace(-side - 0.7, side + 0.7, 14)
    edge = np.stack([xs, level + _arch(xs)], 1)
    corners = np.concatenate([edge, [(side + 1.9, top), (-side - 1.9, top)]])
    cytoplasm = flat(closed(corners), NK)
    cytoplasm.set_fill(["#6A50CF", "#4A36A4", "#241A5C", "#120F33", "#0E0D29"], 1)
    cytoplasm.set_sheen_direction(UP)
    return VGroup(cytoplasm, stroke(open_curve(edge), NK, 7))


def _way(start: NDArray[np.float64], pore: NDArray[np.float64], i: int) -> VMobject:
    """From the killer through the pore to a place of its own in the cell, away from the middle."""
    by_way = np.array([(0, 0.85, 0), (0, -0.2, 0), ENDS[i] * (np.sign(pore[0]), 1, 1)])
    return stroke(open_curve(np.vstack([start, pore + by_way])[:, :2]), GRANZYME, 0)


class DyingCell(Part):
    """What a cell of `radius` is packed into when it dies: membrane-bound apoptotic bodies."""

    def __init__(self, radius: float) -> None:
        turns = np.linspace(0, 2 * np.pi, 8, endpoint=False) + 0.3
        ring = np.stack([np.cos(turns), np.sin(turns)], 1) * 0.7
        spots = np.concatenate([ring, [(0.05, 0.3), (-0.3, -0.15), (0.3, -0.2)]]) * radius
        sizes = np.random.default_rng(5).uniform(0.16, 0.27, len(spots)) * radius
        self.pieces = VGroup(
            *(_apoptotic_body(s, r, i) for i, (s, r) in enumerate(zip(spots, sizes, strict=True)))
        )
        super().__init__(self.pieces)

    def scatter(self, **kwargs) -> Animation:
        """The bodies appear and drift apart."""
        for piece in self.pieces:
            piece.generate_target()
            piece.target.shift((piece.get_center() - self.origin) * 0.42).scale(0.8)
            piece.set_opacity(0)
        return AnimationGroup(*map(MoveToTarget, self.pieces), **kwargs)


def _apoptotic_body(spot: NDArray[np.float64], radius: float, seed: int) -> VGroup:
    skin = body(
        ellipse(*spot, radius, radius, 0, 0.07, seed), "#7A4A94", "#4B2A6E", "#241540", DEEP
    )
    skin.set_stroke(HEADS, 5, 1)
    x, y = spot + radius * np.array([0.15, -0.1])
    grain = body(ellipse(x, y, radius * 0.4, radius * 0.36), "#C9A0E6", "#7F4FAE", "#43266E")
    return VGroup(skin, grain)
