"""The command line: parses it, runs one command, turns errors into messages and exit codes."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import signal
import sys
import threading
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext, redirect_stdout
from pathlib import Path
from typing import Any

from explainer import __version__
from explainer.cache import leftovers
from explainer.errors import ExplainerError, MissingTool, ScriptError, VoiceError, program, text_of
from explainer.frame_format import ASPECTS, QUALITIES

INTERRUPTED = 130

_EPILOG = """\
exit codes: 0 done, 1 a check or verification failed, 2 usage or script, 3 a tool, font or voice
is missing, 4 voice or network, 5 a scene failed, 130 interrupted, 143 terminated"""


class _Parser(argparse.ArgumentParser):
    """argparse, with its errors in this program's form."""

    def error(self, message: str) -> None:  # type: ignore[override]
        raise ScriptError.of(message, f"see: {self.prog} --help")


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    common = _Parser(add_help=False)
    add = common.add_argument
    add("--script", type=Path, default=Path("script.yaml"), metavar="FILE", help="the script")
    add("--json", action="store_true", help="one JSON object on stdout, messages on stderr")
    drawn = _Parser(add_help=False)
    add = drawn.add_argument
    names = " | ".join(QUALITIES)
    add("--quality", default="", metavar="NAME", help=f"{names} | WIDTHxHEIGHT@FPS")
    add("--aspect", default="16:9", metavar="W:H", help=" | ".join(ASPECTS))
    add("--burn-in", action="store_true", help="draw the captions into the picture")
    text = "none leaves all texts out of the picture, so that one serves several languages"
    add("--labels", choices=("all", "none"), default="all", help=text)
    tongue = _Parser(add_help=False)
    text = "the language, or several: en,es,de; each has its script.<language>.yaml"
    tongue.add_argument("--lang", default="", metavar="TAG[,TAG…]", help=text)
    spoken = _Parser(add_help=False, parents=[tongue])
    spoken.add_argument("--voice", action="append", metavar="NAME", help="in place of the script's")

    manned = _Parser(add_help=False)
    text = "let the workers of a Dask scheduler draw, as at tcp://10.0.0.5:8786"
    manned.add_argument("--cluster", default="", metavar="ADDRESS", help=text)
    timed = _Parser(add_help=False)
    add = timed.add_argument
    add(
        "--min-timing",
        choices=("engine", "aligned", "estimated"),
        default="estimated",
        help="fail if a word's time is known less well than this",
    )
    fitted = _Parser(add_help=False)
    text = "if the film is over its limit, let the voice speak faster, at most 1.12 times"
    fitted.add_argument("--fit", action="store_true", help=text)

    shown = _Parser(add_help=False)
    add = shown.add_argument
    add("--single-file", action="store_true", help="put the film into its page")
    add("--youtube", action="store_true", help="write what an upload needs as well")

    top = _Parser(prog=shlex.join(program()), description=__doc__, epilog=_EPILOG)
    top.add_argument("--version", action="version", version=__version__)
    commands = top.add_subparsers(dest="command", metavar="COMMAND", parser_class=_Parser)

    def command(name: str, text: str, *parents: _Parser) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=text, description=text, parents=[common, *parents])

    every = (drawn, spoken, timed)
    command("film", "render the film (the default)", *every, fitted, manned, shown)
    text = "render many films, and languages, at once"
    one = command("batch", text, *every, fitted, manned, shown)
    one.add_argument("scripts", type=Path, metavar="FILE", nargs="+")
    one = command("preview", "a fast draft of one scene or line, with voice", *every, manned)
    one.add_argument("selection", metavar="SCENE[.LINE]")
    text = "show a draft in the browser, and draw again what a saved file touches"
    one = command("watch", text, *every)
    one.add_argument("selection", metavar="SCENE[.LINE]", nargs="?", default="")
    text = "where on this machine the page is served; any free port if not said"
    one.add_argument("--port", type=int, default=0, metavar="N", help=text)
    text = "script, cues, sources, length and captions; draws nothing"
    command("check", text, spoken, timed, fitted)
    command("plan", "what a render would redo, and why", drawn, spoken)
    one = command("say", "hear a line, or all, and see what is spoken", spoken)
    one.add_argument("selection", metavar="LINE", nargs="?", default="")
    one = command("still", "one frame, at the end of a line or at a cue", drawn, spoken)
    one.add_argument("moment", metavar="LINE[@CUE]")
    one = command("sheet", "one picture per cue, on one sheet", drawn, spoken)
    one.add_argument("selection", metavar="SCENE[.LINE]", nargs="?", default="")
    one = command("verify", "measure a finished film")
    one.add_argument("film", type=Path, metavar="FILE")
    command(
        "page", "rebuild the page of a film that is there, and nothing else", drawn, tongue, shown
    )
    command("voices", "which voices there are, and which can speak now")
    command("doctor", "whether this machine has all that a render needs")
    one = command("clean", "remove what is kept for reuse")
    one.add_argument("--all", action="store_true", help="remove the finished films as well")
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; gives its exit code."""
    # pydub looks for the ffmpeg program when it is imported; nothing here asks it to use one
    warnings.filterwarnings("ignore", "Couldn't find ff", RuntimeWarning)
    warnings.filterwarnings("ignore", "'audioop' is deprecated", DeprecationWarning)
    _stand_in()
    args = list(sys.argv[1:] if argv is None else argv)
    as_json = "--json" in args
    options = argparse.Namespace(script=Path())
    try:
        if not args or (args[0].startswith("-") and args[0] not in ("-h", "--help", "--version")):
            args.insert(0, "film")
        options = parser().parse_args(args)
        # what a scene prints must not mix with the one object
        with _heeding(), redirect_stdout(sys.stderr) if as_json else nullcontext():
            from explainer import commands

            code, answer = commands.RUN[options.command](options)
        if as_json:
            print(json.dumps(answer, ensure_ascii=False))
        return code
    except ExplainerError as error:
        print(text_of(error), file=sys.stderr)
        if isinstance(error, VoiceError):
            print(f"lines spoken so far are kept; go on with: {_again(args)}", file=sys.stderr)
        if as_json:
            problems = [
                {"what": p.what, "where": str(p.place or ""), "remedy": p.remedy}
                for p in error.problems
            ]
            print(json.dumps({"error": problems}, ensure_ascii=False))
        return error.exit_code
    except KeyboardInterrupt as error:
        for script in (options.script, *getattr(options, "scripts", ())):
            leftovers.drop(script.parent)
        print(f"interrupted; what is finished is kept. Go on with: {_again(args)}", file=sys.stderr)
        return error.args[0] if error.args else INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        print(f"{where}{error.strerror or text_of(error)}", file=sys.stderr)
        print(
            "  → an older film is left as it was; make room or access, and try again",
            file=sys.stderr,
        )
        return MissingTool.exit_code


def _stand_in() -> None:
    """Take an empty stream for each standard one that is closed, and the usual PATH for none.

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


@contextmanager
def _heeding() -> Iterator[None]:
    """Within this, a request to end is heeded as Ctrl-C is: nothing is left half-done."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(number: int, _frame: Any) -> None:
        raise KeyboardInterrupt(128 + number)

    # who ignores one, as under nohup, goes on doing so
    heeded = [s for s in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(s) is signal.SIG_DFL]
    try:
        for number in heeded:
            signal.signal(number, end)
        yield
    finally:
        for number in heeded:
            signal.signal(number, signal.SIG_DFL)


def _again(args: Sequence[str]) -> str:
    """The command that was given."""
    return shlex.join([*program(), *args])
