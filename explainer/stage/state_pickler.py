"""Objects of a scene pickled by all that they hold, to be hashed and never to be loaded.

An author's functions and classes are taken by their code and values, and what is installed by its
name, as its version is known. What may hold more than can be read is refused.
"""

from __future__ import annotations

import copyreg
import functools
import gc
import hashlib
import pickle
import queue
import re
import sys
import types
from collections.abc import Callable
from pathlib import Path, PurePath
from typing import Any, ForwardRef, TypeVar

import cairo
import manim
import numpy as np
from manim import CairoRenderer, Camera, Code, Mobject, Scene

from explainer.cache import tracing

TRANSIENT_ATTRIBUTES = {
    Scene: {"_playhead", "file_writer_settings", "output_plan"},
    CairoRenderer: {
        *("_original_skipping_status", "animation_elapsed_time", "animations_hashes", "plays"),
        *("inspected_frames", "label_recorder", "frames_to_draw", "sink", "seconds"),
        *("partner", "pictures"),
        *("skip_animations", "static_image", "left_by_play"),
    },
    Camera: {
        *("_items_by_id", "_last_items", "_last_viewport"),
        *("_other_array", "_static_count", "_static_layer", "_ground", "_ground_rows"),
        "pixel_array_to_cairo_context",
    },
    Code: {"original_id", "_code_html"},
    Mobject: {"original_id"},
}
"""Attributes that no later frame depends on: of the place in the film, and of caches. Of the
classes that an object is of, the first counts."""

PICKLE_METHODS = frozenset(
    {"__reduce__", "__reduce_ex__", "__getstate__", "__getnewargs__", "__getnewargs_ex__"}
)
"""Methods by which a class decides what pickle sees of it."""

BUILTIN_CONTENTS: dict[type, Callable[[Any], Any]] = {
    list: lambda given: [*list.__iter__(given)],
    tuple: lambda given: [*tuple.__iter__(given)],
    set: lambda given: [*set.__iter__(given)],
    frozenset: lambda given: [*frozenset.__iter__(given)],
    dict: lambda given: [*dict.items(given)],
    str: str.__str__,
    int: int.__int__,
    float: float.__float__,
    bytes: bytes.hex,
}
"""What an object of a builtin class, or of one that is derived from it, holds as such."""

BY_PYTHON = frozenset(
    {
        *("__name__", "__doc__", "__package__", "__loader__", "__spec__", "__builtins__"),
        *("__cached__", "__file__", "__path__", "__warningregistry__"),
    }
)
"""Names of a module that Python itself sets."""

CANNOT_CHANGE = 1 << 8
"""The flag of classes written in C whose attributes cannot be set."""


class HashingFile:
    """A file for pickle to write to, of which only a hash is kept."""

    def __init__(self, texts: str) -> None:
        self.digest = hashlib.sha256()
        # each process has its own folder for texts, named by its number
        self.texts = re.compile(re.escape(str(Path(texts).parent)).encode() + rb"/\d+")

    def write(self, content: Any) -> int:
        """Take bytes; gives how many."""
        # no picture depends on where this process puts its texts
        self.digest.update(self.texts.sub(b"", bytes(content)))
        return memoryview(content).nbytes


