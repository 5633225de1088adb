"""A line of a film drawn with some code in it, and what is read and judged in its picture."""

from __future__ import annotations

from explainer import draw
from explainer.draw import line_runner
from explainer.draw.clip import Clip, DrawnLine
from explainer.frame_format import find_format
from explainer.script.loader import load
from explainer.timeline.labels import Label, LabelStay
from explainer.timeline.layout import estimate_timeline
from explainer.timeline.model import Timeline
from explainer.timeline.scene_timing import scene_timings
from explainer.timeline.selection import select
from explainer.verify.report import CheckResult
from measured import picture_results
from project import TINY, Project

MIDDLE = "Text('Dots', font='Inter', font_size=48, color='#F4F6FF')"


def drawn(project: Project, code: str, size: str = "1280x720@10") -> tuple[Timeline, Clip]:
    """The first line with `code` run before its dot comes, as a film of its own."""
    before = "    def one(self):\n"
    if code:
        project.edit_scene("from manim import LEFT, RIGHT, Circle, FadeIn", "from manim import *")
        project.edit_scene(before, f"{before}        {code}\n")
    script, shape = load(project.script), find_format(size)
    clock = estimate_timeline(script, shape.fps)
    path = project.folder / "one.mp4"
    job = line_runner.job_for(script, scene_timings(clock), "dots.one", shape)
    made = line_runner.draw(job, str(path), str(project.folder / "texts"))
    assert isinstance(made, DrawnLine)
    facts = made.facts
    noted = (
        tuple(map(Label.from_dict, facts["labels"])),
        tuple(facts["swatches"]),
        facts["low_texts"],
        tuple(LabelStay(**stay) for stay in facts["stays"]),
    )
    clip = Clip("dots.one", path, facts["frames"], False, *noted)
    return draw.with_picture_facts(select(clock, "dots.one"), [clip]), clip


def noted(project: Project, code: str) -> tuple[Label, ...]:
    return drawn(project, code, TINY)[0].lines[0].labels


def judged(project: Project, code: str) -> dict[str, CheckResult]:
    clock, clip = drawn(project, code)
    return picture_results(clip.path, clock)


def failed(found: dict[str, CheckResult]) -> set[str]:
    # the caption band takes signatures to be judged, and has tests of its own
    return {name for name, result in found.items() if result.ok is not True} - {"caption band"}
