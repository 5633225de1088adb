"""Frames made small: a decoded frame in, the mean colour of each of its cells out.

FFmpeg's scaler does not give the mean of a cell this large: some were 70 of 255 off.
"""

from __future__ import annotations

import av
import numpy as np
from av.video.plane import VideoPlane
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter
from numpy.typing import NDArray

from explainer.media.signature import CellSums, plane_pixels

CELLS = (36, 64)
"""Rows and columns of the small picture that is made of each frame."""
_TO_RGB = np.array(
    [
        [255 / 219, 0.0, 1.5748 * 255 / 224],
        [255 / 219, -0.187324 * 255 / 224, -0.468124 * 255 / 224],
        [255 / 219, 1.8556 * 255 / 224, 0.0],
    ],
    np.float32,
)
"""BT.709, limited range: from Y - 16, Cb - 128 and Cr - 128 to red, green and blue up to 255."""
_ZERO = np.array([16, 128, 128], np.float32)


class CellScaler:
    """Makes frames small, one after another."""

    def __init__(self) -> None:
        self._reformatter = VideoReformatter()

    def scale(self, frame: av.VideoFrame, sums: CellSums | None = None) -> NDArray[np.uint8]:
        """The mean of each cell as sRGB, of shape (36, 64, 3).

        What is summed of a frame that is as it should be is left in `sums` for others.
        """
        if frame.format.name != "yuv420p" or frame.color_range == ColorRange.JPEG:
            frame = self._reformatter.reformat(
                frame,
                format="yuv420p",
                dst_colorspace=Colorspace.ITU709,
                dst_color_range=ColorRange.MPEG,
                threads=1,
            )
            sums = None
        cell = frame.width // CELLS[1]
        is_square = (CELLS[0] * cell, CELLS[1] * cell) == (frame.height, frame.width)
        if is_square and cell % 2 == 0:
            sums = sums or CellSums(frame)
            each = [sums.of(0, cell) / cell**2]
            each += [sums.of(number, cell // 2) / (cell // 2) ** 2 for number in (1, 2)]
            means = np.stack(each, axis=-1).astype(np.float32)
        else:
            means = np.stack([_means(plane) for plane in frame.planes[:3]], axis=-1)
        colours = (means - _ZERO) @ _TO_RGB.T
        return np.asarray(np.clip(np.rint(colours), 0, 255), np.uint8)


def _means(plane: VideoPlane) -> NDArray[np.float32]:
    """The mean of each cell of a plane; where there are fewer pixels than cells, cells share."""
    rows, columns = CELLS
    pixels = plane_pixels(plane)
    tops = np.arange(rows) * plane.height // rows
    bottoms = np.maximum(tops + 1, np.arange(1, rows + 1) * plane.height // rows)
    lefts = np.arange(columns) * plane.width // columns
    rights = np.maximum(lefts + 1, np.arange(1, columns + 1) * plane.width // columns)
    # a sum for each band is much quicker than one call of reduceat down the columns
    bands = np.empty((rows, plane.width), np.uint32)
    for band, top, bottom in zip(bands, tops, bottoms, strict=True):
        pixels[top:bottom].sum(axis=0, dtype=np.uint32, out=band)
    sums = np.add.reduceat(bands, lefts, axis=1)
    areas = (bottoms - tops)[:, None] * (rights - lefts)
    return np.asarray(sums / areas, np.float32)
