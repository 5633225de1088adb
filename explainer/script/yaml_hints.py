"""What is likely meant where YAML cannot be read: the lines and the place in, a plainer reason out.

Most scripts that are no YAML hold a text with a sign in it that YAML takes for its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_ENTRY = re.compile(r"(\s*(?:- +)*)([\w-]+):[ \t]+(\S.*?)\s*\Z")
_NEAR = 40
"""Lines above an error that are looked at."""
_SHOWN = 60
"""Characters of a text that a remedy repeats."""


@dataclass(frozen=True, slots=True)
class Hint:
    """What is wrong, what to do, and the place: line and column from 0, and the width."""

    what: str
    remedy: str
    line: int
    column: int
    width: int = 1


def explain(lines: Sequence[str], at: int, reason: str) -> Hint | None:
    """The likely reason of an error that YAML's reader found on line `at`; None if none is."""
    entries = 0
    for number in range(min(at, len(lines) - 1), max(-1, at - _NEAR), -1):
        found = _ENTRY.match(lines[number])
        if not found:
            continue
        hint = _of_entry(found, number, entries > 0 or "quoted scalar" in reason)
        if hint:
            return hint
        entries += 1
        if entries > 1 and "quoted scalar" not in reason and number < at - 3:
            break
    return None


def comment(line: str, column: int) -> Hint:
    """The hint for a text that ends where YAML takes `#` for a comment."""
    found = _ENTRY.match(line)
    remedy = "put the text in quotes, or the comment on a line of its own"
    if found and found.start(3) < column:
        quoted = _quoted(found[2], found[3])
        remedy = f"put the text in quotes: {quoted}; a comment needs a line of its own"
    what = "YAML takes “ #” and what follows for a comment, so the text would end here"
    return Hint(what, remedy, 0, column, len(line.rstrip()) - column)


def _of_entry(found: re.Match[str], number: int, unclosed: bool) -> Hint | None:
    key, text, column = found[2], found[3], found.start(3)
    remedy = f"put the text in quotes: {_quoted(key, text)}"
    if text[0] in "[{":
        end = _closing(text)
        rest = text[end + 1 :].strip() if end >= 0 else ""
        if rest and rest[0] not in "#,":
            kind = "list" if text[0] == "[" else "mapping"
            what = f"a text that begins with “{text[0]}” is taken for a {kind}"
            return Hint(what, remedy, number, column, len(text))
    elif text[0] in "\"'":
        return _of_quote(text, number, column, unclosed)
    elif text[0] in "@`%*&!":
        return Hint(f"no text may begin with “{text[0]}”", remedy, number, column)
    elif text[0] in ">|" and len(text) > 3:
        what = f"“{text[0]}” is for texts of several lines, which begin on the next one"
        return Hint(what, remedy, number, column)
    elif colon := re.search(r":(?=\s|\Z)", text):
        what = "a colon with a space after it begins a value, so a text may not have one as it is"
        return Hint(what, remedy, number, column + colon.start())
    elif sharp := re.search(r"\s(#)", text):
        what = "YAML takes “ #” and what follows for a comment"
        return Hint(what, remedy, number, column + sharp.start(1), len(text) - sharp.start(1))
    return None


def _of_quote(text: str, number: int, column: int, unclosed: bool) -> Hint | None:
    quote = text[0]
    inner = r"(?:[^\"\\]|\\.)*" if quote == '"' else "(?:[^']|'')*"
    closed = re.match(f"{quote}{inner}{quote}", text)
    other = "’, or '' for an apostrophe inside" if quote == "'" else "“ and ” inside"
    if not closed:
        what = f"the quote that begins with {quote} is not closed"
        remedy = f"write {quote} at the end of the text too, and {other}"
        return Hint(what, remedy, number, column, len(text)) if unclosed else None
    rest = text[closed.end() :].strip()
    if not rest or rest[0] in "#,}]":
        return None
    what = f"the quote is closed here, but the text goes on: “{_short(rest)}”"
    remedy = f"write {other}, or leave the quotes out"
    return Hint(what, remedy, number, column + closed.end() - 1)


def _closing(text: str) -> int:
    """Where the bracket that a text begins with is closed; -1 if it is not."""
    depth = 0
    for at, char in enumerate(text):
        depth += (char in "[{") - (char in "]}")
        if depth == 0:
            return at
    return -1


def _quoted(key: str, text: str) -> str:
    quote = "'" if '"' in text or "\\" in text else '"'
    inner = _short(text.replace("'", "''") if quote == "'" else text)
    return f"{key}: {quote}{inner}{quote}"


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else text[:_SHOWN].rstrip() + " …"
