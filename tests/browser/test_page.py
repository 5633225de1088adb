"""What a page is made of: joined modules, words in every language, what a script names."""

from __future__ import annotations

import json
import math
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from explainer.cache.store import Cache
from explainer.captions.segment import segment
from explainer.cli import main
from explainer.clock import frame_ticks
from explainer.errors import CheckFailed, ScriptError
from explainer.export import youtube
from explainer.export.base import ExportJob
from explainer.export.page import markup, sprite_sheet, template
from explainer.export.page.bundle import bundle_modules
from explainer.language_version import LanguageVersion
from explainer.languages import text_direction
from explainer.media.frames import decode_frames
from explainer.progress import Progress
from explainer.script.loader import load
from project import Project
from viewing import Shown

STRINGS = sorted((template.PLAYER / "strings").glob("*.json"))


@pytest.mark.parametrize("path", STRINGS, ids=lambda path: path.stem)
def test_every_language_has_all_words_with_the_same_blanks(path: Path) -> None:
    english = json.loads((template.PLAYER / "strings" / "en.json").read_text(encoding="utf-8"))
    found = json.loads(path.read_text(encoding="utf-8"))
    assert list(found) == list(english)
    blanks = re.compile(r"\{\w+\}")
    for key, text in found.items():
        assert sorted(blanks.findall(text)) == sorted(blanks.findall(english[key])), key


def test_every_word_is_used_and_every_word_used_is_there() -> None:
    sources = [*template.PLAYER.glob("*.js"), template.PLAYER / "page.html"]
    sources += template.PLAYER.parent.glob("*.py")
    text = "".join(path.read_text(encoding="utf-8") for path in sources)
    words = template.ui_strings("en")
    asked = set(re.findall(r'data-(?:t|label|name)="(\w+)"', text))
    asked |= set(re.findall(r'"(key_\w+)"', text))
    assert asked <= set(words)
    assert not [word for word in words if not re.search(rf'[."]{word}\b', text)]


def test_a_language_without_words_has_english_ones_under_its_own_name() -> None:
    assert template.ui_strings("fi")["play"] == "Play"
    assert template.ui_strings("fi")["language"] == "fi"
    assert template.ui_strings("es-MX")["play"] == "Reproducir"


@pytest.mark.parametrize(
    ("tag", "wanted"),
    [("en", "ltr"), ("ar", "rtl"), ("he-IL", "rtl"), ("az-Arab", "rtl"), ("ku-Latn", "ltr")],
)
def test_a_language_runs_in_the_direction_of_its_script(tag: str, wanted: str) -> None:
    assert text_direction(tag) == wanted


@pytest.mark.parametrize("fps", [24, 30, 60])
def test_a_link_to_a_time_leads_to_its_frame_and_not_to_the_one_before(fps: int) -> None:
    frames = range(0, 3600, 7)
    times = [float(markup.link_time(n * frame_ticks(fps), fps)) for n in frames]
    assert [math.floor(time * fps) for time in times] == list(frames)


def modules(folder: Path, **texts: str) -> Path:
    for name, text in texts.items():
        (folder / f"{name}.js").write_text(text, encoding="utf-8")
    return folder


def test_modules_are_joined_in_order_each_with_names_of_its_own(tmp_path: Path) -> None:
    modules(
        tmp_path,
        main='import { one as uno } from "./a.js";\nimport { two } from "./b.js";\nuno(two);\n',
        a='import { two } from "./b.js";\nconst own = two;\nexport const one = own;\n',
        b="const own = 2;\nexport function two() {}\nexport class Three {}\n",
    )
    joined = bundle_modules(tmp_path, "main")
    assert joined.index("module_b =") < joined.index("module_a =") < joined.index("module_main =")
    assert joined.count("module_b = (") == 1
    assert "const { one: uno } = module_a;" in joined
    assert "return { two, Three };" in joined
    assert "given" in bundle_modules(tmp_path, "main", {"b": "export const two = 'given';\n"})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('import { main } from "./main.js";\n', "main → a → main"),
        ('import all from "./b.js";\n', "cannot be joined"),
        ("export default 1;\n", "cannot be joined"),
    ],
)
def test_modules_of_other_forms_are_refused(tmp_path: Path, text: str, said: str) -> None:
    modules(tmp_path, main='import { a } from "./a.js";\n', a=text)
    with pytest.raises(ValueError, match=said):
        bundle_modules(tmp_path, "main")


