"""Text set by Pango, in every script: rows of text in, their picture or their fonts out.

The film's own fonts take precedence over the system's. Pango and Cairo are installed for Manim,
whose bindings tell neither where a word stands in a row nor which letters no font has; a few calls
of their C interfaces (`pango_bindings`) do. Fonts that were loaded stay so for this process.
"""

from __future__ import annotations

import ctypes
import unicodedata
from collections.abc import Iterator, Sequence
from ctypes import POINTER, byref, c_char_p, c_double, c_int, c_void_p
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explainer.languages import text_direction
from explainer.media.pango_bindings import (
    Attribute,
    LayoutLine,
    LayoutRun,
    Rectangle,
    functions,
)

Colour = tuple[int, int, int, int]
"""Red, green, blue and alpha, each up to 255."""
WordSpan = tuple[int, int]
"""The first character of a word in a row, and the one after its last."""

_PANGO_UNITS = 1024
"""Pango's units in a pixel."""
_ELLIPSIZE_END = 3
"""Pango's number for leaving out the end of a line."""
_UNKNOWN_GLYPH = 0x10000000
"""The bit of a glyph's number that marks a letter no font has."""


@dataclass(frozen=True, slots=True)
class FontSource:
    """Where a film's own fonts lie, and the language that letters take their form from."""

    folder: str
    language: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """Paths of the font files that texts are set with, sorted, and letters that no font has."""

    files: tuple[str, ...]
    missing: str


def find_coverage(texts: Sequence[str], fonts: FontSource) -> Coverage:
    """The fonts that Pango takes for the texts as captions."""
    found = []
    for text in texts:
        with _TextRow(text, fonts, 44) as row:
            found.append(_line_coverage(text, row.line()))
    files = {file for one in found for file in one.files}
    missing = dict.fromkeys(letter for one in found for letter in one.missing)
    return Coverage(tuple(sorted(files)), "".join(missing))


@lru_cache(maxsize=1024)
def manim_coverage(text: str, family: str) -> Coverage:
    """The fonts that Manim's Text takes for one line, in a family or, if empty, in the default."""
    lib = functions()
    maps = c_void_p(lib.pango_cairo_font_map_get_default())
    context = c_void_p(lib.pango_font_map_create_context(maps))
    layout = c_void_p(lib.pango_layout_new(context))
    font = c_void_p(lib.pango_font_description_from_string(f"{family} 44".strip().encode()))
    data = text.encode()
    lib.pango_layout_set_single_paragraph_mode(layout, True)
    lib.pango_layout_set_text(layout, data, len(data))
    lib.pango_layout_set_font_description(layout, font)
    try:
        return _line_coverage(text, c_void_p(lib.pango_layout_get_line_readonly(layout, 0)))
    finally:
        lib.pango_font_description_free(font)
        lib.g_object_unref(layout)
        lib.g_object_unref(context)


def _line_coverage(text: str, line: Any) -> Coverage:
    """The fonts of a line that Pango has laid out."""
    data = text.encode()
    files: dict[str, None] = {}
    missing: dict[str, None] = {}
    for run in _runs(line):
        item, glyphs = run.item.contents, run.glyphs.contents
        files[_font_file(item.font)] = None
        for i in range(glyphs.count):
            if glyphs.glyphs[i].glyph & _UNKNOWN_GLYPH:
                at = item.offset + glyphs.clusters[i]
                missing[data[at:].decode()[0]] = None
    return Coverage(tuple(sorted(files)), "".join(missing))


def _runs(line: Any) -> Iterator[LayoutRun]:
    """The runs of a line, each set in one font."""
    node = ctypes.cast(line, POINTER(LayoutLine)).contents.runs
    while node:
        yield node.contents.data.contents
        node = node.contents.next


