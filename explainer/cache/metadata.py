"""The metadata beside stored parts: a file that anybody may have changed in, checked values out.

Only plain files are read, up to a size, and each field is checked (by msgspec) before it is used.
"""

from __future__ import annotations

import os
import stat
from io import BufferedReader
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from explainer.cache.link_safe import NO_WAIT, open_no_link

MAX_METADATA_BYTES = 16 << 20
"""A line with a hundred labels has fifty thousand."""

_Count = Annotated[int, Meta(ge=0, lt=1 << 40)]
_Pixels = Annotated[float, Meta(ge=-1e6, le=1e6)]
_Decibels = Annotated[float, Meta(ge=-200, le=100)]


class Metadata(Struct, forbid_unknown_fields=True):
    """What stands beside a part: `facts` are of its kind, `seal` is a checksum over all of it."""

    recipe: dict[str, Any]
    sha256: str
    facts: dict[str, Any]
    seal: str


class Word(Struct, array_like=True, forbid_unknown_fields=True):
    """When a word is said, in ticks from the first sample of its line, and how that is known."""

    start: _Count
    end: _Count
    known: Literal["engine", "aligned", "estimated"]


class VoiceFacts(Struct, forbid_unknown_fields=True):
    """Of a line as it is spoken: its samples, its words, and if the sound fits the text."""

    length: _Count
    words: tuple[Word, ...]
    fits: bool


class LabelFacts(Struct, forbid_unknown_fields=True):
    """A text in the picture, as `timeline.labels.Label` has it."""

    text: str
    box: tuple[_Pixels, _Pixels, _Pixels, _Pixels]
    size: _Pixels
    colour: Annotated[str, Meta(pattern="^#[0-9a-fA-F]{6}$")]
    opacity: Annotated[float, Meta(ge=0, le=1)]
    header: bool
    frames: tuple[_Count, ...]
    id: _Count


class StayFacts(Struct, forbid_unknown_fields=True):
    """Of a text in a picture: what it says first and last, and in which frames it is seen."""

    text: str
    last_text: str
    first: _Count
    last: _Count
    header: bool


class PictureFacts(Struct, forbid_unknown_fields=True):
    """Of a clip: its frames, the texts in it and those in the caption band, and some colours.

    The colours are of some of its frames, as hexadecimals.
    """

    frames: _Count
    labels: tuple[LabelFacts, ...]
    low_texts: tuple[tuple[str, _Count, _Count], ...]
    stays: tuple[StayFacts, ...]
    swatches: tuple[tuple[_Count, Annotated[str, Meta(pattern="^([0-9a-f]{6})+$")]], ...]


class SoundFacts(Struct, forbid_unknown_fields=True):
    """Of a sound track: its samples, its loudness in LUFS and its true peak in dBTP."""

    samples: _Count
    loudness: _Decibels
    peak: _Decibels


class CodedFacts(Struct, forbid_unknown_fields=True):
    """Of a clip that was made of another: its frames."""

    frames: _Count


class SheetFacts(Struct, forbid_unknown_fields=True):
    """Of a sheet of stills: the size of each, in pixels."""

    width: Annotated[int, Meta(gt=0, lt=1 << 16)]
    height: Annotated[int, Meta(gt=0, lt=1 << 16)]


METADATA_TYPES: dict[str, type] = {
    "voice": VoiceFacts,
    "picture": PictureFacts,
    "sound": SoundFacts,
    "sheet": SheetFacts,
    "held": CodedFacts,
}
"""By the kind of a part; other kinds may have any."""


def open_plain_file(path: Path) -> BufferedReader:
    """Open a plain file for reading; links are not followed, and pipes do not block.

    Raises:
        OSError: if it is not there, cannot be read, or is something else.
    """
    number = open_no_link(path, os.O_RDONLY | NO_WAIT)
    if not stat.S_ISREG(os.fstat(number).st_mode):
        os.close(number)
        raise FileNotFoundError(f"{path} is no plain file")
    return os.fdopen(number, "rb")


def read_bytes(path: Path) -> bytes | None:
    """A file of metadata as bytes, or None if it cannot be read."""
    try:
        with open_plain_file(path) as file:
            content = file.read(MAX_METADATA_BYTES + 1)
    except OSError:
        return None
    return content if len(content) <= MAX_METADATA_BYTES else None


def read_metadata(path: Path) -> Metadata | None:
    """The metadata in a file, or None if it is damaged."""
    content = read_bytes(path)
    try:
        return None if content is None else msgspec.json.decode(content, type=Metadata)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def read_recipe(path: Path) -> dict[str, Any] | None:
    """The recipe in a file of its own, or None."""
    content = read_bytes(path)
    try:
        return None if content is None else msgspec.json.decode(content, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def inputs_of(recipe: dict[str, Any]) -> dict[str, str] | None:
    """The inputs in a recipe, by their names, or None if they are damaged."""
    try:
        return msgspec.convert(recipe.get("inputs"), type=dict[str, str])
    except msgspec.ValidationError:
        return None


def is_valid(kind: str, facts: dict[str, Any], recipe: dict[str, Any]) -> bool:
    """Whether metadata is such as a part of this kind has, and fits its recipe."""
    try:
        known: Any = msgspec.convert(facts, type=METADATA_TYPES.get(kind, dict[str, Any]))
    except msgspec.ValidationError:
        return False
    if isinstance(known, VoiceFacts):
        return len(known.words) == len(recipe["words"]) and _in_order(known)
    return True


def _in_order(spoken: VoiceFacts) -> bool:
    """Whether each word has a length, and all lie in their line's sound."""
    return all(0 <= word.start < word.end <= spoken.length for word in spoken.words)
