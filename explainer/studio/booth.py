"""The booth: what somebody reads into a microphone in, a line's recording out.

A take is cleaned and checked against its text when it comes; kept, it takes the place of the
recording before it, which stays in `recordings/older`.
"""

from __future__ import annotations

import io
import wave
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explainer.cache.files import create_file, write_atomically
from explainer.cache.ledger import refuse_link
from explainer.clock import seconds
from explainer.errors import ExplainerError, ScriptError, VoiceError, error_text
from explainer.narration.synthesize import engine_settings, speak_line
from explainer.pipeline import RenderOptions
from explainer.script.loader import load
from explainer.script.model import Line, Script
from explainer.studio.edits import ScriptEdits
from explainer.voices.base import Utterance
from explainer.voices.recording import FOLDER, SUFFIXES, Recording, cleaned

OLDER = "older"
"""The folder in that of the recordings to which those go that others took the place of."""
MAX_TAKE_SECONDS = 180
MAX_TAKE_BYTES = 96_000 * 2 * MAX_TAKE_SECONDS
"""Bytes of a take, at the highest rate that microphones have."""
LOUDEST = 32_700
MAX_CUT_SAMPLES = 20
"""Samples at the loudest value that are no accident."""
QUIET_RMS = 10 ** (-45 / 20) * 32768
MIN_OVER_NOISE = 10 ** (20 / 20)