def font_package(letter: str) -> str:
    """The Debian package with a font that has a letter."""
    name = unicodedata.name(letter, "")
    if name.startswith(("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "IDEOGRAPHIC")):
        return "fonts-noto-cjk"
    if name.startswith(("FULLWIDTH", "HALFWIDTH")):
        return "fonts-noto-cjk"
    if unicodedata.category(letter) == "So":
        return "fonts-noto-color-emoji"
    return "fonts-noto-core"


def describe_missing(letters: str) -> tuple[str, str]:
    """Letters that no font has, as a message shows them, and the remedy."""
    packages = " ".join(dict.fromkeys(map(font_package, letters)))
    shown = " ".join(letters[:20]) + (" …" if len(letters) > 20 else "")
    remedy = f"sudo apt-get install {packages}   (or put a font with them into assets/fonts)"
    return shown, remedy


def render_rows(
    rows: Sequence[str],
    marked: Sequence[Sequence[WordSpan]],
    fonts: FontSource,
    size: float,
    area: tuple[int, int],
    colours: tuple[Colour, Colour, Colour],
) -> NDArray[np.uint8]:
    """Draw rows in boxes in the middle of an area: premultiplied RGBA, (height, width, 4).

    `size` is the type size in pixels, made smaller where the rows would not fit; `area` is width
    and height; `colours` are those of the boxes, of words, and of words in `marked`, which are
    underlined, too.
    """
    width, height = area
    for _ in range(4):
        high = sum(_row_height(row, fonts, size) for row in rows)
        wide = max(_row_width(row, fonts, size) for row in rows) + 0.7 * size
        fits = min(height / high, width / wide)
        if fits >= 1:
            break
        size *= fits * 0.995
    picture = np.zeros((height, width, 4), np.uint8)
    y = round((height - high) / 2)
    with _CairoCanvas(picture) as canvas:
        for row, marks in zip(rows, marked, strict=True):
            with _TextRow(row, fonts, size, marks, colours[2]) as text:
                text.draw(canvas, y, width, colours)
                y += round(text.height)
    return picture[:, :, (2, 1, 0, 3)]


def render_line(
    text: str, fonts: FontSource, size: float, area: tuple[int, int], colour: Colour
) -> NDArray[np.uint8]:
    """Draw one line of text at the left of an area: premultiplied RGBA, (height, width, 4).

    `size` is the type size in pixels, `area` width and height. A line that is too wide ends in
    dots. It begins at the left unless its first letter is of a script that runs to the left.
    """
    width, height = area
    picture = np.zeros((height, width, 4), np.uint8)
    with _TextRow(text, fonts, size) as row, _CairoCanvas(picture) as canvas:
        row.shorten(width)
        row.draw_plain(canvas, height, colour)
    return picture[:, :, (2, 1, 0, 3)]


def _row_height(text: str, fonts: FontSource, size: float) -> float:
    with _TextRow(text, fonts, size) as row:
        return row.height


def _row_width(text: str, fonts: FontSource, size: float) -> float:
    with _TextRow(text, fonts, size) as row:
        return row.width


class _CairoCanvas:
    """A Cairo context that draws into an array of BGRA, of shape (height, width, 4)."""

    def __init__(self, picture: NDArray[np.uint8]) -> None:
        self.lib = functions()
        height, width, _ = picture.shape
        data = picture.ctypes.data_as(c_void_p)
        self.surface = c_void_p(
            self.lib.cairo_image_surface_create_for_data(data, 0, width, height, 4 * width)
        )
        self.context = c_void_p(self.lib.cairo_create(self.surface))

    def __enter__(self) -> _CairoCanvas:
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


class _TextRow:
    """One row of text as Pango lays it out; sizes are in pixels."""

    def __init__(
        self,
        text: str,
        fonts: FontSource,
        size: float,
        marks: Sequence[WordSpan] = (),
        colour: Colour = (0, 0, 0, 0),
    ) -> None:
        lib = self.lib = functions()
        self.size = size
        self.layout = c_void_p(lib.pango_layout_new(_pango_context(fonts)))
        data = text.encode()
        lib.pango_layout_set_auto_dir(self.layout, False)
        lib.pango_layout_set_single_paragraph_mode(self.layout, True)
        lib.pango_layout_set_text(self.layout, data, len(data))
        font = _font_description(fonts)
        lib.pango_font_description_set_absolute_size(font, c_double(size * _PANGO_UNITS))
        lib.pango_layout_set_font_description(self.layout, font)
        self.marks = [(len(text[:a].encode()), len(text[:b].encode())) for a, b in marks]
        if self.marks:
            self._paint(colour)
        ink, logical = Rectangle(), Rectangle()
        lib.pango_layout_get_extents(self.layout, byref(ink), byref(logical))
        baseline = lib.pango_layout_get_baseline(self.layout) / _PANGO_UNITS
        self.width: float = logical.width / _PANGO_UNITS
        self.baseline: float = baseline
        # letters that are higher or hang lower than Latin ones take the room that they need
        over = baseline - ink.y / _PANGO_UNITS
        under = (ink.y + ink.height) / _PANGO_UNITS - baseline
        self.over: float = max(1.06 * size, over + 0.12 * size)
        self.under: float = max(0.34 * size, under + 0.12 * size)

    @property
    def height(self) -> float:
        """The height of the row's box."""
        return self.over + self.under

    def __enter__(self) -> _TextRow:
        return self

    def __exit__(self, *_: object) -> None:
        self.lib.g_object_unref(self.layout)

    def _paint(self, colour: Colour) -> None:
        """Give the marked words their colour; that parts no letters that are joined."""
        lib = self.lib
        attributes = c_void_p(lib.pango_attr_list_new())
        for start, end in self.marks:
            made = c_void_p(lib.pango_attr_foreground_new(*(part * 257 for part in colour[:3])))
            attribute = ctypes.cast(made, POINTER(Attribute)).contents
            attribute.start, attribute.end = start, end
            lib.pango_attr_list_insert(attributes, made)
        lib.pango_layout_set_attributes(self.layout, attributes)
        lib.pango_attr_list_unref(attributes)

    def line(self) -> Any:
        return c_void_p(self.lib.pango_layout_get_line_readonly(self.layout, 0))

    def shorten(self, width: int) -> None:
        """Leave out what has no room in a width, with dots in its place."""
        lib = self.lib
        lib.pango_layout_set_auto_dir(self.layout, True)
        lib.pango_layout_set_width(self.layout, width * _PANGO_UNITS)
        lib.pango_layout_set_ellipsize(self.layout, _ELLIPSIZE_END)

    def draw_plain(self, canvas: _CairoCanvas, height: int, colour: Colour) -> None:
        """Draw the row without a box, from the left edge and in the middle of a height."""
        top = (height - self.height) / 2 + self.over - self.baseline
        canvas.colour(colour)
        self.lib.cairo_move_to(canvas.context, c_double(0), c_double(top))
        self.lib.pango_cairo_show_layout(canvas.context, self.layout)

    def draw(
        self, canvas: _CairoCanvas, y: float, width: int, colours: tuple[Colour, Colour, Colour]
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
        edges = [found[i] / _PANGO_UNITS for i in range(2 * count.value)]
        self.lib.g_free(found)
        return [*zip(edges[::2], edges[1::2], strict=True)]


def _font_file(font: int) -> str:
    """The file that a font of Pango's comes from."""
    lib, name = functions(), c_char_p()
    pattern = c_void_p(lib.pango_fc_font_get_pattern(c_void_p(font)))
    lib.FcPatternGetString(pattern, b"file", 0, byref(name))
    return (name.value or b"").decode()


@cache
def _font_config(folder: str) -> tuple[Any, tuple[str, ...]]:
    """The system's fonts together with those of a folder, and the paths of the latter."""
    lib = functions()
    config = c_void_p(lib.FcInitLoadConfigAndFonts())
    own = tuple(sorted(str(file) for file in Path(folder).glob("*.[ot]t[fc]")))
    for file in own:
        lib.FcConfigAppFontAddFile(config, file.encode())
    return config, own


@lru_cache(maxsize=16)
def _pango_context(fonts: FontSource) -> Any:
    """What Pango lays text out with: the fonts, the language and its direction."""
    lib = functions()
    maps = c_void_p(lib.pango_cairo_font_map_new_for_font_type(1))  # FreeType's
    lib.pango_fc_font_map_set_config(maps, _font_config(fonts.folder)[0])
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
def _font_description(fonts: FontSource) -> Any:
    """The film's medium font, else its first; its other families are asked next."""
    lib = functions()
    _, files = _font_config(fonts.folder)
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
