"""Media files that anybody may have made: a path in, an open container or decoded sound out.

A container opened here reads no other file and no address. What a file states of its own length,
rate and size is not trusted: it is decoded up to a limit.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import av
import numpy as np
from av.container import InputContainer
from numpy.typing import NDArray

AUDIO_FORMATS = "wav,flac,ogg,mp3,mov"
"""Containers of sound that are read, by FFmpeg's names; `mov` includes MP4."""
VIDEO_FORMATS = "mov"
"""Containers of films that are read."""
SAMPLE_RATES = range(8_000, 384_001)
"""Hertz."""
MAX_CHANNELS = 8


def open_media(source: Path | BinaryIO, formats: str) -> InputContainer:
    """Open a file of one of `formats`; playlists and lists of files are refused by what they are.

    Raises:
        OSError, av.FFmpegError: if it cannot be read.
    """
    options = {"protocol_whitelist": "file", "format_whitelist": formats}
    # with `file:` in front, no file name can be taken for another protocol
    name = f"file:{source.resolve()}" if isinstance(source, Path) else source
    return av.open(name, "r", options=options)


def decode_audio(file: InputContainer, max_seconds: float) -> Iterator[av.AudioFrame]:
    """The frames of a file's first sound track, which may last `max_seconds`.

    Raises:
        ValueError: if it is longer, has no sensible rate or channels, or if there is none.
        av.FFmpegError: if it cannot be decoded.
    """
    if not file.streams.audio:
        raise ValueError("no sound in it")
    seconds = 0.0
    for frame in file.decode(file.streams.audio[0]):
        channels = len(frame.layout.channels)
        if frame.sample_rate not in SAMPLE_RATES or channels > MAX_CHANNELS:
            raise ValueError(f"{frame.sample_rate} Hz on {channels} channels is not read")
        seconds += frame.samples / frame.sample_rate
        if seconds > max_seconds:
            raise ValueError(f"it is longer than {max_seconds:g} s")
        yield frame


def resample(samples: NDArray[np.int16], rate: int, to_rate: int) -> NDArray[np.float64]:
    """One channel of sound, of shape (n,), at another rate; 16-bit values stay the scale.

    The result is neither louder nor shifted in time.
    """
    if rate == to_rate:
        return samples.astype(np.float64)
    frame = av.AudioFrame.from_ndarray(samples[np.newaxis], format="s16", layout="mono")
    frame.sample_rate = rate
    resampler = av.AudioResampler("dbl", "mono", to_rate)
    frames = [*resampler.resample(frame), *resampler.resample(None)]
    return np.concatenate([part.to_ndarray()[0] for part in frames]) * 32768
