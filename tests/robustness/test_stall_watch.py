"""A scene that takes long is waited for, and what it is doing is said."""

from __future__ import annotations

import subprocess
import sys

import pytest

from project import ROOT, TINY, Project

pytestmark = pytest.mark.render

WAITS = """\
import time

until = time.monotonic() + 1.2
while time.monotonic() < until:
    pass
"""


def indented(code: str, by: int) -> str:
    return "".join(" " * by + line + "\n" for line in code.splitlines())


def still(patience: float) -> str:
    """Draw a frame in a process of its own, and give what it says."""
    code = (
        "from pathlib import Path\n"
        "from explainer.timeline.layout import estimate_timeline\n"
        "from explainer.timeline.scene_timing import scene_timings\n"
        "from explainer.draw import stall_watch, stills\n"
        "from explainer.frame_format import find_format\n"
        "from explainer.script.loader import load\n"
        f"stall_watch.STALL_SECONDS = {patience}\n"
        f"script, shape = load(Path('script.yaml')), find_format('{TINY}')\n"
        "shots = scene_timings(estimate_timeline(script, shape.fps))\n"
        "stills.stills(script, shots, 'dots.one', [0], shape)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stderr


@pytest.mark.parametrize("where", ["module", "method", "helper"])
def test_which_line_of_which_file_is_running_is_said(project: Project, where: str) -> None:
    file = "scenes/dots.py"
    if where == "module":
        project.edit_scene("class Dots", f"{WAITS}\n\nclass Dots")
    elif where == "method":
        project.edit_scene("def one(self):\n", f"def one(self):\n{indented(WAITS, 8)}")
    else:
        file = "scenes/helper.py"
        (project.folder / file).write_text(f"def spin():\n{indented(WAITS, 4)}")
        project.edit_scene("from manim", "from helper import spin\nfrom manim")
        project.edit_scene("def one(self):\n", "def one(self):\n        spin()\n")
    said = still(0.4)
    what = "scene dots" if where == "module" else "line dots.one"
    assert f"{what}: no frame for " in said
    assert f"at {file}:" in said
    assert "while time.monotonic() < until:" in said or "pass" in said


def test_who_draws_steadily_is_not_told_of(project: Project) -> None:
    # a frame takes a twentieth of a second, and the line has 26
    slow = "        self.add_updater(lambda _: time.sleep(0.05))\n"
    project.edit_scene("def one(self):\n", f"def one(self):\n{slow}")
    project.edit_scene("from manim", "import time\n\nfrom manim")
    assert "no frame" not in still(0.9)


@pytest.mark.signals
def test_a_process_that_draws_looks_by_itself(project: Project) -> None:
    """As in a render, where each line has a process of its own."""
    code = (
        "import os, sys\n"
        "from explainer import interrupts; from explainer.draw import stall_watch\n"
        "stall_watch.STALL_SECONDS = 0.3; interrupts.PARENT_POLL_SECONDS = 0.1\n"
        "interrupts.exit_with_parent(os.getppid(), stall_watch.look)\n"
        f"with stall_watch.watched({str(project.folder)!r}, 'scene dots', lambda: 0):\n"
        "    exec(compile(sys.stdin.read(), sys.argv[1], 'exec'))\n"
        "interrupts.stop_watching_parent()\n"
    )
    file = project.folder / "scenes" / "dots.py"
    done = subprocess.run(
        [sys.executable, "-c", code, str(file)],
        input=WAITS,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    assert "scene dots: no frame for " in done.stderr
    assert " s, at scenes/dots.py:" in done.stderr
