"""Examples drawn by plain Manim, in a process that nothing of this engine's stage is loaded into.

The stage changes some of Manim's classes, to know what can be read in a picture. Were it loaded
here, it would be compared with itself.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import manim
import numpy as np
from manim import CairoRenderer, Wait, config, tempconfig
from manims_examples import Example
from numpy.typing import NDArray

from explainer.draw.seeding import seeded
from explainer.frame_format import FrameFormat

HELD = 10
"""Frames of the wait that follows an example."""
PATIENCE = 150
"""Seconds that an example may take."""
ALIKE = {"PYTHONHASHSEED": "0"}
"""What a film's processes have too, so that sets of texts are gone through in the same order."""
BEFORE = "from manim import *\n"
SERVE = "import sys; sys.path[:0] = {places!r}; import plain_manim; plain_manim.serve()"

Frame = NDArray[np.uint8]
Play = list[tuple[Frame, int]]
"""The frames of one play call, and how often each is shown."""


@dataclass(frozen=True)
class Failed:
    """A call in another process that gave nothing, and why."""

    reason: str


@dataclass(frozen=True)
class Drawn:
    """An example: the `kind` of its scene, its plays, its last picture, the wait after it.

    `frames` are how many frames each play's time comes to. That is None where the scene itself says
    a time that is no whole number of frames, and where a play is shorter than a frame.
    """

    kind: str
    plays: list[Play]
    frames: list[int | None]
    end: Frame
    held: Play


class Recorder:
    """What stands in for Manim's file writer; it keeps the frames of each play."""

    def __init__(self) -> None:
        self.plays: list[Play] = []
        self.sections = [SimpleNamespace(skip_animations=False)]
        self.output_spec = SimpleNamespace(is_still=False)
        self.subcaptions: list[Any] = []

    def begin_animation(self, *_: Any, **__: Any) -> None:
        """A play begins."""
        self.plays.append([])

    def write_frame(self, frame: Frame, repeat: int = 1) -> None:
        """Keep a frame."""
        self.plays[-1].append((frame[:, :, :3].copy(), repeat))

    def add_partial_movie_file(self, *_: Any) -> None:
        """Nothing is written."""

    end_animation = next_section = add_sound = add_partial_movie_file


class PlainRenderer(CairoRenderer):  # type: ignore[misc]
    """Manim's renderer as it is, but for where its frames go and when its camera is made."""

    def __init__(self) -> None:
        super().__init__()
        self.size = {name: config[name] for name in ("pixel_width", "pixel_height")}
        self.frames: list[int | None] = []

    def init_scene(self, scene: Any, *_: Any) -> None:
        """Take the scene's camera, in the size of the picture."""
        self.file_writer = Recorder()
        with tempconfig(self.size):
            self.camera = scene.camera_class()
        unit = min(self.size.values()) / 1080
        # points as wide as Manim's in a picture of 1080 rows, where this changes nothing
        self.camera.adjusted_thickness = lambda thickness: 1 + (thickness - 1) * unit

    def play(self, scene: Any, *args: Any, **kwargs: Any) -> None:
        """Play, and note how many frames that should take."""
        super().play(scene, *args, **kwargs)
        longest = max(animation.run_time for animation in scene.animations)
        exact = longest * config.frame_rate
        said = "run_time" in kwargs or isinstance(scene.animations[0], Wait)
        due: int | None = sum(repeat for _, repeat in self.file_writer.plays[-1])
        if exact < 1 - 1e-6:
            due = None
        elif abs(exact - round(exact)) < 1e-6:
            due = round(exact)
        elif said:
            due = None
        self.frames.append(due)


def draw(example: Example, shape: FrameFormat) -> Drawn:
    """Draw an example; chance is seeded as a film seeds it."""
    names: dict[str, Any] = {"__name__": "example"}
    _configure(shape)
    renderer = PlainRenderer()
    # Manim breaks texts where they are wider than the picture has pixels: as at 1080 rows
    paper = {"pixel_width": shape.width, "pixel_height": shape.height}
    narrow = {name: round(n / shape.scale) for name, n in paper.items()}
    with tempconfig(narrow), seeded("demo") as chance:
        exec(compile(BEFORE + example.source, example.name, "exec", dont_inherit=True), names)
        scene = names[example.name](renderer=renderer)
        scene.setup()
        chance.begin_line("one")
        scene.construct()
        plays, frames = list(renderer.file_writer.plays), list(renderer.frames)
        renderer.static_image = None
        renderer.update_frame(scene)
        end = renderer.get_frame()[:, :, :3].copy()
        chance.begin_line("two")
        scene.wait(HELD / config.frame_rate)
    assert "explainer.stage.scene" not in sys.modules
    classes = type(scene).__mro__
    kind = next(cls.__name__ for cls in classes if cls.__module__.startswith("manim.scene"))
    return Drawn(kind, plays, frames, end, renderer.file_writer.plays[-1])


def _configure(shape: FrameFormat) -> None:
    config.pixel_width, config.pixel_height = shape.width, shape.height
    config.frame_height, config.frame_width = 8.0, 8.0 * shape.width / shape.height
    config.frame_rate = shape.fps
    config.verbosity, config.progress_bar = "ERROR", "none"
    config.disable_caching = True


def apart(call: Callable[[], Any]) -> Any:
    """What a call gives in a fork of this process, so that it leaves nothing behind; or Failed."""
    read, write = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(read)
        signal.alarm(PATIENCE)
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        with os.fdopen(write, "wb") as out:
            try:
                answer = call()
            except BaseException as error:
                answer = Failed(_said(error))
            pickle.dump(answer, out)
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as back:
        data = back.read()
    os.waitpid(pid, 0)
    # what is read comes from this program's own fork
    return pickle.loads(data) if data else Failed(f"took over {PATIENCE} s")


def _said(error: BaseException) -> str:
    text = " ".join(str(error).split()).partition("(host=")[0]
    return f"{type(error).__name__}: {text[:150]}"


class PlainManim:
    """A process that draws examples, each in a fork of its own; on request without LaTeX."""

    def __init__(self, latex: bool = True) -> None:
        here = Path(__file__).resolve().parent
        command = [sys.executable, "-c", SERVE.format(places=[str(here), str(here.parent)])]
        pipe = subprocess.PIPE
        env = {**os.environ, **ALIKE}
        if not latex:
            env["PATH"] = ""  # who looks for it there finds none
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, env=env)

    def draw(self, example: Example, shape: FrameFormat) -> Drawn | Failed:
        """Draw an example there."""
        assert self.process.stdin
        assert self.process.stdout
        pickle.dump((example, shape), self.process.stdin)
        self.process.stdin.flush()
        # what is read comes from this program's own process
        answer: Drawn | Failed = pickle.load(self.process.stdout)
        return answer

    def end(self) -> None:
        """Let the process end."""
        self.process.communicate()


def serve() -> None:
    """Draw what is asked for on the standard input until that ends."""
    manim.logger.setLevel("ERROR")
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    with tempfile.TemporaryDirectory() as media:
        config.media_dir = media
        while True:
            try:
                example, shape = pickle.load(sys.stdin.buffer)
            except EOFError:
                return
            pickle.dump(apart(lambda: draw(example, shape)), out)  # noqa: B023
            out.flush()
