"""Scripts in, their narration out: spoken, fitted to the limit, laid out and merged.

A film in several languages has one script for each and one picture for all.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from explainer.cache.store import Cache
from explainer.clock import format_seconds, seconds
from explainer.errors import Problem, ScriptError, command
from explainer.narration.synthesize import kept_lines, synthesize
from explainer.progress import Progress
from explainer.script.model import Script
from explainer.timeline.layout import lay_out
from explainer.timeline.model import TimedLine, Timeline
from explainer.timeline.multilingual import merge_timelines
from explainer.timeline.speech import Speech, SpokenLine

MAX_SPEEDUP = 1.12
"""How many times faster than usual a voice may be asked to speak; beyond, it sounds hasty."""

_STEP = 0.01


@dataclass(frozen=True, slots=True)
class Narration:
    """What a film says, and when: one speech and one timeline for each of its languages.

    `picture` is the timeline that the scenes are drawn to; with one language it is that language's.
    """

    speeches: tuple[Speech, ...]
    timelines: tuple[Timeline, ...]
    picture: Timeline


def narrate(
    scripts: Sequence[Script],
    voices: Sequence[str],
    cache: Cache,
    progress: Progress,
    fps: int,
    *,
    fit: bool = False,
    part: str = "",
) -> Narration:
    """Speak the scripts, one for each language, and lay them out for one picture.

    Each script is spoken by the first of `voices` that can speak it, or without any by the first of
    its own. With `fit`, the voices speak faster where that keeps the limit. Of a `part` (a scene or
    `scene.line`) only that is spoken; the other lines have the times of what was spoken of them
    before, or estimated ones, and no limit holds.

    Raises:
        ScriptError: if the film would be too long; says by how much, and what to cut in each line.
        EnvironmentProblem, VoiceError: if no voice can speak it, or the one that does cannot go
            faster.
    """
    speeches = [synthesize(script, voices, cache, progress, part) for script in scripts]
    if part:
        known = [
            kept_lines(script, speech.voice, cache)
            for script, speech in zip(scripts, speeches, strict=True)
        ]
        return _lay_out_together(scripts, speeches, fps, known)
    made = _lay_out_together(scripts, speeches, fps)
    if fit and made.picture.length > scripts[0].limit:
        made = _speed_up(scripts, made, cache, progress)
    check_limit(made, scripts, fitted=fit)
    return made


def _lay_out_together(
    scripts: Sequence[Script],
    speeches: Sequence[Speech],
    fps: int,
    known: Sequence[Mapping[str, SpokenLine]] = (),
) -> Narration:
    """One timeline for each language; `known` are what else is spoken, where not all of it is."""
    timelines = [
        lay_out(script, replace(speech, lines={**others, **speech.lines}), fps)
        for script, speech, others in zip(
            scripts, speeches, known or [{}] * len(scripts), strict=True
        )
    ]
    picture, timelines = merge_timelines(timelines)
    return Narration(tuple(speeches), tuple(timelines), picture)


def _speed_up(
    scripts: Sequence[Script], usual: Narration, cache: Cache, progress: Progress
) -> Narration:
    """Let the same voices speak faster, little by little, until the limit is kept or they may not.

    Raises:
        EnvironmentProblem, VoiceError: if one cannot speak faster.
    """
    limit = scripts[0].limit
    fps = usual.picture.fps
    names = " and ".join(dict.fromkeys(speech.voice for speech in usual.speeches))
    talk = sum(_talk(line) for _, line in _longest_lines(usual.timelines))
    over = usual.picture.length - limit
    pace = math.ceil(talk / max(1, talk - over) / _STEP) * _STEP
    made = usual
    while made.picture.length > limit and pace <= MAX_SPEEDUP + _STEP / 2:
        speeches = [
            synthesize(script, [speech.voice], cache, progress, pace=round(pace, 2))
            for script, speech in zip(scripts, usual.speeches, strict=True)
        ]
        made = _lay_out_together(scripts, speeches, fps)
        progress.log(
            f"{names} speaks {pace:.2f} times as fast as usual to keep the limit: "
            f"{format_seconds(made.picture.length)} of {seconds(limit):g} s, "
            f"{format_seconds(usual.picture.length)} at its usual pace"
        )
        pace += _STEP
    return made


def check_limit(made: Narration, scripts: Sequence[Script], fitted: bool = False) -> None:
    """Make sure that the film keeps its limit; `fitted` says that faster speech was no help.

    Raises:
        ScriptError: if it would be too long; says by how much, and what to cut in each line, in the
            language that takes longest for it.
    """
    limit = scripts[0].limit
    length = made.picture.length
    over = length - limit
    if over <= 0:
        return
    languages = [timeline.language for timeline in made.timelines]
    subject = "the film" if len(languages) == 1 else f"{', '.join(languages)} with one picture"
    what = (
        f"{subject} would last {format_seconds(length, over)}, "
        f"{format_seconds(over)} over its limit of {seconds(limit):g} s"
    )
    if fitted:
        what += f"; even --fit, at most {MAX_SPEEDUP:g} times as fast, is too slow"

    longest = _longest_lines(made.timelines)
    cuts = words_to_cut([line for _, line in longest], over)
    words = sum(cuts)
    silence = sum(line.hold for line in scripts[0].lines)
    remedy = f"cut about {words} word{'s' * (words != 1)} as named below, or raise limit"
    if silence:
        remedy += f", or shorten holds ({format_seconds(silence)} in all)"
    if not fitted:
        remedy += f", or speak faster: {command('--fit')}"

    problems = [Problem(what, None, remedy)]
    places = [{line.key: line.place for line in script.lines} for script in scripts]
    for (version, line), cut in zip(longest, cuts, strict=True):
        if not cut:
            continue
        lasts = line.end - line.start
        share = format_seconds(round(lasts * over / length))
        within = f" in {languages[version]}" if len(languages) > 1 else ""
        problems.append(
            Problem(
                f"line “{line.key}” lasts {format_seconds(lasts)}{within}, {share} over its share "
                f"of the limit: cut {cut} of its {len(line.words)} words",
                places[version][line.key],
            )
        )
    raise ScriptError(*problems)


def words_to_cut(lines: Sequence[TimedLine], over: int) -> list[int]:
    """How many words each line should lose for its share of `over` ticks, by the words it has."""
    counts = [len(line.words) for line in lines]
    total = sum(counts)
    talk = sum(map(_talk, lines))
    wanted = min(total, -(-over * total // talk))
    # whole words by running totals, so that they add up to what is wanted
    ends = [spoken * wanted // total for spoken in accumulate(counts)]
    return [end - begin for begin, end in zip([0, *ends], ends, strict=False)]


def _longest_lines(timelines: Sequence[Timeline]) -> list[tuple[int, TimedLine]]:
    """Each line in the language that speaks longest in it, and which of the timelines that is."""
    return [
        max(enumerate(versions), key=lambda version: _talk(version[1]))
        for versions in zip(*(timeline.lines for timeline in timelines), strict=True)
    ]


def _talk(line: TimedLine) -> int:
    return line.speech_end - line.speech_start
