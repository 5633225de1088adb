"""The colours of a film against those that were drawn, by the means of the parts of its picture."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from explainer.clock import frame_ticks, seconds
from explainer.media import colour_signature
from explainer.spec import (
    MAX_COLOUR_SHIFT,
    MAX_COLOUR_SHIFT_COPY,
    MAX_COLOUR_SHIFT_SMALL,
    SMALL_PICTURE,
)
from explainer.timeline.model import Timeline
from explainer.verify.check import DecodedFrame, DeliveredPicture, FrameCheck
from explainer.verify.report import NOT_JUDGED, CheckResult

MIN_PICTURE = 360
"""Pixels of the short side of a picture under which edges change its colours too much to tell."""


class ColourCheck:
    """Compares the frames whose colours the timeline notes."""

    def __init__(self, picture: DeliveredPicture) -> None:
        self._timeline = picture.timeline
        self._is_copy = picture.film.is_small_copy
        self._short_side = min(picture.frame_format.width, picture.frame_format.height)
        self._noted = _colours_by_frame(self._timeline) if self._timeline else {}
        # by frame and line: how far off, of 255
        self._differences: dict[tuple[int, str], int] = {}

    def add_frame(self, frame: DecodedFrame) -> None:
        """Compare the next frame."""
        for line, colours in self._noted.get(frame.number, ()):
            found = colour_signature.signature(frame.pixels)
            self._differences[frame.number, line] = colour_signature.max_difference(found, colours)

    def results(self) -> Iterator[CheckResult]:
        """One result, on the frame that is farthest off."""
        if self._timeline is None:
            yield CheckResult("colours", "", NOT_JUDGED, None)
            return
        yield self._judged(self._timeline)

    def _judged(self, timeline: Timeline) -> CheckResult:
        is_small = self._short_side < SMALL_PICTURE
        most = MAX_COLOUR_SHIFT_SMALL if is_small else MAX_COLOUR_SHIFT
        if self._is_copy:
            most = MAX_COLOUR_SHIFT_COPY
        required = f"as drawn, within {most} of 255"
        count = sum(len(line.swatches) for line in timeline.lines)
        differences = self._differences
        if not count:
            why = "not judged: none are noted in the timeline"
            return CheckResult("colours", "", why, None)
        if len(differences) < count:
            measured = f"{len(differences)} of {count} pictures are there"
            return CheckResult("colours", measured, required, False)
        if self._short_side < MIN_PICTURE:
            why = f"not judged: a picture under {MIN_PICTURE} px is too small"
            return CheckResult("colours", "", why, None)
        (number, line), worst = max(differences.items(), key=lambda item: item[1])
        at = f"{line} at {seconds(number * frame_ticks(timeline.fps)):.2f} s"
        measured = f"{worst} of 255 off in {at}, at worst of {count}"
        return CheckResult("colours", measured, required, worst <= most)


def _colours_by_frame(timeline: Timeline) -> dict[int, list[tuple[str, str]]]:
    """The colours that each frame of the film should have, with its line."""
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for line in timeline.lines:
        first = line.start // frame_ticks(timeline.fps)
        for frame, colours in line.swatches:
            found[first + frame].append((line.key, colours))
    return found


CHECK = FrameCheck(("colours",), ColourCheck)
