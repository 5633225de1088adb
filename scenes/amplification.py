"""Amplification: one gene, first two copies of it, then dozens, and what that does to the cell."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Circle,
    FadeIn,
    FadeOut,
    LaggedStart,
    MoveToTarget,
    VGroup,
    there_and_back,
)

from look import (
    HER2,
    HER2_LIGHT,
    MUTED,
    TEXT,
    Film,
    label,
    leader,
    mute,
    px,
    swap,
    unmute,
    words,
)
from parts import Cell, Chromosome, Counter, RimReceptor

COLUMN = px(560, 0)[0]
"""The left edge of what is written between the chromosomes and the cell."""
CELL = px(1440, 462)


class Amplification(Film):
    """Chromosomes 17 on the left, the cell on the right, the count between them."""

    def gene(self):
        self.cell = Cell(1.7, size=0.42).stand(CELL)
        self.chromosomes = VGroup(*(Chromosome(4.7, 0.62).stand(px(x, 470)) for x in (230, 390)))
        self.chromosome_label = words("chromosome 17", 30, MUTED, "MEDIUM").move_to(px(310, 838))
        self.one_in_six = self._one_in_six()
        self.play(
            FadeIn(self.cell, scale=0.9), FadeIn(self.one_in_six, shift=0.15 * UP), run_time=0.6
        )
        self.play(
            LaggedStart(
                *(
                    FadeIn(c, scale=0.06, target_position=self.cell.nucleus)
                    for c in self.chromosomes
                ),
                FadeIn(self.chromosome_label),
                lag_ratio=0.25,
            ),
            by="gene",
            run_time=1.4,
        )
        self.gene_label = label("ERBB2", "HER2 gene, 17q12", HER2_LIGHT, 58, LEFT)
        self.gene_label.move_to((COLUMN, self.chromosomes[1].locus()[1], 0), LEFT)
        self.gene_label.shift(0.2 * DOWN)
        start = np.array([COLUMN - 0.15, self.chromosomes[1].locus()[1], 0])
        self.leader = leader(start, self.chromosomes[1].locus(), HER2_LIGHT)
        self.play(
            *(c.light_gene() for c in self.chromosomes),
            FadeIn(self.leader),
            FadeIn(self.gene_label, shift=0.2 * RIGHT),
            at="gene",
            by="end",
            run_time=0.7,
        )

    def copies(self):
        self.counter = Counter(2, 128).stand((COLUMN, px(0, 665)[1], 0))
        self.counter.show(2, tint=0)
        unit = words("copies of ERBB2", 34, MUTED, "MEDIUM")
        unit.move_to((COLUMN, px(0, 768)[1], 0), LEFT)
        self.more = words("–50", 128, HER2, "BOLD")
        self.more.shift(self.counter.end(2) - self.more.get_left()[0] * RIGHT)
        self.play(FadeOut(self.one_in_six, shift=0.15 * UP), by="two", run_time=0.5)
        self.play(
            FadeIn(self.counter, scale=0.8),
            FadeIn(unit),
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
                self.counter.run(2, 25), FadeIn(self.more, shift=0.15 * RIGHT), lag_ratio=0.6
            ),
            at="dozens",
            by="end",
            run_time=0.9,
        )

    def surface(self):
        newcomers = self._newcomers()
        self.play(
            LaggedStart(
                *(MoveToTarget(n, path_arc=-0.9) for n in newcomers),
                group=newcomers,
                lag_ratio=0.18,
            ),
            by="normal",
            run_time=1.9,
        )
        cause = [*self.chromosomes, self.counter, self.more, self.gene_label, self.leader]
        few = label("about 20,000 receptors", "normal cell", TEXT, 40)
        many = label("up to 1,000,000 receptors", "HER2-positive cell", HER2_LIGHT, 40)
        for text in (few, many):
            text.move_to((CELL[0], px(0, 832)[1], 0))
        self.play(
            FadeIn(few, shift=0.15 * UP),
            *(mute(part, 0.4) for part in cause),
            at="normal",
            by="million",
            run_time=0.5,
        )
        self.play(
            self.cell.crowd(1),
            FadeOut(newcomers),
            self.cell.halo.animate.set_fill(opacity=0.35),
            swap(few, many),
            *(unmute(part) for part in cause),
            at="million",
            by="end",
            run_time=1.3,
        )

    def _newcomers(self) -> VGroup:
        """Receptors at the genes that made them, each with a place on the rim as its target."""
        made = VGroup()
        for i, angle in enumerate((2.6, 3.5, 1.9, 4.3, 3.05)):
            receptor = RimReceptor(self.cell.size)
            receptor.rotate(self.cell.ring.normal(angle)[0] - np.pi / 2)
            receptor.target = receptor.copy().stand(self.cell.rim(angle))
            gene = self.chromosomes[i % 2]
            made.add(receptor.stand(gene.point(0, gene.slots[2 * i])).scale(0.02))
        # behind the cell, whose skin hides their feet
        self.add(made, self.cell)
        return made

    def _one_in_six(self) -> VGroup:
        dots = VGroup(*(Circle(0.17) for _ in range(6))).arrange(RIGHT, buff=0.16)
        dots.set_stroke(MUTED, 2.5).set_fill(MUTED, 0.12)
        dots[0].set_stroke(HER2_LIGHT, 2.5).set_fill(HER2, 1)
        made = VGroup(dots, label("about 1 in 6", "invasive breast cancers", TEXT, 40, LEFT))
        made.arrange(DOWN, buff=0.25, aligned_edge=LEFT)
        return made.move_to((COLUMN, px(0, 250)[1], 0), LEFT)
