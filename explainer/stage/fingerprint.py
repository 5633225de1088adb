"""A scene's whole state at the beginning of a line as a hash: what the rest of it is drawn from.

Two walks that come to the same state draw the same pictures from there, whatever way they came.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import random
import re
import sys
import types
from collections.abc import Iterable
from pathlib import Path, PurePath
from typing import Any

import cairo
import manim
import numpy as np
from manim import CairoRenderer, Camera, Mobject, Scene, config

PASSING = {
    Scene: {
        *("_run", "animations", "duration", "last_t", "moving_mobjects", "static_mobjects"),
        *("queue", "stop_condition", "time_progression", "file_writer_settings", "output_plan"),
    },
    CairoRenderer: {
        *("_original_skipping_status", "animation_elapsed_time", "animations_hashes", "num_plays"),
        *("only", "samples", "sightings", "sink", "seconds", "skip_animations", "static_image"),
    },
    Camera: {
        *("_back", "_before", "_known", "_other", "_rest", "_view"),
        *("pixel_array", "pixel_array_to_cairo_context"),
    },
    Mobject: {"original_id"},
}
"""What is kept of the play call that is over, of where in the film it was or for speed."""


PLACES = {"media_dir", "assets_dir"}
"""What of the configuration says where things lie on this machine."""


def fingerprint(scene: Any, modules: Iterable[types.ModuleType]) -> str:
    """The hash of all that a scene holds, of its file's `modules`, chance and configuration.

    Empty if something of it cannot be told, such as an open file or a generator.
    """
    hasher = _Hasher(str(config.media_dir))
    state = (
        scene,
        [_globals(module) for module in modules],
        random.getstate(),
        np.random.get_state(),
        {name: value for name, value in config.items() if name not in PLACES},
        # wherever the film lies
        [os.path.relpath(place, scene._folder()) for place in (Path.cwd(), config.assets_dir)],
    )
    limit = sys.getrecursionlimit()
    try:
        # updaters lead from one mobject to another
        sys.setrecursionlimit(max(limit, 20_000))
        _Pickler(hasher, pickle.HIGHEST_PROTOCOL).dump(state)
    except (pickle.PicklingError, TypeError, AttributeError, ValueError, RecursionError):
        return ""
    finally:
        sys.setrecursionlimit(limit)
    return hasher.digest.hexdigest()[:32]


def _globals(module: types.ModuleType) -> dict[str, Any]:
    """The data of a module and of its classes; its code is known by its file."""
    found: dict[str, Any] = {}
    for name, value in vars(module).items():
        if name.startswith("__") or isinstance(value, types.ModuleType | types.FunctionType):
            continue
        if vars(manim).get(name) is value:
            continue
        if not isinstance(value, type):
            found[name] = value
        elif value.__module__ == module.__name__:
            found[name] = {
                key: item
                for key, item in vars(value).items()
                if not key.startswith(("__", "_abc_")) and not hasattr(item, "__get__")
            }
    return found


class _Hasher:
    """A file that is only hashed."""

    def __init__(self, texts: str) -> None:
        self.digest = hashlib.sha256()
        # each process has its own folder in there
        self.texts = re.compile(re.escape(str(Path(texts).parent)).encode() + rb"/\d+")

    def write(self, content: Any) -> int:
        # where this process puts its texts is nothing that a picture depends on
        self.digest.update(self.texts.sub(b"", bytes(content)))
        return memoryview(content).nbytes


class _Pickler(pickle.Pickler):
    """Takes functions by where they are written and what they hold, and whole modules by name."""

    def reducer_override(self, given: Any) -> Any:
        """How to put down what pickle cannot."""
        if given is _mark:
            return NotImplemented
        if isinstance(given, types.FunctionType):
            return _mark, (
                "function",
                given.__module__,
                given.__qualname__,
                given.__code__.co_firstlineno,
                given.__code__.co_code,
                given.__code__.co_names,
                [c for c in given.__code__.co_consts if not isinstance(c, types.CodeType)],
                [_cell(cell) for cell in given.__closure__ or ()],
                given.__defaults__,
                given.__kwdefaults__,
                given.__dict__ or None,
            )
        if isinstance(given, PurePath):
            return _mark, ("path", str(given))
        if isinstance(given, types.ModuleType):
            return _mark, ("module", given.__name__)
        if isinstance(given, type):
            return _mark, ("class", given.__module__, given.__qualname__)
        for kind, names in PASSING.items():
            if isinstance(given, kind):
                held = {name: value for name, value in vars(given).items() if name not in names}
                return _mark, (type(given).__qualname__,), held
        if isinstance(given, cairo.Context | cairo.Surface):
            raise pickle.PicklingError("a surface's pixels are not read")
        return NotImplemented


def _cell(cell: types.CellType) -> Any:
    try:
        return (cell.cell_contents,)
    except ValueError:
        return ()


def _mark(*_: Any) -> None:
    """What stands in the hash for something that pickle cannot put down."""
