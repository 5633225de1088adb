"""Captions: a Timeline in, captions of one or two rows out.

`compose` cuts each line at its cheapest breaks; `faults` says which caption rules are not kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from explainer.captions.line_breaks import CLAUSE, SPLIT, break_cost, splits
from explainer.captions.rows import line_words, plain, shown, spans, spelled
from explainer.captions.rules import Limits, limits
from explainer.clock import MILLISECOND, TICKS, frame_ticks, nearest_frame, seconds
from explainer.timeline.model import TimedLine, TimedWord, Timeline

SHORTEST = TICKS * 5 // 6
LONGEST = TICKS * 7
LINGER = TICKS // 2
"""How long a caption may stay after its speech, unless it closes a gap."""
LATEST = TICKS * 3 // 2
"""How long a caption may stay after its speech even to close a gap."""
GAP_FRAMES = 2
OPEN = TICKS
"""A gap between captions is either `GAP_FRAMES` or at least this long."""
EARLY = TICKS // 10
"""How far before its first word a line's first caption may start if a gap closes by it."""
PAUSE = TICKS // 4
"""Silence between two words, inside a sentence, at which a break is as good as after a comma."""
LONE = 15.0
"""The cost of a caption with one word of a longer line."""
BREACH = 1000.0
"""The cost of breaking a rule: more than any ugly breaks, so done only if nothing else fits."""


@dataclass(frozen=True, slots=True)
class Caption:
    """One caption: `start` and `end` in ticks of the film, one or two rows, the words in them.

    Of a word longer than a row, the pieces are its words.
    """

    key: str
    start: int
    end: int
    rows: tuple[str, ...]
    words: tuple[TimedWord, ...]

    @property
    def spans(self) -> list[list[tuple[int, int]]]:
        """For each row the spans of characters of its words."""
        return spans(self.rows, self.words)

    def speed(self, own: Limits) -> float:
        """Characters a second; spaces count, the break between rows does not."""
        return sum(map(own.width, self.rows)) * TICKS / max(1, self.end - self.start)


def compose(timeline: Timeline) -> tuple[Caption, ...]:
    """The film's captions in order of time; none crosses its line, all times are whole frames."""
    made: list[Caption] = []
    language, frame = timeline.language, frame_ticks(timeline.fps)
    lines = [
        replace(line, words=line_words(line, language)) for line in timeline.lines if line.words
    ]
    if not lines:
        return ()
    firsts = [_first_start(line, timeline.fps) for line in lines]
    # after the last line there is nothing to keep a distance from
    following = [*firsts[1:], timeline.length + OPEN]
    for line, first, after in zip(lines, firsts, following, strict=True):
        later = [nearest_frame(word.start, timeline.fps) * frame for word in line.words[1:]]
        made += _cut(line, [first, *later, after], frame, language)
    return tuple(made)


def _first_start(line: TimedLine, fps: int) -> int:
    frame = frame_ticks(fps)
    heard = max(nearest_frame(line.words[0].start, fps) * frame, line.start)
    # the caption before must end with its own line: only an early start keeps the gap at two frames
    closing = line.start + GAP_FRAMES * frame
    return closing if line.start and closing < heard <= closing + EARLY else heard


def _cut(line: TimedLine, starts: list[int], frame: int, language: str) -> list[Caption]:
    """The cheapest way to cut a line, where `starts[i]` is when a caption of word `i` starts."""
    words, own = line.words, limits(language)
    breaks = _breaks(words, language)
    best: list[tuple[float, list[Caption]]] = [(0.0, [])]
    for last in range(1, len(words) + 1):
        leave = 5 * breaks[last] if last < len(words) else 0.0
        options = []
        for first in reversed(range(last)):
            rows, cost = _rows(words[first:last], breaks[first:last], language)
            end = _end(line, starts[first], starts[last], words[last - 1].end, rows, frame, own)
            made = Caption(line.key, starts[first], end, rows, words[first:last])
            lone = last - first == 1 < len(words)
            cost += best[first][0] + leave + _time_cost(made, own) + LONE * lone
            options.append((cost, [*best[first][1], made]))
            if made.end - made.start > LONGEST and sum(map(own.width, rows)) > 2 * own.row:
                break  # one that begins even earlier is worse
        # of captions that cost the same, the longest
        best.append(min(reversed(options), key=lambda option: option[0]))
    return best[-1][1]


def _breaks(words: Sequence[TimedWord], language: str) -> list[float]:
    """What a break before each word costs; before the first, nothing."""
    texts = [plain(word) for word in words]
    costs = [0.0]
    for at in range(1, len(words)):
        inside = words[at - 1].text != texts[at - 1]  # a piece of a word
        names = words[at - 1].start == words[at - 1].end  # who speaks, before what is said
        if inside or names:
            costs.append(SPLIT)
            continue
        cost = break_cost(texts, at, language, not words[at].glued)
        pause = words[at].start - words[at - 1].end
        costs.append(min(cost, CLAUSE) if pause >= PAUSE and cost < SPLIT else cost)
    return costs


