"""The edit loop: when a script or scene is saved, what that touches is drawn and shown again."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import watchfiles

from explainer import pipeline
from explainer.cache.inputs import Inputs, Now
from explainer.cache.store import Cache
from explainer.draw import stale_reason
from explainer.draw.warm import Answerer, WarmRenderer, last_jobs, leave_unanswered
from explainer.errors import ExplainerError, error_text
from explainer.narration.synthesize import engine_settings
from explainer.pipeline import RenderOptions, RenderResult
from explainer.progress import Progress
from explainer.script.model import Line, Script
from explainer.script.selection import select_lines
from explainer.studio.problems import problem_views
from explainer.studio.server import PreviewServer, PreviewState
from explainer.studio.view import line_views, waveform, with_texts
from explainer.timeline.model import Timeline
from explainer.timeline.scene_timing import scene_timings
from explainer.voices import subprocess_engine
from explainer.voices.recording import FOLDER as RECORDINGS
from explainer.voices.registry import create_engine

LOOK_AGAIN = 0.5
"""Seconds after which the files are looked at even if the system tells of no change."""
SETTLED_AFTER = 0.05
"""Seconds in which a file that is being saved may still change."""

VOICE_SECONDS = 1800.0
"""Seconds for which a voice that takes long to load stays loaded."""
NEWER_AFTER = 0.2
"""Seconds between two looks whether a file has been saved again, while a draft is rendered."""

GENERATED_FOLDERS = frozenset({"build", "__pycache__", "node_modules"})
"""Folders of what programs write, which no film is made of."""

FileStates = dict[Path, tuple[int, int]]
"""Each file's time of change in nanoseconds and its size in bytes; zeros if it is not there."""


class FilesChanged(Exception):
    """What is rendered has been saved again: there is newer work."""


class PageProgress(Progress):
    """The progress of a render, which is told on the page too.

    While `newer` says that a file has been saved again, each step raises FilesChanged.
    """

    def __init__(self, server: PreviewServer, quiet: bool = False) -> None:
        super().__init__(quiet)
        self._server = server
        self.newer: Callable[[], bool] = lambda: False

    def advance(
        self, text: str = "", size: int = 1, scene: str = "", from_cache: bool = False
    ) -> None:
        """One step of the stage is done.

        Raises:
            FilesChanged: if there is newer work.
        """
        self.require_newest()
        super().advance(text, size, scene, from_cache)
        self._server.tell(self.summary())

    def require_newest(self) -> None:
        """Break off where there is newer work.

        Raises:
            FilesChanged: if there is.
        """
        if self.newer():
            raise FilesChanged

    def note_line(self, key: str, state: str, why: str = "") -> None:
        """Show what has become of a line; a reason stays told while all of the film is made."""
        known, _ = self._server.line_states.get(key, ("", ""))
        if (state, why) == ("drawn", "") and known == "drawn":
            return
        self._server.note_line(key, state, why)


@dataclass(frozen=True, slots=True)
class Draft:
    """The last draft: its script, its times, and what its scenes read."""

    script: Script
    timeline: Timeline
    read: Inputs


def watch(
    options: RenderOptions,
    server: PreviewServer,
    progress: PageProgress,
    should_stop: Callable[[], bool],
    answer: Answerer = leave_unanswered,
) -> None:
    """Render a draft, and again whenever a file that it is made of is saved, until `should_stop`.

    A line that was changed is made and shown before all of the film is. Before there is a draft,
    and while a scene fails, any file of the film's folder counts. What other commands ask for is
    answered by `answer`.
    """
    seen: FileStates = {}
    draft: Draft | None = None
    failed = True
    own: set[Path] = set()
    saved_before: set[Path] = set()
    folder = options.script.resolve().parent
    look = progress.require_newest
    warm = WarmRenderer(options.quality, server.show_picture, look, folder, answer)
    with subprocess_engine.stay_for(VOICE_SECONDS), closing(warm) as renderer:
        if renderer.why_cold:
            progress.log(f"fresh processes draw: {renderer.why_cold}")
        if renderer.why_not_lent:
            progress.log(f"not lent to other commands: {renderer.why_not_lent}")
        while not should_stop():
            read = draft.read if draft and not failed else None
            now = file_states(options.script, read)
            if now == seen or now != _settled_states(options.script, read, now):
                _wait_for_change(now, renderer.step())
                continue
            server.look(now)
            progress.newer = _newer(options.script, read, now)
            try:
                made = _render_and_show(options, server, progress, renderer, draft)
            except FilesChanged:
                continue
            draft, failed = made or draft, not made
            begun_for = _changed(seen, now)
            seen = file_states(options.script, None if failed or not draft else draft.read)
            server.look(seen)
            known = draft.read if draft else None
            kept = now if made else _saved_by_authors(now, options.script, known)
            meanwhile = _changed(seen, kept) & kept.keys() & seen.keys()
            if begun_for and begun_for <= saved_before:
                # whenever it is drawn they are written: by what draws
                own |= _not_used(begun_for & meanwhile, options.script, known)
            seen.update((file, kept[file]) for file in meanwhile - own)
            saved_before = meanwhile
            # a file that this render was the first to read may have been saved meanwhile
            if draft and not failed and Now(options.script.resolve().parent).changed(draft.read):
                seen = {}


