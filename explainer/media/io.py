"""Media files that anybody may have made: a path in, a container that reaches for nothing else out.

What a file says of its own length, rate and size is not believed: it is read up to a limit.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import av
import numpy as np
from av.container import InputContainer
from numpy.typing import NDArray

SOUND = "wav,flac,ogg,mp3,mov"
FILM = "mov"
"""The containers that are read, by FFmpeg's names; `mov` is MP4 as well."""
RATES = range(8_000, 384_001)
MOST_CHANNELS = 8


def opened(source: Path | BinaryIO, formats: str) -> InputContainer:
    """Open a file of one of `formats`, and no playlist, list or address that is called like one.

    Raises:
        OSError, av.FFmpegError: if it cannot be read.
    """
    options = {"protocol_whitelist": "file", "format_whitelist": formats}
    # with the protocol said, no file name is taken for another one
    name = f"file:{source.resolve()}" if isinstance(source, Path) else source
    return av.open(name, "r", options=options)


def measured(path: Path) -> tuple[int, int, int]:
    """The width, the height and the count of frames of a clip, each of which is decoded.

    Raises:
        ValueError: if it is none, breaks off, or changes its size.
    """
    count, sizes = 0, set()
    try:
        with opened(path, FILM) as file:
            for frame in file.decode(video=0):
                count += 1
                sizes.add((frame.width, frame.height))
    except (OSError, EOFError, IndexError, av.FFmpegError) as error:
        raise ValueError(f"it cannot be decoded: {error}") from error
    if len(sizes) != 1:
        raise ValueError("it has no picture, or pictures of several sizes")
    ((width, height),) = sizes
    return width, height, count


def heard(file: InputContainer, most: float) -> Iterator[av.AudioFrame]:
    """The frames of a file's first sound track, as long as they last `most` seconds together.

    Raises:
        ValueError: if they last longer, have no sensible rate or channels, or if there are none.
        av.FFmpegError: if they cannot be decoded.
    """
    if not file.streams.audio:
        raise ValueError("no sound in it")
    seconds = 0.0
    for frame in file.decode(file.streams.audio[0]):
        channels = len(frame.layout.channels)
        if frame.sample_rate not in RATES or channels > MOST_CHANNELS:
            raise ValueError(f"{frame.sample_rate} Hz on {channels} channels is not read")
        seconds += frame.samples / frame.sample_rate
        if seconds > most:
            raise ValueError(f"it is longer than {most:g} s")
        yield frame


def resampled(sound: NDArray[np.int16], rate: int, to: int) -> NDArray[np.float64]:
    """One channel of sound at another rate, of the same shape and loudness and in step with it."""
    if rate == to:
        return sound.astype(np.float64)
    frame = av.AudioFrame.from_ndarray(sound[np.newaxis], format="s16", layout="mono")
    frame.sample_rate = rate
    resampler = av.AudioResampler("dbl", "mono", to)
    made = [*resampler.resample(frame), *resampler.resample(None)]
    return np.concatenate([part.to_ndarray()[0] for part in made]) * 32768
