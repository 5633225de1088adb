"""Locks between processes: a file in, an exclusive or a shared lock on it out.

How a system locks files is told in `lock_files`. The process id in the file is for messages only.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from explainer.cache.lock_files import open_lock_file
from explainer.errors import ExplainerError, ScriptError

LOCK_TIMEOUT = 60.0
"""Seconds to wait for a lock that others hold only for a moment."""
_PAUSE = 0.02
"""Seconds between two tries."""

_held = threading.local()
"""State of this process: the locks that each thread holds, as `paths`. It may take one again."""


@contextmanager
def lock(path: Path, timeout: float = LOCK_TIMEOUT) -> Iterator[None]:
    """Acquire the exclusive lock of `path`; a thread that has it goes on at once.

    Raises:
        ScriptError: naming the process that has it, after `timeout` seconds.
        OSError: if the file cannot be written.
    """
    held: set[Path] = _held.__dict__.setdefault("paths", set())
    if path in held:
        yield
        return
    file = open_lock_file(path)
    try:
        deadline = time.monotonic() + timeout
        while not file.try_lock(exclusive=True):
            if time.monotonic() > deadline:
                raise _locked(path.parent, file.holder())
            time.sleep(_PAUSE)
        file.note_holder()
        held.add(path)
        try:
            yield
        finally:
            held.remove(path)
    finally:
        file.close()


class SharedLock:
    """A lock that any number of processes may have at once, until it is closed or collected."""

    def __init__(self, path: Path) -> None:
        """Acquire a shared lock of `path`; blocks while another process has it exclusively.

        Raises:
            OSError: if the file cannot be written.
        """
        while True:
            self._file = open_lock_file(path)
            while not self._file.try_lock(exclusive=False):
                time.sleep(_PAUSE)
            # the process that we waited for may have removed the file, and others lock a new one
            if self._file.is_there():
                return
            self._file.close()

    def try_upgrade(self) -> bool:
        """Make the lock exclusive, if no other process has one; if not, this one may be lost."""
        return self._file.try_lock(exclusive=True)

    def close(self) -> None:
        """Release the lock."""
        self._file.close()

    def __del__(self) -> None:
        if hasattr(self, "_file"):
            self.close()


def _locked(folder: Path, holder: str) -> ExplainerError:
    if not holder:
        return ScriptError.of(f"{folder} is locked by another process", "wait until it is done")
    what = f"{folder} is locked by process {holder}"
    return ScriptError.of(what, f"wait until it is done, or end it with: kill {holder}")
