"""A code listing whose lines light up; the program is set by Manim's Code."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import manimpango
import numpy as np
from manim import Code, Rectangle, Text
from pygments.lexers import get_lexer_by_name
from pygments.style import Style
from pygments.token import Comment, Keyword, Name, Number, String, Token, _TokenType
from pygments.util import ClassNotFound

from explainer.blocks import requirements
from explainer.blocks.lettering import uncut
from explainer.blocks.palette import ON_DARK, Palette
from explainer.blocks.value_block import ValueBlock, area_of
from explainer.spec import MIN_LABEL_SIZE
from explainer.stage.errors import StageError
from explainer.stage.frame import SafeArea, pixel
from explainer.stage.text_content import PANGO_EM
from explainer.stage.value_animation import ChangeValue

FONTS = ("DejaVu Sans Mono", "Menlo", "Liberation Mono", "Courier New", "Monospace")
"""Typefaces of which the first that is there is taken, unless another is asked for."""

FONT_SIZE = 32
"""At which Code sets the program, before it is scaled."""


class CodeListing(ValueBlock):
    """A program as large as fits into the area; `listing.light(2, 4)` lights the lines 2 to 4.

    `language` is one that Pygments knows, as in “python”. Manim's own Code is `listing.code`. Its
    lines do not break. Lines that are lit stand on a framed bar; none becomes harder to read.

    Raises:
        StageError: for a program without text, an unknown language, or one that gets too small.
    """

    def __init__(
        self,
        program: str,
        language: str,
        *,
        line_numbers: bool = True,
        font: str | None = None,
        label_size: float = 40,
        area: SafeArea | None = None,
        palette: Palette = ON_DARK,
    ) -> None:
        requirements.palette(palette)
        # first and last line, and how much they are lit
        super().__init__(np.array([1.0, 1.0, 0.0]))
        if not isinstance(program, str) or not program.strip():
            raise StageError("the listing has no text")
        try:
            get_lexer_by_name(language)
        except ClassNotFound:
            raise StageError(f"no language is called “{language}”; one is “python”") from None
        size = requirements.label_size(label_size)
        program = program.strip("\n")
        there = set(manimpango.list_fonts())
        font = font or next((name for name in FONTS if name in there), FONTS[-1])
        with uncut():
            self.code = Code(
                code_string=program,
                language=language,
                formatter_style=_style(palette),
                add_line_numbers=line_numbers,
                paragraph_config={"font": font, "font_size": FONT_SIZE, "line_spacing": 0.7},
                background_config={"stroke_width": 0, "stroke_color": palette.surface},
            )
        room = area_of(area)
        em = FONT_SIZE * PANGO_EM
        share = min(
            size * pixel() / em, room.width / self.code.width, room.height / self.code.height
        )
        fits = share * em / pixel()
        if fits < MIN_LABEL_SIZE:
            raise StageError(
                f"the listing would be set at {fits:.0f} pixels, too small to be read: show fewer "
                f"lines, or break the longest; {MIN_LABEL_SIZE:g} is the least"
            )
        self.count = len(program.split("\n"))
        plate = self.code.background.height
        # Code makes its first and last line as high as these two letters
        line = Text("pA", font=font, font_size=FONT_SIZE).height
        margin = Code.default_background_config["buff"]
        self._first = (margin + line / 2) / plate
        between = (1 - 2 * self._first) / max(self.count - 1, 1)
        self._pitch = between if self.count > 1 else line * 1.2 / plate
        self.code.scale(share).move_to(room.center)
        # as dark, or as light, as the ground: texts are the easier to read on it
        self.bar = Rectangle(stroke_width=3, stroke_color=palette.accent, fill_color=palette.ground)
        self.code.submobjects.insert(1, self.bar)
        self.shift(room.center)
        self.add(self.code)
        self.show_value(self.value)

    def light(self, first: int, last: int | None = None, **kwargs: Any) -> ChangeValue:
        """The animation in which the light goes to a line, or to all from `first` to `last`.

        Lines count from 1.

        Raises:
            StageError: if there are no such lines.
        """
        begin = requirements.count(first, "the first line", 1)
        end = begin if last is None else requirements.count(last, "the last line", 1)
        if not begin <= end <= self.count:
            raise StageError(f"there are no lines {begin} to {end}: the listing has {self.count}")
        if not self.value[2]:
            # it does not come from elsewhere
            self.value = np.array([begin, end, 0.0])
        return self._change(np.array([begin, end, 1.0]), **kwargs)

    def put_out(self, **kwargs: Any) -> ChangeValue:
        """The animation in which the light goes out."""
        first, last, _ = self.value
        return self._change(np.array([first, last, 0.0]), **kwargs)

    def show_value(self, value: Any) -> None:
        """Show the bar: its first and its last line, and how much it is lit, 0 to 1."""
        self.value = value
        first, last, lit = value
        plate = self.code.background
        top, bottom = self._middle(first), self._middle(last)
        self.bar.stretch_to_fit_width(plate.width)
        self.bar.stretch_to_fit_height(top - bottom + self._pitch * plate.height)
        self.bar.move_to((plate.get_x(), (top + bottom) / 2, 0))
        seen = self.opacity_now()
        self.bar.set_fill(opacity=lit * seen)
        self.bar.set_stroke(opacity=lit * seen)

    def _middle(self, line: float) -> float:
        """The y of a line's middle as it stands now."""
        plate = self.code.background
        share = self._first + (line - 1) * self._pitch
        return float(plate.get_top()[1] - share * plate.height)


@cache
def _style(palette: Palette) -> type[Style]:
    """Pygments' style in a palette's colours."""
    blue, yellow, green, pink, *_ = palette.series
    colours: Mapping[_TokenType, str] = {
        Token: palette.text,
        Comment: f"italic {palette.muted}",
        Keyword: blue,
        Name.Function: yellow,
        Name.Class: yellow,
        Name.Builtin: blue,
        String: green,
        Number: pink,
    }
    return type(
        "BlockStyle",
        (Style,),
        {
            "styles": colours,
            "background_color": palette.surface,
            "line_number_color": palette.muted,
        },
    )
