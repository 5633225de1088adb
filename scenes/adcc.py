"""ADCC: the antibody's tail calls the killer cell, the tumor cell dies, and what that has meant."""

from __future__ import annotations

import numpy as np
from manim import (
    LEFT,
    RIGHT,
    UP,
    AnimationGroup,
    FadeIn,
    FadeOut,
    LaggedStart,
    Mobject,
    MoveToTarget,
    UpdateFromAlphaFunc,
    VGroup,
    linear,
    smooth,
    squish_rate_func,
)
from manim.utils.rate_functions import ease_out_quad

from explainer.scene import END
from look import (
    ANTIBODY_LIGHT,
    DEPART,
    GRANZYME,
    LARGE_TYPE,
    MUTED,
    NK_LIGHT,
    PERFORIN,
    PX,
    TEXT,
    Film,
    Flight,
    at_px,
    by_aspect,
    glow,
    label,
    leader,
    mute,
    muted,
)
from parts.antibody import SmallAntibodies
from parts.cells import Cell, NaturalKillerCell
from parts.dying_cell import DyingCell, collapse, wither
from parts.people import Result
from parts.synapse import Synapse
from places import DOWN, FLOOR, HOME, OUT, WIDTH
from places import SIZE as SIZE_BEFORE
from trastuzumab import last_picture

MIDDLE = np.array(by_aspect((-1.5, -6.0, 0), (-0.9, -5.2, 0), (-1.3, -6.5, 0)))
"""The middle of the tumor cell, of which only the top is in the picture."""
RADIUS = by_aspect(5.4, 4.6, 5.4)
KILLER = by_aspect(1.9, 1.9, 1.45)
"""The radius of the killer cell."""
SIZE = 0.58
"""Of the small antibodies."""
HINGE = 1.02
"""From a small antibody's foot to CH2, just above its hinge, at size 1: there it is gripped."""
REACH = 1.66
"""From its foot to the end of its tail."""
TILT = 0.5
"""How far, in radians, a gripped antibody leans aside, so that the claw passes by its tail."""
ABOVE = by_aspect(1.12, 1.12, 1.12)
"""From the tumor cell's rim to the killer's."""
CLOSE = 0.28 / SIZE_BEFORE
"""How large the last picture of the scene before is on this cell."""
CONTACT = np.radians(by_aspect(51, 74, 72))
DIVING = 0.06
"""How far the flight into the contact is as its line begins; it goes far, and so fast."""
BACK = by_aspect(2.25, 2.1, 2.5)
"""How much more the camera takes in when the cell dies."""
WIDE = (*(MIDDLE + by_aspect((4.4, 1.3, 0), (0.9, 0.6, 0), (1.7, 1.2, 0)))[:2], BACK * WIDTH)


