"""A Python without the environment, or too old for it, says what to do."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from project import ROOT

OLD = "import runpy, sys; sys.version_info = (3, 9, 1); del sys.argv[0]; "
RUN = "runpy.run_path(sys.argv[0], run_name='__main__')"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project of which nothing is set up."""
    (tmp_path / "explainer").symlink_to(ROOT / "explainer")
    shutil.copy(ROOT / "render.py", tmp_path)
    return tmp_path


def said(folder: Path, *python: str) -> str:
    """Run a command, and give what it says as it fails."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [sys.executable, *python, "render.py", "say", "dots.one"]
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True)
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    return done.stderr


def test_what_is_not_set_up_is_to_be_set_up(folder: Path) -> None:
    found = said(folder, "-S")
    assert f"this Python ({sys.executable}) lacks what a render needs: No module named" in found
    assert "run: make setup && .venv/bin/python render.py say dots.one\n" in found


def test_an_environment_that_is_there_is_named(folder: Path) -> None:
    (folder / ".venv" / "bin").mkdir(parents=True)
    (folder / ".venv" / "bin" / "python").touch()
    assert "run: .venv/bin/python render.py say dots.one\n" in said(folder, "-S")


def test_an_environment_that_lacks_something_is_to_be_set_up_anew(folder: Path) -> None:
    (folder / ".venv").mkdir()
    found = said(folder, "-c", f"{OLD} sys.prefix = '.venv'; {RUN}")
    assert "run: rm -r .venv && make setup && .venv/bin/python render.py say" in found


def test_a_python_that_is_too_old_is_said(folder: Path) -> None:
    assert "it is older than Python 3.11\nrun: make setup &&" in said(folder, "-c", OLD + RUN)


def test_old_pythons_can_read_it() -> None:
    ast.parse((ROOT / "render.py").read_text("ascii"), feature_version=(3, 0))
