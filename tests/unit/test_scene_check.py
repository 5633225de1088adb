"""What a scene's source would fail with is found by reading it, with the place and the remedy."""

from __future__ import annotations

import pytest

from explainer.errors import ScriptError
from explainer.script.loader import load
from project import Project

ONE = "def one(self):\n"


def problem(project: Project) -> str:
    with pytest.raises(ScriptError) as caught:
        load(project.script)
    return str(caught.value)


def warned(project: Project) -> str:
    return "\n".join(map(str, load(project.script).warnings))


def begin(project: Project, code: str) -> None:
    project.edit_scene(ONE, f"{ONE}        {code}\n")


REFUSED = {
    "self.add_sound('a.wav')": "sounds: {CUE: file.wav}",
    "self.add_subcaption('a', duration=1)": "write the words into the script",
    "self.play(FadeIn(Circle()), subcaption='a')": "write the words into the script",
    "self.interactive_embed()": "nobody can be asked",
    "self.embed()": "nobody can be asked",
}


@pytest.mark.parametrize("code", REFUSED)
def test_what_a_film_refuses_is_found_where_it_stands(project: Project, code: str) -> None:
    begin(project, code)
    said = problem(project)
    assert REFUSED[code] in said
    assert "scenes/dots.py:8:9" in said


def test_what_may_not_be_run_is_only_warned_of(project: Project) -> None:
    begin(project, "if self.line_index: self.add_sound('a.wav')")
    assert "add_sound is not heard" in warned(project)


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        ("self.add(Creat(Circle()))", "did you mean “Create”?"),
        ("self.add(Square())", "write: from manim import Square"),
        ("label_texts('x')", "write: from explainer.scene import label_texts"),
        ("self.add(PeopleMap(6))", "write: from explainer.blocks import PeopleMap"),
        ("written('x')", "it is called label_texts now: from explainer.scene import label_texts"),
        ("self.add(sun)", "define it, or import it"),
    ],
)
def test_a_name_that_nothing_defines_is_found(project: Project, code: str, remedy: str) -> None:
    begin(project, code)
    said = problem(project)
    assert "nothing is called “" in said
    assert "scenes/dots.py:8:" in said
    assert remedy in said


def test_what_manim_brings_by_a_star_is_known(project: Project) -> None:
    project.edit_scene("from manim import LEFT, RIGHT, Circle, FadeIn", "from manim import *")
    begin(
        project, "self.add(Square(), Text('a'), MathTypst); np.array([PI, DEGREES]); rate_functions"
    )
    assert warned(project) == ""
    project.edit_scene("from manim import *", "from manim import *\nfrom explainer.blocks import *")
    begin(project, "self.add(Steps(('a', 'b'), palette=ON_LIGHT))")
    assert warned(project) == ""
    begin(project, "self.add(Sqare())")
    assert "did you mean “Square”?" in problem(project)


def test_what_another_star_may_bring_is_not_judged(project: Project) -> None:
    (project.folder / "scenes" / "lib.py").write_text("sun = 1\n")
    project.edit_scene("from manim import", "from lib import *\nfrom manim import")
    begin(project, "print(sun)")
    assert warned(project) == ""


def test_a_name_in_a_helper_that_may_not_be_called_is_warned_of(project: Project) -> None:
    project.edit_scene("    def two", "    def helper(self):\n        return sun\n\n    def two")
    assert "nothing is called “sun” here" in warned(project)


def test_a_module_that_is_nowhere_is_found(project: Project) -> None:
    project.edit_scene("from manim import", "import astropy_of_mine\nfrom manim import")
    said = problem(project)
    assert "there is no module “astropy_of_mine”" in said
    assert "scenes/dots.py:1:1" in said


def test_a_module_that_is_only_tried_is_not(project: Project) -> None:
    tried = "try:\n    import astropy_of_mine\nexcept ImportError:\n    pass\n"
    project.edit_scene("from manim import", f"{tried}from manim import")
    assert warned(project) == ""


