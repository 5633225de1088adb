"""A parsed scene file: the source location of its nodes, and a walk below one of them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from explainer.errors import Problem, SourceLocation

_CONDITIONAL = (ast.If, ast.IfExp, ast.Try, ast.Lambda, ast.While, ast.Match, ast.BoolOp)


@dataclass(frozen=True, slots=True, eq=False)
class ParsedFile:
    """A parsed scene file; `shown` is how messages name it. One is equal only to itself."""

    tree: ast.Module
    lines: list[str]
    path: Path
    shown: str

    def place(self, node: ast.AST, width: int = 1) -> SourceLocation:
        """Where a node begins; `width` is how many characters a message underlines."""
        number = getattr(node, "lineno", 1)
        column = getattr(node, "col_offset", 0)
        text = self.lines[number - 1] if number <= len(self.lines) else ""
        before = text.encode()[:column].decode(errors="replace")
        return SourceLocation(self.shown, number, len(before) + 1, text, width)


Finding = tuple[Problem, bool]
"""A problem, and whether the code that has it is certain to be run."""


@lru_cache(maxsize=256)
def all_nodes(tree: ast.Module) -> tuple[ast.AST, ...]:
    """Every node of a file, which many look for one thing or another."""
    return tuple(ast.walk(tree))


def walk_with_certainty(node: ast.AST, sure: bool = True) -> Iterator[tuple[ast.AST, bool]]:
    """Every node below a node, and whether it is certain to be run if that one is."""
    for child in ast.iter_child_nodes(node):
        inside = sure and not isinstance(node, _CONDITIONAL)
        yield child, inside
        yield from walk_with_certainty(child, inside and not isinstance(child, ast.FunctionDef))
