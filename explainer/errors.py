"""Errors that say where, what and what to do, and the exit code each one ends in."""

from __future__ import annotations

import re
import shlex
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import ClassVar

MAX_SHOWN_CHARS = 160
"""Characters of a line that are shown; of a longer one, those around the place."""
MAX_LISTED_NAMES, MAX_SIMILAR_NAMES = 40, 6
"""Names to choose from that are all told, and how many if there are more and none is like it."""
# what a terminal would obey rather than show, and what would turn a text around
_CONTROL_CHARS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class SourceLocation:
    """A spot in a text file; `line` and `column` count from 1, `width` is in characters."""

    file: str
    line: int
    column: int = 1
    text: str = ""
    width: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"

    def carets(self) -> str:
        """The line with carets under the words meant, or nothing if the line is not known."""
        if not self.text.strip():
            return ""
        first = (
            max(0, self.column - 1 - MAX_SHOWN_CHARS // 2)
            if len(self.text) > MAX_SHOWN_CHARS
            else 0
        )
        text = self.text[first : first + MAX_SHOWN_CHARS]
        before = text[: self.column - 1 - first]
        pad = "".join("\t" if c == "\t" else " " * _terminal_columns(c) for c in before)
        meant = text[len(before) : len(before) + self.width]
        carets = "^" * max(1, sum(map(_terminal_columns, meant)))
        return f"    {text}\n    {pad}{carets}"


def _terminal_columns(char: str) -> int:
    """The columns of a terminal that a character takes."""
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: what, where (if it has a place) and what to do about it."""

    what: str
    place: SourceLocation | None = None
    remedy: str = ""

    def __str__(self) -> str:
        head = f"{self.place}: {self.what}" if self.place else self.what
        shown = self.place.carets() if self.place else ""
        parts = (head, shown, self.remedy and f"  → {self.remedy}")
        return printable("\n".join(part for part in parts if part))


def printable(text: str) -> str:
    """A text with nothing in it that a terminal would obey: file names and films may hold that."""
    return _CONTROL_CHARS.sub("\N{REPLACEMENT CHARACTER}", text)


def program() -> list[str]:
    """How this program was called, as the words to type; `explainer` if by another program."""
    called = sys.argv[0] if sys.argv else ""
    if Path(called).name == "render.py":
        return ["python", called]
    return ["explainer"]


def command(*words: str) -> str:
    """A command of this program to type: called as it was, for the same script."""
    return shlex.join([*program(), *words, *_script_option(sys.argv[1:])])


def rebuild_command() -> str:
    """The command that makes all anew, without what is kept."""
    return f"{command('clean')} && {command()}"


def _script_option(words: Sequence[str]) -> list[str]:
    """The words that name a script on a command line."""
    for at, word in enumerate(words):
        if word == "--script" and at + 1 < len(words):
            return ["--script", words[at + 1]]
        if word.startswith("--script="):
            return [word]
    return []


def error_text(error: BaseException) -> str:
    """What an exception says, or if that is nothing, as of a time that is over, its class."""
    return str(error).strip() or type(error).__name__


def choose_remedy(meant: str, names: Sequence[str]) -> str:
    """What to do about a name that is none of `names`; of many, those that are like it are told."""
    if len(names) <= MAX_LISTED_NAMES:
        return f"choose one of {', '.join(names)}"
    near = get_close_matches(meant, names) or names[:MAX_SIMILAR_NAMES]
    return f"choose one of {len(names)}, such as {', '.join(near)}"


@contextmanager
def with_filename(path: Path) -> Iterator[None]:
    """An OSError from in here that names no file, as that of a full disk, names `path`."""
    try:
        yield
    except OSError as error:
        if error.filename or not error.errno:
            raise
        raise OSError(error.errno, error.strerror, str(path)) from error


class ExplainerError(Exception):
    """The base of every error meant for a person; holds one or more problems."""

    exit_code: ClassVar[int] = 1

    def __init__(self, *problems: Problem) -> None:
        super().__init__(*problems)
        self.problems = problems

    @classmethod
    def of(cls, what: str, remedy: str = "", place: SourceLocation | None = None) -> ExplainerError:
        """An error with a single problem."""
        return cls(Problem(what, place, remedy))

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


class CheckFailed(ExplainerError):
    """A check or a verification did not pass."""

    exit_code = 1


class ScriptError(ExplainerError):
    """The script, or the command line, cannot be used as it is."""

    exit_code = 2


class EnvironmentProblem(ExplainerError):
    """The machine lacks a tool, a font or a voice; the remedy is the command that installs it."""

    exit_code = 3


class VoiceError(ExplainerError):
    """A voice, or the network it needs, failed."""

    exit_code = 4


class SceneError(ExplainerError):
    """A scene failed while it was drawn."""

    exit_code = 5
