"""Flashes: the frames of a film in, one after another; its most restless second and place out.

Held to WCAG 2.3.2, which is stricter than 2.3.1: no part of the picture, however small, may flash
more than three times in any second. A cell of the grid is 30 pixels wide at 1080p; in finer ones
the edge of anything that moves would be a flash.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explainer.spec import MAX_FLASHES
from explainer.verify.cells import CELLS
from explainer.verify.luminance import LINEAR, LUMINANCE

MAX_CHANGES = 2 * MAX_FLASHES
"""Changes in a second; a flash is a pair of opposing ones."""
MIN_CHANGE = 0.10
"""Of relative luminance."""
MAX_DARKER_STATE = 0.80
"""Relative luminance that the darker of two states is below."""
MIN_RED_SHARE = 0.8
"""The share of red in a colour that is saturated red."""
MIN_COLOUR_CHANGE = 0.2
"""The distance of two colours in u'v'."""
# what a screen reflects; without it the colour of near-black would be decided by noise
_GLARE = np.float32(0.003)
# linear BT.709 to the X, Y, Z that u' and v' are made of (IEC 61966-2-1)
_XYZ = np.array(
    [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]], np.float32
)
_UV = np.array([[4, 0, 0], [0, 9, 0], [1, 15, 3]], np.float32) @ _XYZ

Grid = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class FlashPeak:
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
        return self.changes <= MAX_CHANGES


class FlashDetector:
    """Watches pictures go by; `light` and `red` are the worst of each kind so far."""

    def __init__(self, fps: int) -> None:
        self.fps = fps
        self._light_changes = _LightChanges()
        self._red_changes = _RedChanges()
        self._light_count = _ChangeCount(fps)
        self._red_count = _ChangeCount(fps)

    @property
    def light(self) -> FlashPeak:
        """Flashes of light: opposing changes of luminance."""
        return self._light_count.peak

    @property
    def red(self) -> FlashPeak:
        """Flashes of saturated red, however bright."""
        return self._red_count.peak

    def add_frame(self, picture: NDArray[np.uint8]) -> None:
        """Take the next picture: sRGB of shape (36, 64, 3), each pixel the mean of its cell."""
        linear = LINEAR[picture]
        self._light_count.add(self._light_changes.add(linear))
        self._red_count.add(self._red_changes.add(linear))


class _LightChanges:
    """A change goes MIN_CHANGE or more from the extreme reached since the last, the other way."""

    def __init__(self) -> None:
        # luminance since the last change, and which way that went: 1, -1 or 0
        self._low = np.zeros(0, np.float32)
        self._high = np.zeros(0, np.float32)
        self._way = np.zeros(0, np.float32)

    def add(self, linear: Grid) -> NDArray[np.bool_]:
        """Which cells change in the next picture, of linear light and shape (36, 64, 3)."""
        light: Grid = linear @ LUMINANCE
        if not self._way.size:
            self._low = light
            self._high = light
            self._way = np.zeros_like(light)
        self._low = np.minimum(self._low, light)
        self._high = np.maximum(self._high, light)
        is_dark = light < MAX_DARKER_STATE
        was_dark = self._low < MAX_DARKER_STATE
        fell = (self._way >= 0) & (self._high - light >= MIN_CHANGE) & is_dark
        rose = (self._way <= 0) & (light - self._low >= MIN_CHANGE) & was_dark
        changed: NDArray[np.bool_] = fell | rose
        self._way = np.where(rose, np.float32(1), np.where(fell, np.float32(-1), self._way))
        self._low = np.where(changed, light, self._low)
        self._high = np.where(changed, light, self._high)
        return changed


class _RedChanges:
    """A change goes more than MIN_COLOUR_CHANGE from the colour farthest from the last's start."""

    def __init__(self) -> None:
        # colours as u' + i v': where the last change ended, and the farthest from there since
        self._start = np.zeros(0, np.complex64)
        self._farthest = np.zeros(0, np.complex64)
        self._farthest_is_red = np.zeros(0, bool)
        self._has_changed = np.zeros(0, bool)

    def add(self, linear: Grid) -> NDArray[np.bool_]:
        """Which cells change in the next picture, of linear light and shape (36, 64, 3)."""
        seen = linear + _GLARE
        is_red = seen[..., 0] >= MIN_RED_SHARE * (seen @ np.ones(3, np.float32))
        u, v, whole = np.moveaxis(seen @ _UV.T, -1, 0)
        # as one complex number a distance is a mere abs
        colour = (u + np.complex64(1j) * v) / whole
        if not self._farthest.size:
            self._start = colour
            self._farthest = colour
            self._farthest_is_red = is_red
            self._has_changed = np.zeros_like(is_red)
        differs = abs(colour - self._farthest) > MIN_COLOUR_CHANGE
        changed: NDArray[np.bool_] = differs & (is_red | self._farthest_is_red)
        reach = abs(self._farthest - self._start)
        is_farther = self._has_changed & (abs(colour - self._start) > reach)
        moved = changed | is_farther
        self._start = np.where(changed, self._farthest, self._start)
        self._farthest = np.where(moved, colour, self._farthest)
        self._farthest_is_red = np.where(moved, is_red, self._farthest_is_red)
        self._has_changed = self._has_changed | changed
        return changed


class _ChangeCount:
    """How many changes each cell has made within the last second; `peak` is the most so far."""

    def __init__(self, fps: int) -> None:
        self.peak = FlashPeak()
        self._recent = np.zeros((fps, *CELLS), bool)
        self._sums = np.zeros(CELLS, np.int16)
        self._frame = 0

    def add(self, changed: NDArray[np.bool_]) -> None:
        """Take which cells change in the next picture."""
        oldest = self._recent[self._frame % len(self._recent)]
        self._sums += changed
        self._sums -= oldest
        oldest[:] = changed
        most = int(self._sums.max())
        if most > self.peak.changes:
            row, column = np.unravel_index(int(self._sums.argmax()), CELLS)
            x = (float(column) + 0.5) / CELLS[1]
            y = (float(row) + 0.5) / CELLS[0]
            self.peak = FlashPeak(most, self._frame, x, y)
        self._frame += 1
