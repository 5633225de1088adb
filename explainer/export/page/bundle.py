"""ES modules to one script that can stand in a page: a folder of them in, their joined text out.

Each module becomes a function of its own that gives back what it exports, so names never meet.
Only named exports, and imports of named things from files beside, are known; that is enough here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

_IMPORT = re.compile(r'^import \{([^}]*)\} from "\./([\w-]+)\.js";\n', re.M)
_EXPORT = re.compile(r"^export ((?:async )?function\*?|class|const) (\w+)", re.M)
_LEFT = re.compile(r"^\s*(?:import\b(?!\()|export\b).*", re.M)


def joined(folder: Path, entry: str, given: Mapping[str, str] | None = None) -> str:
    """The module `entry` of the folder with all that it imports; `given` texts stand for files.

    Raises:
        ValueError: for imports in a circle, or an import or export of a form not known.
    """
    done: dict[str, str] = {}
    _add(folder, entry, given or {}, done, ())
    return '"use strict";\n' + "".join(done.values())


def _add(
    folder: Path, name: str, given: Mapping[str, str], done: dict[str, str], above: tuple[str, ...]
) -> None:
    if name in above:
        raise ValueError(f"modules import each other: {' → '.join((*above, name))}")
    if name in done:
        return
    text = given.get(name) or (folder / f"{name}.js").read_text(encoding="utf-8")
    for _, other in _IMPORT.findall(text):
        _add(folder, other, given, done, (*above, name))
    body = _IMPORT.sub(lambda m: f"const {{{m[1].replace(' as ', ': ')}}} = {_var(m[2])};\n", text)
    names = [exported for _, exported in _EXPORT.findall(body)]
    body = _EXPORT.sub(r"\1 \2", body)
    if wrong := _LEFT.search(body):
        raise ValueError(f"{name}.js: “{wrong.group().strip()}” cannot be joined")
    done[name] = f"const {_var(name)} = (() => {{\n{body}return {{ {', '.join(names)} }};\n}})();\n"


def _var(name: str) -> str:
    return f"module_{name.replace('-', '_')}"


def squeezed(text: str) -> str:
    """The text of a script or style sheet without indents, empty lines and lines of comment."""
    text = re.sub(r"^\s*(?://.*|/\*[^*]*\*/)$", "", text, flags=re.M)
    return re.sub(r"\n\s*", "\n", text)


def squeezed_style(text: str) -> str:
    """The text of a style sheet as `squeezed`, and without blanks that mean nothing there."""
    return re.sub(r"\s*([{};,])\s*|(?<=:)\s+", lambda m: m[1] or "", squeezed(text))
