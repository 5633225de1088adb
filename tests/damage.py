"""A small film whose cache is damaged, or that is rendered by many at once."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from explainer.cache.locks import LOCK_TIMEOUT
from project import ROOT, TINY, Project

FILM = ("film", "--quality", TINY, "--voice", "tone")
ORDERS: tuple[tuple[str, ...], ...] = (
    FILM,
    ("preview", "dots.one", *FILM[1:]),
    (*FILM, "--aspect", "1:1"),
    (*FILM, "--labels", "none"),
    ("preview", "dots", *FILM[1:]),
    (*FILM, "--burn-in", "--aspect", "9:16"),
    ("check", "--voice", "tone"),
    ("plan", "--quality", TINY, "--voice", "tone"),
)


def _flipped(content: bytes) -> bytes:
    at = len(content) // 2
    return content[:at] + bytes([content[at] ^ 4]) + content[at + 1 :]


def _older(content: bytes) -> bytes:
    """A note as another version would have written it; any other file with another head."""
    try:
        record = json.loads(content)
    except ValueError:
        return b"version 0\n" + content
    return json.dumps({**record, "format": 0, "seal": "0" * 64}).encode()


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "a bit flipped": _flipped,
    "cut off": lambda content: content[: len(content) // 2],
    "emptied": lambda _: b"",
    "of another version": _older,
}


def parts(project: Project) -> dict[str, list[Path]]:
    """The kept parts of a project by kind, without their notes."""
    found: dict[str, list[Path]] = {}
    for note in sorted((project.folder / ".explainer-cache").glob("*/??/*.recipe.json")):
        (part,) = set(note.parent.glob(note.name.removesuffix("recipe.json") + "*")) - {note}
        found.setdefault(note.parent.parent.name, []).append(part)
    return found


def note_of(part: Path) -> Path:
    return part.with_suffix(".recipe.json")


def swap(one: Path, other: Path) -> None:
    content = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(content)


def outputs(project: Project) -> dict[str, str]:
    """A checksum of every file that renders have made."""
    build = project.folder / "build"
    return {
        str(path.relative_to(build)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(build.rglob("*"))
        if path.is_file() and path.name != ".explainer-written"
    }


def run(project: Project, order: Sequence[str]) -> subprocess.Popen[str]:
    """Begin a command in the project's folder."""
    command = [sys.executable, str(ROOT / "render.py"), *order]
    return subprocess.Popen(
        command, cwd=project.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def at_once(project: Project, orders: Sequence[Sequence[str]]) -> list[tuple[int, str]]:
    """Run commands at the same time; each one's exit code and what it said."""
    running = [run(project, order) for order in orders]
    told = [process.communicate(timeout=10 * LOCK_TIMEOUT)[0] for process in running]
    return [(process.returncode, said) for process, said in zip(running, told, strict=True)]
