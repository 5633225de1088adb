"""ADCC: the antibody's tail calls the killer cell, the tumor cell dies, and what that has meant."""

from __future__ import annotations

import numpy as np
from manim import (
    LEFT,
    ORIGIN,
    RIGHT,
    UP,
    AnimationGroup,
    FadeIn,
    FadeOut,
    LaggedStart,
    Line,
    Mobject,
    MoveToTarget,
    VGroup,
    smooth,
    squish_rate_func,
)
from manim.utils.rate_functions import ease_out_quad

from explainer.scene import END
from look import (
    ANTIBODY_LIGHT,
    GRANZYME,
    HER2_LIGHT,
    MUTED,
    NK_LIGHT,
    PERFORIN,
    SURVIVAL,
    Film,
    at_px,
    by_aspect,
    glow,
    label,
    leader,
)
from parts.antibody import SmallAntibodies
from parts.cells import Cell, NaturalKillerCell
from parts.people import Result
from parts.synapse import DyingCell, Synapse
from trastuzumab import DOWN, FLOOR, OUT, last_picture
from trastuzumab import SIZE as SIZE_BEFORE

MIDDLE = np.array(by_aspect((-1.5, -6.0, 0), (-0.9, -5.2, 0), (-1.3, -6.5, 0)))
"""The middle of the tumor cell, of which only the top is in the picture."""
RADIUS = by_aspect(5.4, 4.6, 5.4)
KILLER = by_aspect(1.9, 1.9, 1.45)
"""The radius of the killer cell."""
SIZE = 0.58
"""Of the small antibodies."""
REACH = 1.66
"""From a small antibody's foot to the end of its tail, at size 1."""
CLOSE = 0.28 / SIZE_BEFORE
"""How large the last picture of the scene before is on this cell."""
CONTACT = np.radians(by_aspect(51, 74, 72))


