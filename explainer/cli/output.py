"""What a command gives back, and how it speaks to a person."""

from __future__ import annotations

import os
import sys
from typing import Any

from explainer.cli.arguments import Options
from explainer.errors import printable

CommandResult = tuple[int, dict[str, Any]]
"""A command's exit code, and what it found out in the form that `--json` prints."""


def echo(options: Options, text: str) -> None:
    """Print a line for a person, unless a program reads along."""
    if not options.json:
        print(printable(text))


def open_closed_streams() -> None:
    """Put an empty stream in place of each standard one that is closed, and a usual PATH for none.

    Else the next file that is opened would be in a stream's place.
    """
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        try:
            os.fstat(number)
        except OSError:
            empty = os.open(os.devnull, os.O_RDWR)
            if empty != number:
                os.dup2(empty, number)
                os.close(empty)
            os.set_inheritable(number, True)
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115
    # packages look for it without asking whether it is there
    os.environ.setdefault("PATH", os.defpath)
