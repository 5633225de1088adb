"""The built wheel alone makes a film: nothing of it is looked for in a checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from project import ROOT, TINY

pytestmark = pytest.mark.slow

SOURCES = ("explainer", "assets/fonts", "pyproject.toml", "README.md", "LICENSE")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of a copy, since building leaves files behind."""
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in SOURCES:
        (source / name).parent.mkdir(exist_ok=True)
        if (ROOT / name).is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / name, source / name, ignore=ignored)
        else:
            shutil.copy(ROOT / name, source / name)
    build = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"
    order = [sys.executable, "-c", build, out]
    subprocess.run(order, cwd=source, check=True, capture_output=True)
    (made,) = out.glob("*.whl")
    return made


def test_it_holds_fonts_templates_and_licences_beside_the_code(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {
        "explainer/data/fonts/Inter-Regular.otf",
        "explainer/data/fonts/OFL.txt",
        "explainer/data/kokoro/LICENSE",
        "explainer/data/templates/README.md",
        "explainer/data/templates/gitignore",
        "explainer/data/templates/data/assets/air.csv",
        "explainer/data/templates/plain/script.en.yaml",
        "explainer/export/page/player/strings/en.json",
        "explainer/studio/studio.html",
        "explainer/studio/studio.js",
    } <= set(names)
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {"explainer"}


def test_from_the_wheel_a_film_is_begun_made_and_measured_in_an_empty_folder(
    wheel: Path, tmp_path: Path
) -> None:
    installed = tmp_path / "installed"
    zipfile.ZipFile(wheel).extractall(installed)
    # the packages that it needs are this environment's; the project itself is found there first
    around = {**os.environ, "PYTHONPATH": str(installed), "HOME": str(tmp_path)}

    def explainer(*args: str, folder: Path = tmp_path) -> str:
        code = "import sys; from explainer.cli import main; sys.exit(main())"
        order = [sys.executable, "-c", code, *args]
        done = subprocess.run(order, cwd=folder, env=around, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    explainer("new", "mine")
    film = tmp_path / "mine"
    explainer("check", "--voice", "tone", folder=film)
    made = explainer("--quality", TINY, "--voice", "tone", "--burn-in", folder=film)
    assert "mine.html" in made
    assert str(installed) not in (film / "build" / "mine.html").read_text(encoding="utf-8")
    assert "Inter-Regular" in explainer("doctor", folder=film)
    where = [sys.executable, "-c", "import explainer; print(explainer.__file__)"]
    found = subprocess.run(where, cwd=film, env=around, capture_output=True, text=True)
    assert found.stdout.startswith(str(installed))


def test_outside_a_checkout_a_voice_that_is_missing_is_installed_by_pip(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from explainer import machine

    assert machine.install_command("voices", "voices").startswith("make voices")
    assert machine.install_command("pptx") == "pip install '.[pptx]'"
    monkeypatch.setattr(machine, "CHECKOUT", tmp_path / "Makefile")
    assert machine.install_command("kokoro", "voices") == "pip install 'narrated-explainer[kokoro]'"
