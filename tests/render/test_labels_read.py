"""Labels are read as a viewer reads them, whatever texts turn into or are shown of them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from explainer.draw import formula_cache
from labels import MIDDLE, drawn, noted
from project import TINY, Project

pytestmark = pytest.mark.render


READ = {
    "a number in whole": (
        "n = Integer(-250, mob_class=Text); self.add(n)",
        {"-250"},
    ),
    "a number with a unit and places": (
        "self.add(DecimalNumber(2.5, 1, mob_class=Text, group_with_commas=False))",
        {"2.5"},
    ),
    "the numbers of an axis": (
        "self.add(NumberLine([-2, 2], label_constructor=Text, include_numbers=True, "
        "decimal_number_config={'num_decimal_places': 1}))",
        {"-2.0", "-1.0", "0.0", "1.0", "2.0"},
    ),
    "a number that runs": (
        "v = ValueTracker(0); "
        "self.add(always_redraw(lambda: Integer(v.get_value(), mob_class=Text))); "
        "self.play(v.animate.set_value(7), run_time=0.5)",
        {"7"},
    ),
    "a text redrawn with each frame": (
        "v = ValueTracker(0); self.add(always_redraw(lambda: Text(f'n {round(v.get_value())}')))"
        "; self.play(v.animate.set_value(7), run_time=0.5)",
        {"n 7"},
    ),
    "what a text turns into": (
        "a = Text('before'); self.add(a); self.play(Transform(a, Text('after')), run_time=0.5)",
        {"after"},
    ),
    "what texts in a group turn into": (
        "a, b = VGroup(Text('a'), Text('b').shift(UP)), VGroup(Text('c'), Text('d').shift(UP)); "
        "self.add(a); self.play(Transform(a, b), run_time=0.5)",
        {"c", "d"},
    ),
    "no text that has turned into a shape": (
        "a = Text('gone'); self.add(a); self.play(Transform(a, Square()), run_time=0.5)",
        set(),
    ),
    "letters alone": ("t = Text('two words'); self.add(t[3:8])", {"words"}),
    "one letter after the other": (
        "t = Text('hello'); self.play(LaggedStart(*[FadeIn(c) for c in t]), run_time=0.5)",
        {"hello"},
    ),
    "the lines of a paragraph": ("self.add(Paragraph('one', 'two'))", {"one\ntwo"}),
    "marked-up text as it is seen": ("self.add(MarkupText('<b>bold</b> text'))", {"bold text"}),
    "the cells of a table": ("self.add(Table([['a', 'b'], ['c', 'd']]))", {"a", "b", "c", "d"}),
    "of a text, what is not hidden": (
        "t = Text('two words'); t[3:].set_opacity(0); self.add(t)",
        {"two"},
    ),
    "a text that is typed": (
        "t = Text('hello'); "
        "self.play(AddTextLetterByLetter(t, rate_func=lambda a: 0.4 * a), run_time=0.5)",
        {"he"},
    ),
    "two texts alike, letter by letter": (
        "a, b = Text('ab'), Text('ab').shift(UP); self.add(*a, *b)",
        {"ab"},
    ),
    "what a text fades into": (
        "a = Text('before'); self.add(a); self.play(FadeTransform(a, Text('after')), run_time=0.5)",
        {"after"},
    ),
    "what a text fades into by pieces": (
        "a = VGroup(Text('ab')); b = VGroup(Text('cd')); self.add(a); "
        "self.play(FadeTransformPieces(a, b), run_time=0.5)",
        {"cd"},
    ),
    "what the shapes of a text come to": (
        "a = Text('here'); self.add(a); "
        "self.play(TransformMatchingShapes(a, Text('there')), run_time=0.5)",
        {"there"},
    ),
    "a copy that has become another text": (
        "a = Text('before'); self.add(a); "
        "self.play(TransformFromCopy(a, Text('after').shift(UP)), run_time=0.5)",
        {"before", "after"},
    ),
    "what has gone there and back": (
        "a = Text('before'); self.add(a); "
        "self.play(Transform(a, Text('after'), rate_func=there_and_back), run_time=0.5)",
        {"before"},
    ),
    "a text with a plate behind it": (
        "self.add(Text('plate').add_background_rectangle(color='#303030'))",
        {"plate"},
    ),
    "nothing in an empty text": (
        "self.add(Text(''), Text('  '), MarkupText('')); self.play(Write(Text('')), run_time=0.5)",
        set(),
    ),
    "a number that is none": (
        "n = Integer(7, mob_class=Text); n.number = np.ones(2); self.add(n); "
        "self.play(n.animate.shift(UP), run_time=0.5)",
        {"7"},
    ),
    "a number's unit": (
        "n = Integer(-40, mob_class=Text); n.unit = r'^{\\circ}'; self.add(n)",
        {"-40°"},
    ),
    "code": (
        "self.add(Code(code_string='x = 1\\ny = 2', add_line_numbers=False))",
        {"x = 1\ny = 2"},
    ),
}


@pytest.mark.parametrize(
    ("change", "read"),
    [
        ("Transform(t, Text('after'))", False),
        ("ReplacementTransform(t, Text('after'))", False),
        ("TransformMatchingShapes(t, Text('after'))", False),
        ("t.animate.shift(UP)", True),
        ("Transform(t, Text('before', font_size=30))", True),
    ],
)
def test_what_turns_into_another_text_is_not_read_on_its_way(
    project: Project, change: str, read: bool
) -> None:
    found = noted(project, f"t = Text('before'); self.add(t); self.play({change}, run_time=1)")
    assert any(5 in label.frames for label in found if len(label.text) > 3) == read


@pytest.mark.sampled(14)
@pytest.mark.parametrize("what", READ)
def test_a_label_is_read_as_a_viewer_reads_it(project: Project, what: str) -> None:
    code, texts = READ[what]
    clock, clip = drawn(project, code, TINY)
    found, last = clock.lines[0].labels, clip.frames - 1
    assert {label.text for label in found if last in label.frames} == texts


def test_what_authors_call_their_own_attributes_is_not_read(project: Project) -> None:
    code = (
        "a = Square(fill_opacity=1); a.text, a.original_text, a.label_text = 'no', 'no', 'no'; "
        "b = Square(fill_opacity=1); b.text, b.font_size, b.tex_string = 3, None, 'no'; "
        "self.add(a, b)"
    )
    assert noted(project, code) == ()


def seen_in_space(project: Project, code: str) -> dict[str, float]:
    """The sizes of labels in a scene in space."""
    project.edit_scene("class Dots(NarratedScene)", "class Dots(NarratedScene, ThreeDScene)")
    project.edit_scene("self.dot.animate.shift", "self.dot.animate(run_time=0.1).shift")
    return {label.text: label.size for label in noted(project, code)}


@pytest.mark.parametrize(
    ("turn", "size"),
    [
        ("phi=0", 90),
        ("phi=0, zoom=0.5", 45),
        ("phi=60 * DEGREES", 90 * 0.5**0.5),
    ],
)
def test_a_text_in_space_is_as_large_as_it_is_seen(
    project: Project, turn: str, size: float
) -> None:
    code = (
        f"self.set_camera_orientation(theta=-90 * DEGREES, {turn}); self.add({MIDDLE}); "
        "t = Text('fixed', font_size=48).shift(UP); self.add_fixed_in_frame_mobjects(t)"
    )
    sizes = seen_in_space(project, code)
    assert sizes["Dots"] == pytest.approx(size, rel=0.03)
    assert sizes["fixed"] == pytest.approx(90, abs=0.1)


def test_a_text_seen_from_its_edge_is_not_read(project: Project) -> None:
    code = f"self.set_camera_orientation(phi=90 * DEGREES, theta=-90 * DEGREES); self.add({MIDDLE})"
    assert seen_in_space(project, code) == {}


def set_by_hand(folder: Path) -> Any:
    """What stands in for LaTeX: a square for each letter, figure and sign, in Manim's groups."""

    def by_latex(
        _: Any, tex: str, environment: str | None = None, tex_template: Any = None
    ) -> Path:
        svg, x = "", 0
        for token in re.findall(r"<g id='\w+'>|</g>|\\\w+|[\w+=-]", tex.replace("dvisvgm:raw", "")):
            if token[0] == "<":
                svg += token
            elif token != r"\special":
                svg += f'<path d="M{x} 0h6v6h-6z"/>'
                x += 9
        at = folder / f"{len([*folder.glob('*.svg')])}.svg"
        at.write_text(f'<svg xmlns="http://www.w3.org/2000/svg">{svg}</svg>')
        return at

    return by_latex


