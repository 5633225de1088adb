"""Dimerization: the arm that is always out, the pairs it makes, and the signal they send."""

from __future__ import annotations

from functools import partial

import numpy as np
from manim import (
    LEFT,
    ORIGIN,
    RIGHT,
    UP,
    Animation,
    FadeIn,
    FadeOut,
    LaggedStart,
    Transform,
    VGroup,
    smooth,
    squish_rate_func,
)

import amplification
from explainer.scene import label_texts
from look import (
    HER2_LIGHT,
    HER3_LIGHT,
    MUTED,
    PROLIFERATION,
    SURVIVAL,
    TEXT,
    Film,
    by_aspect,
    glow,
    label,
    leader,
    mute,
    muted,
    shown,
    text_line,
    unmute,
)
from parts.division import DividingCell
from parts.gene import Arrow
from parts.membrane import Membrane
from parts.pathway import Pathway
from parts.receptor import HER2Receptor, HER3Receptor

SIZE = by_aspect(0.92, 1.25, 0.92)
FLOOR = by_aspect(-0.34, 0.7, -0.34)
"""The height of the membrane's middle."""
STEP_BACK = 1.32
"""How much more the camera takes in to show the signal inside the cell."""
LOOK_DOWN = by_aspect(-1.5, -2.5, -1.65)
"""The height that it then looks at."""
PAIRS = by_aspect((-2.6, 2.6), (-1.95, 1.95), (-1.95, 1.95))
"""Where the two pairs stand."""
HERO = by_aspect(-1.2, -0.35, -0.3)
"""Where the first receptor stands at first."""
SIDES = by_aspect((-5.2, 3.5), (-4.6, 4.9), (-4.3, 4.4))
"""Where its neighbours stand, stepped back."""
ZOOM = 6 * SIZE
"""How much larger a receptor is here than on the whole cell of the scene before."""
SPREAD = 4
"""How far apart the crowded receptors then come to stand."""
ASIDE, GROWN, LIGHT = 0.35, 1.12, 0.4
"""How far the receptors outside step back then, how much the cell grows, and its light."""

CELL = np.array(by_aspect((0, -1.68, 0), (0, -2.45, 0), (0, -1.95, 0)))
CELL_SIZE = by_aspect(0.56, 0.75, 0.5)
GREEN_WAY = by_aspect(
    [(2.78, -0.14), (3.9, -0.3), (5.2, -1.05), (4.5, -1.95), (1.45, -1.95)],
    [(2.1, 0.0), (3.0, -0.6), (3.0, -1.4), (3.0, -2.2), (1.75, -2.35)],
    [(2.38, -0.38), (3.08, -0.4), (3.15, -1.25), (2.95, -2.1), (1.25, -2.0)],
)
YELLOW_WAY = by_aspect(
    [
        *((-2.74, -0.14), (-3.8, -0.2), (-5.15, -0.55), (-5.55, -1.3), (-4.35, -1.95)),
        (-1.45, -1.95),
    ],
    [(-2.1, 0.0), (-3.0, -0.55), (-3.0, -1.26), (-3.0, -1.97), (-3.0, -2.68), (-1.75, -2.55)],
    [(-2.38, -0.22), (-3.08, -0.25), (-3.1, -0.87), (-3.1, -1.49), (-2.95, -2.1), (-1.25, -2.0)],
)
"""On the screen: from the kinases, by way of each pill, to the cell."""
SURVIVE = by_aspect([(2.75, -1.64)], [(0, -1.05)], [(1.8, -1.42), (1.8, -1.72)])
DIVIDE = by_aspect((-2.65, -1.64), (0, -3.6), (-1.85, -1.8))
"""On the screen: where it is written what the pathways do."""


