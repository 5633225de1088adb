"""The frame that a scene is drawn into, and what of it must be kept free."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from manim import config
from numpy.typing import NDArray

from explainer.frame_format import FrameFormat
from explainer.spec import HEADER_HEIGHT

SIDE_MARGIN = 54.0
"""Pixels of a picture whose short side has 1080 that texts keep from its left and right edge: 5 %,
as SMPTE ST 2046-1 has it for titles."""
BAND_MARGIN = 20.0
"""The same above the captions and below the header."""


@dataclass(frozen=True, slots=True)
class SafeArea:
    """A part of the frame by its edges, in scene units."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def width(self) -> float:
        """From its left to its right."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """From its bottom to its top."""
        return self.top - self.bottom

    @property
    def center(self) -> NDArray[np.float64]:
        """Its middle, a point."""
        return np.array([(self.left + self.right) / 2, (self.bottom + self.top) / 2, 0.0])


def pixel() -> float:
    """One pixel of a picture whose short side has 1080, in scene units."""
    return float(min(config.frame_width, config.frame_height)) / 1080


def caption_band() -> tuple[float, float]:
    """The bottom and the top of where captions are shown, as y in scene units; keep texts above it.

    It holds for the frame's own aspect: upright pictures keep captions higher, above what phones
    lay over their lower edge.
    """
    unit = pixel()
    width, height = round(config.frame_width / unit), round(config.frame_height / unit)
    top, bottom = FrameFormat("", width, height, 1).caption_band
    return (height / 2 - bottom) * unit, (height / 2 - top) * unit


def safe_area(header: bool = False) -> SafeArea:
    """The part of the frame in which texts may stand, in the frame's own aspect.

    It keeps clear of the captions and of the edges; in a film that has a `header`, of that, too.
    """
    unit = pixel()
    top = HEADER_HEIGHT + BAND_MARGIN if header else SIDE_MARGIN
    return SafeArea(
        left=-config.frame_width / 2 + SIDE_MARGIN * unit,
        bottom=caption_band()[1] + BAND_MARGIN * unit,
        right=config.frame_width / 2 - SIDE_MARGIN * unit,
        top=config.frame_height / 2 - top * unit,
    )