@dataclass(frozen=True, slots=True)
class Take:
    """A take that was cleaned; `fits` says that it says its line's text.

    `words` are the shown ones with their seconds; `advice` says how to record better.
    """

    number: int
    wav: bytes
    length: float
    fits: bool
    problem: str = ""
    advice: tuple[str, ...] = ()
    words: tuple[Mapping[str, Any], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """It as the page is told of it."""
        return {
            "number": self.number,
            "length": self.length,
            "fits": self.fits,
            "problem": self.problem,
            "advice": self.advice,
            "words": self.words,
        }


@dataclass(slots=True)
class Booth:
    """Takes of the lines of one script; of each line the last is there until it is kept."""

    drafts: RenderOptions
    edits: ScriptEdits | None
    takes: dict[str, Take] = field(default_factory=dict)
    count: int = 0

    def judge(self, key: str, wav: bytes) -> Take:
        """Clean a take of a line and hold it against its text; it is not kept yet.

        Raises:
            ScriptError: if there is no such line, or the take is no WAV of some minutes at most.
        """
        script, line = self._line(key)
        raw, rate = _samples(wav)
        self.count += 1
        try:
            heard = cleaned(io.BytesIO(wav), line.say.spoken)
        except (ValueError, VoiceError) as error:
            told = error.problems[0].what if isinstance(error, VoiceError) else error_text(error)
            advice = _advice(raw, rate)
            return Take(self.count, b"", 0.0, fits=False, problem=told, advice=advice)
        sound, length = _wav(heard.samples, heard.rate), len(heard.samples) / heard.rate
        take = Take(self.count, sound, length, fits=False, advice=_advice(raw, rate))
        try:
            _, times, _ = speak_line(_Taken(script, heard), line, script.language)
        except ExplainerError as error:
            take = replace(take, problem=error.problems[0].what)
        else:
            words = tuple(
                {"text": word.text, "start": seconds(time.start), "end": seconds(time.end)}
                for word, time in zip(line.say.words, times, strict=True)
            )
            take = replace(take, fits=True, words=words)
        self.takes[key] = take
        return take

    def keep(self, key: str, number: int, speak: bool = True) -> None:
        """Make a take the line's recording; with `speak` the line asks for it as its voice.

        Raises:
            ScriptError: if there is no such take, it does not say its text, or the line cannot be
                written.
            OSError: if it cannot be saved.
        """
        script, line = self._line(key)
        take = self.takes.get(key)
        if not take or take.number != number:
            raise ScriptError.of(f"there is no such take of {key} any more", "record it again")
        if not take.fits:
            raise ScriptError.of(take.problem, "record it again, or correct the text")
        folder = script.folder / FOLDER
        refuse_link(folder)
        folder.mkdir(exist_ok=True)
        name = f"{key}{script.language_suffix}"
        older = [path for suffix in SUFFIXES if (path := folder / f"{name}{suffix}").is_file()]
        for path in older:
            _copy_aside(path)
        write_atomically(folder / f"{name}.wav", take.wav)
        for path in older:
            if path.suffix != ".wav":
                path.unlink()
        del self.takes[key]
        # where recordings are the film's first voice, they speak once all lines have theirs
        if speak and self.edits and "recording" not in (line.voice, script.voices[0]):
            self.edits.set((*key.split("."), "voice"), "recording")

    def sound(self, key: str) -> bytes:
        """The take of a line that is not kept yet, or else its recording, cleaned, as WAV.

        Raises:
            ScriptError: if there is no such line.
            VoiceError: if it has neither.
        """
        script, line = self._line(key)
        if (take := self.takes.get(key)) and take.wav:
            return take.wav
        voice = Recording(engine_settings(script, Recording.name))
        heard = voice.speak(line.say.spoken, script.language, key)
        return _wav(heard.samples, heard.rate)

    def recorded(self) -> list[str]:
        """The lines that have a recording, by the names of files."""
        language = self.drafts.languages[0] if self.drafts.languages else ""
        folder = self.drafts.script.parent / FOLDER
        try:
            names = [path.name for path in folder.iterdir() if path.suffix in SUFFIXES]
        except OSError:
            return []
        mark = f".{language}" if self.edits and self.edits.path != self.drafts.script else ""
        keys = {name.rpartition(".")[0] for name in names}
        return sorted(
            key.removesuffix(mark)
            for key in keys
            if key.endswith(mark) and key.removesuffix(mark).count(".") == 1
        )

    def _line(self, key: str) -> tuple[Script, Line]:
        language = self.drafts.languages[0] if self.drafts.languages else ""
        script = load(self.drafts.script, language, check_scenes=False)
        for line in script.lines:
            if line.key == key and line.say.words:
                return script, line
        raise ScriptError.of(f"no line {key} is spoken in the script", "choose another one")


class _Taken(Recording):
    """Speaks a take that is not kept yet."""

    def __init__(self, script: Script, take: Utterance) -> None:
        super().__init__(engine_settings(script, Recording.name))
        self._take = take

    def speak(self, text: str, language: str, line: str = "") -> Utterance:  # noqa: ARG002
        """The take, whatever line is asked for."""
        return self._take


def _copy_aside(path: Path) -> None:
    """Keep a recording under the next number of its name."""
    folder = path.parent / OLDER
    refuse_link(folder)
    folder.mkdir(exist_ok=True)
    number = 1
    while True:
        try:
            create_file(folder / f"{path.stem}.{number}{path.suffix}", path.read_bytes())
        except FileExistsError:
            number += 1
        else:
            return


def _samples(wav: bytes) -> tuple[NDArray[np.int16], int]:
    """The samples of the WAV that pages send, mono of 16 bits, and how many there are a second.

    Raises:
        ScriptError: if it is something else, or too long.
    """
    try:
        with wave.open(io.BytesIO(wav)) as file:
            form = file.getnchannels(), file.getsampwidth()
            rate, frames = file.getframerate(), file.readframes(file.getnframes())
    except (wave.Error, EOFError):
        form, rate, frames = (0, 0), 0, b""
    # what breaks off may do so within a sample
    frames = frames[: len(frames) // 2 * 2]
    if form != (1, 2) or not 8_000 <= rate <= 192_000 or len(frames) < rate // 5:
        raise ScriptError.of("this is no take", "record at least a word")
    if len(frames) > 2 * rate * MAX_TAKE_SECONDS:
        what = f"a take lasts at most {MAX_TAKE_SECONDS} s"
        raise ScriptError.of(what, "split the line, or begin again")
    return np.frombuffer(frames, "<i2"), rate


def _advice(samples: NDArray[np.int16], rate: int) -> tuple[str, ...]:
    """What to change before the next take."""
    size = rate // 50
    blocks = samples[: len(samples) // size * size].astype(np.float64).reshape(-1, size)
    level = np.sqrt(np.mean(blocks**2, axis=1))
    speech, noise = np.quantile(level, 0.9), np.quantile(level, 0.05)
    found = []
    if np.count_nonzero(np.abs(samples.astype(np.int32)) >= LOUDEST) > MAX_CUT_SAMPLES:
        found.append("it is too loud and distorted: turn the microphone down, or move away")
    if speech < QUIET_RMS:
        found.append("it is very quiet: turn the microphone up, or come closer")
    elif speech < noise * MIN_OVER_NOISE:
        found.append("the room is heard: come closer, or find a quieter place")
    return tuple(found)


def _wav(samples: NDArray[np.int16], rate: int) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return out.getvalue()
