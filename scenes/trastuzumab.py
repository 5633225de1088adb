"""Trastuzumab: the antibody that locks onto domain IV, and the signal that fades for it."""

from __future__ import annotations

import numpy as np
from manim import (
    LEFT,
    RIGHT,
    UP,
    Animation,
    FadeIn,
    FadeOut,
    VGroup,
    smooth,
    squish_rate_func,
)
from manim.utils.rate_functions import ease_out_back

from dimerization import (
    CELL,
    FLOOR,
    GREEN_WAY,
    LOOK_DOWN,
    PAIRS,
    SIZE,
    STEP_BACK,
    YELLOW_WAY,
)
from look import (
    ANTIBODY_LIGHT,
    HER2_LIGHT,
    PROLIFERATION,
    SURVIVAL,
    TEXT,
    Film,
    glow,
    label,
    leader,
    mute,
    muted,
    px,
    unmute,
    words,
)
from parts import Antibody, Arrow, DividingCell, HER2Receptor, Membrane
from parts_pathway import Pathway

APART = 1.12
"""From the middle of two receptors to each of them, when an antibody holds both."""
VIEW = np.array((PAIRS[0], 0, 0))
"""What the camera looks at first: where the left pair of the scene before stood."""
RAISED = 30
"""Degrees by which an arm is up: free, and above the antibody that keeps it from a partner."""


