"""Single pictures of a finished film: its file or clips in, a sheet of stills or a poster out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import PIL
from PIL import Image

from explainer.cache import Cache, file_hash, write_atomically
from explainer.clock import frame_ticks
from explainer.draw.clip import Clip
from explainer.errors import CheckFailed, error_text, rebuild_command
from explainer.media.frames import decode_frames, encode_image, gop_hashes
from explainer.progress import Progress
from explainer.timeline.model import Timeline
from explainer.timeline.selection import select_frame

COLUMNS = 4
WIDTHS = (320, 256, 208, 160)
"""The widths in pixels that a picture of a sheet may have, the best first."""
ROOM = 34_000
"""The most bytes a sheet may have; the smallest pictures may have more."""
MOST = 120
"""The pictures of a sheet: a longer film has several, whose pictures are the smallest.

WebP ends at 16,383 pixels; upright, so many of the smallest are 8,520 pixels high.
"""
FORM = {"quality": 52, "method": 6}
"""How a sheet is encoded as WebP."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Pictures `width` × `height` pixels in rows of `columns`, as one WebP image."""

    image: bytes
    width: int
    height: int
    columns: int


def last_frames(clock: Timeline) -> list[int]:
    """The number in the film of each line's last frame."""
    return [last_frame(line.end, clock.fps) for line in clock.lines]


def last_frame(end: int, fps: int) -> int:
    """The frame that is over at tick `end`, counted from the film's start."""
    return end // frame_ticks(fps) - 1


def kept_sheets(
    film: Path, frames: Sequence[int], fps: int, cache: Cache, progress: Progress | None = None
) -> list[Sheet]:
    """The sheets of those frames as `sheet` makes them, `MOST` on each, made once for each film.

    Raises:
        CheckFailed: if the film does not hold them.
    """
    widths = WIDTHS if len(frames) <= MOST else WIDTHS[-1:]
    digest, found = file_hash(film), []
    look = {"widths": widths, "room": ROOM, "columns": COLUMNS, **FORM, "pillow": PIL.__version__}
    for first in range(0, len(frames), MOST):
        some = frames[first : first + MOST]

        def make(path: Path, some: Sequence[int] = some, first: int = first) -> dict[str, int]:
            stills = _kept_stills(film, some, first, fps, cache, progress or Progress(quiet=True))
            made = sheet(stills, widths)
            path.write_bytes(made.image)
            return {"width": made.width, "height": made.height}

        recipe = {"film": digest, "frames": some, "fps": fps, "look": look}
        slot = f"{film.stem}/{first // MOST + 1}"
        kept = cache.fetch("sheet", slot, recipe, ".webp", make)
        image = _whole(kept.path, "WEBP", f"the kept sheet of {film.name}")
        found.append(Sheet(image, kept.facts["width"], kept.facts["height"], COLUMNS))
    return found


def _kept_stills(
    film: Path, frames: Sequence[int], first: int, fps: int, cache: Cache, progress: Progress
) -> Iterator[Image.Image]:
    """Small pictures of those frames, kept as long as what they are decoded from is the same.

    The first of them is number `first` of the film's pictures, counted from 0.
    """
    recipes = [
        {"group": group, "width": WIDTHS[0], "pillow": PIL.__version__}
        for group in gop_hashes(film, frames, fps)
    ]
    places = [f"{film.stem}/{first + place}" for place in range(1, len(frames) + 1)]
    there = [
        cache.find("still", place, recipe, ".png") is not None
        for place, recipe in zip(places, recipes, strict=True)
    ]
    # in one reading of the film, for a long one takes a while to open
    missing = decode_frames(
        film, [n for n, kept in zip(frames, there, strict=True) if not kept], fps
    )
    for place, recipe, was_kept in zip(places, recipes, there, strict=True):

        def make(path: Path) -> dict[str, Any]:
            path.write_bytes(encode_image(_scaled(next(missing), WIDTHS[0]), "PNG"))
            return {}

        kept = cache.fetch("still", place, recipe, ".png", make)
        image = _whole(kept.path, "PNG", f"a kept still of {film.name}")
        with Image.open(BytesIO(image)) as still:
            yield still.convert("RGB")
        progress.advance(from_cache=was_kept)


def _whole(path: Path, form: str, what: str) -> bytes:
    """The bytes of a kept image, which is decoded to see that it is one.

    Raises:
        CheckFailed: if it is not.
    """
    content = path.read_bytes()
    try:
        with Image.open(BytesIO(content), formats=[form]) as image:
            image.load()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        remedy = f"make it again with: {rebuild_command()}"
        raise CheckFailed.of(f"{what} cannot be read: {error_text(error)}", remedy) from error
    return content


def sheet(stills: Iterable[Image.Image], widths: Sequence[int] = WIDTHS) -> Sheet:
    """A film's stills, at least one and `MOST` at the most, as large as the sheet's room allows."""
    pictures = list(stills)
    for width in widths:
        small = [_scaled(picture, width) for picture in pictures]
        made = _laid_out(small)
        if len(made) <= ROOM:
            break
    return Sheet(made, *small[0].size, COLUMNS)


def _scaled(picture: Image.Image, width: int) -> Image.Image:
    size = width, round(picture.height * width / picture.width)
    return picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3)


def _laid_out(pictures: Sequence[Image.Image]) -> bytes:
    width, height = pictures[0].size
    rows = -(-len(pictures) // COLUMNS)
    page = Image.new("RGB", (min(COLUMNS, len(pictures)) * width, rows * height))
    for i, picture in enumerate(pictures):
        page.paste(picture, (i % COLUMNS * width, i // COLUMNS * height))
    return encode_image(page, "WEBP", **FORM)


def poster(clips: Sequence[Clip], timeline: Timeline, moment: str, out: Path, cache: Cache) -> Path:
    """One frame as a PNG: a line's last (`scene.line`), or the one at a cue (`scene.line@cue`).

    Raises:
        ScriptError: if the timeline has no such line or cue.
        CheckFailed: if the clip cannot be decoded as far as that frame.
    """
    line, at = select_frame(timeline, moment)
    clip = next(clip for clip in clips if clip.key == line.key)

    def make(path: Path) -> dict[str, Any]:
        (picture,) = decode_frames(clip.path, [at], timeline.fps)
        path.write_bytes(encode_image(picture, "PNG"))
        return {}

    recipe = {"clip": file_hash(clip.path), "frame": at, "pillow": PIL.__version__}
    kept = cache.fetch("poster", out.stem, recipe, ".png", make)
    write_atomically(out, _whole(kept.path, "PNG", "the kept poster"))
    return out
