"""Flashes: the frames of a film in, one after another; its most restless second and place out.

Held to WCAG 2.3.2, which is stricter than 2.3.1: no part of the picture, however small, may flash
more than three times in any second. A cell of the grid is 30 pixels wide at 1080p; in finer ones
the edge of anything that moves would be a flash.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explainer.spec import MAX_FLASHES
from explainer.verify.check import CELLS, DecodedFrame, DeliveredPicture, FrameCheck
from explainer.verify.luminance import LINEAR, LUMINANCE
from explainer.verify.report import CheckResult

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
        self._light, self._red = _Light(), _Red()
        self._counts = (_Count(fps), _Count(fps))

    @property
    def light(self) -> FlashPeak:
        """Flashes of light: opposing changes of luminance."""
        return self._counts[0].worst

    @property
    def red(self) -> FlashPeak:
        """Flashes of saturated red, however bright."""
        return self._counts[1].worst

    def add_frame(self, picture: NDArray[np.uint8]) -> None:
        """Take the next picture: sRGB of shape (36, 64, 3), each pixel the mean of its cell."""
        linear = LINEAR[picture]
        self._counts[0].add(self._light.changed(linear))
        self._counts[1].add(self._red.changed(linear))


class _Light:
    """A change goes MIN_CHANGE or more from the extreme reached since the last, the other way."""

    def __init__(self) -> None:
        self.low = self.high = self.way = np.zeros(0, np.float32)

    def changed(self, linear: Grid) -> NDArray[np.bool_]:
        light: Grid = linear @ LUMINANCE
        if not self.way.size:
            self.low, self.high, self.way = light, light, np.zeros_like(light)
        self.low, self.high = np.minimum(self.low, light), np.maximum(self.high, light)
        fell = (self.way >= 0) & (self.high - light >= MIN_CHANGE) & (light < MAX_DARKER_STATE)
        rose = (self.way <= 0) & (light - self.low >= MIN_CHANGE) & (self.low < MAX_DARKER_STATE)
        changed: NDArray[np.bool_] = fell | rose
        self.way = np.where(rose, np.float32(1), np.where(fell, np.float32(-1), self.way))
        self.low = np.where(changed, light, self.low)
        self.high = np.where(changed, light, self.high)
        return changed


class _Red:
    """A change goes more than MIN_COLOUR_CHANGE from the colour farthest from the last's start."""

    def __init__(self) -> None:
        self.start = self.far = np.zeros(0, np.complex64)
        self.far_red = self.begun = np.zeros(0, bool)

    def changed(self, linear: Grid) -> NDArray[np.bool_]:
        seen = linear + _GLARE
        red = seen[..., 0] >= MIN_RED_SHARE * (seen @ np.ones(3, np.float32))
        u, v, whole = np.moveaxis(seen @ _UV.T, -1, 0)
        # as one complex number a distance is a mere abs
        colour = (u + np.complex64(1j) * v) / whole
        if not self.far.size:
            self.start, self.far, self.far_red = colour, colour, red
            self.begun = np.zeros_like(red)
        differs = abs(colour - self.far) > MIN_COLOUR_CHANGE
        changed: NDArray[np.bool_] = differs & (red | self.far_red)
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
        self.worst = FlashPeak()

    def add(self, changed: NDArray[np.bool_]) -> None:
        oldest = self.recent[self.frame % len(self.recent)]
        self.now += changed
        self.now -= oldest
        oldest[:] = changed
        most = int(self.now.max())
        if most > self.worst.changes:
            row, column = np.unravel_index(int(self.now.argmax()), CELLS)
            x, y = (float(column) + 0.5) / CELLS[1], (float(row) + 0.5) / CELLS[0]
            self.worst = FlashPeak(most, self.frame, x, y)
        self.frame += 1


class FlashCheck:
    """Shows each frame to a detector of flashes."""

    def __init__(self, picture: DeliveredPicture) -> None:
        self._detector = FlashDetector(picture.frame_format.fps)

    def add_frame(self, frame: DecodedFrame) -> None:
        """Look at the next frame."""
        self._detector.add_frame(frame.cells)

    def results(self) -> Iterator[CheckResult]:
        """The worst flashes of light, and of red."""
        fps = self._detector.fps
        yield _result("flashes", self._detector.light, fps)
        yield _result("red flashes", self._detector.red, fps)


def _result(name: str, peak: FlashPeak, fps: int) -> CheckResult:
    required = f"at most {MAX_FLASHES} in any second, anywhere"
    if not peak.changes:
        return CheckResult(name, "none", required, True)
    measured = (
        f"{peak.changes / 2:g} in the second up to {peak.frame / fps:.2f} s, "
        f"{peak.x:.0%} from the left, {peak.y:.0%} from the top"
    )
    return CheckResult(name, measured, required, peak.ok)


CHECK = FrameCheck(("flashes", "red flashes"), FlashCheck)
