"""The exports by name: each is one module here, and one line in the table.

A module has a function `export`, as `base.Export` says. It is loaded when it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import TYPE_CHECKING

from explainer.errors import ScriptError, choose_remedy

if TYPE_CHECKING:
    from pathlib import Path

    from explainer.export.base import Export, ExportJob

EXPORTS = {
    "poster": "explainer.export.poster",
    "page": "explainer.export.page.html_page",
    "youtube": "explainer.export.youtube",
    "clips": "explainer.export.clips",
    "pptx": "explainer.export.pptx",
    "gif": "explainer.export.gif",
    "webm": "explainer.export.webm",
    "alpha": "explainer.export.alpha",
    "scorm": "explainer.export.scorm",
}


def check_names(names: Iterable[str]) -> None:
    """Make sure that there are exports of these names.

    Raises:
        ScriptError: naming the first that there is not.
    """
    for name in names:
        if name not in EXPORTS:
            raise ScriptError.of(f"there is no export “{name}”", choose_remedy(name, list(EXPORTS)))


def write_exports(names: Iterable[str], job: ExportJob) -> list[Path]:
    """Make the exports of a film, each once; gives the files that were written.

    Raises:
        ExplainerError: if one cannot be made; those before it are there.
    """
    files: list[Path] = []
    for name in dict.fromkeys(names):
        export: Export = import_module(EXPORTS[name]).export
        files += export(job)
    return files
