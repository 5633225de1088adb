"""A GIF without sound, small enough for a message: a finished film in, a file beside it out."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from explainer.cache.files import write_atomically
from explainer.clock import TICKS, frame_ticks, seconds
from explainer.errors import CheckFailed
from explainer.export.base import ExportJob
from explainer.media.frames import decode_frames
from explainer.timeline.model import Timeline

WIDTH = 480
"""The most pixels of its longer side."""
FRAMES_PER_SECOND = 10
"""GIF counts time in hundredths of a second."""
MAX_LENGTH = 120 * TICKS
"""Ticks; a longer one would have more than 20 MB."""
PALETTE_STILLS = 16
"""Frames that the palette of all is taken from."""
COLOURS = 255


def export(job: ExportJob) -> list[Path]:
    """Write `NAME.gif`, which begins again when it is over.

    Raises:
        CheckFailed: if the film is too long for one, or cannot be decoded.
    """
    version = job.versions[0]
    timeline = version.timeline
    if timeline.length > MAX_LENGTH:
        what = f"{seconds(timeline.length):.0f} s are too long for a GIF"
        remedy = (
            f"at most {seconds(MAX_LENGTH):.0f} s: make one of a scene, or take: --export clips"
        )
        raise CheckFailed.of(what, remedy)
    numbers = frame_numbers(timeline)
    job.progress.start_stage("GIF", 2)
    sampled = numbers[:: max(1, len(numbers) // PALETTE_STILLS)]
    palette = _palette([*_small(version.film, sampled, timeline.fps)])
    job.progress.advance()
    frames = (
        picture.quantize(palette=palette, dither=Image.Dither.NONE)
        for picture in _small(version.film, numbers, timeline.fps)
    )
    first = next(frames)
    buffer = io.BytesIO()
    first.save(
        buffer,
        "GIF",
        save_all=True,
        append_images=frames,
        duration=1000 // FRAMES_PER_SECOND,
        loop=0,
        comment=timeline.title.encode("ascii", "replace"),
    )
    out = job.film.with_suffix(".gif")
    write_atomically(out, buffer.getvalue())
    job.progress.advance()
    return [out]


def frame_numbers(timeline: Timeline) -> list[int]:
    """The frames of a film that its GIF shows, one each tenth of a second."""
    frame = frame_ticks(timeline.fps)
    step = TICKS // FRAMES_PER_SECOND
    last = timeline.length // frame - 1
    return [min(last, tick // frame) for tick in range(0, timeline.length, step)]


def _small(film: Path, numbers: list[int], fps: int) -> Iterator[Image.Image]:
    for picture in decode_frames(film, numbers, fps):
        picture.thumbnail((WIDTH, WIDTH), Image.Resampling.BOX)
        yield picture


def _palette(stills: list[Image.Image]) -> Image.Image:
    """The colours that fit stills together, as an image with that palette."""
    width, height = stills[0].size
    together = Image.new("RGB", (width, height * len(stills)))
    for number, still in enumerate(stills):
        together.paste(still, (0, number * height))
    return together.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
