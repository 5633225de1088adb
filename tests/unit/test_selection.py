"""One reading of `SCENE[.LINE][@CUE]`, by whoever names a part of a film."""

from __future__ import annotations

import pytest

from explainer.errors import ScriptError
from explainer.script.loader import load
from explainer.script.selection import Selection, find_line, select_lines
from explainer.timeline.layout import estimate_timeline
from explainer.timeline.selection import select, select_frame
from project import Project


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", ("", "", "", "")),
        ("dots", ("dots", "dots", "", "")),
        ("dots.one", ("dots.one", "dots", "one", "")),
        ("dots.one@dot", ("dots.one", "dots", "one", "dot")),
    ],
)
def test_a_name_has_a_scene_a_line_and_a_cue(text: str, parts: tuple[str, ...]) -> None:
    named = Selection.parse(text)
    assert (named.key, named.scene, named.line, named.cue) == parts


@pytest.mark.parametrize("selection", ["", "dots", "dots.two"])
def test_script_and_timeline_have_the_same_lines_of_a_part(
    project: Project, selection: str
) -> None:
    script = load(project.script, check_scenes=False)
    timeline = estimate_timeline(script, 10)
    in_script = [line.key for line in select_lines(script.lines, selection)]
    assert [line.key for line in select(timeline, selection).lines] == in_script
    assert [line.key for line in select_lines(timeline.lines, selection)] == in_script


def test_script_and_timeline_say_the_same_of_a_part_that_is_not_there(project: Project) -> None:
    script = load(project.script, check_scenes=False)
    timeline = estimate_timeline(script, 10)
    said = []
    for choose in (lambda: select_lines(script.lines, "x"), lambda: select(timeline, "x")):
        with pytest.raises(ScriptError) as caught:
            choose()
        said.append(str(caught.value))
    assert said == ["the script has no “x”\n  → choose one of dots, dots.one, dots.two"] * 2


def test_a_moment_names_its_line_and_its_frame(project: Project) -> None:
    timeline = estimate_timeline(load(project.script, check_scenes=False), 10)
    line, frame = select_frame(timeline, "dots.one@dot")
    assert line is find_line(timeline.lines, "dots.one")
    assert frame < select_frame(timeline, "dots.one")[1]
    with pytest.raises(ScriptError, match=r"no line called “dots.three”"):
        select_frame(timeline, "dots.three@dot")
    with pytest.raises(ScriptError, match=r"line dots.one has no cue “spot”"):
        select_frame(timeline, "dots.one@spot")
