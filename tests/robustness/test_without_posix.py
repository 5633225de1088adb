"""Where there is neither fork nor `flock`, as on Windows, the same film is made."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from ended import begin, gone
from explainer.cli import main
from explainer.draw import process_end
from project import ROOT, TINY, Project

pytestmark = [pytest.mark.render, pytest.mark.signals]

WITHOUT = str(ROOT / "tests" / "without_posix")
ORDER = ("--quality", TINY, "--voice", "tone", "--json")


def start(project: Project, log: Path, *order: str) -> subprocess.Popen[bytes]:
    """Begin a command in a process that has nothing of POSIX, and in those that it begins."""
    paths = [WITHOUT, str(ROOT), os.environ.get("PYTHONPATH", "")]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
    return begin(project, log, order=order, env=env)


def done(project: Project, *order: str) -> str:
    """What a command says there that succeeds."""
    log = project.folder.with_name("log")
    assert start(project, log, *order).wait() == 0, log.read_text()
    return log.read_text()


def test_the_film_is_the_same_and_its_parts_are_kept_and_removed(project: Project) -> None:
    film = project.folder / "build" / "dots.mp4"
    assert main([*ORDER]) == 0
    before = film.read_bytes()
    for name in ("build", ".explainer-cache"):
        shutil.rmtree(project.folder / name)
    done(project, *ORDER)
    assert film.read_bytes() == before
    said = done(project, *ORDER)
    again = json.loads(said[said.index("{") :])
    assert (again["drawn"], again["spoken"]) == (0, 0)
    done(project, "still", "dots.two", *ORDER)
    done(project, "clean", "--all")
    left = {path.name for path in project.folder.iterdir()}
    assert left == {"script.yaml", "scenes", "assets"}


def test_a_line_that_takes_long_is_told_of_and_ends_with_who_asked_for_it(
    project: Project, tmp_path: Path
) -> None:
    asleep = "print('asleep', flush=True); import time; time.sleep(3600)"
    project.edit_scene("def one(self):\n", f"def one(self):\n        {asleep}\n")
    log = tmp_path / "log"
    # where the scene is loaded, ten seconds are too long for a test
    (project.folder / "scenes" / "patience.py").write_text(
        "from explainer.draw import stall_watch\n"
        "for watch in stall_watch._watches:\n    watch.patience = 0.1\n",
        encoding="utf-8",
    )
    source = project.scene.read_text(encoding="utf-8")
    project.scene.write_text(f"from scenes import patience\n{source}", encoding="utf-8")
    walker = start(project, log, *ORDER)
    with log.open() as said:
        while walker.poll() is None and "still waiting" not in said.read():
            time.sleep(0.05)
    walker.kill()
    walker.wait()
    assert gone(walker.pid)
    assert "scenes/dots.py" in log.read_text()


def test_a_crash_is_told_from_an_exit_code_of_windows(tmp_path: Path) -> None:
    told = process_end.exit_error("scene dots", str(tmp_path), str(tmp_path), 1, 0xC0000005)
    assert "it made Python itself break off, by 0xc0000005" in str(told)
