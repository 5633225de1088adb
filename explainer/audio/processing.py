"""What is done to samples by measure: clicks removed, peaks limited. Samples in, samples out.

Samples are float arrays at 48 kHz, full scale 1.0.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from explainer.audio.filters import mirrored, sliding_max, sliding_mean
from explainer.audio.meters import STEEPNESS_BLOCK, peak_envelope, steepness
from explainer.clock import MILLISECOND
from explainer.media.audio_reader import Samples

_LIMITER_REACH = 5 * MILLISECOND
"""Samples ahead of a peak at which the limiter begins to turn down."""
_CLICK_STEEPNESS = 5.0
"""How many times as steep as what is near it a click is."""


def to_stereo(channel: Samples) -> Samples:
    """One channel, of shape (n,), as two equal ones, of shape (n, 2)."""
    return np.column_stack([channel, channel])


def limit_peaks(samples: Samples, ceiling: float) -> Samples:
    """Hold the true peaks of samples of shape (n, channels) under `ceiling` (dBTP).

    The gain looks 5 ms ahead and is the same for all channels, so that nothing moves sideways.
    """
    highest = 10 ** (ceiling / 20)
    tops = np.max([peak_envelope(channel, highest) for channel in samples.T], axis=0)
    limited = samples.copy()
    for first, last in _surroundings(np.flatnonzero(tops > highest), len(tops)):
        gain = _limiter_gain(tops[first:last], highest)
        limited[first:last] *= gain[:, None]
    return limited


def _surroundings(peaks: NDArray[np.intp], length: int) -> Iterator[tuple[int, int]]:
    """The ranges of samples in which the limiter may do something for peaks at these samples."""
    around = 3 * _LIMITER_REACH
    if not len(peaks):
        return
    for near in np.split(peaks, np.flatnonzero(np.diff(peaks) > 2 * around) + 1):
        yield max(0, int(near[0]) - around), min(length, int(near[-1]) + around + 1)


def _limiter_gain(tops: Samples, highest: float) -> Samples:
    """The gain at each sample that holds these peaks, both of shape (n,)."""
    peaks = sliding_max(mirrored(tops, _LIMITER_REACH), 2 * _LIMITER_REACH + 1)
    gain = np.minimum(1.0, highest / np.maximum(peaks, 1e-9))
    # each gain in reach holds the peak, so their mean does, too, and changes smoothly
    for _ in range(2):
        gain = sliding_mean(mirrored(gain, _LIMITER_REACH // 2), _LIMITER_REACH + 1)
    return gain


def declick(channel: Samples) -> Samples:
    """Replace each click in a channel by the straight line from before it to after it.

    A click is a jolt of up to a millisecond that is more than five times as steep as everything in
    the 30 ms on both sides.
    """
    jolts = np.repeat(steepness(channel) > _CLICK_STEEPNESS, STEEPNESS_BLOCK)
    # the sample on either side of a block may belong to it
    spread = sliding_max(np.pad(jolts, STEEPNESS_BLOCK), 2 * STEEPNESS_BLOCK + 1)
    good = np.flatnonzero(np.append(~spread, np.ones(len(channel) - len(spread), bool)))
    if len(good) in (0, len(channel)):
        return channel
    return np.asarray(np.interp(np.arange(len(channel)), good, channel[good]), np.float32)
