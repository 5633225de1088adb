"""Lines drawn through the stage; each test looks at pixels or at the clear error instead."""

from __future__ import annotations

import copy
import subprocess
import sys
from typing import Any

import manim
import numpy as np
import pytest

from explainer.draw.stills import stills
from explainer.errors import EnvironmentProblem, SceneError
from explainer.frame_format import find_format
from explainer.script.loader import load
from explainer.stage import mobject_copies
from explainer.stage.frame_sink import Frame
from explainer.stage.state_pickler import HashingFile, StatePickler
from explainer.timeline.layout import estimate_timeline
from explainer.timeline.scene_timing import scene_timings
from explainer.timeline.selection import select_frame
from project import TINY, Project

pytestmark = pytest.mark.render

Q = find_format(TINY)
PINK, TEAL = (255, 92, 138), (53, 220, 203)


def drawn(project: Project, key: str, *frames: int) -> list[Frame]:
    script = load(project.script)
    shots = scene_timings(estimate_timeline(script, Q.fps))
    last = next(line for line in shots["dots"].lines if line.id == key.split(".")[1]).frames
    return stills(script, shots, key, [f if f >= 0 else last + f for f in frames], Q)


def cue(project: Project, key: str, name: str) -> int:
    shots = scene_timings(estimate_timeline(load(project.script), Q.fps))
    scene, line = key.split(".")
    return next(ln for ln in shots[scene].lines if ln.id == line).cues[name][0]


def count(frame: Frame, colour: tuple[int, int, int]) -> int:
    return int((np.abs(frame[:, :, :3].astype(int) - colour).max(axis=2) < 60).sum())


def failure(project: Project, line: str, code: str) -> str:
    method = {"one": "def one(self):\n", "two": "def two(self):\n"}[line]
    project.edit_scene(method, f"{method}        {code}\n")
    with pytest.raises(SceneError) as caught:
        drawn(project, f"dots.{line}", -1)
    return str(caught.value)


def test_a_play_at_a_cue_starts_on_its_first_word(project: Project) -> None:
    at = cue(project, "dots.one", "dot")
    before, first, later = drawn(project, "dots.one", at - 1, at, at + 4)
    assert count(before, PINK) == 0
    assert first.sum() == before.sum()  # a fade-in begins with nothing
    assert count(later, PINK) > 0


def test_a_play_until_a_cue_is_over_as_the_word_begins(project: Project) -> None:
    at = cue(project, "dots.two", "other")
    early, there = drawn(project, "dots.two", at - 3, at)
    assert 0 < early.sum() < there.sum()
    assert count(there, TEAL) > 200


def test_a_play_over_a_span_ends_with_its_last_word(project: Project) -> None:
    project.edit("A single [dot]{dot} appears.", "A [single dot appears]{dot} now.")
    project.edit_scene('at="dot", run_time=0.4', 'span="dot"')
    script = load(project.script)
    first, last = scene_timings(estimate_timeline(script, Q.fps))["dots"].lines[0].cues["dot"]
    nearly, done = drawn(project, "dots.one", last - 1, last)
    assert last - first > 5
    assert nearly.sum() < done.sum()


def test_the_rest_of_a_line_is_held(project: Project) -> None:
    ended, last = drawn(project, "dots.two", -4, -1)
    assert (ended == last).all()


def test_a_line_drawn_alone_equals_the_same_line_after_others(project: Project) -> None:
    alone = drawn(project, "dots.two", 0, 5, -1)
    project.edit("A single", "A single and very, very lonely")
    again = drawn(project, "dots.two", 0, 5, -1)
    assert all((a == b).all() for a, b in zip(alone, again, strict=True))
    assert count(alone[0], PINK) > 100  # the dot of the line before is there


def test_what_is_see_through_looks_the_same_held_and_moving(project: Project) -> None:
    project.edit_scene("fill_opacity=1", "fill_opacity=0.5")
    moving, held = drawn(project, "dots.two", cue(project, "dots.two", "other"), -1)
    half = (np.array(TEAL) * 0.5).astype(int)
    assert (np.abs(held[45, 108, :3].astype(int) - half) < 4).all()
    assert (np.abs(moving[45, 102, :3].astype(int) - half) < 4).all()


def test_a_shade_is_lighter_towards_its_focus(project: Project) -> None:
    (frame,) = drawn(project, "dots.one", -1)
    ys, xs = np.nonzero(frame[:, :, 0] > 100)
    x, y = int(xs.mean()), int(ys.mean())
    up_left, down_right = frame[y - 8, x - 8, :3].sum(), frame[y + 8, x + 8, :3].sum()
    assert up_left > down_right + 60


def test_what_is_pinned_stays_while_the_camera_moves(project: Project) -> None:
    project.edit_scene("self.play(FadeIn(o", "self.pin(other)\n        self.play(FadeIn(o")
    at = cue(project, "dots.two", "other")
    before, after = drawn(project, "dots.two", at, -1)
    teal = np.abs(before[:, :, :3].astype(int) - TEAL).max(axis=2) < 8
    assert (before[teal] == after[teal]).all()
    assert count(after, PINK) > count(before, PINK)  # what is not pinned comes nearer


def test_a_cue_the_line_lacks_is_an_error_that_lists_its_cues(project: Project) -> None:
    message = failure(project, "one", 'name = "spot"; self.wait(until=name)')
    assert "line “one” has no cue “spot”; its cues: dot" in message


