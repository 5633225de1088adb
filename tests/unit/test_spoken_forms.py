"""What is spoken for numbers, dates, units and abbreviations, in the languages known well."""

from __future__ import annotations

import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explainer.script.narration_text import NarrationText, parse_narration
from explainer.script.pronunciation import warnings

TABLE = Path(__file__).with_name("spoken_forms.txt")


def rows() -> list[tuple[str, str, str]]:
    """The language, the written and the spoken form of each row of the table beside this file."""
    found, language = [], ""
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            language = line.strip("[]")
        elif line:
            written, spoken = line.split(" | ")
            found.append((language, written, spoken))
    return found


@pytest.mark.parametrize(("language", "written", "spoken"), rows())
def test_a_form_is_spoken_as_its_language_says_it(language: str, written: str, spoken: str) -> None:
    said = parse_narration(written, {}, language)
    assert said.spoken == spoken
    assert [word.text for word in said.words] == written.split()
    assert not [why for _, why in warnings(said, language, {}) if why != "an acronym"]


def spoken_words(said: NarrationText) -> list[str]:
    return [said.spoken[word.spoken_start : word.spoken_end] for word in said.words]


def test_words_that_one_form_goes_over_share_its_span_and_the_others_have_their_own() -> None:
    said = parse_narration("Am 3. Mai um 8:15 Uhr, z. B. (37,5 °C), [5 €]{x}.", {}, "de")
    assert spoken_words(said) == [
        *("Am", "dritten", "Mai", "um", "acht Uhr fünfzehn,", "acht Uhr fünfzehn,"),
        *("zum Beispiel", "zum Beispiel", "(siebenunddreißig Komma fünf", "Grad Celsius),"),
        *("fünf Euro.", "fünf Euro."),
    ]
    assert said.shown == "Am 3. Mai um 8:15 Uhr, z. B. (37,5 °C), 5 €."
    assert (said.cues[0].first, said.cues[0].last) == (10, 11)


def test_a_language_that_is_not_known_is_not_spoken_as_that_of_the_computer() -> None:
    code = (
        "from decimal import Decimal; from explainer.script.quantities import unit_name\n"
        "print([unit_name('meter', Decimal(5), tag) for tag in ('la', 'xx', '1000.0', 'de')])"
    )
    env = {"LC_ALL": "de_DE.UTF-8", "PYTHONPATH": ":".join(sys.path), "PYTHONUTF8": "1"}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True)
    assert done.stdout == "[None, None, None, 'Meter']\n", done.stderr


def test_a_text_without_forms_waits_for_no_library() -> None:
    code = (
        "import sys; from explainer.script.narration_text import parse_narration\n"
        "parse_narration('The dot appears, and it moves.', {}, 'en')\n"
        "sys.exit(any(name in sys.modules for name in ('num2words', 'sentencex')))"
    )
    env = {"PYTHONPATH": ":".join(sys.path)}
    assert subprocess.run([sys.executable, "-c", code], env=env).returncode == 0


FORMS = """
-5 −5 –5 15–20 15-20 3. 2.
19. Jh. 1.º 2.ª 1er 2e XIXe 3rd 21.06.2024 2024-06-21 6/21/2024 8:15
8:15|Uhr 8:15|am 20h30 3,5 3.5 1.500 20|000 37|% 37% 5|€ $5 £3.50 5|EUR 37,5|°C 80|km/h 5|µm
5mg Ludwig|XIV.
1/2 2/3 10:1 3×10⁻³ §|5 S.|12 Nr.|7 z.|B. usw. Dr. e.g. etc. p.|ej. Mme 1980er 1980s CO₂ H2O 007 ±5
~20 ½ 5-km 10-year +5 <5 ≥3 #1 10^6 $5|million 5| ° % - – , . ( ) und Mai Person M. I x
12|Jan. St. 3,–
"""
KNOWN_SIGNS = "−±~≈<>≤≥§#×$£€°%µ"


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from([form.replace("|", " ") for form in FORMS.split()]), max_size=7),
    st.sampled_from(["en", "de", "es", "fr"]),
    st.sampled_from([" ", "\u00a0", ""]),
)
def test_no_figure_and_no_sign_is_lost_without_a_warning(
    forms: list[str], language: str, space: str
) -> None:
    written = space.join(forms)
    said = parse_narration(written, {}, language)
    found = warnings(said, language, {})
    assert [word.text for word in said.words] == written.split()
    starts = [word.spoken_start for word in said.words]
    assert starts == sorted(starts)
    assert "None" not in said.spoken
    if space == " ":
        below = sum(bool(re.match(r"[-−–]\d", form)) for form in forms)
        minus = {"es": "menos", "fr": "moins"}.get(language, "minus")
        assert len(re.findall(rf"\b{minus} \w", said.spoken)) >= below
    for word, spoken in zip(said.words, spoken_words(said), strict=True):
        left = [char for char in spoken if char.isdigit() or char in KNOWN_SIGNS]
        warned = any(
            word.text.strip(".,()") in what or core in what
            for what, _ in found
            for core in [re.sub(r"\A\W+|\W+\Z", "", word.text)]
            if core
        ) or not any(char.isalnum() for char in word.text)
        # what is left is warned of; what is not left has words
        assert not left or warned, (written, said.spoken, found)
        if any(char.isdigit() for char in word.text) and not left:
            assert any(unicodedata.category(char)[0] == "L" for char in spoken)
