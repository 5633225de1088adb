"""The script spoken and laid out within its limit, in one language or in several at once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from explainer import narration
from explainer.cache import Cache
from explainer.clock import seconds, spoken_seconds
from explainer.errors import Problem, ScriptError, command
from explainer.progress import Report
from explainer.script import Script
from explainer.timeline import multilingual
from explainer.timeline.layout import lay_out
from explainer.timeline.model import Speech, TimedLine, Timeline

MAX_SPEEDUP = 1.12
"""How much faster than usual a voice may be asked to speak; beyond, a listener hears haste."""

_STEP = 0.01


@dataclass(frozen=True, slots=True)
class Narration:
    """A script in one language or several: each one's speech and timeline, the picture's clock."""

    speeches: tuple[Speech, ...]
    clocks: tuple[Timeline, ...]
    picture: Timeline


def narrate(
    scripts: Sequence[Script],
    voices: Sequence[str],
    cache: Cache,
    report: Report,
    fps: int,
    fit: bool = False,
) -> Narration:
    """Speak the whole script, in each of its languages, and lay it out for one picture.

    With `fit`, the voices speak faster where that keeps the limit.

    Raises:
        ScriptError: if the film would be too long; says by how much, and what to cut in each line.
        MissingTool, VoiceError: if no voice can speak it, or the one that does cannot go faster.
    """
    told = speak_and_lay_out(scripts, [voices for _ in scripts], cache, report, fps)
    limit = scripts[0].limit
    if fit and told.picture.length > limit:
        talk = sum(map(_longest, zip(*(clock.lines for clock in told.clocks), strict=True)))
        need = talk / max(1, talk - (told.picture.length - limit))
        pace = math.ceil(need / _STEP) * _STEP
        same = [[speech.voice] for speech in told.speeches]
        usual = told.picture.length
        while told.picture.length > limit and pace <= MAX_SPEEDUP + _STEP / 2:
            told = speak_and_lay_out(scripts, same, cache, report, fps, pace=round(pace, 2))
            report.say(
                f"{' and '.join(dict.fromkeys(speech.voice for speech in told.speeches))} speaks "
                f"{pace:.2f} times as fast as usual to keep the limit: "
                f"{spoken_seconds(told.picture.length)} of {seconds(limit):g} s, "
                f"{spoken_seconds(usual)} at its usual pace"
            )
            pace += _STEP
    if len(scripts) == 1:
        within(told.picture, scripts[0], fit)
    else:
        multilingual.within(told.picture, told.clocks, limit, fit)
    return told


def speak_and_lay_out(
    scripts: Sequence[Script],
    voices: Sequence[Sequence[str]],
    cache: Cache,
    report: Report,
    fps: int,
    part: str = "",
    pace: float = 1.0,
) -> Narration:
    """The scripts spoken, each by the first of its voices that can, and laid out at any length.

    Of a `part` only that is spoken; the other lines' times are estimated.

    Raises:
        MissingTool, VoiceError: if no voice can speak it.
    """
    speeches = tuple(
        narration.speak(script, names, cache, report, part, pace)
        for script, names in zip(scripts, voices, strict=True)
    )
    clocks = [lay_out(*pair, fps) for pair in zip(scripts, speeches, strict=True)]
    picture, clocks = multilingual.merge_timelines(clocks)
    return Narration(speeches, tuple(clocks), picture)


def _longest(told: Sequence[TimedLine]) -> int:
    """The most that a language talks in a line."""
    return max(line.speech_end - line.speech_start for line in told)


def within(clock: Timeline, script: Script, fitted: bool = False) -> Timeline:
    """The timeline itself, if it keeps the script's limit; `fitted` says that haste did not help.

    Raises:
        ScriptError: if the film would be too long; says by how much, and what to cut in each line.
    """
    over = clock.length - script.limit
    if over <= 0:
        return clock
    what = (
        f"the film would last {spoken_seconds(clock.length, over)}, "
        f"{spoken_seconds(over)} over its limit of {seconds(script.limit):g} s"
    )
    hasten = f"; even --fit, at most {MAX_SPEEDUP:g} times as fast, is too slow" if fitted else ""
    cuts = _cuts(clock, over)
    words, silence = sum(cuts), sum(line.hold for line in script.lines)
    remedy = f"cut about {words} word{'s' * (words != 1)} as named below, or raise limit"
    if silence:
        remedy += f", or shorten holds ({spoken_seconds(silence)} in all)"
    faster = "" if fitted else f", or speak faster: {command('--fit')}"
    places = {line.key: line.place for line in script.lines}
    excess = over / clock.length
    raise ScriptError(
        Problem(what + hasten, None, remedy + faster),
        *(
            Problem(
                f"line “{line.key}” lasts {spoken_seconds(line.end - line.start)}, "
                f"{spoken_seconds(round((line.end - line.start) * excess))} over its share of the "
                f"limit: "
                f"cut {cut} of its {len(line.words)} words",
                places[line.key],
            )
            for line, cut in zip(clock.lines, cuts, strict=True)
            if cut
        ),
    )


def _cuts(clock: Timeline, over: int) -> list[int]:
    """How many words each line should lose: each its share, by the words that it has."""
    counts = [len(line.words) for line in clock.lines]
    total = sum(counts)
    most = min(total, -(-over * total // _talk(clock)))
    # whole words by running totals, so that they add up to what is wanted
    ends = [said * most // total for said in accumulate(counts)]
    return [end - begin for begin, end in zip([0, *ends], ends, strict=False)]


def _talk(clock: Timeline) -> int:
    return sum(line.speech_end - line.speech_start for line in clock.lines)
