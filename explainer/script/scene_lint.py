"""Finds what would fail once a scene is drawn: its parsed file in, problems out.

Names that nothing defines are found by pyflakes. What stands where it might not be run, below an
`if` or in a function that may not be called, is told of as a warning.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from pyflakes import checker, messages

from explainer.errors import Problem, SourceLocation
from explainer.script import old_names, reserved_names, scene_calls
from explainer.script.model import Scene
from explainer.script.scene_ast import Finding, ParsedFile, all_nodes, walk_with_certainty


def lint_scene(
    source: ParsedFile, scene: Scene, cls: str, names: Iterable[str]
) -> tuple[list[Problem], list[Problem]]:
    """What is certain to fail once a scene's class is drawn, and what may fail.

    `names` are the methods that are run: lines, or `construct`.
    """
    node = next(n for n in reversed(source.tree.body) if _is_class(n, cls))
    assert isinstance(node, ast.ClassDef)
    methods = {name.replace("-", "_") for name in names}
    found = [
        *_uncallable_methods(source, node, methods),
        *_duplicates(source, node, methods),
        *scene_calls.refused_calls(source, node, scene, methods),
        *scene_calls.misspelt_methods(source, node, methods),
        *scene_calls.config_sizes(source),
        *_missing_modules(source),
        *_undefined_names(source, node, methods),
    ]
    certain = [problem for problem, sure in found if sure]
    return certain, [problem for problem, sure in found if not sure]


def _is_class(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.ClassDef) and node.name == name


def _uncallable_methods(
    source: ParsedFile, cls: ast.ClassDef, methods: set[str]
) -> Iterator[Finding]:
    """Lines' methods that cannot be called without arguments, or that draw nothing if called."""
    for item in cls.body:
        if not isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        at = source.place(item, len("def"))
        if item.name == "__init__":
            yield from _init_problems(item, cls.name, at)
        if item.name not in (*methods, "setup"):
            continue
        remedy = f"write: def {item.name}(self):"
        if isinstance(item, ast.AsyncFunctionDef):
            yield Problem(f"{item.name} is async, so it would draw nothing", at, remedy), True
        elif any(isinstance(n, ast.Yield | ast.YieldFrom) for n in _own_nodes(item)):
            what = f"{item.name} has a yield, so that calling it would draw nothing"
            yield Problem(what, at, remedy), True
        elif kind := next(filter(None, map(_decorator, item.decorator_list)), ""):
            yield Problem(f"{item.name} is a {kind}, not a method", at, remedy), True
        elif needed := _required_arguments(item):
            yield Problem(f"{item.name} wants {needed}, which it is not given", at, remedy), True


def _init_problems(
    init: ast.FunctionDef | ast.AsyncFunctionDef, cls: str, at: SourceLocation
) -> Iterator[Finding]:
    remedy = "write: def __init__(self, **kwargs): super().__init__(**kwargs); or use setup"
    calls = [n.func for n in ast.walk(init) if isinstance(n, ast.Call)]
    if not init.args.kwarg:
        what = f"the __init__ of {cls} does not take what a scene is given"
        yield Problem(what, at, remedy), True
    elif not any(isinstance(f, ast.Attribute) and f.attr == "__init__" for f in calls):
        what = f"the __init__ of {cls} does not make it a scene: it calls no super().__init__"
        yield Problem(what, at, remedy), True


def _duplicates(source: ParsedFile, cls: ast.ClassDef, methods: set[str]) -> Iterator[Finding]:
    """Classes and lines' methods that are defined twice, so that only the last one counts."""
    same = [n for n in source.tree.body if _is_class(n, cls.name)]
    found = [(f"class {cls.name}", same)]
    for name in sorted(methods):
        named = [n for n in cls.body if isinstance(n, ast.FunctionDef) and n.name == name]
        found.append((f"def {name}", [n for n in named if not n.decorator_list]))
    for what, nodes in found:
        if len(nodes) > 1:
            what += f" is there twice, and the first, on line {nodes[0].lineno}, does not count"
            yield Problem(what, source.place(nodes[-1], 5), "give one of them another name"), False


