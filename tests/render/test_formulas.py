"""Formulas: each is set once, whoever draws it, and again when what it was set from changed."""

from __future__ import annotations

import ast
import os
import shutil
import sys
import time
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path

import pytest
from manim import MathTypst, SingleStringMathTex, Tex, Typst, tempconfig

from explainer import draw
from explainer.cache import inputs
from explainer.cache.inputs import Now
from explainer.cache.store import Cache
from explainer.draw import formula_cache
from explainer.draw.local import LocalRenderer
from explainer.errors import ScriptError
from explainer.frame_format import find_format
from explainer.progress import Progress
from explainer.script import latex
from explainer.script.loader import load
from explainer.timeline.layout import estimate_timeline
from explainer.timeline.scene_timing import scene_timings
from project import TINY, Project

pytestmark = pytest.mark.render

Q = find_format(TINY)
HANG = 120.0
"""Seconds after which what has not ended is taken not to end."""
SVG = '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0H9V9H0Z"/></svg>'
LATEX = """\
#!/bin/sh
echo latex >> "$RUNS"
for given; do
    case $given in -output-directory=*) folder=${given#*=} ;; esac
done
cp "$given" "$folder/$(basename "$given" .tex).dvi"
"""
DVISVGM = f"""\
#!/bin/sh
echo dvisvgm >> "$RUNS"
for given; do
    case $given in --output=*) echo '{SVG}' > "${{given#*=}}" ;; esac
done
"""
real = pytest.mark.skipif(bool(latex.missing()), reason="LaTeX is not installed")


