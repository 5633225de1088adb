"""Shared libraries of engines that are written in C."""

from __future__ import annotations

import ctypes
import sys

from explainer.errors import EnvironmentProblem


def load_library(stem: str, remedy: str) -> ctypes.CDLL:
    """The shared library `lib<stem>` as Debian (.so.1) or Homebrew (.dylib) installs it.

    Raises:
        EnvironmentProblem: with `remedy`, if it cannot be loaded.
    """
    names = [f"lib{stem}.so.1"]
    if sys.platform == "darwin":
        names = [f"{d}lib{stem}.dylib" for d in ("", "/opt/homebrew/lib/", "/usr/local/lib/")]
    for name in names:
        try:
            return ctypes.CDLL(name, mode=ctypes.RTLD_GLOBAL)
        except OSError:
            continue
    raise EnvironmentProblem.of(f"the library lib{stem} is not installed", remedy)
