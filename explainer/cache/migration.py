"""Move the parts of an older version, which lay in `.cache` among those of other programs.

They are known by their metadata, and moved once into a folder of our own; nothing else is touched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from explainer.cache import metadata
from explainer.cache.ledger import Ledger

OLD = ".cache"
_KINDS = ("voice", "picture", "sound", "sheet", "still", "poster", "formula")
_NOTE = re.compile(r"[0-9a-f]{30,32}(-[0-9a-f]{24})?\.recipe\.json")


def take_over(old: Path, root: Path, ledger: Ledger) -> int:
    """Move what is ours from the folder `old` to the same places in `root`; how many parts."""
    if old.is_symlink() or not old.is_dir():
        return 0
    latest = old / "latest"
    parts = [file for kind in _KINDS for file in _parts(old / kind)]
    newest = [] if latest.is_symlink() else [f for k in _KINDS for f in _latest(latest / k)]
    for file in [*parts, *(newest if parts else [])]:
        _move(file, old, root, ledger)
    if parts:
        _drop_locks(old)
    return len(parts)


def _drop_locks(old: Path) -> None:
    """Remove the two locks, and the folder, if nothing else is in it."""
    left = {path.name: metadata.read_bytes(path) for path in old.iterdir()}
    if left.keys() <= {"lock", "used"} and all(
        content is not None and re.fullmatch(rb"\d*\n?", content) for content in left.values()
    ):
        for name in left:
            (old / name).unlink()
        with suppress(OSError):
            old.rmdir()


def _move(file: Path, old: Path, root: Path, ledger: Ledger) -> None:
    target = root / file.relative_to(old)
    ledger.begin(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    file.rename(target)
    for folder in file.parents:
        if folder == old:
            break
        with suppress(OSError):  # others are in there
            folder.rmdir()


def _parts(folder: Path) -> Iterator[Path]:
    """The parts that have a note of ours, and after each its note."""
    for note in _files(folder):
        stem = note.name.removesuffix(".recipe.json")
        if not _NOTE.fullmatch(note.name) or metadata.read_metadata(note) is None:
            continue
        for part in note.parent.glob(f"{stem}.*"):
            if part != note and part.is_file() and not part.is_symlink():
                yield part
        yield note


def _latest(folder: Path) -> Iterator[Path]:
    """The newest recipes of slots."""
    for file in _files(folder):
        if file.suffix == ".json" and metadata.read_recipe(file):
            yield file


def _files(folder: Path) -> list[Path]:
    """The plain files below a folder, with no link on the way."""
    found = []
    if not folder.is_symlink() and folder.is_dir():
        for path in folder.iterdir():
            if path.is_symlink():
                continue
            if path.is_dir():
                found += _files(path)
            elif path.is_file():
                found.append(path)
    return sorted(found)
