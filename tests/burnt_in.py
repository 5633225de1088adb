"""Captions as they are drawn into a picture."""

from __future__ import annotations

import numpy as np

from explainer.draw.burn_in import CaptionState, overlay
from explainer.frame_format import FRAME_FORMATS
from explainer.media.pango import FontSource
from project import ROOT

FOLDER = ROOT / "assets" / "fonts"
FONTS = FontSource(str(FOLDER), "en")
BIG = FRAME_FORMATS["1080p30"]


def picture(row: CaptionState, quality=BIG) -> np.ndarray:
    """The caption band of a black frame with a row on it."""
    shown = []
    overlay(lambda frame, _: shown.append(frame), (row,), quality)(
        np.zeros((quality.height, quality.width, 4), np.uint8), 1
    )
    top, bottom = quality.caption_band
    return shown[0][top:bottom, :, :3].astype(int)
