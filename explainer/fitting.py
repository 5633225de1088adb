"""The script spoken and laid out within its limit: a Script in, its Speech and Timeline out."""

from __future__ import annotations

import math
from collections.abc import Sequence

from explainer import narration, timeline
from explainer.cache import Cache
from explainer.clock import seconds
from explainer.errors import Problem, ScriptError
from explainer.progress import Report
from explainer.script import Script
from explainer.timeline import Speech, Timeline

FASTEST = 1.12
"""How much faster than usual a voice may be asked to speak; beyond, a listener hears haste."""

_STEP = 0.01


def narrated(
    script: Script,
    voices: Sequence[str],
    cache: Cache,
    report: Report,
    fps: int,
    fit: bool = False,
) -> tuple[Speech, Timeline]:
    """Speak the whole script and lay it out; with `fit`, faster where that keeps the limit.

    Raises:
        ScriptError: if the film would be too long; says by how much, and what to cut in each line.
        MissingTool, VoiceError: if no voice can speak it, or the one that does cannot go faster.
    """
    speech = narration.speak(script, voices, cache, report)
    clock = timeline.lay_out(script, speech, fps)
    usual = clock.length
    if fit and clock.length > script.limit:
        talk = _talk(clock)
        need = talk / max(1, talk - (clock.length - script.limit))
        pace = math.ceil(need / _STEP) * _STEP
        while clock.length > script.limit and pace <= FASTEST + _STEP / 2:
            voice = [speech.voice]
            speech = narration.speak(script, voice, cache, report, pace=round(pace, 2))
            clock = timeline.lay_out(script, speech, fps)
            report.say(
                f"{speech.voice} speaks {pace:.2f} times as fast as usual to keep the limit: "
                f"{seconds(clock.length):.1f} s of {seconds(script.limit):g} s, "
                f"{seconds(usual):.1f} s at its usual pace"
            )
            pace += _STEP
    return speech, within(clock, script, fit)


def within(clock: Timeline, script: Script, fitted: bool = False) -> Timeline:
    """The timeline itself, if it keeps the script's limit; `fitted` says that haste did not help.

    Raises:
        ScriptError: if the film would be too long; says by how much, and what to cut in each line.
    """
    over = clock.length - script.limit
    if over <= 0:
        return clock
    what = (
        f"the film would last {seconds(clock.length):.1f} s, "
        f"{seconds(over):.1f} s over its limit of {seconds(script.limit):g} s"
    )
    hasten = f"; even --fit, at most {FASTEST:g} times as fast, is too slow" if fitted else ""
    cuts = _cuts(clock, over)
    remedy = f"cut about {sum(cuts)} words as named below, or raise limit"
    faster = "" if fitted else ", or speak faster: python render.py --fit"
    places = {line.key: line.place for line in script.lines}
    excess = over / clock.length
    raise ScriptError(
        Problem(what + hasten, None, remedy + faster),
        *(
            Problem(
                f"line “{line.key}” lasts {seconds(line.end - line.start):.1f} s, "
                f"{seconds(line.end - line.start) * excess:.1f} s over its share of the limit: "
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
    ends = [sum(counts[: i + 1]) * most // total for i in range(len(counts))]
    return [end - begin for begin, end in zip([0, *ends], ends, strict=False)]


def _talk(clock: Timeline) -> int:
    return sum(line.speech_end - line.speech_start for line in clock.lines)
