"""Sound in 32 bits, in which it is mixed: floats of shape (n, 2) at 48 kHz in and out.

It is an array of integers where parts are laid over each other, and a segment of pydub where one is
faded. pydub counts in milliseconds of 48 samples, so segments are padded to whole ones here, and
cut again afterwards.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydub import AudioSegment

from explainer.clock import MILLISECOND, TICKS
from explainer.media.audio_reader import Samples

Integers = NDArray[np.int32]
"""Samples of 32 bits, of shape (n, channels)."""

_FULL_SCALE = 2**31 - 1
_FRAME_BYTES = 8
"""Bytes of one sample of both channels."""


def to_integers(samples: Samples) -> Integers:
    """Floats in 32 bits; what is over full scale is clipped."""
    scaled = samples.astype(np.float64)
    np.clip(scaled, -1, 1, out=scaled)
    scaled *= _FULL_SCALE
    return scaled.astype(np.int32)


def to_samples(integers: Integers) -> Samples:
    """What was mixed in 32 bits as floats of the same shape."""
    return integers.astype(np.float32) * np.float32(1 / (_FULL_SCALE + 1))


def to_segment(samples: Samples) -> AudioSegment:
    """Floats of shape (n, 2) as a segment; what is over full scale is clipped."""
    return _from_bytes(to_integers(samples).astype("<i4").tobytes())


def integers_of(segment: AudioSegment) -> Integers:
    """What a segment holds, of shape (n, 2)."""
    return np.frombuffer(segment.raw_data, "<i4").reshape(-1, 2)


def sample_count(segment: AudioSegment) -> int:
    """How many samples a segment has."""
    return len(segment.raw_data) // _FRAME_BYTES


def lay_over(ground: Integers, sound: Integers, at: int) -> None:
    """Add a sound to the `ground`, from its sample `at` on; what lies outside of it is left out.

    The ground is of shape (n, 2), the sound too, or of shape (n, 1) where it is alike in both
    channels. Where both together are over full scale, they are clipped.
    """
    part = ground[max(0, at) : max(0, at + len(sound))]
    begin = max(0, -at)
    together = part + sound[begin : begin + len(part)].astype(np.int64)
    np.clip(together, -_FULL_SCALE - 1, _FULL_SCALE, out=part, casting="unsafe")


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
