"""Whether a film flashes more often than is safe: in light, or in saturated red."""

from __future__ import annotations

from collections.abc import Iterator

from explainer.spec import MAX_FLASHES
from explainer.verify.check import DecodedFrame, DeliveredPicture, FrameCheck
from explainer.verify.flash_detector import FlashDetector, FlashPeak
from explainer.verify.report import CheckResult


class FlashCheck:
    """Shows each frame to a detector of flashes."""

    def __init__(self, picture: DeliveredPicture) -> None:
        self._detector = FlashDetector(picture.frame_format.fps)

    def add_frame(self, frame: DecodedFrame) -> None:
        """Look at the next frame."""
        self._detector.add_frame(frame.cells)

    def results(self) -> Iterator[CheckResult]:
        """The worst flashes of light, and of red."""
        fps = self._detector.fps
        yield _result("flashes", self._detector.light, fps)
        yield _result("red flashes", self._detector.red, fps)


def _result(name: str, peak: FlashPeak, fps: int) -> CheckResult:
    required = f"at most {MAX_FLASHES} in any second, anywhere"
    if not peak.changes:
        return CheckResult(name, "none", required, True)
    measured = (
        f"{peak.changes / 2:g} in the second up to {peak.frame / fps:.2f} s, "
        f"{peak.x:.0%} from the left, {peak.y:.0%} from the top"
    )
    return CheckResult(name, measured, required, peak.ok)


CHECK = FrameCheck(("flashes", "red flashes"), FlashCheck)
