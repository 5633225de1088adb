"""Whatever stands in a script or a translation, it loads or is refused: soon, and in words."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cost import Unit
from explainer.errors import ExplainerError, Problem, ScriptError, SourceLocation, printable
from explainer.script import numbers, yaml_document
from explainer.script.loader import load
from explainer.script.model import Script
from explainer.script.translation import languages
from hostile import PEAK, RICH, SPANISH, examples, large, texts_of
from project import Project

DOZENS, BYTES = 200, 200 << 20
"""What reading a script of half a megabyte may cost: so many dozen readings of a sound one."""
LARGE = (1 << 19) - 2000
"""Characters of a large script, an eighth of the largest."""
quick = settings(
    max_examples=examples(80),
    database=None,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


def enriched(project: Project) -> Project:
    project.script.write_text(RICH, encoding="utf-8")
    (project.folder / "script.es.yaml").write_text(SPANISH, encoding="utf-8")
    project.edit_scene("def one(self):", 'def one(self):\n        name = "name"')
    return project


def a_dozen_readings() -> None:
    with tempfile.TemporaryDirectory() as folder:
        project = enriched(Project(Path(folder) / "project"))
        for _ in range(12):
            load(project.script)


DOZEN = Unit("a dozen readings of a sound script", a_dozen_readings)


def outcome(read: Callable[[], Script], dozens: float = DOZENS) -> str:
    """What reading gives: `loaded`, or the whole message; at a bounded cost."""

    def told() -> str:
        try:
            assert isinstance(read(), Script)
        except ExplainerError as error:
            return str(error)
        return "loaded"

    said = DOZEN.bounds(dozens, told)
    assert said
    assert len(said) < 60_000
    assert printable(said) == said
    return said


@pytest.fixture
def rich(project: Project) -> Project:
    return enriched(project)


def test_what_the_damage_is_done_to_is_sound(rich: Project) -> None:
    assert not load(rich.script, "es").warnings[1:]
    assert load(rich.script).poster == "dots.one@dot"


@quick
@given(content=texts_of(RICH))
def test_a_damaged_script_loads_or_is_refused(rich: Project, content: bytes) -> None:
    rich.script.write_bytes(content)
    outcome(lambda: load(rich.script))


@quick
@given(content=texts_of(SPANISH))
def test_a_damaged_translation_loads_or_is_refused(rich: Project, content: bytes) -> None:
    (rich.folder / "script.es.yaml").write_bytes(content)
    outcome(lambda: load(rich.script, "es"))


@quick
@given(source=st.one_of(st.binary(max_size=60), st.text("()[]{}:\n\t'\"\\=.,adef0 ", max_size=60)))
def test_a_damaged_scene_is_parsed_or_refused(rich: Project, source: bytes | str) -> None:
    raw = source if isinstance(source, bytes) else source.encode()
    (rich.folder / "scenes" / "parts.py").write_bytes(raw)
    rich.scene.write_bytes(b"import parts\n" + raw)
    assert outcome(lambda: load(rich.script)) != "loaded"


@pytest.mark.sampled(8)
@pytest.mark.slow
@pytest.mark.parametrize("what", large(0))
@pytest.mark.parametrize(
    "size", [LARGE, pytest.param(yaml_document.MAX_BYTES - 2000, marks=pytest.mark.whole)]
)
def test_a_large_script_is_read_at_a_bounded_cost(project: Project, what: str, size: int) -> None:
    project.script.write_text(large(size)[what], encoding="utf-8")
    outcome(lambda: load(project.script), DOZENS * size / LARGE)


def test_a_script_over_the_limit_is_not_even_read(project: Project) -> None:
    project.script.write_bytes(b"#" * (yaml_document.MAX_BYTES + 1))
    assert "larger than 4 MiB" in outcome(lambda: load(project.script))


@pytest.mark.slow
def test_large_scripts_take_little_memory(project: Project) -> None:
    for what in ("items of a list", "keys on one line", "brackets in a line"):
        text = large(LARGE)[what]
        (project.folder / f"{what}.yaml").write_text(text, encoding="utf-8")
    code = """
import contextlib, pathlib
from explainer.errors import ScriptError
from explainer.script.loader import load
for path in pathlib.Path().glob("* *.yaml"):
    with contextlib.suppress(ScriptError):
        load(path)
