"""A text as manim-voiceover speaks it, with bookmarks and SSML: a `say` for the script out.

A bookmark becomes a cue on the word that it stands before. One inside a word marks that word, too,
and `share` says how much of it is over by then; so does one behind the last word.
"""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass

from explainer.script import word_segmentation
from explainer.script.narration_text import MAX_PAUSE
from explainer.script.yaml_document import UNWANTED

_TAG = re.compile(r"(<[/!?]?[A-Za-z][^<>]*>)")
_BOOKMARK = re.compile(r"""<bookmark\s+mark\s*=\s*(["'])(.*?)\1\s*/?>\Z""")
_BREAK = re.compile(r"""<break\b[^<>]*?\btime\s*=\s*["'](\d+(?:\.\d+)?)(m?)s["']""")
_PAUSE = re.compile(r"\{([\d.]+)\}\Z")
_FIRST = 0xF0000
"""Code points for private use from here on stand for bookmarks while spaces are put in order."""
_MARKS = "\U000f0000-\U000ffffd"
_PRIVATE = re.compile(f"[{_MARKS}]")
_BRACKETS = str.maketrans("[{]}", "(())")


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A bookmark, its cue, and how much of the cue's words is over when it comes, from 0 to 1."""

    mark: str
    cue: str
    share: float


@dataclass(frozen=True, slots=True)
class VoiceoverText:
    """A text as the script has it; `notes` say what was changed, `faults` what it cannot hold."""

    say: str
    bookmarks: tuple[Bookmark, ...]
    notes: tuple[str, ...]
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """A line as its scene ran: its text as manim-voiceover had it, where, and for how long it went.

    `place` is the number of a line of the scene's file, 0 before the first voiceover, or of
    another `file`. `seconds` are what was played and waited for, `frames` what the line has.
    """

    line: str
    text: str
    place: int
    seconds: float
    frames: int
    file: str = ""


@dataclass(slots=True)
class _Token:
    """What stands between two spaces: its characters, and the bookmarks in it by their offsets."""

    chars: str
    marks: list[tuple[int, int]]


def cue_name(mark: str) -> str:
    """The cue that a bookmark becomes: `insc_csc` is `insc-csc`, and `2nd` is `mark-2nd`."""
    plain = unicodedata.normalize("NFKD", mark).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    return name if name[:1].isalpha() and name != "end" else f"mark-{name}".rstrip("-")


def read_text(text: str) -> VoiceoverText:
    """Convert a text with tags in it; what cannot be kept of it is told, never raised."""
    notes: dict[str, None] = {}
    marks: list[str] = []
    plain = _without_tags(text, marks, notes)
    # a bookmark belongs to what comes next, be it behind spaces and pauses
    plain = re.sub(rf"([{_MARKS}]+)((?:\s|\{{[\d.]+\}})+)", r"\2\1", plain)
    tokens = _tokens(plain, notes)
    faults = _mark_faults(marks)
    written = []
    shares: dict[int, float] = {}
    for token in tokens:
        if len(token.marks) > len(token.chars):
            faults.append(f"“{token.chars}” has more bookmarks than letters: remove one")
        else:
            written.append(_written(token, [cue_name(mark) for mark in marks]))
        for offset, number in token.marks:
            inside = offset and not word_segmentation.is_unspaced(token.chars[offset - 1])
            shares[number] = offset / len(token.chars) if inside else 0.0
    if not any(char.isalnum() for token in tokens for char in token.chars):
        faults.append("it has no words: write some, or remove it")
    found = (Bookmark(mark, cue_name(mark), shares.get(n, 0.0)) for n, mark in enumerate(marks))
    return VoiceoverText(" ".join(written), tuple(found), tuple(notes), tuple(faults))


def _without_tags(text: str, marks: list[str], notes: dict[str, None]) -> str:
    """The text with signs for its bookmarks, which are added to `marks`, and pauses as `{0.4}`."""
    made = ""
    for number, part in enumerate(_TAG.split(_PRIVATE.sub("", text))):
        if number % 2 == 0:
            read = " ".join(re.split(r"\s", html.unescape(part)))
            if unwanted := UNWANTED.search(read):
                code = f"U+{ord(unwanted.group()):04X}"
                notes[f"the invisible character {code} is left out"] = None
                read = UNWANTED.sub("", read)
            plain = read.translate(_BRACKETS)
            if plain != read:
                notes["brackets are marks in a script: they are written as ( and )"] = None
            made += plain
        elif found := _BOOKMARK.match(part):
            made += chr(_FIRST + len(marks))
            marks.append(found[2])
        elif found := _BREAK.match(part):
            seconds = float(found[1]) / (1000 if found[2] else 1)
            made += f" {{{min(seconds, MAX_PAUSE):.3g}}} " if seconds >= 0.001 else " "
        else:
            notes[f"the tag {part} is left out"] = None
    return made


def _tokens(plain: str, notes: dict[str, None]) -> list[_Token]:
    """The words of a text and the pauses between them, each pause alone between two words."""
    tokens: list[_Token] = []
    for piece in plain.split():
        chars = _PRIVATE.sub("", piece)
        marks = []
        offset = 0
        for char in piece:
            if _PRIVATE.match(char):
                marks.append((offset, ord(char) - _FIRST))
            else:
                offset += 1
        before = tokens[-1] if tokens else None
        pause = _PAUSE.match(chars)
        if not chars and before and _PAUSE.match(before.chars):
            tokens.pop()  # behind the last word
            before = tokens[-1]
        if not chars:
            if before:
                before.marks += [(len(before.chars), number) for _, number in marks]
        elif pause and before is None:
            notes["a pause before the first word is left out: give the line before a hold"] = None
        elif pause and before and (other := _PAUSE.match(before.chars)):
            before.chars = f"{{{min(float(other[1]) + float(pause[1]), MAX_PAUSE):.3g}}}"
        else:
            tokens.append(_Token(chars, marks))
    if tokens and _PAUSE.match(tokens[-1].chars):
        tokens.pop()
        notes["a pause behind the last word is left out: give the line a hold"] = None
    return tokens


def _mark_faults(marks: list[str]) -> list[str]:
    """Bookmarks that the cues of one line could not tell apart."""
    first: dict[str, str] = {}
    faults = []
    for mark in marks:
        cue = cue_name(mark)
        if cue in first:
            what = f"the bookmarks “{first[cue]}” and “{mark}” would be one cue, “{cue}”"
            faults.append(f"{what}: rename one")
        first.setdefault(cue, mark)
    return faults


def _written(token: _Token, cues: list[str]) -> str:
    """A word with its cues marked: each from its bookmark to the next one, or to the end."""
    if not token.marks:
        return token.chars
    length = len(token.chars)
    count = len(token.marks)
    starts: list[int] = []
    for n, (offset, _) in enumerate(token.marks):
        # each takes one letter at least
        start = min(offset, length - count + n)
        starts.append(max(start, starts[-1] + 1 if starts else 0))
    word = re.search(r"\w.*\w|\w", token.chars)
    first, end = word.span() if word else (0, length)
    if starts[0] < first or (count == 1 and token.marks[0][0] == length):
        starts[0] = first if count == 1 or first < starts[1] else 0
    if end <= starts[-1]:
        end = length
    made = token.chars[: starts[0]]
    for (_, number), start, stop in zip(token.marks, starts, [*starts[1:], end], strict=True):
        made += f"[{token.chars[start:stop]}]{{{cues[number]}}}"
    return made + token.chars[end:]
