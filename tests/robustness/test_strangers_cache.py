"""A cache that others have written in: what is not as it should be is said, and made again."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from explainer.cache import metadata
from explainer.cache.files import file_hash
from explainer.cache.store import _checksum
from explainer.cli import main
from explainer.timeline.labels import Label
from project import TINY, Project

pytestmark = pytest.mark.render

CODES = (0, 1)
"""What a render of such a cache may end in: a film, or words on what cannot be read."""
ODD: list[Any] = [
    None,
    True,
    -1,
    0,
    1 << 70,
    1e308,
    "",
    "a" * 100_000,
    [],
    [[]],
    {},
    {"a": 1},
    [[[[[[[[[[]]]]]]]]]],
    "file:///etc/passwd",
]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A film with its cache."""
    project = Project(tmp_path_factory.mktemp("stranger") / "film")
    assert render(project) == 0
    return project


def render(project: Project, *more: str) -> int:
    return main([*more, "--script", str(project.script), "--quality", TINY])


def noted(project: Project, kind: str = "*") -> list[Path]:
    """The notes of the parts of a kind."""
    return sorted((project.folder / ".explainer-cache").rglob(f"{kind}/??/*.recipe.json"))


def sealed(note: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Change a note and seal it again, as who knows this program would."""
    record = json.loads(note.read_text())
    del record["seal"]
    change(record)
    note.write_text(json.dumps({**record, "seal": _checksum(record)}))


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to each value within a JSON value."""
    yield path
    if isinstance(value, dict | list):
        for name, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(each, (*path, name))


@pytest.fixture
def kept(made: Project) -> Iterator[Project]:
    """The film, whose cache is put back afterwards."""
    files = {
        p: p.read_bytes() for p in (made.folder / ".explainer-cache").rglob("*") if p.is_file()
    }
    yield made
    for path, content in files.items():
        if path.is_symlink() or not path.is_file() or path.read_bytes() != content:
            if path.is_dir() and not path.is_symlink():
                path.rmdir()
            path.unlink(missing_ok=True)
            path.write_bytes(content)


@pytest.mark.sampled(5)
@pytest.mark.parametrize("kind", ["voice", "picture", "sound", "sheet"])
@pytest.mark.parametrize("seed", range(2))
def test_odd_facts_under_a_right_seal_are_never_used(
    kept: Project, kind: str, seed: int, capfd: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(f"{kind} {seed}")

    def change(record: dict[str, Any]) -> None:
        place = chance.choice([p for p in places(record["facts"]) if p])
        inside = record["facts"]
        for step in place[:-1]:
            inside = inside[step]
        inside[place[-1]] = chance.choice(ODD)

    for note in noted(kept, kind):
        sealed(note, change)
    assert render(kept) in CODES
    said = capfd.readouterr()
    assert "Traceback" not in said.err + said.out
    assert main(["clean", "--script", str(kept.script)]) == 0
    assert render(kept) == 0


@pytest.mark.sampled(10)
@pytest.mark.parametrize("what", ["pipe", "device", "link", "folder", "large", "deep", "empty"])
@pytest.mark.parametrize("which", ["notes", "parts", "latest"])
def test_what_lies_in_a_parts_place_is_neither_followed_nor_waited_for(
    kept: Project, what: str, which: str, capfd: pytest.CaptureFixture[str]
) -> None:
    secret = kept.folder.parent / "secret"
    secret.write_text('{"facts": "a secret"}')
    root = kept.folder / ".explainer-cache"
    found = noted(kept)
    if which == "parts":
        found = [p for note in found for p in note.parent.iterdir() if ".recipe" not in p.name]
    if which == "latest":
        found = [p for p in (root / "latest").rglob("*.json") if p.is_file()]
    for path in set(found):
        path.unlink()
        if what == "pipe":
            os.mkfifo(path)
        elif what in ("device", "link"):
            path.symlink_to("/dev/zero" if what == "device" else secret)
        elif what == "folder":
            path.mkdir()
        else:
            content = {"large": '"' * (20 << 20), "deep": "[" * 100_000, "empty": ""}
            path.write_text(content[what])
    assert main(["plan", "--script", str(kept.script), "--quality", TINY]) in (0, 3)
    code = render(kept)
    said = capfd.readouterr()
    assert "Traceback" not in said.err + said.out
    assert "a secret" not in said.err + said.out
    assert secret.read_text() == '{"facts": "a secret"}'
    assert code in (0, 3), said.err


@pytest.mark.parametrize("kind", ["voice", "picture", "sound", "sheet", "still", "poster"])
@pytest.mark.parametrize("what", ["playlist", "list", "nothing", "half", "another"])
def test_a_part_that_is_another_kind_of_file_is_said_with_the_remedy(
    kept: Project, kind: str, what: str, capfd: pytest.CaptureFixture[str]
) -> None:
    other = kept.folder / "build" / "dots.mp4"
    contents = {
        "playlist": b"#EXTM3U\n#EXTINF:1,\nfile://" + str(other).encode(),
        "list": b"ffconcat version 1.0\nfile '" + str(other).encode() + b"'\n",
        "nothing": b"",
        "another": (kept.folder / "build" / "dots.srt").read_bytes(),
    }
    for note in noted(kept, kind):
        (part,) = (p for p in note.parent.glob(f"{note.name.partition('.')[0]}.*") if p != note)
        half = part.read_bytes()[: part.stat().st_size // 2]
        part.write_bytes(contents.get(what, half))
        digest = file_hash(part)
        sealed(note, lambda record, digest=digest: record.update(sha256=digest))
    # what was made of it would be used without a look at it
    for note in noted(kept, {"voice": "sound", "still": "sheet"}.get(kind, "none")):
        note.unlink()
    code = render(kept)
    said = capfd.readouterr().err
    assert "Traceback" not in said
    assert (code, "explainer clean" in said) == (1, True), said


def test_the_texts_that_a_note_may_hold_are_those_of_a_label() -> None:
    assert {f.name for f in fields(Label)} == set(metadata.LabelFacts.__struct_fields__)
