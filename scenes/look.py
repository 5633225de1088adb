"""The look of the film: palette, grid, type, labels, glows and the header above every scene.

Scenes derive from `Film`; everything here is measured in 1080p pixels and given in Manim's units.
"""

# How to lay a scene out for every aspect:
# - The short side is 1080 px at any aspect: 1920×1080 wide, 1080×1920 tall, 1080×1080 square. So a
#   size (PX, type, a radius) stays as it is; only the places differ.
# - at_px(x, y) is a point of that frame, y down from its top left corner; WIDTH and HEIGHT are its
#   sides in px. Write places as at_px(*by_aspect((1440, 462), (540, 700), (760, 480))); by_aspect
#   takes anything: points, sizes, alignments, whole lists.
# - Labels keep between STAGE_TOP and STAGE_BOTTOM (130 to 880 px, tall: 130 to 1480 px), that is
#   below the header and above the caption band, and between LEFT_EDGE and RIGHT_EDGE. Pictures use
#   the whole frame.
# - Wide pictures set causes left of effects; tall ones set them above. A close-up keeps its size
#   and shows less to the sides (8 units instead of 14.2); Membrane() is as wide as the frame, so
#   parts that come in from the side start just outside ±config.frame_width / 2.
# - The constants hold for the process: manim's configuration is set before scenes are imported.

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

import numpy as np
from manim import (
    DOWN,
    LEFT,
    ORIGIN,
    RIGHT,
    UP,
    Animation,
    Circle,
    FadeIn,
    Line,
    ManimColor,
    MoveToTarget,
    Rectangle,
    RoundedRectangle,
    Scene,
    Text,
    UpdateFromAlphaFunc,
    VGroup,
    VMobject,
    config,
    interpolate_color,
    linear,
)
from numpy.typing import NDArray

from explainer.scene import (
    NarratedScene,
    RadialGradient,
    caption_band,
    label_texts,
    labels_enabled,
    mark_as_text,
)

T = TypeVar("T")
View = Sequence[float]
"""What a camera shows: the middle and the width, (x, y, width) in scene units."""

NIGHT, DUSK = "#070a1a", "#18204a"
TEXT, MUTED = "#F4F6FF", "#9AA6D0"
WELL, ILL = "#B9C4EE", "#343C6B"
INK = "#10132B"
HER2, HER2_LIGHT, HER2_DARK = "#FF5C8A", "#FFA3BE", "#C2336A"
HER3, HER3_LIGHT, HER3_DARK = "#F2A024", "#FFD694", "#B36B14"
ANTIBODY, ANTIBODY_LIGHT, ANTIBODY_DARK = "#35DCCB", "#B4F7EF", "#159C93"
HEADS, TAILS = "#7D96EA", "#3A4A93"
NK, NK_LIGHT, NK_DARK = "#9C82FF", "#CDBEFF", "#4A35A8"
PERFORIN, GRANZYME = "#FFD166", "#FF7A45"
SURVIVAL, PROLIFERATION = "#66FFBF", "#6FC3FF"
DNA, DNA_DARK = "#8FD3FF", "#2F6CC0"
CYTOPLASM = "#2A1850"

PX = min(config.frame_width, config.frame_height) / 1080
"""One pixel of a picture whose short side has 1080, in units."""
WIDTH, HEIGHT = round(config.frame_width / PX), round(config.frame_height / PX)
"""The frame's sides in those pixels."""
EM = 4 / 3
"""The em of Manim's Text at font size 96, in units (measured on Inter's capital height)."""


LARGE_TYPE, SMALL_TYPE = 60, 40
"""The two sizes of labels: the em in 1080p pixels."""


def at_px(x: float, y: float) -> NDArray[np.float64]:
    """A point of the frame in pixels (y down, from the top left) in units."""
    return np.array([(x - WIDTH / 2) * PX, (HEIGHT / 2 - y) * PX, 0.0])


def by_aspect(wide: T, tall: T, square: T) -> T:
    """What is right for the shape of the frame: wide (16:9), tall (9:16) or square."""
    return square if WIDTH == HEIGHT else wide if WIDTH > HEIGHT else tall


