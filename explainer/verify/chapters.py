"""The chapters of a film against the scenes of its timeline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from explainer.clock import seconds
from explainer.spec import MAX_CHAPTER_OFFSET
from explainer.verify.check import DeliveredFilm, FilmCheck
from explainer.verify.report import NOT_JUDGED, CheckResult, first_faults

MAX_SHOWN_TITLES = 12
"""Of more chapters, only the first and the last title are shown."""

Chapter = tuple[str, int, int]
"""A title, its start and its end in ticks."""


def measure(film: DeliveredFilm) -> Iterator[CheckResult]:
    """Whether titles and times are those of the scenes."""
    found = [(chapter.title, chapter.start, chapter.end) for chapter in film.facts.chapters]
    if film.timeline is None:
        yield CheckResult("chapters", _titles(found), NOT_JUDGED, None)
        return
    planned = [(scene.title, scene.start, scene.end) for scene in film.timeline.scenes]
    wrong = [
        f"chapter {number} is {_describe(*one)}, not {_describe(*other)}"
        for number, (one, other) in enumerate(zip(found, planned, strict=False), 1)
        if not _same(one, other)
    ]
    if len(found) != len(planned):
        wrong.append(f"{len(found)} chapters, not {len(planned)}")
    measured = _titles(found)
    if len(found) > MAX_SHOWN_TITLES:
        measured = first_faults(wrong) or measured
    yield CheckResult("chapters", measured, _titles(planned), not wrong, tuple(wrong))


def _same(one: Chapter, other: Chapter) -> bool:
    starts = abs(one[1] - other[1]) <= MAX_CHAPTER_OFFSET
    ends = abs(one[2] - other[2]) <= MAX_CHAPTER_OFFSET
    return one[0] == other[0] and starts and ends


def _describe(title: str, start: int, end: int) -> str:
    return f"“{title}” from {seconds(start):.2f} to {seconds(end):.2f} s"


def _titles(chapters: Sequence[Chapter]) -> str:
    """The titles of chapters; of many, the first and the last."""
    titles = [title for title, _, _ in chapters]
    if len(titles) <= MAX_SHOWN_TITLES:
        return ", ".join(titles) or "none"
    return f"{len(titles)} from “{titles[0]}” to “{titles[-1]}”"


CHECK = FilmCheck(("chapters",), measure)
