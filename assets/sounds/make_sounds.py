"""Makes the effects that a film may set on its words: `python assets/sounds/make_sounds.py`.

Short, soft sounds of sine waves and of noise from a seed; stereo at 48 kHz, the same bytes each
time. None rises in less than five milliseconds, all are in D major as the bed is, and each begins
and ends in silence.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import av
import numpy as np

RATE = 48_000
PEAK = 0.25
"""The highest sample, of full scale; a film sets the level by itself."""
D3, FS3, A3, D4, FS4, A4, D5, FS5, A5 = (
    440 * 2 ** ((note - 69) / 12) for note in (50, 54, 57, 62, 66, 69, 74, 78, 81)
)


def clock(seconds: float) -> np.ndarray:
    """The time of each sample of so many seconds."""
    return np.arange(round(seconds * RATE)) / RATE


def shape(time: np.ndarray, rise: float, half: float) -> np.ndarray:
    """Up over `rise` seconds, then down by half every `half` seconds, and out at the end."""
    up = (1 - np.cos(np.pi * np.minimum(1, time / rise))) / 2
    out = np.minimum(1, time[::-1] / min(0.1, time[-1] / 3))
    return up * 0.5 ** (np.maximum(0, time - rise) / half) * (1 - np.cos(np.pi * out)) / 2


def bell(pitch: float, seconds: float, rise: float, half: float) -> np.ndarray:
    """A round tone with a little of its third and fifth partial, which die first."""
    time = clock(seconds)
    made = np.sin(2 * np.pi * pitch * time) * shape(time, rise, half)
    made += 0.18 * np.sin(2 * np.pi * 3 * pitch * time) * shape(time, rise, half / 3)
    return made + 0.05 * np.sin(2 * np.pi * 5 * pitch * time) * shape(time, rise, half / 5)


def glide(first: float, last: float, seconds: float, rise: float, half: float) -> np.ndarray:
    """A sine that goes from one pitch to another, fast at first."""
    time = clock(seconds)
    pitch = last + (first - last) * np.exp(-4 * time / seconds)
    return np.sin(2 * np.pi * np.cumsum(pitch) / RATE) * shape(time, rise, half)


def breath(low: float, high: float, seconds: float, seed: int) -> np.ndarray:
    """Noise between two pitches, with soft edges, at an RMS of a quarter."""
    count = round(seconds * RATE)
    pitch = np.fft.rfftfreq(count, 1 / RATE)
    strength = 1 / np.sqrt(1 + (low / np.maximum(pitch, 1)) ** 6) / np.sqrt(1 + (pitch / high) ** 6)
    turn = np.exp(2j * np.pi * np.random.default_rng(seed).random(len(pitch)))
    made = np.fft.irfft(strength * turn, count)
    return made / np.sqrt(np.mean(made**2)) / 4


def placed(seconds: float, *sounds: tuple[float, float, np.ndarray]) -> np.ndarray:
    """Sounds at their times and sides, from 0, left, to 1, right: samples of shape (n, 2)."""
    made = np.zeros((round(seconds * RATE), 2))
    for at, side, sound in sounds:
        begin = round(at * RATE)
        sound = sound[: len(made) - begin]
        ears = np.array([np.cos(side * np.pi / 2), np.sin(side * np.pi / 2)])
        made[begin : begin + len(sound)] += sound[:, None] * ears
    return made


def ignite() -> np.ndarray:
    """A band lights up: three notes upward, close together, with a little air."""
    air = breath(1500, 5000, 0.9, 1) * shape(clock(0.9), 0.12, 0.12)
    notes = [(0.06 * i, 0.3 + 0.2 * i, 0.6 * bell(pitch, 1.1, 0.05, 0.22))
             for i, pitch in enumerate((D4, A4, FS5))]  # fmt: skip
    return placed(1.25, *notes, (0, 0.4, 0.3 * air), (0, 0.6, 0.2 * air[::-1]))


def ticks() -> np.ndarray:
    """Copies are counted: soft ticks that come faster and go up."""
    at, made = 0.0, []
    for number in range(10):
        tick = bell(D5 * 2 ** (number / 24), 0.14, 0.006, 0.02)
        made.append((at, 0.35 + 0.03 * number, tick * (0.6 + 0.04 * number)))
        at += 0.15 * 0.9**number
    return placed(1.2, *made)


def swell() -> np.ndarray:
    """A coat grows: a chord and air that rise and sink."""
    time = clock(1.8)
    arch = np.sin(np.pi * np.minimum(1, time / 1.8) ** 0.8) ** 2
    tones = [(0, side, 0.5 * arch * np.sin(2 * np.pi * pitch * time + side))
             for side, pitch in ((0.5, D3), (0.3, A3), (0.7, FS4), (0.5, D4))]  # fmt: skip
    airs = [
        (0, side, 0.4 * arch * breath(400, 2500, 1.8, seed)) for side, seed in ((0.2, 2), (0.8, 3))
    ]
    return placed(1.8, *tones, *airs)


def clasp() -> np.ndarray:
    """Two arms close: a soft knock from either side."""
    knocks = [
        (0.0, 0.3, glide(A3, D3, 0.3, 0.012, 0.05)),
        (0.11, 0.7, glide(D4, A3, 0.4, 0.012, 0.06)),
    ]
    touch = breath(900, 3000, 0.1, 4) * shape(clock(0.1), 0.008, 0.015)
    return placed(0.6, *knocks, (0.0, 0.3, 0.3 * touch), (0.11, 0.7, 0.3 * touch))


def kinases() -> np.ndarray:
    """Engines switch each other on: two notes that answer each other and hum together."""
    time = clock(1.0)
    hum = np.sin(2 * np.pi * D3 * time) * (1 + 0.4 * np.sin(2 * np.pi * 7 * time))
    hum *= shape(time, 0.2, 0.25)
    one, two = bell(A4, 0.9, 0.015, 0.15), bell(D5, 0.9, 0.015, 0.18)
    return placed(1.2, (0, 0.25, one), (0.14, 0.75, two), (0.1, 0.5, 0.4 * hum))


def lock() -> np.ndarray:
    """A piece fits: a low, short thud and a clear note over it."""
    thud = glide(D4, D3 / 2, 0.4, 0.01, 0.06)
    touch = breath(1200, 4000, 0.08, 5) * shape(clock(0.08), 0.006, 0.012)
    note = bell(D5, 1.0, 0.02, 0.16) + 0.6 * bell(A4, 1.0, 0.03, 0.2)
    return placed(1.15, (0, 0.5, thud), (0, 0.45, 0.4 * touch), (0.07, 0.55, 0.45 * note))


def powerdown() -> np.ndarray:
    """A signal fades: a chord that sinks and is gone."""
    voices = (0.5, 0.8, D4), (0.3, 0.5, FS4), (0.7, 0.5, A4)
    parts = [(0, side, part * glide(pitch, pitch / 2.5, 1.6, 0.06, 0.35))
             for side, part, pitch in voices]  # fmt: skip
    return placed(1.65, *parts)


def pores() -> np.ndarray:
    """Pores open: drops, each a short tone that bends upward."""
    places = enumerate(((0.35, D4), (0.6, FS4), (0.45, A4), (0.7, A3)))
    drops = [(0.17 * i, side, glide(pitch, pitch * 1.6, 0.22, 0.012, 0.035))
             for i, (side, pitch) in places]  # fmt: skip
    return placed(0.95, *drops)


def collapse() -> np.ndarray:
    """A cell falls apart: a low sigh that sinks, with crumbs of tone."""
    sigh = breath(90, 700, 1.8, 6) * shape(clock(1.8), 0.25, 0.4)
    sink = glide(A3, D3 / 2, 1.8, 0.12, 0.4)
    rng = np.random.default_rng(7)
    crumbs = [(0.25 + 0.09 * i + 0.03 * rng.random(), rng.random(),
               0.25 * 0.85**i * bell(pitch, 0.2, 0.008, 0.03))
              for i, pitch in enumerate((A5, FS5, D5, A4, FS4, D4, A3, FS3))]  # fmt: skip
    return placed(1.9, (0, 0.5, 0.8 * sink), (0, 0.3, sigh), (0, 0.7, sigh[::-1] * 0.3), *crumbs)


SOUNDS: tuple[Callable[[], np.ndarray], ...] = (
    ignite, ticks, swell, clasp, kinases, lock, powerdown, pores, collapse,
)  # fmt: skip


def write(path: Path, sound: np.ndarray) -> None:
    """Write floats of shape (n, 2) as FLAC with 16 bit, at one peak."""
    whole = np.round(sound / np.abs(sound).max() * PEAK * 32767).astype(np.int16)
    with av.open(str(path), "w", format="flac", options={"fflags": "+bitexact"}) as file:
        options = {"flags": "+bitexact", "compression_level": "12"}
        track = file.add_stream("flac", rate=RATE, layout="stereo", options=options)
        frame = av.AudioFrame.from_ndarray(whole.reshape(1, -1), format="s16", layout="stereo")
        frame.sample_rate = RATE
        file.mux(track.encode(frame))
        file.mux(track.encode())


if __name__ == "__main__":
    for made in SOUNDS:
        write(Path(__file__).with_name(f"{made.__name__}.flac"), made())
