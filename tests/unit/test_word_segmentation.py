"""Scripts without spaces between words: their words, times, rows and files."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from caption_films import film_in
from explainer.captions.formats.registry import FORMATS, read_captions
from explainer.captions.rules import text_length
from explainer.captions.segment import segment
from explainer.captions.violations import narrated_and_shown, violations
from explainer.errors import ScriptError
from explainer.media.probe import CaptionEvent, Probe
from explainer.script.loader import load
from explainer.script.narration_text import MarkupError, parse_narration
from explainer.spec import caption_limits
from explainer.timeline.json import from_json
from measured import caption_results

CHINESE = (
    "地球绕着太阳转一圈需要三百六十五天，所以每一年的季节都会按照同样的顺序出现在我们的面前，春天之后是夏天。",
    "HER2蛋白在正常细胞上约有20,000个，在这里多达一百万个。",
)
JAPANESE = (
    "地球は太陽のまわりを一年かけて回っています。そのあいだに季節がうつりかわり、"
    "春のつぎに夏が来て、秋と冬がつづきます。",
    "「HER2」という受容体は、細胞の表面にあります。",
)
THAI = (
    "โลกหมุนรอบดวงอาทิตย์ใช้เวลาหนึ่งปีเต็มจึงครบหนึ่งรอบและฤดูกาลก็เปลี่ยนไปตามนั้น",
    "เซลล์ปกติมีตัวรับสองหมื่นตัว แต่เซลล์เหล่านี้มีมากถึงหนึ่งล้านตัว",
)
TEXTS = {
    "zh": CHINESE,
    "zh-Hant": ("曲妥珠單抗是一種抗體，它的形狀正好與受體的第四區吻合，緊貼著細胞膜。",),
    "ja": JAPANESE,
    "th": THAI,
    "lo": ("ໂລກໝຸນອ້ອມດວງອາທິດໃນໜຶ່ງປີ",),
    "my": ("ကမ္ဘာသည်နေကိုတစ်နှစ်တစ်ကြိမ်လှည့်ပတ်သည်။",),
    "km": ("ផែនដីវិលជុំវិញព្រះអាទិត្យក្នុងមួយឆ្នាំ",),
    "ko": ("지구는 일 년 동안 태양 둘레를 한 바퀴 돌고 그동안 계절이 차례로 바뀝니다.",),
}


def words_of(text: str, language: str) -> list[str]:
    return [word.text for word in parse_narration(text, {}, language).words]


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("zh", "春天之后是夏天。", "春天|之后|是|夏天。"),
        ("zh", "需要三百六十五天，所以", "需要|三百六十五天，|所以"),
        ("zh", "HER2蛋白（受体）有365天", "HER2蛋白|（受体）|有|365|天"),
        ("ja", "春のつぎに「夏」が来て、", "春の|つぎに|「夏」が|来て、"),
        ("th", "โลกหมุนรอบเต็มๆ จึงครบ", "โลก|หมุน|รอบ|เต็มๆ|จึง|ครบ"),
        ("lo", "ໃນໜຶ່ງປີ", "ໃນ|ໜຶ່ງ|ປີ"),
        ("km", "ផែនដីវិល", "ផែនដី|វិល"),
        ("en", "It says 春天之后 twice", "It|says|春天|之后|twice"),
        ("ko", "지구는 태양을", "지구는|태양을"),
        ("en", "one\u200btwo", "one|two"),
    ],
)
def test_words_are_found_where_no_spaces_are(language: str, text: str, words: str) -> None:
    assert words_of(text, language) == words.split("|")


@pytest.mark.parametrize("language", TEXTS)
def test_a_text_is_shown_and_spoken_as_it_is_written(language: str) -> None:
    for text in TEXTS[language]:
        said = parse_narration(text, {}, "")
        assert said.shown == said.spoken == text
        assert [said.spoken[w.spoken_start : w.spoken_end] for w in said.words] == [
            w.text for w in said.words
        ]


@pytest.mark.parametrize(
    ("language", "text", "first", "last"),
    [
        ("zh", "[春天]{cue}之后是夏天。", "春天", "春天"),
        ("zh", "春天[之后]{cue}是夏天。", "之后", "之后"),
        ("zh", "春天之后是[夏天]{cue}。", "夏天。", "夏天。"),
        ("zh", "[春]{cue}天之后", "春", "春"),
        ("zh", "春天[之后是夏]{cue}天", "之后", "夏"),
        ("ja", "[春]{cue}のつぎに", "春", "春"),
        ("th", "โลก[หมุน]{cue}รอบดวงอาทิตย์", "หมุน", "หมุน"),
        ("zh", "绑定[HER2]{cue}蛋白", "HER2", "HER2"),
    ],
)
def test_a_cue_begins_and_ends_with_what_it_marks(
    language: str, text: str, first: str, last: str
) -> None:
    said = parse_narration(text, {}, language)
    (cue,) = said.cues
    assert (said.words[cue.first].text, said.words[cue.last].text) == (first, last)


def test_an_entry_of_the_lexicon_is_one_word_that_is_spoken_its_way() -> None:
    said = parse_narration("曲妥珠单抗，与受体", {"曲妥珠单抗": "qu tuo zhu"}, "zh")
    assert [word.text for word in said.words] == ["曲妥珠单抗，", "与", "受体"]
    assert said.spoken == "qu tuo zhu，与受体"
    assert said.words[0].in_lexicon


def test_a_pause_may_stand_between_words_without_spaces() -> None:
    said = parse_narration("地球绕着{0.5}太阳转。", {}, "zh")
    assert said.shown == "地球绕着太阳转。"
    (pause,) = said.pauses
    assert said.words[pause.before].text == "太阳转。"
    with pytest.raises(MarkupError, match="with a space on both sides"):
        parse_narration("earth{0.5}sun", {}, "en")


@pytest.mark.parametrize("language", TEXTS)
def test_captions_are_in_the_form_of_their_language(language: str) -> None:
    film = film_in(language, *TEXTS[language])
    made = segment(film)
    assert violations(made, film) == []
    limits = caption_limits(language)
    for caption in made:
        assert all(text_length(row, limits) <= limits.row_length for row in caption.rows)
        for row in caption.rows:
            assert not re.match(r"[、。，！？：；」』）”’ๆ။]", row)
            assert not re.search(r"[「『（“‘]\Z", row)
    assert "".join("".join(c.rows).replace(" ", "") for c in made) == "".join(
        text.replace(" ", "") for text in TEXTS[language]
    )


def test_the_limits_are_those_of_the_language() -> None:
    assert text_length("HER2の", caption_limits("ja-JP")) == 3
    assert text_length("ที่", caption_limits("th")) == 1
    assert caption_limits("zh-Hant").row_length == 16
    assert caption_limits("pt-BR").row_length == 42
    film = film_in("zh", CHINESE[0])
    whole = segment(film)[0]
    wide = replace(whole, rows=("地球绕着太阳转一圈需要三百六十五天，",))
    assert any("a row of 18 characters, over 16" in fault for fault in violations([wide], film))


@pytest.mark.parametrize("language", ["zh", "ja", "th"])
def test_files_of_captions_hold_each_words_moment_and_read_back(
    language: str, tmp_path: Path
) -> None:
    film = film_in(language, *TEXTS[language])
    made = segment(film)
    for suffix, form in FORMATS.items():
        path = tmp_path / f"film{suffix}"
        path.write_text(form.write(made, language), encoding="utf-8")
        assert [cue.rows for cue in read_captions(path)] == [caption.rows for caption in made]
    timed = (tmp_path / "film.words.vtt").read_text(encoding="utf-8")
    count = sum(len(caption.words) for caption in made)
    assert len(re.findall("<[0-9:.]+>", timed)) == count - len(made)


def test_verify_finds_every_word_and_misses_one_that_is_left_out(tmp_path: Path) -> None:
    film = film_in("zh", *CHINESE)
    cues = [CaptionEvent(c.start, c.end, c.rows) for c in segment(film)]

    def found(shown: list[CaptionEvent]) -> dict[str, bool | None]:
        facts = Probe("", (), (), (("zho", tuple(shown)),), (), (), False)
        results = caption_results(tmp_path / "film.mp4", facts, film)
        return {name: result.ok for name, result in results.items()}

    good = found(cues)
    assert good["caption words"]
    assert good["caption form"]
    less = CaptionEvent(
        cues[0].start, cues[0].end, tuple(row.replace("太阳", "") for row in cues[0].rows)
    )
    assert not found([less, *cues[1:]])["caption words"]
    said, there = narrated_and_shown([cue.rows for cue in cues], film)
    assert said == there


def test_the_record_keeps_where_no_space_stands() -> None:
    film = film_in("zh", *CHINESE)
    assert from_json(film.to_json()) == film
    old = json.loads(film.to_json())
    for scene in old["scenes"]:
        for line in scene["lines"]:
            for word in line["words"]:
                del word["glued"]
    assert not any(w.glued for ln in from_json(json.dumps(old)).lines for w in ln.words)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("地球绕着太阳转，\n            春天之后是夏天。", "地球绕着太阳转，春天之后是夏天。"),
        ("地球绕着太阳\n            转，[春天]{spring}之后。", "地球绕着太阳转，春天之后。"),
        ("地球绕着\n            [春天]{spring}\n            之后。", "地球绕着春天之后。"),
        ("'地球绕着\n            春天之后。'", "地球绕着春天之后。"),
        (">\n            地球绕着\n            春天之后。", "地球绕着春天之后。"),
        ("地球 绕着sun\n            春天之后。", "地球 绕着sun 春天之后。"),
        ("지구는 태양을\n            돈다.", "지구는 태양을 돈다."),
        ("The earth goes\n            round.", "The earth goes round."),
    ],
)
def test_the_end_of_a_line_of_the_file_is_no_space_in_chinese(
    tmp_path: Path, written: str, shown: str
) -> None:
    path = tmp_path / "script.yaml"
    path.write_text(
        "name: x\ntitle: X\nlanguage: zh\nscenes:\n  - id: a\n    title: A\n    lines:\n"
        f"      - id: b\n        say: {written}\n        show: x\n",
        encoding="utf-8",
    )
    (line,) = load(path, check_scenes=False).lines
    assert line.say.shown == shown


def test_an_error_behind_the_end_of_such_a_line_has_its_place(tmp_path: Path) -> None:
    path = tmp_path / "script.yaml"
    path.write_text(
        "name: x\ntitle: X\nlanguage: zh\nscenes:\n  - id: a\n    title: A\n    lines:\n"
        "      - id: b\n        say: 地球绕着\n          春天]之后。\n        show: x\n",
        encoding="utf-8",
    )
    with pytest.raises(ScriptError) as caught:
        load(path, check_scenes=False)
    place = caught.value.problems[0].place
    assert place
    assert (place.line, place.column) == (10, 13)
