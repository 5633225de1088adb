"""The likely reason why a file is not YAML: PyYAML's error in, a plainer one with a remedy out.

Most scripts that are no YAML hold a text with a sign in it that YAML takes for its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import yaml

from explainer.script.yaml_quoting import (
    COLON_IN_TEXT,
    ENTRY,
    Hint,
    of_entry,
    quoted,
    short,
    unclosed,
)

_ITEM = re.compile(r"\s*(-)(?= |\Z)")
_DASH = re.compile(r"\s*(-(?=[^\s\d-])|[–—•·*](?=\s))")
_MERGE = re.compile(r"(<<<<<<<|=======|>>>>>>>)(?= |\Z)")
_OTHER_SPACE = re.compile(r"[ -]*([^\S \t\n])")
KEYS = {
    *("name", "title", "language", "limit", "voice", "poster", "music", "page", "engines"),
    *("lexicon", "phonemes", "sources", "scenes", "id", "lines", "say", "show", "cite", "hold"),
    *("labels", "speaker", "sounds", "where", "url", "doi"),
}
"""Keys of a script; a line that begins with one is meant as an entry."""
_NEAR = 40
"""How many lines above an error are searched for its cause."""


@dataclass(frozen=True, slots=True)
class Broken:
    """Where and why PyYAML stopped; lines and columns count from 0.

    `begun` is the line and column at which that began which it could not finish.
    """

    lines: Sequence[str]
    reason: str
    line: int
    column: int
    begun: tuple[int, int]

    @property
    def text(self) -> str:
        """The line in which PyYAML stopped."""
        return self.lines[self.line] if self.line < len(self.lines) else ""


def explain(broken: Broken) -> Hint | None:
    """The likely reason why PyYAML stopped; None if none is known."""
    for likely in (
        *(_tab, _merge, _other_space, _quote, _escape, _documents, _bracket, _dash, _no_colon),
        *(_column, _nearby, _too_far_in, _beginning),
    ):
        if hint := likely(broken):
            return hint
    return None


def _nearby(broken: Broken) -> Hint | None:
    """A text further up that contains YAML syntax."""
    lines = broken.lines
    at = broken.line
    entries = 0
    for number in range(min(at, len(lines) - 1), max(-1, at - _NEAR), -1):
        found = ENTRY.match(lines[number])
        if not found:
            continue
        hint = of_entry(found, number, entries > 0)
        if hint:
            return hint
        entries += 1
        if entries > 1 and number < at - 3:
            break
    return None


def _tab(broken: Broken) -> Hint | None:
    if "'\\t'" not in broken.reason:
        return None
    what = "this is a tab, and YAML is indented with spaces only"
    return Hint(what, "indent with spaces, not tabs", broken.line, broken.column)


def _merge(broken: Broken) -> Hint | None:
    for number, line in enumerate(broken.lines[: broken.line + 2]):
        if _MERGE.match(line):
            what = "this is what Git writes where it could not merge two versions"
            return Hint(what, "keep one version, and remove the marks", number, 0, len(line))
    return None


def _other_space(broken: Broken) -> Hint | None:
    first = max(0, min(broken.line, broken.begun[0]) - 2)
    for number in range(first, min(broken.line + 1, len(broken.lines))):
        if found := _OTHER_SPACE.match(broken.lines[number]):
            what = f"this is no plain space, but U+{ord(found[1]):04X}"
            return Hint(what, "write plain spaces in its place", number, found.start(1))
    return None


def _quote(broken: Broken) -> Hint | None:
    """A quote that is not closed, so that the text goes on to the next quote."""
    begun = broken.begun if "quoted scalar" in broken.reason else None
    try:
        for token in yaml.scan("\n".join(broken.lines), yaml.BaseLoader):
            if not isinstance(token, yaml.ScalarToken) or token.style not in ("'", '"'):
                continue
            first = token.start_mark
            last = token.end_mark
            if any(map(ENTRY.match, broken.lines[first.line + 1 : last.line + 1])):
                begun = first.line, first.column
                break
    except yaml.YAMLError:
        pass
    if begun is None or begun[0] >= len(broken.lines) or "escape" in broken.reason:
        return None
    text = broken.lines[begun[0]][begun[1] :]
    what, remedy = unclosed(text[:1])
    return Hint(what, remedy, *begun, len(text))


def _escape(broken: Broken) -> Hint | None:
    if "unknown escape" not in broken.reason:
        return None
    sign = broken.text[broken.column : broken.column + 1]
    what = f'a \\ inside " quotes begins an escape, and \\{sign} is none'
    return Hint(
        what, "write \\\\ for it, or quotes of '", broken.line, max(0, broken.column - 1), 2
    )


def _documents(broken: Broken) -> Hint | None:
    if "document" not in broken.reason:
        return None
    for number in range(min(broken.line, len(broken.lines) - 1), -1, -1):
        line = broken.lines[number]
        if line.startswith(("---", "...")):
            what = f"“{line[:3]}” ends the script here, and more follows"
            return Hint(what, "remove the line", number, 0, 3)
    return None


def _bracket(broken: Broken) -> Hint | None:
    """A list or mapping in brackets that is not closed, or contains a text with a colon."""
    if "flow" not in broken.reason or broken.begun[0] >= len(broken.lines):
        return None
    line = broken.lines[broken.begun[0]]
    opening = line[broken.begun[1] : broken.begun[1] + 1]
    closing = {"[": "]", "{": "}"}.get(opening)
    if closing is None:
        return None
    if (found := ENTRY.match(line)) and (hint := of_entry(found, broken.begun[0], False)):
        return hint
    got = broken.text[broken.column : broken.column + 1]
    if broken.line == broken.begun[0] and got == ":":
        what = (
            f"a colon inside {opening}…{closing} begins a value, so a text without quotes must not "
            "contain one"
        )
        return Hint(what, 'put the text in quotes: "…"', broken.line, broken.column)
    if broken.line == broken.begun[0] and got in ("]", "}"):
        what = f"the “{opening}” that opens here is closed by a “{got}”"
        return Hint(what, f"close it by “{closing}”", *broken.begun)
    what = f"the “{opening}” that opens here is not closed"
    return Hint(what, f"write “{closing}” where it ends", *broken.begun)


def _dash(broken: Broken) -> Hint | None:
    if found := _DASH.match(broken.text):
        at = found.start(1)
        rest = broken.text[found.end(1) :].strip()
        if found[1] == "-":
            return Hint("a space is missing after the dash", f"write: - {rest}", broken.line, at)
        what = f"an item begins with a hyphen and a space, not with “{found[1]}”"
        return Hint(what, f"write: - {rest}", broken.line, at)
    return None


def _no_colon(broken: Broken) -> Hint | None:
    """A line that is neither an entry nor part of the text above."""
    number = broken.begun[0]
    if "expected ':'" not in broken.reason or number >= len(broken.lines):
        return None
    line = broken.lines[number]
    at = len(line) - len(line.lstrip(" -"))
    found = re.match(r"([\w-]+)([ \t]*)([:：]?)\s*(.*)", line[at:])
    if found and (found[3] or found[1] in KEYS):
        key, _, colon, rest = found.groups()
        what = f"a colon is missing after “{key}”"
        if colon:
            what = f"a plain space is missing after the colon of “{key}”"
        if colon == "：":
            what = "this is no plain colon"
        return Hint(
            what, f"write: {key}: {short(rest)}".rstrip(), number, at, len(key) + len(colon)
        )
    what = "this is neither a key with a colon nor indented enough to go on with a text"
    return Hint(what, "indent it further, or write: key: value", number, at, len(line) - at)


def _above(broken: Broken, pattern: re.Pattern[str]) -> tuple[int, re.Match[str]] | None:
    for number in range(min(broken.line, len(broken.lines)) - 1, -1, -1):
        if found := pattern.match(broken.lines[number]):
            return number, found
    return None


def _too_far_in(broken: Broken) -> Hint | None:
    """A key that YAML reads as part of the text above, or a text that it reads as a key."""
    found = ENTRY.match(broken.text)
    above = _above(broken, ENTRY)
    if "mapping values" not in broken.reason or not found or not above:
        return None
    column = found.start(2)
    key = found[2]
    under = above[1].start(2)
    name = above[1][2]
    if key in KEYS and column > under:
        what = f"“{key}” is indented more than “{name}” above, so YAML reads it as part of its text"
        remedy = f"begin it in column {under + 1}, under “{name}”"
        return Hint(what, remedy, broken.line, column, len(key))
    what = COLON_IN_TEXT
    return Hint(what, f"put the whole text of “{name}” in quotes", broken.line, found.end(2))


def _column(broken: Broken) -> Hint | None:
    """An entry or item whose indentation matches none of those above."""
    if "expected <block end>" not in broken.reason:
        return None
    text = broken.text
    at = len(text) - len(text.lstrip(" "))
    item = text[at : at + 1] == "-"
    above = _above(broken, _ITEM if item else ENTRY)
    if not above:
        return None
    number, found = above
    under = found.start(1) if item else found.start(2)
    if under == at:
        return None
    one = "this dash" if item else "this"
    what = f"{one} begins in column {at + 1}, in which nothing above it begins"
    like = "the dash" if item else f"“{found[2]}”"
    remedy = f"begin it in the same column as its neighbours, as in {under + 1} with {like}"
    return Hint(what, f"{remedy} of line {number + 1}", broken.line, at, len(text) - at)


def _beginning(broken: Broken) -> Hint | None:
    """A text that begins with YAML syntax."""
    found = ENTRY.match(broken.text)
    if found and found.start(3) == broken.column:
        sign = found[3][:2].strip()
        remedy = f"put the text in quotes: {quoted(found[2], found[3])}"
        return Hint(
            f"a text without quotes must not begin with “{sign}”",
            remedy,
            broken.line,
            broken.column,
        )
    return None
