"""The command line: `main` parses it, runs one command, and turns errors into exit codes."""

from __future__ import annotations

import json
import os
import shlex
import sys
import warnings
from collections.abc import Callable, Sequence
from contextlib import nullcontext, redirect_stdout
from importlib import import_module

from explainer.cli.arguments import Options, parse
from explainer.cli.output import CommandResult, open_closed_streams
from explainer.errors import EnvironmentProblem, ExplainerError, VoiceError, error_text, program
from explainer.interrupts import signals_as_interrupt

INTERRUPTED = 130
"""The exit code after Ctrl-C, as shells have it: 128 and the number of SIGINT."""

MODULES = {"film": "render", "preview": "render"}
"""The modules of the commands whose module has another name."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    # pydub looks for the ffmpeg program when it is imported; nothing here asks it to use one
    warnings.filterwarnings("ignore", "Couldn't find ff", RuntimeWarning)
    warnings.filterwarnings("ignore", "'audioop' is deprecated", DeprecationWarning)
    open_closed_streams()
    args = list(sys.argv[1:] if argv is None else argv)
    as_json = "--json" in args
    options = Options()
    try:
        options = parse(args)
        # with --json, stdout holds one object and nothing that a scene prints
        with signals_as_interrupt(), redirect_stdout(sys.stderr) if as_json else nullcontext():
            code, answer = command_function(options.command)(options)
        if as_json:
            print(json.dumps(answer, ensure_ascii=False))
        return code
    except ExplainerError as error:
        _print_error(error, args, as_json)
        return error.exit_code
    except KeyboardInterrupt as error:
        _remove_unfinished(options)
        resume = resume_command(args)
        print(f"interrupted; what is finished is kept. Go on with: {resume}", file=sys.stderr)
        return error.args[0] if error.args else INTERRUPTED
    except BrokenPipeError:
        # nobody reads stdout any more; what Python still writes there at its end must not fail
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        print(f"{where}{error.strerror or error_text(error)}", file=sys.stderr)
        remedy = (
            "free disk space or fix permissions, then try again; the previous film is unchanged"
        )
        print(f"  → {remedy}", file=sys.stderr)
        return EnvironmentProblem.exit_code


def command_function(command: str) -> Callable[[Options], CommandResult]:
    """The function that runs a command. Its module is imported only now, with all that it needs."""
    module = import_module(f"explainer.cli.{MODULES.get(command, command)}")
    run: Callable[[Options], CommandResult] = module.run
    return run


def _remove_unfinished(options: Options) -> None:
    """Remove the temporary files of this process; what that takes is loaded only now."""
    tempfiles = import_module("explainer.cache.tempfiles")
    for script in (options.script, *options.scripts):
        tempfiles.remove_own(script.parent)


def _print_error(error: ExplainerError, args: Sequence[str], as_json: bool) -> None:
    """Say what is wrong: on stderr for people, and with --json on stdout for programs."""
    print(error_text(error), file=sys.stderr)
    if isinstance(error, VoiceError):
        print(f"lines spoken so far are kept; go on with: {resume_command(args)}", file=sys.stderr)
    if as_json:
        problems = [
            {"what": p.what, "where": str(p.place or ""), "remedy": p.remedy}
            for p in error.problems
        ]
        print(json.dumps({"error": problems}, ensure_ascii=False))


def resume_command(args: Sequence[str]) -> str:
    """The command that was given, as it is typed in a shell."""
    return shlex.join([*program(), *args])