def _newer(script: Path, read: Inputs | None, begun: FileStates) -> Callable[[], bool]:
    """Whether files are not as a render found them; looked at now and then only."""
    looked, wanted = time.monotonic(), _saved_by_authors(begun, script, read)

    def newer() -> bool:
        nonlocal looked
        if time.monotonic() < looked + NEWER_AFTER:
            return False
        looked = time.monotonic()
        return _saved_by_authors(file_states(script, read), script, read) != wanted

    return newer


def file_states(script: Path, read: Inputs | None = None) -> FileStates:
    """The state of each file that a film is made of.

    `read` is what its scenes read when they were drawn last; without it, every file of the film's
    folder counts.
    """
    folder = script.resolve().parent
    files = {*_scripts(script), *_below(folder / "assets")}
    files.update(_below(folder / RECORDINGS))
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


def _saved_by_authors(states: FileStates, script: Path, read: Inputs | None) -> FileStates:
    """The states without those of files that a scene may write itself each time it is drawn.

    What is left are scripts, recordings, Python's files and what the scenes were seen to read.
    """
    folder = script.resolve().parent
    known = {folder / name.partition(":")[2] for name in read or ()}
    ours = (script.suffix, ".py")
    return {
        file: state
        for file, state in states.items()
        if file in known or file.suffix in ours or file.parent == folder / RECORDINGS
    }


def _changed(before: FileStates, after: FileStates) -> set[Path]:
    """The files that are not in the same state, or are there in one only."""
    return {file for file in before.keys() | after.keys() if before.get(file) != after.get(file)}


def _not_used(files: set[Path], script: Path, read: Inputs | None) -> set[Path]:
    """Those of some files that neither an author's script or code is in, nor the film is made of.

    A sound of the film stands in a script by its name.
    """
    states = dict.fromkeys(files, (0, 0))
    texts = [text.read_text(encoding="utf-8", errors="replace") for text in _scripts(script)]
    named = {file for file in files if any(file.name in text for text in texts)}
    return files - _saved_by_authors(states, script, read).keys() - named


def _scripts(script: Path) -> Iterator[Path]:
    """The script and its translations."""
    return script.resolve().parent.glob(f"{script.stem}*{script.suffix}")


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


def _wait_for_change(files: Iterable[Path], busy: bool) -> None:
    """Wait until something changes in the folders of these files, at most for LOOK_AGAIN.

    It is shorter while processes are prepared.
    """
    folders = {file.parent for file in files if file.parent.is_dir()}
    limit = round(1000 * (SETTLED_AFTER if busy else LOOK_AGAIN))
    changes = watchfiles.watch(
        *folders,
        watch_filter=None,
        recursive=False,
        debounce=50,
        step=10,
        rust_timeout=limit,
        yield_on_timeout=True,
    )
    try:
        next(changes)
    except (OSError, RuntimeError):
        # a folder has just gone, or the system watches no more folders
        time.sleep(LOOK_AGAIN)


def _settled_states(script: Path, read: Inputs | None, before: FileStates) -> FileStates:
    """The states a moment later, or none if they have changed: an editor may still be writing."""
    time.sleep(SETTLED_AFTER)
    after = file_states(script, read)
    return after if after == before else {}


