"""Pictures and data of a film: names in, files of its `assets` folder out."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from manim import SVGMobject, config
from manim.mobject.types import image_mobject
from PIL import Image, ImageOps

from explainer.stage.errors import StageError
from explainer.stage.svg_support import undrawn


def asset(name: str) -> Path:
    """The file of this name in the `assets` folder of the film whose scene asks.

    Raises:
        StageError: if there is none, or the name leads out of the folder.
    """
    asking = Path(sys._getframe(1).f_code.co_filename).resolve()
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


@contextmanager
def copied() -> Iterator[None]:
    """In here, Manim reads drawings (SVG) from copies in the folder for its texts.

    It writes beside what it reads, where others may be reading too, and which may not be ours.
    """
    find = SVGMobject.get_file_path

    def own(mobject: SVGMobject) -> Path:
        path = Path(find(mobject))
        folder = Path(config.media_dir) / "Tex"
        if path.parent == folder:
            return path  # a formula, which has nothing but shapes
        content = path.read_bytes()
        folder.mkdir(parents=True, exist_ok=True)
        copy = folder / f"{hashlib.sha256(content).hexdigest()[:32]}{path.suffix}"
        if not copy.exists() and (missing := undrawn(content)):
            said = f"warning: {path.name}: Manim cannot draw {'; '.join(missing)}\n"
            print(said, end="", file=sys.stderr)
        copy.write_bytes(content)
        return copy

    SVGMobject.get_file_path = own
    try:
        yield
    finally:
        SVGMobject.get_file_path = find


class _Upright:
    """What Manim opens pictures with: turned as the camera says, and greys of 16 bits as greys."""

    @staticmethod
    def open(path: Any) -> Image.Image:
        """A picture in a mode that can be converted to RGBA without loss of its greys."""
        picture: Image.Image = ImageOps.exif_transpose(Image.open(path))
        if picture.mode.startswith("I;16"):
            return picture.convert("I").point(lambda grey: grey / 257).convert("L")
        return picture

    def __getattr__(self, name: str) -> Any:
        return getattr(Image, name)


def read_upright() -> None:
    """From now on Manim's pictures are read as people see them."""
    image_mobject.Image = _Upright()
