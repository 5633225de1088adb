"""Many films at once: all that can be made are made, and each that cannot says why."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from explainer.cli import main
from project import Project
from translations import SPANISH

pytestmark = pytest.mark.render

SMALL = ["--quality", "64x36@10"]


@pytest.fixture
def projects(tmp_path: Path) -> list[Project]:
    return [Project(tmp_path / name) for name in ("a", "b", "c")]


def test_many_films_are_made_by_one_command(
    projects: list[Project], capsys: pytest.CaptureFixture[str]
) -> None:
    spanish = SPANISH.replace("        labels: {name: punto}\n", "")
    for project in projects[:2]:
        (project.folder / "script.es.yaml").write_text(spanish, encoding="utf-8")
    scripts = [str(project.script) for project in projects[:2]]
    assert main(["batch", *scripts, scripts[0], "--lang", "en,es", *SMALL, "--json"]) == 0
    films = json.loads(capsys.readouterr().out)["films"]
    assert [film["language"] for film in films] == ["en", "es", "en", "es"]
    for project in projects[:2]:
        for name in ("dots.mp4", "dots.es.mp4", "dots.srt", "dots.es.timeline.json"):
            assert (project.folder / "build" / name).stat().st_size > 0


def test_a_film_that_fails_does_not_stop_the_others(
    projects: list[Project], capsys: pytest.CaptureFixture[str]
) -> None:
    good, worded, drawn = projects
    worded.edit("title: Dots", "titel: Dots")
    drawn.edit_scene("Circle(1.5", "Circle(1 / 0")
    assert main(["batch", *(str(p.script) for p in projects), *SMALL]) == 5
    said = capsys.readouterr()
    rows = said.out.splitlines()
    assert rows[0].startswith("ok    ")
    assert rows[1].startswith("FAIL  ")
    assert "a scene lacks “title”" in rows[1]
    assert "division by zero" in rows[2]
    assert f"{drawn.script}: scenes/dots.py:8" in said.err
    assert (good.folder / "build" / "dots.mp4").is_file()
    assert not (worded.folder / "build").exists()
    assert not (drawn.folder / "build" / "dots.mp4").exists()


def test_a_folder_that_takes_no_film_is_said_and_the_others_are_made(
    projects: list[Project], capsys: pytest.CaptureFixture[str]
) -> None:
    full, good, _ = projects
    (full.folder / "build").write_text("in the way", encoding="utf-8")
    assert main(["batch", str(full.script), str(good.script), *SMALL]) == 3
    rows = capsys.readouterr().out.splitlines()
    assert rows[0].startswith("FAIL  ")
    assert str(full.folder / "build") in rows[0]
    assert rows[1].startswith("ok    ")
