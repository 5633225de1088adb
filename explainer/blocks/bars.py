"""Bars that race: for each name a number a step in, bars in the order of their lengths out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from manim import VMobject
from numpy.typing import NDArray

from explainer.blocks import requirements
from explainer.blocks.lettering import LINE_HEIGHT, NumberSetter, moved, set_text, shape, width_of
from explainer.blocks.palette import ON_DARK, Palette
from explainer.blocks.value_block import ValueBlock, area_of
from explainer.stage.errors import StageError
from explainer.stage.frame import SafeArea, pixel
from explainer.stage.label_texts import labels_enabled
from explainer.stage.text_content import mark_as_text
from explainer.stage.value_animation import ChangeValue

OVERTAKING = 0.2
"""Half of the share of a step that one bar takes to pass another."""
LEAPS = 4
"""How often a number changes from one step to the next: with each frame it would flash."""
NAME_SHARE = 0.35
"""How much of the width names may take where they stand beside their bars."""


class BarRace(ValueBlock):
    """Bars that grow from step to step, the longest on top; those that overtake pass each other.

    `values` holds for each of the `names` its numbers, one a step. The names of the `steps`, such
    as years, are shown in a corner. Lengths are in proportion to the numbers, from 0 and on one
    scale for all steps. In a wide area names stand beside their bars, in a tall one above.
    `template`, `decimals` and `separators` are those of the numbers, as in `Counter`.

    Raises:
        StageError: for numbers below 0, what is no number, lists that do not match, or too many.
    """

    def __init__(
        self,
        names: Sequence[str],
        values: Sequence[Sequence[float]],
        steps: Sequence[str] = (),
        *,
        template: str = "{}",
        decimals: int = 0,
        separators: tuple[str, str] = ("\u202f", "."),
        label_size: float = 44,
        colours: Sequence[str] = (),
        area: SafeArea | None = None,
        palette: Palette = ON_DARK,
    ) -> None:
        requirements.palette(palette)
        super().__init__(0.0)
        self.names = requirements.texts(names, "the bars' names")
        self.values = _table(self.names, values)
        self.steps = requirements.texts(steps, "the steps' names") if steps else []
        if self.steps:
            requirements.same_length(self.steps, self.values[0], "the steps' names", "the numbers")
        self._setter = NumberSetter(label_size, template, decimals, separators)
        self._lay_out(area_of(area), list(colours) or list(palette.series), palette)
        self.show_value(0.0)

    def advance_to(self, step: str | int | None = None, **kwargs: Any) -> ChangeValue:
        """The animation in which the race goes on to a step, by its name or its number from 1.

        Without one it goes on to the last.

        Raises:
            StageError: if there is no such step.
        """
        return self._change(float(self._step(step)), **kwargs)

    def show_value(self, value: float) -> None:
        """Show the race between two steps: 0 is the first, 0.5 halfway to the second."""
        self.value = value
        amounts = [self._amount(row, value) for row in range(len(self.values))]
        for row, (amount, rank) in enumerate(zip(amounts, self._ranks(value), strict=True)):
            y = self._top - (rank + 0.5) * self._pitch
            bar, name, number = self.rows[row]
            length = max(amount * self._unit_length, pixel())
            middle = y - self._name_height / 2
            self.draw(bar, _box(self._left, middle, length, self._thickness))
            self.draw(name, moved(self._name_points[row], 0, y + self._name_shift))
            text = self._setter.text(self._amount(row, math.floor(value * LEAPS + 1e-6) / LEAPS))
            gap = 14 * pixel()
            self.draw(number, moved(self._setter.points(text), self._left + length + gap, middle))
            mark_as_text(number, text, self._setter.size * pixel() * self.scale_now())
        if self.steps:
            step = self._step_texts[int(value + 1e-6)]
            x, bottom = self._corner
            points = moved(step.points, x - step.width, bottom + step.height / 2)
            self.draw(self.step_name, points)
            mark_as_text(self.step_name, step.text, step.size * pixel() * self.scale_now())

    def _amount(self, row: int, value: float) -> float:
        """A bar's number, between two steps as well."""
        numbers = self.values[row]
        return float(np.interp(value, range(len(numbers)), numbers))

    def _step(self, step: str | int | None) -> int:
        last = len(self.values[0])
        if step is None:
            return last - 1
        if isinstance(step, str):
            if step not in self.steps:
                there = ", ".join(self.steps) or "without names: give their numbers"
                raise StageError(f"the race has no step “{step}”; its steps: {there}")
            return self.steps.index(step)
        number = requirements.count(step, "the step's number", 1)
        if number > last:
            raise StageError(f"the race has no step {number}: it has {last}")
        return number - 1

    def _ranks(self, value: float) -> NDArray[np.float64]:
        """Each bar's place from the top; between two steps bars pass where their numbers do."""
        step = min(int(value), max(len(self.values[0]) - 2, 0))
        share = value - step
        count = len(self.names)
        ranks = np.zeros(count)
        for one in range(count):
            for other in range(one + 1, count):
                behind = self._is_behind(one, other, step, share)
                ranks[one] += behind
                ranks[other] += 1 - behind
        return ranks

    def _is_behind(self, one: int, other: int, step: int, share: float) -> float:
        """How far a bar has fallen behind another, 0 to 1; of equal ones the first is ahead."""
        before = self.values[one][step] - self.values[other][step]
        if len(self.values[one]) == 1:
            return float(before < 0)
        after = self.values[one][step + 1] - self.values[other][step + 1]
        begins, ends = float(before < 0), float(after < 0)
        if begins == ends:
            return begins
        crossing = min(max(before / (before - after), OVERTAKING), 1 - OVERTAKING)
        progress = min(max((share - crossing) / (2 * OVERTAKING) + 0.5, 0), 1)
        return begins + (ends - begins) * progress * progress * (3 - 2 * progress)

    def _lay_out(self, area: SafeArea, colours: list[str], palette: Palette) -> None:
        size = self._setter.size
        line = size * pixel() * LINE_HEIGHT
        x, y, _ = area.center
        self.shift((x, y, 0))
        is_wide = area.width > area.height
        room = area.width * (NAME_SHARE if is_wide else 1)
        set_names = [set_text(name, size, room) for name in self.names]
        largest = max(map(max, self.values))
        longest = max(
            width_of(self._setter.points(self._setter.text(amount)))
            for row in self.values
            for amount in row
        )
        gap = 14 * pixel()
        names_width = max(text.width for text in set_names) + gap if is_wide else 0.0
        self._left = -area.width / 2 + names_width
        rest = area.width - names_width - longest - gap
        if rest < area.width / 5:
            raise StageError(
                "the bars' names and numbers leave no room for the bars: shorten the names, or "
                "give a smaller label_size"
            )
        self._unit_length = rest / largest if largest else 0.0
        self._top = area.height / 2
        steps_height = 0.0
        if self.steps:
            self._step_texts = [set_text(step, size * 1.6, area.width) for step in self.steps]
            steps_height = line * 1.6
        self._pitch = min((area.height - steps_height) / len(self.names), area.height / 4)
        self._corner = (area.width / 2, -area.height / 2)
        least = line * (1 if is_wide else 1.8)
        if self._pitch < least:
            most = int((area.height - steps_height) / least)
            raise StageError(
                f"{len(self.names)} bars do not fit: {most} are the most with a label_size of "
                f"{size:g}"
            )
        self._name_height = 0.0 if is_wide else line
        self._name_shift = 0.0 if is_wide else (self._pitch * 0.86 - line) / 2
        self._thickness = self._pitch * 0.72 if is_wide else self._pitch * 0.82 - line
        self._thickness = min(self._thickness, 90 * pixel())
        if not is_wide:
            self._name_shift = (self._thickness + line * 0.2) / 2
        self._name_points = []
        self.rows = []
        for row, text in enumerate(set_names):
            left = self._left - gap - text.width if is_wide else self._left
            self._name_points.append(moved(text.points, left))
            colour = colours[row % len(colours)]
            bar = VMobject(stroke_width=0, fill_color=colour, fill_opacity=1)
            name = text.label(palette.text)
            number = _number_shape(self._setter, palette)
            self.add(bar, name, number)
            self.rows.append((bar, name, number))
        if self.steps:
            self.step_name = self._step_texts[0].label(palette.muted)
            self.add(self.step_name)


