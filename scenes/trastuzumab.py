"""Trastuzumab: the antibody that locks onto domain IV, and the signal that fades for it."""

from __future__ import annotations

from collections.abc import Iterator

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
    UpdateFromAlphaFunc,
    VGroup,
    smooth,
    squish_rate_func,
    there_and_back,
)
from manim.animation.animation import prepare_animation
from manim.utils.rate_functions import ease_in_out_sine, ease_in_quad

import dimerization
from dimerization import PAIRS
from explainer.scene import END
from look import (
    ANTIBODY_LIGHT,
    CLEAR,
    DEPART,
    DEPARTED,
    HER2_LIGHT,
    LARGE_TYPE,
    Film,
    Flight,
    at_px,
    by_aspect,
    glow,
    label,
    leader,
    mute,
    muted,
    unmute,
)
from parts.antibody import Antibody
from parts.membrane import PITCH, Membrane
from parts.pathway import rest
from parts.receptor import HER2Receptor, Receptor
from places import ALONE, APART, FAR, FLOOR, INSIDE, SIZE, VIEW

STAND_OFF = 1.12 * SIZE / 0.92
"""From the middle of two receptors to each of them, when an antibody stands between them."""
UNHELD = by_aspect(0.7, 0.5, 0.4)
"""How much further off HER3 stays, which no Fab holds."""
RAISED = 30
"""Degrees by which an arm is up: free, and above the antibody that keeps it from a partner."""
HELD = by_aspect(PAIRS, (-2.4, 2.4), (-1.87, 1.87))
"""The middles of the pairs that are held apart."""
LEAN = np.radians(by_aspect(1.2, 0.7, 0.6))
"""How far receptor and antibody lean as they meet."""