def _render_and_show(
    options: RenderOptions,
    server: PreviewServer,
    progress: PageProgress,
    renderer: WarmRenderer,
    before: Draft | None,
) -> Draft | None:
    """Render a draft and show it, first the line that was changed.

    Gives the draft, or None if it failed.

    Raises:
        FilesChanged: if a file has been saved again meanwhile.
    """
    _begin(options, server)
    try:
        scripts = pipeline.load_scripts(options)
        script = scripts[0]
        if before and (key := _first_changed(options, before, script, server.at)):
            server.begin_line(key)
            line = pipeline.render(replace(options, selection=key), progress, renderer, scripts)
            server.show_line(line.path.read_bytes())
            progress.log(f"made {key} in {line.seconds:.1f} s")
        result = pipeline.render(options, progress, renderer, scripts)
    except (ExplainerError, OSError) as error:
        progress.log(error_text(error))
        _show_problems(error, options, server)
        return None
    progress.log(
        f"drew {result.drawn} of {len(result.timeline.lines)} lines in {result.seconds:.1f} s"
    )
    state = _with_edits(_preview_state(result, server), server, options.selection)
    server.show(state, result.path.read_bytes())
    timings = scene_timings(result.whole, options.labels)
    if not before:
        voice = partial(_prepare_voice, script, result.timeline.voice)
        threading.Thread(target=voice, name="voice", daemon=True).start()
    renderer.keep_only({line.key for line in script.lines})
    renderer.prepare(last_jobs(script, timings, options.quality, options.selection))
    return Draft(script, result.whole, result.read)


def _prepare_voice(script: Script, voice: str) -> None:
    """Let the film's voice be loaded before the first sentence is changed."""
    with suppress(ExplainerError, OSError):
        create_engine(voice, engine_settings(script, voice)).check(script.language)


def _first_changed(options: RenderOptions, before: Draft, script: Script, at: str) -> str:
    """The line to make first: of those that were changed, the one looked at, or else the first.

    A line is changed if its text is, or a file that its picture is drawn from. Where nothing or
    all is changed, as by another voice, there is none.
    """
    old = {line.key: _content(line) for line in before.script.lines}
    lines = select_lines(script.lines, options.selection)
    changed = [line.key for line in lines if old.get(line.key) != _content(line)]
    if not changed:
        timings = scene_timings(before.timeline, options.labels)
        cache = Cache.of(script.folder)
        keys = sorted((line.key for line in lines), key=lambda key: key != at)
        stale = partial(stale_reason, script, timings, quality=options.quality, cache=cache)
        changed = [next((key for key in keys if stale(key)), "")]
    if len(changed) == len(lines):
        return ""
    return at if at in changed else changed[0]


def _content(line: Line) -> object:
    """All that a line says and shows, wherever it stands in the file."""
    return line.say, line.hold, line.labels, line.sounds, line.voice, line.speaker


def _preview_state(result: RenderResult, server: PreviewServer) -> PreviewState:
    return PreviewState(
        result.timeline.title,
        server.state.version + 1,
        line_views(result.timeline, result.versions[0].captions, result.inputs),
        result.seconds,
        waveform=waveform(result.path),
    )


def _begin(options: RenderOptions, server: PreviewServer) -> None:
    """Show that a draft is begun, the script's texts as they are now, and which lines wait."""
    before = {line["key"]: line.get("texts", {}).get("say") for line in server.state.lines}
    state = _with_edits(replace(server.state, busy=True), server, options.selection)
    for line in state.lines:
        key, say = line["key"], line.get("texts", {}).get("say")
        if key in before and say != before[key]:
            server.note_line(key, "waiting", "its text was changed")
        elif server.line_states.get(key, ("failed", ""))[0] == "failed":
            server.note_line(key, "waiting")
        else:
            server.note_line(key, server.line_states[key][0])
    server.show(state)


def _show_problems(error: Exception, options: RenderOptions, server: PreviewServer) -> None:
    """Show what is wrong, each problem with its line."""
    keys = [line["key"] for line in server.state.lines]
    problems = problem_views(error, options.script.resolve().parent, keys)
    for problem in problems:
        if problem["line"]:
            server.note_line(problem["line"], "failed", problem["what"].partition("\n")[0])
    said = error_text(error)
    state = replace(server.state, busy=False, problem=said, problems=problems)
    server.show(_with_edits(state, server, options.selection))


def _with_edits(state: PreviewState, server: PreviewServer, part: str) -> PreviewState:
    """The state with the texts that the script has by now, and what can be taken back."""
    edits = server.edits
    if not edits:
        return state
    try:
        source = edits.path.read_bytes()
    except OSError:
        # an editor is just replacing it
        return state
    lines = with_texts(state.lines, source, part)
    return replace(state, lines=lines, undo=bool(edits.done), redo=bool(edits.undone))
