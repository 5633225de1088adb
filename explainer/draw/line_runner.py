"""One line drawn in this process: its scene is loaded and run, and the line's frames shown."""

from __future__ import annotations

import errno
import gc
import importlib.util
import os
import random
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import chdir
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from signal import SIG_IGN, SIGINT, getsignal, signal
from types import ModuleType
from typing import TYPE_CHECKING, Any, NoReturn

import msgspec
import numpy as np

from explainer.cache import tracing
from explainer.cache.inputs import START, Now, value_state
from explainer.cache.store import FOLDER
from explainer.draw import formula_cache, process_end, stall_watch
from explainer.draw.burn_in import CaptionState, overlay
from explainer.draw.clip import BeginsAlike, DrawnLine
from explainer.draw.manim_config import configure, restore_size
from explainer.draw.scene_errors import scene_error
from explainer.draw.seeding import seeded
from explainer.errors import ExplainerError, SceneError, with_filename
from explainer.frame_format import FrameFormat
from explainer.media import colour_signature
from explainer.media.encoder import ClipEncoder
from explainer.script import scene_source
from explainer.script.model import Script
from explainer.script.selection import Selection
from explainer.stage.frame_sink import Frame, FrameSink
from explainer.timeline.labels import frames_to_inspect
from explainer.timeline.scene_timing import LineTiming, SceneTiming

if TYPE_CHECKING:
    from explainer.stage.labels import LabelRecorder
    from explainer.stage.scene import NarratedScene

OnLine = Callable[[str, "NarratedScene"], FrameSink | None]
"""Told of each line and its scene as the line begins."""

LineRun = tuple["LabelRecorder", tuple[str, str]]
"""What a run gives: what can be read in the line, and the state that it began in, by itself and
together with the scene's time; empty where only some frames are drawn, which no clip is made of."""


_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS)
"""What a disk fails with, which no scene is to blame for."""


class StopScene(BaseException):
    """A run of a scene has come as far as it was meant to; no error, which a scene might catch."""


@dataclass(frozen=True, slots=True)
class Job:
    """All that is needed to draw one line, in any process; `rows` are captions to burn in.

    `reads` are files of the film that it is known to read, if it was drawn before; if its scene is
    in one of the states `starts` as it begins, it need not be drawn. `kept` is the cache where
    formulas are kept, if there is one.
    """

    folder: str
    file: str
    shot: SceneTiming
    line: str
    quality: FrameFormat
    rows: tuple[CaptionState, ...] = ()
    reads: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    kept: str = ""

    @property
    def key(self) -> str:
        """The line's full name, `scene.line`."""
        return f"{self.shot.id}.{self.line}"

    @property
    def place(self) -> int:
        """How many lines of its scene come before the line."""
        return [line.id for line in self.shot.lines].index(self.line)

    @property
    def timing(self) -> LineTiming:
        """The line's own frames and cues."""
        return next(line for line in self.shot.lines if line.id == self.line)


def job_for(
    script: Script,
    shots: Mapping[str, SceneTiming],
    key: str,
    quality: FrameFormat,
    rows: tuple[CaptionState, ...] = (),
) -> Job:
    """The job of drawing the line `key` (`scene.line`)."""
    name = Selection.parse(key)
    file = script.scene_file(name.scene)
    return Job(str(script.folder), str(file), shots[name.scene], name.line, quality, rows)


def now(job: Job) -> Now:
    """The states of what a job's scene may have read, at this moment."""
    timings = {line.id: line.times for line in job.shot.lines}
    return Now(Path(job.folder), job.shot.texts, timings, job.shot.outline)


def with_formulas_kept(job: Job) -> Job:
    """The job with its formulas set in the film's own cache, for work that keeps no clips."""
    return replace(job, kept=str((Path(job.folder) / FOLDER).absolute()))


def init_process(texts: str) -> str:
    """Set a new worker process up; `texts` is the folder for what Manim writes on the way.

    Gives the folder in there that is this process's own.
    """
    # Ctrl-C is the parent's to handle; it ends the workers
    signal(SIGINT, SIG_IGN)
    process_end.note_exit(texts)
    tracing.install()
    # outlines come and go by the thousand, and none of them is part of a cycle
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)
    return str(Path(texts) / str(os.getpid()))


