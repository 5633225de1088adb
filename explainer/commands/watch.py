"""The edit loop: what a saved script or scene touches is drawn again, and shown in the browser."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from explainer import pipeline
from explainer.clock import seconds
from explainer.commands.studio import News, Studio
from explainer.errors import ExplainerError
from explainer.pipeline import Order, Result
from explainer.progress import Report

EVERY = 0.15
"""Seconds between two looks at the files; a few dozen are looked at."""

Stamps = dict[Path, tuple[int, int]]


def watch(order: Order, studio: Studio, report: Report, over: Callable[[], bool]) -> None:
    """Render a draft, and again whenever a file that it is made of is saved, until `over`."""
    seen: Stamps = {}
    while not over():
        now = stamps(order.script)
        if now != seen and now == _settled(order.script, now):
            seen = now
            _again(order, studio, report)
        else:
            time.sleep(EVERY)


def stamps(script: Path) -> Stamps:
    """When each file that a film is made of was changed, and its size."""
    folder = script.resolve().parent
    files = [*folder.glob(f"{script.stem}*{script.suffix}"), *(folder / "scenes").glob("*.py")]
    files += (file for file in (folder / "assets").rglob("*") if file.is_file())
    found: Stamps = {}
    for file in files:
        try:
            state = file.stat()
        except FileNotFoundError:
            continue  # an editor is just putting another in its place
        found[file] = (state.st_mtime_ns, state.st_size)
    return found


def _settled(script: Path, before: Stamps) -> Stamps:
    """The stamps a moment later: an editor may still be writing."""
    time.sleep(EVERY / 3)
    after = stamps(script)
    return after if after == before else {}


def _again(order: Order, studio: Studio, report: Report) -> None:
    studio.tell(replace(studio.news, busy=True))
    try:
        result = pipeline.render(order, report)
    except (ExplainerError, OSError) as error:
        report.say(str(error))
        studio.tell(replace(studio.news, busy=False, problem=str(error)))
        return
    report.say(
        f"drew {result.drawn} of {len(result.timeline.lines)} lines in {result.seconds:.1f} s"
    )
    studio.tell(_news(result, studio.news.version + 1), result.path.read_bytes())


def _news(result: Result, version: int) -> News:
    lines = tuple(
        {"key": line.key, "start": seconds(line.start), "end": seconds(line.end)}
        for line in result.timeline.lines
    )
    return News(result.timeline.title, version, lines, result.seconds)