class StatePickler(pickle.Pickler):
    """Pickles an author's code by its content, and what is installed by its name.

    `camera` is the one that shows the film, each frame of which is drawn anew.
    """

    def __init__(self, file: Any, camera: Any = None) -> None:
        super().__init__(file, pickle.HIGHEST_PROTOCOL)
        self.camera = camera
        self._memory: dict[int, tuple[Any, int, list[Any]]] = {}
        self._namespaces: dict[int, tuple[Any, list[Any]]] = {}

    def reducer_override(self, given: Any) -> Any:
        """How to pickle what pickle cannot, or would by its name alone.

        What an object holds comes last, as it may refer to the object.
        """
        if given is _placeholder:
            return NotImplemented
        if isinstance(given, type):
            return _class(given)
        kind: Any = type(given)
        content = self._content(given)
        if content is not None:
            return _placeholder, (content[0],), (content[1:], _authors_state(given))
        for transient, names in TRANSIENT_ATTRIBUTES.items():
            if isinstance(given, transient):
                own = {"pixel_array"} if given is self.camera else set()
                held, slots = _attributes(given)
                held = {name: value for name, value in held.items() if name not in names | own}
                return _placeholder, (kind,), (held, slots, _builtin_content(given))
        if is_known(kind):
            return NotImplemented
        return _placeholder, (kind,), _object(given)

    def _content(self, given: Any) -> tuple[Any, ...] | None:
        """A name for the kind of an object and what it holds; None of one that needs no care.

        Raises:
            PicklingError: if what it holds cannot be read.
        """
        kind: Any = type(given)
        match given:
            case types.FunctionType():
                return self._function(given)
            case types.MethodType():
                return "method", given.__func__, given.__self__
            case types.CellType():
                return "cell", _cell_contents(given)
            case PurePath():
                return "path", str(given)
            case types.ModuleType():
                return _module(given)
            case staticmethod() | classmethod():
                return type(given).__name__, given.__func__
            case property():
                return "property", given.fget, given.fset, given.fdel
            case functools.cached_property():
                return "cached", given.func
            case functools._lru_cache_wrapper():
                return "kept results", _cached_function(given), _cached_results(given), vars(given)
            case types.MappingProxyType():
                return "read-only", dict(given)
            case types.MemberDescriptorType() | types.GetSetDescriptorType():
                return "slot", given.__name__
            case queue.Queue():
                return "queue", [*given.queue]
            case np.ndarray() if _first_known(kind) is np.ndarray:
                return "array", kind, self._place(given), np.ndarray.__reduce__(given)[2]
            case BaseException():
                shown = BaseException.__reduce__(given)
                return "exception", kind, shown[1:], given.__cause__, given.__context__
            case TypeVar():
                return "type variable", given.__name__
            case ForwardRef():
                return "type", given.__forward_arg__
            case cairo.Context() | cairo.Surface():
                raise pickle.PicklingError("a surface's pixels are not read")
        return None

    def _function(self, given: types.FunctionType) -> tuple[Any, ...]:
        """A function by its code and the values that it holds."""
        where = given.__globals__
        module = sys.modules.get(where.get("__name__", ""))
        space = None
        if module is None or vars(module) is not where:
            # a function made by exec() has globals of its own
            same = self._namespaces.setdefault(id(where), (where, []))[1]
            space = same, own_names(where)
        return (
            "function",
            given.__module__,
            given.__qualname__,
            given.__doc__,
            _code(given.__code__),
            given.__closure__,
            given.__defaults__,
            given.__kwdefaults__,
            given.__dict__ or None,
            None if is_installed(given.__module__ or "") else given.__annotations__,
            space,
        )

    def _place(self, given: np.ndarray[Any, Any]) -> tuple[Any, ...]:
        """Which memory an array shows, and how: what is written into one shows in all of it."""
        root: Any = given
        while isinstance(root, np.ndarray | memoryview):
            behind = root.base if isinstance(root, np.ndarray) else root.obj
            if behind is None:
                break
            root = behind
        address = given.__array_interface__["data"][0]
        _, first, same = self._memory.setdefault(id(root), (root, address, []))
        holder = None if isinstance(root, np.ndarray | bytes) else root
        return same, holder, address - first, given.strides, given.flags.writeable


def is_installed(name: str) -> bool:
    """Whether a module belongs to a package, to Python or to us, so that its version is known."""
    module = sys.modules.get(name)
    if module is None or name == "__main__":
        return False
    file = getattr(module, "__file__", None)
    if file:
        return tracing.known_by_file(file)
    if name.startswith("_cython_"):
        # made by hand, for what is compiled by Cython
        return True
    return getattr(module, "__spec__", None) is not None and not hasattr(module, "__path__")


@functools.lru_cache(maxsize=4096)
def is_known(kind: type) -> bool:
    """Whether a class is an installed one, and not only says that it is of such a module."""
    if kind.__flags__ & CANNOT_CHANGE:
        return True
    if not is_installed(kind.__module__):
        return False
    found: Any = sys.modules[kind.__module__]
    for name in kind.__qualname__.split("."):
        if name == "<locals>":
            return bool(getattr(sys.modules[kind.__module__], "__file__", None))
        found = getattr(found, name, None)
    return found is kind


@functools.lru_cache(maxsize=4096)
def _first_known(kind: type) -> type:
    return next(base for base in kind.__mro__ if is_known(base))


def own_names(space: dict[str, Any]) -> dict[str, Any]:
    """The names that a module's code has set, but for Manim's that it has by `import *`."""
    return {
        name: value
        for name, value in space.items()
        if name not in BY_PYTHON and vars(manim).get(name, manim) is not value
    }


