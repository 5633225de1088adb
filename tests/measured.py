"""Single checks of `verify` on parts of a film: what was made in, results by name out."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from explainer.media.probe import AudioTrack, Probe
from explainer.timeline.model import Timeline
from explainer.verify import audio, captions
from explainer.verify.check import DeliveredFilm, DeliveredLanguage, FrameCheck
from explainer.verify.checks import CHECKS
from explainer.verify.measure import measure_frames
from explainer.verify.report import CheckResult

NO_FACTS = Probe("", (), (), (), (), (), False)
FRAME_CHECKS = [check for check in CHECKS.values() if isinstance(check, FrameCheck)]


def by_name(results: Iterable[CheckResult]) -> dict[str, CheckResult]:
    return {result.name: result for result in results}


def picture_results(path: Path, timeline: Timeline | None) -> dict[str, CheckResult]:
    """What all checks that look at frames find in a clip."""
    film = DeliveredFilm(path, NO_FACTS, [timeline] if timeline else [])
    return by_name(measure_frames(film, FRAME_CHECKS))


def audio_results(
    path: Path, sound: AudioTrack, timeline: Timeline | None, track: int = 0
) -> dict[str, CheckResult]:
    """What is heard in a sound track."""
    film = DeliveredFilm(path, NO_FACTS)
    language = DeliveredLanguage(film, track, timeline, sound, None)
    return by_name(audio.measure(language))


def caption_results(path: Path, facts: Probe, timeline: Timeline | None) -> dict[str, CheckResult]:
    """What is found in the first caption track, and beside the film."""
    film = DeliveredFilm(path, facts)
    language = DeliveredLanguage(film, 0, timeline, None, facts.captions[0])
    return by_name(captions.measure(language))
