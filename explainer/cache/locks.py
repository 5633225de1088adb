"""Locks between processes: a file in, the right to go on out; at the end of a process it is free.

The system holds the lock, not the number in the file: that of a process that died, or whose number
another one has by now, is nobody's.
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from explainer.errors import ScriptError, with_filename

# what disks over a network say that know no locks: there, nobody can be kept out
_NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP)
_NO_FILE = "a lock must be a plain file; remove what is there"
PATIENCE = 60.0
"""Seconds of waiting for what others do in a moment."""

_inside = threading.local()
"""State of this process: the locks that each thread holds, as `paths`."""


@contextmanager
def alone(path: Path, patience: float = PATIENCE) -> Iterator[None]:
    """Go on while nobody else is inside with the same `path`; a thread that is goes on at once.

    Raises:
        ScriptError: naming the process that does not let go.
        OSError: if the file cannot be written.
    """
    within: set[Path] = _inside.__dict__.setdefault("paths", set())
    if path in within:
        yield
        return
    with _opened(path) as file:
        until = time.monotonic() + patience
        while not _taken(file, fcntl.LOCK_EX):
            if time.monotonic() > until:
                file.seek(0)
                holder = file.read(20).strip() or "unknown"
                raise ScriptError.of(
                    f"{path.parent} is locked by process {holder}",
                    f"wait until it is done, or end it with: kill {holder}",
                )
            time.sleep(0.02)
        if file.writable():
            with with_filename(path):
                file.truncate(0)
                os.write(file.fileno(), f"{os.getpid()}\n".encode())
        within.add(path)
        try:
            yield
        finally:
            within.remove(path)


class Hold:
    """A hold on a file that any number may have at once, until it is closed or forgotten."""

    def __init__(self, path: Path) -> None:
        """Take hold of `path`; who is `sole` is waited for.

        Raises:
            OSError: if the file cannot be written.
        """
        while True:
            self._file = _opened(path)
            fcntl.flock(self._file, fcntl.LOCK_SH)
            # who was waited for may have removed it, and others hold another one by now
            if path.exists() and os.path.samestat(os.fstat(self._file.fileno()), path.lstat()):
                return
            self._file.close()

    def sole(self) -> bool:
        """Whether nobody else has a hold, and from now on cannot take one; if not, ours may go."""
        return _taken(self._file, fcntl.LOCK_EX)

    def close(self) -> None:
        """Let go."""
        self._file.close()

    def __del__(self) -> None:
        if hasattr(self, "_file"):
            self.close()


def _opened(path: Path) -> IO[str]:
    """A file to lock, made if it is not there; another user's is only read, which is enough.

    Raises:
        OSError: if it can neither be made nor read, or is no file but a pipe or a device.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # a pipe would be waited for, and what a link leads to is not ours to write to
    flags = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        number, mode = os.open(path, flags | os.O_CREAT | os.O_APPEND | os.O_RDWR, 0o666), "a+"
    except PermissionError:
        number, mode = os.open(path, flags | os.O_RDONLY), "r"
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
        raise OSError(errno.EINVAL, _NO_FILE, str(path)) from error
    if not stat.S_ISREG(os.fstat(number).st_mode):
        os.close(number)
        raise OSError(errno.EINVAL, _NO_FILE, str(path))
    return os.fdopen(number, mode, encoding="utf-8")


def _taken(file: IO[str], kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
    return True
