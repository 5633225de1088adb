"""How long and how fast captions may be: a language tag in, its limits out.

Rows and speeds are those of Netflix's Timed Text Style Guides: `comfortable` is what subtitles may
reach there, `fastest` what captions for the deaf may, which like these say every word. Full-width
characters count as one in Chinese, Japanese and Korean, and others as a half; elsewhere a character
counts as one, and marks over or under a letter, as in Thai or Arabic, do not count.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Characters that a row may hold, and characters a second.

    `comfortable` is what the median of a film's captions may reach, `fastest` what any may.
    """

    row: int = 42
    comfortable: float = 17.0
    fastest: float = 20.0
    wide: bool = False

    def width(self, text: str) -> float:
        """How many characters a text counts for."""
        if text.isascii():  # most are, and a line is tried in thousands of ways
            return len(text) * (0.5 if self.wide else 1)
        return sum(map(self._counts, text))

    def _counts(self, char: str) -> float:
        if unicodedata.category(char) in ("Mn", "Me", "Cf"):
            return 0
        if self.wide and unicodedata.east_asian_width(char) not in "WF":
            return 0.5
        return 1


_USUAL = Limits()
_LIMITS = {
    "ar": Limits(comfortable=20.0, fastest=23.0),
    "hi": Limits(comfortable=22.0, fastest=25.0),
    "ja": Limits(13, 7.0, 7.0, wide=True),
    "ko": Limits(16, 12.0, 14.0, wide=True),
    "th": Limits(35),
    "zh": Limits(16, 9.0, 11.0, wide=True),
    "yue": Limits(16, 9.0, 11.0, wide=True),
}
"""Of Japanese, only the speed for the deaf: subtitles that shorten what is said may run at four
characters a second, but a text that is read aloud has more."""


def limits(language: str) -> Limits:
    """The limits of captions in that language."""
    return _LIMITS.get(language.partition("-")[0].lower(), _USUAL)
