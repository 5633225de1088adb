"""The film's camera: draws what StageCamera draws, remembering from frame to frame what it can.

A frame shows much of what the last one showed. The canvas keeps outlines and colours of mobjects
that did not change, passes over what lies outside the picture, and starts from a snapshot of the
back of the picture as far as it is at rest. What a frame looks like depends on the frame alone:
but for shades, which are rounded a little differently, its pixels are StageCamera's.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import cairo
import numpy as np
from manim import Mobject, VMobject
from manim.camera.camera import CAP_STYLE_MAP, LINE_JOIN_MAP
from numpy.typing import NDArray

from explainer.stage.camera import StageCamera, gradient_of, pinned
from explainer.stage.gradients import Glaze
from explainer.stage.paths import Outline, View

WORTH = 4
"""How many more mobjects must have come to rest before a new snapshot is taken."""
MITER = 10
"""Cairo's miter limit: corners of a stroke stick out at most this many half widths."""

Source = tuple[float, float, float, float] | cairo.Pattern


class Drawn:
    """A mobject as it was last drawn: where, and with what; `look` is all but its points."""

    __slots__ = ("fill", "look", "mobject", "outline", "strokes")

    def __init__(
        self, mobject: VMobject, outline: Outline, look: tuple[Any, ...], before: Drawn | None
    ) -> None:
        self.mobject, self.outline, self.look = mobject, outline, look
        self.fill: Source | Glaze | None = None
        self.strokes: list[tuple[Source | None, float]] = []
        if before and before.look == look and not before.spreads:
            self.fill, self.strokes = before.fill, before.strokes
            return
        gradient, rgbas = gradient_of(mobject), mobject.get_fill_rgbas()
        if rgbas[:, 3].any():
            self.fill = Glaze(gradient, rgbas) if gradient else source(mobject, rgbas)
        for background in (True, False):
            rgbas = mobject.get_stroke_rgbas(background)
            width = mobject.get_stroke_width(background) * 0.01
            stroke = source(mobject, rgbas) if width and rgbas[:, 3].any() else None
            self.strokes.append((stroke, width))

    @property
    def spreads(self) -> bool:
        """Whether a linear gradient reaches across it, whose ends move with its points."""
        return any(
            isinstance(what, cairo.Pattern) for what in (self.fill, *(s for s, _ in self.strokes))
        )

    @property
    def pinned(self) -> bool:
        """Whether it stays where it is on the screen."""
        return bool(self.look[0])

    def paint(self, context: cairo.Context[Any], view: View) -> None:
        """Draw it, unless nothing of it can be seen."""
        (behind, wide), (before, width) = self.strokes
        if not (self.fill or behind or before):
            return
        left, bottom, right, top = self.outline.box
        edge = MITER * max(wide, width) / 2
        if right < view.left - edge or left > view.right + edge:
            return
        if top < view.bottom - edge or bottom > view.top + edge:
            return
        if behind or before or not isinstance(self.fill, Glaze):
            self.outline.trace(context)
        if behind:
            self._stroke(context, behind, wide)
        if isinstance(self.fill, Glaze):
            self.fill.lay(context, self.outline, view)
        elif self.fill:
            _set(context, self.fill)
            context.fill_preserve()
        if before:
            self._stroke(context, before, width)

    def _stroke(self, context: cairo.Context[Any], stroke: Source, width: float) -> None:
        _set(context, stroke)
        context.set_line_width(width)
        context.set_line_join(LINE_JOIN_MAP[self.mobject.joint_type])
        context.set_line_cap(CAP_STYLE_MAP[self.mobject.cap_style])
        context.stroke_preserve()


