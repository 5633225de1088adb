"""One frame of a film as a PNG."""

from __future__ import annotations

import sys
from importlib import import_module

from explainer.cli.arguments import Options
from explainer.cli.asking import DRAWN_BY_WATCH, ask_watch
from explainer.cli.output import CommandResult, echo


def run(options: Options) -> CommandResult:
    """Draw one frame: the last of a line, or the one at a cue.

    What draws is loaded only if no running `watch` of the film, which has it loaded, does so.
    """
    answer = ask_watch(options)
    if answer:
        print(DRAWN_BY_WATCH, file=sys.stderr)
    else:
        answer = import_module("explainer.cli.one_frame").draw_frame(options)
    echo(options, answer["still"])
    return 0, answer
