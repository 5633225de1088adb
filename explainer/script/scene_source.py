"""What a scene's source says without being run: its classes, methods and the cues they wait for.

`read` parses one file of the scenes folder; `sources` follows its imports of the files beside it.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from explainer.errors import ScriptError, SourceLocation
from explainer.script import latex, scene_ast
from explainer.script.yaml_document import shown_path

SYNTAX_REMEDY = "mend it here, or where the line before ends"
CUE_KEYWORDS = ("until", "at", "span", "by")
"""The keyword arguments of `play` and `wait` that name a cue."""
BASES_WITHOUT_LINES = {
    *("NarratedScene", "Scene", "ThreeDScene", "MovingCameraScene", "ZoomedScene", "VectorScene"),
    *("LinearTransformationScene", "SpecialThreeDScene", "object", "ABC"),
}
"""Base classes that have no methods for lines."""


@dataclass(frozen=True, slots=True)
class CueUse:
    """A cue that a method waits for, and where."""

    name: str
    place: SourceLocation


@dataclass(frozen=True, slots=True)
class Method:
    """A method of a scene's class."""

    name: str
    place: SourceLocation
    waits_for: tuple[CueUse, ...]


@dataclass(frozen=True, slots=True)
class SceneSource:
    """A scene's source: its classes with their methods, and every string it holds.

    `made` are the names that are given by other means than by a class: imported, or assigned, and
    `functions` the places of those that are in no class.
    """

    path: Path
    shown: str
    classes: dict[str, dict[str, Method]]
    strings: frozenset[str]
    bases: dict[str, tuple[str, ...]]
    places: dict[str, SourceLocation]
    formulas: tuple[tuple[str, SourceLocation], ...]
    made: frozenset[str]
    functions: dict[str, SourceLocation]
    source: scene_ast.ParsedFile

    def inherited(self, cls: str) -> tuple[dict[str, Method], bool]:
        """A class's methods, its bases' included, and whether all of its bases are known."""
        methods: dict[str, Method] = {}
        known = True
        waiting = [cls]
        done = set[str]()
        while waiting:
            name = waiting.pop(0)
            if name in done:
                continue
            done.add(name)
            known = known and (name in self.classes or name in BASES_WITHOUT_LINES)
            for each, method in self.classes.get(name, {}).items():
                methods.setdefault(each, method)
            waiting += self.bases.get(name, ())
        return methods, known


def class_name(scene_id: str) -> str:
    """The class that draws a scene: `two-dots` is drawn by `TwoDots`."""
    return "".join(part[:1].upper() + part[1:] for part in scene_id.split("-"))


def file_name(scene_id: str) -> str:
    """The file that draws a scene: `two-dots` is in `two_dots.py`."""
    return scene_id.replace("-", "_") + ".py"


def speaks_in_construct(path: Path) -> bool:
    """Whether a scene file, or one that it imports, was made for manim-voiceover."""
    try:
        return any(b"explainer.voiceover" in file.read_bytes() for file in module_files(path))
    except ScriptError:
        return False  # of which one is no Python, as is told elsewhere


def module_remedy(name: str) -> str:
    """The remedy for a module that cannot be found."""
    return f"put {name.partition('.')[0]}.py into scenes/, or install it"


def read_scene(path: Path, shown: str) -> SceneSource:
    """Parse one scene file; `shown` is how messages name it. The same bytes are parsed once.

    Raises:
        ScriptError: if it is not Python.
    """
    return _read_scene(path.read_bytes(), path, shown)


