"""Voices: each turns one sentence of plain text into sound, and says when its words begin.

To add an engine, write one module with a class that keeps the `Voice` protocol below, add one
line to `ENGINES`, and run `pytest tests/voices`: the contract test there runs over every engine.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from explainer.errors import ScriptError


@dataclass(frozen=True, slots=True)
class Mark:
    """When a stretch of the text is heard: characters `start` to `end` begin at `at` seconds."""

    start: int
    end: int
    at: float


@dataclass(frozen=True, slots=True)
class Utterance:
    """One spoken sentence: `samples` is mono int16 of shape (n,), `rate` its samples a second.

    `marks` are in order of time and empty for an engine that reports no word times.
    """

    samples: NDArray[np.int16]
    rate: int
    marks: tuple[Mark, ...]


class Voice(Protocol):
    """What every engine offers. Text is plain: engines never see marks, markup or options in it."""

    name: str

    def check(self, language: str) -> None:
        """Make sure that this engine can speak `language` (BCP 47) here and now.

        Raises:
            MissingTool: if the engine, or its voice for that language, is not installed.
            VoiceError: if what it needs cannot be reached (within 5 s of wall-clock time).
        """

    def identity(self, language: str) -> dict[str, str]:
        """Everything besides the text that decides how it sounds: engine, version, voice, rate …

        Must not need the network. It becomes part of the cache key. Has at least the keys
        `engine`, `version` and `voice`.

        Raises:
            MissingTool: as `check` does.
        """

    def speak(self, text: str, language: str) -> Utterance:
        """Speak one sentence. The same text gives the same bytes on every run.

        Raises:
            MissingTool: if the engine, or its voice for `language`, is not installed.
            VoiceError: if the text has no letter or digit, the engine fails, or gives no speech.
        """


ENGINES = {
    "flite": "explainer.voices.flite:Flite",
    "espeak": "explainer.voices.espeak:Espeak",
    "gtts": "explainer.voices.gtts:Gtts",
}
"""The registry: an engine's name in a script, and where its class is."""


def engine(name: str) -> Voice:
    """The engine registered as `name`.

    Raises:
        ScriptError: if there is none.
    """
    if name not in ENGINES:
        raise ScriptError.of(f"no voice called “{name}”", f"choose from {', '.join(ENGINES)}")
    module, _, cls = ENGINES[name].partition(":")
    made: Any = getattr(import_module(module), cls)()
    voice: Voice = made
    return voice
