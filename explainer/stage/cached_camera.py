"""The film's camera: draws what StageCamera draws, reusing what has not changed between frames.

It keeps paths and colours of mobjects, skips what lies outside the frame, and starts from a
snapshot of the rearmost mobjects as far as they are at rest. What a frame looks like depends on
that frame alone, and its pixels are StageCamera's, but for radial gradients, which are rounded a
little differently.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import cairo
import numpy as np
from manim import Mobject, PMobject, VMobject
from manim.camera.camera import CAP_STYLE_MAP, LINE_JOIN_MAP
from manim.mobject.types.image_mobject import AbstractImageMobject
from numpy.typing import NDArray

from explainer.stage.camera import StageCamera
from explainer.stage.gradients import GradientFill, gradient_of
from explainer.stage.mobject_attributes import identity, is_pinned
from explainer.stage.paths import MobjectPath, Viewport

MIN_NEW_STATIC = 4
"""How many more mobjects must have come to rest before another snapshot is taken."""
GROUND_ROWS = 8
"""One of so many rows of the background is looked at for changes."""
MITER_LIMIT = 10
"""Cairo's: corners of a stroke stick out at most this many half widths."""

Paint = tuple[float, float, float, float] | cairo.Pattern
"""One colour in the order of Cairo's surface, or a pattern."""


class DisplayItem:
    """A mobject as it was last drawn: its path and what that is painted with.

    `style` is all that its pixels depend on beside its points (`style_key`).
    """

    __slots__ = ("fill", "mobject", "path", "strokes", "style")

    def __init__(
        self, mobject: VMobject, path: MobjectPath, style: tuple[Any, ...], last: DisplayItem | None
    ) -> None:
        self.mobject = mobject
        self.path = path
        self.style = style
        self.fill: Paint | GradientFill | None = None
        self.strokes: list[tuple[Paint | None, float]] = []
        """Paint and width, first of the stroke behind the fill, then of the one before it."""
        if last and last.style == style and not last.has_linear_gradient:
            self.fill = last.fill
            self.strokes = last.strokes
            return
        gradient = gradient_of(mobject)
        rgbas = mobject.get_fill_rgbas()
        if rgbas[:, 3].any():
            if gradient:
                self.fill = GradientFill(gradient, rgbas)
            else:
                self.fill = paint_source(mobject, rgbas)
        for background in (True, False):
            rgbas = mobject.get_stroke_rgbas(background)
            width = mobject.get_stroke_width(background) * 0.01
            stroke = paint_source(mobject, rgbas) if width and rgbas[:, 3].any() else None
            self.strokes.append((stroke, width))

    @property
    def has_linear_gradient(self) -> bool:
        """Whether a linear gradient reaches across it, whose ends move with its points."""
        paints = (self.fill, *(paint for paint, _ in self.strokes))
        return any(isinstance(paint, cairo.Pattern) for paint in paints)

    @property
    def is_pinned(self) -> bool:
        """Whether it stays where it is on the screen."""
        return bool(self.style[0])

    def draw(self, context: cairo.Context[Any], viewport: Viewport) -> None:
        """Draw it, unless nothing of it can be seen."""
        (back_stroke, back_width), (front_stroke, front_width) = self.strokes
        if not (self.fill or back_stroke or front_stroke):
            return
        left, bottom, right, top = self.path.box
        reach = MITER_LIMIT * max(back_width, front_width) / 2
        if right < viewport.left - reach or left > viewport.right + reach:
            return
        if top < viewport.bottom - reach or bottom > viewport.top + reach:
            return
        if back_stroke or front_stroke or not isinstance(self.fill, GradientFill):
            self.path.add_to(context)
        if back_stroke:
            self._stroke(context, back_stroke, back_width)
        if isinstance(self.fill, GradientFill):
            self.fill.fill(context, self.path, viewport)
        elif self.fill:
            _set_paint(context, self.fill)
            context.fill_preserve()
        if front_stroke:
            self._stroke(context, front_stroke, front_width)

    def _stroke(self, context: cairo.Context[Any], paint: Paint, width: float) -> None:
        _set_paint(context, paint)
        context.set_line_width(width)
        context.set_line_join(LINE_JOIN_MAP[self.mobject.joint_type])
        context.set_line_cap(CAP_STYLE_MAP[self.mobject.cap_style])
        context.stroke_preserve()


