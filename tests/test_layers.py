"""Imports only go down, and Manim is not waited for where nothing is drawn."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from project import ROOT, Project

LAYERS = [
    {
        "script.assets",
        "page.bundle",
        "clock",
        "verify.colour",
        "errors",
        "machine",
        "draw.tokens",
        "cache.inputs",
        "cache.notes",
        "languages",
        "media",
        "script.abbreviations",
        "script.latex",
        "script.lexicon",
        "script.yaml_texts",
        "script.taken",
        "stage.errors",
        "stage.drawings",
        "stage.path",
        "draw.chance",
        "draw.stalled",
        "draw.typesetter",
        "captions.limits",
        "script.unspaced",
        "verify.report",
        "timeline.swatches",
    },
    {
        "media.signature",
        "script.icu",
        "cache.lock",
        "cache.tracing",
        "cache.ledger",
        "draw.ending",
        "script.scene_source",
        "script.yaml_hints",
        "draw.orphans",
        "draw.pango",
        "stage.pictures",
        "script.music",
        "captions.phrasing",
    },
    {
        "timeline.labels",
        "cache.leftovers",
        "cache.takeover",
        "script.scene_calls",
        "stage.fonts",
        "stage.fingerprint",
    },
    {"script.numerals", "script.quantities", "script.scene_check", "stage.texts"},
    {"script.grammar"},
    {"script.spoken_forms"},
    {
        "script.document",
        "script.wording",
        "quality",
        "cache",
        "progress",
        "commands.studio",
    },
    {
        "draw.configuration",
        "script.scenefile",
        "script.extras",
        "script.misreadings",
        "script.phonemes",
        "script.engines",
    },
    {"script.fields", "script.matching"},
    {"script"},
    {"script.translation"},
    {
        "timeline",
        "voices",
        "draw.burn",
        "media.encoder",
        "stage.camera",
        "media.probe",
        "media.meters",
        "media.listen",
        "verify.flashes",
    },
    {"draw.formulas", "stage.outline", "captions.rows", "verify.fidelity", "verify.container"},
    {"stage.glaze", "stage.reading", "stage.turning", "draw.blame"},
    {"stage.canvas"},
    {"stage.renderer"},
    {
        "narration.align",
        "stage",
        "media.judge",
        "timeline.record",
        "verify.legibility",
        "timeline.sharing",
        "page.thumbnails",
    },
    {"draw.worker", "draw.preload", "sound.segments", "sound.mastering", "sound.room"},
    {
        "draw.walker",
        "verify.sidecars",
        "verify.sight",
        "verify.hearing",
        "sound.backing",
        "sound.lines",
    },
    {"draw.crew", "draw.cluster"},
    {"draw.alone"},
    {
        "narration",
        "draw",
        "draw.stills",
        "captions",
        "captions.formats",
        "verify.reading",
        "sound",
        "film",
    },
    {"verify", "narration.fitting", "page", "commands.speaking"},
    {"page.upload", "outputs"},
    {"pipeline"},
    {"commands.upkeep", "commands.watch", "commands.batch"},
    {"commands.making"},
    {"commands"},
    {"cli"},
]
"""From the bottom up; a module imports only from layers below its own."""

# both take captions as they were composed; nothing else crosses its own layer
ACROSS = {
    ("verify.reading", "captions"),
    ("verify.reading", "captions.formats"),
    ("captions.formats", "captions"),
}


def files() -> dict[str, list[Path]]:
    """The sources of each module by its name in `explainer`; the voices count as one."""
    found: dict[str, list[Path]] = {}
    for file in sorted((ROOT / "explainer").rglob("*.py")):
        parts = file.relative_to(ROOT / "explainer").with_suffix("").parts
        name = "voices" if parts[0] == "voices" else ".".join(p for p in parts if p != "__init__")
        found.setdefault(name, []).append(file)
    return {name: sources for name, sources in found.items() if name}


FILES = files()


def imports(name: str) -> set[str]:
    found = set()
    for file in FILES[name]:
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
                base = node.module.removeprefix("explainer").lstrip(".")
                if node.module.partition(".")[0] == "explainer":
                    found |= {module(f"{base}.{a.name}".lstrip("."), base) for a in node.names}
            elif isinstance(node, ast.Import):
                names = [a.name for a in node.names if a.name.startswith("explainer.")]
                found |= {module(n.removeprefix("explainer."), "") for n in names}
    return found - {name, ""}


def module(name: str, otherwise: str) -> str:
    """The module that an imported name is, or that it is taken from."""
    if name.partition(".")[0] == "voices":
        return "voices"
    return name if name in FILES else otherwise


def test_every_module_has_its_layer() -> None:
    assert set(FILES) == set().union(*LAYERS)


@pytest.mark.parametrize("depth", range(len(LAYERS)))
def test_imports_only_go_down(depth: int) -> None:
    below = set().union(*LAYERS[:depth])
    for name in sorted(LAYERS[depth]):
        wrong = {other for other in imports(name) - below if (name, other) not in ACROSS}
        assert not wrong, f"{name} imports {', '.join(sorted(wrong))}"


def test_the_engine_knows_nothing_of_its_first_film() -> None:
    # voices may know how to say a word of any film
    for file in (ROOT / "explainer").rglob("*.py"):
        text = file.read_text(encoding="utf-8").lower()
        for word in ("her2", "trastuzumab", "antibody"):
            assert word not in text, f"{file.name} speaks of {word}"


@pytest.mark.parametrize("args", [["--help"], ["check"], ["voices"]])
def test_manim_is_not_loaded_where_nothing_is_drawn(project: Project, args: list[str]) -> None:
    code = (
        "import sys; from explainer.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit: pass\n"
        "sys.exit('manim' in sys.modules)"
    )
    command = [sys.executable, "-c", code, *args]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=env, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()


def test_the_pipeline_is_one_function_that_reads_in_one_go() -> None:
    tree = ast.parse((ROOT / "explainer" / "pipeline.py").read_text(encoding="utf-8"))
    render = next(n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "render")
    assert render.end_lineno
    assert render.end_lineno - render.lineno < 80
