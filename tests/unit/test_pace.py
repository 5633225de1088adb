"""How fast a language is spoken, and how that is counted."""

from __future__ import annotations

import pytest

from explainer.languages import speech_rate_count, speech_rate_range, speech_rate_unit
from explainer.script.loader import load
from explainer.timeline.layout import estimate_timeline
from project import Project


@pytest.mark.parametrize("tag", ["en", "es", "de", "fr", "ar", "fi", "ja", "zh-Hant", "th", "tlh"])
def test_every_language_has_a_range(tag: str) -> None:
    slowest, fastest = speech_rate_range(tag)
    assert 0 < slowest * 1.2 < fastest


def test_french_is_judged_by_its_own_range() -> None:
    assert speech_rate_range("fr-CA") == (110, 170)


def test_words_are_counted_as_they_are_spoken(project: Project) -> None:
    project.edit("A single [dot]{dot} appears.", "A [dot]{dot} at 20 000.5 °C.")
    project.edit("show: A pink dot.", "show: A dot.\n        cite: [euclid]")
    line = estimate_timeline(load(project.script), 30).lines[0]
    assert len(line.words) == 6
    # a dot at twenty thousand point five degrees Celsius
    assert line.pace_count == 9


def test_where_no_spaces_part_words_characters_are_counted() -> None:
    assert (speech_rate_count("细胞生长。", "zh"), speech_rate_unit("zh")) == (4, "characters")
    assert (speech_rate_count("Cells grow – and divide.", "en"), speech_rate_unit("en")) == (
        4,
        "words",
    )
