"""How long a film is, which its script may limit."""

from __future__ import annotations

from collections.abc import Iterator

from explainer.clock import seconds
from explainer.verify.check import DeliveredFilm, FilmCheck
from explainer.verify.report import CheckResult


def measure(film: DeliveredFilm) -> Iterator[CheckResult]:
    """The length of its longest track against the limit, if there is one."""
    lengths = [picture.length for picture in film.facts.video]
    lengths += [sound.length for sound in film.facts.audio]
    length = max(lengths, default=0)
    limit = film.limit
    required = f"at most {seconds(limit):g} s" if limit else "not judged: no limit given"
    is_within = length <= limit if limit else None
    yield CheckResult("length", f"{seconds(length):.3f} s", required, is_within)


CHECK = FilmCheck(("length",), measure)
