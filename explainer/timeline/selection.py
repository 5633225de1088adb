"""A part of a film by its name: `scene`, `scene.line` or `scene.line@cue`."""

from __future__ import annotations

from dataclasses import replace

from explainer.errors import ScriptError, choose_remedy
from explainer.timeline.model import END, TimedLine, Timeline, shifted
from explainer.timeline.scene_timing import line_timing, moment_frames


def select(timeline: Timeline, selection: str) -> Timeline:
    """The same lines with the same inner timing, cut down to `scene` or `scene.line`, from 0.

    Raises:
        ScriptError: if the selection names nothing in the timeline.
    """
    scene_id, _, line_id = selection.partition(".")
    for scene in timeline.scenes:
        lines = [ln for ln in scene.lines if not line_id or ln.id == line_id]
        if scene.id == scene_id and lines:
            cut = replace(scene, lines=tuple(shifted(line, -lines[0].start) for line in lines))
            return replace(timeline, name=selection, scenes=(cut,))
    names = [scene.id for scene in timeline.scenes] + [line.key for line in timeline.lines]
    raise ScriptError.of(f"the script has no “{selection}”", choose_remedy(selection, names))


def frame_at(timeline: Timeline, moment: str) -> tuple[TimedLine, int]:
    """The line of `scene.line`, and its last frame from its own start; or that of `@cue` in it.

    Raises:
        ScriptError: if the timeline has no such line or cue.
    """
    key, _, cue = moment.partition("@")
    line = next((line for line in timeline.lines if line.key == key), None)
    if line is None:
        keys = [line.key for line in timeline.lines]
        raise ScriptError.of(f"no line called “{key}”", choose_remedy(key, keys))
    found = moment_frames(line_timing(line, timeline.fps))
    if (cue or END) not in found:
        raise ScriptError.of(f"line {key} has no cue “{cue}”", f"its moments: {', '.join(found)}")
    return line, found[cue or END]
