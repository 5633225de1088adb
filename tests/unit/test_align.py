from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explainer.clock import TICKS
from explainer.narration import align
from explainer.narration.align import Alignment
from explainer.timeline.speech import WordTiming
from explainer.voices.base import Utterance, WordBoundary
from explainer.voices.registry import create_engine

TEXT = "Inside, their engines, called kinases, switch each other on."


def word_times(
    utterance: Utterance, text: str, spans: list[tuple[int, int]], language: str
) -> tuple[WordTiming, ...]:
    timed: Alignment = align.word_times(utterance, text, spans, language)
    return timed.words


def words_of(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in re.finditer(r"\S+", text)]


def tone(seconds: float, *silences: tuple[float, float], rate: int = 16_000) -> np.ndarray:
    """A buzz with stretches of silence."""
    at = np.arange(round(seconds * rate)) / rate
    sound = 8000 * np.sin(2 * np.pi * 150 * at)
    for start, end in silences:
        sound[(at >= start) & (at < end)] = 0
    return sound.astype(np.int16)


def starts(words: tuple[WordTiming, ...]) -> list[float]:
    return [round(word.start / TICKS, 3) for word in words]


def ends(words: tuple[WordTiming, ...]) -> list[float]:
    return [round(word.end / TICKS, 3) for word in words]


@pytest.fixture(scope="module")
def flite() -> Utterance:
    return create_engine("flite").speak(TEXT, "en")


def test_a_word_begins_at_the_first_mark_inside_it() -> None:
    marks = (
        WordBoundary(0, 3, 0.1),
        WordBoundary(4, 6, 0.3),
        WordBoundary(7, 10, 0.5),
        WordBoundary(11, 14, 0.8),
    )
    words = word_times(
        Utterance(tone(1), 16_000, marks), "one 20,000 two", [(0, 3), (4, 10), (11, 14)], "en"
    )
    assert starts(words) == [0.1, 0.3, 0.8]
    assert ends(words) == [0.3, 0.8, 1.0]
    assert {word.known for word in words} == {"engine"}


def test_a_word_ends_where_the_sound_stops_before_the_next() -> None:
    marks = (WordBoundary(0, 3, 0.0), WordBoundary(4, 7, 0.6))
    sound = Utterance(tone(1.2, (0.3, 0.6), (0.9, 1.2)), 16_000, marks)
    assert ends(word_times(sound, "one two", [(0, 3), (4, 7)], "en")) == [0.3, 0.9]


def test_the_short_silence_of_a_consonant_does_not_end_a_word() -> None:
    marks = (WordBoundary(0, 3, 0.0), WordBoundary(4, 7, 0.6))
    sound = Utterance(tone(1.2, (0.56, 0.6)), 16_000, marks)
    assert ends(word_times(sound, "one two", [(0, 3), (4, 7)], "en"))[0] == 0.6


def test_a_word_without_a_mark_shares_the_stretch_before_it_by_letters_and_is_estimated() -> None:
    marks = (WordBoundary(0, 2, 0.2), WordBoundary(7, 11, 0.7))
    words = word_times(
        Utterance(tone(1), 16_000, marks), "of the cell", words_of("of the cell"), "en"
    )
    assert starts(words) == [0.2, 0.4, 0.7]
    assert [word.known for word in words] == ["engine", "estimated", "engine"]


def test_a_first_word_without_a_mark_begins_with_the_sound() -> None:
    sound = Utterance(tone(1, (0, 0.2)), 16_000, (WordBoundary(4, 7, 0.6),))
    words = word_times(sound, "the end", [(0, 3), (4, 7)], "en")
    assert starts(words) == [0.2, 0.6]
    assert [word.known for word in words] == ["estimated", "engine"]


def test_words_that_share_a_span_divide_it_by_position() -> None:
    marks = (WordBoundary(0, 4, 0.2), WordBoundary(5, 8, 0.8))
    words = word_times(
        Utterance(tone(1), 16_000, marks), "A Dee end", 2 * [(0, 4)] + [(5, 8)], "en"
    )
    assert starts(words) == [0.2, 0.5, 0.8]
    assert [word.known for word in words] == ["engine", "estimated", "engine"]


def test_no_words_have_no_times() -> None:
    assert word_times(Utterance(tone(1), 16_000, ()), "", [], "en") == ()


@given(
    st.lists(st.floats(0, 1.2), max_size=6).map(sorted),
    st.lists(st.integers(1, 3), min_size=1, max_size=5),
    st.integers(40, 4000),
)
def test_times_are_in_order_and_inside_the_sound_whatever_the_marks(
    times: list[float], repeats: list[int], length: int
) -> None:
    marks = tuple(WordBoundary(3 * i, 3 * i + 2, at) for i, at in enumerate([0.0, *times]))
    spans = [(3 * i, 3 * i + 2) for i, count in enumerate(repeats) for _ in range(count)]
    sound = Utterance(tone(1)[:length], 16_000, marks)
    words = word_times(sound, "aa " * 8, spans, "en")
    assert len(words) == len(spans)
    assert all(word.start < word.end for word in words)
    assert all(a.end <= b.start for a, b in pairwise(words))
    assert words[0].start >= 0
    assert words[-1].end <= length * TICKS // 16_000


