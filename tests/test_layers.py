"""Modules need each other in one direction, and Manim is not waited for where nothing is drawn.

Which package may import which is in pyproject.toml, and held by `lint-imports` in `make check`.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
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
    there = {file.stem.removeprefix("test_") for file in (ROOT / "tests").glob("test_*.py")}
    assert len(named) > 50
    assert not named - there