FORMULAS = {
    "one part": ("e = MathTex('a', '+', 'b'); self.play(Write(e[0]), run_time=0.5)", {"a"}),
    "all parts": ("self.add(MathTex('a', '+', 'b'))", {"a + b"}),
    "what is left": ("e = MathTex('a', '+', 'b'); self.add(e); e.remove(e[1], e[2])", {"a"}),
    "what is not hidden": ("e = MathTex('a', '+', 'b'); e[2].set_opacity(0); self.add(e)", {"a +"}),
    "some of its signs": ("e = MathTex('abc'); self.add(e[0][1:])", {"bc"}),
    "signs that are not those of its source": (
        r"e = MathTex(r'\pi r'); self.add(e[0][1])",
        {r"\pi r"},
    ),
    "what it has turned into": (
        "a, b = MathTex('x', '=', 'y'), MathTex('y', '=', 'x'); self.add(a); "
        "self.play(TransformMatchingTex(a, b), run_time=0.5)",
        {"y = x"},
    ),
    "what one part has turned into": (
        "a, b = MathTex('x', '+', 'y'), MathTex('z').shift(UP); self.add(a); "
        "self.play(TransformFromCopy(a[0], b), run_time=0.5)",
        {"x + y", "z"},
    ),
    "words": ("self.add(Tex('some words'))", {"some words"}),
    "a number in whole": ("self.add(DecimalNumber(-2.5, 1))", {"-2.5"}),
    "a number with its unit": ("self.add(Integer(-40, unit=r'^\\circ'))", {"-40°"}),
    "the numbers of axes": (
        "self.add(Axes([-1, 1, 0.5], [0, 2], axis_config={'include_numbers': True}))",
        {"-1.0", "-0.5", "0.5", "1"},
    ),
    "a variable as it runs": (
        "v = Variable(0, 'x', num_decimal_places=1); self.add(v); "
        "self.play(v.tracker.animate.set_value(3), run_time=0.5)",
        {"x =", "3.0"},
    ),
    "a list that is faded but for one": (
        "b = BulletedList('one', 'two'); b.fade_all_but(1); self.add(b)",
        {"two"},
    ),
}


@pytest.mark.sampled(7)
@pytest.mark.parametrize("what", FORMULAS)
def test_of_a_formula_is_read_what_is_seen_of_it(
    project: Project, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    monkeypatch.setattr(formula_cache.Formulas, "by_latex", set_by_hand(project.folder))
    code, texts = FORMULAS[what]
    clock, clip = drawn(project, code, TINY)
    found, last = clock.lines[0].labels, clip.frames - 1
    assert {label.text for label in found if last in label.frames} == texts
