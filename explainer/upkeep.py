"""The commands that look after the machine: which voices speak, what is missing, what to remove."""

from __future__ import annotations

import argparse
import platform
import shutil
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from explainer import judge, narration
from explainer.errors import ExplainerError, MissingTool, printable
from explainer.script import load
from explainer.voices import ENGINES, engine

Answer = tuple[int, dict[str, Any]]
"""A command's exit code, and what it found out in the form that `--json` prints."""


def tell(options: argparse.Namespace, text: str) -> None:
    """Print a line for a person, unless a program reads along."""
    if not options.json:
        print(printable(text))


def voices(options: argparse.Namespace) -> Answer:
    """Every engine, and whether it can speak the script's language here and now."""
    script = load(options.script, drawn=False) if options.script.is_file() else None
    language = script.language if script else "en"
    found = {}
    for name in ENGINES:
        voice = engine(name, narration.setting(script, name) if script else None)
        try:
            voice.check(language)
            about = ", ".join(
                f"{k} {v}" for k, v in voice.identity(language).items() if k != "engine"
            )
            found[name] = {"ready": True, "needs": voice.needs, "about": about}
        except ExplainerError as error:
            found[name] = {"ready": False, "needs": voice.needs, "about": str(error)}
        mark = "ready    " if found[name]["ready"] else "not ready"
        tell(options, f"{name:10} {mark} needs {voice.needs}")
        tell(options, "".join(f"  {row}\n" for row in str(found[name]["about"]).split("\n"))[:-1])
    return 0, {"language": language, "voices": found}


def doctor(options: argparse.Namespace) -> Answer:
    """What a render needs of this machine, with the command that installs what is missing."""
    tests: list[tuple[str, Callable[[], str]]] = [
        ("python", platform.python_version),
        ("manim", lambda: version("manim")),
        ("ffmpeg", judge.version),
        *((f"voice {name}", _ready(name)) for name in ("flite", "espeak")),
        ("fonts", lambda: _fonts(options.script.resolve().parent)),
    ]
    found, missing = {}, False
    for name, test in tests:
        try:
            found[name] = {"ok": True, "about": test()}
        except ExplainerError as error:
            found[name] = {"ok": False, "about": str(error)}
            missing = True
        mark = "ok     " if found[name]["ok"] else "MISSING"
        tell(options, f"{mark} {name:14} {found[name]['about']}")
    return (3 if missing else 0), {"tools": found}


def clean(options: argparse.Namespace) -> Answer:
    """Remove the cache, and with --all the finished films too."""
    folder = options.script.resolve().parent
    removed = []
    for name in (".cache", "build") if options.all else (".cache",):
        if (folder / name).is_dir():
            shutil.rmtree(folder / name)
            removed.append(str(folder / name))
            tell(options, f"removed {folder / name}")
    return 0, {"removed": removed}


def _ready(name: str) -> Callable[[], str]:
    def test() -> str:
        voice = engine(name)
        voice.check("en")
        return ", ".join(voice.identity("en").values())

    return test


def _fonts(folder: Path) -> str:
    found = sorted((folder / "assets" / "fonts").glob("*.[ot]tf"))
    if not found:
        raise MissingTool.of(
            f"no fonts in {folder / 'assets' / 'fonts'}", "restore them: git checkout assets/fonts"
        )
    return ", ".join(file.stem for file in found)
