"""The zone at the bottom of the picture where captions stand, which no text may enter."""

from __future__ import annotations

from collections.abc import Iterator

from explainer.clock import frame_ticks, seconds
from explainer.timeline.model import TimedLine, Timeline
from explainer.verify.check import DecodedFrame, DeliveredPicture, FrameCheck
from explainer.verify.report import NOT_JUDGED, CheckResult, first_faults, quoted

_REQUIRED = "no text of the picture in any frame"


class CaptionBandCheck:
    """Takes texts drawn there from the timeline; what was put there later, from the signatures."""

    def __init__(self, picture: DeliveredPicture) -> None:
        self._picture = picture

    def add_frame(self, frame: DecodedFrame) -> None:
        """Frames are looked at when they are held to their signatures."""

    def results(self) -> Iterator[CheckResult]:
        """One result, on the texts in the band in any frame."""
        timeline = self._picture.timeline
        if timeline is None:
            yield CheckResult("caption band", "", NOT_JUDGED, None)
            return
        yield self._judged(timeline)

    def _judged(self, timeline: Timeline) -> CheckResult:
        signed = self._picture.signed
        faults = [
            f"{', '.join(quoted(text) for text in texts)} "
            f"from {seconds(start):.2f} to {seconds(end):.2f} s ({line.key})"
            for line in timeline.lines
            for texts, start, end in _stays(line, frame_ticks(timeline.fps))
        ]
        faults += signed.band.describe(timeline.fps) if signed else ()
        if faults:
            measured = first_faults(faults)
            return CheckResult("caption band", measured, _REQUIRED, False, tuple(faults))
        if any(line.low_texts is None for line in timeline.lines):
            why = "not judged: its record does not say what was drawn there"
            return CheckResult("caption band", "", why, None)
        if signed is None or signed.wrong or not signed.seen:
            why = "not judged: no signatures to hold each frame to"
            return CheckResult("caption band", "", why, None)
        return CheckResult("caption band", f"clear in {signed.seen} frames", _REQUIRED, True)


def _stays(line: TimedLine, frame: int) -> Iterator[tuple[list[str], int, int]]:
    """The texts in the caption band, one after another as a number that runs, and their ticks."""
    texts: dict[str, None] = {}
    begin = end = 0
    for text, first, last in sorted(line.low_texts or (), key=lambda stay: stay[1]):
        if texts and first > end:
            yield list(texts), line.start + begin * frame, line.start + end * frame
            texts = {}
        begin, end = (begin, max(end, last + 1)) if texts else (first, last + 1)
        texts[text] = None
    if texts:
        yield list(texts), line.start + begin * frame, line.start + end * frame


CHECK = FrameCheck(("caption band",), CaptionBandCheck)
