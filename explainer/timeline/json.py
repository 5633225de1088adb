"""A `NAME.timeline.json` in, the Timeline that it was written from out."""

from __future__ import annotations

import glob
import json
import math
import re
import sys
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from explainer.clock import TICKS
from explainer.errors import ScriptError, command
from explainer.frame_format import SMALL_MARK
from explainer.media import colour_signature
from explainer.script.model import Music
from explainer.script.page_info import PageInfo
from explainer.timeline.labels import Label, LabelStay, LowTexts
from explainer.timeline.model import TimedCue, TimedLine, TimedScene, TimedWord, Timeline

LARGEST = 128 << 20
"""Bytes that a record may have; that of a minute has a fifth of a megabyte."""
LONGEST = 14_460 * TICKS
_END = ".timeline.json"
_PAGE_INFO, _OLD_PAGE_INFO = "page_info", "extras"
"""What the page's texts are called in a record, and were called in those of 0.1.0."""


def load_for_film(film: Path) -> list[Timeline]:
    """The timelines that lie beside a film, one for each of its languages; none if there are none.

    A film's smaller copy has the same ones.

    Raises:
        ScriptError: if one cannot be read.
    """
    if not film.is_file():
        return []
    film = film.with_stem(film.stem.removesuffix(SMALL_MARK))
    own = film.with_suffix(_END)
    several = sorted(film.parent.glob(f"{glob.escape(film.stem)}.*{_END}"))
    # in the order of the film's name, which is that of its tracks: name.en+es+de.mp4
    order = re.sub(r"-\d+x\d+\Z", "", film.stem).rpartition(".")[2].split("+")
    told = [file for name in order for file in several if file.name == f"{film.stem}.{name}{_END}"]
    found = [own] if own.is_file() else told
    return [from_json(_text(file)) for file in found if file.is_file()]


def _text(file: Path) -> str:
    with file.open("rb") as opened:
        raw = opened.read(LARGEST + 1)
    if len(raw) > LARGEST:
        raise ScriptError.of(f"{file} is larger than {LARGEST >> 20} MiB", _again())
    return raw.decode("utf-8", "replace")


def from_json(text: str) -> Timeline:
    """The timeline that `Timeline.to_json` wrote.

    Raises:
        ScriptError: if the text is not such a record, or counts other ticks.
    """
    try:
        record = json.loads(text)
        if record["ticks_per_second"] != TICKS:
            raise ValueError(f"it counts {record['ticks_per_second']} ticks a second, not {TICKS}")
        names = ("name", "title", "language", "fps", "voice")
        made = Timeline(
            **{name: record[name] for name in names},
            music=Music(**record["music"]) if record.get("music") else None,
            page_info=PageInfo.of(record[_PAGE_INFO if _PAGE_INFO in record else _OLD_PAGE_INFO]),
            script=record.get("script", ""),
            is_part=record.get("is_part", False),
            passed=tuple((name, reason) for name, reason in record.get("passed", ())),
            scenes=tuple(
                TimedScene(scene["id"], scene["title"], tuple(map(_read_line, scene["lines"])))
                for scene in record["scenes"]
            ),
        )
        _check(made)
        return made
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        what = f"this is not a timeline of ours: {type(error).__name__}: {str(error)[:200]}"
        raise ScriptError.of(what, _again()) from error


def _check(clock: Timeline) -> None:
    """Make sure that everything is what it should be, and that times are in order.

    Raises:
        TypeError, ValueError: if something is not.
    """
    _typed(clock, Timeline, "the timeline")
    if not 1 <= clock.fps <= 240 or TICKS % clock.fps:
        raise ValueError(f"{clock.fps} frames a second")
    if not clock.scenes or not all(scene.lines for scene in clock.scenes):
        raise ValueError("a scene without lines")
    at = 0
    for line in clock.lines:
        times = (at, line.start, line.speech_start, line.speech_end, line.end, LONGEST)
        if list(times) != sorted(times) or line.start == line.end:
            raise ValueError(f"line {line.key} has times out of order")
        spans = [(word.start, word.end) for word in line.words]
        spans += [(cue.start, cue.end) for cue in line.cues]
        if not all(0 <= start <= end <= LONGEST for start, end in spans):
            raise ValueError(f"line {line.key} has words out of time")
        frames = [frame for label in line.labels for frame in label.frames]
        frames += [frame for frame, _ in line.swatches]
        frames += [frame for _, first, last in line.low_texts or () for frame in (first, last)]
        frames += [frame for stay in line.stays or () for frame in (stay.first, stay.last)]
        if any(not 0 <= frame <= LONGEST for frame in frames):
            raise ValueError(f"line {line.key} has frames out of range")
        if not all(re.fullmatch("#[0-9a-f]{6}", label.colour) for label in line.labels):
            raise ValueError(f"line {line.key} has a label of no colour")
        for _, colours in line.swatches:
            colour_signature.max_difference(colours, colours)
        at = line.end


def _typed(value: Any, kind: Any, what: str) -> None:
    """Make sure that a value, and all in it, is of the type that its class declares."""
    origin, inner = get_origin(kind), get_args(kind)
    declared: Any = kind
    if is_dataclass(kind):
        for name, type_of_field in _field_types(declared).items():
            _typed(getattr(value, name), type_of_field, f"{what}.{name}")
    elif origin is Literal:
        if value not in inner:
            raise TypeError(f"{what} is {value!r}")
    elif origin is tuple and inner[-1] is Ellipsis:
        for item in _all(value, tuple, what):
            _typed(item, inner[0], what)
    elif origin is tuple:
        for item, one in zip(_all(value, tuple, what), inner, strict=True):
            _typed(item, one, what)
    elif origin is Mapping:
        for key, item in _all(value, dict, what).items():
            _typed(key, inner[0], what)
            _typed(item, inner[1], what)
    elif origin is UnionType:
        if value is not None:
            _typed(value, inner[0], what)
    elif type(value) is not kind and not (kind is float and type(value) is int):
        raise TypeError(f"{what} is {type(value).__name__}")
    elif kind is float and not math.isfinite(value):
        raise ValueError(f"{what} is {value}")


@cache
def _field_types(kind: Any) -> dict[str, Any]:
    """The type of each field of a dataclass."""
    hints = get_type_hints(kind, vars(sys.modules[kind.__module__]))
    return {each.name: hints[each.name] for each in fields(kind)}


def _all(value: Any, kind: type, what: str) -> Any:
    if not isinstance(value, kind):
        raise TypeError(f"{what} is {type(value).__name__}")
    return value


def _low_texts(record: list[tuple[str, int, int]] | None) -> LowTexts | None:
    return None if record is None else tuple((text, first, last) for text, first, last in record)


def _stays(record: list[dict[str, Any]] | None) -> tuple[LabelStay, ...] | None:
    return None if record is None else tuple(LabelStay(**stay) for stay in record)


def _read_line(record: dict[str, Any]) -> TimedLine:
    lists = {
        "cite": tuple(record["cite"]),
        "words": tuple(TimedWord(**word) for word in record["words"]),
        "cues": tuple(TimedCue(**cue) for cue in record["cues"]),
        "labels": tuple(map(Label.from_dict, record["labels"])),
        "swatches": tuple((frame, colours) for frame, colours in record.get("swatches", ())),
        "low_texts": _low_texts(record.get("low_texts")),
        "stays": _stays(record.get("stays")),
        "texts": {name: (*texts,) for name, texts in record.get("texts", {}).items()},
    }
    return TimedLine(**{**record, **lists})


def _again() -> str:
    return f"write it again with: {command()}"
