"""Manim's configuration for a film: its `manim.cfg`, the user's, and what `--quality` says.

A film's `manim.cfg` lies beside its script, where plain Manim is given its command; it is read
wherever this one was. Size and speed of the picture are those of `--quality`, as a flag of plain
Manim's has more say than its file; the frame may have other units, if it has the picture's shape.
"""

from __future__ import annotations

import configparser
import re
import sys
from collections.abc import Mapping
from contextlib import chdir
from importlib import import_module
from pathlib import Path
from typing import Any

from explainer.errors import Problem, SceneError, SourceLocation, error_text
from explainer.frame_format import FrameFormat

FILE = "manim.cfg"
SHORT = 8.0
"""Units of the short side of a picture, where nothing says otherwise."""
_REMEDY = "remove it, and render with --quality WIDTHxHEIGHT@FPS"


def load_manim() -> None:
    """Import Manim, but not with the `manim.cfg` of whatever folder this command is given in."""
    if "manim" not in sys.modules:
        with chdir(sys.prefix):
            import_module("manim")


def configure(quality: FrameFormat, texts: str, folder: str = "") -> None:
    """Set Manim's configuration; `texts` is where it writes, `folder` that of the film.

    Raises:
        SceneError: if the film's `manim.cfg` cannot be read, or wants what a film cannot have.
    """
    load_manim()
    from manim import config
    from manim._config.utils import config_file_paths

    general, users, _ = config_file_paths()
    own = Path(folder) / FILE
    parser = configparser.ConfigParser()
    try:
        # opened even if it is not there, for it is noted that this was looked for
        parser.read([general, users, *([own] if folder else [])], encoding="utf-8")
        config.digest_parser(parser)
    except (configparser.Error, ValueError, KeyError, TypeError, OSError) as error:
        raise _unreadable(own, error) from None
    _refuse(parser, own)

    config.pixel_width, config.pixel_height = quality.width, quality.height
    short = min(quality.width, quality.height)
    wanted = parser["CLI"].getfloat("frame_height"), parser["CLI"].getfloat("frame_width")
    high, wide = wanted
    if high is None and wide is None:
        high = SHORT * quality.height / short
    if high is None and wide is not None:
        high = wide * quality.height / quality.width
    assert high is not None
    config.frame_height = high
    config.frame_width = wide if wide is not None else high * quality.width / quality.height
    if not _fits(config, quality):
        what = f"its frame of {config.frame_width:g} by {config.frame_height:g} units has"
        raise _wanted(own, "frame_width", f"{what} another shape than the picture", _REMEDY)
    config.frame_rate = quality.fps
    config.media_dir = texts
    config.verbosity = "ERROR"
    config.progress_bar = "none"
    config.disable_caching = True


def restore_size(quality: FrameFormat, size: Mapping[str, Any], file: Path, folder: Path) -> None:
    """What --quality says of a picture, no scene's configuration may say otherwise.

    Raises:
        SceneError: if it does, with the place in `file` where it is set.
    """
    from manim import config

    wanted = {name: size[name] for name in ("pixel_width", "pixel_height")}
    wanted["frame_rate"] = quality.fps
    set_here = [name for name, value in wanted.items() if config[name] != value]
    if not _fits(config, quality):
        set_here += ["frame_width", "frame_height"]
    if not set_here:
        return
    what = f"config.{set_here[0]} is set, but a film's size and speed are those of --quality"
    raise SceneError(Problem(what, _place(file, set_here[0], folder), _REMEDY))


def _fits(config: Any, quality: FrameFormat) -> bool:
    """Whether the frame has the shape of the picture."""
    shape = float(config.frame_width) / float(config.frame_height)
    return abs(shape * quality.height / quality.width - 1) <= 0.01


def _refuse(parser: configparser.ConfigParser, own: Path) -> None:
    """Refuse what a film cannot have.

    Raises:
        SceneError: with the place where it stands.
    """
    asked = parser["CLI"]
    if asked.get("renderer", raw=True) not in ("cairo", ""):
        what = "a film is drawn by Manim's Cairo renderer, not by OpenGL"
        raise _wanted(own, "renderer", what, "remove the line")
    if asked.get("plugins", raw=True):
        what = "plugins are not loaded from here"
        raise _wanted(own, "plugins", what, "import the plugin in the scene")


def _wanted(own: Path, name: str, what: str, remedy: str) -> SceneError:
    from manim._config.utils import config_file_paths

    paths = [path for path in (own, config_file_paths()[1]) if _names(path, name)]
    path = paths[0] if paths else own
    return SceneError(Problem(what, _place(path, name, own.parent), remedy))


def _names(path: Path, name: str) -> bool:
    return path.is_file() and name in path.read_text("utf-8", errors="replace")


def _unreadable(own: Path, error: Exception) -> SceneError:
    said = " ".join(error_text(error).split())
    number = re.search(r"\[line +(\d+)\]", said)
    place = SourceLocation(FILE, int(number[1]) if number else 1)
    what = f"Manim cannot read {own.name}: {said}"
    return SceneError(Problem(what, place, "mend it, or remove it"))


def _place(path: Path, name: str, folder: Path) -> SourceLocation:
    """The first line of a file that has a name in it."""
    shown = path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)
    lines = path.read_text("utf-8", errors="replace").splitlines() if path.is_file() else []
    named = ((n, line) for n, line in enumerate(lines, 1) if name in line)
    number, text = next(named, (1, ""))
    return SourceLocation(shown, number, 1, text, len(text))
