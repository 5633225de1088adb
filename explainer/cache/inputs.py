"""What a part was made from, as seen while it was made: the names of inputs with their states.

An input is a file, the names in a folder, a look whether something is there, an installed package
or program, the system's fonts, a module that was not found, a variable of the environment, a
label's text or the timing of an earlier line. A part may be used again while every one of its
inputs is in the same state.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import stat
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from importlib import metadata
from importlib.machinery import EXTENSION_SUFFIXES, PathFinder
from pathlib import Path
from typing import Any

Inputs = Mapping[str, str]
"""The state of each input by its name, which is a kind and what it is of: `file:scenes/a.py`."""

ABSENT = "absent"
START = "start:"
"""The input that says what state a scene was in as its line began."""
PYTHON = ".".join(platform.python_version_tuple()[:2])
FRESH = 2.0
"""Seconds after a change of a file in which another may leave its time and size as they are."""

_SAID = {
    "file": "{}",
    "folder": "the names in {}",
    "look": "whether {} is there",
    "stat": "size or time of {}",
    "entries": "sizes or times of what is in {}",
    "access": "what may be done with {}",
    "link": "what {} leads to",
    "found": "where module {} is taken from",
    "package": "package {}",
    "module": "whether a module {} is there",
    "hidden": "the modules that files beside the scene hide",
    "variable": "variable {}",
    "label": "label {}",
    "timing": "the timing of line {}",
    "outline": "the titles of the scenes",
    "labels": "the labels of the script",
    "times": "the times of the scene's lines",
    "python": "Python",
    "start": "where the line begins",
    "program": "{}",
    "fonts": "the fonts of the system",
}


def said(name: str) -> str:
    """An input's name in words: `file:scenes/a.py` is `scenes/a.py`."""
    kind, _, rest = name.partition(":")
    return _SAID.get(kind, "{}").format(rest)


def thing(name: str) -> str:
    """What an input is of, in words: `look:scenes/a.py` is `scenes/a.py`."""
    kind, _, rest = name.partition(":")
    return said(name) if kind in ("label", "variable", "package") else rest or said(name)


class Now:
    """The states that inputs have at this moment, for one scene of a film.

    `labels` are the texts that the scene may ask for, `timings` what its lines' times are, both by
    name; `outline` is the scene's index and all titles; `folder` is the film's, to which names of
    files are relative.
    """

    def __init__(
        self,
        folder: Path,
        labels: Mapping[str, Any] | None = None,
        timings: Any = None,
        outline: Any = None,
    ) -> None:
        self.folder = folder
        self.labels, self.timings = labels or {}, timings or {}
        self.outline = outline

    def changed(self, inputs: Inputs) -> list[str]:
        """The names of those inputs that are not as they were.

        Where the line begins (`start:`) follows from the others, and is not looked at.
        """
        compared = (name for name in inputs if name != START)
        return [name for name in compared if self.state(name) != inputs[name]]

    def may_begin_alike(self, inputs: Inputs) -> bool:
        """Whether only earlier lines' times changed, so that a walk may end where it did."""
        changed = self.changed(inputs)
        return bool(inputs.get(START)) and all(name.startswith("timing:") for name in changed)

    def states(self, names: Iterable[str]) -> dict[str, str]:
        """The state of each input that is named."""
        return {name: self.state(name) for name in names}

    def state(self, name: str) -> str:
        """The state of one input; of a kind that is not known, one that is like no other."""
        kind, _, rest = name.partition(":")
        if kind in _AT_A_PATH:
            return _AT_A_PATH[kind](os.path.join(self.folder, rest))
        match kind:
            case "package":
                return package_state(rest)
            case "module":
                return module_state(rest, str(self.folder / "scenes"))
            case "hidden":
                return hidden_state(str(self.folder / "scenes"))
            case "program":
                return program_state(rest)
            case "fonts":
                return fonts_state()
            case "variable":
                return variable_state(rest)
            case "labels":
                return value_state({name: list(texts) for name, texts in self.labels.items()})
            case "label":
                return value_state(list(self.labels[rest])) if rest in self.labels else ABSENT
            case "timing":
                return value_state(self.timings[rest]) if rest in self.timings else ABSENT
            case "outline":
                return value_state(self.outline)
            case "times":
                return value_state(dict(self.timings))
            case "python":
                return PYTHON
        return "unknown"


