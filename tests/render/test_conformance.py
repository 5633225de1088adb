"""What plain Manim draws, a film shows: its own examples, and cases that once went wrong."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from textwrap import indent
from typing import Any

import numpy as np
import pytest
from manim import RIGHT, VMobject

from explainer.draw import line_runner
from explainer.draw.stills import stills
from explainer.errors import SceneError, ScriptError
from explainer.frame_format import find_format
from explainer.script.loader import load
from explainer.stage import scene as stage_scene
from explainer.stage.paths import Viewport
from explainer.stage.playhead import Playhead
from project import ROOT, Project

sys.path.insert(0, str(ROOT / "bench"))
import conformance

from explainer.timeline.layout import estimate_timeline
from explainer.timeline.scene_timing import scene_timings

pytestmark = pytest.mark.render

SIZE = "160x90@10"
FILM = """\
name: case
title: A case
language: en
limit: 60
voice: [tone]
scenes:
  - id: {scene}
    title: Demo
    lines:
      - id: {line}
        say: This is one sentence of a small test and it has many words in it for what comes.
        show: A picture.
      - id: two
        say: And this is the second line.
        show: A picture.
"""

LIKE_MANIM = {
    "a trail": ("Scene", """
dot = Dot(2 * RIGHT)
self.add(TracedPath(dot.get_center, stroke_width=8), dot)
self.play(MoveAlongPath(dot, Arc(2, 0, PI)), run_time=2)
"""),
    "a spring": ("Scene", """
ball = Dot(2 * RIGHT, radius=0.4)
ball.speed = 0.0
def step(mob, dt):
    mob.speed -= 9 * mob.get_x() * dt
    mob.shift(mob.speed * dt * RIGHT)
ball.add_updater(step)
self.add(ball)
self.wait(1.5)
"""),
    "what turns by itself": ("Scene", """
square, dot = Square(), Dot(3 * RIGHT)
square.add_updater(lambda m, dt: m.rotate(dt))
self.add(square, dot)
for _ in range(4):
    self.play(dot.animate.shift(0.2 * UP), run_time=0.4)
square.clear_updaters()
"""),
    "the time of the scene": ("Scene", """
dot = Dot()
dot.add_updater(lambda m, dt: m.set_x(self.time))
self.add(dot)
self.wait(1)
self.play(FadeIn(Square()))
"""),
    "a cube in space": ("ThreeDScene", """
self.set_camera_orientation(phi=60 * DEGREES, theta=30 * DEGREES)
self.add(ThreeDAxes(), Cube(fill_opacity=0.7))
self.begin_ambient_camera_rotation(rate=0.5)
self.wait(0.5)
self.stop_ambient_camera_rotation()
self.move_camera(phi=45 * DEGREES, run_time=0.5)
"""),
    "a camera in space whose middle moves": ("ThreeDScene", """
self.add(Dot([1, 2, 3]))
self.move_camera(frame_center=[1, 2, 3], zoom=2, run_time=0.5)
"""),
    "what is fixed in the frame": ("ThreeDScene", """
self.set_camera_orientation(phi=60 * DEGREES)
text = Text("fixed")
self.add_fixed_in_frame_mobjects(text)
self.add(Square())
self.play(text.animate.to_corner(UL), run_time=0.5)
"""),
    "a surface without space": ("Scene", """
self.add(Torus(resolution=(6, 6)))
self.play(FadeIn(Cube(0.5)), run_time=0.5)
"""),
    "a camera that moves": ("MovingCameraScene", """
self.add(Square())
self.play(self.camera.frame.animate.scale(0.5).shift(RIGHT), run_time=0.5)
"""),
    "a formula and numbers without LaTeX": ("Scene", """
numbers = {"include_numbers": True, "label_constructor": MathTypst}
axes = Axes([0, 3], [-1, 2], axis_config=numbers)
formula = MathTypst("{{ a^2 : first }} = frac(b, c)")
formula.select("first").set_color(RED)
self.add(axes)
self.play(Write(formula), run_time=0.5)
"""),
    "what fades into another": ("Scene", """
self.play(FadeTransform(Text("a"), circle := Circle()), run_time=0.5)
self.play(FadeTransformPieces(circle, VGroup(Square(), Dot())), run_time=0.5)
"""),
    "texts with nothing in them": ("Scene", """
