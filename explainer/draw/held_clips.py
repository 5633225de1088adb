"""Clips that hold the last frame of another, while a film says what is to be seen.

They are kept by the clip that they are made of: nothing is drawn.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av

from explainer.cache.files import file_hash
from explainer.cache.store import Cache
from explainer.draw.clip import Clip
from explainer.errors import CheckFailed, error_text, rebuild_command
from explainer.frame_format import FrameFormat
from explainer.media import signature
from explainer.media.encoder import SETTINGS, ClipEncoder
from explainer.media.io import VIDEO_FORMATS, open_media
from explainer.media.signature_file import last_attached

REVISION = 2
"""Part of the cache key: raise it when the same clip would be coded otherwise."""


def held_clip(
    clip: Clip, key: str, frames: int, frame_format: FrameFormat, film: str, cache: Cache
) -> Clip:
    """A clip called `key` that shows the last frame of another so many times; `film` names both's.

    Raises:
        CheckFailed: if that cannot be decoded.
    """
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
    grid = signature.Grid(frame_format.width, frame_format.height)

    def make(path: Path) -> dict[str, Any]:
        try:
            with (
                open_media(clip.path, VIDEO_FORMATS) as source,
                ClipEncoder(path, frame_format) as target,
            ):
                *_, last = source.decode(video=0)
                target.encode(last, frames, last_attached(clip.path, grid))
        except (EOFError, ValueError, av.FFmpegError) as error:
            what = f"the clip of {clip.key} cannot be coded again: {error_text(error)}"
            raise CheckFailed.of(what, f"draw it again with: {rebuild_command()}") from error
        return {"frames": frames}

    entry = cache.get_or_create("held", f"{film}/{key}", recipe, ".mp4", make)
    return Clip(key, entry.path, frames, entry.reused)
