"""The frame that a scene is drawn into, and what of it must be kept free."""

from __future__ import annotations

from manim import config

from explainer.frame_format import FrameFormat


def caption_band() -> tuple[float, float]:
    """The bottom and the top of where captions are shown, as y in scene units; keep texts above it.

    It holds for the frame's own aspect: upright pictures keep captions higher, above what phones
    lay over their lower edge.
    """
    unit = min(config.frame_width, config.frame_height) / 1080
    width, height = round(config.frame_width / unit), round(config.frame_height / unit)
    top, bottom = FrameFormat("", width, height, 1).caption_band
    return (height / 2 - bottom) * unit, (height / 2 - top) * unit
