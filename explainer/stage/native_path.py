"""Long paths handed to Cairo in one call: Bézier points in, curves added to a context's path out.

pycairo appends only paths that Cairo itself made. This calls Cairo's own `cairo_append_path` with
the `cairo_t *` that a pycairo Context holds. Whether that works is tried once, when this module is
imported; where it does not, `IS_USABLE` is False and `paths` adds curve by curve instead, which
gives the same pixels and takes 6 to 8 % more of the time of drawing.
"""

from __future__ import annotations

import ctypes
from functools import lru_cache
from typing import Any

import cairo
import numpy as np
from numpy.typing import NDArray

_MOVE_TO, _CURVE_TO, _CLOSE_PATH = 0, 2, 3
"""Values of cairo_path_data_type_t."""
_POINTER_OFFSET = object.__basicsize__
"""Bytes from a Context to its `cairo_t *`: pycairo's header has it right after PyObject_HEAD."""


class _CairoPath(ctypes.Structure):
    """cairo_path_t"""

    _fields_ = (
        ("status", ctypes.c_int),
        ("data", ctypes.c_void_p),
        ("num_data", ctypes.c_int),
    )


class NativePath:
    """Bézier points of shape (4n, 3) in Cairo's own form, split and closed where Manim does it.

    That form is an array of headers (a type and a length), each followed by its points.
    """

    __slots__ = ("_data", "_path")

    def __init__(self, points: NDArray[np.float64]) -> None:
        count = len(points) // 4
        quads = points[: 4 * count, :2].reshape(count, 4, 2)
        ends, starts = quads[:-1, 3], quads[1:, 0]
        # nearly all are the same to the last digit
        differ = np.flatnonzero((ends[:, 0] != starts[:, 0]) | (ends[:, 1] != starts[:, 1]))
        breaks = differ[~are_near(ends[differ], starts[differ])]
        firsts = np.append(0, breaks + 1)
        lasts = np.append(breaks, count - 1)
        closed = are_near(quads[firsts, 0], quads[lasts, 3])
        template, begins, controls = _template(count, breaks.tobytes(), closed.tobytes())
        self._data = template.copy()
        self._data[begins] = quads[firsts, 0]
        self._data[controls] = quads[:, 1:]
        self._path = _CairoPath(0, self._data.ctypes.data, len(self._data))

    def append_to(self, context: cairo.Context[Any]) -> None:
        """Add it to a context's path."""
        _append_path(_pointer_of(context), self._path)


