"""Bars that race: for each name a number a step in, bars in the order of their lengths out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from manim import VMobject
from numpy.typing import NDArray

from explainer.blocks import requirements
from explainer.blocks.lettering import (
    LINE_HEIGHT,
    NumberSetter,
    SetText,
    moved,
    set_text,
    shape,
    width_of,
)
from explainer.blocks.palette import ON_DARK, Palette
from explainer.blocks.value_block import ValueBlock, area_of
from explainer.stage.errors import StageError
from explainer.stage.frame import SafeArea, pixel
from explainer.stage.label_texts import labels_enabled
from explainer.stage.text_content import mark_as_text
from explainer.stage.value_animation import ChangeValue

OVERTAKING = 0.2
"""Half of the share of a step that one bar takes to pass another."""
LEAPS = 6
"""How often a number changes from one step to the next, as with each frame it would flash: it is
that of the moment, off by a twelfth of a step at most, and exact at each step."""
NAME_SHARE = 0.35
"""How much of the width names may take where they stand beside their bars."""
GAP = 14.0
"""Pixels between a bar and its name, and its number."""
MAX_THICKNESS = 90.0
"""Pixels."""
STEP_SCALE = 1.6
"""How much larger than labels the name of a step is."""


class BarRace(ValueBlock):
    """Bars that grow from step to step, the longest on top; those that overtake pass each other.

    `values` holds for each of the `names` its numbers, one a step. The names of the `steps`, such
    as years, are shown in a corner. Lengths are in proportion to the numbers, from 0 and on one
    scale for all steps. In a wide area names stand beside their bars, in a tall one above; the
    numbers stand in a column. `template`, `decimals` and `separators` are those of the numbers, as
    in `Counter`.

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
        room = area_of(area)
        width = room.width * (NAME_SHARE if _stand_beside(room) else 1)
        self._names = [set_text(name, label_size, width) for name in self.names]
        self._step_texts = [
            set_text(step, label_size * STEP_SCALE, room.width) for step in self.steps
        ]
        self._layout = self._lay_out(self._names, room)
        self.shift(room.center)
        self._add_rows(self._names, list(colours or palette.series), palette)
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
        at = self._layout
        for row, rank in enumerate(self._ranks(value)):
            bar, name, number = self.rows[row]
            middle = at.top - (rank + 0.5) * at.pitch
            length = max(self._amount(row, value) * at.unit_length, 1e-6)
            self.draw(bar, _box(at.left, middle + at.bar_shift, length, at.thickness))
            text = self._names[row]
            left = at.left - at.gap - text.width if at.beside else at.left
            self.draw(name, moved(text.points, left, middle + at.name_shift))
            written = self._setter.text(self._amount(row, round(value * LEAPS) / LEAPS))
            points = self._setter.points(written)
            # in a column: figures that ran along with their bar would flash
            left = at.right - width_of(points)
            self.draw(number, moved(points, left, middle + at.bar_shift))
            mark_as_text(number, written, self._setter.size * pixel() * self.scale_now())
        if self.steps:
            step = self._step_texts[int(value + 1e-6)]
            points = moved(step.points, at.right - step.width, at.bottom + step.height / 2)
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

    def _lay_out(self, names: list[SetText], area: SafeArea) -> _Layout:
        """Where everything is to stand.

        Raises:
            StageError: if it does not fit.
        """
        line = self._setter.size * pixel() * LINE_HEIGHT
        gap = GAP * pixel()
        beside = _stand_beside(area)
        names_width = max(text.width for text in names) + gap if beside else 0.0
        written = [self._setter.text(amount) for row in self.values for amount in row]
        longest = max(width_of(self._setter.points(text)) for text in set(written))
        room = area.width - names_width - longest - gap
        if room < area.width / 5:
            raise StageError(
                "the bars' names and numbers leave no room for the bars: shorten the names, or "
                "give a smaller label_size"
            )
        height = area.height - (line * STEP_SCALE if self.steps else 0)
        least = line if beside else line * 1.8
        if height / len(names) < least:
            raise StageError(
                f"{len(names)} bars do not fit: {int(height / least)} are the most with a "
                f"label_size of {self._setter.size:g}"
            )
        pitch = min(height / len(names), area.height / 4)
        thickness = pitch * 0.72 if beside else pitch * 0.82 - line
        thickness = min(thickness, MAX_THICKNESS * pixel())
        largest = max(map(max, self.values))
        return _Layout(
            beside=beside,
            left=-area.width / 2 + names_width,
            top=area.height / 2,
            right=area.width / 2,
            bottom=-area.height / 2,
            pitch=pitch,
            thickness=thickness,
            gap=gap,
            unit_length=room / largest if largest else 0.0,
            bar_shift=0.0 if beside else -line / 2,
            name_shift=0.0 if beside else thickness / 2 + line * 0.1,
        )

    def _add_rows(self, names: list[SetText], colours: list[str], palette: Palette) -> None:
        self.rows = []
        for row, text in enumerate(names):
            bar = VMobject(stroke_width=0, fill_color=colours[row % len(colours)], fill_opacity=1)
            name = text.label(palette.text)
            number = shape(self._setter.points("0"), palette.text)
            if not labels_enabled():
                number.set_opacity(0)
            self.add(bar, name, number)
            self.rows.append((bar, name, number))
        if self.steps:
            self.step_name = self._step_texts[0].label(palette.muted)
            self.add(self.step_name)


@dataclass(frozen=True, slots=True)
class _Layout:
    """Places and lengths in scene units, from the middle of the area.

    Names stand `beside` their bars, or above. Bars begin at `left`; a row is `pitch` high. From a
    row's middle its bar is `bar_shift` higher and its name `name_shift`. `unit_length` is how long
    a bar of 1 is.
    """

    beside: bool
    left: float
    top: float
    right: float
    bottom: float
    pitch: float
    thickness: float
    gap: float
    unit_length: float
    bar_shift: float
    name_shift: float


def _stand_beside(area: SafeArea) -> bool:
    """Whether names stand beside their bars, or above."""
    return area.width > area.height


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
