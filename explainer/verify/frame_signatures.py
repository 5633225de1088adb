"""Each frame of a film held to its signature, made as it was drawn."""

from __future__ import annotations

from collections.abc import Iterator

from explainer.verify.check import DecodedFrame, DeliveredPicture, FrameCheck
from explainer.verify.report import CheckResult


class FrameSignatureCheck:
    """Shows each frame to what holds it to its signature."""

    def __init__(self, picture: DeliveredPicture) -> None:
        self._signed = picture.signed
        self._fps = picture.frame_format.fps

    def add_frame(self, frame: DecodedFrame) -> None:
        """Hold the next frame to its signature."""
        if self._signed:
            self._signed.add_frame(frame.frame, frame.sums)

    def results(self) -> Iterator[CheckResult]:
        """Nothing where there are no signatures, which another check reports."""
        if self._signed:
            yield from self._signed.results(self._fps)


CHECK = FrameCheck(("frames", "sharpness", "poster", "order of frames"), FrameSignatureCheck)
