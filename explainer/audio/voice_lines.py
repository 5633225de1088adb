"""Each line's voice as it goes into the mix: a Speech in, segments in the middle of the room out.

They are mastered, at the level that all lines are set down with, and kept: after an edit only the
lines that are spoken anew are mastered.
"""

from __future__ import annotations

import wave
from pathlib import Path
from typing import Any

import numpy as np
from pydub import AudioSegment

from explainer.audio import mastering, segments
from explainer.audio.meters import Samples, loudness, stereo
from explainer.cache import Cache, file_hash
from explainer.clock import MILLISECOND, TICKS
from explainer.errors import CheckFailed, ExplainerError, command, error_text, rebuild_command
from explainer.timeline.model import TimedLine

REVISION = [1, mastering.REVISION]
"""Part of the cache key: raise the number when the same line would be set down otherwise."""

_EDGE = 3 * MILLISECOND
_WIDTH = 4  # bytes of a kept sample, as pydub adds them


def voice(line: TimedLine, wav: Path, level: float, cache: Cache, film: str) -> AudioSegment:
    """A line's voice in the middle, at `level` LUFS in the stereo layout.

    Raises:
        CheckFailed: if it cannot be read, is silent, or does not fit the timeline.
    """
    kept = cache.fetch(
        "line",
        f"{film}/{line.key}",
        {"revision": REVISION, "wav": file_hash(wav), "level": level},
        ".wav",
        lambda path: _make(path, line, wav, level),
    )
    return _read(kept.path, line, _WIDTH).set_channels(2)


def _make(path: Path, line: TimedLine, wav: Path, level: float) -> dict[str, Any]:
    spoken = np.frombuffer(_read(wav, line, 2).raw_data, "<i2")
    sound = spoken.astype(np.float32) / np.float32(32768)
    levelled = _levelled(mastering.master(sound), line.key, level)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, _WIDTH, TICKS, 0, "NONE", ""))
        file.writeframes(segments.segment(levelled).split_to_mono()[0].raw_data)
    return {}


def _read(path: Path, line: TimedLine, width: int) -> AudioSegment:
    """A line's sound of one channel whose samples have so many bytes."""
    key, room = line.key, line.end - line.speech_start
    try:
        # pydub would hand what is no WAV to the ffmpeg program
        with wave.open(str(path), "rb") as file:
            form = file.getframerate(), file.getnchannels(), file.getsampwidth()
            length = file.getnframes()
            data = file.readframes(length if form == (TICKS, 1, width) and length <= room else 0)
    except (OSError, EOFError, wave.Error, ValueError) as error:
        raise _unreadable(key, error_text(error)) from error
    if form != (TICKS, 1, width):
        raise CheckFailed.of(
            f"the sound of {key} is {form[0]} Hz, {form[1]} channels, {8 * form[2]} bit; "
            f"it must be {TICKS} Hz, mono, {8 * width} bit",
            f"make it again with: {rebuild_command()}",
        )
    if length > room:
        raise CheckFailed.of(
            f"the sound of {key} is longer than its line by {length - room} samples",
            f"lay the timeline out again with: {command()}",
        )
    if len(data) != length * width:
        raise _unreadable(key, "it breaks off")
    return AudioSegment(data, sample_width=width, frame_rate=TICKS, channels=1)


def _unreadable(key: str, why: str) -> ExplainerError:
    return CheckFailed.of(
        f"the sound of {key} cannot be read: {why}",
        f"make it again with: {rebuild_command()}",
    )


def _levelled(voice: Samples, key: str, level: float) -> Samples:
    """Both channels of a line at its loudness."""
    # it is cut out of its silence; faded in and out, no cut clicks
    edge = np.minimum(1, np.arange(len(voice)) / _EDGE)
    voice = voice * edge * edge[::-1]
    own, peak = loudness(stereo(voice)), float(np.abs(voice).max(initial=0.0))
    if not np.isfinite(own):
        raise CheckFailed.of(
            f"the sound of {key} is silent", f"hear it with: {command('say', key)}"
        )
    return stereo(voice * min(10 ** ((level - own) / 20), 1.0 / peak))
