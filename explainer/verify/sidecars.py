"""Caption files as delivered beside a film: SubRip, WebVTT or TTML text in, cues in ticks out.

Reading is strict: what a player may take otherwise than it was meant is an error.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

from explainer.clock import MILLISECOND
from explainer.errors import text_of
from explainer.media.probe import Cue

_STAMP = r"(\d{2,}):([0-5]\d):([0-5]\d)%s(\d{3})"
_SRT, _VTT = (
    re.compile(rf"{stamp} --> {stamp}\Z") for stamp in (_STAMP % ",", _STAMP % re.escape("."))
)
_CLOCK = re.compile(_STAMP % re.escape(".") + r"\Z")
_WORD = re.compile("<" + _STAMP % re.escape(".") + ">")
_MARKUP = re.compile(r"<|-->|&(?!(?:amp|lt|gt);)")
_TT = "{http://www.w3.org/ns/ttml}"


def read(path: Path) -> tuple[Cue, ...]:
    """The cues of an `.srt`, `.vtt` or `.ttml` file; the times of words are checked and left out.

    Raises:
        OSError: if it cannot be read.
        ValueError: if it is not in form, says which cue and why; among other things no two cues
            may overlap, and WebVTT may hold no markup but, in a `.words.vtt`, the times of words.
    """
    text = path.read_bytes().decode("utf-8")
    if path.suffix == ".ttml":
        cues = tuple(_paragraphs(text))
    else:
        timed = path.name.endswith(".words.vtt")
        cues = tuple(_blocks(text, path.suffix == ".vtt", timed))
    for number, cue in enumerate(cues, 1):
        if cue.end <= cue.start:
            raise ValueError(f"cue {number} ends before it starts")
        if not all(row.strip() for row in cue.rows):
            raise ValueError(f"cue {number} has an empty row")
    for number, (one, two) in enumerate(pairwise(cues), 2):
        if two.start < one.end:
            raise ValueError(f"cue {number} starts before cue {number - 1} has ended")
    return cues


def _blocks(text: str, is_vtt: bool, timed: bool) -> Iterator[Cue]:
    if "\r" in text or "\0" in text:
        raise ValueError("it has carriage returns or null characters")
    blocks = text.rstrip("\n").split("\n\n")
    if is_vtt:
        if blocks[0] != "WEBVTT":
            raise ValueError("it does not begin with WEBVTT and an empty line")
        blocks = [block for block in blocks[1:] if not block.startswith("NOTE ")]
    for number, block in enumerate(blocks, 1):
        if block:
            yield _cue(block, number, is_vtt, timed)


def _cue(block: str, number: int, is_vtt: bool, timed: bool) -> Cue:
    label, _, rest = block.partition("\n")
    timing, *rows = rest.split("\n")
    times = (_VTT if is_vtt else _SRT).match(timing)
    if label != str(number) or not times or not rows:
        raise ValueError(f"cue {number} is not a number, a time and its rows")
    start, end = _ticks(*times.groups()[:4]), _ticks(*times.groups()[4:])
    if is_vtt:
        rows = [_plain(row, number) for row in _untimed(rows, number, start, end, timed)]
    return Cue(start, end, tuple(rows))


def _untimed(rows: list[str], number: int, start: int, end: int, timed: bool) -> list[str]:
    """The rows without the times of their words, which must rise within the cue."""
    if not timed:
        return rows
    last = start
    for row in rows:
        for stamp in _WORD.finditer(row):
            at = _ticks(*stamp.groups())
            if not last < at < end:
                raise ValueError(f"cue {number}: the time {stamp.group()} is out of order")
            last = at
    return [_WORD.sub("", row) for row in rows]


def _plain(row: str, number: int) -> str:
    if markup := _MARKUP.search(row):
        raise ValueError(f"cue {number}: “{markup.group()}” is not escaped")
    return html.unescape(row)


def _paragraphs(text: str) -> Iterator[Cue]:
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise ValueError(f"it is no XML: {text_of(error)}") from None
    if root.tag != f"{_TT}tt":
        raise ValueError("it is no TTML")
    for number, paragraph in enumerate(root.iter(f"{_TT}p"), 1):
        edges = [_CLOCK.match(paragraph.get(edge, "")) for edge in ("begin", "end")]
        if not all(edges):
            raise ValueError(f"cue {number} has no begin and end as HH:MM:SS.mmm")
        start, end = (_ticks(*edge.groups()) for edge in edges if edge)
        for line_break in paragraph.iter(f"{_TT}br"):
            line_break.text = "\n"
        yield Cue(start, end, tuple("".join(paragraph.itertext()).split("\n")))


def _ticks(*parts: str) -> int:
    hours, minutes, seconds, ms = map(int, parts)
    return (((hours * 60 + minutes) * 60 + seconds) * 1000 + ms) * MILLISECOND
