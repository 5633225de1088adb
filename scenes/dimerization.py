"""Dimerization: the arm that is always out, the pairs it makes, and the signal they send."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from manim import (
    LEFT,
    RIGHT,
    UP,
    FadeIn,
    FadeOut,
    LaggedStart,
    MoveToTarget,
    VGroup,
)

from look import (
    HER2_LIGHT,
    HER3_LIGHT,
    MUTED,
    PROLIFERATION,
    SURVIVAL,
    TEXT,
    Film,
    glow,
    label,
    leader,
    mix,
    mute,
    muted,
    px,
    unmute,
    words,
)
from parts import (
    Arrow,
    Cell,
    DividingCell,
    HER2Receptor,
    HER3Receptor,
    Membrane,
    PathwayPill,
)

SIZE = 0.92
FLOOR = -0.34
"""The height of the membrane's middle."""
STEP_BACK = 1.32
"""How much more the camera takes in to show the signal inside the cell."""
LOOK_DOWN = -1.5
"""The height that it then looks at."""
PAIRS = (-2.6, 2.6)
"""Where the two pairs stand."""

CELL = np.array((0, -1.68, 0))
GREEN_WAY = [(2.78, -0.14), (3.9, -0.3), (5.2, -1.05), (4.5, -1.95), (1.45, -1.95)]
YELLOW_WAY = [
    *((-2.74, -0.14), (-3.8, -0.2), (-5.15, -0.55), (-5.55, -1.3), (-4.35, -1.95)),
    (-1.45, -1.95),
]
"""On the screen: from the kinases, by way of each pill, to the cell."""


