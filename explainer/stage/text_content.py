"""What mobjects say: Manim's texts, formulas and numbers in, their words and type size out.

`record_texts` lets every text note what it says when it is made, for itself, each of its letters
and each part of a formula. Each shape also notes its em in relation to its own size, so that the
type size is known after it was scaled, turned, drawn in part or put into another group.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from html import unescape
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np
from manim import (
    BulletedList,
    DecimalNumber,
    MarkupText,
    MathTex,
    SingleStringMathTex,
    Text,
)
from manim.mobject.text.typst_mobject import Typst
from numpy.typing import NDArray

from explainer.stage.fonts import require_glyphs

PANGO_EM = 1 / 72
"""The em of Manim's Text in scene units, for each point of its font size."""
TEX_EM = 9.963 / 960
"""The same for LaTeX, which sets at 10 points, and dvisvgm, whose points are 1/72 inch."""
TYPST_EM = 10 / 960
"""The same for Typst, which sets at 10 points."""

AnyMobject = TypeVar("AnyMobject")
_TAG = re.compile(r"<[^>]*>")
_BRACKET = re.compile(r"\\left(.+?)\\begin\{array\}\{c\}(?:\\quad \\\\)+\\end\{array\}\\right(.+)")
# attributes of mobjects, with names that an author would not use
_READING = "_read_as"
_READ_NUMBER = "_read_as_while_number_is"
_EM_PER_SIZE = "_em_for_its_size"


@dataclass(frozen=True, slots=True)
class TextReading:
    """What a mobject says; a single letter also knows the `whole` text and its `place` in it.

    Where shapes and letters do not correspond, as in LaTeX, each shape says the whole text.
    """

    text: str
    whole: str = ""
    place: int = 0


_AREA_WEIGHTS = ((0, 1, 6), (0, 2, 3), (0, 3, 1), (1, 2, 3), (1, 3, 3), (2, 3, 6))
"""The area under a cubic Bézier curve is the sum of cross products of pairs of its four points:
the numbers of two points, and the weight of their product in twentieths."""
NOT_READ = TextReading("")
"""Of a text that is being transformed into another: it says nothing, nor do its parts."""


def mark_as_text(mobject: AnyMobject, text: str, em: float) -> AnyMobject:
    """Mark a mobject as the text `text`; `em` is its type size as it is now, in scene units.

    This is for texts made of curves or of other mobjects; Manim's own texts are known without it.
    Gives the mobject.
    """
    setattr(mobject, _READING, TextReading(text))
    for part in mobject.get_family():  # type: ignore[attr-defined]
        if size := outline_size(part.points[:, :2]):
            setattr(part, _EM_PER_SIZE, em / size)
    return mobject


