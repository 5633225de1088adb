"""How Manim reads pictures and drawings of a film: pictures upright, drawings (SVG) from copies."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from manim import SVGMobject, config
from manim.mobject.types import image_mobject
from PIL import Image, ImageOps

from explainer.stage.svg_support import unsupported_features


@contextmanager
def svg_copies() -> Iterator[None]:
    """Within the block, Manim reads drawings from copies in its own media folder.

    It writes beside what it reads, where other processes may be reading, too, and which may not be
    ours. What of a drawing Manim cannot draw is said on standard error.
    """
    get_file_path = SVGMobject.get_file_path

    def get_copied_path(mobject: SVGMobject) -> Path:
        path = Path(get_file_path(mobject))
        folder = Path(config.media_dir) / "Tex"
        if path.parent == folder:
            return path  # a formula, which has nothing but shapes
        content = path.read_bytes()
        folder.mkdir(parents=True, exist_ok=True)
        copy = folder / f"{hashlib.sha256(content).hexdigest()[:32]}{path.suffix}"
        if not copy.exists() and (missing := unsupported_features(content)):
            message = f"warning: {path.name}: Manim cannot draw {'; '.join(missing)}\n"
            print(message, end="", file=sys.stderr)
        copy.write_bytes(content)
        return copy

    SVGMobject.get_file_path = get_copied_path
    try:
        yield
    finally:
        SVGMobject.get_file_path = get_file_path


class _UprightImage:
    """Stands for PIL.Image in Manim: honours EXIF orientation, and keeps greys of 16 bits."""

    @staticmethod
    def open(path: Any) -> Image.Image:
        """A picture in a mode that can be converted to RGBA without loss of its greys."""
        picture: Image.Image = ImageOps.exif_transpose(Image.open(path))
        if picture.mode.startswith("I;16"):
            return picture.convert("I").point(lambda grey: grey / 257).convert("L")
        return picture

    def __getattr__(self, name: str) -> Any:
        return getattr(Image, name)


def read_images_upright() -> None:
    """Patch Manim so that its pictures are read as image viewers show them."""
    image_mobject.Image = _UprightImage()
