"""The films of examples/: checked without a doubt, rendered as small drafts, measured whole."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from explainer.cli import main
from project import ROOT

pytestmark = pytest.mark.render

EXAMPLES = ROOT / "examples"
FILMS: dict[str, list[str]] = {"leap": ["--aspect", "9:16"], "slices": [], "waves": []}
"""What each is rendered with."""
SMALL = "160x90@5"


@pytest.fixture(params=FILMS)
def script(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The script of an example in a folder of its own."""
    made = tmp_path / request.param
    here = shutil.ignore_patterns("build", ".explainer-cache", "fonts", "__pycache__")
    shutil.copytree(EXAMPLES / request.param, made, ignore=here)
    (made / "assets" / "fonts").symlink_to(ROOT / "assets" / "fonts")
    return made / "script.yaml"


def languages(script: Path) -> list[str]:
    return ["en", *(file.suffixes[0][1:] for file in script.parent.glob("script.*.yaml"))]


def films(script: Path) -> list[Path]:
    return sorted((script.parent / "build").glob("*.mp4"))


def test_each_example_is_tried() -> None:
    assert {path.parent.name for path in EXAMPLES.glob("*/script.yaml")} == set(FILMS)


def test_an_example_is_checked_without_a_doubt(
    script: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for language in languages(script):
        capsys.readouterr()
        voice = "flite" if language == "en" else "espeak"
        args = ["--script", str(script), "--lang", language, "--voice", voice, "--json"]
        assert main(["check", *args]) == 0
        assert json.loads(capsys.readouterr().out)["warnings"] == 0


@pytest.mark.sampled(1)
def test_an_example_renders_as_a_small_draft(script: Path) -> None:
    args = ["--script", str(script), "--quality", SMALL, "--voice", "tone"]
    assert main([*args, *FILMS[script.parent.name]]) == 0
    assert films(script)


@pytest.mark.whole
@pytest.mark.parametrize("quality", ["draft", "1080p30"])
def test_an_example_passes_every_row(
    script: Path, quality: str, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["--script", str(script)]
    spoken = ["--lang", ",".join(languages(script))]
    assert main([*where, "--quality", quality, *spoken, *FILMS[script.parent.name]]) == 0
    made = [*(script.parent / "build").rglob("*.mp4")]
    assert len(made) == len(languages(script))
    for film in made:
        capsys.readouterr()
        assert main(["verify", str(film), *where, "--json"]) == 0
        found = json.loads(capsys.readouterr().out)
        assert found["failed"] == []
