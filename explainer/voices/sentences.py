"""Where a text may be cut for an engine: text in, (start, end) spans of its characters out.

sentencex knows where sentences end and which full stops are those of abbreviations.
"""

from __future__ import annotations

import re
from functools import lru_cache

from explainer.script import abbreviations

_SENTENCE_END = re.compile(r"""[.!?…]['"’”»)\]]*\s*\Z|[。！？．؟۔।॥။։][”’」』）]*\s*\Z""")
_ABBREVIATION = re.compile(
    r"(?<![\w.])(?:[^\W\d_]|[^\W\d_aeiouyäöüáéíóúàèâêîôû]+|\w+(?:\.\w+)+)\.\W*\Z", re.I
)
"""A letter, a word without a vowel, or letters with full stops between them."""
_ELLIPSIS = re.compile(r"(?:\.\.\.|…)['\"’”»)\]]*(?=\s)")
_WORD = re.compile(r"[^\W_]")


def sentences(text: str, language: str = "en") -> list[tuple[int, int]]:
    """The spans of the sentences of `text`, without the space around them; each has a word."""
    spans, start = [], 0
    for end in _sentence_ends(text, language.lower().partition("-")[0]):
        if _WORD.search(text, start, end) and _WORD.search(text, end):
            spans.append(_strip_span(text, start, end))
            start = end
    if _WORD.search(text, start):
        spans.append(_strip_span(text, start, len(text)))
    return spans


@lru_cache(maxsize=256)
def _sentence_ends(text: str, main: str) -> tuple[int, ...]:
    """Where sentences end, the last one's end left out."""
    import sentencex  # here, so that who only reads a script need not wait for it

    ends, at = {found.end() for found in _ELLIPSIS.finditer(text)}, 0
    for sentence in sentencex.segment(main, text):
        at += len(sentence)
        if _SENTENCE_END.search(text[:at]) and not _is_abbreviation(text[:at], text[at:], main):
            ends.add(at)
    return tuple(sorted(ends - {len(text)}))


def _is_abbreviation(before: str, after: str, main: str) -> bool:
    """Whether a full stop is of an abbreviation that sentencex has not.

    It is of one that stands before names or numbers, or of a short word before a small letter.
    """
    known = abbreviations.known(main)
    last = before.split()[-1]
    if last in known.name or (last in known.number and re.match(r"\W*\d", after)):
        return True
    word = _ABBREVIATION.search(before)
    following = re.match(r"\W*([^\W\d_])", after)
    return bool(word and following) and following[1].islower()  # type: ignore[index]


def chunks(text: str, limit: int, language: str = "en") -> list[tuple[int, int]]:
    """Spans of at most `limit` characters: whole sentences, else clauses, else words."""
    spans = []
    for start, end in sentences(text, language):
        while end - start > limit:
            cut = _chunk_end(text, start, start + limit)
            spans.append(_strip_span(text, start, cut))
            start, end = _strip_span(text, cut, end)
        spans.append((start, end))
    return [(start, end) for start, end in spans if _WORD.search(text, start, end)]


def _chunk_end(text: str, start: int, limit: int) -> int:
    for pattern in (r"[,;:—–](?=\s)|[，、；：]", r"\S(?=\s)"):
        cuts = [m.end() for m in re.compile(pattern).finditer(text, start, limit + 1)]
        cuts = [cut for cut in cuts if start < cut <= limit]
        if cuts:
            return cuts[-1]
    return limit


def _strip_span(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())
