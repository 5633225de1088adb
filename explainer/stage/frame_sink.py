"""What takes the frames of a line as they are drawn; importing it does not load Manim."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from manim import Mobject

    from explainer.stage.cached_camera import CachedCamera

Frame = NDArray[np.uint8]
"""A picture of shape (height, width, 4), RGBA."""

FrameSink = Callable[[Frame, int], None]
"""Takes a frame, which does not change until the next is taken, and how many times to show it."""


class DrawingPartner(Protocol):
    """Another process that draws some pictures of the line that is drawn here."""

    def draw(self, number: int, camera: CachedCamera, mobjects: Iterable[Mobject]) -> None:
        """Put the picture `number`, counted from the line's beginning, into the camera.

        It is drawn here or there; one that is not wanted here may be left out.
        """
        ...
