"""However a scene ends the process that draws it: where, what and what to do are said."""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from explainer import draw
from explainer.cache.store import FOLDER, Cache
from explainer.draw import process_end
from explainer.draw.local import LocalRenderer
from explainer.draw.stills import isolated_stills
from explainer.errors import SceneError
from explainer.frame_format import find_format
from explainer.progress import Progress
from explainer.script.loader import load
from explainer.timeline.layout import estimate_timeline
from explainer.timeline.scene_timing import scene_timings
from project import ROOT, TINY, Project

pytestmark = [pytest.mark.render, pytest.mark.signals]

Q = find_format(TINY)
ENDINGS = {
    "end = os._exit; end(0)": "it ends the process that draws it, with exit code 0",
    "ctypes.string_at(0)": "it made Python itself break off, by SIGSEGV",
    "raise KeyboardInterrupt": "it ends the program, with KeyboardInterrupt",
    "raise [SystemExit][0]": "it ends the program, with SystemExit",
    "raise GeneratorExit": "GeneratorExit",
}
"""What a scene may do, and what is said of it."""


def film(project: Project) -> None:
    """Draw both lines."""
    script = load(project.script)
    shots = scene_timings(estimate_timeline(script, Q.fps))
    keys = [line.key for line in script.lines]
    with Progress(quiet=True) as progress:
        cache = Cache(project.folder / FOLDER)
        draw.clips(script, shots, keys, Q, cache, progress, {}, LocalRenderer(Q))


def still(project: Project) -> None:
    """Draw one frame of line two."""
    script = load(project.script)
    shots = scene_timings(estimate_timeline(script, Q.fps))
    isolated_stills(script, shots, "dots.two", [0], Q)


Act = Callable[[Project], None]
both = pytest.mark.parametrize("act", [film, still])


def begin(project: Project, code: str) -> None:
    """Let line two begin with this."""
    project.edit_scene("def two(self):\n", f"def two(self):\n        {code}\n")
    project.edit_scene("from manim", "import ctypes\nimport os\n\nfrom manim")


@both
@pytest.mark.parametrize("code", ENDINGS)
def test_a_scene_that_ends_its_process_is_told_where(project: Project, act: Act, code: str) -> None:
    begin(project, code)
    with pytest.raises(SceneError) as caught:
        act(project)
    said = str(caught.value)
    assert ENDINGS[code] in said
    assert "scenes/dots.py:17:9: scene dots, line dots.two" in said
    assert "  → " in said


@both
def test_one_that_does_so_as_it_is_loaded_is_told_where(project: Project, act: Act) -> None:
    project.edit_scene("\n\nclass", "\nimport os\n\nos._exit(3)\n\n\nclass")
    with pytest.raises(SceneError, match=r"scenes/dots\.py:7:1: scene dots.* with exit code 3"):
        act(project)


@both
def test_what_a_scene_has_left_running_is_not_waited_for(project: Project, act: Act) -> None:
    runs = "(target=time.sleep, args=(600,)).start()"
    begin(project, f"threading.Thread{runs}; multiprocessing.Process{runs}")
    project.edit_scene("import ctypes", "import multiprocessing\nimport threading\nimport time")
    act(project)


@both
def test_files_that_a_scene_closes_are_told_of(project: Project, act: Act) -> None:
    begin(project, "os.closerange(3, 300)")
    with pytest.raises(SceneError):
        act(project)


@both
def test_a_fork_of_a_scene_draws_nothing(project: Project, act: Act) -> None:
    begin(project, "os.fork()")
    act(project)


def test_a_still_that_ends_its_process_ends_in_words_too(project: Project) -> None:
    begin(project, "end = os._exit; end(0)")
    command = [sys.executable, str(ROOT / "render.py"), "still", "dots.two", "--quality", TINY]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 5
    assert ENDINGS["end = os._exit; end(0)"] in done.stderr


def test_a_signal_is_told_of_by_its_name(tmp_path: Path) -> None:
    def said(code: int) -> str:
        return str(process_end.exit_error("scene dots", str(tmp_path), str(tmp_path), 1, code))

    assert "memory is short" in said(-9)
    assert "a signal ended the process that drew it, SIGTERM" in said(-15)
    assert "number 99" in said(-99)


def test_a_place_in_a_folder_of_any_name_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "Füße 細胞"
    folder.mkdir()
    (folder / "scene.py").write_text("import os\n\nos.abort()\n")
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=_abort, args=(str(tmp_path), str(folder / "scene.py")))
    process.start()
    process.join()
    assert process.pid is not None
    assert process.exitcode is not None
    told = process_end.exit_error(
        "scene", str(folder), str(tmp_path), process.pid, process.exitcode
    )
    assert str(told).startswith("scene.py:3:1: scene: it made Python itself break off, by SIGABRT")


def _abort(texts: str, file: str) -> None:
    process_end.note_exit(texts)
    exec(compile(Path(file).read_text(), file, "exec"), {})
