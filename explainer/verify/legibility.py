"""Whether labels can be read: the contrast of each with the picture behind and beside it.

Lengths are pixels of a picture whose short side has 1080, as in `labels`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explainer.clock import TICKS, frame_ticks, seconds
from explainer.spec import (
    LARGE_LABEL_SIZE,
    MIN_CONTRAST,
    MIN_LARGE_CONTRAST,
    SMALL_PICTURE,
)
from explainer.timeline.labels import REFERENCE_SIDE, Label
from explainer.timeline.model import Timeline
from explainer.verify.check import DecodedFrame, DeliveredPicture, FrameCheck
from explainer.verify.luminance import contrast, luminance
from explainer.verify.report import NOT_JUDGED, CheckResult, first_faults, quoted
from explainer.verify.steady_labels import steady_labels

MAX_MOMENT = TICKS // 4
"""Ticks for which a label may be hard to read if it is read before or after."""
_GROUND_EMS = 0.15
_GROUND_PIXELS = 6.0
"""How far the ground beside a text is looked at: in its ems, and in pixels at most.

A line drawn around or under a text is farther from it than that."""
_LUMA = np.array((0.299, 0.587, 0.114))
_MIN_LIGHTNESS_DIFFERENCE = 24.0
"""How far, of 255, a label must be from its ground in lightness to be looked for."""
_REQUIRED = f"{MIN_CONTRAST:g}:1, or {MIN_LARGE_CONTRAST:g}:1 from {LARGE_LABEL_SIZE:g} px"


def required_contrast(label: Label) -> float:
    """The least contrast of a label (WCAG 2.2, 1.4.3)."""
    return MIN_LARGE_CONTRAST if label.size >= LARGE_LABEL_SIZE else MIN_CONTRAST


def measure_contrast(label: Label, picture: NDArray[np.uint8]) -> float | None:
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


def is_covered(label: Label, picture: NDArray[np.uint8]) -> bool:
    """Whether something lies over a label, so that nothing in its place comes near its colour.

    Not so of one that has the colour of its ground: that may be there and not be told from it.
    """
    inside, ground = _pixels(label, picture)
    if not len(inside) or not len(ground):
        return False
    around = np.median(ground @ _LUMA)
    ink = _mixed(label, np.median(ground, axis=0)) @ _LUMA
    off = abs(float(ink - around))
    return off > _MIN_LIGHTNESS_DIFFERENCE and float(np.abs(inside @ _LUMA - ink).min()) > off / 2


def _pixels(
    label: Label, picture: NDArray[np.uint8]
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """The pixels in the box of a label, and those close around it."""
    scale = min(picture.shape[:2]) / REFERENCE_SIDE
    left, top, right, bottom = (edge * scale for edge in label.box)
    reach = max(2, round(min(_GROUND_EMS * label.size, _GROUND_PIXELS) * scale))
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


@dataclass(frozen=True, slots=True, order=True)
class LabelSighting:
    """How a label is seen in one frame; the worse sorts first.

    `share` is of the contrast that is required, `at` in ticks of the film. A contrast of 0 is that
    of a label which something covers.
    """

    share: float
    contrast: float
    at: int
    text: str
    line: str


class LegibilityCheck:
    """Measures each label in the frames in which the timeline says that it stands still."""

    def __init__(self, picture: DeliveredPicture) -> None:
        self._timeline = picture.timeline
        short_side = min(picture.frame_format.width, picture.frame_format.height)
        self._is_small = short_side < SMALL_PICTURE
        # by line and label
        self._sightings: dict[tuple[str, int | str], list[LabelSighting]] = {}
        self._labels: dict[int, list[tuple[str, Label]]] = {}
        if self._timeline and not self._is_small:
            self._labels = _labels_by_frame(self._timeline)

    def add_frame(self, frame: DecodedFrame) -> None:
        """Measure the labels of the next frame."""
        if not self._timeline:
            return
        for line, label in self._labels.get(frame.number, ()):
            pixels = frame.pixels
            found = 0.0 if is_covered(label, pixels) else measure_contrast(label, pixels)
            if found is None:
                continue
            at = frame.number * frame_ticks(self._timeline.fps)
            share = found / required_contrast(label)
            seen = self._sightings.setdefault((line, label.key), [])
            seen.append(LabelSighting(share, found, at, label.text, line))

    def results(self) -> Iterator[CheckResult]:
        """One result, on the label that is hardest to read."""
        if self._timeline is None:
            yield CheckResult("legibility", "", NOT_JUDGED, None)
        elif not any(line.labels for line in self._timeline.lines):
            yield CheckResult("legibility", "no labels", _REQUIRED, True)
        elif self._is_small:
            why = f"not judged: a picture under {SMALL_PICTURE} px is too small"
            yield CheckResult("legibility", "", why, None)
        else:
            yield self._judged()

    def _judged(self) -> CheckResult:
        ranked, hidden = self._ranked()
        faults = [
            f"{quoted(seen.text)} {seen.contrast:.1f}:1 ({_where(seen)})"
            for seen in ranked
            if seen.share < 1
        ]
        faults += [f"{quoted(seen.text)} is covered ({_where(seen)})" for seen in hidden]
        if faults:
            measured = first_faults(faults)
            return CheckResult("legibility", measured, _REQUIRED, False, tuple(faults))
        if not ranked:
            why = "not judged: no label stays as it is"
            return CheckResult("legibility", "", why, None)
        worst = ranked[0]
        measured = f"{len(ranked)} labels, nearest {worst.contrast:.1f}:1 ({quoted(worst.text)})"
        return CheckResult("legibility", measured, _REQUIRED, True)

    def _ranked(self) -> tuple[list[LabelSighting], list[LabelSighting]]:
        """Each label at its worst, and those that are covered whenever they are there."""
        ranked = []
        hidden = []
        for sightings in self._sightings.values():
            if shown := [seen for seen in sightings if seen.contrast > 0]:
                ranked.append(_lasting(shown))
            else:
                hidden.append(sightings[0])
        texts = {seen.text for seen in ranked}
        return sorted(ranked), [seen for seen in hidden if seen.text not in texts]


def _where(seen: LabelSighting) -> str:
    return f"{seen.line} at {seconds(seen.at):.2f} s"


def _labels_by_frame(timeline: Timeline) -> dict[int, list[tuple[str, Label]]]:
    """What to measure in which frame of the film, with its line."""
    found: dict[int, list[tuple[str, Label]]] = defaultdict(list)
    for line in timeline.lines:
        first = line.start // frame_ticks(timeline.fps)
        for label in steady_labels(line.labels, timeline.fps):
            for frame in label.frames:
                found[first + frame].append((line.key, label))
    return found


def _lasting(sightings: list[LabelSighting]) -> LabelSighting:
    """The worst sighting, unless it is over in a moment, as when something passes by."""
    ordered = sorted(sightings)
    worst = ordered[0]
    others = [seen for seen in ordered if abs(seen.at - worst.at) > MAX_MOMENT]
    instants = {seen.at // MAX_MOMENT for seen in others}
    return others[0] if len(instants) > 1 and others[0].share >= 1 else worst


CHECK = FrameCheck(("legibility",), LegibilityCheck)
