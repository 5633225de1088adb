"""Meters: samples in; loudness (ITU-R BS.1770-4), true peak and steepness out.

Samples are float arrays of shape (n, channels) at 48 kHz, full scale 1.0.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

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
_CHANNEL_WEIGHTS = (1, 1, 1, 1.41, 1.41)
"""Left, right, centre and the two surrounds."""
_MEASURED_AT_ONCE = TICKS
"""Samples of a whole sound that are measured in one go, so that memory stays small."""
_FILTER_REACH = 64
"""Samples on either side that the oversampling filter may see."""
_PART = 1024
"""Samples that are oversampled, or left out, together."""
_PARTS_AT_ONCE = 512
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
        import pyloudnorm

        filters = pyloudnorm.Meter(TICKS)._filters.values()
        self._sections = np.array([[*(f.passband_gain * f.b), *f.a] for f in filters])
        self._states: NDArray[np.float64] | None = None
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
        if self._states is None:
            self._rest = np.zeros((channels, 0))
            self._states = np.zeros((len(self._sections), channels, 2))
        self._count += len(samples)
        power = np.concatenate([self._rest, np.square(self._k_weight(samples))], axis=1)
        steps = power.shape[1] // _GATING_STEP
        if steps:
            blocks = power[:, : steps * _GATING_STEP].reshape(channels, steps, _GATING_STEP)
            self._powers.append(blocks.sum(axis=2).T)
        self._rest = power[:, steps * _GATING_STEP :]

    def _k_weight(self, samples: Samples) -> NDArray[np.float64]:
        """The samples through the filters of the standard, which go on from block to block.

        The result is of shape (channels, n): each channel in a row is filtered in half the time.
        """
        from scipy.signal import sosfilt

        channels = np.ascontiguousarray(samples.T, np.float64)
        weighted, self._states = sosfilt(self._sections, channels, axis=1, zi=self._states)
        return np.asarray(weighted)

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
    from scipy.signal import resample_poly

    count = -(-len(channel) // _PART)
    padded = np.zeros(count * _PART + 2 * _FILTER_REACH, np.float32)
    padded[_FILTER_REACH : _FILTER_REACH + len(channel)] = channel
    # parts overlap by more than the interpolation filter reaches
    parts = np.lib.stride_tricks.sliding_window_view(padded, _PART + 2 * _FILTER_REACH)[::_PART]
    reached = _parts_that_reach(parts, threshold)
    envelope = np.zeros((count, _PART), np.float32)
    for chosen in np.array_split(reached, -(-count // _PARTS_AT_ONCE) or 1):
        fine = np.abs(resample_poly(parts[chosen], 4, 1, axis=1, window=_interpolation()))
        first_half = np.maximum(fine[:, 0::4], fine[:, 1::4])
        second_half = np.maximum(fine[:, 2::4], fine[:, 3::4])
        envelope[chosen] = np.maximum(first_half, second_half)[:, _FILTER_REACH:-_FILTER_REACH]
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


@cache
def _interpolation() -> Samples:
    """The filter that oversamples fourfold."""
    from scipy.signal import firwin

    return np.asarray(firwin(81, 1 / 4, window=("kaiser", 5.0)), np.float32)


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
    from scipy.ndimage import maximum_filter1d  # slow to load

    count = len(channel) // STEEPNESS_BLOCK
    steep = np.abs(np.diff(channel, 2, prepend=channel[:1], append=channel[-1:]))
    blocks = steep[: count * STEEPNESS_BLOCK].reshape(count, STEEPNESS_BLOCK)
    peaks = blocks.max(axis=1, initial=0.0)
    near, far = 4, 120  # blocks of a quarter of a millisecond
    padded = np.pad(peaks, far)
    highest = maximum_filter1d(padded, far - near)
    before, after = (highest[far + way * (far + near) // 2 :][:count] for way in (-1, 1))
    around = np.maximum(np.maximum(before, after), 1e-9)
    return np.asarray(np.maximum(peaks - _NEVER_A_CLICK, 0) / around)
