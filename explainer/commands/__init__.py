"""The commands: each takes the parsed options, and gives an exit code and its answer as facts."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from explainer import draw, narration, outputs, pipeline
from explainer.cache import Cache, leftovers, write_atomically
from explainer.captions.segment import segment
from explainer.captions.violations import violations
from explainer.clock import seconds
from explainer.commands import making, upkeep
from explainer.commands.making import languages, size
from explainer.commands.upkeep import Answer, tell
from explainer.draw import stills
from explainer.draw.burn import Row
from explainer.errors import ScriptError, command
from explainer.frame_format import Quality
from explainer.language_version import LanguageVersion
from explainer.languages import pace_range, pace_unit
from explainer.narration import fit
from explainer.progress import Report
from explainer.script import Script, engines
from explainer.script.translation import load
from explainer.timeline.json import load_for_film
from explainer.timeline.layout import lay_out
from explainer.timeline.model import Timeline
from explainer.timeline.scene_timing import SceneTiming, scene_timings
from explainer.timeline.selection import frame_at


def check(options: argparse.Namespace) -> Answer:
    """Everything that can be known without drawing, in each language asked for."""
    found = {language: _check(options, language) for language in languages(options) or ("",)}
    code = 1 if any(facts["caption_faults"] for facts in found.values()) else 0
    return code, next(iter(found.values())) if len(found) == 1 else {"languages": found}


def _check(options: argparse.Namespace, language: str) -> dict[str, Any]:
    with Report() as report:
        script = load(options.script, language)
        for warning in script.warnings:
            print(f"warning: {warning}", file=sys.stderr)
        cache = Cache.of(script.folder, report.say)
        told = fit.narrate([script], options.voice or (), cache, report, 30, fit=options.fit)
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
        "pace_unit": pace_unit(script.language),
        "length": round(seconds(clock.length), 3),
        "limit": seconds(script.limit),
        "voice": speech.voice,
        "warnings": len(script.warnings) + bool(doubt),
        "caption_faults": faults,
    }
    lengths = {line.key: (seconds(line.end - line.start), len(line.words)) for line in clock.lines}
    found["line_lengths"] = {key: round(length, 3) for key, (length, _) in lengths.items()}
    for key, (length, count) in lengths.items():
        tell(options, f"{key:28} {length:5.1f} s {count:4} words")
    tell(options, f"{found['scenes']} scenes, {found['lines']} lines, {words} words")
    tell(
        options,
        f"{found['length']:.1f} s of {found['limit']:g} s, spoken by {speech.voice} "
        f"at {found['words_per_minute']} {found['pace_unit']} a minute",
    )
    if not faults:
        tell(options, "captions keep their form; every cue, source and scene is in place")
    return found


def _pace_doubt(script: Script, voice: str, pace: float) -> str:
    """What is wrong with the pace of speech, and what would mend it; empty if it is right."""
    slowest, fastest = pace_range(script.language)
    if slowest <= pace <= fastest:
        return ""
    unit = pace_unit(script.language)
    said = f"{voice} speaks {pace:.0f} {unit} a minute; {slowest} to {fastest} are easy to follow"
    if "pace" not in engines.OPTIONS.get(voice, {}):
        return said
    now = float(script.engines.get(voice, {}).get("pace", 1))
    wanted = now * (0.97 * fastest if pace > fastest else 1.03 * slowest) / pace
    wanted = min(max(wanted, 0.5), 1.5)
    return f"{said}: write “engines: {{{voice}: {{pace: {wanted:.2f}}}}}” into the script"


def plan(options: argparse.Namespace) -> Answer:
    """What a render would speak and draw, and why."""
    script = load(options.script, _language(options))
    cache, shape = Cache.of(script.folder), size(options, "1080p30")
    speech, unspoken = narration.kept(script, options.voice or (), cache)
    clock = lay_out(script, speech, shape.fps)
    rows = _rows(options, clock, script)
    shots = scene_timings(clock, options.labels == "all")
    lines = {}
    own = {line.key: line.voice for line in script.lines}
    for line in clock.lines:
        fate = draw.fate(script, shots, line.key, shape, cache, rows.get(line.key, ()))
        if line.key in unspoken:
            fate = "it is spoken anew"
        lines[line.key] = {"voice": unspoken.get(line.key, ""), "picture": fate}
        speaker = own[line.key] if line.words else "silent"
        for what, why in lines[line.key].items():
            about = f"  ({speaker})" if speaker and what == "voice" else ""
            tell(options, f"{line.key:28} {what:8} {'MISS  ' + why if why else 'HIT'}{about}")
    speak = sum(bool(fates["voice"]) for fates in lines.values())
    pictures = [fates["picture"] for fates in lines.values()]
    maybe = sum(why.endswith(draw.MAYBE) for why in pictures)
    drawn = sum(map(bool, pictures)) - maybe
    more = f", and perhaps {maybe} more" if maybe else ""
    tell(options, f"a render would speak {speak} and draw {drawn}{more} of {len(lines)} lines")
    return 0, {"quality": shape.name, "voice": speech.voice, "lines": lines}


def say(options: argparse.Namespace) -> Answer:
    """Speak lines into sound files, show the spoken form, and play them where someone listens."""
    with Report() as report:
        script = load(options.script, _language(options), drawn=False)
        cache = Cache.of(script.folder, report.say)
        chosen = narration.chosen(script, options.selection)
        speech = narration.speak(script, options.voice or (), cache, report, options.selection)
    folder = outputs.folder(script) / "say"
    found = {}
    for line in chosen:
        if line.key not in speech.lines:
            tell(options, f"{line.key}  {seconds(line.hold):.2f} s of silence")
            found[line.key] = {"spoken": "", "seconds": seconds(line.hold)}
            continue
        spoken = speech.lines[line.key]
        out = folder / f"{script.name}_{line.key}{script.tongue}.wav"
        outputs.claim(script, out)
        write_atomically(out, Path(spoken.wav).read_bytes())
        tell(options, f"{line.key}  {seconds(spoken.length):.2f} s  {out}")
        tell(options, f"  shown:  {line.say.shown}\n  spoken: {line.say.spoken}")
        found[line.key] = {"spoken": line.say.spoken, "seconds": seconds(spoken.length)}
        if line.voice:
            tell(options, f"  voice:  {spoken.voice}")
        player = next(filter(None, map(shutil.which, ("paplay", "aplay", "afplay"))), None)
        if player and sys.stdout.isatty():
            subprocess.run([player, str(out)], check=False, stderr=subprocess.DEVNULL)
    leftovers.sweep(outputs.folder(script))
    return 0, {"voice": speech.voice, "lines": found}


def still(options: argparse.Namespace) -> Answer:
    """Draw one frame: the last of a line, or the one at a cue."""
    key = options.moment.partition("@")[0]
    if "." not in key:
        raise ScriptError.of(f"“{key}” is not a line", "name one as scene.line or scene.line@cue")
    script = load(options.script, _language(options), key)
    clock, shots = _timed(options, script, key)
    _, frame = frame_at(clock, options.moment)
    shape = size(options, "1080p30")
    rows = _rows(options, clock, script).get(key, ())
    (picture,) = stills.apart(script, shots, key, [frame], shape, rows)
    name = f"{script.name}_{options.moment}{script.tongue}{shape.suffix}.png"
    out = outputs.folder(script) / "stills" / name
    outputs.claim(script, out)
    stills.save(picture, out)
    tell(options, str(out))
    return 0, {"still": str(out), "frame": frame, "fps": clock.fps}


def sheet(options: argparse.Namespace) -> Answer:
    """Draw every cue and every line's last frame onto one sheet, of the film or a part of it."""
    part, shape = options.selection, size(options, "854x480@30")
    script = load(options.script, _language(options), part)
    chosen = narration.chosen(script, part)
    stills.demand_room(sum(len(line.say.cues) + 1 for line in chosen), shape)
    clock, shots = _timed(options, script, part)
    rows = _rows(options, clock, script)
    with Report() as report:
        made = stills.sheet(script, shots, [line.key for line in chosen], shape, report, rows)
    name = f"{script.name}{part and f'_{part}'}_sheet{script.tongue}{shape.suffix}.png"
    out = outputs.folder(script) / name
    outputs.claim(script, out)
    stills.save(made, out)
    tell(options, str(out))
    return 0, {"sheet": str(out)}


