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
from explainer.errors import ExplainerError, error_text
from explainer.pipeline import RenderOptions, RenderResult
from explainer.progress import Progress
from explainer.studio.preview_server import PreviewServer, PreviewState

POLL_SECONDS = 0.15
"""Seconds between two looks at the files; a few dozen are looked at."""

MADE_FOLDERS = frozenset({"build", "__pycache__", "node_modules"})
"""Folders of what programs make."""

FileStates = dict[Path, tuple[int, int]]


def watch(
    order: RenderOptions, server: PreviewServer, progress: Progress, should_stop: Callable[[], bool]
) -> None:
    """Render a draft, and again whenever a file that it is made of is saved, until `should_stop`.

    Before there is a draft, and while a scene fails, any file of the film's folder counts.
    """
    seen: FileStates = {}
    read: Inputs | None = None
    while not should_stop():
        now = file_states(order.script, read)
        if now != seen and now == _settled_states(order.script, read, now):
            read = _render_and_show(order, server, progress)
            seen = file_states(order.script, read)
            seen.update((file, now[file]) for file in now.keys() & seen.keys())
            # what was only found to be read just now may have been saved since then
            if Now(order.script.resolve().parent).changed(read or {}):
                seen = {}
        else:
            time.sleep(POLL_SECONDS)


def file_states(script: Path, read: Inputs | None = None) -> FileStates:
    """When each file that a film is made of was changed, and its size.

    `read` is what its scenes are known to read; without it all that is in the film's folder counts.
    """
    folder = script.resolve().parent
    files = {*folder.glob(f"{script.stem}*{script.suffix}"), *_below(folder / "assets")}
    if read is None:
        files.update(_below(folder))
    else:
        files.update(folder / name.partition(":")[2] for name in read)
    found: FileStates = {}
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
        folders[:] = [
            name for name in folders if not name.startswith(".") and name not in MADE_FOLDERS
        ]
        yield from (Path(place, name) for name in names if not name.startswith("."))


def _settled_states(script: Path, read: Inputs | None, before: FileStates) -> FileStates:
    """The file_states a moment later: an editor may still be writing."""
    time.sleep(POLL_SECONDS / 3)
    after = file_states(script, read)
    return after if after == before else {}


def _render_and_show(
    order: RenderOptions, server: PreviewServer, progress: Progress
) -> Inputs | None:
    """Render a draft and show it; gives what its scenes read, or None if it failed."""
    server.show(replace(server.state, busy=True))
    try:
        result = pipeline.render(order, progress)
    except (ExplainerError, OSError) as error:
        progress.log(error_text(error))
        server.show(replace(server.state, busy=False, problem=error_text(error)))
        return None
    progress.log(
        f"drew {result.drawn} of {len(result.timeline.lines)} lines in {result.seconds:.1f} s"
    )
    server.show(_preview_state(result, server.state.version + 1), result.path.read_bytes())
    return result.read


def _preview_state(result: RenderResult, version: int) -> PreviewState:
    lines = tuple(
        {"key": line.key, "start": seconds(line.start), "end": seconds(line.end)}
        for line in result.timeline.lines
    )
    return PreviewState(result.timeline.title, version, lines, result.seconds)
