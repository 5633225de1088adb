"""The gene's side: chromosome 17 with ERBB2, and the pills and arrows of signal pathways."""

from __future__ import annotations

import numpy as np
from manim import (
    RIGHT,
    Animation,
    MoveToTarget,
    RoundedRectangle,
    UpdateFromAlphaFunc,
    VGroup,
    VMobject,
)
from numpy.typing import NDArray

from look import (
    DNA,
    DNA_DARK,
    HER2,
    HER2_DARK,
    HER2_LIGHT,
    INK,
    SMALL_TYPE,
    glow,
    mix,
    smoothstep,
    text_line,
)
from shapes import Layer, Part, Points, Stamps, capsule, flat, open_curve, stroke

LENGTH = 81.2
"""Chromosome 17 in millions of bases (GRCh37); the numbers below are on the same scale."""
CENTROMERE = 24.0
LOCUS = 37.9
BANDS = [
    (3.3, 6.5), (10.7, 16.0), (31.8, 36.4), (44.9, 47.4), (50.2, 57.6), (67.1, 70.9),
]  # fmt: skip


class Chromosome(Part):
    """Chromosome 17 upright, `height` tall: p arm, centromere, q arm with its true dark bands.

    ERBB2 is at 17q12, 37.9 of 81.2 Mb from the top; `light_gene` shows it there, `amplify` makes
    many of it. (0, 0) is the middle.
    """

    def __init__(self, height: float = 4.0, width: float = 0.56, copies: int = 18) -> None:
        self.height_, self.width_ = height, width
        waist = self.level(CENTROMERE)
        tints = [mix(DNA, "#FFFFFF", 0.45), DNA, mix(DNA, DNA_DARK, 0.6), DNA_DARK, "#1E4A93"]
        self.p_arm = self._tube((waist + 0.05, height / 2), width, tints)
        self.q_arm = self._tube((-height / 2, waist - 0.05), width, tints)
        self.centromere = self._tube((waist - 0.16, waist + 0.16), width * 0.5, tints[1:])
        dark = np.concatenate([self._band(a, b) for a, b in BANDS])
        self.bands = flat(dark, "#1B3F86", 0.55)
        self.light = glow(HER2, width * 3.6, opacity=0).move_to((0, self.level(LOCUS), 0))
        self.genes = Stamps(_gene_band(width), np.zeros((0, 2)))
        super().__init__(
            self.light, self.centromere, self.p_arm, self.q_arm, self.bands, self.genes
        )
        step = (self.level(LOCUS) + height / 2 - width * 0.42) / (copies - 1)
        self.slots = self.level(LOCUS) - step * np.arange(copies)
        self.step = step

    def level(self, megabases: float) -> float:
        """The own height at a position along the chromosome."""
        return self.height_ * (0.5 - megabases / LENGTH)

    def locus(self, side: float = 1) -> NDArray[np.float64]:
        """The scene's point of ERBB2 on the right (1) or left (-1) edge."""
        return self.point(side * self.width_ * 0.62, self.level(LOCUS))

    def _tube(self, span: tuple[float, float], width: float, tints: list[str]) -> VMobject:
        inset = width / 2
        low, high = min(span) + inset, max(span) - inset
        ends = (
            ((0, low), (0, high)) if high > low else ((0, sum(span) / 2 - 1e-3), (0, sum(span) / 2))
        )
        tube = flat(capsule(*ends, width), DNA).set_fill(tints, 1)
        tube.set_stroke("#163468", 1.5, 0.7)
        return tube.set_sheen_direction(RIGHT)

    def _band(self, start: float, end: float) -> Points:
        top, bottom, half = self.level(start), self.level(end), self.width_ / 2
        # sagging edges make the tube look round
        return _sagging(top, bottom, half, 0.1 * self.width_)

    def light_gene(self, **kwargs) -> Animation:
        """The band of ERBB2 grows out of the middle and glows."""

        def step(part: Chromosome, alpha: float) -> None:
            part.genes.put(
                np.array([[0, part.slots[0]]]), 0, max(1e-3, smoothstep(np.array(alpha)))
            )
            part.light.set_fill(opacity=0.75 * alpha)

        return UpdateFromAlphaFunc(self, step, **kwargs)

    def amplify(self, count: int | None = None, **kwargs) -> Animation:
        """More copies of the band slide out of the locus, down the long arm."""
        count = count or len(self.slots)

        def step(part: Chromosome, alpha: float) -> None:
            reach = 1 + alpha * (count - 1)
            at = np.minimum(np.arange(count), reach - 1)[: int(np.ceil(reach))]
            part.genes.put(np.stack([0 * at, part.slots[0] - part.step * at], 1))
            middle = part.slots[0] - part.step * (reach - 1) / 2
            part.light.stretch_to_fit_height(
                np.linalg.norm(part.point(0, 1) - part.origin)
                * (part.width_ * 3.6 + part.step * (reach - 1))
            ).move_to(part.point(0, middle))

        return UpdateFromAlphaFunc(self, step, **kwargs)


