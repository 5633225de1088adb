"""What eyes meet in a finished film: its picture decoded once, rows on flashes and labels out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.reformatter import Colorspace, Interpolation, VideoReformatter
from numpy.typing import NDArray

from explainer.clock import TICKS, frame_ticks, seconds
from explainer.errors import error_text
from explainer.frame_format import Quality
from explainer.media import colour_signature, io
from explainer.timeline.labels import Label
from explainer.timeline.model import TimedLine, Timeline
from explainer.verify.fidelity import Pictures
from explainer.verify.flashes import CELLS, MOST, Flashes, Worst
from explainer.verify.legibility import (
    LARGE,
    SMALLEST,
    covered,
    measure,
    misplaced,
    settled,
    wanted,
)
from explainer.verify.report import OPEN, Row, listed

FASTEST, LARGEST = 240, 8192 * 4320
"""Frames a second and pixels of the pictures that are judged."""
SHIFT, SHIFT_SMALL = 3, 5
"""What a colour may be off by, of 255, for a film's own colour space and encoding take a little.

In a picture under `LOWEST` they take more, as edges are a greater part of it."""
SMALL = 360
"""The short side of a picture under which they take too much to tell."""
LOWEST = 720
"""The short side of a picture under which a label's ground cannot be told from its ink."""

MOMENT = TICKS // 4
"""Ticks for which a label may be hard to read if it is read before or after."""

_CONTRAST = f"4.5:1, or 3:1 from {LARGE:g} px"


def rows(film: Path, timeline: Timeline | None, drawn: Pictures | None = None) -> Iterator[Row]:
    """Rows on the picture of a film that can be opened, and on the labels its timeline notes.

    `drawn` holds each frame to its signature on the way.
    """
    try:
        watch, contrasts, offs, shape, fields = _watch(film, timeline, drawn)
    except (av.FFmpegError, ValueError) as error:
        yield Row("flashes", f"cannot be measured: {error_text(error)}", "a picture", False)
        return
    if drawn:
        yield from drawn.rows(shape.fps)
    whole = "whole frames" if not fields else f"{fields} frames of two fields"
    yield Row("progressive", whole, "whole frames", not fields)
    yield _flashes("flashes", watch.light, watch.fps)
    yield _flashes("red flashes", watch.red, watch.fps)
    if timeline is None:
        rest = ("colours", "legibility", "text size", "labels", "caption band")
        yield from (Row(what, "", OPEN, None) for what in rest)
        return
    yield _colours(timeline, offs, shape)
    yield _legibility(timeline, contrasts, shape)
    yield from _places(timeline, shape)
    yield _caption_band(timeline, drawn)


def _flashes(what: str, worst: Worst, fps: int) -> Row:
    limit = f"at most {MOST // 2} in any second, anywhere"
    if not worst.changes:
        return Row(what, "none", limit, True)
    measured = (
        f"{worst.changes / 2:g} in the second up to {worst.frame / fps:.2f} s, "
        f"{worst.x:.0%} from the left, {worst.y:.0%} from the top"
    )
    return Row(what, measured, limit, worst.ok)


Look = tuple[float, float, int, str, str]
"""The share of the contrast wanted that a label has, that contrast, the tick, its text and line."""
Contrasts = dict[tuple[str, int | str], list[Look]]
"""For each line and text that is read in it: how it is seen. A contrast of 0 is of one covered."""


Offs = dict[tuple[int, str], int]
"""For each frame with swatches and the line it is of: how far, of 255, its colours are off."""


