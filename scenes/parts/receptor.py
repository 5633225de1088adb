"""Receptors: HER2 and HER3 in close-up, with their domains, kinase, tail and phosphates."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    RIGHT,
    UP,
    Animation,
    AnimationGroup,
    LaggedStart,
    MoveToTarget,
    VGroup,
    there_and_back,
)
from numpy.typing import NDArray

from look import (
    HER2,
    HER2_DARK,
    HER2_LIGHT,
    HER3,
    HER3_DARK,
    HER3_LIGHT,
    TEXT,
    glow,
    mix,
    tones,
)
from shapes import Part, body, capsule, closed, ellipse, open_curve, stroke

RESTING = ("#B3A8CC", "#7D719E", "#463E6B")
LIT_UP = ("#FFFFFF", "#FFF3E6", "#F2B8A0")
CLOSED_TINTS = ("#B9BFDC", "#7F88B4", "#454D7C")


class Phosphate(Part):
    """A phosphate group as a white ball; starts hidden, `appear` shows it."""

    def __init__(self) -> None:
        shine = glow("#FFFFFF", 0.9, opacity=0.5)
        super().__init__(shine, body(ellipse(rx=0.16, ry=0.16), "#FFFFFF", TEXT, "#8E99CC"))
        self.shown = False
        self.scale(0.3, about_point=self.origin).set_opacity(0)

    def appear(self, **kwargs) -> Animation:
        self.generate_target()
        if not self.shown:
            self.target.scale(1 / 0.3, about_point=self.origin)
        self.shown = self.target.shown = True
        self.target.set_opacity(1)
        return MoveToTarget(self, **kwargs)

    def hide(self) -> None:
        """Be gone, at once."""
        if self.shown:
            self.scale(0.3, about_point=self.origin).set_opacity(0)
        self.shown = False


class Receptor(Part):
    """A receptor of the HER family through the membrane; (0, 0) is the membrane's middle.

    Four domains outside, I to IV from the tip to the membrane, in the open shape in which the arm
    of domain II stands out (Cho 2003); inside two kinase lobes and a tail with phosphate sites.
    It faces `facing` (RIGHT or LEFT). About 2.75 high above (0, 0) and 2.3 below.
    """

    tints = (HER2_LIGHT, HER2, HER2_DARK)

    def __init__(self, facing: NDArray[np.float64] = RIGHT) -> None:
        light, mid, dark = tints = self.tints
        self.glow = glow("#FFD9C8", 1.9, opacity=0).shift((0.05, -1.2, 0))
        self.arm_glow = glow(mix(light, mid, 0.5), 2, 1.7, 0).shift((0.5, 1.84, 0))
        self.tail = stroke(open_curve(TAIL), mix(mid, dark, 0.55), 7)
        self.link = stroke(open_curve(LINK), mix(mid, dark, 0.4), 9)
        self.stem = body(capsule((0, 0.52), (0, -0.5), 0.17), *tints)
        self.small_lobe = body(ellipse(-0.02, -0.98, 0.27, 0.2, 0.15, 0.06, 3), *RESTING)
        self.large_lobe = body(ellipse(0.05, -1.33, 0.36, 0.27, -0.1, 0.06, 5), *RESTING)
        self.kinase = VGroup(self.small_lobe, self.large_lobe)
        self.engine = VGroup(self.glow, self.kinase)
        self.arm = body(closed(ARM), *tints)
        self.four = body(capsule((0, 0.5), (-0.07, 1.06), 0.31, 0.38), *tints)
        self.two = body(capsule((0.0, 1.55), (0.12, 2.1), 0.42, 0.38), *tints)
        self.three = body(ellipse(-0.3, 1.4, 0.44, 0.37, 0.2, 0.07, 11), *tints)
        self.one = body(ellipse(-0.13, 2.39, 0.46, 0.37, -0.15, 0.07, 23), *tints)
        self.phosphates = VGroup(*(Phosphate().place((x, y, 0)) for x, y in SITES))
        self.outside = VGroup(self.arm_glow, self.three, self.arm, self.two, self.one, self.four)
        super().__init__(self.tail, self.link, self.stem, self.engine, self.outside)
        self.add(self.phosphates)
        self.facing = 1 if facing[0] > 0 else -1
        if self.facing < 0:
            self.flip(UP, about_point=self.origin)

    def dock(self, side: NDArray[np.float64] = RIGHT) -> NDArray[np.float64]:
        """Where an antibody's tip touches domain IV, on the picture's `side` (RIGHT or LEFT)."""
        return self.point(0.17 * side[0] * self.facing - 0.03, 0.8)

    def wave_arm(self, degrees: float, **kwargs) -> Animation:
        """Swing the arm by `degrees` (up is positive) about its root on domain II."""
        return self._posed(self.origin, degrees, self.arm_glow.get_fill_opacity(), **kwargs)

    def beckon(self, degrees: float = 16, **kwargs) -> Animation:
        """Swing the arm up and back to where it was."""
        swing = getattr(self, "swing", 0)
        light = self.arm_glow.get_fill_opacity()
        move = self._posed(self.origin, degrees, light, rate_func=there_and_back, **kwargs)
        self.swing = swing
        return move

    def show_arm(self, shown: bool = True, **kwargs) -> Animation:
        """Light up (or darken) the halo of the arm."""
        return self.arm_glow.animate(**kwargs).set_fill(opacity=0.6 * shown)

    def pair_with(
        self, other: Receptor, middle: NDArray[np.float64] | None = None, **kwargs
    ) -> Animation:
        """Slide together around `middle` (on the membrane's middle) and clasp arms.

        Self stands left and faces right, `other` right and faces left.
        """
        unit = np.linalg.norm(self.point(1, 0) - self.origin)
        middle = (self.origin + other.origin) / 2 if middle is None else np.asarray(middle)
        reach = RIGHT * unit * REACH / 2
        return AnimationGroup(
            self._posed(middle - reach, 13, light=0.5, **kwargs),
            other._posed(middle + reach, -9, light=0.5, **kwargs),
        )

    def part_from(self, where: NDArray[np.float64], raised: float = 0, **kwargs) -> Animation:
        """Let go: on the way to `where` the arm swings to `raised` degrees above its rest."""
        light = self.arm_glow.get_fill_opacity() if raised < 0 else 0
        return self._posed(where, raised - getattr(self, "swing", 0), light, **kwargs)

    def fall_silent(self, **kwargs) -> Animation:
        """The kinase goes out, for it has lost its partner, and the phosphates drop."""
        self.generate_target()
        self.target.engine[0].set_fill(opacity=0)
        self._forget_lobes()
        self.target._forget_lobes()
        self.target.kinase.set_fill(tones(*RESTING))
        for now, then in zip(self.phosphates, self.target.phosphates, strict=True):
            then.hide()
            then.shift(0.7 * DOWN)
            now.shown = False
        return MoveToTarget(self, **kwargs)

    def _posed(
        self, where: NDArray[np.float64], degrees: float, light: float = 0, **kwargs
    ) -> Animation:
        self.generate_target()
        self.target.arm_glow.set_fill(opacity=light)
        root = self.target.point(0.1, 1.8)
        for part in (self.target.arm, self.target.arm_glow):
            part.rotate(np.radians(degrees) * self.facing, about_point=root)
        self.target.shift(np.asarray(where) - self.origin)
        self.swing = self.target.swing = getattr(self, "swing", 0) + degrees
        return MoveToTarget(self, **kwargs)

    def light_kinase(self, **kwargs) -> Animation:
        """Both lobes turn from grey to gold and glow."""
        self._forget_lobes()
        self.engine.generate_target()
        self.engine.target[0].set_fill(opacity=0.55)
        self.engine.target[1].set_fill(tones(*LIT_UP))
        return MoveToTarget(self.engine, **kwargs)

    def _forget_lobes(self) -> None:
        """Drop what `mute` remembered of the lobes; it is out of date once they change."""
        for lobe in self.kinase:
            lobe.__dict__.pop("vivid", None)

    def phosphorylate(self, **kwargs) -> Animation:
        """Phosphates appear on the tail one after another."""
        # the group named, so that Manim does not lift the discs out of the receptor
        discs = self.phosphates
        return LaggedStart(*(p.appear() for p in discs), group=discs, lag_ratio=0.35, **kwargs)


class HER2Receptor(Receptor):
    """HER2, pink: no ligand is known for it, its arm is always out."""


class FoldedReceptor(Receptor):
    """A relative of HER2 that no signal has reached, grey: its arm lies against its body."""

    tints = CLOSED_TINTS

    def __init__(self, facing: NDArray[np.float64] = RIGHT) -> None:
        super().__init__(facing)
        self.arm.rotate(np.radians(-78) * self.facing, about_point=self.point(0.12, 1.78))
        self.arm.set_fill(opacity=1)


class HER3Receptor(Receptor):
    """HER3, amber: HER2's strongest partner."""

    tints = (HER3_LIGHT, HER3, HER3_DARK)


REACH = 1.12
"""How far apart the stems of a pair stand, in the receptor's own units."""

ARM = np.array(
    [
        (0.02, 1.95), (0.24, 1.99), (0.46, 1.98), (0.66, 1.9), (0.79, 1.76), (0.8, 1.62),
        (0.72, 1.58), (0.64, 1.66), (0.52, 1.73), (0.36, 1.74), (0.18, 1.66), (0.02, 1.64),
    ]
)  # fmt: skip
TAIL = np.array([(0.1, -1.52), (0.17, -1.72), (0.05, -1.9), (0.13, -2.08), (0.06, -2.28)])
LINK = np.array([(0, -0.45), (0.06, -0.6), (-0.02, -0.74), (0, -0.92)])
SITES = ((0.36, -1.76), (-0.1, -1.98), (0.3, -2.24))