class Trastuzumab(Film):
    """Close to the membrane: an antibody on domain IV, receptors held apart, pathways dimming."""

    def docking(self):
        self._membrane()
        hero, antibody = self.hero, self._antibody()
        self.antibody = antibody.seat(hero, RIGHT, 0).shift((0.7, 0.4, 0)).rotate(0.15)
        name = label("trastuzumab", "an engineered antibody", ANTIBODY_LIGHT, 46, LEFT)
        name.move_to(px(1140, 177) + VIEW, LEFT)
        numerals = hero.numerals()
        self.play(FadeIn(self.stage, scale=0.95), FadeIn(numerals, scale=0.95), run_time=0.4)
        self.remove(self.stage)
        self.add(*self.stage, numerals)
        self.play(
            antibody.drift_in(px(1790, 330) + VIEW, -0.6),
            FadeIn(name, rate_func=squish_rate_func(smooth, 0.65, 1)),
            run_time=max(0.4, 0.55 * self.room("lock")),
        )
        self.play(antibody.lock_on(hero, RIGHT, 0), until="lock")
        four = label("domain IV", None, HER2_LIGHT, 40).move_to(hero.point(-1.4, 1.0), RIGHT)
        to_four = leader(four.get_right() + 0.12 * RIGHT, hero.point(-0.25, 0.84), HER2_LIGHT)
        spark = glow("#FFFFFF", 1.7, opacity=0.7).move_to(hero.dock(RIGHT))
        self.play(
            FadeIn(spark, scale=0.3),
            FadeIn(four, shift=0.15 * RIGHT),
            FadeIn(to_four),
            at="lock",
            by="end",
            run_time=0.4,
        )
        free = label("arm stays free", None, TEXT, 34).move_to(px(738, 165) + VIEW)
        to_free = leader(px(872, 180) + VIEW, hero.arm.get_top(), TEXT)
        self.play(
            FadeOut(spark, scale=1.5),
            FadeIn(free, shift=0.1 * UP),
            FadeIn(to_free),
            hero.beckon(10),
            by="end",
            run_time=0.8,
        )
        self.notes = VGroup(name, numerals, four, to_four, free, to_free)

    def _membrane(self) -> None:
        """The membrane, the receptor in focus, and a pair that goes on signalling, stepped back."""
        self.camera.frame.move_to(VIEW)
        self.membrane = Membrane(width=20, depth=8).stand((0, FLOOR, 0))
        self.hero = self._receptor(RIGHT, PAIRS[0] - APART)
        self.partner = muted(self._receptor(LEFT, PAIRS[0] + APART + 2.0))
        left, right = (self._receptor(way, PAIRS[1], 0) for way in (RIGHT, LEFT))
        left.pair_with(right, self.membrane.spot(PAIRS[1]))
        for receptor in (left, right):
            receptor.become(receptor.target)
        self.pair = muted(VGroup(*(_signalling(r) for r in (left, right))))
        self.singles = muted(VGroup(self._receptor(RIGHT, -8.3), self._receptor(LEFT, 8.3)))
        for quiet in (self.hero, self.partner, *self.singles):
            quiet.remove(quiet.phosphates)
        self.stage = VGroup(self.membrane, self.singles, self.hero, self.partner, self.pair)

    def _receptor(self, way, x: float, raised: float = RAISED) -> HER2Receptor:
        receptor = HER2Receptor(way).scale(SIZE, about_point=(0, 0, 0))
        receptor.wave_arm(raised)
        return receptor.become(receptor.target).stand(self.membrane.spot(x))

    def _antibody(self) -> Antibody:
        antibody = Antibody().scale(SIZE * 1.18, about_point=(0, 0, 0))
        antibody.glow.set_fill(opacity=0.12)
        return antibody

    def blocked(self):
        survival = Pathway(SURVIVAL, ("PI3K", "AKT", "mTOR"), GREEN_WAY[1:])
        division = Pathway(PROLIFERATION, ("RAS", "RAF", "MEK", "ERK"), YELLOW_WAY[1:])
        source = Arrow((*GREEN_WAY[0], 0), (3.3, -0.22, 0), SURVIVAL)
        cell = DividingCell(0.5).stand(CELL)
        signal = VGroup(source, survival, division, cell)
        held = words("held apart", 34, ANTIBODY_LIGHT).move_to((0, 0.03, 0))
        self.pin(signal, held)
        ends = [
            self._antibody().seat(s, w, 0) for s, w in zip(self.singles, (RIGHT, LEFT), strict=True)
        ]
        self.play(
            self.camera.frame.animate.scale(STEP_BACK).move_to((0, LOOK_DOWN + 0.22, 0)),
            FadeOut(self.notes, rate_func=squish_rate_func(smooth, 0, 0.4)),
            *(unmute(r) for r in (self.partner, *self.pair)),
            FadeIn(signal, rate_func=squish_rate_func(smooth, 0.5, 1)),
            *(muted(e, 0.3).drift_in(e.origin + 0.6 * UP, 0.3) for e in ends),
            by="apart",
            run_time=0.9,
        )
        self.play(
            self.partner.go(self._caught(), rate_func=ease_out_back),
            *self._wedge(),
            FadeOut(source),
            FadeIn(held),
            at="apart",
            by="fade",
            run_time=1.1,
        )
        self.play(
            *(r.darken_kinase() for r in self.pair),
            *(r.dephosphorylate() for r in self.pair),
            survival.rest(),
            division.rest(),
            mute(cell),
            at="fade",
            by="end",
            run_time=1.3,
        )

    def _wedge(self) -> list[Animation]:
        """The pair lets go, and an antibody comes between its two receptors."""
        left, right = self.pair
        moves = [
            receptor.part_from(self.membrane.spot(PAIRS[1] + side * APART), RAISED)
            for receptor, side in ((left, -1), (right, 1))
        ]
        between = self._antibody().seat(left.target, RIGHT, 0)
        late = squish_rate_func(smooth, 0.2, 1)
        return [*moves, between.drift_in(between.origin + 0.9 * UP, 0.15, rate_func=late)]

    def _caught(self):
        """Where the partner is held by the other tip of the antibody on the hero."""
        gap = self.antibody.tip(RIGHT) - self.partner.dock(LEFT)
        return self.membrane.spot(self.partner.origin[0] + gap[0])


def _signalling(receptor: HER2Receptor) -> HER2Receptor:
    """The receptor with its kinase lit and its phosphates on."""
    for change in (receptor.light_kinase(), receptor.phosphorylate()):
        change.begin()
        change.finish()
    return receptor