DEPART, DEPARTED = 0.3, 0.1
"""For how many seconds a line ends in the next one's flight, and how far that then is (0 to 1)."""
CLEAR = DEPARTED
"""How far a flight is that two lines share when it begins to be dimmed: not before the first of
them ends, where the page rests."""
DIMMING, CLEARING = 0.1, 0.14
"""The shares of a dimmed flight in which it gets dark, and clear again."""
BAR, TITLE_TIME = 4 * PX, 2.0
"""How thick the header's line is, and for how many seconds a chapter's title is shown."""
BAND_BOTTOM, BAND_TOP = caption_band()
HEADER_TOP, HEADER_BOTTOM = at_px(0, 58)[1], at_px(0, 110)[1]
STAGE_TOP, STAGE_BOTTOM = at_px(0, 130)[1], BAND_TOP + 20 * PX
MARGIN = by_aspect(96, 54, 54) * PX
LEFT_EDGE, RIGHT_EDGE = -config.frame_width / 2 + MARGIN, config.frame_width / 2 - MARGIN


def text_line(
    text: str, size: float = 32, colour: str = TEXT, weight: str = "SEMIBOLD", opacity: float = 1
) -> VMobject:
    """One line of Inter as a single shape; `size` is the em in 1080p pixels (at least 24).

    The middle of its capitals is at y = 0, so that lines set side by side share a baseline. It is
    set large and scaled down, because hinting at small sizes spoils the spacing.
    """
    line = VMobject(stroke_width=0, fill_color=colour, fill_opacity=opacity)
    line.set_points(_letters(text, weight))
    return mark_as_text(line.scale(size * PX / EM, about_point=ORIGIN), text, size * PX)


@cache
def _letters(text: str, weight: str) -> NDArray[np.float64]:
    """The outlines of a line of Inter, which take a while to set; around the origin."""
    capital, *letters = Text("H" + text, font="Inter", font_size=96, weight=weight)
    line = VMobject().set_points(np.concatenate([letter.points for letter in letters]))
    return np.array(line.shift(-line.get_x() * RIGHT - capital.get_y() * UP).points)


def label(
    name: str,
    colour: str = TEXT,
    size: float = SMALL_TYPE,
    align: NDArray[np.float64] = ORIGIN,
    weight: str = "SEMIBOLD",
    width: float = np.inf,
) -> VGroup:
    """A label of the script: a heading, and its smaller muted note below it if it has one.

    `size` is LARGE_TYPE or SMALL_TYPE; `align` is LEFT, RIGHT or ORIGIN (centred). A note wider
    than `width` units is set in two lines.
    """
    heading, *notes = label_texts(name)
    made = VGroup(text_line(heading, size, colour, weight))
    for note in notes:
        made.add(*_note(note, width))
    if notes:
        made.arrange(DOWN, buff=(10 + size / 5) * PX, aligned_edge=align)
    return shown(made)


def _note(text: str, width: float) -> list[VMobject]:
    """A note in one line, or broken at the space nearest to its middle."""
    line = text_line(text, SMALL_TYPE, MUTED, "MEDIUM")
    spaces = [place for place, char in enumerate(text) if char == " "]
    if line.width <= width or not spaces:
        return [line]
    middle = min(spaces, key=lambda place: abs(place - len(text) / 2))
    parts = text[:middle], text[middle + 1 :]
    return [text_line(part, SMALL_TYPE, MUTED, "MEDIUM") for part in parts]


def shown(mobject: VMobject) -> VMobject:
    """The mobject itself; in a film without labels it stands there unseen."""
    return mobject if labels_enabled() else mobject.set_opacity(0)


def leader(
    start: NDArray[np.float64], end: NDArray[np.float64], colour: str = MUTED, dot: bool = True
) -> VGroup:
    """A thin line from a label to the thing it names, with a small dot on the thing."""
    made = VGroup(Line(start, end, stroke_width=2.5, color=colour))
    if dot:
        made.add(Circle(5 * PX, stroke_width=0, fill_opacity=1, fill_color=colour).move_to(end))
    return shown(made)


