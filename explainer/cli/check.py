"""Everything about a script that can be known without drawing."""

from __future__ import annotations

import sys
from typing import Any

from explainer import narration
from explainer.cache import Cache
from explainer.captions.segment import segment
from explainer.captions.violations import violations
from explainer.cli.arguments import Options
from explainer.cli.output import CommandResult, echo
from explainer.clock import seconds
from explainer.languages import speech_rate_range, speech_rate_unit
from explainer.narration import fit
from explainer.progress import Progress
from explainer.script import engines
from explainer.script.loader import load
from explainer.script.model import Script


def run(options: Options) -> CommandResult:
    """Everything that can be known without drawing, in each language asked for."""
    found = {language: _check(options, language) for language in options.languages or ("",)}
    code = 1 if any(facts["caption_faults"] for facts in found.values()) else 0
    return code, next(iter(found.values())) if len(found) == 1 else {"languages": found}


def _check(options: Options, language: str) -> dict[str, Any]:
    with Progress() as progress:
        script = load(options.script, language)
        for warning in script.warnings:
            print(f"warning: {warning}", file=sys.stderr)
        cache = Cache.of(script.folder, progress.log)
        told = fit.narrate([script], options.voice, cache, progress, 30, fit=options.fit)
        speech, clock = told.speeches[0], told.picture
        narration.demand(script, speech, options.min_timing)
    faults = violations(segment(clock), clock)
    words = sum(len(line.words) for line in clock.lines)
    spoken = seconds(sum(line.talk for line in clock.lines))
    for fault in faults:
        print(f"captions: {fault}", file=sys.stderr)
    pace = sum(line.pace_count for line in clock.lines) / max(spoken, 0.001) * 60
    if doubt := _pace_doubt(script, speech.voice, pace):
        print(f"warning: {doubt}", file=sys.stderr)
    found = {
        "scenes": len(script.scenes),
        "lines": len(script.lines),
        "words": words,
        "words_per_minute": round(pace),
        "pace_unit": speech_rate_unit(script.language),
        "length": round(seconds(clock.length), 3),
        "limit": seconds(script.limit),
        "voice": speech.voice,
        "warnings": len(script.warnings) + bool(doubt),
        "caption_faults": faults,
    }
    lengths = {line.key: (seconds(line.end - line.start), len(line.words)) for line in clock.lines}
    found["line_lengths"] = {key: round(length, 3) for key, (length, _) in lengths.items()}
    for key, (length, count) in lengths.items():
        echo(options, f"{key:28} {length:5.1f} s {count:4} words")
    echo(options, f"{found['scenes']} scenes, {found['lines']} lines, {words} words")
    echo(
        options,
        f"{found['length']:.1f} s of {found['limit']:g} s, spoken by {speech.voice} "
        f"at {found['words_per_minute']} {found['pace_unit']} a minute",
    )
    if not faults:
        echo(options, "captions keep their form; every cue, source and scene is in place")
    return found


def _pace_doubt(script: Script, voice: str, pace: float) -> str:
    """What is wrong with the pace of speech, and what would mend it; empty if it is right."""
    slowest, fastest = speech_rate_range(script.language)
    if slowest <= pace <= fastest:
        return ""
    unit = speech_rate_unit(script.language)
    said = f"{voice} speaks {pace:.0f} {unit} a minute; {slowest} to {fastest} are easy to follow"
    if "pace" not in engines.OPTIONS.get(voice, {}):
        return said
    now = float(script.engines.get(voice, {}).get("pace", 1))
    wanted = now * (0.97 * fastest if pace > fastest else 1.03 * slowest) / pace
    wanted = min(max(wanted, 0.5), 1.5)
    return f"{said}: write “engines: {{{voice}: {{pace: {wanted:.2f}}}}}” into the script"
