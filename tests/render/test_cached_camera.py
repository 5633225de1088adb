"""The film's camera beside StageCamera, which draws each mobject as Manim itself does."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Circle,
    Dot,
    Line,
    Mobject,
    Rectangle,
    Square,
    Star,
    Text,
    VGroup,
    VMobject,
    tempconfig,
)
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter

from explainer.draw import line_runner
from explainer.draw.stills import stills
from explainer.frame_format import find_format
from explainer.script.loader import load
from explainer.stage.cached_camera import CachedCamera
from explainer.stage.camera import StageCamera
from explainer.stage.gradients import RadialGradient
from explainer.stage.mobject_attributes import pin
from explainer.timeline.layout import estimate_timeline
from explainer.timeline.scene_timing import scene_timings
from explainer.timeline.selection import select_frame
from project import ROOT, TINY, Project

pytestmark = pytest.mark.render

Picture = NDArray[np.uint8]


@pytest.fixture
def cached() -> Iterator[CachedCamera]:
    frame = {"frame_width": 128 / 9, "frame_height": 8}
    with tempconfig({"pixel_width": 320, "pixel_height": 180, **frame}):
        yield CachedCamera()


def reference(cached: CachedCamera, *mobjects: Mobject) -> Picture:
    """The same picture by StageCamera's own way."""
    camera = StageCamera(pixel_width=320, pixel_height=180)
    camera.frame.points = cached.frame.points.copy()
    camera.background = cached.background
    camera.reset()
    camera.capture_mobjects(mobjects)
    return camera.pixel_array


def likeness(a: Picture, b: Picture) -> float:
    """Mean SSIM of two pictures' luma, over windows of eight pixels."""
    x, y = (p[:, :, :3] @ np.array([0.2126, 0.7152, 0.0722]) for p in (a, b))
    mx, my = uniform_filter(x, 8), uniform_filter(y, 8)
    vx, vy = uniform_filter(x * x, 8) - mx * mx, uniform_filter(y * y, 8) - my * my
    both = uniform_filter(x * y, 8) - mx * my
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    each = (2 * mx * my + c1) * (2 * both + c2) / ((mx**2 + my**2 + c1) * (vx + vy + c2))
    return float(each.mean())


def difference(a: Picture, b: Picture) -> float:
    return float(np.abs(a[:, :, :3].astype(int) - b[:, :, :3]).mean())


def things() -> VGroup:
    """Fills, strokes, linear gradients; some outside of the frame, some unseen."""
    broken = VMobject(fill_color="#35DCCB", fill_opacity=1, stroke_width=3)
    for at in (LEFT, RIGHT):
        broken.append_points(Square(0.8).shift(2 * at + 2 * UP).points)
    return VGroup(
        Square(2).set_fill("#FF5C8A", 1).shift(LEFT),
        Circle(1).set_fill(["#FF5C8A", "#35DCCB"], [1, 0.2]).set_stroke(width=0),
        Star(color="#FFB547").set_fill("#FFB547", 0.5).shift(2 * RIGHT),
        Circle(1.2).set_stroke(["#ffffff", "#FF5C8A"], 6, background=True).shift(2 * DOWN),
        Line(6 * LEFT, 9 * RIGHT + UP, stroke_width=8),
        Text("words", font="Inter").shift(3 * DOWN),
        Rectangle(width=9, height=0.5, fill_opacity=0.4, stroke_width=0).shift(6 * RIGHT),
        Dot(30 * RIGHT),
        Dot(fill_opacity=0),
        broken,
        VMobject(),
    )


def test_what_has_no_gradient_is_drawn_to_the_pixel_as_by_manim(cached: CachedCamera) -> None:
    group = things()
    cached.draw_frame([group])
    assert cached.pixel_array[:, :, :3].max() > 100
    assert (cached.pixel_array == reference(cached, group)).all()


