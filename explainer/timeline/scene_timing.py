"""What a scene may know of the film's time: each line's frames, and the frames of its cues."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from explainer.cache import tracing
from explainer.cache.inputs import value_state
from explainer.clock import frame_ticks, nearest_frame
from explainer.timeline.model import END, TimedLine, Timeline


@dataclass(frozen=True, slots=True)
class LineTiming:
    """What a scene may know of a line's time: its frames, each cue's (first, last + 1) frame.

    `speech_end` is the frame after its last word's; 0 in a silent line.
    """

    id: str
    frames: int
    cues: Mapping[str, tuple[int, int]]
    speech_end: int = 0

    @property
    def times(self) -> list[object]:
        """All its times, in the form that JSON holds."""
        cues = sorted([name, *frames] for name, frames in self.cues.items())
        return [self.frames, cues, self.speech_end]


@dataclass(frozen=True, slots=True)
class SceneTiming:
    """What the stage needs of a scene: its lines' shots and its place in the film's outline.

    `outline` is the scene's index and all scenes' titles; where a scene asks for them, they are
    noted as inputs. `texts` are the labels that the script gives, by name; they are not drawn
    unless `labelled`.
    """

    id: str
    outline: tuple[int, tuple[str, ...]]
    fps: int
    lines: tuple[LineTiming, ...]
    texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    labelled: bool = True

    @property
    def index(self) -> int:
        """Which of the film's scenes this is, from 0."""
        tracing.note("outline", "", value_state(self.outline))
        return self.outline[0]

    @property
    def titles(self) -> tuple[str, ...]:
        """The titles of all of the film's scenes."""
        tracing.note("outline", "", value_state(self.outline))
        return self.outline[1]


def scene_timings(timeline: Timeline, labelled: bool = True) -> dict[str, SceneTiming]:
    """Each scene's shot, by scene id; times are counted in frames from the line's own start."""
    titles, fps = tuple(scene.title for scene in timeline.scenes), timeline.fps
    texts = {name: each for line in timeline.lines for name, each in line.texts.items()}
    made = {}
    for index, scene in enumerate(timeline.scenes):
        lines = tuple(line_timing(line, fps) for line in scene.lines)
        made[scene.id] = SceneTiming(scene.id, (index, titles), fps, lines, texts, labelled)
    return made


def line_timing(line: TimedLine, fps: int) -> LineTiming:
    """A line's time in frames from its own start; each cue has at least one frame."""
    frames = (line.end - line.start) // frame_ticks(fps)
    cues = {}
    for cue in line.cues:
        first, last = (nearest_frame(at - line.start, fps) for at in (cue.start, cue.end))
        cues[cue.name] = (min(first, frames - 1), min(max(last, first + 1), frames))
    spoken = line.speech_end > line.speech_start
    speech_end = nearest_frame(line.speech_end - line.start, fps) if spoken else 0
    return LineTiming(line.id, frames, cues, min(speech_end, frames))


def moment_frames(shot: LineTiming) -> dict[str, int]:
    """The frame, from the line's own start, that `LINE@CUE` means, by cue; and that of its end.

    A cue means the last frame of its words, in which what it names is to be seen.
    """
    return {**{name: last - 1 for name, (_, last) in shot.cues.items()}, END: shot.frames - 1}
