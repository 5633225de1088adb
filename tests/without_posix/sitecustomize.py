"""Python as where there is neither fork nor POSIX: on its path, this is run before anything else.

What Windows lacks is taken away, as far as Python itself can do without it on this system.
"""

from __future__ import annotations

import os
import signal
import sys

OF_OS = (
    *("fork", "forkpty", "register_at_fork", "set_blocking", "sched_getaffinity", "sysconf"),
    *("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_DIRECTORY"),
)
OF_SIGNALS = (
    *("SIGALRM", "SIGHUP", "SIGBUS", "ITIMER_REAL"),
    *("setitimer", "pthread_sigmask", "pthread_kill"),
)


class Missing:
    """Finds no module `fcntl`."""

    @staticmethod
    def find_spec(name: str, *_: object) -> None:
        """Refuse that one, and leave others to those who are asked next."""
        if name == "fcntl":
            raise ModuleNotFoundError("No module named 'fcntl'", name=name)


sys.modules.pop("fcntl", None)
sys.meta_path.insert(0, Missing)
for name in OF_OS:
    if hasattr(os, name):
        delattr(os, name)
for name in OF_SIGNALS:
    delattr(signal, name)
for known in (os.supports_dir_fd, os.supports_fd, os.supports_follow_symlinks):
    known.clear()
