"""One picture for a film in several languages: their timelines in, set on one common clock.

Each line lasts as long as the language that needs most time for it; the others' speech is moved
within it to where its cues are best met. The picture takes each cue midway between the languages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from statistics import mean

from explainer.clock import frame_ticks
from explainer.timeline.model import TimedCue, TimedLine, Timeline, shifted


def merge_timelines(clocks: Sequence[Timeline]) -> tuple[Timeline, list[Timeline]]:
    """The clock that pictures are drawn to, and every language's own, all equally long.

    A single timeline is its own picture's clock, unchanged.
    """
    if len(clocks) == 1:
        return clocks[0], list(clocks)
    frame, at = frame_ticks(clocks[0].fps), 0
    columns: list[list[TimedLine]] = []
    for told in zip(*(clock.lines for clock in clocks), strict=True):
        columns.append(_align_lines(told, at, frame))
        at = columns[-1][0].end
    moved = [
        _replace_lines(clock, [lines[n] for lines in columns]) for n, clock in enumerate(clocks)
    ]
    return midpoint_picture(moved), moved


def midpoint_picture(timelines: Sequence[Timeline]) -> Timeline:
    """The timeline of the picture that equally long languages share, from theirs."""
    columns = zip(*(timeline.lines for timeline in timelines), strict=True)
    lines = [replace(lines[0], cues=_midpoint_cues(lines)) for lines in columns]
    return _replace_lines(timelines[0], lines)


def cue_offsets(picture: Timeline, timeline: Timeline) -> dict[str, int]:
    """How far, in ticks, a language's words are from the picture's moments, by `scene.line@cue`."""
    return {
        f"{line.key}@{seen.name}": abs(seen.start - heard.start)
        for line, told in zip(picture.lines, timeline.lines, strict=True)
        for seen in line.cues
        for heard in told.cues
        if seen.name == heard.name
    }


def worst_cue_offset(picture: Timeline, timeline: Timeline) -> tuple[int, str]:
    """The greatest of a language's `cue_offsets`, and where; 0 and nothing if it has no cue."""
    offsets = cue_offsets(picture, timeline)
    return max(((ticks, where) for where, ticks in offsets.items()), default=(0, ""))


def _align_lines(told: Sequence[TimedLine], at: int, frame: int) -> list[TimedLine]:
    """One line in every language, from `at`, as long as the longest and moved to its cues."""
    length = max(line.end - line.start for line in told)
    lead = next(line for line in told if line.end - line.start == length)
    made = []
    for line in told:
        room = length - (line.end - line.start)
        early = [
            (cue.start - lead.start) - (own.start - line.start)
            for cue, own in zip(lead.cues, _ordered(line.cues, lead.cues), strict=True)
        ]
        by = min(max(0, round(mean(early) / frame) * frame), room) if early else 0
        moved = shifted(line, at - line.start + by)
        made.append(replace(moved, start=at, end=at + length))
    return made


def _ordered(cues: Sequence[TimedCue], like: Sequence[TimedCue]) -> list[TimedCue]:
    """The same cues in the order of `like`: languages put their words in orders of their own."""
    named = {cue.name: cue for cue in cues}
    return [named[cue.name] for cue in like]


def _midpoint_cues(lines: Sequence[TimedLine]) -> tuple[TimedCue, ...]:
    """Each cue midway between the earliest and the latest that a language has it."""
    made = []
    for cue in lines[0].cues:
        same = [own for line in lines for own in line.cues if own.name == cue.name]
        start = (min(own.start for own in same) + max(own.start for own in same)) // 2
        end = (min(own.end for own in same) + max(own.end for own in same)) // 2
        made.append(replace(cue, start=start, end=max(end, start + 1)))
    return tuple(made)


def _replace_lines(clock: Timeline, lines: Sequence[TimedLine]) -> Timeline:
    waiting = iter(lines)
    scenes = (
        replace(scene, lines=tuple(next(waiting) for _ in scene.lines)) for scene in clock.scenes
    )
    return replace(clock, scenes=tuple(scenes))
