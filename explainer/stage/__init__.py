"""The stage: Manim's scenes, drawn frame by frame to the time of a narration.

Scene authors import from `explainer.scene`. What scenes imported from here before goes on working
for now, under its old names, too.
"""

from __future__ import annotations

import warnings
from importlib import import_module
from typing import Any

OLD_NAMES = {
    "NarratedScene": "NarratedScene",
    "Shade": "RadialGradient",
    "StageError": "StageError",
    "asset": "asset",
    "labelled": "labels_enabled",
    "readable": "mark_as_text",
    "written": "label_texts",
}
"""What scenes could import from here, and what each is called in `explainer.scene`."""


def __getattr__(name: str) -> Any:
    if name not in OLD_NAMES:
        raise AttributeError(f"module “{__name__}” has no attribute “{name}”")
    new = OLD_NAMES[name]
    what = f"{name} from explainer.stage: import {new} from explainer.scene instead"
    warnings.warn(what, DeprecationWarning, stacklevel=2)
    return getattr(import_module("explainer.scene"), new)
