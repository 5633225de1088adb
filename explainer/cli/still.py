"""One frame of a film as a PNG."""

from __future__ import annotations

from explainer import outputs
from explainer.cli.arguments import Options
from explainer.cli.frames import captions_to_burn_in, find_waiting, speak_selection
from explainer.cli.output import CommandResult, echo
from explainer.draw import stills
from explainer.errors import ScriptError
from explainer.progress import Progress
from explainer.script.loader import load
from explainer.script.selection import Selection
from explainer.timeline.selection import select_frame


def run(options: Options) -> CommandResult:
    """Draw one frame: the last of a line, or the one at a cue."""
    selection = Selection.parse(options.moment)
    key = selection.key
    if not selection.line:
        raise ScriptError.of(f"“{key}” is not a line", "name one as scene.line or scene.line@cue")
    script = load(options.script, options.one_language(), key)
    timeline, timings = speak_selection(options, script, key)
    _, frame = select_frame(timeline, options.moment)
    frame_format = options.frame_format("1080p30")
    captions = captions_to_burn_in(options, timeline, script).get(key, ())
    with Progress() as progress:
        place = find_waiting(script.folder, progress)
    (picture,) = stills.isolated_stills(
        script, timings, key, [frame], frame_format, captions, place
    )
    name = f"{script.name}_{options.moment}{script.language_suffix}{frame_format.suffix}.png"
    out = outputs.output_dir(script) / "stills" / name
    outputs.claim(script, out)
    stills.save(picture, out)
    echo(options, str(out))
    return 0, {"still": str(out), "frame": frame, "fps": timeline.fps}
