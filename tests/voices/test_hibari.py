from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from explainer.errors import EnvironmentProblem, VoiceError
from explainer.voices import hibari, neural, subprocess_engine
from explainer.voices.base import EngineSettings, WordBoundary
from explainer.voices.english import EnglishPhonemizer
from explainer.voices.neural import PhonemizedText
from explainer.voices.registry import create_engine

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def phonemizer() -> EnglishPhonemizer:
    return EnglishPhonemizer("hibari")


def said(text: str, **phonemes: str) -> list[WordBoundary]:
    return list(
        create_engine("hibari", EngineSettings(phonemes=phonemes)).speak(text, "en").word_boundaries
    )


def test_every_word_has_a_mark_at_its_own_characters() -> None:
    text = "In 2018, it costs $4.50; don't “say” — so!"
    marks = said(text)
    words = ["In", "2018,", "it", "costs", "$4.50;", "don't", "“say”", "so!"]
    assert [text[mark.start : mark.end] for mark in marks] == words


def test_a_word_after_a_rest_begins_where_it_is_heard() -> None:
    spoken = create_engine("hibari").speak("Bees dance. Birds call. Most fish wait.", "en")
    sound = spoken.samples.astype(float)
    loud = np.abs(sound[: len(sound) // 24 * 24].reshape(-1, 24)).max(axis=1) > 150
    rests = [i for i in range(len(loud)) if loud[i] and not loud[max(0, i - 30) : i].any()]
    for mark in [spoken.word_boundaries[0], spoken.word_boundaries[2], spoken.word_boundaries[4]]:
        assert min(abs(mark.at * 1000 - at) for at in rests) < 12


def test_the_pace_is_even_though_the_model_counts_in_steps() -> None:
    text = "Light from the sun takes eight minutes to reach us."
    model = neural.create_session(
        neural.read_package_file(hibari._model_file(), hibari._MODEL_BYTES, "hibari"),
        hibari._RAW_LENGTHS,
    )
    phonemizer = EnglishPhonemizer("hibari")
    numbers = [phonemizer.vocabulary[each] for each in phonemizer.phonemize(text, {}).phonemes]
    given = {"ids": np.array([[0, *numbers, 0]]), "speed": np.ones(1, np.float32)}
    (raw,) = neural.run_model(model, [hibari._RAW_LENGTHS], given, "hibari")
    for pace in (0.5, 0.7, 0.9, 1.0, 1.1, 1.3, 1.5):
        steps = np.maximum(
            1, np.round(raw / hibari._speed_for_length(raw, hibari.SPEED * pace))
        ).sum()
        assert steps == pytest.approx(raw.sum() / (hibari.SPEED * pace), rel=0.04)


def test_the_script_says_how_words_are_said(phonemizer: EnglishPhonemizer) -> None:
    taught = {"trastuzumab": "tɹæstˈuzəmˌæb", "A D C C": "ˈA dˈi sˈi sˈi"}
    read = phonemizer.phonemize("Trastuzumab: ADCC is A D C C.", taught)
    assert read.phonemes.startswith("tɹæstˈuzəmˌæb: ")
    assert read.phonemes.endswith("ˈA dˈi sˈi sˈi.")
    assert len(read.words) == 7


def test_phonemes_for_a_word_that_is_read_as_another_are_refused(
    phonemizer: EnglishPhonemizer,
) -> None:
    with pytest.raises(VoiceError, match="reads “kg” as something else"):
        phonemizer.phonemize("It weighs 3 kg.", {"kg": "kˈɪlə"})


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("The α helix.", "cannot read “α” in “α”"),
        ("Ask 漢字 now.", "cannot read “漢”, “字” in “漢字”"),
        ("It is ≥ two.", "cannot read “≥” in “≥”"),
        ("A 🐟 swims.", "cannot read “🐟” in “🐟”"),
    ],
)
def test_what_it_cannot_read_is_named(phonemizer: EnglishPhonemizer, text: str, named: str) -> None:
    with pytest.raises(VoiceError, match=re.escape(named)):
        phonemizer.phonemize(text, {})


def test_a_text_cannot_give_phonemes(phonemizer: EnglishPhonemizer) -> None:
    read = phonemizer.phonemize("Say [cat](/dAg/) now.", {})
    assert "kˈæt" in read.phonemes


def test_a_sentence_too_long_for_the_model_is_spoken_in_parts() -> None:
    text = ", ".join(["bees tell each other where to fly by dancing"] * 8) + "."
    marks = said(text)
    assert [text[mark.start : mark.end] for mark in marks] == text.split()
    assert [mark.at for mark in marks] == sorted(mark.at for mark in marks)


@pytest.mark.parametrize("name", ["hibari:emma", "flite:slt", "espeak:f3"])
def test_a_voice_that_an_engine_does_not_have_is_refused(name: str) -> None:
    with pytest.raises(VoiceError, match=f"{name.partition(':')[0]} has no voice") as caught:
        create_engine(name)
    assert name.partition(":")[0] in caught.value.problems[0].remedy


def test_what_it_spoke_before_changes_nothing() -> None:
    texts = ["Bees dance.", "Most fish wait, and some do not.", "Bees dance."]
    first, _, again = (create_engine("hibari").speak(text, "en") for text in texts)
    subprocess_engine._stop_idle_processes()
    subprocess_engine._idle_processes.clear()
    fresh = create_engine("hibari").speak(texts[0], "en")
    assert first.samples.tobytes() == again.samples.tobytes() == fresh.samples.tobytes()


def test_its_one_voice_may_be_named() -> None:
    assert create_engine("hibari:heart").fingerprint("en") == create_engine("hibari").fingerprint(
        "en"
    )


@pytest.mark.parametrize("steps", [[2, 2, 2], [2, 2, 2, 3], [2, 2.5, 2.5, 1], [5, -1, 2, 2]])
def test_lengths_that_are_not_those_of_the_sound_are_refused(steps: list[float]) -> None:
    sound = np.zeros(8 * neural.STEP_SAMPLES, np.float32)
    assert neural.with_word_starts(
        PhonemizedText("ab", ((0, 2, 0),)), [2, 2, 2, 2], sound, "hibari"
    ).words
    with pytest.raises(VoiceError, match="lengths that are not those of its sound"):
        neural.with_word_starts(PhonemizedText("ab", ((0, 2, 0),)), steps, sound, "hibari")


def test_a_model_that_is_not_whole_is_a_missing_tool(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    half = tmp_path / "hibari.onnx"
    half.write_bytes(hibari._model_file().read_bytes()[:1000])
    monkeypatch.setattr(hibari, "_model_file", lambda: half)
    hibari._model_digest.cache_clear()
    with pytest.raises(EnvironmentProblem, match="hibari is not whole") as caught:
        create_engine("hibari").fingerprint("en")
    assert "make voices" in caught.value.problems[0].remedy
    with pytest.raises(EnvironmentProblem, match="model cannot be loaded"):
        neural.create_session(b"\x08" * 1000)
    hibari._model_digest.cache_clear()
