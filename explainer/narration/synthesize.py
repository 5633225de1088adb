"""The script spoken: one voice for all lines that name none of their own, a time for every word.

`speak` takes a Script and gives a Speech. The voice is the first of those asked for that can
speak the whole script; lines it has spoken before come from the cache and cost nothing.
`require_timing` refuses a Speech whose words are less well timed than asked for.
"""

from __future__ import annotations

import wave
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explainer import machine
from explainer.cache.store import Cache, Entry
from explainer.clock import MILLISECOND, TICKS, ticks
from explainer.errors import (
    CheckFailed,
    EnvironmentProblem,
    ExplainerError,
    Problem,
    ScriptError,
    VoiceError,
    command,
)
from explainer.media.activity import SPEECH_SHARE, active_blocks
from explainer.media.io import resample
from explainer.narration.align import word_times
from explainer.progress import Progress
from explainer.script.model import Line, Script
from explainer.script.selection import select_lines
from explainer.spec import SILENCE_BEFORE_SPEECH
from explainer.timeline.speech import Speech, SpokenLine, TimingSource, WordTiming
from explainer.voices.base import EngineSettings, SpeechEngine
from explainer.voices.registry import create_engine
from explainer.voices.sentences import sentences

REVISION = 4
"""Raised whenever a line's sound or word times would come out otherwise for the same voice."""

SENTENCE_GAP = ticks(0.35)
"""Silence between two sentences of a line."""

MAX_REASONS = 3
"""Reasons that are given at once for why a voice cannot speak a film."""


def synthesize(
    script: Script,
    voices: Sequence[str],
    cache: Cache,
    progress: Progress,
    selection: str = "",
    pace: float = 1.0,
) -> Speech:
    """Speak the script, or the selected scene or line of it, with the first of `voices` that can.

    Without `voices`, the script's own are asked in their order. A line that names a voice of its
    own is spoken by that one alone. A `pace` of 1.05 is a twentieth faster than the voice's own.

    Raises:
        ScriptError: if the script has no such part, or names a voice that there is none of.
        EnvironmentProblem, VoiceError: if no voice can speak all of it; each one's reason is given.
    """
    lines = [line for line in select_lines(script.lines, selection) if line.say.words]
    main, passed, spoken = _speak_main(script, voices, lines, cache, progress, pace)
    for name in dict.fromkeys(line.voice for line in lines if line.voice):
        own = [line for line in lines if line.voice == name]
        voice = _line_engine(script, name, own[0], pace)
        spoken.update(_speak_all(voice, name, script, own, cache, progress))
    return Speech(main, {line.key: spoken[line.key] for line in lines}, passed)


def _speak_main(
    script: Script,
    voices: Sequence[str],
    lines: Sequence[Line],
    cache: Cache,
    progress: Progress,
    pace: float,
) -> tuple[str, tuple[tuple[str, str], ...], dict[str, SpokenLine]]:
    """The film's voice, those that could not be it and why, and what it speaks.

    That is all lines that name no voice of their own.
    """
    mine = [line for line in lines if not line.voice]
    names = list(voices or script.voices)
    if not mine:
        return names[0], (), {}
    failures: list[EnvironmentProblem | VoiceError] = []
    passed: list[tuple[str, str]] = []
    for name in names:
        try:
            voice = create_engine(name, engine_settings(script, name, pace))
            spoken = _speak_all(voice, name, script, mine, cache, progress)
        except (EnvironmentProblem, VoiceError) as error:
            failures.append(error)
            passed.append((name, _reason_text(error)))
            progress.log(f"voice {name} cannot speak this: {_reason_text(error)}")
            continue
        if failures:
            progress.log(f"voice {name} speaks instead")
        return name, tuple(passed), spoken
    if len(failures) == 1:
        raise failures[0]
    raise VoiceError(*(problem for error in failures for problem in error.problems))


def _reason_text(error: ExplainerError) -> str:
    """Why a voice cannot speak, on one line; of many reasons the first few."""
    told = [problem.what for problem in error.problems]
    more = f"; and {len(told) - MAX_REASONS} more" if len(told) > MAX_REASONS else ""
    return "; ".join(told[:MAX_REASONS]) + more


