"""Captions: a Timeline in, captions of one or two rows out.

`compose` cuts each line at its cheapest breaks; `faults` says which caption rules are not kept.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from explainer.captions.phrasing import break_cost, splits
from explainer.clock import MILLISECOND, TICKS, frame_ticks, nearest_frame, seconds
from explainer.timeline import TimedLine, TimedWord, Timeline

ROW = 42
"""Characters a row may hold."""
SHORTEST = TICKS * 5 // 6
LONGEST = TICKS * 7
FASTEST = 20.0
"""Characters a second a caption may run at; spaces count, the break between rows does not."""
COMFORTABLE = 17.0
"""Characters a second that the median of a film's captions may reach."""
LINGER = TICKS // 2
"""How long a caption may stay after its speech, unless it closes a gap."""
LATEST = TICKS * 3 // 2
"""How long a caption may stay after its speech even to close a gap."""
GAP_FRAMES = 2
OPEN = TICKS
"""A gap between captions is either `GAP_FRAMES` or at least this long."""
EARLY = TICKS // 10
"""How far before its first word a line's first caption may start if a gap closes by it."""
LONE = 15.0
"""The cost of a caption with one word of a longer line."""
BREACH = 1000.0
"""The cost of breaking a rule: more than any ugly breaks, so done only if nothing else fits."""


@dataclass(frozen=True, slots=True)
class Caption:
    """One caption: `start` and `end` in ticks of the film, one or two rows, the words in them."""

    key: str
    start: int
    end: int
    rows: tuple[str, ...]
    words: tuple[TimedWord, ...]

    @property
    def speed(self) -> float:
        """Characters a second."""
        return sum(map(_width, self.rows)) * TICKS / max(1, self.end - self.start)


def compose(timeline: Timeline) -> tuple[Caption, ...]:
    """The film's captions in order of time; none crosses its line, all times are whole frames."""
    made: list[Caption] = []
    lines = [line for line in timeline.lines if line.words]
    firsts = [_first_start(line, timeline.fps) for line in lines]
    # after the last line there is nothing to keep a distance from
    following = [*firsts[1:], timeline.length + OPEN]
    for line, first, after in zip(lines, firsts, following, strict=True):
        frame = frame_ticks(timeline.fps)
        later = [nearest_frame(word.start, timeline.fps) * frame for word in line.words[1:]]
        made += _cut(line, [first, *later, after], frame, timeline.language)
    return tuple(made)


def _first_start(line: TimedLine, fps: int) -> int:
    frame = frame_ticks(fps)
    heard = max(nearest_frame(line.words[0].start, fps) * frame, line.start)
    # the caption before must end with its own line: only an early start keeps the gap at two frames
    closing = line.start + GAP_FRAMES * frame
    return closing if line.start and closing < heard <= closing + EARLY else heard


def _cut(line: TimedLine, starts: list[int], frame: int, language: str) -> list[Caption]:
    """The cheapest way to cut a line, where `starts[i]` is when a caption of word `i` starts."""
    texts = [word.text for word in line.words]
    best: list[tuple[float, list[Caption]]] = [(0.0, [])]
    for last in range(1, len(texts) + 1):
        leave = 5 * break_cost(texts, last, language) if last < len(texts) else 0.0
        options = []
        for first in range(last):
            rows, cost = _rows(texts, first, last, language)
            end = _end(line, starts[first], starts[last], line.words[last - 1].end, rows, frame)
            made = Caption(line.key, starts[first], end, rows, line.words[first:last])
            lone = last - first == 1 < len(texts)
            cost += best[first][0] + leave + _time_cost(made) + LONE * lone
            options.append((cost, [*best[first][1], made]))
        best.append(min(options, key=lambda option: option[0]))
    return best[-1][1]


def _rows(
    texts: Sequence[str], first: int, last: int, language: str
) -> tuple[tuple[str, ...], float]:
    """The words as one row if they fit, else as the best two, and what that costs."""
    whole = " ".join(texts[first:last])
    if _width(whole) <= ROW or last - first == 1:
        return (whole,), BREACH * max(0, _width(whole) - ROW)
    options = []
    for at in range(first + 1, last):
        rows = " ".join(texts[first:at]), " ".join(texts[at:last])
        top, bottom = map(_width, rows)
        cost = break_cost(texts, at, language) + abs(top - bottom) / 16 + (top > bottom)
        cost += BREACH * (max(0, top - ROW) + max(0, bottom - ROW))
        options.append((cost, rows))
    cost, best = min(options)
    return best, cost


