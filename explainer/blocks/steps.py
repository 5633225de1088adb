"""The steps of a process: plates with arrows between them, one of them lit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from manim import Arrow, RoundedRectangle, VGroup, interpolate_color
from manim.utils.color import ManimColor

from explainer.blocks import requirements
from explainer.blocks.lettering import set_text
from explainer.blocks.palette import ON_DARK, Palette
from explainer.blocks.value_block import ValueBlock, area_of
from explainer.stage.errors import StageError
from explainer.stage.frame import SafeArea, pixel
from explainer.stage.value_animation import ChangeValue

GAP = 70.0
"""Pixels between two plates, where an arrow stands."""
MAX_DEPTH = 300.0
"""Pixels that a plate of a row may be high, and half of what one of a column may be wide."""
LINES = 3
"""Lines of text that a plate may have."""


class Steps(ValueBlock):
    """Plates with texts and arrows from each to the next; `steps.go_to(2)` lights the second.

    They stand in a row where there is more width than height, and else in a column. At first none
    is lit. `steps.plates` and `steps.arrows` are their parts, to show them one by one.

    Raises:
        StageError: for fewer than two, or texts that do not fit.
    """

    def __init__(
        self,
        texts: Sequence[str],
        *,
        label_size: float = 44,
        colour: str | None = None,
        area: SafeArea | None = None,
        palette: Palette = ON_DARK,
    ) -> None:
        requirements.palette(palette)
        super().__init__(0.0)
        names = requirements.texts(texts, "the steps' texts", 2)
        room = area_of(area)
        is_row = room.width > room.height
        gap, inside = GAP * pixel(), 24 * pixel()
        long, across = (room.width, room.height) if is_row else (room.height, room.width)
        along = (long - gap * (len(names) - 1)) / len(names)
        depth = min(across, MAX_DEPTH * pixel() * (1 if is_row else 2.4))
        along = min(along, MAX_DEPTH * pixel() * (2 if is_row else 0.8))
        width, height = (along, depth) if is_row else (depth, along)
        made = [set_text(name, label_size, width - 2 * inside, LINES, 0.5) for name in names]
        tallest = max(text.height for text in made) + inside
        if tallest > height:
            raise StageError(
                f"{len(names)} steps do not fit: give fewer, shorter texts or a smaller label_size"
            )
        self._colours = [ManimColor(one) for one in (palette.line, colour or palette.accent)]
        self._texts = [ManimColor(one) for one in (palette.muted, palette.text)]
        self.plates = VGroup()
        self.arrows = VGroup()
        pitch = along + gap
        for number, text in enumerate(made):
            offset = (number - (len(names) - 1) / 2) * pitch
            centre = room.center + (
                np.array([offset, 0, 0]) if is_row else np.array([0, -offset, 0])
            )
            plate = RoundedRectangle(
                min(22 * pixel(), height / 4),
                width=width,
                height=height,
                fill_color=palette.surface,
                fill_opacity=1,
                stroke_width=4,
            ).move_to(centre)
            label = text.label(palette.muted).shift(centre - (text.width / 2, 0, 0))
            self.plates.add(VGroup(plate, label))
        for number in range(len(names) - 1):
            first, second = (self.plates[number + more][0] for more in (0, 1))
            start = first.get_right() if is_row else first.get_bottom()
            end = second.get_left() if is_row else second.get_top()
            arrow = Arrow(
                start,
                end,
                buff=8 * pixel(),
                stroke_width=5,
                color=palette.line,
                max_tip_length_to_length_ratio=0.45,
            )
            self.arrows.add(arrow)
        self.add(self.plates, self.arrows)
        self.show_value(0.0)

    def go_to(self, step: int, **kwargs: Any) -> ChangeValue:
        """The animation in which the light goes to a step, by its number from 1; 0 puts it out.

        Raises:
            StageError: if there is no such step.
        """
        found = requirements.count(step, "the step's number")
        if found > len(self.plates):
            raise StageError(f"there is no step {found}: there are {len(self.plates)}")
        return self._change(float(found), **kwargs)

    def show_value(self, value: float) -> None:
        """Show a step as lit; of 1.5, the first and the second are, by half."""
        self.value = value
        for number, (plate, label) in enumerate(self.plates, 1):
            share = max(0.0, 1 - abs(value - number))
            plate.set_stroke(interpolate_color(*self._colours, share), 4 + 4 * share)
            label.set_fill(interpolate_color(*self._texts, share))
