"""Dimerization: the arm that is always out, the pairs it makes, and the signal they send."""

from __future__ import annotations

from functools import partial

import numpy as np
from manim import (
    DOWN,
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
    linear,
    smooth,
    squish_rate_func,
)

import amplification
from explainer.scene import END
from look import (
    CLEAR,
    DEPART,
    DEPARTED,
    HER2_LIGHT,
    HER3_LIGHT,
    LARGE_TYPE,
    PROLIFERATION,
    SMALL_TYPE,
    SURVIVAL,
    TEXT,
    Film,
    Flight,
    by_aspect,
    glow,
    label,
    leader,
    mute,
    muted,
)
from parts.division import DividingCell
from parts.gene import Arrow
from parts.membrane import Membrane
from parts.pathway import Pathway
from parts.receptor import REACH, FoldedReceptor, HER2Receptor, HER3Receptor
from places import (
    FLOOR,
    HERO,
    HOME,
    INSIDE,
    SIZE,
    SPREAD,
    ZOOM,
)

PAIRS = by_aspect((-2.6, 2.6), (-1.95, 1.95), (-1.95, 1.95))
"""Where the two pairs stand."""
SIDES = by_aspect((-5.2, 3.5), (-4.6, 4.9), (-4.3, 4.4))
"""Where its neighbours stand, stepped back."""
PAIRED = REACH / 2 * SIZE
"""From the middle of a pair to each of its stems."""
ASIDE, GROWN, LIGHT = 0.35, 1.12, 0.4
"""How far the receptors outside step back then, how much the cell grows, and its light."""

CELL = np.array(by_aspect((0, -1.68, 0), (0, -2.45, 0), (0, -1.95, 0)))
CELL_SIZE = by_aspect(0.66, 0.8, 0.5)
GREEN_WAY = by_aspect(
    [(2.78, -0.14), (4.6, -0.1), (5.7, -0.95), (5.0, -1.85), (1.75, -1.85)],
    [(2.1, 0.3), (2.9, -0.3), (2.9, -1.4), (2.9, -2.5), (1.85, -2.5)],
    [(2.0, 0.1), (2.95, -0.4), (2.95, -1.3), (2.95, -2.15), (1.25, -2.1)],
)
BLUE_WAY = by_aspect(
    [
        *((-2.74, -0.14), (-3.9, -0.1), (-5.0, -0.75), (-5.5, -1.55), (-4.4, -2.2)),
        (-1.75, -1.9),
    ],
    [(-2.1, 0.5), (-2.9, -0.05), (-2.9, -1.0), (-2.9, -1.95), (-2.9, -2.9), (-1.85, -2.65)],
    [(-2.0, 0.2), (-2.95, 0.0), (-2.95, -0.75), (-2.95, -1.5), (-2.95, -2.25), (-1.25, -2.1)],
)
"""On the screen: from the kinases, by way of each pill, to the cell."""
SURVIVE = by_aspect((3.0, -1.4, 0), (0, -0.85, 0), (1.45, -1.45, 0))
DIVIDE = by_aspect((-3.0, -1.55, 0), (0, -3.72, 0), (-1.45, -1.45, 0))
KINASES = by_aspect((0, -0.28, 0), (0, 0.55, 0), (0, -0.35, 0))
"""On the screen: where it is written what lights up, and what the pathways do."""


