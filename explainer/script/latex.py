"""Whether scenes want LaTeX, as their sources tell, and whether it is here."""

from __future__ import annotations

import ast
import shutil

PROGRAMS = ("latex", "dvisvgm")
"""What Manim makes formulas with."""
COMPILERS = (*PROGRAMS, "pdflatex", "xelatex", "lualatex", "luatex")
"""What a template of Manim's may be made with."""
WANTING = frozenset(
    (
        *("MathTex", "Tex", "SingleStringMathTex", "Title", "BulletedList", "DecimalNumber"),
        *("Integer", "Variable", "Matrix", "DecimalMatrix", "IntegerMatrix", "MobjectTable"),
        *("DecimalTable", "IntegerTable", "MathTable", "BarChart", "BraceLabel"),
    )
)
"""What of Manim sets its text by LaTeX."""
INSTALL = (
    "install it: apt-get install texlive-latex-extra texlive-fonts-recommended dvisvgm "
    "(on a Mac: brew install --cask mactex-no-gui); or set formulas in Text"
)


def missing() -> list[str]:
    """The programs of LaTeX that are not installed."""
    return [name for name in PROGRAMS if shutil.which(name) is None]


def wanted(tree: ast.AST) -> list[tuple[str, ast.expr]]:
    """What in a source is set by LaTeX: its name, and where it is called."""
    found: list[tuple[str, ast.expr]] = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        if name in WANTING:
            found.append((name, called))
        elif any(k.arg == "include_numbers" and _true(k.value) for k in node.keywords):
            found.append(("include_numbers", called))
        elif name == "add_coordinates":
            found.append((name, called))
    return found


def _true(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is True