def _own_nodes(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """The nodes of a function, without those of functions inside it."""
    waiting: list[ast.AST] = [*function.body]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            waiting += ast.iter_child_nodes(node)


def _decorator(node: ast.expr) -> str:
    name = getattr(node, "id", "")
    return name if name in ("property", "staticmethod", "classmethod") else ""


def _required_arguments(function: ast.FunctionDef) -> str:
    """The arguments that a method requires besides `self`, or "no self"."""
    given = function.args
    plain = [*given.posonlyargs, *given.args]
    needed = plain[1 : len(plain) - len(given.defaults)]
    needed += [a for a, d in zip(given.kwonlyargs, given.kw_defaults, strict=True) if d is None]
    if not plain and not given.vararg:
        return "no self"
    return " and ".join(one.arg for one in needed)


def _missing_modules(source: ParsedFile) -> Iterator[Finding]:
    """Imported modules that cannot be found."""
    for node in source.tree.body:
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module or ""]
        for name in names:
            top = name.partition(".")[0]
            if not _module_exists(top, source.path.parent):
                what = f"there is no module “{top}”"
                remedy = f"put {top}.py into {source.path.parent.name}/, or install it"
                yield Problem(what, source.place(node), remedy), True


def _module_exists(name: str, folder: Path) -> bool:
    beside = (folder / name, folder / f"{name}.py", folder.parent / name)
    if any(path.exists() for path in beside):
        return True
    try:
        return find_spec(name) is not None
    except (ImportError, ValueError):
        return True  # it exists, and fails in another way


def _undefined_names(source: ParsedFile, cls: ast.ClassDef, methods: set[str]) -> Iterator[Finding]:
    """Names that neither the file nor anything it imports defines."""
    undefined: list[tuple[messages.Message, str]] = []
    for message in _flakes(source):
        if isinstance(message, messages.UndefinedName):
            undefined.append((message, message.message_args[0]))
        elif isinstance(message, messages.ImportStarUsage):
            name, modules = message.message_args
            if set(modules.split(", ")) <= _STAR_MODULES:
                undefined.append((message, name))
    lacking = _unresolved(source, [name for _, name in undefined])
    for message, name in undefined:
        if name not in lacking:
            continue
        known = lacking[name]
        at = SourceLocation(
            source.shown,
            message.lineno,
            message.col + 1,
            source.lines[message.lineno - 1],
            len(name),
        )
        yield (
            Problem(f"nothing is called “{name}” here", at, known),
            _is_certain(cls, methods, message),
        )


@lru_cache(maxsize=256)
def _flakes(source: ParsedFile) -> tuple[messages.Message, ...]:
    """What pyflakes says of a file."""
    return tuple(checker.Checker(source.tree, source.shown).messages)


_STAR_MODULES = frozenset({"manim", "explainer.blocks", "explainer.scene"})
"""The modules whose names are known, so that a file may `import *` from them."""


def _unresolved(source: ParsedFile, names: list[str]) -> dict[str, str]:
    """Those of the names that no `import *` of the file provides, each with a remedy."""
    starred = {
        node.module
        for node in all_nodes(source.tree)
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names)
    }
    if "manim" in starred:
        names = [name for name in names if name not in reserved_names.manim_names()]
    ours = reserved_names.engine_names()
    names = [name for name in names if ours.get(name) not in starred]
    if not names:
        return {}
    # some names of Manim are in no module's __all__
    code = "import sys; from manim import *; print(*(n for n in sys.argv[1:] if n in globals()))"
    if "manim" in starred:
        command = [sys.executable, "-c", code, *names]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        names = [name for name in names if name not in done.stdout.split()]
    found = {}
    for name in names:
        near = get_close_matches(name, [*reserved_names.manim_names(), *ours], 1, 0.75)
        if name in ours:
            found[name] = f"write: from {ours[name]} import {name}"
        elif new_name := old_names.OLD_NAMES.get(name):
            found[name] = f"it is called {new_name} now: from explainer.scene import {new_name}"
        elif name in reserved_names.manim_names():
            found[name] = f"write: from manim import {name}"
        elif near:
            found[name] = f"did you mean “{near[0]}”? else define or import it"
        else:
            found[name] = "define it, or import it"
    return found


def _is_certain(cls: ast.ClassDef, methods: set[str], message: messages.Message) -> bool:
    """Whether the code that a message is about is run whenever the scene is drawn."""
    for item in cls.body:
        if isinstance(item, ast.FunctionDef) and item.name in methods:
            for node, run in walk_with_certainty(item):
                here = getattr(node, "lineno", 0), getattr(node, "col_offset", -1)
                if here == (message.lineno, message.col) and isinstance(node, ast.Name):
                    return run
    return False