def _number_shape(setter: NumberSetter, palette: Palette) -> VMobject:
    made = shape(setter.points("0"), palette.text)
    return made if labels_enabled() else made.set_opacity(0)


def _box(left: float, y: float, length: float, height: float) -> NDArray[np.float64]:
    """The outline of an upright rectangle, of shape (16, 3)."""
    low, high = y - height / 2, y + height / 2
    corners = [(left, low), (left + length, low), (left + length, high), (left, high), (left, low)]
    points = []
    for start, end in pairwise(corners):
        points += [np.array([*start, 0]) * (1 - t) + np.array([*end, 0]) * t for t in _THIRDS]
    return np.array(points)


_THIRDS = (0, 1 / 3, 2 / 3, 1)


def _table(names: list[str], values: Any) -> list[list[float]]:
    """The numbers of each name.

    Raises:
        StageError: if they are not one list for each name, all of them of the same length.
    """
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise StageError(f"the bars' numbers must be a list for each name, not {values!r}")
    rows = list(values)
    requirements.same_length(names, rows, "the bars' names", "the lists of numbers")
    found: list[list[float]] = []
    for name, row in zip(names, rows, strict=True):
        numbers = requirements.numbers(row, f"the numbers of “{name}”")
        if min(numbers) < 0:
            raise StageError(f"a bar cannot be shorter than nothing: “{name}” has {min(numbers):g}")
        requirements.same_length(
            numbers, found[0] if found else numbers, f"the numbers of “{name}”", "those before"
        )
        found.append(numbers)
    return found
