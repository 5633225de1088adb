"""Faults at numbered places of a film, such as frames: one by one in, ranges with times out."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class FaultRanges:
    """Collects faults; those of one kind that follow each other become one range."""

    found: list[tuple[int, int, str]] = field(default_factory=list)

    def add(self, at: int, what: str, near: int = 1) -> None:
        """Note a fault, as part of the last one if it is the same and next to it."""
        if self.found and self.found[-1][2] == what and at <= self.found[-1][1] + near:
            self.found[-1] = self.found[-1][0], at, what
        else:
            self.found.append((at, at, what))

    def describe(self, rate: float) -> tuple[str, ...]:
        """All of them in order, with their times."""
        return tuple(
            f"{what} at {first / rate:.2f} s" + (f" to {(last + 1) / rate:.2f} s" * (last > first))
            for first, last, what in sorted(self.found)
        )