print(peak())
"""
    done = subprocess.run([sys.executable, "-c", PEAK + code], capture_output=True, check=True)
    assert int(done.stdout) < BYTES


@pytest.mark.parametrize("char", ["\u2028", "\u2029", "\ufffe", "\uffff", "\ufeff", "\x85", "\x1b"])
def test_a_character_that_cannot_be_seen_is_named(project: Project, char: str) -> None:
    project.edit("Two dots", f"Two{char} dots")
    assert f"script.yaml:2:11: invisible control character U+{ord(char):04X}" in outcome(
        lambda: load(project.script)
    )


def test_a_scene_is_looked_for_in_its_folder_only(project: Project) -> None:
    (project.folder / "other.py").write_text("not Python, and nobody's business")
    project.edit("id: dots\n", "id: ../other\n")
    said = outcome(lambda: load(project.script))
    assert "scene id “../other” is not a plain name" in said
    assert "business" not in said


@pytest.mark.parametrize("source", [b"x = '\xff'", b"a\x00b", b"(" * 2000, b"-" * 200_000 + b"1"])
@pytest.mark.parametrize("file", ["dots.py", "parts.py"])
def test_a_scene_that_is_no_python_is_named(project: Project, file: str, source: bytes) -> None:
    project.edit_scene("class Dots", "import parts\n\n\nclass Dots")
    (project.folder / "scenes" / file).write_bytes(source)
    assert "not valid Python" in outcome(lambda: load(project.script))


@pytest.mark.parametrize(
    "markup", ["<b>so</b>", "<i>", "</tt>", "<font color=red>", "a --> b", "&amp;", "&#60;", "<!x>"]
)
def test_markup_in_narration_is_refused(project: Project, markup: str) -> None:
    project.edit("appears.", f"{markup} appears.")
    assert "looks like markup, which caption players would interpret" in outcome(
        lambda: load(project.script)
    )


@pytest.mark.parametrize("plain", ["p < q", "a <b c", "Q&A", "R & D;", "x <- y -> z"])
def test_signs_that_are_no_markup_are_let_through(project: Project, plain: str) -> None:
    project.edit("appears.", f"{plain} appears.")
    assert outcome(lambda: load(project.script)) == "loaded"


def test_a_script_that_is_a_pipe_or_a_device_is_not_waited_for(project: Project) -> None:
    project.script.unlink()
    project.script.symlink_to("/dev/zero")
    assert "it is not an ordinary file" in outcome(lambda: load(project.script))
    assert "it is not an ordinary file" in outcome(lambda: load(project.folder))
    assert "embedded null" in outcome(lambda: load(Path("a\0.yaml")))


@pytest.mark.parametrize("stem", ["a**", "[a", "-x", "a b'\"", "ü\u0301", "%s", "$HOME"])
def test_a_script_may_be_called_anything(project: Project, stem: str) -> None:
    script = project.folder / f"{stem}.yaml"
    project.script.rename(script)
    assert load(script).name == "dots"
    assert languages(script) == []
    with pytest.raises(ScriptError, match="has no translation into “fr”"):
        load(script, "fr")


@pytest.mark.parametrize("tag", ["../es", "es/../x", "e", "-es", "es\n", "es-" + "a" * 300, "*"])
def test_a_language_is_a_tag_and_never_a_path(project: Project, tag: str) -> None:
    assert "is not a language tag" in outcome(lambda: load(project.script, tag))


@pytest.mark.parametrize("language", ["am", "az", "ce", "fa", "hu", "kn", "pl", "te", "xx", "en"])
@pytest.mark.parametrize("number", ["0,0000000000001", "999.999.999.999", "1998", "0,48", "7"])
def test_numbers_have_words_or_none_in_every_language(language: str, number: str) -> None:
    said = DOZEN.bounds(DOZENS, lambda: numbers.number_in_words(number, language))
    assert said is None or said.strip()


def test_a_problem_shows_what_is_around_it_and_no_more() -> None:
    text = "x" * 70_000 + "here" + "y" * 70_000
    said = str(Problem("wrong", SourceLocation("a", 1, 70_001, text, 4)))
    _, shown, marks = said.split("\n")
    assert shown[marks.index("^") :].startswith("here")
    assert marks.count("^") == 4
    assert len(said) < 500


def test_what_a_terminal_would_obey_is_not_printed() -> None:
    said = str(Problem("no film at \x1b]0;evil\x07\x1b[2J\u202e.mp4"))
    assert not re.search("[\x1b\x07\u202e]", said)
