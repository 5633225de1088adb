"""Flashes: the pictures of a film in, one after another; its most restless second and place out.

Held to WCAG 2.3.2, which is stricter than 2.3.1: no part of the picture, however small, may flash
more than three times in any second.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explainer.verify.colour import LINEAR, LUMINANCE

CELLS = (36, 64)
"""Rows and columns of the grid whose cells are watched, each on its own.

A cell is 30 pixels wide at 1080p; in finer ones the edge of anything that moves is a flash.
"""
MOST = 6
"""Changes in a second; a flash is a pair of opposing ones."""
STEP, BRIGHT = 0.10, 0.80
"""The least change of relative luminance, and what the darker state of it is below."""
RED, SHIFT = 0.8, 0.2
"""The share of red that is saturated, and the least distance of two colours in u'v'."""
# what a screen reflects; without it the colour of near-black would be decided by noise
_GLARE = np.float32(0.003)
# linear BT.709 to the X, Y, Z that u' and v' are made of (IEC 61966-2-1)
_XYZ = np.array(
    [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]], np.float32
)
_UV = np.array([[4, 0, 0], [0, 9, 0], [1, 15, 3]], np.float32) @ _XYZ

Grid = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Worst:
    """The most changes in one second: the last of them in picture number `frame`.

    `x` and `y` are the middle of the cell in shares of the frame, from its top left corner.
    """

    changes: int = 0
    frame: int = 0
    x: float = 0.0
    y: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether it flashes three times at most."""
        return self.changes <= MOST


class Flashes:
    """Watches pictures go by; `light` and `red` tell the worst of each kind so far."""

    def __init__(self, fps: int) -> None:
        self.fps = fps
        self._light, self._red = _Light(), _Red()
        self._counts = (_Count(fps), _Count(fps))

    @property
    def light(self) -> Worst:
        """Flashes of light: opposing changes of luminance."""
        return self._counts[0].worst

    @property
    def red(self) -> Worst:
        """Flashes of saturated red, however bright."""
        return self._counts[1].worst

    def see(self, picture: NDArray[np.uint8]) -> None:
        """Take the next picture: sRGB of shape (36, 64, 3), each pixel the mean of its cell."""
        linear = LINEAR[picture]
        self._counts[0].add(self._light.changed(linear))
        self._counts[1].add(self._red.changed(linear))


class _Light:
    """A change goes at least STEP away from the extreme reached since the last, the other way."""

    def __init__(self) -> None:
        self.low = self.high = self.way = np.zeros(0, np.float32)

    def changed(self, linear: Grid) -> NDArray[np.bool_]:
        light: Grid = linear @ LUMINANCE
        if not self.way.size:
            self.low, self.high, self.way = light, light, np.zeros_like(light)
        self.low, self.high = np.minimum(self.low, light), np.maximum(self.high, light)
        fell = (self.way >= 0) & (self.high - light >= STEP) & (light < BRIGHT)
        rose = (self.way <= 0) & (light - self.low >= STEP) & (self.low < BRIGHT)
        changed: NDArray[np.bool_] = fell | rose
        self.way = np.where(rose, np.float32(1), np.where(fell, np.float32(-1), self.way))
        self.low = np.where(changed, light, self.low)
        self.high = np.where(changed, light, self.high)
        return changed


class _Red:
    """A change goes more than SHIFT away from the colour farthest from the last one's start."""

    def __init__(self) -> None:
        self.start = self.far = np.zeros(0, np.complex64)
        self.far_red = self.begun = np.zeros(0, bool)

    def changed(self, linear: Grid) -> NDArray[np.bool_]:
        seen = linear + _GLARE
        red = seen[..., 0] >= RED * (seen @ np.ones(3, np.float32))
        u, v, whole = np.moveaxis(seen @ _UV.T, -1, 0)
        # as one complex number a distance is a mere abs
        colour = (u + np.complex64(1j) * v) / whole
        if not self.far.size:
            self.start, self.far, self.far_red = colour, colour, red
            self.begun = np.zeros_like(red)
        changed: NDArray[np.bool_] = (abs(colour - self.far) > SHIFT) & (red | self.far_red)
        farther = self.begun & (abs(colour - self.start) > abs(self.far - self.start))
        self.start = np.where(changed, self.far, self.start)
        self.far = np.where(changed | farther, colour, self.far)
        self.far_red = np.where(changed | farther, red, self.far_red)
        self.begun = self.begun | changed
        return changed


class _Count:
    """How many changes each cell has made within the last second."""

    def __init__(self, fps: int) -> None:
        self.recent = np.zeros((fps, *CELLS), bool)
        self.now = np.zeros(CELLS, np.int16)
        self.frame = 0
        self.worst = Worst()

    def add(self, changed: NDArray[np.bool_]) -> None:
        oldest = self.recent[self.frame % len(self.recent)]
        self.now += changed
        self.now -= oldest
        oldest[:] = changed
        most = int(self.now.max())
        if most > self.worst.changes:
            row, column = np.unravel_index(int(self.now.argmax()), CELLS)
            x, y = (float(column) + 0.5) / CELLS[1], (float(row) + 0.5) / CELLS[0]
            self.worst = Worst(most, self.frame, x, y)
        self.frame += 1
