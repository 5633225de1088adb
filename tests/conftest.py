"""Fixtures for all tests; which of them run, and in which order."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from importlib.metadata import Distribution, PackageNotFoundError
from pathlib import Path
from typing import TYPE_CHECKING, Any

import manimpango
import pytest
from hypothesis import HealthCheck, settings

from explainer.voices import subprocess_engine
from project import ROOT, Project

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from viewing import Reader, Shown


# how long an example takes is the machine's affair
settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")

# before any text is set: Pango keeps a family that it had to replace once replaced for good
for font in sorted((ROOT / "assets" / "fonts").glob("*.otf")):
    manimpango.register_font(str(font))


COSTS = {"slow": 1, "render": 2, "browser": 3, "signals": 4}
"""Markers of what takes its time; the quick files come first, these in that order."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--whole", action="store_true", help="run the long forms of tests too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
    if not config.getoption("whole"):
        left_out = {item for item in items if item.get_closest_marker("whole")}
        left_out |= not_sampled([item for item in items if item not in left_out])
        config.hook.pytest_deselected(items=[*left_out])
        items[:] = [item for item in items if item not in left_out]
    # a file's tests stay together, and with them the films that they share
    costs: dict[Path, int] = {}
    for item in items:
        found = [COSTS.get(mark.name, 0) for mark in item.iter_markers()]
        costs[item.path] = max([costs.get(item.path, 0), *found])
    items.sort(key=lambda item: costs[item.path])


def not_sampled(items: list[pytest.Item]) -> set[pytest.Item]:
    """Those variants of tests marked as `sampled` that are not among the chosen ones."""
    variants: dict[str, list[pytest.Item]] = {}
    for item in items:
        if item.get_closest_marker("sampled"):
            variants.setdefault(item.nodeid.partition("[")[0], []).append(item)
    left_out: set[pytest.Item] = set()
    for found in variants.values():
        mark = found[0].get_closest_marker("sampled")
        assert mark
        (count,) = mark.args
        step = max(1, len(found) / count)
        chosen = {int(number * step) for number in range(count)}
        left_out.update(item for number, item in enumerate(found) if number not in chosen)
    return left_out


@pytest.fixture(scope="session", autouse=True)
def _neural_voices_stay() -> Iterator[None]:
    """Lets them wait for the next test that has something to say: each takes seconds to load."""
    with subprocess_engine.stay_for(3600):
        yield


@pytest.fixture(scope="session", autouse=True)
def _said_before() -> Iterator[None]:
    """Has flite and espeak say the same thing once; tests of voices hear them each time."""
    import said_before

    with pytest.MonkeyPatch.context() as patch:
        said_before.install(patch)
        yield


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a tiny film that keeps every rule, and what lies beside it."""
    import tiny_film  # it takes a while to load

    return tiny_film.made(tmp_path_factory.mktemp("good")).parent


@pytest.fixture
def copy(good: Path, tmp_path: Path) -> Path:
    """A tiny film of its own for a test to damage, with its captions beside it."""
    for path in good.glob("tiny.*"):
        shutil.copy(path, tmp_path / path.name)
    return tmp_path / "tiny.mp4"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A fresh project, which is also the working folder."""
    made = Project(tmp_path / "project")
    monkeypatch.chdir(made.folder)
    return made


@pytest.fixture
def uninstall(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Lets packages, by their names on the index, be as if they were not installed."""
    found = Distribution.from_name
    gone: set[str] = set()

    def from_name(name: str) -> Distribution:
        if name in gone:
            raise PackageNotFoundError(name)
        return found(name)

    def uninstall(*names: str) -> None:
        gone.update(names)

    monkeypatch.setattr(Distribution, "from_name", from_name)
    return uninstall


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Lets a machine have the programs that are named, and no other."""

    def only(*names: str) -> None:
        folder = tmp_path / "programs"
        folder.mkdir()
        for name in names:
            there = shutil.which(name)
            assert there, f"{name} is not installed"
            (folder / name).symlink_to(there)
        monkeypatch.setenv("PATH", str(folder))

    return only


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


@pytest.fixture(scope="session")
def tabs() -> list[Page]:
    """Tabs of the browser with the usual settings, that visits have left."""
    return []


@pytest.fixture
def visit(browser: Browser, tabs: list[Page]) -> Iterator[Callable[..., Reader]]:
    """Opens a page, and holds afterwards that nothing went wrong in it and nothing left it.

    One with settings of its own that no open tab can be given, or that asks for a `fresh` tab, has
    a tab to itself.
    """
    import viewing

    readers: list[Reader] = []

    def visit(path: Path | str, hash_: str = "", fresh: bool = False, **setting: Any) -> Reader:
        usual = setting.keys() <= {"awaits", "viewport", *viewing.MEDIA} and not fresh
        left = tabs if usual else None
        readers.append(viewing.Reader(browser, path, hash_, tabs=left, **setting))
        return readers[-1]

    yield visit
    for reader in readers:
        reader.close()
        assert not reader.wrong
        own = ("file:", "data:", "blob:", "http://127.0.0.1:")
        assert all(url.startswith(own) for url in reader.asked)
