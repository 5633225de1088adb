"""A render touches only what it made: whatever else lies in its folders stays as it is."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from explainer.cache.ledger import NAME, Ledger
from explainer.cache.store import FOLDER, TAG, Cache
from explainer.cli import main
from project import TINY, Project

pytestmark = pytest.mark.render

LONG_AGO = time.time() - 400 * 86_400
FILM = ["film", "--quality", TINY]
FOREIGN = {
    ".cache/go-build/ab/abcdef-d": "go's",
    ".cache/mesa_shader_cache/0f/0123": "mesa's",
    ".cache/voice/ab/theirs.wav": "a sound",
    ".cache/voice/ab/theirs.recipe.json": '{"recipe": {}}',
    ".cache/latest/notes.json": '{"a": 1}',
    ".cache/lock": "x",
    "build/Makefile": "all:",
    "build/src/main.c": "int main;",
    "build/.hidden-0a1b2c3d-01234567": "hidden",
    "build/.dots-0a1b2c3d.part.mp4": "not ours",
    "build/drawing-x/a": "a drawing",
}


def strange(project: Project) -> dict[Path, str]:
    """Put other programs' files where ours go, all of them old."""
    made = {}
    for name, text in FOREIGN.items():
        path = project.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        os.utime(path, (LONG_AGO, LONG_AGO))
        made[path] = text
    return made


def untouched(files: dict[Path, str]) -> bool:
    return all(p.read_text() == text and p.stat().st_mtime == LONG_AGO for p, text in files.items())


