"""Whether picture and sound start and end together."""

from __future__ import annotations

from collections.abc import Iterator

from explainer.clock import seconds
from explainer.spec import MAX_START_DIFFERENCE
from explainer.verify.check import DeliveredFilm, FilmCheck
from explainer.verify.report import CheckResult


def measure(film: DeliveredFilm) -> Iterator[CheckResult]:
    """How far the sound that fits worst starts, and ends, from the picture."""
    facts = film.facts
    if not facts.video or not facts.audio:
        yield CheckResult("sync", "a track is missing", "picture and sound", False)
        return
    picture = facts.video[0]
    frame = picture.length // max(1, len(picture.pts))
    start = max((sound.start - picture.start for sound in facts.audio), key=abs)
    length = max((sound.length - picture.length for sound in facts.audio), key=abs)
    yield CheckResult(
        "sync",
        f"sound starts {1000 * seconds(start):+.2f} ms, lasts {1000 * seconds(length):+.2f} ms",
        "start within 1 ms of the picture, as long within 1 frame",
        abs(start) <= MAX_START_DIFFERENCE and abs(length) <= frame,
    )


CHECK = FilmCheck(("sync",), measure)
