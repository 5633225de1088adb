"""Some frames of a line: its frames in, those that are wanted out, and what can be read in each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from explainer.draw.line_runner import StopScene
from explainer.stage.frame_sink import Frame

if TYPE_CHECKING:
    from explainer.stage.labels import LabelRecorder


@dataclass(frozen=True, slots=True)
class ChosenAnswer:
    """The frames that were wanted, RGBA of shape (height, width, 4), and the labels in each.

    `inputs` are what their scene has read, with their states, where that is asked for.
    """

    frames: list[Frame]
    labels: list[str]
    inputs: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class ChosenFrames:
    """Takes all frames of a line, and keeps those whose numbers are `wanted`.

    Without `labels`, the scene is stopped as soon as all of these are there.
    """

    wanted: tuple[int, ...]
    labels: bool
    found: dict[int, Frame] = field(default_factory=dict)
    at: int = 0

    def show(self, frame: Frame, repeat: int) -> None:
        """Take a frame that is shown `repeat` times."""
        for number in range(self.at, self.at + repeat):
            if number in self.wanted:
                self.found[number] = frame.copy()
        self.at += repeat
        if not self.labels and self.found.keys() >= {*self.wanted}:
            raise StopScene

    def answer(self, seen: LabelRecorder, fps: int) -> ChosenAnswer:
        """What was wanted, once the line is over."""
        frames = [self.found[number] for number in self.wanted]
        return ChosenAnswer(frames, _labels_at(self.wanted, seen, fps))


_ISOLATE, _END_OF_ISOLATE = "\u2068", "\u2069"
"""Around text that may run in the other direction."""


def _labels_at(frames: Sequence[int], seen: LabelRecorder, fps: int) -> list[str]:
    """The labels in sight in each frame, how large each is at most, and how long it is there."""
    sizes: dict[str, float] = {}
    for label in seen.labels():
        sizes[label.text] = max(label.size, sizes.get(label.text, 0))
    stays = [stay for stay in seen.stays() if not stay.header]
    said = []
    for stay in stays:
        seconds = (stay.last - stay.first + 1) / fps
        # set apart, so that one in Arabic or Hebrew does not turn its own size round
        text = f"{_ISOLATE}{stay.text}{_END_OF_ISOLATE}"
        said.append(f"{text} {sizes.get(stay.text, 0):.0f} px {seconds:.1f} s")
    return [
        ", ".join(
            text for stay, text in zip(stays, said, strict=True) if stay.first <= frame <= stay.last
        )
        for frame in frames
    ]
