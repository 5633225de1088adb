"""The voice “recording”: a person's own, one file a line, `recordings/<scene.line>.wav` or other.

Those of a translation have its language in their names, `recordings/<scene.line>.es.wav`.
A file is trimmed to its speech and brought to one level; its words are found by alignment.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from explainer.errors import EnvironmentProblem, VoiceError, error_text
from explainer.voices.base import SpeechEngine, Utterance
from explainer.voices.espeak import reference_id
from explainer.voices.responses import decode_to_mono, require_words, to_utterance

FOLDER = "recordings"
SUFFIXES = (".wav", ".flac", ".m4a", ".mp3")
MAX_FILE_BYTES = 64 << 20
"""Bytes that a recording may have."""
SPEECH_RMS = 10 ** (-20 / 20) * 32768
"""RMS that the speech of every file is brought to: -20 dBFS, as far as its peaks leave room."""

_MAX_PEAK = 10 ** (-1 / 20) * 32768
_BLOCK_SECONDS = 0.02
_MARGIN_BLOCKS = 3  # blocks kept on both sides of the speech, for soft beginnings and ends
_MIN_SHARE_OF_PEAK = 10 ** (-40 / 20)
_MIN_OVER_NOISE = 10 ** (10 / 20)


class Recording(SpeechEngine):
    """Files beside the script, read by whoever speaks the film."""

    name = "recording"
    requirements = "recordings/<scene.line>.wav, .flac, .m4a or .mp3, one a line"
    input_unit = "line"
    chosen_by_hand = True

    def check(self, language: str) -> None:
        """Make sure that there are recordings, and that words of `language` can be found in them.

        Raises:
            EnvironmentProblem: if there is no folder of recordings, or no reading to align with.
        """
        self.fingerprint(language)
        folder = self.settings.folder / FOLDER
        if not folder.is_dir():
            raise EnvironmentProblem.of(
                f"there is no folder {folder}",
                f"record each line into {FOLDER}/<scene.line>.wav, or choose --voice hibari",
            )

    def fingerprint(self, language: str) -> dict[str, str]:
        """The engine, and the reading that its words are found by."""
        return {
            "engine": "recording",
            "version": "1",
            "voice": FOLDER,
            "aligned by": reference_id(language),
        }

    def text_fingerprint(self, text: str, line: str) -> dict[str, str]:  # noqa: ARG002
        """The file of the line, by its contents.

        Raises:
            VoiceError: if there is none, or it lies outside the project.
        """
        with self.file(line).open("rb") as file:
            return {"file": hashlib.file_digest(file, "sha256").hexdigest()[:16]}

    def speak(self, text: str, language: str, line: str = "") -> Utterance:  # noqa: ARG002
        """The recording of `line`, trimmed and at one level. No word boundaries.

        Raises:
            VoiceError: if there is no such file, no speech in it, or it cannot be read.
        """
        require_words(text)
        file = self.file(line)
        try:
            return cleaned(file, text)
        except ValueError as error:
            raise VoiceError.of(f"{file}: {error_text(error)}", "record it again as WAV") from None

    def file(self, line: str) -> Path:
        """The recording of a line.

        Raises:
            VoiceError: if there is none, or not just one in the project of a size to be read.
        """
        folder = self.settings.folder / FOLDER
        line += self.settings.suffix
        candidates = [folder / f"{line}{suffix}" for suffix in SUFFIXES]
        found = [path for path in candidates if path.is_file()]
        if not found:
            kinds = ", ".join(suffix[1:] for suffix in SUFFIXES)
            raise VoiceError.of(
                f"line {line} has no recording {folder / line}.wav",
                f"record it as {kinds}, or choose --voice hibari",
            )
        if len(found) > 1:
            names = " and ".join(path.name for path in found)
            raise VoiceError.of(f"line {line} has two recordings, {names}", "keep one of them")
        path = found[0]
        if not path.resolve().is_relative_to(self.settings.folder.resolve()):
            what = f"the recording {path} lies outside the project"
            raise VoiceError.of(what, f"copy it into {folder}")
        if path.stat().st_size > MAX_FILE_BYTES:
            what = f"the recording {path} is larger than {MAX_FILE_BYTES >> 20} MiB"
            raise VoiceError.of(what, "a line is a few seconds: cut it, or record it again")
        return path


def cleaned(source: BinaryIO | Path, text: str) -> Utterance:
    """A recording of a text without what comes before and after the speech, at the usual level.

    Raises:
        ValueError: if it cannot be read.
        VoiceError: if there is no speech in it.
    """
    heard = to_utterance(Recording.name, text, decode_to_mono(source))
    return Utterance(_normalize(_trim(heard.samples, heard.rate)), heard.rate, ())


def _trim(samples: NDArray[np.int16], rate: int) -> NDArray[np.int16]:
    """Without what comes before and after the speech, which stands out from the room's noise."""
    size = round(_BLOCK_SECONDS * rate)
    level = _block_rms(samples, size)
    floor = max(level.max() * _MIN_SHARE_OF_PEAK, np.quantile(level, 0.05) * _MIN_OVER_NOISE)
    loud = np.flatnonzero(level > min(floor, level.max() / 2))
    return samples[max(0, loud[0] - _MARGIN_BLOCKS) * size : (loud[-1] + 1 + _MARGIN_BLOCKS) * size]


def _normalize(samples: NDArray[np.int16]) -> NDArray[np.int16]:
    """At the level that every line has; pauses do not count."""
    level = _block_rms(samples, 480)
    speech = float(np.sqrt(np.mean(level[level > level.max() * 0.1] ** 2)))
    peak = float(np.abs(samples.astype(np.int32)).max())
    gain = min(SPEECH_RMS / speech, _MAX_PEAK / peak)
    levelled: NDArray[np.int16] = np.round(samples * gain).astype(np.int16)
    return levelled


def _block_rms(samples: NDArray[np.int16], size: int) -> NDArray[np.float64]:
    """The RMS of each whole block of `size` samples (of all of them, if they are fewer)."""
    count = max(1, len(samples) // size)
    blocks = samples[: count * size].astype(np.float64).reshape(count, -1)
    level: NDArray[np.float64] = np.sqrt(np.mean(blocks**2, axis=1))
    return level
