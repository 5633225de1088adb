"""What was measured of a film: rows, each with what was wanted, and whether it was met."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

OPEN = "not judged: no timeline beside the film"
"""What is wanted of a row that only the timeline could judge."""


@dataclass(frozen=True, slots=True)
class Row:
    """One measurement; `ok` is None where it could not be judged.

    `faults` are all that were found of a kind of which there may be many; `measured` has the first.
    """

    what: str
    measured: str
    wanted: str
    ok: bool | None
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """All measurements of one film."""

    rows: tuple[Row, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing that was judged failed."""
        return all(row.ok is not False for row in self.rows)


def listed(faults: Sequence[str], most: int = 5) -> str:
    """Faults as one text, and how many more there are than `most`."""
    more = f"; {len(faults) - most} more" if len(faults) > most else ""
    return "; ".join(faults[:most]) + more
