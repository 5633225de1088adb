"""What authors bring along from plain Manim: taken as it is meant, or refused in words."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from explainer.cli import main
from explainer.draw.stills import stills
from explainer.errors import SceneError, ScriptError
from explainer.frame_format import find_format
from explainer.script.loader import load
from explainer.timeline.layout import estimate_timeline
from explainer.timeline.scene_timing import scene_timings
from project import TINY, Project

pytestmark = pytest.mark.render

Q = find_format(TINY)


def still(project: Project, code: str) -> None:
    """Draw a frame of line one, which does this first."""
    project.edit_scene("def one(self):\n", f"def one(self):\n        {code}\n")
    script = load(project.script)
    shots = scene_timings(estimate_timeline(script, Q.fps))
    stills(script, shots, "dots.one", [0], Q)


REFUSED = {
    "add_sound('assets/bell.wav')": "sounds: {CUE: bell.wav}",
    "add_subcaption('Hello', duration=1)": "write the words into the script",
    "play(FadeIn(Circle()), **{'subcaption': 'Hello'})": "write the words into the script",
    "interactive_embed()": "nobody can be asked",
    "embed()": "nobody can be asked",
}


@pytest.mark.parametrize("code", REFUSED)
def test_what_manim_s_file_writer_did_is_refused_with_what_to_do(
    project: Project, code: str
) -> None:
    with pytest.raises(SceneError) as caught:
        still(project, f"scene = self; scene.{code}")
    assert REFUSED[code] in str(caught.value)
    assert "scenes/dots.py:8" in str(caught.value)
    assert "try again" not in str(caught.value)


def test_sections_are_taken_and_what_they_would_leave_out_is_shown_and_said(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    still(project, "self.next_section('a'); self.next_section('b', skip_animations=True)")
    assert "a film shows the section all the same" in capsys.readouterr().err


@pytest.mark.parametrize("base", ["Scene", "ThreeDScene", "manim.MovingCameraScene", "Plain"])
def test_a_scene_that_is_not_narrated_is_found_before_it_is_drawn(
    project: Project, base: str
) -> None:
    project.edit_scene("(NarratedScene)", f"({base})")
    project.edit_scene("\n\nclass", "\n\nclass Plain(Scene):\n    pass\n\n\nclass")
    with pytest.raises(ScriptError, match=r"class Dots is not a NarratedScene") as caught:
        load(project.script)
    assert "class Dots(NarratedScene" in str(caught.value)


def test_a_base_from_another_file_may_be_narrated(project: Project) -> None:
    project.edit_scene("(NarratedScene)", "(Ours, ThreeDScene)")
    load(project.script)


def test_a_construct_of_one_s_own_is_found_before_it_is_drawn(project: Project) -> None:
    project.edit_scene("    def one", "    def construct(self):\n        pass\n\n    def one")
    with pytest.raises(ScriptError, match="leave construct alone"):
        load(project.script)


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [("", "utf-8-sig"), ("# -*- coding: latin-1 -*-\n", "latin-1"), ("", "utf-8")],
)
def test_a_scene_file_is_read_as_python_reads_it(
    project: Project, mark: str, encoding: str
) -> None:
    text = mark + project.scene.read_text() + "\nNAME = 'é'\n"
    project.scene.write_bytes(text.replace("\n", "\r\n").encode(encoding))
    still_drawn = load(project.script)
    shots = scene_timings(estimate_timeline(still_drawn, Q.fps))
    stills(still_drawn, shots, "dots.one", [0], Q)


def test_a_scene_file_that_is_no_text_is_said(project: Project) -> None:
    project.scene.write_bytes(b"NAME = '\xe9'\n")
    with pytest.raises(ScriptError, match="not valid Python"):
        load(project.script)


def test_a_font_that_is_missing_is_said_and_no_other_is_taken(project: Project) -> None:
    project.edit_scene("Circle, FadeIn", "Circle, FadeIn, Text")
    with pytest.raises(SceneError, match="there is no font “Intr”; near it are: Inter"):
        still(project, "self.add(Text('a', font='Intr'))")


def test_a_scene_that_wants_latex_is_told_where_there_is_none(
    project: Project, programs: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    programs("ffmpeg")
    project.edit_scene("Circle, FadeIn", "Circle, FadeIn, MathTex")
    project.edit_scene("def two(self):\n", "def two(self):\n        MathTex('x')\n")
    script = load(project.script)
    (note,) = [str(w) for w in script.warnings if "LaTeX" in str(w)]
    assert "scenes/dots.py" in note
    assert "texlive" in note
    assert main(["doctor"]) == 3
    assert "MISSING latex" in capsys.readouterr().out


def test_a_background_that_a_scene_configures_is_drawn_and_does_not_reach_the_next(
    project: Project,
) -> None:
    plain = picture(project)
    source = project.scene.read_text()
    project.edit_scene("\n\nclass", "\nmanim.config.background_color = '#ffffff'\n\n\nclass")
    project.edit_scene("from manim", "import manim\nfrom manim")
    assert picture(project)[0, 0, :3].tolist() == [255, 255, 255]
    project.scene.write_text(source)
    assert (picture(project) == plain).all()


@pytest.mark.parametrize("name", ["pixel_width", "frame_rate", "frame_width"])
def test_a_size_that_a_scene_configures_is_refused(project: Project, name: str) -> None:
    project.edit_scene("\n\nclass", f"\nmanim.config.{name} = 9\n\n\nclass")
    project.edit_scene("from manim", "import manim\nfrom manim")
    with pytest.raises(SceneError, match=rf"scenes/dots\.py:6.*config\.{name} is set"):
        picture(project)


def picture(project: Project) -> np.ndarray:
    """The first frame of line one."""
    script = load(project.script)
    shots = scene_timings(estimate_timeline(script, Q.fps))
    return stills(script, shots, "dots.one", [0], Q)[0]


def test_a_clouds_points_are_as_wide_in_pictures_of_every_size(project: Project) -> None:
    dots = "PMobject().add_points(np.array([[x / 5, 0, 0] for x in range(-30, 31)]))"
    project.edit_scene("from manim import", "import numpy as np\nfrom manim import PMobject,")
    project.edit_scene("def one(self):\n", f"def one(self):\n        self.add({dots})\n")
    script = load(project.script)
    shares = []
    for size in ("960x540@10", "1920x1080@10"):
        shape = find_format(size)
        shots = scene_timings(estimate_timeline(script, shape.fps))
        (picture,) = stills(script, shots, "dots.one", [0], shape)
        shares.append(picture[:, :, :3].mean())
    # at 1080 rows Manim draws 4 by 4 pixels for each
    assert shares[1] == pytest.approx(61 * 16 / (1920 * 1080) * 255, rel=0.1)
    assert shares[0] == pytest.approx(shares[1], rel=0.1)


@pytest.mark.parametrize(
    "code",
    [
        "Text('gene \\U0010FFFD')",
        "Text('gene \\u0378', font='Inter')",
        "MarkupText('<b>gene</b> \\u0378')",
        "Paragraph('one', 'gene \\u0378')",
    ],
)
def test_letters_that_no_font_has_are_an_error_and_no_boxes(project: Project, code: str) -> None:
    project.edit_scene("from manim import", "from manim import MarkupText, Paragraph, Text,")
    with pytest.raises(SceneError, match=r"no font has these letters of “.*gene") as caught:
        still(project, f"self.add({code})")
    assert "scenes/dots.py:8" in str(caught.value)


def test_texts_of_many_scripts_are_set_where_fonts_have_them(project: Project) -> None:
    project.edit_scene("from manim import", "from manim import Text,")
    still(project, "self.add(Text('a\\u200db e\\u0301 \\u00ad tab\\tend ﻻ عربي'))")
