"""Stands in for Piper: its API, with espeak's sound and letters for phonemes.

A text with “unaligned” in it has no alignments, as voices have that cannot give any.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from explainer.voices.base import EngineSettings
from explainer.voices.espeak import Espeak


@dataclass
class SynthesisConfig:
    length_scale: float = 1.0
    normalize_audio: bool = True


@dataclass
class PhonemeAlignment:
    phoneme: str
    num_samples: int


@dataclass
class AudioChunk:
    sample_rate: int
    audio_int16_array: np.ndarray[Any, Any]
    phoneme_alignments: list[PhonemeAlignment] | None


class PiperVoice:
    @staticmethod
    def load(path: str, include_alignments: bool) -> PiperVoice:
        assert Path(path).is_file()
        assert include_alignments
        return PiperVoice()

    def phonemize(self, text: str) -> list[list[str]]:
        return [[char for char in self.run_together(text) if char.isalpha() or char in " ,"]]

    @staticmethod
    def run_together(text: str) -> str:
        """espeak-ng's dictionary says these as one."""
        return text.replace("of the", "ofthe").replace("\u200b", " ")

    def synthesize(
        self, text: str, shape: SynthesisConfig, include_alignments: bool
    ) -> Iterator[AudioChunk]:
        assert include_alignments
        assert not shape.normalize_audio
        assert "[[" not in text  # would be read as phonemes
        spoken = Espeak(EngineSettings(pace=1 / shape.length_scale)).speak(text, "en")
        phonemes = ["^", *self.phonemize(text)[0], "$"]
        size = len(spoken.samples) // len(phonemes)
        aligned = [PhonemeAlignment(phoneme, size) for phoneme in phonemes]
        yield AudioChunk(spoken.rate, spoken.samples, None if "unaligned" in text else aligned)
