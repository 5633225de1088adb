"""A text for manim-voiceover, with its bookmarks and tags, becomes what a script says."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
import yaml

from explainer.errors import ScriptError
from explainer.porting import source as voiceover_source
from explainer.porting.script_text import plain_name, quoted, scene_id
from explainer.script.narration_text import parse_narration
from explainer.script.voiceover_text import cue_name, read_text


@pytest.mark.parametrize(
    ("text", "say"),
    [
        ("A <bookmark mark='x'/>dot.", "A [dot]{x}."),
        ('A <bookmark mark = "Big_Dot" /> dot', "A [dot]{big-dot}"),
        ("Two\n   lines  become one.", "Two lines become one."),
        ("The end.<bookmark mark='last'/>", "The [end]{last}."),
        ("A <bookmark mark='a'/><bookmark mark='b'/>word", "A [w]{a}[ord]{b}"),
        ("super<bookmark mark='s'/>long", "super[long]{s}"),
        ("Wait <break time='400ms'/> here.", "Wait {0.4} here."),
        ("A <bookmark mark='x'/> <break time='1s'/> dot", "A {1} [dot]{x}"),
        ("Salt &amp; <emphasis>pepper</emphasis>", "Salt & pepper"),
        ("an array [1]", "an array (1)"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("\u200fa\x01 \ud800\x1cb&#8238;", "a b"),
    ],
)
def test_bookmarks_become_cues_and_breaks_become_pauses(text: str, say: str) -> None:
    read = read_text(text)
    assert (read.say, read.faults) == (say, ())
    cues = {cue.name for cue in parse_narration(say, {}).cues}
    assert cues == {bookmark.cue for bookmark in read.bookmarks}


def test_a_bookmark_inside_a_word_comes_when_so_much_of_the_word_is_over() -> None:
    (bookmark,) = read_text("super<bookmark mark='s'/>long").bookmarks
    assert bookmark.share == pytest.approx(5 / 9)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("<bookmark mark='a b'/>one <bookmark mark='a_b'/>two", "would be one cue, “a-b”"),
        ("<bookmark mark='a'/><bookmark mark='b'/>I", "more bookmarks than letters"),
        (" <break time='1s'/> ", "it has no words"),
    ],
)
def test_what_a_line_cannot_say_is_told(text: str, told: str) -> None:
    assert any(told in fault for fault in read_text(text).faults)


def test_each_bookmark_has_a_name_that_a_cue_may_have() -> None:
    assert [*map(cue_name, ("insc_csc", "2nd", "END", "Größe", "…"))] == [
        "insc-csc",
        "mark-2nd",
        "mark-end",
        "groe",
        "mark",
    ]


@pytest.mark.parametrize(
    ("line", "ported"),
    [
        ("from manim_voiceover import *", "from explainer.voiceover import *"),
        ("import manim_voiceover as mv", "import explainer.voiceover as mv"),
        (
            "from manim_voiceover.services.azure import AzureService as A; x = 'ü'",
            "from explainer.voiceover import SpeechService as A; x = 'ü'",
        ),
        (
            "from manim_voiceover import (\n    VoiceoverScene,\n)",
            "from explainer.voiceover import VoiceoverScene\n\n",
        ),
        ("import os, manim_voiceover", "import os, explainer.voiceover as manim_voiceover"),
    ],
)
def test_imports_are_replaced_and_each_line_stays_where_it_was(
    line: str, ported: str, tmp_path: Path
) -> None:
    file = tmp_path / "scene.py"
    for ending in ("\n", "\r\n", "\r"):
        source = f"{line}\nlast = 1\n".replace("\n", ending).encode()
        file.write_bytes(source)
        made = voiceover_source.rewrite(file)
        assert made == f"{ported}\nlast = 1\n".replace("\n", ending).encode()
        assert ast.parse(made).body[-1].lineno == ast.parse(source).body[-1].lineno


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("class A:\n    pass\n", "has no scene of manim-voiceover"),
        ("import manim_voiceover.tracker\n", "stands for “manim_voiceover.tracker”"),
        ("def f(:\n", "scene.py:1"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(source: str, told: str, tmp_path: Path) -> None:
    file = tmp_path / "scene.py"
    file.write_text(source, encoding="utf-8")
    with pytest.raises(ScriptError, match=told.replace(".", r"\.")):
        voiceover_source.read_source(file)


@pytest.mark.parametrize(
    "source",
    [
        "from base import Base\nclass A(Base): pass",
        "import parts.more as m\nclass A(m.More): pass",
        "from parts import again, more\nclass A(again.More): pass",
        "from base import *\nclass A(VoiceoverScene):\n    def construct(self): pass",
        "try:\n    from parts.more import More as B\nfinally: pass\nclass A(B): pass",
    ],
)
def test_a_scene_may_have_its_construct_from_another_file(source: str, tmp_path: Path) -> None:
    base = "from manim_voiceover import VoiceoverScene\nclass Base(VoiceoverScene):\n"
    more = "from .again import *\nfrom base import *\nclass More(Base): pass\n"
    (tmp_path / "base.py").write_text(f"{base}    def construct(self): pass\n", encoding="utf-8")
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "more.py").write_text(more, encoding="utf-8")
    (tmp_path / "parts" / "again.py").write_text("from .more import *\n", encoding="utf-8")
    file = tmp_path / "scene.py"
    file.write_text(source, encoding="utf-8")
    assert [scene.name for scene in voiceover_source.read_source(file).scenes] == ["A"]


@pytest.mark.parametrize(
    ("service", "language"),
    [
        ("GTTSService(lang='pt-br', tld='com')", "pt"),
        ("AzureService(voice='en-US-AriaNeural')", "en"),
        ("RecorderService(language='English')", ""),
        ("GTTSService(lang=LANG)", ""),
    ],
)
def test_a_scene_has_the_language_of_its_service(
    service: str, language: str, tmp_path: Path
) -> None:
    file = tmp_path / "scene.py"
    file.write_text(
        "from manim_voiceover import VoiceoverScene\nclass A(VoiceoverScene):\n"
        f"    def construct(self):\n        self.set_speech_service({service})\n",
        encoding="utf-8",
    )
    (scene,) = voiceover_source.read_source(file).scenes
    assert scene.language == language


@pytest.mark.parametrize(
    "text", ["yes", "12", "a: b", "# no", "it's", '"q"', "ends with:", "null", "", "- x", "ü", "*"]
)
def test_yaml_reads_each_text_as_it_was_written(text: str) -> None:
    assert yaml.safe_load(f"say: {quoted(text)}") == {"say": text}


def test_classes_get_ids_that_hide_no_module_and_are_not_taken() -> None:
    assert scene_id("GTTSExample", set()) == "gtts-example"
    assert scene_id("GTTSExample", {"gtts-example"}) == "gtts-example-2"
    assert scene_id("Manim", set()) == "manim-scene"
    assert plain_name("Ça va?", "x") == "ca-va"
