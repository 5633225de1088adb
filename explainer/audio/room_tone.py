"""Room tone in place of digital silence: two ticks of a film in, the tone between them out.

The tone is noise from a fixed seed. It falls off with the frequency, as in the air of a room,
differs between the channels, and repeats every twenty seconds without a seam.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from explainer.clock import TICKS
from explainer.media.audio_reader import Samples

REVISION = 1
"""Part of the cache key: raise it when the tone would sound otherwise."""
PERIOD = 20 * TICKS
"""Ticks after which the tone repeats."""

_SEED = 17
_LOW = 90.0
_HIGH = 5000.0
"""Hertz between which the tone lies."""
_SLOPE = 3.0
"""Decibels by which the density falls from octave to octave."""
_FLAT = 250.0
"""Hertz up to which it does not fall: else the tone would rumble."""


def room_tone(begin: int, end: int, level: float) -> Samples:
    """The tone between two ticks of a film, of shape (n, 2), with `level` dBFS RMS a channel."""
    amplitude = np.float32(10 ** (level / 20))
    return np.asarray(repeated(_one_period(), begin, end) * amplitude, np.float32)


def repeated(once: Samples, begin: int, end: int) -> Samples:
    """What sounds between two samples of a sound that is repeated for ever."""
    first = begin % len(once)
    last = first + end - begin
    parts = [once[max(0, first - at) : last - at] for at in range(0, last, len(once))]
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


@cache
def _one_period() -> Samples:
    """One period of the tone, of shape (n, 2), with an RMS of one.

    All of its waves have whole periods in it, so that its end continues in its beginning.
    """
    frequencies = np.fft.rfftfreq(PERIOD, 1 / TICKS)
    fall = np.log2(np.maximum(frequencies, _FLAT) / _FLAT) * _SLOPE
    strength = 10 ** (-fall / 20)
    strength /= np.sqrt(1 + (_LOW / np.maximum(frequencies, 1e-3)) ** 8)
    strength /= np.sqrt(1 + (frequencies / _HIGH) ** 4)
    rng = np.random.default_rng(_SEED)
    channels = []
    for _ in range(2):
        phases = np.exp(2j * np.pi * rng.random(len(frequencies)))
        wave = np.fft.irfft(strength * phases, PERIOD)
        channels.append(wave / np.sqrt(np.mean(np.square(wave))))
    return np.column_stack(channels).astype(np.float32)
