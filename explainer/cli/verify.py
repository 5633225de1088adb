"""A finished film measured."""

from __future__ import annotations

from explainer.cli.arguments import Options
from explainer.cli.output import CommandResult, echo
from explainer.script.loader import load
from explainer.timeline.json import load_for_film


def run(options: Options) -> CommandResult:
    """Measure a finished film; the record and captions beside it are used if they are there."""
    from explainer.verify.measure import verify as measure

    clocks = load_for_film(options.film)
    limit = (
        load(options.script, check_scenes=False).limit
        if clocks and options.script.is_file()
        else None
    )
    report = measure(options.film, clocks, limit)
    results = report.results
    for one in results:
        mark = {True: "ok  ", False: "FAIL", None: "  – "}[one.ok]
        echo(options, f"{mark}  {one.name:24} {one.measured}  (wanted: {one.required})")
    failed = [one.name for one in results if one.ok is False]
    echo(options, f"{len(failed)} of {len(results)} rows failed" if failed else "all rows pass")
    rows = [one.to_json() for one in results]
    return (1 if failed else 0), {"film": str(options.film), "rows": rows, "failed": failed}
