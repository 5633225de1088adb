"""Small pictures of a film's lines, put together: a film in, sprite sheets of its frames out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import PIL
from PIL import Image

from explainer.cache.files import file_hash
from explainer.cache.store import Cache
from explainer.clock import frame_ticks
from explainer.media.frames import decode_frames, gop_hashes
from explainer.media.images import encode_image, open_cached_image, read_cached_image
from explainer.progress import Progress
from explainer.timeline.model import Timeline

COLUMNS = 4
THUMBNAIL_WIDTHS = (320, 256, 208, 160)
"""The widths in pixels that a picture of a sheet may have, the best first."""
MAX_SHEET_BYTES = 34_000
"""The most bytes of a sheet; one of the smallest pictures may have more."""
MAX_PICTURES = 120
"""The most pictures of a sheet. A longer film has several sheets, of the smallest pictures.

WebP ends at 16,383 pixels; in upright films 120 of the smallest pictures are 8,520 pixels high.
"""
WEBP_SETTINGS = {"quality": 52, "method": 6}
"""How Pillow encodes a sheet as WebP."""
QUICK_SETTINGS = {"quality": 52, "method": 0}
"""How it does so in a tenth of the time: a quarter larger."""
DRAFT_WIDTH = 208
"""The width in pixels of a picture in a draft's sheet, however many bytes that has."""


@dataclass(frozen=True, slots=True)
class SpriteSheet:
    """Pictures of `width` × `height` pixels in rows of `columns`, as one WebP image."""

    image: bytes
    width: int
    height: int
    columns: int


def last_frames(timeline: Timeline) -> list[int]:
    """The number in the film of each line's last frame, from 0."""
    return [last_frame(line.end, timeline.fps) for line in timeline.lines]


def last_frame(end: int, fps: int) -> int:
    """The number in the film of the last frame before tick `end`, from 0."""
    return end // frame_ticks(fps) - 1


def cached_sprite_sheets(
    film: Path,
    frames: Sequence[int],
    fps: int,
    cache: Cache,
    progress: Progress | None = None,
    is_draft: bool = False,
) -> list[SpriteSheet]:
    """The sheets of those frames, `MAX_PICTURES` on each; made once for each film.

    Those of a draft are made in the quickest way, and are larger.

    Raises:
        CheckFailed: if the film does not hold the frames.
    """
    progress = progress or Progress(quiet=True)
    widths = THUMBNAIL_WIDTHS if len(frames) <= MAX_PICTURES else THUMBNAIL_WIDTHS[-1:]
    look = {
        "widths": [DRAFT_WIDTH] if is_draft else widths,
        "room": None if is_draft else MAX_SHEET_BYTES,
        "columns": COLUMNS,
        **(QUICK_SETTINGS if is_draft else WEBP_SETTINGS),
        "pillow": PIL.__version__,
    }
    film_hash = file_hash(film)
    sheets: list[SpriteSheet] = []
    for first in range(0, len(frames), MAX_PICTURES):
        part = frames[first : first + MAX_PICTURES]

        def make(path: Path, part: Sequence[int] = part, first: int = first) -> dict[str, int]:
            thumbnails = _cached_thumbnails(film, part, first, fps, cache, progress)
            sheet = (
                make_draft_sheet(thumbnails) if is_draft else make_sprite_sheet(thumbnails, widths)
            )
            path.write_bytes(sheet.image)
            return {"width": sheet.width, "height": sheet.height}

        recipe = {"film": film_hash, "frames": part, "fps": fps, "look": look}
        slot = f"{film.stem}/{first // MAX_PICTURES + 1}"
        entry = cache.get_or_create("sheet", slot, recipe, ".webp", make)
        image = read_cached_image(entry.path, "WEBP", f"the kept sheet of {film.name}")
        sheets.append(
            SpriteSheet(image, entry.metadata["width"], entry.metadata["height"], COLUMNS)
        )
    return sheets


def _cached_thumbnails(
    film: Path, frames: Sequence[int], first: int, fps: int, cache: Cache, progress: Progress
) -> Iterator[Image.Image]:
    """Small pictures of those frames, kept as long as what they are decoded from is the same.

    The first of them is number `first` of the film's pictures, from 0.
    """
    recipes = [
        {"group": group, "width": THUMBNAIL_WIDTHS[0], "pillow": PIL.__version__}
        for group in gop_hashes(film, frames, fps)
    ]
    slots = [f"{film.stem}/{first + place}" for place in range(1, len(frames) + 1)]
    are_cached = [
        cache.get("still", slot, recipe, ".png") is not None
        for slot, recipe in zip(slots, recipes, strict=True)
    ]
    # the missing ones are decoded in one reading of the film: opening a long one takes a while
    missing = [n for n, is_cached in zip(frames, are_cached, strict=True) if not is_cached]
    decoded = decode_frames(film, missing, fps)
    for slot, recipe, is_cached in zip(slots, recipes, are_cached, strict=True):

        def make(path: Path) -> dict[str, Any]:
            path.write_bytes(encode_image(_scaled(next(decoded), THUMBNAIL_WIDTHS[0]), "PNG"))
            return {}

        entry = cache.get_or_create("still", slot, recipe, ".png", make)
        image = open_cached_image(entry.path, "PNG", f"a kept still of {film.name}")
        yield image.convert("RGB")
        progress.advance(from_cache=is_cached)


def make_sprite_sheet(
    pictures: Iterable[Image.Image], widths: Sequence[int] = THUMBNAIL_WIDTHS
) -> SpriteSheet:
    """A sheet of at least one and at most `MAX_PICTURES` pictures, as large as its bytes allow."""
    originals = list(pictures)
    for width in widths:
        scaled = [_scaled(picture, width) for picture in originals]
        sheet = _joined(scaled)
        # what is far too large is seen in a quicker way
        is_last = width == widths[-1]
        if not is_last and len(encode_image(sheet, "WEBP", **QUICK_SETTINGS)) > 2 * MAX_SHEET_BYTES:
            continue
        image = encode_image(sheet, "WEBP", **WEBP_SETTINGS)
        if len(image) <= MAX_SHEET_BYTES:
            break
    return SpriteSheet(image, *scaled[0].size, COLUMNS)


def make_draft_sheet(pictures: Iterable[Image.Image]) -> SpriteSheet:
    """A sheet of at least one and at most `MAX_PICTURES` pictures, made quickly."""
    scaled = [_scaled(picture, DRAFT_WIDTH) for picture in pictures]
    image = encode_image(_joined(scaled), "WEBP", **QUICK_SETTINGS)
    return SpriteSheet(image, *scaled[0].size, COLUMNS)


def _scaled(picture: Image.Image, width: int) -> Image.Image:
    size = width, round(picture.height * width / picture.width)
    return picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3)


def _joined(pictures: Sequence[Image.Image]) -> Image.Image:
    """Pictures of one size in rows of `COLUMNS`."""
    width, height = pictures[0].size
    rows = -(-len(pictures) // COLUMNS)
    sheet = Image.new("RGB", (min(COLUMNS, len(pictures)) * width, rows * height))
    for number, picture in enumerate(pictures):
        row, column = divmod(number, COLUMNS)
        sheet.paste(picture, (column * width, row * height))
    return sheet