def test_a_moment_that_is_past_is_an_error_that_says_by_how_much(project: Project) -> None:
    message = failure(project, "one", "self.wait(1.9)")
    assert "cue “dot” came" in message
    assert "s before the scene was ready for it" in message


def test_an_animation_longer_than_its_room_is_an_error(project: Project) -> None:
    message = failure(project, "one", "self.wait(60)")
    assert "s left but this takes 60.00 s" in message


def test_an_authors_error_shows_the_authors_own_lines_only(project: Project) -> None:
    message = failure(project, "two", "spot = 1 / 0")
    assert "scene dots, line dots.two: ZeroDivisionError: division by zero" in message
    assert "scenes/dots.py:14 in two: spot = 1 / 0" in message
    assert "site-packages" not in message
    assert "explainer/" not in message
    assert "explainer preview dots.two" in message


def test_a_font_that_is_missing_is_an_error_with_the_command_that_brings_it_back(
    project: Project,
) -> None:
    project.edit_scene("    def one(", '    fonts = ("Nowhere Sans",)\n\n    def one(')
    with pytest.raises(EnvironmentProblem, match="the font Nowhere Sans is missing") as caught:
        drawn(project, "dots.one", 0)
    assert "put its file into assets/fonts" in str(caught.value)


def test_an_animation_given_by_a_cue_plays_faster_to_be_in_time(project: Project) -> None:
    project.edit_scene('until="other"', 'by="other", run_time=30')
    at = cue(project, "dots.two", "other")
    early, there = drawn(project, "dots.two", at - 2, at)
    assert 0 < early.sum() < there.sum()


def test_a_still_is_asked_for_by_cue_or_as_the_lines_end(project: Project) -> None:
    clock = estimate_timeline(load(project.script), Q.fps)
    line = scene_timings(clock)["dots"].lines[0]
    for moment in ("dots.one", "dots.one@end"):
        assert select_frame(clock, moment) == (clock.lines[0], line.frames - 1)
    assert select_frame(clock, "dots.one@dot")[1] == line.cues["dot"][1] - 1
    with pytest.raises(Exception, match="no cue “spot”"):
        select_frame(clock, "dots.one@spot")


def test_plain_manim_runs_a_scene_whose_plays_are_shorter_than_a_frame(project: Project) -> None:
    short = "self.play(self.dot.animate.shift(0.1 * LEFT), run_time=0.02)\n"
    project.edit_scene("self.play(self.dot", f"{short}        {short}        self.play(self.dot")
    order = [sys.executable, "-m", "manim", "-r", "160,90", "--fps", "10", "scenes/dots.py", "Dots"]
    done = subprocess.run(order, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert list(project.folder.glob("media/videos/dots/*/Dots.mp4"))


class Odd(manim.VGroup):
    """Holds what deep copies treat in ways of their own: what is there twice, and itself."""

    def __init__(self) -> None:
        dot = manim.Dot(color=manim.RED)
        super().__init__(dot, manim.Square().set_fill([manim.BLUE, manim.GREEN], 0.5))
        self.same = self.again = []
        self.colours = {"a": manim.RED, "b": manim.RED}
        self.colour = self.colours["a"]
        self.array = self.array_too = np.arange(6.0)
        self.view = self.array[2:]
        self.words = np.array(["a", dot], dtype=object)
        self.itself, self.inside = self, [self, dot]
        self.tracker = manim.ValueTracker(2)
        dot.add_updater(lambda m: m.shift(self.tracker.get_value() * manim.UP))

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = manim.VGroup.__hash__


MADE = {
    "a curve with gradients": lambda: manim.Circle().set_fill([manim.RED, manim.BLUE], 1),
    "a text": lambda: manim.Text("Copy", font="Inter"),
    "a number": lambda: manim.DecimalNumber(2.5, mob_class=manim.Text),
    "an image": lambda: manim.ImageMobject(np.uint8([[0, 255]])),
    "an arrow with a target": lambda: manim.Arrow().generate_target(),
    "a surface": lambda: manim.Sphere(resolution=(2, 2)),
    "things that are there twice": Odd,
}


def manims_own(mobject: Any, memo: dict[int, Any]) -> Any:
    kind: Any = type(mobject)
    made = memo[id(mobject)] = kind.__new__(kind)
    for name, value in vars(mobject).items():
        setattr(made, name, copy.deepcopy(value, memo))
    made.original_id = str(id(mobject))
    return made


def state(mobject: Any) -> str:
    hasher = HashingFile("texts")
    StatePickler(hasher).dump(mobject)
    return hasher.digest.hexdigest()


@pytest.mark.parametrize("name", MADE)
def test_copies_of_mobjects_are_those_that_deepcopy_makes(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    mobject = MADE[name]()
    monkeypatch.setattr(manim.Mobject, "__deepcopy__", manims_own)
    theirs = mobject.copy()
    monkeypatch.setattr(manim.Mobject, "__deepcopy__", mobject_copies._deepcopy)
    ours = mobject.copy()
    assert state(ours) == state(theirs)
    for part, copied in zip(mobject.get_family(), ours.get_family(), strict=True):
        assert part is not copied
        assert not np.shares_memory(part.points, copied.points)
        held = [value for value in vars(part).values() if isinstance(value, np.ndarray | list)]
        now = [value for value in vars(copied).values() if isinstance(value, np.ndarray | list)]
        assert not {id(value) for value in held} & {id(value) for value in now}
