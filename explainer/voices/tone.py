"""The voice “tone”: one beep a word, in any language, with exact times; for drafts and tests.

A word lasts as long as its letters would take to say, and its pitch follows their number.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from explainer.voices.base import RATE_OPTIONS, SpeechEngine, Utterance, WordBoundary
from explainer.voices.responses import require_words

RATE = 24_000
LETTER, LEAST, BETWEEN, CLAUSE = 0.04, 0.1, 0.07, 0.25
"""Seconds for a letter, for a word besides its letters, between two words, and after a clause."""

_FADE = 0.01
_LOUDNESS = 8000


class Tone(SpeechEngine):
    """Beeps at 24 kHz."""

    name = "tone"
    options = RATE_OPTIONS
    requirements = "nothing"
    supports_rate = True
    speaks_any_language = True

    def check(self, language: str) -> None:
        """Beeps need nothing, and are the same in every language."""

    def fingerprint(self, language: str) -> dict[str, str]:  # noqa: ARG002
        """The engine and its pace."""
        return {
            "engine": "tone",
            "version": "1",
            "voice": "beeps",
            "pace": f"{self.settings.pace:g}",
        }

    def speak(self, text: str, language: str, line: str = "") -> Utterance:  # noqa: ARG002
        """Beep for each word of `text`, with a word boundary for each."""
        require_words(text)
        parts: list[NDArray[np.int16]] = []
        marks = []
        at = 0
        for word in re.finditer(r"\S*[^\W_]\S*", text):
            letters = sum(char.isalnum() for char in word.group())
            beep = _beep(letters, (LEAST + LETTER * letters) / self.settings.pace)
            pause = CLAUSE if re.search(r"[,;:—–.!?]\W*\Z", word.group()) else BETWEEN
            rest = np.zeros(round(pause / self.settings.pace * RATE), np.int16)
            marks.append(WordBoundary(*word.span(), at / RATE))
            parts += [beep, rest]
            at += len(beep) + len(rest)
        return Utterance(np.concatenate(parts[:-1]), RATE, tuple(marks))


def _beep(letters: int, seconds: float) -> NDArray[np.int16]:
    """A sine of a pitch for that many letters, faded in and out against clicks."""
    at = np.arange(round(seconds * RATE)) / RATE
    fade = np.clip(np.minimum(at, seconds - at) / _FADE, 0, 1)
    wave = np.sin(2 * np.pi * 220 * 2 ** (letters % 12 / 12) * at)
    beep: NDArray[np.int16] = np.round(_LOUDNESS * fade * wave).astype(np.int16)
    return beep
