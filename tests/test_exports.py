"""Every export of the registry keeps the same contract; a new one is a module and a line."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest

from explainer.cli import main
from explainer.export.base import ExportJob
from explainer.export.registry import EXPORTS
from project import TINY, Project

pytestmark = pytest.mark.render


def words_of(job: ExportJob) -> list[Path]:
    """An export as someone may add it: all that is said, as plain text."""
    out = job.film.with_suffix(".words.txt")
    lines = [line.text for version in job.versions for line in version.timeline.lines]
    out.write_text("\n".join(lines), encoding="utf-8")
    return [out]


@pytest.fixture
def words(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("export_of_words")
    module.export = words_of  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setitem(EXPORTS, "words", module.__name__)


@pytest.mark.usefixtures("words")
def test_a_new_export_is_made_with_the_film_and_again_with_its_page(project: Project) -> None:
    build = project.folder / "build"
    assert main(["--quality", TINY, "--export", "words"]) == 0
    said = (build / "dots.words.txt").read_text(encoding="utf-8")
    assert len(said.splitlines()) == 2
    (build / "dots.words.txt").unlink()
    assert main(["page", "--quality", TINY, "--export", "words,page"]) == 0
    assert (build / "dots.words.txt").is_file()


def test_each_export_lies_beside_its_film_and_is_called_by_its_name(project: Project) -> None:
    assert main(["--quality", TINY]) == 0
    build = project.folder / "build"
    for name in EXPORTS:
        before = {path: path.stat().st_mtime_ns for path in build.rglob("*")}
        assert main(["page", "--quality", TINY, "--export", name]) == 0
        made = [p for p in build.rglob("[!.]*") if before.get(p) != p.stat().st_mtime_ns]
        assert made
        for path in made:
            assert path.relative_to(build).parts[0].startswith("dots."), (name, path)


@pytest.mark.parametrize("command", [[], ["page"]])
def test_an_export_that_there_is_not_is_refused_before_anything_is_done(
    project: Project, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command, "--quality", TINY, "--export", "yuotube"]) == 2
    assert "there is no export “yuotube”" in capsys.readouterr().err
    assert not (project.folder / "build").exists()
