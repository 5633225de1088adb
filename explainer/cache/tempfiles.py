"""Remove temporary files: ours on interruption, those of killed processes after a day.

They are known by their names.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import chain
from multiprocessing import current_process
from pathlib import Path
from secrets import token_bytes

from explainer.cache.ledger import Ledger

DAY = 86_400
"""Seconds."""
_UNFINISHED = re.compile(r"\..+-[0-9a-f]{8}(-[0-9a-f]{8}|\.part\.(mp4|signatures))")
"""Names that `write_atomically` and `mux.assemble` write to at first."""


def process_token() -> str:
    """Part of the name of each temporary file of this process and those that work for it.

    It follows from the key that `multiprocessing` hands on to each process that it begins.
    """
    return sha256(current_process().authkey).hexdigest()[:8]


def have_own_token() -> None:
    """Let this process and those that it begins have another token than its parent."""
    current_process().authkey = token_bytes(32)


def older_than_a_day(paths: Iterable[Path]) -> Iterator[Path]:
    """Files that nobody has written to for a day; younger ones may still be in use."""
    before = time.time() - DAY
    return (path for path in paths if path.lstat().st_mtime < before)


def remove_own(project: Path, token: str = "") -> None:
    """Remove the temporary files of a process from a project's cache and output folders.

    They are found by its `token` in their names, as an interruption may come before a file is
    listed. Without one they are those of this process.
    """
    token = token or process_token()
    roots = [
        root for root in (project / ".explainer-cache", project / "build") if _is_plain_folder(root)
    ]
    for where, folders, files in chain.from_iterable(map(os.walk, roots)):
        for name in folders:
            if token in name:
                shutil.rmtree(Path(where, name), ignore_errors=True)
        for name in files:
            if token in name:
                Path(where, name).unlink(missing_ok=True)


def remove_stale(folder: Path) -> None:
    """Remove files that were never finished and are a day old, in a folder and all below it."""
    ledger = Ledger(folder)
    strays = ledger.strays(time.time() - DAY)
    ledger.remove(*(name for name in strays if _UNFINISHED.fullmatch(Path(name).name)))
    ledger.shorten()


def _is_plain_folder(folder: Path) -> bool:
    return folder.is_dir() and not folder.is_symlink()