def value_state(value: Any) -> str:
    """The state of what the engine gives to a scene: a hash of anything that JSON holds."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]


_HASHES: dict[str, tuple[tuple[int, ...], str]] = {}
"""State of this process: hashes of files by path, with what the file's name led to
when it was read."""


def file_state(path: str) -> str:
    """The hash of a file's bytes, or why there are none."""
    try:
        info = os.stat(path)
        if stat.S_ISDIR(info.st_mode):
            return "a folder"
        if not stat.S_ISREG(info.st_mode):
            return "no plain file"
        mark = _mark(info)
        known = _HASHES.get(path)
        if known and known[0] == mark:
            return known[1]
        with open(path, "rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()[:32]
    except (FileNotFoundError, NotADirectoryError):
        return ABSENT
    except OSError as error:
        return f"unreadable: {error.strerror}"
    # a file that has just been written may be written again with the same time and size
    if time.time() - max(info.st_mtime, info.st_ctime) > FRESH:
        _HASHES[path] = mark, digest
    return digest


def mark_of(path: str) -> tuple[int, ...]:
    """What a file cannot keep when it is written or replaced; nothing if it is not there."""
    try:
        return _mark(os.stat(path))
    except (OSError, ValueError):
        return ()


def _mark(info: os.stat_result) -> tuple[int, ...]:
    return info.st_dev, info.st_ino, info.st_size, info.st_mtime_ns, info.st_ctime_ns


def bytes_state(content: bytes) -> str:
    """The state of a file that holds these bytes."""
    return hashlib.sha256(content).hexdigest()[:32]


def folder_state(path: str) -> str:
    """A hash of the names in a folder and which of them are folders, but for compiled Python."""
    try:
        with os.scandir(path) as entries:
            found = sorted([e.name, e.is_dir()] for e in entries if e.name != "__pycache__")
    except (FileNotFoundError, NotADirectoryError):
        return ABSENT
    except OSError as error:
        return f"unreadable: {error.strerror}"
    return value_state(found)


def entries_state(path: str) -> str:
    """A hash of names, sizes and times of what is in a folder, but for compiled Python."""
    try:
        names = sorted(set(os.listdir(path)) - {"__pycache__"})
    except OSError:
        return folder_state(path)
    return value_state([[name, stat_state(os.path.join(path, name))] for name in names])


def access_state(path: str) -> str:
    """What is there by a name, and whether it may be read, written and run."""
    may = "".join(
        letter
        for letter, way in (("r", os.R_OK), ("w", os.W_OK), ("x", os.X_OK))
        if os.access(path, way)
    )
    state = look_state(path)
    return state if state == ABSENT else f"{state}, {may}"


def link_state(path: str) -> str:
    """Where the link of a name leads to; of what is no link, what is there."""
    try:
        return f"a link to {os.readlink(path)}"
    except (OSError, ValueError):
        return look_state(path)


def found_state(path: str) -> str:
    """What a module is taken from by its name in a folder: the end of its file's path."""
    for within in (f"{os.sep}__init__", ""):
        for suffix in (*EXTENSION_SUFFIXES, ".py"):
            if os.path.isfile(f"{path}{within}{suffix}"):
                return f"{within}{suffix}"
    return "a folder" if os.path.isdir(path) else ABSENT


def look_state(path: str) -> str:
    """What is there by a name: a file, a folder, something else or nothing."""
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError):
        return ABSENT
    return "a file" if stat.S_ISREG(mode) else "a folder" if stat.S_ISDIR(mode) else "there"


