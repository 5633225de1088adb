"""The command line in, typed Options out."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from explainer import __version__
from explainer.errors import ScriptError, program
from explainer.export.registry import EXPORTS
from explainer.frame_format import ASPECTS, FRAME_FORMATS, FrameFormat, find_format, with_aspect

if TYPE_CHECKING:
    from explainer.timeline.speech import TimingSource

EPILOG = """\
exit codes: 0 done, 1 a check or verification failed, 2 usage or script, 3 a tool, font or voice
is missing, 4 voice or network, 5 a scene failed, 130 interrupted, 143 terminated"""

TEMPLATES = ("plain", "data", "formula", "upright")
"""The films that `new` writes."""


@dataclass  # argparse keeps what it does not know in an attribute of its own
class Options:
    """What was asked for on the command line, called by its option or its place in the usage.

    What a command does not take, and what is not given, has the default below; an empty `quality`
    stands for the command's own.
    """

    command: str = "film"
    script: Path = Path("script.yaml")
    json: bool = False
    lang: str = ""
    voice: list[str] = field(default_factory=list)
    min_timing: TimingSource = "estimated"
    fit: bool = False
    quality: str = ""
    aspect: str = "16:9"
    burn_in: bool = False
    labels: str = "all"
    cluster: str = ""
    single_file: bool = False
    described: bool = False
    export: list[str] = field(default_factory=list)
    youtube: bool = False
    scripts: list[Path] = field(default_factory=list)
    selection: str = ""
    moment: str = ""
    film: Path = Path()
    folder: Path = Path()
    source: Path = Path()
    to: Path | None = None
    template: str = "plain"
    tag: str = ""
    translation: bool = False
    port: int = 0
    all: bool = False

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages asked for, each once; none means the script's own."""
        return tuple(dict.fromkeys(filter(None, self.lang.split(","))))

    @property
    def exports(self) -> tuple[str, ...]:
        """The names of the exports asked for beside the page, each once."""
        names = [name for given in self.export for name in given.split(",") if name]
        if self.youtube:
            names.append("youtube")
        return tuple(dict.fromkeys(names))

    @property
    def draws_labels(self) -> bool:
        """Whether the script's labels are drawn into the picture."""
        return self.labels == "all"

    def one_language(self) -> str:
        """The one language asked for; empty for the script's own.

        Raises:
            ScriptError: if several are asked for.
        """
        if len(self.languages) > 1:
            what = f"{self.command} takes one language"
            raise ScriptError.of(what, f"as in --lang {self.languages[0]}")
        return self.languages[0] if self.languages else ""

    def frame_format(self, default: str) -> FrameFormat:
        """The size and frame rate asked for, or else those of the quality called `default`.

        Raises:
            ScriptError: if there is no such quality, or the size cannot be drawn.
        """
        return with_aspect(find_format(self.quality or default), self.aspect)


class Parser(argparse.ArgumentParser):
    """argparse, with its errors in this program's form, and defaults left to Options."""

    def __init__(self, **keywords: object) -> None:
        super().__init__(argument_default=argparse.SUPPRESS, **keywords)  # type: ignore[arg-type]

    def error(self, message: str) -> None:  # type: ignore[override]
        """Say what is wrong with the command line.

        Raises:
            ScriptError: always.
        """
        raise ScriptError.of(message, f"see: {self.prog} --help")


def parse(args: Sequence[str]) -> Options:
    """Read a command line; one that names no command renders the film.

    Raises:
        ScriptError: if it cannot be understood.
        SystemExit: after --help and --version.
    """
    args = list(args)
    if not args or (args[0].startswith("-") and args[0] not in ("-h", "--help", "--version")):
        args.insert(0, "film")
    return parser().parse_args(args, namespace=Options())


