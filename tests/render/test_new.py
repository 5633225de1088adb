"""A film begins with `new`, and a translation with `translate`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from explainer.cli import main
from explainer.cli.arguments import TEMPLATES
from explainer.script.loader import load
from project import TINY, Project

pytestmark = pytest.mark.render

LANGUAGES = ("en", "de", "es", "fr")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, which is also the working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.sampled(3)
@pytest.mark.parametrize("template", TEMPLATES)
def test_a_new_film_renders_at_once(
    place: Path, template: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new", "mine", "--template", template]) == 0
    assert "go on with: cd mine && " in capsys.readouterr().out
    script = ["--script", str(place / "mine" / "script.yaml")]
    assert main(["film", *script, "--quality", TINY, "--voice", "tone"]) == 0
    assert (place / "mine" / "build" / "mine.mp4").is_file()


@pytest.mark.sampled(7)
@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_new_film_is_in_place_in_each_language(place: Path, template: str, language: str) -> None:
    assert main(["new", "mine", "--template", template, "--lang", language]) == 0
    script = load(place / "mine" / "script.yaml")
    assert (script.name, script.language, script.warnings) == ("mine", language, ())


def test_a_new_film_has_its_own_fonts_instructions_and_list_of_what_git_leaves_out(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new", "deep/down/phone-film", "--template", "upright", "--json"]) == 0
    files = json.loads(capsys.readouterr().out)["files"]
    folder = place / "deep" / "down" / "phone-film"
    assert {str(Path(file).relative_to("deep/down/phone-film")) for file in files} == {
        ".gitignore",
        "README.md",
        "assets/fonts/Inter-Regular.otf",
        "assets/fonts/Inter-SemiBold.otf",
        "assets/fonts/OFL.txt",
        "scenes/tea.py",
        "script.schema.json",
        "script.yaml",
        "translation.schema.json",
    }
    told = (folder / "README.md").read_text(encoding="utf-8")
    assert "explainer --aspect 9:16" in told
    assert "build/phone-film-9x16.mp4" in told
    assert "build/" in (folder / ".gitignore").read_text(encoding="utf-8").split()
    assert [*folder.parent.iterdir()] == [folder]  # nothing half-written beside it


def test_a_film_may_begin_in_the_empty_folder_that_one_is_in(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "mine").mkdir()
    monkeypatch.chdir(place / "mine")
    assert main(["new", "."]) == 0
    assert Path("script.yaml").is_file()
    assert load(Path("script.yaml")).name == "mine"
    assert [*place.iterdir()] == [place / "mine"]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["taken"], "taken is there already"),
        (["file"], "file is there already"),
        (["Bad_Name"], "a film cannot be called “Bad_Name”"),
        (["mine", "--lang", "ja"], "begin in one of de, en, es, fr; then: "),
        (["mine", "--lang", "x"], "“x” is not a language tag"),
        (["mine", "--template", "grand"], "invalid choice: 'grand'"),
    ],
)
def test_nothing_is_written_over_and_nothing_begun_that_cannot_be_done(
    place: Path, args: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "taken").mkdir()
    (place / "taken" / "notes.txt").write_text("mine", encoding="utf-8")
    (place / "file").write_text("mine", encoding="utf-8")
    before = sorted(place.rglob("*"))
    assert main(["new", *args]) == 2
    assert said in capsys.readouterr().err
    assert sorted(place.rglob("*")) == before


def test_a_place_that_cannot_be_written_is_named(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "file").write_text("mine", encoding="utf-8")
    assert main(["new", "file/mine"]) == 3
    assert "file" in capsys.readouterr().err


def test_a_translation_begins_with_all_texts_and_check_counts_them_down(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["translate", "es"]) == 0
    file = project.folder / "script.es.yaml"
    count = int(capsys.readouterr().out.partition(": ")[2].split()[0])
    text = file.read_text(encoding="utf-8")
    assert text.count('"TODO ') == count > 5
    assert main(["check", "--lang", "es"]) == 2
    said = capsys.readouterr().err
    assert f"{count} of {count} texts are still to be translated" in said
    assert "script.es.yaml:" in said
    file.write_text(text.replace("TODO ", "", 2), encoding="utf-8")
    assert main(["check", "--lang", "es"]) == 2
    assert f"{count - 2} of {count} texts" in capsys.readouterr().err
    file.write_text(text.replace("TODO ", ""), encoding="utf-8")
    assert main(["check", "--lang", "es", "--voice", "tone"]) == 0


def test_a_translation_that_is_there_is_not_written_over(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    file = project.folder / "script.es.yaml"
    file.write_text("mine", encoding="utf-8")
    assert main(["translate", "es"]) == 2
    assert "is there already" in capsys.readouterr().err
    assert file.read_text(encoding="utf-8") == "mine"
    assert main(["translate", "en"]) == 2
    assert "the script is in “en” itself" in capsys.readouterr().err


@pytest.mark.parametrize(
    "say", ['A “dot”: {0.3} [here]{here} \\ "there"', "# one, [two]{two} – 100 %", "'a' & {0.2} b"]
)
def test_whatever_a_text_holds_its_draft_reads_as_it_was(project: Project, say: str) -> None:
    from explainer.script.translation_draft import translation_draft

    script = load(project.script)
    made = yaml.safe_load(translation_draft(with_text(script, say), "de"))
    assert made["scenes"]["dots"]["title"] == f"TODO {say}"


def with_text(script, say):  # type: ignore[no-untyped-def]
    from dataclasses import replace

    return replace(script, scenes=(replace(script.scenes[0], title=say), *script.scenes[1:]))