class Adcc(Film):
    """Antibodies on the tumor cell as a flag, the synapse with the killer cell, the outcome."""

    def flag(self):
        self.cell = Cell(RADIUS, places=190, shown=190, size=0.62, seed=6).place(MIDDLE)
        self.killer = self._killer()
        tails = np.array([r.mouth() for r in self.killer.receptors])
        feet, turns = self._stands(tails)
        self.coat = SmallAntibodies(feet, turns, SIZE).place(MIDDLE)
        ends = self.coat.spots(feet + REACH * SIZE * _up(turns))
        self._arrive()
        self._name(ends)
        self.killer.generate_target()
        self.killer.shift((1.7, 0.25, 0)).fade(1)
        seen = (np.abs(ends[:, 0]) < -at_px(0, 0)[0]) & (ends[:, 1] > at_px(0, 2000)[1])
        self.shine = VGroup(
            *(glow(ANTIBODY_LIGHT, 0.95, opacity=0.8).move_to(end) for end in ends[seen])
        )
        self.play(
            LaggedStart(*map(FadeIn, self.shine), lag_ratio=0.05),
            FadeIn(self.names[:2], rate_func=squish_rate_func(smooth, 0, 0.4)),
            MoveToTarget(self.killer, rate_func=ease_out_quad),
            at="tail",
            until="grip",
        )
        to_grip = leader(self.grip.get_left() + 0.1 * LEFT, tails[0], NK_LIGHT)
        self.names.add(self.grip, to_grip)
        self.play(
            self.killer.grip(),
            FadeIn(self.names[2:], rate_func=squish_rate_func(smooth, 0, 0.25)),
            self.killer.gather(self.killer.rim(CONTACT + np.pi, -0.35), 0.5),
            at="grip",
            run_time=min(0.9, 0.55 * self.time_until()),
        )
        self.wait(max(0, self.time_until() - 0.3))
        self.play(FadeOut(self.names), until=END)

    def _arrive(self) -> None:
        """Out from the last picture of the scene before, whose membrane is a bit of this cell.

        The fine coat shows only as the camera comes to rest: rushing past, it would flicker.
        """
        frame = self.camera.frame
        home = frame.copy()
        front, inside = last_picture()
        self.pin(inside)
        top = self.cell.rim(np.pi / 2)
        front.scale(CLOSE, scale_stroke=True, about_point=ORIGIN)
        front.shift(top - (0, CLOSE * FLOOR, 0))
        frame.scale(CLOSE * OUT).move_to(top + CLOSE * (DOWN - FLOOR) * UP)
        early, late = squish_rate_func(smooth, 0, 0.45), squish_rate_func(smooth, 0.45, 0.9)
        fine = (self.cell.receptors, self.coat)
        self.world = VGroup(self.cell, self.coat)
        self.add(self.cell, *front, inside)
        self.play(
            frame.animate.become(home),
            *(FadeOut(m, rate_func=early) for m in (*front, inside)),
            AnimationGroup(
                *(FadeIn(p, rate_func=late if p in fine else early) for p in self.cell),
                group=self.cell,
            ),
            FadeIn(self.coat, rate_func=late),
            until="tail",
        )
        self.remove(frame)  # with it on the stage, all is drawn anew in every frame

    def _name(self, ends: np.ndarray) -> None:
        """The labels: of the tumor cell and the tail, of the killer, and of what grips."""
        place = at_px(*by_aspect((700, 800), (430, 1330), (400, 830)))
        cell = label("tumor-cell", HER2_LIGHT, 32).move_to(place)
        tail = label("fc-tail", ANTIBODY_LIGHT, align=RIGHT)
        tail.move_to(at_px(*by_aspect((380, 300), (210, 700), (200, 330))))
        nearest = np.argmin(np.linalg.norm(ends - tail.get_right() - (0.8, -1.2, 0), axis=1))
        flag = VGroup(tail, leader(tail.get_right() + 0.15 * RIGHT, ends[nearest], ANTIBODY_LIGHT))
        killer = label("nk-cell", "#1B1147", 32, weight="BOLD").move_to(self.killer.nucleus)
        self.names = VGroup(cell, flag, killer.shift(0.12 * KILLER * UP))
        self.grip = label("fc-receptor", NK_LIGHT, align=LEFT)
        self.grip.move_to(at_px(*by_aspect((1570, 790), (835, 925), (860, 575))), LEFT)

    def _contact(self) -> np.ndarray:
        return self.cell.rim(CONTACT, 0.8)

    def _killer(self) -> NaturalKillerCell:
        way = np.array([np.cos(CONTACT), np.sin(CONTACT), 0])
        turn = CONTACT + np.pi
        spread = 0.42 * 1.9 / KILLER
        killer = NaturalKillerCell(KILLER, (turn + spread, turn, turn - spread))
        return killer.place(MIDDLE + (RADIUS + KILLER + 1.5) * way)

    def _stands(self, tails) -> tuple[np.ndarray, np.ndarray]:
        """Where antibodies stand on the cell, (n, 2), and their turns: three under the killer."""
        ring = self.cell.ring
        away = np.radians(9.6) * 5.4 / RADIUS
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
        soon, later = squish_rate_func(smooth, 0, 0.3), squish_rate_func(smooth, 0.25, 1)
        self.play(
            frame.animate(rate_func=squish_rate_func(smooth, 0.15, 1))
            .scale(0.45)
            .move_to(self._contact()),
            # fine things that rush past would flicker
            *(FadeOut(m, rate_func=soon) for m in (self.coat, self.cell.receptors, self.shine)),
            FadeIn(self.synapse, scale=0.85, rate_func=later),
            run_time=max(0.3, min(0.6, self.time_until("perforin"))),
        )
        self._clear(self.world, self.shine, self.killer, self.synapse, frame)
        frame.become(self.camera.home)
        perforin = label("perforin", PERFORIN, align=by_aspect(LEFT, ORIGIN, ORIGIN))
        perforin.move_to(at_px(*by_aspect((690, 810), (216, 1220), (216, 826))))
        granzymes = label("granzymes", GRANZYME, align=by_aspect(RIGHT, ORIGIN, ORIGIN))
        granzymes.move_to(at_px(*by_aspect((1240, 810), (864, 1220), (864, 826))))
        self.pin(perforin, granzymes)
        # one by one, so that only what moves, and what lies before it, is drawn in every frame
        self.add(*self.synapse, *gates)
        self.play(
            *self.synapse.open(), FadeIn(perforin), at="perforin", by="granzymes", run_time=1.0
        )
        self.synapse.forget()
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
        frame.scale(0.5).move_to(self._contact())
        self.cell.receptors.put(np.zeros((0, 2)))  # too fine for so fast a travel
        self.bring_to_back(self.cell, self.killer)
        rest = max(0.3, self.time_until() - 0.15)
        wide, middle = by_aspect(
            (2.6, (4.16, -0.5, 0)), (2.0, (0.3, -1.2, 0)), (2.5, (2.0, -1.4, 0))
        )
        self.play(
            FadeOut(closeup, scale=0.9, rate_func=squish_rate_func(smooth, 0.2, 0.6)),
            frame.animate.scale(2 * wide).move_to(MIDDLE + middle),
            self.cell.bleb(),
            self.killer.approach(MIDDLE + by_aspect((13.1, 2.8, 0), (4.4, 8.6, 0), (9.2, 3.4, 0))),
            at="death",
            run_time=rest * 0.5,
        )
        pieces = DyingCell(RADIUS).place(MIDDLE)
        name = label("apoptosis")
        name.move_to(at_px(*by_aspect((1400, 640), (540, 1330), (880, 800))))
        self.pin(name)
        self.play(
            FadeOut(self.cell, scale=0.8, rate_func=squish_rate_func(smooth, 0.15, 0.8)),
            pieces.scatter(),
            FadeIn(name, rate_func=squish_rate_func(smooth, 0, 0.4)),
            run_time=rest * 0.5,
        )
        self.remains = (pieces, self.killer, name)

    def _clear(self, *mobjects: Mobject) -> None:
        """Take mobjects off the stage, with all that may have been added to it by itself."""
        self.remove(*(part for m in mobjects for part in m.get_family()))

    def outcome(self):
        sick = Result("recurrence", HER2_LIGHT, 125)
        sick.lay_out(at_px(*by_aspect((540, 585), (540, 535), (540, 345))))
        alive = Result("survival", SURVIVAL, 94)
        alive.lay_out(at_px(*by_aspect((1380, 585), (540, 1140), (540, 655))))
        added = label("added-to-chemotherapy", MUTED, 32, weight="MEDIUM")
        added.move_to(at_px(*by_aspect((960, 180), (540, 165), (540, 170))))
        advice = label("not-advice", MUTED, 26, weight="MEDIUM")
        advice.move_to(at_px(*by_aspect((960, 858), (540, 1452), (540, 850))))
        ends = by_aspect(
            (at_px(960, 250), at_px(960, 800)),
            (at_px(90, 800), at_px(990, 800)),
            (at_px(60, 500), at_px(1020, 500)),
        )
        rule = Line(*ends, stroke_width=2, color="#2C3563")
        shown = VGroup(added, rule, sick, alive, advice)
        half = sick.say("recurrence-result", "recurrence-source")
        better = alive.say("survival-result", "survival-source")
        self.pin(shown, half, better)
        soon = squish_rate_func(smooth, 0, 0.3)
        self.play(
            self.camera.frame.animate.scale(1.3),
            *(FadeOut(m, rate_func=squish_rate_func(smooth, 0.1, 0.8)) for m in self.remains),
            FadeIn(shown, rate_func=squish_rate_func(smooth, 0.3, 1)),
            by="recurrence",
            run_time=0.9,
        )
        self._clear(*self.remains, shown)
        self.add(*shown)
        self.play(
            sick.people.light(60),
            FadeIn(half, shift=0.15 * UP, rate_func=soon),
            at="recurrence",
            by="survival",
            run_time=1.2,
        )
        self.play(
            alive.people.light(105),
            FadeIn(better, shift=0.15 * UP, rate_func=soon),
            at="survival",
            by="end",
            run_time=1.2,
        )


def _up(turn) -> np.ndarray:
    """The direction in which something turned by `turn` radians stands; shape (n, 2) or (2,)."""
    return np.stack([-np.sin(turn), np.cos(turn)], -1)
