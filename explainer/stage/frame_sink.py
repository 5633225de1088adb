"""What takes the frames of a line as they are drawn; importing it does not load Manim."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Frame = NDArray[np.uint8]
"""A picture of shape (height, width, 4), RGBA."""

FrameSink = Callable[[Frame, int], None]
"""Takes a frame, which does not change until the next is taken, and how many times to show it."""
