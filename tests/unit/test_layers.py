"""Modules need each other in one direction, and Manim is not waited for where nothing is drawn.

Which package may import which is in pyproject.toml, and held by `lint-imports` in `make check`.
"""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter

import grimp
import pytest

from project import ROOT, Project

# these come to know each other by their types alone
AROUND = {
    ("explainer.draw.scene_errors", "explainer.draw.line_runner"),
}


def test_no_module_needs_itself_by_way_of_others() -> None:
    """Within a package, too, where the layers of pyproject.toml do not look."""
    graph = grimp.build_graph("explainer", cache_dir=None)
    needs = {name: graph.find_modules_directly_imported_by(name) for name in graph.modules}
    for name, other in AROUND:
        needs[name].remove(other)  # one that is not there any more goes from the list
    TopologicalSorter(needs).prepare()


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


def test_the_files_to_run_after_a_change_are_there() -> None:
    papers = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    table = papers.partition("\n## Tests\n")[2].partition("\n## ")[0]
    _head, *rows = re.findall(r"^\| [^|]+ \| ([^|]+) \| [^|]*\|$", table, re.M)
    # behind a comma there is what is no file
    named = {name for row in rows for name in re.findall("[a-z_]+", row.partition(",")[0])}
    there = {file.stem.removeprefix("test_") for file in (ROOT / "tests").rglob("test_*.py")}
    assert len(named) > 50
    assert not named - there


STATEFUL = {"ContextVar", "Event", "Lock", "RLock", "WeakKeyDictionary", "local"}


def _state_of(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """The names of a module whose values change while the program runs, and their docstrings."""
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    mutable = {
        node.name
        for node in classes
        if not any("frozen=True" in ast.unparse(decorator) for decorator in node.decorator_list)
    }
    set_later = {
        name for node in ast.walk(tree) if isinstance(node, ast.Global) for name in node.names
    }
    for node, after in zip(tree.body, [*tree.body[1:], None], strict=True):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                pass
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                pass
            case _:
                continue
        match value:
            case ast.Dict(keys=[]) | ast.List(elts=[]):
                changes = True
            case ast.Call(func=ast.Name(id=made) | ast.Attribute(attr=made), args=arguments):
                empty = made in {"dict", "list", "set"} | mutable and not arguments
                changes = empty or made in STATEFUL
            case _:
                changes = False
        if changes or name in set_later:
            doc = isinstance(after, ast.Expr) and ast.literal_eval(after.value)
            yield name, doc if isinstance(doc, str) else ""


def test_what_changes_in_a_module_while_it_runs_is_named_as_state() -> None:
    """So `grep -rn "State of this process" explainer` lists all of it, but for cached results."""
    unnamed, named = [], 0
    for file in sorted((ROOT / "explainer").rglob("*.py")):
        for name, doc in _state_of(ast.parse(file.read_text(encoding="utf-8"))):
            if doc.startswith("State of this process: "):
                named += 1
            else:
                unnamed.append(f"{file.relative_to(ROOT)}: {name}")
    assert not unnamed
    assert named > 5
