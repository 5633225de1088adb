"""Makes bed.flac, the quiet bed that a film may lie on: `python assets/music/make_bed.py`.

Four chords of four seconds, each a few sine partials that swell and fade; the same bytes each time.
Every partial has a whole number of periods in the sixteen seconds, so the bed repeats seamlessly.
"""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np

RATE = 16_000
CHORD, COUNT = 4, 4  # seconds, chords
CHORDS = ((38, 57, 62, 66), (35, 54, 59, 62), (43, 55, 59, 62), (45, 57, 61, 64))
"""D major, B minor, G major and A major, as MIDI note numbers."""
OVERTONES = (1.0, 0.35, 0.12)


def bed() -> np.ndarray:
    """Sixteen seconds as 16-bit samples of shape (n,)."""
    length = CHORD * COUNT
    time = np.arange(length * RATE) / RATE
    made = np.zeros(len(time))
    for number, chord in enumerate(CHORDS):
        # a raised cosine of two chords' length: neighbours cross, and their sum is always one
        distance = np.abs((time - CHORD * number + length / 2) % length - length / 2)
        swell = np.where(distance < CHORD, (1 + np.cos(np.pi * distance / CHORD)) / 2, 0)
        for note in chord:
            for times, part in enumerate(OVERTONES, 1):
                pitch = round(440 * 2 ** ((note - 69) / 12) * times * length) / length
                made += part / times * swell * np.sin(2 * np.pi * pitch * time + note * times)
    return np.round(made / np.abs(made).max() * 4096).astype(np.int16)


def write(path: Path) -> None:
    """Write the bed as FLAC, one channel at 16 kHz."""
    with av.open(str(path), "w", format="flac", options={"fflags": "+bitexact"}) as file:
        options = {"flags": "+bitexact", "compression_level": "12"}
        track = file.add_stream("flac", rate=RATE, layout="mono", options=options)
        frame = av.AudioFrame.from_ndarray(bed()[None, :], format="s16", layout="mono")
        frame.sample_rate = RATE
        file.mux(track.encode(frame))
        file.mux(track.encode())


if __name__ == "__main__":
    write(Path(__file__).with_name("bed.flac"))
