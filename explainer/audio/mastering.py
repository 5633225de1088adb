"""Mastering of a line's voice: mono samples at 48 kHz in; as many, in step with them, out.

Rumble and clicks are removed, then come an equalizer, a soft-knee compressor and a soft de-esser.
What is done to a line depends on that line alone.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from explainer.audio.filters import (
    BUTTERWORTH,
    Cascade,
    bell,
    filter_back_and_forth,
    high_pass,
    high_shelf,
    sliding_max,
    sliding_mean,
)
from explainer.audio.processing import declick
from explainer.clock import MILLISECOND
from explainer.media.audio_reader import Samples

REVISION = 1
"""Part of the cache key: raise it when the same line would sound different."""

RUMBLE = 70.0
"""Hertz under which there is nothing of a voice."""
BELLS = ((260.0, -1.5, 0.9), (4000.0, 1.0, 0.8))
"""Hertz, decibels and quality of each bell: less mud, more presence."""
AIR = (9000.0, 2.0)
"""Hertz and decibels of the shelf that brightens a voice."""

RATIO = 2.0
"""Of the compressor."""
KNEE = 8.0
"""Decibels around the threshold over which the compressor sets in."""
THRESHOLD = 0.0
"""Of the compressor, in decibels over the mean level of speech."""
ATTACK = 8.0
RELEASE = 140.0
"""Milliseconds of the compressor."""

HISS_FREQUENCY = 5000.0
"""Hertz above which a sound counts as a hiss."""
HISS_DISTANCE = 6.0
"""Decibels under the mean level of speech that a hiss may have; half of what is over is removed."""
MAX_DEESSING = 6.0
"""Decibels that the de-esser removes at most."""
DEESSER_ATTACK = 2.0
DEESSER_RELEASE = 40.0
"""Milliseconds of the de-esser."""

_LOOKAHEAD = 5
"""Milliseconds that the compressor sees ahead."""
_GATE = 30.0
"""Decibels under the loudest moment below which there is no speech."""
_WINDOW = 10 * MILLISECOND
"""Samples over which a level is measured."""


def master(voice: Samples) -> Samples:
    """The line cleaned, equalized, compressed and de-essed; its level is not set.

    The filters delay a voice by less than a sample where its energy is.
    """
    clean = _equalize(declick(voice))
    return np.asarray(_deess(_compress(clean)), np.float32)


def _equalize(voice: Samples) -> NDArray[np.float64]:
    rumble = high_pass(RUMBLE, BUTTERWORTH)
    return Cascade([rumble, *(bell(*each) for each in BELLS), high_shelf(*AIR)]).filter(voice)


def _levels(voice: NDArray[np.float64]) -> NDArray[np.float64]:
    """The level at each millisecond in decibels, over a window of 10 ms."""
    around = np.pad(np.square(voice), (_WINDOW // 2, _WINDOW - 1 - _WINDOW // 2))
    power = sliding_mean(around, _WINDOW)
    return np.asarray(10 * np.log10(np.maximum(power[MILLISECOND // 2 :: MILLISECOND], 1e-20)))


def _speech_level(levels: NDArray[np.float64]) -> float:
    """The mean level of speech, without its pauses."""
    speech = levels[levels > levels.max(initial=-200.0) - _GATE]
    return float(10 * np.log10(np.mean(10 ** (speech / 10)))) if len(speech) else -200.0


def _smooth(reduction: NDArray[np.float64], attack: float, release: float) -> NDArray[np.float64]:
    """A reduction in decibels at each millisecond, rising by the attack, falling by the release."""
    rise = np.exp(-1 / attack)
    fall = np.exp(-1 / release)
    smoothed = np.empty(len(reduction))
    current = 0.0
    for at, target in enumerate(reduction.tolist()):
        pace = rise if target > current else fall
        current = target + (current - target) * pace
        smoothed[at] = current
    return smoothed


def _to_factors(reduction: NDArray[np.float64], length: int) -> NDArray[np.float64]:
    """A reduction in decibels at each millisecond as a factor for each of `length` samples."""
    middles = MILLISECOND // 2 + MILLISECOND * np.arange(len(reduction))
    return np.asarray(10 ** (-np.interp(np.arange(length), middles, reduction) / 20))


def _compress(voice: NDArray[np.float64]) -> NDArray[np.float64]:
    levels = _levels(voice)
    if not len(levels):
        return voice
    over = levels - _speech_level(levels) - THRESHOLD
    # within the knee, a parabola leads from no reduction to the full ratio
    inside = np.clip(over + KNEE / 2, 0, KNEE)
    reduction = (1 - 1 / RATIO) * (inside**2 / (2 * KNEE) + np.maximum(over - KNEE / 2, 0))
    ahead = sliding_max(np.pad(reduction, (0, _LOOKAHEAD - 1), "edge"), _LOOKAHEAD)
    return voice * _to_factors(_smooth(ahead, ATTACK, RELEASE), len(voice))


def _deess(voice: NDArray[np.float64]) -> NDArray[np.float64]:
    if len(voice) < 10 * MILLISECOND:
        return voice
    # filtered forwards and backwards, the hiss and the rest add up to the voice again
    hiss = filter_back_and_forth(high_pass(HISS_FREQUENCY, BUTTERWORTH), voice)
    over = _levels(hiss) - _speech_level(_levels(voice)) + HISS_DISTANCE
    reduction = np.clip(over / 2, 0, MAX_DEESSING)
    smoothed = _smooth(reduction, DEESSER_ATTACK, DEESSER_RELEASE)
    return np.asarray(voice - hiss * (1 - _to_factors(smoothed, len(voice))))