class Dimerization(Film):
    """Close to the membrane: receptors above and below it, then pathways inside the cell."""

    def arms(self):
        self._arrive()
        name = label("HER2", "no known ligand", HER2_LIGHT, 46, RIGHT)
        name.move_to(self.hero.point(-0.85, 2.35), RIGHT)
        domains = self.hero.numerals()
        kinase = label("kinase", None, MUTED, 30).move_to(self.hero.point(-1.35, -1.2), RIGHT)
        to_kinase = leader(kinase.get_right() + 0.12 * RIGHT, self.hero.point(-0.35, -1.25))
        self.play(
            LaggedStart(FadeIn(name, shift=0.15 * LEFT), *map(FadeIn, domains), lag_ratio=0.25),
            FadeIn(kinase),
            FadeIn(to_kinase),
            by="arm",
            run_time=0.9,
        )
        arm = label("pairing arm", "on domain II", TEXT, 40, LEFT)
        arm.move_to(self.hero.point(1.75, 2.2), LEFT)
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
        self.play(
            FadeOut(self.notes, run_time=0.4),
            hero.show_arm(False),
            unmute(second),
            run_time=0.4,
        )
        self.play(
            hero.go(self.membrane.spot(-3.6)),
            second.go(self.membrane.spot(-1.5)),
            by="pair",
            run_time=1.1,
        )
        left = self._over(PAIRS[0], "HER2 + HER2", None, HER2_LIGHT)
        self.play(
            hero.pair_with(second, self.membrane.spot(PAIRS[0])),
            FadeIn(left, shift=0.1 * UP),
            unmute(third),
            at="pair",
            by="partner",
            run_time=0.6,
        )
        self.play(
            third.go(self.membrane.spot(1.9)),
            fourth.go(self.membrane.spot(4.2)),
            self.newcomer.go(self.membrane.spot(5.6)),
            by="partner",
            run_time=0.8,
        )
        right = self._over(PAIRS[1], "HER2 + HER3", "the strongest pair", HER3_LIGHT)
        self.play(
            third.pair_with(fourth, self.membrane.spot(PAIRS[1])),
            FadeIn(right, shift=0.1 * UP),
            at="partner",
            by="end",
            run_time=0.6,
        )
        self.titles = VGroup(left, right)

    def signal(self):
        pairs = [self.hero, self.second, self.third, self.fourth]
        survival = self._pathway(SURVIVAL, ("PI3K", "AKT", "mTOR"), GREEN_WAY)
        division = self._pathway(PROLIFERATION, ("RAS", "RAF", "MEK", "ERK"), YELLOW_WAY)
        cell = DividingCell(0.56).stand(CELL)
        shield = glow(SURVIVAL, 3.6, 2.6, 0).move_to(CELL)
        survive = words("survive and grow", 34, SURVIVAL).shift((2.75, -1.64, 0))
        divide = words("divide", 34, PROLIFERATION).shift((-2.65, -1.64, 0))
        self.pin(survival, division, cell, shield, survive, divide)
        self.add(shield)
        self.play(
            self.camera.frame.animate.scale(STEP_BACK).move_to((0, LOOK_DOWN, 0)),
            FadeOut(self.titles, self.crowd),
            *(mute(r.outside, 0.35) for r in pairs),
            run_time=0.9,
        )
        self.play(FadeIn(survival), FadeIn(division), FadeIn(cell), by="ignite", run_time=0.6)
        self.play(
            *(r.light_kinase() for r in pairs),
            *(r.phosphorylate() for r in pairs),
            at="ignite",
            by="survive",
            run_time=1.1,
        )
        self.play(
            self._light(survival, SURVIVAL),
            shield.animate.set_fill(opacity=0.4),
            cell.animate.scale(1.12),
            FadeIn(survive),
            at="survive",
            by="divide",
            run_time=0.9,
        )
        self.play(
            self._light(division, PROLIFERATION),
            cell.divide(),
            FadeIn(divide),
            at="divide",
            by="end",
            run_time=1.2,
        )

    def _pathway(self, colour: str, names: tuple[str, ...], way: list) -> VGroup:
        """Resting pills along `way`, with arrows from the receptors to them and on to the cell."""
        spots = [np.array((*spot, 0)) for spot in way]
        pills = [
            PathwayPill(n, colour, 1.02, 0.43).stand(s)
            for n, s in zip(names, spots[1:-1], strict=True)
        ]
        made = VGroup()
        for i, (start, end) in enumerate(pairwise(spots)):
            first = start if i == 0 else _edge(start, end)
            last = end if i == len(pills) else _edge(end, start)
            made.add(Arrow(first, last, mix(colour, "#1D1440", 0.62)))
            made.add(*pills[i : i + 1])
        return made

    def _light(self, pathway: VGroup, colour: str) -> LaggedStart:
        """Switch a pathway on, arrow by arrow and pill by pill."""
        steps = [
            part.light() if isinstance(part, PathwayPill) else part.animate.set_color(colour)
            for part in pathway
        ]
        return LaggedStart(*steps, group=pathway, lag_ratio=0.3)

    def _arrive(self) -> None:
        """From the crowded rim of the cell down to the membrane itself."""
        cell = Cell(2.4, places=130, shown=130, size=0.5).stand((0, -1.0, 0))
        self.membrane = Membrane(width=20, depth=8).stand((0, FLOOR, 0))
        self.hero = self._receptor(HER2Receptor(), -1.2)
        self.second = muted(self._receptor(HER2Receptor(LEFT), 3.5))
        self.third = muted(self._receptor(HER2Receptor(), 5.9))
        self.fourth = self._receptor(HER3Receptor(LEFT), 8.4)
        self.newcomer = muted(self._receptor(HER2Receptor(), 8.2))
        self.crowd = VGroup(muted(self._receptor(HER2Receptor(LEFT), -5.2)), self.newcomer)
        stage = VGroup(self.membrane, self.crowd, self.second, self.third, self.fourth, self.hero)
        cell.generate_target().scale(3.2, about_point=cell.rim(np.pi / 2)).fade(1)
        self.play(MoveToTarget(cell), FadeIn(stage, scale=0.8), run_time=0.8)
        self.remove(cell, stage)
        self.add(*stage)

    def _receptor(self, receptor, x):
        return receptor.scale(SIZE, about_point=(0, 0, 0)).stand(self.membrane.spot(x))

    def _over(self, x: float, text: str, note: str | None, colour: str) -> VGroup:
        return label(text, note, colour, 38).move_to((x, px(0, 140)[1], 0), UP)


def _edge(pill: np.ndarray, toward: np.ndarray) -> np.ndarray:
    """Just outside a pill's rim, on the way `toward` another point."""
    way = toward - pill
    reach = min(0.57 / max(1e-6, abs(way[0])), 0.275 / max(1e-6, abs(way[1])))
    return pill + way * reach
