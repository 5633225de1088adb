"""Small faults put into a module one at a time: which of them do its own tests find?

    python bench/mutants.py [MODULE …] [--most N]

Works on a copy of the project. Prints each fault that no test found, and a Markdown table;
bench/MUTANTS.md says what those faults mean. Half an hour on one core.
"""

from __future__ import annotations

import argparse
import ast
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TESTS = {
    "timeline": ["test_timeline", "test_translation"],
    "script/narration_text": ["test_narration_text", "test_numbers", "test_script"],
    "captions": ["test_captions", "test_formats"],
    "cache": ["test_cache"],
}
"""The quick tests that speak of each module."""
OTHER: dict[type[ast.AST], type[ast.AST]] = {
    **{ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt},
    **{ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is},
    **{ast.In: ast.NotIn, ast.NotIn: ast.In, ast.And: ast.Or, ast.Or: ast.And},
    **{ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult},
    **{ast.Div: ast.Mult, ast.Mod: ast.Mult},
}
CALLED = {"min": "max", "max": "min", "sorted": "list", "any": "all", "all": "any"}


def faults(node: ast.AST) -> Iterator[ast.AST]:
    """What might stand in a node's place."""
    match node:
        case ast.Compare(left, ops, right):
            for at, op in enumerate(ops):
                yield ast.Compare(left, [*ops[:at], OTHER[type(op)](), *ops[at + 1 :]], right)
        case ast.BinOp(one, op, two) | ast.AugAssign(one, op, two) if type(op) in OTHER:
            yield type(node)(one, OTHER[type(op)](), two)
        case ast.BoolOp(op, values):
            yield ast.BoolOp(OTHER[type(op)](), values)
        case ast.UnaryOp(ast.Not(), value):
            yield value
        case ast.Constant(bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(int() | float() as value):
            yield ast.Constant(value + 1)
        case ast.If(test, body, other) | ast.IfExp(test, body, other):
            yield type(node)(ast.UnaryOp(ast.Not(), test), body, other)
        case ast.Return(value) if value and not isinstance(value, ast.Constant):
            yield ast.Return(ast.Constant(None))
        case ast.Expr(ast.Call() | ast.Yield() | ast.YieldFrom()):
            yield ast.Pass()
        case ast.comprehension(target, each, [_, *ifs]):
            yield ast.comprehension(target, each, ifs, node.is_async)
        case ast.Call(ast.Name(name), arguments, keywords) if name in CALLED:
            yield ast.Call(ast.Name(CALLED[name]), arguments, keywords)
        case ast.Continue():
            yield ast.Break()


def sites(tree: ast.Module) -> Iterator[ast.AST]:
    """The nodes that do something: no annotation, no decorator, no branch of the type checker."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        yield node
        passive = ("annotation", "returns", "decorator_list")
        for name, value in ast.iter_fields(node):
            if name not in passive:
                children = value if isinstance(value, list) else [value]
                waiting += [child for child in children if isinstance(child, ast.AST)]


def mutant(source: str, at: tuple[int, int]) -> tuple[str, str]:
    """The fault at a place as a line of text, and the source that has it."""
    tree = ast.parse(source)
    node = list(sites(tree))[at[0]]
    new = list(faults(node))[at[1]]
    line = getattr(node, "lineno", None) or node.target.lineno
    told = (ast.unparse(each).partition("\n")[0] for each in (node, new))
    what = f"{line}: {' → '.join(told)}"
    put = ast.NodeTransformer()
    put.visit = lambda each: new if each is node else put.generic_visit(each)  # type: ignore[method-assign]
    return what, ast.unparse(ast.fix_missing_locations(put.visit(tree)))


def passes(folder: Path, tests: list[str], seconds: float) -> bool:
    files = [str(file) for name in tests for file in Path("tests").rglob(f"{name}.py")]
    command = [sys.executable, "-m", "pytest", "-xq", "-p", "no:cacheprovider", *files]
    env = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    with suppress(subprocess.TimeoutExpired):
        done = subprocess.run(command, cwd=folder, env=env, capture_output=True, timeout=seconds)
        return done.returncode == 0
    return False


def tried(folder: Path, module: str, most: int) -> tuple[int, int, int]:
    file = folder / "explainer" / f"{module}.py"
    if not file.exists():
        file = file.with_suffix("") / "__init__.py"
    source = file.read_text(encoding="utf-8")
    begun, lived = time.monotonic(), 0
    assert passes(folder, TESTS[module], 600), f"the tests of {module} fail without a fault"
    patience = 3 * (time.monotonic() - begun) + 10
    nodes = enumerate(sites(ast.parse(source)))
    found = [(at, kind) for at, node in nodes for kind, _ in enumerate(faults(node))]
    chosen = random.Random(1).sample(found, min(most, len(found)))
    for at in chosen:
        what, text = mutant(source, at)
        file.write_text(text, encoding="utf-8")
        if passes(folder, TESTS[module], patience):
            lived += 1
            print(f"{module}:{what}", flush=True)
    file.write_text(source, encoding="utf-8")
    return len(found), len(chosen), lived


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", default=list(TESTS), metavar="MODULE")
    parser.add_argument(
        "--most", type=int, default=60, help="faults a module, drawn by a fixed seed"
    )
    options = parser.parse_args()
    rows = [
        "| module | faults there are | tried | found | not |",
        "| --- | --: | --: | --: | --: |",
    ]
    with tempfile.TemporaryDirectory() as name:
        skipped = shutil.ignore_patterns(".*", "build", "__pycache__", "*.egg-info")
        folder = shutil.copytree(ROOT, Path(name) / "project", ignore=skipped)
        for module in options.modules:
            there, count, lived = tried(folder, module, options.most)
            rows.append(f"| {module} | {there} | {count} | {count - lived} | {lived} |")
    print("\n".join(rows))


if __name__ == "__main__":
    main()
