"""Commands that a running `watch` of the same film carries out: it has all loaded that they need.

It answers only what it makes exactly as the command itself would. Everything else, errors too, the
command does on its own.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from multiprocessing import AuthenticationError
from pathlib import Path
from typing import Any

from explainer import __version__
from explainer.cli.arguments import Options
from explainer.running_watch import connect, find_offer

DRAWN_BY_WATCH = "drawn by the processes that watch keeps waiting"
"""What is said of a picture that a command has not drawn itself."""
DECISIVE = ("EXPLAINER_", "PYTHON", "LC_", "LANG", "XDG_", "FONTCONFIG_", "PATH", "HOME", "TMPDIR")
"""How names of variables begin that decide how this program works, whatever a scene reads."""

Answer = dict[str, Any]
"""What a command found out, in the form that `--json` prints."""


@dataclass(frozen=True, slots=True)
class Request:
    """A command, with the program and the variables that it was given to."""

    options: Options
    program: tuple[str, ...]
    variables: Mapping[str, str]


def ask_watch(options: Options) -> Answer | None:
    """What the running `watch` of a film answers to a command; None if it does not.

    Nobody else may write where it is found, so what it answers is trusted.
    """
    script = options.script.absolute()
    place = find_offer(script.resolve().parent)
    if not place:
        return None
    request = Request(replace(options, script=script), this_program(), dict(os.environ))
    try:
        with closing(connect(place)) as connection:
            connection.send(request)
            answer: Answer | None = connection.recv()
    except (OSError, EOFError, AuthenticationError):
        return None
    return answer


def this_program() -> tuple[str, ...]:
    """What tells this program from another version of it, and from one with other packages."""
    return __version__, str(Path(__file__).resolve()), sys.version, sys.prefix


def works_alike(request: Request) -> bool:
    """Whether a program with a request's variables would do here what it does there."""
    return request.program == this_program() and all(
        request.variables.get(name) == os.environ.get(name)
        for name in {*request.variables, *os.environ}
        if name.startswith(DECISIVE)
    )