class Dimerization(Film):
    """Close to the membrane: receptors above and below it, then pathways inside the cell."""

    def arms(self):
        self._arrive()
        name = label("no-ligand", HER2_LIGHT, LARGE_TYPE, by_aspect(RIGHT, LEFT, LEFT))
        name.move_to(
            by_aspect(self.hero.point(-0.85, 2.75), (-3.55, 3.6, 0), (-3.55, 2.5, 0)),
            by_aspect(RIGHT, LEFT, LEFT),
        )
        self.play(FadeIn(name, shift=0.15 * LEFT), by="arm", run_time=0.4)
        self.idle(self.hero, self.folded, self.second, turn=2, periods=3)
        arm = label("arm", TEXT, LARGE_TYPE, LEFT)
        arm.move_to(by_aspect(self.hero.point(1.75, 2.75), (0.1, 2.5, 0), (0.45, 1.95, 0)), LEFT)
        start = by_aspect(
            arm.get_left() + 0.12 * LEFT,
            arm.get_bottom() + 0.15 * DOWN,
            arm.get_bottom() + 0.1 * DOWN,
        )
        to_arm = leader(start, self.hero.point(0.84, 1.84), HER2_LIGHT)
        self.play(
            self.hero.show_arm(),
            FadeIn(to_arm),
            FadeIn(arm, shift=0.15 * RIGHT),
            at="arm",
            by="open",
            run_time=0.5,
        )
        self.play(self.hero.beckon(24), at="open", by=END, run_time=0.9)
        self.notes = VGroup(name, arm, to_arm)

    def pairing(self):
        hero, second, third, fourth = self.hero, self.second, self.third, self.fourth
        left, right = PAIRS
        self.hold_still(hero, second)
        self.play(FadeOut(self.notes), hero.show_arm(False), run_time=0.4)
        self.play(
            # almost where they lock: what goes far and comes back flashes
            hero.move_to_point(self.membrane.spot(left - PAIRED - 0.2)),
            _come(second, self.membrane.spot(left + PAIRED + 0.45)),
            by="pair",
            run_time=1.1,
        )
        same = self._over(left, "pair", HER2_LIGHT)
        lock = hero.pair_with(second, self.membrane.spot(left))
        muted(second.target, 0)
        self.play(
            lock,
            FadeIn(same, shift=0.1 * UP),
            at="pair",
            by="partner",
            run_time=0.65,
        )
        self._sway_pair(hero, second, left)
        self.play(
            _come(third, self.membrane.spot(right - PAIRED - 0.08)),
            _come(fourth, self.membrane.spot(right + PAIRED + 0.55)),
            self.newcomer.move_to_point(self.membrane.spot(right + 3)),
            by="partner",
            run_time=1.4,
        )
        mixed = self._over(right, "partner", HER3_LIGHT)
        self.wait(until="partner")
        lock = third.pair_with(fourth, self.membrane.spot(right))
        for receptor in (third, fourth):
            muted(receptor.target, 0)
        self.play(
            lock,
            FadeIn(mixed, shift=0.1 * UP, rate_func=squish_rate_func(smooth, 0, 0.1)),
            run_time=self.before_departure(0.65),
        )
        self._sway_pair(third, fourth, right)
        self.wait(max(0, self.time_until() - DEPART))
        # they travel with their pairs, clear of them
        self.titles = VGroup(same, mixed)
        self.fly(
            Flight(HOME, INSIDE),
            dim=0.62,
            above=[self.titles],
            clear=CLEAR,
            part=(0, DEPARTED),
            until=END,
        )

    def signal(self):
        pairs = [self.hero, self.second, self.third, self.fourth]
        (survival, survival_on), (division, division_on), *rest = _inside()
        shield, cell, survive, divide, kinases = rest
        self.pin(survival, survival_on, division, division_on, *rest)
        self.add(shield)
        self.hold_still(self.folded)
        late = squish_rate_func(smooth, 0.4, 1)
        self.fly(
            Flight(HOME, INSIDE),
            FadeOut(self.titles, rate_func=squish_rate_func(smooth, 0.3, 0.6)),
            FadeOut(self.crowd),
            *(mute(r.outside, ASIDE) for r in pairs),
            FadeIn(survival, division, cell, rate_func=late),
            dim=0.62,
            above=[self.titles],
            clear=CLEAR,
            part=(DEPARTED, 1),
            by="kinase",
            run_time=0.8,
        )
        self.idle(cell, grow=0.02, periods=3)
        self.play(FadeIn(kinases), at="kinase", by="ignite", run_time=0.3)
        # HER3's own kinase hardly works: HER2 phosphorylates its tail, where PI3K docks
        self.play(
            *(r.light_kinase() for r in pairs[:3]),
            *(r.phosphorylate() for r in (*pairs[:2], self.fourth)),
            at="ignite",
            run_time=0.5 * self.time_until("survive"),
        )
        # the light is at mTOR as the cell survives, and at ERK as it divides
        self.play(
            _light(survival, survival_on),
            _light(division[:3], division_on[:3]),
            until="survive",
        )
        self.play(
            _light(division[3:], division_on[3:]),
            shield.animate.set_fill(opacity=LIGHT),
            cell.animate.scale(GROWN),
            FadeIn(survive, rate_func=squish_rate_func(smooth, 0, 0.3)),
            FadeOut(kinases, rate_func=squish_rate_func(smooth, 0, 0.2)),
            FadeIn(divide, rate_func=squish_rate_func(smooth, 0.7, 1)),
            at="survive",
            until="divide",
        )
        self.hold_still(cell)
        self.wait(until="divide")
        self.play(cell.divide(), by=END, run_time=1.5)

    def _arrive(self) -> None:
        """From the crowded rim of the cell down to the membrane; the receptor leads the eye."""
        self.membrane = ground()
        stand = partial(_on, self.membrane)
        self.hero = stand(HER2Receptor(), HERO)
        self.second = muted(stand(HER2Receptor(LEFT), SIDES[1]))
        self.third = muted(stand(HER2Receptor(), by_aspect(5.9, 5.2, 5.2)))
        self.fourth = muted(stand(HER3Receptor(LEFT), by_aspect(8.4, 6.8, 6.8)))
        self.newcomer = muted(stand(HER2Receptor(), by_aspect(8.2, 7.4, 7.4)))
        self.folded = muted(stand(FoldedReceptor(), SIDES[0]), 0.3)
        self.crowd = VGroup(self.folded, self.newcomer)
        around = VGroup(self.membrane, self.crowd, self.second, self.third, self.fourth)
        normal, crowded = amplification.last_picture()
        cells = VGroup(normal, crowded).scale(ZOOM, scale_stroke=True, about_point=ORIGIN)
        x, y, _ = amplification.entry(amplification.last_picture()[1])
        away = ZOOM * np.array((x, y, 0))
        cells.shift(-away)
        dive = Flight((*-away[:2], ZOOM * HOME[2]), HOME)
        self.add(cells)
        self.fly(
            dive,
            FadeOut(normal, rate_func=squish_rate_func(smooth, 0, 0.2)),
            crowded.flatten(SPREAD, rate_func=squish_rate_func(linear, 0, 0.88)),
            FadeIn(self.hero, rate_func=squish_rate_func(smooth, 0, 0.3)),
            FadeIn(around, rate_func=squish_rate_func(smooth, 0.68, 0.85)),
            dim=0.6,
            clear=CLEAR,
            part=(DEPARTED, 1),
            by="arm",
            run_time=1.0,
        )
        self.remove(around, self.hero, crowded)
        self.add(*around, self.hero)

    def _sway_pair(self, left, right, x: float) -> None:
        """Both receptors of a pair sway as one."""
        for receptor in (left, right):
            self.idle(receptor, turn=1.5, periods=3 + (x > 0), pivot=self.membrane.spot(x))

    def _over(self, x: float, name: str, colour: str) -> VGroup:
        top = FLOOR + 2.75 * SIZE + 0.3
        return label(name, colour, by_aspect(LARGE_TYPE, SMALL_TYPE, SMALL_TYPE)).move_to(
            (x, top, 0), DOWN
        )


