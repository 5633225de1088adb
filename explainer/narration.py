"""The script spoken: one voice for all of it, one kept sound file a line, a time for every word.

`speak` takes a Script and gives a Speech. The voice is the first of those asked for that can
speak the whole script; lines it has spoken before come from the cache and cost nothing.
"""

from __future__ import annotations

import wave
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.signal import resample_poly

from explainer.align import word_times
from explainer.cache import Cache, Entry
from explainer.clock import MILLISECOND, TICKS, ticks
from explainer.errors import MissingTool, ScriptError, VoiceError
from explainer.progress import Report
from explainer.script import Line, Script
from explainer.timeline import Speech, SpokenLine, SpokenWord
from explainer.voices import Voice, engine
from explainer.voices.phrases import sentences

REVISION = 1
"""Raised whenever a line's sound or word times would come out otherwise for the same voice."""

SENTENCE_GAP = ticks(0.35)
"""Silence between two sentences of a line."""

# milliseconds kept around what is heard, so that soft beginnings are not cut
_EDGE = 5

# quieter than this, against the loudest moment of the sentence, counts as silence at its edges
_SILENCE = 10 ** (-42 / 20)


def speak(
    script: Script, voices: Sequence[str], cache: Cache, report: Report, selection: str = ""
) -> Speech:
    """Speak the script, or the selected scene or line of it, with the first of `voices` that can.

    Without `voices`, the script's own are asked in their order.

    Raises:
        MissingTool, VoiceError: if no voice can speak all of it; each one's reason is given.
    """
    lines = chosen(script, selection)
    failures = []
    for name in voices or script.voices:
        try:
            return _speak_all(engine(name), script, lines, cache, report)
        except (MissingTool, VoiceError) as error:
            failures.append(error)
            report.say(f"voice {name} cannot speak this: {error.problems[0].what}")
    if len(failures) == 1:
        raise failures[0]
    raise VoiceError(*(problem for error in failures for problem in error.problems))


def chosen(script: Script, selection: str) -> list[Line]:
    """The lines of a scene (`scene`), one line (`scene.line`), or all for an empty selection.

    Raises:
        ScriptError: if the script has none such.
    """
    lines = [ln for ln in script.lines if not selection or selection in (ln.scene, ln.key)]
    if not lines:
        names = [scene.id for scene in script.scenes] + [line.key for line in script.lines]
        raise ScriptError.of(
            f"the script has no “{selection}”", f"choose one of {', '.join(names)}"
        )
    return lines


def kept(script: Script, voices: Sequence[str], cache: Cache) -> tuple[Speech, dict[str, str]]:
    """What is already spoken, without speaking; and for every other line, why it must be.

    The voice is the first that has spoken all lines before, else the first that is ready.
    """
    found: list[tuple[Speech, dict[str, str]]] = []
    for name in voices or script.voices:
        voice = engine(name)
        speech, missing = _kept_by(voice, script, cache)
        if not missing:
            return speech, missing
        try:
            voice.check(script.language)
        except (MissingTool, VoiceError):
            continue
        found.append((speech, missing))
    if not found:
        raise VoiceError.of("no voice is ready", "see why with: python render.py voices")
    return found[0]


def _kept_by(voice: Voice, script: Script, cache: Cache) -> tuple[Speech, dict[str, str]]:
    spoken: dict[str, SpokenLine] = {}
    missing: dict[str, str] = {}
    for line in script.lines:
        slot, made_of = f"{script.name}/{line.key}", recipe(voice, script.language, line)
        if why := cache.explain("voice", slot, made_of, ".wav"):
            missing[line.key] = why
        elif entry := cache.find("voice", slot, made_of, ".wav"):
            spoken[line.key] = _from_entry(entry)
        else:
            missing[line.key] = "the kept sound is damaged"
    return Speech(voice.name, voice.identity(script.language), spoken), missing


def recipe(voice: Voice, language: str, line: Line) -> dict[str, Any]:
    """What a line's speech depends on. Marks and what is shown are not in it."""
    return {
        "voice": voice.identity(language),
        "language": language,
        "spoken": line.say.spoken,
        # words are the unit of time: the same sound cut into other words is another entry
        "words": [[word.spoken_start, word.spoken_end] for word in line.say.words],
        "revision": REVISION,
    }


