"""One caption: its times, its rows as they are shown, and the words in them."""

from __future__ import annotations

from dataclasses import dataclass

from explainer.captions.rows import word_spans
from explainer.captions.rules import reading_speed
from explainer.spec import CaptionLimits
from explainer.timeline.model import TimedWord


@dataclass(frozen=True, slots=True)
class Caption:
    """One caption: `start` and `end` in ticks of the film, one or two rows, the words in them.

    `key` is the line (`scene.line`) that it belongs to. Of a word longer than a row, the pieces
    are its words.
    """

    key: str
    start: int
    end: int
    rows: tuple[str, ...]
    words: tuple[TimedWord, ...]

    @property
    def spans(self) -> list[list[tuple[int, int]]]:
        """For each row the spans of characters of its words."""
        return word_spans(self.rows, self.words)

    def reading_speed(self, limits: CaptionLimits) -> float:
        """Characters a second; spaces count, the break between rows does not."""
        return reading_speed(self.rows, self.end - self.start, limits)
