"""Text set by Pango, in every script: rows of text in, their picture out.

The film's own fonts come first, then the system's. Pango and Cairo are there for Manim, but its
bindings tell neither where a word stands in a row nor which letters no font has; these few calls of
their C interfaces do.
"""

from __future__ import annotations

import ctypes
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from ctypes import POINTER, Structure, byref, c_char_p, c_double, c_int, c_uint, c_uint32, c_void_p
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explainer.errors import EnvironmentProblem
from explainer.languages import text_direction

Colour = tuple[int, int, int, int]
"""Red, green, blue and alpha, each up to 255."""
Mark = tuple[int, int]
"""The first character of a word in a row, and the one after its last."""

_UNITS = 1024
"""Pango's units in a pixel."""
_UNKNOWN = 0x10000000
"""The bit of a glyph that stands for a letter no font has."""
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
"""The functions that give a pointer."""


class _Rectangle(Structure):
    _fields_ = (("x", c_int), ("y", c_int), ("width", c_int), ("height", c_int))


class _Attribute(Structure):
    _fields_ = (("kind", c_void_p), ("start", c_uint), ("end", c_uint))


class _Item(Structure):
    _fields_ = (
        ("offset", c_int),
        ("length", c_int),
        ("letters", c_int),
        ("shaper", c_void_p),
        ("breaker", c_void_p),
        ("font", c_void_p),
    )


class _Glyph(Structure):
    _fields_ = (("glyph", c_uint32), ("geometry", c_int * 3), ("flags", c_uint))


class _Glyphs(Structure):
    _fields_ = (("count", c_int), ("glyphs", POINTER(_Glyph)), ("clusters", POINTER(c_int)))


class _Run(Structure):
    _fields_ = (("item", POINTER(_Item)), ("glyphs", POINTER(_Glyphs)))


class _List(Structure):
    pass


_List._fields_ = (("data", POINTER(_Run)), ("next", POINTER(_List)))


class _Line(Structure):
    _fields_ = (
        ("layout", c_void_p),
        ("start", c_int),
        ("length", c_int),
        ("runs", POINTER(_List)),
    )


@dataclass(frozen=True, slots=True)
class Fonts:
    """Where a film's own fonts lie, and the language that letters take their form from."""

    folder: str
    language: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """The font files that a text is set with, and its letters that no font has."""

    files: tuple[str, ...]
    missing: str


def coverage(texts: Sequence[str], fonts: Fonts) -> Coverage:
    """Which fonts the texts are set with, in the order of their names, and what none has."""
    found = []
    for text in texts:
        with _Row(text, fonts, 44) as row:
            found.append(_covered(text, row.line()))
    files = {file for one in found for file in one.files}
    missing = dict.fromkeys(letter for one in found for letter in one.missing)
    return Coverage(tuple(sorted(files)), "".join(missing))


@lru_cache(maxsize=1024)
def manims(text: str, family: str) -> Coverage:
    """What Manim's Text sets one line with, in a family or, if that is empty, in the usual one."""
    lib = _libraries()
    maps = c_void_p(lib.pango_cairo_font_map_get_default())
    context = c_void_p(lib.pango_font_map_create_context(maps))
    layout = c_void_p(lib.pango_layout_new(context))
    font = c_void_p(lib.pango_font_description_from_string(f"{family} 44".strip().encode()))
    data = text.encode()
    lib.pango_layout_set_single_paragraph_mode(layout, True)
    lib.pango_layout_set_text(layout, data, len(data))
    lib.pango_layout_set_font_description(layout, font)
    try:
        return _covered(text, c_void_p(lib.pango_layout_get_line_readonly(layout, 0)))
    finally:
        lib.pango_font_description_free(font)
        lib.g_object_unref(layout)
        lib.g_object_unref(context)


