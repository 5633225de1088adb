from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from explainer.errors import EnvironmentProblem
from explainer.voices.piper import Piper
from tests.voices.readers import stand_in_for_piper


@pytest.fixture
def voice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Piper:
    stand_in_for_piper(tmp_path, monkeypatch)
    return Piper()


def test_a_word_begins_with_the_space_before_it_and_after_a_pause_with_its_first_phoneme(
    voice: Piper,
) -> None:
    text = "One cell, two cells."
    marks = voice.speak(text, "en").word_boundaries
    assert [text[mark.start : mark.end] for mark in marks] == ["One", "cell,", "two", "cells."]
    share = [0, 3, 10, 13]  # letters, spaces and commas before each word
    step = (marks[1].at - marks[0].at) / 3
    assert [mark.at - marks[0].at for mark in marks] == pytest.approx([n * step for n in share])


def test_words_that_would_be_run_together_are_kept_apart(voice: Piper) -> None:
    text = "The rim of the cell."
    marks = voice.speak(text, "en").word_boundaries
    assert [text[mark.start : mark.end] for mark in marks] == ["The", "rim", "of", "the", "cell."]


def test_without_alignments_it_has_no_marks(voice: Piper) -> None:
    assert voice.speak("This is unaligned.", "en").word_boundaries == ()


def test_words_that_do_not_match_its_own_have_no_marks(voice: Piper) -> None:
    assert voice.speak("One 2 three.", "en").word_boundaries == ()


def test_another_voice_file_is_another_identity(
    voice: Piper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = voice.fingerprint("en")
    (tmp_path / "voice.onnx").write_bytes(b"another network")
    assert voice.fingerprint("en") != before


def test_a_voice_that_is_not_named_or_not_there_says_how_to_name_one(
    voice: Piper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "voice.onnx.json").unlink()
    with pytest.raises(EnvironmentProblem, match="is gone") as caught:
        voice.check("en")
    assert "export EXPLAINER_PIPER_MODEL=" in caught.value.problems[0].remedy
    monkeypatch.delenv("EXPLAINER_PIPER_MODEL")
    with pytest.raises(EnvironmentProblem, match="names no voice"):
        voice.check("en")


@pytest.mark.skipif("piper" in sys.modules, reason="Piper is installed here")
def test_a_missing_piper_is_a_missing_tool_with_the_command(
    uninstall: Callable[..., None],
) -> None:
    uninstall("piper-tts")
    with pytest.raises(EnvironmentProblem, match="not installed") as caught:
        Piper().check("en")
    assert caught.value.problems[0].remedy == "pip install '.[piper]'"
