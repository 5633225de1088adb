"""VoiceoverScene: one `construct` that speaks by `with self.voiceover(…)`, as in manim-voiceover.

Each voiceover begins the next spoken line of the script, which lasts until the one after it; what
is played before the first is the picture of a silent line. What is said stands in the script: the
texts in the scene count only for where their bookmarks are.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from explainer.script.voiceover_text import Passage, read_text
from explainer.stage.errors import StageError
from explainer.stage.playhead import Playhead
from explainer.stage.scene import NarratedScene
from explainer.timeline.model import END
from explainer.timeline.scene_timing import LineTiming

ENDLESS = 500_000
"""Frames of a line whose picture is only measured: four hours, the longest that a film may be."""
SHOWN_CHARS = 40
"""Characters of a text that a message repeats."""


@dataclass(slots=True)
class VoiceoverPlayhead(Playhead):
    """Where a scene is; times add up exactly, so that a line is as long at any frame rate.

    `next` is the number of the line that the next voiceover looks at first. `new_line` makes lines
    for a scene that has none yet. Once something `overran` its line, nothing more is shown.
    """

    next: int = 0
    text: str = ""
    place: int = 0
    file: str = ""
    tracker: VoiceoverTracker | None = None
    passages: list[Passage] = field(default_factory=list)
    new_line: Callable[[str, int], LineTiming] | None = None
    overran: bool = False

    def count_frames(self, duration: float) -> int:
        """The whole frames until `duration` seconds more are over; the rest is kept for the next.

        Raises:
            StageError: if `duration` is negative.
        """
        if duration < 0:
            raise StageError(f"a time of {duration:g} s is less than nothing: give 0 or more")
        exact = self.frame + self.frame_remainder + duration * self.shot.fps
        frames = max(0, round(exact + 1e-6) - self.frame)
        if frames == self.line.frames - self.frame + 1:
            frames -= 1  # by rounding alone
        self.frame_remainder = exact - self.frame - frames
        return frames

    def count_moving_frames(self, duration: float) -> int:
        """The same: what moves takes no more frames than what stands still."""
        return self.count_frames(duration)

    def round_to_frames(self, duration: float) -> float:
        """The same time: `count_frames` rounds."""
        return duration

    def reserve_frames(self, frames: int) -> None:
        """See whether the line has so many frames left; from the first that has not, only measure.

        What all lines lack is told once the scene is over.
        """
        if frames > self.line.frames - self.frame:
            self.line = replace(self.line, frames=ENDLESS)
            self.overran = True

    @property
    def seconds(self) -> float:
        """How long the running line has gone on, to the fraction of a frame."""
        return (self.frame + self.frame_remainder) / self.shot.fps

    @property
    def measuring(self) -> bool:
        """Whether the running line is only measured."""
        return self.line.frames >= ENDLESS


class VoiceoverTracker:
    """What a voiceover may be asked for; all times are in seconds."""

    def __init__(self, playhead: VoiceoverPlayhead) -> None:
        self._playhead = playhead
        self._line = playhead.index
        self._speech_end = playhead.line.speech_end
        self.duration = self._speech_end / playhead.shot.fps
        """From the beginning of the line until its last word is over."""

    def __reduce__(self) -> tuple[Any, ...]:
        """All that a picture can depend on, for the hash of a scene's state."""
        return str, (f"voiceover {self._line} of {self.duration} s",)

    def get_remaining_duration(self, buff: float = 0.0) -> float:
        """How long it is spoken from now on, and `buff` more; at least 0."""
        return self._until(self._speech_end, buff)

    def time_until_bookmark(
        self, mark: str, buff: float = 0.0, limit: float | None = None
    ) -> float:
        """How long it is until a bookmark, and `buff` more; at least 0, and at most `limit`.

        Raises:
            StageError: if the text has no such bookmark, or the line no such cue.
        """
        playhead = self._playhead
        found = {each.mark: each for each in read_text(playhead.text).bookmarks}
        if mark not in found:
            known = ", ".join(found) or "none"
            raise StageError(f"the voiceover has no bookmark “{mark}”; its bookmarks: {known}")
        first, last = playhead.cue(found[mark].cue)
        left = self._until(first + found[mark].share * (last - first), buff)
        return left if limit is None else min(limit, left)

    def _until(self, frame: float, buff: float) -> float:
        """Seconds until a frame of its line, which may be over."""
        if self._playhead.index != self._line:
            return max(0.0, buff)
        return max(0.0, frame / self._playhead.shot.fps - self._playhead.seconds + buff)


