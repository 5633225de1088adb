"""Trastuzumab: the antibody that locks onto domain IV, and the signal that fades for it."""

from __future__ import annotations

import numpy as np
from manim import (
    LEFT,
    ORIGIN,
    RIGHT,
    UP,
    Animation,
    FadeIn,
    FadeOut,
    Rectangle,
    VGroup,
    config,
    smooth,
    squish_rate_func,
    there_and_back_with_pause,
)
from manim.animation.animation import prepare_animation

import dimerization
from dimerization import FLOOR, LOOK_DOWN, PAIRS, SIZE, STEP_BACK
from look import (
    ANTIBODY_LIGHT,
    HER2_LIGHT,
    NIGHT,
    TEXT,
    Film,
    at_px,
    by_aspect,
    glow,
    label,
    leader,
    mute,
    unmute,
)
from parts.antibody import Antibody
from parts.membrane import PITCH, Membrane
from parts.pathway import rest
from parts.receptor import HER2Receptor, Receptor
from parts.vesicle import Pit

APART = 1.12 * SIZE / 0.92
"""From the middle of two receptors to each of them, when an antibody holds both."""
UNHELD = by_aspect(0.2, 0.2, 0.06)
"""How much further off HER3 stays, which no Fab holds."""
FAR = by_aspect(-8.0, -9.6, -8.8)
"""Where a receptor stands by itself, away from the pairs of the scene before."""
VIEW = np.array((FAR + by_aspect(1.12, 0.9, 0.8), 0, 0))
"""What the camera looks at first."""
RAISED = 30
"""Degrees by which an arm is up: free, and above the antibody that keeps it from a partner."""
HELD = by_aspect(PAIRS, (-2.65, 2.65), (-1.87, 1.87))
"""The middles of the pairs that are held apart."""
OUT, DOWN = by_aspect((STEP_BACK, LOOK_DOWN), (1.55, -2.6), (1.5, -1.94))
"""How much the camera takes in to show them, and the height it looks at."""

SINK = by_aspect(0.15, 0.1, 0.15)
"""How far the vesicle sinks after it has come loose."""


class Trastuzumab(Film):
    """Close to the membrane: an antibody on domain IV, receptors held apart, pathways dimming."""

    def docking(self):
        self._arrive()
        hero, antibody = self.hero, _antibody()
        self.antibody = antibody.seat(hero, RIGHT, 0).shift((0.7, 0.4, 0)).rotate(0.15)
        name = label("trastuzumab", ANTIBODY_LIGHT, by_aspect(46, 46, 40), LEFT)
        name.move_to(at_px(*by_aspect((1140, 177), (500, 220), (690, 185))) + VIEW, LEFT)
        self.play(
            antibody.drift_in(antibody.origin + 1.5 * RIGHT + 0.9 * UP, -0.4),
            FadeIn(name, rate_func=squish_rate_func(smooth, 0.65, 1)),
            FadeIn(self.numerals, rate_func=squish_rate_func(smooth, 0, 0.4)),
            run_time=max(0.3, 0.6 * self.time_until("lock")),
        )
        self.play(antibody.lock_on(hero, RIGHT, 0), until="lock")
        four = label("domain-four", HER2_LIGHT, by_aspect(40, 34, 34))
        four.move_to(hero.point(by_aspect(-1.2, -1, -1.2), 1.0), RIGHT)
        to_four = leader(four.get_right() + 0.12 * RIGHT, hero.point(-0.25, 0.84), HER2_LIGHT)
        spark = glow("#FFFFFF", 1.7, opacity=0.7).move_to(hero.dock(RIGHT))
        free = label("arm-free").move_to(hero.point(-0.565, 3.39))
        to_free = leader(hero.point(0.51, 3.27), hero.arm.get_top(), TEXT)
        self.play(
            FadeIn(spark, scale=0.3),
            FadeIn(free, shift=0.1 * UP, rate_func=squish_rate_func(smooth, 0.4, 1)),
            FadeIn(to_free, rate_func=squish_rate_func(smooth, 0.4, 1)),
            FadeIn(four, shift=0.15 * RIGHT),
            FadeIn(to_four),
            FadeOut(self.numerals),
            at="lock",
            by="end",
            run_time=0.4,
        )
        self.play(
            FadeOut(spark, scale=1.5),
            hero.beckon(10),
            by="end",
            run_time=0.8,
        )
        self.notes = VGroup(name, four, to_four, free, to_free)

    def _arrive(self) -> None:
        """From the last picture of the scene before along the membrane to a single receptor."""
        world, pinned = dimerization.last_picture()
        self.pairs = world[1:]
        self.membrane = _ground()
        self.signal = pinned[:4]
        size = {"width": config.frame_width, "height": config.frame_height}
        self.veil = Rectangle(**size, stroke_width=0, fill_color=NIGHT, fill_opacity=0)
        self.pin(pinned, self.veil)
        self.hero = _single(self.membrane)
        self.numerals = self.hero.numerals()
        frame = self.camera.frame
        frame.scale(STEP_BACK).move_to((0, LOOK_DOWN, 0))
        self.add(self.membrane, *self.pairs, self.hero, self.veil, pinned)
        self.play(
            frame.animate.scale(1 / STEP_BACK).move_to(VIEW),
            FadeOut(pinned, rate_func=squish_rate_func(smooth, 0, 0.4)),
            FadeIn(self.hero, rate_func=squish_rate_func(smooth, 0.2, 0.6)),
            *(_step_aside(r, seen=r in self.pairs[: by_aspect(2, 0, 0)]) for r in self.pairs),
            self._rush(),
            by="lock",
            run_time=1.1,
        )
        self.remove(frame)  # with it on the stage, all is drawn anew in every frame

    def _rush(self) -> Animation:
        """The picture dims while the camera rushes past fine bright things that would flicker."""
        return self.veil.animate(rate_func=there_and_back_with_pause).set_fill(
            opacity=by_aspect(0.42, 0.58, 0.62)
        )

    def blocked(self):
        held = _held_apart()
        self.pin(held)
        self.bring_to_front(self.veil)
        sources = [pathway[0] for pathway in self.signal[1:3]]
        self.play(
            self.camera.frame.animate.scale(OUT).move_to((0, DOWN, 0)),
            FadeOut(self.notes, rate_func=squish_rate_func(smooth, 0, 0.3)),
            *(_step_forward(r) for r in self.pairs),
            FadeIn(self.signal, rate_func=squish_rate_func(smooth, 0.6, 1)),
            self._rush(),
            by="apart",
            run_time=1.0,
        )
        self.remove(self.camera.frame)
        antibodies, moves = hold_pairs_apart(self.pairs, self.membrane)
        self.play(
            *moves,
            *map(FadeOut, sources),
            FadeIn(held),
            at="apart",
            by="fade",
            run_time=min(0.9, 0.48 * self.time_until("fade") + 0.48 * self.time_until("apart")),
        )
        pit = internalize(self.pairs, antibodies, self.membrane)
        self.play(pit.swallow(), by="fade", run_time=1.2)
        self.play(*fade_pathways(self.signal), at="fade", by="end", run_time=1.3)


