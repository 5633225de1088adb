"""The sizes and speeds a film can be drawn at."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from explainer.clock import TICKS
from explainer.errors import ScriptError


@dataclass(frozen=True, slots=True)
class Quality:
    """A picture's width and height in pixels, its frames a second, and the encoder's settings.

    `suffix` sets the files of a film in another aspect apart.
    """

    name: str
    width: int
    height: int
    fps: int
    # nearly as like as medium at 18, a sixth larger, in a third of the time: bench/RESULTS.md
    preset: str = "superfast"
    crf: int = 21
    suffix: str = ""

    @property
    def unit(self) -> float:
        """Pixels of this picture in one of a picture whose short side has 1080."""
        return min(self.width, self.height) / 1080

    @property
    def band(self) -> tuple[int, int]:
        """Top and bottom row of the caption band, which scenes keep free.

        An upright picture keeps it higher, above what phones lay over their lower edge.
        """
        bottom = self.height - (280 if self.height > self.width else 40) * self.unit
        return round(bottom - 140 * self.unit), round(bottom)


QUALITIES = {
    q.name: q
    for q in (
        Quality("draft", 854, 480, 15, preset="superfast", crf=23),
        Quality("720p30", 1280, 720, 30),
        Quality("1080p30", 1920, 1080, 30),
        Quality("1080p60", 1920, 1080, 60),
        Quality("4k60", 3840, 2160, 60),
    )
}


ASPECTS = {"16:9": (16, 9), "9:16": (9, 16), "1:1": (1, 1)}


def quality(name: str) -> Quality:
    """The quality called `name`, or that of a size and speed written as `WIDTHxHEIGHT@FPS`.

    Raises:
        ScriptError: for a name that is neither, an odd size or a speed that 48,000 ticks a second
            does not hold in whole frames.
    """
    if name in QUALITIES:
        return QUALITIES[name]
    match = re.fullmatch(r"(\d{2,4})x(\d{2,4})@(\d{1,2})", name)
    if not match:
        raise ScriptError.of(
            f"no quality called “{name}”",
            f"choose one of {', '.join(QUALITIES)}, or a size of your own such as 640x360@15",
        )
    width, height, fps = map(int, match.groups())
    if width % 2 or height % 2 or not fps or TICKS % fps:
        raise ScriptError.of(
            f"“{name}” cannot be encoded",
            "width and height must be even, and the speed 10, 12, 15, 20, 24, 25, 30, 48, 50 or 60",
        )
    for known in (shaped(one, aspect) for one in QUALITIES.values() for aspect in ASPECTS):
        if (known.width, known.height, known.fps) == (width, height, fps):
            return known
    return Quality(name, width, height, fps, preset="veryfast", crf=20)


def shaped(made: Quality, aspect: str) -> Quality:
    """The same quality in another aspect: its short side stays as long as it was.

    Raises:
        ScriptError: for an aspect that is not offered.
    """
    if aspect not in ASPECTS:
        raise ScriptError.of(f"no aspect “{aspect}”", f"choose one of {', '.join(ASPECTS)}")
    if aspect == "16:9":
        return made
    if made.suffix:
        made = replace(made, name=made.name.removesuffix(made.suffix))
    across, down = ASPECTS[aspect]
    short, long = sorted((made.width, made.height))
    width, height = (long if side == 16 else short for side in (across, down))
    suffix = f"-{across}x{down}"
    return replace(made, name=made.name + suffix, width=width, height=height, suffix=suffix)
