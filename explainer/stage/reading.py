"""What a viewer reads in a picture: mobjects and a camera in, labels out.

From when it is made each text knows what it says and how large its type is against its first shape;
so does each letter, and each part of a formula. What turns into another text is read as that.
Numbers are read in whole. Lengths are those of `timeline.labels`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import wraps
from html import unescape
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from manim import (
    BulletedList,
    DecimalNumber,
    MarkupText,
    MathTex,
    Mobject,
    SingleStringMathTex,
    Text,
    Transform,
)
from manim.mobject.text.typst_mobject import Typst
from numpy.typing import NDArray

from explainer.cache import tracing
from explainer.cache.inputs import fonts_state
from explainer.draw import pango
from explainer.stage.errors import StageError
from explainer.timeline.labels import SEEN, SHORT, Label

PANGO_EM = 1 / 72
"""The em of Manim's Text in units, for each point of its size."""
TEX_EM = 9.963 / 960
"""The same of what LaTeX sets at 10 points, which dvisvgm gives in points of 1/72 inch."""
TYPST_EM = 10 / 960
"""The same of what Typst sets at 10 points."""
COLOURS = 4
"""Of a text in many colours, so many are looked at, those of most letters first."""

AnyMobject = TypeVar("AnyMobject")
_TAG = re.compile(r"<[^>]*>")
_NAME = "_read_as"
_WHILE = "_read_as_while_number_is"


@dataclass(frozen=True, slots=True)
class Reading:
    """A text, and its em as a share of the spread of its first shape.

    A single letter knows the text that it is of, and its place there.
    """

    text: str
    em: float
    of: str = ""
    place: int = 0


def readable(mobject: AnyMobject, text: str, em: float) -> AnyMobject:
    """Announce that a mobject is read as `text`; `em` is its size as it is now, in units.

    Manim's own texts are known by what they are; this is for a text made of anything else.
    """
    spread = _spread(mobject)
    setattr(mobject, _NAME, Reading(text, em / spread if spread else 0.0))
    return mobject


def _spread(mobject: Any) -> float:
    """How far the points of its first shape are from their middle, in units; however it is turned.

    What else is added to a text, as a line under it, makes no difference.
    """
    for part in mobject.get_family():
        if len(part.points):
            off = part.points - part.points.mean(axis=0)
            return float(np.sqrt(np.square(off).sum(axis=1).mean()))
    return 0.0


def of(mobject: Any) -> Reading | None:
    """What a mobject is read as by itself, if it is a text; its parts are then not read."""
    found = vars(mobject).get(_NAME)
    if isinstance(mobject, DecimalNumber) and vars(mobject).get(_WHILE) != mobject.number:
        return _number(mobject)
    if not isinstance(found, Reading):
        return None
    if isinstance(mobject, MathTex):
        return _formula(mobject, found)
    return found


def _formula(mobject: Any, whole: Reading) -> Reading:
    """A formula, of which terms may have been taken away."""
    terms = [term for part in mobject.submobjects if (term := of(part))]
    if 0 < len(terms) < len(mobject.tex_strings):
        text = mobject.arg_separator.join(term.text for term in terms)
        return Reading(text, terms[0].em)
    return whole


def _number(mobject: Any) -> Reading | None:
    """A number in whole, as it is now: it may change with each frame."""
    try:
        text = mobject._get_num_string(mobject.number)
    except (AttributeError, TypeError, ValueError):
        return None
    said = f"{text}{'…' if mobject.show_ellipsis else ''}{mobject.unit or ''}"
    digits = [found for part in mobject.submobjects if (found := of(part))]
    return Reading(said, digits[0].em) if digits else None


class Sightings:
    """Gathers what is read in which frames of one line."""

    def __init__(self) -> None:
        self._frames: dict[Label, list[int]] = {}

    def note(self, frames: Sequence[int], mobjects: Iterable[Any], camera: Any) -> None:
        """Look at the mobjects of a scene as they are now, which is what `frames` show."""
        for label in labels(mobjects, camera):
            self._frames.setdefault(label, []).extend(frames)

    def labels(self) -> tuple[Label, ...]:
        """What was seen so far."""
        return tuple(replace(one, frames=tuple(at)) for one, at in self._frames.items())


