"""What an engine answers: a header and raw sound, which become an `Utterance`."""

from __future__ import annotations

import re
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from explainer.errors import VoiceError
from explainer.voices.base import Utterance, WordBoundary

EngineResponse = tuple[dict[str, Any], bytes]
"""What an engine's `handle(request)` gives: a header for JSON, and raw sound (or nothing)."""

OTHER_VOICE = "choose another voice: --voice flite, or --voice espeak"
"""What to do about a voice that fails."""
MIN_SPEECH_RMS = 30.0
"""Below this RMS (about -61 dBFS) there is no speech in a sound."""
MAX_SOUND_SECONDS = 300.0
"""Seconds that a sound with speech may have; a line lasts a few."""


def to_utterance(name: str, text: str, reply: EngineResponse) -> Utterance:
    """A response of mono int16 sound as an Utterance; `rate` in Hz, `marks` [start, end, seconds].

    Raises:
        VoiceError: if there is no speech in it.
    """
    header, sound = reply
    samples = np.frombuffer(sound, dtype="<i2").astype(np.int16)
    loudness = float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))) if len(samples) else 0
    if loudness < MIN_SPEECH_RMS:
        raise VoiceError.of(f"{name} gave no speech for “{text}”", OTHER_VOICE)
    marks = (WordBoundary(int(a), int(b), float(at)) for a, b, at in header.get("marks", []))
    return Utterance(samples, int(header["rate"]), tuple(marks))


def require_words(text: str) -> None:
    """Refuse a text without a letter or digit: engines differ in what they make of one.

    Raises:
        VoiceError: if there is nothing to say in `text`.
    """
    if not re.search(r"[^\W_]", text):
        raise VoiceError.of(
            f"there is nothing to say in “{text}”", "write words, or remove the line"
        )


def decode_to_mono(source: BinaryIO | Path) -> EngineResponse:
    """The sound of a file in any form of `media.io.AUDIO_FORMATS`, mixed to one channel.

    Raises:
        ValueError: if it holds no sound, or more than `MAX_SOUND_SECONDS` of it.
    """
    import av

    from explainer.media.io import AUDIO_FORMATS, decode_audio, open_media

    parts: list[bytes] = []
    rate = 0
    try:
        with open_media(source, AUDIO_FORMATS) as container:
            resampler = av.AudioResampler(format="s16", layout="mono")
            for frame in chain(decode_audio(container, MAX_SOUND_SECONDS), [None]):
                for mono in resampler.resample(frame):
                    parts.append(mono.to_ndarray().tobytes())
                    rate = mono.sample_rate
    except (av.error.FFmpegError, OSError) as error:
        raise ValueError("no sound that can be read") from error
    return {"rate": rate}, b"".join(parts)
