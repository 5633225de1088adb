"""Files that a script names: the assets folder and a name in, the path of the file out."""

from __future__ import annotations

import unicodedata
from pathlib import Path, PurePosixPath

MAX_SOUND_BYTES = 256 << 20
"""Size that a sound file may have."""
SOUND_SUFFIXES = (".flac", ".wav", ".ogg", ".opus", ".mp3", ".m4a")
"""What the name of a sound file may end in, in capitals or not."""


def find_asset(folder: Path, name: str, max_bytes: int) -> Path:
    """The file `name` of the assets folder; slashes separate folders in the name.

    Raises:
        ValueError: if it lies elsewhere, also by way of a link, is not there or is called
            otherwise (some disks ignore case and the form of accents), is no ordinary file, or has
            more than `max_bytes` bytes.
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
            _check_spelling(part, name)
        if path.stat().st_size > max_bytes:
            raise ValueError(f"assets/{name} has more than {max_bytes} bytes")
    except (OSError, RuntimeError) as error:  # a name too long, links that lead to each other
        raise ValueError(f"there is no assets/{name}: {error}") from None
    return path


def _check_spelling(path: Path, name: str) -> None:
    """Raise a ValueError unless a file has just this name, and none beside it a similar one."""
    folded = _folded(path.name)
    alike = sorted(p.name for p in path.parent.iterdir() if _folded(p.name) == folded)
    if path.name not in alike:
        raise ValueError(f"there is no assets/{name}; is “{alike[0]}” meant?")
    if len(alike) > 1:
        raise ValueError(f"{' and '.join(alike)} have the same name on many disks: rename one")


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())


def find_sound(folder: Path, name: str) -> Path:
    """The sound file `name` of the assets folder.

    Raises:
        ValueError: if it is no sound, or for a reason that `find_asset` has.
    """
    path = find_asset(folder, name, MAX_SOUND_BYTES)
    if path.suffix.lower() not in SOUND_SUFFIXES:
        raise ValueError(f"“{name}” is not a sound file ({', '.join(SOUND_SUFFIXES)})")
    return path
