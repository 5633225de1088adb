from __future__ import annotations

import numpy as np

from explainer.voices.tone import Tone

TEXT = "Two cells — one (signal), then 20,000 more."


def test_every_word_has_a_mark_at_its_first_sound() -> None:
    spoken = Tone().speak(TEXT, "en")
    said = [TEXT[mark.start : mark.end] for mark in spoken.word_boundaries]
    assert said == ["Two", "cells", "one", "(signal),", "then", "20,000", "more."]
    for mark in spoken.word_boundaries:
        at = round(mark.at * spoken.rate)
        assert np.abs(spoken.samples[max(0, at - 240) : at].astype(int)).max(initial=0) == 0
        assert np.abs(spoken.samples[at : at + 480].astype(int)).max() > 1000


def test_longer_words_last_longer_and_clauses_end_in_a_pause() -> None:
    lengths = [len(Tone().speak(t, "en").samples) for t in ("a b", "a bbbb", "a, bbbb")]
    assert lengths == sorted(set(lengths))