def last_picture() -> tuple[VGroup, VGroup]:
    """What the scene ends with: the membrane with its receptors and antibodies; what is pinned.

    The camera's frame is OUT times as large then, its middle at (0, DOWN).
    """
    world, pinned = dimerization.last_picture()
    membrane, pairs = _ground(), world[1:]
    finish_now(*(unmute(r) for r in pairs))
    antibodies, moves = hold_pairs_apart(pairs, membrane)
    finish_now(*moves)
    pit = internalize(pairs, antibodies, membrane)
    finish_now(pit.swallow())
    finish_now(*fade_pathways(pinned[:4]))
    single = _single(membrane)
    world = VGroup(membrane, *pairs[2:], single, _antibody().seat(single, RIGHT, 0))
    world.add(*antibodies[1:], pit)
    _, survival, division, cell, *_ = pinned
    return world, VGroup(survival[1:], division[1:], cell, _held_apart())


def _ground() -> Membrane:
    """That of the scene before, longer by whole lipids, so that each stands where it stood."""
    width = 20 + 50 * PITCH
    return Membrane(width, depth=by_aspect(8, 16, 8)).place((0, FLOOR, 0))


def hold_pairs_apart(pairs: VGroup, membrane: Membrane) -> tuple[VGroup, list[Animation]]:
    """Antibodies, and how they come between the receptors of each pair, which fall silent."""
    antibodies, moves = VGroup(), []
    for left, right, middle, off in zip(pairs[::2], pairs[1::2], HELD, (0, UNHELD), strict=True):
        moves.append(left.part_from(membrane.spot(middle - APART), RAISED))
        moves.append(right.part_from(membrane.spot(middle + APART + off), RAISED))
        between = _antibody().seat(left.target, RIGHT, 0)
        late = squish_rate_func(smooth, 0.35, 1)
        moves.append(between.drift_in(between.origin + 0.3 * UP, 0.1, rate_func=late))
        antibodies.add(between)
    return antibodies, moves


def internalize(pairs: VGroup, antibodies: VGroup, membrane: Membrane) -> Pit:
    """The pit in which the first pair goes into the cell, with the antibody that holds it."""
    cargo = VGroup(*pairs[:2], antibodies[0])
    return Pit(membrane, HELD[0], cargo, SIZE, SINK)


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
    text = label("held-apart", ANTIBODY_LIGHT)
    return text.move_to(by_aspect((0, 0.03, 0), (0, -0.6, 0), (1.25, -0.75, 0)))


def finish_now(*changes: Animation) -> None:
    """Bring the ends of animations about at once."""
    for change in map(prepare_animation, changes):
        change.begin()
        change.finish()


def _step_aside(receptor: Receptor, seen: bool) -> Animation:
    """The receptor is muted, but not its phosphates, whose letters must be readable if `seen`."""
    early = smooth if seen else squish_rate_func(smooth, 0, 0.3)
    move = mute(receptor, rate_func=early)
    phosphates = receptor.target.phosphates.become(receptor.phosphates)
    if not seen:
        phosphates.set_opacity(0)
    return move


def _step_forward(receptor: Receptor) -> Animation:
    """The receptor is itself again; late, when its letters are well inside the picture."""
    move = unmute(receptor, rate_func=squish_rate_func(smooth, 0.5, 1))
    for phosphate in receptor.target.phosphates:
        phosphate.set_opacity(float(phosphate.shown))
    return move
