from __future__ import annotations

import pytest

from explainer.errors import VoiceError
from explainer.voices.base import EngineSettings
from explainer.voices.espeak import Espeak


def said(text: str, language: str = "en") -> list[str]:
    return [text[mark.start : mark.end] for mark in Espeak().speak(text, language).word_boundaries]


def test_marks_count_characters_not_bytes() -> None:
    text = "Zwölf große 🙂 Zellen 𝛼 wachsen"
    assert {"Zwölf", "große", "Zellen", "wachsen"} <= set(said(text, "de"))


def test_words_that_the_engine_would_run_together_have_a_mark_each() -> None:
    assert said("the rim of the cell") == ["the", "rim", "of", "the", "cell"]


def test_control_characters_keep_the_places_of_what_follows() -> None:
    assert said("one \x01 two\x00 three") == ["one", "two", "three"]


@pytest.mark.parametrize(
    ("language", "voice"),
    [
        ("en", "gmw/en-US"),
        ("en-US", "gmw/en-US"),
        ("en-GB", "gmw/en"),
        ("de-AT", "gmw/de"),
        ("pt-BR", "roa/pt-BR"),
        ("zh-CN", "sit/cmn"),
        ("no", "gmq/nb"),
    ],
)
def test_a_language_gets_the_voice_that_fits_it_best(language: str, voice: str) -> None:
    assert Espeak().fingerprint(language)["voice"] == f"{voice}+f1"


def test_two_languages_read_the_same_text_differently() -> None:
    english, german = (Espeak().speak("Die Hand", code) for code in ("en", "de"))
    assert english.samples.tobytes() != german.samples.tobytes()


PHONES = {"kinasen": "kin'A:z@n"}


def taught(text: str, phonemes: dict[str, str] = PHONES) -> list[str]:
    marks = Espeak(EngineSettings(phonemes=phonemes)).speak(text, "de").word_boundaries
    return [text[mark.start : mark.end] for mark in marks]


def test_a_word_with_phonemes_has_its_mark_and_keeps_the_places_of_what_follows() -> None:
    assert taught("Die Kinasen, zwölf [[Kinasen]], schalten.") == [
        "Die",
        "Kinasen",
        "zwölf",
        "Kinasen",
        "schalten",
    ]


def test_phonemes_change_the_sound_of_their_word_only() -> None:
    plain, other = Espeak(), Espeak(EngineSettings(phonemes=PHONES))
    for text, same in (("Die Kinasen ruhen.", False), ("Die Zellen ruhen.", True)):
        sounds = [voice.speak(text, "de").samples.tobytes() for voice in (plain, other)]
        assert (sounds[0] == sounds[1]) is same


def test_phonemes_are_said_as_the_spelling_that_espeak_reads_so() -> None:
    spelled, written = Espeak(), Espeak(EngineSettings(phonemes={"xqz": "h'ant"}))
    sounds = [voice.speak(text, "de") for voice, text in ((spelled, "Hand"), (written, "Xqz"))]
    assert sounds[0].samples.tobytes() == sounds[1].samples.tobytes()


def test_phonemes_are_an_ingredient_of_the_texts_that_have_the_word() -> None:
    voice = Espeak(EngineSettings(phonemes=PHONES))
    assert voice.text_fingerprint("Ihre Kinasen.", "a.b") == {"phonemes of kinasen": "kin'A:z@n"}
    assert voice.text_fingerprint("Ihre Zellen.", "a.b") == {}


def test_phonemes_that_the_language_does_not_have_are_an_error_and_never_left_out() -> None:
    with pytest.raises(VoiceError, match="reads the phonemes of “kinasen”, kin'Q~:z@n, as kinx"):
        taught("Die Kinasen.", {"kinasen": "kin'Q~:z@n"})
