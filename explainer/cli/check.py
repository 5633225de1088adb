"""Everything about a script that can be known without drawing."""

from __future__ import annotations

import sys
from typing import Any

from explainer.cache.store import Cache
from explainer.captions.segment import segment
from explainer.captions.violations import violations
from explainer.cli.arguments import Options
from explainer.cli.output import CommandResult, echo
from explainer.clock import seconds
from explainer.errors import ScriptError, counted
from explainer.languages import speech_rate_range, speech_rate_unit
from explainer.narration import fit
from explainer.narration.synthesize import require_timing
from explainer.progress import Progress
from explainer.script import old_names
from explainer.script.loader import load
from explainer.script.model import Script
from explainer.timeline.model import Timeline
from explainer.voices.registry import engine_class

ESTIMATE_FPS = 30
"""The frame rate for which a film is laid out here; lines end at whole frames."""


def run(options: Options) -> CommandResult:
    """Everything that can be known without drawing, in each language asked for."""
    answers = {language: _check(options, language) for language in options.languages or ("",)}
    code = 1 if any(answer["caption_faults"] for answer in answers.values()) else 0
    if len(answers) == 1:
        return code, next(iter(answers.values()))
    return code, {"languages": answers}


def _check(options: Options, language: str) -> dict[str, Any]:
    """Check the script in one language; prints what was found, and returns it for --json."""
    with Progress() as progress:
        script, lacks_scenes = _load(options, language)
        warnings = [*script.warnings, *old_names.warnings(script.folder)]
        for warning in warnings:
            print(f"warning: {warning}", file=sys.stderr)
        cache = Cache.of(script.folder, progress.log)
        made = fit.narrate([script], options.voice, cache, progress, ESTIMATE_FPS, fit=options.fit)
        speech = made.speeches[0]
        timeline = made.picture
        require_timing(script, speech, options.min_timing)

    caption_faults = violations(segment(timeline), timeline)
    for fault in caption_faults:
        print(f"captions: {fault}", file=sys.stderr)
    units_per_minute = _units_per_minute(timeline)
    rate_warning = _speech_rate_warning(script, speech.voice, units_per_minute)
    if rate_warning:
        print(f"warning: {rate_warning}", file=sys.stderr)
    answer = {
        "scenes": len(script.scenes),
        "lines": len(script.lines),
        "words": sum(len(line.words) for line in timeline.lines),
        "words_per_minute": round(units_per_minute),
        "pace_unit": speech_rate_unit(script.language),
        "length": round(seconds(timeline.length), 3),
        "limit": seconds(script.limit),
        "voice": speech.voice,
        "warnings": len(warnings) + bool(rate_warning),
        "caption_faults": caption_faults,
        "line_lengths": {
            line.key: round(seconds(line.end - line.start), 3) for line in timeline.lines
        },
    }
    _print_summary(options, timeline, answer, complete=lacks_scenes is None)
    if lacks_scenes:
        raise lacks_scenes
    return answer


def _load(options: Options, language: str) -> tuple[Script, ScriptError | None]:
    """The script, and what is said of scenes that are not written yet, if it lacks nothing else.

    Raises:
        ScriptError: if anything else is wrong with it.
    """
    try:
        return load(options.script, language), None
    except ScriptError as error:
        try:
            script = load(options.script, language, check_scenes=False)
        except ScriptError:
            raise error from None
        missing = [one for one in script.scenes if not script.scene_file(one.id).is_file()]
        if len(missing) != len(error.problems):
            raise
        return script, error


def _print_summary(
    options: Options, timeline: Timeline, answer: dict[str, Any], complete: bool
) -> None:
    for line in timeline.lines:
        length = seconds(line.end - line.start)
        echo(options, f"{line.key:28} {length:5.1f} s {len(line.words):4} words")
    scenes, lines, words = answer["scenes"], answer["lines"], answer["words"]
    parts = counted(scenes, "scene"), counted(lines, "line"), counted(words, "word")
    echo(options, ", ".join(parts))
    echo(
        options,
        f"{answer['length']:.1f} s of {answer['limit']:g} s, spoken by {answer['voice']} "
        f"at {answer['words_per_minute']} {answer['pace_unit']} a minute",
    )
    if complete and not answer["caption_faults"]:
        echo(options, "captions keep their form; every cue, source and scene is in place")


def _units_per_minute(timeline: Timeline) -> float:
    """How fast the film is spoken, pauses between lines left out: words or syllables a minute."""
    units = sum(line.pace_count for line in timeline.lines)
    spoken_seconds = seconds(sum(line.talk for line in timeline.lines))
    return units / max(spoken_seconds, 0.001) * 60


def _speech_rate_warning(script: Script, voice: str, units_per_minute: float) -> str:
    """Why the speech is hard to follow, and what would mend it; empty if it is not."""
    slowest, fastest = speech_rate_range(script.language)
    if slowest <= units_per_minute <= fastest:
        return ""
    unit = speech_rate_unit(script.language)
    what = (
        f"{voice} speaks {units_per_minute:.0f} {unit} a minute; "
        f"{slowest} to {fastest} are easy to follow"
    )
    engine = voice.partition(":")[0]
    if "pace" not in engine_class(engine).options:
        return what
    pace = float(script.engines.get(engine, {}).get("pace", 1))
    # aim a little inside the range: a pace is not kept to the word
    aim = 0.97 * fastest if units_per_minute > fastest else 1.03 * slowest
    wanted_pace = min(max(pace * aim / units_per_minute, 0.5), 1.5)
    return f"{what}: write “engines: {{{engine}: {{pace: {wanted_pace:.2f}}}}}” into the script"