def _end(
    line: TimedLine, start: int, following: int, heard: int, rows: Sequence[str], frame: int
) -> int:
    """Soon after the speech if the next caption is far off, else two frames before that."""
    heard = -(-heard // frame) * frame
    closed = max(start + frame, min(following - GAP_FRAMES * frame, line.end))
    stays = max(heard + LINGER // frame * frame, start - (-SHORTEST // frame) * frame)
    parted = min(stays, following - OPEN, line.end)
    needed = max(SHORTEST, sum(map(_width, rows)) * TICKS / COMFORTABLE)
    if parted >= heard and (parted - start >= needed or closed - heard > LATEST):
        return parted
    return closed


def _time_cost(made: Caption) -> float:
    length = made.end - made.start
    breach = length < SHORTEST or length > LONGEST or made.speed > FASTEST
    # each caption costs something, so that a line is not cut where it need not be
    return 3.0 + BREACH * breach + max(0.0, made.speed - COMFORTABLE)


def _width(text: str) -> int:
    return sum(not unicodedata.combining(char) for char in text)


def faults(captions: Sequence[Caption], timeline: Timeline) -> list[str]:
    """What of the rules for captions is not kept, in words; times may be off by a millisecond."""
    found: list[str] = []
    for number, caption in enumerate(captions, 1):
        name = f"caption {number} ({caption.key}, “{caption.rows[0] if caption.rows else ''}”)"
        found += [f"{name} {what}" for what in _form_faults(caption, timeline)]
    for number, (one, two) in enumerate(pairwise(captions), 1):
        gap, closed = two.start - one.end, GAP_FRAMES * frame_ticks(timeline.fps)
        if abs(gap - closed) > MILLISECOND and gap < OPEN - MILLISECOND:
            what = f"the gap after caption {number} is {seconds(gap):.3f} s"
            found.append(f"{what}, not {GAP_FRAMES} frames or 1 s and more")
    if captions and (middle := median(caption.speed for caption in captions)) > COMFORTABLE:
        found.append(f"the median speed is {middle:.1f} characters/s, over {COMFORTABLE:g}")
    return found + _word_faults(captions, timeline) + _split_faults(captions, timeline.language)


def _form_faults(caption: Caption, timeline: Timeline) -> list[str]:
    length = caption.end - caption.start
    found = [f"has a row of {_width(row)} characters" for row in caption.rows if _width(row) > ROW]
    if not 1 <= len(caption.rows) <= 2:
        found.append(f"has {len(caption.rows)} rows")
    if not SHORTEST - MILLISECOND <= length <= LONGEST + MILLISECOND:
        found.append(f"lasts {seconds(length):.2f} s, not 0.83 to 7 s")
    if caption.speed > FASTEST + 0.05:
        found.append(f"runs at {caption.speed:.1f} characters/s, over {FASTEST:g}")
    line = next((line for line in timeline.lines if line.key == caption.key), None)
    if line is None:
        return [*found, "belongs to no line"]
    if caption.start < line.start - MILLISECOND or caption.end > line.end + MILLISECOND:
        found.append("reaches out of its line")
    if caption.words:
        late = caption.start - caption.words[0].start
        frame = frame_ticks(timeline.fps)
        if not -EARLY - frame <= late <= frame + MILLISECOND:
            found.append(f"starts {seconds(late):+.3f} s from its first word")
        if caption.end - caption.words[-1].end > LATEST + GAP_FRAMES * frame:
            found.append(f"stays {seconds(caption.end - caption.words[-1].end):.2f} s too long")
    return found


def _word_faults(captions: Sequence[Caption], timeline: Timeline) -> list[str]:
    shown = [word for caption in captions for row in caption.rows for word in row.split()]
    said = [word.text for line in timeline.lines for word in line.words]
    if shown == said:
        return []
    at = next((i for i, (a, b) in enumerate(zip(shown, said, strict=False)) if a != b), None)
    at = min(len(shown), len(said)) if at is None else at
    there, wanted = " ".join(shown[at : at + 3]), " ".join(said[at : at + 3])
    return [f"word {at + 1} is “{there}” where “{wanted}” is narrated"]


def _split_faults(captions: Sequence[Caption], language: str) -> list[str]:
    rows: dict[str, list[list[str]]] = defaultdict(list)
    for caption in captions:
        rows[caption.key] += [row.split() for row in caption.rows]
    found = []
    for key, parts in rows.items():
        words, at = [word for part in parts for word in part], 0
        for part in parts[:-1]:
            at += len(part)
            if 0 < at < len(words) and splits(words, at, language):
                found.append(f"{key}: a break parts “{words[at - 1]}” from “{words[at]}”")
    return found
