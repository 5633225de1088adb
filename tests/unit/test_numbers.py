from __future__ import annotations

import pytest

from explainer.script.numbers import number_in_words


@pytest.mark.parametrize(
    ("language", "written", "words"),
    [
        ("en", "20,000", "twenty thousand"),
        ("en", "0.48", "zero point four eight"),
        ("en", "37%", "thirty-seven percent"),
        ("en", "15–20%", "fifteen to twenty percent"),
        ("en", "1998", "nineteen ninety-eight"),
        ("en", "1,998", "one thousand nine hundred and ninety-eight"),
        ("en", "2024", "two thousand and twenty-four"),
        ("en", "3rd", "third"),
        ("es", "20.000", "veinte mil"),
        ("es", "0,48", "cero coma cuatro ocho"),
        ("es-MX", "75,2%", "setenta y cinco coma dos por ciento"),
        ("es", "1.000.000", "un millón"),
        ("es", "15–20%", "quince a veinte por ciento"),
        ("es", "1998", "mil novecientos noventa y ocho"),
        ("es", "2005", "dos mil cinco"),
        ("es", "37%", "treinta y siete por ciento"),
        ("de", "20.000", "zwanzigtausend"),
        ("de", "1998", "neunzehnhundertachtundneunzig"),
        ("de", "75,2%", "fünfundsiebzig Komma zwei Prozent"),
        ("de", "1.000.000", "eine Million"),
        ("de", "15–20%", "fünfzehn bis zwanzig Prozent"),
        ("de", "2005", "zweitausendfünf"),
        ("de-AT", "0,48", "null Komma vier acht"),
        ("fr", "12,5", "douze virgule cinq"),
    ],
)
def test_a_number_is_spoken_as_its_language_writes_it(
    language: str, written: str, words: str
) -> None:
    assert number_in_words(written, language) == words


@pytest.mark.parametrize(
    "written", ["", "007", "1,5", "1.2.3", "20,00", "HER2", "10^6", "5–", "–5", "²", "%", "9" * 99]
)
def test_what_is_no_number_in_english_is_left_alone(written: str) -> None:
    assert number_in_words(written, "en") is None


def test_a_language_without_words_for_numbers_leaves_them_to_the_engine() -> None:
    assert number_in_words("20", "sw") is None
