"""Labels while they can be read: those of a line in, the same in fewer frames out.

Lengths are pixels of a picture whose short side has 1080, as in `labels`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from explainer.timeline.labels import Label

SLACK = 1.0
"""Pixels that an edge may be off."""
_MAX_SPEED = 90.0
"""Pixels that a label may move in a second and still stand where it is read: a slow travel's."""
_MAX_GROWTH = 0.2
"""The share of its size by which a label may grow in a second and still be at rest: a camera's."""


def steady_labels(labels: Sequence[Label], fps: int) -> Iterator[Label]:
    """Labels of one line in those frames only in which they are there as they are meant to be read.

    There they neither fade nor change colour, and neither grow nor shrink faster than a camera
    moves. One that never stops growing is judged as large as it comes to be.
    """
    # sizes by frame, of one label in one colour
    looks: dict[tuple[int | str, str, float], dict[int, list[float]]] = {}
    for label in labels:
        sizes = looks.setdefault((label.key, label.colour, label.opacity), {})
        for frame in label.frames:
            sizes.setdefault(frame, []).append(label.size)
    rested: set[int | str] = set()
    largest: dict[int | str, Label] = {}
    for label in labels:
        sizes = looks[label.key, label.colour, label.opacity]
        if frames := tuple(n for n in label.frames if _at_rest(label.size, n, sizes, fps)):
            rested.add(label.key)
            yield replace(label, frames=frames)
        elif any(sizes.get(n + 1) or sizes.get(n - 1) for n in label.frames):
            before = largest.get(label.key)
            largest[label.key] = before if before and before.size > label.size else label
    yield from (label for key, label in largest.items() if key not in rested)


def _at_rest(size: float, frame: int, sizes: Mapping[int, list[float]], fps: int) -> bool:
    """Whether a label is nearly as large in the frame before or after."""
    beside = [*sizes.get(frame - 1, ()), *sizes.get(frame + 1, ())]
    # sizes are noted to a thousandth of a pixel
    return any(abs(size - other) <= 0.001 + size * _MAX_GROWTH / fps for other in beside)


def still_labels(labels: Sequence[Label], fps: int) -> Iterator[Label]:
    """Labels of one line in those frames only in which they hardly move.

    On its way a text may come from outside the frame, and pass another one.
    """
    boxes: dict[int | str, dict[int, list[NDArray[np.float64]]]] = {}
    for label in labels:
        for frame in label.frames:
            at = boxes.setdefault(label.key, {})
            at.setdefault(frame, []).append(np.array(label.box))
    most = SLACK + _MAX_SPEED / fps
    for label in labels:
        box = np.array(label.box)
        at = boxes[label.key]
        frames = []
        for frame in label.frames:
            beside = [*at.get(frame - 1, ()), *at.get(frame + 1, ())]
            if any(np.abs(other - box).max() <= most for other in beside):
                frames.append(frame)
        if frames:
            yield replace(label, frames=tuple(frames))
