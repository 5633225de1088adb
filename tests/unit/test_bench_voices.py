"""What bench/voices.py counts itself: words as they are compared, and those misheard."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from project import ROOT


@pytest.fixture(scope="module")
def voices() -> Any:
    sys.path.insert(0, str(ROOT / "bench"))
    try:
        import voices
    finally:
        sys.path.remove(str(ROOT / "bench"))
    return voices


def test_words_are_compared_without_signs_and_with_numbers_spelled_out(voices: Any) -> None:
    plain: Callable[[str], list[str]] = voices.plain_words
    assert plain("It's 20,000, or 5%!") == plain("it’s twenty-thousand or five percent")


def test_words_to_change_to_leave_out_and_to_put_in_are_counted(voices: Any) -> None:
    said = ["now", "it", "can", "hardly", "pair"]
    assert voices.misheard(said, said) == 0
    assert voices.misheard(said, ["now", "it", "can", "pair"]) == 1
    assert voices.misheard(said, ["now", "that", "it", "can", "hardly", "tear"]) == 2


def test_words_that_sound_alike_are_not_misheard(voices: Any) -> None:
    assert voices.misheard(["her", "two"], ["her", "too"]) == 0


def test_silence_at_the_edges_of_a_sound_is_not_judged(voices: Any) -> None:
    sound = np.concatenate([np.zeros(100), np.full(50, 9000), np.zeros(70)]).astype(np.int16)
    assert len(voices.trimmed(sound)) == 50
