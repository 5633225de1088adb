"""A sound track listened to once, block by block: meters, silences, clicks and hum out."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from explainer.audio.meters import STEEPNESS_BLOCK, LoudnessMeter, TruePeakMeter, steepness
from explainer.clock import MILLISECOND, TICKS
from explainer.media.audio_reader import AudioReader, Samples
from explainer.spec import MAX_CLICK_STEEPNESS

SILENT = 1 / 32768
"""What no sample of a digital silence is over: the smallest step of 16 bit."""
FULL_SCALE = 32767 / 32768
_NEAR = 60 * MILLISECOND
"""Twice what a click is compared with."""
_EDGE = 30 * MILLISECOND
"""At the beginning and the end of a track, where a click has nothing to compare it with."""
_WINDOW = 4 * TICKS
"""Of which a spectrum is made."""


class TrackListener:
    """What is found by listening to a track once.

    `longest_silence` is in ticks and starts at `silence_start`; `clipped_runs` counts where three
    samples in a row are at full scale; `clicks` are in ticks.
    """

    def __init__(self, heard: AudioReader) -> None:
        self.loudness = LoudnessMeter()
        self.peak = TruePeakMeter()
        self.hum = HumMeter()
        self.length = 0
        self.clipped_runs = 0
        self.longest_silence = 0
        self.silence_start = 0
        self._silent_since = 0
        self.steepest = 0.0
        self.clicks: list[int] = []
        self._before = np.zeros((0, heard.channels), np.float32)
        for block in heard.blocks():
            self._take(block)
        self._find_silence(np.array([self.length]))
        self._find_clicks(self._before, last=True)

    def _take(self, block: Samples) -> None:
        for meter in (self.loudness, self.peak, self.hum):
            meter.add(block)
        joined = np.concatenate([self._before, block])
        full = (np.abs(joined) >= FULL_SCALE).astype(np.int8)
        fresh = max(0, len(self._before) - 2)
        self.clipped_runs += int((full[:-2] & full[1:-1] & full[2:])[fresh:].sum())
        sounding = np.flatnonzero(np.abs(block).max(axis=1, initial=0.0) > SILENT)
        self._find_silence(sounding + self.length)
        self.length += len(block)
        self._find_clicks(joined, last=False)
        self._before = joined[-2 * _NEAR :]

    def _find_silence(self, sounding: NDArray[np.int64]) -> None:
        """Take the samples that are heard next, for the longest time without any."""
        if not len(sounding):
            return
        places = np.concatenate([[self._silent_since - 1], sounding])
        gaps = np.diff(places) - 1
        longest = int(gaps.argmax())
        if gaps[longest] > self.longest_silence:
            self.longest_silence = int(gaps[longest])
            self.silence_start = int(places[longest]) + 1
        self._silent_since = int(sounding[-1]) + 1

    def _find_clicks(self, joined: Samples, last: bool) -> None:
        """Find jolts in what has all that is near it on both sides."""
        if not len(joined):
            return
        steep = np.max([steepness(channel) for channel in joined.T], axis=0)
        offset = self.length - len(joined)
        first = max(0, len(self._before) - _NEAR) // STEEPNESS_BLOCK
        end = len(steep) if last else max(first, (len(joined) - _NEAR) // STEEPNESS_BLOCK)
        places = np.arange(first, end) * STEEPNESS_BLOCK + offset
        # a sound's very beginning and end have nothing near them to be held against
        inside = places >= _EDGE
        if last:
            inside &= places < self.length // STEEPNESS_BLOCK * STEEPNESS_BLOCK - _EDGE
        found = steep[first:end][inside]
        self.steepest = max(self.steepest, float(found.max(initial=0.0)))
        self.clicks += places[inside][found > MAX_CLICK_STEEPNESS].tolist()


@lru_cache(maxsize=2)
def _taper(length: int) -> NDArray[np.float64]:
    """A periodic Hann window."""
    return np.hanning(length + 1)[:-1]


class HumMeter:
    """The density of a sound that comes in blocks, by frequency (Welch's mean of periodograms)."""

    def __init__(self) -> None:
        self._rest: Samples = np.zeros(0, np.float32)
        self._sum: NDArray[np.float64] | None = None
        self._count = 0

    def add(self, block: Samples) -> None:
        """Take the next block."""
        self._rest = np.concatenate([self._rest, block.mean(axis=1)])
        while len(self._rest) >= _WINDOW:
            self._add_window(self._rest[:_WINDOW])
            self._rest = self._rest[_WINDOW // 2 :]

    def _add_window(self, window: Samples) -> None:
        taper = _taper(len(window))
        power = np.square(np.abs(np.fft.rfft((window - window.mean()) * taper)))
        density = power * 2 / (TICKS * np.square(taper).sum())
        self._frequencies = np.asarray(np.fft.rfftfreq(len(window), 1 / TICKS), np.float64)
        self._sum = density if self._sum is None else self._sum + density
        self._count += 1

    def density(self) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
        """Frequencies and the density at each, or None of a sound that is too short."""
        if self._sum is None and len(self._rest) >= TICKS:
            self._add_window(self._rest)
        return None if self._sum is None else (self._frequencies, self._sum / self._count)
