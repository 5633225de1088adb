"""Each line's voice as it goes into the mix: the WAV of a spoken line in, samples of 32 bits out.

Lines are mastered, brought to one level and kept in the cache, so that after an edit only those
lines are mastered that are spoken anew.
"""

from __future__ import annotations

import wave
from pathlib import Path
from typing import Any

import numpy as np

from explainer.audio import mastering, segments
from explainer.audio.meters import loudness
from explainer.audio.processing import to_stereo
from explainer.audio.segments import Integers
from explainer.cache.files import file_hash
from explainer.cache.store import Cache
from explainer.clock import MILLISECOND, TICKS
from explainer.errors import CheckFailed, ExplainerError, command, error_text, rebuild_command
from explainer.media.audio_reader import Samples
from explainer.timeline.model import TimedLine

REVISION = [1, mastering.REVISION]
"""Part of the cache key: raise the number when the same line would sound different."""

_FADE = 3 * MILLISECOND
_SAMPLE_BYTES = 4
"""Of a kept line: 32 bits, in which lines are mixed."""


def line_voice(line: TimedLine, wav: Path, level: float, cache: Cache, film: str) -> Integers:
    """A line's voice, of shape (n, 1), which is at `level` LUFS where it is in both channels.

    Raises:
        CheckFailed: if it cannot be read, is silent, or does not fit the timeline.
    """
    entry = cache.get_or_create(
        "line",
        f"{film}/{line.key}",
        {"revision": REVISION, "wav": file_hash(wav), "level": level},
        ".wav",
        lambda path: _make(path, line, wav, level),
    )
    data = _read_wav(entry.path, line, _SAMPLE_BYTES)
    return np.frombuffer(data, "<i4").reshape(-1, 1)


def _make(path: Path, line: TimedLine, wav: Path, level: float) -> dict[str, Any]:
    spoken = np.frombuffer(_read_wav(wav, line, 2), "<i2")
    sound = spoken.astype(np.float32) / np.float32(32768)
    normalized = _normalize_line(mastering.master(sound), line.key, level)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, _SAMPLE_BYTES, TICKS, 0, "NONE", ""))
        file.writeframes(segments.to_integers(normalized).astype("<i4").tobytes())
    return {}


def _read_wav(path: Path, line: TimedLine, sample_bytes: int) -> bytes:
    """The samples of a line's sound of one channel, so many bytes each.

    Raises:
        CheckFailed: if it cannot be read, has another form, or is too long for its line.
    """
    key = line.key
    room = line.end - line.speech_start
    try:
        with wave.open(str(path), "rb") as file:
            form = file.getframerate(), file.getnchannels(), file.getsampwidth()
            length = file.getnframes()
            is_usable = form == (TICKS, 1, sample_bytes) and length <= room
            data = file.readframes(length if is_usable else 0)
    except (OSError, EOFError, wave.Error, ValueError) as error:
        raise _unreadable(key, error_text(error)) from error
    if form != (TICKS, 1, sample_bytes):
        raise CheckFailed.of(
            f"the sound of {key} is {form[0]} Hz, {form[1]} channels, {8 * form[2]} bit; "
            f"it must be {TICKS} Hz, mono, {8 * sample_bytes} bit",
            f"make it again with: {rebuild_command()}",
        )
    if length > room:
        raise CheckFailed.of(
            f"the sound of {key} is longer than its line by {length - room} samples",
            f"lay the timeline out again with: {command()}",
        )
    if len(data) != length * sample_bytes:
        raise _unreadable(key, "it breaks off")
    return data


def _unreadable(key: str, why: str) -> ExplainerError:
    return CheckFailed.of(
        f"the sound of {key} cannot be read: {why}",
        f"make it again with: {rebuild_command()}",
    )


def _normalize_line(voice: Samples, key: str, level: float) -> Samples:
    """A line of shape (n,) brought to `level` LUFS without clipping.

    Raises:
        CheckFailed: if it is silent.
    """
    # the line is cut out of its silence; faded in and out, the cuts do not click
    fade = np.minimum(1, np.arange(len(voice)) / _FADE)
    voice = voice * fade * fade[::-1]
    own_level = loudness(to_stereo(voice))
    peak = float(np.abs(voice).max(initial=0.0))
    if not np.isfinite(own_level):
        raise CheckFailed.of(
            f"the sound of {key} is silent", f"hear it with: {command('say', key)}"
        )
    return np.asarray(voice * min(10 ** ((level - own_level) / 20), 1.0 / peak))
