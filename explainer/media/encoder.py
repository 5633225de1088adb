"""Frames in, one H.264 clip out: BT.709, closed GOPs, the same bytes on any machine.

Each frame is signed as it was drawn; the clip carries the signatures in a box of its own.

Encoding runs in a thread of its own, so that the next frame is drawn in the meantime.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from queue import Queue
from threading import Semaphore, Thread
from types import TracebackType
from typing import Any

import av
import numpy as np
from av.video.reformatter import (
    ColorPrimaries,
    ColorRange,
    Colorspace,
    ColorTrc,
    Interpolation,
    VideoReformatter,
)
from numpy.typing import NDArray

from explainer.frame_format import FrameFormat
from explainer.media import colour_signature, signature
from explainer.media.colour_signature import Swatches
from explainer.timeline.labels import Label, LowTexts

SETTINGS: dict[str, str] = {
    "profile": "high",
    "bf": "2",
    "flags": "+cgop+bitexact",
    # x264 decides differently with another number of threads, so it is not left to the machine;
    # other lines are drawn and encoded at the same time, so one is quickest in all
    # choosing where B-frames go costs a tenth of encoding and keeps nothing
    "x264-params": "threads=1:lookahead-threads=1:sliced-threads=0:sync-lookahead=0:b-adapt=0",
}
"""What every clip is encoded with, beside the quality's own preset and rate factor."""
_MEANS = Interpolation.AREA | Interpolation.FULL_CHR_H_INP
"""Each chroma sample is the mean of its four pixels: the quickest way, and the truest."""


@dataclass(frozen=True, slots=True)
class Clip:
    """A line's picture: an H.264 file of exactly `frames` frames; kept from before or not."""

    key: str
    path: Path
    frames: int
    reused: bool = False
    labels: tuple[Label, ...] = ()
    swatches: Swatches = ()
    low_texts: LowTexts = ()


class ClipEncoder:
    """Writes one clip; used in a `with`, whose end finishes the file."""

    def __init__(self, path: Path, quality: FrameFormat) -> None:
        self.frames = self._shown = 0
        self.watched: frozenset[int] = frozenset()  # the frames to take swatches of
        self.swatches: dict[int, str] = {}
        self._path, self._signer = path, signature.FrameSigner(quality.width, quality.height)
        self._container = av.open(str(path), "w", format="mp4", options={"fflags": "+bitexact"})
        settings = {**SETTINGS, "preset": quality.encoder.preset, "crf": str(quality.encoder.crf)}
        self._stream: Any = self._container.add_stream("libx264", quality.fps, options=settings)
        context = self._stream.codec_context
        context.width, context.height = quality.width, quality.height
        context.pix_fmt = "yuv420p"
        context.gop_size = quality.fps
        context.color_primaries = ColorPrimaries.BT709
        context.color_trc = ColorTrc.BT709
        context.colorspace = Colorspace.ITU709
        context.color_range = ColorRange.MPEG
        self._reformatter = VideoReformatter()
        self._waiting: Queue[tuple[NDArray[np.uint8], int] | None] = Queue()
        self._converted = Semaphore()
        self._failure: BaseException | None = None
        self._thread: Thread | None = None

    def show(self, frame: NDArray[np.uint8], repeat: int = 1) -> None:
        """Encode an RGBA frame of shape (height, width, 4), shown `repeat` times.

        It is read until the next call returns, and must not change before; an error may show only
        in a later call.
        """
        if self._thread is None:
            self._thread = Thread(target=self._work, name="encoder")
            self._thread.start()
        for number in self.watched & {*range(self._shown, self._shown + repeat)}:
            self.swatches[number] = colour_signature.of(frame)
        self._shown += repeat
        self._converted.acquire()
        if self._failure:
            raise self._failure
        self._waiting.put((frame, repeat))

    def _work(self) -> None:
        while taken := self._waiting.get():
            frame, repeat = taken
            picture = None
            try:
                picture = None if self._failure else self.picture(frame)
            except BaseException as error:
                self._failure = error
            # the next frame may be handed over while this one is encoded
            self._converted.release()
            try:
                if picture:
                    self.encode(picture, repeat)
            except BaseException as error:
                self._failure = error

    def picture(self, frame: NDArray[np.uint8]) -> av.VideoFrame:
        """The frame in the form that is encoded: yuv420p with BT.709's matrix, limited range."""
        return self._reformatter.reformat(
            av.VideoFrame.from_numpy_buffer(frame, "rgba"),
            format="yuv420p",
            interpolation=_MEANS,
            dst_colorspace=Colorspace.ITU709,
            dst_color_range=ColorRange.MPEG,
            threads=1,
        )

    def encode(self, picture: av.VideoFrame, repeat: int = 1) -> None:
        """Encode a converted picture at once, shown `repeat` times."""
        self._signer.sign(picture, repeat)
        picture.time_base = 1 / self._stream.codec_context.rate
        for _ in range(repeat):
            picture.pts = self.frames
            self._container.mux(self._stream.encode(picture))
            self.frames += 1

    def finish(self) -> None:
        """Wait until all is encoded, and close the file."""
        self._stop()
        if self._failure is None:
            self._container.mux(self._stream.encode(None))
        self._container.close()
        if self._failure:
            raise self._failure
        signature.attach(self._path, self._signer.close())

    def _stop(self) -> None:
        if self._thread:
            self._waiting.put(None)
            self._thread.join()

    def __enter__(self) -> ClipEncoder:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        _error: BaseException | None,
        _tb: TracebackType | None,
    ) -> None:
        if kind is None:
            self.finish()
        else:
            self._stop()
            self._container.close()
