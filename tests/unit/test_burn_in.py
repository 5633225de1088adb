"""Captions drawn into the picture, with the word that is being said marked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from burnt_in import FOLDER, FONTS, picture
from caption_films import FILM, film_of
from explainer.captions.model import Caption
from explainer.captions.segment import segment
from explainer.clock import TICKS, frame_ticks
from explainer.draw import burn_in
from explainer.draw.burn_in import MARKED, CaptionState, caption_states, overlay
from explainer.frame_format import find_format
from explainer.timeline.model import TimedWord


def marked(picture: np.ndarray) -> np.ndarray:
    """Where a picture has the colour of the marked word."""
    return np.abs(picture - np.array(MARKED[:3])).max(axis=2) <= 12


def spoken(text: Caption) -> list[tuple[int, tuple[int, int]]]:
    """Each word's row and span."""
    return [(row, span) for row, spans in enumerate(text.spans) for span in spans]


@pytest.mark.parametrize("fps", [24, 30, 60])
def test_every_frame_of_a_caption_has_one_state_and_marks_the_word_being_said(fps):
    film = film_of(*FILM, fps=fps)
    texts = segment(film)
    made = caption_states(texts, film, FOLDER)
    frame = frame_ticks(fps)
    for line in film.lines:
        of_line = [text for text in texts if text.key == line.key]
        at = {n: row for row in made[line.key] for n in range(row.first, row.last)}
        assert len(at) == sum(row.last - row.first for row in made[line.key])
        for text in of_line:
            begin, end = ((edge - line.start) // frame for edge in (text.start, text.end))
            assert all(at[n].text == text.rows for n in range(begin, end))
            for number, word in enumerate(text.words):
                middle = (word.start + word.end) // 2 - line.start
                row = at[middle // frame]
                assert spoken(text)[number] in [(n, s) for n, m in enumerate(row.marked) for s in m]


def test_after_its_last_word_a_caption_marks_nothing():
    film = film_of("One line alone.", hold=TICKS)
    *_, last = caption_states(segment(film), film, FOLDER)["s.l0"]
    assert last.marked == ((),)
    assert last.last > last.first


def test_words_that_begin_on_one_frame_are_marked_together():
    film = film_of("One line alone.")
    words = tuple(TimedWord(w, 4800 * (i > 0), 24_000, "engine") for i, w in enumerate("abc"))
    text = Caption("s.l0", 0, 48_000, ("a b", "c"), words)
    made = caption_states([text], film, FOLDER)["s.l0"]
    assert [(row.first, row.last, row.marked) for row in made] == [
        (0, 3, (((0, 1),), ())),
        (3, 15, (((2, 3),), ((0, 1),))),
        (15, 30, ((), ())),
    ]


def test_a_marked_word_has_its_colour_and_a_line_under_it_and_nothing_moves():
    plain = CaptionState(0, 1, ("built to fit domain", "four of HER2."), FONTS)
    without, with_mark = picture(plain), picture(replace(plain, marked=(((13, 19),), ((0, 4),))))
    assert not marked(without).any()
    spots = marked(with_mark)
    columns = np.flatnonzero(spots.any(axis=0))
    half = len(spots) // 2
    for part, text in ((spots[:half], "domain"), (spots[half:], "four")):
        width = np.ptp(np.flatnonzero(part.any(axis=0)))
        underlined = part.sum(axis=1).max()
        assert underlined >= 0.9 * width > 60, text
    changed = np.abs(with_mark - without).max(axis=2) > 40
    outside = changed.copy()
    outside[:, columns.min() - 2 : columns.max() + 3] = False
    assert not outside.any(), "no other word moved or changed"


def test_the_marked_word_is_read_as_well_as_the_others():
    band = picture(CaptionState(0, 1, ("Crowded receptors",), FONTS, (((0, 7),),)))
    assert (band.max(axis=(0, 1)) >= 240).all()
    assert Image.fromarray(band.astype(np.uint8)).size == (1920, 140)


def test_a_plate_for_each_word_is_drawn_once_and_no_larger_than_its_band(
    monkeypatch: pytest.MonkeyPatch,
):
    film, at = film_of(*FILM), find_format("160x90@10")
    states = [
        row for found in caption_states(segment(film), film, FOLDER).values() for row in found
    ]
    count = sum(len(text.words) for text in segment(film))
    assert len(states) <= 2 * count
    drawn: list[tuple[int, int]] = []
    draw = burn_in.pango.render_rows

    def counted(*given: Any) -> NDArray[np.uint8]:
        drawn.append(given[4])
        return draw(*given)

    monkeypatch.setattr(burn_in.pango, "render_rows", counted)
    show = overlay(lambda *_: None, tuple(states), at)
    for _ in range(states[-1].last):
        show(np.zeros((at.height, at.width, 4), np.uint8), 1)
    assert drawn == [(at.width, at.caption_band[1] - at.caption_band[0])] * len(states)
