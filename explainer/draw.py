"""Pictures of lines: a scene's code and its shot in, one encoded clip for each line out.

Each line is drawn once by a worker process, alone: the lines before it are run without drawing.
Clips are kept under everything that their pixels depend on. `stills` gives single frames.
"""

from __future__ import annotations

import importlib.util
import multiprocessing
import os
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from explainer import burn, scenefile
from explainer.cache import Cache, file_hash
from explainer.encoder import SETTINGS, ClipEncoder
from explainer.errors import ExplainerError, Place, Problem, SceneError
from explainer.quality import Quality
from explainer.script import Script
from explainer.timeline import Clip, LineShot, SceneShot

if TYPE_CHECKING:
    from explainer.stage import NarratedScene

Frame = NDArray[np.uint8]
"""A picture of shape (height, width, 4), RGBA."""

Drawn = Callable[[str, str], None]
"""Told of each clip: the line's key, and why it was drawn (empty if it was kept)."""


@dataclass(frozen=True, slots=True)
class Job:
    """All that a worker needs to draw one line."""

    folder: str
    file: str
    shot: SceneShot
    line: str
    quality: Quality
    rows: tuple[burn.Row, ...] = ()


def clips(
    script: Script,
    shots: Mapping[str, SceneShot],
    keys: Sequence[str],
    quality: Quality,
    cache: Cache,
    drawn: Drawn,
    rows: Mapping[str, tuple[burn.Row, ...]] | None = None,
) -> list[Clip]:
    """The clip of each line in `keys`, in that order; `rows` are captions to burn into them.

    Raises:
        SceneError: if a scene's code fails; clips drawn before that are kept.
    """
    made: dict[str, Clip] = {}
    waiting: list[tuple[Job, str, dict[str, Any]]] = []
    for key in keys:
        job = _job(script, shots, key, quality, (rows or {}).get(key, ()))
        slot, made_of = _slot(script, key, quality), recipe(script, job)
        if entry := cache.find("picture", slot, made_of, ".mp4"):
            made[key] = Clip(key, entry.path, entry.facts["frames"])
            drawn(key, "")
        else:
            waiting.append((job, slot, made_of))
    if waiting:
        _draw_all(waiting, made, cache, drawn)
    return [made[key] for key in keys]


def fate(
    script: Script,
    shots: Mapping[str, SceneShot],
    key: str,
    quality: Quality,
    cache: Cache,
    rows: tuple[burn.Row, ...] = (),
) -> str:
    """Why a line would be drawn by `clips`; empty if its clip is kept."""
    job = _job(script, shots, key, quality, rows)
    return cache.explain("picture", _slot(script, key, quality), recipe(script, job), ".mp4")


def recipe(script: Script, job: Job) -> dict[str, Any]:
    """Everything that a line's pixels depend on; where it lies in the film is not among it."""
    engine = Path(__file__).parent
    path = Path(job.file)
    names = [line.id for line in job.shot.lines]
    at = names.index(job.line)
    line, q = job.shot.lines[at], job.quality
    source = {file.name: file_hash(file)[:16] for file in scenefile.sources(path)}
    return {
        "stage": {n: file_hash(engine / n)[:16] for n in ("stage.py", "camera.py", "encoder.py")},
        "tool": {name: version(name) for name in ("manim", "pycairo", "manimpango", "av")},
        "picture": f"{q.width}x{q.height} at {q.fps} fps, {q.preset} {q.crf}",
        "encoder": SETTINGS,
        "source": source,
        "asset": _assets(script.folder / "assets", scenefile.sources(path)),
        "outline": {"titles": list(job.shot.titles), "index": job.shot.index, "lines": len(names)},
        "lines before": names[:at],
        "line": job.line,
        "length": f"{line.frames / q.fps:.3f} s",
        "cue": {n: f"{a / q.fps:.3f}–{b / q.fps:.3f} s" for n, (a, b) in line.cues.items()},
        "burnt-in captions": [[row.first, row.last, *row.text] for row in job.rows],
    }


def stills(
    script: Script, shots: Mapping[str, SceneShot], key: str, frames: Iterable[int], quality: Quality
) -> list[Frame]:
    """Frames of a line, counted from its own start, drawn in this process.

    Raises:
        SceneError: if the scene's code fails.
    """
    wanted = list(frames)
    found: dict[int, Frame] = {}
    at = 0

    def show(frame: Frame, repeat: int) -> None:
        nonlocal at
        for n in range(at, at + repeat):
            if n in wanted:
                found[n] = frame.copy()
        at += repeat

    job = _job(script, shots, key, quality, ())
    with tempfile.TemporaryDirectory() as texts:
        _configure(quality, texts)
        _run(job, show, set(wanted))
    return [found[n] for n in wanted]


# -- here -----------------------------------------------------------------------------------------


def _job(
    script: Script,
    shots: Mapping[str, SceneShot],
    key: str,
    quality: Quality,
    rows: tuple[burn.Row, ...],
) -> Job:
    scene, _, line = key.partition(".")
    file = script.scene_file(scene)
    return Job(str(script.folder), str(file), shots[scene], line, quality, rows)


def _slot(script: Script, key: str, quality: Quality) -> str:
    return f"{script.name}/{quality.name}/{key}"


