"""Finds calls in a scene's source that cannot work in a film, and unknown labels."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from difflib import get_close_matches

from explainer.errors import Problem
from explainer.script import reserved_names
from explainer.script.model import Scene
from explainer.script.scene_ast import Finding, ParsedFile, all_nodes, walk_with_certainty

CAPTIONS = "a film's captions are what its lines say: write the words into the script instead"
SOUNDS = "name the file below its line in the script, as in “sounds: {CUE: file.wav}”"
NOBODY = "nobody can be asked while a film is drawn"
REFUSED_METHODS = {
    "add_sound": ("add_sound is not heard in a film", SOUNDS),
    "add_subcaption": ("add_subcaption is not shown in a film", CAPTIONS),
    "interactive_embed": (f"{NOBODY}, as interactive_embed does", "remove it"),
    "embed": (f"{NOBODY}, as embed does", "remove it"),
}
"""Methods of Manim's scenes that have no effect in a film: what to say, and the remedy."""
INPUT_FUNCTIONS = {
    *("input", "breakpoint", "pdb.set_trace", "ipdb.set_trace", "IPython.embed"),
    *("code.interact", "sys.stdin.read", "sys.stdin.readline"),
}
"""Functions that wait for input."""
EXIT_FUNCTIONS = {"sys.exit", "os._exit", "os.abort", "exit", "quit"}
"""Functions that end the program."""
_PLAIN = {"NarratedScene", "Scene"}
SIZE_SETTINGS = ("pixel_width", "pixel_height", "frame_rate")
PLAY_KEYWORDS = ("until", "at", "span", "by", "run_time", "rate_func", "lag_ratio", "subcaption")
"""What authors give to `play` by name; Manim takes any other name without a word."""
_LABEL_FUNCTIONS = ("written", "label_texts")


def refused_calls(
    source: ParsedFile, cls: ast.ClassDef, scene: Scene, methods: set[str]
) -> Iterator[Finding]:
    """Calls that a film refuses, and labels that the script does not have."""
    labels = [name for line in scene.lines for name in line.labels]
    # a scene that speaks in its construct may have subcaptions, which are left out
    speaks = "construct" in methods
    for item in cls.body:
        if not isinstance(item, ast.FunctionDef):
            continue
        for node, run in walk_with_certainty(item):
            sure = run and item.name in methods
            if isinstance(node, ast.Raise) and _raised_name(node) == "SystemExit":
                yield _ends_program(source, node, "SystemExit"), sure
            if not isinstance(node, ast.Call):
                continue
            if (dotted := ast.unparse(node.func)) in INPUT_FUNCTIONS:
                what = f"{NOBODY}, as {dotted} does"
                yield Problem(what, source.place(node, len(dotted)), "remove it"), sure
            if dotted in EXIT_FUNCTIONS:
                yield _ends_program(source, node, dotted), sure
            name = _called_name(node)
            if name in REFUSED_METHODS and _is_called_on_self(node):
                what, remedy = REFUSED_METHODS[name]
                certain = sure and not (name == "add_subcaption" and speaks)
                yield Problem(what, source.place(node.func, len(f"self.{name}")), remedy), certain
            if name == "play" and any(k.arg == "subcaption" for k in node.keywords):
                yield (
                    Problem("a subcaption is not shown in a film", source.place(node), CAPTIONS),
                    sure and not speaks,
                )
            if name == "play" and _is_called_on_self(node):
                # a play of the film's own may take other names
                certain = sure and _has_plain_bases(cls) and "play" not in _own_methods(cls)
                yield from ((found, certain) for found in _misspelt_keywords(source, node))
            if name in _LABEL_FUNCTIONS and node.args:
                yield from _unknown_label(source, node.args[0], scene.id, labels, sure)


