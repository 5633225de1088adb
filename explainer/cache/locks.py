"""Locks between processes by `flock`: a file in, an exclusive or a shared lock on it out.

The system releases a lock when its process ends, however it ends. The process id in the file is for
messages only.
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

_NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP)
"""Errors of network file systems without locking; we then go on unlocked."""
_NO_FILE = "a lock must be a plain file; remove what is there"
LOCK_TIMEOUT = 60.0
"""Seconds to wait for a lock that others hold only for a moment."""

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
    with _open_lock_file(path) as file:
        deadline = time.monotonic() + timeout
        while not _try_lock(file, fcntl.LOCK_EX):
            if time.monotonic() > deadline:
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
        held.add(path)
        try:
            yield
        finally:
            held.remove(path)


class SharedLock:
    """A lock that any number of processes may have at once, until it is closed or collected."""

    def __init__(self, path: Path) -> None:
        """Acquire a shared lock of `path`; blocks while another process has it exclusively.

        Raises:
            OSError: if the file cannot be written.
        """
        while True:
            self._file = _open_lock_file(path)
            fcntl.flock(self._file, fcntl.LOCK_SH)
            # the process that we waited for may have removed the file, and others lock a new one
            if path.exists() and os.path.samestat(os.fstat(self._file.fileno()), path.lstat()):
                return
            self._file.close()

    def try_upgrade(self) -> bool:
        """Make the lock exclusive, if no other process has one; if not, this one may be lost."""
        return _try_lock(self._file, fcntl.LOCK_EX)

    def close(self) -> None:
        """Release the lock."""
        self._file.close()

    def __del__(self) -> None:
        if hasattr(self, "_file"):
            self.close()


def _open_lock_file(path: Path) -> IO[str]:
    """Open a file to lock, made if it is not there; that of another user only for reading.

    Raises:
        OSError: if it can neither be made nor read, or is no file but a pipe or a device.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # opening a pipe would block, and what a link leads to is not ours to write to
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


def _try_lock(file: IO[str], kind: int) -> bool:
    """Lock a file at once, or say that another process has it; true where there is no locking."""
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
    return True
