"""A line's picture as it is drawn and kept: what `draw` hands to those who assemble a film."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from explainer.media.colour_signature import Swatches
from explainer.timeline.labels import Label, LabelStay, LowTexts


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