def _rows(
    words: Sequence[TimedWord], breaks: Sequence[float], language: str
) -> tuple[tuple[str, ...], float]:
    """The words as one row if they fit, else as the best two, and what that costs.

    `breaks` says what a break before each word costs.
    """
    own = limits(language)
    whole = shown(words, language)
    if own.width(whole) <= own.row or len(words) == 1:
        return (whole,), BREACH * max(0, own.width(whole) - own.row)
    options = []
    for at in range(1, len(words)):
        rows = shown(words[:at], language), shown(words[at:], language)
        top, bottom = map(own.width, rows)
        cost = breaks[at] + 2.625 * abs(top - bottom) / own.row + (top > bottom)
        cost += BREACH * (max(0, top - own.row) + max(0, bottom - own.row))
        options.append((cost, rows))
    cost, best = min(options)
    return best, cost


def _end(
    line: TimedLine,
    start: int,
    following: int,
    heard: int,
    rows: Sequence[str],
    frame: int,
    own: Limits,
) -> int:
    """Soon after the speech if the next caption is far off, else two frames before that."""
    heard = -(-heard // frame) * frame
    closed = max(start + frame, min(following - GAP_FRAMES * frame, line.end))
    stays = max(heard + LINGER // frame * frame, start - (-SHORTEST // frame) * frame)
    parted = min(stays, following - OPEN, line.end)
    needed = max(SHORTEST, sum(map(own.width, rows)) * TICKS / own.comfortable)
    if parted >= heard and (parted - start >= needed or closed - heard > LATEST):
        return parted
    return closed


def _time_cost(made: Caption, own: Limits) -> float:
    length, speed = made.end - made.start, made.speed(own)
    breach = length < SHORTEST or length > LONGEST or speed > own.fastest
    # each caption costs something, so that a line is not cut where it need not be
    return 3.0 + BREACH * breach + max(0.0, speed - own.comfortable) * 17 / own.comfortable


def faults(captions: Sequence[Caption], timeline: Timeline) -> list[str]:
    """What of the rules for captions is not kept, in words; times may be off by a millisecond."""
    found: list[str] = []
    lines = {line.key: line for line in timeline.lines}
    for number, caption in enumerate(captions, 1):
        name = f"caption {number} ({caption.key}, “{caption.rows[0] if caption.rows else ''}”)"
        form = _form_faults(caption, lines.get(caption.key), timeline)
        found += [f"{name} {what}" for what in form]
    for number, (one, two) in enumerate(pairwise(captions), 1):
        gap, closed = two.start - one.end, GAP_FRAMES * frame_ticks(timeline.fps)
        if abs(gap - closed) > MILLISECOND and gap < OPEN - MILLISECOND:
            what = f"the gap after caption {number} is {seconds(gap):.3f} s"
            found.append(f"{what}, not {GAP_FRAMES} frames or 1 s and more")
    own = limits(timeline.language)
    if captions and (middle := median(one.speed(own) for one in captions)) > own.comfortable:
        what = f"the median speed is {middle:.1f} characters/s, over {own.comfortable:g}"
        found.append(what)
    return found + _word_faults(captions, timeline) + _split_faults(captions, timeline.language)


def _form_faults(caption: Caption, line: TimedLine | None, timeline: Timeline) -> list[str]:
    own = limits(timeline.language)
    length, speed = caption.end - caption.start, caption.speed(own)
    widths = [own.width(row) for row in caption.rows]
    found = [
        f"has a row of {width:g} characters, over {own.row}" for width in widths if width > own.row
    ]
    if not 1 <= len(caption.rows) <= 2:
        found.append(f"has {len(caption.rows)} rows")
    if not SHORTEST - MILLISECOND <= length <= LONGEST + MILLISECOND:
        found.append(f"lasts {seconds(length):.2f} s, not 0.83 to 7 s")
    if speed > own.fastest + 0.05:
        found.append(f"runs at {speed:.1f} characters/s, over {own.fastest:g}")
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


def said_and_shown(
    cues: Sequence[Sequence[str]], timeline: Timeline
) -> tuple[list[str], list[str]]:
    """The words that are narrated, and those that the rows of captions show."""
    language = timeline.language
    words = [word for line in timeline.lines for word in line_words(line, language)]
    return [plain(word) for word in words], spelled([row for rows in cues for row in rows], words)


def _word_faults(captions: Sequence[Caption], timeline: Timeline) -> list[str]:
    said, there = said_and_shown([caption.rows for caption in captions], timeline)
    if there == said:
        return []
    at = next((i for i, (a, b) in enumerate(zip(there, said, strict=False)) if a != b), None)
    at = min(len(there), len(said)) if at is None else at
    found, wanted = " ".join(there[at : at + 3]), " ".join(said[at : at + 3])
    return [f"word {at + 1} is “{found}” where “{wanted}” is narrated"]


def _split_faults(captions: Sequence[Caption], language: str) -> list[str]:
    rows: dict[str, list[list[str]]] = defaultdict(list)
    for caption in captions:
        for row, inside in zip(caption.rows, caption.spans, strict=True):
            rows[caption.key].append([row[start:end] for start, end in inside])
    found = []
    for key, parts in rows.items():
        words, at = [word for part in parts for word in part], 0
        for part in parts[:-1]:
            at += len(part)
            if 0 < at < len(words) and splits(words, at, language):
                found.append(f"{key}: a break parts “{words[at - 1]}” from “{words[at]}”")
    return found
