"""Meters: samples in; loudness (ITU-R BS.1770-4), true peak and steepness out.

Samples are float arrays of shape (n, channels) at 48 kHz, full scale 1.0.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from explainer.audio.filters import Cascade, high_pass, high_shelf, sliding_max
from explainer.clock import MILLISECOND, TICKS
from explainer.media.audio_reader import Samples

STEEPNESS_BLOCK = MILLISECOND // 4
"""Samples of which `steepness` gives one value."""

_GATING_STEP = TICKS // 10
GATING_BLOCK = 4 * _GATING_STEP
"""Samples of a gating block, 0.4 s; one begins with each step."""
_ABSOLUTE_GATE = -70.0
"""LUFS under which a gating block does not count."""
_RELATIVE_GATE = -10.0
"""LU under the mean of the other blocks at which a block does not count, either."""
_K_WEIGHTING = (high_shelf(1500.0, 4.0), high_pass(38.0, 0.5))
"""What stands for the head, and for how little is heard of low tones."""
_CHANNEL_WEIGHTS = (1, 1, 1, 1.41, 1.41)
"""Left, right, centre and the two surrounds."""
_MEASURED_AT_ONCE = TICKS
"""Samples of a whole sound that are measured in one go, so that memory stays small."""
_FILTER_REACH = 64
"""Samples on either side that the oversampling filter may see."""
_HALF_FILTER = 10
"""Samples on either side that it sees."""
_PART = 1024
"""Samples that are oversampled, or left out, together."""
_PARTS_AT_ONCE = 16
"""Parts that are oversampled in one go, so that memory stays small."""
_MAX_LEVEL_RISE = 1.01
_MAX_BEND_RISE = 0.45
"""Between its samples no sound is higher than the first times the highest sample around, and the
second times the largest difference around between the steps from sample to sample."""
_NEVER_A_CLICK = 1e-3
"""Amplitude under which nothing counts as steep."""


class LoudnessMeter:
    """Integrated loudness in LUFS (ITU-R BS.1770-4) of a sound that comes in blocks.

    A sound shorter than a gating block, 0.4 s, is repeated until it fills one.
    """

    def __init__(self) -> None:
        self._filters: list[Cascade] = []
        self._rest: NDArray[np.float64] = np.zeros((0, 0))
        self._powers: list[NDArray[np.float64]] = []
        self._count = 0
        self._beginning: list[Samples] = []

    def add(self, samples: Samples) -> None:
        """Take the next block, of shape (n, channels)."""
        if not len(samples):
            return
        if self._count < GATING_BLOCK:
            self._beginning.append(samples)
        channels = samples.shape[1]
        if not self._filters:
            self._rest = np.zeros((channels, 0))
            self._filters = [Cascade(_K_WEIGHTING) for _ in range(channels)]
        self._count += len(samples)
        power = np.concatenate([self._rest, np.square(self._k_weight(samples))], axis=1)
        steps = power.shape[1] // _GATING_STEP
        if steps:
            blocks = power[:, : steps * _GATING_STEP].reshape(channels, steps, _GATING_STEP)
            self._powers.append(blocks.sum(axis=2).T)
        self._rest = power[:, steps * _GATING_STEP :]

    def _k_weight(self, samples: Samples) -> NDArray[np.float64]:
        """The samples through the filters of the standard, which go on from block to block.

        The result is of shape (channels, n).
        """
        channels = zip(self._filters, samples.T, strict=True)
        return np.array([cascade.filter(channel) for cascade, channel in channels])

    def integrated(self) -> float:
        """The loudness of all of it; -inf for silence."""
        if not self._count:
            return float("-inf")
        if self._count < GATING_BLOCK:
            whole = np.concatenate(self._beginning)
            return loudness(np.tile(whole, (-(-GATING_BLOCK // len(whole)), 1)))
        sums = self._sums()
        blocks = round(self._count / _GATING_STEP - 4) + 1
        padded = np.pad(sums, ((0, 4), (0, 0)))
        powers = np.sum([padded[k : k + blocks] for k in range(4)], axis=0) / GATING_BLOCK
        powers = powers * np.array(_CHANNEL_WEIGHTS)[: powers.shape[1]]
        with np.errstate(divide="ignore"):
            levels = -0.691 + 10 * np.log10(powers.sum(axis=1))
            loud = levels >= _ABSOLUTE_GATE
            if not loud.any():
                return float("-inf")
            gate = -0.691 + 10 * np.log10(powers[loud].mean(axis=0).sum()) + _RELATIVE_GATE
            gated = powers[loud & (levels > gate)]
            return float(-0.691 + 10 * np.log10(gated.mean(axis=0).sum()))

    def highest_momentary(self) -> float:
        """A loudness in LUFS that no `GATING_BLOCK` of it exceeds, wherever that begins."""
        if not self._count:
            return float("-inf")
        powers = self._sums() @ np.array(_CHANNEL_WEIGHTS)[: len(self._rest)]
        # one that does not begin with a step lies within five of them
        highest = np.convolve(powers, np.ones(5)).max() / GATING_BLOCK
        return float(-0.691 + 10 * np.log10(highest)) if highest > 0 else float("-inf")

    def _sums(self) -> NDArray[np.float64]:
        """The power of each step and of what is left, of shape (steps + 1, channels)."""
        return np.concatenate([*self._powers, self._rest.sum(axis=1)[np.newaxis]])


def loudness(samples: Samples) -> float:
    """Integrated loudness in LUFS (ITU-R BS.1770-4) of a whole sound; -inf for silence."""
    meter = LoudnessMeter()
    for at in range(0, len(samples), _MEASURED_AT_ONCE):
        meter.add(samples[at : at + _MEASURED_AT_ONCE])
    return meter.integrated()


def peak_envelope(channel: Samples, threshold: float = 0.0) -> Samples:
    """The true-peak magnitude around each sample of one channel, by fourfold oversampling.

    It is 0 where nothing can reach `threshold`, which saves time: most of a sound lies far below.
    """
    count = -(-len(channel) // _PART)
    padded = np.zeros(count * _PART + 2 * _FILTER_REACH, np.float32)
    padded[_FILTER_REACH : _FILTER_REACH + len(channel)] = channel
    # parts overlap by more than the interpolation filter reaches
    parts = np.lib.stride_tricks.sliding_window_view(padded, _PART + 2 * _FILTER_REACH)[::_PART]
    reached = _parts_that_reach(parts, threshold)
    envelope = np.zeros((count, _PART), np.float32)
    for chosen in np.array_split(reached, -(-count // _PARTS_AT_ONCE) or 1):
        envelope[chosen] = _oversampled_peaks(parts[chosen])
    return envelope.reshape(-1)[: len(channel)]


def _parts_that_reach(parts: Samples, threshold: float) -> NDArray[np.intp]:
    """The numbers of those parts, of shape (n, samples), that may rise to a threshold."""
    levels = _magnitudes(parts)
    # of the two steps from sample to sample, each may be from one highest sample to the other
    loud = np.flatnonzero((_MAX_LEVEL_RISE + 4 * _MAX_BEND_RISE) * levels >= threshold)
    bends = _magnitudes(np.diff(parts[loud], 2, axis=1))
    return loud[_MAX_LEVEL_RISE * levels[loud] + _MAX_BEND_RISE * bends >= threshold]


def _magnitudes(parts: Samples) -> Samples:
    """The highest magnitude in each part."""
    return np.asarray(np.maximum(parts.max(axis=1), -parts.min(axis=1)))


def _oversampled_peaks(parts: Samples) -> Samples:
    """The highest of the four samples made of each of those inside of parts, without its sign."""
    taps = 4 * _interpolation()
    width = parts.shape[1] - 2 * _FILTER_REACH
    peaks = np.zeros((len(parts), width), np.float32)
    for phase in range(4):
        of_phase = taps[phase::4]
        # what lies half of the filter ahead comes last
        first = _FILTER_REACH + _HALF_FILTER - (len(of_phase) - 1)
        made = np.zeros_like(peaks)
        for at, tap in enumerate(of_phase[::-1], first):
            made += parts[:, at : at + width] * tap
        np.maximum(peaks, np.abs(made), out=peaks)
    return peaks


@cache
def _interpolation() -> Samples:
    """The filter that oversamples fourfold: a low-pass in a window of Kaiser's."""
    places = np.arange(-4 * _HALF_FILTER, 4 * _HALF_FILTER + 1)
    taps = np.sinc(places / 4) * np.kaiser(len(places), 5.0)
    return np.asarray(taps / taps.sum(), np.float32)