@lru_cache(maxsize=256)
def _read_scene(content: bytes, path: Path, shown: str) -> SceneSource:
    tree, lines = _parse(content, shown)
    classes = {
        node.name: {
            item.name: _method(item, shown, lines)
            for item in node.body
            if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef)
        }
        for node in tree.body
        if isinstance(node, ast.ClassDef)
    }
    strings = {
        node.value
        for node in scene_ast.all_nodes(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    found = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    bases = {node.name: tuple(map(_base_name, node.bases)) for node in found}
    places = {node.name: _place(node, shown, lines, 5) for node in found}
    formulas = tuple(
        (name, _place(node, shown, lines, len(name))) for name, node in latex.wanted(tree)
    )
    source = scene_ast.ParsedFile(tree, lines, path, shown)
    made = frozenset(_assigned_names(tree.body))
    functions = {
        node.name: source.place(node, 3) for node in tree.body if isinstance(node, ast.FunctionDef)
    }
    return SceneSource(
        path, shown, classes, frozenset(strings), bases, places, formulas, made, functions, source
    )


def _assigned_names(body: Iterable[ast.stmt]) -> Iterator[str]:
    """The names that statements assign or import, or that a class below an `if` has."""
    for node in body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name for alias in node.names)
        elif not isinstance(node, ast.ClassDef | ast.FunctionDef):
            for inside in ast.walk(node):
                if isinstance(inside, ast.Name) and isinstance(inside.ctx, ast.Store):
                    yield inside.id
                elif isinstance(inside, ast.ClassDef):
                    yield inside.name


def _base_name(base: ast.expr) -> str:
    """A base's name; `manim.Scene` is `Scene`, but a class of the film's is not this file's."""
    if isinstance(base, ast.Attribute):
        return base.attr if base.attr in BASES_WITHOUT_LINES else ast.unparse(base)
    return base.id if isinstance(base, ast.Name) else ""


@lru_cache(maxsize=256)
def _parse(source: bytes, shown: str) -> tuple[ast.Module, list[str]]:
    try:
        # given bytes, Python finds out their encoding
        # its lines end where Python's do, not at form feeds
        return ast.parse(source, shown), re.split("\r\n|\r|\n", _text(source))
    except SyntaxError as error:
        line = (error.text or "").rstrip("\n")
        place = SourceLocation(shown, error.lineno or 1, error.offset or 1, line)
        raise ScriptError.of(f"not valid Python: {error.msg}", SYNTAX_REMEDY, place) from None
    except (ValueError, RecursionError, MemoryError) as error:
        what = f"not valid Python: {error or type(error).__name__}"
        raise ScriptError.of(what, place=SourceLocation(shown, 1)) from None


def _text(source: bytes) -> str:
    """A source decoded as Python does it: by its byte order mark or its encoding line, or UTF-8."""
    encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
    return source.decode(encoding)


def _method(node: ast.FunctionDef | ast.AsyncFunctionDef, shown: str, lines: list[str]) -> Method:
    uses = []
    for call in ast.walk(node):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
            continue
        named = [k.value for k in call.keywords if k.arg in CUE_KEYWORDS]
        if call.func.attr == "room" and call.args:
            named.append(call.args[0])
        for value in named:
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                uses.append(CueUse(value.value, _place(value, shown, lines, len(value.value) + 2)))
    return Method(node.name, _place(node, shown, lines, 3), tuple(uses))


def _place(node: ast.expr | ast.stmt, shown: str, lines: list[str], width: int) -> SourceLocation:
    line = node.lineno
    column = node.col_offset + 1
    if isinstance(node, ast.Attribute) and node.end_lineno and node.end_col_offset:
        # point at the attribute, not at what it is an attribute of
        line = node.end_lineno
        column = node.end_col_offset - len(node.attr) + 1
    return SourceLocation(shown, line, column, lines[line - 1], width)


def module_files(path: Path) -> list[Path]:
    """A scene file and all files beside it that it imports, directly or indirectly, sorted."""
    found: set[Path] = set()
    waiting = [path]
    while waiting:
        file = waiting.pop()
        if file in found or not file.is_file():
            continue
        found.add(file)
        waiting += [
            path.parent / f"{name}.py"
            for name in _imported_names(file.read_bytes(), shown_path(file))
        ]
    return sorted(found)


@lru_cache(maxsize=256)
def _imported_names(source: bytes, shown: str) -> tuple[str, ...]:
    """The names that a source imports; some may be files beside it."""
    names: list[str] = []
    for node in scene_ast.all_nodes(_parse(source, shown)[0]):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names += [node.module or "", *(alias.name for alias in node.names)]
    return tuple({name.removeprefix("scenes.") for name in names if name})


def names_used(path: Path, names: Iterable[str]) -> set[str]:
    """Those of `names` that are string literals in a scene file or a file that it imports."""
    text = "".join(_text(file.read_bytes()) for file in module_files(path))
    return {name for name in names if f'"{name}"' in text or f"'{name}'" in text}
