"""Sounds like voices, and films in which they are heard."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np

from explainer.clock import TICKS
from explainer.timeline.model import TimedLine, TimedScene, Timeline
from explainer.timeline.speech import Speech, SpokenLine

FRAME = TICKS // 30


def voice(seconds: float, level: float, seed: int) -> np.ndarray:
    """Noise shaped like words: bursts with short gaps, mono float, loud from the first sample."""
    noise = np.random.default_rng(seed).standard_normal(round(seconds * TICKS))
    time = np.arange(len(noise)) / TICKS
    shape = np.maximum(np.cos(2 * np.pi * 3 * time), 0) ** 0.5
    return np.clip(noise * shape * 10 ** (level / 20), -0.999, 0.999)


def write(path: Path, sound: np.ndarray, rate: int = TICKS) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((sound * 32767).astype("<i2").tobytes())
    return path


def film(folder: Path, *sounds: np.ndarray, rate: int = TICKS) -> tuple[Timeline, Speech]:
    lines, spoken, at = [], {}, 0
    for number, sound in enumerate(sounds):
        begin = at + (19_200 if number == 0 else 0)
        end = begin + -(-(len(sound) + 28_800) // FRAME) * FRAME
        line = TimedLine("s", f"l{number}", at, begin, begin + len(sound), end, "x", "", (), (), ())
        path = write(folder / f"{number}.wav", sound, rate)
        spoken[line.key] = SpokenLine(str(path), len(sound), ())
        lines.append(line)
        at = end
    timeline = Timeline("film", "Film", "en", 30, "v", (TimedScene("s", "S", tuple(lines)),))
    return timeline, Speech("v", spoken)
