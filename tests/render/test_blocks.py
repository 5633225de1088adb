"""Building blocks: the film of docs/blocks.md, and what blocks keep wherever they are put."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from manim import (
    RIGHT,
    Circle,
    FadeIn,
    Group,
    Mobject,
    MoveToTarget,
    Square,
    Transform,
    VGroup,
    tempconfig,
)
from PIL import Image

from explainer import blocks, draw
from explainer.blocks import (
    ON_DARK,
    ON_LIGHT,
    BarRace,
    BeforeAfter,
    CodeListing,
    Counter,
    CurveChart,
    Palette,
    PeopleMap,
    PictureWipe,
    Steps,
    Timeline,
    read_table,
)
from explainer.blocks.lettering import _letters, text_points, width_of
from explainer.cli import main
from explainer.draw.stills import stills
from explainer.errors import SceneError
from explainer.frame_format import find_format
from explainer.script.loader import load
from explainer.stage import scene as stage_scene
from explainer.stage.errors import StageError
from explainer.stage.frame import SafeArea, pixel, safe_area
from explainer.stage.label_texts import set_label_texts
from explainer.stage.labels import outline_size
from explainer.stage.text_content import em_per_size, reading_of
from explainer.stage.value_animation import ChangeValue
from explainer.timeline.layout import estimate_timeline
from explainer.timeline.scene_timing import scene_timings
from extended import example
from project import ROOT, TINY, Project

pytestmark = pytest.mark.render

Q = find_format(TINY)
PROGRAM = "def f(x):\n    return [x] * 2  # twice\n"
NAMES = ["Wheat", "Rice"]


def bulb() -> Mobject:
    """The block that docs/adding.md shows."""
    names: dict[str, object] = {"__name__": "bulb"}
    exec(example("A building block"), names)
    return names["Bulb"]()


BLOCKS: dict[str, tuple[Callable[[], Mobject], object]] = {
    "bars": (lambda: BarRace(NAMES, [[1, 9], [5, 2]], ["1980", "2020"], template="{} Mt"), 0.6),
    "counter": (lambda: Counter(3, template="{} %", decimals=1, separators=(".", ",")), 1234.5),
    "dates": (lambda: Timeline([1, 4, 9], ["a b", "c", "d"]), 5.0),
    "people": (lambda: PeopleMap(24), 5.5),
    "steps": (lambda: Steps(["Mix it", "Bake it well", "Eat"]), 1.5),
    "curve": (lambda: CurveChart((0, 9, 3), (0, 81, 27)).plot(lambda x: x * x), 4.2),
    "bulb": (bulb, 0.7),
    "listing": (lambda: CodeListing(PROGRAM, "python"), np.array([1, 2, 0.5])),
}
"""Each block that shows a value, and one of its values."""
OTHERS: dict[str, Callable[[], Mobject]] = {
    "chart": lambda: CurveChart((0, 9, 3), (-1, 1, 0.5), x_title="t", y_title="V", y_decimals=1),
    "pair": lambda: BeforeAfter(Circle(), Square(), ["Before", "After"]),
}


@pytest.fixture(autouse=True)
def labels_shown() -> Iterator[None]:
    set_label_texts({}, True)
    yield
    set_label_texts({}, True)


def manual(folder: Path) -> Path:
    """The film of docs/blocks.md in a folder; gives its script."""
    sys.path.insert(0, str(ROOT / "bench"))
    try:
        from block_stills import write_film
    finally:
        sys.path.remove(str(ROOT / "bench"))
    return write_film(folder)


@pytest.mark.parametrize("size", [TINY, pytest.param("1280x720@30", marks=pytest.mark.whole)])
def test_the_film_of_the_manual_can_be_read_and_does_not_flash(
    size: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = str(manual(tmp_path / "film"))
    given = ["--script", script, "--voice", "tone"]
    assert main(["check", *given]) == 0
    assert main([*given, "--quality", size]) == 0
    capsys.readouterr()
    main(["verify", str(tmp_path / "film" / "build" / "blocks.mp4"), "--script", script, "--json"])
    found = json.loads(capsys.readouterr().out)
    # the voice of beeps is too quick for the row on rhythm
    assert [row for row in found["failed"] if row != "rhythm"] == []
    assert not any("\n" in row["measured"] for row in found["rows"])


@pytest.mark.parametrize("name", blocks.__all__)
def test_everything_that_scenes_may_import_is_in_the_manual(name: str) -> None:
    manual = (ROOT / "docs" / "blocks.md").read_text(encoding="utf-8")
    assert f"`{name}" in manual


def texts_of(mobject: Mobject) -> list[tuple[str, Mobject]]:
    """The texts in a block, with what says them."""
    found = []
    waiting = [mobject]
    while waiting:
        part = waiting.pop()
        reading = reading_of(part)
        if reading is None:
            waiting += part.submobjects
        elif reading.text.strip():
            found.append((reading.text, part))
    return found


@pytest.mark.sampled(13)
@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1920), (1080, 1080)], ids=str)
@pytest.mark.parametrize("name", [*BLOCKS, *OTHERS])
def test_a_block_s_texts_stand_in_the_safe_area_of_every_aspect_and_can_be_read(
    name: str, size: tuple[int, int]
) -> None:
    frame = {"frame_width": 8 * size[0] / min(size), "frame_height": 8 * size[1] / min(size)}
    with tempconfig(frame):
        make = BLOCKS[name][0] if name in BLOCKS else OTHERS[name]
        made = make()
        area = safe_area()
        if name in BLOCKS:
            made.show_value(BLOCKS[name][1])
        shapes = [(text, part, part.get_family()) for text, part in texts_of(made)]
        assert shapes or name in ("people", "curve", "bulb")
        for text, part, family in shapes:
            ems = [em_per_size(one) * outline_size(one.points[:, :2]) for one in family]
            assert round(max(ems) / pixel(), 3) >= 24, text
            assert area.left - 0.01 <= part.get_left()[0], text
            assert part.get_right()[0] <= area.right + 0.01, text
            assert area.bottom - 0.01 <= part.get_bottom()[1], text
            assert part.get_top()[1] <= area.top + 0.01, text


def points_of(mobject: Mobject) -> np.ndarray:
    return np.concatenate([part.points for part in mobject.get_family()])


@pytest.mark.parametrize("name", BLOCKS)
def test_a_block_shows_the_same_wherever_it_was_moved_before(name: str) -> None:
    make, value = BLOCKS[name]
    late, early = make(), make()
    if name == "curve":  # it is a part of its chart, whose axes it follows
        late_whole, early_whole = late.chart, early.chart
    else:
        late_whole, early_whole = late, early
    late.show_value(value)
    for whole in (late_whole, early_whole):
        whole.scale(0.5).shift((1, -0.5, 0))
    early.show_value(value)
    if name == "curve":
        # a dot keeps its size as it is moved
        assert np.allclose(late.path.points, early.path.points, atol=1e-6)
        assert np.allclose(late.tip.get_center(), early.tip.get_center(), atol=1e-6)
    else:
        assert np.allclose(points_of(late_whole), points_of(early_whole), atol=1e-6)


@pytest.mark.parametrize("name", BLOCKS)
def test_a_block_may_be_moved_by_one_animation_while_another_changes_it(name: str) -> None:
    make, value = BLOCKS[name]
    both, still = make(), make()
    moving = both.chart if name == "curve" else both
    moving.generate_target().shift(RIGHT)
    animations = [ChangeValue(both, value), MoveToTarget(moving)]
    for animation in animations:
        animation.begin()
    for animation in animations:
        animation.interpolate(0.5)
    for animation in animations:
        animation.finish()
    still.show_value(value)
    (still.chart if name == "curve" else still).shift(RIGHT)
    assert np.allclose(points_of(both), points_of(still), atol=1e-6)
    shown, wanted = (
        [part.get_fill_rgbas() for part in each.get_family()] for each in (both, still)
    )
    assert all(np.allclose(one, other) for one, other in zip(shown, wanted, strict=True))


@pytest.mark.parametrize("name", BLOCKS)
def test_a_block_fades_in_as_it_is_and_can_become_another_thing(name: str) -> None:
    make, value = BLOCKS[name]
    block = make()
    block.show_value(value)
    whole = [part.get_fill_opacity() for part in block.get_family()]
    fade = FadeIn(block)
    fade.begin()
    fade.interpolate(0.5)
    assert all(
        part.get_fill_opacity() <= 0.6 * full + 1e-9
        for part, full in zip(block.get_family(), whole, strict=True)
    )
    fade.finish()
    assert np.allclose([part.get_fill_opacity() for part in block.get_family()], whole)
    change = Transform(block, Square())
    change.begin()
    change.finish()
    assert np.allclose(block.get_top(), Square().get_top())


def test_a_line_drawn_alone_shows_every_block_as_the_lines_before_left_it(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.scene.write_text(
        """\
