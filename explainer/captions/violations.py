"""Captions held to their rules: captions and the timeline they are of in, violations out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from explainer.captions.line_breaks import breaks_unit
from explainer.captions.model import Caption
from explainer.captions.rows import line_words, narrated_text, words_in_rows
from explainer.captions.rules import text_length
from explainer.clock import MILLISECOND, frame_ticks, seconds
from explainer.spec import (
    CAPTION_GAP_FRAMES,
    MAX_CAPTION_DURATION,
    MAX_CAPTION_HOLD,
    MAX_CAPTION_LEAD_IN,
    MAX_CAPTION_ROWS,
    MIN_CAPTION_DURATION,
    MIN_OPEN_CAPTION_GAP,
    caption_limits,
)
from explainer.timeline.model import TimedLine, Timeline


def violations(captions: Sequence[Caption], timeline: Timeline) -> list[str]:
    """The rules for captions that are not kept, in words; times may be off by a millisecond."""
    found: list[str] = []
    lines = {line.key: line for line in timeline.lines}
    for number, caption in enumerate(captions, 1):
        name = f"caption {number} ({caption.key}, “{caption.rows[0] if caption.rows else ''}”)"
        for what in _caption_violations(caption, lines.get(caption.key), timeline):
            found.append(f"{name} {what}")
    found += _gap_violations(captions, timeline)
    limits = caption_limits(timeline.language)
    if captions:
        speed = median(caption.reading_speed(limits) for caption in captions)
        if speed > limits.target_cps:
            found.append(
                f"the median speed is {speed:.1f} characters/s, over {limits.target_cps:g}"
            )
    found += _word_violations(captions, timeline)
    found += _break_violations(captions, timeline.language)
    return found


def _gap_violations(captions: Sequence[Caption], timeline: Timeline) -> Iterator[str]:
    closed = CAPTION_GAP_FRAMES * frame_ticks(timeline.fps)
    for number, (one, two) in enumerate(pairwise(captions), 1):
        gap = two.start - one.end
        if abs(gap - closed) > MILLISECOND and gap < MIN_OPEN_CAPTION_GAP - MILLISECOND:
            what = f"the gap after caption {number} is {seconds(gap):.3f} s"
            yield f"{what}, not {CAPTION_GAP_FRAMES} frames or 1 s and more"


def _caption_violations(
    caption: Caption, line: TimedLine | None, timeline: Timeline
) -> Iterator[str]:
    """What is wrong with one caption; `line` is the one it belongs to."""
    limits = caption_limits(timeline.language)
    for row in caption.rows:
        length = text_length(row, limits)
        if length > limits.row_length:
            yield f"has a row of {length:g} characters, over {limits.row_length}"
    if not 1 <= len(caption.rows) <= MAX_CAPTION_ROWS:
        yield f"has {len(caption.rows)} rows"
    lasts = caption.end - caption.start
    shortest = MIN_CAPTION_DURATION - MILLISECOND
    longest = MAX_CAPTION_DURATION + MILLISECOND
    if not shortest <= lasts <= longest:
        yield f"lasts {seconds(lasts):.2f} s, not 0.83 to 7 s"
    speed = caption.reading_speed(limits)
    if speed > limits.max_cps + 0.05:
        yield f"runs at {speed:.1f} characters/s, over {limits.max_cps:g}"
    if line is None:
        yield "belongs to no line"
        return
    if caption.start < line.start - MILLISECOND or caption.end > line.end + MILLISECOND:
        yield "reaches out of its line"
    if caption.words:
        yield from _speech_violations(caption, frame_ticks(timeline.fps))


def _speech_violations(caption: Caption, frame: int) -> Iterator[str]:
    """How a caption's times do not fit those of its words."""
    late = caption.start - caption.words[0].start
    if not -MAX_CAPTION_LEAD_IN - frame <= late <= frame + MILLISECOND:
        yield f"starts {seconds(late):+.3f} s from its first word"
    held = caption.end - caption.words[-1].end
    if held > MAX_CAPTION_HOLD + CAPTION_GAP_FRAMES * frame:
        most = seconds(MAX_CAPTION_HOLD)
        yield f"stays {seconds(held):.2f} s after its last word, over {most:g} s"


def narrated_and_shown(
    captions: Sequence[Sequence[str]], timeline: Timeline
) -> tuple[list[str], list[str]]:
    """The words that are narrated, and those that the rows of captions show."""
    language = timeline.language
    words = [word for line in timeline.lines for word in line_words(line, language)]
    rows = [row for rows in captions for row in rows]
    return [narrated_text(word) for word in words], words_in_rows(rows, words)


def _word_violations(captions: Sequence[Caption], timeline: Timeline) -> list[str]:
    narrated, there = narrated_and_shown([caption.rows for caption in captions], timeline)
    if there == narrated:
        return []
    pairs = enumerate(zip(there, narrated, strict=False))
    at = next((i for i, (a, b) in pairs if a != b), min(len(there), len(narrated)))
    found = " ".join(there[at : at + 3])
    required = " ".join(narrated[at : at + 3])
    return [f"word {at + 1} is “{found}” where “{required}” is narrated"]


def _break_violations(captions: Sequence[Caption], language: str) -> list[str]:
    """Where a row ends between words that belong together."""
    rows: dict[str, list[list[str]]] = defaultdict(list)
    for caption in captions:
        for row, spans in zip(caption.rows, caption.spans, strict=True):
            rows[caption.key].append([row[start:end] for start, end in spans])
    found = []
    for key, parts in rows.items():
        words = [word for part in parts for word in part]
        at = 0
        for part in parts[:-1]:
            at += len(part)
            if 0 < at < len(words) and breaks_unit(words, at, language):
                where = f"between “{words[at - 1]}” and “{words[at]}”"
                found.append(f"{key}: a row ends {where}, which belong together")
    return found
