"""Fixtures for all tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from project import Project


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A fresh project, which is also the working folder."""
    made = Project(tmp_path / "project")
    monkeypatch.chdir(made.folder)
    return made
