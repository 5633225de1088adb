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

from explainer import outputs
from explainer.cache.store import FOLDER
from explainer.cli.arguments import Options
from explainer.cli.output import CommandResult, echo
from explainer.cli.voice_choice import Choice, choices
from explainer.errors import EnvironmentProblem, ExplainerError, command, error_text
from explainer.media import ffmpeg_cli
from explainer.script import latex, scene_source
from explainer.script.loader import load
from explainer.voices.registry import OFFLINE_VOICES, create_engine

OLDEST_PYTHON = (3, 11)
NEWEST_PYTHON = (3, 14)
"""The first and the last minor version of Python with which a render works."""

Check = Callable[[], str]
"""Looks at one thing that a render needs: returns what is there, or raises an ExplainerError."""


def run(options: Options) -> CommandResult:
    """What a render needs of this machine, with the command that installs what is missing."""
    folder = options.script.resolve().parent
    if not options.script.is_file():
        echo(options, f"there is no {options.script}: only what every film needs is looked at")
    voices = _script_voices(options.script)
    checks: list[tuple[str, Check]] = [
        ("python", _python),
        ("manim", _manim),
        ("ffmpeg", ffmpeg_cli.version),
        *((f"voice {name}", _voice_check(name)) for name in voices or OFFLINE_VOICES),
        *((f"speech {each.language}", _speech_check(each)) for each in _choices(options.script)),
        ("fonts", lambda: _fonts(folder)),
        ("folder", lambda: _writable(folder)),
    ]
    if _sets_formulas(folder):
        checks.append(("latex", _latex))
    # of several voices one may take another's place; whether any speaks is a check of its own
    spare = {f"voice {name}" for name in voices} if len(voices) > 1 else set()
    answers: dict[str, dict[str, bool | str]] = {}
    exit_code = 0
    for name, check in checks:
        needed = name not in spare
        try:
            about = check()
            mark = "ok     "
        except ExplainerError as error:
            about = error_text(error)
            mark = "MISSING" if needed else "not now"
            if needed:
                exit_code = EnvironmentProblem.exit_code
        answers[name] = {"ok": mark == "ok     ", "needed": needed, "about": about}
        echo(options, f"{mark} {name:14} {about}")
    return exit_code, {"tools": answers}


def _sets_formulas(folder: Path) -> bool:
    """Whether a scene of the film uses LaTeX; of a scene that is no Python, `check` says so."""
    for file in (folder / "scenes").glob("*.py"):
        with suppress(ExplainerError, OSError):
            if scene_source.read_scene(file, file.name).formulas:
                return True
    return False


def _latex() -> str:
    if lacks := latex.missing():
        raise EnvironmentProblem.of(f"{' and '.join(lacks)} cannot be found", latex.INSTALL)
    return "latex and dvisvgm are here"


def _script_voices(path: Path) -> tuple[str, ...]:
    """The voices that a script asks for; none if it cannot be read, which `check` tells."""
    try:
        return load(path, check_scenes=False).voices
    except ExplainerError:
        return ()


def _choices(path: Path) -> list[Choice]:
    """Who speaks each language; nobody of a script or translation that cannot be read."""
    try:
        return choices(path)
    except ExplainerError:
        return []


def _speech_check(choice: Choice) -> Check:
    def check() -> str:
        if not choice.voice:
            reasons = "; ".join(f"{name}: {why}" for name, why in choice.passed)
            what = f"no voice of the script speaks “{choice.language}” now: {reasons}"
            raise EnvironmentProblem.of(what, f"see what would with: {command('voices')}")
        return "; ".join([f"{choice.voice} speaks", *choice.better])

    return check


def _python() -> str:
    if not OLDEST_PYTHON <= sys.version_info[:2] <= NEWEST_PYTHON:
        what = f"Python is {platform.python_version()}; 3.11 to 3.14 is needed"
        raise EnvironmentProblem.of(what, "install it into an environment of one of these")
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


def _voice_check(name: str) -> Check:
    def check() -> str:
        voice = create_engine(name)
        voice.check("en")
        return ", ".join(voice.fingerprint("en").values())

    return check


def _fonts(folder: Path) -> str:
    """The fonts that the film brings, once each is one and those that its scenes name are there."""
    fonts = folder / "assets" / "fonts"
    families: dict[str, str] = {}
    for file in sorted(fonts.glob("*.[ot]tf")):
        try:
            families[file.stem] = str(ImageFont.truetype(str(file)).getname()[0])
        except OSError as error:
            what = f"{file} is no font: {error_text(error)}"
            remedy = f"put the font itself there, or remove {shlex.quote(str(file))}"
            raise EnvironmentProblem.of(what, remedy) from error
    named = _named_fonts(folder)
    missing = sorted(set(named) - set(families.values()))
    if missing:
        import manimpango

        installed = manimpango.list_fonts()
        missing = [name for name in missing if name not in installed]
    if missing:
        what = "; ".join(
            f"there is no font “{name}”, which {named[name]} names" for name in missing
        )
        remedy = f"put its file into {shlex.quote(str(fonts))}, or install it"
        raise EnvironmentProblem.of(what, remedy)
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
    """That files can be made in the film's folder, and in what it has for films and for reuse."""
    for place in (folder, folder / FOLDER, folder / outputs.ROOT):
        try:
            if place == folder or place.exists():
                tempfile.TemporaryFile(dir=place).close()
        except OSError as error:
            what = f"{place} cannot be written: {error.strerror}"
            remedy = f"let it be written: chmod u+w {shlex.quote(str(place))}"
            raise EnvironmentProblem.of(what, remedy) from error
    return f"{folder} can be written"
