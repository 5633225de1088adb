"""How much of a film stands still: a finished film in, the share of its frozen frames out.

    python bench/frozen_share.py build/her2.mp4 [--most 0.05]

Which frames are frozen `explainer/verify/motion.py` says. The spans are printed with the share;
the exit code is 1 if it is above `--most`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from explainer.verify.motion import is_frozen_after, luma_below_header

LONG_SPAN = 0.25
"""Seconds; shorter spans are not printed."""


def frozen_frames(film: Path) -> NDArray[np.bool_]:
    """Whether each frame is frozen, shape (n,); the first never is."""
    with av.open(str(film)) as container:
        planes = map(luma_below_header, container.decode(video=0))
        return np.array([False, *(is_frozen_after(*two) for two in pairwise(planes))])


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
