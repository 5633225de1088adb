"""pydub's segments at exact samples: floats of shape (n, 2) at 48 kHz into segments and back.

All are stereo with 32 bits. pydub counts in milliseconds of 48 samples, so segments are padded to
whole ones here before pydub overlays them, and cut again afterwards.
"""

from __future__ import annotations

import numpy as np
from pydub import AudioSegment

from explainer.clock import MILLISECOND, TICKS
from explainer.media.audio_reader import Samples

_FULL_SCALE = 2**31 - 1
_FRAME_BYTES = 8
"""Bytes of one sample of both channels."""


def to_segment(samples: Samples) -> AudioSegment:
    """Floats as a segment; what is over full scale is clipped."""
    integers = np.clip(samples.astype(np.float64), -1, 1) * _FULL_SCALE
    return _from_bytes(np.ascontiguousarray(integers).astype("<i4").tobytes())


def to_samples(segment: AudioSegment) -> Samples:
    """A segment as floats of shape (n, 2)."""
    integers = np.frombuffer(segment.raw_data, dtype="<i4").reshape(-1, 2)
    return (integers / (_FULL_SCALE + 1.0)).astype(np.float32)


def sample_count(segment: AudioSegment) -> int:
    """How many samples a segment has."""
    return len(segment.raw_data) // _FRAME_BYTES


def overlay(ground: AudioSegment, sound: AudioSegment, at: int) -> AudioSegment:
    """`ground` with a sound from its sample `at` on; what lies outside of it is left out."""
    size = sample_count(ground)
    data = sound.raw_data[_FRAME_BYTES * max(0, -at) : _FRAME_BYTES * max(0, size - at)]
    at = max(0, at)
    if not data:
        return ground
    milliseconds, rest = divmod(at, MILLISECOND)
    over = _from_bytes(bytes(_FRAME_BYTES * rest) + data)
    under = _from_bytes(ground.raw_data + bytes(_FRAME_BYTES * (-size % MILLISECOND)))
    mixed = under.overlay(over, position=milliseconds)
    return _from_bytes(mixed.raw_data[: _FRAME_BYTES * size])


def fade_edges(sound: AudioSegment, fade_in: int, fade_out: int) -> AudioSegment:
    """The sound faded in and out over so many milliseconds, each at most a quarter of it."""
    size = sample_count(sound)
    longest = size // MILLISECOND // 4
    fade_in = min(fade_in, longest)
    fade_out = min(fade_out, longest)
    if not fade_in or not fade_out:
        return sound
    # filled up to whole milliseconds, of which pydub loses none
    padding = -size % MILLISECOND
    whole = _from_bytes(sound.raw_data + bytes(_FRAME_BYTES * padding))
    faded = whole.fade_in(fade_in).fade_out(fade_out)
    return _from_bytes(faded.raw_data[: _FRAME_BYTES * size])


def _from_bytes(data: bytes) -> AudioSegment:
    return AudioSegment(data=data, sample_width=4, frame_rate=TICKS, channels=2)
