from __future__ import annotations

import pytest

from explainer.script.misreadings import doubts
from explainer.script.wording import read


def doubtful(written: str, lexicon: dict[str, str] | None = None, language: str = "en") -> dict:
    return dict(doubts(read(written, lexicon or {}, language), language, {}))


@pytest.mark.parametrize(
    ("written", "word", "why"),
    [
        ("The ADCC starts.", "ADCC", "an acronym"),
        ("Some mRNA, too.", "mRNA", "an acronym"),
        ("Then PI3K acts.", "PI3K", "letters with digits"),
        ("The (α-helix) turns.", "α-helix", "Greek letters"),
        ("It takes 5 mg daily.", "5 mg", "a number with a unit"),
        ("It takes 5mg daily.", "5mg", "letters with digits"),
        ("About ~20 cells.", "~20", "a number that has no words in this language"),
        ("Salt & water.", "", ""),
    ],
)
def test_a_form_that_is_likely_misread_is_in_doubt(written: str, word: str, why: str) -> None:
    assert doubtful(written) == ({word: why} if word else {"&": "a sign"})


def test_plain_words_and_numbers_are_not_in_doubt() -> None:
    assert doubtful("I saw 20,000 of the cell's well-known 3rd kind, 37% in 1998.") == {}


def test_an_entry_in_the_lexicon_settles_a_doubt() -> None:
    lexicon = {"ADCC": "A D C C", "5 mg": "five milligrams", "DNA": "DNA", "HER2": "her two"}
    assert doubtful("ADCC, 5 mg, DNA and HER2-bound.", lexicon) == {}


def test_phonemes_settle_a_doubt() -> None:
    said = read("NATO acts.", {}, "en")
    assert not list(doubts(said, "en", {"flite": {"nato": "n ey1 t ow0"}}))


def test_greek_is_not_in_doubt_in_greek() -> None:
    assert doubtful("Το κύτταρο μεγαλώνει.", language="el") == {}