def verify(options: argparse.Namespace) -> Answer:
    """Measure a finished film; the record and captions beside it are used if they are there."""
    from explainer.verify import verify as measure

    clocks = load_for_film(options.film)
    limit = load(options.script, drawn=False).limit if clocks and options.script.is_file() else None
    report = measure(options.film, clocks, limit)
    for row in report.rows:
        mark = {True: "ok  ", False: "FAIL", None: "  – "}[row.ok]
        tell(options, f"{mark}  {row.what:24} {row.measured}  (wanted: {row.wanted})")
    failed = [row.what for row in report.rows if row.ok is False]
    tell(options, f"{len(failed)} of {len(report.rows)} rows failed" if failed else "all rows pass")
    rows = [asdict(row) for row in report.rows]
    return (1 if failed else 0), {"film": str(options.film), "rows": rows, "failed": failed}


def page(options: argparse.Namespace) -> Answer:
    """Rebuild the page of finished films, in each language asked for."""
    scripts = [load(options.script, name, drawn=False) for name in languages(options) or ("",)]
    shape = size(options, "1080p30")
    films = [scripts] if options.labels == "none" else [[script] for script in scripts]
    versions = [version for told in films for version in _versions(told, shape)]
    with Report() as report:
        cache = Cache.of(scripts[0].folder, report.say)
        give = options.single_file, options.youtube, report
        files = pipeline.write_page(versions, scripts[0], cache, *give)
    for path in files:
        tell(options, f"{path}  {path.stat().st_size / 1000:.0f} kB")
    return 0, {"files": [str(path) for path in files]}


