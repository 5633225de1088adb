"""Frames in, one H.264 clip out: BT.709, closed GOPs, the same bytes on any machine."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any

import av
import numpy as np
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc
from numpy.typing import NDArray

from explainer.quality import Quality

SETTINGS: dict[str, str] = {
    "profile": "high",
    "bf": "2",
    "flags": "+cgop+bitexact",
    # x264 decides differently with another number of threads, so it is not left to the machine
    "x264-params": "threads=2:lookahead-threads=1:sliced-threads=0",
}
"""What every clip is encoded with, beside the quality's own preset and rate factor."""


class ClipEncoder:
    """Writes one clip; used in a `with`, whose end finishes the file."""

    def __init__(self, path: Path, quality: Quality) -> None:
        self.frames = 0
        self._container = av.open(str(path), "w", format="mp4", options={"fflags": "+bitexact"})
        settings = {**SETTINGS, "preset": quality.preset, "crf": str(quality.crf)}
        self._stream: Any = self._container.add_stream("libx264", quality.fps, options=settings)
        context = self._stream.codec_context
        context.width, context.height = quality.width, quality.height
        context.pix_fmt = "yuv420p"
        context.gop_size = quality.fps
        context.color_primaries = ColorPrimaries.BT709
        context.color_trc = ColorTrc.BT709
        context.colorspace = Colorspace.ITU709
        context.color_range = ColorRange.MPEG

    def show(self, frame: NDArray[np.uint8], repeat: int = 1) -> None:
        """Encode an RGBA frame of shape (height, width, 4), shown `repeat` times."""
        self.encode(self.picture(frame), repeat)

    def picture(self, frame: NDArray[np.uint8]) -> av.VideoFrame:
        """The frame in the form that is encoded: yuv420p with BT.709's matrix, limited range."""
        return av.VideoFrame.from_ndarray(frame, format="rgba").reformat(
            format="yuv420p",
            dst_colorspace=Colorspace.ITU709,
            dst_color_range=ColorRange.MPEG,
        )

    def encode(self, picture: av.VideoFrame, repeat: int = 1) -> None:
        """Encode a converted picture, shown `repeat` times."""
        picture.time_base = 1 / self._stream.codec_context.rate
        for _ in range(repeat):
            picture.pts = self.frames
            self._container.mux(self._stream.encode(picture))
            self.frames += 1

    def __enter__(self) -> ClipEncoder:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        _error: BaseException | None,
        _tb: TracebackType | None,
    ) -> None:
        if kind is None:
            self._container.mux(self._stream.encode(None))
        self._container.close()
