"""What an MP4 file states of itself: a path in; tracks, captions, chapters and boxes out.

Nothing is decoded. Times are ticks. `mux` checks the file that it wrote by this, and `verify` any.
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
from explainer.media.io import VIDEO_FORMATS, open_media

BT709 = 1
"""The number of BT.709 among primaries, transfers and matrices (ITU-T H.273)."""
LIMITED_RANGE = 1
"""PyAV's number of the limited (`tv`) range."""
MAX_BOXES = 1000
"""Boxes at the top level; a damaged file may seem to have millions."""

Time = int | Fraction
"""Ticks. Only a film of another tool may have fractions of one."""


@dataclass(frozen=True, slots=True)
class VideoTrack:
    """A video track: `pts` are the ticks at which frames are shown, in that order.

    `colours` are the numbers of primaries, transfer, matrix (ITU-T H.273) and range.
    """

    codec: str
    profile: str
    pix_fmt: str
    width: int
    height: int
    colours: tuple[int, int, int, int]
    start: int
    length: int
    pts: tuple[Time, ...]


@dataclass(frozen=True, slots=True)
class AudioTrack:
    """An audio track: `rate` in hertz, `language` as it is stated, `und` if it is not."""

    codec: str
    profile: str
    rate: int
    channels: int
    language: str
    start: int
    length: int


@dataclass(frozen=True, slots=True)
class CaptionEvent:
    """One caption as delivered: ticks at which it is shown and gone, and its rows."""

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
    """What a film file states of itself.

    `captions` are pairs of a track's three-letter language and its captions, `boxes` the names of
    the boxes at the top level in their order; `colr` says if there is a box of colours.
    """

    title: str
    video: tuple[VideoTrack, ...]
    audio: tuple[AudioTrack, ...]
    captions: tuple[tuple[str, tuple[CaptionEvent, ...]], ...]
    chapters: tuple[Chapter, ...]
    boxes: tuple[str, ...]
    colr: bool


def probe(path: Path) -> Probe:
    """Read what a film file states of itself.

    Raises:
        CheckFailed: if it is not there, cannot be opened, or ends before its boxes do.
    """
    try:
        with path.open("rb") as file:
            boxes = tuple(name for name, _ in _boxes(file, path.stat().st_size))
            file.seek(0)
            index = _read_index(file, path.stat().st_size)
        with open_media(path, VIDEO_FORMATS) as film:
            pts = _read_pts(film)
            return Probe(
                title=film.metadata.get("title", ""),
                video=tuple(_video_track(track, pts) for track in film.streams.video),
                audio=tuple(_audio_track(track) for track in film.streams.audio),
                captions=tuple(
                    (track.language or "und", _read_captions(path, track.index))
                    for track in film.streams.subtitles
                ),
                chapters=tuple(_read_chapters(film)),
                boxes=boxes,
                colr=b"colrnclx" in index,
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
        if count > MAX_BOXES:
            raise EOFError(f"it has more than {MAX_BOXES} top boxes")
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


def _read_index(file: BinaryIO, size: int) -> bytes:
    """The body of the box that describes the tracks; empty if there is none."""
    return next((file.read(length) for name, length in _boxes(file, size) if name == "moov"), b"")


def _read_pts(film: InputContainer) -> dict[int, list[Time]]:
    """The ticks at which each video track's packets are shown, in the order of the file."""
    pts: dict[int, list[Time]] = {track.index: [] for track in film.streams}
    for packet in film.demux(*film.streams.video):
        if packet.pts is not None:
            base = packet.time_base
            ticks, rest = divmod(packet.pts * base.numerator * TICKS, base.denominator)
            # whole numbers where they can be: a film of hours has a million of them
            exact = ticks + Fraction(rest, base.denominator) if rest else ticks
            pts[packet.stream_index].append(exact)
    return pts


def _to_ticks(track: Stream, count: int | None) -> int:
    return round((count or 0) * (track.time_base or Fraction(0)) * TICKS)


def _video_track(track: av.VideoStream, pts: dict[int, list[Time]]) -> VideoTrack:
    codec = track.codec_context
    return VideoTrack(
        codec=codec.name,
        profile=codec.profile or "",
        pix_fmt=codec.pix_fmt or "",
        width=codec.width,
        height=codec.height,
        colours=(
            int(codec.color_primaries),
            int(codec.color_trc),
            int(codec.colorspace),
            int(codec.color_range),
        ),
        start=_to_ticks(track, track.start_time),
        length=_to_ticks(track, track.duration),
        pts=tuple(sorted(pts[track.index])),
    )


def _audio_track(track: av.AudioStream) -> AudioTrack:
    return AudioTrack(
        codec=track.codec_context.name,
        profile=track.codec_context.profile or "",
        rate=track.rate,
        channels=track.channels,
        language=track.language or "und",
        start=_to_ticks(track, track.start_time),
        length=_to_ticks(track, track.duration),
    )


def _read_captions(path: Path, index: int) -> tuple[CaptionEvent, ...]:
    captions = []
    with open_media(path, VIDEO_FORMATS) as film:
        for packet in film.demux(film.streams[index]):
            text = _tx3g_text(bytes(packet))
            if packet.pts is None or not text:
                continue  # the muxer fills the gaps between captions with empty ones
            start = round(packet.pts * packet.time_base * TICKS)
            length = round((packet.duration or 0) * packet.time_base * TICKS)
            captions.append(CaptionEvent(start, start + length, tuple(text.split("\n"))))
    return tuple(captions)


def _tx3g_text(sample: bytes) -> str:
    """The text of a tx3g sample: two bytes of length, then UTF-8 (3GPP TS 26.245)."""
    if len(sample) < 2:
        return ""
    return sample[2 : 2 + int.from_bytes(sample[:2], "big")].decode("utf-8", "replace")


def _read_chapters(film: InputContainer) -> Iterator[Chapter]:
    for chapter in film.chapters():
        base = chapter["time_base"] or Fraction(1, TICKS)
        start, end = (round(chapter[edge] * base * TICKS) for edge in ("start", "end"))
        yield Chapter(chapter["metadata"].get("title", ""), start, end)
