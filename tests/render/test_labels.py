"""Labels are noted where they stand, come back with a kept clip, and are judged on the picture."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from explainer import draw
from explainer.cache.store import Cache
from explainer.draw.local import LocalRenderer
from explainer.frame_format import find_format
from explainer.progress import Progress
from explainer.script.loader import load
from explainer.timeline.json import from_json
from explainer.timeline.labels import Label
from explainer.timeline.layout import estimate_timeline
from explainer.timeline.scene_timing import scene_timings
from explainer.verify.label_placement import placement_errors
from labels import MIDDLE, drawn, failed, judged, noted
from measured import picture_results
from project import TINY, Project

pytestmark = pytest.mark.render

HD = find_format("1080p30")


def test_a_label_is_noted_with_its_text_box_size_and_colour(project: Project) -> None:
    (label,) = noted(project, f"self.add({MIDDLE}.to_edge(UP, buff=3))")
    assert (label.text, label.colour, label.opacity) == ("Dots", "#f4f6ff", 1)
    left, top, right, bottom = label.box
    assert left + right == pytest.approx(1920, abs=1)
    assert top == pytest.approx(3 * 135, abs=1)  # a unit is 135 pixels
    assert label.size == pytest.approx(48 / 72 * 135, abs=0.1)
    # capitals of Inter are 0.727 of its em high, and o dips under the line
    assert bottom - top == pytest.approx(0.74 * label.size, rel=0.03)
    assert label.frames[0] == 0
    assert len(label.frames) == len(set(label.frames)) > 4


def test_a_shape_announced_as_text_is_a_label_too(project: Project) -> None:
    found = noted(
        project,
        "from explainer.scene import mark_as_text; a = Square(1, fill_opacity=1); "
        "mark_as_text(a, 'four', 0.5); b = a.copy().shift(2 * RIGHT).scale(2); self.add(a, b)",
    )
    assert [(label.text, label.size) for label in found] == [("four", 67.5), ("four", 135.0)]


def test_a_label_is_where_the_camera_shows_it_and_a_pinned_one_stays(project: Project) -> None:
    found = noted(
        project,
        f"a, b = {MIDDLE}, {MIDDLE}; self.pin(b); self.add(a, b); "
        "self.camera.frame.scale(0.5).shift(LEFT)",
    )
    near, pinned = found
    assert near.size == pytest.approx(2 * pinned.size, abs=0.2)
    assert sum(near.box[::2]) / 2 == pytest.approx(960 + 2 * 135, abs=1)
    assert sum(pinned.box[::2]) / 2 == pytest.approx(960, abs=1)


def test_what_cannot_be_seen_is_no_label(project: Project) -> None:
    away, faint = f"{MIDDLE}.shift(20 * RIGHT)", f"{MIDDLE}.set_opacity(0.4)"
    assert noted(project, f"self.add({away}, {faint})") == ()


def test_a_text_is_noted_once_it_comes_and_no_more_once_it_is_gone(project: Project) -> None:
    code = f"t = {MIDDLE}; self.wait(0.6); self.add(t); self.wait(0.6); self.remove(t)"
    (label,) = noted(project, code)
    assert label.frames == (6, 10, 11)


def test_a_text_breaks_its_lines_alike_at_every_size(project: Project) -> None:
    code = "self.add(Text('A rather long text for so small a picture', font_size=40))"
    boxes = []
    for size in ("160x90@10", "640x360@10"):
        boxes.append(drawn(project, code, size)[0].lines[0].labels[0].box)
        code = ""
    assert boxes[0] == pytest.approx(boxes[1], abs=1)


def test_a_kept_clip_still_has_its_labels(project: Project) -> None:
    project.edit_scene("from manim import", "from manim import Text,")
    project.edit_scene("one(self):", f"one(self):\n        self.add({MIDDLE})")
    script, shape = load(project.script), find_format(TINY)
    shots, cache = (
        scene_timings(estimate_timeline(script, 10)),
        Cache(project.folder / ".explainer-cache"),
    )
    with Progress(quiet=True) as progress:
        first, again = (
            draw.clips(
                script, shots, ["dots.one"], shape, cache, progress, {}, LocalRenderer(shape)
            )[0]
            for _ in range(2)
        )
    assert (first.reused, again.reused) == (False, True)
    assert first.labels == again.labels != ()


def test_labels_come_back_from_the_timelines_json(project: Project) -> None:
    clock, _ = drawn(project, f"self.add({MIDDLE})", TINY)
    assert from_json(clock.to_json()) == clock
    assert json.loads(clock.to_json())["scenes"][0]["lines"][0]["labels"][0]["text"] == "Dots"


def test_a_good_label_passes_every_row(project: Project) -> None:
    found = judged(project, f"self.add({MIDDLE}.shift(2.6 * UP))")
    assert failed(found) == set()
    assert "1 labels, nearest 19." in found["legibility"].measured
    assert found["text size"].measured == "smallest 90 px"


def test_a_film_without_labels_passes_and_says_so(project: Project) -> None:
    found = judged(project, "pass")
    assert failed(found) == set()
    assert found["legibility"].measured == found["text size"].measured == "no labels"


@pytest.mark.fault("legibility")
def test_a_label_of_poor_contrast_is_found_with_its_moment(project: Project) -> None:
    grey = "Text('grey', font='Inter', font_size=18, color='#606060').shift(2.6 * UP)"
    found = judged(project, f"self.add({grey})")
    assert failed(found) == {"legibility"}
    assert found["legibility"].measured.startswith("“grey” 3.3:1 (dots.one at ")


def test_a_draft_is_too_small_to_judge_contrast_on(project: Project) -> None:
    clock, clip = drawn(project, f"self.add({MIDDLE}.shift(2.6 * UP))", "854x480@10")
    found = picture_results(clip.path, clock)
    assert failed(found) == {"legibility"}
    assert found["legibility"].ok is None


def test_a_large_label_may_have_less_contrast(project: Project) -> None:
    grey = "Text('grey', font='Inter', font_size=24, color='#606060').shift(2.6 * UP)"
    assert failed(judged(project, f"self.add({grey})")) == set()


@pytest.mark.fault("legibility")
def test_a_label_is_held_against_what_is_behind_it(project: Project) -> None:
    plate = "Rectangle(width=6, height=1.4, stroke_width=0, fill_color='#C0C4D0', fill_opacity=1)"
    found = judged(project, f"self.add({plate}.shift(2.4 * UP), {MIDDLE}.shift(2.4 * UP))")
    assert failed(found) == {"legibility"}


@pytest.mark.fault("legibility")
def test_a_label_that_is_see_through_has_the_contrast_of_the_mixture(project: Project) -> None:
    faint = "Text('faint', font='Inter', font_size=18, color='#909090').shift(2.6 * UP)"
    assert failed(judged(project, f"self.add({faint}.set_opacity(0.6))")) == {"legibility"}


def test_a_label_that_fades_is_judged_when_it_is_there(project: Project) -> None:
    code = f"self.play(FadeIn({MIDDLE}.shift(2.6 * UP)), run_time=1.1)"
    assert failed(judged(project, code)) == set()


def test_a_change_of_colours_is_not_judged_on_its_way(project: Project) -> None:
    """Dark on light turns into light on dark, and is like its ground for a moment."""
    plate = "Rectangle(width=6, height=1.4, stroke_width=0, fill_color='#E8EAF4', fill_opacity=1)"
    code = (
        f"r, t = {plate}.shift(2.4 * UP), {MIDDLE}.set_color('#101010').shift(2.4 * UP); "
        "self.add(r, t); self.wait(0.3); self.play(r.animate.set_fill('#101010'), "
        "t.animate.set_fill('#E8EAF4'), run_time=0.8, rate_func=linear)"
    )
    clock, clip = drawn(project, code)
    (line,) = clock.lines
    assert len({label.colour for label in line.labels}) > 2, "no frame is on the way"
    assert failed(picture_results(clip.path, clock)) == set()


@pytest.mark.fault("legibility")
def test_a_label_too_small_to_read_is_found(project: Project) -> None:
    found = judged(project, f"self.add({MIDDLE}.scale(0.25).shift(2.6 * UP))")
    assert failed(found) == {"text size"}
    assert found["text size"].measured == "“Dots” 22.5 px (dots.one)"


@pytest.mark.fault("legibility")
@pytest.mark.parametrize(
    ("where", "fault"),
    [
        (".shift(7.5 * RIGHT + 2 * UP)", "“Dots” leaves the frame"),
        (".shift(3 * DOWN)", "“Dots” enters the caption band"),
    ],
)
def test_a_label_out_of_its_place_is_found(project: Project, where: str, fault: str) -> None:
    found = judged(project, f"self.add({MIDDLE}{where})")
    assert failed(found) == {"labels"}
    assert found["labels"].measured == f"{fault} (dots.one at 0.00 s)"


@pytest.mark.fault("legibility")
def test_labels_that_overlap_are_found_when_they_meet(project: Project) -> None:
    other = "Text('other', font='Inter', font_size=48)"
    code = f"o = {other}; self.add({MIDDLE}.shift(2.4 * UP), o.shift(2.4 * UP + 3 * LEFT))"
    assert failed(judged(project, code)) == set()
    project.edit_scene("o.shift", "o.shift(0.4 * DOWN).shift")
    project.edit_scene("3 * LEFT))", "3 * LEFT)); self.wait(0.5); o.shift(2.4 * RIGHT)")
    found = judged(project, "")
    assert found["labels"].measured == "“Dots” and “other” overlap (dots.one at 0.50 s)"


def test_labels_that_never_stand_together_do_not_overlap() -> None:
    one = Label("a", (200, 200, 300, 240), 30, "#ffffff", frames=(0, 5, 6))
    other = replace(one, text="b", frames=(10,))
    assert placement_errors([one, other], HD) == []
    assert placement_errors([one, replace(other, frames=(5, 6, 10))], HD) == [
        (5, "“a” and “b” overlap")
    ]


def test_only_the_header_may_stand_in_the_header() -> None:
    label = Label("One", (100, 60, 200, 90), 26, "#ffffff", frames=(3,))
    assert placement_errors([label], HD) == [(3, "“One” enters the header")]
    assert placement_errors([replace(label, header=True)], HD) == []


def test_the_header_is_known_by_what_the_scene_says_of_it(project: Project) -> None:
    code = f"g = VGroup({MIDDLE}); g.is_header = True; self.add(g)"
    (label,) = noted(project, code)
    assert label.header


def test_the_header_is_kept_free_where_a_film_has_one(project: Project) -> None:
    title = f"t = {MIDDLE}.shift(3.6 * UP); self.add(t)"
    assert failed(judged(project, title)) == set()
    header = "h = Text('Head', font='Inter', font_size=24).shift(3.6 * UP + 4 * LEFT)"
    clock, clip = drawn(project, "")
    (line,) = clock.lines
    assert not any(label.header for label in line.labels)
    head = replace(line.labels[0], text="Head", box=(10.0, 10.0, 90.0, 50.0), header=True)
    scene = replace(clock.scenes[0], lines=(replace(line, labels=(*line.labels, head)),))
    found = picture_results(clip.path, replace(clock, scenes=(scene,)))
    assert "“Dots” enters the header" in found["labels"].measured
    assert header


@pytest.mark.parametrize(
    "turned", ["", ".rotate(PI / 2)", ".rotate(1)", ".scale(0.5).scale(2)", ".copy()"]
)
def test_a_labels_size_is_that_of_its_type_however_it_is_turned(
    project: Project, turned: str
) -> None:
    (label,) = noted(project, f"self.add({MIDDLE}{turned})")
    assert label.size == pytest.approx(90, abs=0.2)


@pytest.mark.parametrize(
    "comes",
    [
        "GrowFromCenter(t)",
        "FadeIn(t, scale=0)",
        "Write(t)",
        "Create(t)",
        "GrowFromPoint(t, 3 * LEFT)",
        "SpinInFromNothing(t)",
        "DrawBorderThenFill(t)",
    ],
)
def test_a_label_that_grows_is_judged_once_it_has_grown(project: Project, comes: str) -> None:
    small = "Text('small', font='Inter', font_size=16).shift(2.4 * UP)"
    code = f"t = {small}; self.play({comes}, run_time=0.9)"
    found = judged(project, code)
    assert failed(found) == set()
    assert found["text size"].measured == "smallest 30 px"


def test_a_label_that_is_too_small_once_it_has_grown_is_found(project: Project) -> None:
    tiny = "Text('tiny', font='Inter', font_size=11).shift(2.4 * UP)"
    found = judged(project, f"self.play(GrowFromCenter({tiny}), run_time=0.9)")
    assert "text size" in failed(found)


def test_each_colour_of_a_text_is_judged(project: Project) -> None:
    text = "Text('light dark', font='Inter', font_size=18, t2c={'dark': '#303030'}).shift(2.4 * UP)"
    found = judged(project, f"self.add({text})")
    assert failed(found) == {"legibility"}


@pytest.mark.parametrize(
    "way",
    [
        "self.play(GrowFromCenter(t), run_time=self.time_until('dot') + 0.6)",
        "self.add(t); self.play(ShrinkToCenter(t), run_time=self.time_until('dot') + 0.6)",
        "self.add(t); self.play(FadeOut(t, scale=0), run_time=0.6)",
        "self.add(t); self.play(Unwrite(t), run_time=0.6)",
        "self.add(t); self.play(Uncreate(t), run_time=0.6)",
    ],
)
def test_a_label_is_judged_between_growing_and_shrinking(project: Project, way: str) -> None:
    project.edit_scene('at="dot", ', "")
    code = f"t = Text('small', font='Inter', font_size=16).shift(2.4 * UP); {way}"
    clock, clip = drawn(project, code, "160x90@60")
    row = picture_results(clip.path, clock)["text size"]
    assert row.ok
    size = float(row.measured.removeprefix("smallest ").removesuffix(" px"))
    assert 27 < size <= 30


RUNNING = (
    "v = ValueTracker(0); n = DecimalNumber(0, 2, mob_class=Text{}); "
    "n.add_updater(lambda m: m.set_value(v.get_value()).move_to({})); self.add(n); "
    "self.play(v.animate.set_value(7), run_time=1, rate_func=linear); self.remove(n)"
)


@pytest.mark.fault("legibility")
@pytest.mark.parametrize(
    ("style", "where", "faulty"),
    [
        ("", "2.4 * UP", set()),
        (", color='#404040'", "2.4 * UP", {"legibility"}),
        (", font_size=11", "2.4 * UP", {"text size"}),
        ("", "3.2 * DOWN", {"labels"}),
    ],
)
def test_a_number_that_runs_is_judged_as_one_label(
    project: Project, style: str, where: str, faulty: set[str]
) -> None:
    found = judged(project, RUNNING.format(style, where))
    assert failed(found) == faulty
    assert all(len(row.faults) <= 1 for row in found.values())


@pytest.mark.fault("legibility")
def test_a_text_that_is_made_anew_for_each_frame_is_judged(project: Project) -> None:
    """Its words and the mobject that it is change all the time, its place does not."""
    code = (
        "g = VGroup(); g.add_updater(lambda g, dt: g.set(submobjects=[Text("
        "f'{self.renderer.seconds:.1f}', color='#404040').shift(2.4 * UP)])); self.add(g); "
        "self.wait(1); self.remove(g)"
    )
    assert failed(judged(project, code)) == {"legibility"}


def test_a_label_in_many_colours_is_judged_in_its_darkest(project: Project) -> None:
    text = "Text('lightanddark', font='Inter', gradient=(WHITE, '#202020')).shift(2.4 * UP)"
    found = judged(project, f"self.add({text})")
    assert failed(found) == {"legibility"}


def test_a_plate_behind_a_text_is_no_part_of_it(project: Project) -> None:
    found = judged(project, f"self.add({MIDDLE}.shift(2.4 * UP).add_background_rectangle())")
    assert failed(found) == set()
    assert found["text size"].measured == "smallest 90 px"


PLATE = "Rectangle(width=6, height=1.4, stroke_width=0, fill_color='#303848', fill_opacity=1)"


@pytest.mark.parametrize(
    "beside",
    [
        "self.add(t, SurroundingRectangle(t))",
        "self.add(t, Underline(t, color=YELLOW))",
        "self.add(t, Cross(t))",
        "self.add(t); self.play(Circumscribe(t), run_time=0.8)",
        # for half a second something passes by
        "self.add(t); p = Square(0.5, fill_opacity=1).move_to(t).shift(2 * LEFT); self.wait(0.3); "
        "self.play(p.animate.shift(4 * RIGHT), run_time=0.5, rate_func=linear); self.remove(p)",
        # what covers a label goes away
        f"p = {PLATE}.move_to(t); self.add(t, p); self.wait(0.5); self.remove(p)",
        f"self.add(t); self.wait(0.5); self.add({PLATE}.move_to(t))",
    ],
)
def test_what_comes_near_a_label_does_not_make_it_hard_to_read(
    project: Project, beside: str
) -> None:
    found = judged(project, f"t = {MIDDLE}.shift(2.4 * UP); {beside}")
    assert failed(found) == set()


@pytest.mark.fault("legibility")
@pytest.mark.parametrize("over", [PLATE, f"{PLATE}.set_fill('#000000', 0.8)"])
def test_a_label_that_is_covered_all_the_time_is_found(project: Project, over: str) -> None:
    found = judged(project, f"self.add({MIDDLE}.shift(2.4 * UP), {over}.shift(2.4 * UP))")
    assert failed(found) == {"legibility"}
    assert found["legibility"].measured == "“Dots” is covered (dots.one at 0.00 s)"


def test_a_film_whose_labels_never_stay_as_they_are_says_so(project: Project) -> None:
    code = (
        f"t = {MIDDLE}.shift(2.4 * UP); self.add(t); self.play(UpdateFromAlphaFunc("
        "t, lambda m, a: m.set_opacity(0.9 - a / 3)), run_time=1, rate_func=linear); self.remove(t)"
    )
    row = judged(project, code)["legibility"]
    assert (row.ok, row.measured, row.required) == (None, "", "not judged: no label stays as it is")


LOW = "Text('Low', font='Inter', font_size=40, color='#F4F6FF').shift(3.1 * DOWN)"


@pytest.mark.fault("caption band")
@pytest.mark.parametrize(
    ("code", "text", "frames"),
    [
        (f"t = {LOW}; self.wait(0.6); self.add(t); self.wait(0.2); self.remove(t)", "Low", (6, 7)),
        (f"t = {LOW}; self.play(FadeIn(t), run_time=0.8); self.remove(t)", "Low", (5, 7)),
        (
            f"t = {LOW}.shift(3 * UP); self.add(t); "
            "self.play(t.animate(rate_func=linear).shift(12 * DOWN), run_time=1)",
            "Low",
            (2, 3),
        ),
        (f"t = {LOW}; self.wait(0.3); g = t[0:2]; self.add(g); self.wait(0.1); self.remove(g)",
         "Lo", (3, 3)),
        (f"t = {LOW}.shift(4 * LEFT); self.pin(t); self.camera.frame.scale(0.3); self.wait(0.3); "
         "self.add(t); self.wait(0.2); self.remove(t)", "Low", (3, 4)),
        (f"t = {LOW}.shift(1.7 * UP); self.wait(0.3); self.add(t); self.camera.frame.scale(0.5); "
         "self.wait(0.2); self.remove(t)", "Low", (3, 4)),
    ],
)  # fmt: skip
def test_a_text_that_enters_the_caption_band_in_any_frame_is_found(
    project: Project, code: str, text: str, frames: tuple[int, int]
) -> None:
    clock, clip = drawn(project, code, "320x180@10")
    assert clip.low_texts == ((text, *frames),)
    row = picture_results(clip.path, clock)["caption band"]
    assert row.ok is False
    start, end = frames[0] / 10, (frames[1] + 1) / 10
    assert row.measured == f"“{text}” from {start:.2f} to {end:.2f} s (dots.one)"
    assert from_json(clock.to_json()) == clock


@pytest.mark.fault("caption band")
def test_a_text_in_space_that_enters_the_caption_band_is_found(project: Project) -> None:
    project.edit_scene("class Dots(NarratedScene)", "class Dots(NarratedScene, ThreeDScene)")
    code = f"t = {LOW}; self.wait(0.3); self.add(t); self.wait(0.2); self.remove(t)"
    _, clip = drawn(project, code, "320x180@10")
    assert clip.low_texts == (("Low", 3, 4),)


@pytest.mark.parametrize("shift", ["3.8 * DOWN", "2.5 * DOWN", "DOWN * 3.1 + 9 * LEFT"])
def test_a_text_above_below_or_beside_the_caption_band_is_none_in_it(
    project: Project, shift: str
) -> None:
    code = f"self.add({LOW}.move_to({shift}).scale(0.5))"
    clock, clip = drawn(project, code, "320x180@10")
    assert clip.low_texts == ()
    row = picture_results(clip.path, clock)["caption band"]
    assert (row.ok, row.required) == (None, "not judged: no signatures to hold each frame to")


@pytest.mark.parametrize(
    ("code", "stays"),
    [
        (f"t = {LOW}; self.wait(0.2); self.add(t); self.wait(0.3); self.remove(t)",
         [("Low", 2, 4)]),
        (f"t = {LOW}; self.play(FadeIn(t), run_time=0.8); self.remove(t)", [("Low", 5, 7)]),
        (f"t = {LOW}; self.add(t); self.wait(0.2); self.remove(t); self.wait(0.2); self.add(t); "
         "self.wait(0.1); self.remove(t)", [("Low", 0, 1), ("Low", 4, 4)]),
        (f"t = {LOW}; self.add(t); self.wait(0.2); t.shift(20 * RIGHT); self.wait(0.2)",
         [("Low", 0, 1)]),
        (f"t = {LOW}; self.add(t); self.wait(0.2); self.camera.frame.shift(20 * RIGHT); "
         "self.wait(0.2)", [("Low", 0, 1)]),
        (f"t = {LOW}; self.add(Square()); self.wait(0.2); t.set_opacity(0.3); self.add(t)", []),
    ],
)  # fmt: skip
def test_when_a_text_is_in_sight_is_noted_in_every_frame(
    project: Project, code: str, stays: list[tuple[str, int, int]]
) -> None:
    clock, clip = drawn(project, code, "320x180@10")
    found = [(stay.text, stay.first, stay.last) for stay in clip.stays if stay.text == "Low"]
    assert found == stays
    assert from_json(clock.to_json()) == clock
