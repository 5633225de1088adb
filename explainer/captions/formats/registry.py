"""The caption formats that every film gets.

To add one, write a module in this folder that defines `FORMAT`, and add its name to `MODULES`.
"""

from __future__ import annotations

from importlib import import_module
from itertools import pairwise
from pathlib import Path

from explainer.captions.formats.base import CaptionFormat
from explainer.media.probe import CaptionEvent

MODULES = (
    "srt",
    "webvtt",
    "webvtt_words",
    "ttml",
)
"""In the order in which files are written and reported."""


def _load(module: str) -> CaptionFormat:
    found: CaptionFormat = import_module(f"explainer.captions.formats.{module}").FORMAT
    return found


FORMATS = {made.suffix: made for made in map(_load, MODULES)}
"""Each format by the suffix of its files."""


def format_of(path: Path) -> CaptionFormat:
    """The format of a caption file, by its name.

    Raises:
        ValueError: if no format has such a name.
    """
    fitting = [suffix for suffix in FORMATS if path.name.endswith(suffix)]
    if not fitting:
        raise ValueError(f"its name ends in none of {', '.join(FORMATS)}")
    return FORMATS[max(fitting, key=len)]


def read_captions(path: Path) -> tuple[CaptionEvent, ...]:
    """The cues of a caption file, read strictly: what players may take otherwise is an error.

    Raises:
        OSError: if it cannot be read.
        ValueError: if it is not in form; says which cue and why. No cue may be empty or overlap
            with another.
    """
    caption_format = format_of(path)
    text = path.read_bytes().decode("utf-8")
    cues = tuple(caption_format.read(text))
    for number, cue in enumerate(cues, 1):
        if cue.end <= cue.start:
            raise ValueError(f"cue {number} ends before it starts")
        if not all(row.strip() for row in cue.rows):
            raise ValueError(f"cue {number} has an empty row")
    for number, (one, two) in enumerate(pairwise(cues), 2):
        if two.start < one.end:
            raise ValueError(f"cue {number} starts before cue {number - 1} has ended")
    return cues
