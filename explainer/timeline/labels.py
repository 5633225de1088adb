"""Labels: where each text of a picture is read in it.

Lengths are pixels of a picture whose short side has 1080, whatever size it is drawn at.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

REFERENCE_SIDE = 1080
"""Pixels of the short side of the picture that lengths are counted in."""
MIN_OPACITY = 0.5
"""The opacity above which a text can be read."""


@dataclass(frozen=True, slots=True)
class LabelStay:
    """Frames in a row in which one text can be seen, counted from the start of its line.

    `text` is what it says in the `first` of them, `last_text` in the `last`. `header` is True for
    the film's header.
    """

    text: str
    last_text: str
    first: int
    last: int
    header: bool = False


LowTexts = tuple[tuple[str, int, int], ...]
"""Texts that enter the caption band, each with the first and the last frame of a stay there."""


@dataclass(frozen=True, slots=True)
class Label:
    """A text with the box (left, top, right, bottom) of its ink, the same in all of `frames`.

    `size` is its em, `colour` its fill as #rrggbb, `opacity` that of the fill. `frames` count from
    the start of its line. `header` is True for the film's header, which is allowed where no other
    label is. `id` numbers the texts of a line; a text keeps its number when it changes its words.
    """

    text: str
    box: tuple[float, float, float, float]
    size: float
    colour: str
    opacity: float = 1.0
    header: bool = False
    frames: tuple[int, ...] = ()
    id: int = 0

    @property
    def key(self) -> int | str:
        """What it is told apart by from the other texts of its line."""
        return self.id or self.text

    def resembles(self, other: Label) -> bool:
        """Whether it has the look and the place of another label, whatever the two say."""
        (left, top, right, bottom), there = self.box, other.box
        across = min(right, there[2]) - max(left, there[0])
        down = min(bottom, there[3]) - max(top, there[1])
        if (self.colour, self.opacity) != (other.colour, other.opacity) or min(across, down) <= 0:
            return False
        alike = abs(self.size - other.size) < 0.2 * self.size
        return alike and across * down > 0.5 * (right - left) * (bottom - top)

    @classmethod
    def from_dict(cls, record: dict[str, Any]) -> Label:
        """The label that `dataclasses.asdict` gave as a dict, which may have been JSON since."""
        left, top, right, bottom = record["box"]
        return cls(**{**record, "box": (left, top, right, bottom), "frames": (*record["frames"],)})


def frames_to_inspect(frames: int, fps: int, cues: Iterable[int]) -> frozenset[int]:
    """The frames of a line to look for labels in: at cues, every half second, and the last.

    Each comes with a neighbour, which tells a label at rest from one that is changing.
    """
    chosen = {*range(0, frames, max(1, fps // 2)), *cues, frames - 1}
    return frozenset(chosen | {n + 1 if n + 1 < frames else n - 1 for n in chosen})
