"""A damaged cache, or several renders at once, never show in a film."""

from __future__ import annotations

from itertools import cycle
from pathlib import Path

import pytest

from damage import DAMAGES, FILM, ORDERS, at_once, note_of, outputs, parts, swap
from explainer.cli import main
from project import Project

pytestmark = pytest.mark.render


def test_damage_to_parts_of_every_kind_is_said_and_the_film_is_the_same(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*FILM]) == 0
    before, kept = outputs(project), parts(project)
    assert {kind: len(paths) for kind, paths in kept.items()} == {
        "line": 2,
        "picture": 2,
        "poster": 1,
        "sheet": 1,
        "sound": 1,
        "still": 2,
        "voice": 2,
    }
    damages = cycle(DAMAGES.values())
    for kind, paths in kept.items():
        if kind == "picture":
            swap(*paths)
            swap(*map(note_of, paths))
            continue
        for number, path in enumerate(paths):
            damaged: Path = path if number else note_of(path)
            damaged.write_bytes(next(damages)(damaged.read_bytes()))
    assert main([*FILM]) == 0
    said = capsys.readouterr().err
    for what in (
        *("line of dots.en/dots.one", "line of dots.en/dots.two"),
        *("voice of dots/dots.one", "voice of dots/dots.two", "sound of dots"),
        *("poster of dots", "sheet of dots/1", "still of dots/1", "still of dots/2"),
    ):
        assert said.count(f"a kept {what} is damaged; making it again") == 1
    assert said.count("a kept picture of dots/160x90@10/dots.") == 2
    assert outputs(project) == before
    assert main([*FILM]) == 0
    assert "damaged" not in capsys.readouterr().err


def test_renders_at_once_in_one_folder_are_all_right(project: Project) -> None:
    orders = [FILM, ORDERS[1]]
    for code, said in at_once(project, orders):
        assert code == 0, said
        assert "damaged" not in said
    together = outputs(project)
    for order in orders[1:]:
        assert main([*order]) == 0
    assert outputs(project) == together
    assert not list((project.folder / ".explainer-cache").rglob(".making-*"))


def test_a_cache_over_its_limit_keeps_what_the_film_is_made_of(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("EXPLAINER_CACHE_GB", "0")
    assert main([*FILM]) == 0
    first = parts(project)
    project.edit("joins it", "comes")
    assert main([*FILM]) == 0
    assert "removed 6 kept parts not used for longest" in capsys.readouterr().err
    second = parts(project)
    assert {kind: len(paths) for kind, paths in second.items()} == {
        kind: len(paths) for kind, paths in first.items()
    }
    assert main([*FILM, "--json"]) == 0
    assert '"drawn": 0, "spoken": 0' in capsys.readouterr().out
