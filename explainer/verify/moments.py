"""How well the words of several languages fit the moments of the picture that they share."""

from __future__ import annotations

from collections.abc import Iterator

from explainer.clock import seconds
from explainer.spec import MAX_CUE_OFFSET_SECONDS
from explainer.timeline.multilingual import cue_offsets, midpoint_picture
from explainer.verify.check import DeliveredFilm, FilmCheck
from explainer.verify.report import CheckResult


def measure(film: DeliveredFilm) -> Iterator[CheckResult]:
    """The greatest distance between a cue in the picture and its word in any language."""
    timelines = film.timelines
    if len(timelines) < 2:
        return
    picture = midpoint_picture(timelines)
    offsets: dict[str, int] = {}
    for timeline in timelines:
        for where, ticks in cue_offsets(picture, timeline).items():
            offsets[where] = max(ticks, offsets.get(where, 0))
    worst = max(offsets, key=lambda where: offsets[where], default="")
    off = seconds(offsets.get(worst, 0))
    measured = f"{off:.2f} s from a word at worst ({worst})" if worst else "no cue"
    required = f"within {MAX_CUE_OFFSET_SECONDS:g} s of each language's word"
    yield CheckResult("moments", measured, required, off <= MAX_CUE_OFFSET_SECONDS)


CHECK = FilmCheck(("moments",), measure)
