"""Every form of the captions says the same, as players read it."""

import re
from dataclasses import replace
from fractions import Fraction
from xml.etree.ElementTree import ElementTree, fromstring

import pytest
from ttconv import model
from ttconv.imsc import reader
from ttconv.isd import ISD
from ttconv.style_properties import DirectionType, StyleProperties, UnicodeBidiType

from caption_films import FILM, film_of
from explainer.captions.formats import srt, ttml, webvtt, webvtt_words
from explainer.captions.formats.registry import FORMATS, read_captions
from explainer.captions.model import Caption
from explainer.captions.segment import segment
from explainer.captions.violations import violations
from explainer.clock import TICKS
from explainer.timeline.model import TimedWord
from extended import ExtendedEngine, example


def hostile() -> Caption:
    return Caption("s.l", 0, 48_000, ("a <b> & c --> d", "é 漢"), ())


def test_subrip_is_numbered_and_stamped_with_commas():
    text = srt.write([hostile(), replace(hostile(), start=96_000, end=3_600 * TICKS + 48)], "en")
    assert text.startswith("1\n00:00:00,000 --> 00:00:01,000\na <b> & c --> d\né 漢\n\n2\n")
    assert "01:00:00,001" in text
    assert text.endswith("\n\n")


def test_webvtt_escapes_what_would_be_markup():
    text = webvtt.write([hostile()], "en")
    assert text == (
        "WEBVTT\n\nNOTE Language: en\n\n1\n00:00:00.000 --> 00:00:01.000\n"
        "a &lt;b&gt; &amp; c --&gt; d\né 漢\n"
    )


