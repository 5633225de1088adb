"""A hash of all that a scene holds as a line begins: two runs with the same hash draw the same.

The state is pickled into a hasher: objects by what they hold, an author's functions by their code,
and whatever is installed by its name, as its version is known. State of this process: Manim's
classes and Python's builtins as `remember_manim` found them.
"""

from __future__ import annotations

import builtins
import copyreg
import decimal
import functools
import gc
import hashlib
import inspect
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
from manim import CairoRenderer, Camera, Code, Mobject, Scene, config
from manim.mobject.text import numbers

from explainer.cache import tracing

TRANSIENT_ATTRIBUTES = {
    Scene: {
        *("_playhead", "animations", "duration", "last_t", "moving_mobjects", "static_mobjects"),
        *("queue", "stop_condition", "time_progression", "file_writer_settings", "output_plan"),
    },
    CairoRenderer: {
        *("_original_skipping_status", "animation_elapsed_time", "animations_hashes", "num_plays"),
        *(
            "inspected_frames",
            "label_recorder",
            "frames_to_draw",
            "sink",
            "seconds",
            "skip_animations",
        ),
        "static_image",
    },
    Camera: {
        *("_items_by_id", "_last_items", "_last_viewport"),
        *("_other_array", "_static_count", "_static_layer"),
        *("pixel_array", "pixel_array_to_cairo_context"),
    },
    Code: {"original_id", "_code_html"},
    Mobject: {"original_id"},
}
"""Attributes that no later frame depends on: of the last play call, of the place in the film, and
of caches. Of the classes that an object is of, the first counts."""

MACHINE_PATHS = {"media_dir", "assets_dir"}
"""Keys of Manim's configuration that say where things lie on this machine."""

PICKLE_METHODS = frozenset(
    {"__reduce__", "__reduce_ex__", "__getstate__", "__getnewargs__", "__getnewargs_ex__"}
)
"""Methods by which a class decides what pickle sees of it."""

_pristine_classes: dict[type, dict[str, Any]] = {}
"""State of this process: Manim's classes, and what was in each before a scene ran."""
_pristine_builtins: dict[str, Any] = {}
"""State of this process: the same of Python\'s builtins."""


def remember_manim() -> None:
    """Remember Manim's classes and Python's builtins: what a scene changes in them counts."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "manim":
            for value in list(vars(module).values()):
                if isinstance(value, type) and value.__module__.startswith("manim"):
                    _pristine_classes[value] = dict(vars(value))
    _pristine_builtins.update(vars(builtins))


def fingerprint(scene: Any, modules: Iterable[types.ModuleType]) -> str:
    """The hash of a scene's state: its attributes, its file's `modules`, random numbers, settings.

    32 hexadecimal digits; empty if something of it cannot be read, as an open file or a generator.
    """
    if tracing.reads_by_number():
        return ""
    hasher = _HashingFile(str(config.media_dir))
    state = (
        scene,
        [_module_globals(module) for module in modules],
        random.getstate(),
        np.random.get_state(),
        {name: value for name, value in config.items() if name not in MACHINE_PATHS},
        # relative, so that the film may be moved
        [os.path.relpath(place, scene._film_folder()) for place in (Path.cwd(), config.assets_dir)],
        [_changed(held, vars(kind)) for kind, held in _pristine_classes.items()],
        _changed(_pristine_builtins, vars(builtins)),
        _running_locals(Path(inspect.getfile(type(scene))).parent),
        tracing.variables_set(),
        # Manim sets each digit once, as the first number that has it
        sorted(numbers.string_to_mob_map.items()),
        decimal.getcontext(),
        np.get_printoptions(),
    )
    limit = sys.getrecursionlimit()
    try:
        # updaters refer to mobjects, those to updaters, and so on
        sys.setrecursionlimit(max(limit, 20_000))
        _StatePickler(hasher, pickle.HIGHEST_PROTOCOL).dump(state)
    except Exception:  # an author's class may raise anything when it is pickled
        return ""
    finally:
        sys.setrecursionlimit(limit)
    return hasher.digest.hexdigest()[:32]


def _running_locals(folder: Path) -> list[dict[str, Any]]:
    """The variables of the functions of scenes that are running as a line begins."""
    found = []
    frame: types.FrameType | None = sys._getframe()
    while frame:
        if Path(frame.f_code.co_filename).parent == folder:
            found.append(dict(frame.f_locals))
        frame = frame.f_back
    return found


def _changed(before: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """The values that are not the same objects as before, but for those that Python itself sets."""
    return {
        name: value
        for name, value in now.items()
        if before.get(name, before) is not value and name not in ("_", "__doc__", "__slotnames__")
    }


def _module_globals(module: types.ModuleType) -> dict[str, Any]:
    """The names of a module, but for Manim's that it has by `import *`."""
    return {
        name: value
        for name, value in vars(module).items()
        if not name.startswith("__") and vars(manim).get(name, manim) is not value
    }


