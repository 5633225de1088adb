"""A picture for every cue and every line's end, on one sheet."""

from __future__ import annotations

from explainer import outputs
from explainer.cli.arguments import Options
from explainer.cli.frames import captions_to_burn_in, find_waiting, speak_selection
from explainer.cli.output import CommandResult, echo
from explainer.draw import stills
from explainer.progress import Progress
from explainer.script.loader import load
from explainer.script.selection import select_lines


def run(options: Options) -> CommandResult:
    """Draw every cue and every line's last frame onto one sheet, of the film or a part of it."""
    selection = options.selection
    frame_format = options.frame_format("854x480@30")
    script = load(options.script, options.one_language(), selection)
    lines = select_lines(script.lines, selection)
    stills.require_room(sum(len(line.say.cues) + 1 for line in lines), frame_format)
    with Progress() as progress:
        timeline, timings = speak_selection(options, script, selection, progress)
    captions = captions_to_burn_in(options, timeline, script)
    keys = [line.key for line in lines]
    with Progress() as progress:
        place = find_waiting(script.folder, progress)
        picture = stills.sheet(script, timings, keys, frame_format, progress, captions, place)
    part = f"_{selection}" if selection else ""
    name = f"{script.name}{part}_sheet{script.language_suffix}{frame_format.suffix}.png"
    out = outputs.output_dir(script) / name
    outputs.claim(script, out)
    stills.save(picture, out)
    echo(options, str(out))
    return 0, {"sheet": str(out)}