class CachedCamera(StageCamera):
    """StageCamera for many frames; `draw_frame` draws a whole picture into `pixel_array`.

    That is an array of shape (height, width, 4), RGBA. Two take turns, so that the picture before
    stays as it is until the next call.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._held: dict[Any, DisplayItem] = {}
        self._last_items: list[DisplayItem] = []
        self._items_by_id: dict[Any, DisplayItem] = {}
        self._last_viewport: Viewport | None = None
        self._other_array: NDArray[np.uint8] = self.pixel_array.copy()
        self._static_count = 0
        self._static_layer: NDArray[np.uint8] = self.pixel_array.copy()
        """The picture with its first `_static_count` mobjects."""
        self._ground: NDArray[np.uint8] | None = None
        self._ground_rows: NDArray[np.uint8] = self.pixel_array[:0]
        """The background of the last frame, and a copy of every `GROUND_ROWS`th of its rows."""

    def hold(self, mobjects: Iterable[Mobject]) -> None:
        """Draw these as they are now, until others are held, whatever is done to them.

        Manim draws once in a play what it takes to stand still, though an updater may move it.
        """
        self._held = {}
        self._held = {identity(m): self._item_of(m) for m in mobjects if isinstance(m, VMobject)}

    def draw_frame(self, mobjects: Iterable[Mobject]) -> None:
        """Draw `mobjects` and all their parts over the background, in order."""
        self.turn()
        flat = flatten(mobjects)
        if not _are_plain(flat):
            self._last_items = []
            self._static_count = 0
            self.reset()
            self.capture_mobjects(flat, include_submobjects=False)
            return
        viewport = Viewport(self, self.frame)
        items = [self._item_of(mobject) for mobject in flat]
        unchanged = 0
        if self._has_same_ground() and viewport == self._last_viewport:
            unchanged = _common_prefix(items, self._last_items)
        self._draw_items(items, unchanged, viewport)
        self._last_items = items
        self._last_viewport = viewport
        self._items_by_id = {identity(item.mobject): item for item in items}

    def _has_same_ground(self) -> bool:
        """Whether the background is that of the last frame; another one may be set, or drawn in."""
        ground = self.background
        rows = ground[::GROUND_ROWS]
        if ground is self._ground and np.array_equal(rows, self._ground_rows):
            return True
        self._ground, self._ground_rows = ground, rows.copy()
        return False

    def turn(self) -> NDArray[np.uint8]:
        """Let the other array take its turn; what it holds is to be written over."""
        self.pixel_array, self._other_array = self._other_array, self.pixel_array
        picture: NDArray[np.uint8] = self.pixel_array
        return picture

    def look_of(self, mobjects: Iterable[Mobject]) -> int:
        """A hash of all that `draw_frame` would draw over the background now.

        It can be compared between forks of one process.
        """
        flat = flatten(mobjects)
        held = self._held if _are_plain(flat) else {}
        looks = [_look_of(mobject, held.get(identity(mobject))) for mobject in flat]
        return hash((Viewport(self, self.frame).key, Viewport(self, self.home).key, *looks))

    def _draw_items(self, items: list[DisplayItem], unchanged: int, travelling: Viewport) -> None:
        """Draw all, of which the first `unchanged` are as in the last frame."""
        if self._static_count > unchanged:
            self._static_count = 0
        first = self._static_count
        np.copyto(self.pixel_array, self._static_layer if first else self.background)
        surface = cairo.ImageSurface.create_for_data(
            self.pixel_array.data, cairo.FORMAT_ARGB32, self.pixel_width, self.pixel_height
        )
        context = cairo.Context(surface)
        home = Viewport(self, self.home)
        current = None
        for index, item in enumerate(items[first:], first):
            if index == unchanged > 0 and (not first or index >= first + MIN_NEW_STATIC):
                np.copyto(self._static_layer, self.pixel_array)
                self._static_count = index
            viewport = home if item.is_pinned else travelling
            if viewport is not current:
                context.set_matrix(viewport.matrix)
                current = viewport
            item.draw(context, viewport)

    def _item_of(self, mobject: VMobject) -> DisplayItem:
        """The mobject as it is now: the item of the last frame itself if it did not change."""
        key = identity(mobject)
        if held := self._held.get(key):
            return held
        last = self._items_by_id.get(key)
        points_key = np.asarray(mobject.points, float).tobytes()
        style = style_key(mobject)
        if last is None or last.path.key != points_key:
            return DisplayItem(mobject, MobjectPath(points_key), style, last)
        if last.style == style:
            return last
        return DisplayItem(mobject, last.path, style, last)


def _are_plain(flat: Iterable[Mobject]) -> bool:
    """Whether mobjects are all drawn as paths in their own colours."""
    return all(isinstance(m, VMobject) and not m.background_image for m in flat)


def _look_of(mobject: Mobject, held: DisplayItem | None) -> tuple[Any, ...]:
    """All that the pixels of a mobject depend on, in what can be hashed."""
    if held:
        return held.path.key, held.style
    points = np.asarray(mobject.points, float).tobytes()
    if isinstance(mobject, VMobject):
        image = mobject.background_image
        # what another holds is not known
        named = str(image) if isinstance(image, str | Path | None) else os.getpid()
        return points, style_key(mobject), named
    if isinstance(mobject, AbstractImageMobject):
        pixels = mobject.get_pixel_array()
        return points, pixels.shape, pixels.tobytes(), mobject.resampling_algorithm
    if isinstance(mobject, PMobject):
        return points, mobject.rgbas.tobytes(), mobject.stroke_width
    return (points,)


def _common_prefix(items: list[DisplayItem], others: list[DisplayItem]) -> int:
    """How many items at the beginning of two lists are the very same."""
    for index, (item, other) in enumerate(zip(items, others, strict=False)):
        if item is not other:
            return index
    return min(len(items), len(others))


def flatten(mobjects: Iterable[Mobject]) -> list[Mobject]:
    """All parts that have points, in the order they are drawn in; each once, where it is last."""
    found: dict[Any, Mobject] = {}

    def visit(mobject: Mobject) -> None:
        for part in reversed(mobject.submobjects):
            visit(part)
        if len(mobject.points):
            found.setdefault(identity(mobject), mobject)

    for mobject in reversed(list(mobjects)):
        visit(mobject)
    flat = list(found.values())[::-1]
    if len({mobject.z_index for mobject in flat}) > 1:
        flat.sort(key=lambda mobject: mobject.z_index)
    return flat


def style_key(mobject: VMobject) -> tuple[Any, ...]:
    """All that a mobject's pixels depend on beside its points; the first tells if it is pinned."""
    back_width = mobject.background_stroke_width
    return (
        is_pinned(mobject),
        gradient_of(mobject),
        mobject.get_fill_rgbas().tobytes(),
        mobject.stroke_width,
        mobject.get_stroke_rgbas().tobytes(),
        back_width,
        mobject.get_stroke_rgbas(True).tobytes() if back_width else b"",
        mobject.joint_type,
        mobject.cap_style,
        mobject.sheen_direction.tobytes(),
    )


def paint_source(mobject: VMobject, rgbas: NDArray[np.float64]) -> Paint:
    """What Manim paints with, of colours of shape (n, 4): one, or a linear gradient across it."""
    # Manim's surface is RGBA read by Cairo as BGRA, so red and blue change places
    stops = [(blue, green, red, alpha) for red, green, blue, alpha in rgbas.tolist()]
    if len(stops) == 1:
        return stops[0]
    start, end = mobject.get_gradient_start_and_end_points()
    pattern = cairo.LinearGradient(*start[:2], *end[:2])
    for offset, stop in zip(np.linspace(0, 1, len(stops)), stops, strict=True):
        pattern.add_color_stop_rgba(offset, *stop)
    return pattern


def _set_paint(context: cairo.Context[Any], paint: Paint) -> None:
    if isinstance(paint, tuple):
        context.set_source_rgba(*paint)
    else:
        context.set_source(paint)
