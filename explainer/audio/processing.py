"""What is done to samples by measure: clicks removed, peaks limited. Samples in, samples out.

Samples are float arrays at 48 kHz, full scale 1.0.
"""

from __future__ import annotations

import numpy as np

from explainer.audio.meters import STEEPNESS_BLOCK, peak_envelope, steepness
from explainer.clock import MILLISECOND
from explainer.media.audio_reader import Samples

_CLICK_STEEPNESS = 5.0
"""How many times as steep as what is near it a click is."""


def to_stereo(channel: Samples) -> Samples:
    """One channel, of shape (n,), as two equal ones, of shape (n, 2)."""
    return np.column_stack([channel, channel])


def limit_peaks(samples: Samples, ceiling: float) -> Samples:
    """Hold the true peaks of samples of shape (n, channels) under `ceiling` (dBTP).

    The gain looks 5 ms ahead and is the same for all channels, so that nothing moves sideways.
    """
    from scipy.ndimage import maximum_filter1d, uniform_filter1d

    reach = 5 * MILLISECOND
    highest = 10 ** (ceiling / 20)
    tops = np.max([peak_envelope(channel, highest) for channel in samples.T], axis=0)
    if not tops.any():
        return samples
    peaks = maximum_filter1d(tops, 2 * reach + 1)
    gain = np.minimum(1.0, highest / np.maximum(peaks, 1e-9))
    # each gain in reach holds the peak, so their mean does, too, and changes smoothly
    smooth = uniform_filter1d(uniform_filter1d(gain, reach + 1), reach + 1)
    return np.asarray(samples * smooth[:, None], dtype=np.float32)


def declick(channel: Samples) -> Samples:
    """Replace each click in a channel by the straight line from before it to after it.

    A click is a jolt of up to a millisecond that is more than five times as steep as everything in
    the 30 ms on both sides.
    """
    from scipy.ndimage import maximum_filter1d

    jolts = steepness(channel) > _CLICK_STEEPNESS
    # the sample on either side of a block may belong to it
    spread = maximum_filter1d(np.repeat(jolts, STEEPNESS_BLOCK), 2 * STEEPNESS_BLOCK + 1)
    good = np.flatnonzero(np.append(~spread, np.ones(len(channel) - len(spread), bool)))
    if len(good) in (0, len(channel)):
        return channel
    return np.asarray(np.interp(np.arange(len(channel)), good, channel[good]), np.float32)