def outline_size(points: NDArray[np.float64]) -> float:
    """The size of a closed shape, (4n, 2) Bézier points: the side of a square of the same area.

    It stays the same when the shape is turned, or its curves are split.
    """
    if len(points) < 4:
        return 0.0
    x, y = (points[: len(points) // 4 * 4] - points[0]).T
    area = 0.0
    for first, second, weight in _AREA_WEIGHTS:
        a, b = slice(first, None, 4), slice(second, None, 4)
        area += weight * float(x[a] @ y[b] - y[a] @ x[b])
    return math.sqrt(abs(area) / 20)


def em_per_size(part: Any) -> float:
    """The em of a text's shape for each unit of its `outline_size`; 0 if it is no text's shape.

    A line under a text or a plate behind it is none.
    """
    share: float = vars(part).get(_EM_PER_SIZE, 0.0)
    return share


def reading_of(mobject: Any) -> TextReading | None:
    """What a mobject says, or None if it is no text; a text's parts are not read by themselves."""
    found = vars(mobject).get(_READING)
    if isinstance(mobject, DecimalNumber) and vars(mobject).get(_READ_NUMBER) != _value(mobject):
        return _number(mobject)
    return found if isinstance(found, TextReading) else None


def visible_text(mobject: Any, reading: TextReading, seen: Callable[[Any], bool]) -> str:
    """What a text says when some of its shapes are hidden or removed; `seen` tells for each."""
    parts = [(part, found) for part in mobject.submobjects if (found := reading_of(part))]
    if isinstance(mobject, MathTex):
        terms = [visible_text(part, term, seen) for part, term in parts if seen(part)]
        whole = len(terms) == len(mobject.tex_strings)
        if not terms or (whole and terms == [term.text for _, term in parts]):
            return reading.text
        return str(mobject.arg_separator.join(terms))
    letters = [(part, found) for part, found in parts if found.whole == reading.text]
    places = [found.place for part, found in letters if len(found.text) == 1 and seen(part)]
    if 0 < len(places) < sum(not sign.isspace() for sign in reading.text):
        return join_letters(reading.text, sorted(places))
    return reading.text


def join_letters(whole: str, places: Sequence[int]) -> str:
    """The letters of a text at some places, and white space where the text has it between them."""
    found = whole[places[0]]
    for before, place in pairwise(places):
        between = whole[before + 1 : place]
        gap = between if between.isspace() else "\n" if "\n" in between else ""
        found += gap + whole[place]
    return found


def set_reading(mobject: Any, reading: TextReading | None) -> None:
    """Set what a mobject says; for a number, until its value changes."""
    setattr(mobject, _READING, reading)
    if isinstance(mobject, DecimalNumber):
        setattr(mobject, _READ_NUMBER, _value(mobject))


def copy_em(part: Any, other: Any) -> None:
    """Give a shape the em in relation to its size that another has, or none."""
    if em_per_size(part) != em_per_size(other):
        setattr(part, _EM_PER_SIZE, em_per_size(other))


def _value(number: Any) -> str:
    # it may be of any type, and arrays cannot be compared with !=
    return repr(vars(number).get("number"))


def _number(mobject: Any) -> TextReading | None:
    """What a number says with its unit, as it is now: it may change with each frame."""
    try:
        text = mobject._get_num_string(mobject.number)
    except (AttributeError, TypeError, ValueError):
        return None
    unit = _unit(mobject.unit) if isinstance(mobject.unit, str) else ""
    return TextReading(f"{text}{'…' if mobject.show_ellipsis else ''}{unit}")


def _unit(tex: str) -> str:
    """A number's unit as it is seen, for usual units; other LaTeX is left as it is."""
    plain = re.sub(r"\\(?:text|mathrm|rm)\{([^{}]*)\}", r"\1", tex)
    for source, sign in ((r"^{\circ}", "°"), (r"^\circ", "°"), (r"\%", "%"), (r"\,", " ")):
        plain = plain.replace(source, sign)
    return plain


# -- what Manim's own texts say ------------------------------------------------------------------


def record_texts() -> None:
    """Patch Manim's classes of texts so that each new text notes what it says."""
    for text_class, note in (
        (Text, _note_text),
        (MarkupText, _note_text),
        (SingleStringMathTex, _note_formula),
        (MathTex, _note_formula),
        (BulletedList, _note_list),
        (Typst, _note_typst),
    ):
        _after_init(text_class, note)


def _after_init(text_class: type, note: Callable[[Any], None]) -> None:
    """Patch a class so that `note` sees each new object that has a size, when it is complete."""
    make = vars(text_class)["__init__"]

    @wraps(make)
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        make(self, *args, **kwargs)
        if self.height:
            note(self)

    setattr(text_class, "__init__", __init__)  # noqa: B010


def _note_text(mobject: Any) -> None:
    text = mobject.original_text
    if not isinstance(text, str):
        return
    if isinstance(mobject, MarkupText):
        text = unescape(_TAG.sub("", text))
    require_glyphs(mobject, text)
    mark_as_text(mobject, text, mobject.font_size * PANGO_EM)
    signs = [part for part in mobject.submobjects if len(part.points)]
    if len(signs) == len(text):  # without ligatures Manim has a dot for each space
        signs = [sign for sign, letter in zip(signs, text, strict=True) if not letter.isspace()]
    _note_signs(signs, text)


def _note_signs(signs: list[Any], text: str, plain: bool = True) -> None:
    """Note what the shapes of a text say where they are shown alone.

    Where there is not one for each letter, as with ligatures and in LaTeX, each says all of it.
    """
    places = [place for place, letter in enumerate(text) if not letter.isspace()]
    plain = plain and len(signs) == len(places)
    for number, sign in enumerate(signs):
        place = places[number] if plain else number
        setattr(sign, _READING, TextReading(text[place] if plain else text, text, place))


def _note_formula(mobject: Any) -> None:
    em = mobject.font_size * TEX_EM
    mark_as_text(mobject, _bracket(mobject.tex_string), em)
    terms = [part for part in mobject.submobjects if hasattr(part, "tex_string")]
    for part in terms or [mobject]:
        _note_term(part, _bracket(part.tex_string), em)


def _note_term(part: Any, text: str, em: float) -> None:
    """Note what a part of a formula says, and each of its signs."""
    mark_as_text(part, text, em)
    signs = [sign for sign in part.submobjects if len(sign.points)]
    _note_signs(signs, text, plain=not set(text) & set("\\{}^_$&"))


def _bracket(tex: str) -> str:
    """The brackets of a matrix, where LaTeX is what Manim sets them with; other LaTeX as it is."""
    found = _BRACKET.fullmatch(tex)
    return "".join(sign for sign in found.groups() if sign != ".") if found else tex


def _note_list(mobject: Any) -> None:
    lines = [line.removesuffix("\\\\") for line in mobject.tex_strings]
    # the size it was set at: its height has grown since then by the space between its lines
    em = mobject._font_size * TEX_EM
    mark_as_text(mobject, "\n".join(lines), em)
    for part, line in zip(mobject.submobjects, lines, strict=False):
        _note_term(part, line, em)


def _note_typst(mobject: Any) -> None:
    text = mobject.typst_code.removeprefix("$ ").removesuffix(" $")
    mark_as_text(mobject, text, mobject.font_size * TYPST_EM)
