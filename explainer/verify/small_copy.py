"""The smaller copy of a film, which its page plays on phones and slow lines, held to the film.

Its picture is judged frame by frame when it is given to `verify` itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import av

from explainer.errors import CheckFailed, error_text
from explainer.frame_format import LEAST_SIDE, SMALL_MARK, FrameFormat
from explainer.media.io import VIDEO_FORMATS, open_media
from explainer.media.probe import Probe, probe
from explainer.media.signature_file import SignatureFile, UnreadableSignatures
from explainer.mux import SIGNATURE_SUFFIX
from explainer.verify.check import DeliveredFilm, FilmCheck
from explainer.verify.report import CheckResult, fault_result

NAME = "small copy"
_REQUIRED = "of the film's frames at their times, with its sound, captions and chapters"


def measure(film: DeliveredFilm) -> Iterator[CheckResult]:
    """Whether the copy beside a film is of it; of a copy, whether it is of the film beside it."""
    if not film.facts.video:
        return
    if film.is_small_copy:
        large = film.path.with_stem(film.path.stem.removesuffix(SMALL_MARK))
        if not large.is_file():
            yield CheckResult(NAME, "", f"not judged: no {large.name} beside it", None)
            return
        yield _judged(large, film.path)
        return
    picture = film.facts.video[0]
    small = film.path.with_stem(film.path.stem + SMALL_MARK)
    if small.is_file():
        yield _judged(film.path, small)
    elif min(picture.width, picture.height) >= LEAST_SIDE:
        yield CheckResult(NAME, "", "not judged: none beside the film", None)


def _judged(large: Path, small: Path) -> CheckResult:
    try:
        film = probe(large)
        copy = probe(small)
        faults = [*_differences(film, copy)]
        if _sound(large) != _sound(small):
            faults.append("another sound")
        if _identity(large) != _identity(small):
            faults.append("signatures of another film")
    except (CheckFailed, OSError, ValueError, av.FFmpegError) as error:
        faults = [f"it cannot be read: {error_text(error)}"]
    named = [f"{small.name}: {fault}" for fault in faults]
    size, of = (path.stat().st_size / 1_000_000 for path in (small, large))
    fits = f"{small.name}, {size:.2f} MB beside {of:.2f}, as it must be"
    return fault_result(NAME, named, fits, _REQUIRED)


def _differences(film: Probe, copy: Probe) -> Iterator[str]:
    """What a copy says of itself that is not as in its film."""
    if len(film.video) != 1 or len(copy.video) != 1:
        yield f"{len(copy.video)} pictures, {len(film.video)} in the film"
        return
    ours = film.video[0]
    theirs = copy.video[0]
    wanted = FrameFormat("", ours.width, ours.height, 1).small
    if wanted and (theirs.width, theirs.height) != (wanted.width, wanted.height):
        yield f"{theirs.width}x{theirs.height}, not {wanted.width}x{wanted.height}"
    if len(theirs.pts) != len(ours.pts):
        yield f"{len(theirs.pts)} frames, {len(ours.pts)} in the film"
    elif theirs.pts != ours.pts:
        yield "frames at other times"
    for what in ("title", "audio", "captions", "chapters"):
        if getattr(film, what) != getattr(copy, what):
            yield f"another {what}" if what == "title" else f"other {what}"


def _sound(path: Path) -> dict[int, str]:
    """A digest of the coded sound of each track, with its times, by the track's number."""
    with open_media(path, VIDEO_FORMATS) as file:
        digests = {track.index: hashlib.sha256() for track in file.streams.audio}
        for packet in file.demux(*file.streams.audio) if digests else ():
            if packet.size:  # the last of each track is empty
                digests[packet.stream_index].update(f"{packet.pts} {packet.duration} ".encode())
                digests[packet.stream_index].update(bytes(packet))
        return {number: digest.hexdigest() for number, digest in enumerate(digests.values())}


def _identity(path: Path) -> bytes:
    """Which film the signatures beside a file are of; empty where there are none."""
    try:
        return SignatureFile(path.with_suffix(SIGNATURE_SUFFIX)).header.identity
    except (UnreadableSignatures, OSError):
        return b""


CHECK = FilmCheck((NAME,), measure)