def glow(colour: str, width: float, height: float | None = None, opacity: float = 0.5) -> Circle:
    """A soft light; `opacity` is that of its middle."""
    light = Circle(1, stroke_width=0, fill_color=colour, fill_opacity=opacity)
    light.radial_gradient = RadialGradient((0, 0), 1.0, (1, 0.78, 0.5, 0.26, 0.1, 0.025, 0))
    return light.stretch_to_fit_width(width).stretch_to_fit_height(height or width)


def mix(colour: str, other: str, amount: float) -> str:
    """`colour` with `amount` (0 to 1) of `other` in it, as a hex string."""
    return interpolate_color(ManimColor(colour), ManimColor(other), amount).to_hex()


def tones(light: str, mid: str, dark: str) -> list[str]:
    """The four fill colours of a lit round body: highlight, light, body and shadow."""
    return [mix(light, "#FFFFFF", 0.35), mix(light, mid, 0.35), mix(mid, dark, 0.25), dark]


def mute(mobject: VMobject, amount: float = 0.68, toward: str = "#141A3C", **kwargs) -> Animation:
    """Step back: all colours go `amount` of the way into the dusk; opaque, so no see-through."""
    mobject.generate_target()
    _tint(mobject, mobject.target, amount, toward)
    return MoveToTarget(mobject, **kwargs)


def unmute(mobject: VMobject, **kwargs) -> Animation:
    """Step forward again, to the colours from before `mute`."""
    return mute(mobject, 0, **kwargs)


def muted(mobject: VMobject, amount: float = 0.68, toward: str = "#141A3C") -> VMobject:
    """The mobject itself, already stepped back."""
    _tint(mobject, mobject, amount, toward)
    return mobject


def _tint(source: VMobject, onto: VMobject, amount: float, toward: str) -> None:
    dusk = np.array(ManimColor(toward).to_rgb())
    for part, changed in zip(source.get_family(), onto.get_family(), strict=True):
        if not isinstance(part, VMobject):
            continue
        if not hasattr(part, "vivid"):
            part.vivid = (part.fill_rgbas[:, :3].copy(), part.stroke_rgbas[:, :3].copy())
        changed.vivid = part.vivid
        changed.fill_rgbas = _blend(part.vivid[0], part.fill_rgbas, dusk, amount)
        changed.stroke_rgbas = _blend(part.vivid[1], part.stroke_rgbas, dusk, amount)


def _blend(rgb: NDArray, rgbas: NDArray, dusk: NDArray, amount: float) -> NDArray:
    alpha = np.resize(rgbas[:, 3], len(rgb))
    return np.column_stack([rgb * (1 - amount) + dusk * amount, alpha])


class Header(VGroup):
    """The film's chapters as a thin line across the top, and a chapter's title as it begins."""

    is_header = True  # labels of this one may stand in the header

    def __init__(self, titles: tuple[str, ...], index: int) -> None:
        super().__init__()
        gap = 12 * PX
        self.span = (RIGHT_EDGE - LEFT_EDGE - gap * (len(titles) - 1)) / len(titles)
        for i in range(len(titles)):
            left = np.array([LEFT_EDGE + i * (self.span + gap), HEADER_TOP, 0])
            self.add(_bar(self.span, BAR, TEXT if i < index else "#3A4475").move_to(left, LEFT))
            if i == index:
                self.start = left
        self.title = text_line(titles[index], SMALL_TYPE, TEXT)
        self.title.shift(at_px(0, 84) * UP - self.title.get_left()[0] * RIGHT + LEFT_EDGE * RIGHT)
        self.title.set_opacity(0)
        self.fill = _bar(BAR, BAR, HER2).move_to(self.start, LEFT)
        self.short = self.fill.points.copy()
        self.add(self.fill, shown(self.title))

    def show(self, progress: float, title: float) -> None:
        """Fill the running chapter's bar to `progress`, and show its title by `title`, 0 to 1."""
        # only the right half moves: a new rounded bar would cost 13 ms a frame
        right = self.short[:, 0] > (self.short[:, 0].min() + self.short[:, 0].max()) / 2
        self.fill.points = self.short.copy()
        self.fill.points[right, 0] += max(0, self.span * progress - BAR)
        if labels_enabled():
            self.title.set_fill(opacity=title)