def _line_engine(script: Script, name: str, line: Line, pace: float = 1.0) -> SpeechEngine:
    """The voice that a line names for itself.

    Raises:
        ScriptError: at the line, if there is none called that.
        VoiceError: if it cannot do what the script asks of it.
    """
    try:
        return create_engine(name, engine_settings(script, name, pace))
    except ScriptError as error:
        raise ScriptError(*(replace(each, place=line.place) for each in error.problems)) from None


def engine_settings(script: Script, name: str, pace: float = 1.0) -> EngineSettings:
    """What a script says about the engine `name`, which may be followed by `:` and a speaker."""
    name = name.partition(":")[0]
    phonemes, options = script.phonemes.get(name, {}), script.engines.get(name, {})
    pace *= float(options.get("pace", 1))
    suffix = script.language_suffix
    return EngineSettings(script.folder, phonemes, pace, options, suffix=suffix)


def require_timing(script: Script, speech: Speech, least: TimingSource) -> None:
    """Make sure that every word's time is known at least as well as `least`.

    Raises:
        CheckFailed: naming each line and its words that are not.
    """
    ranks: tuple[TimingSource, ...] = ("engine", "aligned", "estimated")
    problems = []
    for line in script.lines:
        times = speech.lines[line.key].words if line.key in speech.lines else ()
        poor = [
            word.text
            for word, time in zip(line.say.words, times, strict=False)
            if ranks.index(time.known) > ranks.index(least)
        ]
        if poor:
            what = f"line {line.key}: words timed less well than “{least}”"
            remedy = "reword the line, or choose another voice: --voice hibari"
            problems.append(Problem(f"{what}: {', '.join(poor)}", line.place, remedy))
    if problems:
        raise CheckFailed(*problems)


def cached_speech(
    script: Script, voices: Sequence[str], cache: Cache
) -> tuple[Speech, dict[str, str]]:
    """What is already spoken, without speaking; and for every other line, why it must be.

    The voice is the first that has spoken all lines before, else the first that is ready.
    """
    found: list[tuple[Speech, dict[str, str]]] = []
    for name in voices or script.voices:
        try:
            speech, missing = _cached_speech_by(name, script, cache)
            if missing:
                create_engine(name, engine_settings(script, name)).check(script.language)
        except (EnvironmentProblem, VoiceError):
            continue
        if not missing:
            return speech, missing
        found.append((speech, missing))
    if not found:
        raise VoiceError.of("no voice is ready", f"see why with: {command('voices')}")
    return found[0]


def kept_lines(script: Script, voice: str, cache: Cache) -> dict[str, SpokenLine]:
    """What is already spoken of a script by a voice, by line key, without speaking."""
    try:
        speech, _ = _cached_speech_by(voice, script, cache)
    except (EnvironmentProblem, VoiceError, ScriptError):
        return {}
    return dict(speech.lines)


def _cached_speech_by(name: str, script: Script, cache: Cache) -> tuple[Speech, dict[str, str]]:
    voice = create_engine(name, engine_settings(script, name))
    spoken: dict[str, SpokenLine] = {}
    missing: dict[str, str] = {}
    for line in script.lines:
        if not line.say.words:
            continue
        speaker = _line_engine(script, line.voice, line) if line.voice else voice
        slot, made_of = _slot(script, line.key), cache_recipe(speaker, script.language, line)
        if why := cache.explain("voice", slot, made_of, ".wav"):
            missing[line.key] = why
        elif entry := cache.get("voice", slot, made_of, ".wav"):
            spoken[line.key] = _from_entry(entry, line.voice or name)
        else:
            missing[line.key] = "the kept sound is damaged"
    return Speech(name, spoken), missing


