"""The rows of a caption: words in, a row as it is shown out, and back to where its words stand.

Words of Chinese, Japanese or Thai stand without a space between them. A word that is longer than a
row comes in pieces, each but the last with a soft hyphen at its end, which shows where a row ends.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from math import ceil

from explainer.captions.rules import text_length
from explainer.languages import text_direction
from explainer.script.word_segmentation import breakable, is_unspaced
from explainer.spec import caption_limits
from explainer.timeline.model import TimedLine, TimedWord

SOFT_HYPHEN = "\u00ad"
_MARKS = {"ltr": "\u200e", "rtl": "\u200f"}
_STRONG = {"L": "ltr", "R": "rtl", "AL": "rtl"}
_RUN = re.compile(r"[\s\u200e\u200f]*([^\s\u200e\u200f]+)")
_PARTS = re.compile(r"(?<=[-/_.?&=@:])(?=\w)")  # “…-betrieb”, “…/page”: no hyphen is needed here


def shown(words: Sequence[TimedWord], language: str) -> str:
    """The words as a row.

    A row whose first letter runs against its language begins with a mark of direction, for players
    take the direction of a row from its first letter.
    """
    text = "".join(
        ("" if word.glued or not at else " ") + _hyphenated(word.text, at + 1 == len(words))
        for at, word in enumerate(words)
    )
    wanted = text_direction(language)
    found = (_STRONG.get(unicodedata.bidirectional(char)) for char in text)
    first = next((way for way in found if way), "ltr")
    return text if first == wanted else _MARKS[wanted] + text


def spans(rows: Sequence[str], words: Sequence[TimedWord]) -> list[list[tuple[int, int]]]:
    """For each row the spans of characters that its words have, where `words` are expected.

    Where a row does not go on with the word expected, whatever stands up to the next space is taken
    for one; so a row of other words has as many spans as it has words.
    """
    made: list[list[tuple[int, int]]] = []
    count = 0
    for row in rows:
        found: list[tuple[int, int]] = []
        while rest := _RUN.match(row, found[-1][1] if found else 0):
            word = words[count] if count < len(words) else None
            follows = words[count + 1] if count + 1 < len(words) else None
            length = _length(rest[1], word, follows)
            found.append((rest.start(1), rest.start(1) + length))
            count += 1
        made.append(found)
    return made


def spelled(rows: Sequence[str], words: Sequence[TimedWord]) -> list[str]:
    """The words that rows show, where `words` are expected, as those are narrated."""
    there = [
        row[start:end]
        for row, inside in zip(rows, spans(rows, words), strict=True)
        for start, end in inside
    ]
    for at, (text, word) in enumerate(zip(there, words, strict=False)):
        if text == _hyphenated(word.text, True):
            there[at] = plain(word)
    return there


def _length(run: str, word: TimedWord | None, follows: TimedWord | None) -> int:
    """How much of a run of characters without spaces is the word expected; else all of it."""
    if not word:
        return len(run)
    for text in (_hyphenated(word.text, True), _hyphenated(word.text, False)):
        ends = len(run) == len(text) or (follows is not None and follows.glued)
        if run.startswith(text) and ends:
            return len(text)
    return len(run)


def plain(word: TimedWord) -> str:
    """A word's text as it is narrated, without a soft hyphen."""
    return word.text.removesuffix(SOFT_HYPHEN)


def _hyphenated(text: str, last: bool) -> str:
    stem = text.removesuffix(SOFT_HYPHEN)
    return f"{stem}-" if last and stem != text else stem


def line_words(line: TimedLine, language: str) -> tuple[TimedWord, ...]:
    """The words of a line as captions show them: who speaks, where that changes, and what is said.

    A word that is longer than a row comes in pieces that are not, its time shared out. Words that
    name the speaker take no time, and stand at the start of the first that is said.
    """
    made: list[TimedWord] = []
    for text in line.speaker_label.split() if line.words else ():
        begin = line.words[0].start
        made.append(TimedWord(text, begin, begin, line.words[0].known))
    for word in line.words:
        parts = _parts(word.text, language)
        sizes = [len(part) for part in parts]
        length, done = word.end - word.start, 0
        for part, size in zip(parts, sizes, strict=True):
            start = word.start + length * done // sum(sizes)
            done += size
            end = word.start + length * done // sum(sizes)
            known = "estimated" if made and done > size else word.known
            glued = word.glued or done > size
            made.append(TimedWord(part, start, end, known, glued))
    return tuple(made)


@lru_cache(maxsize=1024)
def _parts(word: str, language: str) -> tuple[str, ...]:
    """A long word in as few parts as rows can hold, about as long as each other."""
    limits = caption_limits(language)
    room = limits.row_length - 1  # for a hyphen
    parts = []
    rest = word
    while (length := text_length(rest, limits)) > limits.row_length:
        within = [at for at in range(1, len(rest)) if text_length(rest[:at], limits) <= room]
        aim = len(rest) / ceil(length / room)
        good = [at for at in _places(rest, language) if at in within]
        good = good or [at for at in within if breakable(rest, at)] or within[-1:]
        cut = min(good, key=lambda at: abs(at - aim))
        hyphen = SOFT_HYPHEN if rest[cut - 1].isalpha() and not is_unspaced(rest[cut - 1]) else ""
        parts.append(rest[:cut] + hyphen)
        rest = rest[cut:]
    return (*parts, rest)


def _places(word: str, language: str) -> set[int]:
    """Where a long word is best parted: after its own hyphens and strokes, else at syllables."""
    if own := {place.start() for place in _PARTS.finditer(word)}:
        return own
    import pyphen  # its patterns take a third of a second, and hardly any film needs them

    tag = pyphen.language_fallback(language.replace("-", "_"))
    return set(pyphen.Pyphen(lang=tag).positions(word)) if tag else set()
