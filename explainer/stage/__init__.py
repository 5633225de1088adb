"""The stage: a Manim scene whose lines are methods and whose moments are cues of the narration.

A scene file holds one `NarratedScene` with a method for each line of its scene in the script. The
stage runs them in order, lets them ask for moments by name and holds the last picture until the
line is over. `draw` hands it a SceneShot and a sink for frames; under plain `manim` it rehearses
with times estimated from the script beside the scenes folder.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import manimpango
import numpy as np
from manim import Animation, CairoRenderer, Mobject, MovingCameraScene, Wait, config
from numpy.typing import NDArray

from explainer.errors import MissingTool
from explainer.script import load
from explainer.stage.camera import Shade, StageCamera
from explainer.stage.canvas import Canvas
from explainer.timeline import END, LineShot, SceneShot, rehearse, shots
from explainer.timeline.labels import Sightings, give, labelled, readable, written

__all__ = ["NarratedScene", "Shade", "StageError", "labelled", "readable", "written"]

LATE = 0.25
"""Seconds by which a moment may already be past before it counts as missed."""

Sink = Callable[[NDArray[np.uint8], int], None]
"""Takes an RGBA frame (height, width, 4), valid until the next is taken; how often to show it."""


class StageError(Exception):
    """A scene asks for something its line cannot give."""


def _ignore(_frame: NDArray[np.uint8], _repeat: int) -> None:
    """A sink while nothing is to be shown."""


class FrameRenderer(CairoRenderer):  # type: ignore[misc]
    """Manim's Cairo renderer with a sink in place of its file writer."""

    def __init__(self, only: set[int] | None = None) -> None:
        """Hand the frames of lines that are not skipped to `sink`; draw all, or those in `only`.

        What can be read in the running line's frames in `samples` is gathered in `sightings`.
        """
        super().__init__(camera_class=Canvas)
        self.only = only
        self.sink: Sink = _ignore
        self.samples: frozenset[int] = frozenset()
        self.sightings = Sightings()

    def init_scene(self, *_: Any, **__: Any) -> None:
        """Nothing to set up: frames go to the sink."""

    def play(self, scene: NarratedScene, *args: Any, **kwargs: Any) -> None:
        """Run one play call; while skipping, only its end state is reached."""
        scene.compile_animation_data(*args, **kwargs)
        frames = scene.claim(scene.duration)
        scene.begin_animations()
        if scene.is_current_animation_frozen_frame():
            if not self.skip_animations:
                if self._wanted(scene.frame, frames):
                    self.camera.show(scene.mobjects)
                self._look(scene, frames)
                self.sink(self.camera.pixel_array, frames)
        else:
            scene.play_internal(skip_rendering=self.skip_animations)
        self.num_plays += 1

    def render(self, scene: NarratedScene, *_: Any) -> None:
        """Draw one frame and hand it on."""
        if self._wanted(scene.frame, 1):
            self.camera.show(scene.mobjects)
        self._look(scene, 1)
        self.sink(self.camera.pixel_array, 1)
        scene.frame += 1

    def _look(self, scene: NarratedScene, count: int) -> None:
        if shown := sorted(self.samples.intersection(range(scene.frame, scene.frame + count))):
            self.sightings.note(shown, scene.mobjects, self.camera)

    def _wanted(self, first: int, count: int) -> bool:
        return self.only is None or not self.only.isdisjoint(range(first, first + count))


class _Times(list[float]):
    """The times of a play call's frames, in the form of the progress bar that Manim expects."""

    def close(self) -> None:
        """Nothing to close."""


