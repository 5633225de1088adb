"""Water rises round a cube: a solid cut by a plane, seen by a camera that moves."""

from __future__ import annotations

import numpy as np
from manim import (
    DEGREES,
    DOWN,
    IN,
    OUT,
    RIGHT,
    Circle,
    FadeIn,
    FadeOut,
    Text,
    ThreeDScene,
    ValueTracker,
    VGroup,
    VMobject,
    config,
    linear,
)
from manim.utils.space_ops import rotation_matrix
from numpy.typing import NDArray

from explainer.blocks import ON_DARK
from explainer.scene import NarratedScene, label_texts

config.background_color = ON_DARK.ground
Text.set_default(font="Inter", color=ON_DARK.text)

Points = NDArray[np.float64]

SIDE = 2.5
HALF = SIDE * np.sqrt(3) / 2
"""Half of the way through the cube, from corner to corner."""
LOW = -HALF - 0.6
"""Where the water is at first."""
FACES = np.array(
    [(0, 1, 3, 2), (4, 5, 7, 6), (0, 1, 5, 4), (2, 3, 7, 6), (0, 2, 6, 4), (1, 3, 7, 5)]
)
EDGES = np.array([(one, one + step) for one in range(8) for step in (1, 2, 4) if not one & step])
LEVEL_VIEW, HIGH_VIEW = 70 * DEGREES, 28 * DEGREES
"""How far the camera leans from looking straight down."""
FLAT, FLAT_SCALE = np.array((5.0, 1.0, 0)), 0.75
"""Where in the frame the waterline is drawn flat, and how large beside the cube's own."""
WATER = ON_DARK.series[0]
LINE = ON_DARK.series[1]


def corners(turned: float) -> Points:
    """The cube's corners when it has turned from lying flat (0) to hanging by a corner (1)."""
    flat = SIDE * (np.array([*np.ndindex(2, 2, 2)]) - 0.5)
    return flat @ rotation_matrix(turned * np.arccos(1 / np.sqrt(3)), RIGHT + DOWN).T


def part(face: Points, level: float, side: int) -> Points:
    """The part of a face above a level (side 1) or below it (side -1), which may be nothing."""
    heights = (face[:, 2] - level) * side
    kept = []
    for number, height in enumerate(heights):
        if heights[number - 1] * height < 0:
            kept.append(crossing(face[number - 1], face[number], level))
        if height >= 0:
            kept.append(face[number])
    return np.array(kept).reshape(-1, 3)


def section(cube: Points, level: float) -> Points:
    """The corners of the cube's cut at a level, in their order around it."""
    pairs = cube[EDGES]
    found = [crossing(*pair, level) for pair in pairs if np.prod(pair[:, 2] - level) < 0]
    points = np.array(found).reshape(-1, 3)
    x, y, _ = points.T
    return points[np.argsort(np.arctan2(y, x))]


def crossing(start: Points, end: Points, level: float) -> Points:
    """Where an edge passes a level."""
    return start + (level - start[2]) / (end[2] - start[2]) * (end - start)


def outline(shape: VMobject, points: Points) -> None:
    """Let a shape have these corners."""
    if len(points) < 3:
        shape.clear_points()
    else:
        shape.set_points_as_corners([*points, points[0]])


class Slices(NarratedScene, ThreeDScene):
    """A cube in space, water that rises around it, and the waterline drawn flat beside it."""

    def hang(self) -> None:
        self.turned, self.level = ValueTracker(0), ValueTracker(LOW)
        self.below, self.above = faces(0.4), faces(1)
        self.water = Circle(3.3, stroke_color=WATER, stroke_width=3, stroke_opacity=0.7)
        self.water.set_fill(WATER, opacity=0.28)
        self.rings = VGroup(*(Circle(color=WATER, stroke_width=2) for _ in range(3)))
        self.cut = VMobject(stroke_color=LINE, stroke_width=7, fill_color=LINE, fill_opacity=0.6)
        self.flat = self.cut.copy()
        self.renderer.camera.add_fixed_in_frame_mobjects(self.flat)
        # what is under water is drawn first, then its surface, then what stands out of it
        self.solid = VGroup(self.below, self.water, self.rings, self.cut, self.above)
        self.passed = 0.0
        self.set_camera_orientation(phi=LEVEL_VIEW, theta=-75 * DEGREES, frame_center=0.5 * IN)
        self.place(0)
        self.begin_ambient_camera_rotation(rate=0.13)
        self.play(FadeIn(self.solid), run_time=0.5)
        self.solid.add_updater(lambda _, dt: self.place(dt))
        self.add(self.flat)
        self.play(self.turned.animate.set_value(1), until="rise")
        self.play(self.level.animate.set_value(-HALF), rate_func=linear, until="end")

    def triangle(self) -> None:
        self.play(self.level.animate.set_value(-0.8 * HALF), rate_func=linear, until="triangle")
        name = self.name_shape(*label_texts("triangle"))
        self.play(FadeIn(name), run_time=0.3)
        self.play(self.level.animate.set_value(-HALF / 3), until="cut")
        self.play(self.level.animate.set_value(-0.2 * HALF), FadeOut(name), until="end")

    def hexagon(self) -> None:
        self.play(
            self.level.animate.set_value(0),
            self.renderer.camera.phi_tracker.animate.set_value(HIGH_VIEW),
            until="equal",
        )
        self.named = self.name_shape(*label_texts("hexagon"))
        self.play(FadeIn(self.named), at="hexagon", run_time=0.3)

    def gone(self) -> None:
        self.play(
            self.level.animate.set_value(0.3 * HALF),
            self.renderer.camera.phi_tracker.animate.set_value(LEVEL_VIEW),
            FadeOut(self.named),
            until="back",
        )
        self.play(self.level.animate.set_value(1.02 * HALF), until="gone")

    def name_shape(self, text: str) -> Text:
        """The name of the waterline's shape, below where it is drawn flat."""
        name = Text(text, font_size=32, color=LINE).move_to(FLAT + 2.1 * DOWN)
        self.renderer.camera.add_fixed_in_frame_mobjects(name)
        return name

    def place(self, dt: float) -> None:
        """Draw the cube and its waterline as they are now, some seconds later."""
        self.passed += dt
        cube, level = corners(self.turned.get_value()), self.level.get_value()
        for shape, face in zip(self.below, FACES, strict=True):
            outline(shape, part(cube[face], level, -1))
        for shape, face in zip(self.above, FACES, strict=True):
            outline(shape, part(cube[face], level, 1))
        points = section(cube, level)
        outline(self.cut, points)
        self.water.move_to(level * OUT)
        for number, ring in enumerate(self.rings):
            share = (self.passed / 4 + number / 3) % 1
            ring.set(width=6.6 * share + 0.01).move_to(level * OUT)
            ring.set_stroke(opacity=0.6 * (1 - share))
        # flat, and turned as the camera sees it from above
        turn = -90 * DEGREES - self.renderer.camera.get_theta()
        seen = (points - level * OUT) @ rotation_matrix(turn, OUT).T
        outline(self.flat, FLAT + FLAT_SCALE * seen if len(seen) else seen)


def faces(opacity: float) -> VGroup:
    """Six faces of glass."""
    glass = VGroup(*(VMobject(stroke_color=ON_DARK.text, stroke_width=4) for _ in FACES))
    glass.set_stroke(opacity=opacity).set_fill(ON_DARK.muted, opacity=0.12 * opacity)
    return glass