def _class(kind: type) -> tuple[Any, ...]:
    """An author's class by its attributes, bases and metaclass; an installed one by its name."""
    named = _placeholder, ("class", kind.__module__, kind.__qualname__)
    if is_known(kind):
        return named
    passed = ("__dict__", "__weakref__", "__slotnames__")
    held = {
        name: value
        for name, value in vars(kind).items()
        if name not in passed and not name.startswith("_abc_")
    }
    return *named, {"bases": kind.__bases__, "type": type(kind), **held}


def _module(given: types.ModuleType) -> tuple[Any, ...]:
    """A module by what is in it; an installed one, and the program itself, by its name."""
    known = is_installed(given.__name__) and sys.modules.get(given.__name__) is given
    if known or given is sys.modules.get("__mp_main__"):
        return "module", given.__name__
    return "module", given.__name__, own_names(vars(given))


def _attributes(given: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """An object's attributes, and those that lie in slots, whatever its class says of them."""
    state: Any = object.__getstate__(given)
    held, slots = state if isinstance(state, tuple) else (state, None)
    return held or {}, slots or {}


def _authors_state(given: Any) -> Any:
    """What an author's class adds to an object whose content is read otherwise."""
    kind: Any = type(given)
    return None if is_known(kind) else _attributes(given)


def _builtin_content(given: Any) -> Any:
    read = next((read for kind, read in BUILTIN_CONTENTS.items() if isinstance(given, kind)), None)
    return read and read(given)


def _object(given: Any) -> Any:
    """What an object of an author's class holds.

    Raises:
        PicklingError: if it may hold more than it shows.
    """
    kind: Any = type(given)
    bases = [base for base in kind.__mro__ if is_known(base) and not _is_plain(base)]
    if not bases:
        return _attributes(given), _builtin_content(given)
    own = [base for base in kind.__mro__ if not is_known(base)]
    if any(base in copyreg.dispatch_table or vars(base).keys() & PICKLE_METHODS for base in own):
        raise pickle.PicklingError(f"a {kind.__name__} may hold more than it shows")
    reduced = given.__reduce_ex__(pickle.HIGHEST_PROTOCOL)
    if isinstance(reduced, str):
        raise pickle.PicklingError(f"a {kind.__name__} shows nothing but its name")
    # what it lists of its items are iterators, each of which can be read once
    shown = [[*part] if index in (3, 4) and part else part for index, part in enumerate(reduced)]
    return _attributes(given), shown


def _is_plain(kind: type) -> bool:
    """Whether all that an object holds by a known class are attributes or a builtin's content."""
    return (
        kind is object or kind in BUILTIN_CONTENTS or kind.__module__ in ("abc", "enum", "typing")
    )


def _code(code: types.CodeType) -> tuple[Any, ...]:
    """All of a function's code but the place of its file."""
    return (
        code.co_name,
        code.co_firstlineno,
        code.co_code,
        code.co_exceptiontable,
        code.co_flags,
        (code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount),
        (code.co_names, code.co_varnames, code.co_cellvars, code.co_freevars),
        [_code(c) if isinstance(c, types.CodeType) else c for c in code.co_consts],
    )


def _cached_function(given: Any) -> Any:
    """The function behind an lru_cache; an installed one by its name."""
    name = given.__module__ or ""
    return (name, given.__qualname__) if is_installed(name) else given.__wrapped__


def _cached_results(given: Any) -> Any:
    """The results that an lru_cache around an author's function holds, the oldest first.

    Raises:
        PicklingError: if they cannot be read.
    """
    size = given.cache_info().currsize
    if is_installed(given.__module__ or "") or not size:
        return None
    held = gc.get_referents(given)
    found = [d for d in held if type(d) is dict and d is not vars(given) and len(d) == size]
    if len(found) != 1:
        raise pickle.PicklingError("the results that a function keeps are not seen")
    results = found[0]
    if given.cache_parameters()["maxsize"] is None:
        return [*results.items()]
    # behind a key of those that have a maximum comes its result
    parts = held[held.index(type(given)) + 1 :]
    pairs = [*zip(parts[0 : 3 * size : 3], parts[1 : 3 * size : 3], strict=True)]
    if {id(key) for key, _ in pairs} != {id(key) for key in results}:
        raise pickle.PicklingError("the results that a function keeps are not seen")
    return pairs


def _cell_contents(cell: types.CellType) -> Any:
    try:
        return (cell.cell_contents,)
    except ValueError:
        return ()


def _placeholder(*_: Any) -> None:
    """Named in the pickle in place of what pickle cannot write; never called."""