def _bar(width: float, height: float, colour: str) -> RoundedRectangle:
    bar = RoundedRectangle(corner_radius=height / 2, width=max(width, height * 1.01), height=height)
    return bar.set_stroke(width=0).set_fill(colour, 1)


class _SettleFirst(Animation):
    """Ends idle displacement before the animations of a play end, which start from rest."""

    def __init__(self, settle: Callable[[], None]) -> None:
        super().__init__(VMobject())
        self.settle = settle

    def update_mobjects(self, dt: float) -> None:
        """Nothing to update."""

    def interpolate(self, alpha: float) -> None:
        """Nothing to draw."""

    def finish(self) -> None:
        self.settle()

    def clean_up_from_scene(self, scene: Scene) -> None:
        """Nothing to remove."""


EASE = 0.12
"""The share of a line in which an idle motion ends."""
BREATH, NOD = 0.006, 0.4
"""By which share an idling part grows besides, or by how many degrees it turns if it grows anyway:
twice as often, so that it does not stand still each time it turns back."""


class Flight:
    """A move of the camera from one view to another, at an even pace for the eye.

    A view is (x, y, width) in scene units. The width changes exponentially, and the point that
    both views show at the same place of the screen stays there.
    """

    def __init__(self, start: View, end: View) -> None:
        self.start, self.end = np.array(start, float), np.array(end, float)

    def view(self, time: float) -> NDArray[np.float64]:
        """The view at `time`, 0 to 1, eased at both ends."""
        eased = float(smoothstep(np.array(time)))
        before, after = self.start[2], self.end[2]
        width = before * (after / before) ** eased
        way = eased if np.isclose(before, after) else (width - before) / (after - before)
        return np.array([*(self.start[:2] + (self.end[:2] - self.start[:2]) * way), width])


@dataclass(slots=True)
class Idle:
    """How a part moves a little while nothing else happens to it, `periods` times a line."""

    part: VMobject
    turn: float
    shift: NDArray[np.float64]
    grow: float
    periods: int
    pivot: NDArray[np.float64] | None
    line: int
    since: float
    """The line, and how far it was, when the motion began."""
    ended: float | None = None

    def displace(self, line: int, progress: float) -> None:
        """Move the points from rest to where they are at `progress` (0 to 1) of the line."""
        since = self.since if line == self.line and self.since < 1 else 0.0
        # a half is enough to be at rest again at the end
        periods = max(1, round(2 * self.periods * (1 - since))) / 2
        phase = 2 * np.pi * periods * (progress - since) / (1 - since)
        now, again = np.sin(phase), np.sin(2 * phase)
        if self.ended is not None:
            left = 1 - smoothstep(np.clip((progress - self.ended) / EASE, 0, 1))
            now, again = now * left, again * left
        pivot = self._middle() if self.pivot is None else self.pivot
        if self.grow:
            degrees, growth = self.turn * now + NOD * again, self.grow * now
        else:
            degrees, growth = self.turn * now, BREATH * again
        angle, size = np.radians(degrees), 1 + growth
        arm = size * np.array(
            [[np.cos(angle), np.sin(angle), 0], [-np.sin(angle), np.cos(angle), 0], [0, 0, 1]]
        )
        offset = pivot + self.shift * now - pivot @ arm
        for member in self.part.get_family():
            if len(member.points):
                member.points = member.points @ arm + offset

    def _middle(self) -> NDArray[np.float64]:
        origin = getattr(self.part, "origin", None)
        return self.part.get_center() if origin is None else origin


