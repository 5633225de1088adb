"""What scenes still call by names that have changed: a film's folder in, one warning a name out.

Scenes are read, not run, so that `check` and `render` say the same, and each only once.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from explainer.errors import Problem, SourceLocation

OLD_MODULE = "explainer.stage"
OLD_NAMES = {
    "Shade": "RadialGradient",
    "labelled": "labels_enabled",
    "readable": "mark_as_text",
    "written": "label_texts",
}
"""What was imported from the old module, and what it is called in `explainer.scene`."""
OLD_ATTRIBUTES = {"room": "time_until", "shade": "radial_gradient"}
"""What belongs to scenes and mobjects, and what it is called now."""
MAX_BYTES = 1 << 20
"""Of a source that is looked at; a longer one is data."""


def warnings(folder: Path) -> list[Problem]:
    """A warning for each old name that a film's scenes use, at the first place that uses it."""
    found: dict[str, Problem] = {}
    for file in sorted((folder / "scenes").rglob("*.py")):
        try:
            if file.stat().st_size > MAX_BYTES or not file.is_file():
                continue
            text = file.read_text(encoding="utf-8")
            if OLD_MODULE not in text and not any(f".{name}" in text for name in OLD_ATTRIBUTES):
                continue
            tree = ast.parse(text)
        except (OSError, ValueError, SyntaxError, RecursionError, MemoryError):
            continue  # what is wrong with it is said where it is needed
        lines = text.splitlines()
        shown = file.relative_to(folder).as_posix()
        for name, now, node in _old_names(tree):
            place = SourceLocation(shown, node.lineno, node.col_offset + 1, lines[node.lineno - 1])
            what = f"“{name}” is an old name, and goes with the next version"
            found.setdefault(name, Problem(what, place, f"write: {now}"))
    return list(found.values())


def _old_names(tree: ast.Module) -> Iterator[tuple[str, str, ast.stmt | ast.expr]]:
    """The old names that a source uses, each with what to write in its place, and where."""
    of_scenes = False
    starred = False
    methods = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == OLD_MODULE:
            of_scenes = True
            names = [OLD_NAMES.get(alias.name, alias.name) for alias in node.names]
            starred = starred or "*" in names
            yield OLD_MODULE, f"from explainer.scene import {', '.join(names)}", node
            for alias in node.names:
                if alias.name in OLD_NAMES:
                    yield alias.name, OLD_NAMES[alias.name], node
        elif isinstance(node, ast.ImportFrom) and node.module == "explainer.scene":
            of_scenes = True
        elif isinstance(node, ast.Import) and OLD_MODULE in [alias.name for alias in node.names]:
            of_scenes = True
            yield OLD_MODULE, "import explainer.scene", node
    if not of_scenes:
        return
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) if starred and name in OLD_NAMES:
                yield name, OLD_NAMES[name], node
            case ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr="room")):
                if "room" not in methods:
                    yield "self.room", f"self.{OLD_ATTRIBUTES['room']}", node
            case ast.Assign(targets=[ast.Attribute(attr="shade") as target]):
                if _makes_gradient(node.value):
                    yield "shade", f"mobject.{OLD_ATTRIBUTES['shade']} = …", target


def _makes_gradient(value: ast.expr) -> bool:
    match value:
        case ast.Call(func=ast.Name(id="Shade" | "RadialGradient")):
            return True
    return False