from manim import *

from explainer.blocks import *
from explainer.scene import NarratedScene


class Dots(NarratedScene):
    def one(self):
        self.bars = BarRace(["a", "b"], [[1, 9, 4], [5, 2, 6]], ["x", "y", "z"])
        self.number = Counter(0, label_size=60).shift(2 * UP)
        self.line = Timeline([1, 4, 9], ["a", "c", "d"])
        self.steps = Steps(["A", "B", "C"]).scale(0.3).shift(DOWN)
        self.people = PeopleMap(24).scale(0.3).shift(2 * LEFT)
        self.code = CodeListing("a\\nb\\nc", "python").shift(3 * RIGHT)
        self.curve = CurveChart((0, 9, 3), (0, 81, 27)).plot(lambda x: x * x)
        self.add(self.curve.chart, self.bars, self.number, self.line, self.steps)
        self.add(self.people, self.code)
        moves = [self.bars.advance_to("y"), self.number.count_to(77), self.line.advance_to(4)]
        moves += [self.steps.go_to(2), self.people.mark(5), self.code.light(2)]
        self.play(*moves, self.curve.grow_to(3), until="dot")

    def two(self):
        moves = [self.bars.advance_to(), self.number.count_to(5), self.line.advance_to()]
        moves += [self.steps.go_to(3), self.people.mark(9), self.code.light(1, 3)]
        self.play(*moves, self.curve.grow_to(), run_time=0.5)
