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
"""Characters of a source line that a message shows; of a longer line, those around the place."""
MAX_LISTED_NAMES = 40
"""Names to choose from that a remedy lists in full."""
MAX_EXAMPLE_NAMES = 6
"""Names that a remedy gives where there are more than that, and none is similar."""
# control characters, which a terminal would act on, and those that reverse the text's direction
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
        """The source line with carets below the place, or "" if the line is not known."""
        if not self.text.strip():
            return ""
        first = 0
        if len(self.text) > MAX_SHOWN_CHARS:
            first = max(0, self.column - 1 - MAX_SHOWN_CHARS // 2)
        text = self.text[first : first + MAX_SHOWN_CHARS]
        before = text[: self.column - 1 - first]
        pad = "".join("\t" if c == "\t" else " " * _terminal_columns(c) for c in before)
        meant = text[len(before) : len(before) + self.width]
        carets = "^" * max(1, sum(map(_terminal_columns, meant)))
        return f"    {text}\n    {pad}{carets}"


def _terminal_columns(char: str) -> int:
    """How many columns of a terminal a character takes: 0, 1 or 2."""
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: what, where (None if nowhere in a file) and what to do about it."""

    what: str
    place: SourceLocation | None = None
    remedy: str = ""

    def __str__(self) -> str:
        head = f"{self.place}: {self.what}" if self.place else self.what
        shown = self.place.carets() if self.place else ""
        parts = (head, shown, self.remedy and f"  → {self.remedy}")
        return printable("\n".join(part for part in parts if part))


def counted(count: int, noun: str) -> str:
    """A number and what it counts, as in “1 scene” and “2 scenes”."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def printable(text: str) -> str:
    """A text without control characters; file names and films of strangers may hold some."""
    return _CONTROL_CHARS.sub("\N{REPLACEMENT CHARACTER}", text)


def program() -> list[str]:
    """How this program was called, as words to type; `explainer` if another program called it."""
    called = sys.argv[0] if sys.argv else ""
    if Path(called).name == "render.py":
        return ["python", called]
    return ["explainer"]


def command(*words: str) -> str:
    """A command line of this program to type: called in the same way, for the same script."""
    return shlex.join([*program(), *words, *_script_option(sys.argv[1:])])


def rebuild_command() -> str:
    """The command line that makes everything again without the cache."""
    return f"{command('clean')} && {command()}"


def _script_option(words: Sequence[str]) -> list[str]:
    """The option of a command line that names the script, if it is there."""
    for at, word in enumerate(words):
        if word == "--script" and at + 1 < len(words):
            return ["--script", words[at + 1]]
        if word.startswith("--script="):
            return [word]
    return []


def error_text(error: BaseException) -> str:
    """What an exception says, or the name of its class if it says nothing, as a TimeoutError."""
    return str(error).strip() or type(error).__name__


def choose_remedy(meant: str, names: Sequence[str]) -> str:
    """The remedy for a name that is none of `names`; of many names, it gives the similar ones."""
    if len(names) <= MAX_LISTED_NAMES:
        return f"choose one of {', '.join(names)}"
    examples = get_close_matches(meant, names) or names[:MAX_EXAMPLE_NAMES]
    return f"choose one of {len(names)}, such as {', '.join(examples)}"


@contextmanager
def with_filename(path: Path) -> Iterator[None]:
    """Add `path` to an OSError raised inside that names no file, such as that of a full disk."""
    try:
        yield
    except OSError as error:
        if error.filename or not error.errno:
            raise
        raise OSError(error.errno, error.strerror, str(path)) from error


class ExplainerError(Exception):
    """The base of every error meant for a person; holds one or more problems.

    `exit_code` is what the command line then ends with.
    """

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
    """The machine lacks something: a tool, a font, a voice, disk space, permission, a network."""

    exit_code = 3


class VoiceError(ExplainerError):
    """A voice, or the network it needs, failed."""

    exit_code = 4


class SceneError(ExplainerError):
    """A scene failed while it was drawn."""

    exit_code = 5
