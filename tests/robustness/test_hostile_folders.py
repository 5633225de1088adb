"""Folders as others may leave them: links, foreign files, lists that were damaged."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from explainer.cache import locks
from explainer.cache.files import write_atomically
from explainer.cache.ledger import NAME, Ledger
from explainer.cache.migration import take_over
from explainer.cache.store import FOLDER, TAG, Cache
from explainer.cli import main
from explainer.errors import ExplainerError
from explainer.frame_format import find_format, with_aspect
from project import TINY, Project

FILM = ["film", "--quality", TINY]


def taken_over(folder: Path) -> int:
    """Take over the `.cache` of a folder."""
    return take_over(folder / ".cache", folder / FOLDER, Ledger.own(folder / FOLDER))


def test_a_folder_in_the_place_of_a_listed_file_stays(tmp_path: Path) -> None:
    ledger = Ledger.own(tmp_path)
    write_atomically(tmp_path / "dots.srt", b"x")
    (tmp_path / "dots.srt").unlink()
    theirs = tmp_path / "dots.srt" / "theirs"
    theirs.parent.mkdir()
    theirs.write_text("theirs")
    ledger.remove_all()
    assert theirs.read_text() == "theirs"


def test_a_file_that_came_after_a_killed_write_is_not_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = Ledger.own(tmp_path)
    place = tmp_path / "dots.srt"

    def killed(self: Path, target: Path) -> Path:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            write_atomically(place, b"ours")
    place.write_text("my own")
    ledger.remove_all()
    assert place.read_text() == "my own"
    write_atomically(place, b"ours")
    assert place.with_name("dots.srt.changed-1").read_text() == "my own"


def test_a_killed_write_does_not_make_the_older_file_foreign(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Ledger.own(tmp_path)
    place = tmp_path / "dots.srt"
    write_atomically(place, b"older")
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", lambda self, target: (_ for _ in ()).throw(OSError("full")))
        with pytest.raises(OSError, match="full"):
            write_atomically(place, b"newer")
    write_atomically(place, b"newer")
    assert sorted(p.name for p in tmp_path.iterdir()) == [NAME, "dots.srt"]


def test_nothing_is_written_through_a_linked_folder(tmp_path: Path) -> None:
    build, other = tmp_path / "build", tmp_path / "other"
    other.mkdir()
    Ledger.own(build)
    (build / "dots.youtube").symlink_to(other)
    with pytest.raises(ExplainerError, match="is a link"):
        write_atomically(build / "dots.youtube" / "description.en.txt", b"x")
    cache = Cache(tmp_path / FOLDER)
    cache.claim()
    (cache.root / "voice").symlink_to(other)
    with pytest.raises(ExplainerError, match="is a link"):
        cache.temp_path("voice", ".wav")
    assert not [*other.iterdir()]


def test_locks_and_marks_are_not_written_through_links(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text("theirs")
    (tmp_path / "lock").symlink_to(other)
    with pytest.raises(OSError, match="lock"), locks.lock(tmp_path / "lock"):
        pass
    assert other.read_text() == "theirs"
    root = tmp_path / FOLDER
    Ledger.own(root)
    (root / TAG).symlink_to(tmp_path / "new")
    Cache(root).claim()
    (root / f"{NAME}.new").symlink_to(other)
    Ledger(root).shorten()
    assert not (tmp_path / "new").exists()
    assert other.read_text() == "theirs"


def test_a_cache_that_others_fill_while_it_is_looked_through_is_taken_for_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / FOLDER
    look = Path.rglob

    def look_and_meet(folder: Path, pattern: str) -> list[Path]:
        with monkeypatch.context() as patch:
            patch.setattr(Path, "rglob", look)
            Cache(root).claim()
            part = root / "voice" / "a.wav"
            part.parent.mkdir()
            part.write_bytes(b"x")
        # the folder was listed before it was marked, and those in it after that
        return [path for path in look(folder, pattern) if path.name == "a.wav"]

    monkeypatch.setattr(Path, "rglob", look_and_meet)
    Cache(root).claim()
    assert (root / TAG).exists()


def test_a_link_put_in_while_removing_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, other = tmp_path / "build", tmp_path / "other"
    other.mkdir()
    ledger = Ledger.own(root)
    write_atomically(root / "stills" / "a.png", b"x")
    (other / "a.png").write_bytes(b"x")
    plain = Ledger._plain

    def swapped(self: Ledger, name: str) -> Path | None:
        found = plain(self, name)
        if name == "stills/a.png" and not (root / "stills").is_symlink():
            (root / "stills").rename(tmp_path / "away")
            (root / "stills").symlink_to(other)
        return found

    monkeypatch.setattr(Ledger, "_plain", swapped)
    ledger.remove_all()
    assert (other / "a.png").exists()


def test_a_damaged_list_is_no_traceback(tmp_path: Path) -> None:
    ledger = Ledger.own(tmp_path)
    with (tmp_path / NAME).open("ab") as file:
        file.write(
            b"begun\t%00\nbegun\t\nbegun\nmade\tx\t-1\nbegun\t" + b"a" * 9000 + b"\n\xff\t\n"
        )
        file.write(b"begun\ta half li")
    place = tmp_path / "whole"
    ledger.begin(place)
    place.write_text("x")
    ledger.remove_all()
    assert not place.exists()


def test_a_list_of_many_parts_is_gone_through_once(tmp_path: Path) -> None:
    ledger = Ledger.own(tmp_path)
    reads = 0
    for n in range(300):
        ledger.begin(tmp_path / str(n))
        (tmp_path / str(n)).touch()

    class Counted(Ledger):
        def entries(self) -> dict[str, object]:  # type: ignore[override]
            nonlocal reads
            reads += 1
            return super().entries()  # type: ignore[return-value]

    assert len(Counted(tmp_path).remove_all()[0]) == 300
    assert reads < 5


def test_lines_added_while_a_list_is_shortened_are_kept(tmp_path: Path) -> None:
    from threading import Thread

    ledger = Ledger.own(tmp_path)
    names = [str(n) for n in range(40)]
    for name in names:
        (tmp_path / name).touch()
    stop = False

    def shorten() -> None:
        while not stop:
            Ledger(tmp_path).shorten()

    aside = Thread(target=shorten)
    aside.start()
    try:
        for name in names:
            ledger.begin(tmp_path / name)
    finally:
        stop = True
        aside.join()
    assert set(names) <= set(ledger.entries())


def test_taking_over_leaves_links_and_what_may_be_others(tmp_path: Path) -> None:
    old, other = tmp_path / ".cache", tmp_path / "other"
    (other / "picture").mkdir(parents=True)
    (other / "empty").mkdir()
    (other / "picture" / "x.json").write_text(json.dumps({"a": 1}))
    (old / "voice").mkdir(parents=True)
    (old / "latest").symlink_to(other)
    (old / "sheet").symlink_to(other)
    (old / "lock").write_text("")
    (old / "sound" / "theirs").mkdir(parents=True)
    before = sorted([*old.rglob("*"), *other.rglob("*")])
    assert taken_over(tmp_path) == 0
    assert sorted([*old.rglob("*"), *other.rglob("*")]) == before


def test_a_note_of_another_program_is_not_taken_over(tmp_path: Path) -> None:
    latest = tmp_path / ".cache" / "latest" / "voice"
    latest.mkdir(parents=True)
    (latest / "theirs.json").write_text('{"a": 1}')
    taken_over(tmp_path)
    assert (latest / "theirs.json").exists()


@pytest.mark.render
def test_files_of_ones_own_beside_an_older_versions_film_stay(project: Project) -> None:
    assert main(FILM) == 0
    build = project.folder / "build"
    (build / NAME).unlink()
    own = [build / name for name in ("dots.prproj", "dots.final-cut.mov", "dots.mp4.bak")]
    for path in own:
        path.write_text("mine")
    assert main(FILM) == 0
    assert main(["clean", "--all"]) == 0
    assert [path.read_text() for path in own] == ["mine"] * 3
    assert not (build / "dots.mp4").exists()


@pytest.mark.render
def test_pictures_and_pages_of_two_scripts_of_one_name_are_kept_apart(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    other = project.folder / "other.yaml"
    other.write_text(project.script.read_text())
    assert main(FILM) == 0
    page = (project.folder / "build" / "dots.html").read_bytes()
    for command in (
        ["still", "dots.one", "--quality", TINY],
        ["say", "dots.one"],
        ["sheet", "--quality", TINY],
    ):
        assert main(command) == 0
        assert main([*command, "--script", str(other)]) == 2
        assert "which has the same name" in capsys.readouterr().err
    assert main(["page", "--quality", TINY, "--script", str(other)]) == 2
    assert (project.folder / "build" / "dots.html").read_bytes() == page


@pytest.mark.render
def test_a_film_called_like_anothers_upright_one_is_kept_apart(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*FILM, "--aspect", "9:16"]) == 0
    before = (project.folder / "build" / "dots-9x16.mp4").read_bytes()
    other = project.folder / "other.yaml"
    other.write_text(project.script.read_text().replace("name: dots", "name: dots-9x16"))
    assert main([*FILM, "--script", str(other)]) == 2
    assert "is the film of script.yaml" in capsys.readouterr().err
    assert (project.folder / "build" / "dots-9x16.mp4").read_bytes() == before


@pytest.mark.parametrize(
    ("size", "name", "aspect"),
    [
        ("480x854@15", "draft", "9:16"),
        ("480x480@15", "draft", "1:1"),
        ("1080x1920@30", "1080p30", "9:16"),
    ],
)
def test_a_size_is_the_quality_that_has_it_in_any_aspect(size: str, name: str, aspect: str) -> None:
    wanted = with_aspect(find_format(name), aspect)
    assert find_format(size) == wanted
    assert with_aspect(find_format(size), aspect) == wanted


@pytest.mark.render
def test_odd_things_among_kept_parts_do_not_end_a_render(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(FILM) == 0
    monkeypatch.setenv("EXPLAINER_CACHE_GB", "0")
    note = next((project.folder / FOLDER / "picture").glob("??/*.recipe.json"))
    stem = note.name.removesuffix(".recipe.json")
    note.with_name(f"{stem}.gone").symlink_to(project.folder / "nowhere")
    folder = note.with_name(f"{stem}.folder")
    folder.mkdir()
    (folder / "theirs").write_text("theirs")
    old = time.time() - 400 * 86_400
    os.utime(folder, (old, old))
    assert main(FILM) == 0
    assert (folder / "theirs").read_text() == "theirs"


@pytest.mark.render
@pytest.mark.parametrize("name", ["dots.html", "dots.srt", "dots.signatures"])
def test_what_is_in_the_way_beside_a_film_is_said_before_anything_is_made(
    project: Project, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    build = project.folder / "build"
    (build / name).mkdir(parents=True)
    assert main(FILM) == 2
    assert f"{name} is in the way" in capsys.readouterr().err
    assert {path.name for path in build.iterdir()} == {NAME, name}


def test_of_a_render_that_was_killed_nothing_is_left_after_cleaning(tmp_path: Path) -> None:
    ledger = Ledger.own(tmp_path / "build")
    ledger.begin(tmp_path / "build" / ".dots.part.mp4")
    ledger.remove_all()
    assert not (tmp_path / "build").exists()