class Adcc(Film):
    """Antibodies on the tumor cell as a flag, the synapse with the killer cell, the outcome."""

    def flag(self):
        self.cell = Cell(RADIUS, places=190, shown=190, size=0.62, seed=6).place(MIDDLE)
        self.killer = self._killer()
        claws = np.array([r.mouth() for r in self.killer.receptors])
        feet, turns = self._stands(claws)
        self.coat = SmallAntibodies(feet, turns, SIZE).place(MIDDLE)
        ends = self.coat.spots(feet + REACH * SIZE * _up(turns))
        self._arrive()
        tail = label("tail", ANTIBODY_LIGHT, LARGE_TYPE, by_aspect(RIGHT, LEFT, RIGHT))
        side = by_aspect(RIGHT, LEFT, RIGHT)
        tail.move_to(at_px(*by_aspect((520, 330), (70, 520), (470, 420))), side)
        corner = tail.get_corner(np.array((side[0], -1, 0)))
        nearest = np.argmin(np.linalg.norm(ends - corner - (0.5 * side[0], -1, 0), axis=1))
        to_tail = leader(corner - 0.15 * UP - 0.3 * side, ends[nearest], ANTIBODY_LIGHT)
        self.names = VGroup(tail, to_tail)
        self.killer.generate_target()
        self.killer.shift(by_aspect((2.6, 1.2, 0), (1.2, 0.6, 0), (1.2, 0.6, 0))).fade(1)
        seen = (np.abs(ends[:, 0]) < -at_px(0, 0)[0]) & (ends[:, 1] > at_px(0, 2000)[1])
        self.shine = VGroup(
            *(glow(ANTIBODY_LIGHT, 0.95, opacity=0.8).move_to(end) for end in ends[seen])
        )
        self.play(
            LaggedStart(*map(FadeIn, self.shine), lag_ratio=0.05),
            FadeIn(self.names, rate_func=squish_rate_func(smooth, 0, 0.1)),
            MoveToTarget(self.killer, rate_func=ease_out_quad),
            at="tail",
            until="killer",
        )
        contact = self._contact()
        self.idle(self.killer, turn=1.3, periods=3, pivot=contact)
        killer = label("killer", NK_LIGHT, LARGE_TYPE)
        killer.move_to(
            at_px(*by_aspect((1180, 225), (1010, 300), (54, 250))), by_aspect(RIGHT, RIGHT, LEFT)
        )
        spelled = label("adcc", TEXT, LARGE_TYPE, width=by_aspect(np.inf, np.inf, 700 * PX))
        spelled.move_to(at_px(*by_aspect((700, 810), (540, 1370), (446, 815))))
        self.play(
            self.killer.grip(),
            self.killer.gather(self.killer.rim(CONTACT + np.pi, -0.35), 0.5),
            FadeOut(self.names, rate_func=squish_rate_func(smooth, 0.62, 0.76)),
            FadeIn(killer, rate_func=squish_rate_func(smooth, 0, 0.25)),
            FadeIn(spelled, rate_func=squish_rate_func(smooth, 0.62, 0.78)),
            at="killer",
            run_time=min(0.9, 0.55 * self.time_until()),
        )
        self.names = VGroup(killer, spelled)
        self.pin(self.names)
        self.wait(max(0, self.time_until() - DEPART))
        self.fly(
            self._into_contact(),
            dim=0.72,
            above=[self.names],
            clear=DIVING,
            part=(0, DIVING),
            until=END,
        )

    def _arrive(self) -> None:
        """Out from the last picture of the scene before, whose membrane is a bit of this cell."""
        front, inside = last_picture()
        self.pin(inside)
        top = self.cell.rim(np.pi / 2)
        front.scale(CLOSE, scale_stroke=True, about_point=np.zeros(3))
        front.shift(top - (0, CLOSE * FLOOR, 0))
        start = (top[0], top[1] + CLOSE * (DOWN - FLOOR), CLOSE * OUT * WIDTH)
        self.look_at(start)
        early, late = squish_rate_func(smooth, 0.1, 0.4), squish_rate_func(smooth, 0.6, 0.95)
        fine = (self.cell.receptors, self.coat)
        self.add(self.cell, *front, inside)
        self.fly(
            Flight(start, HOME),
            *(FadeOut(m, rate_func=early) for m in (*front, inside)),
            AnimationGroup(
                *(FadeIn(p, rate_func=late if p in fine else early) for p in self.cell),
                group=self.cell,
            ),
            FadeIn(self.coat, rate_func=late),
            dim=0.7,
            until="tail",
        )
        self.look_at(HOME)

    def _contact(self) -> np.ndarray:
        return self.cell.rim(CONTACT, 0.55)

    def _killer(self) -> NaturalKillerCell:
        way = np.array([np.cos(CONTACT), np.sin(CONTACT), 0])
        turn = CONTACT + np.pi
        spread = 0.42 * 1.9 / KILLER
        killer = NaturalKillerCell(KILLER, (turn + spread, turn, turn - spread))
        return killer.place(MIDDLE + (RADIUS + KILLER + ABOVE) * way)

    def _stands(self, claws) -> tuple[np.ndarray, np.ndarray]:
        """Where antibodies stand on the cell, (n, 2), and their turns: three under the killer."""
        ring = self.cell.ring
        away = np.radians(9.6) * 5.4 / RADIUS
        gripped = np.arctan2(*(claws - MIDDLE)[:, 1::-1].T)
        others = np.arange(gripped.max() + away, gripped.min() + 2 * np.pi - away / 2, away)
        free = np.stack([ring.normal(others) - np.pi / 2, *(ring.at(others) * 1.004).T], 1)
        under = []
        for angle, claw in zip(gripped, claws - MIDDLE, strict=True):
            turn = ring.normal(angle)[0] - np.pi / 2 + TILT
            foot = claw[:2] - HINGE * SIZE * _up(turn)
            under.append((turn, *foot))
        stands = np.concatenate([np.array(under), free])
        return stands[:, 1:], stands[:, 0]

    def attack(self):
        self.synapse = Synapse()
        granule, pore = self.synapse.granule, self.synapse.pore
        self.pin(self.synapse, granule, pore)
        self._dive()
        self.add(*self.synapse, granule)
        for held in self.synapse.held:
            self.idle(held[0], held[1], turn=1.2, periods=3)
        perforin = label("perforin", PERFORIN, LARGE_TYPE)
        perforin.move_to(at_px(*by_aspect((655, 430), (300, 1430), (390, 410))))
        granzymes = label("granzymes", GRANZYME, LARGE_TYPE)
        granzymes.move_to(at_px(*by_aspect((1235, 862), (790, 1430), (560, 820))))
        self.pin(perforin, granzymes)
        self.play(self.synapse.dock(), until="perforin")
        early = squish_rate_func(smooth, 0, 0.2)
        self.add(pore.glow, pore.back, pore.lumen, granule.granzymes, pore.front, granule.skin)
        self.play(
            granule.open(rate_func=squish_rate_func(smooth, 0, 0.3)),
            self.synapse.build_ring(rate_func=linear),
            FadeOut(granule.perforin, rate_func=squish_rate_func(smooth, 0.1, 0.7)),
            FadeIn(perforin, rate_func=early),
            at="perforin",
            run_time=0.8 * self.time_until("granzymes"),
        )
        late = squish_rate_func(smooth, 0.3, 0.9)
        self.play(pore.open(), FadeIn(granzymes, rate_func=late), until="granzymes")
        self.play(self.synapse.pass_granzymes(), at="granzymes", until="death")
        self._die(VGroup(*self.synapse, granule, pore, perforin), granzymes)

    def _dive(self) -> None:
        """Into the contact, where the picture changes to the close-up at the height of speed."""
        quick = min(0.6, 0.5 * self.time_until("perforin"))
        self.world = VGroup(self.cell, self.coat)
        self.hold_still(self.killer)
        dive = self._into_contact()
        self.fly(
            dive,
            FadeOut(self.names[0], rate_func=squish_rate_func(smooth, 0, 0.3)),
            FadeOut(self.names[1], rate_func=squish_rate_func(smooth, 0.6, 1)),
            # the coat steps back: one by one its antibodies would flash while they pass by
            mute(self.coat, 0.8, rate_func=squish_rate_func(smooth, 0, 0.3)),
            dim=0.72,
            above=[self.names],
            clear=DIVING,
            part=(DIVING, 0.6),
            run_time=quick * 0.65,
        )
        self.fly(
            dive,
            FadeIn(self.synapse, scale=0.8),
            dim=0.72,
            clear=DIVING,
            part=(0.6, 1),
            run_time=quick * 0.35,
        )
        self._clear(self.world, self.shine, self.killer, self.synapse, self.camera.frame)
        self.look_at(HOME)

    def _into_contact(self) -> Flight:
        return Flight(HOME, (*self._contact()[:2], WIDTH * 0.16))

    def _die(self, closeup: VGroup, granzymes: VGroup) -> None:
        """Back out of the close-up: the cell shrinks, blebs and breaks up; the killer moves on."""
        near = (*self._contact()[:2], WIDTH * 0.16)
        back = Flight(near, WIDE)
        bodies = DyingCell(RADIUS).place(MIDDLE)
        for held in self.synapse.held:
            self.hold_still(*held)
        # where a language says that it comes apart at once, the picture takes a little longer
        told = self.time_until("apoptosis")
        first = float(np.clip(0.5 * told, 0.3, 0.7))
        second = max(0.45, told - first)
        self._clear(*closeup, closeup)
        self.look_at(near)
        self.add(self.cell, muted(self.coat, 0), self.killer)
        self.shine.set_opacity(0)
        self.pin(closeup)
        self.add(closeup)
        self.fly(
            back,
            FadeOut(closeup, scale=0.7),
            dim=0.72,
            above=[granzymes],
            part=(0.12, 0.3),
            run_time=0.2 * first,
        )
        self.fly(back, dim=0.72, above=[granzymes], part=(0.3, 1), run_time=0.8 * first)
        self.look_at(WIDE)
        self.add(bodies, self.cell)
        dying = wither(self.cell, bodies)
        coat = [(m, m.points.copy()) for m in self.coat.get_family()]

        def shrink(_: Mobject, alpha: float) -> None:
            for member, points in coat:
                member.points = MIDDLE + (points - MIDDLE) * (1 - 0.15 * alpha)

        self.add(bodies.crescents, self.coat, self.killer)
        name = label("apoptosis", TEXT, LARGE_TYPE)
        name.move_to(at_px(*by_aspect((1290, 800), (540, 1420), (770, 810))))
        self.pin(name)
        self.play(
            dying,
            bodies.bleb(),
            UpdateFromAlphaFunc(self.coat, shrink),
            FadeOut(granzymes, rate_func=squish_rate_func(smooth, 0.35, 1)),
            FadeIn(name, rate_func=squish_rate_func(smooth, 0.5, 0.85)),
            run_time=second,
        )
        self.play(
            collapse(self.cell, bodies),
            bodies.fall_apart(),
            FadeOut(self.coat, rate_func=squish_rate_func(smooth, 0, 0.4)),
            self.killer.approach(
                MIDDLE + by_aspect((13.5, 4.4, 0), (4.6, 9.8, 0), (9.0, 5.0, 0)), turn=-0.9
            ),
            until=END,
        )
        self.remains = (bodies, self.cell, bodies.crescents, self.killer)
        self.names = VGroup(name)

    def _clear(self, *mobjects: Mobject) -> None:
        """Take mobjects off the stage, with all that may have been added to it by itself."""
        self.remove(*(part for m in mobjects for part in m.get_family()))

    def outcome(self):
        well = Result("recurrence", 75, at_px(*by_aspect((510, 640), (540, 620), (540, 435))))
        alive = Result("survival", 75, at_px(*by_aspect((1410, 640), (540, 1325), (540, 838))))
        hundred = label("hundred-women", MUTED).move_to(
            at_px(*by_aspect((960, 200), (540, 160), (540, 150)))
        )
        self.pin(well, alive, hundred)
        soon, late = squish_rate_func(smooth, 0, 0.4), squish_rate_func(smooth, 0.3, 1)
        self.play(
            *(FadeOut(m, rate_func=soon) for m in self.remains),
            FadeOut(self.names, rate_func=squish_rate_func(smooth, 0.2, 0.6)),
            FadeIn(well.people, alive.people, hundred, shift=0.3 * UP, rate_func=late),
            by="recurrence",
            run_time=0.7,
        )
        self._clear(*self.remains, self.names)
        self.look_at(HOME)
        # leaving room for the picture of a sway, each grid breathes by itself
        self.idle(well.people, alive.people, shift=(0, 4 * PX), periods=2)
        self.play(
            well.people.spare(12),
            FadeIn(well.label, shift=0.15 * UP, rate_func=soon),
            at="recurrence",
            by="survival",
            run_time=1.6,
        )
        self.play(
            alive.people.spare(9),
            FadeOut(hundred, rate_func=squish_rate_func(smooth, 0, 0.12)),
            FadeIn(alive.label, shift=0.15 * UP, rate_func=squish_rate_func(smooth, 0, 0.15)),
            at="survival",
            by=END,
            run_time=1.6,
        )
        self.results = VGroup(well, alive)

    def answer(self):
        cell = Cell(RADIUS, places=190, shown=190, size=0.62, seed=6).place(MIDDLE)
        turns = cell.ring.even(50)
        coat = SmallAntibodies(
            cell.ring.at(turns) * 1.004, cell.ring.normal(turns) - np.pi / 2, SIZE
        )
        coat.place(MIDDLE)
        title = label("end-title", TEXT, LARGE_TYPE)
        advice = label("not-advice", MUTED)
        card = VGroup(title, advice).arrange(-UP, buff=0.3)
        card.move_to(at_px(*by_aspect((960, 320), (540, 480), (540, 250))))
        self.hold_still(self.results[0].people, self.results[1].people)
        self.play(
            FadeOut(self.results, rate_func=squish_rate_func(smooth, 0, 0.4)),
            FadeIn(cell, coat, shift=0.5 * UP, rate_func=squish_rate_func(smooth, 0.3, 1)),
            FadeIn(card, rate_func=squish_rate_func(smooth, 0.3, 0.7)),
            run_time=0.6,
        )
        turning = VGroup(cell, coat)
        self.play(turning.animate(rate_func=linear).rotate(-0.05, about_point=MIDDLE), until=END)


def _up(turn) -> np.ndarray:
    """The direction in which something turned by `turn` radians stands; shape (n, 2) or (2,)."""
    return np.stack([-np.sin(turn), np.cos(turn)], -1)
