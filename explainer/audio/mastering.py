"""A line's voice mastered: mono samples at 48 kHz in, of the same length and in step with it out.

Rumble and clicks out, gentle equalization, a soft de-esser and a soft-knee compressor. What is done
to a line depends on that line alone.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from explainer.audio.meters import Samples, declicked
from explainer.clock import MILLISECOND, TICKS

REVISION = 1
"""Part of the cache key: raise it when the same line would be mastered otherwise."""

RUMBLE = 70.0
"""Hertz; nothing of a voice lies below."""
BELLS = ((260.0, -1.5, 0.9), (4000.0, 1.0, 0.8))
"""Hertz, decibels and quality of each bell: less mud, more presence."""
AIR = (9000.0, 2.0)
"""Hertz and decibels of the shelf that opens the top of a voice."""

RATIO = 2.0
KNEE = 8.0
"""Decibels around the threshold in which the compressor sets in."""
ABOVE = 0.0
"""Decibels over the mean level of what is spoken that the threshold lies at."""
ATTACK, RELEASE = 8.0, 140.0
"""Milliseconds."""

HISS = 5000.0
"""Hertz from which on a sound counts as a hiss."""
HISS_UNDER = 6.0
"""Decibels under the mean level of what is spoken that a hiss may have; half of more is taken."""
HISS_MOST = 6.0

_LOOK = 5  # milliseconds that the compressor sees ahead
_GATE = 30.0  # what is this far under the loudest moment is no speech
_WINDOW = 10 * MILLISECOND


def master(voice: Samples) -> Samples:
    """The line as a studio would hand it over; its level is not set.

    The filters turn the phase by less than a sample where a voice has its strength.
    """
    clean = _equalized(declicked(voice))
    return np.asarray(_deessed(_compressed(clean)), np.float32)


def _equalized(voice: Samples) -> NDArray[np.float64]:
    from scipy.signal import butter, sosfilt

    rumble = butter(2, RUMBLE, "highpass", fs=TICKS, output="sos")
    sections = [*rumble, *(_bell(*bell) for bell in BELLS), _high_shelf(*AIR)]
    return np.asarray(sosfilt(np.array(sections), voice.astype(np.float64)))


def _bell(frequency: float, gain: float, quality: float) -> NDArray[np.float64]:
    """A peaking filter as a second-order section (Bristow-Johnson's audio EQ cookbook)."""
    turn = 2 * np.pi * frequency / TICKS
    lift, width = 10 ** (gain / 40), np.sin(turn) / (2 * quality)
    above = np.array([1 + width * lift, -2 * np.cos(turn), 1 - width * lift])
    below = np.array([1 + width / lift, -2 * np.cos(turn), 1 - width / lift])
    return np.asarray(np.concatenate([above, below]) / below[0])


def _high_shelf(frequency: float, gain: float) -> NDArray[np.float64]:
    """A shelf of slope 1 as a second-order section (Bristow-Johnson's audio EQ cookbook)."""
    turn = 2 * np.pi * frequency / TICKS
    lift = 10 ** (gain / 40)
    cosine = np.cos(turn)
    width = np.sin(turn) / np.sqrt(2) * 2 * np.sqrt(lift)
    above = lift * np.array([
        lift + 1 + (lift - 1) * cosine + width,
        -2 * (lift - 1 + (lift + 1) * cosine),
        lift + 1 + (lift - 1) * cosine - width,
    ])  # fmt: skip
    below = np.array([
        lift + 1 - (lift - 1) * cosine + width,
        2 * (lift - 1 - (lift + 1) * cosine),
        lift + 1 - (lift - 1) * cosine - width,
    ])  # fmt: skip
    return np.asarray(np.concatenate([above, below]) / below[0])


def _levels(voice: NDArray[np.float64]) -> NDArray[np.float64]:
    """The level around each millisecond in decibels, over a window of 10 ms."""
    from scipy.ndimage import uniform_filter1d

    power = uniform_filter1d(np.square(voice), _WINDOW, mode="constant")
    return np.asarray(10 * np.log10(np.maximum(power[MILLISECOND // 2 :: MILLISECOND], 1e-20)))


def _spoken_level(levels: NDArray[np.float64]) -> float:
    """The mean level of what is spoken, without its pauses."""
    spoken = levels[levels > levels.max(initial=-200.0) - _GATE]
    return float(10 * np.log10(np.mean(10 ** (spoken / 10)))) if len(spoken) else -200.0


def _followed(wanted: NDArray[np.float64], attack: float, release: float) -> NDArray[np.float64]:
    """Decibels to take away at each millisecond: up by the attack's time, down by the release's."""
    rise, fall = np.exp(-1 / attack), np.exp(-1 / release)
    made, taken = np.empty(len(wanted)), 0.0
    for at, target in enumerate(wanted.tolist()):
        pace = rise if target > taken else fall
        taken = target + (taken - target) * pace
        made[at] = taken
    return made


def _gains(taken: NDArray[np.float64], length: int) -> NDArray[np.float64]:
    """Decibels to take away at each millisecond as a factor for each sample."""
    middles = MILLISECOND // 2 + MILLISECOND * np.arange(len(taken))
    return np.asarray(10 ** (-np.interp(np.arange(length), middles, taken) / 20))


def _compressed(voice: NDArray[np.float64]) -> NDArray[np.float64]:
    from scipy.ndimage import maximum_filter1d

    levels = _levels(voice)
    if not len(levels):
        return voice
    over = levels - _spoken_level(levels) - ABOVE
    # a quarter circle of a parabola leads from no reduction to the full ratio
    inside = np.clip(over + KNEE / 2, 0, KNEE)
    reduction = (1 - 1 / RATIO) * (inside**2 / (2 * KNEE) + np.maximum(over - KNEE / 2, 0))
    ahead = maximum_filter1d(reduction, _LOOK, origin=-(_LOOK // 2))
    return voice * _gains(_followed(ahead, ATTACK, RELEASE), len(voice))


def _deessed(voice: NDArray[np.float64]) -> NDArray[np.float64]:
    from scipy.signal import butter, sosfiltfilt

    if len(voice) < 10 * MILLISECOND:
        return voice
    # forwards and backwards, so that what is not taken away adds up to the voice again
    hiss = sosfiltfilt(butter(2, HISS, "highpass", fs=TICKS, output="sos"), voice)
    over = _levels(hiss) - _spoken_level(_levels(voice)) + HISS_UNDER
    taken = _followed(np.clip(over / 2, 0, HISS_MOST), 2.0, 40.0)
    return np.asarray(voice - hiss * (1 - _gains(taken, len(voice))))