self.add(Text(""), Text(" "), MarkupText(""), Paragraph("", "a", " "), Typst(""))
self.add(Typst("#line(length: 3em)"))
"""),
    "a speed that changes": ("Scene", """
dot = Dot(4 * LEFT)
self.add(dot)
ChangeSpeed.add_updater(dot, lambda m, dt: m.shift(RIGHT * 4 * dt))
speeds = {0.4: 1, 0.5: 0.2, 0.8: 0.2, 1: 1}
for seconds in (2, 1):
    wait = ChangeSpeed(Wait(seconds), speedinfo=speeds, affects_speed_updaters=True)
    self.play(wait)
self.play(dot.animate.shift(UP), run_time=0.5)
"""),
    "a group whose time is no whole number of frames": ("Scene", """
turning = Square().add_updater(lambda m, dt: m.rotate(dt))
self.add(turning)
self.play(LaggedStart(*(FadeIn(Dot(n * UP)) for n in range(3)), lag_ratio=0.13))
"""),
    "what stands still for Manim, though an updater moves it": ("Scene", """
dot, other = Dot(), Square()
push = lambda dt: dot.shift(dt * RIGHT)
self.add(dot, other)
self.add_updater(push)
self.wait(0.5)
self.play(FadeIn(Circle()), run_time=0.3)
self.remove_updater(push)
self.play(UpdateFromAlphaFunc(other, lambda m, t: dot.set_y(t)), run_time=0.5)
"""),
    "a matrix": ("LinearTransformationScene", """
self.apply_matrix([[1, 1], [0, 1]])
"""),
    "a line of one's own": ("Scene", """
self.line, self.frame, self.shot, self.fps = Line(), Square(), Dot(), 3
self.play(Create(self.line), Create(self.frame))
"""),
    "a radial_gradient of one's own": ("Scene", """
ball = Circle()
ball.radial_gradient, ball.pinned = np.ones(3), True
self.play(FadeIn(ball.set_fill(BLUE, 1)))
"""),
    "attributes of one's own that cannot be read": ("Scene", """
def refuse(self):
    raise RuntimeError("not now")
names = "text shade radial_gradient label tex_string original_text number".split()
names += "pinned is_header tex_strings".split()
Odd = type("Odd", (Circle,), {name: property(refuse) for name in names})
Even = type("Even", (Text,), {"shade": 3, "label": property(refuse), "number": None})
self.play(FadeIn(Odd(fill_opacity=1), Even("even").shift(UP)))
self.play(Odd().animate.shift(LEFT))
"""),
    "what is added while something plays": ("Scene", """
with np.errstate(all="ignore"):  # Manim divides by the time of Add, which is none
    self.play(Add(Square()), Create(Circle()))
    self.play(Add(Dot()), Wait(0.3))
"""),
    "a background that changes": ("Scene", """
self.add(*(Dot(n * UP) for n in range(6)))
self.camera.background_color = GREEN
self.play(FadeIn(Square()), run_time=0.5)
self.camera.background_color = RED
self.play(FadeIn(Circle()), run_time=0.5)
self.camera.background[:, :, 2] = 200
self.play(FadeIn(Triangle()), run_time=0.5)
"""),
    "a background that changes in space": ("ThreeDScene", """
self.set_camera_orientation(phi=70 * DEGREES, theta=30 * DEGREES)
self.add(Cube())
self.camera.background_color = GREEN
self.move_camera(theta=60 * DEGREES, run_time=0.5)
"""),
    "a background that changes under a lens": ("ZoomedScene", """
self.add(Dot())
self.activate_zooming()
self.camera.background_color = GREEN
self.play(self.zoomed_camera.frame.animate.shift(RIGHT), run_time=0.5)
"""),
    "waiting until": ("Scene", """
