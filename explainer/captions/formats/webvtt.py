"""WebVTT: running numbers for ids, `&`, `<` and `>` escaped.

https://www.w3.org/TR/webvtt1/
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from explainer.captions.formats.base import CaptionFormat, read_cue, split_blocks, timing_pattern
from explainer.captions.model import Caption
from explainer.clock import timestamp
from explainer.media.probe import CaptionEvent

_TIMING = timing_pattern(".")
_MARKUP = re.compile(r"<|-->|&(?!(?:amp|lt|gt);)")


def write(captions: Sequence[Caption], language: str) -> str:
    """The captions as WebVTT."""
    return write_cues(captions, language, lambda caption: escape("\n".join(caption.rows)))


def write_cues(captions: Sequence[Caption], about: str, payload: Callable[[Caption], str]) -> str:
    """A WebVTT file; `about` stands in its note on the language, `payload` gives a cue's text."""
    cues = [
        f"{number}\n{timestamp(caption.start)} --> {timestamp(caption.end)}\n{payload(caption)}\n"
        for number, caption in enumerate(captions, 1)
    ]
    return "\n".join(["WEBVTT\n", f"NOTE Language: {escape(about)}\n", *cues])


def escape(text: str) -> str:
    """Text in which no markup can begin."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def read(text: str) -> Iterator[CaptionEvent]:
    """The cues of a WebVTT file without markup."""
    for number, cue in enumerate(read_cues(text), 1):
        yield unescaped(cue, number)


def read_cues(text: str) -> Iterator[CaptionEvent]:
    """The cues of a WebVTT file; their rows as they stand, with escapes and markup."""
    signature, *blocks = split_blocks(text)
    if signature != "WEBVTT":
        raise ValueError("it does not begin with WEBVTT and an empty line")
    blocks = [block for block in blocks if not block.startswith("NOTE ")]
    for number, block in enumerate(blocks, 1):
        if block:
            yield read_cue(block, number, _TIMING)


def unescaped(cue: CaptionEvent, number: int) -> CaptionEvent:
    """The cue with its text as it is read.

    Raises:
        ValueError: if it holds markup, or what players may take for it.
    """
    for row in cue.rows:
        if markup := _MARKUP.search(row):
            raise ValueError(f"cue {number}: “{markup.group()}” is not escaped")
    return replace(cue, rows=tuple(html.unescape(row) for row in cue.rows))


FORMAT = CaptionFormat(".vtt", "text/vtt", write, read, on_page=True)
