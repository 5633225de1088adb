"""Swatches: a picture in, the mean colours of its parts out, by which it is known again.

They are taken of what is drawn, before it is encoded, and held against the finished film: a wrong
colour matrix, a line in another's place and a picture that comes late all show in them.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

GRID = (9, 16)
"""Rows and columns of a picture's parts; of an upright one too, where they are higher than wide."""

Swatches = tuple[tuple[int, str], ...]
"""Some frames of a line, and of each the colours of its parts, row by row, as hexadecimal RGB."""


def of(picture: NDArray[np.uint8]) -> str:
    """The swatches of a picture of shape (height, width, 3 or more), RGB first."""
    rows, columns = (
        np.linspace(0, size, parts + 1).astype(int)[:-1]
        for size, parts in zip(picture.shape[:2], GRID, strict=True)
    )
    sums = np.add.reduceat(picture[:, :, :3].astype(np.uint32), rows, axis=0)
    sums = np.add.reduceat(sums, columns, axis=1)
    height, width = picture.shape[:2]
    high = np.diff([*rows, height])[:, None, None]
    wide = np.diff([*columns, width])[None, :, None]
    means: NDArray[np.uint8] = np.rint(sums / (high * wide)).astype(np.uint8)
    return means.tobytes().hex()


def apart(one: str, other: str) -> int:
    """How far two swatches differ, at worst, in one channel of 255.

    Raises:
        ValueError: if either is none.
    """
    both = [np.frombuffer(bytes.fromhex(text), np.uint8).astype(int) for text in (one, other)]
    if any(len(each) != GRID[0] * GRID[1] * 3 for each in both):
        raise ValueError("these are no swatches")
    return int(np.abs(both[0] - both[1]).max())


def moments(frames: int, cues: Iterable[int]) -> frozenset[int]:
    """The frames of a line that swatches are taken of: each cue's first, the middle and the last.

    Where a cue begins, something moves, so that a picture out of time is told.
    """
    return frozenset(n for n in (*cues, frames // 2, frames - 1) if 0 <= n < frames)