def labels(mobjects: Iterable[Any], camera: Any) -> Iterator[Label]:
    """The texts among mobjects and their parts, as the camera shows them."""
    letters: dict[tuple[str, bool], dict[int, Any]] = defaultdict(dict)
    for mobject, reading, header in _texts(mobjects):
        if reading.of:
            letters[reading.of, header][reading.place] = mobject
        else:
            em = reading.em * _spread(mobject)
            yield from _labels([mobject], reading.text, em, camera, header)
    for (whole, header), placed in letters.items():
        found = [placed[place] for place in sorted(placed)]
        text = _joined(whole, sorted(placed))
        em = max(of(letter).em * _spread(letter) for letter in found)  # type: ignore[union-attr]
        yield from _labels(found, text, em, camera, header)


def _joined(whole: str, places: Sequence[int]) -> str:
    """The letters of a text at some places, with the spaces that are between two of them."""
    said = whole[places[0]]
    for before, place in pairwise(places):
        between = whole[before + 1 : place]
        said += (between if between.isspace() else "") + whole[place]
    return said


def _texts(mobjects: Iterable[Any]) -> Iterator[tuple[Any, Reading, bool]]:
    """Each text, what it is read as, and whether it is in the header."""
    done: set[int] = set()
    waiting = [(mobject, False) for mobject in mobjects]
    while waiting:
        mobject, header = waiting.pop(0)
        if id(mobject) in done:
            continue
        done.add(id(mobject))
        header = header or getattr(mobject, "is_header", False) is True
        reading = of(mobject)
        if reading is None:
            waiting += [(part, header) for part in mobject.submobjects]
        elif reading.text.strip():
            yield mobject, reading, header


def _labels(
    texts: Sequence[Any], text: str, em: float, camera: Any, header: bool
) -> Iterator[Label]:
    """A text as it is shown: one label for each of its colours."""
    family = [part for mobject in texts for part in mobject.get_family()]
    parts = [part for part in family if len(part.points) and _opacity(part) > SEEN]
    if not parts or not em:
        return
    box, unit = _shown(parts, getattr(parts[0], "pinned", False) is True, camera)
    size = _picture(camera)
    if box[2] <= 0 or box[3] <= 0 or box[0] >= size[0] or box[1] >= size[1]:
        return
    for colour, opacity in _looks(parts):
        yield Label(
            text=text,
            box=box,
            size=round(float(em * unit), 1),
            colour=colour,
            opacity=opacity,
            header=header,
        )


def _picture(camera: Any) -> NDArray[np.float64]:
    size = np.array((camera.pixel_width, camera.pixel_height))
    return np.asarray(size * SHORT / size.min(), np.float64)


def _shown(
    parts: Sequence[Any], pinned: bool, camera: Any
) -> tuple[tuple[float, float, float, float], float]:
    """The box of what is shown, and a unit, both in pixels."""
    size = _picture(camera)
    if hasattr(camera, "phi_tracker"):  # a camera in space, which projects
        shown = [camera.transform_points_pre_display(part, part.points)[:, :2] for part in parts]
        height, centre = camera.frame_height, np.asarray(camera.frame_center)[:2]
    else:
        shown = [part.points[:, :2] for part in parts]
        frame = camera.home if pinned and hasattr(camera, "home") else camera.frame
        height, centre = frame.height, frame.get_center()[:2]
    points = np.concatenate(shown)
    unit = float(size[1] / height)
    ink = size / 2 + (points - centre) * (unit, -unit)
    left, top = np.round(ink.min(axis=0), 1).tolist()
    right, bottom = np.round(ink.max(axis=0), 1).tolist()
    return (left, top, right, bottom), unit


def _looks(parts: Sequence[Any]) -> Iterator[tuple[str, float]]:
    """The colours of a text's letters with their opacity, those of most letters first."""
    found: dict[str, list[float]] = defaultdict(list)
    for part in parts:
        red, green, blue = np.rint(part.fill_rgbas[:, :3].mean(axis=0) * 255).astype(int)
        found[f"#{red:02x}{green:02x}{blue:02x}"].append(_opacity(part))
    for colour, opacities in sorted(found.items(), key=lambda item: -len(item[1]))[:COLOURS]:
        yield colour, round(max(opacities), 2)


