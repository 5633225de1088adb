"""Frames of a finished clip or film: a path and frame numbers in, decoded pictures out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer
from av.video.reformatter import Colorspace, VideoReformatter
from av.video.stream import VideoStream
from PIL import Image

from explainer.errors import CheckFailed, command, error_text
from explainer.media.io import VIDEO_FORMATS, open_media


def measure_clip(path: Path, track: int = 0) -> tuple[int, int, int]:
    """Decode all of one track of a clip; its width, its height and its number of frames.

    Raises:
        ValueError: if it is no clip, has no such track, breaks off, or changes its size.
    """
    count = 0
    sizes: set[tuple[int, int]] = set()
    try:
        with open_media(path, VIDEO_FORMATS) as file:
            for frame in file.decode(video=track):
                count += 1
                sizes.add((frame.width, frame.height))
    except (OSError, EOFError, IndexError, av.FFmpegError) as error:
        raise ValueError(f"it cannot be decoded: {error}") from error
    if len(sizes) != 1:
        raise ValueError("it has no picture, or pictures of several sizes")
    ((width, height),) = sizes
    return width, height, count


def decode_frames(film: Path, numbers: Sequence[int], fps: int) -> Iterator[Image.Image]:
    """Frames by their numbers, in rising order, as RGB; nothing behind the last is decoded.

    Raises:
        CheckFailed: if the file cannot be read as far as that.
    """
    reformatter = VideoReformatter()
    with _open_track(film) as (file, track):
        for number in numbers:
            pts = _frame_pts(number, fps, track)
            file.seek(pts, stream=track)
            for frame in file.decode(track):
                if (frame.pts or 0) >= pts:
                    pixels = reformatter.reformat(
                        frame, format="rgb24", src_colorspace=Colorspace.ITU709
                    )
                    yield Image.fromarray(pixels.to_ndarray())
                    break
            else:
                raise CheckFailed.of(f"{film.name} has no frame {number}", _remedy())


def gop_hashes(film: Path, numbers: Sequence[int], fps: int) -> Iterator[str]:
    """For each frame the SHA-256 of the group of pictures that it is decoded from, and its place.

    As long as this is the same, so is the decoded frame.

    Raises:
        CheckFailed: if the file cannot be read.
    """
    with _open_track(film) as (file, track):
        for number in numbers:
            digest = hashlib.sha256(track.codec_context.extradata or b"")
            first: int | None = None
            file.seek(_frame_pts(number, fps, track), stream=track)
            for packet in file.demux(track):
                if first is None:
                    first = packet.pts or 0
                elif packet.is_keyframe or packet.dts is None:
                    break
                digest.update(bytes(packet))
            place = _frame_pts(number, fps, track) - (first or 0)
            yield f"{digest.hexdigest()} {place}"


def _frame_pts(number: int, fps: int, track: VideoStream) -> int:
    return round(Fraction(number, fps) / (track.time_base or Fraction(1)))


@contextmanager
def _open_track(film: Path) -> Iterator[tuple[InputContainer, VideoStream]]:
    try:
        with open_media(film, VIDEO_FORMATS) as file:
            yield file, file.streams.video[0]
    except (OSError, EOFError, av.FFmpegError, IndexError) as error:
        raise CheckFailed.of(
            f"{film.name} cannot be read as a film: {error_text(error)}", _remedy()
        ) from error


def _remedy() -> str:
    return f"make it again with: {command()}"