PART = "export function mount() { return { leave() {} }; }\n"


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("part.js", PART, ""),
        ("part.js", "export const x = 1;\n", "does not contain “export function mount(”"),
        ("part.js", 'import { x } from "./x.js";\n' + PART, "must not contain “import”"),
        ("part.js", PART + "// </script>\n", "must not contain “</script”"),
        ("part.js", PART + "//" + "x" * 50_000, "more than 50000 bytes"),
        ("part.txt", PART, "not a JavaScript module"),
        ("gone.js", None, "there is no assets/gone.js"),
        ("../part.js", PART, "does not lie inside assets/"),
    ],
)
def test_an_interactive_part_is_looked_at_when_the_script_is_loaded(
    project: Project, name: str, text: str | None, said: str
) -> None:
    if text is not None:
        (project.folder / "assets" / name).write_text(text, encoding="utf-8")
    project.edit("limit: 20", f"limit: 20\npage:\n  explore: {name}")
    if not said:
        assert load(project.script, check_scenes=False).page_info.explore == name
        return
    with pytest.raises(ScriptError) as error:
        load(project.script, check_scenes=False)
    assert said in str(error.value)
    assert "script.yaml:6:12" in str(error.value)


def test_the_page_key_is_strict_and_its_tags_are_single_words(project: Project) -> None:
    project.edit("limit: 20", "limit: 20\npage:\n  abuot: x\n  tags: ['#a b']")
    with pytest.raises(ScriptError) as error:
        load(project.script, check_scenes=False)
    assert "did you mean “about”?" in str(error.value)
    assert "tag “#a b” is not one word" in str(error.value)


def test_sources_stand_in_the_order_in_which_they_are_cited(shown: Shown) -> None:
    assert [source.id for source in shown.clock.page_info.sources] == ["euclid", "hilbert"]


def test_json_in_a_page_cannot_end_its_element() -> None:
    text = template.script_json({"x": "</script><!-- & \u2028"})
    assert not set("<>&\u2028") & set(text)
    assert json.loads(text) == {"x": "</script><!-- & \u2028"}


def test_a_frame_the_film_does_not_have_is_an_error(shown: Shown) -> None:
    with pytest.raises(CheckFailed, match="has no frame 9999"):
        list(decode_frames(shown.film, [9999], shown.clock.fps))


def test_the_sheet_of_stills_keeps_to_its_room(shown: Shown) -> None:
    made = sprite_sheet.make_sprite_sheet(decode_frames(shown.film, shown.ends(), shown.clock.fps))
    assert len(made.image) <= sprite_sheet.MAX_SHEET_BYTES
    assert (made.width, made.height) == (320, 180)


def test_the_sheet_of_a_draft_has_pictures_of_one_size_however_many_there_are(
    shown: Shown, tmp_path: Path
) -> None:
    cache = Cache(tmp_path / ".explainer-cache")
    ends = shown.ends()
    for frames in ends, ends * 40:
        (made,) = sprite_sheet.cached_sprite_sheets(
            shown.film, frames[:100], shown.clock.fps, cache, is_draft=True
        )
        assert (made.width, made.height) == (208, 117)
        columns = min(made.columns, len(frames[:100]))
        with Image.open(BytesIO(made.image)) as image:
            assert image.format == "WEBP"
            assert image.width == columns * made.width