class Trastuzumab(Film):
    """Close to the membrane: an antibody on domain IV, receptors held apart, pathways dimming."""

    def docking(self):
        self._arrive()
        hero, antibody = self.hero, self.antibody
        name = label("trastuzumab", ANTIBODY_LIGHT, LARGE_TYPE, LEFT)
        name.move_to(at_px(*by_aspect((1240, 190), (430, 430), (420, 165))) + VIEW, LEFT)
        self.play(
            FadeIn(name, rate_func=squish_rate_func(smooth, 0, 0.4)),
            antibody.move_to_point(self.poised.origin, turn=-0.09, scale=1 / 1.1),
            at="trastuzumab",
            until="fit",
        )
        shine = glow(HER2_LIGHT, 1.9, opacity=0).move_to(hero.four)
        self.add(shine)
        self.bring_to_front(hero, antibody)
        antibody.generate_target()
        antibody.target.become(self.poised)
        self.play(
            shine.animate(rate_func=there_and_back).set_fill(opacity=0.7),
            hero.four.animate(rate_func=there_and_back).scale(1.16),
            antibody.animate(rate_func=there_and_back).shift(0.02 * UP),
            at="fit",
            run_time=0.5 * self.time_until("domain-four"),
        )
        four = label("domain-four", HER2_LIGHT, LARGE_TYPE)
        four.move_to(hero.point(by_aspect(-1.2, -0.6, -0.75), 1.0), RIGHT)
        to_four = leader(four.get_right() + 0.1 * RIGHT, hero.point(-0.25, 0.84), HER2_LIGHT)
        self.play(
            antibody.lock_on(hero, RIGHT, 0, rate_func=ease_in_quad),
            FadeIn(four, to_four, rate_func=squish_rate_func(smooth, 0.8, 1)),
            until="domain-four",
        )
        spark = glow("#FFFFFF", 1.7, opacity=0.45).move_to(hero.dock(RIGHT))
        # what meets has weight: both lean, the membrane gives way
        lean = VGroup(hero, antibody)
        foot = self.membrane.spot(FAR)
        self.wait(until="domain-four")
        self.play(
            FadeIn(spark, scale=0.3, rate_func=there_and_back, remover=True),
            *(part.animate(rate_func=_recoil).rotate(LEAN, about_point=foot) for part in lean),
            self.membrane.ripple(FAR, 0.05),
            run_time=self.before_departure(0.8),
        )
        self._sway(FAR, hero, antibody, turn=0.6, periods=4)
        self.notes = VGroup(name, four)
        self.wait(max(0, self.time_until() - DEPART))
        # letters that rush past would flash
        self.pin(self.notes.shift(-VIEW))
        self.fly(
            Flight(ALONE, APART),
            FadeOut(to_four),
            self.membrane.blur(0, 1),
            dim=0.72,
            clear=CLEAR,
            part=(0, DEPARTED),
            until=END,
        )

    def _sway(self, x: float, *parts: Receptor | Antibody, periods: int, turn: float = 1.2) -> None:
        """What holds together sways as one, by `turn` degrees about the membrane at `x`."""
        for part in parts:
            self.idle(part, turn=turn, periods=periods, pivot=self.membrane.spot(x))

    def _arrive(self) -> None:
        """From the pairs along the membrane to a single receptor, and the antibody turns in."""
        world, pinned = dimerization.last_picture()
        self.pairs = world[1:]
        self.membrane = _ground()
        self.signal = pinned[:4]
        self.pin(pinned)
        self.hero = _single(self.membrane)
        self.poised = _antibody().seat(self.hero, RIGHT, 0).shift((0.5, 0.35, 0)).rotate(0.12)
        self.antibody = self.poised.copy()
        near = self.poised.origin + np.array((0.3, 0.08, 0))
        self.antibody.scale(1.1).rotate(0.12).place(near)
        antibody = self.antibody
        antibody.generate_target()
        antibody.place(near + np.array(by_aspect((0.8, -0.2, 0), (0.4, -0.3, 0), (0.5, -0.2, 0))))
        antibody.scale(1.6).rotate(0.3)
        self.look_at(INSIDE)
        self.add(self.membrane, *self.pairs, self.hero, pinned)
        flight = Flight(INSIDE, ALONE)
        self.fly(
            flight,
            FadeOut(pinned[:4], rate_func=squish_rate_func(smooth, 0, 0.25)),
            FadeOut(pinned[4:], rate_func=squish_rate_func(smooth, 0.2, 0.6)),
            FadeIn(self.hero, rate_func=squish_rate_func(smooth, 0.1, 0.4)),
            *(_step_aside(r) for r in self.pairs),
            self.membrane.blur(0, 1, rate_func=_there_between),
            _turn_in(antibody),
            dim=0.7,
            until="trastuzumab",
        )
        for first, x, periods in zip((0, 2), PAIRS, (3, 4), strict=True):
            self._sway(x, *self.pairs[first : first + 2], periods=periods)

    def blocked(self):
        held = _held_apart()
        self.pin(held)
        sources = [pathway[0] for pathway in self.signal[1:3]]
        self.fly(
            Flight(ALONE, APART),
            FadeOut(self.notes, rate_func=squish_rate_func(smooth, 0.2, 0.5)),
            *(_step_forward(r) for r in self.pairs),
            FadeIn(self.signal, rate_func=squish_rate_func(smooth, 0.3, 0.9)),
            self.membrane.blur(1, 0, rate_func=squish_rate_func(smooth, 0.6, 1)),
            dim=0.72,
            clear=CLEAR,
            part=(DEPARTED, 1),
            by="apart",
            run_time=0.9,
        )
        antibodies = _antibodies(self.pairs)
        self.add(*antibodies)
        for antibody, x in zip(antibodies, HELD, strict=True):
            antibody.generate_target()
            muted(antibody, 0.7)
            antibody.shift((0.8 * np.sign(x), 5.2, 0)).rotate(0.7 * np.sign(x))
        self.play(*(_strike(antibody) for antibody in antibodies), until="apart")
        room = self.time_until("fade")
        stages = block(self.pairs, antibodies, self.membrane)
        lengths = (0.35 * room, 0.45 * room, 0.2 * room)
        for stage, (animations, length) in enumerate(zip(stages, lengths, strict=True)):
            if stage == 0:
                animations += [FadeIn(held)]
            if stage == 2:
                animations += [*map(FadeOut, sources)]
            self.play(*animations, run_time=length)
        self.play(*fade_pathways(self.signal), at="fade", by=END, run_time=1.2)


def last_picture() -> tuple[VGroup, VGroup]:
    """What the scene ends with: the membrane with its receptors and antibodies; what is pinned.

    The camera shows APART then.
    """
    world, pinned = dimerization.last_picture()
    membrane, pairs = _ground(), world[1:]
    finish_now(*(unmute(r) for r in pairs))
    antibodies = _antibodies(pairs)
    for animations in block(pairs, antibodies, membrane):
        finish_now(*animations)
    finish_now(*fade_pathways(pinned[:4]))
    single = _single(membrane)
    world = VGroup(membrane, *pairs, single, _antibody().seat(single, RIGHT, 0), *antibodies)
    _, survival, division, cell, *_ = pinned
    return world, VGroup(survival[1:], division[1:], cell, _held_apart())


def _ground() -> Membrane:
    """That of the scene before, longer by whole lipids, so that each stands where it stood."""
    width = 20 + 50 * PITCH
    return Membrane(width, depth=by_aspect(8, 16, 8)).place((0, FLOOR, 0))


def _antibodies(pairs: VGroup) -> VGroup:
    """One for each pair, above the clasped arms, which it is about to strike."""
    made = VGroup()
    for left, right in zip(pairs[::2], pairs[1::2], strict=True):
        middle = (left.origin + right.origin) / 2
        made.add(_antibody().place(middle + SIZE * np.array((0, 2.8, 0))))
    return made


