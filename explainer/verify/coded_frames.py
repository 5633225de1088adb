"""What the coded stream says of its frames, whatever the boxes say: shape, turns and colours.

Some players go by the one, some by the other.
"""

from __future__ import annotations

from collections.abc import Iterator

from av.video.frame import VideoFrame

from explainer.media.probe import BT709, LIMITED_RANGE
from explainer.verify.check import DecodedFrame, DeliveredPicture, FrameCheck
from explainer.verify.fault_ranges import FaultRanges
from explainer.verify.report import CheckResult, fault_result


class CodedFramesCheck:
    """Looks at what each frame says of itself."""

    def __init__(self, picture: DeliveredPicture) -> None:
        self._fps = picture.frame_format.fps
        self._aspect = picture.pixel_aspect
        self._found = FaultRanges()

    def add_frame(self, frame: DecodedFrame) -> None:
        """Look at the next frame."""
        for what in _faults(frame.frame):
            self._found.add(frame.number, what)

    def results(self) -> Iterator[CheckResult]:
        """One result."""
        faults = list(self._found.describe(self._fps))
        if self._aspect != 1:
            faults.insert(0, f"pixels of {self._aspect.numerator} to {self._aspect.denominator}")
        required = "square pixels, upright, bt709, limited range"
        yield fault_result("coded frames", faults, "as the boxes say", required)


def _faults(frame: VideoFrame) -> Iterator[str]:
    if frame.side_data.get("DISPLAYMATRIX"):
        yield "turned or mirrored"
    colours = frame.color_primaries, frame.color_trc, frame.colorspace
    if any(int(number) != BT709 for number in colours):
        yield "other colours than bt709"
    if int(frame.color_range) != LIMITED_RANGE:
        yield "full range"


CHECK = FrameCheck(("coded frames",), CodedFramesCheck)
