"""Pictures and data of a film: names in, files of its `assets` folder out."""

from __future__ import annotations

import sys
from difflib import get_close_matches
from pathlib import Path

from explainer.stage.errors import StageError


def asset(name: str) -> Path:
    """The file of this name in the `assets` folder of the film whose scene asks.

    Raises:
        StageError: if there is none, or the name leads out of the folder.
    """
    # whoever asks by way of the engine is an author's file, too
    frame = sys._getframe(1)
    while frame.f_back and frame.f_globals.get("__name__", "").startswith("explainer."):
        frame = frame.f_back
    asking = Path(frame.f_code.co_filename).resolve()
    scenes = next((place for place in asking.parents if place.name == "scenes"), asking.parent)
    folder = scenes.parent / "assets"
    path = folder / name
    if Path(name).is_absolute() or ".." in Path(name).parts:
        raise StageError(f"asset “{name}” is outside of {folder}: put the file in there")
    if path.exists():
        return path
    there = [str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()]
    near = ", ".join(get_close_matches(name, there)) or ", ".join(sorted(there)[:8]) or "nothing"
    raise StageError(f"there is no asset “{name}” in {folder}; there is: {near}")