def stat_state(path: str) -> str:
    """What is there by a name, how large it is and when it was changed."""
    try:
        info = os.stat(path)
    except (OSError, ValueError):
        return ABSENT
    return f"{look_state(path)}, {info.st_size}, {info.st_mtime_ns}"


def package_state(name: str) -> str:
    """The version of an installed package."""
    return _version(name)


@lru_cache(maxsize=4096)
def _version(name: str) -> str:
    # a process cannot load a package in two versions, so it need not look twice
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ABSENT


def program_state(name: str) -> str:
    """The hash of a program that is found by its name; it is not run for its version."""
    path = shutil.which(name)
    return file_state(os.path.realpath(path)) if path else ABSENT


@lru_cache(maxsize=1)
def fonts_state() -> str:
    """A hash of the fonts of the system as Typst finds them, which a process looks up once."""
    try:
        import typst
    except ImportError:
        return ABSENT
    found = typst.Fonts(include_embedded_fonts=False).fonts()
    paths = sorted({font.path for font in found if font.path})
    return value_state([[path, os.path.getsize(path)] for path in paths])


def variable_state(name: str) -> str:
    """A hash of an environment variable; its value may be nobody's business."""
    value = os.environ.get(name)
    return "not set" if value is None else value_state(value)


def module_state(name: str, scenes: str) -> str:
    """Whether a module that a scene looked for in vain is there now."""
    if name in sys.builtin_module_names or name in sys.stdlib_module_names:
        return "there"
    try:
        return "there" if PathFinder.find_spec(name, [scenes, *sys.path]) else ABSENT
    except (ImportError, ValueError, AttributeError):
        return ABSENT


def hidden_state(scenes: str) -> str:
    """The names in a folder of scenes that hide a module of Python or of an installed package."""
    try:
        names = {name.partition(".")[0] for name in os.listdir(scenes)}
    except OSError:
        return ABSENT
    return ", ".join(sorted(names & (sys.stdlib_module_names | packages().keys()))) or "none"


_AT_A_PATH: dict[str, Callable[[str], str]] = {
    "file": file_state,
    "folder": folder_state,
    "look": look_state,
    "stat": stat_state,
    "entries": entries_state,
    "access": access_state,
    "link": link_state,
    "found": found_state,
}
"""The kinds of inputs that are at a path, each with what tells its state."""


def on_disk(name: str) -> bool:
    """Whether an input is of a file or folder."""
    return name.partition(":")[0] in _AT_A_PATH


def files_of(folder: Path, names: Iterable[str]) -> set[Path]:
    """The files in a film's folder that inputs are of: of a folder, all that are in it."""
    found: set[Path] = set()
    for name in names:
        rest = name.partition(":")[2]
        if not on_disk(name) or os.path.isabs(rest):
            continue
        path = folder / rest
        if ".." in path.parts or rest in ("", "."):
            continue
        found.update(plain_files(path) if path.is_dir() else [path] if path.is_file() else [])
    return found


def plain_files(folder: Path) -> list[Path]:
    """All files below a folder, but for compiled Python."""
    found = (path for path in folder.rglob("*") if "__pycache__" not in path.parts)
    return sorted(path for path in found if path.is_file())


@lru_cache(maxsize=1)
def packages() -> dict[str, list[str]]:
    """The installed packages that bring each top-level module, by the module's name."""
    return dict(metadata.packages_distributions())


def named(inputs: Inputs) -> dict[str, str]:
    """Inputs with imported modules (`imported:NAME`) replaced by the packages that bring them."""
    found = {}
    for name, state in inputs.items():
        kind, _, rest = name.partition(":")
        if kind != "imported":
            found[name] = state
            continue
        for package in packages().get(rest, []):
            found[f"package:{package}"] = package_state(package)
    return dict(sorted(found.items()))
