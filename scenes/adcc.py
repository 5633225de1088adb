"""ADCC: the antibody's tail calls the killer cell, the tumor cell dies, and what that has meant."""

from __future__ import annotations

import numpy as np
from manim import (
    LEFT,
    RIGHT,
    UP,
    FadeIn,
    FadeOut,
    LaggedStart,
    Line,
    Mobject,
    VGroup,
    smooth,
    squish_rate_func,
)

from explainer.timeline import END
from look import (
    ANTIBODY_LIGHT,
    GRANZYME,
    HER2_LIGHT,
    MUTED,
    NK_LIGHT,
    PERFORIN,
    SURVIVAL,
    TEXT,
    Film,
    glow,
    label,
    leader,
    px,
    words,
)
from parts import Cell, NaturalKillerCell, SmallAntibodies
from parts_people import People
from parts_synapse import DyingCell, Synapse

MIDDLE = np.array([-1.5, -6.0, 0])
"""The middle of the tumor cell, of which only the top is in the picture."""
RADIUS = 5.4
SIZE = 0.58
"""Of the small antibodies."""
REACH = 1.66
"""From a small antibody's foot to the end of its tail, at size 1."""
CONTACT = np.radians(51)


class Adcc(Film):
    """Antibodies on the tumor cell as a flag, the synapse with the killer cell, the outcome."""

    def flag(self):
        self.cell = Cell(RADIUS, places=190, shown=190, size=0.62, seed=6).stand(MIDDLE)
        self.killer = self._killer()
        tails = np.array([r.mouth() for r in self.killer.receptors])
        feet, turns = self._stands(tails)
        self.coat = SmallAntibodies(feet, turns, SIZE).stand(MIDDLE)
        ends = self.coat.spots(feet + REACH * SIZE * _up(turns))
        self.shine = VGroup(*(glow(ANTIBODY_LIGHT, 0.95, opacity=0).move_to(end) for end in ends))
        self.world = VGroup(self.cell, self.coat, self.shine)
        frame = self.camera.frame
        home = frame.copy()
        frame.scale(0.5).move_to((-1.3, 0.5, 0))
        self.play(
            FadeIn(self.world, rate_func=squish_rate_func(smooth, 0, 0.3)),
            frame.animate.become(home),
            until="tail",
        )
        name = words("tumor cell", 32, HER2_LIGHT).move_to(px(700, 800))
        tail = label("Fc tail", "the flag", ANTIBODY_LIGHT, align=RIGHT)
        tail.move_to(px(380, 300))
        self.tail_label = VGroup(
            tail, leader(tail.get_right() + 0.15 * RIGHT, ends[6], ANTIBODY_LIGHT)
        )
        self.names = VGroup(name, self.tail_label)
        goal = self.killer.origin
        self.killer.shift((5.4, -0.3, 0))
        early = squish_rate_func(smooth, 0, 0.45)
        self.play(
            LaggedStart(*(s.animate.set_fill(opacity=0.8) for s in self.shine), lag_ratio=0.05),
            FadeIn(self.names, rate_func=early),
            self.killer.approach(goal),
            at="tail",
            until="grip",
        )
        grip = label("FcγRIIIa", "grips the tail", NK_LIGHT, align=LEFT)
        grip.move_to(px(1660, 790))
        self.names.add(grip, leader(grip.get_left() + 0.1 * LEFT, tails[0], NK_LIGHT))
        self.play(
            self.killer.grip(),
            FadeIn(self.names[3:]),
            self.killer.gather(self.killer.rim(CONTACT + np.pi, -0.35), 0.5),
            at="grip",
            by="end",
            run_time=0.9,
        )

    def _killer(self) -> NaturalKillerCell:
        way = np.array([np.cos(CONTACT), np.sin(CONTACT), 0])
        turn = CONTACT + np.pi
        killer = NaturalKillerCell(1.9, (turn + 0.42, turn, turn - 0.42))
        killer.stand(MIDDLE + (RADIUS + 3.4) * way)
        name = words("NK cell", 32, "#1B1147", "BOLD").move_to(killer.nucleus).shift(0.22 * UP)
        return killer.add(name)

    def _stands(self, tails) -> tuple[np.ndarray, np.ndarray]:
        """Where antibodies stand on the cell, (n, 2), and their turns: three under the killer."""
        ring = self.cell.ring
        away = np.radians(9.6)
        gripped = np.arctan2(*(tails - MIDDLE)[:, 1::-1].T)
        others = np.arange(gripped.max() + away, gripped.min() + 2 * np.pi - away / 2, away)
        free = np.stack([ring.normal(others) - np.pi / 2, *(ring.at(others) * 1.004).T], 1)
        under = []
        for angle, tail in zip(gripped, tails - MIDDLE, strict=True):
            turn = ring.normal(angle)[0] - np.pi / 2
            foot = tail[:2] - REACH * SIZE * _up(turn)
            under.append((turn, *foot))
        stands = np.concatenate([np.array(under), free])
        return stands[:, 1:], stands[:, 0]

    def attack(self):
        self.synapse = Synapse()
        gates = self.synapse.gates
        self.pin(self.synapse, gates)
        frame = self.camera.frame
        home = frame.copy()
        self.play(
            frame.animate.scale(0.4).move_to(self.cell.rim(CONTACT, 0.8)),
            FadeIn(self.synapse, scale=0.85),
            run_time=max(0.4, min(0.6, self.room("perforin"))),
        )
        self._clear(self.world, self.killer, self.names, self.synapse)
        frame.become(home)
        perforin = label("perforin", "opens a pore", PERFORIN, align=LEFT).move_to(px(690, 810))
        granzymes = label("granzymes", "trigger cell death", GRANZYME, align=RIGHT)
        granzymes.move_to(px(1240, 810))
        self.pin(perforin, granzymes)
        # one by one, so that only what moves, and what lies before it, is drawn in every frame
        self.add(*self.synapse, *gates)
        self.play(
            *self.synapse.open(), FadeIn(perforin), at="perforin", by="granzymes", run_time=1.0
        )
        self.add(*gates, perforin)  # opening has brought the pores before their granzymes
        early = squish_rate_func(smooth, 0, 0.2)
        self.play(
            *self.synapse.enter(),
            FadeIn(granzymes, rate_func=early),
            at="granzymes",
            until="death",
        )
        self._die(VGroup(self.synapse, gates, perforin, granzymes))

    def _die(self, closeup: VGroup) -> None:
        """Back out of the close-up: the whole cell blebs and breaks up; the killer moves on."""
        frame = self.camera.frame
        self.killer.remove(self.killer[-1])  # its name, which would be too small to read
        frame.scale(0.5).move_to(self.cell.rim(CONTACT, 0.8))
        self.bring_to_back(self.cell, self.coat, self.killer)
        rest = max(0.3, self.room(END) - 0.15)
        self.play(
            FadeOut(closeup, scale=0.87, rate_func=squish_rate_func(smooth, 0, 0.6)),
            frame.animate.scale(5.2).move_to((2.66, -6.5, 0)),
            self.cell.bleb(),
            FadeOut(self.coat, rate_func=squish_rate_func(smooth, 0.3, 1)),
            self.killer.approach((11.6, -3.2, 0)),
            at="death",
            run_time=rest * 0.5,
        )
        pieces = DyingCell(RADIUS).stand(MIDDLE)
        name = label("apoptosis", "orderly cell death", TEXT, align=LEFT)
        name.move_to(px(1400, 640))
        self.pin(name)
        self.play(
            FadeOut(self.cell, scale=0.8, rate_func=squish_rate_func(smooth, 0.15, 0.8)),
            pieces.scatter(),
            FadeIn(name),
            run_time=rest * 0.5,
        )
        self.remains = (pieces, self.killer, name)

    def _clear(self, *mobjects: Mobject) -> None:
        """Take mobjects off the stage, with all that may have been added to it by itself."""
        self.remove(*(part for m in mobjects for part in m.get_family()))

    def outcome(self):
        self.play(*map(FadeOut, self.remains), run_time=0.4)
        self._clear(*self.remains)
        self.camera.frame.become(self.camera.home)
        added = words("added to chemotherapy", 32, MUTED, "MEDIUM").move_to(px(960, 180))
        rule = Line(px(960, 250), px(960, 800), stroke_width=2, color="#2C3563")
        left, right = px(540, 0)[0], px(1380, 0)[0]
        sick = People(125, HER2_LIGHT, lit=125).stand((left, px(0, 585)[1], 0))
        alive = People(125, SURVIVAL, lit=94).stand((right, px(0, 585)[1], 0))
        titles = VGroup(
            words("early recurrence", 36).shift((left, px(0, 270)[1], 0)),
            words("overall survival, relative", 36).shift((right, px(0, 270)[1], 0)),
        )
        advice = words("education, not medical advice", 26, MUTED, "MEDIUM").move_to(px(960, 858))
        self.play(
            *map(FadeIn, (added, rule, sick, alive, titles, advice)), by="recurrence", run_time=0.6
        )
        half = words("about half", 96, HER2_LIGHT, "BOLD").shift((left, px(0, 365)[1], 0))
        ratio = _figures(left, "hazard ratio 0.48", "first analysis, Romond 2005")
        self.play(
            sick.light(60),
            FadeIn(half, shift=0.15 * UP),
            FadeIn(ratio),
            at="recurrence",
            by="survival",
            run_time=1.2,
        )
        better = words("37% better", 96, SURVIVAL, "BOLD").shift((right, px(0, 365)[1], 0))
        years = _figures(right, "75.2% → 84% at ten years", "hazard ratio 0.63, Perez 2014")
        self.play(
            alive.light(105),
            FadeIn(better, shift=0.15 * UP),
            FadeIn(years),
            at="survival",
            by="end",
            run_time=1.2,
        )


def _figures(x: float, text: str, source: str) -> VGroup:
    """What stands below the people: a figure and where it is from."""
    return VGroup(
        words(text, 32).shift((x, px(0, 752)[1], 0)),
        words(source, 26, MUTED, "MEDIUM").shift((x, px(0, 793)[1], 0)),
    )


def _up(turn) -> np.ndarray:
    """The direction in which something turned by `turn` radians stands; shape (n, 2) or (2,)."""
    return np.stack([-np.sin(turn), np.cos(turn)], -1)