class _HashingFile:
    """A file for pickle to write to, of which only a hash is kept."""

    def __init__(self, texts: str) -> None:
        self.digest = hashlib.sha256()
        # each process has its own folder for texts, named by its number
        self.texts = re.compile(re.escape(str(Path(texts).parent)).encode() + rb"/\d+")

    def write(self, content: Any) -> int:
        # no picture depends on where this process puts its texts
        self.digest.update(self.texts.sub(b"", bytes(content)))
        return memoryview(content).nbytes


class _StatePickler(pickle.Pickler):
    """Pickles an author's code by its content, and what is installed by its name."""

    def reducer_override(self, given: Any) -> Any:
        """How to pickle what pickle cannot, or would by its name alone."""
        if given is _placeholder:
            return NotImplemented
        if isinstance(given, types.FunctionType):
            return _placeholder, _function_state(given)
        if isinstance(given, PurePath):
            return _placeholder, ("path", str(given))
        if isinstance(given, types.ModuleType):
            if _is_installed(given.__name__) or given is sys.modules.get("__mp_main__"):
                return _placeholder, ("module", given.__name__)
            return _placeholder, ("module", given.__name__), _module_globals(given)
        if isinstance(given, type):
            if _is_installed(given.__module__):
                return _placeholder, ("class", given.__module__, given.__qualname__)
            return (
                _placeholder,
                ("class", given.__module__, given.__qualname__),
                _class_state(given),
            )
        if isinstance(given, staticmethod | classmethod):
            return _placeholder, (type(given).__name__, given.__func__)
        if isinstance(given, property):
            return _placeholder, ("property", given.fget, given.fset, given.fdel)
        if isinstance(given, functools.cached_property):
            return _placeholder, ("cached", given.func)
        if isinstance(given, functools._lru_cache_wrapper):
            return _placeholder, ("kept results", _cached_function(given), _cached_results(given))
        if isinstance(given, types.MappingProxyType):
            return _placeholder, ("read-only", dict(given))
        if isinstance(given, types.MemberDescriptorType | types.GetSetDescriptorType):
            return _placeholder, ("slot", given.__name__)
        for kind, names in TRANSIENT_ATTRIBUTES.items():
            if isinstance(given, kind):
                _refuse_hidden_state(given)
                held = {name: value for name, value in vars(given).items() if name not in names}
                return _placeholder, (type(given),), held
        if isinstance(given, cairo.Context | cairo.Surface):
            raise pickle.PicklingError("a surface's pixels are not read")
        own_kind: Any = type(given)
        if _is_plain_dataclass(own_kind):
            return _placeholder, (own_kind,), object.__getstate__(given)
        _refuse_hidden_state(given)
        return NotImplemented


