"""Music and effects as a script names them: a file name in, the file inside assets/ out."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

LARGEST = 256 << 20
"""Bytes that a sound file may have."""
SOUNDS = (".flac", ".wav", ".ogg", ".opus", ".mp3", ".m4a")


@dataclass(frozen=True, slots=True)
class Music:
    """A bed under the whole film, `below` decibels under the voice where nobody speaks."""

    bed: str
    below: float


def find(assets: Path, name: str) -> Path:
    """The sound file `name` of the assets folder; folders in the name are parted by slashes.

    Raises:
        ValueError: if it lies elsewhere, also by way of a link, is no sound, is not there or is
            called otherwise (some disks take capitals and accents for each other), or is too large.
    """
    path = assets / name
    try:
        # assets/ may itself be a link, but not one out of the project
        inside = path.resolve().is_relative_to(assets.resolve())
        inside = inside and assets.resolve().is_relative_to(assets.parent.resolve())
        if PurePosixPath(name).is_absolute() or ".." in path.parts or not inside:
            raise ValueError(f"“{name}” does not lie inside assets/")
        if path.suffix.lower() not in SOUNDS:
            raise ValueError(f"“{name}” is no sound file ({', '.join(SOUNDS)})")
        if not path.is_file():
            raise ValueError(f"there is no assets/{name}")
        for part in (path, *path.parents):
            if part == assets:
                break
            _only(part, name)
        if path.stat().st_size > LARGEST:
            raise ValueError(f"assets/{name} is larger than {LARGEST >> 20} MiB")
    except (OSError, RuntimeError) as error:  # a name too long, links that lead to each other
        raise ValueError(f"there is no assets/{name}: {error}") from None
    return path


def _only(path: Path, name: str) -> None:
    """Make sure that a file is called just so, and that no other's name is taken for its own."""
    alike = [
        other.name for other in path.parent.iterdir() if _folded(other.name) == _folded(path.name)
    ]
    if path.name not in alike:
        raise ValueError(f"there is no assets/{name}; is “{alike[0]}” meant?")
    if len(alike) > 1:
        names = " and ".join(sorted(alike))
        raise ValueError(f"{names} are one name on many disks: rename one")


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
