from __future__ import annotations

import pytest

from explainer.voices.espeak import Espeak


def said(text: str, language: str = "en") -> list[str]:
    return [text[mark.start : mark.end] for mark in Espeak().speak(text, language).marks]


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
    assert Espeak().identity(language)["voice"] == f"{voice}+f2"


def test_two_languages_read_the_same_text_differently() -> None:
    english, german = (Espeak().speak("Die Hand", code) for code in ("en", "de"))
    assert english.samples.tobytes() != german.samples.tobytes()
