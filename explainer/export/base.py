"""What every export is given: a finished film and all that is known of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from explainer.cache.ledger import Ledger
from explainer.cache.store import Cache
from explainer.language_version import LanguageVersion
from explainer.progress import Progress
from explainer.script.model import Script


@dataclass(frozen=True, slots=True)
class ExportJob:
    """A finished film: its languages, the first of which names it, and the script it is made from.

    `single_file` asks for one file that holds the film too, where an export can have it both ways.
    What is made of a draft may be larger or coarser, if that is quicker.
    """

    versions: Sequence[LanguageVersion]
    script: Script
    cache: Cache
    progress: Progress
    single_file: bool = False
    is_draft: bool = False

    def language_mark(self, version: LanguageVersion) -> str:
        """What sets the files of a language apart, as `.es`; nothing in a film of one language."""
        return f".{version.language}" if len(self.versions) > 1 else ""

    @property
    def film(self) -> Path:
        """The film's file; what is exported lies beside it and begins with its name."""
        return self.versions[0].film


def remove_older(folder: Path, written: Collection[Path]) -> None:
    """Remove from an export's folder what an earlier one left, as far as it is as it was made."""
    if ledger := Ledger.of(folder):
        names = {ledger.root / name: name for name, states in ledger.entries().items() if states}
        older = [path for path in names if path.parent == folder and path not in written]
        ledger.remove(*(names[path] for path in older))


class Export(Protocol):
    """The function `export` that each module of the registry has."""

    def __call__(self, job: ExportJob) -> list[Path]:
        """Write the export beside the film, each file whole or not at all; gives what was written.

        Raises:
            ExplainerError: if it cannot be made.
        """