def _is_installed(name: str) -> bool:
    """Whether a module belongs to a package, to Python or to us, so that its version is known."""
    module = sys.modules.get(name)
    if module is None or name == "__main__":
        return False
    file = getattr(module, "__file__", None)
    if file:
        return tracing.known_by_file(file)
    return getattr(module, "__spec__", None) is not None and not hasattr(module, "__path__")


def _refuse_hidden_state(given: Any) -> None:
    """Refuse an object whose class is an author's and decides itself what pickle sees of it.

    Raises:
        PicklingError: if it is one.
    """
    kind: Any = type(given)
    if _hides_state(kind):
        raise pickle.PicklingError(f"a {type(given).__name__} may hold more than it shows")


@functools.lru_cache(maxsize=4096)
def _is_plain_dataclass(kind: type) -> bool:
    """Whether a class and its bases are an author's, with methods of pickle's by `dataclass` alone.

    It writes some for classes that are frozen and have slots, which see fields only.
    """
    own = [cls for cls in kind.__mro__ if cls is not object]
    found = [vars(cls)[name] for cls in own for name in PICKLE_METHODS & vars(cls).keys()]
    return (
        bool(found)
        and all(getattr(method, "__module__", "") == "dataclasses" for method in found)
        and not any(_is_installed(cls.__module__) or cls in copyreg.dispatch_table for cls in own)
    )


@functools.lru_cache(maxsize=4096)
def _hides_state(kind: type) -> bool:
    own = [cls for cls in kind.__mro__ if not _is_installed(cls.__module__)]
    return any(cls in copyreg.dispatch_table or vars(cls).keys() & PICKLE_METHODS for cls in own)


def _function_state(given: types.FunctionType) -> tuple[Any, ...]:
    """A function by its code and the values that it holds."""
    code = given.__code__
    where = given.__globals__
    module = sys.modules.get(where.get("__name__", ""))
    held = None
    if module is None or vars(module) is not where:
        # a function made by exec() has globals of its own
        held = {name: value for name, value in where.items() if not name.startswith("__")}
    return (
        "function",
        given.__module__,
        given.__qualname__,
        code.co_firstlineno,
        code.co_code,
        code.co_names,
        [c for c in code.co_consts if not isinstance(c, types.CodeType)],
        [_cell_contents(cell) for cell in given.__closure__ or ()],
        given.__defaults__,
        given.__kwdefaults__,
        given.__dict__ or None,
        held,
    )


def _class_state(kind: type) -> dict[str, Any]:
    """The attributes of an author's class, and its bases."""
    passed = ("__dict__", "__weakref__", "__doc__", "__module__", "__annotations__")
    held = {
        name: value
        for name, value in vars(kind).items()
        if name not in passed and not name.startswith("_abc_")
    }
    return {"bases": kind.__bases__, **held}


def _cached_function(given: Any) -> Any:
    """The function behind an lru_cache; an installed one by its name."""
    name = given.__module__ or ""
    return (name, given.__qualname__) if _is_installed(name) else given.__wrapped__


def _cached_results(given: Any) -> Any:
    """The results that an lru_cache around an author's function holds.

    Raises:
        PicklingError: if they cannot be read, as those of a cache with a maximum size.
    """
    if _is_installed(given.__module__ or "") or not given.cache_info().currsize:
        return None
    if given.cache_parameters()["maxsize"] is not None:
        raise pickle.PicklingError("the results that a function keeps are not seen")
    size = given.cache_info().currsize
    held = [d for d in gc.get_referents(given) if type(d) is dict and d is not vars(given)]
    if len(held) != 1 or len(held[0]) != size:
        raise pickle.PicklingError("the results that a function keeps are not seen")
    return [[str(key), value] for key, value in held[0].items()]


def _cell_contents(cell: types.CellType) -> Any:
    try:
        return (cell.cell_contents,)
    except ValueError:
        return ()


def _placeholder(*_: Any) -> None:
    """Named in the pickle in place of what pickle cannot write; never called."""
