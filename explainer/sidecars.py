"""Caption files as delivered beside a film: SubRip or WebVTT text in, cues in ticks out."""

from __future__ import annotations

import html
import re
from pathlib import Path

from explainer.clock import MILLISECOND
from explainer.probe import Cue

_STAMP = r"(\d{2,}):([0-5]\d):([0-5]\d)%s(\d{3})"
_SRT, _VTT = (
    re.compile(rf"{stamp} --> {stamp}\Z") for stamp in (_STAMP % ",", _STAMP % re.escape("."))
)


def read(path: Path) -> tuple[Cue, ...]:
    """The cues of an `.srt` or `.vtt` file.

    Raises:
        OSError: if it cannot be read.
        ValueError: if a block is not a numbered, timed cue; says which.
    """
    blocks = path.read_text(encoding="utf-8").rstrip("\n").split("\n\n")
    is_vtt = path.suffix == ".vtt"
    if is_vtt:
        if blocks[0].split("\n")[0] != "WEBVTT":
            raise ValueError("it does not begin with WEBVTT")
        blocks = [block for block in blocks[1:] if not block.startswith("NOTE")]
    return tuple(_cue(block, number, is_vtt) for number, block in enumerate(blocks, 1) if block)


def _cue(block: str, number: int, is_vtt: bool) -> Cue:
    label, _, rest = block.partition("\n")
    timing, *rows = rest.split("\n")
    times = (_VTT if is_vtt else _SRT).match(timing)
    if label != str(number) or not times or not rows:
        raise ValueError(f"cue {number} is not a number, a time and its rows")
    edges = [int(part) for part in times.groups()]
    start, end = _ticks(*edges[:4]), _ticks(*edges[4:])
    return Cue(start, end, tuple(html.unescape(row) if is_vtt else row for row in rows))


def _ticks(hours: int, minutes: int, seconds: int, ms: int) -> int:
    return (((hours * 60 + minutes) * 60 + seconds) * 1000 + ms) * MILLISECOND
