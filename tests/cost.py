"""What work costs, as a multiple of other work in the same process: alike on a slow machine."""

from __future__ import annotations

import resource
from collections.abc import Callable
from functools import cached_property
from typing import TypeVar

T = TypeVar("T")


def spent() -> float:
    """Seconds of CPU time so far: of this process, and of its children that have ended."""
    uses = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(use.ru_utime + use.ru_stime for use in uses)


class Unit:
    """A piece of work whose CPU time, in this process, others are measured by."""

    def __init__(self, what: str, work: Callable[[], object]) -> None:
        self.what, self.work = what, work

    @cached_property
    def seconds(self) -> float:
        """The CPU time of it once, after a first time that loads what it needs."""
        self.work()
        return min(self._again() for _ in range(5))

    def _again(self) -> float:
        begun = spent()
        self.work()
        return spent() - begun

    def bounds(self, most: float, work: Callable[[], T]) -> T:
        """What `work` gives, which must not cost more than `most` units.

        If it did, both are measured again: what else a machine does can slow down one of them.
        """
        for _ in range(3):
            known = self.seconds
            begun = spent()
            made = work()
            cost = (spent() - begun) / known
            if cost <= most:
                return made
            del self.seconds
        raise AssertionError(f"it cost {cost:.0f} times {self.what}, not {most:.0f}")