def draw(job: Job, out: str, text_dir: str) -> DrawnLine | BeginsAlike:
    """Draw a line into an encoded clip at `out`, unless it begins as before.

    `text_dir` is this process's own folder for what Manim writes, as `init_process` gives it.
    """
    tracing.begin(job.folder, [str(Path(text_dir).parent), str(Path(out).parent), job.kept])
    configure(job.quality, text_dir, job.folder)
    start_before = ""

    def enter(line: str, scene: NarratedScene) -> FrameSink | None:
        nonlocal start_before
        if line != job.line:
            return None
        start_before = known_start(job, scene)
        if start_before:
            raise StopScene
        return show

    with ClipEncoder(Path(out), *job.quality.of_tracks) as encoder:
        show = encoder_sink(job, encoder)
        seen, start = run_scene(job, enter)
        if start_before:
            encoder.show(np.zeros((job.quality.height, job.quality.width, 4), np.uint8))
    return BeginsAlike(start_before) if start_before else drawn_line(job, encoder, seen, start)


def known_start(job: Job, scene: NarratedScene) -> str:
    """The state that a scene is in as its line begins, if it is one of the job's `starts`."""
    if not job.starts:
        return ""
    start = start_of(scene)
    return next((s for s in (start, timed(start, scene)) if s and s in job.starts), "")


def start_of(scene: NarratedScene) -> str:
    """The state that a scene is in, empty if that cannot be told."""
    from explainer.stage.fingerprint import fingerprint

    return "" if tracing.wrote_there() else fingerprint(scene, tracing.film_modules())


def timed(start: str, scene: NarratedScene) -> str:
    """A state of a scene that looks at its own time or counts its plays, which count then."""
    renderer = scene.renderer
    return start and f"{start} at {renderer.seconds!r} s, after {renderer.plays} plays"


def encoder_sink(job: Job, encoder: ClipEncoder) -> FrameSink:
    """What takes a line's frames to its encoder, by way of captions that are burnt in."""
    cues = (first for first, _ in job.timing.cues.values())
    encoder.signature_frames = colour_signature.frames_to_sign(job.timing.frames, cues)

    def show(frame: Frame, repeat: int) -> None:
        process_end.end_if_stray()
        encoder.show(frame, repeat)

    return overlay(show, job.rows, job.quality) if job.rows else show


def drawn_line(
    job: Job, encoder: ClipEncoder, seen: LabelRecorder, start: tuple[str, str]
) -> DrawnLine:
    """What is noted of a finished clip; `start` is how its scene was then, as in `LineRun`.

    Raises:
        SceneError: if it is not as long as its line.
    """
    if encoder.frames != job.timing.frames:
        what = f"line {job.key}: {encoder.frames} frames drawn"
        raise SceneError.of(f"{what}, but it lasts {job.timing.frames}", "report this as a bug")
    inputs, anew = inputs_so_far(job)
    inputs[START] = start[tracing.noted("time")]
    noted = {
        "frames": encoder.frames,
        "labels": [asdict(label) for label in seen.labels()],
        "low_texts": seen.low_texts(),
        "stays": [asdict(stay) for stay in seen.stays()],
        "swatches": sorted(encoder.swatches.items()),
        "inputs": inputs,
        "anew": anew,
    }
    return msgspec.convert(noted, DrawnLine)


def inputs_so_far(job: Job) -> tuple[dict[str, str], str]:
    """What this process has read for a job, its lines' times before it too; and why it is drawn
    anew each time, if it is."""
    inputs, anew = tracing.record()
    for line in job.shot.lines[: job.place]:
        inputs[f"timing:{line.id}"] = value_state(line.times)
    return inputs, anew


def run(
    job: Job, show: FrameSink, only: set[int] | None = None, reads_labels: bool = True
) -> LabelRecorder:
    """Run a scene up to the end of one line, showing that line's frames (or those in `only`).

    Gives what was noted of the labels that can be read in the line, if it `reads_labels`.
    """

    def enter(line: str, _scene: NarratedScene) -> FrameSink | None:
        return show if line == job.line else None

    seen, _ = run_scene(job, enter, only, reads_labels)
    return seen


