"""Tables of data: a CSV file in, its columns as texts or numbers out."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from explainer.stage.assets import asset
from explainer.stage.errors import StageError

MAX_BYTES = 64 << 20
"""Size that a table may have."""


@dataclass(frozen=True, slots=True)
class DataTable:
    """A table: the name of its file, and its columns by their names, each a cell a row.

    `lines` are those of the file in which rows end, `decimal` stands before decimals.
    """

    name: str
    columns: Mapping[str, tuple[str, ...]]
    lines: tuple[int, ...]
    decimal: str = "."

    def texts(self, column: str) -> list[str]:
        """A column as it is written.

        Raises:
            StageError: if there is none of that name.
        """
        if column not in self.columns:
            near = get_close_matches(column, self.columns, 1)
            there = f"did you mean “{near[0]}”?" if near else f"it has: {', '.join(self.columns)}"
            raise StageError(f"{self.name} has no column “{column}”; {there}")
        return list(self.columns[column])

    def numbers(self, column: str) -> list[float]:
        """A column as numbers.

        Raises:
            StageError: if there is none of that name, or a cell of it is no number.
        """
        found = []
        for line, cell in zip(self.lines, self.texts(column), strict=True):
            try:
                value = float(cell.strip().replace(self.decimal, "."))
            except ValueError:
                value = math.nan
            if not math.isfinite(value):
                what = f"“{cell}” is no number" if cell.strip() else "it is empty"
                raise StageError(f"{self.name}, line {line}, column “{column}”: {what}")
            found.append(value)
        return found


def read_table(name: str | Path, *, delimiter: str = ",", decimal: str = ".") -> DataTable:
    """A table of the film's `assets`, a CSV file in UTF-8 whose first row names the columns.

    `delimiter` stands between cells, `decimal` before the decimals of numbers.

    Raises:
        StageError: if there is no such file, or it is no table.
    """
    path = Path(name) if Path(name).is_absolute() else asset(str(name))
    try:
        if path.stat().st_size > MAX_BYTES:
            raise StageError(f"{path.name} has more than {MAX_BYTES >> 20} MB: leave rows out")
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, delimiter=delimiter, strict=True)
            found = [(reader.line_num, row) for row in reader if row]
    except OSError as error:
        raise StageError(f"{path.name} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise StageError(f"{path.name} is no text in UTF-8: save it as CSV in UTF-8") from None
    except csv.Error as error:
        raise StageError(f"{path.name} is no table: {error}") from None
    if len(found) < 2:
        raise StageError(f"{path.name} has no rows of data below its first row, the columns' names")
    head = [cell.strip() for cell in found[0][1]]
    twice = sorted({cell for cell in head if head.count(cell) > 1})
    if twice:
        raise StageError(f"{path.name} has two columns called “{twice[0]}”: rename one")
    for line, row in found[1:]:
        if len(row) != len(head):
            raise StageError(
                f"{path.name}, line {line}: it has {len(row)} cells, but there are {len(head)} "
                "columns; a cell that holds the delimiter stands in quotes"
            )
    cells = zip(*(row for _, row in found[1:]), strict=True)
    columns = {title: tuple(column) for title, column in zip(head, cells, strict=True)}
    return DataTable(path.name, columns, tuple(line for line, _ in found[1:]), decimal)
