"""A file's sound track as players play it: a path in; blocks of samples, or any range of it, out.

However long it is, a few seconds of it are in memory at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from explainer.clock import TICKS
from explainer.media.io import MAX_CHANNELS, VIDEO_FORMATS, open_media

Samples = NDArray[np.float32]

MAX_DURATION = 14_460 * TICKS
"""Ticks that are read at the most: the longest film there may be, and a minute."""
BLOCK_SAMPLES = 10 * TICKS
_PREROLL = TICKS // 2
"""Ticks before a range at which decoding begins: a frame of AAC needs those before it."""


class AudioReader:
    """A sound track at 48 kHz; used in a `with`. `length` is how many samples are played."""

    def __init__(self, path: Path, number: int = 0) -> None:
        """Open the audio track of this number, counted from 0.

        Raises:
            OSError, av.FFmpegError: if the file cannot be read.
            ValueError: if there is no such track, it is not 48 kHz, or lasts
                longer than `MAX_DURATION`.
        """
        self._file = open_media(path, VIDEO_FORMATS)
        try:
            self._track = self._check_track(number)
        except BaseException:
            self._file.close()
            raise
        self.length = 0

    def _check_track(self, number: int) -> av.AudioStream:
        tracks = self._file.streams.audio
        if number >= len(tracks) or tracks[number].rate != TICKS:
            raise ValueError("no sound at 48 kHz")
        track = tracks[number]
        if track.channels > MAX_CHANNELS:
            raise ValueError(f"{track.channels} channels are not read")
        return track

    @property
    def channels(self) -> int:
        """How many channels it has."""
        return self._track.channels

    @property
    def _stated_length(self) -> int | None:
        """How many samples the file says are played; encoders pad the last frame beyond it."""
        if not self._track.duration or not self._track.time_base:
            return None
        return round(self._track.duration * self._track.time_base * TICKS)

    def blocks(self) -> Iterator[Samples]:
        """All of it, of shape (n, channels), in blocks of `BLOCK_SAMPLES` samples but for the last.

        Raises:
            av.FFmpegError: if it cannot be decoded.
            ValueError: if nothing is in it, or it lasts longer than `MAX_DURATION`.
        """
        self._seek(-_PREROLL)
        waiting: list[Samples] = []
        held = done = 0
        for at, piece in self._decode():
            if abs(at) > MAX_DURATION or done + held > MAX_DURATION:
                raise ValueError(f"it lasts longer than {MAX_DURATION // TICKS // 60} minutes")
            if not waiting and not done:
                # what lies before 0 is not played; before a late start there is silence
                piece = piece[max(0, -at) :] if at < 0 else np.pad(piece, ((at, 0), (0, 0)))
            waiting.append(piece)
            held += len(piece)
            while held >= BLOCK_SAMPLES:
                whole = np.concatenate(waiting)
                waiting = [whole[BLOCK_SAMPLES:]]
                held -= BLOCK_SAMPLES
                yield from self._cut_padding(whole[:BLOCK_SAMPLES], done)
                done += BLOCK_SAMPLES
        if not done and not held:
            raise ValueError("no sound at 48 kHz")
        yield from self._cut_padding(np.concatenate(waiting), done)
        decoded = done + held
        stated = self._stated_length
        self.length = decoded if stated is None else min(decoded, stated)

    def _cut_padding(self, block: Samples, at: int) -> Iterator[Samples]:
        """What of a block that begins at a tick is played; nothing if none of it is."""
        end = len(block) if self._stated_length is None else self._stated_length - at
        if end > 0 and len(block):
            yield np.ascontiguousarray(block[:end])

    def read_range(self, begin: int, end: int) -> Samples:
        """What is played between two ticks, of shape (n, channels); silent where nothing is."""
        samples = np.zeros((max(0, end - begin), self.channels), np.float32)
        self._seek(begin - _PREROLL)
        for at, piece in self._decode():
            if at >= end:
                break
            first, last = max(at, begin), min(at + len(piece), end)
            if first < last:
                samples[first - begin : last - begin] = piece[first - at : last - at]
        stated = self._stated_length
        if stated is not None and stated < end:
            samples[max(0, stated - begin) :] = 0
        return samples[: None if stated is None else max(0, stated - begin)]

    def _seek(self, tick: int) -> None:
        """Go to the last frame before a tick; the first one of an encoder lies before 0."""
        self._file.seek(int(tick / TICKS / (self._track.time_base or 1)), stream=self._track)

    def _decode(self) -> Iterator[tuple[int, Samples]]:
        """Decode from where the file stands; each piece of samples with its first tick."""
        resampler = av.AudioResampler(format="fltp", layout=self._track.layout, rate=TICKS)
        for frame in self._file.decode(self._track):
            if frame.pts is None or frame.time_base is None:
                continue
            at = round(frame.pts * frame.time_base * TICKS)
            for piece in resampler.resample(frame):
                sound = piece.to_ndarray().astype(np.float32).T
                yield at, sound
                at += len(sound)

    def __enter__(self) -> AudioReader:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._file.close()


def read_audio(path: Path, number: int = 0) -> Samples:
    """All of a short track at once; see `AudioReader` for what it raises."""
    with AudioReader(path, number) as track:
        found: list[Any] = [*track.blocks()]
    return np.ascontiguousarray(np.concatenate(found))
