"""Labels judged: are they large enough, in their place, and clear of what is behind them?

Labels and pictures in; faults with their frame, and contrasts, out. Lengths are pixels of a
picture whose short side has 1080, as in `labels`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explainer.frame_format import Quality
from explainer.timeline.labels import SHORT, Label
from explainer.verify.colour import contrast, luminance

SMALLEST = 24.0
"""The least em of a label; it stands for ordinary text, which is 12 points."""
LARGE = SMALLEST * 18 / 12
"""The em from which on a text counts as large (WCAG 2.2 says 18 points)."""
HEADER = 110.0
"""The bottom of the zone that is the header's alone."""
_SLACK = 1.0
_MOVES = 90.0
"""Pixels that a label may move in a second and still stand where it is read: a slow travel's."""
_GROWS = 0.2
"""The share of its size by which a label may grow in a second and still be at rest: a camera's."""
_AROUND, _FARTHEST = 0.15, 6.0
"""How far the ground beside a text is looked at: in its ems, and in pixels.

A line drawn around or under a text is farther from it than that."""
_LUMA = np.array((0.299, 0.587, 0.114))
_TOLD = 24.0
"""How far, of 255, a label must be from its ground in lightness to be looked for."""


def wanted(label: Label) -> float:
    """The least contrast of a label (WCAG 2.2, 1.4.3)."""
    return 3.0 if label.size >= LARGE else 4.5


def settled(labels: Sequence[Label], fps: int) -> Iterator[Label]:
    """Labels of one line in those frames only in which they are there as they are meant to be read.

    There they neither fade nor change colour, and neither grow nor shrink faster than a camera
    moves. One that never stops growing is judged as large as it comes to be.
    """
    looks: dict[tuple[int | str, str, float], dict[int, list[float]]] = {}
    for label in labels:
        sizes = looks.setdefault((label.key, label.colour, label.opacity), {})
        for frame in label.frames:
            sizes.setdefault(frame, []).append(label.size)
    rested = set()
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
    return any(abs(size - other) <= 0.001 + size * _GROWS / fps for other in beside)


def still(labels: Sequence[Label], fps: int) -> Iterator[Label]:
    """Labels of one line in those frames only in which they hardly move.

    On its way a text may come from outside the frame, and pass another one.
    """
    boxes: dict[int | str, dict[int, list[NDArray[np.float64]]]] = {}
    for label in labels:
        for frame in label.frames:
            at = boxes.setdefault(label.key, {})
            at.setdefault(frame, []).append(np.array(label.box))
    for label in labels:
        at, box = boxes[label.key], np.array(label.box)
        frames = tuple(
            n
            for n in label.frames
            if any(
                np.abs(other - box).max() <= _SLACK + _MOVES / fps
                for other in [*at.get(n - 1, ()), *at.get(n + 1, ())]
            )
        )
        if frames:
            yield replace(label, frames=frames)


def misplaced(
    labels: Sequence[Label], shape: Quality, headed: bool = True
) -> list[tuple[int, str]]:
    """What is wrong with where labels of one line stand, each fault with its first frame.

    In a film that is `headed`, no label but its header may stand in the header's zone.
    """
    width, height, top, bottom = (
        edge / shape.unit for edge in (shape.width, shape.height, *shape.band)
    )
    zones = [("enters the caption band", (0, top, width, bottom), False)]
    if headed:
        zones.append(("enters the header", (0, 0, width, HEADER), True))
    found: dict[tuple[object, ...], tuple[int, str]] = {}

    def note(what: str, frame: int, *of: Label) -> None:
        key = (what, *(label.key for label in of))
        said = " and ".join(f"“{label.text}”" for label in of)
        found[key] = min((frame, f"{said} {what}"), found.get(key, (frame, f"{said} {what}")))

    for label in labels:
        for what, zone, allowed in zones:
            if not (allowed and label.header) and _overlap(label.box, zone):
                note(what, label.frames[0], label)
    resting = [*still(labels, shape.fps)]
    for label in resting:
        left, high, right, low = label.box
        if min(left, high, width - right, height - low) < -_SLACK:
            note("leaves the frame", label.frames[0], label)
    for one, other in combinations(resting, 2):
        shared = set(one.frames).intersection(other.frames)
        if shared and _apart(one, other) and _overlap(one.box, other.box):
            note("overlap", min(shared), one, other)
    return sorted(found.values())


def _apart(one: Label, other: Label) -> bool:
    """Whether two labels are two texts: not one in two colours, its shadow or a part of it."""
    small, large = sorted((one, other), key=lambda label: len(label.text))
    inside = [a >= b - _SLACK for a, b in zip(small.box[:2], large.box[:2], strict=True)]
    inside += [a <= b + _SLACK for a, b in zip(small.box[2:], large.box[2:], strict=True)]
    part_of = small.text in large.text and all(inside)
    return one.key != other.key and one.text != other.text and not part_of


def _overlap(one: Sequence[float], other: Sequence[float]) -> bool:
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    return min(across, down) > _SLACK


def measure(label: Label, picture: NDArray[np.uint8]) -> float | None:
    """The contrast of a label's colour with the ground close around it.

    The ground is uneven: nine tenths of it contrast at least as much. None if it is out of sight.

    Args:
        label: where the text stands.
        picture: sRGB of shape (height, width, 3), of any size.
    """
    _, ground = _pixels(label, picture)
    if not len(ground):
        return None
    mixed = np.rint(_mixed(label, ground)).astype(np.uint8)
    return float(np.percentile(contrast(luminance(mixed), luminance(ground)), 10))


def covered(label: Label, picture: NDArray[np.uint8]) -> bool:
    """Whether something lies over a label, so that nothing in its place comes near its colour.

    Not so of one that has the colour of its ground: that may be there and not be told from it.
    """
    inside, ground = _pixels(label, picture)
    if not len(inside) or not len(ground):
        return False
    around = np.median(ground @ _LUMA)
    ink = _mixed(label, np.median(ground, axis=0)) @ _LUMA
    off = abs(float(ink - around))
    return off > _TOLD and float(np.abs(inside @ _LUMA - ink).min()) > off / 2


def _pixels(
    label: Label, picture: NDArray[np.uint8]
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """The pixels in the box of a label, and those close around it."""
    scale = min(picture.shape[:2]) / SHORT
    left, top, right, bottom = (edge * scale for edge in label.box)
    reach = max(2, round(min(_AROUND * label.size, _FARTHEST) * scale))
    # the pixels that ink only touches belong to neither
    inner = (int(left) - 1, int(top) - 1, int(right) + 2, int(bottom) + 2)
    x, y = max(0, inner[0] - reach), max(0, inner[1] - reach)
    around = picture[y : max(0, inner[3] + reach), x : max(0, inner[2] + reach)]
    ground = np.ones(around.shape[:2], bool)
    ground[max(0, inner[1] - y) : inner[3] - y, max(0, inner[0] - x) : inner[2] - x] = False
    return around[~ground], around[ground]


def _mixed(label: Label, ground: NDArray[Any]) -> NDArray[np.float64]:
    """A label's colour as it is seen over a ground."""
    ink = np.array([int(label.colour[i : i + 2], 16) for i in (1, 3, 5)])
    mixed: NDArray[np.float64] = label.opacity * ink + (1 - label.opacity) * ground
    return mixed