def cache_recipe(voice: SpeechEngine, language: str, line: Line) -> dict[str, Any]:
    """What a line's speech depends on. Marks and what is shown are not in it."""
    pauses = [[pause.before, pause.length] for pause in line.say.pauses]
    return {
        "voice": voice.fingerprint(language),
        "language": language,
        "spoken": line.say.spoken,
        **voice.text_fingerprint(line.say.spoken, line.key),
        # words are the unit of time: the same sound cut into other words is another entry
        "words": [[word.spoken_start, word.spoken_end] for word in line.say.words],
        **({"pauses": pauses} if pauses and voice.input_unit != "line" else {}),
        "revision": REVISION,
    }


def _speak_all(
    voice: SpeechEngine,
    name: str,
    script: Script,
    lines: Sequence[Line],
    cache: Cache,
    progress: Progress,
) -> dict[str, SpokenLine]:
    """Lines spoken by one voice; what is spoken is kept, whatever becomes of the other lines.

    Raises:
        EnvironmentProblem, VoiceError: naming every line that it cannot speak; a voice on the
            network is not asked for more once it has failed.
    """
    recipes = _recipes(voice, script, lines)
    found = {
        key: cache.get("voice", _slot(script, key), made_of, ".wav")
        for key, made_of in recipes.items()
    }
    if not any(found.values()):
        # a voice that has spoken a line of this before is ready; asking it would cost a request
        voice.check(script.language)

    progress.start_stage("speaking", sum(map(_line_cost, lines)), script.language)
    for line in lines:
        if found[line.key]:
            progress.advance(size=_line_cost(line), scene=line.scene, from_cache=True)
        else:
            progress.note_line(line.key, "waiting", "it is spoken anew")

    def entry_of(line: Line) -> Entry | EnvironmentProblem | VoiceError:
        slot, make = _slot(script, line.key), _entry_writer(voice, line, script.language)
        try:
            return found[line.key] or cache.get_or_create(
                "voice", slot, recipes[line.key], ".wav", make
            )
        except (EnvironmentProblem, VoiceError) as error:
            return error

    spoken: dict[str, SpokenLine] = {}
    failures: list[EnvironmentProblem | VoiceError] = []
    with ThreadPoolExecutor(machine.process_count(voice.memory)) as pool:
        entries = (pool.map if voice.parallel else map)(entry_of, lines)
        for line, entry in zip(lines, entries, strict=False):
            if not isinstance(entry, Entry):
                failures.append(entry)
                progress.note_line(line.key, "failed", entry.problems[0].what)
                if not voice.parallel:
                    break
                continue
            spoken[line.key] = _from_entry(entry, name)
            if not found[line.key]:
                text = "" if entry.reused else f"spoke {line.key}"
                progress.advance(text, _line_cost(line), line.scene)
                progress.note_line(line.key, "spoken")
            if not entry.metadata["fits"]:
                progress.log(
                    f"warning: line {line.key}: the sound does not fit its text, so its word "
                    f"times are only estimated; hear it with: {command('say', line.key)}"
                )
    if failures:
        raise type(failures[0])(*(each for error in failures for each in error.problems))
    return spoken


def _line_cost(line: Line) -> int:
    """What speaking a line takes goes by the characters that are spoken."""
    return len(line.say.spoken)


def _slot(script: Script, key: str) -> str:
    return f"{script.file_stem}/{key}"


def _recipes(
    voice: SpeechEngine, script: Script, lines: Sequence[Line]
) -> dict[str, dict[str, Any]]:
    """Each line's recipe; if the voice lacks something for several lines, all of them are named."""
    made, problems = {}, []
    for line in lines:
        try:
            made[line.key] = cache_recipe(voice, script.language, line)
        except VoiceError as error:
            problems += [replace(problem, place=line.place) for problem in error.problems]
    if problems:
        raise VoiceError(*problems)
    return made


def _from_entry(entry: Entry, voice: str) -> SpokenLine:
    words = tuple(WordTiming(*word) for word in entry.metadata["words"])
    return SpokenLine(str(entry.path), entry.metadata["length"], words, entry.reused, voice)


