"""The look of the film: palette, grid, type, labels, glows and the header above every scene.

Scenes derive from `Film`; everything here is measured in 1080p pixels and given in Manim's units.
"""

# How to lay a scene out for every aspect:
# - The short side is 1080 px at any aspect: 1920×1080 wide, 1080×1920 tall, 1080×1080 square. So a
#   size (PX, type, a radius) stays as it is; only the places differ.
# - at_px(x, y) is a point of that frame, y down from its top left corner; WIDTH and HEIGHT are its
#   sides in px. Write places as at_px(*by_aspect((1440, 462), (540, 700), (760, 480))); by_aspect
#   takes anything: points, sizes, alignments, whole lists.
# - Essentials keep between STAGE_TOP and STAGE_BOTTOM (130 to 880 px, tall: 130 to 1480 px), that
#   is below the header and above the caption band, and between LEFT_EDGE and RIGHT_EDGE.
# - Wide pictures set causes left of effects; tall ones set them above. A close-up keeps its size
#   and shows less to the sides (8 units instead of 14.2); Membrane() is as wide as the frame, so
#   parts that come in from the side start just outside ±config.frame_width / 2.
# - The constants hold for the process: manim's configuration is set before scenes are imported.

from __future__ import annotations

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
    Line,
    ManimColor,
    MoveToTarget,
    Rectangle,
    RoundedRectangle,
    Text,
    VGroup,
    VMobject,
    config,
    interpolate_color,
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

NIGHT, DUSK = "#070a1a", "#18204a"
TEXT, MUTED, MARKED = "#F4F6FF", "#9AA6D0", "#FFE08A"
INK = "#10132B"
HER2, HER2_LIGHT, HER2_DARK = "#FF5C8A", "#FFA3BE", "#C2336A"
HER3, HER3_LIGHT, HER3_DARK = "#F2A024", "#FFD694", "#B36B14"
ANTIBODY, ANTIBODY_LIGHT, ANTIBODY_DARK = "#35DCCB", "#B4F7EF", "#159C93"
HEADS, TAILS = "#7D96EA", "#3A4A93"
NK, NK_LIGHT, NK_DARK = "#9C82FF", "#CDBEFF", "#4A35A8"
PERFORIN, GRANZYME = "#FFD166", "#FF7A45"
SURVIVAL, PROLIFERATION = "#66FFBF", "#FFC857"
DNA, DNA_DARK = "#8FD3FF", "#2F6CC0"
CYTOPLASM = "#2A1850"

PX = min(config.frame_width, config.frame_height) / 1080
"""One pixel of a picture whose short side has 1080, in units."""
WIDTH, HEIGHT = round(config.frame_width / PX), round(config.frame_height / PX)
"""The frame's sides in those pixels."""
EM = 4 / 3
"""The em of Manim's Text at font size 96, in units (measured on Inter's capital height)."""


def at_px(x: float, y: float) -> NDArray[np.float64]:
    """A point of the frame in pixels (y down, from the top left) in units."""
    return np.array([(x - WIDTH / 2) * PX, (HEIGHT / 2 - y) * PX, 0.0])


def by_aspect(wide: T, tall: T, square: T) -> T:
    """What is right for the shape of the frame: wide (16:9), tall (9:16) or square."""
    return square if WIDTH == HEIGHT else wide if WIDTH > HEIGHT else tall


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
    size: float = 34,
    align: NDArray[np.float64] = ORIGIN,
    weight: str = "SEMIBOLD",
) -> VGroup:
    """A label of the script: a heading, and its smaller muted note below it if it has one.

    `align` is LEFT, RIGHT or ORIGIN (centred).
    """
    heading, *notes = label_texts(name)
    made = VGroup(text_line(heading, size, colour, weight))
    if notes:
        made.add(
            *(text_line(note, np.clip(size * 0.74, 26, 32), MUTED, "MEDIUM") for note in notes)
        )
        made.arrange(DOWN, buff=(8 + size / 4) * PX, aligned_edge=align)
    return shown(made)


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
    """The film's chapters across the top; the running one fills as its lines are told."""

    is_header = True  # labels of this one may stand in the header

    def __init__(self, titles: tuple[str, ...], index: int) -> None:
        super().__init__(_scrim())
        gap, height = 12 * PX, 6 * PX
        self.span = (RIGHT_EDGE - LEFT_EDGE - gap * (len(titles) - 1)) / len(titles)
        for i, title in enumerate(titles):
            left = np.array([LEFT_EDGE + i * (self.span + gap), HEADER_TOP, 0])
            done, here = i < index, i == index
            bar = _bar(self.span, height, TEXT if done else "#2C3563").move_to(left, LEFT)
            name = text_line(title, 26, TEXT if here else MUTED, "SEMIBOLD" if here else "MEDIUM")
            name.shift(left - name.get_left()[0] * RIGHT + DOWN * 30 * PX)
            self.add(bar, shown(name))
            if here:
                self.start = left
        self.fill = _bar(height, height, HER2).move_to(self.start, LEFT)
        self.short = self.fill.points.copy()
        self.add(self.fill)

    def show(self, progress: float) -> None:
        """Fill the running chapter's bar to `progress`, 0 to 1."""
        # only the right half moves: a new rounded bar would cost 13 ms a frame
        right = self.short[:, 0] > (self.short[:, 0].min() + self.short[:, 0].max()) / 2
        self.fill.points = self.short.copy()
        self.fill.points[right, 0] += max(0, self.span * progress - 6 * PX)


def _scrim() -> Rectangle:
    """Night behind the header, so that its names can be read whatever passes below them."""
    deep = 150 * PX
    night = Rectangle(width=config.frame_width, height=deep, stroke_width=0)
    night.set_fill([NIGHT] * 4, opacity=[0, 0.93, 0.93, 0.93]).set_sheen_direction(UP)
    return night.move_to((config.frame_height / 2) * UP, UP)


def _bar(width: float, height: float, colour: str) -> RoundedRectangle:
    bar = RoundedRectangle(corner_radius=height / 2, width=max(width, height * 1.01), height=height)
    return bar.set_stroke(width=0).set_fill(colour, 1)


class Film(NarratedScene):
    """A scene of this film: deep blue ground, and the header on top of everything."""

    fonts = ("Inter",)

    def setup(self) -> None:
        super().setup()
        self.header = Header(self.shot.titles, self.shot.index)
        self.header.show(self._progress())
        # driven by the line's clock and not by dt, so a line drawn alone looks the same;
        # taking dt makes it run during holds too
        self.header.fill.add_updater(lambda _, dt: self.header.show(self._progress()))  # noqa: ARG005
        self.pin(self.header)
        self.add_foreground_mobjects(self.header)

    def _progress(self) -> float:
        # each line has an equal share: another line's length must not show in this one's picture
        return (self.line_index + self.line_progress) / self.line_count

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


def smoothstep(x: NDArray) -> NDArray:
    """The cubic ease from 0 to 1, element by element."""
    return x * x * (3 - 2 * x)


def _rgb(colour: str) -> NDArray:
    return np.array(ManimColor(colour).to_rgb(), np.float32) * 255