def parser() -> Parser:
    """The whole command line; what several commands take is put together in parents."""
    script_args = _script_args()
    picture_args = _picture_args()
    language_args = _language_args()
    voice_args = _voice_args(language_args)
    timing_args = _timing_args()
    fit_args = _fit_args()
    cluster_args = _cluster_args()
    export_args = _export_args()
    film_args = (picture_args, voice_args, timing_args)
    whole_film_args = (*film_args, fit_args, cluster_args, export_args)

    top = Parser(
        prog=shlex.join(program()),
        description="Render a narrated explainer from its script and its Manim scenes.",
        epilog=EPILOG,
    )
    top.add_argument("--version", action="version", version=__version__)
    commands = top.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser)

    def command(name: str, about: str, *parents: Parser) -> argparse.ArgumentParser:
        parents = (script_args, *parents)
        return commands.add_parser(name, help=about, description=about, parents=parents)

    film = command("film", "render the film (the default)", *whole_film_args)
    batch = command("batch", "render many films, and languages, at once", *whole_film_args)
    text = "make a film as well in which a second voice says what is to be seen"
    for whole in (film, batch):
        whole.add_argument("--described", action="store_true", help=text)
    batch.add_argument("scripts", type=Path, metavar="FILE", nargs="+")

    about = "a fast draft of one scene or line, with voice"
    preview = command("preview", about, *film_args, cluster_args)
    preview.add_argument("selection", metavar="SCENE[.LINE]")

    about = "show a draft in the browser, and draw again what a saved file touches"
    watch = command("watch", about, *film_args)
    watch.add_argument("selection", metavar="SCENE[.LINE]", nargs="?")
    port_help = "where on this machine the page is served; any free port if not said"
    watch.add_argument("--port", type=int, metavar="N", help=port_help)

    about = "script, cues, sources, length and captions; draws nothing"
    command("check", about, voice_args, timing_args, fit_args)

    command("plan", "what a render would redo, and why", picture_args, voice_args)

    say = command("say", "hear a line, or all, and see what is spoken", voice_args)
    say.add_argument("selection", metavar="LINE", nargs="?")

    about = "one frame, at the end of a line or at a cue"
    still = command("still", about, picture_args, voice_args)
    still.add_argument("moment", metavar="LINE[@CUE]")

    sheet = command("sheet", "one picture per cue, on one sheet", picture_args, voice_args)
    sheet.add_argument("selection", metavar="SCENE[.LINE]", nargs="?")

    verify = command("verify", "measure a finished film")
    verify.add_argument("film", type=Path, metavar="FILE")

    about = "rebuild the page of a film that is there, and nothing else"
    command("page", about, picture_args, language_args, export_args)

    about = "write a small film to begin with, into a new folder"
    new = command("new", about)
    new.add_argument("folder", type=Path, metavar="NAME", help="the folder, and the film's name")
    new.add_argument("--lang", metavar="TAG", help="its language: en, de, es or fr")
    kinds = "what it is like; plain if not said"
    new.add_argument("--template", choices=TEMPLATES, metavar="KIND", help=kinds)

    about = "bring a scene for manim-voiceover over: its script, and the scene as it was"
    port = command("port", about)
    port.add_argument("source", type=Path, metavar="FILE", help="the Python file of the scene")
    to_help = "the new folder of the film; called as the file if not said"
    port.add_argument("--to", type=Path, metavar="FOLDER", help=to_help)
    port.add_argument("--lang", metavar="TAG", help="the language that the scene speaks")
    voice_help = "who speaks it, in place of the usual voices"
    port.add_argument("--voice", action="append", metavar="NAME", help=voice_help)

    translate = command("translate", "write a file with all that is to be translated")
    translate.add_argument("tag", metavar="TAG", help="the language, as in es or pt-BR")

    about = "the JSON Schema of scripts, for editors that check and complete by it"
    schema = command("schema", about)
    schema.add_argument("--translation", action="store_true", help="that of translations")

    command("voices", "which voices there are, and which can speak now")

    command("doctor", "whether this machine has all that a render needs")

    clean = command("clean", "remove what is kept for reuse")
    clean.add_argument("--all", action="store_true", help="remove the finished films as well")
    return top


def _script_args() -> Parser:
    group = Parser(add_help=False)
    group.add_argument("--script", type=Path, metavar="FILE", help="the script")
    text = "one JSON object on stdout, messages on stderr"
    group.add_argument("--json", action="store_true", help=text)
    return group


def _picture_args() -> Parser:
    group = Parser(add_help=False)
    names = " | ".join(FRAME_FORMATS)
    group.add_argument("--quality", metavar="NAME", help=f"{names} | WIDTHxHEIGHT@FPS")
    group.add_argument("--aspect", metavar="W:H", help=" | ".join(ASPECTS))
    text = "draw the captions into the picture"
    group.add_argument("--burn-in", action="store_true", help=text)
    text = "none leaves all texts out of the picture, so that one serves several languages"
    group.add_argument("--labels", choices=("all", "none"), help=text)
    return group


def _language_args() -> Parser:
    group = Parser(add_help=False)
    text = "the language, or several: en,es,de; each has its script.<language>.yaml"
    group.add_argument("--lang", metavar="TAG[,TAG…]", help=text)
    return group


def _voice_args(language_args: Parser) -> Parser:
    group = Parser(add_help=False, parents=[language_args])
    group.add_argument("--voice", action="append", metavar="NAME", help="in place of the script's")
    return group


def _timing_args() -> Parser:
    group = Parser(add_help=False)
    group.add_argument(
        "--min-timing",
        choices=("engine", "aligned", "estimated"),
        help="fail if a word's time is known less well than this",
    )
    return group


def _fit_args() -> Parser:
    group = Parser(add_help=False)
    text = "if the film is over its limit, let the voice speak faster, at most 1.12 times"
    group.add_argument("--fit", action="store_true", help=text)
    return group


def _cluster_args() -> Parser:
    group = Parser(add_help=False)
    text = "let the workers of a Dask scheduler draw, as at tcp://10.0.0.5:8786"
    group.add_argument("--cluster", metavar="ADDRESS", help=text)
    return group


def _export_args() -> Parser:
    group = Parser(add_help=False)
    group.add_argument("--single-file", action="store_true", help="put the film into its page")
    text = f"make these as well, of: {', '.join(EXPORTS)}"
    group.add_argument("--export", action="append", metavar="NAME[,NAME…]", help=text)
    group.add_argument("--youtube", action="store_true", help="the same as --export youtube")
    return group