seen = {"n": 0}
square = Square().add_updater(lambda m, dt: m.rotate(dt))
square.add_updater(lambda m, dt: seen.update(n=seen["n"] + dt))
self.add(square)
self.wait_until(lambda: seen["n"] > 0.5, max_time=3)
square.clear_updaters()
self.play(FadeIn(Circle()))
"""),
}  # fmt: skip


@pytest.fixture(scope="module")
def plain() -> Iterator[conformance.PlainManim]:
    process = conformance.PlainManim(latex=False)
    yield process
    process.end()


@pytest.mark.sampled(13)
@pytest.mark.parametrize("case", LIKE_MANIM)
def test_a_line_and_the_one_after_it_show_what_manim_draws(
    case: str, plain: conformance.PlainManim
) -> None:
    base, body = LIKE_MANIM[case]
    inner = "".join(f"        {line}\n" for line in body.strip().splitlines())
    source = f"class Case({base}):\n    def construct(self):\n{inner}"
    found = conformance.judge(conformance.Example("Case", source, "here"), SIZE, plain)
    assert found.result in ("identical", "equal"), found


DEAR = ("RateFuncExample", "OctahedronScene", "ImplicitFunctionExample")
"""Examples that take long, of kinds that others show too."""


def some_examples(plain: conformance.PlainManim) -> list[conformance.Verdict]:
    """About forty of the quickest: one of each of Manim's modules, and the next of some."""
    left = (one for one in conformance.in_turn(conformance.examples()) if one.name not in DEAR)
    judged = (conformance.judge(one, SIZE, plain) for one in left)
    return [*islice((v for v in judged if v.result != "undrawn"), 42)]


@pytest.mark.parametrize("all_of_them", [False, pytest.param(True, marks=pytest.mark.whole)])
def test_manims_own_examples_show_what_manim_draws(
    plain: conformance.PlainManim, all_of_them: bool
) -> None:
    found = conformance.short_form(SIZE) if all_of_them else some_examples(plain)
    assert len(found) == (conformance.SHORT_FORM if all_of_them else 42)
    assert not [v for v in found if v.result not in ("identical", "equal")]
    assert {"ThreeDScene", "ZoomedScene", "MovingCameraScene"} < {v.kind for v in found}
    kinds = "Image Typst updater Graph Table Axes Code( TracedPath Union( LaggedStart ChangeSpeed"
    assert not [kind for kind in kinds.split() if not any(kind in v.example.source for v in found)]


MOVES = """\
class Case(Scene):
    def construct(self):
        ball = Dot(3 * RIGHT, radius=0.5, color=RED)
        ball.speed = 0.0
        def step(mob, dt):
            mob.speed -= 9 * mob.get_x() * dt
            mob.shift(mob.speed * dt * RIGHT)
        ball.add_updater(step)
        self.add(ball)
        self.play(FadeIn(Square(color=BLUE, fill_opacity=1)), run_time=0.5)
"""


def a_frame_less(monkeypatch: pytest.MonkeyPatch) -> None:
    count = Playhead.count_moving_frames
    monkeypatch.setattr(Playhead, "count_moving_frames", lambda self, time: count(self, time) - 1)


def another_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    rgbas = VMobject.get_fill_rgbas
    monkeypatch.setattr(VMobject, "get_fill_rgbas", lambda self: rgbas(self) * 0.8)


def a_line_passed_over_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage_scene, "needs_every_frame", lambda _: False)


def another_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Viewport, "__init__", shifted(Viewport.__init__))


def shifted(make: Callable[..., None]) -> Callable[..., None]:
    def __init__(self: Viewport, camera: Any, frame: Any) -> None:
        make(self, camera, frame.copy().shift(0.5 * RIGHT))

    return __init__