def are_near(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which points of two arrays of shape (n, 2) Manim takes for the same."""
    near: NDArray[np.bool_] = np.abs(a - b) <= 1e-6 + 1e-5 * np.abs(b)
    return near[:, 0] & near[:, 1]


@lru_cache(maxsize=64)
def _template(
    count: int, breaks: bytes, closed: bytes
) -> tuple[NDArray[np.float64], NDArray[np.intp], NDArray[np.intp]]:
    """The headers of a path, and where the starts of its runs and its curves' points go.

    A mobject that moves keeps them, so they are worked out once. `breaks` are the numbers of the
    curves after which a new run begins, `closed` tells of each run whether it ends where it began.
    """
    breaks_after = np.frombuffer(breaks, np.intp)
    is_closed = np.frombuffer(closed, np.bool_)
    firsts = np.append(0, breaks_after + 1)
    lasts = np.append(breaks_after, count - 1)
    # a curve takes a header and three points; a run begins with a header and a point
    lengths = np.full(count, 4)
    lengths[firsts] += 2
    lengths[lasts] += is_closed
    ends = np.cumsum(lengths)
    begins = ends - lengths
    curves = begins.copy()
    curves[firsts] += 2
    data = np.zeros((ends[-1], 2))
    headers = data.view(np.int32).reshape(-1, 4)
    headers[begins[firsts], :2] = _MOVE_TO, 2
    headers[curves, :2] = _CURVE_TO, 4
    headers[ends[lasts[is_closed]] - 1, :2] = _CLOSE_PATH, 1
    return data, begins[firsts] + 1, curves[:, None] + [1, 2, 3]


def _pointer_of(context: cairo.Context[Any]) -> ctypes.c_void_p:
    """The `cairo_t *` that a pycairo Context holds."""
    return ctypes.c_void_p.from_address(id(context) + _POINTER_OFFSET)


def _load() -> Any:
    """The Cairo that pycairo is linked with, its functions' types declared.

    Raises:
        AttributeError, OSError: if it cannot be reached.
    """
    library = ctypes.PyDLL(cairo._cairo.__file__)  # type: ignore[attr-defined]
    library.cairo_append_path.argtypes = (ctypes.c_void_p, ctypes.POINTER(_CairoPath))
    library.cairo_append_path.restype = None
    library.cairo_image_surface_create.argtypes = (ctypes.c_int, ctypes.c_int, ctypes.c_int)
    library.cairo_image_surface_create.restype = ctypes.c_void_p
    library.cairo_create.argtypes = (ctypes.c_void_p,)
    library.cairo_create.restype = ctypes.c_void_p
    library.cairo_surface_destroy.argtypes = (ctypes.c_void_p,)
    library.cairo_surface_destroy.restype = None
    return library


def _wrapped_context(library: Any) -> tuple[int, cairo.Context[Any]]:
    """A `cairo_t *` of our own making, and the Context that pycairo's C interface makes of it."""
    get_pointer = ctypes.pythonapi.PyCapsule_GetPointer
    get_pointer.argtypes = (ctypes.py_object, ctypes.c_char_p)
    get_pointer.restype = ctypes.c_void_p
    interface: Any = get_pointer(cairo.CAPI, b"cairo.CAPI")
    # struct Pycairo_CAPI_t begins with Context_Type and Context_FromContext
    function: Any = (ctypes.c_void_p * 2).from_address(interface)[1]
    make = ctypes.PYFUNCTYPE(ctypes.py_object, ctypes.c_void_p, ctypes.py_object, ctypes.c_void_p)
    surface = library.cairo_image_surface_create(int(cairo.FORMAT_A8), 8, 8)
    pointer = library.cairo_create(surface)
    library.cairo_surface_destroy(surface)  # the context holds it
    return pointer, make(function)(pointer, cairo.Context, None)


def _works() -> bool:
    """Whether a Context's pointer is found, and a path that is appended by it is what it should be.

    The pointer is compared with a known one before anything follows it, so that a pycairo that is
    laid out otherwise fails this test and does not crash.
    """
    try:
        pointer, context = _wrapped_context(_load())
        if _pointer_of(context).value != pointer:
            return False
        there = [(0, 0), (1, 2), (3, 4), (5, 6)]
        back = [(5, 6), (7, 8), (9, 1), (0, 0)]
        apart = [(2, 2), (3, 2), (4, 2), (5, 2)]
        points = np.zeros((12, 3))
        points[:, :2] = there + back + apart
        NativePath(points).append_to(context)
        expected = cairo.Context(cairo.ImageSurface(cairo.FORMAT_A8, 8, 8))
        expected.move_to(0, 0)
        expected.curve_to(1, 2, 3, 4, 5, 6)
        expected.curve_to(7, 8, 9, 1, 0, 0)
        expected.close_path()
        expected.move_to(2, 2)
        expected.curve_to(3, 2, 4, 2, 5, 2)
        return [*context.copy_path()] == [*expected.copy_path()]
    except (AttributeError, OSError, ValueError, TypeError, ctypes.ArgumentError, cairo.Error):
        return False


def _append_function() -> Any:
    try:
        return _load().cairo_append_path
    except (AttributeError, OSError):
        return None


_append_path = _append_function()
"""State of this process: Cairo's function, or None."""
IS_USABLE = _append_path is not None and _works()
"""Whether a NativePath can be appended to a Context in this process."""
