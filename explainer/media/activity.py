"""Where there is sound and where silence: samples in, active blocks or the onset of speech out.

Two more places tell sound from silence by other measures, and cannot share these without changing
what they find: `narration.align` sets the level of a voice against the noise of its recording, and
`verify.track_listener` looks for digital silence, single samples under one step of 16 bits.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from explainer.clock import MILLISECOND

SPEECH_SHARE = 10 ** (-42 / 20)
"""Share of the loudest peak under which a block at the edges of speech counts as silence."""
ONSET_REACH = 300 * MILLISECOND
"""Ticks before its expected time from which the onset of a line is looked for."""

_ROOM_LEVEL = -45.0
"""dBFS over 10 ms; what stays under it is a room, not a line."""
_RISE_OVER_BED = 6.0
"""Decibels by which a voice rises out of what sounds before it."""
_MIN_BEFORE = 20
"""Milliseconds before a line, from which on what sounds in them is held against it."""
_SOFT = -50.0
"""Decibels under a line's loudest 10 ms at which its softest consonant begins."""
_LOUD = -20.0
"""Decibels under a line's loudest 10 ms at which its first vowel stands."""


def active_blocks(
    samples: NDArray[Any], block: int, share: float, floor: float = 0.0
) -> NDArray[np.bool_]:
    """For each whole block of one channel, whether its peak is over `share` of the highest peak.

    A peak must also be over `floor`, in the unit of the samples.
    """
    count = len(samples) // block
    # 16 bits do not hold the magnitude of the lowest value
    wide = samples.astype(np.int32) if samples.dtype == np.int16 else samples
    peaks = np.abs(wide[: count * block]).reshape(count, block).max(axis=1, initial=0)
    return np.asarray(peaks > max(peaks.max(initial=0) * share, floor))


def speech_onset(samples: NDArray[np.float32], expected: int, end: int) -> tuple[int, int] | None:
    """Between which two ticks the speech of a line begins: its softest sound, its first loud one.

    It is looked for from `ONSET_REACH` before `expected` to `end`; None if nothing is heard there.
    There are two bounds because a soft consonant rises over many milliseconds. What sounds before
    the line, such as music, counts as silence. `samples` have the shape (n, channels) at 48 kHz.
    """
    first = max(0, expected - ONSET_REACH)
    power = np.square(samples[first:end].mean(axis=1), dtype=np.float64)
    count = len(power) // MILLISECOND
    if count < 10:
        return None
    blocks = power[: count * MILLISECOND].reshape(count, -1).mean(axis=1)
    loudest = float(np.convolve(blocks, np.full(10, 0.1), "valid").max())
    if loudest <= 0 or 10 * np.log10(loudest) < _ROOM_LEVEL:
        return None
    level = 10 * np.log10(np.maximum(blocks, 1e-20) / loudest)
    soft_bound = _SOFT
    silent = min(200, (expected - first) // MILLISECOND)
    if silent >= _MIN_BEFORE:
        # nearly the highest of what is before the line: over a millisecond, noise is uneven
        before = 10 * np.log10(max(np.quantile(blocks[:silent], 0.95), 1e-20) / loudest)
        soft_bound = min(_LOUD, max(_SOFT, before + _RISE_OVER_BED))
    soft = int(np.argmax(level >= soft_bound))
    loud = int(np.argmax(level >= _LOUD))
    return first + soft * MILLISECOND, first + loud * MILLISECOND
