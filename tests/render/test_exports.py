"""Every export of the registry keeps the same contract; a new one is a module and a line."""

from __future__ import annotations

import pytest

from explainer.cli import main
from explainer.export.registry import EXPORTS
from extended import ExtendedEngine, example
from project import TINY, Project

pytestmark = pytest.mark.render

COMMAND = "import sys; from explainer.cli import main; sys.exit(main(sys.argv[1:]))"


def test_an_export_is_added_by_one_file_and_one_line(
    project: Project, tmp_path_factory: pytest.TempPathFactory
) -> None:
    engine = ExtendedEngine(tmp_path_factory.mktemp("extended"))
    engine.add(
        "explainer/export/words.py",
        example("An export"),
        "explainer/export/registry.py",
        before='    "page": "explainer.export.page.html_page",',
        line='    "words": "explainer.export.words",',
    )
    command = ["-c", COMMAND]
    options = ["--script", project.script, "--quality", TINY, "--export"]
    engine.python(*command, *options, "words")
    text = project.folder / "build" / "dots.words.txt"
    assert len(text.read_text(encoding="utf-8").splitlines()) == 2
    text.unlink()
    assert str(text) in engine.python(*command, "page", *options, "words,page")
    assert text.is_file()


@pytest.mark.parametrize("name", EXPORTS)
def test_each_export_lies_beside_its_film_and_is_called_by_its_name(
    project: Project, name: str
) -> None:
    assert main(["--quality", TINY]) == 0
    build = project.folder / "build"
    before = {path: path.stat().st_mtime_ns for path in build.rglob("*")}
    assert main(["page", "--quality", TINY, "--export", name]) == 0
    made = [p for p in build.rglob("[!.]*") if before.get(p) != p.stat().st_mtime_ns]
    assert made
    for path in made:
        assert path.relative_to(build).parts[0].startswith("dots."), path


@pytest.mark.parametrize("command", [[], ["page"]])
def test_an_export_that_there_is_not_is_refused_before_anything_is_done(
    project: Project, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command, "--quality", TINY, "--export", "yuotube"]) == 2
    assert "there is no export “yuotube”" in capsys.readouterr().err
    assert not (project.folder / "build").exists()
