"""A part or a moment of a film in time: a timeline and `SCENE[.LINE][@CUE]` in, its part out."""

from __future__ import annotations

from dataclasses import replace

from explainer.errors import ScriptError
from explainer.script.selection import Selection, find_line, select_lines
from explainer.timeline.model import END, TimedLine, Timeline, shifted
from explainer.timeline.scene_timing import line_timing, moment_frames


def select(timeline: Timeline, selection: str) -> Timeline:
    """The same lines with the same inner timing, cut down to `scene` or `scene.line`, from 0.

    An empty selection is the whole film.

    Raises:
        ScriptError: if the selection names nothing in the timeline.
    """
    if not selection:
        return timeline
    lines = select_lines(timeline.lines, selection)
    scene = next(scene for scene in timeline.scenes if scene.id == lines[0].scene)
    start = lines[0].start
    part = replace(scene, lines=tuple(shifted(line, -start) for line in lines))
    return replace(timeline, name=selection, scenes=(part,), is_part=True)


def select_frame(timeline: Timeline, moment: str) -> tuple[TimedLine, int]:
    """The line that a moment is in, and the moment's frame, counted from the line's own start.

    `scene.line` is the line's last frame, `scene.line@cue` the last frame of the cue's words.

    Raises:
        ScriptError: if the timeline has no such line or cue.
    """
    selection = Selection.parse(moment)
    line = find_line(timeline.lines, selection.key)
    frames = moment_frames(line_timing(line, timeline.fps))
    cue = selection.cue or END
    if cue not in frames:
        what = f"line {line.key} has no cue “{selection.cue}”"
        raise ScriptError.of(what, f"its moments: {', '.join(frames)}")
    return line, frames[cue]
