"""What this process may take of the machine: processors and memory, as the system grants them.

A container or a batch queue often grants less than the machine has; whoever takes more is slowed
down or killed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from math import ceil
from pathlib import Path

GROUPS = Path("/sys/fs/cgroup")
"""Where Linux shows its control groups."""
MAIN = 400_000_000
"""Bytes that the process which speaks, mixes and joins may need itself."""
UNKNOWN = 1 << 62
"""Bytes of memory where the system does not say how much there is."""
START_METHOD = "forkserver" if hasattr(os, "fork") else "spawn"
"""How processes that draw begin: forked from one that has loaded Manim, or each on its own."""
FORKS = hasattr(os, "fork") and sys.platform != "darwin"
"""Whether a process that has drawn may be forked; Apple's text libraries forbid it."""

CHECKOUT = Path(__file__).resolve().parents[1] / "Makefile"
"""Is there in a checkout of the project, and not where it was installed as a package."""


def install_command(extra: str, target: str = "") -> str:
    """What installs the packages of an extra: pip, in a checkout by make if it has a target."""
    if not CHECKOUT.is_file():
        return f"pip install 'narrated-explainer[{extra}]'"
    by_pip = f"pip install '.[{extra}]'"
    return f"make {target}   (or: {by_pip})" if target else by_pip


def cpu_count() -> int:
    """How many processors this process may keep busy: those it may run on, within its quota."""
    try:
        allowed = len(os.sched_getaffinity(0))
    except AttributeError:  # neither on macOS nor on Windows
        allowed = os.cpu_count() or 1
    return max(1, min([allowed, *(ceil(quota) for quota in _quotas())]))


def available_memory() -> int:
    """Bytes that this process and those it starts may take now, or `UNKNOWN`."""
    return max(0, min([_free(), *_rooms()]))


def process_count(each: int) -> int:
    """How many processes of so many bytes may work side by side; one, however little there is."""
    return max(1, min(cpu_count(), (available_memory() - MAIN) // each))


def _free() -> int:
    """Bytes that the machine could give without swapping."""
    with suppress(OSError, ValueError, IndexError):
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    with suppress(AttributeError, OSError, ValueError):
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return UNKNOWN


def _quotas() -> Iterator[float]:
    """The processors that each control group above this process allows, in either version."""
    for folder in _groups("cpu"):
        with suppress(OSError, ValueError):
            quota, period = (folder / "cpu.max").read_text(encoding="ascii").split()
            yield int(quota) / int(period)
        with suppress(OSError, ValueError, ZeroDivisionError):
            allowed = _number(folder / "cpu.cfs_quota_us")
            if allowed > 0:
                yield allowed / _number(folder / "cpu.cfs_period_us")


def _rooms() -> Iterator[int]:
    """The bytes that each control group above this process has left.

    What a group holds of files can be given back, and is not counted.
    """
    for folder in _groups("memory"):
        for most, used, cached in (
            ("memory.max", "memory.current", "inactive_file"),
            ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
        ):
            with suppress(OSError, ValueError):
                limit = _number(folder / most)
                if limit < UNKNOWN:
                    yield limit - _number(folder / used) + _counted(folder / "memory.stat", cached)


def _number(path: Path) -> int:
    return int(path.read_text(encoding="ascii"))


def _counted(path: Path, name: str) -> int:
    for line in path.read_text(encoding="ascii").splitlines():
        if line.startswith(f"{name} "):
            return int(line.split()[1])
    return 0


def _groups(controller: str) -> Iterator[Path]:
    """This process's control group and all above it: where version 2 has it, and version 1."""
    try:
        lines = Path("/proc/self/cgroup").read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return
    for line in lines:
        _, controllers, place = [*line.split(":", 2), "", ""][:3]
        if not controllers:
            root = GROUPS
        elif controller in controllers.split(","):
            root = GROUPS / controller
        else:
            continue
        inside = root / place.lstrip("/")
        # within a container the path may be one that only its host sees
        yield from (p for p in (inside, *inside.parents) if p.is_relative_to(root))
