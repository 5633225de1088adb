"""What a render would speak and draw, and why."""

from __future__ import annotations

from collections.abc import Sequence

from explainer import draw
from explainer.cache.store import Cache
from explainer.cli.arguments import Options
from explainer.cli.frames import captions_to_burn_in
from explainer.cli.output import CommandResult, echo
from explainer.narration.synthesize import cached_speech
from explainer.script.loader import load
from explainer.timeline.layout import lay_out
from explainer.timeline.scene_timing import scene_timings


def run(options: Options) -> CommandResult:
    """What a render would speak and draw, and why."""
    script = load(options.script, options.one_language())
    cache = Cache.of(script.folder)
    frame_format = options.frame_format("1080p30")
    speech, unspoken = cached_speech(script, options.voice, cache)
    timeline = lay_out(script, speech, frame_format.fps)
    captions = captions_to_burn_in(options, timeline, script)
    timings = scene_timings(timeline, options.draws_labels)
    voices = {line.key: line.voice for line in script.lines}
    lines: dict[str, dict[str, str]] = {}
    for line in timeline.lines:
        burnt = captions.get(line.key, ())
        reason = draw.stale_reason(script, timings, line.key, frame_format, cache, burnt)
        if line.key in unspoken:
            reason = "it is spoken anew"
        lines[line.key] = {"voice": unspoken.get(line.key, ""), "picture": reason}
        speaker = voices[line.key] if line.words else "silent"
        for part, why in lines[line.key].items():
            about = f"  ({speaker})" if speaker and part == "voice" else ""
            echo(options, f"{line.key:28} {part:8} {'MISS  ' + why if why else 'HIT'}{about}")
    spoken = sum(bool(reasons["voice"]) for reasons in lines.values())
    drawn, perhaps = _count_drawn([reasons["picture"] for reasons in lines.values()])
    more = f", and perhaps {perhaps} more" if perhaps else ""
    echo(options, f"a render would speak {spoken} and draw {drawn}{more} of {len(lines)} lines")
    return 0, {"quality": frame_format.name, "voice": speech.voice, "lines": lines}


def _count_drawn(reasons: Sequence[str]) -> tuple[int, int]:
    """How many pictures are drawn for sure, and how many perhaps, by the reasons for each."""
    perhaps = sum(reason.endswith(draw.MAYBE) for reason in reasons)
    return sum(map(bool, reasons)) - perhaps, perhaps
