"""The kept parts of an older version, which lay in `.cache` among those of other programs.

They are known by their notes, and moved once into a folder of our own; nothing else is touched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from explainer.cache import notes
from explainer.cache.ledger import Ledger

OLD = ".cache"
_KINDS = ("voice", "picture", "sound", "sheet", "still", "poster", "formula")
_NOTE = re.compile(r"[0-9a-f]{30,32}(-[0-9a-f]{24})?\.recipe\.json")


def take_over(old: Path, root: Path, ledger: Ledger) -> int:
    """Move what is ours from the folder `old` to the same places in `root`; how many parts."""
    if old.is_symlink() or not old.is_dir():
        return 0
    count = 0
    for kind in _KINDS:
        for file in _parts(old / kind):
            _move(file, old, root, ledger)
            count += 1
        for file in _latest(old / "latest" / kind):
            _move(file, old, root, ledger)
    for name in ("lock", "used"):
        file = old / name
        content = notes.read(file) if count else None
        if content is not None and re.fullmatch(rb"\d*\n?", content):
            file.unlink()
    if count:
        _drop_empty(old)
    return count


def _move(file: Path, old: Path, root: Path, ledger: Ledger) -> None:
    target = root / file.relative_to(old)
    target.parent.mkdir(parents=True, exist_ok=True)
    ledger.begin(target)
    file.rename(target)


def _parts(folder: Path) -> Iterator[Path]:
    """The parts that have a note of ours, and after each its note."""
    for note in _files(folder):
        stem = note.name.removesuffix(".recipe.json")
        if not _NOTE.fullmatch(note.name) or notes.note(note) is None:
            continue
        for part in note.parent.glob(f"{stem}.*"):
            if part != note and part.is_file() and not part.is_symlink():
                yield part
        yield note


def _latest(folder: Path) -> Iterator[Path]:
    """The newest recipes of slots."""
    for file in _files(folder):
        if file.suffix == ".json" and notes.recipe(file):
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


def _drop_empty(folder: Path) -> None:
    """Remove the folders that are empty now, the outermost last."""
    for kind in (*_KINDS, "latest"):
        for inside in sorted((folder / kind).rglob("*"), reverse=True):
            if inside.is_dir() and not inside.is_symlink():
                with suppress(OSError):
                    inside.rmdir()
        with suppress(OSError):
            (folder / kind).rmdir()
    with suppress(OSError):
        folder.rmdir()