class Film(NarratedScene):
    """A scene of this film: deep blue ground, idle motion, and the header on top of everything."""

    fonts = ("Inter",)

    def setup(self) -> None:
        super().setup()
        self._idle: dict[VMobject, Idle] = {}
        self._at_rest: list[tuple[VMobject, NDArray[np.float64], NDArray[np.float64]]] = []
        self._draws = False
        self.header = Header(self.shot.titles, self.shot.index)
        self._show_header()
        # driven by the line's clock and not by dt, so a line drawn alone looks the same;
        # taking dt makes it run during holds too
        self.header.fill.add_updater(lambda _, dt: self._show_header())  # noqa: ARG005
        self.pin(self.header)
        self.add_foreground_mobjects(self.header)

    def idle(
        self,
        *parts: VMobject,
        turn: float = 0,
        shift: tuple[float, float] = (0, 0),
        grow: float = 0,
        periods: int = 2,
        pivot: NDArray[np.float64] | None = None,
    ) -> None:
        """Let parts move a little from now on: whole periods a line, at rest where lines meet.

        They turn by `turn` degrees about their origin or `pivot`, shift by units and grow by a
        share, forth and back. Each part after the first has one period more, then one less. One
        that begins within a line has as many half periods as the rest of it has room for.
        """
        for i, part in enumerate(parts):
            way = -1 if i % 2 else 1
            more = max(1, periods + (0, 1, -1)[i % 3])
            move = np.array((*shift, 0.0)) * way
            begun = (self.line_index, self.line_progress)
            self._idle[part] = Idle(part, turn * way, move, grow, more, pivot, *begun)
            # Manim must not take it for something that stands still
            part.add_updater(_no_change)

    def hold_still(self, *parts: VMobject) -> None:
        """Let the idle motion of parts end, at once if a line begins."""
        for part in parts:
            if one := self._idle.get(part):
                one.ended = self.line_progress
                one.line = self.line_index

    def play_internal(self, skip_rendering: bool = False) -> None:
        """As in Manim; idle motion is seen in frames only, never by animations."""
        self._draws = not skip_rendering
        if self.animations:
            self.animations = [_SettleFirst(self._settle), *self.animations]
        super().play_internal(skip_rendering)
        self._settle()
        if self.line_progress == 1:
            self._forget_onsets()

    def update_to_time(self, t: float) -> None:
        """As in Manim, from where everything is at rest; then idle parts are displaced."""
        self._settle()
        super().update_to_time(t)
        if self._draws and self._idle:
            self._displace()

    def fly(
        self,
        flight: Flight,
        *animations: Animation,
        part: tuple[float, float] = (0, 1),
        dim: float = 0,
        above: Sequence[VMobject] = (),
        clear: float = 0,
        **timing,
    ) -> None:
        """Play a flight of the camera, or the `part` of it from one time to another (0 to 1).

        The picture is dimmed by `dim` on the way, where bright things that rush past would flash,
        but for what is `above`: labels that are still read. That begins once the flight is as far
        as `clear`.
        """
        frame = self.camera.frame
        first, last = part

        def step(frame: VMobject, alpha: float) -> None:
            self.look_at(flight.view(first + (last - first) * alpha), frame)

        def cover(veil: VMobject, alpha: float) -> None:
            under_way = (first + (last - first) * alpha - clear) / (1 - clear)
            darker = smoothstep(np.clip(under_way / DIMMING, 0, 1))
            clearer = smoothstep(np.clip((1 - under_way) / CLEARING, 0, 1))
            veil.set_fill(opacity=dim * float(darker * clearer))

        moves = [UpdateFromAlphaFunc(frame, step, rate_func=linear)]
        veil = Rectangle(width=20, height=20, stroke_width=0, fill_color=NIGHT, fill_opacity=0)
        self.pin(veil)
        if dim:
            # what comes in on the way is dimmed, too
            self.add(*(move.mobject for move in animations if isinstance(move, FadeIn)), veil)
            self.bring_to_front(*above)
            moves.append(UpdateFromAlphaFunc(veil, cover, rate_func=linear))
        self.play(*moves, *animations, **timing)
        # with the frame on the stage, all is drawn anew in every frame
        self.remove(frame, veil)

    def before_departure(self, seconds: float) -> float:
        """`seconds`, or less if the line's last DEPART seconds, for the next flight, come first."""
        return max(0.1, min(seconds, self.time_until() - DEPART))

    def look_at(self, view: View, frame: VMobject | None = None) -> None:
        """Set the camera's frame to a view (x, y, width)."""
        frame = frame or self.camera.frame
        x, y, width = view
        home = self.camera.home
        # from where it is at home, so that no error adds up over the frames of a flight
        frame.points = home.points * (width / home.width) + np.array((x, y, 0))

    def _forget_onsets(self) -> None:
        """As a line ends: how far it was when a motion set in must not show in the next line."""
        for part, one in list(self._idle.items()):
            one.since = 0
            if one.ended is not None:
                del self._idle[part]

    def _settle(self) -> None:
        for part, displaced, rest in reversed(self._at_rest):
            # an animation that has ended meanwhile has given it other points
            if part.points is displaced:
                part.points = rest
        self._at_rest = []

    def _displace(self) -> None:
        seen = {id(m) for m in self.get_mobject_family_members()}
        moving = [one for one in self._idle.values() if id(one.part) in seen]
        for one in [one for one in moving if one.ended is not None]:
            if (
                one.line != self.line_index
                or self.line_progress > one.ended + EASE
                or not one.ended
            ):
                moving.remove(one)
                del self._idle[one.part]
        rest = {id(m): (m, m.points) for one in moving for m in one.part.get_family()}
        for one in moving:
            one.displace(self.line_index, self.line_progress)
        self._at_rest = [(m, m.points, points) for m, points in rest.values()]

    def _show_header(self) -> None:
        # each line has an equal share: another line's length must not show in this one's picture
        progress = self.line_progress
        seconds = self.time_until() * progress / (1 - progress) if progress < 1 else TITLE_TIME
        names = self.line_index == 0 and self.shot.index > 0
        title = np.interp(seconds, (0, 0.2, TITLE_TIME - 0.3, TITLE_TIME), (0, 1, 1, 0)) * names
        self.header.show((self.line_index + progress) / self.line_count, float(title))

    def backdrop(self, width: int, height: int) -> NDArray[np.uint8]:
        """A radial night sky with far specks, dithered so that it does not band when encoded."""
        y, x = np.mgrid[0:height, 0:width].astype(np.float32)
        side = min(width, height)
        x, y = (x - width / 2) / side, (y - height * 0.42) / side
        away = np.clip(np.hypot(x * 0.86, y * 1.05) / 0.92, 0, 1)[..., None]
        blend = (1 - smoothstep(away)) ** 1.15
        ground = _rgb(NIGHT) + (_rgb(DUSK) - _rgb(NIGHT)) * blend
        rng = np.random.default_rng(17)
        for sx, sy, size, light in rng.uniform((-0.9, -0.8, 0, 0.2), (0.9, 1.05, 1, 1), (80, 4)):
            radius = 0.0012 + 0.006 * size**4
            # only the few pixels around a speck are touched
            reach = radius + 2 / side
            cols = slice(*np.searchsorted(x[0], (sx - reach, sx + reach)))
            rows = slice(*np.searchsorted(y[:, 0], (sy - reach, sy + reach)))
            away = np.hypot(x[rows, cols] - sx, y[rows, cols] - sy)
            near = np.clip((radius - away) * side * 0.5 + 0.5, 0, 1)[..., None]
            spot = ground[rows, cols]
            spot += near * (_rgb(HEADS) - spot) * 0.16 * light * (1.15 - size)
        noise = rng.random(ground.shape, np.float32) + rng.random(ground.shape, np.float32) - 1
        picture = np.full((height, width, 4), 255, np.uint8)
        picture[..., :3] = np.clip(np.round(ground + noise * 0.75), 0, 255)
        return picture


def _no_change(_: VMobject, dt: float) -> None:
    """An updater that only says that a mobject may move."""


def smoothstep(x: NDArray) -> NDArray:
    """The cubic ease from 0 to 1, element by element."""
    return x * x * (3 - 2 * x)


def _rgb(colour: str) -> NDArray:
    return np.array(ManimColor(colour).to_rgb(), np.float32) * 255
