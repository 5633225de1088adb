from __future__ import annotations

import re

import pytest

from explainer.errors import EnvironmentProblem, VoiceError
from explainer.voices import kokoro, neural, spanish
from explainer.voices.registry import create_engine


def test_it_speaks_spanish_with_a_mark_for_every_word() -> None:
    text = "«HER2» aparece 20.000 veces; ¿de verdad?"
    spoken = create_engine("kokoro").speak(text, "es-MX")
    assert [text[mark.start : mark.end] for mark in spoken.word_boundaries] == text.split()
    assert create_engine("kokoro").fingerprint("es")["voice"].startswith("ef_dora ")


def test_each_language_has_a_woman_and_a_man() -> None:
    voices = [create_engine(f"kokoro:{name}") for name in ("af_heart", "am_michael")]
    first, second = (voice.fingerprint("en")["voice"] for voice in voices)
    assert first != second
    assert second == create_engine("kokoro").fingerprint("en-GB")["voice"]


def test_a_voice_of_another_language_is_refused() -> None:
    with pytest.raises(EnvironmentProblem, match="ef_dora of kokoro does not speak “en”") as caught:
        create_engine("kokoro:ef_dora").check("en")
    assert "am_michael" in caught.value.problems[0].remedy


def test_spanish_is_read_by_the_sentence_and_in_its_own_phonemes() -> None:
    read = spanish.phonemize("Las «abejas» dicen dónde: en el muelle.", "es", {}, "kokoro")
    assert read.phonemes == "las “aβˈexas” dˈiθen dˈonde: en el mwˈeʎe."
    assert all(char in neural.vocabulary() for char in read.phonemes)


def test_the_script_says_how_spanish_words_are_said() -> None:
    taught = {"HER dos": "ˈer dˈos", "trastuzumab": "tɾastuθumˈab"}
    read = spanish.phonemize("El trastuzumab, contra HER dos.", "es", taught, "kokoro")
    assert read.phonemes.startswith("el tɾastuθumˈab, ")
    assert read.phonemes.endswith(" ˈer dˈos.")


@pytest.mark.parametrize(("text", "named"), [("La hélice α.", "“α”"), ("Di 漢字.", "“漢”, “字”")])
def test_what_it_cannot_read_in_spanish_is_named(text: str, named: str) -> None:
    with pytest.raises(VoiceError, match=re.escape(f"cannot read {named}")):
        create_engine("kokoro").speak(text, "es")


def test_a_model_of_other_parts_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    kokoro._load_model.cache_clear()
    first, *others = kokoro._model_files()
    monkeypatch.setattr(kokoro, "_model_files", lambda: [*others, first])
    with pytest.raises(EnvironmentProblem, match="not those that it needs"):
        kokoro._load_model()
