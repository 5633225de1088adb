"""An image whose pixels are made anew for each frame: the base of films and wipes in a picture."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from manim import config, interpolate
from manim.mobject.types.image_mobject import AbstractImageMobject
from numpy.typing import NDArray


class ChangingImage(AbstractImageMobject):  # type: ignore[misc]
    """An image that shows a `value`, as large as fits into the frame at first.

    A class of its own sets what its methods need before it calls this one.
    """

    def __init__(self, **kwargs: Any) -> None:
        self.value = 0.0
        self.opacity = 1.0
        super().__init__(scale_to_resolution=0, **kwargs)

    def current_pixels(self) -> NDArray[np.uint8]:
        """The picture for its value, opaque where it is whole: RGBA of shape (height, width, 4).

        It is a copy, which may be changed.
        """
        raise NotImplementedError

    def natural_size(self) -> tuple[int, int]:
        """Its width and height, in any unit."""
        raise NotImplementedError

    def show_value(self, value: float) -> None:
        """Show the picture that belongs to a value."""
        self.value = value

    def get_pixel_array(self) -> NDArray[np.uint8]:
        """The picture as it is now, RGBA of shape (height, width, 4)."""
        pixels = self.current_pixels()
        if self.opacity < 1:
            pixels[:, :, 3] = np.rint(pixels[:, :, 3] * self.opacity)
        return pixels

    def reset_points(self) -> Self:
        """Set the corners, as large as fits into the frame."""
        width, height = self.natural_size()
        fit = min(config.frame_width / width, config.frame_height / height)
        right, up = width * fit / 2, height * fit / 2
        self.points = np.array([(-right, up, 0), (right, up, 0), (-right, -up, 0), (right, -up, 0)])
        return self

    def set_opacity(self, alpha: float, family: bool = True) -> Self:  # noqa: ARG002
        """Let what is behind it shine through: 1 is opaque, 0 is unseen."""
        self.opacity = float(alpha)
        return self

    def fade(self, darkness: float = 0.5, family: bool = True) -> Self:  # noqa: ARG002
        """As `set_opacity` with 1 - `darkness`."""
        return self.set_opacity(1 - darkness)

    def interpolate_color(self, mobject1: Any, mobject2: Any, alpha: float) -> Self:
        """Take an opacity between those of two mobjects, as fading in and out does."""
        self.opacity = float(interpolate(mobject1.opacity, mobject2.opacity, alpha))
        return self
