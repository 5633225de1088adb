"""Texts as blocks need them: a text and its size in, a shape that stands on a line out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from manim import Text, VMobject, config
from numpy.typing import NDArray

from explainer.blocks import requirements
from explainer.stage.errors import StageError
from explainer.stage.frame import pixel
from explainer.stage.label_texts import labels_enabled
from explainer.stage.text_content import PANGO_EM, mark_as_text

POINT_SIZE = 96
"""Font size at which texts are set before they are scaled: at small ones hinting spoils spacing."""
EM = POINT_SIZE * PANGO_EM
"""The em at that size, in scene units."""
LONGEST = 30_000
"""Pixels at that size that a text may be wide and high."""
ISOLATE, END_OF_ISOLATE = "\u2068", "\u2069"
"""Unicode's marks around a text whose direction is its own."""
LINE_HEIGHT = 1.3
"""Ems from a line of text to the next."""

Points = NDArray[np.float64]
"""Of shape (4n, 3): the Bézier curves of a shape."""


@contextmanager
def uncut() -> Iterator[None]:
    """Within it, Manim sets texts of any length; else it leaves out letters beyond a picture."""
    size = config.pixel_width, config.pixel_height
    # tempconfig does the same in a hundred times as long
    config.pixel_width, config.pixel_height = LONGEST, LONGEST
    try:
        yield
    finally:
        config.pixel_width, config.pixel_height = size


def text_points(text: str, size: float) -> Points:
    """The outlines of one line of text; its left edge and the middle of its capitals are at 0.

    `size` is the em in pixels of a picture whose short side has 1080. The typeface is that of
    Manim's `Text`, which `Text.set_default(font=…)` sets.
    """
    points: Points = np.concatenate(_letters(text, size))
    return moved(points, -points[:, 0].min())


def _letters(text: str, size: float) -> list[Points]:
    """The outlines of each letter of one line, side by side; their capitals' middle is at 0."""
    with uncut():
        try:
            # apart from the H, so that a text from right to left keeps its full stop on its left
            apart = f"{ISOLATE}{text}{END_OF_ISOLATE}"
            capital, *letters = Text(f"H{apart}", font_size=POINT_SIZE)
        except StageError:
            Text(text)  # says the same of the text as the author wrote it
            raise
    share = size * pixel() / EM
    middle = float(capital.get_y())
    return [moved(letter.points, 0, -middle) * share for letter in letters if len(letter.points)]


def moved(points: Points, x: float = 0.0, y: float = 0.0) -> Points:
    """Points moved to the right and up."""
    there: Points = points + np.array([x, y, 0.0])
    return there


def shape(points: Points, colour: str) -> VMobject:
    """A filled shape without an outline."""
    made = VMobject(stroke_width=0, fill_color=colour, fill_opacity=1)
    made.set_points(points)
    return made


def width_of(points: Points) -> float:
    """How wide a shape is, in scene units."""
    return float(np.ptp(points[:, 0])) if len(points) else 0.0


@dataclass(frozen=True, slots=True)
class SetText:
    """A text of one or more lines, set: its outlines, and what it says.

    The points' left edge is at 0, and so is the middle between the capitals of the first line and
    those of the last. `width` and `height` are those of the whole, lines' full heights included.
    """

    text: str
    points: Points
    size: float
    width: float
    height: float

    def label(self, colour: str) -> VMobject:
        """A mobject of it, which is read as its text; unseen in a film without labels."""
        made = mark_as_text(shape(self.points, colour), self.text, self.size * pixel())
        return made if labels_enabled() else made.set_opacity(0)


