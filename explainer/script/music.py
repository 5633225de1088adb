"""Music and effects as a script names them: a file name in, the file inside assets/ out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from explainer.script import assets

MAX_SOUND_BYTES = 256 << 20
"""Bytes that a sound file may have."""
SOUNDS = (".flac", ".wav", ".ogg", ".opus", ".mp3", ".m4a")


@dataclass(frozen=True, slots=True)
class Music:
    """A bed under the whole film, `below` decibels under the voice where nobody speaks."""

    bed: str
    below: float


def find(folder: Path, name: str) -> Path:
    """The sound file `name` of the assets folder; folders in the name are parted by slashes.

    Raises:
        ValueError: if it is no sound, or for a reason that `assets.find` has.
    """
    path = assets.find(folder, name, MAX_SOUND_BYTES)
    if path.suffix.lower() not in SOUNDS:
        raise ValueError(f"“{name}” is no sound file ({', '.join(SOUNDS)})")
    return path
