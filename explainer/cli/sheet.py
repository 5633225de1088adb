"""A picture for every cue and every line's end, on one sheet."""

from __future__ import annotations

from explainer import outputs
from explainer.cli.arguments import Options
from explainer.cli.frames import captions_to_burn_in, speak_part
from explainer.cli.output import CommandResult, echo
from explainer.draw import stills
from explainer.progress import Progress
from explainer.script.loader import load
from explainer.script.selection import select_lines


def run(options: Options) -> CommandResult:
    """Draw every cue and every line's last frame onto one sheet, of the film or a part of it."""
    part, shape = options.selection, options.frame_format("854x480@30")
    script = load(options.script, options.one_language(), part)
    chosen = select_lines(script.lines, part)
    stills.demand_room(sum(len(line.say.cues) + 1 for line in chosen), shape)
    clock, shots = speak_part(options, script, part)
    rows = captions_to_burn_in(options, clock, script)
    with Progress() as progress:
        made = stills.sheet(script, shots, [line.key for line in chosen], shape, progress, rows)
    name = f"{script.name}{part and f'_{part}'}_sheet{script.language_suffix}{shape.suffix}.png"
    out = outputs.folder(script) / name
    outputs.claim(script, out)
    stills.save(made, out)
    echo(options, str(out))
    return 0, {"sheet": str(out)}
