"""The stage: Manim's scenes, drawn frame by frame to the time of a narration.

Scene authors import from `explainer.scene`. What scenes imported from here before goes on working
for now, under its old names, too.
"""

from __future__ import annotations

import warnings
from importlib import import_module
from typing import Any

from explainer.script.old_names import OLD_NAMES

# what scenes could import from here; `import *` asks `__getattr__` for each
__all__ = ["NarratedScene", "StageError", "asset", *OLD_NAMES]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module “{__name__}” has no attribute “{name}”")
    new = OLD_NAMES.get(name, name)
    what = f"{name} from explainer.stage: import {new} from explainer.scene instead"
    warnings.warn(what, DeprecationWarning, stacklevel=2)
    return getattr(import_module("explainer.scene"), new)