def _opacity(part: Any) -> float:
    fill = getattr(part, "fill_rgbas", None)
    return 0.0 if fill is None or not len(fill) else float(fill[:, 3].max())


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
    if isinstance(mobject, MarkupText):
        text = unescape(_TAG.sub("", text))
    _hold_letters(mobject, text)
    readable(mobject, text, mobject.font_size * PANGO_EM)
    _note_letters(mobject, text)


def _hold_letters(mobject: Any, text: str) -> None:
    """See that there is a font for each letter, and note which fonts a text is set with.

    Raises:
        StageError: naming the letters that no font has; Pango would draw boxes for them.
    """
    families = {mobject.font, *getattr(mobject, "t2f", {}).values()}
    for family in sorted(families):
        for line in text.splitlines():
            found = pango.manims(line, family)
            for file in found.files:
                tracing.note_file(Path(file))
            if not tracing.noted("fonts") and not all(map(_films_own, found.files)):
                # another one that is installed may come before it
                tracing.note("fonts", "", fonts_state())
            if found.missing:
                letters, remedy = pango.lacking(found.missing)
                raise StageError(f"no font has these letters of “{line}”: {letters}; {remedy}")


def _films_own(file: str) -> bool:
    """Whether a font lies in a film's assets, which were registered first."""
    return Path(file).parent.parts[-2:] == ("assets", "fonts")


def _note_letters(mobject: Any, text: str) -> None:
    """Let letters that are shown alone be read, where there is one for each sign."""
    places = [place for place, sign in enumerate(text) if not sign.isspace()]
    letters = [part for part in mobject.submobjects if len(part.points)]
    if len(letters) == len(text):  # without ligatures Manim has a dot for each space
        letters = [letters[place] for place in places]
    if len(letters) != len(places):
        return
    em = mobject.font_size * PANGO_EM
    for place, letter in zip(places, letters, strict=True):
        if spread := _spread(letter):
            setattr(letter, _NAME, Reading(text[place], em / spread, text, place))


def _note_formula(mobject: Any) -> None:
    readable(mobject, mobject.tex_string, mobject.font_size * TEX_EM)
    for part in mobject.submobjects:
        if isinstance(said := getattr(part, "tex_string", None), str) and _spread(part):
            readable(part, said, mobject.font_size * TEX_EM)


def _note_list(mobject: Any) -> None:
    said = "\n".join(line.removesuffix("\\\\") for line in mobject.tex_strings)
    # it was set at this size, and its height has grown since then by what is between its lines
    readable(mobject, said, mobject._font_size * TEX_EM)


def _note_typst(mobject: Any) -> None:
    said = mobject.typst_code.removeprefix("$ ").removesuffix(" $")
    readable(mobject, said, mobject.font_size * TYPST_EM)


def _take_over(mobject: Any, other: Any) -> None:
    """Read a mobject, and all its parts, as what it has turned into."""
    for mine, theirs in zip(mobject.get_family(), other.get_family(), strict=False):
        before, after = of(mine), of(theirs)
        if before != after:
            setattr(mine, _NAME, after)
            if isinstance(mine, DecimalNumber):
                setattr(mine, _WHILE, mine.number)


def _learn_changes() -> None:
    """Let a mobject that becomes another, at once or on the way, be read as that."""
    become, finish = Mobject.become, Transform.finish

    @wraps(become)
    def become_read(self: Any, mobject: Any, *args: Any, **kwargs: Any) -> Any:
        made = become(self, mobject, *args, **kwargs)
        _take_over(self, mobject)
        return made

    @wraps(finish)
    def finish_read(self: Any) -> None:
        finish(self)
        # those that fade into another have none
        target = getattr(self, "target_copy", None)
        if isinstance(self.mobject, Mobject) and isinstance(target, Mobject):
            _take_over(self.mobject, target)

    Mobject.become, Transform.finish = become_read, finish_read


for _kind, _note in (
    (Text, _note_text),
    (MarkupText, _note_text),
    (SingleStringMathTex, _note_formula),
    (MathTex, _note_formula),
    (BulletedList, _note_list),
    (Typst, _note_typst),
):
    _learn(_kind, _note)
_learn_changes()
