from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explainer.voices.sentences import chunks, sentences


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One two. three four!", ["One two.", "three four!"]),
        ("“Is it?” It is.", ["“Is it?”", "It is."]),
        ("Dr. Who, e.g. her, took 3.5 mg.", ["Dr. Who, e.g. her, took 3.5 mg."]),
        ("A pause... and on.", ["A pause...", "and on."]),
        ("Done. !!", ["Done. !!"]),
        ("It works. mRNA is new.", ["It works.", "mRNA is new."]),
        ("Acme Inc. and Sgt. Lee in Jan.", ["Acme Inc. and Sgt. Lee in Jan."]),
        ("细胞生长。它分裂。", ["细胞生长。", "它分裂。"]),
        ("...", []),
        ("", []),
    ],
)
def test_a_text_is_cut_after_its_sentences(text: str, parts: list[str]) -> None:
    assert cut(text) == parts


@pytest.mark.parametrize(
    ("language", "text", "count"),
    [
        ("de", "Er ist ca. zehn, bzw. evtl. elf, und wohnt z. B. in Nr. sieben. Es war gut.", 2),
        ("en", "Gates Jr. wrote to Dr. Lee, etc. and got no answer. He left.", 2),
        ("fr", "M. Dupont et Mme. Curie voient le Dr. Martin. Ils partent.", 2),
        ("es", "El Sr. López y la Sra. Gil ven a Uds. hoy. Se van.", 2),
    ],
)
def test_no_sentence_ends_at_an_abbreviation(language: str, text: str, count: int) -> None:
    assert len(sentences(text, language)) == count


def test_a_long_sentence_is_cut_at_its_last_comma_that_fits() -> None:
    text = "Aaaa bbbb, cccc dddd, eeee ffff gggg."
    assert [text[a:b] for a, b in chunks(text, 25)] == ["Aaaa bbbb, cccc dddd,", "eeee ffff gggg."]


def test_without_a_comma_it_is_cut_between_words() -> None:
    text = "Aaaa bbbb cccc dddd"
    assert [text[a:b] for a, b in chunks(text, 11)] == ["Aaaa bbbb", "cccc dddd"]


def test_a_word_longer_than_the_limit_is_cut_inside() -> None:
    assert [b - a for a, b in chunks("a" * 25, 10)] == [10, 10, 5]


@given(st.text(alphabet="ab,. !’。—\n", max_size=80), st.integers(3, 30))
def test_no_letter_is_ever_lost_or_said_twice(text: str, limit: int) -> None:
    spans = chunks(text, limit)
    assert all(0 < end - start <= limit for start, end in spans)
    assert [*spans] == sorted(spans)
    kept = "".join(text[start:end] for start, end in spans)
    assert re.sub(r"[\W_]", "", kept) == re.sub(r"[\W_]", "", text)
