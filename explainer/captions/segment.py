"""Caption segmentation: a Timeline in, captions of one or two rows out.

Each line is cut at its cheapest breaks: places where language allows it, at a readable speed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from explainer.captions.line_breaks import AFTER_CLAUSE, BREAKS_UNIT, break_cost
from explainer.captions.model import Caption
from explainer.captions.rows import line_words, narrated_text, row_text
from explainer.captions.rules import text_length, total_length
from explainer.clock import TICKS, frame_ticks, nearest_frame
from explainer.spec import (
    CAPTION_GAP_FRAMES,
    MAX_CAPTION_DURATION,
    MAX_CAPTION_HOLD,
    MAX_CAPTION_LEAD_IN,
    MIN_CAPTION_DURATION,
    MIN_OPEN_CAPTION_GAP,
    CaptionLimits,
    caption_limits,
)
from explainer.timeline.model import TimedLine, TimedWord, Timeline

HOLD_AFTER_SPEECH = TICKS // 2
"""Ticks that a caption stays after its speech, unless it closes a gap."""
MIN_PAUSE = TICKS // 4
"""Ticks of silence inside a sentence at which a break is as good as after a comma."""
CAPTION_COST = 3.0
"""The cost of each caption, so that a line is not cut where it need not be."""
ORPHAN_COST = 15.0
"""The cost of a caption with one word of a longer line."""
VIOLATION_COST = 1000.0
"""The cost of breaking a rule: more than any ugly breaks, so done only if nothing else fits."""
_LEAVING_FACTOR = 5
"""How much more a break between captions costs than one between rows."""


def segment(timeline: Timeline) -> tuple[Caption, ...]:
    """The film's captions in order of time; none crosses its line, all times are whole frames."""
    captions: list[Caption] = []
    language = timeline.language
    frame = frame_ticks(timeline.fps)
    lines = [
        replace(line, words=line_words(line, language)) for line in timeline.lines if line.words
    ]
    if not lines:
        return ()
    first_starts = [_first_start(line, timeline.fps) for line in lines]
    # after the last line there is nothing to keep a distance from
    next_starts = [*first_starts[1:], timeline.length + MIN_OPEN_CAPTION_GAP]
    for line, first, following in zip(lines, first_starts, next_starts, strict=True):
        later = [nearest_frame(word.start, timeline.fps) * frame for word in line.words[1:]]
        captions += _segment_line(line, [first, *later, following], frame, language)
    return tuple(captions)


def _first_start(line: TimedLine, fps: int) -> int:
    frame = frame_ticks(fps)
    heard = max(nearest_frame(line.words[0].start, fps) * frame, line.start)
    # the caption before must end with its own line: only an early start keeps the gap at two frames
    closing = line.start + CAPTION_GAP_FRAMES * frame
    closes = line.start and closing < heard <= closing + MAX_CAPTION_LEAD_IN
    return closing if closes else heard


def _segment_line(
    line: TimedLine, starts: Sequence[int], frame: int, language: str
) -> list[Caption]:
    """The cheapest way to cut a line, where `starts[i]` is when a caption of word `i` starts."""
    words = line.words
    limits = caption_limits(language)
    breaks = _break_costs(words, language)
    # for each number of words, what the best captions of them cost, and these
    best: list[tuple[float, list[Caption]]] = [(0.0, [])]
    for last in range(1, len(words) + 1):
        leaving = _LEAVING_FACTOR * breaks[last] if last < len(words) else 0.0
        options = []
        for first in reversed(range(last)):
            rows, cost = _rows(words[first:last], breaks[first:last], language)
            end = _end(line, starts[first], starts[last], words[last - 1].end, rows, frame, limits)
            caption = Caption(line.key, starts[first], end, rows, words[first:last])
            is_orphan = last - first == 1 < len(words)
            orphan_cost = ORPHAN_COST * is_orphan
            cost += best[first][0] + leaving + _time_cost(caption, limits) + orphan_cost
            options.append((cost, [*best[first][1], caption]))
            too_long = total_length(rows, limits) > 2 * limits.row_length
            if caption.end - caption.start > MAX_CAPTION_DURATION and too_long:
                break  # one that begins even earlier is worse
        # of captions that cost the same, the longest
        best.append(min(reversed(options), key=lambda option: option[0]))
    return best[-1][1]


def _break_costs(words: Sequence[TimedWord], language: str) -> list[float]:
    """What a break before each word costs; before the first, nothing."""
    texts = [narrated_text(word) for word in words]
    costs = [0.0]
    for at in range(1, len(words)):
        is_inside_word = words[at - 1].text != texts[at - 1]
        is_speaker_name = words[at - 1].start == words[at - 1].end
        if is_inside_word or is_speaker_name:
            costs.append(BREAKS_UNIT)
            continue
        cost = break_cost(texts, at, language, not words[at].glued)
        pause = words[at].start - words[at - 1].end
        costs.append(min(cost, AFTER_CLAUSE) if pause >= MIN_PAUSE and cost < BREAKS_UNIT else cost)
    return costs


def _rows(
    words: Sequence[TimedWord], breaks: Sequence[float], language: str
) -> tuple[tuple[str, ...], float]:
    """The words as one row if they fit, else as the best two, and what that costs.

    `breaks` says what a break before each word costs.
    """
    limits = caption_limits(language)
    most = limits.row_length
    whole = row_text(words, language)
    length = text_length(whole, limits)
    if length <= most or len(words) == 1:
        return (whole,), VIOLATION_COST * max(0, length - most)
    options = []
    for at in range(1, len(words)):
        rows = row_text(words[:at], language), row_text(words[at:], language)
        top = text_length(rows[0], limits)
        bottom = text_length(rows[1], limits)
        cost = breaks[at] + 2.625 * abs(top - bottom) / most + (top > bottom)
        cost += VIOLATION_COST * (max(0, top - most) + max(0, bottom - most))
        options.append((cost, rows))
    cost, best = min(options)
    return best, cost


def _end(
    line: TimedLine,
    start: int,
    next_start: int,
    speech_end: int,
    rows: Sequence[str],
    frame: int,
    limits: CaptionLimits,
) -> int:
    """Soon after the speech if the next caption is far off, else two frames before that."""
    speech_end = -(-speech_end // frame) * frame
    closed = max(start + frame, min(next_start - CAPTION_GAP_FRAMES * frame, line.end))
    held = speech_end + HOLD_AFTER_SPEECH // frame * frame
    shortest = start - (-MIN_CAPTION_DURATION // frame) * frame
    opened = min(max(held, shortest), next_start - MIN_OPEN_CAPTION_GAP, line.end)
    needed = max(MIN_CAPTION_DURATION, total_length(rows, limits) * TICKS / limits.target_cps)
    is_long_enough = opened - start >= needed or closed - speech_end > MAX_CAPTION_HOLD
    return opened if opened >= speech_end and is_long_enough else closed


def _time_cost(caption: Caption, limits: CaptionLimits) -> float:
    lasts = caption.end - caption.start
    speed = caption.reading_speed(limits)
    violates = (
        lasts < MIN_CAPTION_DURATION or lasts > MAX_CAPTION_DURATION or speed > limits.max_cps
    )
    too_fast = max(0.0, speed - limits.target_cps) * 17 / limits.target_cps
    return CAPTION_COST + VIOLATION_COST * violates + too_fast
