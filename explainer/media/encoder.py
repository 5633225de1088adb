"""Frames in, one H.264 clip out: BT.709, closed GOPs, the same bytes on any machine.

A clip may hold the same picture a second time, smaller, in a track of its own. It carries the
signature of each frame of each track, as it was drawn, in boxes of their own. Encoding runs in a
thread, so that the next frame is drawn meanwhile.
"""

from __future__ import annotations

from pathlib import Path
from queue import Queue
from threading import Semaphore, Thread
from types import TracebackType
from typing import Any

import av
import numpy as np
from av.container import OutputContainer
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
from explainer.media import colour_signature, signature, signature_file

SETTINGS: dict[str, str] = {
    "profile": "high",
    "bf": "2",
    "flags": "+cgop+bitexact",
    # One thread: with another number x264 decides differently, so the machine must not choose it,
    # and other lines are encoded at the same time.
    # No adaptive B-frames: they take a tenth of the encoding time and save no bytes.
    # By itself x264 decides by what instructions the processor has, and then by chance where two
    # ways cost the same: a clip would have other bytes on another machine, or the next time.
    "x264-params": "threads=1:lookahead-threads=1:sliced-threads=0:sync-lookahead=0:b-adapt=0:"
    "cpu-independent=1",
}
"""x264 options of every clip, beside the preset and rate factor of its format."""
_CHROMA_MEANS = Interpolation.AREA | Interpolation.FULL_CHR_H_INP
"""Makes each chroma sample the mean of its four pixels, which is both quickest and truest."""


class _Track:
    """One track of a clip: frames of its size in, packets into the file, signatures aside."""

    def __init__(self, container: OutputContainer, frame_format: FrameFormat) -> None:
        self.frames = 0
        self.frame_format = frame_format
        self.signer = signature.FrameSigner(frame_format.width, frame_format.height)
        self._container = container
        preset = frame_format.encoder
        settings = {**SETTINGS, "preset": preset.preset, "crf": str(preset.crf)}
        self._stream: Any = container.add_stream("libx264", frame_format.fps, options=settings)
        context = self._stream.codec_context
        context.width = frame_format.width
        context.height = frame_format.height
        context.pix_fmt = "yuv420p"
        context.gop_size = frame_format.fps
        context.color_primaries = ColorPrimaries.BT709
        context.color_trc = ColorTrc.BT709
        context.colorspace = Colorspace.ITU709
        context.color_range = ColorRange.MPEG

    def encode(
        self, picture: av.VideoFrame, repeat: int, signed: signature.FrameSignature | None
    ) -> None:
        """Encode a picture at once; without a signature it is `signed` as it is."""
        if signed is None:
            self.signer.sign(picture, repeat)
        else:
            self.signer.add(signed, repeat)
        picture.time_base = 1 / self._stream.codec_context.rate
        for _ in range(repeat):
            picture.pts = self.frames
            self._container.mux(self._stream.encode(picture))
            self.frames += 1

    def finish(self) -> None:
        """Encode what waits."""
        self._container.mux(self._stream.encode(None))


class ClipEncoder:
    """Writes one clip; used in a `with`, whose end finishes the file.

    Attributes:
        signature_frames: the numbers of the frames to take swatches of.
        swatches: by the number of a frame, the mean colours of its parts.
    """

    def __init__(self, path: Path, *formats: FrameFormat) -> None:
        """Write to `path`: a track for each format, of which frames have the first."""
        self.signature_frames: frozenset[int] = frozenset()
        self.swatches: dict[int, str] = {}
        self._shown = 0
        self._path = path
        self._container = av.open(str(path), "w", format="mp4", options={"fflags": "+bitexact"})
        self._tracks = [_Track(self._container, one) for one in formats]
        self._reformatter = VideoReformatter()
        self._scaler = VideoReformatter()
        self._queue: Queue[tuple[NDArray[np.uint8], int] | None] = Queue()
        self._converted = Semaphore()
        self._failure: BaseException | None = None
        self._thread: Thread | None = None

    @property
    def frames(self) -> int:
        """How many frames are encoded so far."""
        return self._tracks[0].frames

    def show(self, frame: NDArray[np.uint8], repeat: int = 1) -> None:
        """Encode an RGBA frame of shape (height, width, 4), shown `repeat` times.

        The array must not change until the next call has returned. An error of the encoder may be
        raised by a later call.
        """
        if self._thread is None:
            self._thread = Thread(target=self._encode_queue, name="encoder")
            self._thread.start()
        for number in self.signature_frames & {*range(self._shown, self._shown + repeat)}:
            self.swatches[number] = colour_signature.signature(frame)
        self._shown += repeat
        self._converted.acquire()
        if self._failure:
            raise self._failure
        self._queue.put((frame, repeat))

    def _encode_queue(self) -> None:
        while item := self._queue.get():
            frame, repeat = item
            picture = None
            try:
                picture = None if self._failure else self.convert(frame)
            except BaseException as error:
                self._failure = error
            # the next frame may be handed over while this one is encoded
            self._converted.release()
            try:
                if picture:
                    self.encode(picture, repeat)
            except BaseException as error:
                self._failure = error

    def convert(self, frame: NDArray[np.uint8]) -> av.VideoFrame:
        """An RGBA frame as it is encoded: yuv420p with BT.709's matrix and limited range."""
        return self._reformatter.reformat(
            av.VideoFrame.from_numpy_buffer(frame, "rgba"),
            format="yuv420p",
            interpolation=_CHROMA_MEANS,
            dst_colorspace=Colorspace.ITU709,
            dst_color_range=ColorRange.MPEG,
            threads=1,
        )

    def encode(
        self,
        picture: av.VideoFrame,
        repeat: int = 1,
        signed: signature.FrameSignature | None = None,
    ) -> None:
        """Encode a converted picture at once, shown `repeat` times.

        One that has been coded before comes with the signature of what was drawn, as `signed`.
        """
        self._tracks[0].encode(picture, repeat, signed)
        for track in self._tracks[1:]:
            self._encode_small(track, picture, repeat)

    def _encode_small(self, track: _Track, picture: av.VideoFrame, repeat: int) -> None:
        smaller = self._scaler.reformat(
            picture,
            width=track.frame_format.width,
            height=track.frame_format.height,
            format="yuv420p",
            interpolation=Interpolation.AREA,
            threads=1,
        )
        track.encode(smaller, repeat, None)

    def finish(self) -> None:
        """Encode what waits, and close the file."""
        self._stop()
        if self._failure is None:
            for track in self._tracks:
                track.finish()
        self._container.close()
        if self._failure:
            raise self._failure
        for track in self._tracks:
            signature_file.attach(self._path, track.signer.finish())

    def _stop(self) -> None:
        if self._thread:
            self._queue.put(None)
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
