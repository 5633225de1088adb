"""Amplification: one gene, first two copies of it, then dozens, and what that does to the cell."""

from __future__ import annotations

import numpy as np
from manim import (
    LEFT,
    ORIGIN,
    UP,
    FadeIn,
    FadeOut,
    Rectangle,
    VGroup,
    linear,
    smooth,
    squish_rate_func,
    there_and_back,
)

from explainer.scene import END, RadialGradient
from look import (
    CLEAR,
    DEPART,
    DEPARTED,
    HER2,
    HER2_LIGHT,
    LARGE_TYPE,
    PX,
    TEXT,
    Film,
    Flight,
    View,
    at_px,
    by_aspect,
    glow,
    label,
    leader,
)
from parts.cells import Cell
from parts.gene import Chromatin, Chromosome
from parts.membrane import wave
from places import FLOOR, HERO, HOME, SPREAD, WIDTH, ZOOM

RIM = np.array(by_aspect((-1.5, -6.0, 0), (-0.9, -5.2, 0), (-1.3, -6.5, 0)))
"""The middle of the cell whose rim the film begins with."""
RIM_RADIUS = by_aspect(5.4, 4.6, 5.4)
GRID = RIM_RADIUS * np.array(
    by_aspect(
        [(2.55 * i, 0) for i in range(6)],
        [(2.75 * (i % 2), -2.7 * (i // 2)) for i in range(6)],
        [(2.75 * (i % 3), -2.7 * (i // 3)) for i in range(6)],
    )
)
"""Where six cells stand, from the first one's middle."""
SIX = (
    *(RIM[:2] + RIM_RADIUS * np.array(by_aspect((6.375, 0.3), (1.375, -1.55), (2.75, -0.25)))),
    RIM_RADIUS * by_aspect(16.0, 6.6, 9.0),
)
"""The view of all six."""
LEVEL = by_aspect(560, 830, 500)
PAIR = by_aspect((520, 790), (170, 360), (150, 310))
"""Where the two chromosomes stand, in pixels, and how tall they are."""
TALL, BROAD = by_aspect((6.3, 0.8), (8.2, 0.95), (5.0, 0.66))
COLUMN = at_px(by_aspect(1010, 500, 430), 0)[0]
"""The left edge of what is written beside the chromosomes."""
NORMAL, TUMOUR = by_aspect(
    (at_px(500, 650), at_px(1380, 650)),
    (at_px(540, 560), at_px(540, 1320)),
    (at_px(270, 620), at_px(790, 620)),
)
"""Where the normal cell and the other one stand: both are as large."""
RADIUS = by_aspect(2.05, 1.7, 1.3)
LABEL_TIME = 0.95
"""Seconds for which the number of copies can still be read as the view draws back."""
PLACES, FEW = 288, 6
"""How many receptors the crowded cell has, and the normal one: fifty times fewer."""
CAPTIONS = by_aspect(
    (at_px(500, 195), at_px(1380, 195)),
    (at_px(540, 215), at_px(540, 905)),
    (at_px(270, 250), at_px(790, 250)),
)


class Amplification(Film):
    """The rim of a crowded cell, six cells, the gene in one of them, and two cells compared."""

    def gene(self):
        self._open()
        self.play(
            self.hero.halo.animate.set_fill(opacity=0.8),
            FadeIn(self.one_in_six, rate_func=squish_rate_func(smooth, 0, 0.5)),
            at="six",
            run_time=0.4,
        )
        nucleus = self.hero.nucleus.get_center()
        inside = (*nucleus[:2], 0.3 * self.hero.nucleus.width)
        self.play(
            self.hero.halo.animate.set_fill(opacity=0.45),
            run_time=max(0.3, 0.45 * (self.time_until("gene") - 1.7)),
        )
        self._enter_nucleus()
        self.fly(
            Flight(SIX, inside),
            FadeOut(self.title, rate_func=squish_rate_func(smooth, 0.2, 0.4)),
            FadeOut(self.one_in_six, rate_func=squish_rate_func(smooth, 0.75, 0.9)),
            FadeIn(self.plasm, rate_func=squish_rate_func(smooth, 0.55, 0.9)),
            FadeIn(self.threads, rate_func=squish_rate_func(smooth, 0.6, 0.95)),
            dim=0.64,
            run_time=0.62 * self.time_until("gene"),
        )
        self.remove(*self.cells, self.hero)
        self.look_at(HOME)
        self.play(
            self.threads.wind_up(rate_func=linear),
            FadeIn(self.chromosomes, rate_func=squish_rate_func(smooth, 0.6, 1)),
            until="gene",
        )
        self.remove(self.threads)
        locus = self.chromosomes[1].locus()
        name = label("her2", HER2_LIGHT, LARGE_TYPE, LEFT)
        name.move_to((COLUMN, locus[1] - 0.25, 0), LEFT)
        self.name = VGroup(name, leader(np.array([COLUMN - 0.15, locus[1], 0]), locus, HER2_LIGHT))
        self.pin(self.name)
        self.idle(*self.chromosomes, turn=1.5, periods=3)
        self.play(*(c.light_gene() for c in self.chromosomes), at="gene", by="her2", run_time=0.6)
        self.play(FadeIn(self.name), at="her2", by=END, run_time=0.3)

    def _open(self) -> None:
        """The rim sweeps past below the title; then the view draws back to six cells."""
        self.hero = Cell(RIM_RADIUS, places=190, shown=190, size=0.62, seed=6).place(RIM)
        self.cells = VGroup(
            *(
                Cell(RIM_RADIUS, 96, 14, size=0.62, seed=11 + i).place(RIM + np.array((*spot, 0)))
                for i, spot in enumerate(GRID[1:])
            )
        )
        self.title = label("film-title", TEXT, LARGE_TYPE)
        self.title.move_to(at_px(*by_aspect((960, 250), (540, 330), (540, 220))))
        self.one_in_six = label("six", HER2_LIGHT, LARGE_TYPE)
        self.one_in_six.move_to(at_px(*by_aspect((198, 760), (315, 480), (216, 330))))
        self.pin(self.title, self.one_in_six)
        self.add(self.cells, self.hero, self.title)
        self.look_at(HOME)
        self.fly(
            Flight(HOME, SIX),
            self.hero.animate.rotate(-0.16, about_point=RIM),
            dim=0.45,
            above=[self.title],
            until="six",
        )
        self.look_at(SIX)
        self.idle(self.hero, *self.cells, grow=0.02, turn=1, periods=3)

    def _enter_nucleus(self) -> None:
        """Make what is seen inside the nucleus, all of it pinned."""
        self.plasm = _nucleoplasm()
        self.chromosomes = VGroup(*(Chromosome(TALL, BROAD).place(at_px(x, LEVEL)) for x in PAIR))
        self.threads = Chromatin(self.chromosomes)
        self.pin(self.plasm, self.threads, self.chromosomes)

    def copies(self):
        where = np.array((COLUMN, at_px(0, by_aspect(740, 1010, 690))[1], 0))
        two, many = (
            label(name, colour, LARGE_TYPE, LEFT).move_to(where, LEFT)
            for name, colour in (("two", TEXT), ("dozens", HER2_LIGHT))
        )
        self.pin(two, many)
        self.play(
            FadeIn(two, shift=0.1 * UP, rate_func=squish_rate_func(smooth, 0, 0.5)),
            *(
                c.light.animate(rate_func=there_and_back).set_fill(opacity=1)
                for c in self.chromosomes
            ),
            at="two",
            by="dozens",
            run_time=0.7,
        )
        self.wait(until="dozens")
        self.play(
            *(c.amplify() for c in self.chromosomes),
            FadeOut(two, rate_func=squish_rate_func(smooth, 0, 0.15)),
            FadeIn(many, shift=0.1 * UP, rate_func=squish_rate_func(smooth, 0.03, 0.15)),
            run_time=self.before_departure(1.2),
        )
        self.wait(max(0, self.time_until() - DEPART))
        self.copies_label = many
        self._two_cells()
        self.fly(self._draw_back(), FadeOut(self.name), part=(0, 0.12), until=END)

    def _two_cells(self) -> None:
        self.normal, self.cell = _cell().place(NORMAL), _cell().place(TUMOUR)
        self.add(self.cell)
        self.bring_to_front(self.plasm, self.chromosomes, self.name, self.copies_label)

    def _draw_back(self) -> Flight:
        nucleus = self.cell.nucleus
        return Flight((*nucleus.get_center()[:2], 0.5 * nucleus.width), HOME)

    def surface(self):
        few, many = _captions()
        flight = min(1.5, self.time_until("normal"))
        # some languages name the number last: its label goes on into this line
        read = LABEL_TIME / flight
        self.hold_still(*self.chromosomes)
        nucleus = self.cell.nucleus.get_center()
        self.add(self.normal)
        self.bring_to_front(self.plasm, self.chromosomes, self.copies_label)
        self.fly(
            self._draw_back(),
            FadeOut(self.plasm, rate_func=squish_rate_func(smooth, 0.1, 0.6)),
            FadeOut(
                self.copies_label,
                rate_func=squish_rate_func(smooth, min(0.8, read - 0.1), min(1, read + 0.1)),
            ),
            *(
                FadeOut(
                    c,
                    scale=0.05,
                    target_position=nucleus,
                    rate_func=squish_rate_func(smooth, 0, 0.8),
                )
                for c in self.chromosomes
            ),
            part=(0.12, 1),
            dim=0.6,
            above=[self.copies_label],
            clear=CLEAR,
            by="normal",
            run_time=flight,
        )
        self.look_at(HOME)
        self.idle(self.normal, self.cell, grow=0.015, turn=1, periods=2)
        self.play(
            self.normal.halo.animate(rate_func=there_and_back).set_fill(opacity=0.5),
            FadeIn(few, shift=0.15 * UP, rate_func=squish_rate_func(smooth, 0, 0.5)),
            at="normal",
            by="million",
            run_time=0.6,
        )
        genes = glow(HER2, RADIUS * 1.5, opacity=0.55).move_to(self.cell.nucleus)
        self.wait(until="million")
        self.play(
            FadeIn(genes, rate_func=there_and_back, scale=0.5, remover=True),
            self.cell.crowd(1),
            self.cell.halo.animate.set_fill(opacity=0.35),
            FadeIn(many, shift=0.15 * UP, rate_func=squish_rate_func(smooth, 0, 0.12)),
            run_time=self.before_departure(1.5),
        )
        self.wait(max(0, self.time_until() - DEPART))
        self.pin(few, many)
        self.fly(
            Flight(HOME, entry(self.cell)),
            FadeOut(few, many, rate_func=squish_rate_func(smooth, 0.5, 1)),
            part=(0, DEPARTED),
            until=END,
        )


def last_picture() -> VGroup:
    """What the scene ends with: the normal cell and the crowded one.

    The camera is DEPARTED on its way to the view of `entry` then.
    """
    cell = _cell(PLACES).place(TUMOUR)
    cell.halo.set_fill(opacity=0.35)
    return VGroup(_cell().place(NORMAL), cell)


def entry(cell: Cell) -> View:
    """The view in which the rim's topmost receptor, spread, is where the next scene's first is."""
    feet = cell.receptors.spots(cell.receptors.at) - cell.origin
    top = cell.origin + feet[feet[:, 1].argmax()] * (SPREAD, 1, 1)
    x, y, _ = top - np.array((HERO, FLOOR + wave(HERO), 0)) / ZOOM
    return x, y, WIDTH / ZOOM


def _captions() -> VGroup:
    # side by side in a square, their notes take two lines each
    room = by_aspect(np.inf, np.inf, 400 * PX)
    few = label("normal", TEXT, LARGE_TYPE, width=room)
    many = label("million", HER2_LIGHT, LARGE_TYPE, width=room)
    for text, where in zip((few, many), CAPTIONS, strict=True):
        text.move_to(where)
    return VGroup(few, many)


def _cell(shown: int = FEW) -> Cell:
    return Cell(RADIUS, PLACES, shown, size=by_aspect(0.32, 0.32, 0.22), rows=3)


def _nucleoplasm() -> Rectangle:
    """The inside of a nucleus, over the whole frame."""
    night = Rectangle(width=WIDTH + 1, height=-2 * at_px(0, 2000)[1] + 20, stroke_width=0)
    night.set_fill(["#3A2468", "#2A1A55", "#150F33", "#0A0820"], 1)
    night.radial_gradient = RadialGradient((0, 0.1), 1.1)
    return night.move_to(ORIGIN)
