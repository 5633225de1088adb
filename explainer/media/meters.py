"""What a sound measures: a file or samples in; loudness, true peak and the onset of speech out.

And what is done to it by measure: clicks taken out, peaks held down.

Samples are float arrays of shape (n, channels) at 48 kHz, full scale 1.0.
"""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from explainer import media
from explainer.clock import MILLISECOND, TICKS

Samples = NDArray[np.float32]

LONGEST = 3660 * TICKS
"""What is decoded at the most: the longest film there may be, and a minute."""

BEFORE = 300 * MILLISECOND
"""How far before its time the onset of a line is looked for."""

_BLOCK = 10 * TICKS
_EDGE = 64
_JOLT = MILLISECOND // 4
_CLICK, _QUIET = 5.0, 1e-3  # how much steeper a click is than what is near, and what never is one
_HEARD = -45.0  # what stays under this is a room, not a line
_ABOVE = 6.0  # decibels that a sound rises out of a bed by
_SOFT, _LOUD = -50.0, -20.0
"""How far under a line's loudest 10 ms its softest consonant begins, and its first vowel stands."""


def decode(path: Path, number: int = 0) -> Samples:
    """A sound track of a file, the first if not said, as players hear it: from 0 to its end.

    Raises:
        av.FFmpegError: if it cannot be decoded.
        ValueError: if there is no sound, or it is not 48 kHz, or has more than `LONGEST` samples.
    """
    with media.opened(path, media.FILM) as file:
        tracks = file.streams.audio
        if number >= len(tracks) or tracks[number].rate != TICKS:
            raise ValueError("no sound at 48 kHz")
        track = tracks[number]
        if track.channels > media.MOST_CHANNELS:
            raise ValueError(f"{track.channels} channels are not read")
        stated = (
            track.duration and track.time_base and round(track.duration * track.time_base * TICKS)
        )
        pieces: list[NDArray[np.float32]] = []
        first = count = 0
        resampler = av.AudioResampler(format="fltp", layout=track.layout, rate=TICKS)
        for frame in file.decode(track):
            if not pieces and frame.pts is not None and frame.time_base is not None:
                first = round(frame.pts * frame.time_base * TICKS)
            count += frame.samples
            if abs(first) > LONGEST or count > LONGEST:
                raise ValueError(f"it lasts longer than {LONGEST // TICKS // 60} minutes")
            pieces += [piece.to_ndarray().astype(np.float32) for piece in resampler.resample(frame)]
    if not pieces:
        raise ValueError("no sound at 48 kHz")
    sound = np.concatenate(pieces, axis=1).T
    sound = np.pad(sound, ((max(0, first), 0), (0, 0)))[max(0, -first) :]
    # the encoder fills its last block up; what lies after the stated end is never played
    return np.ascontiguousarray(sound[: stated or len(sound)])


