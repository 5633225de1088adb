"""Captions drawn into the picture, for places that show no caption tracks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from explainer.errors import MissingTool
from explainer.quality import Quality


@dataclass(frozen=True, slots=True)
class Row:
    """A caption on frames `first` to `last` (not included) of its line, in one or two rows."""

    first: int
    last: int
    text: tuple[str, ...]
    font: str


def over(
    show: Callable[[NDArray[np.uint8], int], None], rows: tuple[Row, ...], quality: Quality
) -> Callable[[NDArray[np.uint8], int], None]:
    """A `show` that lays the caption of the moment over each frame before handing it on."""
    plates = [_plate(row, quality) for row in rows]
    at = 0

    def shown(frame: NDArray[np.uint8], repeat: int) -> None:
        nonlocal at
        end = at + repeat
        while at < end:
            row = next((i for i, r in enumerate(rows) if r.first <= at < r.last), None)
            edges = [edge for r in rows for edge in (r.first, r.last) if at < edge < end]
            until = min([*edges, end])
            show(frame if row is None else _laid(frame, *plates[row]), until - at)
            at = until

    return shown


def _laid(frame: NDArray[np.uint8], plate: NDArray[np.uint8], top: int) -> NDArray[np.uint8]:
    made = frame.copy()
    band = made[top : top + len(plate)]
    alpha = plate[:, :, 3:].astype(np.uint16)
    mixed = (plate[:, :, :3] * alpha + band[:, :, :3] * (255 - alpha) + 127) // 255
    band[:, :, :3] = mixed.astype(np.uint8)
    return made


def _plate(row: Row, quality: Quality) -> tuple[NDArray[np.uint8], int]:
    """The band with the caption on it, RGBA, and the frame's row that its top lies on."""
    top, bottom = quality.band
    size = round(44 * quality.unit)
    try:
        font = ImageFont.truetype(row.font, size)
    except OSError:
        remedy = "restore it: git checkout assets/fonts"
        raise MissingTool.of(f"the caption font {Path(row.font).name} is missing", remedy) from None
    image = Image.new("RGBA", (quality.width, bottom - top), (0, 0, 0, 0))
    canvas = ImageDraw.Draw(image)
    height = round(size * 1.4)
    y = (bottom - top - height * len(row.text)) // 2
    for text in row.text:
        width = canvas.textlength(text, font=font)
        x, pad = (quality.width - width) / 2, size * 0.35
        box = (x - pad, y, x + width + pad, y + height)
        canvas.rounded_rectangle(box, radius=size * 0.2, fill=(6, 8, 18, 214))
        canvas.text((x, y + height / 2), text, font=font, fill=(244, 246, 255, 255), anchor="lm")
        y += height
    return np.asarray(image), top
