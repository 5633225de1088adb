"""A line's picture: what drawing it gave, and the clip that `draw` hands on once it is kept."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from explainer.cache.metadata import PictureFacts
from explainer.media.colour_signature import Swatches
from explainer.timeline.labels import Label, LabelStay, LowTexts

SMALL_TRACK = 1
"""The track of a clip's file in which its frames are smaller, if their format has a `small` one."""


@dataclass(frozen=True, slots=True)
class Clip:
    """An H.264 file of exactly `frames` frames; `reused` if it was kept from an earlier render.

    `key` is the line (`scene.line`), `labels` the texts in its picture, `stays` when each is
    in sight, `low_texts` those in the caption band, `swatches` the mean colours of some of its
    frames.
    """

    key: str
    path: Path
    frames: int
    reused: bool = False
    labels: tuple[Label, ...] = ()
    swatches: Swatches = ()
    low_texts: LowTexts = ()
    stays: tuple[LabelStay, ...] = ()


class DrawnLine(PictureFacts):
    """What drawing a line gave beside its clip: the clip's facts, and what it was made from.

    `inputs` are the states of these, by their names; `anew` is why it must be drawn each time, if
    it must.
    """

    inputs: dict[str, str]
    anew: str

    @property
    def facts(self) -> dict[str, Any]:
        """What is kept with the clip, in the form that JSON holds."""
        told: dict[str, Any] = msgspec.to_builtins(self)
        return {name: told[name] for name in PictureFacts.__struct_fields__}


@dataclass(frozen=True, slots=True)
class BeginsAlike:
    """A line was not drawn: its scene begins it in the state `start`, as it did before."""

    start: str


LineResult = DrawnLine | BeginsAlike | Exception | None
"""What became of a line: drawn or not, an error, or None if all who drew it were lost."""
LineResults = Generator[tuple[str, LineResult], None, None]
"""The results of lines by their keys, as they are done."""
