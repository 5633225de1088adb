"""A finished film measured."""

from __future__ import annotations

from explainer.cli.arguments import Options
from explainer.cli.output import CommandResult, echo
from explainer.script.loader import load
from explainer.timeline.described import MARK
from explainer.timeline.json import load_for_film
from explainer.verify.measure import verify


def run(options: Options) -> CommandResult:
    """Measure a finished film, with the timeline, signatures and captions beside it, if any."""
    timelines = load_for_film(options.film)
    limit = None
    # no limit holds for a film that waits for descriptions
    is_described = options.film.stem.endswith(MARK)
    if timelines and options.script.is_file() and not is_described:
        limit = load(options.script, check_scenes=False).limit
    results = verify(options.film, timelines, limit).results
    for result in results:
        mark = {True: "ok  ", False: "FAIL", None: "  – "}[result.ok]
        echo(options, f"{mark}  {result.name:24} {result.measured}  (wanted: {result.required})")
    failed = [result.name for result in results if result.ok is False]
    echo(options, f"{len(failed)} of {len(results)} rows failed" if failed else "all rows pass")
    rows = [result.to_json() for result in results]
    return (1 if failed else 0), {"film": str(options.film), "rows": rows, "failed": failed}