FAULTS = {
    a_frame_less: "(a) play 1 has 4 frames instead of 5",
    another_colour: "(a) play 1, frame",
    another_place: "(a) play 1, frame 0",
    a_line_passed_over_at_once: "(b) play 1, frame 0",
}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_fault_of_the_engine_is_found(
    fault: Callable[[pytest.MonkeyPatch], None],
    plain: conformance.PlainManim,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    example = conformance.Example("Case", MOVES, "here")
    assert conformance.judge(example, SIZE, plain).result in ("identical", "equal")
    fault(monkeypatch)
    found = conformance.judge(example, SIZE, plain)
    assert found.result == "different"
    assert FAULTS[fault] in found.reason


def test_a_scene_that_the_engine_cannot_draw_is_refused(plain: conformance.PlainManim) -> None:
    sound = 'class Case(Scene):\n    def construct(self):\n        self.add_sound("a.wav")\n'
    source = f"{sound}        self.wait(0.5)\n"
    found = conformance.judge(conformance.Example("Case", source, "here"), SIZE, plain)
    assert (found.result, found.reason[:3]) == ("refused", "(a)")


def test_the_judge_tells_another_picture() -> None:
    one = np.full((90, 160, 3), 100, np.uint8)
    other = one.copy()
    other[40:50, 40:50] = 200
    assert conformance.difference(one, one) is None
    for changed, small in ((one + 1, True), (one + 2, False), (other, False), (one[1:], False)):
        found = conformance.difference(one, changed)
        assert found
        assert found.is_small is small


def test_examples_are_found_in_documents_and_graphical_tests(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    scene = "class One(Scene):\n    def construct(self):\n        self.wait()\n"
    block = f".. manim:: One\n    :save_last_frame:\n\n{indent(scene, '    ')}\nText.\n"
    (tmp_path / "docs" / "page.rst").write_text(block, encoding="utf-8")
    tests = tmp_path / "tests" / "test_graphical_units"
    tests.mkdir(parents=True)
    source = (
        "from __future__ import annotations\nfrom manim import *\n"
        "from manim.utils.testing.frames_comparison import frames_comparison\n"
        "from ..helpers import something\nSIDE = 2\n"
        "@frames_comparison(base_scene=ThreeDScene)\ndef test_cube(scene):\n"
        "    scene.add(Cube(SIDE))\n"
        "@frames_comparison(renderer_class=OpenGLRenderer)\ndef test_gl(scene):\n    pass\n"
        "@frames_comparison\ndef test_both(scene, fast):\n    scene.wait(fast)\n"
        "def test_other():\n    pass\n"
    )
    fixture = "import pytest\n@pytest.fixture(params=[1, 2])\ndef fast(request):\n    pass\n"
    (tests / "conftest.py").write_text(fixture, encoding="utf-8")
    (tests / "test_it.py").write_text(source, encoding="utf-8")
    here = {e.name: e.source for e in conformance.examples(tmp_path) if "manim/" not in e.place}
    assert here.keys() == {"One", "Testcube", "Testboth_1", "Testboth_2"}
    assert here["One"] == scene
    assert "class Testcube(ThreeDScene):" in here["Testcube"]
    assert "from tests.helpers import something\nSIDE = 2" in here["Testcube"]
    assert "frames_comparison" not in here["Testcube"]
    assert "fast = 2\n        scene.wait(fast)" in here["Testboth_2"]


def film(folder: Path, body: str, scene: str = "demo", line: str = "one") -> Path:
    (folder / "scenes").mkdir(parents=True)
    (folder / "script.yaml").write_text(FILM.format(scene=scene, line=line), encoding="utf-8")
    inner = "".join(f"        {part}\n" for part in body.splitlines())
    source = (
        "from manim import *\nfrom explainer.scene import NarratedScene\n\n"
        f"class {scene.title()}(NarratedScene):\n"
        f"    def {line}(self):\n{inner}    def two(self):\n        self.wait(0.2)\n"
    )
    (folder / "scenes" / f"{scene}.py").write_text(source, encoding="utf-8")
    return folder / "script.yaml"


def shown(path: Path, fps: int = 10) -> list[np.ndarray]:
    shape = find_format(f"160x90@{fps}")
    script = load(path)
    shots = scene_timings(estimate_timeline(script, fps))
    line_runner.configure(shape, str(path.parent / "media"))
    frames: list[np.ndarray] = []
    job = line_runner.job_for(script, shots, script.lines[0].key, shape)
    line_runner.run(job, lambda frame, n: frames.extend([frame.copy()] * n))
    return frames


def still_from(frames: list[np.ndarray]) -> int:
    """The frame from which on nothing moves."""
    return max(n for n, frame in enumerate(frames) if (frame != frames[-1]).any()) + 1


@pytest.mark.parametrize("fps", [10, 30, 50])
def test_plays_shorter_than_a_frame_add_up_to_their_time(tmp_path: Path, fps: int) -> None:
    steps = "for _ in range(60):\n    self.play(dot.animate.shift(0.1 * RIGHT), run_time=0.03)"
    frames = shown(film(tmp_path / "film", f"dot = Dot(5 * LEFT)\nself.add(dot)\n{steps}"), fps)
    assert abs(still_from(frames) - 1.8 * fps) <= 1


def test_by_leaves_an_animation_its_own_time(tmp_path: Path) -> None:
    body = 'self.play(Create(Square(), run_time=2, rate_func=linear), by="end")'
    assert abs(still_from(shown(film(tmp_path / "film", body))) - 20) <= 1


def test_an_animation_that_is_a_hair_longer_than_the_line_ends_with_it(tmp_path: Path) -> None:
    body = "self.wait(self.time_until() - 0.7)\nself.play(Create(Square(), run_time=0.73))"
    frames = shown(film(tmp_path / "film", body))
    assert still_from(frames) == len(frames) - 1


@pytest.mark.parametrize(
    "call", ["self.wait(-1)", "self.play(Create(Square()), run_time=-1)", "self.pause(-1)"]
)
def test_a_negative_time_is_refused_in_words(tmp_path: Path, call: str) -> None:
    with pytest.raises(SceneError, match="-1"):
        shown(film(tmp_path / "film", call))


def test_a_wait_for_what_never_comes_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(SceneError, match="ended before what its wait is for came true"):
        shown(film(tmp_path / "film", "self.wait_until(lambda: False)"))


def test_what_another_of_manims_scenes_has_is_pointed_to(tmp_path: Path) -> None:
    right = r"class Demo\(NarratedScene, ThreeDScene\)"
    with pytest.raises(ScriptError, match=right):
        load(film(tmp_path / "film", "self.move_camera(zoom=2)"))
    with pytest.raises(SceneError, match=right):
        shown(film(tmp_path / "other", 'getattr(self, "move_camera")(zoom=2)'))


@pytest.mark.parametrize(
    ("scene", "line", "hidden"),
    [
        ("demo", "wait", "hide “wait” of every scene"),
        ("demo", "mobjects", "hide “mobjects” of every scene"),
        ("demo", "room", "hide “room” of every scene"),
        ("demo", "while", "keyword of Python"),
        ("circle", "one", "hide Manim's Circle"),
        ("manim", "one", "hide the module manim"),
        ("random", "one", "hide the module random"),
        ("class", "one", "keyword of Python"),
        ("true", "one", "keyword of Python"),
    ],
)
def test_an_id_that_would_hide_something_is_refused(
    tmp_path: Path, scene: str, line: str, hidden: str
) -> None:
    with pytest.raises(ScriptError, match=hidden):
        load(film(tmp_path / "film", "pass", scene, line))


def test_the_small_film_has_ids_that_hide_nothing(project: Project) -> None:
    assert load(project.script).lines


MOVING_LINE = """\
dot = Dot(3 * LEFT)
dot.add_updater(lambda m, dt: m.shift(dt * RIGHT))
self.add(dot)
self.play(Write(Text("one")), run_time=0.5)
self.wait(0.2)
self.play(Create(Square()), run_time=0.03)
self.play(Create(Circle()), run_time=0.03)
dot.clear_updaters()
self.wait(0.3)
self.play(Rotate(dot, PI, about_point=ORIGIN), FadeOut(self.mobjects[1]), run_time=0.4)
self.wait_until(lambda: dot.get_x() != 7, max_time=0.2)
self.play(dot.animate.shift(UP), run_time=0.3)"""
TURNING_LINE = """\
self.set_camera_orientation(phi=1, theta=0.5)
cube = Cube()
self.add(cube, Dot(2 * UP))
self.wait(0.2)
self.begin_ambient_camera_rotation(rate=2)
self.wait(0.3)
self.stop_ambient_camera_rotation()
self.play(Rotate(cube, 1), run_time=0.4)
self.move_camera(phi=0.3, run_time=0.3)"""


@pytest.mark.parametrize(("body", "base"), [(MOVING_LINE, ""), (TURNING_LINE, ", ThreeDScene")])
def test_each_frame_of_a_line_is_the_same_drawn_alone(tmp_path: Path, body: str, base: str) -> None:
    path = film(tmp_path / "film", body)
    scene = path.parent / "scenes" / "demo.py"
    text = scene.read_text(encoding="utf-8").replace("(NarratedScene)", f"(NarratedScene{base})")
    scene.write_text(text, encoding="utf-8")
    frames = shown(path)
    script, shape = load(path), find_format("160x90@10")
    shots = scene_timings(estimate_timeline(script, 10))
    for number in range(0, len(frames), 8):
        (alone,) = stills(script, shots, script.lines[0].key, [number], shape)
        assert (alone == frames[number]).all(), number
