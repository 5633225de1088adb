"""Amplification: one gene, first two copies of it, then dozens, and what that does to the cell."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Animation,
    Circle,
    FadeIn,
    FadeOut,
    LaggedStart,
    VGroup,
    VMobject,
    smooth,
    squish_rate_func,
    there_and_back,
)

from look import (
    HER2,
    HER2_LIGHT,
    MUTED,
    TEXT,
    Film,
    at_px,
    by_aspect,
    glow,
    label,
    leader,
    text_line,
)
from parts.cells import Cell
from parts.gene import Chromosome, Counter

PLACES = 96
"""How many receptors have room around the cell."""
LEVEL = by_aspect(470, 500, 470)
PAIR = by_aspect((230, 390), (160, 310), (130, 260))
"""Where the two chromosomes stand, in pixels."""
COLUMN = at_px(by_aspect(560, 450, 380), 0)[0]
"""The left edge of what is written beside the chromosomes."""
COUNT, UNIT = by_aspect((665, 768), (690, 793), (215, 312))
CELL, RADIUS = by_aspect((at_px(1440, 462), 1.7), (at_px(540, 1180), 1.7), (at_px(815, 690), 1.05))
NORMAL, SMALL = by_aspect((at_px(560, 450), 1.3), (at_px(540, 370), 1.3), (at_px(280, 450), 1.05))
"""Where the normal cell is set beside it, and how large."""
TUMOUR, LARGE = by_aspect((at_px(1340, 455), 1.8), (at_px(540, 1050), 1.8), (at_px(770, 450), 1.5))
CAPTIONS = by_aspect(
    (at_px(560, 826), at_px(1340, 826)),
    (at_px(540, 655), at_px(540, 1430)),
    (at_px(280, 800), at_px(770, 800)),
)
NAME, ASIDE = by_aspect((at_px(880, 200), RIGHT), (at_px(170, 745), DOWN), (at_px(400, 190), RIGHT))
"""Where a receptor is named, and on which side of that its line begins."""


class Amplification(Film):
    """Chromosomes 17 and the cell that they come from, with their count; then two cells."""

    def gene(self):
        self.cell = _cell(RADIUS, 16).place(CELL)
        self.chromosomes = VGroup(*(Chromosome(4.7, 0.62).place(at_px(x, LEVEL)) for x in PAIR))
        below = at_px(sum(PAIR) / 2, LEVEL + 368)
        self.chromosome_label = label("chromosome", MUTED, 30, weight="MEDIUM").move_to(below)
        self.one_in_six = self._one_in_six()
        self.play(
            FadeIn(self.cell, scale=0.9), FadeIn(self.one_in_six, shift=0.15 * UP), run_time=0.6
        )
        self.play(
            LaggedStart(
                *(_come_near(c, self.cell.nucleus) for c in self.chromosomes),
                FadeIn(self.chromosome_label),
                lag_ratio=0.25,
            ),
            by="gene",
            run_time=1.4,
        )
        locus = self.chromosomes[1].locus()
        self.gene_label = label("gene-name", HER2_LIGHT, 58, LEFT)
        self.gene_label.move_to((COLUMN, locus[1] - 0.2, 0), LEFT)
        self.leader = leader(np.array([COLUMN - 0.15, locus[1], 0]), locus, HER2_LIGHT)
        self.play(
            *(c.light_gene() for c in self.chromosomes),
            FadeIn(self.leader),
            FadeIn(self.gene_label, shift=0.2 * RIGHT),
            at="gene",
            by="end",
            run_time=0.7,
        )

    def copies(self):
        self.counter = Counter(2, 128).place((COLUMN, at_px(0, COUNT)[1], 0))
        self.counter.show(2, tint=0)
        self.unit = label("copies-of-gene", MUTED, 34, weight="MEDIUM")
        self.unit.move_to((COLUMN, at_px(0, UNIT)[1], 0), LEFT)
        self.more = text_line("–50", 128, HER2, "BOLD")
        self.more.shift(self.counter.end(2) - self.more.get_left()[0] * RIGHT)
        self.play(FadeOut(self.one_in_six, shift=0.15 * UP), by="two", run_time=0.5)
        self.play(
            FadeIn(self.counter, scale=0.8),
            FadeIn(self.unit),
            *(
                c.light.animate(rate_func=there_and_back).set_fill(opacity=1)
                for c in self.chromosomes
            ),
            at="two",
            by="dozens",
            run_time=0.6,
        )
        self.play(
            *(c.amplify() for c in self.chromosomes),
            LaggedStart(
                self.counter.run(2, 25), FadeIn(self.more, shift=0.08 * RIGHT), lag_ratio=0.6
            ),
            at="dozens",
            by="end",
            run_time=0.9,
        )

    def surface(self):
        normal, cell, few, many, name = last_picture()
        written = (self.counter, self.more, self.unit, self.gene_label, self.leader)
        self.play(FadeOut(*written, self.chromosome_label), by="normal", run_time=0.4)
        # back to where they came from: what follows is about the cell around them
        self.play(
            *(FadeOut(c, scale=0.06, target_position=cell.nucleus) for c in self.chromosomes),
            self.cell.move_to_point(TUMOUR, scale=LARGE / RADIUS),
            FadeIn(name, rate_func=squish_rate_func(smooth, 0.7, 1)),
            by="normal",
            run_time=1.7,
        )
        self.play(
            FadeIn(normal, scale=0.9),
            FadeIn(few, shift=0.15 * UP),
            at="normal",
            by="million",
            run_time=0.5,
        )
        genes = glow(HER2, LARGE * 1.5, opacity=0.55).move_to(cell.nucleus)
        self.play(
            FadeIn(genes, rate_func=there_and_back, scale=0.5, remover=True),
            self.cell.crowd(1),
            self.cell.halo.animate.set_fill(opacity=0.35),
            FadeIn(many, shift=0.15 * UP, rate_func=squish_rate_func(smooth, 0, 0.2)),
            at="million",
            by="end",
            run_time=1.3,
        )

    def _one_in_six(self) -> VGroup:
        dots = VGroup(*(Circle(0.17) for _ in range(6))).arrange(RIGHT, buff=0.16)
        dots.set_stroke(MUTED, 2.5).set_fill(MUTED, 0.12)
        dots[0].set_stroke(HER2_LIGHT, 2.5).set_fill(HER2, 1)
        made = VGroup(dots, label("one-in-six", TEXT, 40, LEFT))
        made.arrange(DOWN, buff=0.25, aligned_edge=LEFT)
        return made.move_to((COLUMN, at_px(0, 250)[1], 0), LEFT)


def last_picture() -> VGroup:
    """What the scene ends with: the normal cell, the crowded one, and three labels."""
    cell = _cell(RADIUS, PLACES).scale(LARGE / RADIUS, about_point=(0, 0, 0)).place(TUMOUR)
    cell.halo.set_fill(opacity=0.35)
    size = by_aspect(40, 40, 36)
    few = label("few-receptors", TEXT, size)
    many = label("many-receptors", HER2_LIGHT, size)
    for text, where in zip((few, many), CAPTIONS, strict=True):
        text.move_to(where)
    name = label("her2-receptor", HER2_LIGHT).move_to(NAME)
    start = name.get_edge_center(ASIDE) + 0.12 * ASIDE
    name.add(leader(start, cell.rim(cell.angles[36], 0.7 * cell.size), HER2_LIGHT))
    return VGroup(_cell(SMALL, 16).place(NORMAL), cell, few, many, name)


def _come_near(chromosome: Chromosome, out_of: VMobject) -> Animation:
    """It travels first and grows last, so that it passes below the label beside it."""
    start, end = out_of.get_center(), chromosome.get_center()

    def way(before, after, t: float):
        grown = t**6
        return start + (end - start) * t + (before - start) * (1 - grown) + (after - end) * grown

    return FadeIn(chromosome, scale=0.06, target_position=out_of, path_func=way)


def _cell(radius: float, shown: int) -> Cell:
    return Cell(radius, PLACES, shown, size=0.25 * radius)
