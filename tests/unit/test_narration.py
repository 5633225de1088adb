from __future__ import annotations

import os
import wave
from threading import Barrier

import pytest

from explainer.cache.store import Cache
from explainer.clock import TICKS
from explainer.errors import CheckFailed, VoiceError
from explainer.narration.synthesize import cached_speech, require_timing, synthesize
from explainer.progress import Progress
from explainer.script.loader import load
from explainer.script.model import Script
from explainer.timeline.speech import Speech, TimingSource
from explainer.voices.gtts import Gtts
from explainer.voices.registry import create_engine
from explainer.voices.tone import Tone
from project import Project
from tests.voices.readers import record


def speak(script: Script, *voices: str, progress: Progress | None = None) -> Speech:
    cache = Cache(script.folder / ".explainer-cache")
    return synthesize(script, voices, cache, progress or Progress(quiet=True))


class Heard(Progress):
    """A report that keeps what is said."""

    def __init__(self) -> None:
        super().__init__(quiet=True)
        self.said: list[str] = []

    def log(self, text: str) -> None:
        self.said.append(text)


@pytest.fixture
def script(project: Project) -> Script:
    return load(project.script, check_scenes=False)


def recorded(script: Script, **texts: str) -> None:
    """A recording of every line, made by flite; `texts` are what is said in place of a line's."""
    for line in script.lines:
        text = texts.get(line.id, line.say.spoken)
        record(script.folder, line.key, create_engine("flite").speak(text, "en"))


def test_a_recording_gives_the_times_of_the_voice_that_made_it(script: Script) -> None:
    recorded(script)
    own, found = speak(script, "flite"), speak(script, "recording")
    for key in own.lines:
        words = zip(own.lines[key].words, found.lines[key].words, strict=True)
        errors = [abs(a.start - b.start) / TICKS for a, b in words]
        assert sum(errors) / len(errors) < 0.08  # a recording keeps more of its edges
        assert {word.known for word in found.lines[key].words} == {"aligned"}


def test_a_recording_of_other_words_is_an_error_that_names_the_line(script: Script) -> None:
    recorded(script, two="Bees tell each other where to fly by dancing.")
    with pytest.raises(VoiceError, match=r"line dots\.two: the recording does not say “Then"):
        speak(script, "recording")


def test_all_missing_recordings_are_named_at_once(script: Script) -> None:
    with pytest.raises(VoiceError) as caught:
        speak(script, "recording")
    assert [problem.place for problem in caught.value.problems] == [
        line.place for line in script.lines
    ]


def test_the_next_voice_speaks_all_if_one_recording_is_missing(script: Script) -> None:
    recorded(script)
    (script.folder / "recordings" / "dots.two.wav").unlink()
    progress = Heard()
    assert speak(script, "recording", "flite", progress=progress).voice == "flite"
    assert any("line dots.two has no recording" in said for said in progress.said)


def test_a_new_take_is_heard_and_the_other_lines_are_kept(script: Script) -> None:
    recorded(script)
    speak(script, "recording")
    line = script.lines[1]
    record(script.folder, line.key, create_engine("espeak").speak(line.say.spoken, "en"))
    again = speak(script, "recording")
    assert [again.lines[line.key].reused for line in script.lines] == [True, False]


def test_a_voice_that_says_something_else_is_said_to_each_time(
    script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = create_engine("flite").speak("Bees tell each other where to fly by dancing.", "en")
    monkeypatch.setattr(Tone, "speak", lambda *_: mute(other))
    for _ in range(2):
        progress = Heard()
        spoken = speak(script, "tone", progress=progress)
        assert [said for said in progress.said if "does not fit its text" in said]
    assert {word.known for word in spoken.lines["dots.one"].words} == {"estimated"}


def mute(spoken: object) -> object:
    from dataclasses import replace

    return replace(spoken, word_boundaries=())  # type: ignore[type-var]


@pytest.mark.skipif(os.cpu_count() == 1, reason="one core speaks one line at a time")
def test_lines_are_spoken_on_all_cores_at_once_but_the_network_is_asked_for_one_after_another(
    script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    both, own = Barrier(2, timeout=120), Tone.speak

    def together(*about: str) -> object:
        both.wait()
        return own(*about)  # type: ignore[arg-type]

    monkeypatch.setattr(Tone, "speak", together)
    spoken = speak(script, "tone")
    assert list(spoken.lines) == [line.key for line in script.lines]
    assert not Gtts.parallel


def test_of_lines_that_cannot_be_spoken_the_first_is_named(
    script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_voice: Tone, text: str, *_: str) -> object:
        raise VoiceError.of(f"no breath for “{text}”")

    monkeypatch.setattr(Tone, "speak", fails)
    with pytest.raises(VoiceError, match=r"line dots\.one: no breath for “A single"):
        speak(script, "tone")


@pytest.mark.parametrize(
    ("voice", "least", "fine"),
    [
        ("flite", "engine", True),
        ("tone", "engine", True),
        ("recording", "aligned", True),
        ("recording", "engine", False),
    ],
)
def test_word_times_are_at_least_as_well_known_as_demanded(
    script: Script, voice: str, least: TimingSource, fine: bool
) -> None:
    recorded(script)
    speech = speak(script, voice)
    require_timing(script, speech, "estimated")
    if fine:
        require_timing(script, speech, least)
        return
    with pytest.raises(CheckFailed, match=r"line dots\.one: words .*: A, single, dot") as caught:
        require_timing(script, speech, least)
    assert len(caught.value.problems) == 2


def test_phonemes_speak_anew_only_the_lines_that_have_the_word(project: Project) -> None:
    speak(load(project.script, check_scenes=False), "flite")
    project.edit("limit: 20", "limit: 20\nphonemes: {flite: {joins: jh oy1 n z ey1}}")
    again = speak(load(project.script, check_scenes=False), "flite")
    assert [again.lines[key].reused for key in ("dots.one", "dots.two")] == [True, False]


def test_a_line_is_kept_as_one_channel_at_48_khz(script: Script) -> None:
    spoken = speak(script, "tone").lines["dots.one"]
    with wave.open(spoken.wav) as file:
        assert (file.getnchannels(), file.getframerate()) == (1, TICKS)
        assert file.getnframes() == spoken.length


def test_a_plan_follows_the_voice_that_will_speak(project: Project, script: Script) -> None:
    cache = Cache(project.folder / ".explainer-cache")
    # nothing is recorded, so that the next voice would speak
    speech, missing = cached_speech(script, ("recording", "tone"), cache)
    assert speech.voice == "tone"
    assert missing == {"dots.one": "not made yet", "dots.two": "not made yet"}
    with Progress(quiet=True) as progress:
        synthesize(script, ("tone",), cache, progress)
    assert cached_speech(script, ("recording", "tone"), cache)[1] == {}
    with pytest.raises(VoiceError, match=r"no voice is ready\n.*explainer voices"):
        cached_speech(script, ("recording",), cache)