def run_scene(
    job: Job, enter: OnLine, only: set[int] | None = None, reads_labels: bool = True
) -> LineRun:
    """Run a job's scene; `enter` says, at each line's beginning, what takes the line's frames.

    A line that nothing takes is passed over without drawing. The run ends with the first that
    something took, or as `enter` raises StopScene.
    """
    from manim import config, tempconfig

    from explainer.stage.fingerprint import remember_manim
    from explainer.stage.image_files import svg_copies
    from explainer.stage.renderer import FrameRenderer

    running, taken, stopped, started = "", False, False, ("", "")

    def stop() -> NoReturn:
        nonlocal stopped
        # a scene that catches even this goes on, but nothing of it is shown
        stopped, renderer.skip_animations = True, True
        raise StopScene

    def begin_line(line: LineTiming) -> None:
        nonlocal running, taken, started
        process_end.end_if_stray()
        if taken or stopped:
            stop()
        running = line.id
        stall_watch.begun(f"{job.shot.id}.{line.id}")
        chance.begin_line(line.id)
        renderer.seed_chosen = chance.chosen
        state = random.getstate()
        try:
            show = enter(line.id, scene)
        except StopScene:
            stop()
        # a fork seeds Python's chance anew
        random.setstate(state)
        # a process that waited here may have been given other times
        line = scene._playhead.line
        if show:
            taken, renderer.sink = True, show
            if renderer.frames_to_draw is None:
                start = start_of(scene)
                started = start, timed(start, scene)
        renderer.skip_animations = not taken
        cues = (first for first, _ in line.cues.values())
        renderer.inspected_frames = frames_to_inspect(line.frames, job.shot.fps, cues)

    try:
        renderer = FrameRenderer(only, reads_labels)
        # Manim breaks a text where it is wider than the picture has pixels: the same at every size
        size = {"pixel_width": job.quality.width, "pixel_height": job.quality.height}
        narrow: dict[str, Any] = {name: round(n / job.quality.scale) for name, n in size.items()}
        # names of files are those of the film, wherever the command was given; its own name
        # may have a brace, which is a field to Manim
        narrow["assets_dir"] = "assets"
        watched = stall_watch.watched(job.folder, f"scene {job.shot.id}", lambda: renderer.seconds)
        with (
            watched,
            tempconfig(narrow),
            chdir(job.folder),
            formula_cache.kept(job.folder, job.kept),
            svg_copies(),
            seeded(job.shot.id) as chance,
        ):
            remember_manim()
            kind = _load(job)
            restore_size(job.quality, narrow, Path(job.file), Path(job.folder))
            scene = kind(renderer=renderer, shot=job.shot, begin_line=begin_line)
            scene._set_up()
            restore_size(job.quality, narrow, Path(job.file), Path(job.folder))
            scene._run_lines()
    except StopScene:
        pass
    except ExplainerError:
        raise
    except BaseException as error:
        if stopped and isinstance(error, Exception):
            return renderer.label_recorder, started
        if isinstance(error, OSError) and error.errno in _DISK:
            raise
        if type(error).__module__.startswith("cairo") and isinstance(error, OSError):
            # Cairo could not write a text, and does not say more
            raise OSError(errno.EIO, str(error), config.media_dir) from error
        # Ctrl-C is heeded where it is not kept from a process that only draws
        if isinstance(error, KeyboardInterrupt) and getsignal(SIGINT) is not SIG_IGN:
            raise
        _try_disk(Path(config.media_dir))
        raise scene_error(error, job, running) from None
    finally:
        process_end.end_if_stray()
    return renderer.label_recorder, started


def _try_disk(folder: Path) -> None:
    """Where texts cannot be written, a scene fails in many ways that are not its fault.

    Raises:
        OSError: if this is such a place.
    """
    with with_filename(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(100_000))


def _load(job: Job) -> type[NarratedScene]:
    path = Path(job.file)
    folder = str(path.parent)
    tracing.read_from_source()
    if folder not in sys.path:
        sys.path.insert(0, folder)
    # a module beside the scene may have been loaded for another size, or from another folder; of a
    # copy, since another thread may load modules meanwhile
    for name, module in list(sys.modules.items()):
        if _beside(module, folder):
            del sys.modules[name]
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    cls: type[NarratedScene] = getattr(module, scene_source.class_name(job.shot.id))
    return cls


def _beside(module: ModuleType, folder: str) -> bool:
    file = getattr(module, "__file__", None) or ""
    return file.startswith(folder + os.sep)
