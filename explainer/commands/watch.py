"""The edit loop: what a saved script or scene touches is drawn again, and shown in the browser."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from explainer import pipeline
from explainer.cache.inputs import Inputs, Now
from explainer.clock import seconds
from explainer.commands.studio import News, Studio
from explainer.errors import ExplainerError, text_of
from explainer.pipeline import RenderOptions, RenderResult
from explainer.progress import Report

EVERY = 0.15
"""Seconds between two looks at the files; a few dozen are looked at."""

MADE = frozenset({"build", "__pycache__", "node_modules"})
"""Folders of what programs make."""

Stamps = dict[Path, tuple[int, int]]


def watch(order: RenderOptions, studio: Studio, report: Report, over: Callable[[], bool]) -> None:
    """Render a draft, and again whenever a file that it is made of is saved, until `over`.

    Before there is a draft, and while a scene fails, any file of the film's folder counts.
    """
    seen: Stamps = {}
    read: Inputs | None = None
    while not over():
        now = stamps(order.script, read)
        if now != seen and now == _settled(order.script, read, now):
            read = _again(order, studio, report)
            seen = stamps(order.script, read)
            seen.update((file, now[file]) for file in now.keys() & seen.keys())
            # what was only found to be read just now may have been saved since then
            if Now(order.script.resolve().parent).changed(read or {}):
                seen = {}
        else:
            time.sleep(EVERY)


def stamps(script: Path, read: Inputs | None = None) -> Stamps:
    """When each file that a film is made of was changed, and its size.

    `read` is what its scenes are known to read; without it all that is in the film's folder counts.
    """
    folder = script.resolve().parent
    files = {*folder.glob(f"{script.stem}*{script.suffix}"), *_below(folder / "assets")}
    if read is None:
        files.update(_below(folder))
    else:
        files.update(folder / name.partition(":")[2] for name in read)
    found: Stamps = {}
    for file in files:
        try:
            state = file.stat()
        except OSError:
            # it may come, or an editor is just putting another in its place
            found[file] = (0, 0)
            continue
        found[file] = (state.st_mtime_ns, state.st_size)
    return found


def _below(folder: Path) -> Iterator[Path]:
    """The files in a folder, but not what is hidden, made by a program or of an environment."""
    for place, folders, names in os.walk(folder):
        if "pyvenv.cfg" in names:
            folders.clear()
            continue
        folders[:] = [name for name in folders if not name.startswith(".") and name not in MADE]
        yield from (Path(place, name) for name in names if not name.startswith("."))


def _settled(script: Path, read: Inputs | None, before: Stamps) -> Stamps:
    """The stamps a moment later: an editor may still be writing."""
    time.sleep(EVERY / 3)
    after = stamps(script, read)
    return after if after == before else {}


def _again(order: RenderOptions, studio: Studio, report: Report) -> Inputs | None:
    """Render a draft and show it; gives what its scenes read, or None if it failed."""
    studio.tell(replace(studio.news, busy=True))
    try:
        result = pipeline.render(order, report)
    except (ExplainerError, OSError) as error:
        report.say(text_of(error))
        studio.tell(replace(studio.news, busy=False, problem=text_of(error)))
        return None
    report.say(
        f"drew {result.drawn} of {len(result.timeline.lines)} lines in {result.seconds:.1f} s"
    )
    studio.tell(_news(result, studio.news.version + 1), result.path.read_bytes())
    return result.read


def _news(result: RenderResult, version: int) -> News:
    lines = tuple(
        {"key": line.key, "start": seconds(line.start), "end": seconds(line.end)}
        for line in result.timeline.lines
    )
    return News(result.timeline.title, version, lines, result.seconds)
