"""WebVTT with the moment of each word in it, for players that highlight the word being said."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from explainer.captions.formats.base import CaptionFormat, time_pattern, to_ms, to_ticks
from explainer.captions.formats.webvtt import escape, read_cues, unescaped, write_cues
from explainer.captions.model import Caption
from explainer.clock import timestamp
from explainer.media.probe import CaptionEvent

_WORD_TIME = re.compile(f"<{time_pattern('.')}>")


def write(captions: Sequence[Caption], language: str) -> str:
    """The captions as WebVTT with the times of their words.

    A word carries no time where WebVTT allows none: if it starts with its caption or with the
    word before it, or after the caption's end.
    """
    return write_cues(captions, f"{language}, words timed", _timed_rows)


def _timed_rows(caption: Caption) -> str:
    last = to_ms(caption.start)
    words = iter(caption.words)
    rows = []
    for row, spans in zip(caption.rows, caption.spans, strict=True):
        text = ""
        done = 0
        for (begin, end), word in zip(spans, words, strict=False):
            text += escape(row[done:begin])
            if last < to_ms(word.start) < to_ms(caption.end):
                last = to_ms(word.start)
                text += f"<{timestamp(word.start)}>"
            text += escape(row[begin:end])
            done = end
        rows.append(text + escape(row[done:]))
    return "\n".join(rows)


def read(text: str) -> Iterator[CaptionEvent]:
    """The cues of the file; the times of words are checked and left out."""
    for number, cue in enumerate(read_cues(text), 1):
        _check_word_times(cue, number)
        rows = tuple(_WORD_TIME.sub("", row) for row in cue.rows)
        yield unescaped(replace(cue, rows=rows), number)


def _check_word_times(cue: CaptionEvent, number: int) -> None:
    """Raise ValueError unless the times of a cue's words rise within it."""
    last = cue.start
    for row in cue.rows:
        for time in _WORD_TIME.finditer(row):
            at = to_ticks(time.groups())
            if not last < at < cue.end:
                raise ValueError(f"cue {number}: the time {time.group()} is out of order")
            last = at


FORMAT = CaptionFormat(".words.vtt", "text/vtt", write, read)
