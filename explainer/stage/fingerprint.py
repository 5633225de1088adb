"""A scene's whole state at the beginning of a line as a hash: what the rest of it is drawn from.

Two walks that come to the same state draw the same pictures from there, whatever way they came.
"""

from __future__ import annotations

import builtins
import copyreg
import decimal
import functools
import gc
import hashlib
import os
import pickle
import random
import re
import sys
import types
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePath
from typing import Any

import cairo
import manim
import numpy as np
from manim import CairoRenderer, Camera, Mobject, Scene, config

from explainer.cache import tracing

PASSING = {
    Scene: {
        *("_playhead", "animations", "duration", "last_t", "moving_mobjects", "static_mobjects"),
        *("queue", "stop_condition", "time_progression", "file_writer_settings", "output_plan"),
    },
    CairoRenderer: {
        *("_original_skipping_status", "animation_elapsed_time", "animations_hashes", "num_plays"),
        *("inspected_frames", "label_recorder", "only", "sink", "seconds", "skip_animations"),
        "static_image",
    },
    Camera: {
        *("_items_by_id", "_last_items", "_last_viewport"),
        *("_other_array", "_static_count", "_static_layer"),
        *("pixel_array", "pixel_array_to_cairo_context"),
    },
    Mobject: {"original_id"},
}
"""What is kept of the play call that is over, of where in the film it was or for speed."""


PLACES = {"media_dir", "assets_dir"}
"""What of the configuration says where things lie on this machine."""


HIDING = frozenset(
    {"__reduce__", "__reduce_ex__", "__getstate__", "__getnewargs__", "__getnewargs_ex__"}
)
"""Methods by which a class says what pickle is to see of it."""

_UNTOUCHED: dict[type, dict[str, Any]] = {}
"""Manim's classes and what is in them before a scene runs."""
_BUILTINS: dict[str, Any] = {}


def untouched() -> None:
    """Remember Manim's classes as they are now, so that what a scene changes in them counts."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "manim":
            for value in list(vars(module).values()):
                if isinstance(value, type) and value.__module__.startswith("manim"):
                    _UNTOUCHED[value] = dict(vars(value))
    _BUILTINS.update(vars(builtins))


def fingerprint(scene: Any, modules: Iterable[types.ModuleType]) -> str:
    """The hash of all that a scene holds, of its file's `modules`, chance and configuration.

    Empty if something of it cannot be told, such as an open file or a generator.
    """
    if tracing.reads_by_number():
        return ""
    hasher = _Hasher(str(config.media_dir))
    state = (
        scene,
        [_globals(module) for module in modules],
        random.getstate(),
        np.random.get_state(),
        {name: value for name, value in config.items() if name not in PLACES},
        # wherever the film lies
        [os.path.relpath(place, scene._film_folder()) for place in (Path.cwd(), config.assets_dir)],
        [_changed(held, vars(kind)) for kind, held in _UNTOUCHED.items()],
        _changed(_BUILTINS, vars(builtins)),
        tracing.variables_set(),
        decimal.getcontext(),
        np.get_printoptions(),
    )
    limit = sys.getrecursionlimit()
    try:
        # updaters lead from one mobject to another
        sys.setrecursionlimit(max(limit, 20_000))
        _Pickler(hasher, pickle.HIGHEST_PROTOCOL).dump(state)
    except Exception:  # whatever a scene's own class does when it is looked into
        return ""
    finally:
        sys.setrecursionlimit(limit)
    return hasher.digest.hexdigest()[:32]


def _changed(before: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """What is not the very same as it was, but for what Python keeps there itself."""
    return {
        name: value
        for name, value in now.items()
        if before.get(name, before) is not value and name not in ("_", "__doc__")
    }


def _globals(module: types.ModuleType) -> dict[str, Any]:
    """What a module holds."""
    return {
        name: value
        for name, value in vars(module).items()
        if not name.startswith("__") and vars(manim).get(name, manim) is not value
    }


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
    """Takes code by what it does and holds, and what is installed by name."""

    def reducer_override(self, given: Any) -> Any:
        """How to put down what pickle cannot, or would put down by its name alone."""
        if given is _mark:
            return NotImplemented
        if isinstance(given, types.FunctionType):
            return _mark, _function(given)
        if isinstance(given, PurePath):
            return _mark, ("path", str(given))
        if isinstance(given, types.ModuleType):
            if _installed(given.__name__) or given is sys.modules.get("__mp_main__"):
                return _mark, ("module", given.__name__)
            return _mark, ("module", given.__name__), _globals(given)
        if isinstance(given, type):
            if _installed(given.__module__):
                return _mark, ("class", given.__module__, given.__qualname__)
            return _mark, ("class", given.__module__, given.__qualname__), _contents(given)
        if isinstance(given, staticmethod | classmethod):
            return _mark, (type(given).__name__, given.__func__)
        if isinstance(given, property):
            return _mark, ("property", given.fget, given.fset, given.fdel)
        if isinstance(given, functools.cached_property):
            return _mark, ("cached", given.func)
        if isinstance(given, functools._lru_cache_wrapper):
            return _mark, ("kept results", _unwrapped(given), _results(given))
        if isinstance(given, types.MemberDescriptorType | types.GetSetDescriptorType):
            return _mark, ("slot", given.__name__)
        for kind, names in PASSING.items():
            if isinstance(given, kind):
                _tell_all(given)
                held = {name: value for name, value in vars(given).items() if name not in names}
                return _mark, (type(given),), held
        if isinstance(given, cairo.Context | cairo.Surface):
            raise pickle.PicklingError("a surface's pixels are not read")
        _tell_all(given)
        return NotImplemented


def _installed(name: str) -> bool:
    """Whether a module is known by its package's version: one of a package's, Python's or ours."""
    module = sys.modules.get(name)
    if module is None or name == "__main__":
        return False
    file = getattr(module, "__file__", None)
    if file:
        return tracing.known_by_file(file)
    return getattr(module, "__spec__", None) is not None and not hasattr(module, "__path__")


