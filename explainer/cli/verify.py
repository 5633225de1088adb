"""A finished film measured."""

from __future__ import annotations

from dataclasses import asdict

from explainer.cli.arguments import Options
from explainer.cli.output import CommandResult, echo
from explainer.script.loader import load
from explainer.timeline.json import load_for_film


def run(options: Options) -> CommandResult:
    """Measure a finished film; the record and captions beside it are used if they are there."""
    from explainer.verify import verify as measure

    clocks = load_for_film(options.film)
    limit = (
        load(options.script, check_scenes=False).limit
        if clocks and options.script.is_file()
        else None
    )
    report = measure(options.film, clocks, limit)
    for row in report.rows:
        mark = {True: "ok  ", False: "FAIL", None: "  – "}[row.ok]
        echo(options, f"{mark}  {row.what:24} {row.measured}  (wanted: {row.wanted})")
    failed = [row.what for row in report.rows if row.ok is False]
    echo(options, f"{len(failed)} of {len(report.rows)} rows failed" if failed else "all rows pass")
    rows = [asdict(row) for row in report.rows]
    return (1 if failed else 0), {"film": str(options.film), "rows": rows, "failed": failed}