class TruePeakMeter:
    """The highest true peak of any channel (ITU-R BS.1770-4, annex 2) of a sound in blocks."""

    def __init__(self) -> None:
        self._highest = 0.0
        self._before: Samples | None = None

    def add(self, samples: Samples) -> None:
        """Take the next block, of shape (n, channels)."""
        first = 0 if self._before is None else _FILTER_REACH
        joined = samples if self._before is None else np.concatenate([self._before, samples])
        # what the last samples rise to between them is known with the next block
        last = len(joined) - _FILTER_REACH
        self._highest = max(self._highest, _highest(joined, first, last, self._highest))
        self._before = joined[-2 * _FILTER_REACH :]

    @property
    def dbtp(self) -> float:
        """The peak in dBTP of what has come; -inf for silence."""
        rest = self._before
        end = 0.0
        if rest is not None:
            end = _highest(rest, min(_FILTER_REACH, len(rest) // 2), len(rest), self._highest)
        return to_dbfs(max(self._highest, end))


def _highest(samples: Samples, first: int, last: int, floor: float) -> float:
    """The highest true-peak magnitude between two of the samples, or `floor` if that is higher."""
    top = floor
    for channel in samples.T:
        # the peak is nowhere that stays under the samples themselves
        top = max(top, float(np.abs(channel[first : max(first, last)]).max(initial=0.0)))
        found = peak_envelope(channel, top)[first : max(first, last)]
        top = max(top, float(found.max(initial=0.0)))
    return top


def true_peak(samples: Samples) -> float:
    """The highest true peak of any channel in dBTP; -inf for silence."""
    meter = TruePeakMeter()
    meter.add(samples)
    return meter.dbtp


def to_dbfs(amplitude: float) -> float:
    """An amplitude as decibels of full scale; -inf for 0."""
    return float(20 * np.log10(amplitude)) if amplitude > 0 else float("-inf")


def steepness(channel: Samples) -> NDArray[np.float64]:
    """For each `STEEPNESS_BLOCK`, how many times as steep it is as all in 30 ms on either side.

    In the speech of 15 voices nothing was more than 4.7 times as steep; a click is.
    """
    count = len(channel) // STEEPNESS_BLOCK
    steep = np.abs(np.diff(channel, 2, prepend=channel[:1], append=channel[-1:]))
    blocks = steep[: count * STEEPNESS_BLOCK].reshape(count, STEEPNESS_BLOCK)
    peaks = blocks.max(axis=1, initial=0.0)
    near, far = 4, 120  # blocks of a quarter of a millisecond
    highest = sliding_max(np.pad(peaks, far), far - near)
    before = highest[:count]
    after = highest[far + near :][:count]
    around = np.maximum(np.maximum(before, after), 1e-9)
    return np.asarray(np.maximum(peaks - _NEVER_A_CLICK, 0) / around)