class VoiceoverScene(NarratedScene):
    """A scene for manim-voiceover, with its `construct` as it was; `explainer port` brings it over.

    `VoiceoverScene` may stand beside any of Manim's scenes, before it or after it.
    """

    _playhead_type = VoiceoverPlayhead
    _playhead: VoiceoverPlayhead

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        playhead = self._playhead
        if playhead.line.speech_end:
            # there is no time before the first voiceover
            playhead.line = LineTiming("", 0, {})
        else:
            playhead.next = 1

    # -- for authors ------------------------------------------------------------------------

    def set_speech_service(self, speech_service: Any = None, **_: Any) -> None:
        """Nothing: the script says who speaks."""

    @contextlib.contextmanager
    def voiceover(
        self, text: str | None = None, ssml: str | None = None, **_: Any
    ) -> Iterator[VoiceoverTracker]:
        """Let the next line begin, and hold its picture at the end until its last word is over.

        Args:
            text: what was said; the line's own words stand in the script.
            ssml: the same, in its place.

        Raises:
            StageError: if there is neither, or the script has no line for it.
        """
        said = text if text is not None else ssml
        if said is None:
            raise StageError("a voiceover wants a text: write self.voiceover(text=…)")
        tracker = self._begin_voiceover(said)
        try:
            yield tracker
        except Exception:
            # the scene may go on from an error
            self.wait_for_voiceover()
            raise
        self.wait_for_voiceover()

    def add_voiceover_text(self, text: str, *_: Any, **__: Any) -> VoiceoverTracker:
        """Let the next line begin, and go on at once.

        Raises:
            StageError: if the script has no line for it.
        """
        return self._begin_voiceover(text)

    def add_voiceover_ssml(self, ssml: str, **_: Any) -> VoiceoverTracker:
        """The same, for a text with tags."""
        return self._begin_voiceover(ssml)

    def wait_for_voiceover(self) -> None:
        """Hold the picture until the last word is over."""
        if self.current_tracker:
            self.safe_wait(self.current_tracker.get_remaining_duration())

    def wait_until_bookmark(self, mark: str) -> None:
        """Hold the picture until a bookmark comes.

        Raises:
            StageError: if there is no voiceover yet, or no such bookmark.
        """
        if not self.current_tracker:
            raise StageError(f"there is no voiceover yet to have a bookmark “{mark}”")
        self.safe_wait(self.current_tracker.time_until_bookmark(mark))

    def safe_wait(self, duration: float) -> None:
        """Hold the picture for so many seconds, if that is longer than a frame."""
        if duration > 1 / self._playhead.shot.fps:
            self.wait(duration)

    @property
    def current_tracker(self) -> VoiceoverTracker | None:
        """The tracker of the voiceover that began last."""
        return self._playhead.tracker

    def play(self, *animations: Any, run_time: float | None = None, **kwargs: Any) -> None:
        """Play animations; what it has for a subcaption is not shown, and no time is a frame."""
        kwargs = {name: value for name, value in kwargs.items() if "subcaption" not in name}
        if run_time is not None and run_time >= 0:
            run_time = max(run_time, 1 / self._playhead.shot.fps)
        if self._in_film() and self._playhead.measuring:
            self.renderer.skip_animations = True
        super().play(*animations, run_time=run_time, **kwargs)

    def add_subcaption(self, *args: Any, **kwargs: Any) -> None:
        """Add a caption, under plain Manim; a film's captions are what is said."""
        if not self._in_film():
            super().add_subcaption(*args, **kwargs)

    add_wrapped_subcaption = add_subcaption

    # -- called by Manim, and to draw ---------------------------------------------------------

    def _set_up(self) -> None:
        """Set the scene up in its silent first line, if it has one: `setup` may play and speak."""
        if self._playhead.next:
            self._begin_line(0)
        super()._set_up()

    def _run_lines(self) -> None:
        """Run `construct`, and what of lines comes after it.

        Raises:
            StageError: if lines are too short, or have no voiceover.
        """
        playhead = self._playhead
        self.construct()
        self._end_passage()
        if playhead.overran:
            raise StageError(_too_short(playhead))
        if left := playhead.shot.lines[playhead.next :]:
            names = ", ".join(f"“{line.id}”" for line in left)
            raise StageError(f"construct has no voiceover for {names}: remove it from the script")

    def tear_down(self) -> None:
        """Hold the last picture until its line is over, under plain Manim."""
        if not self._in_film():
            self._end_passage()
        super().tear_down()

    def _begin_voiceover(self, text: str) -> VoiceoverTracker:
        """End the running line and begin the next that is spoken, showing silent ones before it."""
        self._end_passage()
        playhead = self._playhead
        called = _caller()
        while True:
            if playhead.new_line and playhead.next >= len(playhead.shot.lines):
                lines = (*playhead.shot.lines, playhead.new_line(text, playhead.next))
                playhead.shot = replace(playhead.shot, lines=lines)
            if playhead.next >= len(playhead.shot.lines):
                raise StageError(f"the script has no line for {_shown(text)}: {_ADD_LINE}")
            self._next_line()
            if playhead.line.speech_end:
                break
            self._end_passage()
        playhead.text = text
        playhead.file, playhead.place = called
        playhead.tracker = VoiceoverTracker(playhead)
        return playhead.tracker

    def _next_line(self) -> None:
        playhead = self._playhead
        index = playhead.next
        playhead.next = index + 1
        if playhead.overran:
            playhead.begin(index)
            playhead.line = replace(playhead.line, frames=ENDLESS)
            self.renderer.skip_animations = True
        else:
            self._begin_line(index)

    def _end_passage(self) -> None:
        """Note how long the running line went on, and hold its picture until it is over."""
        playhead = self._playhead
        frames = 0
        if playhead.line.id:
            frames = playhead.shot.lines[playhead.index].frames
        noted = playhead.line.id, playhead.text, playhead.place, playhead.seconds, frames
        playhead.passages.append(Passage(*noted, playhead.file))
        if not playhead.measuring:
            playhead.frame_remainder = 0.0
            NarratedScene.wait(self, until=END)


