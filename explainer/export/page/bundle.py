"""A folder of ES modules in, one script that can stand in a page out.

Each module becomes a function of its own that returns what it exports, so names never clash. Only
named exports, and named imports from files of the same folder, are known; that is enough here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

_IMPORT = re.compile(r'^import \{([^}]*)\} from "\./([\w-]+)\.js";\n', re.M)
_EXPORT = re.compile(r"^export ((?:async )?function\*?|class|const) (\w+)", re.M)
_UNKNOWN_FORM = re.compile(r"^\s*(?:import\b(?!\()|export\b).*", re.M)


def bundle_modules(folder: Path, entry: str, overrides: Mapping[str, str] | None = None) -> str:
    """The module `entry` of the folder with all that it imports.

    `overrides` are texts, by module, that are taken in place of the folder's files.

    Raises:
        ValueError: for imports in a circle, or an import or export of another form.
    """
    bundled: dict[str, str] = {}
    _add(folder, entry, overrides or {}, bundled, ())
    return '"use strict";\n' + "".join(bundled.values())


def _add(
    folder: Path,
    name: str,
    overrides: Mapping[str, str],
    bundled: dict[str, str],
    importers: tuple[str, ...],
) -> None:
    """Add a module to those bundled, after all that it imports."""
    if name in importers:
        raise ValueError(f"modules import each other: {' → '.join((*importers, name))}")
    if name in bundled:
        return
    text = overrides.get(name) or (folder / f"{name}.js").read_text(encoding="utf-8")
    for _, imported in _IMPORT.findall(text):
        _add(folder, imported, overrides, bundled, (*importers, name))
    body = _IMPORT.sub(_destructuring, text)
    exports = ", ".join(exported for _, exported in _EXPORT.findall(body))
    body = _EXPORT.sub(r"\1 \2", body)
    if unknown := _UNKNOWN_FORM.search(body):
        raise ValueError(f"{name}.js: “{unknown.group().strip()}” cannot be joined")
    bundled[name] = f"const {_variable(name)} = (() => {{\n{body}return {{ {exports} }};\n}})();\n"


def _destructuring(found: re.Match[str]) -> str:
    names = found[1].replace(" as ", ": ")
    return f"const {{{names}}} = {_variable(found[2])};\n"


def _variable(module: str) -> str:
    return f"module_{module.replace('-', '_')}"


def minify(text: str) -> str:
    """The text of a script or style sheet without indents, empty lines and lines of comment."""
    text = re.sub(r"^\s*(?://.*|/\*[^*]*\*/)$", "", text, flags=re.M)
    return re.sub(r"\n\s*", "\n", text)


def minify_style(text: str) -> str:
    """The text of a style sheet as from `minify`, without spaces that mean nothing."""
    return re.sub(r"\s*([{};,])\s*|(?<=:)\s+", lambda m: m[1] or "", minify(text))
