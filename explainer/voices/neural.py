"""What the neural voices share: a model with more of its tensors shown, and word times from them.

Both models hold how long each of their sounds lasts, in steps of 25 ms, but do not give it.
Everything here runs inside an engine's worker process.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explainer.errors import EnvironmentProblem, VoiceError, error_text
from explainer.machine import install_command
from explainer.media.activity import SPEECH_SHARE, active_blocks

RATE = 24_000
STEP_SAMPLES = 600
"""Samples in one step of a model's lengths."""
INSTALL_COMMAND = install_command("voices", "voices")

MAX_PHONEMES = 400
"""Phonemes that a model says well at once."""
PAUSE_PHONEMES = ';:,.!?—…"()“”'
"""Phonemes that are spoken as pauses, or as nothing."""
SPELL_OUT = "give its spoken form in the script's lexicon, or choose --voice espeak"

_GRAPH, _OUTPUT, _NAME = 7, 12, 1  # numbers of fields in onnx.proto: model, graph, value
_BLOCK_SAMPLES = RATE // 500
_MIN_SILENT_BLOCKS = 15  # blocks of silence after which a word begins where the sound comes back
_ONSET_LEAD = 3 * STEP_SAMPLES // 2
"""Samples by which a sound is heard before the model's own steps for it. Measured on the hiss of
words that begin with s; two aligners agree, flite's exact times beside it (bench/onsets.py)."""
TIMING_REVISION = "2"
"""Raised whenever a word would get another time for the same sound."""
_MAX_LATE_BLOCKS = 60  # blocks by which it may come back later than the model says
_PART_GAP = RATE // 4  # silence between two parts of a sentence that was too long for the model

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class PhonemizedText:
    """What a model is to say: `phonemes`, one character each, and where the text's words begin.

    A word is its first and last + 1 character in the text, and its first phoneme.
    """

    phonemes: str
    words: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, slots=True)
class SpokenPart:
    """Samples between -1 and 1 at `RATE`, and for each word its characters and first sample."""

    samples: Floats
    words: tuple[tuple[int, int, int], ...]


def create_session(model: bytes, *shown: str) -> Any:
    """An onnxruntime session of `model`, on one thread, that also gives the tensors `shown`.

    A serialized model is a protobuf message, and two of them, one after the other, are one with
    the fields of both: what is appended here has nothing but more outputs of the graph.

    Raises:
        EnvironmentProblem: if onnxruntime is not installed, or cannot load the model.
    """
    try:
        import onnxruntime
    except ImportError as error:
        raise EnvironmentProblem.of(
            f"onnxruntime cannot be loaded: {error_text(error)}", INSTALL_COMMAND
        ) from None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    for name in shown:
        model += _field(_GRAPH, _field(_OUTPUT, _field(_NAME, name.encode())))
    try:
        return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # the runtime's own kinds have no common base
        what = error_text(error).partition("\n")[0]
        raise EnvironmentProblem.of(
            f"the voice's model cannot be loaded: {what}", INSTALL_COMMAND
        ) from None


def _field(number: int, content: bytes) -> bytes:
    """A protobuf field of bytes; one byte holds its length, which is below 128."""
    assert len(content) < 128
    return bytes([number << 3 | 2, len(content)]) + content


def read_package_file(path: Path, size: int, name: str) -> bytes:
    """A file of a voice's package, if it has the `size` that it must have.

    Raises:
        EnvironmentProblem: if it is gone or of another size.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise EnvironmentProblem.of(
            f"{name} is not whole: {error_text(error)}", INSTALL_COMMAND
        ) from None
    if len(data) != size:
        what = f"{name} is not whole: {path.name} has {len(data)} bytes, not {size}"
        raise EnvironmentProblem.of(what, INSTALL_COMMAND)
    return data


def hibari_assets() -> Path:
    """The folder of hibari's package with its voice and its reader's data; nothing is imported.

    Raises:
        EnvironmentProblem: if the package is not installed.
    """
    spec = find_spec("hibari")
    if spec is None or spec.origin is None:
        raise EnvironmentProblem.of("hibari-tts is not installed", INSTALL_COMMAND)
    return Path(spec.origin).parent / "assets"


def vocabulary() -> dict[str, int]:
    """The number of each phoneme that both models know.

    Raises:
        EnvironmentProblem: if hibari's package is not installed, or not whole.
    """
    try:
        found = json.loads((hibari_assets() / "vocab.json").read_text("utf-8"))
        return {str(phoneme): int(number) for phoneme, number in found.items()}
    except (OSError, ValueError, AttributeError) as error:
        raise EnvironmentProblem.of(
            f"hibari is not whole: {error_text(error)}", INSTALL_COMMAND
        ) from None


def word_offsets(groups: Sequence[str]) -> list[int]:
    """Where each word's phonemes begin once they stand with a space between."""
    found, at = [], 0
    for group in groups:
        found.append(at)
        at += len(group) + 1
    return found


def plain_text(text: str) -> str:
    """`text`, as long as before, without control characters, and without what a reader obeys."""
    plain = "".join(" " if unicodedata.category(char)[0] in "ZC" else char for char in text)
    return plain.translate({ord("["): "(", ord("]"): ")"})


def require_letters(word: str, engine: str, known: Collection[str] | None = None) -> None:
    """Refuse letters and signs that a reader would leave out: not Latin, or not of the `known`.

    Raises:
        VoiceError: naming them.
    """
    strange = [
        char
        for char in word
        if (
            not char.isascii()
            and unicodedata.category(char)[0] in "LMNS"
            and not unicodedata.name(char, "").startswith(("LATIN", "COMBINING"))
        )
        or (known is not None and not char.isascii() and char.isalnum() and char not in known)
    ]
    if strange:
        named = ", ".join(f"“{char}”" for char in dict.fromkeys(strange))
        raise VoiceError.of(f"{engine} cannot read {named} in “{word}”", SPELL_OUT)


