"""What writers that were ended have left in a folder, known by its name.

Our own goes as an interruption ends us; that of a killed process goes once it is a day old.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from secrets import token_hex

from explainer.cache.ledger import Ledger

DAY = 86_400
TOKEN = "EXPLAINER_TOKEN"
"""The variable by which a process that works for another is told what is to be `OURS`."""
OURS = os.environ.pop(TOKEN, "") or token_hex(4)
"""Is in the name of whatever this process has not finished; others have names of their own."""
# what `write_atomically` and `mux.assemble` write to at first
_UNFINISHED = re.compile(r"\..+-[0-9a-f]{8}(-[0-9a-f]{8}|\.part\.(mp4|signatures))")


def old(paths: Iterable[Path]) -> Iterator[Path]:
    """Those that nobody has written to for a day; what is younger may still be somebody's."""
    before = time.time() - DAY
    return (path for path in paths if path.lstat().st_mtime < before)


def drop(project: Path) -> None:
    """Remove what this process has not finished of what is kept and built in a project's folder.

    An interruption may come between the making of a file and the noting that it is there.
    """
    own = [root for root in (project / ".explainer-cache", project / "build") if _plain(root)]
    for where, folders, files in chain.from_iterable(map(os.walk, own)):
        for name in folders:
            if OURS in name:
                shutil.rmtree(Path(where, name), ignore_errors=True)
        for name in files:
            if OURS in name:
                Path(where, name).unlink(missing_ok=True)


def sweep(folder: Path) -> None:
    """Remove what is left of files that were never finished, in a folder and all below it."""
    ledger = Ledger(folder)
    strays = ledger.strays(time.time() - DAY)
    ledger.remove(*(name for name in strays if _UNFINISHED.fullmatch(Path(name).name)))
    ledger.shorten()


def _plain(folder: Path) -> bool:
    return folder.is_dir() and not folder.is_symlink()
