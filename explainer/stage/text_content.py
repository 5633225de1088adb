"""What mobjects are read as: Manim's texts, formulas and numbers in, their words and type size out.

From when it is made each text knows what it says; so does each of its letters, and each part of a
formula. Each shape of it knows how large its type is for its own size, however it comes to be
turned, drawn in part or set beside others. What turns into another text is read as that, and is
not read on its way.
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

from explainer.stage.fonts import hold_letters

PANGO_EM = 1 / 72
"""The em of Manim's Text in units, for each point of its size."""
TEX_EM = 9.963 / 960
"""The same of what LaTeX sets at 10 points, which dvisvgm gives in points of 1/72 inch."""
TYPST_EM = 10 / 960
"""The same of what Typst sets at 10 points."""

AnyMobject = TypeVar("AnyMobject")
_TAG = re.compile(r"<[^>]*>")
_BRACKET = re.compile(r"\\left(.+?)\\begin\{array\}\{c\}(?:\\quad \\\\)+\\end\{array\}\\right(.+)")
_NAME = "_read_as"
_WHILE = "_read_as_while_number_is"
_EM = "_em_for_its_size"


@dataclass(frozen=True, slots=True)
class Reading:
    """A text; a single letter knows the whole text that it is of, and its place there.

    Where there is not one for each, as in LaTeX, a sign says all that it is of.
    """

    text: str
    whole: str = ""
    place: int = 0


_AREA = ((0, 1, 6), (0, 2, 3), (0, 3, 1), (1, 2, 3), (1, 3, 3), (2, 3, 6))
"""How much of the area beside a cubic curve each two of its four points give, in twentieths."""
UNREAD = Reading("")
"""What is on its way from one text to another says nothing, nor do its parts."""


def mark_as_text(mobject: AnyMobject, text: str, em: float) -> AnyMobject:
    """Announce that a mobject is read as `text`; `em` is its size as it is now, in units.

    Manim's own texts are known by what they are; this is for a text made of anything else.
    """
    setattr(mobject, _NAME, Reading(text))
    for part in mobject.get_family():  # type: ignore[attr-defined]
        if size := spread(part.points[:, :2]):
            setattr(part, _EM, em / size)
    return mobject


