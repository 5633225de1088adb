"""The quiet of a room in place of digital silence: a place in the film in, its room tone out.

Noise made here, from a seed: it turns darker as the air of a room does, is another one in each ear,
and repeats every twenty seconds without a seam.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from explainer.audio.meters import Samples
from explainer.clock import TICKS

REVISION = 1
"""Part of the cache key: raise it when the tone would sound otherwise."""
PERIOD = 20 * TICKS

_SEED = 17
_LOW, _HIGH = 90.0, 5000.0
"""Hertz between which the tone lies."""
_SLOPE = 3.0
"""Decibels that an octave lies under the one below it, for the same width in hertz."""
_FLAT = 250.0
"""Hertz up to which it does not fall, so that it does not rumble."""


def tone(begin: int, end: int, level: float) -> Samples:
    """The room between two ticks of a film, of shape (n, 2), with `level` dBFS RMS a channel."""
    period = _period()
    amplitude = np.float32(10 ** (level / 20))
    made = np.take(period, np.arange(begin, end), axis=0, mode="wrap") * amplitude
    return np.asarray(made, np.float32)


@cache
def _period() -> Samples:
    """One round of the tone, at an RMS of one.

    Made of waves that all have whole periods in it, so its end goes on into its beginning.
    """
    pitch = np.fft.rfftfreq(PERIOD, 1 / TICKS)
    fall = np.log2(np.maximum(pitch, _FLAT) / _FLAT) * _SLOPE
    strength = 10 ** (-fall / 20)
    strength /= np.sqrt(1 + (_LOW / np.maximum(pitch, 1e-3)) ** 8)
    strength /= np.sqrt(1 + (pitch / _HIGH) ** 4)
    rng = np.random.default_rng(_SEED)
    made = []
    for _ in range(2):
        turn = np.exp(2j * np.pi * rng.random(len(pitch)))
        wave = np.fft.irfft(strength * turn, PERIOD)
        made.append(wave / np.sqrt(np.mean(np.square(wave))))
    return np.column_stack(made).astype(np.float32)