def _misspelt_keywords(source: ParsedFile, call: ast.Call) -> Iterator[Problem]:
    """Names in a call of `play` that are nearly one of PLAY_KEYWORDS."""
    for keyword in call.keywords:
        if keyword.arg is None or keyword.arg in PLAY_KEYWORDS:
            continue
        if near := get_close_matches(keyword.arg, PLAY_KEYWORDS, 1, 0.75):
            what = f"play has no “{keyword.arg}”"
            at = source.place(keyword, len(keyword.arg))
            yield Problem(what, at, f"did you mean “{near[0]}”?")


def _raised_name(node: ast.Raise) -> str:
    kind = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    return getattr(kind, "id", "")


def _ends_program(source: ParsedFile, node: ast.AST, name: str) -> Problem:
    remedy = "remove that; a line ends where its method does"
    return Problem(f"{name} ends the program", source.place(node, len(name)), remedy)


def misspelt_methods(source: ParsedFile, cls: ast.ClassDef, methods: set[str]) -> Iterator[Finding]:
    """Calls of methods that scenes do not have, where a method of a similar name exists."""
    if not _has_plain_bases(cls):
        return
    given = _own_methods(cls)
    given |= {
        n.attr for n in all_nodes(source.tree) if isinstance(n, ast.Attribute) and _is_assigned(n)
    }
    given |= {n.id for item in cls.body for n in ast.walk(item) if isinstance(n, ast.Name)}
    known = given | reserved_names.scene_members()
    for item in cls.body:
        for node, run in walk_with_certainty(item):
            if not isinstance(node, ast.Call) or not _is_called_on_self(node):
                continue
            name = _called_name(node)
            if name in known:
                continue
            remedy = ""
            if other := reserved_names.other_scene_members().get(name):
                remedy = f"it is {other}'s: write class {cls.name}(NarratedScene, {other})"
            elif near := get_close_matches(name, known, 1, 0.7):
                remedy = f"did you mean “{near[0]}”?"
            if remedy:
                at = source.place(node, len(f"self.{name}"))
                sure = run and getattr(item, "name", "") in methods
                yield Problem(f"a scene has no “{name}”", at, remedy), sure


def _own_methods(cls: ast.ClassDef) -> set[str]:
    """The names of the methods that a class defines itself."""
    return {item.name for item in cls.body if isinstance(item, ast.FunctionDef)}


def _has_plain_bases(cls: ast.ClassDef) -> bool:
    return {ast.unparse(base).rpartition(".")[2] for base in cls.bases} <= _PLAIN


def _is_assigned(node: ast.Attribute) -> bool:
    return isinstance(node.ctx, ast.Store)


def config_sizes(source: ParsedFile) -> Iterator[Finding]:
    """Settings of size and frame rate, which --quality decides."""
    for node in all_nodes(source.tree):
        match node:
            case ast.Attribute(value=of, attr=name, ctx=ast.Store()):
                pass
            case ast.Subscript(value=of, slice=ast.Constant(value=str(name)), ctx=ast.Store()):
                pass
            case _:
                continue
        if name in SIZE_SETTINGS and ast.unparse(of).rpartition(".")[2] == "config":
            what = f"config.{name} is set, but a film's size and speed are those of --quality"
            remedy = "remove it, and render with --quality WIDTHxHEIGHT@FPS"
            yield Problem(what, source.place(node, len(ast.unparse(node))), remedy), False


def _unknown_label(
    source: ParsedFile, asked: ast.expr, scene: str, labels: list[str], sure: bool
) -> Iterator[Finding]:
    if not isinstance(asked, ast.Constant) or not isinstance(asked.value, str):
        return
    if asked.value in labels:
        return
    near = get_close_matches(asked.value, labels, 1)
    what = f"the script gives scene “{scene}” no label “{asked.value}”"
    known = f"its labels: {', '.join(labels)}" if labels else "it has none"
    remedy = f"did you mean “{near[0]}”? {known}" if near else f"{known}; add it below a line"
    yield Problem(what, source.place(asked, len(asked.value) + 2), remedy), sure


def _called_name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _is_called_on_self(call: ast.Call) -> bool:
    of = call.func.value if isinstance(call.func, ast.Attribute) else None
    return isinstance(of, ast.Name) and of.id == "self"
