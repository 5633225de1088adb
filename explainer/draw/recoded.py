"""Clips made of clips: scaled down for slow lines, or held on the last frame; nothing is drawn.

What is made is kept by what it was made of, so that after an edit only new lines are coded again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import av
from av.video.reformatter import Interpolation, VideoReformatter

from explainer import machine
from explainer.cache.files import file_hash
from explainer.cache.store import Cache
from explainer.draw.clip import Clip
from explainer.errors import CheckFailed, error_text, rebuild_command
from explainer.frame_format import EncoderPreset, FrameFormat
from explainer.media import signature
from explainer.media.encoder import SETTINGS, ClipEncoder
from explainer.media.io import VIDEO_FORMATS, open_media
from explainer.media.signature_file import last_attached
from explainer.progress import Progress
from explainer.script.selection import Selection

REVISION = 2
"""Part of the cache key: raise it when the same clips would be coded otherwise."""
SMALL_SIDE = 540
"""Pixels of the short side of a small picture."""
LEAST_SIDE = 720
"""The short side from which on a small picture is worth making."""
SMALL_ENCODER = EncoderPreset("veryfast", 25)
"""About a fifth of the bytes of a film at 1080p30, at its own size."""
BYTES_OF_A_CODER = 400 << 20
"""Memory that coding a clip may take, at 4K."""


def small_format(frame_format: FrameFormat) -> FrameFormat | None:
    """The same format with a short side of 540 pixels; None where that saves little."""
    side = min(frame_format.width, frame_format.height)
    if side < LEAST_SIDE:
        return None
    width, height = (
        2 * round(pixels * SMALL_SIDE / side / 2)
        for pixels in (frame_format.width, frame_format.height)
    )
    return FrameFormat("540p", width, height, frame_format.fps, SMALL_ENCODER)


def small_clips(
    clips: Sequence[Clip], small: FrameFormat, film: str, cache: Cache, progress: Progress
) -> list[Clip]:
    """Each clip scaled down to a format; `film` names what they are of.

    Raises:
        CheckFailed: if a clip cannot be decoded.
    """
    progress.start_stage("the small film", sum(clip.frames for clip in clips))

    def scaled(clip: Clip) -> Clip:
        made = _coded(
            "small", clip, clip.key, clip.frames, small, f"{film}/{clip.key}", cache, _scaled
        )
        scene = Selection.parse(clip.key).scene
        progress.advance(size=clip.frames, scene=scene, from_cache=made.reused)
        return made

    with ThreadPoolExecutor(machine.process_count(BYTES_OF_A_CODER)) as pool:
        return list(pool.map(scaled, clips))


def held_clip(
    clip: Clip, key: str, frames: int, frame_format: FrameFormat, film: str, cache: Cache
) -> Clip:
    """A clip called `key` that shows the last frame of another so many times.

    Raises:
        CheckFailed: if that cannot be decoded.
    """
    grid = signature.Grid(frame_format.width, frame_format.height)
    write = partial(_held, signed=last_attached(clip.path, grid))
    return _coded("held", clip, key, frames, frame_format, f"{film}/{key}", cache, write)


def _coded(
    kind: str,
    clip: Clip,
    key: str,
    frames: int,
    frame_format: FrameFormat,
    slot: str,
    cache: Cache,
    write: Any,
) -> Clip:
    encoder = frame_format.encoder
    recipe = {
        "clip": file_hash(clip.path),
        "frames": frames,
        "picture": f"{frame_format.width}x{frame_format.height}, {encoder.preset} {encoder.crf}",
        "encoder": SETTINGS,
        "signature": signature.VERSION,
        "av": av.__version__,
        "revision": REVISION,
    }

    def make(path: Path) -> dict[str, Any]:
        try:
            with (
                open_media(clip.path, VIDEO_FORMATS) as source,
                ClipEncoder(path, frame_format) as target,
            ):
                write(source.decode(video=0), target, frames, frame_format)
        except (EOFError, ValueError, av.FFmpegError) as error:
            what = f"the clip of {clip.key} cannot be coded again: {error_text(error)}"
            raise CheckFailed.of(what, f"draw it again with: {rebuild_command()}") from error
        return {"frames": frames}

    entry = cache.get_or_create(kind, slot, recipe, ".mp4", make)
    return Clip(key, entry.path, frames, entry.reused)


def _scaled(
    pictures: Iterator[av.VideoFrame], target: ClipEncoder, _frames: int, small: FrameFormat
) -> None:
    scale = partial(
        VideoReformatter().reformat,
        width=small.width,
        height=small.height,
        format="yuv420p",
        interpolation=Interpolation.AREA,
    )
    for picture in pictures:
        target.encode(scale(picture))


def _held(
    pictures: Iterator[av.VideoFrame],
    target: ClipEncoder,
    frames: int,
    _format: FrameFormat,
    signed: signature.FrameSignature | None,
) -> None:
    """Code the last picture so many times; `signed` is what was drawn there."""
    *_, last = pictures
    target.encode(last, frames, signed)
