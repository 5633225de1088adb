"""Abbreviations: finds those whose words are known and says them."""

from __future__ import annotations

import re

from explainer.script import abbreviations
from explainer.script.spoken_forms.finder import CLOSING_MARKS, FormFinder

_ANSWER_WORDS = frozenset(["said", "say", "says", "answer", "answered", "is", "was", "oh"])


def find_abbreviations(finder: FormFinder) -> None:
    """Abbreviations: z. B., Dr., Nr. 7, p. ej."""
    known = abbreviations.known(finder.main)
    if known.number:
        for found in abbreviations.pattern(frozenset(known.number)).finditer(finder.text):
            if found[0] == "no." and finder.word_before(found.start()).lower() in _ANSWER_WORDS:
                continue  # “He said no. 5 men came.”
            if re.match(r"[\s\u00a0]*\d", finder.text[found.end() :]):
                finder.claim(*found.span(), abbreviations.said(known.number, found[0]))
    if known.anywhere:
        for found in abbreviations.pattern(frozenset(known.anywhere)).finditer(finder.text):
            said = abbreviations.said(known.anywhere, found[0])
            end = found.end()
            last = not finder.text[end:].strip(CLOSING_MARKS + " \u00a0")
            if found[0].endswith(".") and (last or abbreviations.may_end(found[0])):
                said = finder.closed(end, said, abbreviations.ends_list(found[0]))
            finder.claim(found.start(), end, said)
    if known.name:
        for found in abbreviations.pattern(frozenset(known.name)).finditer(finder.text):
            said = abbreviations.said(known.name, found[0])
            rest = finder.text[found.end() :]
            if (
                finder.main == "en"
                and found[0].rstrip(".") == "St"
                and not _is_saint(finder, found)
            ):
                said = "Street"
                if found[0].endswith("."):
                    said = finder.closed(found.end(), said)
                finder.claim(*found.span(), said)
            elif _is_name(rest):
                finder.claim(*found.span(), said)


def _is_saint(finder: FormFinder, found: re.Match[str]) -> bool:
    """Whether “St.” is before a name, not behind one as in “Main St.”."""
    name_after = re.match(r"\s+[A-Z][a-z]", finder.text[found.end() :])
    street = re.search(r"[A-Z][a-z]+\s\Z", finder.text[: found.start()])
    return bool(name_after) and not (
        street
        and finder.ends_sentence(found.end())
        and finder.word_after(found.end()).lower() in finder.words.openers
    )


def _is_name(rest: str) -> bool:
    """Whether what follows a title is a name, or a title of those written small."""
    word = re.match(r"[\s\u00a0-]+[(\"“„«]?([^\W\d_][\w.'’-]*)", rest)
    if re.match(r"\s+(and|und|y|e|et|&)\s+[A-Z]", rest):
        return True  # “Mr. and Mrs. Brown”
    if re.match(r"\s+(le|la|l’|l')\s*\w", rest):
        return True  # « M. le président »
    small = ("de", "d’", "d'", "von", "van", "med", "rer", "phil", "h.", "h")
    return bool(word) and (word[1][0].isupper() or word[1].startswith(small))  # type: ignore[index]
