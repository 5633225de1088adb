"""A timeline: dates on a line, whose texts appear as a mark passes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from manim import Circle, Line, VGroup

from explainer.blocks import requirements
from explainer.blocks.lettering import LINE_HEIGHT, NumberSetter, SetText, moved, set_text
from explainer.blocks.palette import ON_DARK, Palette
from explainer.blocks.value_block import ValueBlock, area_of
from explainer.stage.errors import StageError
from explainer.stage.frame import SafeArea, pixel
from explainer.stage.label_texts import labels_enabled
from explainer.stage.value_animation import ChangeValue

LINES = 3
"""Lines of text that a date may have."""
GAP = 34.0
"""Pixels between the line and a text."""
APPEARING = 0.04
"""The share of the line before a date in which its text appears."""


class Timeline(ValueBlock):
    """Dates from left to right, or from top to bottom in a tall area, and what happened then.

    `dates` are numbers, such as years, each greater than the one before; they stand as far apart as
    they are, or, with `even`, all at the same distance. `date_texts` are what is written for them,
    in place of the numbers. A mark runs along the line; a text is there once it has come to it.

    Raises:
        StageError: for dates that do not rise, or texts that have no room.
    """

    def __init__(
        self,
        dates: Sequence[float],
        texts: Sequence[str],
        *,
        date_texts: Sequence[str] = (),
        even: bool = False,
        label_size: float = 40,
        area: SafeArea | None = None,
        palette: Palette = ON_DARK,
    ) -> None:
        requirements.palette(palette)
        self.dates = requirements.numbers(dates, "the dates")
        super().__init__(self.dates[0] - 1.0)
        names = requirements.texts(texts, "the dates' texts")
        requirements.same_length(self.dates, names, "the dates", "their texts")
        setter = NumberSetter(label_size, separators=("", "."))
        shown = requirements.texts(date_texts, "date_texts") if date_texts else []
        shown = shown or [setter.text(date) for date in self.dates]
        requirements.same_length(self.dates, shown, "the dates", "date_texts")
        for place in range(1, len(self.dates)):
            if self.dates[place] <= self.dates[place - 1]:
                raise StageError(
                    f"the dates must rise, but {self.dates[place]:g} comes after "
                    f"{self.dates[place - 1]:g}: sort them"
                )
        room = area_of(area)
        self._is_row = room.width > room.height
        self._places = self._spread(even, room)
        self.shift(room.center)
        self._make_line(room, palette)
        self._make_events(room, names, shown, label_size, palette)
        self.add(self.mark)
        self.show_value(self.value)

    def advance_to(self, date: float | None = None, **kwargs: Any) -> ChangeValue:
        """The animation in which the mark runs on to a date, which need not be one of its own.

        Without one it runs to the last.

        Raises:
            StageError: for a date outside of the timeline.
        """
        found = self.dates[-1] if date is None else requirements.number(date, "the date")
        if not self.dates[0] <= found <= self.dates[-1]:
            raise StageError(
                f"the timeline has no date {found:g}: it goes from {self.dates[0]:g} to "
                f"{self.dates[-1]:g}"
            )
        return self._change(found, **kwargs)

    def show_value(self, value: float) -> None:
        """Show the mark at a date; before the first it is not there yet."""
        self.value = value
        at = float(np.interp(value, self.dates, self._places))
        seen = self.opacity_now()
        begun = float(value >= self.dates[0]) * seen
        self.mark.move_to(self.place(np.array([self._point(at)]))[0])
        self.mark.set_fill(opacity=begun)
        reach = APPEARING * (self._places[-1] - self._places[0]) or 1.0
        for place, (dot, texts) in zip(self._places, self.events, strict=True):
            share = begun * min(max(1 - (place - at) / reach, 0.0), 1.0)
            dot.set_stroke(opacity=seen - share)
            dot.set_fill(opacity=share)
            if labels_enabled():
                texts.set_fill(opacity=share)

    def _spread(self, even: bool, room: SafeArea) -> list[float]:
        """Where the dates stand along the line, from its middle."""
        length = (room.width if self._is_row else room.height) * (0.8 if self._is_row else 0.86)
        first, last = self.dates[0], self.dates[-1]
        if len(self.dates) == 1:
            return [0.0]
        shares = [
            number / (len(self.dates) - 1) if even else (date - first) / (last - first)
            for number, date in enumerate(self.dates)
        ]
        return [(share - 0.5) * length for share in shares]

    def _point(self, along: float) -> tuple[float, float, float]:
        return (along, 0.0, 0.0) if self._is_row else (self._line_x, -along, 0.0)

    def _make_line(self, room: SafeArea, palette: Palette) -> None:
        self._line_x = 0.0 if self._is_row else -room.width * 0.22
        half = (room.width if self._is_row else room.height) / 2
        ends = self.place(np.array([self._point(-half), self._point(half)]))
        self.line = Line(*ends, stroke_width=4, color=palette.line)
        self.mark = Circle(15 * pixel(), stroke_width=0, fill_color=palette.series[1])
        self.mark.set_fill(opacity=0)
        self.add(self.line)

    def _make_events(
        self,
        room: SafeArea,
        names: list[str],
        shown: list[str],
        size: float,
        palette: Palette,
    ) -> None:
        self.events = []
        gap = GAP * pixel()
        for number, (place, name, date) in enumerate(zip(self._places, names, shown, strict=True)):
            middle = self.place(np.array([self._point(place)]))[0]
            dot = Circle(10 * pixel(), color=palette.accent, stroke_width=4, fill_opacity=0)
            dot.move_to(middle)
            texts = VGroup()
            if self._is_row:
                width = self._room_beside(number, room, gap)
                text = set_text(name, size, width, LINES, 0.5)
                when = set_text(date, size, width)
                height = text.height + when.height
                if gap + height > room.height / 2:
                    raise StageError(f"the text “{name}” is too long: there is no room for it")
                # above the line, and every second one below
                top = gap + height if number % 2 == 0 else -gap
                self._stack(texts, when, text, middle[0], middle[1] + top, palette)
            else:
                text = set_text(name, size, room.right - middle[0] - gap, LINES)
                when = set_text(date, size, middle[0] - gap - room.left)
                texts.add(when.label(palette.accent).shift(moved(middle, -gap - when.width)))
                texts.add(text.label(palette.text).shift(moved(middle, gap)))
                self._check_pitch(number, text)
            self.add(dot, texts)
            self.events.append((dot, texts))

    def _stack(
        self,
        texts: VGroup,
        when: SetText,
        text: SetText,
        x: float,
        top: float,
        palette: Palette,
    ) -> None:
        """A date above its text, both around x."""
        texts.add(when.label(palette.accent).shift((x - when.width / 2, top - when.height / 2, 0)))
        y = top - when.height - text.height / 2
        texts.add(text.label(palette.text).shift((x - text.width / 2, y, 0)))

    def _room_beside(self, number: int, room: SafeArea, gap: float) -> float:
        """How wide a text may be: every second one stands on the same side of the line."""
        here = self._places[number]
        near = [abs(here - self._places[n]) for n in (number - 2, number + 2) if self._has(n)]
        edge = 2 * (room.width / 2 - abs(here))
        return min([edge, *(distance - gap / 2 for distance in near)])

    def _has(self, number: int) -> bool:
        return 0 <= number < len(self._places)

    def _check_pitch(self, number: int, text: SetText) -> None:
        """Refuse a text that would touch the one above it."""
        if number and self._places[number] - self._places[number - 1] < text.height:
            line = text.size * pixel() * LINE_HEIGHT
            most = max(1, int((self._places[number] - self._places[number - 1]) / line))
            raise StageError(
                f"the text “{text.text}” touches the one before it: there is room for {most} "
                "lines; give even=True, shorter texts or fewer dates"
            )