def set_text(
    text: str, size: float, max_width: float | None = None, max_lines: int = 1, align: float = 0.0
) -> SetText:
    """Set a text, broken at its spaces into as few lines as fit into `max_width` (scene units).

    A line feed breaks a line, too. `align` is 0 for lines that begin at the left, 0.5 for lines
    around their middle, 1 for lines that end at the right.

    Raises:
        StageError: if it needs more than `max_lines`, or a word is too wide.
    """
    size = requirements.label_size(size)
    rows = text.split("\n")
    if max_width is not None:
        rows = [part for row in rows for part in _broken(row, size, max_width)]
    lines = [text_points(row, size) for row in rows]
    widest = max(map(width_of, lines))
    if len(rows) > max(max_lines, text.count("\n") + 1) or widest > (max_width or widest) + 1e-6:
        room = round((max_width or 0) / pixel())
        where = f"{room} pixels" if max_lines == 1 else f"{max_lines} lines of {room} pixels"
        raise StageError(
            f"the label “{text}” does not fit into {where}: shorten it, break it with a line "
            f"feed, or give its block a label_size under {size:g}"
        )
    pitch = size * pixel() * LINE_HEIGHT
    placed = [
        moved(line, (widest - width_of(line)) * align, ((len(lines) - 1) / 2 - number) * pitch)
        for number, line in enumerate(lines)
    ]
    return SetText(text, np.concatenate(placed), size, widest, pitch * len(lines))


def _broken(text: str, size: float, max_width: float) -> list[str]:
    """A text in lines that fit; a word that does not fit by itself stays whole."""
    words = text.split(" ")
    if len(words) == 1 or width_of(text_points(text, size)) <= max_width:
        return [text]
    rows = [words[0]]
    for word in words[1:]:
        longer = f"{rows[-1]} {word}"
        if width_of(text_points(longer, size)) <= max_width:
            rows[-1] = longer
        else:
            rows.append(word)
    return rows


class NumberSetter:
    """Sets numbers that change: all figures are as wide as the widest, so that nothing trembles.

    `template` is what stands around the number, as in “{} %”; `decimals` are its decimal places;
    `separators` stand between thousands, and before decimals, as a language has them.
    """

    def __init__(
        self,
        size: float,
        template: str = "{}",
        decimals: int = 0,
        separators: tuple[str, str] = ("\u202f", "."),
    ) -> None:
        self.size = requirements.label_size(size)
        self.decimals = requirements.count(decimals, "the number of decimals")
        if not isinstance(template, str) or template.count("{}") != 1:
            raise StageError(f"{template!r} must have one {{}}, for the number, as in “{{}} %”")
        if len(separators) != 2 or not all(isinstance(sign, str) for sign in separators):
            raise StageError(
                f"separators={separators!r} must be two texts: what stands between thousands, and "
                "before decimals, as in (',', '.')"
            )
        self.template = template
        self.separators = (separators[0], separators[1])
        zero, *figures = _letters("00123456789", size)
        self._figure = float(figures[0][:, 0].min() - zero[:, 0].min())
        self._glyphs = {
            sign: self._in_cell([one]) for sign, one in zip("0123456789", figures, strict=True)
        }

    def text(self, value: float) -> str:
        """A number as it is written."""
        rounded = round(value, self.decimals) + 0.0  # no minus before a zero
        written = f"{abs(rounded):,.{self.decimals}f}"
        thousands, point = self.separators
        written = written.replace(",", "\0").replace(".", point).replace("\0", thousands)
        return self.template.replace("{}", ("−" if rounded < 0 else "") + written)

    def points(self, text: str) -> Points:
        """The outlines of a text; the left edge and the middle of its capitals are at 0."""
        placed = []
        x = 0.0
        for sign in text:
            outline, advance = self._glyph(sign)
            placed.append(moved(outline, x))
            x += advance
        points: Points = np.concatenate(placed)
        return moved(points, -points[:, 0].min())

    def _glyph(self, sign: str) -> tuple[Points, float]:
        """A sign's outlines in its cell, and the cell's width."""
        if sign not in self._glyphs:
            # with a figure on each side it has the space around it that it is meant to have
            first, *between, last = _letters(f"0{sign}0", self.size)
            width = float(last[:, 0].min() - first[:, 0].min()) - self._figure
            self._glyphs[sign] = self._in_cell(between, width)
        return self._glyphs[sign]

    def _in_cell(self, outlines: list[Points], width: float | None = None) -> tuple[Points, float]:
        """Outlines in the middle of a cell, one of a figure unless a width is given; its width."""
        width = self._figure if width is None else width
        points: Points = np.concatenate([np.zeros((0, 3)), *outlines])
        if len(points):
            points = moved(points, (width - width_of(points)) / 2 - points[:, 0].min())
        return points, width
