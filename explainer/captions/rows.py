"""The rows of a caption: words in, the text of a row out, and back to where its words stand.

Chinese, Japanese and Thai put no space between words. A word that is longer than a row is split
into pieces; each but the last ends with a soft hyphen, which is shown only at the end of a row.
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
_DIRECTION_MARKS = {"ltr": "\u200e", "rtl": "\u200f"}
_DIRECTIONS = {"L": "ltr", "R": "rtl", "AL": "rtl"}
"""By the bidirectional class of a letter; other characters have no direction of their own."""
_RUN = re.compile(r"[\s\u200e\u200f]*([^\s\u200e\u200f]+)")
_AFTER_SIGNS = re.compile(r"(?<=[-/_.?&=@:])(?=\w)")
"""Where no hyphen is needed: “…-betrieb”, “…/page”."""


def row_text(words: Sequence[TimedWord], language: str) -> str:
    """The words as a row.

    A row whose first letter runs against its language begins with a mark of direction, because
    players take the direction of a row from its first letter.
    """
    text = ""
    for number, word in enumerate(words, 1):
        space = "" if word.glued or not text else " "
        text += space + _with_hyphen(word.text, at_row_end=number == len(words))
    expected = text_direction(language)
    directions = (_DIRECTIONS.get(unicodedata.bidirectional(char)) for char in text)
    first = next((direction for direction in directions if direction), "ltr")
    return text if first == expected else _DIRECTION_MARKS[expected] + text


def word_spans(rows: Sequence[str], words: Sequence[TimedWord]) -> list[list[tuple[int, int]]]:
    """For each row the spans of characters that its words have, where `words` are expected.

    Where a row does not go on with the word expected, all up to the next space counts as one word;
    so a row of other words has as many spans as it has words.
    """
    spans_of_rows: list[list[tuple[int, int]]] = []
    count = 0
    for row in rows:
        spans: list[tuple[int, int]] = []
        while run := _RUN.match(row, spans[-1][1] if spans else 0):
            word = words[count] if count < len(words) else None
            following = words[count + 1] if count + 1 < len(words) else None
            start = run.start(1)
            spans.append((start, start + _word_length(run[1], word, following)))
            count += 1
        spans_of_rows.append(spans)
    return spans_of_rows


def words_in_rows(rows: Sequence[str], words: Sequence[TimedWord]) -> list[str]:
    """The words that rows show, where `words` are expected; spelled as those are narrated."""
    found = [
        row[start:end]
        for row, spans in zip(rows, word_spans(rows, words), strict=True)
        for start, end in spans
    ]
    for at, (text, word) in enumerate(zip(found, words, strict=False)):
        if text == _with_hyphen(word.text, at_row_end=True):
            found[at] = narrated_text(word)
    return found


def _word_length(run: str, word: TimedWord | None, following: TimedWord | None) -> int:
    """How many of the characters up to the next space are the word expected; else all of them."""
    if not word:
        return len(run)
    for text in (_with_hyphen(word.text, True), _with_hyphen(word.text, False)):
        is_end = len(run) == len(text) or (following is not None and following.glued)
        if run.startswith(text) and is_end:
            return len(text)
    return len(run)


def narrated_text(word: TimedWord) -> str:
    """A word's text without the soft hyphen that a piece of a word ends with."""
    return word.text.removesuffix(SOFT_HYPHEN)


def _with_hyphen(text: str, at_row_end: bool) -> str:
    """The text of a piece of a word as it is shown."""
    stem = text.removesuffix(SOFT_HYPHEN)
    return f"{stem}-" if at_row_end and stem != text else stem


def line_words(line: TimedLine, language: str) -> tuple[TimedWord, ...]:
    """The words of a line as captions show them: who speaks, where that changes, and what is said.

    A word that is longer than a row comes in pieces that are not, its time shared out by their
    length. Words that name the speaker take no time, and stand where the line's speech starts.
    """
    words: list[TimedWord] = []
    for text in line.speaker_label.split() if line.words else ():
        start = line.words[0].start
        words.append(TimedWord(text, start, start, line.words[0].known))
    for word in line.words:
        words += _split_word(word, language)
    return tuple(words)


def _split_word(word: TimedWord, language: str) -> list[TimedWord]:
    """A word in pieces that fit into a row; the start of each piece but the first is estimated."""
    texts = _split_text(word.text, language)
    total = sum(map(len, texts))
    duration = word.end - word.start
    pieces: list[TimedWord] = []
    done = 0
    for text in texts:
        start = word.start + duration * done // total
        done += len(text)
        end = word.start + duration * done // total
        known = "estimated" if pieces else word.known
        glued = word.glued or bool(pieces)
        pieces.append(TimedWord(text, start, end, known, glued))
    return pieces


@lru_cache(maxsize=1024)
def _split_text(word: str, language: str) -> tuple[str, ...]:
    """A long word in as few pieces as rows can hold, about as long as each other."""
    limits = caption_limits(language)
    room = limits.row_length - 1  # for a hyphen
    pieces = []
    rest = word
    while (length := text_length(rest, limits)) > limits.row_length:
        fitting = [at for at in range(1, len(rest)) if text_length(rest[:at], limits) <= room]
        good = [at for at in _good_splits(rest, language) if at in fitting]
        good = good or [at for at in fitting if breakable(rest, at)] or fitting[-1:]
        even = len(rest) / ceil(length / room)
        cut = min(good, key=lambda at: abs(at - even))
        before = rest[cut - 1]
        needs_hyphen = before.isalpha() and not is_unspaced(before)
        pieces.append(rest[:cut] + (SOFT_HYPHEN if needs_hyphen else ""))
        rest = rest[cut:]
    return (*pieces, rest)


def _good_splits(word: str, language: str) -> set[int]:
    """Where a long word is best split: after its own hyphens and slashes, else at syllables."""
    if own := {place.start() for place in _AFTER_SIGNS.finditer(word)}:
        return own
    import pyphen  # its patterns take a third of a second, and hardly any film needs them

    tag = pyphen.language_fallback(language.replace("-", "_"))
    return set(pyphen.Pyphen(lang=tag).positions(word)) if tag else set()