KINDS = {
    "async def one(self):\n": "one is async",
    "@property\n    def one(self):\n": "one is a property",
    "@staticmethod\n    def one():\n": "one is a staticmethod",
    "def one(self, pace):\n": "one wants pace",
    "def one(self, *, pace):\n": "one wants pace",
    "def one():\n": "one wants no self",
    "def one(self):\n        yield\n": "one has a yield",
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_method_that_cannot_be_a_lines_is_found(project: Project, kind: str) -> None:
    project.edit_scene(ONE, kind)
    said = problem(project)
    assert KINDS[kind] in said
    assert "def one(self):" in said


@pytest.mark.parametrize(
    "kind", ["def one(self, pace=1):\n", "def one(self, *args):\n", "def one(self, **more):\n"]
)
def test_a_method_that_needs_nothing_more_is_taken(project: Project, kind: str) -> None:
    project.edit_scene(ONE, kind)
    assert warned(project) == ""


def test_a_yield_in_a_function_of_its_own_is_taken(project: Project) -> None:
    begin(project, "def parts(): yield 1")
    assert warned(project) == ""


def test_an_init_that_takes_nothing_is_found(project: Project) -> None:
    project.edit_scene(f"    {ONE}", f"    def __init__(self):\n        pass\n\n    {ONE}")
    assert "super().__init__(**kwargs)" in problem(project)


def test_a_class_of_nearly_the_right_name_is_pointed_to(project: Project) -> None:
    project.edit_scene("class Dots(", "class Dotts(")
    said = problem(project)
    assert "call class Dotts Dots" in said
    assert "scenes/dots.py:6" in said


def test_a_method_of_nearly_the_right_name_is_pointed_to(project: Project) -> None:
    project.edit_scene("def two(", "def twoo(")
    assert "did you mean this one, twoo?" in problem(project)


def test_methods_may_come_from_bases(project: Project) -> None:
    project.edit_scene("class Dots(NarratedScene):", "class Base(NarratedScene):")
    text = project.scene.read_text()
    project.scene.write_text(f"{text}\n\nclass Dots(Base):\n    pass\n")
    assert warned(project) == ""
    (project.folder / "scenes" / "base.py").write_text(text)
    project.scene.write_text("from base import Base\n\n\nclass Dots(Base):\n    pass\n")
    assert "has no method" not in warned(project)
    project.scene.write_text("from base import Base as Dots\n")
    assert load(project.script)


def test_a_label_that_the_script_does_not_give_is_found(project: Project) -> None:
    project.edit("show: A pink dot.", "show: A pink dot.\n        labels: {summer: Summer}")
    project.edit_scene("import NarratedScene,", "import NarratedScene, label_texts,")
    begin(project, "label_texts('sumer')")
    said = problem(project)
    assert "no label “sumer”" in said
    assert "did you mean “summer”?" in said
    project.edit_scene("label_texts('sumer')", "label_texts('summer')")
    assert warned(project) == ""


def test_a_cue_that_a_helper_waits_for_is_used(project: Project) -> None:
    helper = "    def come(self, what, cue):\n        self.play(FadeIn(what), at=cue)\n\n"
    project.edit_scene("    def two(self):\n", f"{helper}    def two(self):\n")
    project.edit_scene('self.play(FadeIn(other), until="other")', "self.come(other, 'other')")
    assert warned(project) == ""


@pytest.mark.parametrize(
    ("code", "what"),
    [
        ("input('which? ')", "nobody can be asked while a film is drawn, as input does"),
        ("import pdb; pdb.set_trace()", "as pdb.set_trace does"),
        ("breakpoint()", "as breakpoint does"),
        ("import sys; sys.exit()", "sys.exit ends the program"),
        ("quit()", "quit ends the program"),
        ("import os; os._exit(0)", "os._exit ends the program"),
        ("raise SystemExit('done')", "SystemExit ends the program"),
        ("self.paly(FadeIn(Circle()))", "a scene has no “paly”\n"),
        ("self.play(FadeIn(Circle()), untill='dot')", "play has no “untill”\n"),
        ("self.play(FadeIn(Circle()), rate_function=linear)", "did you mean “rate_func”?"),
    ],
)
def test_what_ends_a_scene_or_asks_somebody_is_found(
    project: Project, code: str, what: str
) -> None:
    begin(project, code)
    said = problem(project)
    assert what in said.replace(f"\n            {code}", "\n")
    assert "scenes/dots.py:8:" in said


def test_a_method_of_another_of_manim_s_scenes_is_named(project: Project) -> None:
    begin(project, "self.move_camera(zoom=2)")
    assert "it is ThreeDScene's: write class Dots(NarratedScene, ThreeDScene)" in problem(project)


def test_what_a_scene_has_or_sets_itself_is_known(project: Project) -> None:
    begin(project, "self.plays = print; self.plays(); self.waits()")
    project.edit_scene(f"    {ONE}", f"    waits = print\n\n    {ONE}")
    assert warned(project) == ""


def test_methods_of_bases_from_elsewhere_are_not_judged(project: Project) -> None:
    project.edit_scene("(NarratedScene)", "(NarratedScene, Ours)")
    project.edit_scene("from manim", "from lib import Ours\nfrom manim")
    (project.folder / "scenes" / "lib.py").write_text("class Ours:\n    pass\n")
    begin(project, "self.paly()")
    assert "paly" not in warned(project)


def test_an_init_that_makes_no_scene_is_found(project: Project) -> None:
    init = "def __init__(self, **kwargs):\n        self.sun = 1\n\n    "
    project.edit_scene(f"    {ONE}", f"    {init}{ONE}")
    assert "it calls no super().__init__" in problem(project)
    project.edit_scene("self.sun = 1", "super().__init__(**kwargs)")
    assert warned(project) == ""


def test_a_setup_that_wants_more_is_found(project: Project) -> None:
    project.edit_scene(f"    {ONE}", f"    def setup(self, sun):\n        pass\n\n    {ONE}")
    assert "setup wants sun" in problem(project)


def test_a_class_or_a_method_that_is_there_twice_is_told_of(project: Project) -> None:
    project.edit_scene("    def two", "    def one(self):\n        pass\n\n    def two")
    said = warned(project)
    assert "def one is there twice, and the first, on line 7, does not count" in said
    text = project.scene.read_text()
    project.scene.write_text(f"{text}\n\n{text[text.index('class Dots') :]}")
    assert "class Dots is there twice, and the first, on line 6" in warned(project)


def test_a_method_that_stands_outside_of_its_class_is_pointed_to(project: Project) -> None:
    text = project.scene.read_text()
    at = text.index("    def two")
    inside = text[at:].replace("\n    ", "\n").removeprefix("    ")
    project.scene.write_text(f"{text[:at]}\n{inside}")
    said = problem(project)
    assert "this is the method of line “dots.two”, but it stands outside of class Dots" in said
    assert "scenes/dots.py:14:1" in said


def test_a_file_beside_it_that_is_no_python_is_found(project: Project) -> None:
    (project.folder / "scenes" / "lib.py").write_text("sun = (\n")
    project.edit_scene("from manim", "from lib import sun\nfrom manim")
    begin(project, "label_texts('x')")
    said = problem(project)
    assert "scenes/lib.py:1:7: not valid Python: '(' was never closed" in said
    assert "from explainer.scene import label_texts" in said


@pytest.mark.parametrize("code", ["manim.config.frame_rate = 9", "config['pixel_width'] = 9"])
def test_a_size_that_a_scene_sets_is_told_of(project: Project, code: str) -> None:
    project.edit_scene("from manim", "import manim\nfrom manim import config\nfrom manim")
    project.edit_scene("\n\nclass", f"\n{code}\n\n\nclass")
    said = warned(project)
    assert "is set, but a film's size and speed are those of --quality" in said
    assert "scenes/dots.py:7:1" in said


def test_a_class_of_another_file_may_have_the_name_of_the_one_that_is_made_of_it(
    project: Project,
) -> None:
    scenes = project.script.parent / "scenes"
    (scenes / "dots.py").rename(scenes / "all_dots.py")
    (scenes / "dots.py").write_text("import all_dots\n\n\nclass Dots(all_dots.Dots):\n    pass\n")
    assert warned(project) == ""