def ground() -> Membrane:
    """The membrane of this scene and the next one."""
    return Membrane(width=20, depth=by_aspect(8, 16, 8)).place((0, FLOOR, 0))


def last_picture() -> tuple[VGroup, VGroup]:
    """What the scene ends with: the membrane with its four receptors; and what is pinned.

    The camera shows INSIDE then. Pinned are the light behind the cell, both pathways, the divided
    cell and the two texts.
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
    (_, survival), (_, division), shield, cell, survive, divide, _ = _inside()
    cell.scale(GROWN).show(1)
    shield.set_fill(opacity=LIGHT)
    return VGroup(membrane, *pairs), VGroup(shield, survival, division, cell, survive, divide)


def _inside() -> tuple:
    """What is pinned at first: the pathways, each off and on, the light, the cell, the texts."""
    cell = DividingCell(CELL_SIZE).place(CELL)
    shield = glow(SURVIVAL, 6.4 * CELL_SIZE, 4.6 * CELL_SIZE, 0).move_to(CELL)
    survive = label("survive", SURVIVAL).shift(SURVIVE)
    divide = label("divide", PROLIFERATION).shift(DIVIDE)
    kinases = label("kinase", TEXT).shift(KINASES)
    ways = (
        _resting(SURVIVAL, ("PI3K", "AKT", "mTOR"), GREEN_WAY),
        _resting(PROLIFERATION, ("RAS", "RAF", "MEK", "ERK"), BLUE_WAY),
    )
    return *ways, shield, cell, survive, divide, kinases


def _come(receptor: HER2Receptor | HER3Receptor, where: np.ndarray) -> Animation:
    """A receptor that has stepped back slides to a point, and half steps forward."""
    move = receptor.move_to_point(where)
    muted(receptor.target, 0.5)
    return move


def _on(membrane: Membrane, receptor: HER2Receptor | HER3Receptor, x: float):
    return receptor.scale(SIZE, about_point=ORIGIN).place(membrane.spot(x))


def _done(change: Animation) -> None:
    change.begin()
    change.finish()


def _resting(colour: str, names: tuple[str, ...], way: list) -> tuple[VGroup, VGroup]:
    """A pathway that is switched off, reached by an arrow from the receptors; and it when on."""
    start, first = (np.array((*spot, 0)) for spot in way[:2])
    into = first + (start - first) * min(1, 0.75 / np.linalg.norm(start - first))
    source = Arrow(start, into, colour)
    on = VGroup(source, *Pathway(colour, names, way[1:])[1:])
    off = Pathway(colour, names, way[1:])
    _done(off.rest())
    return VGroup(source.copy().set_color(off.off), *off[1:]), on


def _light(off: VGroup, on: VGroup) -> LaggedStart:
    """Switch a pathway on, arrow by arrow and pill by pill."""
    steps = [Transform(*pair) for pair in zip(off, on, strict=True)]
    return LaggedStart(*steps, group=off, lag_ratio=0.5, rate_func=linear)