def _assets(folder: Path, sources: list[Path]) -> dict[str, str]:
    """The fonts, and every asset whose file name the sources mention."""
    text = "".join(file.read_text(encoding="utf-8") for file in sources)
    used = (
        file
        for file in sorted(folder.rglob("*"))
        if file.is_file() and (file.name in text or file.suffix in (".otf", ".ttf"))
    )
    return {str(file.relative_to(folder)): file_hash(file)[:16] for file in used}


def _draw_all(
    waiting: list[tuple[Job, str, dict[str, Any]]],
    made: dict[str, Clip],
    cache: Cache,
    drawn: Drawn,
) -> None:
    # longest first, so that no worker is left with a long line at the end
    waiting = sorted(waiting, key=lambda item: -_line(item[0]).frames)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["explainer.stage"])
    workers = min(len(waiting), os.cpu_count() or 1)
    cache.root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="drawing-", dir=cache.root) as texts:
        pool = ProcessPoolExecutor(workers, context, _start_worker, (texts,))
        scratch: list[Path] = []
        try:
            running: dict[Future[int], tuple[Job, str, dict[str, Any], Path]] = {}
            for job, slot, made_of in waiting:
                scratch.append(cache.scratch("picture", ".mp4"))
                running[pool.submit(_draw, job, str(scratch[-1]))] = (job, slot, made_of, scratch[-1])
            for future in as_completed(running):
                job, slot, made_of, temp = running[future]
                key = f"{job.shot.id}.{job.line}"
                reason = cache.explain("picture", slot, made_of, ".mp4")
                try:
                    frames = future.result()
                except BrokenProcessPool:
                    what = f"line {key}: the process that drew it died"
                    raise SceneError.of(what, f"run it alone: python render.py still {key}") from None
                entry = cache.keep("picture", slot, made_of, ".mp4", temp, {"frames": frames})
                made[key] = Clip(key, entry.path, frames)
                drawn(key, reason)
            pool.shutdown()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for child in multiprocessing.active_children():
                child.terminate()
                child.join()
            raise
        finally:
            for temp in scratch:
                temp.unlink(missing_ok=True)


def _line(job: Job) -> LineShot:
    return next(line for line in job.shot.lines if line.id == job.line)


# -- in a worker ----------------------------------------------------------------------------------


def _start_worker(texts: str) -> None:
    # Ctrl-C is the parent's to handle; it ends the workers
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ["EXPLAINER_TEXTS"] = str(Path(texts) / str(os.getpid()))


def _draw(job: Job, out: str) -> int:
    _configure(job.quality, os.environ["EXPLAINER_TEXTS"])
    with ClipEncoder(Path(out), job.quality) as encoder:
        show = burn.over(encoder.show, job.rows, job.quality) if job.rows else encoder.show
        _run(job, show)
    if encoder.frames != _line(job).frames:
        what = f"line {job.shot.id}.{job.line}: {encoder.frames} frames drawn"
        raise SceneError.of(f"{what}, but it lasts {_line(job).frames}", "report this as a bug")
    return encoder.frames


def _configure(quality: Quality, texts: str) -> None:
    from manim import config

    config.pixel_width, config.pixel_height = quality.width, quality.height
    config.frame_height = 8.0
    config.frame_width = 8.0 * quality.width / quality.height
    config.frame_rate = quality.fps
    config.media_dir = texts
    config.verbosity = "ERROR"
    config.progress_bar = "none"
    config.disable_caching = True


def _run(job: Job, show: Callable[[Frame, int], None], only: set[int] | None = None) -> None:
    """Run a scene up to the end of one line, showing that line's frames (or those in `only`)."""
    from explainer.stage import FrameRenderer

    class Done(Exception):
        pass

    running = ""

    def begin_line(line: LineShot) -> None:
        nonlocal running
        if running == job.line:
            raise Done
        running = line.id
        renderer.skip_animations = line.id != job.line

    try:
        renderer = FrameRenderer(show, only)
        scene = _load(job)(renderer=renderer, shot=job.shot, begin_line=begin_line)
        scene.setup()
        scene.construct()
    except Done:
        pass
    except ExplainerError:
        raise
    except Exception as error:
        raise _blame(error, job, running) from None


def _load(job: Job) -> type[NarratedScene]:
    path = Path(job.file)
    if str(path.parent) not in sys.path:
        sys.path.insert(0, str(path.parent))
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    cls: type[NarratedScene] = getattr(module, scenefile.class_name(job.shot.id))
    return cls


def _blame(error: Exception, job: Job, line: str) -> SceneError:
    """An author's error with the author's own lines of the traceback, the deepest last."""
    folder = Path(job.folder)
    steps = [
        step
        for step in traceback.extract_tb(error.__traceback__)
        if Path(step.filename).is_relative_to(folder / "scenes")
    ]
    trace = "".join(
        f"\n    {Path(step.filename).relative_to(folder)}:{step.lineno} in {step.name}: {step.line}"
        for step in steps
    )
    name = f"{job.shot.id}.{line or job.line}"
    where = None
    if steps:
        last = steps[-1]
        shown = str(Path(last.filename).relative_to(folder))
        where = Place(shown, last.lineno or 1, (last.colno or 0) + 1, "", 1)
    what = f"scene {job.shot.id}, line {name}: {type(error).__name__}: {error}{trace}"
    return SceneError(Problem(what, where, f"try again with: python render.py preview {name}"))