def test_webvtt_has_one_unique_id_a_cue_and_no_empty_line_inside_one():
    blocks = webvtt.write(segment(film_of(*FILM)), "en").strip().split("\n\n")[2:]
    assert [block.split("\n")[0] for block in blocks] == [
        str(number) for number in range(1, len(blocks) + 1)
    ]
    assert all(re.match(r"[\d:.]+ --> [\d:.]+$", block.split("\n")[1]) for block in blocks)


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("fps", [24, 30, 60])
def test_every_format_reads_back_as_the_captions_it_was_made_of(tmp_path, suffix, fps):
    texts = [
        *segment(film_of(*FILM, fps=fps)),
        replace(hostile(), start=90 * TICKS, end=91 * TICKS),
    ]
    texts[-1] = replace(texts[-1], words=tuple(spoken(*" ".join(hostile().rows).split(), at=90)))
    path = tmp_path / f"film{suffix}"
    path.write_text(FORMATS[suffix].write(texts, "en"), encoding="utf-8")
    cues = read_captions(path)
    assert [cue.rows for cue in cues] == [text.rows for text in texts]
    for cue, text in zip(cues, texts, strict=True):
        assert abs(cue.start - text.start) <= 24
        assert abs(cue.end - text.end) <= 24


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("language", ["de", "he", "zh-Hant"])
def test_every_format_is_written_alike_each_time_in_any_language(tmp_path, suffix, language):
    form = FORMATS[suffix]
    texts = segment(film_of(*FILM, language=language))
    text = form.write(texts, language)
    assert form.write(texts, language) == text
    assert text.endswith("\n")
    assert "\r" not in text
    path = tmp_path / f"film.{language}{suffix}"
    path.write_text(text, encoding="utf-8")
    assert [cue.rows for cue in read_captions(path)] == [caption.rows for caption in texts]


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_format_can_be_without_captions(tmp_path, suffix):
    path = tmp_path / f"film{suffix}"
    path.write_text(FORMATS[suffix].write([], "en"), encoding="utf-8")
    assert read_captions(path) == ()


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("wrong", ["late", "empty", "other"])
def test_every_format_refuses_what_is_not_in_form(tmp_path, suffix, wrong):
    one, two = Caption("s.l", 0, TICKS, ("One.",), ()), Caption("s.l", 2 * TICKS, 3 * TICKS, (), ())
    path = tmp_path / f"film{suffix}"
    if wrong == "late":
        text = FORMATS[suffix].write([one, replace(two, rows=("Two.",), start=TICKS // 2)], "en")
    elif wrong == "empty":
        text = FORMATS[suffix].write([one, replace(two, rows=(" ",))], "en")
    else:
        text = "What is this?\n"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"^(it|cue \d) "):
        read_captions(path)


def test_a_file_of_no_known_format_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"ends in none of \.srt, "):
        read_captions(tmp_path / "film.txt")


def test_a_new_format_is_one_module_and_one_line(tmp_path):
    engine = ExtendedEngine(tmp_path)
    folder = "explainer/captions/formats"
    engine.add(
        f"{folder}/tsv.py",
        example("A caption format"),
        f"{folder}/registry.py",
        '    "ttml",',
        '    "tsv",',
    )
    said = engine.pytest(__file__, "-k", "test_every_format and tsv")
    assert re.search(r"(\d+) passed", said)
    assert int(re.search(r"(\d+) passed", said)[1]) >= 10
    # what lies beside a film, and is held to it
    run = (
        "from explainer.captions.formats.registry import FORMATS\n"
        "from explainer.verify.captions import CHECK\n"
        "print(*FORMATS, *CHECK.results)"
    )
    said = engine.python("-c", run)
    assert ".words.vtt .tsv .ttml " in said
    assert "captions = .tsv" in said


def spoken(*texts: str, at: float = 0.0, step: float = 0.1) -> list[TimedWord]:
    starts = [round((at + number * step) * TICKS) for number in range(len(texts))]
    return [TimedWord(text, a, a + 2400, "engine") for text, a in zip(texts, starts, strict=True)]


def test_words_are_timed_where_webvtt_allows_it():
    said = [*spoken("one", "two", "three"), *spoken("four", "five & six", at=0.2)]
    said[-1] = replace(said[-1], text="five", start=3 * TICKS)
    text = webvtt_words.write(
        [Caption("s.l", 0, TICKS, ("one two", "three four five"), tuple(said))], "en"
    )
    assert text.endswith("\none <00:00:00.100>two\n<00:00:00.200>three four five\n"), (
        "the first starts with its caption, the fourth with the third, the fifth after the end"
    )


def test_every_word_of_a_film_that_can_be_timed_is():
    texts = segment(film_of(*FILM))
    made = webvtt_words.write(texts, "en")
    stamps = re.findall(r"<([\d:.]+)>", made)
    assert len(stamps) >= sum(len(text.words) - 1 for text in texts)
    assert stamps == sorted(stamps)


def shown(film: model.ContentDocument, moment: int) -> str:
    """What a TTML player shows at a moment in ticks."""
    picture = ISD.from_model(film, Fraction(moment, TICKS))
    parts = [part for region in picture.iter_regions() for part in region.dfs_iterator()]
    return " ".join(part.get_text() for part in parts if isinstance(part, model.Text))


def test_ttml_is_shown_when_it_should_be_by_another_reader():
    texts = segment(film_of(*FILM, hold=96_000))
    film = reader.to_model(ElementTree(fromstring(ttml.write(texts, "es"))))
    assert film.get_lang() == "es"
    for text in texts:
        rows = " ".join(text.rows)
        moments = (text.start - 48, text.start + 48, text.end - 48, text.end + 48)
        assert [shown(film, at) == rows for at in moments] == [False, True, True, False]


HEBREW = "כדור הארץ מקיף את השמש בשנה אחת, ולכן יש לנו ארבע עונות."


def test_ttml_says_which_way_a_text_runs():
    text = ttml.write(segment(film_of(HEBREW, language="he")), "he")
    body = reader.to_model(ElementTree(fromstring(text))).get_body()
    (paragraph,) = [each for each in body.dfs_iterator() if isinstance(each, model.P)]
    assert paragraph.get_style(StyleProperties.Direction) == DirectionType.rtl
    assert paragraph.get_style(StyleProperties.UnicodeBidi) == UnicodeBidiType.embed
    assert "direction" not in ttml.write(segment(film_of(*FILM)), "en")


def test_rows_of_hebrew_stand_in_the_order_they_are_read_in_every_file():
    made = segment(film_of(HEBREW, language="he"))
    assert "\n".join(made[0].rows).replace("\n", " ") == HEBREW
    for suffix in (".srt", ".vtt", ".ttml"):
        assert made[0].rows[0] in FORMATS[suffix].write(made, "he")


@pytest.mark.parametrize(
    ("language", "text", "mark"),
    [
        ("he", "HER2 הוא קולטן.", "\u200f"),
        ("he", "הקולטן HER2 פתוח.", ""),
        ("ar", "20 خلية فقط.", ""),
        ("en", "שלום means peace.", "\u200e"),
        ("en", "Shalom, שלום, means peace.", ""),
    ],
)
def test_a_row_that_begins_in_the_other_direction_says_so(language, text, mark, tmp_path):
    film = film_of(text, language=language)
    (caption,) = made = segment(film)
    assert caption.rows == (mark + text,)
    assert [caption.rows[0][a:b] for a, b in caption.spans[0]] == text.split()
    assert violations(made, film) == []
    for suffix, form in FORMATS.items():
        (tmp_path / f"film{suffix}").write_text(form.write(made, language), encoding="utf-8")
        assert read_captions(tmp_path / f"film{suffix}")[0].rows == caption.rows
