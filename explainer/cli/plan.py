"""What a render would speak and draw, and why."""

from __future__ import annotations

from explainer import draw, narration
from explainer.cache import Cache
from explainer.cli.arguments import Options
from explainer.cli.frames import captions_to_burn_in
from explainer.cli.output import CommandResult, echo
from explainer.script.loader import load
from explainer.timeline.layout import lay_out
from explainer.timeline.scene_timing import scene_timings


def run(options: Options) -> CommandResult:
    """What a render would speak and draw, and why."""
    script = load(options.script, options.one_language())
    cache, shape = Cache.of(script.folder), options.frame_format("1080p30")
    speech, unspoken = narration.kept(script, options.voice, cache)
    clock = lay_out(script, speech, shape.fps)
    rows = captions_to_burn_in(options, clock, script)
    shots = scene_timings(clock, options.draws_labels)
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
            echo(options, f"{line.key:28} {what:8} {'MISS  ' + why if why else 'HIT'}{about}")
    speak = sum(bool(fates["voice"]) for fates in lines.values())
    pictures = [fates["picture"] for fates in lines.values()]
    maybe = sum(why.endswith(draw.MAYBE) for why in pictures)
    drawn = sum(map(bool, pictures)) - maybe
    more = f", and perhaps {maybe} more" if maybe else ""
    echo(options, f"a render would speak {speak} and draw {drawn}{more} of {len(lines)} lines")
    return 0, {"quality": shape.name, "voice": speech.voice, "lines": lines}