class Chromatin(VGroup):
    """Loose threads that wind up into `chromosomes`: `wind_up` plays it."""

    def __init__(self, chromosomes: VGroup) -> None:
        rng = np.random.default_rng(8)
        self.loose, self.wound = [], []
        super().__init__()
        for chromosome in chromosomes:
            height, width = chromosome.height_, chromosome.width_
            at = np.linspace(0, 1, 60)
            for i in range(5):
                turns = rng.uniform(0, 2 * np.pi, 3)
                x = sum(
                    np.sin(2 * np.pi * k * at + t) / k
                    for k, t in zip((1, 2, 3), turns, strict=True)
                )
                y = at - 0.5 + 0.1 * np.sin(2 * np.pi * 2 * at + turns[0])
                wander = rng.uniform(-1.6, 1.6)
                loose = np.stack([x * 1.5 + wander, y * height * 1.35], 1)
                coil = 0.36 * width * np.sin(2 * np.pi * 14 * at + i * 1.26)
                wound = np.stack([coil, (at - 0.5) * height * 0.96], 1)
                self.loose.append(chromosome.spots(loose))
                self.wound.append(chromosome.spots(wound))
                self.add(stroke(open_curve(self.loose[-1][:, :2]), DNA_DARK, 7))

    def wind_up(self, **kwargs) -> Animation:
        """The threads coil up to where their chromosomes stand, and go out."""

        def step(threads: Chromatin, alpha: float) -> None:
            wound = float(smoothstep(np.array(min(1, alpha * 1.2))))
            for line, before, after in zip(threads, self.loose, self.wound, strict=True):
                line.points = open_curve((before + (after - before) * wound)[:, :2])
            threads.set_stroke(opacity=1 - float(np.clip(alpha * 3 - 2, 0, 1)))

        return UpdateFromAlphaFunc(self, step, **kwargs)


def _gene_band(width: float) -> list[Layer]:
    half, thick = width * 0.56, 0.036
    return [
        Layer(
            _sagging(thick * 1.35, -thick * 1.35, half * 1.03, 0.1 * width), "#5E1034", opacity=0.9
        ),
        Layer(_sagging(thick, -thick, half, 0.1 * width), mix(HER2, HER2_DARK, 0.35)),
        Layer(_sagging(thick * 0.75, -thick * 0.55, half * 0.93, 0.1 * width), HER2),
        Layer(
            _sagging(thick * 0.5, thick * 0.1, half * 0.85, 0.1 * width), HER2_LIGHT, opacity=0.7
        ),
    ]


def _sagging(top: float, bottom: float, half: float, sag: float) -> Points:
    """A band from -half to half whose edges sag in the middle, as Bézier points (16, 3)."""

    def edge(y: float, way: int) -> list[tuple[float, float]]:
        xs = np.array([-1, -0.4, 0.4, 1]) * half * way
        return [(x, y - (sag if abs(x) < half * 0.9 else 0)) for x in xs]

    def side(a: tuple[float, float], b: tuple[float, float]) -> list[tuple[float, float]]:
        return [a, a, b, b]

    up, down = edge(top, 1), edge(bottom, -1)
    points = np.array([*up, *side(up[-1], down[0]), *down, *side(down[-1], up[0])])
    return np.column_stack([points, np.zeros(len(points))])


class PathwayPill(Part):
    """A protein of a signal pathway: outlined while it rests, filled when it is on."""

    def __init__(self, name: str, colour: str, width: float = 1.3, height: float = 0.56) -> None:
        self.colour = colour
        self.glow = glow(colour, width * 2.1, height * 3.6, 0)
        self.box = RoundedRectangle(corner_radius=height / 2, width=width, height=height)
        self.box.set_fill(mix(colour, "#140F2E", 0.86), 1).set_stroke(
            mix(colour, "#2A2350", 0.45), 2.5
        )
        self.text = text_line(name, SMALL_TYPE, mix(colour, "#C9CEEA", 0.6), "BOLD")
        super().__init__(self.glow, self.box, self.text)

    def light(self, **kwargs) -> Animation:
        """Switch on: filled, dark letters, glow."""
        self.generate_target()
        self.target.box.set_fill(self.colour, 1).set_stroke(mix(self.colour, "#FFFFFF", 0.4), 2.5)
        self.target.text.set_fill(INK)
        self.target.glow.set_fill(opacity=0.4)
        return MoveToTarget(self, **kwargs)

    def rest(self, **kwargs) -> Animation:
        """Switch off: only the outline is left."""
        self.generate_target()
        self.target.box.set_fill(mix(self.colour, "#140F2E", 0.86), 1)
        self.target.box.set_stroke(mix(self.colour, "#2A2350", 0.45), 2.5)
        self.target.text.set_fill(mix(self.colour, "#C9CEEA", 0.6))
        self.target.glow.set_fill(opacity=0)
        return MoveToTarget(self, **kwargs)


class Arrow(Part):
    """A short arrow from `start` to `end` in scene coordinates, with a solid head."""

    def __init__(self, start: NDArray[np.float64], end: NDArray[np.float64], colour: str) -> None:
        start, end = np.asarray(start, float), np.asarray(end, float)
        way = (end - start) / np.linalg.norm(end - start)
        across = np.array([-way[1], way[0], 0]) * 0.085
        neck = end - way * 0.16
        line = stroke(
            np.array([start, start + (neck - start) / 3, neck - (neck - start) / 3, neck]),
            colour,
            4.5,
        )
        head = VMobject(stroke_width=0, fill_opacity=1, fill_color=colour)
        head.set_points_as_corners([neck + across, end, neck - across, neck + across])
        super().__init__(line, head)
