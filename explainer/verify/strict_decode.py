"""Whether ffmpeg decodes a film without complaint when it is told to forgive nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from explainer.media import ffmpeg_cli
from explainer.verify.check import DeliveredFilm, ProgramCheck
from explainer.verify.report import CheckResult


@contextmanager
def start(film: DeliveredFilm) -> Iterator[Callable[[], list[CheckResult]]]:
    """Have the ffmpeg program decode the film; it says at most 200 characters of what it finds.

    Raises:
        EnvironmentProblem: if the ffmpeg program is not installed.
    """
    with ffmpeg_cli.strict_decoding(film.path) as messages:

        def results() -> list[CheckResult]:
            errors = messages()
            return [CheckResult("strict decode", errors[:200] or "clean", "clean", not errors)]

        yield results


CHECK = ProgramCheck(("strict decode",), start)
