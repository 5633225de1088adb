"""What an MP4 file says of itself: a path in, its tracks, captions, chapters and boxes out.

Nothing is decoded. Times are ticks; `film` checks its own work with this and `verify` everyone's.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

import av
from av.container import InputContainer
from av.stream import Stream

from explainer.clock import TICKS
from explainer.errors import CheckFailed, command, error_text
from explainer.media import io

BT709 = 1
"""The number of BT.709 among primaries, transfers and matrices (ITU-T H.273)."""
LIMITED = 1
"""PyAV's number of the limited (`tv`) range."""
MOST_BOXES = 1000


Time = int | Fraction
"""Ticks, of which only a film that is not ours may have parts."""


@dataclass(frozen=True, slots=True)
class Picture:
    """The video track: `times` are each frame's ticks in order of showing."""

    codec: str
    profile: str
    pixels: str
    width: int
    height: int
    colours: tuple[int, int, int, int]  # primaries, transfer, matrix, range
    start: int
    length: int
    times: tuple[Time, ...]


@dataclass(frozen=True, slots=True)
class Sound:
    """The sound track."""

    codec: str
    profile: str
    rate: int
    channels: int
    language: str
    start: int
    length: int


@dataclass(frozen=True, slots=True)
class Cue:
    """One caption as delivered: ticks and rows."""

    start: int
    end: int
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """One chapter as delivered; times in ticks."""

    title: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Probe:
    """A film file's facts; `captions` by three-letter language, `boxes` the top ones in order."""

    title: str
    pictures: tuple[Picture, ...]
    sounds: tuple[Sound, ...]
    captions: tuple[tuple[str, tuple[Cue, ...]], ...]
    chapters: tuple[Chapter, ...]
    boxes: tuple[str, ...]
    colr: bool


def probe(path: Path) -> Probe:
    """Read what a film file says of itself.

    Raises:
        CheckFailed: if it is not there, cannot be opened, or ends before its boxes do.
    """
    try:
        with path.open("rb") as file:
            boxes = tuple(name for name, _ in _boxes(file, path.stat().st_size))
            file.seek(0)
            head = _index(file, path.stat().st_size)
        with io.opened(path, io.FILM) as film:
            times = _times(film)
            return Probe(
                title=film.metadata.get("title", ""),
                pictures=tuple(_picture(track, times) for track in film.streams.video),
                sounds=tuple(_sound(track) for track in film.streams.audio),
                captions=tuple(
                    (track.language or "und", _cues(path, track.index))
                    for track in film.streams.subtitles
                ),
                chapters=tuple(_chapters(film)),
                boxes=boxes,
                colr=b"colrnclx" in head,
            )
    except (OSError, EOFError, av.FFmpegError, ValueError) as error:
        raise CheckFailed.of(
            f"{path.name} cannot be read as a film: {error_text(error)}",
            f"make it again with: {command()}",
        ) from error


def _boxes(file: BinaryIO, size: int) -> Iterator[tuple[str, int]]:
    """The names and body sizes of the top boxes; the file is left at each body's start."""
    at = count = 0
    while at + 8 <= size:
        count += 1
        if count > MOST_BOXES:
            raise EOFError(f"it has more than {MOST_BOXES} top boxes")
        file.seek(at)
        length, name = struct.unpack(">I4s", file.read(8))
        header = 8
        if length == 1:
            (length,), header = struct.unpack(">Q", file.read(8)), 16
        length = length or size - at
        if length < header or at + length > size:
            raise EOFError(f"its {name.decode('latin-1')} box ends after the file does")
        yield name.decode("latin-1"), length - header
        at += length
    if at != size:
        raise EOFError("stray bytes after its last box")


def _index(file: BinaryIO, size: int) -> bytes:
    return next((file.read(length) for name, length in _boxes(file, size) if name == "moov"), b"")


def _times(film: InputContainer) -> dict[int, list[Time]]:
    times: dict[int, list[Time]] = {track.index: [] for track in film.streams}
    for packet in film.demux(*film.streams.video):
        if packet.pts is not None:
            base = packet.time_base
            ticks, rest = divmod(packet.pts * base.numerator * TICKS, base.denominator)
            # a film of hours has a million of them
            exact = ticks + Fraction(rest, base.denominator) if rest else ticks
            times[packet.stream_index].append(exact)
    return times


def _at(track: Stream, count: int | None) -> int:
    return round((count or 0) * (track.time_base or Fraction(0)) * TICKS)


def _picture(track: av.VideoStream, times: dict[int, list[Time]]) -> Picture:
    made = track.codec_context
    return Picture(
        codec=made.name,
        profile=made.profile or "",
        pixels=made.pix_fmt or "",
        width=made.width,
        height=made.height,
        colours=(
            int(made.color_primaries),
            int(made.color_trc),
            int(made.colorspace),
            int(made.color_range),
        ),
        start=_at(track, track.start_time),
        length=_at(track, track.duration),
        times=tuple(sorted(times[track.index])),
    )


def _sound(track: av.AudioStream) -> Sound:
    return Sound(
        codec=track.codec_context.name,
        profile=track.codec_context.profile or "",
        rate=track.rate,
        channels=track.channels,
        language=track.language or "und",
        start=_at(track, track.start_time),
        length=_at(track, track.duration),
    )


def _cues(path: Path, index: int) -> tuple[Cue, ...]:
    cues = []
    with io.opened(path, io.FILM) as film:
        for packet in film.demux(film.streams[index]):
            text = _text(bytes(packet))
            if packet.pts is None or not text:
                continue  # the muxer fills the gaps between captions with empty ones
            start = round(packet.pts * packet.time_base * TICKS)
            length = round((packet.duration or 0) * packet.time_base * TICKS)
            cues.append(Cue(start, start + length, tuple(text.split("\n"))))
    return tuple(cues)


def _text(sample: bytes) -> str:
    """The text of a tx3g sample: two bytes of length, then UTF-8 (3GPP TS 26.245)."""
    if len(sample) < 2:
        return ""
    return sample[2 : 2 + int.from_bytes(sample[:2], "big")].decode("utf-8", "replace")


def _chapters(film: InputContainer) -> Iterator[Chapter]:
    for chapter in film.chapters():
        base = chapter["time_base"] or Fraction(1, TICKS)
        start, end = (round(chapter[edge] * base * TICKS) for edge in ("start", "end"))
        yield Chapter(chapter["metadata"].get("title", ""), start, end)
