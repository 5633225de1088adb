"""A YAML script and Manim scenes in, one narrated film out.

A program renders a film with `render(RenderOptions(Path("script.yaml")))`, which returns a
`RenderResult`. A name is imported when it is first used, with all that it needs.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from explainer.frame_format import find_format
    from explainer.pipeline import RenderOptions, RenderResult, render
    from explainer.progress import Progress

__version__ = "0.1.0"

__all__ = ["Progress", "RenderOptions", "RenderResult", "__version__", "find_format", "render"]

_MODULES = {
    "Progress": "explainer.progress",
    "RenderOptions": "explainer.pipeline",
    "RenderResult": "explainer.pipeline",
    "find_format": "explainer.frame_format",
    "render": "explainer.pipeline",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)