CHANGES: dict[str, Callable[[VGroup, CachedCamera], object]] = {
    "nothing": lambda _g, _c: None,
    "a place": lambda g, _c: g[3].shift(0.3 * UP),
    "points in place": lambda g, _c: g[0].points.__iadd__(0.1),
    "a colour": lambda g, _c: g[1].set_fill("#35DCCB", 0.5),
    "an opacity in place": lambda g, _c: g[2].fill_rgbas.__imul__(0.5),
    "a stroke's width": lambda g, _c: g[4].set_stroke(width=2),
    "a sheen's direction": lambda g, _c: g[1].set_sheen_direction(UP),
    "the order": lambda g, _c: g.submobjects.reverse(),
    "a height": lambda g, _c: g[0].set_z_index(2),
    "one less": lambda g, _c: g.remove(g[2]),
    "one more": lambda g, _c: g.add(Dot(DOWN)),
    "the camera": lambda _g, c: c.frame.scale(0.7).shift(0.4 * UP),
    "what is pinned": lambda g, c: (c.frame.shift(UP), pin(g[0])),
    "the ground": lambda _g, c: setattr(c, "background", c.background + np.uint8(9)),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_picture_does_not_depend_on_the_one_before(cached: CachedCamera, change: str) -> None:
    group = things()
    for _ in range(3):  # so that a snapshot is there
        cached.draw_frame([group])
    CHANGES[change](group, cached)
    for _ in range(2):
        cached.draw_frame([group])
        assert (cached.pixel_array == reference(cached, group)).all()


@pytest.mark.parametrize("size", [0.02, 0.3, 2, 9])
@pytest.mark.parametrize("gradient", [RadialGradient(), RadialGradient((0, 0), 1, (1, 0.4, 0))])
def test_a_gradient_differs_from_cairos_own_by_a_few_steps(
    cached: CachedCamera, size: float, gradient: RadialGradient
) -> None:
    body = Circle(size, stroke_width=2).set_fill(["#FFA3BE", "#FF5C8A", "#C2336A"], 0.8)
    body.radial_gradient = gradient
    body.stretch(0.6, 0).shift(0.5 * RIGHT)
    for _ in range(2):
        cached.draw_frame([body])
        wanted = reference(cached, body)
        assert difference(cached.pixel_array, wanted) < 0.5
        assert np.abs(cached.pixel_array.astype(int) - wanted).max() <= 12


SHORT = ("dimerization", "trastuzumab")
SCENES = [
    pytest.param(scene.id, marks=() if scene.id in SHORT else pytest.mark.whole)
    for scene in load(ROOT / "script.yaml").scenes
]


@pytest.mark.parametrize("scene", SCENES)
def test_the_films_cues_look_as_by_manim(
    scene: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script, at = load(ROOT / "script.yaml"), find_format("480x270@10")
    shots = scene_timings(estimate_timeline(script, at.fps))
    show, compared = CachedCamera.draw_frame, 0

    def both(self: CachedCamera, mobjects: list[Mobject]) -> None:
        nonlocal compared
        self.reset()
        self.capture_mobjects(mobjects)
        wanted = self.pixel_array.copy()
        show(self, mobjects)
        assert difference(self.pixel_array, wanted) <= 1
        assert likeness(self.pixel_array, wanted) >= 0.995
        compared += 1

    monkeypatch.setattr(CachedCamera, "draw_frame", both)
    for line in shots[scene].lines:
        line_runner.configure(at, str(tmp_path))
        frames = {first for first, _ in line.cues.values()} | {line.frames - 1}
        job = line_runner.job_for(script, shots, f"{scene}.{line.id}", at)
        line_runner.run(job, lambda _f, _n: None, frames)
    assert compared >= sum(1 + len(line.cues) for line in shots[scene].lines) / 2


def test_a_still_is_the_films_own_frame_to_the_pixel(project: Project) -> None:
    script, at = load(project.script), find_format(TINY)
    clock = estimate_timeline(script, at.fps)
    shots, (_, frame) = scene_timings(clock), select_frame(clock, "dots.two@other")
    found: list[Picture] = []
    line_runner.configure(at, str(project.folder / "texts"))
    job = line_runner.job_for(script, shots, "dots.two", at)
    line_runner.run(job, lambda f, n: found.extend([f.copy()] * n))
    (alone,) = stills(script, shots, "dots.two", [frame], at)
    assert (found[frame] == alone).all()


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="cores cannot be chosen here")
def test_one_core_gives_the_bytes_that_two_give(project: Project) -> None:
    code = (
        "import os, sys; from pathlib import Path\n"
        "if sys.argv[1] == '1': os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})\n"
        "from explainer import draw; from explainer.cache.store import Cache\n"
        "from explainer.timeline.layout import estimate_timeline\n"
        "from explainer.timeline.scene_timing import scene_timings\n"
        "from explainer.draw.local import LocalRenderer\n"
        "from explainer.progress import Progress; from explainer.frame_format import find_format\n"
        "from explainer.script.loader import load\n"
        f"script, at = load(Path('script.yaml')), find_format({TINY!r})\n"
        "shots = scene_timings(estimate_timeline(script, at.fps))\n"
        "with Progress(quiet=True) as progress:\n"
        "    found = draw.clips(script, shots, ['dots.one', 'dots.two'], at,\n"
        "                       Cache(Path(sys.argv[1])), progress, {}, LocalRenderer(at))\n"
        "for clip in found: print(clip.path.read_bytes().hex())\n"
    )
    one, two = (
        subprocess.run([sys.executable, "-c", code, n], check=True, capture_output=True).stdout
        for n in "12"
    )
    assert one == two
    assert len(one) > 1000
