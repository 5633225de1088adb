"""Entries of the lexicon in a text: the text and the entries in, the places of those it has out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache


def find_entries(text: str, entries: Iterable[str]) -> list[tuple[int, int, str]]:
    """Where entries stand in `text`: start, end and entry, none over another.

    Of two that begin at one place the longer counts. An entry stands as a word, or as a part of one
    beside a hyphen, a dash, an apostrophe or a slash; its spaces may be any.
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
    before, after = "", ""
    if entry[0].isalnum() or entry[0] == "_":
        before = r"(?<![\w~+])(?<!\w[.,:])"
        if entry[0].isdigit():
            # a sign, or what stands before an amount, is not to be lost
            before += r"(?<![^\w][-−–])(?<!^[-−–])(?<![$£€¥§#<>≤≥±])"
    if entry[-1].isalnum() or entry[-1] == "_":
        after = r"(?![\w%+]|[.,:]\w)"
    elif entry[-1] == ".":
        after = r"(?!\w)"
    if len(entry) == 1 and entry.isalnum():
        before, after = before + r"(?<!\w['’])", after + r"(?!['’]\w)"
    if len(entry) < 3:
        before, after = before + r"(?<!/)", after + r"(?!/)"
    return before + r"\s+".join(map(re.escape, entry.split())) + after