def block(pairs: VGroup, antibodies: VGroup, membrane: Membrane) -> Iterator[list[Animation]]:
    """What an antibody does to each pair, stage by stage; each begins where the last one ended.

    The clasp stretches; it snaps, and the receptors are held apart; the kinases fall silent.
    """
    two = list(zip(pairs[::2], pairs[1::2], antibodies, HELD, (0, UNHELD), strict=True))
    yield [
        move
        for left, right, antibody, _, _ in two
        for move in (
            left.part_from(left.origin + 0.16 * LEFT, -4, rate_func=ease_in_out_sine),
            right.part_from(right.origin + 0.16 * RIGHT, -4, rate_func=ease_in_out_sine),
            antibody.move_to_point(antibody.origin + 0.08 * SIZE * DOWN),
        )
    ]
    snap: list[Animation] = []
    for left, right, antibody, middle, off in two:
        snap.append(left.part_from(membrane.spot(middle - STAND_OFF), RAISED, rate_func=smooth))
        there = membrane.spot(middle + STAND_OFF + off)
        snap.append(right.part_from(there, RAISED, rate_func=smooth))
        antibody.generate_target()
        antibody.target.seat(left.target, RIGHT, 0)
        snap.append(antibody.move_to_point(antibody.target.origin))
    yield snap
    yield [receptor.fall_silent() for receptor in pairs]


def fade_pathways(signal: VGroup) -> list[Animation]:
    """Both pathways go out step by step, and the cells rest."""
    shield, survival, division, cell = signal
    return [
        rest(survival[1:]),
        rest(division[1:]),
        shield.animate.set_fill(opacity=0),
        mute(cell),
    ]


def _antibody() -> Antibody:
    antibody = Antibody().scale(SIZE * 1.18, about_point=ORIGIN)
    return antibody.remove(antibody.glow)


def _single(membrane: Membrane) -> HER2Receptor:
    """The receptor that stands by itself, its arm raised."""
    receptor = HER2Receptor().scale(SIZE, about_point=ORIGIN)
    receptor.remove(receptor.phosphates).wave_arm(RAISED)
    return receptor.become(receptor.target).place(membrane.spot(FAR))


def _held_apart() -> VGroup:
    text = label("apart", ANTIBODY_LIGHT)
    return text.move_to(by_aspect((0.1, -0.35, 0), (0, -0.2, 0), (0, -0.85, 0)))


def finish_now(*changes: Animation) -> None:
    """Bring the ends of animations about at once."""
    for change in map(prepare_animation, changes):
        change.begin()
        change.finish()


def _turn_in(antibody: Antibody) -> Animation:
    """From the foreground, large and close, to where its target is."""
    start, target = antibody.copy(), antibody.target
    turn = target.lean() - start.lean()
    size = np.linalg.norm(target.point(1, 0) - target.origin) / np.linalg.norm(
        start.point(1, 0) - start.origin
    )

    def step(antibody: Antibody, alpha: float) -> None:
        eased = smooth(alpha)
        now = size**eased
        arm = now * np.array(
            [
                [np.cos(turn * eased), np.sin(turn * eased), 0],
                [-np.sin(turn * eased), np.cos(turn * eased), 0],
                [0, 0, 1],
            ]
        )
        where = start.origin + (target.origin - start.origin) * eased
        clear = float(np.clip((alpha - 0.82) / 0.18, 0, 1))
        for part, before in zip(antibody.get_family(), start.get_family(), strict=True):
            part.points = where + (before.points - start.origin) @ arm
            part.fill_rgbas = before.fill_rgbas * (1, 1, 1, clear)
            part.stroke_rgbas = before.stroke_rgbas * (1, 1, 1, clear)

    return UpdateFromAlphaFunc(antibody, step, rate_func=lambda t: t)


def _there_between(t: float) -> float:
    """Soon up to 1, and back to 0 at the end."""
    return float(smooth(min(1, t / 0.2)) * (1 - smooth(max(0, (t - 0.65) / 0.35))))


def _strike(antibody: Antibody) -> Animation:
    """Down to its target, ever faster, turning upright, and itself again by then."""
    target = antibody.target
    turn = target.lean() - antibody.lean()
    move = antibody.move_to_point(target.origin, turn=turn, rate_func=ease_in_quad)
    muted(antibody.target, 0)
    return move


def _recoil(t: float) -> float:
    """There and back, less the second time; at rest for the first moment, as if it held."""
    t = max(0, (t - 0.06) / 0.94)
    return float(np.sin(2 * np.pi * t) * (1 - t) ** 1.5)


def _step_aside(receptor: Receptor) -> Animation:
    """The receptor is muted, and its phosphates are not seen meanwhile."""
    move = mute(receptor, 0.85, rate_func=squish_rate_func(smooth, 0, 0.3))
    receptor.target.phosphates.become(receptor.phosphates).set_opacity(0)
    return move


def _step_forward(receptor: Receptor) -> Animation:
    """The receptor is itself again; late, when its letters are well inside the picture."""
    move = unmute(receptor, rate_func=squish_rate_func(smooth, 0.4, 1))
    for phosphate in receptor.target.phosphates:
        phosphate.set_opacity(float(phosphate.shown))
    return move
