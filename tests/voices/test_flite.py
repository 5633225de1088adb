from __future__ import annotations

import numpy as np
import pytest

from explainer.errors import VoiceError
from explainer.voices import flite
from explainer.voices.base import EngineSettings
from explainer.voices.flite import Flite


def said(text: str) -> list[str]:
    return [text[mark.start : mark.end] for mark in Flite().speak(text, "en").word_boundaries]


def test_a_mark_is_where_the_sound_comes_back_after_a_pause() -> None:
    text = "One thing, another thing, a third."
    spoken = Flite().speak(text, "en")
    level = np.abs(spoken.samples.astype(float)).reshape(-1, 80).max(axis=1)  # 5 ms each
    for mark in spoken.word_boundaries:
        if text[mark.start : mark.end] in ("One", "another", "a"):
            at = round(mark.at * 200)
            assert level[at - 6 : at - 1].max() < level[at : at + 16].max() / 4


def test_each_word_has_its_own_characters_even_when_it_is_said_twice() -> None:
    text = 'The cell, the "cell": two (2) cells — and well-known ones.'
    assert said(text) == [
        *("The", "cell", "the", "cell", "two", "2", "cells", "and", "well-known", "ones"),
    ]


def test_letters_with_accents_and_curly_marks_keep_their_places() -> None:
    assert said("“Naïve” café’s… fiancée") == ["Naïve", "café’s", "fiancée"]
    assert said("cafe\u0301 now\u00a0then") == ["cafe", "now", "then"]


def test_a_dash_between_words_is_a_pause() -> None:
    plain, dashed = (Flite().speak(f"It waits{d} it grows.", "en") for d in ("", " —"))
    assert len(dashed.samples) > len(plain.samples) + 0.03 * plain.rate


@pytest.mark.parametrize("text", ["The γ chain", "细胞", "2 × 2", "heart ♥ beat", "½ full"])
def test_what_it_cannot_read_is_an_error_and_never_left_out(text: str) -> None:
    with pytest.raises(VoiceError, match="cannot read") as caught:
        Flite().speak(f"one {text}", "en")
    assert "lexicon" in caught.value.problems[0].remedy


PHONES = {"trastuzumab": "t r ae0 s t uw1 z ax0 m ae0 b", "kinase": "k ay1 n ey0 s"}


def test_the_given_phonemes_decide_how_a_word_is_read() -> None:
    loaded, rms = flite._load_libraries()
    voice = flite._register_voice(loaded, rms, 1.0, PHONES)
    spoken = loaded.flite_synth_text(b"trastuzumab", voice)
    segment = loaded.relation_head(loaded.utt_relation(spoken, b"Segment"))
    phones = []
    while segment:
        phones.append(loaded.flite_ffeature_string(segment, b"name").decode())
        segment = loaded.item_next(segment)
    wanted = [phone.rstrip("012") for phone in PHONES["trastuzumab"].split()]
    assert [phone for phone in phones if phone != "pau"] == wanted


def test_phonemes_are_an_ingredient_of_the_texts_that_have_the_word() -> None:
    voice = Flite(EngineSettings(phonemes=PHONES))
    assert voice.text_fingerprint("Trastuzumab binds.", "a.b") == {
        "phonemes of trastuzumab": PHONES["trastuzumab"]
    }
    assert voice.text_fingerprint("Kinases bind.", "a.b") == {}


def test_phonemes_change_the_sound_of_their_word_only() -> None:
    plain, taught = Flite(), Flite(EngineSettings(phonemes={"kinase": "k ay1 n ey0 s ey1 ey1"}))
    for text, same in (("One kinase binds.", False), ("One cell binds.", True)):
        sounds = [voice.speak(text, "en").samples.tobytes() for voice in (plain, taught)]
        assert (sounds[0] == sounds[1]) is same


def test_another_stretch_is_another_identity(monkeypatch: pytest.MonkeyPatch) -> None:
    before = Flite().fingerprint("en")
    monkeypatch.setattr(flite, "DURATION_STRETCH", 1.1)
    after = Flite().fingerprint("en")
    assert {key for key in before if before[key] != after[key]} == {"stretch"}
