"""The signatures beside a film: whether they are its own, and of all its frames and sound."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from explainer.errors import error_text
from explainer.media.signature_file import SignatureFile, UnreadableSignatures
from explainer.mux import SIGNATURE_SUFFIX, timeline_digest
from explainer.timeline.model import Timeline
from explainer.verify.check import DeliveredFilm, FilmCheck
from explainer.verify.report import CheckResult


def open_signatures(
    film: Path, timelines: Sequence[Timeline], sounds: int
) -> tuple[SignatureFile | None, str]:
    """The signatures beside a film with that many sound tracks, or None and why not.

    The reason is empty where no file with signatures is there.
    """
    path = film.with_suffix(SIGNATURE_SUFFIX)
    if not path.exists():
        return None, ""
    try:
        found = SignatureFile(path)
    except UnreadableSignatures as error:
        return None, error_text(error)
    # without a record there is nothing to know by whose they are
    if timelines and found.header.identity != timeline_digest(timelines):
        return None, "they are of another film"
    if found.header.tracks != sounds:
        return None, f"they are of {found.header.tracks} sound tracks, not {sounds}"
    return found, ""


def measure(film: DeliveredFilm) -> Iterator[CheckResult]:
    """Whether the film has signatures that can be used."""
    name = film.path.with_suffix(SIGNATURE_SUFFIX).name
    required = "of this film, of every frame and of all its sound"
    if film.signatures:
        header = film.signatures.header
        measured = f"{header.frames} frames, {header.steps / 100:.2f} s of sound"
        yield CheckResult("signatures", measured, required, True)
    elif film.signature_fault:
        what = f"{name} cannot be used: {film.signature_fault}"
        yield CheckResult("signatures", what, required, False)
    elif film.timelines:
        yield CheckResult("signatures", f"no {name} beside the film", required, False)
    else:
        # a film of another tool: that nothing lies beside it is no fault of its own
        why = "not judged, nor is each frame and the sound: no signatures beside the film"
        yield CheckResult("signatures", "", why, None)


CHECK = FilmCheck(("signatures",), measure)
