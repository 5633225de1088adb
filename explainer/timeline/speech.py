"""What narration gives and a timeline is laid out from: sound files, and when their words begin.

Times are ticks of 1/48,000 s, from the first sample of a line's speech.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

TimingSource = Literal["engine", "aligned", "estimated"]
"""How a word's time is known: reported by the voice, by forced alignment, or estimated."""


@dataclass(frozen=True, slots=True)
class WordTiming:
    """A word's time in ticks from the first sample of its line's speech."""

    start: int
    end: int
    known: TimingSource


@dataclass(frozen=True, slots=True)
class SpokenLine:
    """One line's speech: its sound file (48 kHz mono WAV), its length in ticks and its words.

    `voice` is who speaks it, as a script names voices.
    """

    wav: str
    length: int
    words: tuple[WordTiming, ...]
    reused: bool = False
    voice: str = ""


@dataclass(frozen=True, slots=True)
class Speech:
    """A whole script spoken; `voice` is the film's, `lines` are by line key (`scene.line`).

    A line without words is not among them. `passed` are the voices that were asked before, each
    with the reason why it could not speak.
    """

    voice: str
    lines: Mapping[str, SpokenLine]
    passed: tuple[tuple[str, str], ...] = ()
