"""What a caption format is, and what the text formats share: blocks of a number, times and rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from explainer.captions.model import Caption
from explainer.clock import MILLISECOND
from explainer.media.probe import CaptionEvent

Writer = Callable[[Sequence[Caption], str], str]
"""Takes captions and their language tag; returns the text of a file."""
Reader = Callable[[str], Iterable[CaptionEvent]]
"""Takes the text of a file; returns its cues. Raises ValueError if the text is not in form."""


@dataclass(frozen=True, slots=True)
class CaptionFormat:
    """A form in which players and sites take captions.

    `suffix` follows the film's name; a file of several languages has the language before it.
    With `on_page` the film's page offers the file for download.
    """

    suffix: str
    media_type: str
    write: Writer
    read: Reader
    on_page: bool = False


def to_ms(at: int) -> int:
    """Ticks to the nearest millisecond."""
    return (at + MILLISECOND // 2) // MILLISECOND


def time_pattern(decimal: str) -> str:
    """A regular expression of `HH:MM:SS.mmm` with that decimal sign, in four groups."""
    return rf"(\d{{2,}}):([0-5]\d):([0-5]\d){re.escape(decimal)}(\d{{3}})"


def timing_pattern(decimal: str) -> re.Pattern[str]:
    """A cue's line of times, whose groups are those of its start and of its end."""
    time = time_pattern(decimal)
    return re.compile(rf"{time} --> {time}\Z")


def to_ticks(groups: Sequence[str]) -> int:
    """The four groups of a time as ticks."""
    hours, minutes, seconds, ms = map(int, groups)
    return (((hours * 60 + minutes) * 60 + seconds) * 1000 + ms) * MILLISECOND


def split_blocks(text: str) -> list[str]:
    """The blocks of a text that empty lines part.

    Raises:
        ValueError: if it has characters that players take for the end of a line, or for none.
    """
    if "\r" in text or "\0" in text:
        raise ValueError("it has carriage returns or null characters")
    return text.rstrip("\n").split("\n\n")


def read_cue(block: str, number: int, timing: re.Pattern[str]) -> CaptionEvent:
    """The cue of a block: its number, its times in the form of `timing`, and its rows.

    Raises:
        ValueError: if it is not in that form.
    """
    label, _, rest = block.partition("\n")
    times, *rows = rest.split("\n")
    found = timing.match(times)
    if label != str(number) or not found or not rows:
        raise ValueError(f"cue {number} is not a number, a time and its rows")
    return CaptionEvent(to_ticks(found.groups()[:4]), to_ticks(found.groups()[4:]), tuple(rows))
