"""Swatches: a picture in; the mean colours of its parts, by which it is known again, out.

They are taken of some frames before these are encoded, and compared with the finished film. A wrong
colour matrix, a line in another's place and a picture that comes late all show in them.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

GRID = (9, 16)
"""Rows and columns of parts; of an upright picture too, where the parts are higher than wide."""

Swatches = tuple[tuple[int, str], ...]
"""Pairs of a frame of a line and its signature."""


def signature(picture: NDArray[np.uint8]) -> str:
    """The mean colours of a picture's parts, row by row, as hexadecimal RGB.

    `picture` has the shape (height, width, 3 or more), RGB first.
    """
    height, width = picture.shape[:2]
    rows = np.linspace(0, height, GRID[0] + 1).astype(int)
    columns = np.linspace(0, width, GRID[1] + 1).astype(int)[:-1]
    # rows are added up first: that takes no copy of the whole picture
    bands = [picture[top:bottom].sum(axis=0, dtype=np.uint32) for top, bottom in pairwise(rows)]
    sums = np.add.reduceat(np.array(bands)[:, :, :3], columns, axis=1)
    part_heights = np.diff(rows)[:, None, None]
    part_widths = np.diff([*columns, width])[None, :, None]
    means: NDArray[np.uint8] = np.rint(sums / (part_heights * part_widths)).astype(np.uint8)
    return means.tobytes().hex()


def max_difference(one: str, other: str) -> int:
    """How far two signatures differ, at worst, in one channel of 255.

    Raises:
        ValueError: if either is no signature.
    """
    both = [np.frombuffer(bytes.fromhex(text), np.uint8).astype(int) for text in (one, other)]
    if any(len(each) != GRID[0] * GRID[1] * 3 for each in both):
        raise ValueError("these are no swatches")
    return int(np.abs(both[0] - both[1]).max())


def frames_to_sign(frames: int, cues: Iterable[int]) -> frozenset[int]:
    """The frames of a line to sign: the first of each cue, the middle and the last.

    Where a cue begins, something moves, so that a picture out of time is found.
    """
    return frozenset(n for n in (*cues, frames // 2, frames - 1) if 0 <= n < frames)
