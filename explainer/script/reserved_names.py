"""Names that ids must not have, since they would hide others: a name in, what it hides out.

Manim's source is read and not imported, which would make a check slow.
"""

from __future__ import annotations

import ast
import keyword
import re
import sys
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

PACKAGE = Path(__file__).parent.parent


def hidden_by_scene(file_stem: str, class_name: str) -> str | None:
    """What a scene's file or class of this name would hide, or None."""
    for name in (file_stem, class_name):
        if keyword.iskeyword(name):
            return f"“{name}” is a keyword of Python"
    if class_name in manim_names():
        return f"its class {class_name} would hide Manim's {class_name}"
    if file_stem in sys.stdlib_module_names or file_stem == "explainer" or _installed(file_stem):
        return f"its file {file_stem}.py would hide the module {file_stem}"
    return None


def hidden_by_line(method: str) -> str | None:
    """What a line's method of this name would hide, or None."""
    if keyword.iskeyword(method):
        return f"“{method}” is a keyword of Python"
    if method in scene_members():
        return f"its method would hide “{method}” of every scene"
    return None


def _installed(name: str) -> bool:
    try:
        spec = find_spec(name)
    except (ImportError, ValueError):
        return False
    parts = Path(spec.origin).parts if spec and spec.origin else ()
    return "site-packages" in parts or "dist-packages" in parts


def _manim_folder() -> Path | None:
    spec = find_spec("manim")
    return Path(spec.origin).parent if spec and spec.origin else None


@lru_cache(maxsize=1)
def manim_names() -> frozenset[str]:
    """The names that `from manim import *` provides, as far as its modules list them."""
    folder = _manim_folder()
    found = set[str]()
    for file in folder.rglob("*.py") if folder else ():
        listed = re.search(
            r"^__all__ = \[(.*?)\]", file.read_text("utf-8"), re.DOTALL | re.MULTILINE
        )
        found.update(re.findall(r"[\"'](\w+)[\"']", listed[1]) if listed else ())
    return frozenset(found)


@lru_cache(maxsize=1)
def engine_names() -> dict[str, str]:
    """The names that scenes may import from this program, each with the module that has it."""
    found = {}
    for module, file in (("scene", "scene.py"), ("blocks", "blocks/__init__.py")):
        text = (PACKAGE / file).read_text("utf-8")
        listed = re.search(r"^__all__ = \[(.*?)\]", text, re.DOTALL | re.MULTILINE)
        for name in re.findall(r"[\"'](\w+)[\"']", listed[1]) if listed else ():
            found[name] = f"explainer.{module}"
    return found


@lru_cache(maxsize=1)
def scene_members() -> frozenset[str]:
    """The methods and attributes of Manim's Scene and of NarratedScene."""
    folder = _manim_folder()
    files = {"NarratedScene": PACKAGE / "stage" / "scene.py"}
    if folder:
        files["Scene"] = folder / "scene" / "scene.py"
    found = set[str]()
    for name, file in files.items():
        for node in ast.parse(file.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef) and node.name == name:
                found |= _members(node)
    return frozenset(found)


@lru_cache(maxsize=1)
def other_scene_members() -> dict[str, str]:
    """The methods of Manim's other scenes, such as ThreeDScene: the class by method name."""
    folder = _manim_folder()
    found = dict[str, str]()
    for file in sorted((folder / "scene").glob("*.py")) if folder else ():
        for node in ast.parse(file.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef) and node.name.endswith("Scene"):
                named = (item.name for item in node.body if isinstance(item, ast.FunctionDef))
                found.update((name, node.name) for name in named if name not in found)
    return {name: cls for name, cls in found.items() if name not in scene_members()}


def _members(cls: ast.ClassDef) -> set[str]:
    names = {item.name for item in cls.body if isinstance(item, ast.FunctionDef)}
    for node in ast.walk(cls):
        match node:
            case ast.Attribute(value=ast.Name(id="self"), attr=name, ctx=ast.Store()):
                names.add(name)
    for item in cls.body:
        targets = item.targets if isinstance(item, ast.Assign) else [getattr(item, "target", None)]
        names.update(target.id for target in targets if isinstance(target, ast.Name))
    return names