def test_renders_and_cleaning_leave_other_programs_files_alone(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = strange(project)
    monkeypatch.setenv("EXPLAINER_CACHE_GB", "0")
    for command in (FILM, FILM, ["clean"], FILM, ["clean", "--all"]):
        assert main(command) == 0
        assert untouched(files), command
    assert not (project.folder / FOLDER).exists()
    assert not [*(project.folder / "build").glob("dots*")]


@pytest.mark.parametrize("name", [FOLDER, "build", "build/draft"])
def test_a_link_in_the_place_of_a_folder_of_ours_is_refused(
    project: Project, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other"
    (other / "voice" / "ab").mkdir(parents=True)
    (other / "voice" / "ab" / "x").write_text("theirs")
    link = project.folder / name
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(other)
    assert main(["film", "--quality", "draft"]) == 3
    assert f"{link} is a link" in capsys.readouterr().err
    main(["clean", "--all"])
    assert (other / "voice" / "ab" / "x").read_text() == "theirs"
    assert sorted(p.name for p in other.rglob("*")) == ["ab", "voice", "x"]


def test_links_inside_are_not_followed_by_cleaning(project: Project, tmp_path: Path) -> None:
    assert main(FILM) == 0
    other = tmp_path / "other"
    other.mkdir()
    kept = project.folder / FOLDER / "picture"
    for path in [*kept.rglob("*")]:
        if path.is_file():
            target = other / path.relative_to(kept)
            target.parent.mkdir(parents=True, exist_ok=True)
            path.rename(target)
    for folder in sorted(kept.rglob("*"), reverse=True):
        folder.rmdir()
    kept.rmdir()
    kept.symlink_to(other)
    before = sorted(other.rglob("*"))
    assert main(["clean"]) == 0
    assert sorted(other.rglob("*")) == before
    assert kept.is_symlink()


def test_a_cache_of_that_name_that_is_not_ours_is_refused(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    theirs = project.folder / FOLDER / "theirs"
    theirs.parent.mkdir()
    theirs.write_text("x")
    assert main(FILM) == 2
    assert f"has no {TAG}" in capsys.readouterr().err
    assert [*theirs.parent.iterdir()] == [theirs]


def test_the_cache_is_marked_as_one(project: Project) -> None:
    assert main(FILM) == 0
    tag = (project.folder / FOLDER / TAG).read_text()
    assert tag.startswith("Signature: 8a477f597d28d172789f06886806bc55\n")


def test_a_file_that_is_in_the_way_is_not_written_over(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    theirs = project.folder / "build" / "dots.mp4"
    theirs.parent.mkdir()
    theirs.write_text("my own cut")
    assert main(FILM) == 2
    assert "dots.mp4 is in the way" in capsys.readouterr().err
    assert theirs.read_text() == "my own cut"


def test_what_was_changed_by_hand_is_kept_under_another_name(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(FILM) == 0
    captions = project.folder / "build" / "dots.srt"
    captions.write_text("mended by hand")
    assert main(FILM) == 0
    assert (
        "dots.srt was changed by hand: it is kept as dots.srt.changed-1" in capsys.readouterr().err
    )
    assert captions.with_name("dots.srt.changed-1").read_text() == "mended by hand"
    assert "-->" in captions.read_text()
    captions.write_text("again")
    assert main(["clean", "--all"]) == 0
    assert captions.read_text() == "again"


def test_a_project_that_is_copied_keeps_what_is_its_own(project: Project, tmp_path: Path) -> None:
    import shutil

    assert main(FILM) == 0
    copy = tmp_path / "copy"
    shutil.copytree(project.folder, copy)
    again = [*FILM, "--script", str(copy / "script.yaml")]
    assert main(again) == 0
    assert not [*(copy / "build").glob("*changed*")]


def test_the_kept_parts_of_an_older_version_are_taken_over_once(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(FILM) == 0
    old = project.folder / ".cache"
    (project.folder / FOLDER).rename(old)
    for name in (NAME, TAG):
        (old / name).unlink()
    files = strange(project)
    files = {path: text for path, text in files.items() if ".cache" in path.parts}
    capsys.readouterr()
    assert main([*FILM, "--json"]) == 0
    said = capsys.readouterr()
    assert "kept parts from .cache to .explainer-cache" in said.err
    assert '"drawn": 0, "spoken": 0' in said.out
    assert untouched(files)
    assert not [*old.rglob("picture")]


def test_films_of_an_older_version_are_written_over(project: Project) -> None:
    assert main(FILM) == 0
    build = project.folder / "build"
    (build / NAME).unlink()
    assert main(FILM) == 0
    assert not [*build.glob("*changed*")]


def test_two_films_in_one_folder_share_no_file(project: Project) -> None:
    assert main(FILM) == 0
    before = {p: p.read_bytes() for p in (project.folder / "build").iterdir() if p.name != NAME}
    text = project.script.read_text().replace("name: dots", "name: spots")
    (project.folder / "other.yaml").write_text(text.replace("appears", "comes along"))
    assert main([*FILM, "--script", str(project.folder / "other.yaml")]) == 0
    assert {path: path.read_bytes() for path in before} == before
    for name in ("dots", "spots"):
        main(["verify", str(project.folder / "build" / f"{name}.mp4"), "--json"])


def test_two_scripts_of_one_name_are_refused(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(FILM) == 0
    other = project.folder / "other.yaml"
    other.write_text(project.script.read_text())
    assert main([*FILM, "--script", str(other)]) == 2
    assert "is the film of script.yaml, which has the same name" in capsys.readouterr().err
    # one that was renamed is the same film
    project.script.unlink()
    assert main([*FILM, "--script", str(other)]) == 0


def test_a_draft_takes_no_films_place(project: Project) -> None:
    assert main(FILM) == 0
    film = project.folder / "build" / "dots.mp4"
    before = film.read_bytes()
    for size in ("draft", "854x480@15"):
        assert main(["film", "--quality", size]) == 0
        assert (project.folder / "build" / "draft" / "dots.mp4").is_file()
    assert film.read_bytes() == before


def test_a_list_is_whole_whoever_writes_into_it(tmp_path: Path) -> None:
    ledger = Ledger.own(tmp_path)
    odd = tmp_path / "a\tb\nc é"
    odd.write_text("x")
    ledger.done(odd)
    ledger.begin(tmp_path / "begun")
    with (tmp_path / NAME).open("a") as file:
        file.write("made\t../../etc/passwd\t1\tx\nmade\t/etc/passwd\t1\tx\nhalf a li")
    assert ledger.has(odd)
    gone, left = ledger.remove_all()
    assert gone == [odd]
    assert left == []
    assert Path("/etc/passwd").exists()


def test_a_cue_means_one_moment_in_poster_and_still(project: Project) -> None:
    from PIL import Image, ImageChops

    project.edit("language: en", "language: en\nposter: dots.one@dot")
    assert main(FILM) == 0
    assert main(["still", "dots.one@dot", "--quality", TINY]) == 0
    pictures = [
        Image.open(path).convert("L")
        for path in (
            project.folder / "build" / "dots.png",
            project.folder / "build" / "stills" / "dots_dots.one@dot.png",
        )
    ]
    # one has been through the encoder
    assert ImageChops.difference(*pictures).getextrema()[1] < 60
    assert Cache.of(project.folder).root.is_dir()
