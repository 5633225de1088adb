"""pydub's segments at exact samples: floats of shape (n, 2) at 48 kHz into segments and back.

All are stereo with 32 bit. pydub counts in milliseconds, 48 samples each; what lies between two of
them is padded here before pydub adds, and cut again after.
"""

from __future__ import annotations

import numpy as np
from pydub import AudioSegment

from explainer.audio.meters import Samples
from explainer.clock import MILLISECOND, TICKS

_FULL = 2**31 - 1
_SIZE = 8  # bytes a sample of both channels takes


def segment(samples: Samples) -> AudioSegment:
    """Floats as a segment; what is over full scale is cut."""
    whole = np.clip(samples.astype(np.float64), -1, 1) * _FULL
    return _of(np.ascontiguousarray(whole).astype("<i4").tobytes())


def samples(sound: AudioSegment) -> Samples:
    """A segment as floats of shape (n, 2)."""
    whole = np.frombuffer(sound.raw_data, dtype="<i4").reshape(-1, 2)
    return (whole / (_FULL + 1.0)).astype(np.float32)


def length(sound: AudioSegment) -> int:
    """How many samples a segment has."""
    return len(sound.raw_data) // _SIZE


def laid_over(ground: AudioSegment, sound: AudioSegment, at: int) -> AudioSegment:
    """`ground` with a sound from its sample `at` on; what lies outside of it is left out."""
    size, data = length(ground), sound.raw_data
    data = data[_SIZE * max(0, -at) : _SIZE * max(0, size - at)]
    at = max(0, at)
    if not data:
        return ground
    place, rest = divmod(at, MILLISECOND)
    over = _of(bytes(_SIZE * rest) + data)
    under = _of(ground.raw_data + bytes(_SIZE * (-size % MILLISECOND)))
    return _of(under.overlay(over, position=place).raw_data[: _SIZE * size])


def softened(sound: AudioSegment, rise: int, fall: int) -> AudioSegment:
    """The sound faded in and out over so many milliseconds, at the most a quarter of it each."""
    size = length(sound)
    most = size // MILLISECOND // 4
    rise, fall = min(rise, most), min(fall, most)
    if not rise or not fall:
        return sound
    # the last part of a millisecond is put in front, where pydub loses none of it
    lead = -size % MILLISECOND
    whole = _of(sound.raw_data + bytes(_SIZE * lead))
    return _of(whole.fade_in(rise).fade_out(fall).raw_data[: _SIZE * size])


def _of(data: bytes) -> AudioSegment:
    return AudioSegment(data=data, sample_width=4, frame_rate=TICKS, channels=2)