def _watch(
    film: Path, timeline: Timeline | None, as_drawn: Pictures | None
) -> tuple[Flashes, Contrasts, Offs, Quality, int]:
    looked_at = _looked_at(timeline) if timeline else {}
    drawn = _drawn(timeline) if timeline else {}
    contrasts: Contrasts = {}
    offs: Offs = {}
    with io.opened(film, io.FILM) as file:
        track = file.streams.video[0]
        track.thread_type = "AUTO"
        fps = max(1, round(track.average_rate or Fraction(0)))
        if fps > FASTEST or track.width * track.height > LARGEST:
            raise ValueError(f"{track.width}x{track.height} at {fps} fps is more than is judged")
        shape, watch = Quality("", track.width, track.height, fps), Flashes(fps)
        small, full = _Pictures(CELLS[1], CELLS[0]), _Pictures(track.width, track.height)
        fields = 0
        for number, frame in enumerate(file.decode(track)):
            watch.see(small.of(frame))
            fields += frame.interlaced_frame
            if as_drawn:
                as_drawn.see(frame)
            for key, colours in drawn.get(number, ()):
                offs[number, key] = colour_signature.apart(
                    colour_signature.of(full.of(frame)), colours
                )
            if timeline is None or number not in looked_at or _tiny(shape):
                continue
            picture = full.of(frame)
            for key, label in looked_at[number]:
                found = 0.0 if covered(label, picture) else measure(label, picture)
                if found is not None:
                    at = number * frame_ticks(timeline.fps)
                    look = (found / wanted(label), found, at, label.text, key)
                    contrasts.setdefault((key, label.key), []).append(look)
        return watch, contrasts, offs, shape, fields


def _tiny(shape: Quality) -> bool:
    return min(shape.width, shape.height) < LOWEST


class _Pictures:
    """Decoded frames as sRGB arrays of one size."""

    def __init__(self, width: int, height: int) -> None:
        self._size = width, height
        self._scaler = VideoReformatter()

    def of(self, frame: av.VideoFrame) -> NDArray[np.uint8]:
        width, height = self._size
        made = self._scaler.reformat(
            frame,
            width,
            height,
            "rgb24",
            src_colorspace=Colorspace.ITU709,
            interpolation=Interpolation.AREA,
        )
        return np.asarray(made.to_ndarray(), np.uint8)


def _looked_at(timeline: Timeline) -> dict[int, list[tuple[str, Label]]]:
    """What to measure in which frame of the film."""
    found: dict[int, list[tuple[str, Label]]] = defaultdict(list)
    for line in timeline.lines:
        first = line.start // frame_ticks(timeline.fps)
        for label in settled(line.labels, timeline.fps):
            for frame in label.frames:
                found[first + frame].append((line.key, label))
    return found


def _drawn(timeline: Timeline) -> dict[int, list[tuple[str, str]]]:
    """The swatches that each frame of the film is to have, with their lines."""
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for line in timeline.lines:
        first = line.start // frame_ticks(timeline.fps)
        for frame, colours in line.swatches:
            found[first + frame].append((line.key, colours))
    return found


def _colours(timeline: Timeline, offs: Offs, shape: Quality) -> Row:
    """The film's colours against those that were drawn, by the means of its picture's parts."""
    most = SHIFT_SMALL if _tiny(shape) else SHIFT
    wanted = f"as drawn, within {most} of 255"
    count = sum(len(line.swatches) for line in timeline.lines)
    if not count:
        return Row("colours", "", "not judged: none are noted in the timeline", None)
    if len(offs) < count:
        return Row("colours", f"{len(offs)} of {count} pictures are there", wanted, False)
    if min(shape.width, shape.height) < SMALL:
        return Row("colours", "", f"not judged: a picture under {SMALL} px is too small", None)
    (number, key), off = max(offs.items(), key=lambda item: item[1])
    at = f"{key} at {seconds(number * frame_ticks(timeline.fps)):.2f} s"
    return Row("colours", f"{off} of 255 off in {at}, at worst of {count}", wanted, off <= most)


def _legibility(timeline: Timeline, contrasts: Contrasts, shape: Quality) -> Row:
    if not any(line.labels for line in timeline.lines):
        return Row("legibility", "no labels", _CONTRAST, True)
    if _tiny(shape):
        return Row("legibility", "", f"not judged: a picture under {LOWEST} px is too small", None)
    ranked, hidden = _ranked(contrasts)
    said = [
        f"“{text}” {found:.1f}:1 ({key} at {seconds(at):.2f} s)"
        for share, found, at, text, key in ranked
        if share < 1
    ]
    said += [
        f"“{text}” is covered ({key} at {seconds(at):.2f} s)" for _, _, at, text, key in hidden
    ]
    if said:
        return Row("legibility", listed(said), _CONTRAST, False, tuple(said))
    if not ranked:
        return Row("legibility", "", "not judged: no label stays as it is", None)
    _, found, _, text, _ = ranked[0]
    return Row(
        "legibility", f"{len(ranked)} labels, nearest {found:.1f}:1 (“{text}”)", _CONTRAST, True
    )


