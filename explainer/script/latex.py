"""Whether a scene's source uses LaTeX, and whether LaTeX is installed."""

from __future__ import annotations

import ast
import shutil
from collections.abc import Iterator

from explainer.script.scene_ast import all_nodes

PROGRAMS = ("latex", "dvisvgm")
"""The programs with which Manim sets formulas by default."""
COMPILERS = (*PROGRAMS, "pdflatex", "xelatex", "lualatex", "luatex")
"""The programs that one of Manim's templates may use."""
NUMBERS = frozenset(("DecimalNumber", "Integer", "BraceLabel", "BarChart"))
"""Classes that use LaTeX unless they are given another class for their texts."""
WANTING = NUMBERS | {
    *("MathTex", "Tex", "SingleStringMathTex", "Title", "BulletedList", "Variable", "MathTable"),
    *("Matrix", "DecimalMatrix", "IntegerMatrix", "MobjectMatrix", "DecimalTable", "IntegerTable"),
}
"""Manim's classes that use LaTeX."""
NUMBERING = ("add_coordinates", "add_numbers", "get_coordinate_labels")
"""Methods that number axes by LaTeX unless they are given another class."""
LABELLING = {"get_axis_labels": 1, "get_graph_label": 2}
"""Methods whose label is set by LaTeX if they are given fewer arguments than this."""
STRINGS = (
    *("LabeledDot", "LabeledLine", "LabeledArrow", "get_x_axis_label", "get_y_axis_label"),
    *("get_z_axis_label", "get_graph_label", "get_axis_labels", "get_tex"),
)
"""What sets any string by LaTeX."""
CLASSES = ("label_constructor", "mob_class")
"""Arguments that name the class for numbers and labels."""
INSTALL = (
    "install it: apt-get install texlive-latex-extra texlive-fonts-recommended dvisvgm "
    "(on a Mac: brew install --cask mactex-no-gui); or take Typst, which is here: MathTypst for "
    "formulas, label_constructor=MathTypst for numbers"
)
PACKAGES = {"xelatex": "texlive-xetex", "lualatex": "texlive-luatex", "luatex": "texlive-luatex"}
"""The Debian packages of the programs that INSTALL does not install."""


def install(program: str) -> str:
    """The remedy where one of the `COMPILERS` is missing."""
    if program not in PACKAGES:
        return INSTALL
    return INSTALL.replace("texlive-latex-extra", f"{PACKAGES[program]} texlive-latex-extra")


def missing() -> list[str]:
    """The programs of LaTeX that are not installed."""
    return [name for name in PROGRAMS if shutil.which(name) is None]


def wanted(tree: ast.Module) -> list[tuple[str, ast.expr]]:
    """What in a source uses LaTeX: its name, and its node."""
    wanting = WANTING - _not_manims(tree)
    others_are_set = _sets_otherwise(tree)
    found: list[tuple[str, ast.expr]] = []
    for node in all_nodes(tree):
        if isinstance(node, ast.Name) and node.id in wanting:
            if not (others_are_set and node.id in NUMBERS):
                found.append((node.id, node))
        elif isinstance(node, ast.Attribute) and _manims(node, tree):
            if not (others_are_set and node.attr in NUMBERS):
                found.append((node.attr, node))
        elif isinstance(node, ast.Call):
            found += [(name, node.func) for name in _by_call(node, others_are_set)]
    return sorted(found, key=lambda one: (one[1].lineno, one[1].col_offset))


def _by_call(call: ast.Call, others_are_set: bool) -> Iterator[str]:
    """What in a call makes Manim use LaTeX, besides the names of classes in it."""
    name = _name(call.func)
    labels = [keyword.value for keyword in call.keywords if (keyword.arg or "").endswith("label")]
    given = [*call.args, *labels]
    numbers = name in NUMBERING and not others_are_set
    string = name in STRINGS and any(map(_text, given))
    if numbers or string or len(given) < LABELLING.get(name, 0):
        yield name
    if not others_are_set:
        for key, value in _arguments(call):
            shown = key == "include_numbers" and getattr(value, "value", False) is True
            if shown or key == "numbers_to_include":
                yield key


def _arguments(call: ast.Call) -> Iterator[tuple[str, ast.expr]]:
    """The keyword arguments of a call, and the items of those that are dictionaries."""
    for keyword in call.keywords:
        yield keyword.arg or "", keyword.value
        if isinstance(keyword.value, ast.Dict):
            for key, value in zip(keyword.value.keys, keyword.value.values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield key.value, value


def _sets_otherwise(tree: ast.Module) -> bool:
    """Whether a source names another class than one of LaTeX for its numbers."""
    calls = (node for node in all_nodes(tree) if isinstance(node, ast.Call))
    named = {_name(v) for call in calls for key, v in _arguments(call) if key in CLASSES}
    return bool(named - WANTING)


def _not_manims(tree: ast.Module) -> set[str]:
    """The names that a source imports or defines itself, which are not Manim's."""
    found: set[str] = set()
    for node in all_nodes(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] != "manim":
            found.update(alias.asname or alias.name for alias in node.names)
    return found


def _manims(node: ast.Attribute, tree: ast.Module) -> bool:
    """Whether an attribute is one of those classes, taken from the module manim."""
    if node.attr not in WANTING or not isinstance(node.value, ast.Name):
        return False
    imports = (one for one in all_nodes(tree) if isinstance(one, ast.Import))
    names = (a.asname or a.name for one in imports for a in one.names if a.name == "manim")
    return node.value.id in names


def _name(value: ast.expr) -> str:
    return value.attr if isinstance(value, ast.Attribute) else getattr(value, "id", "")


def _text(value: ast.expr) -> bool:
    if isinstance(value, ast.JoinedStr):
        return True
    return isinstance(value, ast.Constant) and isinstance(value.value, str)
