"""A sound track of a file as players hear it, from 0 to its end: in blocks, or any part of it.

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
from explainer.media import io

Samples = NDArray[np.float32]

LONGEST = 14_460 * TICKS
"""What is read at the most: the longest film there may be, and a minute."""
BLOCK = 10 * TICKS
_BEFORE = TICKS // 2
"""How far before a part decoding begins: a frame of AAC needs those before it."""


class Heard:
    """A sound track at 48 kHz; used in a `with`. `length` is how many samples are played."""

    def __init__(self, path: Path, number: int = 0) -> None:
        """Open the track of this number, the first if not said.

        Raises:
            OSError, av.FFmpegError: if the file cannot be read.
            ValueError: if there is no such track, it is not 48 kHz, or lasts longer than `LONGEST`.
        """
        self._file = io.opened(path, io.FILM)
        try:
            self._track = self._checked(number)
        except BaseException:
            self._file.close()
            raise
        self.length = 0

    def _checked(self, number: int) -> av.AudioStream:
        tracks = self._file.streams.audio
        if number >= len(tracks) or tracks[number].rate != TICKS:
            raise ValueError("no sound at 48 kHz")
        track = tracks[number]
        if track.channels > io.MOST_CHANNELS:
            raise ValueError(f"{track.channels} channels are not read")
        return track

    @property
    def channels(self) -> int:
        """How many channels it has."""
        return self._track.channels

    @property
    def _stated(self) -> int | None:
        """The samples that the file says are played; its encoder fills its last block up."""
        if not self._track.duration or not self._track.time_base:
            return None
        return round(self._track.duration * self._track.time_base * TICKS)

    def blocks(self) -> Iterator[Samples]:
        """All of it, of shape (n, channels), in blocks of `BLOCK` samples but for the last.

        Raises:
            av.FFmpegError: if it cannot be decoded.
            ValueError: if nothing is in it, or it lasts longer than `LONGEST`.
        """
        self._seek(-_BEFORE)
        waiting: list[Samples] = []
        held = done = 0
        for at, piece in self._pieces():
            if abs(at) > LONGEST or done + held > LONGEST:
                raise ValueError(f"it lasts longer than {LONGEST // TICKS // 60} minutes")
            if not waiting and not done:
                # what comes before 0 is not played, and what begins later is waited for
                piece = piece[max(0, -at) :] if at < 0 else np.pad(piece, ((at, 0), (0, 0)))
            waiting.append(piece)
            held += len(piece)
            while held >= BLOCK:
                whole = np.concatenate(waiting)
                waiting, held = [whole[BLOCK:]], len(whole) - BLOCK
                yield from self._played(whole[:BLOCK], done)
                done += BLOCK
        if not done and not held:
            raise ValueError("no sound at 48 kHz")
        yield from self._played(np.concatenate(waiting), done)
        self.length = done + held if self._stated is None else min(done + held, self._stated)

    def _played(self, block: Samples, at: int) -> Iterator[Samples]:
        end = len(block) if self._stated is None else self._stated - at
        if end > 0 and len(block):
            yield np.ascontiguousarray(block[:end])

    def part(self, begin: int, end: int) -> Samples:
        """What is heard between two ticks, of shape (n, channels); silent where nothing is."""
        made = np.zeros((max(0, end - begin), self.channels), np.float32)
        self._seek(begin - _BEFORE)
        for at, piece in self._pieces():
            if at >= end:
                break
            first, last = max(at, begin), min(at + len(piece), end)
            if first < last:
                made[first - begin : last - begin] = piece[first - at : last - at]
        stated = self._stated
        if stated is not None and stated < end:
            made[max(0, stated - begin) :] = 0
        return made[: None if stated is None else max(0, stated - begin)]

    def _seek(self, tick: int) -> None:
        """Go to the last frame before a tick; an encoder's first one lies before 0."""
        self._file.seek(int(tick / TICKS / (self._track.time_base or 1)), stream=self._track)

    def _pieces(self) -> Iterator[tuple[int, Samples]]:
        """Decoded frames from where the file stands, each with its first tick."""
        resampler = av.AudioResampler(format="fltp", layout=self._track.layout, rate=TICKS)
        for frame in self._file.decode(self._track):
            if frame.pts is None or frame.time_base is None:
                continue
            at = round(frame.pts * frame.time_base * TICKS)
            for piece in resampler.resample(frame):
                sound = piece.to_ndarray().astype(np.float32).T
                yield at, sound
                at += len(sound)

    def __enter__(self) -> Heard:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._file.close()


def whole(path: Path, number: int = 0) -> Samples:
    """All of a short track at once; see `Heard` for what it raises."""
    with Heard(path, number) as track:
        found: list[Any] = [*track.blocks()]
    return np.ascontiguousarray(np.concatenate(found))
