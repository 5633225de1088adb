"""SubRip: numbered blocks of times and rows. Rows stand as they are, for it knows no escapes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from explainer.captions.formats.base import CaptionFormat, read_cue, split_blocks, timing_pattern
from explainer.captions.model import Caption
from explainer.clock import timestamp
from explainer.media.probe import CaptionEvent

_TIMING = timing_pattern(",")


def write(captions: Sequence[Caption], _language: str = "") -> str:
    """The captions as SubRip, which does not name its language."""
    blocks = []
    for number, caption in enumerate(captions, 1):
        start = timestamp(caption.start, ",")
        end = timestamp(caption.end, ",")
        text = "\n".join(caption.rows)
        blocks.append(f"{number}\n{start} --> {end}\n{text}\n\n")
    return "".join(blocks)


def read(text: str) -> Iterator[CaptionEvent]:
    """The cues of a SubRip file."""
    for number, block in enumerate(split_blocks(text), 1):
        if block:
            yield read_cue(block, number, _TIMING)


FORMAT = CaptionFormat(".srt", "application/x-subrip", write, read, on_page=True)