def require_phonemes(word: str, phones: str, engine: str, known: Collection[str]) -> None:
    """Refuse phonemes that are not of the `known`, and a word with letters but no phoneme.

    Raises:
        VoiceError: naming the word.
    """
    unknown = [char for char in phones if char not in known]
    if unknown or (any(map(str.isalnum, word)) and not any(map(str.isalpha, phones))):
        why = f": there is no phoneme “{unknown[0]}”" if unknown else ""
        raise VoiceError.of(f"{engine} cannot say “{word}”{why}", SPELL_OUT)


def require_speakable_length(phonemes: str, text: str, engine: str) -> None:
    """Refuse more than a model says at once.

    Raises:
        VoiceError: with the beginning of the text.
    """
    if len(phonemes) > MAX_PHONEMES:
        what = f"a sentence is too long for {engine}: “{text[:60]}…”"
        raise VoiceError.of(what, "make it two sentences")


def with_word_starts(
    phonemized: PhonemizedText, lengths: Any, samples: Floats, name: str
) -> SpokenPart:
    """Sound with its words' first samples, from how many steps each sound of the model lasts.

    The model puts one silent sound before the phonemes and one after them. After a rest a word
    begins where the sound comes back; else `_LEAD` before the space that precedes it.

    Raises:
        VoiceError: if the lengths are not those of the phonemes, or of the sound.
    """
    steps = np.asarray(lengths, dtype=np.float64).reshape(-1)
    whole = bool(np.all(np.isfinite(steps)) and np.all(steps >= 0) and np.all(steps % 1 == 0))
    if (
        not whole
        or len(steps) != len(phonemized.phonemes) + 2
        or steps.sum() * STEP_SAMPLES != len(samples)
    ):
        raise VoiceError.of(
            f"{name} gave lengths that are not those of its sound",
            f"install the version that the project names: {INSTALL_COMMAND}",
        )
    step_starts = STEP_SAMPLES * np.concatenate([[0], np.cumsum(steps)]).astype(int)
    loud = active_2_ms_blocks(samples)
    words: list[tuple[int, int, int]] = []
    for start, end, first in phonemized.words:
        before = phonemized.phonemes[:first].rstrip(" " + PAUSE_PHONEMES)
        spaced = phonemized.phonemes[:first].endswith(" ")
        at = int(step_starts[first + 1 - spaced])
        rest = not before or len(before) < first - spaced
        since = int(step_starts[len(before) + 1]) if before else 0
        back = _onset_after_silence(loud, since, at) if rest else None
        at = max(at - _ONSET_LEAD, words[-1][2] if words else 0) if back is None else back
        words.append((start, end, at))
    return SpokenPart(samples, tuple(words))


def _onset_after_silence(loud: NDArray[np.bool_], since: int, at: int) -> int | None:
    """Where the sound comes back after the longest silence around a rest; None if there is none.

    The rest lasts from sample `since` to `at`; the sound may come back a little later.
    """
    first, last = since // _BLOCK_SAMPLES, min(len(loud), at // _BLOCK_SAMPLES + _MAX_LATE_BLOCKS)
    silent = longest = 0
    back = None
    for block in range(first, last):
        if not loud[block]:
            silent += 1
            continue
        if silent >= _MIN_SILENT_BLOCKS and silent > longest:
            longest, back = silent, block * _BLOCK_SAMPLES
        silent = 0
    return back


def active_2_ms_blocks(samples: Floats) -> NDArray[np.bool_]:
    """For each block of 2 ms whether anything is heard in it."""
    return active_blocks(samples, _BLOCK_SAMPLES, SPEECH_SHARE)


def run_model(model: Any, wanted: Sequence[str], given: dict[str, Any], name: str) -> list[Any]:
    """The tensors `wanted`, each an array, for the inputs `given`.

    Raises:
        VoiceError: if the runtime fails.
    """
    try:
        return list(model.run(list(wanted), given))
    except Exception as error:  # the runtime's own kinds have no common base
        what = error_text(error).partition("\n")[0]
        remedy = "choose another voice: --voice flite"
        raise VoiceError.of(f"{name} failed: {what}", remedy) from None


def join_parts(parts: Sequence[SpokenPart]) -> SpokenPart:
    """Parts of one sentence, one after the other, without the silence at their edges."""
    if len(parts) == 1:
        return parts[0]
    pieces: list[Floats] = []
    words: list[tuple[int, int, int]] = []
    done = 0
    for part in parts:
        loud = np.flatnonzero(active_2_ms_blocks(part.samples)) * _BLOCK_SAMPLES
        first, last = (int(loud[0]), int(loud[-1]) + _BLOCK_SAMPLES) if len(loud) else (0, 0)
        kept = part.samples[first:last]
        words += [(a, b, done + max(0, at - first)) for a, b, at in part.words]
        pieces += [kept, np.zeros(_PART_GAP, np.float32)]
        done += len(kept) + _PART_GAP
    return SpokenPart(np.concatenate(pieces), tuple(words))


def to_response(spoken: SpokenPart) -> tuple[dict[str, Any], bytes]:
    """The engine's response: 16 bits, scaled down if over full scale, a boundary for each word."""
    scale = 32_767 / max(1.0, float(np.abs(spoken.samples).max(initial=0)))
    sound = np.round(spoken.samples * scale).astype("<i2")
    marks = [(start, end, at / RATE) for start, end, at in spoken.words]
    return {"rate": RATE, "marks": marks}, sound.tobytes()
