"""What README.md shows works as it stands."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from explainer.cli import main
from project import ROOT

pytestmark = pytest.mark.render


@pytest.fixture
def seasons(tmp_path: Path) -> str:
    """The script of the film that README.md holds, in a folder with its scene."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    found = re.findall(r"^```(?:yaml|python)\n# (seasons/\S+)\n(.*?)^```$", text, re.M | re.S)
    assert [name for name, _ in found] == ["seasons/script.yaml", "seasons/scenes/tilt.py"]
    for name, content in found:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    return str(tmp_path / "seasons" / "script.yaml")


@pytest.mark.parametrize("voice", ["flite", "espeak"])
def test_the_film_in_the_readme_is_checked_without_a_doubt(
    seasons: str, voice: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "--script", seasons, "--voice", voice, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["warnings"] == 0
    assert 130 <= found["words_per_minute"] <= 165


def test_the_film_in_the_readme_passes_every_row(
    seasons: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--script", seasons, "--quality", "1280x720@10"]) == 0
    film = Path(seasons).parent / "build" / "seasons.mp4"
    capsys.readouterr()
    assert main(["verify", str(film), "--script", seasons, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["failed"] == []
