"""What was measured of a film: results, each with what is required and whether it was met."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

NOT_JUDGED = "not judged: no timeline beside the film"
"""What is required of something that only the timeline could judge."""
MAX_QUOTED = 60
"""Characters of a text that are quoted."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One measurement; `ok` is None where it could not be judged.

    `faults` are all that were found of a kind of which there may be many; `measured` has the first.
    """

    name: str
    measured: str
    required: str
    ok: bool | None
    faults: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """It as `verify --json` prints it."""
        return {
            "what": self.name,
            "measured": self.measured,
            "wanted": self.required,
            "ok": self.ok,
            "faults": self.faults,
        }


@dataclass(frozen=True, slots=True)
class Report:
    """All measurements of one film."""

    results: tuple[CheckResult, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing that was judged failed."""
        return all(result.ok is not False for result in self.results)


def quoted(text: str) -> str:
    """A text of a picture in quotation marks, on one line, and no longer than tells it apart."""
    line = " ".join(text.split())
    return f"“{line}”" if len(line) <= MAX_QUOTED else f"“{line[:MAX_QUOTED].rstrip()} …”"


def first_faults(faults: Sequence[str], most: int = 5) -> str:
    """Faults as one text, and how many more there are than `most`."""
    more = f"; {len(faults) - most} more" if len(faults) > most else ""
    return "; ".join(faults[:most]) + more


def fault_result(name: str, faults: Sequence[str], fits: str, required: str) -> CheckResult:
    """The result that lists faults, or says `fits` where there are none."""
    return CheckResult(name, first_faults(faults) or fits, required, not faults, tuple(faults))
