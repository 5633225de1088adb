"""What README.md and the manual in docs/ show works as it stands."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from explainer.cli import main
from explainer.cli.arguments import parse
from project import ROOT

PAPERS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
COMMAND = re.compile(r"^ {4}(?:python render\.py|explainer)( .*)?$", re.M)
LINK = re.compile(r"\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)")


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.name)
def test_each_command_that_is_shown_can_be_given(paper: Path) -> None:
    for args in COMMAND.findall(paper.read_text(encoding="utf-8")):
        parse(shlex.split(args.partition("  #")[0]))


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.name)
def test_each_link_leads_somewhere(paper: Path) -> None:
    for name, heading in LINK.findall(paper.read_text(encoding="utf-8")):
        target = paper.parent / name if name else paper
        assert target.exists(), name
        if heading:
            text = target.read_text(encoding="utf-8").lower()
            titles = [re.sub(r"[^\w -]", "", t) for t in re.findall(r"^#+ (.*)$", text, re.M)]
            assert heading in [title.replace(" ", "-") for title in titles], heading


def test_the_readme_is_short_and_leads_to_the_whole_manual() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert readme.count("\n") <= 130
    for paper in PAPERS[1:]:
        assert paper.name in readme


@pytest.fixture
def seasons(tmp_path: Path) -> str:
    """The script of the film that the tutorial makes, in a folder with its scene."""
    text = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
    found = re.findall(r"^```(?:yaml|python)\n# (seasons/\S+)\n(.*?)^```$", text, re.M | re.S)
    assert [name for name, _ in found] == ["seasons/script.yaml", "seasons/scenes/tilt.py"]
    for name, content in found:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    return str(tmp_path / "seasons" / "script.yaml")


@pytest.mark.slow
@pytest.mark.parametrize("voice", ["flite", "espeak"])
def test_the_film_of_the_tutorial_is_checked_without_a_doubt(
    seasons: str, voice: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "--script", seasons, "--voice", voice, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["warnings"] == 0
    assert 130 <= found["words_per_minute"] <= 165


@pytest.mark.render
def test_the_film_of_the_tutorial_passes_every_row(
    seasons: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--script", seasons, "--quality", "1280x720@10"]) == 0
    film = Path(seasons).parent / "build" / "seasons.mp4"
    capsys.readouterr()
    assert main(["verify", str(film), "--script", seasons, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["failed"] == []
