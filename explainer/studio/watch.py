"""The edit loop: when a script or scene is saved, what that touches is drawn and shown again."""

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
"""How often the files are looked at: a few dozen of them."""

GENERATED_FOLDERS = frozenset({"build", "__pycache__", "node_modules"})
"""Folders of what programs write, which no film is made of."""

FileStates = dict[Path, tuple[int, int]]
"""Each file's time of change in nanoseconds and its size in bytes; zeros if it is not there."""


def watch(
    options: RenderOptions,
    server: PreviewServer,
    progress: Progress,
    should_stop: Callable[[], bool],
) -> None:
    """Render a draft, and again whenever a file that it is made of is saved, until `should_stop`.

    Before there is a draft, and while a scene fails, any file of the film's folder counts.
    """
    seen: FileStates = {}
    read: Inputs | None = None
    while not should_stop():
        now = file_states(options.script, read)
        if now != seen and now == _settled_states(options.script, read, now):
            read = _render_and_show(options, server, progress)
            seen = file_states(options.script, read)
            seen.update((file, now[file]) for file in now.keys() & seen.keys())
            # a file that this render was the first to read may have been saved meanwhile
            if Now(options.script.resolve().parent).changed(read or {}):
                seen = {}
        else:
            time.sleep(POLL_SECONDS)


def file_states(script: Path, read: Inputs | None = None) -> FileStates:
    """The state of each file that a film is made of.

    `read` is what its scenes read when they were drawn last; without it, every file of the film's
    folder counts.
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
            # it may be written yet, or an editor is just replacing it
            found[file] = (0, 0)
            continue
        found[file] = (state.st_mtime_ns, state.st_size)
    return found


def _below(folder: Path) -> Iterator[Path]:
    """The files below a folder, without hidden ones, generated ones and virtual environments."""
    for place, folders, names in os.walk(folder):
        if "pyvenv.cfg" in names:
            folders.clear()
            continue
        folders[:] = [
            name for name in folders if not name.startswith(".") and name not in GENERATED_FOLDERS
        ]
        yield from (Path(place, name) for name in names if not name.startswith("."))


def _settled_states(script: Path, read: Inputs | None, before: FileStates) -> FileStates:
    """The states a moment later, or none if they have changed: an editor may still be writing."""
    time.sleep(POLL_SECONDS / 3)
    after = file_states(script, read)
    return after if after == before else {}


def _render_and_show(
    options: RenderOptions, server: PreviewServer, progress: Progress
) -> Inputs | None:
    """Render a draft and show it; gives what its scenes read, or None if it failed."""
    server.show(replace(server.state, busy=True))
    try:
        result = pipeline.render(options, progress)
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
