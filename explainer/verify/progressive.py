"""Whether each frame is one picture, not two fields of different moments."""

from __future__ import annotations

from collections.abc import Iterator

from explainer.verify.check import DecodedFrame, DeliveredPicture, FrameCheck
from explainer.verify.report import CheckResult


class ProgressiveCheck:
    """Counts frames that are interlaced."""

    def __init__(self, _picture: DeliveredPicture) -> None:
        self._interlaced = 0

    def add_frame(self, frame: DecodedFrame) -> None:
        """Look at the next frame."""
        self._interlaced += frame.frame.interlaced_frame

    def results(self) -> Iterator[CheckResult]:
        """One result."""
        count = self._interlaced
        measured = f"{count} frames of two fields" if count else "whole frames"
        yield CheckResult("progressive", measured, "whole frames", not count)


CHECK = FrameCheck(("progressive",), ProgressiveCheck)
