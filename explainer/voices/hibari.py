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
from explainer.voices.english import EnglishPhonemizer
from explainer.voices.neural import (
    INSTALL_COMMAND,
    TIMING_REVISION,
    Floats,
    PhonemizedText,
    SpokenPart,
    create_session,
    hibari_assets,
    join_parts,
    read_package_file,
    run_model,
    to_response,
    with_word_starts,
)
from explainer.voices.phonemes import MISAKI
from explainer.voices.responses import EngineResponse, require_words, to_utterance
from explainer.voices.sentences import chunks
from explainer.voices.subprocess_engine import call

SPEED = 0.8
"""The model's speed: 158 words a minute in the plain English of bench/sentences.py, 142 in the
long words of the first film."""
SPEAKER = "heart"
TIMEOUT = 60.0
"""Wall-clock deadline for one text; hibari speaks thirty times faster than real time."""

_MODULE = "explainer.voices.hibari"
_MODEL_BYTES = 7_936_868
_RAW_LENGTHS, _LENGTHS = "/Div_40_output_0", "/Clip_output_0"
"""The model's tensors: how long each sound would last, in steps, and in whole steps."""
_SPECTRUM = ["lh", "theta", "ln", "lr", "phi", "f0"]
"""Its outputs, in the order that hibari's signal processing takes them in."""
_MAX_CHUNK_CHARS = 300  # characters; a sentence is cut at its clauses if it is longer


class Hibari(SpeechEngine):
    """hibari's voice heart. 24 kHz, female, American English."""

    name = "hibari"
    options = RATE_OPTIONS
    phonemes = MISAKI
    requirements = f"{INSTALL_COMMAND}; English only"
    supports_rate = True
    memory = 300_000_000
    neural = True
    languages = ("en",)
    speakers = (SPEAKER,)

    def check(self, language: str) -> None:
        """Make sure that the package is installed, loads, and that `language` is English."""
        self.fingerprint(language)
        call(_MODULE, {"about": True}, TIMEOUT, stays=True)

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
            raise EnvironmentProblem.of(f"{error.name} is not installed", INSTALL_COMMAND) from None
        return {
            "engine": "hibari",
            "version": f"{numbers[0]} with onnxruntime {numbers[1]}",
            "voice": f"{SPEAKER} ({_model_digest()})",
            "times": TIMING_REVISION,
            "speed": f"{self._speed():.4g}",
        }

    def speak(self, text: str, language: str, line: str = "") -> Utterance:  # noqa: ARG002
        """Speak `text`; a boundary for every word.

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
        return to_utterance(self.name, text, call(_MODULE, request, TIMEOUT, stays=True))

    def _speed(self) -> float:
        return SPEED * self.settings.pace


def _model_file() -> Path:
    return hibari_assets() / "hibari.onnx"


@cache
def _model_digest() -> str:
    return hashlib.sha256(read_package_file(_model_file(), _MODEL_BYTES, "hibari")).hexdigest()[:12]


# --- from here on: inside the worker process ---


def handle(request: dict[str, Any]) -> EngineResponse:
    """Answer one request: `about` loads the voice, `text` gives its speech."""
    model, phonemizer = _load()
    if "about" in request:
        return {}, b""
    text, parts = request["text"], []
    for start, end in chunks(text, _MAX_CHUNK_CHARS):
        phonemized = phonemizer.phonemize(text[start:end], request["phonemes"])
        numbers = [phonemizer.vocabulary[each] for each in phonemized.phonemes]
        part = _run_voice(model, phonemized, numbers, request["speed"])
        words = tuple((start + a, start + b, at) for a, b, at in part.words)
        parts.append(SpokenPart(part.samples, words))
    return to_response(join_parts(parts))


@cache
def _load() -> tuple[Any, EnglishPhonemizer]:
    return create_session(
        read_package_file(_model_file(), _MODEL_BYTES, "hibari"), _RAW_LENGTHS, _LENGTHS
    ), EnglishPhonemizer("hibari")


def _run_voice(
    model: Any, phonemized: PhonemizedText, numbers: list[int], speed: float
) -> SpokenPart:
    from hibari import dsp

    given = {"ids": np.array([[0, *numbers, 0]], np.int64), "speed": np.ones(1, np.float32)}
    (raw,) = run_model(model, [_RAW_LENGTHS], given, "hibari")
    given["speed"] = np.array([_speed_for_length(raw, speed)], np.float32)
    *spectrum, lengths = run_model(model, [*_SPECTRUM, _LENGTHS], given, "hibari")
    # a fixed seed: the model draws noise
    sound: Floats = dsp.synth(*(each[0] for each in spectrum), np.random.default_rng(1))
    return with_word_starts(phonemized, lengths, sound, "hibari")


def _speed_for_length(raw: Any, speed: float) -> float:
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