class NarratedScene(MovingCameraScene):  # type: ignore[misc]
    """A scene with one method per line; subclass it in `scenes/<id>.py` as the id in CamelCase.

    `fonts` names the families that the scene sets type in; one that is missing is an error, where
    Pango would quietly take another.
    """

    fonts: tuple[str, ...] = ()

    def __init__(
        self,
        renderer: CairoRenderer | None = None,
        shot: SceneShot | None = None,
        begin_line: Callable[[LineShot], None] | None = None,
        **kwargs: Any,
    ) -> None:
        _register_fonts(self._folder() / "assets" / "fonts")
        self.shot = shot or self._rehearsal()
        give(self.shot.texts, self.shot.labelled)
        self.begin_line = begin_line
        self.line = self.shot.lines[0]
        self.line_index = 0
        self.unused_cues: dict[str, set[str]] = {}
        self.frame = 0  # of the running line
        super().__init__(camera_class=StageCamera, renderer=renderer, **kwargs)

    # -- for authors ------------------------------------------------------------------------

    def play(
        self,
        *animations: Any,
        until: str | None = None,
        at: str | None = None,
        span: str | None = None,
        by: str | None = None,
        run_time: float | None = None,
        **kwargs: Any,
    ) -> None:
        """Play animations at moments of the narration; cues are named as in the script.

        Args:
            animations: what Manim's own `play` takes.
            until: start now and end as the cue's first word begins.
            at: hold until the cue's first word begins, then start.
            span: start as the cue's first word begins, end as its last word ends.
            by: end no later than the cue's first word, playing faster if `run_time` is too long.
            run_time: seconds; without it, and without `until` or `span`, the animations' own.
            kwargs: passed on to Manim.

        Raises:
            StageError: if the line lacks the cue, or the moment is past, or there is no room.
        """
        start = at or span
        if start:
            self.wait(until=start)
        end = until or by
        if span:
            run_time = (self._cue(span)[1] - self.frame) / self.fps
        elif end:
            room = self.room(end)
            if room <= 0:
                raise StageError(f"cue “{end}” is already past: no time is left to play until it")
            run_time = room if until else min(run_time or 1.0, room)
        if run_time is not None:
            kwargs["run_time"] = max(1, round(run_time * self.fps)) / self.fps
        before = self.frame
        super().play(*animations, **kwargs)
        self.frame = before + round(self.duration * self.fps)

    def wait(self, duration: float | None = None, until: str | None = None, **kwargs: Any) -> None:
        """Hold the picture for `duration` seconds, or until a cue's first word begins.

        Raises:
            StageError: if the cue is past by more than a quarter of a second.
        """
        if until:
            duration = self.room(until)
            if duration < -LATE:
                raise StageError(
                    f"cue “{until}” came {-duration:.2f} s before the scene was ready for it: "
                    "shorten what is played before it, or give that a by=…"
                )
        frames = round((1.0 if duration is None else duration) * self.fps)
        if frames > 0:
            self.play(Wait(run_time=frames / self.fps, **kwargs))

    def room(self, until: str = END) -> float:
        """Seconds from now until a cue's first word, or the end of the line; negative if past."""
        return (self._cue(until)[0] - self.frame) / self.fps

    def pin(self, *mobjects: Mobject) -> None:
        """Keep mobjects where they are on the screen, however the camera travels."""
        for mobject in mobjects:
            for part in mobject.get_family():
                part.pinned = True

    def backdrop(self, width: int, height: int) -> NDArray[np.uint8] | None:  # noqa: ARG002
        """What lies behind everything, shape (height, width, 4), RGBA; override to have one."""
        return None

    @property
    def fps(self) -> int:
        """Frames a second."""
        return self.shot.fps

    @property
    def line_count(self) -> int:
        """How many lines the scene has."""
        return len(self.shot.lines)

    @property
    def line_progress(self) -> float:
        """How much of the running line has been shown, 0 to 1."""
        return min(1.0, self.frame / self.line.frames)

    # -- for the machinery --------------------------------------------------------------------

    def setup(self) -> None:
        """Check fonts and lay the backdrop; a subclass that overrides this calls it first."""
        for name in set(self.fonts) - set(manimpango.list_fonts()):
            remedy = "restore its file: git checkout assets/fonts"
            raise MissingTool.of(f"the font {name} is missing", remedy)
        ground = self.backdrop(self.camera.pixel_width, self.camera.pixel_height)
        if ground is not None:
            self.camera.background = ground
            self.camera.reset()

    def construct(self) -> None:
        """Run the lines in order, each filled up to its last frame."""
        for index, line in enumerate(self.shot.lines):
            self.line, self.line_index, self.frame = line, index, 0
            self.unused_cues[line.id] = set(line.cues)
            if self.begin_line:
                self.begin_line(line)
            method = getattr(self, line.id.replace("-", "_"), None)
            if method is None:
                raise StageError(f"{type(self).__name__} has no method for line “{line.id}”")
            method()
            self.wait(until=END)

    def claim(self, duration: float) -> int:
        """The frames that a play call of `duration` seconds takes, if the line has room."""
        frames = round(duration * self.fps)
        left = self.line.frames - self.frame
        if frames > left:
            raise StageError(
                f"line “{self.line.id}” has {left / self.fps:.2f} s left but this takes "
                f"{frames / self.fps:.2f} s: shorten it, or give it by=“{END}”"
            )
        return frames

    def get_run_time(self, animations: list[Animation]) -> float:
        """The longest run time, as a whole number of frames."""
        longest = float(max(animation.run_time for animation in animations))
        return max(1, round(longest * self.fps)) / self.fps

    def _get_animation_time_progression(self, _animations: Any, duration: float) -> _Times:
        if self.renderer.skip_animations:
            return _Times([duration])
        return _Times(i / self.fps for i in range(round(duration * self.fps)))

    def _cue(self, name: str) -> tuple[int, int]:
        if name == END:
            return self.line.frames, self.line.frames
        if name not in self.line.cues:
            known = ", ".join(self.line.cues) or "none"
            raise StageError(f"line “{self.line.id}” has no cue “{name}”; its cues: {known}")
        self.unused_cues[self.line.id].discard(name)
        return self.line.cues[name]

    def _folder(self) -> Path:
        return Path(inspect.getfile(type(self))).resolve().parent.parent

    def _rehearsal(self) -> SceneShot:
        name = Path(inspect.getfile(type(self))).stem.replace("_", "-")
        script = load(self._folder() / "script.yaml", name)
        found = shots(rehearse(script, int(config.frame_rate)))
        if name not in found:
            raise StageError(f"script.yaml has no scene “{name}”")
        return found[name]


def _register_fonts(folder: Path) -> None:
    logging.getLogger("manim").setLevel(logging.ERROR)
    for file in sorted(folder.glob("*.[ot]tf")):
        manimpango.register_font(str(file))