def _covered(text: str, line: Any) -> Coverage:
    """The fonts that a line which is laid out is set with, and what none has."""
    data = text.encode()
    files: dict[str, None] = {}
    missing: dict[str, None] = {}
    for run in _runs(line):
        item, glyphs = run.item.contents, run.glyphs.contents
        files[_file(item.font)] = None
        for i in range(glyphs.count):
            if glyphs.glyphs[i].glyph & _UNKNOWN:
                at = item.offset + glyphs.clusters[i]
                missing[data[at:].decode()[0]] = None
    return Coverage(tuple(sorted(files)), "".join(missing))


def _runs(line: Any) -> Iterator[_Run]:
    """The stretches of a line that are set in one font."""
    node = ctypes.cast(line, POINTER(_Line)).contents.runs
    while node:
        yield node.contents.data.contents
        node = node.contents.next


def package(letter: str) -> str:
    """The Debian package with a font for a letter."""
    name = unicodedata.name(letter, "")
    if name.startswith(("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "IDEOGRAPHIC")):
        return "fonts-noto-cjk"
    if name.startswith(("FULLWIDTH", "HALFWIDTH")):
        return "fonts-noto-cjk"
    if unicodedata.category(letter) == "So":
        return "fonts-noto-color-emoji"
    return "fonts-noto-core"


def lacking(letters: str) -> tuple[str, str]:
    """The letters that no font has as a message shows them, and what to do."""
    packages = " ".join(dict.fromkeys(map(package, letters)))
    shown = " ".join(letters[:20]) + (" …" if len(letters) > 20 else "")
    remedy = f"sudo apt-get install {packages}   (or put a font with them into assets/fonts)"
    return shown, remedy


def plate(
    rows: Sequence[str],
    marked: Sequence[Sequence[Mark]],
    fonts: Fonts,
    size: float,
    area: tuple[int, int],
    colours: tuple[Colour, Colour, Colour],
) -> NDArray[np.uint8]:
    """Rows in boxes in the middle of an area, RGBA of shape (height, width, 4), premultiplied.

    `size` is that of the letters in pixels, made smaller where the rows would not fit; `area` is
    width and height; `colours` are those of the boxes, of words, and of words in `marked`, which
    are underlined too.
    """
    width, height = area
    for _ in range(4):
        high = sum(_height(row, fonts, size) for row in rows)
        wide = max(_width(row, fonts, size) for row in rows) + 0.7 * size
        fits = min(height / high, width / wide)
        if fits >= 1:
            break
        size *= fits * 0.995
    picture = np.zeros((height, width, 4), np.uint8)
    y = round((height - high) / 2)
    with _Canvas(picture) as canvas:
        for row, marks in zip(rows, marked, strict=True):
            with _Row(row, fonts, size, marks, colours[2]) as text:
                text.draw(canvas, y, width, colours)
                y += round(text.height)
    return picture[:, :, (2, 1, 0, 3)]


def _height(text: str, fonts: Fonts, size: float) -> float:
    with _Row(text, fonts, size) as row:
        return row.height


def _width(text: str, fonts: Fonts, size: float) -> float:
    with _Row(text, fonts, size) as row:
        return row.width


class _Canvas:
    """A Cairo context that draws into an array of BGRA, of shape (height, width, 4)."""

    def __init__(self, picture: NDArray[np.uint8]) -> None:
        self.lib = _libraries()
        height, width, _ = picture.shape
        data = picture.ctypes.data_as(c_void_p)
        self.surface = c_void_p(
            self.lib.cairo_image_surface_create_for_data(data, 0, width, height, 4 * width)
        )
        self.context = c_void_p(self.lib.cairo_create(self.surface))

    def __enter__(self) -> _Canvas:
        return self

    def __exit__(self, *_: object) -> None:
        self.lib.cairo_surface_flush(self.surface)
        self.lib.cairo_destroy(self.context)
        self.lib.cairo_surface_destroy(self.surface)

    def colour(self, colour: Colour) -> None:
        parts = [c_double(part / 255) for part in colour]
        self.lib.cairo_set_source_rgba(self.context, *parts)

    def box(self, x: float, y: float, width: float, height: float, radius: float = 0) -> None:
        """Fill a rectangle; with a radius its corners are round."""
        lib, right, bottom = self.lib, x + width - radius, y + height - radius
        lib.cairo_new_path(self.context)  # where text ended must not become a corner
        if radius:
            corners = ((right, y + radius), (right, bottom), (x + radius, bottom))
            for quarter, (a, b) in enumerate((*corners, (x + radius, y + radius))):
                angles = [(quarter + turn) * np.pi / 2 for turn in (-1, 0)]
                lib.cairo_arc(self.context, *map(c_double, (a, b, radius, *angles)))
            lib.cairo_close_path(self.context)
        else:
            lib.cairo_rectangle(self.context, *map(c_double, (x, y, width, height)))
        lib.cairo_fill(self.context)


class _Row:
    """One row of text as Pango lays it out; sizes are in pixels."""

    def __init__(
        self,
        text: str,
        fonts: Fonts,
        size: float,
        marks: Sequence[Mark] = (),
        colour: Colour = (0, 0, 0, 0),
    ) -> None:
        lib = self.lib = _libraries()
        self.size = size
        self.layout = c_void_p(lib.pango_layout_new(_context(fonts)))
        data = text.encode()
        lib.pango_layout_set_auto_dir(self.layout, False)
        lib.pango_layout_set_single_paragraph_mode(self.layout, True)
        lib.pango_layout_set_text(self.layout, data, len(data))
        font = _description(fonts)
        lib.pango_font_description_set_absolute_size(font, c_double(size * _UNITS))
        lib.pango_layout_set_font_description(self.layout, font)
        self.marks = [(len(text[:a].encode()), len(text[:b].encode())) for a, b in marks]
        if self.marks:
            self._paint(colour)
        ink, logical = _Rectangle(), _Rectangle()
        lib.pango_layout_get_extents(self.layout, byref(ink), byref(logical))
        baseline = lib.pango_layout_get_baseline(self.layout) / _UNITS
        self.width: float = logical.width / _UNITS
        self.baseline: float = baseline
        # letters that are higher or hang lower than Latin ones take the room that they need
        over = baseline - ink.y / _UNITS
        under = (ink.y + ink.height) / _UNITS - baseline
        self.over: float = max(1.06 * size, over + 0.12 * size)
        self.under: float = max(0.34 * size, under + 0.12 * size)

    @property
    def height(self) -> float:
        """The height of the row's box."""
        return self.over + self.under

    def __enter__(self) -> _Row:
        return self

    def __exit__(self, *_: object) -> None:
        self.lib.g_object_unref(self.layout)

    def _paint(self, colour: Colour) -> None:
        """Give the marked words their colour; that parts no letters that are joined."""
        lib = self.lib
        attributes = c_void_p(lib.pango_attr_list_new())
        for start, end in self.marks:
            made = c_void_p(lib.pango_attr_foreground_new(*(part * 257 for part in colour[:3])))
            attribute = ctypes.cast(made, POINTER(_Attribute)).contents
            attribute.start, attribute.end = start, end
            lib.pango_attr_list_insert(attributes, made)
        lib.pango_layout_set_attributes(self.layout, attributes)
        lib.pango_attr_list_unref(attributes)

    def line(self) -> Any:
        return c_void_p(self.lib.pango_layout_get_line_readonly(self.layout, 0))

    def draw(
        self, canvas: _Canvas, y: float, width: int, colours: tuple[Colour, Colour, Colour]
    ) -> None:
        """Draw the row with its box, its top at `y`, into the middle of the width."""
        box, plain, marked = colours
        size, x, pad = self.size, (width - self.width) / 2, self.size * 0.35
        canvas.colour(box)
        canvas.box(x - pad, y, self.width + 2 * pad, self.height, size * 0.2)
        canvas.colour(plain)
        baseline = y + self.over
        lib = self.lib
        lib.cairo_move_to(canvas.context, c_double(x), c_double(baseline - self.baseline))
        lib.pango_cairo_show_layout(canvas.context, self.layout)
        canvas.colour(marked)
        under = y + self.height - 0.22 * size
        for start, end in self.marks:
            for left, right in self._ranges(start, end):
                canvas.box(x + left, under, right - left, max(1, size * 0.06))

    def _ranges(self, start: int, end: int) -> list[tuple[float, float]]:
        """From where to where the text between two bytes stands; more than one if it turns."""
        found, count = POINTER(c_int)(), c_int()
        arguments = self.line(), start, end, byref(found), byref(count)
        self.lib.pango_layout_line_get_x_ranges(*arguments)
        edges = [found[i] / _UNITS for i in range(2 * count.value)]
        self.lib.g_free(found)
        return [*zip(edges[::2], edges[1::2], strict=True)]


def _file(font: int) -> str:
    """The file that a font of Pango's comes from."""
    lib, name = _libraries(), c_char_p()
    pattern = c_void_p(lib.pango_fc_font_get_pattern(c_void_p(font)))
    lib.FcPatternGetString(pattern, b"file", 0, byref(name))
    return (name.value or b"").decode()


@cache
def _fonts(folder: str) -> tuple[Any, tuple[str, ...]]:
    """The system's fonts together with those of a folder, and the paths of the latter."""
    lib = _libraries()
    config = c_void_p(lib.FcInitLoadConfigAndFonts())
    own = tuple(sorted(str(file) for file in Path(folder).glob("*.[ot]t[fc]")))
    for file in own:
        lib.FcConfigAppFontAddFile(config, file.encode())
    return config, own


@lru_cache(maxsize=16)
def _context(fonts: Fonts) -> Any:
    """What Pango lays text out with: the fonts, the language and its direction."""
    lib = _libraries()
    maps = c_void_p(lib.pango_cairo_font_map_new_for_font_type(1))  # FreeType's
    lib.pango_fc_font_map_set_config(maps, _fonts(fonts.folder)[0])
    context = c_void_p(lib.pango_font_map_create_context(maps))
    options = c_void_p(lib.cairo_font_options_create())
    # grey edges without hints: the same on every screen, whatever the system is set to
    lib.cairo_font_options_set_antialias(options, 2)
    lib.cairo_font_options_set_hint_style(options, 1)
    lib.cairo_font_options_set_hint_metrics(options, 1)
    lib.pango_cairo_context_set_font_options(context, options)
    lib.cairo_font_options_destroy(options)
    lib.pango_context_set_round_glyph_positions(context, False)
    language = c_void_p(lib.pango_language_from_string(fonts.language.encode()))
    lib.pango_context_set_language(context, language)
    lib.pango_context_set_base_dir(context, int(text_direction(fonts.language) == "rtl"))
    return context


@cache
def _description(fonts: Fonts) -> Any:
    """The film's medium font, else its first; its other families are asked next."""
    lib = _libraries()
    _, files = _fonts(fonts.folder)
    described, count = [], c_int()
    for file in sorted(files, key=lambda file: "Medium" not in Path(file).name):
        pattern = c_void_p(lib.FcFreeTypeQuery(file.encode(), 0, None, byref(count)))
        if pattern.value:
            found = lib.pango_fc_font_description_from_pattern(pattern, False)
            described.append(c_void_p(found))
            lib.FcPatternDestroy(pattern)
    if not described:
        return c_void_p(lib.pango_font_description_from_string(b"sans-serif medium"))
    families = [lib.pango_font_description_get_family(one) for one in described]
    names = b",".join(dict.fromkeys(filter(None, families)))
    lib.pango_font_description_set_family(described[0], names)
    return described[0]


@cache
def _libraries() -> Any:
    """All functions that are used, of six libraries, with what they give."""
    found: dict[str, Any] = {}
    handles = [_library(stem) for stem in _LIBRARIES.values()]

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


def _library(stem: str) -> ctypes.CDLL:
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
