"""How much of a film stands still: a finished film in, the share of its frozen frames out.

    python bench/frozen_share.py build/her2.mp4 [--most 0.05]

A frame is frozen if fewer than 0.06 % of its pixels below the header differ by more than 8 of 255
in luma from the frame before. The spans are printed with the share; exit code 1 if it is above
`--most`.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

HEADER_ROWS = 130 / 1080
"""The share of the short side, from the top, that is left out: the header moves by itself."""
LUMA_STEP = 8
"""The most, of 255, by which a pixel may differ and still count as unchanged."""
FROZEN_BELOW = 0.0006
"""The share of changed pixels below which a frame counts as frozen."""
LONG_SPAN = 0.25
"""Seconds; shorter spans are not printed."""


def luma_planes(film: Path) -> Iterator[NDArray[np.int16]]:
    """The luma of each frame below the header, shape (rows, columns)."""
    with av.open(str(film)) as container:
        for frame in container.decode(video=0):
            top = round(min(frame.width, frame.height) * HEADER_ROWS)
            yield frame.to_ndarray(format="gray")[top:].astype(np.int16)


def frozen_frames(film: Path) -> NDArray[np.bool_]:
    """Whether each frame is frozen, shape (n,); the first never is."""
    shares = [
        np.mean(np.abs(now - before) > LUMA_STEP) for before, now in pairwise(luma_planes(film))
    ]
    return np.array([False, *(share < FROZEN_BELOW for share in shares)])


def spans(frozen: NDArray[np.bool_], fps: float) -> Iterator[tuple[float, float]]:
    """Where the picture stands still for longer than LONG_SPAN, in seconds."""
    edges = np.flatnonzero(np.diff(np.r_[0, frozen.astype(np.int8), 0]))
    for start, end in edges.reshape(-1, 2):
        if (end - start) / fps > LONG_SPAN:
            yield start / fps, end / fps


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("film", type=Path)
    parser.add_argument("--most", type=float, default=1.0, help="the largest share that is allowed")
    args = parser.parse_args()
    with av.open(str(args.film)) as container:
        fps = float(container.streams.video[0].average_rate)
    frozen = frozen_frames(args.film)
    for start, end in spans(frozen, fps):
        print(f"{start:7.2f} to {end:6.2f} s")
    print(f"{frozen.mean():.1%} of {len(frozen)} frames are frozen")
    return int(frozen.mean() > args.most)


if __name__ == "__main__":
    raise SystemExit(main())
