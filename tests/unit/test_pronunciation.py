from __future__ import annotations

import pytest

from explainer.script.narration_text import parse_narration
from explainer.script.pronunciation import warnings, written_span


def doubtful(written: str, lexicon: dict[str, str] | None = None, language: str = "en") -> dict:
    return dict(warnings(parse_narration(written, lexicon or {}, language), language, {}))


@pytest.mark.parametrize(
    ("written", "word", "why"),
    [
        ("The ADCC starts.", "ADCC", "an acronym"),
        ("Some mRNA, too.", "mRNA", "an acronym"),
        ("Then PI3K acts.", "PI3K", "letters with digits"),
        ("The (α-helix) turns.", "α-helix", "Greek letters"),
        ("It takes 5 mM daily.", "5 mM", "a number with a unit"),
        ("It takes 5G, too.", "5G", "letters with digits"),
        ("Version 2.0.1 is out.", "2.0.1", "a number that has no words in this language"),
        ("They won 3-2 today.", "3-2", "a hyphen between numbers, which is not said"),
        ("It is 7 - 3, then.", "7 - 3", "a dash between numbers, which is not said"),
        ("About vitam. and more.", "vitam.", "an abbreviation"),
        ("It costs 50¢ now.", "50", "a sign"),
        ("A 😀 is shown.", "😀", "a sign"),
        ("Salt & water.", "", ""),
    ],
)
def test_a_form_that_is_likely_misread_is_in_doubt(written: str, word: str, why: str) -> None:
    assert doubtful(written) == ({word: why} if word else {"&": "a sign"})


def test_plain_words_and_numbers_are_not_in_doubt() -> None:
    assert doubtful("I saw 20,000 of the cell's well-known 3rd kind, 37% in 1998.") == {}
    assert doubtful("At −5 °C, 80 km/h and 5mg, ~20 of 1902, M. Curie said: 7 − 3.") == {}


def test_a_date_that_may_be_read_two_ways_is_in_doubt_where_no_country_tells() -> None:
    assert "month first" in doubtful("On 3/4/2024 it was.")["3/4/2024"]
    assert doubtful("On 3/4/2024 it was.", language="en-GB") == {}
    assert doubtful("On 3/14/2024 it was.") == {}


def test_the_place_of_a_doubt_is_that_of_its_own_word() -> None:
    said = parse_narration("The DNAs, a [5]{dose} mM of [ampli]{a}DNA DNA", {}, "en")
    assert written_span(said, "DNA") == (42, 3)
    assert written_span(said, "5 mM") == (13, 11)


def test_an_entry_in_the_lexicon_settles_a_doubt() -> None:
    lexicon = {"ADCC": "A D C C", "5 mg": "five milligrams", "DNA": "DNA", "HER2": "her two"}
    assert doubtful("ADCC, 5 mg, DNA and HER2-bound.", lexicon) == {}


def test_phonemes_settle_a_doubt() -> None:
    said = parse_narration("NATO acts.", {}, "en")
    assert not list(warnings(said, "en", {"flite": {"nato": "n ey1 t ow0"}}))


def test_greek_is_not_in_doubt_in_greek() -> None:
    assert doubtful("Το κύτταρο μεγαλώνει.", language="el") == {}