@pytest.mark.parametrize("name", ["flite", "espeak"])
def test_the_times_of_a_real_voice_are_its_own(name: str) -> None:
    spoken = create_engine(name).speak(TEXT, "en")
    words = word_times(spoken, TEXT, words_of(TEXT), "en")
    assert [word.known for word in words] == ["engine"] * 9
    assert starts(words) == [round(mark.at, 3) for mark in spoken.word_boundaries]


def test_alignment_finds_the_words_of_a_voice_without_marks(flite: Utterance) -> None:
    words = word_times(replace(flite, word_boundaries=()), TEXT, words_of(TEXT), "en")
    errors = [
        abs(at - mark.at) for at, mark in zip(starts(words), flite.word_boundaries, strict=True)
    ]
    assert {word.known for word in words} == {"aligned"}
    assert np.mean(errors) < 0.03
    assert max(errors) < 0.12


def test_alignment_keeps_up_with_a_long_pause_inside(flite: Utterance) -> None:
    gap = round(flite.word_boundaries[3].at * flite.rate)
    samples = np.concatenate(
        [flite.samples[:gap], np.zeros(flite.rate, np.int16), flite.samples[gap:]]
    )
    words = word_times(Utterance(samples, flite.rate, ()), TEXT, words_of(TEXT), "en")
    late = starts(words)[3] - (flite.word_boundaries[3].at + 1)
    assert abs(late) < 0.1
    assert ends(words)[2] < flite.word_boundaries[3].at + 0.05


def test_words_that_espeak_would_run_together_are_aligned_each() -> None:
    text = "the rim of the cell"
    spoken = create_engine("flite").speak(text, "en")
    words = word_times(replace(spoken, word_boundaries=()), text, words_of(text), "en")
    assert {word.known for word in words} == {"aligned"}
    assert abs(starts(words)[3] - spoken.word_boundaries[3].at) < 0.08


@pytest.mark.parametrize(
    "other",
    [
        "Bees tell each other where to fly by dancing.",
        "Inside, their engines.",
        TEXT + " Bees tell each other where to fly.",
    ],
)
def test_a_sound_that_does_not_fit_its_text_is_said_and_not_aligned(
    flite: Utterance, other: str
) -> None:
    timed = align.word_times(replace(flite, word_boundaries=()), other, words_of(other), "en")
    assert not timed.fits
    assert {word.known for word in timed.words} == {"estimated"}


def test_a_sound_that_fits_its_text_is_said_to(flite: Utterance) -> None:
    assert align.word_times(replace(flite, word_boundaries=()), TEXT, words_of(TEXT), "en").fits


def test_alignment_is_the_same_every_time(flite: Utterance) -> None:
    mute = replace(flite, word_boundaries=())
    first, second = (word_times(mute, TEXT, words_of(TEXT), "en") for _ in range(2))
    assert first == second


@pytest.mark.parametrize(("level", "near"), [(40, 0.03), (30, 0.03), (20, 0.05)])
def test_a_room_around_the_speech_does_not_keep_its_words_from_being_found(
    flite: Utterance, level: int, near: float
) -> None:
    """Noise `level` dB under the voice, and a second of it before and after."""
    loud = np.quantile(np.abs(flite.samples.astype(float)), 0.9)
    room = np.random.default_rng(1).normal(
        0, loud * 10 ** (-level / 20), len(flite.samples) + 32_000
    )
    room[16_000:-16_000] += flite.samples
    sound = Utterance(np.clip(room, -32768, 32767).astype(np.int16), 16_000, ())
    timed = align.word_times(sound, TEXT, words_of(TEXT), "en")
    errors = [
        abs(at - 1 - m.at) for at, m in zip(starts(timed.words), flite.word_boundaries, strict=True)
    ]
    assert timed.fits
    assert np.mean(errors) < near


def test_a_click_before_the_speech_is_not_taken_for_its_beginning(flite: Utterance) -> None:
    samples = np.concatenate([np.zeros(8_000, np.int16), flite.samples])
    samples[800:840] = 12_000
    words = word_times(Utterance(samples, 16_000, ()), TEXT, words_of(TEXT), "en")
    assert abs(starts(words)[0] - 0.5 - flite.word_boundaries[0].at) < 0.05


def test_a_word_before_which_a_voice_pauses_begins_after_the_pause(flite: Utterance) -> None:
    at = round(flite.word_boundaries[7].at * 16_000)  # “other”, where the text has no comma
    samples = np.concatenate([flite.samples[:at], np.zeros(4_800, np.int16), flite.samples[at:]])
    words = word_times(Utterance(samples, 16_000, ()), TEXT, words_of(TEXT), "en")
    assert abs(starts(words)[7] - 0.3 - flite.word_boundaries[7].at) < 0.04