class Dimerization(Film):
    """Close to the membrane: receptors above and below it, then pathways inside the cell."""

    def arms(self):
        self._arrive()
        name = label("her2", HER2_LIGHT, 46, RIGHT)
        name.move_to(self.hero.point(-0.85, 2.35), RIGHT)
        domains = self.hero.numerals()
        kinase = label("kinase", MUTED, 30).move_to(self.hero.point(-1.35, -1.2), RIGHT)
        to_kinase = leader(kinase.get_right() + 0.12 * RIGHT, self.hero.point(-0.35, -1.25))
        self.play(
            LaggedStart(FadeIn(name, shift=0.15 * LEFT), *map(FadeIn, domains), lag_ratio=0.25),
            FadeIn(kinase),
            FadeIn(to_kinase),
            by="arm",
            run_time=0.9,
        )
        arm = label("pairing-arm", TEXT, 40, LEFT)
        arm.move_to(self.hero.point(by_aspect(1.75, 1.5, 1.5), 2.2), LEFT)
        to_arm = leader(arm.get_left() + 0.12 * LEFT, self.hero.point(0.84, 1.84), HER2_LIGHT)
        self.play(
            self.hero.show_arm(),
            FadeIn(to_arm),
            FadeIn(arm, shift=0.15 * RIGHT),
            at="arm",
            by="open",
            run_time=0.5,
        )
        self.play(self.hero.beckon(24), at="open", by="end", run_time=0.9)
        self.notes = VGroup(name, domains, kinase, to_kinase, arm, to_arm)

    def pairing(self):
        hero, second, third, fourth = self.hero, self.second, self.third, self.fourth
        left, right = PAIRS
        self.play(FadeOut(self.notes), hero.show_arm(False), unmute(second), run_time=0.4)
        self.play(
            hero.move_to_point(self.membrane.spot(left - 1)),
            second.move_to_point(self.membrane.spot(left + 1.1)),
            by="pair",
            run_time=1.1,
        )
        same = self._over(left, "same-pair", HER2_LIGHT)
        self.play(
            hero.pair_with(second, self.membrane.spot(left)),
            FadeIn(same, shift=0.1 * UP),
            unmute(third),
            at="pair",
            by="partner",
            run_time=0.6,
        )
        self.play(
            third.move_to_point(self.membrane.spot(right - 0.7)),
            fourth.move_to_point(self.membrane.spot(right + 1.6)),
            self.newcomer.move_to_point(self.membrane.spot(right + 3)),
            by="partner",
            run_time=0.8,
        )
        mixed = self._over(right, "strongest-pair", HER3_LIGHT)
        self.play(
            third.pair_with(fourth, self.membrane.spot(right)),
            FadeIn(mixed, shift=0.1 * UP, rate_func=squish_rate_func(smooth, 0, 0.4)),
            at="partner",
            by="end",
            run_time=0.6,
        )
        self.titles = VGroup(same, mixed)

    def signal(self):
        pairs = [self.hero, self.second, self.third, self.fourth]
        (survival, survival_on), (division, division_on), *rest = _inside()
        shield, cell, survive, divide = rest
        self.pin(survival, survival_on, division, division_on, *rest, self.titles)
        self.add(shield)
        self.play(
            self.camera.frame.animate.scale(STEP_BACK).move_to((0, LOOK_DOWN, 0)),
            FadeOut(self.titles, rate_func=squish_rate_func(smooth, 0.5, 1)),
            FadeOut(self.crowd),
            *(mute(r.outside, ASIDE) for r in pairs),
            run_time=0.9,
        )
        self.play(FadeIn(survival, division, cell), by="ignite", run_time=0.6)
        # HER3's own kinase hardly works: HER2 phosphorylates its tail, where PI3K docks
        self.play(
            *(r.light_kinase() for r in pairs[:3]),
            *(r.phosphorylate() for r in (*pairs[:2], self.fourth)),
            at="ignite",
            by="survive",
            run_time=1.1,
        )
        self.play(
            _light(survival, survival_on),
            shield.animate.set_fill(opacity=LIGHT),
            cell.animate.scale(GROWN),
            FadeIn(survive, rate_func=squish_rate_func(smooth, 0, 0.3)),
            at="survive",
            by="divide",
            run_time=0.9,
        )
        self.play(
            _light(division, division_on),
            cell.divide(),
            FadeIn(divide, rate_func=squish_rate_func(smooth, 0, 0.2)),
            at="divide",
            by="end",
            run_time=1.2,
        )

    def _arrive(self) -> None:
        """From the crowded rim of the cell down to the membrane itself."""
        self.membrane = ground()
        stand = partial(_on, self.membrane)
        self.hero = stand(HER2Receptor(), HERO)
        self.second = muted(stand(HER2Receptor(LEFT), SIDES[1]))
        self.third = muted(stand(HER2Receptor(), 5.9))
        self.fourth = stand(HER3Receptor(LEFT), 8.4)
        self.newcomer = muted(stand(HER2Receptor(), 8.2))
        self.crowd = VGroup(muted(stand(HER2Receptor(LEFT), SIDES[0])), self.newcomer)
        stage = VGroup(self.membrane, self.crowd, self.second, self.third, self.fourth, self.hero)
        normal, crowded, *names = amplification.last_picture()
        self.pin(*names)
        cells = VGroup(normal, crowded).scale(ZOOM, scale_stroke=True, about_point=ORIGIN)
        feet = crowded.receptors.spots(crowded.receptors.at)
        top = feet[feet[:, 1].argmax()] - crowded.origin
        # the topmost receptor of the rim becomes the one that is looked at
        move = self.membrane.spot(HERO) - crowded.origin - top * (SPREAD, 1, 1)
        cells.shift(move)
        self.camera.frame.scale(ZOOM).shift(move)
        self.play(
            self.camera.frame.animate(rate_func=_nearer).scale(1 / ZOOM).move_to(ORIGIN),
            FadeOut(normal, *names, rate_func=squish_rate_func(smooth, 0, 0.3)),
            crowded.flatten(SPREAD, rate_func=squish_rate_func(smooth, 0.2, 1)),
            FadeIn(stage, rate_func=squish_rate_func(smooth, 0.8, 1)),
            run_time=1,
        )
        self.remove(stage)
        self.add(*stage)
        self.play(FadeOut(crowded), run_time=0.3)

    def _over(self, x: float, name: str, colour: str) -> VGroup:
        top = FLOOR + 3.3 + 2.75 * (SIZE - 0.92)
        return label(name, colour, 38).move_to((x, top, 0), UP)