def _speak_all(
    voice: Voice, script: Script, lines: list[Line], cache: Cache, report: Report
) -> Speech:
    report.stage("speaking", len(lines))
    spoken: dict[str, SpokenLine] = {}
    checked = False
    for line in lines:
        slot, made_of = f"{script.name}/{line.key}", recipe(voice, script.language, line)
        entry = cache.find("voice", slot, made_of, ".wav")
        if entry is None:
            if not checked:
                voice.check(script.language)
                checked = True
            entry = cache.fetch(
                "voice", slot, made_of, ".wav", _maker(voice, line, script.language)
            )
        spoken[line.key] = _from_entry(entry)
        report.step("" if entry.reused else f"spoke {line.key}")
    return Speech(voice.name, voice.identity(script.language), spoken)


def _from_entry(entry: Entry) -> SpokenLine:
    words = tuple(SpokenWord(*word) for word in entry.facts["words"])
    return SpokenLine(str(entry.path), entry.facts["length"], words, entry.reused)


def _maker(voice: Voice, line: Line, language: str) -> Callable[[Path], dict[str, Any]]:
    def make(path: Path) -> dict[str, Any]:
        try:
            samples, words = _speak_line(voice, line, language)
        except (MissingTool, VoiceError) as error:
            first = error.problems[0]
            raise type(error).of(
                f"line {line.key}: {first.what}", first.remedy, line.place
            ) from None
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(TICKS)
            file.writeframes(samples.tobytes())
        return {
            "length": len(samples),
            "words": [[word.start, word.end, word.known] for word in words],
        }

    return make


def _speak_line(
    voice: Voice, line: Line, language: str
) -> tuple[NDArray[np.int16], list[SpokenWord]]:
    """A line's sound at 48 kHz, silence trimmed off its ends, and its words in ticks of it."""
    pieces: list[NDArray[np.int16]] = []
    words: list[SpokenWord] = []
    at = 0
    for start, end in sentences(line.say.spoken):
        text = line.say.spoken[start:end]
        inside = [w for w in line.say.words if start <= w.spoken_start < end]
        spans = [(w.spoken_start - start, min(w.spoken_end, end) - start) for w in inside]
        utterance = voice.speak(text, language)
        sound = _at_48k(utterance.samples, utterance.rate)
        first, last = _voiced(sound)
        if pieces:
            pieces.append(np.zeros(SENTENCE_GAP, np.int16))
            at += SENTENCE_GAP
        for word in word_times(utterance, text, spans, language):
            begin = min(max(word.start - first, 0), last - first - 1)
            finish = min(max(word.end - first, begin + 1), last - first)
            words.append(SpokenWord(at + begin, at + finish, word.known))
        pieces.append(sound[first:last])
        at += last - first
    if len(words) != len(line.say.words):
        raise ScriptError.of(f"line {line.key}: {len(line.say.words)} words but {len(words)} times")
    return np.concatenate(pieces), words


def _at_48k(samples: NDArray[np.int16], rate: int) -> NDArray[np.int16]:
    if rate == TICKS:
        return samples
    common = np.gcd(rate, TICKS)
    made = resample_poly(samples.astype(np.float64), TICKS // common, rate // common)
    heard: NDArray[np.int16] = np.clip(np.round(made), -32768, 32767).astype(np.int16)
    return heard


def _voiced(sound: NDArray[np.int16]) -> tuple[int, int]:
    """The first and last + 1 sample of what is heard, with a few milliseconds on both sides."""
    blocks = len(sound) // MILLISECOND
    level = np.abs(sound[: blocks * MILLISECOND].reshape(blocks, MILLISECOND).astype(np.int32))
    peaks = level.max(axis=1, initial=0)
    loud = np.flatnonzero(peaks > max(peaks.max(initial=0) * _SILENCE, 1.0))
    if not len(loud):
        raise VoiceError.of("the voice gave no sound", "try another one: --voice espeak")
    first = max(0, int(loud[0]) - _EDGE) * MILLISECOND
    return first, min(len(sound), (int(loud[-1]) + 1 + 2 * _EDGE) * MILLISECOND)
