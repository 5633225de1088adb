"""What a sound measures: samples in; loudness, true peak and the onset of speech out.

And what is done to it by measure: clicks taken out, peaks held down.

Samples are float arrays of shape (n, channels) at 48 kHz, full scale 1.0.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from explainer.clock import MILLISECOND, TICKS

Samples = NDArray[np.float32]

BEFORE = 300 * MILLISECOND
"""How far before its time the onset of a line is looked for."""

_STEP = TICKS // 10  # a gating block has four, and begins with each
_GATING = 4 * _STEP
_EDGE = 64
_PART, _AT_ONCE = 1024, 512  # samples that are oversampled or left out together, and such parts
_RISE = 2.25  # no sound rises further above its samples by the interpolation
_JOLT = MILLISECOND // 4
_CLICK, _QUIET = 5.0, 1e-3  # how much steeper a click is than what is near, and what never is one
_HEARD = -45.0  # what stays under this is a room, not a line
_ABOVE = 6.0  # decibels that a sound rises out of a bed by
_SOFT, _LOUD = -50.0, -20.0
"""How far under a line's loudest 10 ms its softest consonant begins, and its first vowel stands."""


class Loudness:
    """Integrated loudness in LUFS (ITU-R BS.1770-4) of a sound that comes in blocks.

    A sound under the 0.4 s that one gating block takes is repeated until it fills it.
    """

    def __init__(self) -> None:
        import pyloudnorm

        filters = pyloudnorm.Meter(TICKS)._filters.values()
        self._filters = [(f.passband_gain, f.b, f.a) for f in filters]
        self._states: list[list[NDArray[np.float64]]] = []
        self._rest: NDArray[np.float64] = np.zeros((0, 0))
        self._powers: list[NDArray[np.float64]] = []
        self._count = 0
        self._beginning: list[Samples] = []

    def add(self, samples: Samples) -> None:
        """Take the next block, of shape (n, channels)."""
        from scipy.signal import lfilter

        if self._count < _GATING:
            self._beginning.append(samples)
        if not self._states:
            self._rest = np.zeros((0, samples.shape[1]))
            self._states = [
                [np.zeros(max(len(b), len(a)) - 1) for _, b, a in self._filters]
                for _ in range(samples.shape[1])
            ]
        made = np.empty(samples.shape)
        for number, channel in enumerate(samples.T):
            sound = channel.astype(np.float64)
            for which, (gain, b, a) in enumerate(self._filters):
                sound, self._states[number][which] = lfilter(
                    b, a, sound, zi=self._states[number][which]
                )
                sound = gain * sound
            made[:, number] = sound
        self._count += len(samples)
        joined = np.concatenate([self._rest, np.square(made)])
        steps = len(joined) // _STEP
        if steps:
            parts = joined[: steps * _STEP].reshape(steps, _STEP, -1)
            self._powers.append(parts.sum(axis=1))
        self._rest = joined[steps * _STEP :]

    def integrated(self) -> float:
        """The loudness of all of it; -inf for silence."""
        if not self._count:
            return float("-inf")
        if self._count < _GATING:
            whole = np.concatenate(self._beginning)
            return loudness(np.tile(whole, (-(-_GATING // len(whole)), 1)))
        sums = np.concatenate([*self._powers, self._rest.sum(axis=0, keepdims=True)])
        blocks = round(self._count / _STEP - 4) + 1
        over = np.pad(sums, ((0, 4), (0, 0)))
        powers = np.sum([over[k : k + blocks] for k in range(4)], axis=0) / _GATING
        powers = powers * np.array([1, 1, 1, 1.41, 1.41])[: powers.shape[1]]
        with np.errstate(divide="ignore"):
            levels = -0.691 + 10 * np.log10(powers.sum(axis=1))
            loud = levels >= -70
            if not loud.any():
                return float("-inf")
            gate = -0.691 + 10 * np.log10(powers[loud].mean(axis=0).sum()) - 10
            kept = powers[loud & (levels > gate)]
            return float(-0.691 + 10 * np.log10(kept.mean(axis=0).sum()))


def loudness(samples: Samples) -> float:
    """Integrated loudness in LUFS (ITU-R BS.1770-4) of a whole sound; -inf for silence."""
    meter = Loudness()
    meter.add(samples)
    return meter.integrated()


def stereo(channel: Samples) -> Samples:
    """One channel as two equal ones."""
    return np.column_stack([channel, channel])


def envelope(channel: Samples, least: float = 0.0) -> Samples:
    """The true-peak magnitude around each sample of one channel, by fourfold oversampling.

    Where nothing can rise to `least`, it is 0: most of a sound is far below what is asked for.
    """
    from scipy.signal import resample_poly

    count = -(-len(channel) // _PART)
    padded = np.zeros(count * _PART + 2 * _EDGE, np.float32)
    padded[_EDGE : _EDGE + len(channel)] = channel
    # parts overlap by more than the interpolation filter reaches
    parts = np.lib.stride_tricks.sliding_window_view(padded, _PART + 2 * _EDGE)[::_PART]
    highest = np.abs(padded[_EDGE:-_EDGE]).reshape(count, _PART).max(axis=1, initial=0.0)
    around = np.pad(highest, 1)
    reached = np.maximum(highest, np.maximum(around[:-2], around[2:])) * _RISE >= least
    made = np.zeros((count, _PART), np.float32)
    for some in np.array_split(np.flatnonzero(reached), -(-count // _AT_ONCE) or 1):
        fine = np.abs(resample_poly(parts[some], 4, 1, axis=1, window=_interpolation()))
        top = np.maximum(
            np.maximum(fine[:, 0::4], fine[:, 1::4]), np.maximum(fine[:, 2::4], fine[:, 3::4])
        )
        made[some] = top[:, _EDGE:-_EDGE]
    return made.reshape(-1)[: len(channel)]


@cache
def _interpolation() -> Samples:
    """The filter that oversamples fourfold; none of its phases adds up to more than `_RISE`."""
    from scipy.signal import firwin

    return np.asarray(firwin(81, 1 / 4, window=("kaiser", 5.0)), np.float32)


class Peak:
    """The highest true peak of any channel (ITU-R BS.1770-4, annex 2) of a sound in blocks."""

    def __init__(self) -> None:
        self._top = 0.0
        self._before: Samples | None = None

    def add(self, samples: Samples) -> None:
        """Take the next block, of shape (n, channels)."""
        first = 0 if self._before is None else _EDGE
        joined = samples if self._before is None else np.concatenate([self._before, samples])
        # what comes next decides what the last samples rise to between them
        self._top = max(self._top, _top(joined, first, len(joined) - _EDGE, self._top))
        self._before = joined[-2 * _EDGE :]

    @property
    def decibels(self) -> float:
        """The peak in dBTP of what has come; -inf for silence."""
        rest = self._before
        end = 0.0
        if rest is not None:
            end = _top(rest, min(_EDGE, len(rest) // 2), len(rest), self._top)
        return decibels(max(self._top, end))


def _top(samples: Samples, first: int, last: int, least: float) -> float:
    """The highest true-peak magnitude between two of the samples, if it is over `least`."""
    top = least
    for channel in samples.T:
        # no place that stays under the samples themselves holds the peak
        top = max(top, float(np.abs(channel[first : max(first, last)]).max(initial=0.0)))
        found = envelope(channel, top)[first : max(first, last)]
        top = max(top, float(found.max(initial=0.0)))
    return top


def true_peak(samples: Samples) -> float:
    """The highest true peak of any channel in dBTP; -inf for silence."""
    meter = Peak()
    meter.add(samples)
    return meter.decibels


def onset(samples: Samples, expected: int, end: int) -> tuple[int, int] | None:
    """Between which two ticks the speech of a line begins: its softest sound, its first loud one.

    Looked for from `BEFORE` before `expected` to `end`; None if nothing is heard there. Two bounds,
    because a line that opens on a soft consonant rises over many milliseconds. What sounds before
    it, such as music, counts as silence.
    """
    first = max(0, expected - BEFORE)
    power = np.square(samples[first:end].mean(axis=1), dtype=np.float64)
    steps = len(power) // MILLISECOND
    if steps < 10:
        return None
    each = power[: steps * MILLISECOND].reshape(steps, -1).mean(axis=1)
    loudest = float(np.convolve(each, np.full(10, 0.1), "valid").max())
    if decibels(loudest**0.5) < _HEARD:
        return None
    level = 10 * np.log10(np.maximum(each, 1e-20) / loudest)
    # nearly the highest of what was before: noise is uneven over so short a time
    floor = 10 * np.log10(max(np.quantile(each[:200], 0.95), 1e-20) / loudest)
    bounds = min(_LOUD, max(_SOFT, floor + _ABOVE)), _LOUD
    soft, loud = (int(np.argmax(level >= bound)) for bound in bounds)
    return first + soft * MILLISECOND, first + loud * MILLISECOND


def decibels(amplitude: float) -> float:
    """An amplitude as decibels of full scale."""
    return float(20 * np.log10(amplitude)) if amplitude > 0 else float("-inf")


def limited(samples: Samples, ceiling: float) -> Samples:
    """Samples with their true peaks held under `ceiling` (dBTP); the gain looks 5 ms ahead.

    All channels have one gain, so that nothing wanders from side to side.
    """
    from scipy.ndimage import maximum_filter1d, uniform_filter1d

    reach, highest = 5 * MILLISECOND, 10 ** (ceiling / 20)
    tops = np.max([envelope(channel, highest) for channel in samples.T], axis=0)
    if not tops.any():
        return samples
    peaks = maximum_filter1d(tops, 2 * reach + 1)
    gain = np.minimum(1.0, highest / np.maximum(peaks, 1e-9))
    # a mean of gains that each satisfy the peak in reach satisfies it too, and does not click
    smooth = uniform_filter1d(uniform_filter1d(gain, reach + 1), reach + 1)
    return np.asarray(samples * smooth[:, None], dtype=np.float32)


def steepness(channel: Samples) -> NDArray[np.float64]:
    """How steep each quarter of a millisecond is against all in the 30 ms on either side of it.

    In the speech of 15 voices nothing was more than 4.7 times as steep; a click is.
    """
    from scipy.ndimage import maximum_filter1d  # slow to load

    count = len(channel) // _JOLT
    steep = np.abs(np.diff(channel, 2, prepend=channel[:1], append=channel[-1:]))
    peaks = steep[: count * _JOLT].reshape(count, _JOLT).max(axis=1, initial=0.0)
    near, far = 4, 120  # blocks of a quarter of a millisecond
    wide = np.pad(peaks, far)
    reach = maximum_filter1d(wide, far - near)
    before, after = (reach[far + way * (far + near) // 2 :][:count] for way in (-1, 1))
    return np.asarray(np.maximum(peaks - _QUIET, 0) / np.maximum(np.maximum(before, after), 1e-9))


def declicked(channel: Samples) -> Samples:
    """One channel without its clicks, each replaced by the straight line from before to after it.

    A click is a jolt of up to a millisecond that is at least five times as steep as everything in
    the 30 ms on both sides.
    """
    from scipy.ndimage import maximum_filter1d

    jolts = steepness(channel) > _CLICK
    # the sample on either side of a block may belong to it
    spread = maximum_filter1d(np.repeat(jolts, _JOLT), 2 * _JOLT + 1)
    good = np.flatnonzero(np.append(~spread, np.ones(len(channel) - len(spread), bool)))
    if len(good) in (0, len(channel)):
        return channel
    return np.asarray(np.interp(np.arange(len(channel)), good, channel[good]), np.float32)
