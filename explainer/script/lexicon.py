"""Finds lexicon entries in a text: the text and the entries in, the spans of those it has out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache


def find_entries(text: str, entries: Iterable[str]) -> list[tuple[int, int, str]]:
    """The start, end and name of each entry in `text`; they do not overlap.

    Of two that begin at the same place the longer counts. An entry is found as a word, or as a part
    of one beside a hyphen, a dash, an apostrophe or a slash, with spaces of any kind in it.
    """
    listed = tuple(entries)
    if not listed:
        return []
    return [
        (found.start(), found.end(), " ".join(found[0].split()))
        for found in _pattern(listed).finditer(text)
    ]


@lru_cache(maxsize=64)
def _pattern(entries: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted(entries, key=len, reverse=True)
    return re.compile("|".join(map(_entry, longest_first)))


def _entry(entry: str) -> str:
    before = ""
    after = ""
    if entry[0].isalnum() or entry[0] == "_":
        before = r"(?<![\w~+])(?<!\w[.,:])"
        if entry[0].isdigit():
            # a sign before a number, such as a minus or a currency, must not be lost
            before += r"(?<![^\w][-−–])(?<!^[-−–])(?<![$£€¥§#<>≤≥±])"
    if entry[-1].isalnum() or entry[-1] == "_":
        after = r"(?![\w%+]|[.,:]\w)"
    elif entry[-1] == ".":
        after = r"(?!\w)"
    if len(entry) == 1 and entry.isalnum():
        before += r"(?<!\w['’])"
        after += r"(?!['’]\w)"
    if len(entry) < 3:
        before += r"(?<!/)"
        after += r"(?!/)"
    return before + r"\s+".join(map(re.escape, entry.split())) + after