def loudness(samples: Samples) -> float:
    """Integrated loudness in LUFS (ITU-R BS.1770-4); -inf for silence.

    A sound under the 0.4 s that one gating block takes is repeated until it fills it.
    """
    import pyloudnorm

    block = TICKS * 2 // 5
    if not len(samples):
        return float("-inf")
    if len(samples) < block:
        samples = np.tile(samples, (-(-block // len(samples)), 1))
    with np.errstate(divide="ignore"):
        return float(pyloudnorm.Meter(TICKS).integrated_loudness(samples.astype(np.float64)))


def stereo(channel: Samples) -> Samples:
    """One channel as two equal ones."""
    return np.column_stack([channel, channel])


def envelope(channel: Samples) -> Samples:
    """The true-peak magnitude around each sample of one channel, by fourfold oversampling."""
    from scipy.signal import resample_poly

    out = np.empty_like(channel)
    for at in range(0, len(channel), _BLOCK):
        # blocks overlap by more than the interpolation filter reaches
        left, right = max(0, at - _EDGE), min(len(channel), at + _BLOCK + _EDGE)
        fine = np.abs(resample_poly(channel[left:right], 4, 1)).reshape(-1, 4).max(axis=1)
        out[at : at + _BLOCK] = fine[at - left : at - left + _BLOCK]
    return out


def true_peak(samples: Samples) -> float:
    """The highest true peak of any channel in dBTP (ITU-R BS.1770-4, annex 2); -inf for silence."""
    top = max((float(envelope(channel).max(initial=0.0)) for channel in samples.T), default=0.0)
    return decibels(top)


def onset(samples: Samples, expected: int, end: int) -> tuple[int, int] | None:
    """Between which two ticks the speech of a line begins: its softest sound, its first loud one.

    Looked for from `BEFORE` before `expected` to `end`; None if nothing is heard there. Two bounds,
    because a line that opens on a soft consonant rises over many milliseconds. What sounds before
    it, such as music, counts as silence.
    """
    first = max(0, expected - BEFORE)
    power = np.square(samples[first:end].mean(axis=1), dtype=np.float64)
    steps = len(power) // MILLISECOND
    if steps < 10:
        return None
    each = power[: steps * MILLISECOND].reshape(steps, -1).mean(axis=1)
    loudest = float(np.convolve(each, np.full(10, 0.1), "valid").max())
    if decibels(loudest**0.5) < _HEARD:
        return None
    level = 10 * np.log10(np.maximum(each, 1e-20) / loudest)
    # nearly the highest of what was before: noise is uneven over so short a time
    floor = 10 * np.log10(max(np.quantile(each[:200], 0.95), 1e-20) / loudest)
    bounds = min(_LOUD, max(_SOFT, floor + _ABOVE)), _LOUD
    soft, loud = (int(np.argmax(level >= bound)) for bound in bounds)
    return first + soft * MILLISECOND, first + loud * MILLISECOND


def decibels(amplitude: float) -> float:
    """An amplitude as decibels of full scale."""
    return float(20 * np.log10(amplitude)) if amplitude > 0 else float("-inf")


def limited(samples: Samples, ceiling: float) -> Samples:
    """Samples with their true peaks held under `ceiling` (dBTP); the gain looks 5 ms ahead.

    All channels have one gain, so that nothing wanders from side to side.
    """
    from scipy.ndimage import maximum_filter1d, uniform_filter1d

    reach = 5 * MILLISECOND
    tops = np.max([envelope(channel) for channel in samples.T], axis=0)
    peaks = maximum_filter1d(tops, 2 * reach + 1)
    gain = np.minimum(1.0, 10 ** (ceiling / 20) / np.maximum(peaks, 1e-9))
    # a mean of gains that each satisfy the peak in reach satisfies it too, and does not click
    smooth = uniform_filter1d(uniform_filter1d(gain, reach + 1), reach + 1)
    return np.asarray(samples * smooth[:, None], dtype=np.float32)


def steepness(channel: Samples) -> NDArray[np.float64]:
    """How steep each quarter of a millisecond is against all in the 30 ms on either side of it.

    In the speech of 15 voices nothing was more than 4.7 times as steep; a click is.
    """
    from scipy.ndimage import maximum_filter1d  # slow to load

    count = len(channel) // _JOLT
    steep = np.abs(np.diff(channel, 2, prepend=channel[:1], append=channel[-1:]))
    peaks = steep[: count * _JOLT].reshape(count, _JOLT).max(axis=1, initial=0.0)
    near, far = 4, 120  # blocks of a quarter of a millisecond
    wide = np.pad(peaks, far)
    reach = maximum_filter1d(wide, far - near)
    before, after = (reach[far + way * (far + near) // 2 :][:count] for way in (-1, 1))
    return np.asarray(np.maximum(peaks - _QUIET, 0) / np.maximum(np.maximum(before, after), 1e-9))


def declicked(channel: Samples) -> Samples:
    """One channel without its clicks, each replaced by the straight line from before to after it.

    A click is a jolt of up to a millisecond that is at least five times as steep as everything in
    the 30 ms on both sides.
    """
    from scipy.ndimage import maximum_filter1d

    jolts = steepness(channel) > _CLICK
    # the sample on either side of a block may belong to it
    spread = maximum_filter1d(np.repeat(jolts, _JOLT), 2 * _JOLT + 1)
    good = np.flatnonzero(np.append(~spread, np.ones(len(channel) - len(spread), bool)))
    if len(good) in (0, len(channel)):
        return channel
    return np.asarray(np.interp(np.arange(len(channel)), good, channel[good]), np.float32)
