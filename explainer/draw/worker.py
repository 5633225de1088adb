"""One line drawn in this process: its scene is loaded and run, and the line's frames shown."""

from __future__ import annotations

import errno
import gc
import importlib.util
import os
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from explainer.cache import tracing
from explainer.draw.burn import Row, over
from explainer.errors import ExplainerError, Place, Problem, SceneError, naming
from explainer.media.encoder import ClipEncoder
from explainer.quality import Quality
from explainer.script import Script, scenefile
from explainer.timeline import LineShot, SceneShot, swatches
from explainer.timeline.labels import Label, samples

if TYPE_CHECKING:
    from explainer.stage import NarratedScene

Frame = NDArray[np.uint8]
"""A picture of shape (height, width, 4), RGBA."""

Show = Callable[[Frame, int], None]
"""Takes a frame, valid until it returns, and how often to show it."""


_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS)
"""What a disk fails with, which no scene is to blame for."""


class Done(Exception):
    """A run of a scene has come as far as it was meant to."""


@dataclass(frozen=True, slots=True)
class Job:
    """All that is needed to draw one line, in any process; `rows` are captions to burn in.

    `reads` are files of the film that it is known to read, if it was drawn before.
    """

    folder: str
    file: str
    shot: SceneShot
    line: str
    quality: Quality
    rows: tuple[Row, ...] = ()
    reads: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The line's full name, `scene.line`."""
        return f"{self.shot.id}.{self.line}"

    @property
    def timing(self) -> LineShot:
        """The line's own frames and cues."""
        return next(line for line in self.shot.lines if line.id == self.line)


def job_for(
    script: Script,
    shots: Mapping[str, SceneShot],
    key: str,
    quality: Quality,
    rows: tuple[Row, ...] = (),
) -> Job:
    """The job of drawing the line `key` (`scene.line`)."""
    scene, _, line = key.partition(".")
    file = script.scene_file(scene)
    return Job(str(script.folder), str(file), shots[scene], line, quality, rows)


def start(texts: str) -> None:
    """Set a new worker process up; `texts` is the folder for what Manim writes on the way."""
    # Ctrl-C is the parent's to handle; it ends the workers
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ["EXPLAINER_TEXTS"] = str(Path(texts) / str(os.getpid()))
    tracing.install()
    # outlines come and go by the thousand, and none of them is part of a cycle
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


def draw(job: Job, out: str) -> dict[str, Any]:
    """Draw a line into an encoded clip at `out`; gives its `facts`."""
    texts = Path(os.environ["EXPLAINER_TEXTS"]).parent
    tracing.begin(job.folder, [str(texts), str(Path(out).parent)])
    configure(job.quality, os.environ["EXPLAINER_TEXTS"])
    with ClipEncoder(Path(out), job.quality) as encoder:
        labels = run(job, shown(job, encoder))
    return facts(job, encoder, labels)


def shown(job: Job, encoder: ClipEncoder) -> Show:
    """What takes a line's frames to its encoder, by way of captions that are burnt in."""
    cues = (first for first, _ in job.timing.cues.values())
    encoder.watched = swatches.moments(job.timing.frames, cues)
    return over(encoder.show, job.rows, job.quality) if job.rows else encoder.show


def facts(job: Job, encoder: ClipEncoder, labels: tuple[Label, ...]) -> dict[str, Any]:
    """What is noted of a finished clip: its `frames`, `labels` and `swatches`.

    `inputs` are what it was made from, `anew` is why it must be drawn each time, if it must.

    Raises:
        SceneError: if it is not as long as its line.
    """
    if encoder.frames != job.timing.frames:
        what = f"line {job.key}: {encoder.frames} frames drawn"
        raise SceneError.of(f"{what}, but it lasts {job.timing.frames}", "report this as a bug")
    noted: dict[str, Any] = {"labels": [asdict(label) for label in labels]}
    inputs, anew = tracing.record()
    noted.update(swatches=sorted(encoder.swatches.items()), inputs=inputs, anew=anew)
    return {"frames": encoder.frames, **noted}


def configure(quality: Quality, texts: str) -> None:
    """Set Manim's global configuration; the picture's short side is 8 units at any aspect."""
    from manim import config

    config.pixel_width, config.pixel_height = quality.width, quality.height
    short = min(quality.width, quality.height)
    config.frame_height = 8.0 * quality.height / short
    config.frame_width = 8.0 * quality.width / short
    config.frame_rate = quality.fps
    config.media_dir = texts
    config.verbosity = "ERROR"
    config.progress_bar = "none"
    config.disable_caching = True


def run(job: Job, show: Show, only: set[int] | None = None) -> tuple[Label, ...]:
    """Run a scene up to the end of one line, showing that line's frames (or those in `only`).

    Gives the labels that can be read in the line.
    """
    return travel(job, lambda line: show if line == job.line else None, only)


def travel(
    job: Job, enter: Callable[[str], Show | None], only: set[int] | None = None
) -> tuple[Label, ...]:
    """Run a job's scene; `enter` says, at each line's beginning, what takes the line's frames.

    A line that nothing takes is passed over without drawing. The run ends with the first that
    something took, and gives the labels that can be read in it; or as `enter` raises Done.
    """
    from manim import config, tempconfig

    from explainer.stage import FrameRenderer

    running, taken = "", False

    def begin_line(line: LineShot) -> None:
        nonlocal running, taken
        if taken:
            raise Done
        running = line.id
        show = enter(line.id)
        if show:
            taken, renderer.sink = True, show
        renderer.skip_animations = not taken
        cues = (first for first, _ in line.cues.values())
        renderer.samples = samples(line.frames, job.shot.fps, cues)

    try:
        renderer = FrameRenderer(only)
        # Manim breaks a text where it is wider than the picture has pixels: the same at every size
        size = {"pixel_width": job.quality.width, "pixel_height": job.quality.height}
        with tempconfig({name: round(n / job.quality.unit) for name, n in size.items()}):
            scene = _load(job)(renderer=renderer, shot=job.shot, begin_line=begin_line)
            scene.setup()
            scene.construct()
    except Done:
        pass
    except ExplainerError:
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _DISK:
            raise
        _try_disk(Path(config.media_dir))
        raise _blame(error, job, running) from None
    return renderer.sightings.labels()


def _try_disk(folder: Path) -> None:
    """Where texts cannot be written, a scene fails in many ways that are not its fault.

    Raises:
        OSError: if this is such a place.
    """
    with naming(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(100_000))


def _load(job: Job) -> type[NarratedScene]:
    path = Path(job.file)
    folder = str(path.parent)
    tracing.read_from_source()
    if folder not in sys.path:
        sys.path.insert(0, folder)
    # a module beside the scene may have been loaded for another size, or from another folder
    for name in [n for n, m in sys.modules.items() if _beside(m, folder)]:
        del sys.modules[name]
    loader = tracing.FromSource(path.stem, str(path))
    spec = importlib.util.spec_from_file_location(path.stem, path, loader=loader)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    cls: type[NarratedScene] = getattr(module, scenefile.class_name(job.shot.id))
    return cls


def _beside(module: ModuleType, folder: str) -> bool:
    file = getattr(module, "__file__", None) or ""
    return file.startswith(folder + os.sep)


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
