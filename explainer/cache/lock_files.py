"""Files to lock: a path in, an open file out that one process may have for itself, or many share.

The system releases a lock when its process ends, however it ends. POSIX systems have `flock`;
elsewhere SQLite locks, which knows how to on each system: the file is then an empty database.
"""

from __future__ import annotations

import errno
import os
import sqlite3
import stat
from pathlib import Path
from types import ModuleType
from typing import IO, Protocol

from explainer.cache.link_safe import NO_WAIT, open_no_link
from explainer.errors import with_filename

fcntl: ModuleType | None
try:
    import fcntl
except ImportError:  # on Windows
    fcntl = None

_NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP)
"""Errors of network file systems without locking; we then go on unlocked."""
_NO_FILE = "a lock must be a plain file; remove what is there"


class LockFile(Protocol):
    """An open file that can be locked."""

    def try_lock(self, exclusive: bool) -> bool:
        """Lock it at once, or say that another process has it; a lock that it has may be lost.

        Raises:
            OSError: if it cannot be locked by anybody.
        """
        ...

    def is_there(self) -> bool:
        """Whether it still lies at its path: who had it before may have removed it."""
        ...

    def note_holder(self) -> None:
        """Write down which process has it, for messages only."""
        ...

    def holder(self) -> str:
        """The process that has it, by its number; empty if that is not known."""
        ...

    def close(self) -> None:
        """Close it, and so release its lock."""
        ...


def open_lock_file(path: Path) -> LockFile:
    """Open a file to lock, made if it is not there; that of another user only for reading.

    Raises:
        OSError: if it can neither be made nor read, or is no file but a link, pipe or device.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    return SqliteFile(path) if fcntl is None else FlockFile(path)


class FlockFile:
    """A file locked by `flock`; the number of the process that has it stands in it."""

    def __init__(self, path: Path) -> None:
        # opening a pipe would block, and what a link leads to is not ours to write to
        appending = os.O_CREAT | os.O_APPEND | os.O_RDWR
        try:
            number, mode = open_no_link(path, NO_WAIT | appending), "a+"
        except PermissionError:
            number, mode = open_no_link(path, NO_WAIT | os.O_RDONLY), "r"
        except OSError as error:
            if error.errno != errno.ELOOP:
                raise
            raise OSError(errno.EINVAL, _NO_FILE, str(path)) from error
        if not stat.S_ISREG(os.fstat(number).st_mode):
            os.close(number)
            raise OSError(errno.EINVAL, _NO_FILE, str(path))
        self._path = path
        self._file: IO[str] = os.fdopen(number, mode, encoding="utf-8")

    def try_lock(self, exclusive: bool) -> bool:
        """Lock it at once, if no other process has it."""
        assert fcntl is not None
        kind = fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH
        try:
            fcntl.flock(self._file, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError as error:
            # what is shared keeps others from removing it, which must hold
            if error.errno not in _NO_LOCKS or not exclusive:
                raise
        return True

    def is_there(self) -> bool:
        """Whether it still lies at its path."""
        own = os.fstat(self._file.fileno())
        return self._path.exists() and os.path.samestat(own, self._path.lstat())

    def note_holder(self) -> None:
        """Write this process's number into it."""
        if self._file.writable():
            with with_filename(self._path):
                self._file.truncate(0)
                os.write(self._file.fileno(), f"{os.getpid()}\n".encode())

    def holder(self) -> str:
        """The number that stands in it."""
        self._file.seek(0)
        return self._file.read(20).strip()

    def close(self) -> None:
        """Close it."""
        self._file.close()


class SqliteFile:
    """A file locked as a database by SQLite, which writes nothing into it."""

    def __init__(self, path: Path) -> None:
        if os.path.lexists(path):
            info = path.lstat()
            if not stat.S_ISREG(info.st_mode):
                raise OSError(errno.EINVAL, _NO_FILE, str(path))
            if info.st_size:
                # the number of a process, which another system has written
                path.write_bytes(b"")
        self._path = path
        # whichever thread closes it; all waiting is done by who asks
        self._database = sqlite3.connect(
            path, timeout=0, isolation_level=None, check_same_thread=False
        )

    def try_lock(self, exclusive: bool) -> bool:
        """Lock it at once, if no other process has it."""
        orders = ["BEGIN EXCLUSIVE"] if exclusive else ["BEGIN", "SELECT name FROM sqlite_master"]
        self._release()
        try:
            # else there would be a journal beside it
            self._database.execute("PRAGMA journal_mode=MEMORY")
            for order in orders:
                self._database.execute(order).fetchall()
        except sqlite3.OperationalError as error:
            self._release()
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise OSError(errno.EIO, f"it cannot be locked: {error}", str(self._path)) from None
            return False
        return True

    def _release(self) -> None:
        if self._database.in_transaction:
            self._database.execute("ROLLBACK")

    def is_there(self) -> bool:
        """Whether it still lies at its path."""
        return self._path.exists()

    def note_holder(self) -> None:
        """Nothing is written into a database that others have open."""

    def holder(self) -> str:
        """Not known."""
        return ""

    def close(self) -> None:
        """Close it."""
        self._database.close()