def _versions(scripts: Sequence[Script], shape: Quality) -> list[LanguageVersion]:
    """A finished film in the languages that it has."""
    film = pipeline.film_path(scripts, shape)
    outputs.refuse_another(scripts[0], film)
    clocks = load_for_film(film)
    if not (film.is_file() and clocks):
        raise ScriptError.of(f"there is no {film} with its record", f"make it with: {command()}")
    return [LanguageVersion(clock, captions=segment(clock), path=film) for clock in clocks]


RUN: dict[str, Callable[[argparse.Namespace], Answer]] = {
    "film": making.film,
    "preview": making.film,
    "batch": making.batch,
    "watch": making.watch,
    "check": check,
    "plan": plan,
    "say": say,
    "still": still,
    "sheet": sheet,
    "verify": verify,
    "page": page,
    "voices": upkeep.voices,
    "doctor": upkeep.doctor,
    "clean": upkeep.clean,
}


def _language(options: argparse.Namespace) -> str:
    """The one language asked for; empty for the script's own."""
    names = languages(options)
    if len(names) > 1:
        raise ScriptError.of(f"{options.command} takes one language", f"as in --lang {names[0]}")
    return names[0] if names else ""


def _rows(
    options: argparse.Namespace, clock: Timeline, script: Script
) -> Mapping[str, tuple[Row, ...]]:
    return pipeline.burn_in_captions(segment(clock), clock, script) if options.burn_in else {}


def _timed(
    options: argparse.Namespace, script: Script, selection: str
) -> tuple[Timeline, dict[str, SceneTiming]]:
    """A script's clock and shots, with the selected part (or all) really spoken."""
    with Report() as report:
        cache = Cache.of(script.folder, report.say)
        scene = selection.partition(".")[0]
        narration.chosen(script, selection)
        speech = narration.speak(script, options.voice or (), cache, report, scene)
    clock = lay_out(script, speech, size(options, "1080p30").fps)
    return clock, scene_timings(clock, options.labels == "all")
