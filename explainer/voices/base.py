"""What every speech engine offers: one sentence of plain text in, its sound and word times out."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from explainer.errors import VoiceError
from explainer.voices.phonemes import PhonemeAlphabet


@dataclass(frozen=True, slots=True)
class WordBoundary:
    """When a stretch of the text is heard: characters `start` to `end` begin at `at` seconds."""

    start: int
    end: int
    at: float


@dataclass(frozen=True, slots=True)
class Utterance:
    """One spoken sentence: `samples` is mono int16 of shape (n,), `rate` its samples a second.

    `word_boundaries` are in order of time, and empty for an engine that reports no word times.
    """

    samples: NDArray[np.int16]
    rate: int
    word_boundaries: tuple[WordBoundary, ...]


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """What a script and the command line say about an engine.

    `folder` is the script's own, `phonemes` maps words to this engine's phonemes, `pace` is how
    much faster than usual it is to speak (1.05 is a twentieth faster), `options` are what the
    script says of this engine alone, `speaker` is which of its voices is asked for (empty: its
    usual one for the language). `suffix` ends the names of files of a translation, as `.es`.
    """

    folder: Path = Path()
    phonemes: Mapping[str, str] = field(default_factory=dict)
    pace: float = 1.0
    options: Mapping[str, str] = field(default_factory=dict)
    speaker: str = ""
    suffix: str = ""

    def phonemes_for(self, text: str) -> dict[str, str]:
        """The phonemes that the script gives for words of `text`, in whatever case."""
        return phonemes_in(text, self.phonemes)


def phonemes_in(text: str, phonemes: Mapping[str, str]) -> dict[str, str]:
    """Those entries of `phonemes` whose word, or words in a row, `text` has in whatever case."""
    words = " ".join(["", *re.findall(r"\w+", text.lower()), ""])
    return {word: phones for word, phones in phonemes.items() if f" {word.lower()} " in words}


@dataclass(frozen=True, slots=True)
class EngineOption:
    """What a script may set for an engine: a pattern that its text has, and how that is said."""

    pattern: str
    form: str


RATE_OPTIONS = {
    "pace": EngineOption(
        r"0\.[5-9]\d?|1|1\.[0-4]\d?|1\.50?", "from 0.5 to 1.5 times the usual, such as 0.85"
    )
}
"""The options of an engine whose rate of speech can be set."""


class SpeechEngine(ABC):
    """What every engine offers. Text is plain: engines never see marks, markup or options in it."""

    name: ClassVar[str]
    input_unit: ClassVar[Literal["sentence", "line"]] = "sentence"
    """What `speak` is given at a time."""
    requirements: ClassVar[str]
    """What it takes to speak with it, in a few words."""
    supports_rate: ClassVar[bool] = False
    """Whether it can speak faster with its pitch kept."""
    parallel: ClassVar[bool] = True
    """Whether several texts may be spoken at the same time, one on each core."""
    memory: ClassVar[int] = 60_000_000
    """Bytes that a process which speaks with it takes; measured."""
    neural: ClassVar[bool] = False
    """Whether it is a neural voice that lies in packages, for the `languages` that it has."""
    chosen_by_hand: ClassVar[bool] = False
    """Whether somebody reads the lines or chose the voice's file, so that no other is advised."""
    languages: ClassVar[tuple[str, ...]] = ()
    """The languages that it has, if they are few."""
    speaks_any_language: ClassVar[bool] = False
    """Whether it sounds the same in every language, as beeps do."""
    speakers: ClassVar[tuple[str, ...]] = ()
    """Its voices that can be asked for by name, as in `kokoro:ef_dora`."""
    options: ClassVar[Mapping[str, EngineOption]] = {}
    """What a script may set for it under `engines:`, by name."""
    phonemes: ClassVar[PhonemeAlphabet | None] = None
    """How phonemes are written for it under `phonemes:`; None if it takes none."""

    def __init__(self, settings: EngineSettings | None = None) -> None:
        """Set the engine up; nothing is loaded or looked for yet.

        Raises:
            VoiceError: if it is to speak faster and cannot, or by a voice that it does not have.
        """
        self.settings = settings or EngineSettings()
        if self.settings.pace != 1 and not self.supports_rate:
            raise VoiceError.of(
                f"{self.name} cannot be made to speak faster",
                "cut words, or choose a voice that can: --voice hibari, or --voice espeak",
            )
        speaker = self.settings.speaker
        if speaker and speaker not in self.speakers:
            has = f"it has {', '.join(self.speakers)}" if self.speakers else "it has but one"
            known = f"{self.name}:{self.speakers[0]}" if self.speakers else self.name
            raise VoiceError.of(
                f"{self.name} has no voice “{speaker}”: {has}", f"choose it with: --voice {known}"
            )

    @abstractmethod
    def check(self, language: str) -> None:
        """Make sure that this engine can speak `language` (BCP 47) here and now.

        Raises:
            EnvironmentProblem: if the engine, or its voice for that language, is not installed.
            VoiceError: if what it needs cannot be reached (within 5 s of wall-clock time).
        """

    @abstractmethod
    def fingerprint(self, language: str) -> dict[str, str]:
        """Everything besides the text that decides how it sounds: engine, version, voice, rate …

        Must not need the network. It becomes part of the cache key. Has at least the keys
        `engine`, `version` and `voice`.

        Raises:
            EnvironmentProblem: as `check` does.
        """

    def text_fingerprint(self, text: str, line: str) -> dict[str, str]:  # noqa: ARG002
        """What else decides how this text sounds, as the text of this line: phonemes, a file …

        It becomes part of the line's cache key. What an engine takes phonemes for is in it already.

        Raises:
            VoiceError: if the line lacks something that only this engine needs.
        """
        given = self.settings.phonemes_for(text)
        return {f"phonemes of {word}": phones for word, phones in given.items()}

    @abstractmethod
    def speak(self, text: str, language: str, line: str = "") -> Utterance:
        """Speak a sentence, or (by `input_unit`) a whole line. The same text gives the same bytes.

        `line` is the key, `scene.line`, of the line that the text is of.

        Raises:
            EnvironmentProblem: if the engine, or its voice for `language`, is not installed.
            VoiceError: if the text has no letter or digit, the engine fails, or gives no speech.
        """