def _ranked(contrasts: Contrasts) -> tuple[list[Look], list[Look]]:
    """How each label is seen at its worst, and those that are covered whenever they are there."""
    ranked, hidden = [], []
    for looks in contrasts.values():
        if shown := [look for look in looks if look[1] > 0]:
            ranked.append(_lasting(shown))
        else:
            hidden.append(looks[0])
    seen = {text for _, _, _, text, _ in ranked}
    return sorted(ranked), [look for look in hidden if look[3] not in seen]


def _lasting(looks: list[Look]) -> Look:
    """The worst look of a label, unless it is over in a moment, as when something passes by."""
    ordered = sorted(looks)
    worst = ordered[0]
    others = [look for look in ordered if abs(look[2] - worst[2]) > MOMENT]
    instants = {look[2] // MOMENT for look in others}
    return others[0] if len(instants) > 1 and others[0][0] >= 1 else worst


def _rounded(pixels: float) -> str:
    return f"{round(pixels, 1):g}"


def _places(timeline: Timeline, shape: Quality) -> Iterator[Row]:
    small: dict[tuple[str, int | str], str] = {}
    wrong, least = [], float("inf")
    headed = any(label.header for line in timeline.lines for label in line.labels)
    for line in timeline.lines:
        for label in settled(line.labels, timeline.fps):
            least = min(least, label.size)
            if round(label.size, 1) < SMALLEST:
                said = f"“{label.text}” {_rounded(label.size)} px ({line.key})"
                small.setdefault((line.key, label.key), said)
        for frame, what in misplaced([*settled(line.labels, timeline.fps)], shape, headed):
            at = line.start + frame * frame_ticks(timeline.fps)
            wrong.append(f"{what} ({line.key} at {at / TICKS:.2f} s)")
    said = listed([*small.values()]) or (
        f"smallest {_rounded(least)} px" if least < 1e9 else "no labels"
    )
    small_ones = tuple(small.values())
    yield Row("text size", said, f"at least {SMALLEST:g} px of 1080", not small, small_ones)
    place = "inside the frame, apart, clear of header and caption band"
    yield Row("labels", listed(wrong) or "all in their place", place, not wrong, tuple(wrong))


def _caption_band(timeline: Timeline, drawn: Pictures | None) -> Row:
    """Texts in the caption band in any frame: those drawn there, and what was put there later."""
    wanted = "no text of the picture in any frame"
    faults = [
        f"{', '.join(f'“{text}”' for text in texts)} "
        f"from {seconds(start):.2f} to {seconds(end):.2f} s ({line.key})"
        for line in timeline.lines
        for texts, start, end in _stays(line, frame_ticks(timeline.fps))
    ]
    faults += drawn.band.told(timeline.fps) if drawn else ()
    if faults:
        return Row("caption band", listed(faults), wanted, False, tuple(faults))
    if any(line.low_texts is None for line in timeline.lines):
        why = "not judged: its record does not say what was drawn there"
        return Row("caption band", "", why, None)
    if drawn is None or drawn.wrong:
        why = "not judged: no signatures to hold each frame to"
        return Row("caption band", "", why, None)
    return Row("caption band", f"clear in {drawn.seen} frames", wanted, True)


def _stays(line: TimedLine, frame: int) -> Iterator[tuple[list[str], int, int]]:
    """The texts in the caption band, one after another as a number that runs, and their ticks."""
    texts: dict[str, None] = {}
    begin = end = 0
    for text, first, last in sorted(line.low_texts or (), key=lambda stay: stay[1]):
        if texts and first > end:
            yield list(texts), line.start + begin * frame, line.start + end * frame
            texts = {}
        begin, end = (begin, max(end, last + 1)) if texts else (first, last + 1)
        texts[text] = None
    if texts:
        yield list(texts), line.start + begin * frame, line.start + end * frame
