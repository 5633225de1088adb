"""The frames of a film held to their signatures: decoded frames in, results out.

The signatures are read as a stream; what is kept in memory does not grow with the film.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from av.video.reformatter import Colorspace, VideoReformatter
from numpy.typing import NDArray
from PIL import Image

from explainer.errors import error_text
from explainer.frame_format import FrameFormat
from explainer.media import signature
from explainer.media.signature import CellSums, FrameSignature, Grid
from explainer.media.signature_file import SignatureFile, UnreadableSignatures
from explainer.spec import (
    MAX_COPY_DETAIL_CHANGE,
    MAX_COPY_FRAME_DETAIL_CHANGE,
    MAX_COPY_MEAN_DIFFERENCE,
    MAX_COPY_PART_DIFFERENCE,
    MAX_DETAIL_CHANGE,
    MAX_FRAME_DETAIL_CHANGE,
    MAX_MEAN_DIFFERENCE,
    MAX_PART_DIFFERENCE,
)
from explainer.verify.fault_ranges import FaultRanges
from explainer.verify.report import CheckResult, fault_result

_MIN_PART_DETAIL = 16.0
_MIN_FRAME_DETAIL = 2.0
"""Detail under which nothing is said of a part, and of a whole frame."""
_NEARER = 3.0
"""How much nearer a frame is to another's signature than to its own when it is in its place."""
_MIN_FRAME_DISTANCE = 0.1
"""How far two frames lie apart, as a mean square over parts, that can be told from each other."""


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far a coded frame may be from what was drawn.

    `part` and `mean` are of 255, in a part and in the mean of a channel; `detail` and
    `frame_detail` are decibels of fine detail, in a part and in the whole.
    """

    part: int
    mean: float
    detail: float
    frame_detail: float


OF_FILM = Tolerance(
    MAX_PART_DIFFERENCE, MAX_MEAN_DIFFERENCE, MAX_DETAIL_CHANGE, MAX_FRAME_DETAIL_CHANGE
)
OF_SMALL_COPY = Tolerance(
    MAX_COPY_PART_DIFFERENCE,
    MAX_COPY_MEAN_DIFFERENCE,
    MAX_COPY_DETAIL_CHANGE,
    MAX_COPY_FRAME_DETAIL_CHANGE,
)


class SignedFrames:
    """The frames of a film as they are decoded, each held to its signature."""

    def __init__(
        self,
        signatures: SignatureFile,
        poster: Path | None = None,
        tolerance: Tolerance = OF_FILM,
    ) -> None:
        """Hold frames to `signatures`, and to what frames a `poster` may be one of."""
        self.tolerance = tolerance
        self.header = signatures.header
        self.grid = Grid(self.header.width, self.header.height)
        self.seen = 0
        """How many frames were added."""
        self.wrong = ""
        """Why the signatures cannot be used; empty if they can."""
        self.band = FaultRanges()
        """What of the faults lies in the caption band."""
        self.faults = FaultRanges()
        self.order = FaultRanges()
        self._sharpness = FaultRanges()
        top, bottom = FrameFormat("", self.header.width, self.header.height, 1).caption_band
        self._in_band = slice(top // self.grid.cell, -(-bottom // self.grid.cell))
        self._poster: FrameSignature | None = None
        self._poster_fault = ""
        self._poster_at: int | None = None
        if poster:
            try:
                self._poster = _poster_signature(poster, self.grid)
            except (OSError, ValueError, SyntaxError) as error:
                self._poster_fault = f"{poster.name} {error}"
        # the greatest that were seen
        self._part_difference = 0
        self._mean_difference = 0.0
        self._detail_change = 0.0
        self._frame_detail_change = 0.0
        self._scaler = VideoReformatter()
        self._signatures = signatures.frames()
        self._before: FrameSignature | None = None
        self._now = self._next_signature()
        self._next = self._next_signature()

    def _next_signature(self) -> FrameSignature | None:
        try:
            return next(self._signatures, None)
        except UnreadableSignatures as error:
            self.wrong = error_text(error)
            return None

    def add_frame(self, frame: av.VideoFrame, sums: CellSums | None = None) -> None:
        """Hold the next frame to its signature; of a yuv420p frame's cells there may be `sums`."""
        number = self.seen
        self.seen += 1
        if self.wrong:
            return
        if (frame.width, frame.height) != (self.grid.width, self.grid.height):
            size = f"{self.grid.width}x{self.grid.height}"
            self.wrong = f"it is of a picture of {size}, not {frame.width}x{frame.height}"
            return
        if self._now is None:
            self.order.add(number, "a frame too many")
            return
        if frame.format.name != "yuv420p":
            frame = self._scaler.reformat(frame, format="yuv420p")
            sums = None
        made = self.grid.sign(frame, sums)
        if self._poster is not None and self._poster_at is None:
            *differences, _ = self.grid.split(made.astype(np.int16) - self._poster)
            if max(np.abs(channel).max() for channel in differences) <= self.tolerance.part:
                self._poster_at = number
        self._hold(number, made, self._now)
        self._before = self._now
        self._now = self._next
        self._next = self._next_signature()

    def _hold(self, number: int, made: FrameSignature, required: FrameSignature) -> None:
        *channels, detail = self.grid.split(made.astype(np.int16) - required)
        off = np.concatenate(channels)
        worst = int(np.abs(off).max())
        mean = max(abs(float(channel.mean())) for channel in channels)
        self._part_difference = max(self._part_difference, worst)
        self._mean_difference = max(self._mean_difference, mean)
        neighbours = [(self._before, "before"), (self._next, "after")]
        if worst > self.tolerance.part or mean > self.tolerance.mean:
            for other, which in neighbours:
                if other is not None and _differ_little(made, other, self.tolerance):
                    self.order.add(number, f"the frame {which} it in place of one")
                    return
            self.faults.add(number, self._describe(made, off))
            in_band = channels[0].reshape(self.grid.luma_shape)[self._in_band]
            if np.abs(in_band).max() > self.tolerance.part:
                self.band.add(number, "what was not drawn")
            return
        if detail.any():
            self._hold_detail(number, self.grid.split(made)[3], self.grid.split(required)[3])
        own = float(np.square(off).mean())
        # light and colour, without detail
        made = made[: len(off)]
        required = required[: len(off)]
        for other, which in neighbours:
            if other is None:
                continue
            other = other[: len(off)]
            if float(np.square(other.astype(np.int16) - required).mean()) < _MIN_FRAME_DISTANCE:
                continue
            if float(np.square(made.astype(np.int16) - other).mean()) * _NEARER < own:
                self.order.add(number, f"the frame {which} it in place of one")

    def _hold_detail(self, number: int, made: FrameSignature, required: FrameSignature) -> None:
        found = signature.decode_details(made)
        drawn = signature.decode_details(required)
        parts = 10 * np.log10((found + _MIN_PART_DETAIL) / (drawn + _MIN_PART_DETAIL))
        means = (found.mean() + _MIN_FRAME_DETAIL) / (drawn.mean() + _MIN_FRAME_DETAIL)
        whole = float(10 * np.log10(means))
        at = int(np.abs(parts).argmax())
        self._detail_change = max(self._detail_change, float(abs(parts[at])))
        self._frame_detail_change = max(self._frame_detail_change, abs(whole))
        if abs(whole) > self.tolerance.frame_detail:
            self._sharpness.add(number, "blurred" if whole < 0 else "too sharp")
        elif abs(parts[at]) > self.tolerance.detail:
            rows, columns = self.grid.chroma_shape
            what = "blurred" if parts[at] < 0 else "too sharp"
            self._sharpness.add(number, f"{what} {_place(at, rows, columns)}")

    def _describe(self, made: FrameSignature, off: NDArray[np.int16]) -> str:
        rows, columns = self.grid.luma_shape
        light = self.grid.split(made)[0]
        if light.max() <= 20:
            return "black"
        if light.min() >= 230:
            return "white"
        changed = np.abs(off) > self.tolerance.part
        if changed.mean() > 0.2 or not changed.any():
            return "another picture"
        at = int(np.abs(off[: rows * columns]).argmax())
        if np.abs(off[: rows * columns]).max() <= self.tolerance.part:
            return "another colour in places"
        return f"something else {_place(at, rows, columns)}"

    def _poster_result(self, fps: float) -> CheckResult:
        required = "a frame of the film"
        if self._poster_fault:
            return CheckResult("poster", self._poster_fault, required, False)
        if self._poster is None:
            return CheckResult("poster", "", "not judged: no poster beside the film", None)
        if self._poster_at is None:
            return CheckResult("poster", "no frame of the film is like it", required, False)
        return CheckResult("poster", f"the frame at {self._poster_at / fps:.2f} s", required, True)

    def results(self, fps: float) -> Iterator[CheckResult]:
        """What was found, once all frames were seen."""
        of = ", of a smaller copy" if self.tolerance == OF_SMALL_COPY else ""
        required = (
            f"each as drawn, within {self.tolerance.part} of 255 in every part "
            f"and {self.tolerance.mean:g} in the mean{of}"
        )
        if self.wrong:
            what = f"the signatures cannot be used: {self.wrong}"
            yield CheckResult("frames", what, required, False)
            return
        count = f"{self.seen} frames"
        fits = (
            f"{count}, {self._part_difference} of 255 off at worst, "
            f"{self._mean_difference:.1f} in the mean"
        )
        yield fault_result("frames", self.faults.describe(fps), fits, required)
        fits = (
            f"{self._detail_change:.1f} dB off at worst, "
            f"{self._frame_detail_change:.1f} in a whole frame"
        )
        required = (
            f"detail as drawn, within {self.tolerance.detail:g} dB in every part "
            f"and {self.tolerance.frame_detail:g} in the whole{of}"
        )
        yield fault_result("sharpness", self._sharpness.describe(fps), fits, required)
        yield self._poster_result(fps)
        if self.seen < self.header.frames:
            self.order.add(self.seen, f"{self.header.frames - self.seen} frames missing")
        faults = self.order.describe(fps)
        required = "each frame once, in its place"
        yield fault_result("order of frames", faults, f"{count} in order", required)


def _place(part: int, rows: int, columns: int) -> str:
    """Where the middle of a part is, by its number row by row."""
    across = (part % columns + 0.5) / columns
    down = (part // columns + 0.5) / rows
    return f"{across:.0%} from the left, {down:.0%} from the top"


def _differ_little(one: FrameSignature, other: FrameSignature, tolerance: Tolerance) -> bool:
    return bool(np.abs(one.astype(np.int16) - other).max() <= tolerance.part)


def _poster_signature(path: Path, grid: Grid) -> FrameSignature:
    """The signature of a film's poster.

    Raises:
        OSError, ValueError, SyntaxError: if it is no PNG picture of the film's size.
    """
    with Image.open(path, formats=["PNG"]) as picture:
        if picture.size != (grid.width, grid.height):
            size = "x".join(map(str, picture.size))
            raise ValueError(f"is of {size} pixels, not {grid.width}x{grid.height}")
        pixels = np.asarray(picture.convert("RGB"))
    frame = av.VideoFrame.from_ndarray(pixels, "rgb24")
    return grid.sign(frame.reformat(format="yuv420p", dst_colorspace=Colorspace.ITU709))