class Canvas(StageCamera):
    """StageCamera for many frames; `show` draws a whole picture into `pixel_array`.

    The picture before it stays as it is until the next call: two arrays take turns.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._held: dict[int, Drawn] = {}
        self._before: list[Drawn] = []
        self._known: dict[int, Drawn] = {}
        self._view: View | None = None
        self._rest = 0
        self._other: NDArray[np.uint8] = self.pixel_array.copy()
        self._back: NDArray[np.uint8] = self.pixel_array.copy()
        """The picture with its first `_rest` mobjects."""

    def hold(self, mobjects: Iterable[Mobject]) -> None:
        """Show these as they are now, until others are held, whatever is done to them.

        Manim draws once in a play what it takes to stand still, though an updater may move it.
        """
        self._held = {}
        self._held = {id(m): self._drawn(m) for m in mobjects if isinstance(m, VMobject)}

    def show(self, mobjects: Iterable[Mobject]) -> None:
        """Draw `mobjects` and all their parts over the background, in order."""
        self.pixel_array, self._other = self._other, self.pixel_array
        flat = flatten(mobjects)
        if not all(isinstance(m, VMobject) and not m.background_image for m in flat):
            self._before, self._rest = [], 0
            self.reset()
            self.capture_mobjects(flat, include_submobjects=False)
            return
        view = View(self, self.frame)
        drawn = [self._drawn(mobject) for mobject in flat]
        same = 0
        if view == self._view:
            pairs = enumerate(zip(drawn, self._before, strict=False))
            least = min(len(drawn), len(self._before))
            same = next((i for i, (now, then) in pairs if now is not then), least)
        self._draw(drawn, same, view)
        self._before, self._view = drawn, view
        self._known = {id(entry.mobject): entry for entry in drawn}

    def _draw(self, drawn: list[Drawn], same: int, travelling: View) -> None:
        first = self._rest = self._rest if self._rest <= same else 0
        np.copyto(self.pixel_array, self._back if first else self.background)
        surface = cairo.ImageSurface.create_for_data(
            self.pixel_array.data, cairo.FORMAT_ARGB32, self.pixel_width, self.pixel_height
        )
        context = cairo.Context(surface)
        home, now = View(self, self.home), None
        for at, entry in enumerate(drawn[first:], first):
            if at == same >= first + WORTH:
                np.copyto(self._back, self.pixel_array)
                self._rest = at
            view = home if entry.pinned else travelling
            if view is not now:
                context.set_matrix(view.matrix)
                now = view
            entry.paint(context, view)

    def _drawn(self, mobject: VMobject) -> Drawn:
        if held := self._held.get(id(mobject)):
            return held
        entry = self._known.get(id(mobject))
        key, look = np.asarray(mobject.points, float).tobytes(), look_of(mobject)
        same = entry is not None and entry.outline.key == key
        if entry and same and entry.look == look:
            return entry
        outline = entry.outline if entry and same else Outline(key)
        return Drawn(mobject, outline, look, entry)


def flatten(mobjects: Iterable[Mobject]) -> list[Mobject]:
    """All parts that have points, in the order they are drawn in; each once, where it is last."""
    found: dict[int, Mobject] = {}

    def visit(mobject: Mobject) -> None:
        for part in reversed(mobject.submobjects):
            visit(part)
        if len(mobject.points):
            found.setdefault(id(mobject), mobject)

    for mobject in reversed(list(mobjects)):
        visit(mobject)
    flat = list(found.values())[::-1]
    if len({mobject.z_index for mobject in flat}) > 1:
        flat.sort(key=lambda mobject: mobject.z_index)
    return flat


def look_of(mobject: VMobject) -> tuple[Any, ...]:
    """All that a mobject's pixels depend on beside its points."""
    behind = mobject.background_stroke_width
    return (
        pinned(mobject),
        gradient_of(mobject),
        mobject.get_fill_rgbas().tobytes(),
        mobject.stroke_width,
        mobject.get_stroke_rgbas().tobytes(),
        behind,
        mobject.get_stroke_rgbas(True).tobytes() if behind else b"",
        mobject.joint_type,
        mobject.cap_style,
        mobject.sheen_direction.tobytes(),
    )


def source(mobject: VMobject, rgbas: NDArray[np.float64]) -> Source:
    """What Manim paints with: one colour, or a linear gradient across the mobject."""
    # Manim's surface is RGBA read by Cairo as BGRA, so red and blue change places
    stops = [(blue, green, red, alpha) for red, green, blue, alpha in rgbas.tolist()]
    if len(stops) == 1:
        return stops[0]
    start, end = mobject.get_gradient_start_and_end_points()
    pattern = cairo.LinearGradient(*start[:2], *end[:2])
    for at, stop in zip(np.linspace(0, 1, len(stops)), stops, strict=True):
        pattern.add_color_stop_rgba(at, *stop)
    return pattern


def _set(context: cairo.Context[Any], what: Source) -> None:
    if isinstance(what, tuple):
        context.set_source_rgba(*what)
    else:
        context.set_source(what)