def _nearer(t: float) -> float:
    """The ease of a travel that magnifies ZOOM times, at an even pace for the eye."""
    return (ZOOM - ZOOM ** (1 - smooth(t, 5))) / (ZOOM - 1)


def ground() -> Membrane:
    """The membrane of this scene and the next one."""
    return Membrane(width=20, depth=by_aspect(8, 16, 8)).place((0, FLOOR, 0))


def last_picture() -> tuple[VGroup, VGroup]:
    """What the scene ends with: the membrane with its four receptors; and what is pinned.

    The camera's frame is STEP_BACK times as large then, its middle at (0, LOOK_DOWN). Pinned are
    the light behind the cell, both pathways, the divided cell and the two texts.
    """
    membrane = ground()
    kinds = (HER2Receptor(), HER2Receptor(LEFT), HER2Receptor(), HER3Receptor(LEFT))
    pairs = VGroup(*(_on(membrane, r, 0) for r in kinds))
    for left, x in zip((0, 2), PAIRS, strict=True):
        _done(pairs[left].pair_with(pairs[left + 1], membrane.spot(x)))
    for r in pairs:
        muted(r.outside, ASIDE)
    for r in pairs[:3]:
        _done(r.light_kinase())
    for r in (*pairs[:2], pairs[3]):
        _done(r.phosphorylate())
    (_, survival), (_, division), shield, cell, survive, divide = _inside()
    cell.scale(GROWN).show(1)
    shield.set_fill(opacity=LIGHT)
    return VGroup(membrane, *pairs), VGroup(shield, survival, division, cell, survive, divide)


def _inside() -> tuple:
    """What is pinned at first: the pathways, each off and on, the light, the cell, the texts."""
    cell = DividingCell(CELL_SIZE).place(CELL)
    shield = glow(SURVIVAL, 6.4 * CELL_SIZE, 4.6 * CELL_SIZE, 0).move_to(CELL)
    texts = label_texts("survive-and-grow" if len(SURVIVE) == 1 else "survive-over-grow")
    rows = (
        text_line(t, 34, SURVIVAL).shift((*at, 0)) for t, at in zip(texts, SURVIVE, strict=True)
    )
    survive = shown(VGroup(*rows))
    divide = label("divide", PROLIFERATION).shift((*DIVIDE, 0))
    ways = (
        _resting(SURVIVAL, ("PI3K", "AKT", "mTOR"), GREEN_WAY),
        _resting(PROLIFERATION, ("RAS", "RAF", "MEK", "ERK"), YELLOW_WAY),
    )
    return *ways, shield, cell, survive, divide


def _on(membrane: Membrane, receptor: HER2Receptor | HER3Receptor, x: float):
    return receptor.scale(SIZE, about_point=ORIGIN).place(membrane.spot(x))


def _done(change: Animation) -> None:
    change.begin()
    change.finish()


def _resting(colour: str, names: tuple[str, ...], way: list) -> tuple[VGroup, VGroup]:
    """A pathway that is switched off, reached by an arrow from the receptors; and it when on."""
    start, first = (np.array((*spot, 0)) for spot in way[:2])
    into = first + (start - first) * min(1, 0.6 / np.linalg.norm(start - first))
    source = Arrow(start, into, colour)
    on = VGroup(source, *Pathway(colour, names, way[1:])[1:])
    off = Pathway(colour, names, way[1:])
    _done(off.rest())
    return VGroup(source.copy().set_color(off.off), *off[1:]), on


def _light(off: VGroup, on: VGroup) -> LaggedStart:
    """Switch a pathway on, arrow by arrow and pill by pill."""
    steps = [Transform(*pair) for pair in zip(off, on, strict=True)]
    return LaggedStart(*steps, group=off, lag_ratio=0.3)