def _entry_writer(
    voice: SpeechEngine, line: Line, language: str
) -> Callable[[Path], dict[str, Any]]:
    def make(path: Path) -> dict[str, Any]:
        try:
            samples, words, fits = speak_line(voice, line, language)
        except (EnvironmentProblem, VoiceError) as error:
            first = error.problems[0]
            raise type(error).of(
                f"line {line.key}: {first.what}", first.remedy, line.place
            ) from None
        # opened here: a Wave_write that could not open its file complains when it is forgotten
        with path.open("wb") as sink, wave.open(sink, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(TICKS)
            file.writeframes(samples.tobytes())
        return {
            "length": len(samples),
            "words": [[word.start, word.end, word.known] for word in words],
            "fits": fits,
        }

    return make


def speak_line(
    voice: SpeechEngine, line: Line, language: str
) -> tuple[NDArray[np.int16], list[WordTiming], bool]:
    """A line's sound at 48 kHz, trimmed, its words in ticks of it, and if it fits its text.

    Raises:
        EnvironmentProblem, VoiceError: if it cannot be spoken, or is recorded and says something
            else.
    """
    pieces: list[NDArray[np.int16]] = []
    words: list[WordTiming] = []
    at, fits = 0, True
    for start, end, gap in _passages(voice, line, language):
        text = line.say.spoken[start:end]
        inside = [w for w in line.say.words if start <= w.spoken_start < end]
        spans = [(w.spoken_start - start, min(w.spoken_end, end) - start) for w in inside]
        utterance = voice.speak(text, language, line.key)
        sound = _to_48_khz(utterance.samples, utterance.rate)
        first, last = _trim_bounds(sound)
        if pieces:
            pieces.append(np.zeros(gap, np.int16))
            at += gap
        timed = word_times(utterance, text, spans, language)
        if not timed.fits and voice.input_unit == "line":
            raise VoiceError.of(
                f"the {voice.name} does not say “{text}”", "record it again, or correct the text"
            )
        fits = fits and timed.fits
        for word in timed.words:
            begin = min(max(word.start - first, 0), last - first - 1)
            finish = min(max(word.end - first, begin + 1), last - first)
            words.append(WordTiming(at + begin, at + finish, word.known))
        pieces.append(sound[first:last])
        at += last - first
    if len(words) != len(line.say.words):
        raise ScriptError.of(f"line {line.key}: {len(line.say.words)} words but {len(words)} times")
    return np.concatenate(pieces), words, fits


def _passages(voice: SpeechEngine, line: Line, language: str) -> list[tuple[int, int, int]]:
    """What the voice is given at a time: characters of the spoken text, and the silence before.

    A recording is one stretch, in which its speaker makes the pauses.
    """
    spoken = line.say.spoken
    if voice.input_unit == "line":
        return [(0, len(spoken), 0)]
    pauses = {line.say.words[pause.before].spoken_start: pause.length for pause in line.say.pauses}
    begins = [0, *pauses]
    made = []
    for begin, after in pairwise([*begins, len(spoken)]):
        gap = pauses.get(begin, 0)
        for start, end in sentences(spoken[begin:after], language):
            made.append((begin + start, begin + end, gap))
            gap = SENTENCE_GAP
    return made


def _to_48_khz(samples: NDArray[np.int16], rate: int) -> NDArray[np.int16]:
    made = np.round(resample(samples, rate, TICKS))
    heard: NDArray[np.int16] = np.clip(made, -32768, 32767).astype(np.int16)
    return heard


def _trim_bounds(sound: NDArray[np.int16]) -> tuple[int, int]:
    """The first and last + 1 sample of what is heard, with a few milliseconds on both sides."""
    loud = np.flatnonzero(active_blocks(sound, MILLISECOND, SPEECH_SHARE, floor=1.0))
    if not len(loud):
        raise VoiceError.of("the voice gave no sound", "try another one: --voice espeak")
    first = max(0, int(loud[0]) * MILLISECOND - SILENCE_BEFORE_SPEECH)
    last = (int(loud[-1]) + 1) * MILLISECOND + 2 * SILENCE_BEFORE_SPEECH
    return first, min(len(sound), last)
