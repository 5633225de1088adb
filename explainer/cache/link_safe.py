"""Files opened but links not followed: a path and flags in, the number of the open file out.

A system that lacks a flag does without it; where links cannot be refused as a file is opened, as on
Windows, it is looked at first.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path

_NO_FOLLOW: int = getattr(os, "O_NOFOLLOW", 0)
# programs that this one starts do not get the file, and its bytes are not changed for text
_ALWAYS: int = (
    getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOINHERIT", 0) | getattr(os, "O_BINARY", 0)
)
NO_WAIT: int = getattr(os, "O_NONBLOCK", 0)
"""Do not wait for who is at the other end of a pipe."""


def open_no_link(path: Path, flags: int, mode: int = 0o666) -> int:
    """The number of the file, which is open as the flags of `os.open` say.

    Raises:
        OSError: with ELOOP if it is a link; whatever `os.open` raises.
    """
    if not _NO_FOLLOW and path.is_symlink():
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
    return os.open(path, flags | _NO_FOLLOW | _ALWAYS, mode)
