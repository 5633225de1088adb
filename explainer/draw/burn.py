"""Captions drawn into the picture with the word being said marked, for places without tracks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby, pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from explainer.clock import nearest_frame
from explainer.errors import MissingTool
from explainer.quality import Quality

if TYPE_CHECKING:
    from explainer.captions import Caption
    from explainer.timeline import Timeline

PLAIN, MARKED = (244, 246, 255, 255), (255, 224, 138, 255)
"""Colours of words; the marked one is underlined too, for eyes that tell no colours apart."""


@dataclass(frozen=True, slots=True)
class Row:
    """A caption on frames `first` to `last` (not included) of its line, in one or two rows.

    `marked` are the first word that is being said, counted over both rows, and the one after it.
    """

    first: int
    last: int
    text: tuple[str, ...]
    font: str
    marked: tuple[int, int] = (0, 0)


def rows(texts: Iterable[Caption], clock: Timeline, font: str) -> dict[str, tuple[Row, ...]]:
    """Rows for each line's picture, one for each state of a caption; frames from the line's start.

    A word is marked until the next begins, and the last until it has been said.
    """
    starts = {line.key: line.start for line in clock.lines}
    made: dict[str, list[Row]] = {}
    for text in texts:
        edges = [text.start, text.end, *(w.start for w in text.words), *(w.end for w in text.words)]
        frames = [nearest_frame(edge - starts[text.key], clock.fps) for edge in edges]
        first, last, count = frames[0], frames[1], len(text.words)
        begins = [min(max(frame, first), last) for frame in frames[2 : 2 + count]]
        states = [(first, (0, 0))]
        # words that begin on one frame are marked together
        for frame, group in groupby(range(count), key=begins.__getitem__):
            among = list(group)
            states.append((frame, (among[0], among[-1] + 1)))
        if count:
            states.append((min(max(frames[-1], begins[-1]), last), (0, 0)))
        for (begin, marked), (end, _) in pairwise([*states, (last, (0, 0))]):
            if begin < end:
                made.setdefault(text.key, []).append(Row(begin, end, text.rows, font, marked))
    return {key: tuple(found) for key, found in made.items()}


def over(
    show: Callable[[NDArray[np.uint8], int], None], rows: tuple[Row, ...], quality: Quality
) -> Callable[[NDArray[np.uint8], int], None]:
    """A `show` that lays the caption of the moment over each frame before handing it on."""
    plates = [_plate(row, quality) for row in rows]
    at = 0

    def shown(frame: NDArray[np.uint8], repeat: int) -> None:
        nonlocal at
        end = at + repeat
        while at < end:
            row = next((i for i, r in enumerate(rows) if r.first <= at < r.last), None)
            edges = [edge for r in rows for edge in (r.first, r.last) if at < edge < end]
            until = min([*edges, end])
            show(frame if row is None else _laid(frame, *plates[row]), until - at)
            at = until

    return shown


def _laid(frame: NDArray[np.uint8], plate: NDArray[np.uint8], top: int) -> NDArray[np.uint8]:
    made = frame.copy()
    band = made[top : top + len(plate)]
    alpha = plate[:, :, 3:].astype(np.uint16)
    mixed = (plate[:, :, :3] * alpha + band[:, :, :3] * (255 - alpha) + 127) // 255
    band[:, :, :3] = mixed.astype(np.uint8)
    return made


def _plate(row: Row, quality: Quality) -> tuple[NDArray[np.uint8], int]:
    """The band with the caption on it, RGBA, and the frame's row that its top lies on."""
    top, bottom = quality.band
    size = round(44 * quality.unit)
    try:
        font = ImageFont.truetype(row.font, size)
    except OSError:
        remedy = "restore it: git checkout assets/fonts"
        raise MissingTool.of(f"the caption font {Path(row.font).name} is missing", remedy) from None
    image = Image.new("RGBA", (quality.width, bottom - top), (0, 0, 0, 0))
    canvas = ImageDraw.Draw(image)
    height = round(size * 1.4)
    y, at = (bottom - top - height * len(row.text)) // 2, 0
    for text in row.text:
        width = canvas.textlength(text, font=font)
        x, pad = (quality.width - width) / 2, size * 0.35
        box = (x - pad, y, x + width + pad, y + height)
        canvas.rounded_rectangle(box, radius=size * 0.2, fill=(6, 8, 18, 214))
        for word in text.split():
            said = row.marked[0] <= at < row.marked[1]
            fill = MARKED if said else PLAIN
            canvas.text((x, y + height / 2), word, font=font, fill=fill, anchor="lm")
            right = x + canvas.textlength(word, font=font)
            if said:
                line = (x, y + height * 0.84, right, y + height * 0.84 + max(1, size * 0.06))
                canvas.rectangle(line, fill=fill)
            x, at = right + canvas.textlength(" ", font=font), at + 1
        y += height
    return np.asarray(image), top
