"""Manim's own examples, found where they stand: in docstrings, documents and graphical tests.

Every `.. manim::` block in the docstrings of the installed Manim is one. A checkout of Manim also
has those of its documents, and its graphical tests, each of which is made a scene's `construct`.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product, zip_longest
from pathlib import Path

import manim

TESTING = "manim.utils.testing.frames_comparison"
"""The module of what marks a graphical test, which a scene does not need."""
SLOW = re.compile("StreamLines|VectorField|Sphere|Torus|Overview|Sound")
"""What an example of the short form has not in its source: it is slow, or refused."""


LATEX = re.compile(r"Tex\b|Math(?!Typst)|(Integer|Decimal)Table|add_coordinates|include_numbers")
"""What is likely to need LaTeX."""


@dataclass(frozen=True)
class Example:
    """A scene that Manim shows: its class's name, its source, and where it stands."""

    name: str
    source: str
    place: str


def examples(checkout: Path | None = None) -> list[Example]:
    """All examples, each source once."""
    package = Path(manim.__file__).parent
    found: dict[str, Example] = {}
    for file in sorted(package.rglob("*.py")):
        place = str(file.relative_to(package.parent))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                for one in _blocks(ast.get_docstring(node) or "", place):
                    found.setdefault(one.source, one)
    if checkout:
        for file in sorted((checkout / "docs").rglob("*.[rm][sd]*")):
            for one in _blocks(file.read_text("utf-8"), str(file.relative_to(checkout))):
                found.setdefault(one.source, one)
        for file in sorted((checkout / "tests").glob("test_graphical*/test_*.py")):
            for one in _graphical_tests(file, checkout):
                found.setdefault(one.source, one)
    return list(found.values())


def in_turn(found: Sequence[Example]) -> Iterator[Example]:
    """The quick ones: of each of Manim's modules the shortest, then the next of each, and so on.

    Those that are likely to need LaTeX come last of their module.
    """
    by_place: dict[str, list[Example]] = defaultdict(list)
    for one in found:
        if not SLOW.search(one.source):
            by_place[one.place].append(one)
    for row in zip_longest(*(sorted(ones, key=_burden) for ones in by_place.values())):
        yield from (one for one in row if one)


def _burden(example: Example) -> tuple[bool, int]:
    return bool(LATEX.search(example.source)), len(example.source)


def _blocks(text: str, place: str) -> Iterator[Example]:
    lines = text.expandtabs().splitlines()
    for at, line in enumerate(lines):
        head = re.match(r"( *)\.\. manim:: *(\w+)", line)
        if not head:
            continue
        deep, body = len(head[1]), []
        for following in lines[at + 1 :]:
            if following.strip() and len(following) - len(following.lstrip()) <= deep:
                break
            body.append(following)
        code = textwrap.dedent("\n".join(body)).splitlines()
        code = [ln for ln in code if not re.match(r":[\w ]+:", ln)]
        source = textwrap.dedent("\n".join(code)).strip() + "\n"
        if source.startswith(">>> "):  # written as for doctest
            source = re.sub(r"(?m)^(>>>|\.\.\.) ?", "", source)
        if f"class {head[2]}" in source:
            yield Example(head[2], source, place)


def _graphical_tests(file: Path, checkout: Path) -> Iterator[Example]:
    """The graphical tests in a file that draw a scene and nothing else."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    place = file.relative_to(checkout)
    given = _fixtures(file.with_name("conftest.py"))
    head = [f"import sys\nsys.path.append({str(checkout)!r})"]
    head += [ast.unparse(node) for node in tree.body if _is_needed(node, place)]
    for node in tree.body:
        mark = _mark(node)
        if not mark or not isinstance(node, ast.FunctionDef):
            continue
        asked = {key.arg: key.value for key in getattr(mark, "keywords", ())}
        if "renderer_class" in asked:
            continue  # it is for OpenGL, which draws no film
        base = ast.unparse(asked["base_scene"]) if "base_scene" in asked else "Scene"
        scene, *names = [argument.arg for argument in node.args.args]
        for values in product(*(given[name] for name in names)):
            name = "_".join(["Test" + node.name.removeprefix("test_"), *values])
            body = [f"{scene} = self", *map("{} = {}".format, names, values)]
            body += map(ast.unparse, node.body)
            inner = textwrap.indent("\n".join(body), " " * 8)
            made = f"class {name}({base}):\n    def construct(self):\n{inner}\n"
            yield Example(name, "\n".join([*head, made]), str(place))


def _fixtures(file: Path) -> dict[str, list[str]]:
    """The values of each fixture of a `conftest.py` that has several."""
    found: dict[str, list[str]] = {}
    if not file.exists():
        return found
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if not isinstance(node, ast.FunctionDef):
            continue
        for call in node.decorator_list:
            for key in call.keywords if isinstance(call, ast.Call) else ():
                if key.arg == "params" and isinstance(key.value, ast.List):
                    found[node.name] = [ast.unparse(value) for value in key.value.elts]
    return found


def _is_needed(node: ast.stmt, place: Path) -> bool:
    """Whether a test's scene needs this statement of its file; imports are made absolute."""
    if isinstance(node, ast.ImportFrom):
        if node.level:
            package = place.parts[: -node.level]
            node.module, node.level = ".".join([*package, node.module or ""]), 0
        return node.module not in (TESTING, "__future__")
    return not (isinstance(node, ast.FunctionDef) and node.name.startswith("test_"))


def _mark(node: ast.stmt) -> ast.expr | None:
    """The decorator by which Manim compares a test's frames, if this is such a test."""
    for decorator in node.decorator_list if isinstance(node, ast.FunctionDef) else ():
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        if getattr(called, "id", "") == "frames_comparison":
            return decorator
    return None
