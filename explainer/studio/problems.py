"""What is wrong with a film as its page shows it: an error in, each problem with its line out."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from textwrap import dedent

from explainer.errors import ExplainerError, Problem, ScriptError, SourceLocation, error_text
from explainer.script import text_edit
from explainer.script.scene_source import class_name, file_name

MAX_FILE_BYTES = 1 << 20
"""Bytes of a file from which the line of a problem is read."""


def problem_views(
    error: BaseException, folder: Path, keys: Collection[str]
) -> tuple[Mapping[str, str], ...]:
    """The problems of an error: what, where, the place with carets, the remedy, and its `line`.

    `folder` is the film's. `line` is one of `keys` (`scene.line`), or empty where a problem is of
    none alone.
    """
    if not isinstance(error, ExplainerError):
        return ({"what": error_text(error), "where": "", "carets": "", "remedy": "", "line": ""},)
    return tuple(_view(problem, folder, keys) for problem in error.problems)


def _view(problem: Problem, folder: Path, keys: Collection[str]) -> Mapping[str, str]:
    place = problem.place and _with_text(problem.place, folder)
    return {
        "what": problem.what,
        "where": str(place or ""),
        "carets": dedent(place.carets()) if place else "",
        "remedy": problem.remedy,
        "line": _line_of(problem, folder, keys),
    }


def _with_text(place: SourceLocation, folder: Path) -> SourceLocation:
    """The place with the text of its line, which errors of scenes do not bring along."""
    if place.text:
        return place
    lines = _read(folder / place.file).splitlines()
    text = lines[place.line - 1] if 0 < place.line <= len(lines) else ""
    return replace(place, text=text)


def _read(path: Path) -> str:
    with suppress(OSError, ValueError):
        if path.is_file() and path.stat().st_size <= MAX_FILE_BYTES:
            return path.read_text(encoding="utf-8")
    return ""


def _line_of(problem: Problem, folder: Path, keys: Collection[str]) -> str:
    """The line that a problem is of: it stands in it, is of its method, or names it."""
    place, found = problem.place, ""
    if place and place.file.endswith(".py"):
        found = _line_drawn_at(place, folder, keys)
    elif place:
        found = _line_written_at(place, folder)
    if found in keys:
        return found
    named = re.findall(r"[\w-]+\.[\w-]+", problem.what.partition("\n")[0])
    return next((name for name in named if name in keys), "")


def _line_written_at(place: SourceLocation, folder: Path) -> str:
    """The line of a script that holds a line of its file."""
    text = _read(folder / Path(place.file).name)
    with suppress(ScriptError):
        for key, line in text_edit.written_lines(text.encode("utf-8")).items():
            if line.first <= place.line <= line.last:
                return key
    # what is no YAML at the moment still has ids
    scene = line_id = ""
    for row in text.splitlines()[: place.line]:
        if mark := re.match(r"(\s*)-\s+\{?\s*id:\s*([\w-]+)", row):
            if len(mark[1]) <= 2:
                scene, line_id = mark[2], ""
            else:
                line_id = mark[2]
    return f"{scene}.{line_id}"


def _line_drawn_at(place: SourceLocation, folder: Path, keys: Collection[str]) -> str:
    """The line whose method holds a line of a scene's file."""
    try:
        tree = ast.parse(_read(folder / place.file))
    except (SyntaxError, ValueError):
        return ""
    name = Path(place.file).name
    for key in keys:
        scene, _, line = key.partition(".")
        if file_name(scene) != name:
            continue
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and node.name == class_name(scene):
                for method in node.body:
                    is_line = isinstance(method, ast.FunctionDef) and (
                        method.name == line.replace("-", "_")
                    )
                    if is_line and method.lineno <= place.line <= (method.end_lineno or 0):
                        return key
    return ""
