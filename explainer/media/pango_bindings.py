"""C interfaces of Pango, Cairo and Fontconfig, as far as `pango` calls them: structures, functions.

State of this process: the loaded libraries, kept by `functions`.
"""

from __future__ import annotations

import ctypes
import sys
from ctypes import POINTER, Structure, c_char_p, c_int, c_uint, c_uint32, c_void_p
from functools import cache
from typing import Any

from explainer.errors import EnvironmentProblem

_LIBRARIES = {
    "gobject": "gobject-2.0.0",
    "fontconfig": "fontconfig.1",
    "cairo": "cairo.2",
    "pango": "pango-1.0.0",
    "pangoft": "pangoft2-1.0.0",
    "pangocairo": "pangocairo-1.0.0",
}
_REMEDY = "sudo apt-get install libpangocairo-1.0-0   (on macOS: brew install pango)"
_POINTERS = """
    FcInitLoadConfigAndFonts FcFreeTypeQuery pango_fc_font_description_from_pattern
    pango_cairo_font_map_new_for_font_type pango_font_map_create_context cairo_font_options_create
    pango_language_from_string pango_layout_new pango_attr_list_new pango_attr_foreground_new
    pango_layout_get_line_readonly cairo_image_surface_create_for_data cairo_create
    pango_fc_font_get_pattern pango_font_description_from_string pango_cairo_font_map_get_default
""".split()  # noqa: SIM905
"""The functions that return a pointer; the others return int or nothing."""


class Rectangle(Structure):
    """PangoRectangle, in Pango units."""

    _fields_ = (("x", c_int), ("y", c_int), ("width", c_int), ("height", c_int))


class Attribute(Structure):
    """The beginning of PangoAttribute."""

    _fields_ = (("kind", c_void_p), ("start", c_uint), ("end", c_uint))


class Item(Structure):
    """The beginning of PangoItem, down to the font of its analysis."""

    _fields_ = (
        ("offset", c_int),
        ("length", c_int),
        ("letters", c_int),
        ("shaper", c_void_p),
        ("breaker", c_void_p),
        ("font", c_void_p),
    )


class GlyphInfo(Structure):
    """PangoGlyphInfo."""

    _fields_ = (("glyph", c_uint32), ("geometry", c_int * 3), ("flags", c_uint))


class GlyphString(Structure):
    """The beginning of PangoGlyphString."""

    _fields_ = (("count", c_int), ("glyphs", POINTER(GlyphInfo)), ("clusters", POINTER(c_int)))


class LayoutRun(Structure):
    """The beginning of PangoLayoutRun: a stretch of text in one font."""

    _fields_ = (("item", POINTER(Item)), ("glyphs", POINTER(GlyphString)))


class RunList(Structure):
    """GSList of runs."""


RunList._fields_ = (("data", POINTER(LayoutRun)), ("next", POINTER(RunList)))


class LayoutLine(Structure):
    """The beginning of PangoLayoutLine."""

    _fields_ = (
        ("layout", c_void_p),
        ("start", c_int),
        ("length", c_int),
        ("runs", POINTER(RunList)),
    )


@cache
def functions() -> Any:
    """The functions of the six libraries as attributes, with their return types.

    Raises:
        EnvironmentProblem: if a library is not installed.
    """
    found: dict[str, Any] = {}
    handles = [_load_library(stem) for stem in _LIBRARIES.values()]

    class Functions:
        def __getattr__(self, name: str) -> Any:
            if name not in found:
                found[name] = next(getattr(lib, name) for lib in handles if hasattr(lib, name))
                if name in _POINTERS:
                    found[name].restype = c_void_p
                if name == "pango_font_description_get_family":
                    found[name].restype = c_char_p
            return found[name]

    return Functions()


def _load_library(stem: str) -> ctypes.CDLL:
    name, _, version = stem.rpartition(".")
    names = [f"lib{name}.so.{version}"]
    if sys.platform == "darwin":
        folders = ("", "/opt/homebrew/lib/", "/usr/local/lib/")
        names = [f"{folder}lib{name}.{version}.dylib" for folder in folders]
    for each in names:
        try:
            return ctypes.CDLL(each)
        except OSError:
            continue
    raise EnvironmentProblem.of(f"the library lib{name} is not installed", _REMEDY)
