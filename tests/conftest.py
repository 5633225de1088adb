"""Fixtures for all tests."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import manimpango
import pytest

from project import ROOT, Project

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from viewing import Reader, Shown


# before any text is set: Pango keeps a family that it had to replace once replaced for good
for font in sorted((ROOT / "assets" / "fonts").glob("*.otf")):
    manimpango.register_font(str(font))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A fresh project, which is also the working folder."""
    made = Project(tmp_path / "project")
    monkeypatch.chdir(made.folder)
    return made


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all tests."""
    from playwright.sync_api import sync_playwright

    import viewing

    with sync_playwright() as tool:
        opened = tool.chromium.launch(executable_path=viewing.executable(), args=viewing.FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    """A short film of three lines in two scenes, rendered once, with its page."""
    import viewing
    from explainer.cli import main

    made = Project(tmp_path_factory.mktemp("shown"))
    made.script.write_text(viewing.SCRIPT, encoding="utf-8")
    made.scene.write_text(viewing.DOTS, encoding="utf-8")
    made.scene.with_name("squares.py").write_text(viewing.SQUARES, encoding="utf-8")
    shutil.copytree(ROOT / "assets" / "explore", made.folder / "assets" / "explore")
    assert main(["--script", str(made.script), "--quality", "320x180@10"]) == 0
    return viewing.Shown.at(made.folder)


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Reader]]:
    """Opens a page, and holds afterwards that nothing went wrong in it and nothing left it."""
    import viewing

    readers: list[Reader] = []

    def visit(path: Path, hash_: str = "", **setting: object) -> Reader:
        readers.append(viewing.Reader(browser, path, hash_, **setting))
        return readers[-1]

    yield visit
    for reader in readers:
        reader.close()
        assert not reader.wrong
        assert all(url.startswith(("file:", "data:", "blob:")) for url in reader.asked)
