"""Caption limits applied: a text in a language in, its length in counted characters and its speed.

Elsewhere than in Chinese, Japanese and Korean a character counts as one, and marks over or under a
letter, as in Thai or Arabic, do not count.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from explainer.clock import TICKS
from explainer.spec import CaptionLimits


def text_length(text: str, limits: CaptionLimits) -> float:
    """How many characters a text counts for."""
    if text.isascii():  # most are, and a line is tried in thousands of ways
        return len(text) * (0.5 if limits.full_width else 1)
    return sum(_char_length(char, limits) for char in text)


def _char_length(char: str, limits: CaptionLimits) -> float:
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    if limits.full_width and unicodedata.east_asian_width(char) not in "WF":
        return 0.5
    return 1


def total_length(rows: Sequence[str], limits: CaptionLimits) -> float:
    """How many characters rows count for together; the break between them does not count."""
    return sum(text_length(row, limits) for row in rows)


def reading_speed(rows: Sequence[str], duration: int, limits: CaptionLimits) -> float:
    """Characters a second of rows that are shown for `duration` ticks; spaces count."""
    return total_length(rows, limits) * TICKS / max(1, duration)
