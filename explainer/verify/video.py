"""The form of a film's picture: codec, frame rate and colour tags, as its file states them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from explainer.clock import MILLISECOND, TICKS, frame_ticks
from explainer.media.probe import BT709, LIMITED_RANGE, VideoTrack
from explainer.timeline.model import Timeline
from explainer.verify.check import DeliveredFilm, FilmCheck
from explainer.verify.report import CheckResult

VIDEO_FORM = "h264 High yuv420p"
"""Codec, profile and pixel format."""


def measure(film: DeliveredFilm) -> Iterator[CheckResult]:
    """The form of each picture that the film has."""
    for picture in film.facts.video:
        form = f"{picture.codec} {picture.profile} {picture.pix_fmt}"
        size = f"{picture.width}x{picture.height}"
        yield CheckResult("video", f"{form} {size}", VIDEO_FORM, form == VIDEO_FORM)
        yield _frame_rate(picture, film.timeline)
        yield _colour_tags(picture, film.facts.colr)


def _frame_rate(picture: VideoTrack, timeline: Timeline | None) -> CheckResult:
    times = picture.pts
    steps = {later - earlier for earlier, later in pairwise(times)}
    count = f"{len(times)} frames"
    if len(steps) != 1 or times[0] != 0:
        found = ", ".join(f"{float(step) / MILLISECOND:.2f}" for step in sorted(steps)[:4])
        measured = f"{count}, steps of {found} ms"
        return CheckResult("frame rate", measured, "constant, from 0", False)
    fps = float(TICKS / steps.pop())
    measured = f"{count} at {fps:g} fps"
    if timeline is None:
        return CheckResult("frame rate", measured, "constant, from 0", True)
    frames = timeline.length // frame_ticks(timeline.fps)
    required = f"{frames} frames at {timeline.fps} fps, constant"
    is_same = (len(times), fps) == (frames, timeline.fps)
    return CheckResult("frame rate", measured, required, is_same)


def _colour_tags(picture: VideoTrack, has_colr: bool) -> CheckResult:
    tags = ", ".join(map(str, picture.colours))
    measured = tags + (", colr box" if has_colr else ", no colr")
    is_tagged = picture.colours == (BT709, BT709, BT709, LIMITED_RANGE) and has_colr
    required = "1, 1, 1, 1 (bt709, limited range), colr box"
    return CheckResult("colour tags", measured, required, is_tagged)


CHECK = FilmCheck(("video", "frame rate", "colour tags"), measure)
