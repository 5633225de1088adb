"""What a film is drawn at: a name, or `WIDTHxHEIGHT@FPS`, in; size, rate and encoder preset out."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from explainer.clock import TICKS
from explainer.errors import ScriptError

SMALL_MARK = ".540p"
"""What stands in the name of a film's smaller copy, beside it, for slow lines and phones."""
SMALL_SIDE = 540
"""Pixels of the short side of a smaller copy."""
LEAST_SIDE = 720
"""The short side from which on a smaller copy is worth making."""


@dataclass(frozen=True, slots=True)
class EncoderPreset:
    """How x264 encodes: its preset by name, and the constant rate factor (lower is better)."""

    # nearly as like as medium at 18, a sixth larger, in a third of the time: bench/RESULTS.md
    preset: str = "superfast"
    crf: int = 21


SMALL_ENCODER = EncoderPreset("veryfast", 25)
"""About a fifth of the bytes of a film at 1080p30, at the size of its smaller copy."""


@dataclass(frozen=True, slots=True)
class FrameFormat:
    """Width and height in pixels, frames a second, and how frames of this format are encoded.

    `suffix` sets the files of a film in another aspect apart, as in `-9x16`.
    """

    name: str
    width: int
    height: int
    fps: int
    encoder: EncoderPreset = EncoderPreset()
    suffix: str = ""

    @property
    def is_draft(self) -> bool:
        """Whether it is for looking at what is being made, in any aspect."""
        return self.name.startswith("draft")

    @property
    def scale(self) -> float:
        """Pixels of this format in one of a format whose short side has 1080."""
        return min(self.width, self.height) / 1080

    @property
    def small(self) -> FrameFormat | None:
        """The format of the smaller copy of a film; None where that would save little."""
        side = min(self.width, self.height)
        if side < LEAST_SIDE:
            return None
        width, height = (
            2 * round(pixels * SMALL_SIDE / side / 2) for pixels in (self.width, self.height)
        )
        return FrameFormat("540p", width, height, self.fps, SMALL_ENCODER)

    @property
    def of_tracks(self) -> tuple[FrameFormat, ...]:
        """The formats of a line's clip, a track for each: this one, then the smaller copy's."""
        return (self, self.small) if self.small else (self,)

    @property
    def caption_band(self) -> tuple[int, int]:
        """Top and bottom pixel row of the caption band, which scenes keep free.

        An upright picture keeps it higher, above what phones lay over their lower edge.
        """
        margin = 280 if self.height > self.width else 40
        bottom = self.height - margin * self.scale
        return round(bottom - 140 * self.scale), round(bottom)


FRAME_FORMATS = {
    known.name: known
    for known in (
        FrameFormat("draft", 854, 480, 15, EncoderPreset(crf=23)),
        FrameFormat("720p30", 1280, 720, 30),
        FrameFormat("1080p30", 1920, 1080, 30),
        FrameFormat("1080p60", 1920, 1080, 60),
        FrameFormat("4k60", 3840, 2160, 60),
    )
}
"""The formats that have a name of their own, by it."""

ASPECTS = {"16:9": (16, 9), "9:16": (9, 16), "1:1": (1, 1)}
"""The aspects that are offered, as width to height."""

_FREE_SIZE_ENCODER = EncoderPreset("veryfast", 20)


def find_format(name: str) -> FrameFormat:
    """The format called `name`, or that of a size and rate written as `WIDTHxHEIGHT@FPS`.

    Raises:
        ScriptError: for a name that is neither, an odd size, or a rate of which 48,000 ticks a
            second are no whole multiple.
    """
    if name in FRAME_FORMATS:
        return FRAME_FORMATS[name]
    match = re.fullmatch(r"(\d{2,4})x(\d{2,4})@(\d{1,2})", name)
    if not match:
        raise ScriptError.of(
            f"no quality called “{name}”",
            f"choose one of {', '.join(FRAME_FORMATS)}, or a size of your own such as 640x360@15",
        )
    width, height, fps = map(int, match.groups())
    if width % 2 or height % 2 or not fps or TICKS % fps:
        raise ScriptError.of(
            f"“{name}” cannot be encoded",
            "width and height must be even, and the speed 10, 12, 15, 20, 24, 25, 30, 48, 50 or 60",
        )
    for one in FRAME_FORMATS.values():
        for aspect in ASPECTS:
            known = with_aspect(one, aspect)
            if (known.width, known.height, known.fps) == (width, height, fps):
                return known
    return FrameFormat(name, width, height, fps, _FREE_SIZE_ENCODER)


def with_aspect(frame_format: FrameFormat, aspect: str) -> FrameFormat:
    """The same format in another aspect: its short side stays as long as it was.

    Raises:
        ScriptError: for an aspect that is not offered.
    """
    if aspect not in ASPECTS:
        raise ScriptError.of(f"no aspect “{aspect}”", f"choose one of {', '.join(ASPECTS)}")
    if aspect == "16:9":
        return frame_format
    name = frame_format.name.removesuffix(frame_format.suffix)
    across, down = ASPECTS[aspect]
    short, long = sorted((frame_format.width, frame_format.height))
    width = long if across == 16 else short
    height = long if down == 16 else short
    suffix = f"-{across}x{down}"
    return replace(frame_format, name=name + suffix, width=width, height=height, suffix=suffix)
