"""Where a running scene is in its lines: the lines' frames and cues in, frames of a play out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from explainer.stage.errors import StageError
from explainer.timeline.model import END
from explainer.timeline.scene_timing import LineTiming, SceneTiming

MIN_WHOLE_FRAMES = 2
"""Plays of so many frames take whole frames each; the time of shorter ones adds up."""


@dataclass(slots=True)
class Playhead:
    """Where a scene is in its lines.

    `line` is the running line, `index` its number and `frame` the frames of it shown so far.
    `frame_remainder` is the time of short plays, in frames, that has not made a whole frame yet;
    `unused_cues` are those that no play has asked for, by line. `begin_line` is called with each
    line as it begins.
    """

    shot: SceneTiming
    begin_line: Callable[[LineTiming], None] | None
    line: LineTiming
    index: int = 0
    frame: int = 0
    frame_remainder: float = 0.0
    unused_cues: dict[str, set[str]] = field(default_factory=dict)

    def begin(self, index: int) -> None:
        """Go to the beginning of a line, by its number."""
        self.line = self.shot.lines[index]
        self.index = index
        self.frame = 0
        self.frame_remainder = 0.0
        self.unused_cues[self.line.id] = set(self.line.cues)

    def cue(self, name: str) -> tuple[int, int]:
        """The first frame of a cue's words and the one after their last.

        Raises:
            StageError: if the running line has no such cue.
        """
        if name == END:
            return self.line.frames, self.line.frames
        if name not in self.line.cues:
            known = ", ".join(self.line.cues) or "none"
            raise StageError(f"line “{self.line.id}” has no cue “{name}”; its cues: {known}")
        self.unused_cues[self.line.id].discard(name)
        return self.line.cues[name]

    def time_until(self, until: str) -> float:
        """Seconds from now until a cue, negative if it is past."""
        return (self.cue(until)[0] - self.frame) / self.shot.fps

    def count_frames(self, duration: float) -> int:
        """The whole frames that a play of `duration` seconds takes; short ones leave a remainder.

        Raises:
            StageError: if `duration` is negative.
        """
        if duration < 0:
            raise StageError(f"a time of {duration:g} s is less than nothing: give 0 or more")
        exact = duration * self.shot.fps
        if exact >= MIN_WHOLE_FRAMES - 1e-6:
            return round(exact)
        whole = round(exact)
        if abs(exact - whole) < 1e-6:
            return whole
        self.frame_remainder += exact
        frames = int(self.frame_remainder + 1e-6)
        self.frame_remainder -= frames
        return frames

    def count_moving_frames(self, duration: float) -> int:
        """The frames of a play that moves: as many as Manim draws, where the line has room for it.

        That is one more where the time is longer than whole frames, by however little.
        """
        frames = self.count_frames(duration)
        if duration * self.shot.fps < MIN_WHOLE_FRAMES - 1e-6 or duration == frames / self.shot.fps:
            return frames
        counted = len(np.arange(0, duration, 1 / self.shot.fps))
        return counted if counted <= self.line.frames - self.frame else frames

    def round_to_frames(self, duration: float) -> float:
        """Seconds rounded to whole frames, unless so short that they add up with others."""
        exact = duration * self.shot.fps
        return round(exact) / self.shot.fps if exact >= MIN_WHOLE_FRAMES - 1e-6 else duration

    def reserve_frames(self, frames: int) -> None:
        """Check that the line has so many frames left.

        Raises:
            StageError: if it has not.
        """
        left = self.line.frames - self.frame
        if frames > left:
            raise StageError(
                f"line “{self.line.id}” has {left / self.shot.fps:.2f} s left but this takes "
                f"{frames / self.shot.fps:.2f} s: shorten it, or give it by=“{END}”"
            )
