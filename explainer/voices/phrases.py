"""Where a text may be cut for an engine: text in, (start, end) spans of its characters out."""

from __future__ import annotations

import re

_END = re.compile(r"""[.!?…]+["'”’)\]]*(?=\s)|[。！？]+[”’」』）]*""")
_NOT_AN_END = re.compile(
    r"\b(?:[A-Za-z]|Dr|Mrs?|Ms|Prof|St|vs|cf|Fig|No|approx|et al|e\.g|i\.e)\.$", re.IGNORECASE
)
_WORD = re.compile(r"[^\W_]")


def sentences(text: str) -> list[tuple[int, int]]:
    """The spans of the sentences of `text`, without the space around them; each has a word."""
    ends = [m.end() for m in _END.finditer(text) if not _NOT_AN_END.search(text[: m.end()])]
    spans, start = [], 0
    for end in ends:
        if _WORD.search(text, start, end) and _WORD.search(text, end):
            spans.append(_trimmed(text, start, end))
            start = end
    if _WORD.search(text, start):
        spans.append(_trimmed(text, start, len(text)))
    return spans


def pieces(text: str, limit: int) -> list[tuple[int, int]]:
    """Spans of at most `limit` characters: whole sentences, else clauses, else words."""
    spans = []
    for start, end in sentences(text):
        while end - start > limit:
            cut = _cut(text, start, start + limit)
            spans.append(_trimmed(text, start, cut))
            start, end = _trimmed(text, cut, end)
        spans.append((start, end))
    return [(start, end) for start, end in spans if _WORD.search(text, start, end)]


def _cut(text: str, start: int, limit: int) -> int:
    for pattern in (r"[,;:—–](?=\s)|[，、；：]", r"\S(?=\s)"):
        cuts = [m.end() for m in re.compile(pattern).finditer(text, start, limit + 1)]
        cuts = [cut for cut in cuts if start < cut <= limit]
        if cuts:
            return cuts[-1]
    return limit


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())
