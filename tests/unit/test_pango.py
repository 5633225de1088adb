"""Burnt-in captions in every script: letters joined and in their order, the right word marked."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from caption_films import film_in, film_of
from explainer.captions.segment import segment
from explainer.draw import burn_in
from explainer.draw.burn_in import BOX, MARKED, PLAIN
from explainer.draw.stills import GROUND, label_strip
from explainer.errors import EnvironmentProblem
from explainer.frame_format import find_format
from explainer.media import pango
from explainer.media.pango import FontSource
from project import ROOT

FOLDER = ROOT / "assets" / "fonts"
AREA = (1280, 140)
WIDE = {
    "en": ("Crowded receptors lock in pairs,", "HER2 with HER3 is the strongest."),
    "ar": ("تدور الأرض حول الشمس في سنة", "واحدة، ولذلك لدينا أربعة فصول."),
    "he": ("כדור הארץ מקיף את השמש", "בשנה אחת, ולכן ארבע עונות."),
    "hi": ("पृथ्वी एक वर्ष में सूर्य की", "परिक्रमा पूरी करती है।"),
    "th": ("โลกหมุนรอบดวงอาทิตย์ใช้เวลา", "หนึ่งปีเต็มจึงครบหนึ่งรอบ"),
    "ja": ("地球は太陽のまわりを", "一年かけて回っています。"),
    "zh": ("地球绕着太阳转一圈", "需要三百六十五天，"),
}


def plate(language: str, rows: tuple[str, ...], *marked: tuple[tuple[int, int], ...]) -> np.ndarray:
    marks = marked or ((),) * len(rows)
    colours = (BOX, PLAIN, MARKED)
    return pango.render_rows(rows, marks, FontSource(str(FOLDER), language), 44, AREA, colours)


def underlined(picture: np.ndarray) -> tuple[int, int]:
    """The columns from where to where a row of one marked word is underlined."""
    marked = np.abs(picture[:, :, :3].astype(int) - MARKED[:3]).max(axis=2) <= 12
    longest = marked[marked.sum(axis=1).argmax()]
    found = np.flatnonzero(longest)
    return int(found[0]), int(found[-1])


def word_at(language: str, text: str, word: str) -> tuple[int, int]:
    """From where to where a word of a row stands in its picture."""
    start = text.index(word)
    return underlined(plate(language, (text,), ((start, start + len(word)),)))


@pytest.mark.parametrize("language", WIDE)
def test_every_script_has_letters_here(language: str) -> None:
    found = pango.find_coverage(WIDE[language], FontSource(str(FOLDER), language))
    assert found.missing == ""
    assert found.files


def test_the_films_own_fonts_come_first() -> None:
    found = pango.find_coverage(WIDE["en"], FontSource(str(FOLDER), "en"))
    assert [Path(file).name for file in found.files] == ["Inter-Medium.otf"]


@pytest.mark.parametrize("language", ["ar", "he"])
def test_words_of_arabic_and_hebrew_run_from_right_to_left(language: str) -> None:
    row = WIDE[language][0]
    places = [word_at(language, row, word) for word in row.split()]
    assert [left for left, _ in places] == sorted((left for left, _ in places), reverse=True)


@pytest.mark.parametrize("language", ["en", "hi", "ja", "zh", "th"])
def test_words_of_other_scripts_run_from_left_to_right(language: str) -> None:
    caption = segment(film_in(language, "".join(WIDE[language])))[0]
    row, spans = caption.rows[0], caption.spans[0]
    places = [underlined(plate(language, (row,), (span,))) for span in spans]
    assert len(places) > 2
    assert [left for left, _ in places] == sorted(left for left, _ in places)


def test_words_of_a_phrase_in_another_direction_are_marked_where_they_stand() -> None:
    row = "The word שלום עולם means peace"
    places = [word_at("en", row, word) for word in ("word", "עולם", "שלום", "means")]
    assert [left for left, _ in places] == sorted(left for left, _ in places)
    row = "בשנה HER2 alone ולכן"
    places = [word_at("he", row, word) for word in ("ולכן", "HER2", "alone", "בשנה")]
    assert [left for left, _ in places] == sorted(left for left, _ in places)


def test_the_stop_of_a_sentence_stands_at_its_left_end_in_hebrew() -> None:
    row = WIDE["he"][1]
    stop, last = word_at("he", row, "."), word_at("he", row, "עונות")
    assert stop[1] <= last[0] + 2


@pytest.mark.parametrize("language", WIDE)
def test_marking_a_word_moves_nothing(language: str) -> None:
    rows = WIDE[language]
    half = len(rows[0]) // 2
    plain, marked = plate(language, rows), plate(language, rows, ((0, half),), ())
    bright = [picture[:, :, :3].max(axis=2).astype(int) for picture in (plain, marked)]
    # only a line under the word is new
    changed = np.abs(bright[0] - bright[1]) > 40
    assert np.count_nonzero(changed.any(axis=1)) <= 6


def test_letters_of_arabic_are_joined() -> None:
    joined, apart = (plate("ar", (text,)) for text in ("سنة", "س\u200cن\u200cة"))
    assert (joined != apart).any()


def test_a_row_that_is_too_wide_is_set_smaller() -> None:
    wide = plate("en", ("W" * 42, "M" * 42))
    columns = np.flatnonzero(wide[:, :, 3].any(axis=0))
    assert 1260 < np.ptp(columns) < 1280
    assert wide[:, :2].max() == wide[:, -2:].max() == 0


def test_rows_with_high_and_deep_letters_fit_their_boxes() -> None:
    picture = plate("th", ("ที่ปู่นี้", "ญู่ฐู้ผู้"))
    text = picture[:, :, :3].max(axis=2) > 150
    assert not text[~(picture[:, :, 3] > 200)].any()
    assert not text[0].any()
    assert not text[-1].any()


def test_a_sheet_shows_letters_of_every_script() -> None:
    fonts = FontSource(str(FOLDER), "en")
    letters = ("–", "…", "γ", "地", "ع", "प", "ล", "\ue000")
    strips = {label_strip(letter, 60, fonts).tobytes() for letter in letters}
    assert len(strips) == len(letters), "a letter is drawn as the box of one that no font has"


def test_what_has_no_room_on_a_sheet_ends_in_dots() -> None:
    fonts = FontSource(str(FOLDER), "en")
    whole = label_strip("a text", 200, fonts)
    shortened = label_strip("a text that is much too wide for its strip", 200, fonts)
    assert whole[:, :60].any()
    assert (shortened[:, -10:] == GROUND).all()
    assert (shortened[:, 150:190] != GROUND).any()


def test_letters_that_no_font_has_are_named_with_their_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # fontconfig with no fonts but the film's
    (tmp_path / "fonts.conf").write_text(
        f"<fontconfig><cachedir>{tmp_path}</cachedir></fontconfig>"
    )
    monkeypatch.setenv("FONTCONFIG_FILE", str(tmp_path / "fonts.conf"))
    folder = tmp_path / "fonts"
    folder.symlink_to(FOLDER)
    for language, text, letter, package in (
        ("ja", "地球は回る。", "地", "fonts-noto-cjk"),
        ("he", "כדור הארץ", "כ", "fonts-noto-core"),
        ("th", "โลกหมุน", "ล", "fonts-noto-core"),
    ):
        film = film_in(language, text)
        with pytest.raises(EnvironmentProblem) as caught:
            burn_in.caption_states(segment(film), film, folder)
        assert letter in caught.value.problems[0].what
        assert package in caught.value.problems[0].remedy
    film = film_of("These letters are there.")
    assert burn_in.caption_states(segment(film), film, folder)


def test_a_machine_with_another_font_does_not_draw_for_this_one() -> None:
    film = film_of("One line.")
    (row, *_) = burn_in.caption_states(segment(film), film, FOLDER)["s.l0"]
    assert row.files[0].startswith("Inter-Medium.otf ")
    other = burn_in.CaptionState(0, 1, row.text, row.fonts, (), ("Other.otf 0",))
    with pytest.raises(EnvironmentProblem, match=r"another font here: Inter-Medium\.otf"):
        burn_in.overlay(lambda *_: None, (other,), find_format("160x90@10"))


def test_the_same_bytes_come_out_of_every_process() -> None:
    mine = hashlib.sha256(plate("ar", WIDE["ar"], ((5, 10),), ()).tobytes()).hexdigest()
    code = (
        "import sys, hashlib; from explainer.media.pango import FontSource, render_rows\n"
        f"fonts = FontSource({str(FOLDER)!r}, 'ar')\n"
        f"made = render_rows({WIDE['ar']!r}, (((5, 10),), ()), fonts, 44, {AREA},"
        f" {(BOX, PLAIN, MARKED)})\nprint(hashlib.sha256(made.tobytes()).hexdigest())"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.strip() == mine, done.stderr
