"""Makes bed.flac, the quiet bed that a film may lie on: `python assets/music/make_bed.py`.

Sixteen chords of four seconds, the first half in B minor, the second in D major, each a few sine
partials that swell and fade, with a soft note every second; stereo at 48 kHz, the same bytes each
time. Every wave has whole periods in the 64 seconds, so the bed repeats without a seam.
"""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np

RATE = 48_000
CHORD = 4
"""Seconds that a chord lasts; it rises and falls over its neighbours."""
CHORDS = (
    (47, 54, 62, 66), (43, 55, 62, 66), (40, 55, 59, 66), (42, 54, 57, 61),
    (47, 54, 62, 66), (40, 55, 62, 67), (43, 59, 62, 66), (45, 57, 62, 64),
    (38, 57, 62, 66), (49, 57, 64, 69), (47, 59, 62, 67), (45, 57, 62, 66),
    (43, 59, 62, 67), (45, 57, 61, 64), (38, 57, 62, 64), (38, 57, 62, 66),
)  # fmt: skip
"""Note numbers of MIDI, the bass first."""
LENGTH = CHORD * len(CHORDS)
OVERTONES = (1.0, 0.32, 0.12, 0.04)
APART = 0.0012
"""How far the pitches in both ears lie apart; the bass is one."""
MALLET = 0.22
"""The soft notes against the chords."""
PEAK = 0.05
"""The highest sample, of full scale; a film sets the level by itself."""


def wave(note: float, times: float, time: np.ndarray, detune: float = 0.0) -> np.ndarray:
    """A sine at a multiple of a note's pitch, with whole periods in the bed."""
    pitch = 440 * 2 ** ((note - 69) / 12) * times * (1 + detune)
    return np.sin(2 * np.pi * round(pitch * LENGTH) / LENGTH * time + note * times)


def chord(begin: float, notes: tuple[int, ...]) -> np.ndarray:
    """A chord over twice its length, rising and falling, of shape (n, 2)."""
    time = np.arange(2 * CHORD * RATE) / RATE
    swell = (1 - np.cos(np.pi * time / CHORD)) / 2
    time = time + begin  # a note that stays from one chord to the next goes on in step
    made = np.zeros((len(time), 2))
    for voice, note in enumerate(notes):
        for times, part in enumerate(OVERTONES, 1):
            strength = part / (1 + times * (note - 38) / 40)
            if not voice:
                made += (strength * wave(note, times, time))[:, None]
                continue
            for ear, way in enumerate((-1, 1)):
                made[:, ear] += strength * wave(note, times, time, way * APART / 2)
    return made * swell[:, None]


def mallet(note: int, side: float) -> np.ndarray:
    """A soft note of three seconds that rises over 50 ms; `side` is from 0, left, to 1, right."""
    time = np.arange(3 * RATE) / RATE
    rise = (1 - np.cos(np.pi * np.minimum(1, time / 0.05))) / 2
    fall = np.exp(-time / 0.7) * np.minimum(1, (3 - time) / 0.5)
    sound = (wave(note, 1, time) + 0.15 * wave(note, 3, time)) * rise * fall
    return sound[:, None] * np.array([np.cos(side * np.pi / 2), np.sin(side * np.pi / 2)])


def bed() -> np.ndarray:
    """The bed as 16-bit samples of shape (n, 2)."""
    made = np.zeros((LENGTH * RATE, 2))

    def add(begin: float, sound: np.ndarray) -> None:
        # what reaches over the end is heard at the beginning
        places = (round(begin * RATE) + np.arange(len(sound))) % len(made)
        made[places] += sound

    for number, notes in enumerate(CHORDS):
        begin = CHORD * (number - 0.5)
        add(begin, chord(begin, notes))
        for beat, voice in enumerate((1, 2, 3, 2)):
            side = 0.3 + 0.4 * (beat % 2)
            add(CHORD * number + beat + 0.5, MALLET * mallet(notes[voice] + 12, side))
    return np.round(made / np.abs(made).max() * PEAK * 32767).astype(np.int16)


def write(path: Path, sound: np.ndarray) -> None:
    """Write 16-bit samples of shape (n, 2) as FLAC."""
    with av.open(str(path), "w", format="flac", options={"fflags": "+bitexact"}) as file:
        options = {"flags": "+bitexact", "compression_level": "12"}
        track = file.add_stream("flac", rate=RATE, layout="stereo", options=options)
        frame = av.AudioFrame.from_ndarray(sound.reshape(1, -1), format="s16", layout="stereo")
        frame.sample_rate = RATE
        file.mux(track.encode(frame))
        file.mux(track.encode())


if __name__ == "__main__":
    write(Path(__file__).with_name("bed.flac"), bed())