class Tools:
    """Programs that stand in for LaTeX's, and note that they were run."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.noted = folder, folder / "runs"
        folder.mkdir()
        self.write("latex", LATEX)
        self.write("dvisvgm", DVISVGM)

    def write(self, name: str, source: str) -> None:
        (self.folder / name).write_text(source)
        (self.folder / name).chmod(0o755)

    def runs(self) -> list[str]:
        """The programs that were run since this was last asked."""
        found = self.noted.read_text().split() if self.noted.exists() else []
        self.noted.unlink(missing_ok=True)
        return sorted(found)


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tools:
    # those that draw keep the path of the process that they are forked from
    LocalRenderer(Q).warm_up()
    made = Tools(tmp_path / "bin")
    monkeypatch.setenv("PATH", str(made.folder), prepend=":")
    monkeypatch.setenv("RUNS", str(made.noted))
    return made


@pytest.fixture
def setting(project: Project) -> Callable[[], Path]:
    """Sets a formula as a new process would, and gives the file that Manim reads."""
    made = iter(range(99))

    def set_one(kind: type = Typst, text: str = "a", **more: object) -> Path:
        at = project.folder / f"drawing-{next(made)}"
        with (
            tempconfig({"media_dir": str(at)}),
            formula_cache.kept(str(project.folder), ".explainer-cache"),
        ):
            found = kind(text, use_svg_cache=False, **more).file_name
        assert found.is_relative_to(at)
        return Path(found)

    return set_one


def film(project: Project, tools: Tools) -> tuple[list[str], dict[str, str]]:
    """Why each line would be drawn; then they are, and which were drawn is given first."""
    script = load(project.script)
    shots = scene_timings(estimate_timeline(script, Q.fps))
    cache, keys = Cache(project.folder / ".explainer-cache"), [line.key for line in script.lines]
    fates = {key: draw.stale_reason(script, shots, key, Q, cache) for key in keys}
    with Progress(quiet=True) as progress:
        clips = draw.clips(script, shots, keys, Q, cache, progress, {}, LocalRenderer(Q))
    return [clip.key for clip in clips if not clip.reused], fates


def test_three_formulas_run_latex_three_times_and_not_again_after_an_edit(
    project: Project, tools: Tools
) -> None:
    path = f"os.environ.update(PATH={os.environ['PATH']!r}, RUNS={str(tools.noted)!r})"
    project.edit_scene("\n\nclass", f"\nimport os\n{path}\n\n\nclass")
    project.edit_scene("Circle, FadeIn", "Circle, FadeIn, SingleStringMathTex")
    formula = "self.add(*map(SingleStringMathTex, {}))"
    for line, texts in (("one", "['a', 'b']"), ("two", "['b', 'c']")):
        begun = f"def {line}(self):\n"
        project.edit_scene(begun, f"{begun}        {formula.format(texts)}\n")
    drawn, _ = film(project, tools)
    assert drawn == ["dots.one", "dots.two"]
    assert tools.runs() == ["dvisvgm"] * 3 + ["latex"] * 3
    project.edit_scene("Circle(1.5", "Circle(1.2")
    drawn, _ = film(project, tools)
    assert drawn == ["dots.one", "dots.two"]
    assert tools.runs() == []
    tools.write("latex", LATEX + "# another version\n")
    drawn, fates = film(project, tools)
    assert fates["dots.one"] == "latex changed"
    assert drawn == ["dots.one", "dots.two"]
    assert tools.runs() == ["dvisvgm"] * 3 + ["latex"] * 3
    assert film(project, tools)[0] == []


def test_a_line_with_a_formula_of_typst_s_is_drawn_alone_as_with_the_others(
    project: Project,
) -> None:
    project.edit_scene("Circle, FadeIn", "Circle, FadeIn, MathTypst")
    for line, text in (("one", "{{ a }} / b"), ("two", "sum_(k=1)^n k")):
        begun = f"def {line}(self):\n"
        project.edit_scene(begun, f"{begun}        self.add(MathTypst({text!r}))\n")
    script = load(project.script)
    shots = scene_timings(estimate_timeline(script, Q.fps))
    clips = []
    for folder, keys in (("one", ["dots.one", "dots.two"]), ("other", ["dots.two"])):
        cache = Cache(project.folder / folder)
        with Progress(quiet=True) as progress:
            clips.append(
                draw.clips(script, shots, keys, Q, cache, progress, {}, LocalRenderer(Q))[-1]
            )
    assert clips[0].path.read_bytes() == clips[1].path.read_bytes()


def set_at_once(folder: str, texts: str, text: str) -> None:
    with tempconfig({"media_dir": texts}), formula_cache.kept(folder, f"{folder}/.explainer-cache"):
        SingleStringMathTex(text)


def test_many_processes_at_once_set_a_formula_once(project: Project, tools: Tools) -> None:
    context = get_context("fork")
    at = [str(project.folder / f"drawing-{n}") for n in range(6)]
    processes = [
        context.Process(target=set_at_once, args=(str(project.folder), one, "ab"[n % 2]))
        for n, one in enumerate(at)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * 6
    assert tools.runs() == ["dvisvgm"] * 2 + ["latex"] * 2


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not tell of a parent's end")
def test_latex_that_never_ends_does_when_the_process_that_runs_it_is_killed(
    project: Project, tools: Tools
) -> None:
    tools.write("latex", "#!/bin/sh\necho $$ >> $RUNS\nexec sleep 600\n")
    at = (str(project.folder), str(project.folder / "drawing"), "a")
    process = get_context("fork").Process(target=set_at_once, args=at)
    process.start()
    until = time.monotonic() + HANG
    while not (pids := tools.runs()):
        assert time.monotonic() < until
        time.sleep(0.02)
    process.kill()
    process.join()
    while at_work(pids[0]):
        assert time.monotonic() < until
        time.sleep(0.02)


def at_work(pid: str) -> bool:
    try:
        return Path("/proc", pid, "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("harm", ["cut off", "gone", "another's"])
def test_a_kept_formula_that_is_damaged_is_set_again(
    project: Project,
    tools: Tools,
    setting: Callable[..., Path],
    harm: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = setting(SingleStringMathTex).read_text()
    (kept,) = (project.folder / ".explainer-cache" / "formula").glob("*/*.svg")
    if harm == "gone":
        kept.unlink()
    else:
        kept.write_text(SVG[:40] if harm == "cut off" else SVG.replace("9", "5"))
    tools.runs()
    assert setting(SingleStringMathTex).read_text() == before
    assert tools.runs() == ["dvisvgm", "latex"]
    assert "damaged" in capsys.readouterr().err


def test_a_formula_leaves_nothing_in_the_film_s_folder_but_in_its_cache(
    project: Project, tools: Tools, setting: Callable[..., Path]
) -> None:
    def files() -> set[Path]:
        return {
            p
            for p in project.folder.rglob("*")
            if ".explainer-cache" not in p.parts and p.is_file()
        }

    before = files()
    made = {setting(SingleStringMathTex), setting(Typst)}
    assert files() == before | made


def test_typst_makes_the_same_bytes_in_each_process(
    project: Project, setting: Callable[..., Path]
) -> None:
    one = setting(MathTypst, "sum_(k=1)^n k")
    shutil.rmtree(project.folder / ".explainer-cache")
    other = setting(MathTypst, "sum_(k=1)^n k")
    assert one.name == other.name
    assert one.read_bytes() == other.read_bytes()


def test_typst_s_formulas_are_kept_until_its_version_or_a_font_changes(
    project: Project, setting: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    made = formula_cache._by_typst

    def by_typst(source: str, fonts: list[str], at: Path) -> formula_cache.Made:
        asked.append(source)
        return made(source, fonts, at)

    monkeypatch.setattr(formula_cache, "_by_typst", by_typst)
    setting(MathTypst, "a + b")
    setting(MathTypst, "a + b")
    assert len(asked) == 1
    own = project.folder / "assets" / "fonts"
    fonts = list(own.resolve().iterdir())
    own.unlink()
    own.mkdir()
    shutil.copyfile(fonts[0], own / "another.otf")
    setting(MathTypst, "a + b")
    assert len(asked) == 2
    monkeypatch.setattr(inputs, "package_state", lambda name: f"9 of {name}")
    setting(MathTypst, "a + b")
    assert len(asked) == 3
    monkeypatch.setattr(inputs, "fonts_state", lambda: "others")
    setting(MathTypst, "a + b")
    assert len(asked) == 4


def test_the_film_s_own_fonts_are_typst_s_too(setting: Callable[..., Path]) -> None:
    assert setting(Typst, '#text(font: "Inter")[a]')


REFUSED = {
    "alfa": "unknown variable: alfa",
    "frac(a": "unclosed delimiter",
    '#text(font: "Nowhere")[a]': "Typst has no font “nowhere”",
    "a $ #pagebreak() $ b": "there are 2 pages",
}


@pytest.mark.parametrize("formula", REFUSED)
def test_what_typst_cannot_set_is_said(setting: Callable[..., Path], formula: str) -> None:
    with pytest.raises(formula_cache.FormulaError, match=REFUSED[formula]) as caught:
        setting(MathTypst, formula)
    assert caught.value.remedy


def test_a_list_of_fonts_may_begin_with_one_that_is_not_there(
    setting: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    setting(Typst, '#text(font: ("Nowhere", "Libertinus Serif"))[a]')
    assert "unknown font family: nowhere" in capsys.readouterr().err


@pytest.mark.parametrize("source", ["#datetime.today().display()", '#import "@local/my:0.1.0": x'])
def test_a_formula_that_cannot_be_set_alike_again_is_said(
    setting: Callable[..., Path], source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(formula_cache.tracing, "note_anew", said.append)
    monkeypatch.setattr(formula_cache, "_by_typst", lambda *_: (SVG, []))
    setting(Typst, source)
    assert len(said) == 1


@real
def test_what_latex_reads_counts(project: Project, setting: Callable[..., Path]) -> None:
    macros = project.folder / "macros.tex"
    macros.write_text(r"\newcommand{\mine}{a}")
    one = setting(Tex, r"\input{macros}\mine")
    (entry,) = project.folder.glob(".explainer-cache/formula/*/*.json")
    assert '"file:macros.tex"' in entry.read_text()
    macros.write_text(r"\newcommand{\mine}{b}")
    other = setting(Tex, r"\input{macros}\mine")
    assert one.read_text() != other.read_text()
    assert sorted(p.name for p in project.folder.iterdir() if "drawing" not in p.name) == [
        *(".explainer-cache", "assets", "macros.tex", "scenes", "script.yaml")
    ]


@real
@pytest.mark.parametrize(
    ("formula", "said"),
    [(r"\nothing", r"Undefined control sequence \\nothing"), (r"\usepackage{x}", "only in pream")],
)
def test_what_latex_cannot_set_is_said(
    setting: Callable[..., Path], formula: str, said: str
) -> None:
    with pytest.raises(formula_cache.FormulaError, match=said):
        setting(Tex, formula)


@real
@pytest.mark.parametrize("name", ["a b", "a#b%c~d", "ä{x}", "q'u\"o$t"])
def test_latex_works_in_a_folder_of_any_name(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    at = tmp_path / "texts" if "{" in name else folder / "texts"
    with (
        pytest.MonkeyPatch.context() as patch,
        tempconfig({"media_dir": str(at)}),
        formula_cache.kept(str(folder), str(folder / ".explainer-cache")),
    ):
        patch.chdir(folder)
        assert Tex("a", use_svg_cache=False).width > 0


WANTS = {
    "MathTex('x')": "MathTex",
    "VGroup(*map(Tex, 'ab'))": "Tex",
    "manim.MathTex('x')": "MathTex",
    "DecimalNumber(3)": "DecimalNumber",
    "Axes().add_coordinates()": "add_coordinates",
    "Axes(axis_config={'include_numbers': True})": "include_numbers",
    "NumberLine(include_numbers=True)": "include_numbers",
    "Axes(x_axis_config={'numbers_to_include': [1]})": "numbers_to_include",
    "Axes().get_axis_labels()": "get_axis_labels",
    "Axes().get_x_axis_label('t')": "get_x_axis_label",
    "LabeledDot('a')": "LabeledDot",
    "Brace(x).get_tex('a')": "get_tex",
}


@pytest.mark.parametrize("code", WANTS)
def test_what_wants_latex_is_known_by_its_source(code: str) -> None:
    found = latex.wanted(ast.parse(f"import manim\nfrom manim import *\n{code}\n"))
    assert [name for name, _ in found] == [WANTS[code]]


@pytest.mark.parametrize(
    "code",
    [
        "MathTypst('x')",
        "DecimalNumber(3, mob_class=MathTypst)",
        "Axes(axis_config={'include_numbers': True, 'label_constructor': MathTypst})",
        "Axes(axis_config={'label_constructor': Text}).add_coordinates()",
        "Axes().get_axis_labels(Text('x'), Text('y'))",
        "LabeledDot(Text('a'))",
        "Axes(axis_config={'include_numbers': False})",
        "from look import Title\nTitle('x')",
        "class Variable: pass\nVariable()",
        "look.Matrix()",
    ],
)
def test_what_is_set_otherwise_does_not_want_latex(code: str) -> None:
    assert latex.wanted(ast.parse(f"import manim\nfrom manim import *\n{code}\n")) == []


def test_an_id_that_cannot_be_and_latex_that_is_not_here_are_said_at_once(
    project: Project, programs: Callable[..., None]
) -> None:
    programs()
    project.edit("id: dots", "id: numbers")
    source = project.scene.read_text().replace("class Dots", "class Numbers")
    source = source.replace("def one(self):\n", "def one(self):\n        MathTex('x')\n")
    source = source.replace("from manim import", "from manim import MathTex,")
    project.scene.with_name("numbers.py").write_text(source)
    with pytest.raises(ScriptError) as caught:
        load(project.script)
    hides, wants = sorted(problem.what for problem in caught.value.problems)
    assert "MathTex needs LaTeX" in hides
    assert "hide the module numbers" in wants


def test_the_fonts_of_the_system_and_programs_have_states(tools: Tools, tmp_path: Path) -> None:
    now = Now(tmp_path)
    assert now.state("fonts:") == now.state("fonts:") != "absent"
    before = now.state("program:latex")
    tools.write("latex", LATEX + "#\n")
    assert before != now.state("program:latex") != "absent"
    assert now.state("program:latex-of-nobody") == "absent"
    assert tools.runs() == []
