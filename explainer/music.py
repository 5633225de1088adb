"""Music and effects as a script names them: a file name in, the file inside assets/ out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

SOUNDS = (".flac", ".wav", ".ogg", ".opus", ".mp3", ".m4a")


@dataclass(frozen=True, slots=True)
class Music:
    """A bed under the whole film, `below` decibels under the voice where nobody speaks."""

    bed: str
    below: float


def find(assets: Path, name: str) -> Path:
    """The sound file `name` of the assets folder; folders in the name are parted by slashes.

    Raises:
        ValueError: if it lies elsewhere, also by way of a link, is no sound or is not there.
    """
    path = assets / name
    if PurePosixPath(name).is_absolute() or not path.resolve().is_relative_to(assets.resolve()):
        raise ValueError(f"“{name}” does not lie inside assets/")
    if path.suffix.lower() not in SOUNDS:
        raise ValueError(f"“{name}” is no sound file ({', '.join(SOUNDS)})")
    if not path.is_file():
        raise ValueError(f"there is no assets/{name}")
    return path
