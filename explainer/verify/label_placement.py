"""How large labels are, and where they stand: apart, in the frame and clear of its zones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from explainer.clock import TICKS, frame_ticks
from explainer.frame_format import FrameFormat
from explainer.spec import HEADER_HEIGHT, MIN_LABEL_SIZE
from explainer.timeline.labels import Label
from explainer.timeline.model import Timeline
from explainer.verify.check import DecodedFrame, DeliveredPicture, FrameCheck
from explainer.verify.report import NOT_JUDGED, CheckResult, fault_result, quoted
from explainer.verify.steady_labels import SLACK, steady_labels, still_labels


def placement_errors(
    labels: Sequence[Label], frame_format: FrameFormat, has_header: bool = True
) -> list[tuple[int, str]]:
    """What is wrong with where labels of one line stand, each fault with its first frame.

    In a film that `has_header`, no label but its header may stand in the header's zone.
    """
    width, height, top, bottom = (
        edge / frame_format.scale
        for edge in (frame_format.width, frame_format.height, *frame_format.caption_band)
    )
    zones = [("enters the caption band", (0, top, width, bottom), False)]
    if has_header:
        zones.append(("enters the header", (0, 0, width, HEADER_HEIGHT), True))
    found: dict[tuple[object, ...], tuple[int, str]] = {}

    def note(what: str, frame: int, *of: Label) -> None:
        key = (what, *(label.key for label in of))
        said = " and ".join(quoted(label.text) for label in of)
        found[key] = min((frame, f"{said} {what}"), found.get(key, (frame, f"{said} {what}")))

    for label in labels:
        for what, zone, allowed in zones:
            if not (allowed and label.header) and _overlap(label.box, zone):
                note(what, label.frames[0], label)
    still = [*still_labels(labels, frame_format.fps)]
    for label in still:
        left, high, right, low = label.box
        if min(left, high, width - right, height - low) < -SLACK:
            note("leaves the frame", label.frames[0], label)
    for one, other in combinations(still, 2):
        shared = set(one.frames).intersection(other.frames)
        if shared and _are_two_texts(one, other) and _overlap(one.box, other.box):
            note("overlap", min(shared), one, other)
    return sorted(found.values())


def _are_two_texts(one: Label, other: Label) -> bool:
    """Whether two labels are two texts: not one in two colours, its shadow or a part of it."""
    small, large = sorted((one, other), key=lambda label: len(label.text))
    inside = [a >= b - SLACK for a, b in zip(small.box[:2], large.box[:2], strict=True)]
    inside += [a <= b + SLACK for a, b in zip(small.box[2:], large.box[2:], strict=True)]
    part_of = small.text in large.text and all(inside)
    return one.key != other.key and one.text != other.text and not part_of


def _overlap(one: Sequence[float], other: Sequence[float]) -> bool:
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    return min(across, down) > SLACK


class LabelPlacementCheck:
    """Judges labels by what the timeline notes of them, in a picture of the film's shape."""

    def __init__(self, picture: DeliveredPicture) -> None:
        self._picture = picture

    def add_frame(self, frame: DecodedFrame) -> None:
        """Frames are not looked at."""

    def results(self) -> Iterator[CheckResult]:
        """The smallest labels, and those out of place."""
        timeline = self._picture.timeline
        if timeline is None:
            yield CheckResult("text size", "", NOT_JUDGED, None)
            yield CheckResult("labels", "", NOT_JUDGED, None)
            return
        yield _text_size(timeline)
        yield _placement(timeline, self._picture.frame_format)


def _text_size(timeline: Timeline) -> CheckResult:
    small: dict[tuple[str, int | str], str] = {}
    least = float("inf")
    for line in timeline.lines:
        for label in steady_labels(line.labels, timeline.fps):
            least = min(least, label.size)
            if round(label.size, 1) < MIN_LABEL_SIZE:
                said = f"{quoted(label.text)} {_rounded(label.size)} px ({line.key})"
                small.setdefault((line.key, label.key), said)
    fits = f"smallest {_rounded(least)} px" if least < float("inf") else "no labels"
    required = f"at least {MIN_LABEL_SIZE:g} px of 1080"
    return fault_result("text size", [*small.values()], fits, required)


def _rounded(pixels: float) -> str:
    return f"{round(pixels, 1):g}"


def _placement(timeline: Timeline, frame_format: FrameFormat) -> CheckResult:
    has_header = any(label.header for line in timeline.lines for label in line.labels)
    wrong = []
    for line in timeline.lines:
        labels = [*steady_labels(line.labels, timeline.fps)]
        for frame, what in placement_errors(labels, frame_format, has_header):
            at = line.start + frame * frame_ticks(timeline.fps)
            wrong.append(f"{what} ({line.key} at {at / TICKS:.2f} s)")
    required = "inside the frame, apart, clear of header and caption band"
    return fault_result("labels", wrong, "all in their place", required)


CHECK = FrameCheck(("text size", "labels"), LabelPlacementCheck)