_ADD_LINE = "add one to it, or remove the voiceover"


def _caller() -> tuple[str, int]:
    """The file that calls for a voiceover, and the line in it."""
    frame = sys._getframe(1)
    while frame.f_back and frame.f_code.co_filename in (__file__, contextlib.__file__):
        frame = frame.f_back
    return frame.f_code.co_filename, frame.f_lineno


def _shown(text: str) -> str:
    plain = " ".join(text.split())
    return f"“{plain}”" if len(plain) <= SHOWN_CHARS else f"“{plain[:SHOWN_CHARS].rstrip()} …”"


def _too_short(playhead: VoiceoverPlayhead) -> str:
    """What is said of lines whose pictures take longer than their words and holds."""
    told = []
    for passage in playhead.passages:
        lacking = passage.seconds - passage.frames / playhead.shot.fps
        if lacking <= 1 / playhead.shot.fps or passage.frames >= ENDLESS:
            continue
        if passage.line:
            told.append(f"{lacking:.2f} s more to the hold of line “{passage.line}”")
        else:
            hold = f'{{id: opening, say: "", hold: {lacking:.2f}, show: …}}'
            told.append(f"a first line {hold} for what is played before the first voiceover")
    return f"pictures take longer than their lines: give {'; '.join(told)}"


class SpeechService:
    """What stands for the services of manim-voiceover in scenes; it speaks nothing."""

    def __init__(self, *_: Any, **__: Any) -> None:
        """Take whatever the service took."""


def get_gettext(*_: Any, **__: Any) -> Callable[[str], str]:
    """What stands for manim-voiceover's: texts stay as they are; translations are the script's."""
    return str
