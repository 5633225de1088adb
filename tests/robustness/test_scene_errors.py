"""An author's error is told in words that help: where, what, and what to do."""

from __future__ import annotations

import pytest

from explainer.draw.stills import stills
from explainer.errors import SceneError
from explainer.frame_format import find_format
from explainer.script.loader import load
from explainer.timeline.layout import estimate_timeline
from explainer.timeline.scene_timing import scene_timings
from project import TINY, Project

pytestmark = pytest.mark.render

Q = find_format(TINY)


def said(project: Project) -> str:
    """What is said as a frame of line one is drawn."""
    script = load(project.script)
    shots = scene_timings(estimate_timeline(script, Q.fps))
    with pytest.raises(SceneError) as caught:
        stills(script, shots, "dots.one", [0], Q)
    return str(caught.value)


def begin(project: Project, code: str) -> None:
    """Let line one begin with this."""
    lines = "".join(f"        {line}\n" for line in code.splitlines())
    project.edit_scene("def one(self):\n", f"def one(self):\n{lines}")


@pytest.mark.parametrize(
    ("code", "what", "remedy"),
    [
        ("raise ValueError", "line dots.one: ValueError\n", "try again with"),
        ("raise MemoryError", "not as much memory as it asks for", "make fewer things"),
        ("raise EOFError('EOF when reading a line')", "nobody can be asked", "remove it"),
        ("import bdb; raise bdb.BdbQuit", "nobody can be asked", "remove it"),
        ("import sun_of_mine", "there is no module “sun_of_mine”", "put sun_of_mine.py into"),
        ("class Mute(Exception): __str__ = None\nraise Mute", "Mute: its text", "try again with"),
        ("raise BaseException('x')", "BaseException: x", "try again with"),
    ],
)
def test_what_is_wrong_and_what_to_do_are_said(
    project: Project, code: str, what: str, remedy: str
) -> None:
    begin(project, code)
    found = said(project)
    assert what in found
    assert remedy in found
    assert found.startswith("scenes/dots.py:")


def test_what_calls_itself_without_end_is_shown_once(project: Project) -> None:
    begin(project, "def f(): f()\nf()")
    found = said(project)
    assert "it calls itself without end" in found
    assert found.count("in f: def f(): f()") == 1
    assert "times more" in found


def test_a_long_way_is_shown_at_both_ends(project: Project) -> None:
    begin(project, "def f(n):\n    g(n + 1)\ndef g(n):\n    f(n + 1)\nf(0)")
    found = said(project)
    assert "steps more" in found
    assert found.count("\n") < 25


def test_a_long_text_is_cut(project: Project) -> None:
    begin(project, "raise ValueError('x' * 100_000)")
    assert len(said(project)) < 1000


def test_a_file_beside_the_scene_that_is_no_python_is_named(project: Project) -> None:
    # a name that only running it tells
    begin(project, "__import__('helper_of' + '_mine')")
    (project.folder / "scenes" / "helper_of_mine.py").write_text("sun = (\n")
    assert said(project).startswith("scenes/helper_of_mine.py:1:7: scene dots, line dots.one")


def test_what_fails_before_the_first_line_is_no_line_s(project: Project) -> None:
    project.edit_scene("\n\nclass", "\nraise ValueError('early')\n\n\nclass")
    found = said(project)
    assert found.startswith("scenes/dots.py:5:1: scene dots: ValueError: early")
    assert "preview dots\n" in f"{found}\n"


def test_what_the_engine_cannot_call_is_looked_for_in_the_class(project: Project) -> None:
    project.edit_scene("    def one", "    setup = None\n\n    def one")
    assert said(project).startswith("scenes/dots.py:6:1: scene dots: TypeError")


def test_what_a_scene_has_not_is_told_with_what_is_near(project: Project) -> None:
    begin(project, "scene = self; scene.paly()")
    assert "“Dots” has no attribute “paly”; did you mean “play”?" in said(project)


def test_a_scene_that_was_never_made_one_is_told_so(project: Project) -> None:
    init = "def __init__(self, **kwargs):\n        super(object, self).__init__()\n\n    "
    project.edit_scene("    def one", f"    {init}def one")
    assert "its __init__ calls no super().__init__(**kwargs)" in said(project)
