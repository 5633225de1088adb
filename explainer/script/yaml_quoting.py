"""Texts without quotes that contain YAML syntax: an entry of a script in, a hint out."""

from __future__ import annotations

import re
from dataclasses import dataclass

COLON_IN_TEXT = (
    "a colon with a space after it begins a value, so a text without quotes must not contain one"
)
"""What is wrong with a text such as `Two dots: one and another`."""
ENTRY = re.compile(r"(\s*(?:- +)*)([\w-]+):[ \t]+(\S.*?)\s*\Z")
"""A line with a key and its value, after indentation and the dashes of list items."""
_SHOWN = 60
"""How many characters of a text a remedy repeats."""


@dataclass(frozen=True, slots=True)
class Hint:
    """What is wrong, what to do, and where: line and column from 0, width in characters."""

    what: str
    remedy: str
    line: int
    column: int
    width: int = 1


def comment(line: str, column: int) -> Hint:
    """The hint for a text that a `#` cuts short, as YAML begins a comment there."""
    found = ENTRY.match(line)
    remedy = "put the text in quotes, or the comment on a line of its own"
    if found and found.start(3) < column:
        whole = quoted(found[2], found[3])
        remedy = f"put the text in quotes: {whole}; a comment needs a line of its own"
    what = "YAML takes “ #” and what follows for a comment, so the text would end here"
    return Hint(what, remedy, 0, column, len(line.rstrip()) - column)


def of_entry(found: re.Match[str], number: int, open_ended: bool) -> Hint | None:
    """The hint for an entry whose text contains YAML syntax.

    With `open_ended`, a quote that it begins with may be closed on a later line.
    """
    key = found[2]
    text = found[3]
    column = found.start(3)
    remedy = f"put the text in quotes: {quoted(key, text)}"
    if text[0] in "[{":
        end = _closing(text)
        rest = text[end + 1 :].strip() if end >= 0 else ""
        if rest and rest[0] not in "#,":
            kind = "list" if text[0] == "[" else "mapping"
            what = f"a text that begins with “{text[0]}” is taken for a {kind}"
            return Hint(what, remedy, number, column, len(text))
    elif text[0] in "\"'":
        return _of_quote(text, number, column, open_ended)
    elif text[0] in "@`%*&!":
        return Hint(
            f"a text without quotes must not begin with “{text[0]}”", remedy, number, column
        )
    elif text[0] in ">|" and len(text) > 3:
        what = f"“{text[0]}” is for texts of several lines, which begin on the next one"
        return Hint(what, remedy, number, column)
    elif colon := re.search(r":(?=\s|\Z)", text):
        what = COLON_IN_TEXT
        return Hint(what, remedy, number, column + colon.start())
    return None


def _of_quote(text: str, number: int, column: int, open_ended: bool) -> Hint | None:
    quote = text[0]
    inner = r"(?:[^\"\\]|\\.)*" if quote == '"' else "(?:[^']|'')*"
    closed = re.match(f"{quote}{inner}{quote}", text)
    other = _inside(quote)
    if not closed:
        what, remedy = unclosed(quote)
        return Hint(what, remedy, number, column, len(text)) if open_ended else None
    rest = text[closed.end() :].strip()
    if not rest or rest[0] in "#,}]":
        return None
    what = f"the quote is closed here, but the text goes on: “{short(rest)}”"
    remedy = f"write {other}, or leave the quotes out"
    return Hint(what, remedy, number, column + closed.end() - 1)


def _inside(quote: str) -> str:
    return "’, or '' for an apostrophe inside" if quote == "'" else "“ and ” inside"


def unclosed(quote: str) -> tuple[str, str]:
    """What is wrong about a quote that is not closed, and what to do."""
    remedy = f"write {quote} at the end of the text too, and {_inside(quote)}"
    return f"the quote that begins with {quote} is not closed", remedy


def _closing(text: str) -> int:
    """The offset at which the bracket that a text begins with is closed; -1 if it is not."""
    depth = 0
    for at, char in enumerate(text):
        depth += (char in "[{") - (char in "]}")
        if depth == 0:
            return at
    return -1


def quoted(key: str, text: str) -> str:
    """The entry with its text in quotes."""
    quote = "'" if '"' in text or "\\" in text else '"'
    inner = short(text.replace("'", "''") if quote == "'" else text)
    return f"{key}: {quote}{inner}{quote}"


def short(text: str) -> str:
    """A text, shortened for a remedy."""
    return text if len(text) <= _SHOWN else text[:_SHOWN].rstrip() + " …"
