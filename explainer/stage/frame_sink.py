"""What takes the frames of a line as they are drawn; importing it does not load Manim."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from explainer.stage.cached_camera import CachedCamera

Frame = NDArray[np.uint8]
"""A picture of shape (height, width, 4), RGBA."""

FrameSink = Callable[[Frame, int], None]
"""Takes a frame, which does not change until the next is taken, and how many times to show it."""


class DrawingPartner(Protocol):
    """Another process that draws some pictures of the line that is drawn here.

    Pictures are numbered from the line's beginning, plays from the scene's.
    """

    def draws(self, number: int) -> bool:
        """Whether the picture `number` is to be drawn here; if not, it can be taken."""
        ...

    def take(self, number: int, camera: CachedCamera) -> None:
        """Put a picture that is not drawn here into the camera, if it is wanted here."""
        ...

    def end_play(self, play: int, state: Callable[[], bytes]) -> None:
        """Heed the end of the play `play`; `state` hashes what would be drawn now."""
        ...