def spread(points: NDArray[np.float64]) -> float:
    """How large a shape in a plane is: the side of a square of the same area.

    Turning it makes no difference, nor does adding points to its outline.
    """
    if len(points) < 4:
        return 0.0
    x, y = (points[: len(points) // 4 * 4] - points[0]).T
    area = 0.0
    for first, second, weight in _AREA:
        a, b = slice(first, None, 4), slice(second, None, 4)
        area += weight * float(x[a] @ y[b] - y[a] @ x[b])
    return math.sqrt(abs(area) / 20)


def em_share(part: Any) -> float:
    """The em of a shape of a text, for each unit of its `spread`; 0 of what is no such shape.

    What else is added to a text, as a line under it or a plate behind it, is none.
    """
    share: float = vars(part).get(_EM, 0.0)
    return share


def of(mobject: Any) -> Reading | None:
    """What a mobject is read as by itself, if it is a text; its parts are then not read."""
    found = vars(mobject).get(_NAME)
    if isinstance(mobject, DecimalNumber) and vars(mobject).get(_WHILE) != _value(mobject):
        return _number(mobject)
    return found if isinstance(found, Reading) else None


def said(mobject: Any, reading: Reading, seen: Callable[[Any], bool]) -> str:
    """What is read in a text of whose shapes only some are seen, or taken away."""
    parts = [(part, found) for part in mobject.submobjects if (found := of(part))]
    if isinstance(mobject, MathTex):
        terms = [said(part, term, seen) for part, term in parts if seen(part)]
        whole = len(terms) == len(mobject.tex_strings)
        if not terms or (whole and terms == [term.text for _, term in parts]):
            return reading.text
        return str(mobject.arg_separator.join(terms))
    letters = [(part, found) for part, found in parts if found.whole == reading.text]
    places = [found.place for part, found in letters if len(found.text) == 1 and seen(part)]
    if 0 < len(places) < sum(not sign.isspace() for sign in reading.text):
        return joined(reading.text, sorted(places))
    return reading.text


def joined(whole: str, places: Sequence[int]) -> str:
    """The letters of a text at some places, with the space or the end of a line between two."""
    found = whole[places[0]]
    for before, place in pairwise(places):
        between = whole[before + 1 : place]
        gap = between if between.isspace() else "\n" if "\n" in between else ""
        found += gap + whole[place]
    return found


def read_as(mobject: Any, reading: Reading | None) -> None:
    """Let a mobject be read as something else; a number, until it changes."""
    setattr(mobject, _NAME, reading)
    if isinstance(mobject, DecimalNumber):
        setattr(mobject, _WHILE, _value(mobject))


def take_size(part: Any, other: Any) -> None:
    """Let a shape be taken for one of a text's, as large as in another; or for none."""
    if em_share(part) != em_share(other):
        setattr(part, _EM, em_share(other))


def _value(number: Any) -> str:
    # it may be anything, and of arrays it cannot be said that they are alike
    return repr(vars(number).get("number"))


def _number(mobject: Any) -> Reading | None:
    """A number in whole, as it is now: it may change with each frame."""
    try:
        text = mobject._get_num_string(mobject.number)
    except (AttributeError, TypeError, ValueError):
        return None
    unit = _unit(mobject.unit) if isinstance(mobject.unit, str) else ""
    return Reading(f"{text}{'…' if mobject.show_ellipsis else ''}{unit}")


def _unit(tex: str) -> str:
    """A number's unit as it is seen, of what is usual in one; LaTeX is left as it is."""
    plain = re.sub(r"\\(?:text|mathrm|rm)\{([^{}]*)\}", r"\1", tex)
    for source, sign in ((r"^{\circ}", "°"), (r"^\circ", "°"), (r"\%", "%"), (r"\,", " ")):
        plain = plain.replace(source, sign)
    return plain


# -- what Manim makes ---------------------------------------------------------------------------


def _learn(kind: type, note: Callable[[Any], None]) -> None:
    """Let each new object of a class of Manim's be noted, when it is whole, if it has a size."""
    make = vars(kind)["__init__"]

    @wraps(make)
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        make(self, *args, **kwargs)
        if self.height:
            note(self)

    setattr(kind, "__init__", __init__)  # noqa: B010


def _note_text(mobject: Any) -> None:
    text = mobject.original_text
    if not isinstance(text, str):
        return
    if isinstance(mobject, MarkupText):
        text = unescape(_TAG.sub("", text))
    hold_letters(mobject, text)
    mark_as_text(mobject, text, mobject.font_size * PANGO_EM)
    signs = [part for part in mobject.submobjects if len(part.points)]
    if len(signs) == len(text):  # without ligatures Manim has a dot for each space
        signs = [sign for sign, letter in zip(signs, text, strict=True) if not letter.isspace()]
    _note_signs(signs, text)


def _note_signs(signs: list[Any], text: str, plain: bool = True) -> None:
    """Let the signs of a text be read where they are shown alone.

    Where there is not one for each letter, as with ligatures and in LaTeX, each says all of it.
    """
    places = [place for place, letter in enumerate(text) if not letter.isspace()]
    plain = plain and len(signs) == len(places)
    for number, sign in enumerate(signs):
        place = places[number] if plain else number
        setattr(sign, _NAME, Reading(text[place] if plain else text, text, place))


def _note_formula(mobject: Any) -> None:
    em = mobject.font_size * TEX_EM
    mark_as_text(mobject, _bracket(mobject.tex_string), em)
    terms = [part for part in mobject.submobjects if hasattr(part, "tex_string")]
    for part in terms or [mobject]:
        _note_term(part, _bracket(part.tex_string), em)


def _note_term(part: Any, text: str, em: float) -> None:
    """Let a part of a formula be read, and each of its signs that is shown alone."""
    mark_as_text(part, text, em)
    signs = [sign for sign in part.submobjects if len(sign.points)]
    _note_signs(signs, text, plain=not set(text) & set("\\{}^_$&"))


def _bracket(tex: str) -> str:
    """What is seen of the LaTeX with which Manim sets the brackets of a matrix."""
    found = _BRACKET.fullmatch(tex)
    return "".join(sign for sign in found.groups() if sign != ".") if found else tex


def _note_list(mobject: Any) -> None:
    lines = [line.removesuffix("\\\\") for line in mobject.tex_strings]
    # it was set at this size, and its height has grown since then by what is between its lines
    em = mobject._font_size * TEX_EM
    mark_as_text(mobject, "\n".join(lines), em)
    for part, line in zip(mobject.submobjects, lines, strict=False):
        _note_term(part, line, em)


def _note_typst(mobject: Any) -> None:
    text = mobject.typst_code.removeprefix("$ ").removesuffix(" $")
    mark_as_text(mobject, text, mobject.font_size * TYPST_EM)


for _kind, _note in (
    (Text, _note_text),
    (MarkupText, _note_text),
    (SingleStringMathTex, _note_formula),
    (MathTex, _note_formula),
    (BulletedList, _note_list),
    (Typst, _note_typst),
):
    _learn(_kind, _note)
