"""What writers that were killed have left in a folder: known by its name, gone once a day old."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

DAY = 86_400
# what `write_atomically` and `film.assemble` write to at first
_UNFINISHED = re.compile(r"\..+-(\w{8}|\d+\.part\.mp4)")


def old(paths: Iterable[Path]) -> Iterator[Path]:
    """Those that nobody has written to for a day; what is younger may still be somebody's."""
    before = time.time() - DAY
    return (path for path in paths if path.lstat().st_mtime < before)


def sweep(folder: Path) -> None:
    """Remove what is left of files that were never finished, in a folder and all below it."""
    for path in old(p for p in folder.rglob(".*") if _UNFINISHED.fullmatch(p.name)):
        path.unlink(missing_ok=True)