def test_the_sheet_is_made_once_for_a_film(
    shown: Shown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = Cache(tmp_path / ".explainer-cache")
    made = sprite_sheet.cached_sprite_sheets(shown.film, shown.ends(), shown.clock.fps, cache)
    monkeypatch.setattr(sprite_sheet, "decode_frames", None)
    assert (
        sprite_sheet.cached_sprite_sheets(shown.film, shown.ends(), shown.clock.fps, cache) == made
    )
    other = tmp_path / "other.mp4"
    other.write_bytes(shown.film.read_bytes() + b"\0\0\0\x08free")
    monkeypatch.undo()
    again = sprite_sheet.cached_sprite_sheets(other, shown.ends()[:1], shown.clock.fps, cache)
    assert again[0].image != made[0].image


@pytest.mark.slow
@pytest.mark.parametrize(
    ("shape", "lines"),
    [
        ((320, 180), 250),
        pytest.param((180, 320), 250, marks=pytest.mark.whole),
        pytest.param((240, 240), 1000, marks=pytest.mark.whole),
    ],
)
def test_a_film_of_many_lines_has_sheets_of_pictures(
    shape: tuple[int, int], lines: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def grab(_: Path, frames: Sequence[int], __: int) -> Iterator[Image.Image]:
        yield from (Image.new("RGB", shape, (n % 256, 0, 0)) for n in frames)

    monkeypatch.setattr(sprite_sheet, "decode_frames", grab)
    monkeypatch.setattr(sprite_sheet, "gop_hashes", lambda _, frames, __: map(str, frames))
    film = tmp_path / "film.mp4"
    film.write_bytes(b"a film")
    cache = Cache(tmp_path / ".explainer-cache")
    made = sprite_sheet.cached_sprite_sheets(film, [*range(lines)], 10, cache)
    assert len(made) == math.ceil(lines / sprite_sheet.MAX_PICTURES) > 1
    assert {one.width for one in made} == {160}
    for number, one in enumerate(made):
        count = min(sprite_sheet.MAX_PICTURES, lines - number * sprite_sheet.MAX_PICTURES)
        picture = Image.open(BytesIO(one.image))
        assert picture.height == -(-count // one.columns) * one.height < 16_383
        # the first of each sheet is the line that it should be
        red = picture.getpixel((5, 5))[0]
        assert abs(red - number * sprite_sheet.MAX_PICTURES % 256) < 8


def test_a_still_is_made_again_only_if_the_film_changed_there(
    shown: Shown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache, grabbed = Cache(tmp_path / ".explainer-cache"), list[int]()

    def counted(film: Path, frames: Sequence[int], fps: int) -> Iterator[Image.Image]:
        grabbed.extend(frames)
        return decode_frames(film, frames, fps)

    monkeypatch.setattr(sprite_sheet, "decode_frames", counted)
    one, two = shown.ends()[:2]
    made = sprite_sheet.cached_sprite_sheets(shown.film, [one, two], shown.clock.fps, cache)
    assert grabbed == [one, two]
    other = tmp_path / "other.mp4"
    other.write_bytes(shown.film.read_bytes() + b"\0\0\0\x08free")
    assert sprite_sheet.cached_sprite_sheets(other, [one, two], shown.clock.fps, cache) == made
    assert grabbed == [one, two]
    sprite_sheet.cached_sprite_sheets(other, [one, two - 1], shown.clock.fps, cache)
    assert grabbed == [one, two, two - 1]


def test_the_page_alone_is_rebuilt_from_the_record(
    shown: Shown, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(shown.film.parent.parent)
    before = shown.beside.read_bytes()
    shown.beside.unlink()
    assert main(["page", "--youtube"]) == 0
    assert shown.beside.read_bytes() == before
    assert "build/dots.html" in capsys.readouterr().out
    assert len(before) < 165_000


def test_without_a_film_there_is_no_page(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["page"]) == 2
    assert "make it with: explainer" in capsys.readouterr().err


def test_an_upload_gets_description_thumbnail_and_captions(
    shown: Shown, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    film = Path(shutil.copy(shown.film, tmp_path))
    version = LanguageVersion(shown.clock, captions=segment(shown.clock), path=film)
    script = load(shown.film.parent.parent / "script.yaml", check_scenes=False)
    cache = Cache(tmp_path / ".explainer-cache")
    with Progress() as progress:
        job = ExportJob([version], replace(script, poster="dots.two@other"), cache, progress)
        files = youtube.export(job)
    said = capsys.readouterr().err
    assert {path.parent for path in files} == {tmp_path / "dots.youtube"}
    assert [path.name for path in files] == [
        "thumbnail.jpg",
        "description.en.txt",
        "captions.en.srt",
    ]
    with Image.open(files[0]) as picture:
        assert picture.format == "JPEG"
        assert picture.size == (320, 180)
    text = files[1].read_text(encoding="utf-8")
    assert text.startswith(
        "Dots that move\n\nTwo dots and a square, for tests.\n\nNot geometry advice."
    )
    assert "2. Foundations of Geometry. Chapter 1\n" in text
    assert "https://doi.org/10.1000/1" in text
    assert text.endswith("#dots #geometry\n")
    assert files[2].read_bytes() == shown.film.with_suffix(".srt").read_bytes()
    assert "2 chapters are too few" in said
    assert "“Dots” lasts" in said


def test_an_upload_that_the_site_would_cut_short_is_said(shown: Shown) -> None:
    clock = replace(shown.clock, title="x" * 101)
    said = list(youtube.upload_problems(clock, "y" * 5001))
    assert "the title has 101 characters, over 100" in said
    assert "the description has 5001 characters, over 5000" in said
    fair = youtube.upload_problems(replace(clock, title="x" * 100), "y" * 5000)
    assert not [doubt for doubt in fair if "characters" in doubt]


def test_nothing_in_the_player_knows_the_first_film() -> None:
    for path in template.PLAYER.rglob("*.*"):
        text = path.read_text(encoding="utf-8").lower()
        assert not [word for word in ("her2", "trastuzumab", "antibody") if word in text], path.name
