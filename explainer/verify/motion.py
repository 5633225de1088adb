"""How much of a picture stands still: its frames in, the share of those that are frozen out.

A frame is frozen if it hardly differs from the one before, below the header, which moves by itself.
"""

from __future__ import annotations

from collections.abc import Iterator

import av
import numpy as np
from numpy.typing import NDArray

from explainer.clock import frame_ticks, seconds
from explainer.media.signature import plane_pixels
from explainer.spec import FROZEN_BELOW, FROZEN_LUMA_STEP, MOTION_TOP
from explainer.timeline.labels import REFERENCE_SIDE
from explainer.verify.check import DecodedFrame, DeliveredPicture, FrameCheck
from explainer.verify.report import CheckResult

_LUMA_PLANES = {"yuv420p", "yuvj420p", "yuv422p", "yuv444p", "nv12"}
"""Pixel formats whose first plane holds a byte of luma for each pixel."""
_ROW_STEP = 8
"""Every so many rows are compared first."""
_ROWS_AT_ONCE = 64
"""Rows that are compared at a time, few enough to stay near the processor."""


class MotionCheck:
    """Compares each frame's luma with that of the frame before."""

    def __init__(self, picture: DeliveredPicture) -> None:
        self._fps = picture.frame_format.fps
        self._before: NDArray[np.uint8] | None = None
        self._frames = 0
        self._frozen = 0
        self._run = 0
        self._longest = 0

    def add_frame(self, frame: DecodedFrame) -> None:
        """Count the next frame, and whether it is frozen; the first never is."""
        luma = luma_below_header(frame.frame)
        is_frozen = self._before is not None and is_frozen_after(self._before, luma)
        self._frames += 1
        self._frozen += is_frozen
        self._run = self._run + 1 if is_frozen else 0
        self._longest = max(self._longest, self._run)
        self._before = luma

    def results(self) -> Iterator[CheckResult]:
        """The share of frozen frames, which is stated and not judged."""
        share = self._frozen / max(1, self._frames)
        longest = seconds(self._longest * frame_ticks(self._fps))
        measured = f"{share:.1%} of frames stand still, for {longest:.1f} s at most"
        yield CheckResult("motion", measured, "stated", True)


def luma_below_header(frame: av.VideoFrame) -> NDArray[np.uint8]:
    """The luma of a frame below the header, shape (rows, columns): a view that keeps the frame."""
    if frame.format.name in _LUMA_PLANES:
        luma = plane_pixels(frame.planes[0])
    else:
        luma = np.asarray(frame.to_ndarray(format="gray"), np.uint8)
    top = round(min(frame.width, frame.height) * MOTION_TOP / REFERENCE_SIDE)
    return luma[top:]


def is_frozen_after(before: NDArray[np.uint8], luma: NDArray[np.uint8]) -> bool:
    """Whether a frame hardly differs from the one before it, both of one shape."""
    if before.shape != luma.shape:
        return False
    limit = FROZEN_BELOW * luma.size
    # of most frames that move, a few rows differ in more pixels than a frozen frame may
    if _count_apart(before[::_ROW_STEP], luma[::_ROW_STEP]) >= limit:
        return False
    apart = 0
    for row in range(0, len(luma), _ROWS_AT_ONCE):
        rows = slice(row, row + _ROWS_AT_ONCE)
        apart += _count_apart(before[rows], luma[rows])
        if apart >= limit:
            return False
    return True


def _count_apart(before: NDArray[np.uint8], luma: NDArray[np.uint8]) -> int:
    """How many pixels differ by more than a step."""
    apart = np.maximum(before, luma)
    apart -= np.minimum(before, luma)
    return int(np.count_nonzero(apart > FROZEN_LUMA_STEP))


CHECK = FrameCheck(("motion",), MotionCheck)
