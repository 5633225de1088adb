"""The voice “piper”: a local neural voice, a file of one's own, with a time for each word.

EXPLAINER_PIPER_MODEL names the voice's .onnx file; its .onnx.json must lie beside it. Word times
come from Piper's alignment of phonemes, where its words are as many as the text's.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

import numpy as np

from explainer.errors import EnvironmentProblem, error_text
from explainer.voices.base import RATE_OPTIONS, SpeechEngine, Utterance
from explainer.voices.responses import EngineResponse, require_words, to_utterance
from explainer.voices.subprocess_engine import call

MODEL_VARIABLE = "EXPLAINER_PIPER_MODEL"
TIMEOUT = 120.0
"""Wall-clock deadline for one text, which includes loading the voice."""

_MODULE = "explainer.voices.piper"
_INSTALL = "pip install '.[piper]'"
_PAUSE_PHONEMES = frozenset("^.,;:!?")  # the start, and signs that Piper speaks as pauses


class Piper(SpeechEngine):
    """The Piper voice in the file that EXPLAINER_PIPER_MODEL names."""

    name = "piper"
    options = RATE_OPTIONS
    requirements = f"{_INSTALL}, and a voice file named by {MODEL_VARIABLE}"
    supports_rate = True
    chosen_by_hand = True
    memory = 300_000_000

    def check(self, language: str) -> None:
        """Make sure that Piper is installed and that its voice speaks `language`."""
        self.fingerprint(language)

    def fingerprint(self, language: str) -> dict[str, str]:
        """The engine, its version, the voice's file by its contents, and the pace."""
        try:
            number = version("piper-tts")
        except PackageNotFoundError:
            raise EnvironmentProblem.of("Piper is not installed", _INSTALL) from None
        model = _model_file(language)
        return {
            "engine": "piper",
            "version": number,
            "voice": f"{model.stem} ({_file_digest(model, model.stat().st_mtime_ns)})",
            "pace": f"{self.settings.pace:g}",
        }

    def speak(self, text: str, language: str, line: str = "") -> Utterance:  # noqa: ARG002
        """Speak `text`; a boundary for every word, if Piper's words are those of the text.

        Raises:
            VoiceError: if it fails, or gives no speech.
        """
        self.check(language)
        require_words(text)
        request = {
            "model": str(_model_file(language)),
            "text": text,
            "length": 1 / self.settings.pace,
        }
        return to_utterance(self.name, text, call(_MODULE, request, TIMEOUT))


def _model_file(language: str) -> Path:
    """The voice's file, if it is there and speaks the language."""
    model = Path(os.environ.get(MODEL_VARIABLE, ""))
    config = model.with_name(f"{model.name}.json") if model.name else model
    if not (model.is_file() and config.is_file()):
        named = (
            f"{MODEL_VARIABLE} names no voice"
            if not model.name
            else f"{model} or its .json is gone"
        )
        raise EnvironmentProblem.of(
            f"Piper has no voice for “{language}”: {named}",
            f"export {MODEL_VARIABLE}=/path/to/voice.onnx   (with voice.onnx.json beside it)",
        )
    facts = json.loads(config.read_text(encoding="utf-8"))
    spoken = facts.get("language", {}).get("code") or facts.get("espeak", {}).get("voice", "")
    if re.split("[-_]", spoken.lower())[0] != language.lower().partition("-")[0]:
        raise EnvironmentProblem.of(
            f"the Piper voice {model.name} speaks “{spoken}”, not “{language}”",
            f"name another with {MODEL_VARIABLE}, or choose --voice espeak",
        )
    return model


@cache
def _file_digest(model: Path, changed: int) -> str:  # noqa: ARG001
    with model.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:12]


# --- from here on: inside the worker process ---


def handle(request: dict[str, Any]) -> EngineResponse:
    """Speak `text` with the voice `model`; `length` scales how long every sound lasts."""
    try:
        import onnxruntime
        from piper import PiperVoice, SynthesisConfig
    except ImportError as error:
        raise EnvironmentProblem.of(
            f"Piper is not complete: {error_text(error)}", _INSTALL
        ) from None
    onnxruntime.set_seed(1)  # the model draws noise
    voice = PiperVoice.load(request["model"], include_alignments=True)
    shape = SynthesisConfig(length_scale=request["length"], normalize_audio=False)
    text = request["text"]
    spans = [word.span() for word in re.finditer(r"\S*[^\W_]\S*", text)]
    # [[…]] would be read as phonemes
    plain = _separate_words(voice, text.replace("[", "("), spans)
    chunks = list(voice.synthesize(plain, shape, include_alignments=True))
    begins = _word_starts(chunks)
    marks = [(*span, at / chunks[0].sample_rate) for span, at in zip(spans, begins, strict=False)]
    sound = np.concatenate([chunk.audio_int16_array for chunk in chunks]).astype("<i2")
    head = {"rate": chunks[0].sample_rate, "marks": marks if len(begins) == len(spans) else []}
    return head, sound.tobytes()


def _separate_words(voice: Any, text: str, spans: list[tuple[int, int]]) -> str:
    """`text` with a space of no width between words that would be run together (“of the”)."""
    apart = list(text)
    for (start, end), (after, stop) in pairwise(spans):
        together = voice.phonemize(text[start:stop]) if after - end == 1 else []
        if len("".join(chain(*together)).split()) == 1:
            apart[end] = "\u200b"
    return "".join(apart)


def _word_starts(chunks: list[Any]) -> list[int]:
    """The sample at which each word begins: after a pause with its first sounding phoneme.

    Otherwise with the space before that, which holds the way from one word to the next: measured
    against pocketsphinx's alignment, words begin there within 17 ms, and 58 ms before its end.
    """
    begins, done = [], 0
    for chunk in chunks:
        at, space, waiting, paused = done, done, True, True
        for each in chunk.phoneme_alignments or ():
            if each.phoneme.isspace():
                waiting, space = True, at
            elif waiting and each.phoneme.isalpha():
                begins.append(at if paused else space)
                waiting = paused = False
            elif each.phoneme in _PAUSE_PHONEMES:
                paused = True
            at += int(each.num_samples)
        done += len(chunk.audio_int16_array)
    return begins