""",
        encoding="utf-8",
    )
    script = load(project.script)
    shots = scene_timings(estimate_timeline(script, Q.fps))

    def drawn() -> list[np.ndarray]:
        return stills(script, shots, "dots.two", range(7), Q)

    passed = drawn()
    # the line before, frame by frame
    monkeypatch.setattr(stage_scene, "needs_every_frame", lambda scene: True)
    for alone, after in zip(passed, drawn(), strict=True):
        assert np.array_equal(alone, after)
    assert not np.array_equal(passed[0], passed[6])


def test_bars_are_as_long_as_their_numbers_and_stand_in_their_order() -> None:
    bars = BarRace(["a", "b", "c"], [[1, 8], [4, 4], [2, 6]])
    for value, order in ((0.0, "bca"), (1.0, "acb")):
        bars.show_value(value)
        lengths = [row[0].width for row in bars.rows]
        numbers = [row[int(value)] for row in bars.values]
        assert np.allclose(np.array(lengths) / lengths[0], np.array(numbers) / numbers[0])
        heights = {name: row[0].get_y() for name, row in zip("abc", bars.rows, strict=True)}
        assert "".join(sorted(heights, key=lambda name: -heights[name])) == order
    tops = []
    for value in np.linspace(0, 1, 21):
        bars.show_value(value)
        tops.append([row[0].get_y() for row in bars.rows])
    # nobody leaps
    assert np.abs(np.diff(tops, axis=0)).max() < 0.6 * np.ptp(tops)


def test_numbers_are_written_as_a_language_has_them() -> None:
    counter = Counter(0, template="{} €", decimals=2, separators=(".", ","))
    for value, text in ((1234567.891, "1.234.567,89 €"), (-0.004, "0,00 €"), (-5, "−5,00 €")):
        counter.show_value(value)
        assert texts_of(counter)[0][0] == text


def test_a_long_text_is_set_whole_in_a_film_of_any_size() -> None:
    with tempconfig({"pixel_width": 160, "pixel_height": 90}):
        twice = [width_of(text_points("ab" * count, 24)) for count in (30, 60)]
    assert abs(twice[1] / twice[0] - 2) < 0.02


def test_a_text_from_right_to_left_ends_on_its_left() -> None:
    (stop, *_), word = _letters("שלום.", 40), _letters("שלום", 40)
    assert np.ptp(stop[:, 1]) < min(np.ptp(letter[:, 1]) for letter in word)


def test_a_film_without_labels_has_blocks_without_texts() -> None:
    set_label_texts({}, False)
    for make in (*(make for make, _ in BLOCKS.values()), *OTHERS.values()):
        made = make()
        if isinstance(made, CodeListing):
            continue  # a program is the same in every language
        for _, part in texts_of(made):
            assert part.get_fill_opacity() == 0


TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
SEEN_BY = {
    "most": np.eye(3),
    "protanopes": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopes": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopes": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
"""Of linear RGB, after Machado, Oliveira and Fernandes 2009, for the whole of a deficiency."""


def linear(colour: str) -> np.ndarray:
    channels = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def luminance(colour: str) -> float:
    return float(TO_XYZ[1] @ linear(colour)) + 0.05


def lab(rgb: np.ndarray) -> np.ndarray:
    """CIELAB of linear RGB under D65."""
    xyz = TO_XYZ @ np.clip(rgb, 0, 1) / (0.9505, 1, 1.089)
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("who", SEEN_BY)
@pytest.mark.parametrize("palette", [ON_DARK, ON_LIGHT], ids=["dark", "light"])
def test_the_colours_of_a_series_can_be_told_apart_by_the_colour_blind(
    palette: Palette, who: str
) -> None:
    seen = [lab(SEEN_BY[who] @ linear(colour)) for colour in palette.series]
    assert min(np.linalg.norm(one - other) for one, other in combinations(seen, 2)) >= 20


@pytest.mark.parametrize("palette", [ON_DARK, ON_LIGHT], ids=["dark", "light"])
def test_a_palette_s_texts_have_contrast_on_its_ground_and_its_plates(palette: Palette) -> None:
    for below in (palette.ground, palette.surface):
        for colour in (palette.text, palette.muted, *palette.series):
            pair = sorted((luminance(colour), luminance(below)))
            assert pair[1] / pair[0] >= 4.5
        pair = sorted((luminance(palette.line), luminance(below)))
        assert pair[1] / pair[0] >= 3


def test_a_wipe_shows_one_picture_left_of_its_line_and_the_other_right(tmp_path: Path) -> None:
    for name, grey in (("then.png", 0), ("now.png", 200)):
        Image.new("RGB", (100, 50), (grey,) * 3).save(tmp_path / name)
    wipe = PictureWipe(tmp_path / "then.png", tmp_path / "now.png")
    wipe.show_value(0.4)
    row = wipe.get_pixel_array()[25, :, 0]
    assert (row[:38] == 200).all()
    assert (row[42:] == 0).all()
    wipe.show_value(1)
    assert (wipe.get_pixel_array()[:, :, 0] == 200).all()


def table(text: str) -> Path:
    path = Path("t.csv")
    path.write_bytes(text.encode("utf-8-sig"))
    return path.resolve()


def test_a_table_is_read_as_spreadsheets_write_it(project: Project) -> None:
    read = read_table(
        table('Jahr;"a b"\r\n1990;1,5\r\n\r\n2000;-2\r\n'), delimiter=";", decimal=","
    )
    assert read.texts("Jahr") == ["1990", "2000"]
    assert read.numbers("a b") == [1.5, -2]


NAN = float("nan")
MANY = [str(n) for n in range(40)]
REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "no people": (lambda: PeopleMap(0), "the number of people is 0, but must be at least 1"),
    "half a person": (lambda: PeopleMap(2.5), "is 2.5, but must be a whole number"),
    "too many people": (lambda: PeopleMap(100_000), "100000 people do not fit"),
    "more marked than there are": (lambda: PeopleMap(6).mark(7), "7 people cannot be marked"),
    "fewer than nobody": (lambda: PeopleMap(6).mark(-1), "must be at least 0"),
    "NaN people": (lambda: PeopleMap(NAN), "is nan, which is no number"),
    "a counter of text": (lambda: Counter("12"), "is '12', which is no number"),
    "a counter to infinity": (lambda: Counter().count_to(float("inf")), "is inf, which is no"),
    "a template without a place": (lambda: Counter(template="km"), "must have one {}"),
    "letters too small": (lambda: Counter(label_size=10), "a label size of 10 is too small"),
    "no bars": (lambda: BarRace([], []), "has 0 texts, but needs at least 1"),
    "a bar below nothing": (lambda: BarRace(["a"], [[1, -2]]), "“a” has -2"),
    "a bar of NaN": (lambda: BarRace(["a"], [[NAN]]), "the numbers of “a”, number 1 is nan"),
    "bars without numbers": (lambda: BarRace(["a"], [[]]), "the numbers of “a” has no numbers"),
    "names without bars": (lambda: BarRace(["a", "b"], [[1]]), "do not match: there are 2"),
    "bars of two lengths": (lambda: BarRace(["a", "b"], [[1], [1, 2]]), "do not match"),
    "too many bars": (lambda: BarRace(MANY, [[1]] * 40), "40 bars do not fit"),
    "a step that is not": (lambda: BarRace(["a"], [[1]], ["x"]).advance_to("y"), "no step “y”"),
    "a name too long": (lambda: BarRace(["a" * 90], [[1]]), "does not fit into"),
    "a name that is empty": (lambda: BarRace([" "], [[1]]), "text 1 is ' '"),
    "an x_range of two": (lambda: CurveChart((0, 1), (0, 1, 1)), "x_range has three numbers"),
    "a range that falls": (lambda: CurveChart((1, 0, 1), (0, 1, 1)), "is no range"),
    "numbers that overlap": (lambda: CurveChart((0, 2e6, 1e5), (0, 1, 1)), "x_range overlap"),
    "a curve backwards": (
        lambda: CurveChart((0, 9, 3), (0, 9, 3)).plot(lambda x: x, from_x=5, to_x=2),
        "from_x must be less than to_x",
    ),
    "a range of many steps": (lambda: CurveChart((0, 1, 0.001), (0, 1, 1)), "more than 24"),
    "a curve outside": (
        lambda: CurveChart((0, 9, 3), (0, 9, 3)).plot(lambda x: x * x),
        "the curve leaves the chart: at x = 3.",
    ),
    "a curve of no number": (
        lambda: CurveChart((0, 9, 3), (0, 9, 3)).plot(lambda x: 1 / x),
        "the function has no value at x = 0",
    ),
    "data that is not in order": (
        lambda: CurveChart((0, 9, 3), (0, 9, 3)).line([1, 3, 2], [1, 2, 3]),
        "number 3 is 2 after 3: sort the data",
    ),
    "a curve of one point": (
        lambda: CurveChart((0, 9, 3), (0, 9, 3)).line([1], [1]),
        "a line needs two points",
    ),
    "a curve to nowhere": (
        lambda: CurveChart((0, 9, 3), (0, 9, 3)).line([1, 2], [1, 2]).grow_to(5),
        "the curve has no point at x = 5",
    ),
    "dates that fall": (lambda: Timeline([3, 1], ["a", "b"]), "1 comes after 3"),
    "a date outside": (lambda: Timeline([1, 3], ["a", "b"]).advance_to(9), "no date 9"),
    "dates too near": (
        lambda: Timeline([1900, 1901, 1902, 2000], ["a", "long words here", "c", "d"]),
        "does not fit into",
    ),
    "one step": (lambda: Steps(["a"]), "has 1 texts, but needs at least 2"),
    "a step too far": (lambda: Steps(["a", "b"]).go_to(3), "there is no step 3"),
    "too many steps": (lambda: Steps(MANY), "does not fit into"),
    "a text for a list": (lambda: Steps("ab"), "must be a list of texts, not 'ab'"),
    "an empty program": (lambda: CodeListing("\n", "python"), "the listing has no text"),
    "no such language": (lambda: CodeListing("a", "klingon"), "no language is called “klingon”"),
    "a long program": (lambda: CodeListing("a\n" * 40, "python"), "too small to be read"),
    "a line that is not": (lambda: CodeListing("a", "python").light(2), "there are no lines 2"),
    "one text of two": (lambda: BeforeAfter(Circle(), Square(), ["a"]), "has 1 texts"),
    "bars of nothing": (lambda: BarRace(["a"], None), "must be a list for each name, not None"),
    "a palette by its name": (lambda: Counter(palette="dark"), "palette='dark' is no palette"),
    "an area of numbers": (lambda: PeopleMap(6, area=(0, 0, 1, 1)), "is no area with room"),
    "an area without room": (lambda: PeopleMap(6, area=SafeArea(1, 0, 0, 1)), "is no area with"),
    "no function": (lambda: CurveChart((0, 9, 3), (0, 9, 3)).plot(3), "plot draws a function"),
    "a pair of names": (lambda: BeforeAfter("a.png", "b.png", ["a", "b"]), "are mobjects"),
    "a pair of one": (lambda: BeforeAfter(*[Circle()] * 2, ["a", "b"]), "the same mobject"),
    "a pair with nothing": (lambda: BeforeAfter(VGroup(), Group(), ["a", "b"]), "has no size"),
    "a column that is not": (
        lambda: read_table(table("year,wheat\n1,2\n")).numbers("weat"),
        "t.csv has no column “weat”; did you mean “wheat”?",
    ),
    "a cell that is no number": (
        lambda: read_table(table('a,b\n1,"2\n3"\n4,n/a\n')).numbers("b"),
        "t.csv, line 3, column “b”",
    ),
    "a table without rows": (lambda: read_table(table("a,b\n")), "no rows of data"),
    "a row too short": (lambda: read_table(table("a,b\n1\n")), "t.csv, line 2: it has 1 cells"),
    "a column twice": (lambda: read_table(table("a,a\n1,2\n")), "two columns called “a”"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_a_block_cannot_show_is_said_in_words(name: str, project: Project) -> None:
    make, said = REFUSED[name]
    with pytest.raises(StageError) as caught:
        make()
    assert said in str(caught.value)


def test_a_line_is_drawn_anew_when_the_code_that_it_shows_things_by_changes() -> None:
    code = {"blocks/bars.py", "stage/video_clip.py", "media/clip_reader.py", "spec.py"}
    assert code <= set(draw.STAGE)


def test_what_a_block_refuses_is_told_at_the_author_s_line(project: Project) -> None:
    project.edit_scene("from manim", "from explainer.blocks import PeopleMap\nfrom manim")
    project.edit_scene("def one(self):\n", "def one(self):\n        PeopleMap(-6)\n")
    script = load(project.script)
    shots = scene_timings(estimate_timeline(script, Q.fps))
    with pytest.raises(SceneError, match=r"scenes/dots\.py:9.*the number of people is -6"):
        stills(script, shots, "dots.one", [0], Q)
