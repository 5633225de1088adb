"""Captions drawn into the picture with the word being said marked, for places without tracks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby, pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from explainer.cache.files import file_hash
from explainer.clock import nearest_frame
from explainer.errors import EnvironmentProblem
from explainer.frame_format import FrameFormat
from explainer.media import pango
from explainer.media.pango import FontSource, WordSpan

if TYPE_CHECKING:
    from explainer.captions.model import Caption
    from explainer.timeline.model import Timeline

BOX, PLAIN, MARKED = (6, 8, 18, 214), (244, 246, 255, 255), (255, 224, 138, 255)
"""Colours of the rows' boxes and of words; the marked one is underlined too, for eyes that tell no
colours apart."""


@dataclass(frozen=True, slots=True)
class CaptionState:
    """A caption on frames `first` to `last` (not included) of its line, in one or two rows.

    `marked` are the words that are being said: for each row of the text, their spans of characters.
    `files` are the font files that it is set with, each with a mark of what it holds.
    """

    first: int
    last: int
    text: tuple[str, ...]
    fonts: FontSource
    marked: tuple[tuple[WordSpan, ...], ...] = ()
    files: tuple[str, ...] = ()


def caption_states(
    texts: Sequence[Caption], clock: Timeline, folder: Path
) -> dict[str, tuple[CaptionState, ...]]:
    """Rows for each line's picture, one for each state of a caption; frames from the line's start.

    A word is marked until the next begins, and the last until it has been said. The fonts in
    `folder` come before the system's.

    Raises:
        EnvironmentProblem: naming the letters that no font has, and what to install.
    """
    fonts = FontSource(str(folder), clock.language)
    files = _files([row for text in texts for row in text.rows], fonts)
    starts = {line.key: line.start for line in clock.lines}
    made: dict[str, list[CaptionState]] = {}
    for text in texts:
        edges = [text.start, text.end, *(w.start for w in text.words), *(w.end for w in text.words)]
        frames = [nearest_frame(edge - starts[text.key], clock.fps) for edge in edges]
        first, last, count = frames[0], frames[1], len(text.words)
        begins = [min(max(frame, first), last) for frame in frames[2 : 2 + count]]
        states = [(first, range(0))]
        # words that begin on one frame are marked together
        for frame, group in groupby(range(count), key=begins.__getitem__):
            among = list(group)
            states.append((frame, range(among[0], among[-1] + 1)))
        if count:
            states.append((min(max(frames[-1], begins[-1]), last), range(0)))
        for (begin, said), (end, _) in pairwise([*states, (last, range(0))]):
            if begin < end:
                marked = _marked(text, said)
                row = CaptionState(begin, end, text.rows, fonts, marked, files)
                made.setdefault(text.key, []).append(row)
    return {key: tuple(found) for key, found in made.items()}


def _marked(text: Caption, said: range) -> tuple[tuple[WordSpan, ...], ...]:
    """The spans, row by row, of those of a caption's words that are being said."""
    made, at = [], 0
    for spans in text.spans:
        numbered = enumerate(spans, at)
        made.append(tuple(span for number, span in numbered if number in said))
        at += len(spans)
    return tuple(made)


def _files(texts: Sequence[str], fonts: FontSource) -> tuple[str, ...]:
    """The font files that rows are set with, each with a mark of what it holds.

    Raises:
        EnvironmentProblem: if there are letters that no font has.
    """
    found = pango.find_coverage(texts, fonts)
    if found.missing:
        letters, remedy = pango.describe_missing(found.missing)
        raise EnvironmentProblem.of(f"no font has these letters of the captions: {letters}", remedy)
    return tuple(_print(file) for file in found.files)


@cache
def _print(file: str) -> str:
    return f"{Path(file).name} {file_hash(Path(file))[:16]}"


def _same_fonts(states: tuple[CaptionState, ...]) -> None:
    """Make sure that states that were asked for elsewhere look here as they would there.

    Raises:
        EnvironmentProblem: naming a font that is another one here.
    """
    if states and states[0].files:
        texts = [text for row in states for text in row.text]
        other = [file for file in _files(texts, states[0].fonts) if file not in states[0].files]
        if other:
            what = f"captions would be set in another font here: {other[0].split()[0]}"
            raise EnvironmentProblem.of(what, "install the same font packages on every machine")


def overlay(
    show: Callable[[NDArray[np.uint8], int], None],
    states: tuple[CaptionState, ...],
    quality: FrameFormat,
) -> Callable[[NDArray[np.uint8], int], None]:
    """A `show` that lays the caption of the moment over each frame before handing it on.

    Raises:
        EnvironmentProblem: if this machine has other fonts than the one that asked.
    """
    _same_fonts(states)
    plates = [_caption_image(row, quality) for row in states]
    at = 0

    def shown(frame: NDArray[np.uint8], repeat: int) -> None:
        nonlocal at
        end = at + repeat
        while at < end:
            row = next((i for i, r in enumerate(states) if r.first <= at < r.last), None)
            edges = [edge for r in states for edge in (r.first, r.last) if at < edge < end]
            until = min([*edges, end])
            show(frame if row is None else _laid(frame, *plates[row]), until - at)
            at = until

    return shown


def _laid(frame: NDArray[np.uint8], plate: NDArray[np.uint8], top: int) -> NDArray[np.uint8]:
    made = frame.copy()
    band = made[top : top + len(plate)]
    alpha = plate[:, :, 3:].astype(np.uint16)
    under = (band[:, :, :3] * (255 - alpha) + 127) // 255
    band[:, :, :3] = plate[:, :, :3] + under.astype(np.uint8)
    return made


def _caption_image(row: CaptionState, quality: FrameFormat) -> tuple[NDArray[np.uint8], int]:
    """The band with the caption on it, premultiplied RGBA, and the frame's row of its top."""
    top, bottom = quality.caption_band
    size, area = 44 * quality.scale, (quality.width, bottom - top)
    marked = row.marked or ((),) * len(row.text)
    return pango.render_rows(row.text, marked, row.fonts, size, area, (BOX, PLAIN, MARKED)), top
