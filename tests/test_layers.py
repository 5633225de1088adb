"""Imports only go down, and Manim is not waited for where nothing is drawn."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest

from project import ROOT

LAYERS = [
    {
        "assets",
        "bundle",
        "clock",
        "colour",
        "errors",
        "labels",
        "leftovers",
        "languages",
        "media",
        "numerals",
        "orphans",
        "phrasing",
        "report",
        "swatches",
    },
    {"lock", "music"},
    {"document", "wording", "quality", "scenefile", "cache", "progress", "studio"},
    {"extras", "matching", "misreadings", "phonemes", "engines"},
    {"fields"},
    {"script"},
    {"translation"},
    {"timeline", "voices", "burn", "encoder", "camera", "probe", "meters", "flashes"},
    {"outline"},
    {"glaze"},
    {"canvas"},
    {"align", "stage", "judge", "record", "legibility", "sharing", "thumbnails"},
    {"worker", "preload"},
    {"walker", "sidecars", "sight", "hearing", "backing"},
    {"crew", "cluster"},
    {"narration", "draw", "stills", "captions", "formats", "reading", "sound", "film"},
    {"verify", "fitting", "page"},
    {"upload"},
    {"pipeline"},
    {"upkeep", "watch", "batch"},
    {"making"},
    {"commands"},
    {"cli"},
]
"""From the bottom up; a module imports only from layers below its own."""

# both take captions as they were composed; nothing else crosses its own layer
ACROSS = {("reading", "captions"), ("formats", "captions")}


def imports(name: str) -> set[str]:
    folder = ROOT / "explainer"
    files = [folder / f"{name}.py"] if name != "voices" else sorted((folder / name).glob("*.py"))
    found = set()
    for file in files:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        typing_only = {
            id(inner)
            for node in ast.walk(tree)
            if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
            for inner in ast.walk(node)
        }
        for node in ast.walk(tree):
            if id(node) in typing_only:
                continue
            if isinstance(node, ast.ImportFrom) and node.module:
                if node.module == "explainer":
                    found |= {alias.name for alias in node.names}
                elif node.module.startswith("explainer."):
                    found.add(node.module.split(".")[1])
            elif isinstance(node, ast.Import):
                found |= {
                    a.name.split(".")[1] for a in node.names if a.name.startswith("explainer.")
                }
    return found - {name, "__version__"}


def test_every_module_has_its_layer() -> None:
    modules = {path.stem for path in (ROOT / "explainer").glob("*.py")}
    modules = modules - {"__init__"} | {"voices"}
    assert modules == set().union(*LAYERS)


@pytest.mark.parametrize("depth", range(len(LAYERS)))
def test_imports_only_go_down(depth: int) -> None:
    below = set().union(*LAYERS[:depth])
    for name in sorted(LAYERS[depth]):
        wrong = {other for other in imports(name) - below if (name, other) not in ACROSS}
        assert not wrong, f"{name} imports {', '.join(sorted(wrong))}"


def test_the_engine_knows_nothing_of_its_first_film() -> None:
    # voices may know how to say a word of any film
    for file in (ROOT / "explainer").glob("*.py"):
        text = file.read_text(encoding="utf-8").lower()
        for word in ("her2", "trastuzumab", "antibody"):
            assert word not in text, f"{file.name} speaks of {word}"


@pytest.mark.parametrize("args", [["--help"], ["check"], ["voices"]])
def test_manim_is_not_loaded_where_nothing_is_drawn(args: list[str]) -> None:
    code = (
        "import sys; from explainer.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit: pass\n"
        "sys.exit('manim' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code, *args], cwd=ROOT, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()


def test_no_module_grows_past_three_hundred_lines() -> None:
    for file in (ROOT / "explainer").rglob("*.py"):
        assert len(file.read_text(encoding="utf-8").splitlines()) <= 300, file.name


def test_the_pipeline_is_one_function_of_under_sixty_lines() -> None:
    tree = ast.parse((ROOT / "explainer" / "pipeline.py").read_text(encoding="utf-8"))
    render = next(n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "render")
    assert render.end_lineno
    assert render.end_lineno - render.lineno < 60
