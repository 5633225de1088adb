"""Files that a script names: the assets folder and a name in, the file's path inside it out."""

from __future__ import annotations

import unicodedata
from pathlib import Path, PurePosixPath


def find(folder: Path, name: str, largest: int) -> Path:
    """The file `name` of the assets folder; folders in the name are parted by slashes.

    Raises:
        ValueError: if it lies elsewhere, also by way of a link, is not there or is called
            otherwise (some disks take capitals and accents for each other), is no ordinary file,
            or has more than `largest` bytes.
    """
    path = folder / name
    try:
        # the folder may itself be a link, but not one that leads out of the project
        inside = path.resolve().is_relative_to(folder.resolve())
        inside = inside and folder.resolve().is_relative_to(folder.parent.resolve())
        if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts or not inside:
            raise ValueError(f"“{name}” does not lie inside assets/")
        if not path.is_file():
            raise ValueError(f"there is no assets/{name}")
        for part in (path, *path.parents[: len(PurePosixPath(name).parts) - 1]):
            _alone(part, name)
        if path.stat().st_size > largest:
            raise ValueError(f"assets/{name} has more than {largest} bytes")
    except (OSError, RuntimeError) as error:  # a name too long, links that lead to each other
        raise ValueError(f"there is no assets/{name}: {error}") from None
    return path


def _alone(path: Path, name: str) -> None:
    """Make sure that a file is called just so, and no other is called alike."""
    folded = _folded(path.name)
    alike = sorted(p.name for p in path.parent.iterdir() if _folded(p.name) == folded)
    if path.name not in alike:
        raise ValueError(f"there is no assets/{name}; is “{alike[0]}” meant?")
    if len(alike) > 1:
        raise ValueError(f"{' and '.join(alike)} are one name on many disks: rename one")


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())
