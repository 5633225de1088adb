"""A finished film measured: a path in, a report of what each check found out.

Everything is measured on the delivered file and what lies beside it; what can only be judged
against the timeline is reported as not judged, not as passed, when there is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from fractions import Fraction
from itertools import groupby
from pathlib import Path

import av

from explainer.clock import TICKS, seconds
from explainer.errors import CheckFailed, ScriptError, command, error_text
from explainer.frame_format import FrameFormat
from explainer.media.audio_reader import MAX_DURATION
from explainer.media.io import VIDEO_FORMATS, open_media
from explainer.media.probe import Probe, probe
from explainer.progress import Progress
from explainer.timeline.model import Timeline
from explainer.verify.cells import CellScaler
from explainer.verify.check import (
    Check,
    Converter,
    DecodedFrame,
    DeliveredFilm,
    DeliveredLanguage,
    DeliveredPicture,
    FilmCheck,
    FrameCheck,
    FrameObserver,
    LanguageCheck,
    ProgramCheck,
)
from explainer.verify.checks import CHECKS
from explainer.verify.report import CheckResult, Report
from explainer.verify.signatures import open_signatures
from explainer.verify.signed_frames import OF_FILM, OF_SMALL_COPY, SignedFrames

MAX_FPS = 240
MAX_PIXELS = 8192 * 4320
"""Of a picture that is judged."""


def verify(
    film: Path,
    timelines: Sequence[Timeline] = (),
    limit: int | None = None,
    checks: Sequence[Check] = tuple(CHECKS.values()),
    progress: Progress | None = None,
) -> Report:
    """Measure a film; `limit` is the longest it may be, in ticks.

    `timelines` are those of its languages in the order of its tracks; the first is the picture's.
    Of `checks` there are all, if not said. `progress` counts the frames that were looked at.

    Raises:
        ScriptError: if there is no such file.
        EnvironmentProblem: if the ffmpeg program, the second opinion, is not installed.
    """
    if not film.is_file():
        raise ScriptError.of(f"no film at {film}", f"make one with: {command()}")
    try:
        facts = probe(film)
    except CheckFailed as error:
        return Report((CheckResult("file", error.problems[0].what, "an MP4 film", False),))
    if too_large := _why_too_large(facts):
        required = "a film of at most four hours, and of 8K"
        return Report((CheckResult("file", too_large, required, False),))
    signatures, fault = open_signatures(film, timelines, len(facts.audio))
    delivered = DeliveredFilm(film, facts, timelines, limit, signatures, fault)
    progress = progress or Progress(quiet=True)
    with ExitStack() as programs:
        waited_for = {
            check: programs.enter_context(check.start(delivered))
            for check in checks
            if isinstance(check, ProgramCheck)
        }
        # kinds may alternate, but the picture is decoded once for checks that follow each other
        groups = [[*of_one_kind] for _, of_one_kind in groupby(checks, key=type)]
        measured = [[*_measure(delivered, group, progress)] for group in groups]
        results: list[CheckResult] = []
        for group, found in zip(groups, measured, strict=True):
            results += found
            for check in group:
                if isinstance(check, ProgramCheck):
                    results += waited_for[check]()
    return Report(tuple(results))


def _why_too_large(facts: Probe) -> str:
    """Why a film would take too long, or too much memory, to be measured; empty if it does not."""
    lengths = [track.length for track in facts.video] + [track.length for track in facts.audio]
    if max(lengths, default=0) > MAX_DURATION:
        return f"it lasts {seconds(max(lengths)):.0f} s"
    for picture in facts.video:
        if picture.width * picture.height > MAX_PIXELS:
            return f"its picture is {picture.width}x{picture.height}"
        if picture.pts and picture.pts[-1] > MAX_DURATION:
            return f"its last picture is shown at {float(picture.pts[-1]) / TICKS:.0f} s"
    return ""


def _measure(
    film: DeliveredFilm, checks: Sequence[Check], progress: Progress
) -> Iterator[CheckResult]:
    """The results of checks of one kind; a program's are waited for once all others are there."""
    for check in checks:
        if isinstance(check, FilmCheck):
            yield from check.measure(film)
    of_frames = [check for check in checks if isinstance(check, FrameCheck)]
    if of_frames and film.facts.video:
        yield from measure_frames(film, of_frames, progress)
    of_languages = [check for check in checks if isinstance(check, LanguageCheck)]
    if of_languages:
        yield from _measure_languages(film, of_languages, progress)


def measure_frames(
    film: DeliveredFilm, checks: Sequence[FrameCheck], progress: Progress | None = None
) -> Iterator[CheckResult]:
    """Decode the picture once, and show each frame to all checks."""
    try:
        observers = _observe(film, checks, progress or Progress(quiet=True))
    except (av.FFmpegError, ValueError) as error:
        what = f"cannot be measured: {error_text(error)}"
        yield CheckResult("flashes", what, "a picture", False)
        return
    for observer in observers:
        yield from observer.results()


def _observe(
    film: DeliveredFilm, checks: Sequence[FrameCheck], progress: Progress
) -> list[FrameObserver]:
    with open_media(film.path, VIDEO_FORMATS) as file:
        track = file.streams.video[0]
        track.thread_type = "AUTO"
        width, height = track.width, track.height
        fps = max(1, round(track.average_rate or Fraction(0)))
        if fps > MAX_FPS or width * height > MAX_PIXELS:
            raise ValueError(f"{width}x{height} at {fps} fps is more than is judged")
        aspect = track.codec_context.sample_aspect_ratio or Fraction(1)
        frame_format = FrameFormat("", width, height, fps)
        picture = DeliveredPicture(film, frame_format, _signed(film), aspect)
        observers = [check.observe(picture) for check in checks]
        to_cells = CellScaler()
        to_pixels = Converter(width, height)
        frames = sum(len(track.pts) for track in film.facts.video[:1])
        progress.start_stage("verifying", frames)
        for number, frame in enumerate(file.decode(track)):
            decoded = DecodedFrame(number, frame, to_cells, to_pixels)
            for observer in observers:
                observer.add_frame(decoded)
            progress.advance()
        return observers


def _signed(film: DeliveredFilm) -> SignedFrames | None:
    if film.signatures is None:
        return None
    poster = film.path.with_suffix(".png")
    tolerance = OF_SMALL_COPY if film.is_small_copy else OF_FILM
    return SignedFrames(film.signatures, poster if poster.exists() else None, tolerance)


def _measure_languages(
    film: DeliveredFilm, checks: Sequence[LanguageCheck], progress: Progress
) -> Iterator[CheckResult]:
    facts = film.facts
    count = max(1, len(facts.audio), len(facts.captions), len(film.timelines))
    progress.start_stage("verifying the sound", count * len(checks))
    for number in range(count):
        captions = facts.captions[number] if number < len(facts.captions) else None
        language = DeliveredLanguage(
            film,
            number,
            timeline=film.timelines[number] if number < len(film.timelines) else None,
            audio=facts.audio[number] if number < len(facts.audio) else None,
            captions=captions,
        )
        prefix = f"{captions[0]} " if captions and number else ""
        for check in checks:
            for result in check.measure(language):
                yield replace(result, name=prefix + result.name)
            progress.advance()
