"""The voice “hibari”: a small neural voice that lies in its package, English, with word times.

Runs offline in a process of its own, on one thread. Word times are the model's own lengths of its
sounds. The script's phonemes are misaki's.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from explainer.errors import EnvironmentProblem
from explainer.voices.base import RATE_OPTIONS, SpeechEngine, Utterance
from explainer.voices.english import Reader
from explainer.voices.neural import (
    INSTALL,
    REVISION,
    Floats,
    Reading,
    Spoken,
    assets,
    installed,
    joined,
    reply,
    run,
    session,
    timed,
)
from explainer.voices.phonemes import MISAKI
from explainer.voices.sentences import pieces
from explainer.voices.subprocess_engine import EngineResponse, call, require_words, utterance

SPEED = 0.8
"""The model's speed: 158 words a minute in the plain English of bench/sentences.py, 142 in the
long words of the first film."""
SPEAKER = "heart"
SECONDS = 60.0
"""Wall-clock deadline for one text; hibari speaks thirty times faster than real time."""

_MODULE = "explainer.voices.hibari"
_SIZE = 7_936_868
_RAW, _LENGTHS = "/Div_40_output_0", "/Clip_output_0"
"""The model's tensors: how long each sound would last, in steps, and in whole steps."""
_SPECTRUM = ["lh", "theta", "ln", "lr", "phi", "f0"]
"""Its outputs, in the order that hibari's signal processing takes them in."""
_AT_ONCE = 300  # characters; a sentence is cut at its clauses if it is longer


class Hibari(SpeechEngine):
    """hibari's voice heart. 24 kHz, female, American English."""

    name = "hibari"
    options = RATE_OPTIONS
    phonemes = MISAKI
    requirements = f"{INSTALL}; English only"
    supports_rate = True
    memory = 300_000_000
    neural = True
    languages = ("en",)
    speakers = (SPEAKER,)

    def check(self, language: str) -> None:
        """Make sure that the package is installed, loads, and that `language` is English."""
        self.fingerprint(language)
        call(_MODULE, {"about": True}, SECONDS, stays=True)

    def fingerprint(self, language: str) -> dict[str, str]:
        """The engine, the versions of its packages, the voice by its file, and the speed."""
        if language.lower().partition("-")[0] != "en":
            raise EnvironmentProblem.of(
                f"hibari speaks English only, not “{language}”",
                "choose another voice: --voice kokoro, or --voice espeak",
            )
        try:
            numbers = version("hibari-tts"), version("onnxruntime")
        except PackageNotFoundError as error:
            raise EnvironmentProblem.of(f"{error.name} is not installed", INSTALL) from None
        return {
            "engine": "hibari",
            "version": f"{numbers[0]} with onnxruntime {numbers[1]}",
            "voice": f"{SPEAKER} ({_digest()})",
            "times": REVISION,
            "speed": f"{self._speed():.4g}",
        }

    def text_fingerprint(self, text: str, line: str) -> dict[str, str]:  # noqa: ARG002
        """The phonemes of the words of `text` that the script gives some for."""
        return {
            f"phonemes of {word}": phones
            for word, phones in self.settings.phonemes_for(text).items()
        }

    def speak(self, text: str, language: str, line: str = "") -> Utterance:  # noqa: ARG002
        """Speak `text`; a mark for every word.

        Raises:
            VoiceError: if it fails, or `text` has letters or words that it cannot say.
        """
        self.fingerprint(language)
        require_words(text)
        request = {
            "text": text,
            "speed": self._speed(),
            "phonemes": self.settings.phonemes_for(text),
        }
        return utterance(self.name, text, call(_MODULE, request, SECONDS, stays=True))

    def _speed(self) -> float:
        return SPEED * self.settings.pace


def _model() -> Path:
    return assets() / "hibari.onnx"


@cache
def _digest() -> str:
    return hashlib.sha256(installed(_model(), _SIZE, "hibari")).hexdigest()[:12]


# --- from here on: inside the worker process ---


def answer(request: dict[str, Any]) -> EngineResponse:
    """Answer one request: `about` loads the voice, `text` gives its speech and marks."""
    model, reader = _loaded()
    if "about" in request:
        return {}, b""
    text, parts = request["text"], []
    for start, end in pieces(text, _AT_ONCE):
        reading = reader.read(text[start:end], request["phonemes"])
        numbers = [reader.vocabulary[each] for each in reading.phonemes]
        part = _said(model, reading, numbers, request["speed"])
        words = tuple((start + a, start + b, at) for a, b, at in part.words)
        parts.append(Spoken(part.samples, words))
    return reply(joined(parts))


@cache
def _loaded() -> tuple[Any, Reader]:
    return session(installed(_model(), _SIZE, "hibari"), _RAW, _LENGTHS), Reader("hibari")


def _said(model: Any, reading: Reading, numbers: list[int], speed: float) -> Spoken:
    from hibari import dsp

    given = {"ids": np.array([[0, *numbers, 0]], np.int64), "speed": np.ones(1, np.float32)}
    (raw,) = run(model, [_RAW], given, "hibari")
    given["speed"] = np.array([_even(raw, speed)], np.float32)
    *spectrum, lengths = run(model, [*_SPECTRUM, _LENGTHS], given, "hibari")
    # a fixed seed: the model draws noise
    sound: Floats = dsp.synth(*(each[0] for each in spectrum), np.random.default_rng(1))
    return timed(reading, lengths, sound, "hibari")


def _even(raw: Any, speed: float) -> float:
    """The model's speed at which a sentence lasts as long as it should at `speed`.

    The model rounds each sound to whole steps of 25 ms, most of them to one or two, so that its
    pace goes in stairs: many sounds cross from one step to two at the same speed.
    """
    raw = np.asarray(raw, np.float64).reshape(-1)
    wanted = raw.sum() / speed
    slow, fast = 0.4 * speed, 2.5 * speed
    for _ in range(30):
        middle = (slow + fast) / 2
        if np.maximum(1, np.round(raw / middle)).sum() > wanted:
            slow = middle
        else:
            fast = middle
    return fast