def _tell_all(given: Any) -> None:
    """Refuse an object whose class, an author's own, says itself what pickle is to see of it.

    Raises:
        PicklingError: if it is one.
    """
    kind: Any = type(given)
    if _hides(kind):
        raise pickle.PicklingError(f"a {type(given).__name__} may hold more than it shows")


@functools.lru_cache(maxsize=4096)
def _hides(kind: type) -> bool:
    own = [cls for cls in kind.__mro__ if not _installed(cls.__module__)]
    return any(cls in copyreg.dispatch_table or vars(cls).keys() & HIDING for cls in own)


def _function(given: types.FunctionType) -> tuple[Any, ...]:
    """A function by its code and all that it holds."""
    code = given.__code__
    where = given.__globals__
    module = sys.modules.get(where.get("__name__", ""))
    held = None
    if module is None or vars(module) is not where:
        # code that was made from a text has names of its own
        held = {name: value for name, value in where.items() if not name.startswith("__")}
    return (
        "function",
        given.__module__,
        given.__qualname__,
        code.co_firstlineno,
        code.co_code,
        code.co_names,
        [c for c in code.co_consts if not isinstance(c, types.CodeType)],
        [_cell(cell) for cell in given.__closure__ or ()],
        given.__defaults__,
        given.__kwdefaults__,
        given.__dict__ or None,
        held,
    )


def _contents(kind: type) -> dict[str, Any]:
    """What an author's class holds, with the classes that it stands on."""
    passed = ("__dict__", "__weakref__", "__doc__", "__module__", "__annotations__")
    held = {
        name: value
        for name, value in vars(kind).items()
        if name not in passed and not name.startswith("_abc_")
    }
    return {"bases": kind.__bases__, **held}


def _unwrapped(given: Any) -> Any:
    """The function whose results are kept; an installed one by its name."""
    name = given.__module__ or ""
    return (name, given.__qualname__) if _installed(name) else given.__wrapped__


def _results(given: Any) -> Any:
    """The results that a function of an author's keeps.

    Raises:
        PicklingError: if they cannot be seen, as those that are limited in number.
    """
    if _installed(given.__module__ or "") or not given.cache_info().currsize:
        return None
    if given.cache_parameters()["maxsize"] is not None:
        raise pickle.PicklingError("the results that a function keeps are not seen")
    size = given.cache_info().currsize
    held = [d for d in gc.get_referents(given) if type(d) is dict and d is not vars(given)]
    if len(held) != 1 or len(held[0]) != size:
        raise pickle.PicklingError("the results that a function keeps are not seen")
    return [[str(key), value] for key, value in held[0].items()]


def _cell(cell: types.CellType) -> Any:
    try:
        return (cell.cell_contents,)
    except ValueError:
        return ()


def _mark(*_: Any) -> None:
    """What stands in the hash for something that pickle cannot put down."""
