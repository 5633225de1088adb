"""All that this program changes in Manim for good, in one place.

Installed once in each process, when `scene` is imported. What holds only while a scene runs is
patched by context managers: `image_files.svg_copies`, and those of `draw` for formulas and seeds.
"""

from __future__ import annotations

from explainer.stage.image_files import read_images_upright
from explainer.stage.mobject_copies import copy_quickly
from explainer.stage.text_content import record_texts
from explainer.stage.text_transforms import follow_transforms


def install() -> None:
    """Patch Manim's classes; call it once in a process.

    `ImageMobject` reads pictures upright; texts, formulas and numbers note what they say; what
    becomes another mobject says what that says; copies of mobjects take less time.
    """
    read_images_upright()
    record_texts()
    follow_transforms()
    copy_quickly()
