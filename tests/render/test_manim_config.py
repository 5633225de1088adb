"""A film's `manim.cfg` does what it does in plain Manim, wherever the command is given."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from explainer.cli import main
from explainer.draw.stills import stills
from explainer.errors import SceneError
from explainer.frame_format import find_format
from explainer.script.loader import load
from explainer.timeline.layout import estimate_timeline
from explainer.timeline.scene_timing import scene_timings
from project import ROOT, TINY, Project

pytestmark = pytest.mark.render

Q = find_format(TINY)


def corner(project: Project) -> tuple[int, ...]:
    """The colour of the picture's upper left corner."""
    script = load(project.script)
    clock = scene_timings(estimate_timeline(script, Q.fps))
    (picture,) = stills(script, clock, "dots.one", [0], Q)
    return tuple(map(int, picture[0, 0, :3]))


def said(project: Project, text: str) -> None:
    (project.folder / "manim.cfg").write_text(f"[CLI]\n{text}\n", encoding="utf-8")


@pytest.mark.parametrize("place", [".", "scenes", ".."])
def test_its_background_is_drawn_wherever_the_command_is_given(
    project: Project, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    said(project, "background_color = #336699")
    monkeypatch.chdir(project.folder / place)
    assert corner(project) == (0x33, 0x66, 0x99)


def test_that_of_the_folder_where_a_command_is_given_makes_no_difference(
    project: Project, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "manim.cfg").write_text("[CLI]\nbackground_color = #336699\n")
    command = [sys.executable, str(ROOT / "render.py"), "still", "dots.one", "--quality", TINY]
    pictures = []
    for folder in (project.folder, elsewhere):
        run = [*command, "--script", str(project.script)]
        done = subprocess.run(run, cwd=folder, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        (png,) = (project.folder / "build").rglob("*dots.one*.png")
        pictures.append(png.read_bytes())
    assert pictures[0] == pictures[1]


def test_a_line_is_drawn_again_when_it_comes_changes_or_goes(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    def plan() -> str:
        assert main(["plan", "--quality", TINY]) == 0
        return capsys.readouterr().out

    order = ["film", "--quality", TINY]
    assert main(order) == 0
    assert "draw 0" in plan()
    said(project, "background_color = #336699")
    assert "manim.cfg is new" in plan()
    assert main(order) == 0
    assert "draw 0" in plan()
    said(project, "background_color = #996633")
    assert "manim.cfg changed" in plan()
    (project.folder / "manim.cfg").unlink()
    assert "draw 0" in plan()


def test_its_frame_is_in_its_own_units(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    said(project, "frame_height = 16")
    size = "print(config.frame_width, self.camera.frame.height)"
    project.edit_scene("def one(self):\n", f"def one(self):\n        {size}\n")
    project.edit_scene("from manim import", "from manim import config,")
    corner(project)
    width, height = map(float, capsys.readouterr().out.split()[-2:])
    assert width == pytest.approx(16 * 16 / 9)
    assert height == 16


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("frame_width = 10\nframe_height = 10", "manim.cfg:2:1: its frame of 10 by 10 units"),
        ("renderer = opengl", "manim.cfg:2:1: a film is drawn by Manim's Cairo renderer"),
        ("plugins = manim_rubikscube", "manim.cfg:2:1: plugins are not loaded"),
        ("background_color = nosuch", "Manim cannot read manim.cfg"),
        ("frame_rate = fast", "Manim cannot read manim.cfg"),
        ("background", "Manim cannot read manim.cfg"),
    ],
)
def test_what_a_film_cannot_have_is_refused_with_the_place(
    project: Project, text: str, what: str
) -> None:
    said(project, text)
    with pytest.raises(SceneError) as caught:
        corner(project)
    assert what in str(caught.value)


def test_a_render_says_so_too(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    said(project, "renderer = opengl")
    assert main(["film", "--quality", TINY]) == 5
    assert "manim.cfg:2:1" in capsys.readouterr().err


def test_a_size_in_it_gives_way_to_the_quality_asked_for(project: Project) -> None:
    said(project, "pixel_width = 100\npixel_height = 100\nframe_rate = 7")
    assert main(["film", "--quality", TINY]) == 0
    assert [*(project.folder / "build").iterdir()]
