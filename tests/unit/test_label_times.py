"""Labels are seen long enough to be read, and come with their words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from explainer.clock import TICKS
from explainer.media.probe import Probe
from explainer.script.loader import load
from explainer.timeline.labels import LabelStay
from explainer.timeline.layout import estimate_timeline
from explainer.timeline.model import TimedLine, Timeline
from explainer.verify.check import DeliveredFilm
from explainer.verify.label_times import measure, text_spans
from explainer.verify.report import CheckResult
from measured import by_name
from project import Project

FPS = 10


def stay(text: str, first: int, last: int, then: str = "", header: bool = False) -> LabelStay:
    return LabelStay(text, then or text, first, last, header)


def film(project: Project, *stays: tuple[LabelStay, ...]) -> Timeline:
    """Two lines of a scene, of a second at least, in which these texts can be seen."""
    clock = estimate_timeline(load(project.script), FPS)
    (scene,) = clock.scenes
    lines = tuple(replace(line, stays=seen) for line, seen in zip(scene.lines, stays, strict=True))
    return replace(clock, scenes=(replace(scene, lines=lines),))


def judged(clock: Timeline) -> dict[str, CheckResult]:
    facts = Probe("", (), (), (), (), (), False)
    return by_name(measure(DeliveredFilm(Path("film.mp4"), facts, [clock])))


def frames(line: TimedLine) -> int:
    return (line.end - line.start) * FPS // TICKS


@pytest.mark.fault("label times")
@pytest.mark.parametrize(
    ("seen", "said"),
    [
        (stay("Brief", 5, 15), "“Brief” 1.10 s (dots.one at 0.50 s)"),
        (stay("A blink", 8, 8), "“A blink” 0.10 s (dots.one at 0.80 s)"),
    ],
)
def test_a_label_that_goes_before_it_is_read_is_told_with_its_line_and_moment(
    project: Project, seen: LabelStay, said: str
) -> None:
    row = judged(film(project, (seen,), ()))["label times"]
    assert (row.ok, row.measured) == (False, said)


def test_a_label_may_go_on_from_line_to_line(project: Project) -> None:
    last = frames(film(project, (), ()).lines[0]) - 1
    clock = film(project, (stay("On", last - 8, last),), (stay("On", 0, 7),))
    (span,) = text_spans(clock)
    assert (span.end - span.start, span.line) == (17 * TICKS // FPS, "dots.one")
    assert judged(clock)["label times"].ok


def test_a_label_at_the_edge_of_a_part_may_be_seen_for_longer_in_the_whole_film(
    project: Project,
) -> None:
    clock = film(project, (stay("Early", 0, 3), stay("Brief", 5, 8)), ())
    assert "“Early” 0.40 s" in judged(clock)["label times"].measured
    row = judged(replace(clock, is_part=True))["label times"]
    assert row.faults == ("“Brief” 0.40 s (dots.one at 0.50 s)",)


def test_a_number_that_runs_and_a_cross_fade_are_one_text(project: Project) -> None:
    clock = film(project, (stay("1 cell", 0, 6, "7 cells"), stay("7 cells", 8, 20)), ())
    (span,) = text_spans(clock)
    assert (span.text, span.end) == ("1 cell", 21 * TICKS // FPS)


def test_marks_of_axes_and_the_header_are_not_judged_by_their_time(project: Project) -> None:
    clock = film(project, (stay("10", 0, 3), stay("Title", 0, 3, header=True)), ())
    assert judged(clock)["label times"].measured == "no labels"


@pytest.mark.fault("labels and words")
@pytest.mark.parametrize(("late", "ok"), [(-4, False), (-2, True), (2, True), (12, False)])
def test_a_label_with_the_name_of_a_cue_comes_with_its_word(
    project: Project, late: int, ok: bool
) -> None:
    clock = film(project, (), ())
    line = clock.lines[0]
    cue = line.cues[0]
    at = (cue.start - line.start) * FPS // TICKS + late
    changed = replace(line, texts={cue.name: ("A dot",)}, stays=(stay("A dot", at, at + 20),))
    scene = replace(clock.scenes[0], lines=(changed, *clock.lines[1:]))
    row = judged(replace(clock, scenes=(scene,)))["labels and words"]
    assert row.ok is ok
    assert ok or "A dot" in row.measured


def test_a_record_that_does_not_say_when_texts_are_seen_is_not_judged(project: Project) -> None:
    clock = estimate_timeline(load(project.script), FPS)
    assert {row.ok for row in judged(clock).values()} == {None}
