"""Whether ffmpeg decodes a film without complaint when it is told to forgive nothing."""

from __future__ import annotations

from collections.abc import Iterator

from explainer.media import ffmpeg_cli
from explainer.verify.check import DeliveredFilm, FilmCheck
from explainer.verify.report import CheckResult


def measure(film: DeliveredFilm) -> Iterator[CheckResult]:
    """What the ffmpeg program says of the film, at most the first 200 characters."""
    errors = ffmpeg_cli.decode_errors(film.path)
    yield CheckResult("strict decode", errors[:200] or "clean", "clean", not errors)


CHECK = FilmCheck(("strict decode",), measure)
