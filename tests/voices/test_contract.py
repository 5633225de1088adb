"""What every engine keeps; a new one is tested by being in the registry."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from threading import current_thread, main_thread
from typing import Any

import numpy as np
import pytest

from explainer.errors import EnvironmentProblem, ScriptError, VoiceError
from explainer.voices.base import EngineSettings, SpeechEngine, Utterance
from explainer.voices.registry import ENGINES, create_engine, engine_class
from tests.voices.readers import ready_engine

pytestmark = pytest.mark.slow

TEXT = "Inside the cells, twenty thousand receptors wait for a signal."
HOSTILE = ["--help", "[[tu:]]", "<break time='9s'/>", "$(reboot)", "\x01100S", "%s%n"]


@pytest.fixture(params=list(ENGINES))
def voice(request: pytest.FixtureRequest) -> SpeechEngine:
    return ready_engine(request.param, request)


@pytest.fixture
def spoken(voice: SpeechEngine) -> Utterance:
    return spoken_by(voice)


def spoken_by(voice: SpeechEngine) -> Utterance:
    """`TEXT` as the voice speaks it; once for all tests, since the same text gives the same."""
    if voice.name not in _SPOKEN:
        _SPOKEN[voice.name] = voice.speak(TEXT, "en")
    return _SPOKEN[voice.name]


def test_the_same_text_gives_the_same_bytes(voice: SpeechEngine, spoken: Utterance) -> None:
    again = voice.speak(TEXT, "en")
    assert again.samples.tobytes() == spoken.samples.tobytes()
    assert again.word_boundaries == spoken.word_boundaries


_SPOKEN: dict[str, Utterance] = {}
_PLAIN: dict[str, Utterance] = {}


def test_the_sound_is_mono_int16_with_speech_of_a_plausible_length(spoken: Utterance) -> None:
    assert spoken.samples.dtype == np.int16
    assert spoken.samples.ndim == 1
    assert spoken.rate >= 16_000
    assert np.sqrt(np.mean(spoken.samples.astype(float) ** 2)) > 500
    assert 2.5 < len(spoken.samples) / spoken.rate < 7


def test_marks_are_in_order_inside_the_text_and_the_sound(spoken: Utterance) -> None:
    times = [mark.at for mark in spoken.word_boundaries]
    assert times == sorted(times)
    assert all(0 <= at < len(spoken.samples) / spoken.rate for at in times)
    assert all(0 <= mark.start < mark.end <= len(TEXT) for mark in spoken.word_boundaries)


def test_marks_are_of_words_where_the_engine_has_any(spoken: Utterance) -> None:
    marks = spoken.word_boundaries
    said = [TEXT[mark.start : mark.end].strip(",.") for mark in marks]
    assert not marks or set(said) >= {"Inside", "cells", "twenty", "receptors", "signal"}


def hostile_texts() -> Iterator[Any]:
    """Each with each engine; kokoro, which reads them as hibari does and is slow, has few."""
    for name in ENGINES:
        for text in HOSTILE:
            short = name != "kokoro" or text in ("--help", "<break time='9s'/>")
            yield pytest.param(name, text, marks=() if short else pytest.mark.whole)


@pytest.mark.sampled(23)
@pytest.mark.parametrize(("voice", "hostile"), [*hostile_texts()], indirect=["voice"])
def test_options_and_markup_are_spoken_not_obeyed(voice: SpeechEngine, hostile: str) -> None:
    if voice.name not in _PLAIN:
        _PLAIN[voice.name] = voice.speak("one two", "en")
    spoken = voice.speak(f"one {hostile} two", "en")
    assert len(spoken.samples) > len(_PLAIN[voice.name].samples) * 1.1
    assert len(spoken.samples) / spoken.rate < 8


@pytest.mark.sampled(8)
@pytest.mark.parametrize("text", ["-f/etc/hostname", "<break/> x"])
def test_a_text_that_is_an_option_is_spoken(voice: SpeechEngine, text: str) -> None:
    spoken = voice.speak(text, "en")
    assert len(spoken.samples) / spoken.rate > 0.25


@pytest.mark.parametrize("text", ["", "  ", "...", "—", "?!", "_"])
def test_a_text_without_words_is_an_error(voice: SpeechEngine, text: str) -> None:
    with pytest.raises(VoiceError, match="nothing to say"):
        voice.speak(text, "en")


def test_a_language_without_a_voice_is_an_error_with_a_remedy(voice: SpeechEngine) -> None:
    if voice.speaks_any_language:
        pytest.skip("it sounds the same in every language")
    for use in (voice.check, voice.fingerprint, lambda code: voice.speak(TEXT, code)):
        with pytest.raises(EnvironmentProblem, match="tlh") as caught:
            use("tlh")
        assert caught.value.problems[0].remedy


def test_a_region_without_a_voice_of_its_own_is_spoken_in_the_language(voice: SpeechEngine) -> None:
    assert voice.fingerprint("en-ZZ") == voice.fingerprint("en")


def test_checking_begins_at_most_one_process(
    voice: SpeechEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, run = [], subprocess.Popen.__init__

    def counted(process: object, *args: object, **how: object) -> None:
        # in other threads, the stand-in for Google's server speaks
        begun.extend([args] if current_thread() is main_thread() else [])
        run(process, *args, **how)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess.Popen, "__init__", counted)
    voice.check("en")
    assert len(begun) <= 1


def test_the_identity_names_engine_version_and_voice(
    voice: SpeechEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPLAINER_GTTS_URL", "http://127.0.0.1:9")  # nothing listens there
    identity = voice.fingerprint("en")
    assert identity["engine"] == voice.name
    assert identity["version"][0].isdigit()
    assert identity["voice"]
    assert voice.fingerprint("en") == identity


def test_engines_are_found_by_the_name_they_give_themselves() -> None:
    assert [create_engine(name).name for name in ENGINES] == list(ENGINES)


def test_an_unknown_engine_is_an_error_that_lists_the_known() -> None:
    with pytest.raises(ScriptError, match=", ".join(ENGINES)):
        create_engine("siri")


@pytest.mark.parametrize("name", ENGINES)
def test_a_faster_pace_is_shorter_and_another_identity_or_refused(
    name: str, request: pytest.FixtureRequest
) -> None:
    ready_engine(name, request)
    faster = EngineSettings(pace=1.1)
    if not engine_class(name).supports_rate:
        with pytest.raises(VoiceError, match="cannot be made to speak faster") as caught:
            create_engine(name, faster)
        assert "cut words" in caught.value.problems[0].remedy
        return
    usual, quick = create_engine(name), create_engine(name, faster)
    lengths = [len(each.samples) for each in (spoken_by(usual), quick.speak(TEXT, "en"))]
    assert 1.06 < lengths[0] / lengths[1] < 1.14
    assert usual.fingerprint("en") != quick.fingerprint("en")


@pytest.mark.parametrize("name", ENGINES)
def test_the_example_of_its_phonemes_is_one_that_a_script_may_write(name: str) -> None:
    alphabet = engine_class(name).phonemes
    if alphabet is not None:
        assert alphabet.problem("Trastuzumab", alphabet.example) == ""
        assert alphabet.problem("Trastuzumab", "\x00")
        assert alphabet.problem("12", alphabet.example)


@pytest.mark.parametrize("name", ENGINES)
def test_a_text_whose_word_has_other_phonemes_is_spoken_anew(name: str) -> None:
    alphabet = engine_class(name).phonemes
    if alphabet is not None:
        taught = create_engine(name, EngineSettings(phonemes={"Trastuzumab": alphabet.example}))
        plain = create_engine(name)
        text = "Trastuzumab binds."
        assert taught.text_fingerprint(text, "a.b") != plain.text_fingerprint(text, "a.b")
        other = "Kinases bind."
        assert taught.text_fingerprint(other, "a.b") == plain.text_fingerprint(other, "a.b")
