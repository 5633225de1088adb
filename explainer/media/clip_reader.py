"""A film that is shown inside another: its bytes in, any of its frames out, by number or second."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from io import BytesIO

import av
import numpy as np
from av.video.codeccontext import VideoCodecContext
from av.video.reformatter import Colorspace, Interpolation, VideoReformatter
from av.video.stream import VideoStream
from numpy.typing import NDArray

from explainer.errors import error_text
from explainer.media.io import open_media

CLIP_FORMATS = "mov,matroska,avi,gif"
"""Containers that are read, by FFmpeg's names; `mov` includes MP4, `matroska` WebM."""
MAX_BYTES = 512 << 20
"""Size that a file may have: it is held in memory while its frames are shown."""
MAX_FRAMES = 200_000
MAX_SIDE = 8192
"""Pixels of a side."""
NEAR = 24
"""How many frames further on one may be and still be reached by decoding, without a search."""
HD_ROWS = 720
"""Rows from which on a film that does not name its colours has those of BT.709, not of BT.601."""


class ClipReader:
    """A film's frames in rising order, decoded as they are asked for.

    `times` are the seconds at which each begins, from 0; `rounding` is how much they may be off by;
    `duration` is when the last one ends; `size` is the width and height in square pixels, upright.
    A frame's pixels are the same in whichever order frames are asked for. It holds no open file, so
    that it may be forked.
    """

    def __init__(self, content: bytes) -> None:
        """Read where the frames of a film are.

        Raises:
            ValueError: in words, if it is no film that can be read.
        """
        if len(content) > MAX_BYTES:
            raise ValueError(f"it has more than {MAX_BYTES >> 20} MB: make it shorter or smaller")
        try:
            self._file = open_media(BytesIO(content), CLIP_FORMATS)
            if not self._file.streams.video:
                raise ValueError("there is no picture in it")
            self._track = self._file.streams.video[0]
            self._decoder = _decoder_of(self._track)
            # one thread: those of a decoder would not come along into a fork
            self._decoder.thread_count = 1
            self._find_frames()
            self._frames: Iterator[av.VideoFrame] = iter(())
            self._next = len(self._pts)
            first = self._decode(0)
        except (OSError, EOFError, av.FFmpegError) as error:
            raise ValueError(f"it cannot be read as a film: {error_text(error)}") from error
        stretch = float(self._track.sample_aspect_ratio or 1)
        width, height = round(first.width * stretch), first.height
        self._is_turned = first.rotation % 180 != 0
        self.size = (height, width) if self._is_turned else (width, height)
        self._reformatter = VideoReformatter()

    def _find_frames(self) -> None:
        context = self._track.codec_context
        if not 0 < max(context.width, context.height) <= MAX_SIDE:
            raise ValueError(f"its sides have more than {MAX_SIDE} pixels")
        lengths: dict[int, int] = {}
        for packet in self._file.demux(self._track):
            if packet.pts is not None and packet.size and not packet.is_discard:
                lengths[packet.pts] = packet.duration or 0
            if len(lengths) > MAX_FRAMES:
                raise ValueError(f"it has more than {MAX_FRAMES} frames")
        if not lengths:
            raise ValueError("there is no frame in it")
        self._pts = sorted(lengths)
        base = float(self._track.time_base or 1)
        self.times = [(pts - self._pts[0]) * base for pts in self._pts]
        mean = self.times[-1] / (len(self.times) - 1) if self.times[-1] else 0.0
        self.duration = self.times[-1] + (lengths[self._pts[-1]] * base or mean or base)
        # a time base of milliseconds rounds 2/30 s up to 67 ms
        self.rounding = min(base, self.duration / len(self.times) / 4)

    def number_at(self, second: float) -> int:
        """The number of the frame that is shown at a second."""
        return max(0, bisect_right(self.times, second + self.rounding) - 1)

    def number_before(self, second: float) -> int:
        """The number of the last frame that begins before a second."""
        return max(0, bisect_left(self.times, second - self.rounding) - 1)

    def pixels(self, number: int, largest: tuple[int, int]) -> NDArray[np.uint8]:
        """A frame by its number, upright, as an RGBA array of shape (height, width, 4).

        It has the film's own size, or as much of it as fits into the width and height `largest`.

        Raises:
            ValueError: if it cannot be decoded.
        """
        try:
            frame = self._decode(number)
        except (OSError, EOFError, av.FFmpegError) as error:
            raise ValueError(f"it breaks off at {self.times[number]:.2f} s") from error
        share = min(1.0, largest[0] / self.size[0], largest[1] / self.size[1])
        width, height = (max(1, round(side * share)) for side in self.size)
        if self._is_turned:
            width, height = height, width
        usual = Colorspace.ITU709 if frame.height >= HD_ROWS else Colorspace.ITU601
        is_named = frame.colorspace in {int(known) for known in Colorspace}
        rgba = self._reformatter.reformat(
            frame,
            width,
            height,
            "rgba",
            src_colorspace=None if is_named else usual,
            interpolation=Interpolation.AREA if share < 1 else Interpolation.BICUBIC,
            threads=1,
        )
        turns = round(frame.rotation / 90)
        return np.ascontiguousarray(np.rot90(rgba.to_ndarray(), turns))

    def _decode(self, number: int) -> av.VideoFrame:
        """A frame by its number: the next ones are decoded on the way, others are searched for."""
        pts = self._pts[number]
        if not self._next <= number <= self._next + NEAR:
            self._file.seek(pts, stream=self._track)
            self._decoder.flush_buffers()
            self._frames = self._decode_on()
        for frame in self._frames:
            if frame.pts is not None and frame.pts >= pts:
                self._next = number + 1
                return frame
        self._next = len(self._pts)
        raise EOFError(f"no frame {number}")

    def _decode_on(self) -> Iterator[av.VideoFrame]:
        """The frames from where the file stands; its last packet is an empty one."""
        for packet in self._file.demux(self._track):
            yield from self._decoder.decode(packet)


def _decoder_of(track: VideoStream) -> VideoCodecContext:
    """What decodes a track: of VP9 with transparency only libvpx decodes that, too."""
    if track.codec_context.name == "vp9" and track.metadata.get("alpha_mode") == "1":
        return VideoCodecContext.create("libvpx-vp9", "r")
    return track.codec_context
