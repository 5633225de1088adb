"""Where scenes meet: sizes, heights and views that one scene ends with and the next begins with."""

from __future__ import annotations

import numpy as np
from manim import config

from look import by_aspect

WIDTH = config.frame_width
"""The frame's width in units."""
HOME = (0.0, 0.0, WIDTH)
"""The view of a camera that has not moved."""
SIZE = by_aspect(0.92, 1.25, 0.92)
"""Of receptors in close-up."""
FLOOR = by_aspect(-1.15, -1.8, -0.9)
"""The height of the membrane's middle."""
HERO = by_aspect(-1.2, -0.35, -0.3)
"""Where the first receptor stands at first."""
ZOOM = 6 * SIZE
"""How much larger a receptor is in close-up than on the whole cell."""
SPREAD = 4
"""How far apart the crowded receptors of the rim come to stand on the way there."""

STEP_BACK = 1.32
"""How much more the camera takes in to show the signal inside the cell."""
LOOK_DOWN = FLOOR + by_aspect(-1.16, -3.2, -1.31)
"""The height that it then looks at."""
INSIDE = (0.0, LOOK_DOWN, STEP_BACK * WIDTH)
"""The view of both pairs and of what they set off."""
FAR = by_aspect(-8.0, -9.6, -8.8)
"""Where a receptor stands by itself, away from the pairs."""
VIEW = np.array((FAR + by_aspect(1.12, 0.5, 0.6), 0, 0))
"""What the camera looks at to show it."""
ALONE = (VIEW[0], VIEW[1], WIDTH)
OUT, DOWN = by_aspect((STEP_BACK, LOOK_DOWN), (1.55, FLOOR - 3.3), (1.5, FLOOR - 1.6))
"""How much more the camera takes in to show both pairs held apart, and the height it looks at."""
APART = (0.0, DOWN, OUT * WIDTH)
