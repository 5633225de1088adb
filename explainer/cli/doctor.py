"""What a render needs of this machine, and what is missing."""

from __future__ import annotations

import ast
import platform
import shlex
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

from PIL import ImageFont

from explainer.cache import FOLDER
from explainer.cli.arguments import Options
from explainer.cli.output import CommandResult, echo
from explainer.cli.voice_choice import Choice, choices
from explainer.errors import EnvironmentProblem, ExplainerError, command, error_text
from explainer.media import ffmpeg_cli
from explainer.script import latex, scene_source
from explainer.script.loader import load
from explainer.voices import engine

MIN_VERSION, NEWEST = (3, 11), (3, 13)
"""The versions of Python between which a render works."""
OFFLINE = ("flite", "espeak")
"""The voices that every set-up has."""


def run(options: Options) -> CommandResult:
    """What a render needs of this machine, with the command that installs what is missing."""
    folder = options.script.resolve().parent
    if not options.script.is_file():
        echo(options, f"there is no {options.script}: only what every film needs is looked at")
    asked = _asked(options.script)
    tests: list[tuple[str, Callable[[], str]]] = [
        ("python", _python),
        ("manim", _manim),
        ("ffmpeg", ffmpeg_cli.version),
        *((f"voice {name}", _ready(name)) for name in asked or OFFLINE),
        *((f"speech {one.language}", _spoken_by(one)) for one in _choices(options.script)),
        ("fonts", lambda: _fonts(folder)),
        ("folder", lambda: _writable(folder)),
    ]
    if _sets_formulas(folder):
        tests.append(("latex", _latex))
    # of several voices one may take another's place; whether one speaks is a row of its own
    spare = {f"voice {name}" for name in asked} if len(asked) > 1 else set()
    found, missing = {}, False
    for name, test in tests:
        try:
            found[name] = {"ok": True, "needed": name not in spare, "about": test()}
        except ExplainerError as error:
            found[name] = {"ok": False, "needed": name not in spare, "about": error_text(error)}
            missing = missing or name not in spare
        mark = "ok     " if found[name]["ok"] else "not now" if name in spare else "MISSING"
        echo(options, f"{mark} {name:14} {found[name]['about']}")
    return (3 if missing else 0), {"tools": found}


def _sets_formulas(folder: Path) -> bool:
    """Whether a scene of the film is set by LaTeX; a source that is not Python is `check`'s."""
    for file in (folder / "scenes").glob("*.py"):
        with suppress(ExplainerError, OSError):
            if scene_source.read_scene(file, file.name).formulas:
                return True
    return False


def _latex() -> str:
    if lacks := latex.missing():
        raise EnvironmentProblem.of(f"{' and '.join(lacks)} cannot be found", latex.INSTALL)
    return "latex and dvisvgm are here"


def _asked(path: Path) -> tuple[str, ...]:
    """The voices that a script asks for; of one that cannot be read `check` says what is wrong."""
    try:
        return load(path, check_scenes=False).voices
    except ExplainerError:
        return ()


def _choices(path: Path) -> list[Choice]:
    """Who speaks each language; none of a script, or a translation, that cannot be read."""
    try:
        return choices(path)
    except ExplainerError:
        return []


def _spoken_by(one: Choice) -> Callable[[], str]:
    def test() -> str:
        if not one.voice:
            reasons = "; ".join(f"{name}: {why}" for name, why in one.passed)
            what = f"no voice of the script speaks “{one.language}” now: {reasons}"
            raise EnvironmentProblem.of(what, f"see what would with: {command('voices')}")
        return "; ".join([f"{one.voice} speaks", *one.better])

    return test


def _python() -> str:
    if not MIN_VERSION <= sys.version_info[:2] <= NEWEST:
        what = f"Python is {platform.python_version()}; 3.11, 3.12 or 3.13 is needed"
        raise EnvironmentProblem.of(what, "name one with: make setup PYTHON=python3.12")
    return platform.python_version()


def _manim() -> str:
    """Manim's version, once the libraries that it draws with are there."""
    try:
        for name in ("cairo", "manimpango"):
            import_module(name)
        return version("manim")
    except ImportError as error:
        raise EnvironmentProblem.of(
            f"Manim cannot draw: {error_text(error)}", "make setup"
        ) from error


def _ready(name: str) -> Callable[[], str]:
    def test() -> str:
        voice = engine(name)
        voice.check("en")
        return ", ".join(voice.identity("en").values())

    return test


def _fonts(folder: Path) -> str:
    """The fonts that the film brings, once each is one and those that its scenes name are there."""
    place = folder / "assets" / "fonts"
    families: dict[str, str] = {}
    for file in sorted(place.glob("*.[ot]tf")):
        try:
            families[file.stem] = str(ImageFont.truetype(str(file)).getname()[0])
        except OSError as error:
            remedy = f"put the font itself there, or remove {shlex.quote(str(file))}"
            raise EnvironmentProblem.of(
                f"{file} is no font: {error_text(error)}", remedy
            ) from error
    named = _named_fonts(folder)
    lacking = sorted(set(named) - set(families.values()))
    if lacking:
        import manimpango

        lacking = [name for name in lacking if name not in manimpango.list_fonts()]
    if lacking:
        what = "; ".join(
            f"there is no font “{name}”, which {named[name]} names" for name in lacking
        )
        raise EnvironmentProblem.of(
            what, f"put its file into {shlex.quote(str(place))}, or install it"
        )
    return ", ".join(families) or "no own ones; texts are set in the system's"


def _named_fonts(folder: Path) -> dict[str, str]:
    """The fonts that scenes name as plain texts, each with a file that does."""
    found: dict[str, str] = {}
    for file in sorted((folder / "scenes").glob("*.py")):
        with suppress(ExplainerError, OSError):
            for node in ast.walk(scene_source.read_scene(file, file.name).source.tree):
                for value in _font_values(node):
                    if isinstance(value, ast.Constant) and isinstance(value.value, str):
                        found.setdefault(value.value, f"scenes/{file.name}")
    return {name: file for name, file in found.items() if name}


def _font_values(node: ast.AST) -> list[ast.expr]:
    """What a `font=` of a call, or the `fonts` of a class, is set to."""
    if isinstance(node, ast.Call):
        return [word.value for word in node.keywords if word.arg == "font"]
    if isinstance(node, ast.ClassDef):
        return [
            value
            for item in node.body
            if isinstance(item, ast.Assign)
            and any(isinstance(name, ast.Name) and name.id == "fonts" for name in item.targets)
            and isinstance(item.value, ast.Tuple | ast.List)
            for value in item.value.elts
        ]
    return []


def _writable(folder: Path) -> str:
    for part in (folder, folder / FOLDER, folder / "build"):
        try:
            if part == folder or part.exists():
                tempfile.TemporaryFile(dir=part).close()
        except OSError as error:
            what = f"{part} cannot be written: {error.strerror}"
            raise EnvironmentProblem.of(
                what, f"let it be written: chmod u+w {shlex.quote(str(part))}"
            ) from error
    return f"{folder} can be written"
