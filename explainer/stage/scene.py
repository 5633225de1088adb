"""NarratedScene: a Manim scene whose lines are methods and whose moments are cues of the narration.

It runs the method of each line in order, lets it ask for moments by name, and holds the last frame
until the line is over. `draw` gives it a SceneTiming and a sink for frames; under plain `manim` it
runs with times estimated from the script beside the scenes folder.
"""

from __future__ import annotations

import inspect
import sys
import warnings
from collections.abc import Callable
from dataclasses import fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import manimpango
import numpy as np
from manim import (
    Animation,
    Camera,
    LinearTransformationScene,
    Mobject,
    MovingCamera,
    Scene,
    ThreeDScene,
    Wait,
    ZoomedScene,
    config,
)
from manim.animation.animation import prepare_animation
from manim.utils.parameter_parsing import flatten_iterable_parameters
from numpy.typing import NDArray

from explainer.cache import tracing
from explainer.cache.inputs import value_state
from explainer.errors import EnvironmentProblem
from explainer.script.loader import load
from explainer.stage import manim_patches
from explainer.stage.camera import StageCamera
from explainer.stage.errors import StageError
from explainer.stage.fast_forward import needs_every_frame
from explainer.stage.fonts import register_fonts
from explainer.stage.label_texts import set_label_texts
from explainer.stage.mobject_attributes import pin
from explainer.stage.playhead import Playhead
from explainer.stage.renderer import FrameRenderer
from explainer.timeline.layout import estimate_timeline
from explainer.timeline.model import END
from explainer.timeline.scene_timing import LineTiming, SceneTiming, scene_timings

manim_patches.install()

CUE_TOLERANCE_SECONDS = 0.25
"""Seconds by which a moment may already be past before it counts as missed."""

NO_CAPTIONS = "a film's captions are what its lines say: write the words into the script instead"


class _PlayheadValue:
    """A value that scenes may read by a name, unless an author uses the name for something else."""

    def __init__(self, read: Callable[[Playhead], Any], doc: str) -> None:
        self.read = read
        self.__doc__ = doc

    def __get__(self, scene: NarratedScene | None, _: type | None = None) -> Any:
        return self if scene is None else self.read(scene._playhead)


class _TracedTiming(SceneTiming):
    """A scene's timing as authors see it; a line that reads all lines depends on all of them."""

    def __getattribute__(self, name: str) -> Any:
        value = super().__getattribute__(name)
        if name == "lines":
            tracing.note("times", "", value_state({line.id: line.times for line in value}))
        if name == "texts":
            texts = {label: list(each) for label, each in value.items()}
            tracing.note("labels", "", value_state(texts))
        if name == "outline":
            tracing.note("outline", "", value_state(value))
        return value


def _traced_timing(shot: SceneTiming) -> SceneTiming:
    return _TracedTiming(**{field.name: getattr(shot, field.name) for field in fields(SceneTiming)})


class _FrameTimes(list[float]):
    """The times of a play call's frames; has what Manim expects of its progress bar."""

    def close(self) -> None:
        """Nothing to close."""


class NarratedScene(Scene):  # type: ignore[misc]
    """A scene with one method per line; subclass it in `scenes/<id>.py` as the id in CamelCase.

    `fonts` names the families that the scene sets type in; one that is missing is an error, where
    Pango would quietly take another.
    """

    fonts: tuple[str, ...] = ()
    _playhead_type = Playhead

    def __init__(
        self,
        renderer: Any = None,
        shot: SceneTiming | None = None,
        begin_line: Callable[[LineTiming], None] | None = None,
        **kwargs: Any,
    ) -> None:
        register_fonts(self._film_folder() / "assets" / "fonts")
        shot = shot or self._estimated_timing()
        set_label_texts(shot.texts, shot.labelled)
        self._playhead = self._playhead_type(shot, begin_line, shot.lines[0])
        if renderer is None and _default_camera(type(self)) in (Camera, MovingCamera):
            kwargs.setdefault("camera_class", StageCamera)
        super().__init__(renderer=renderer, **kwargs)

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
            StageError: if the line has no such cue, the moment is past, or the line is too short.
        """
        if self._in_film() and any(name.startswith("subcaption") for name in kwargs):
            raise StageError(NO_CAPTIONS)
        playhead = self._playhead
        start = at or span
        if start:
            NarratedScene.wait(self, until=start)
        end = until or by
        if span:
            run_time = (playhead.cue(span)[1] - playhead.frame) / playhead.shot.fps
        elif end:
            room = playhead.time_until(end)
            if room <= 0:
                raise StageError(f"cue “{end}” is already past: no time is left to play until it")
            if until:
                run_time = room
            elif run_time is None:
                animations = tuple(map(prepare_animation, flatten_iterable_parameters(animations)))
                if max(animation.run_time for animation in animations) > room:
                    run_time = room
            else:
                run_time = min(run_time, room)
        if run_time is not None:
            if run_time < 0:
                playhead.count_frames(run_time)  # raises, with the time as it was given
            kwargs["run_time"] = playhead.round_to_frames(run_time)
        super().play(*animations, **kwargs)
        if not self._in_film() and self.is_current_animation_frozen_frame():
            # plain Manim's renderer does not count frames
            playhead.frame += playhead.count_frames(self.duration)

    def wait(
        self,
        duration: float | None = None,
        stop_condition: Callable[[], bool] | None = None,
        frozen_frame: bool | None = None,
        *,
        until: str | None = None,
    ) -> None:
        """Hold the picture for `duration` seconds (1 if not given), or until a cue's first word.

        With a `stop_condition` it ends as soon as that returns True, which must be within the line.

        Raises:
            StageError: if the cue is past by more than a quarter of a second, or `duration` is
                negative.
        """
        playhead = self._playhead
        if until:
            room = playhead.time_until(until)
            if room < -CUE_TOLERANCE_SECONDS:
                raise StageError(
                    f"cue “{until}” came {-room:.2f} s before the scene was ready for it: "
                    "shorten what is played before it, or give that a by=…"
                )
            duration = max(0.0, room)
        duration = 1.0 if duration is None else duration
        if duration == 0:
            return
        if duration < 0:
            playhead.count_frames(duration)  # raises
        wait = Wait(
            playhead.round_to_frames(duration),
            stop_condition=stop_condition,
            frozen_frame=frozen_frame,
        )
        NarratedScene.play(self, wait)

    def time_until(self, until: str = END) -> float:
        """Seconds from now until a cue's first word, or the end of the line; negative if past."""
        return self._playhead.time_until(until)

    def room(self, until: str = END) -> float:
        """The same as `time_until`, by its old name."""
        what = "self.room is called self.time_until now"
        warnings.warn(what, DeprecationWarning, stacklevel=2)
        return self.time_until(until)

    def next_section(self, *args: Any, **kwargs: Any) -> None:
        """Begin a section, under plain Manim; a film's chapters are the script's scenes.

        A film shows a section with `skip_animations`, too, and says so on standard error.
        """
        if not self._in_film():
            super().next_section(*args, **kwargs)
        elif kwargs.get("skip_animations") or (len(args) > 2 and args[2]):
            what = "skip_animations is for previews; a film shows the section all the same"
            print(f"line “{self._playhead.line.id}”: {what}", file=sys.stderr)

    def add_sound(self, sound_file: str, *args: Any, **kwargs: Any) -> None:
        """Play a sound, under plain Manim; a film's sounds are named in its script.

        Raises:
            StageError: in a film.
        """
        if self._in_film():
            line, name = self._playhead.line.id, Path(sound_file).name
            raise StageError(
                f"a film's sounds stand in its script: put {name} into assets/ and write "
                f"“sounds: {{CUE: {name}}}” below line “{line}”, where CUE is one of its cues"
            )
        super().add_sound(sound_file, *args, **kwargs)

    def add_subcaption(self, *args: Any, **kwargs: Any) -> None:
        """Add a caption, under plain Manim; a film's captions are what is said.

        Raises:
            StageError: in a film.
        """
        if self._in_film():
            raise StageError(NO_CAPTIONS)
        super().add_subcaption(*args, **kwargs)

    def interactive_embed(self) -> None:
        """Open a shell, under plain Manim; a film is drawn where nobody can answer.

        Raises:
            StageError: in a film.
        """
        if self._in_film():
            raise StageError("nobody can be asked while a film is drawn: remove interactive_embed")
        super().interactive_embed()

    def embed(self, *args: Any, **kwargs: Any) -> None:
        """Open a shell, under plain Manim; a film is drawn where nobody can answer.

        Raises:
            StageError: in a film.
        """
        if self._in_film():
            raise StageError("nobody can be asked while a film is drawn: remove embed")
        super().embed(*args, **kwargs)

    def pin(self, *mobjects: Mobject) -> None:
        """Keep mobjects where they are on the screen, however the camera's frame moves."""
        for mobject in mobjects:
            pin(mobject)

    def backdrop(self, width: int, height: int) -> NDArray[np.uint8] | None:  # noqa: ARG002
        """The background, RGBA of shape (height, width, 4), or None; override it to have one."""
        return None

    shot = _PlayheadValue(
        lambda playhead: _traced_timing(playhead.shot),
        "The scene's place in the film, and its lines' times.",
    )
    fps = _PlayheadValue(lambda playhead: playhead.shot.fps, "Frames a second.")
    line_index = _PlayheadValue(
        lambda playhead: playhead.index, "The number of the running line, from 0."
    )
    line_count = _PlayheadValue(
        lambda playhead: len(playhead.shot.lines), "How many lines the scene has."
    )
    line_progress = _PlayheadValue(
        lambda playhead: min(1.0, playhead.frame / playhead.line.frames),
        "How much of the running line has been shown, 0 to 1.",
    )

    # -- called by Manim ----------------------------------------------------------------------

    def setup(self) -> None:
        """Check fonts and draw the backdrop; a subclass that overrides this calls it first."""
        for name in set(self.fonts) - set(manimpango.list_fonts()):
            remedy = "put its file into assets/fonts, or install it"
            raise EnvironmentProblem.of(f"the font {name} is missing", remedy)
        super().setup()
        ground = self.backdrop(self.camera.pixel_width, self.camera.pixel_height)
        if ground is not None:
            self.camera.background = ground
            self.camera.reset()

    def construct(self) -> None:
        """Run the method of each line in order, and hold its last frame until the line is over."""
        for index, line in enumerate(self._playhead.shot.lines):
            self._begin_line(index)
            method = getattr(self, line.id.replace("-", "_"), None)
            if method is None:
                raise StageError(f"{type(self).__name__} has no method for line “{line.id}”")
            method()
            NarratedScene.wait(self, until=END)

    def _set_up(self) -> None:
        """Set the scene up, before its lines are run."""
        self.setup()

    def _run_lines(self) -> None:
        """Run the whole scene, once it is set up."""
        self.construct()

    def _begin_line(self, index: int) -> None:
        """Let a line of the scene begin, by its number."""
        playhead = self._playhead
        playhead.begin(index)
        if self._in_film():
            self.renderer.forget_plays(self)
        if playhead.begin_line:
            playhead.begin_line(playhead.line)

    def get_run_time(self, animations: list[Animation]) -> float:
        """The longest run time, however short it is: short plays add up."""
        return float(max(animation.run_time for animation in animations))

    def play_internal(self, skip_rendering: bool = False) -> None:
        """Run the animations that have begun: frame by frame, or in one step where that is safe."""
        playhead = self._playhead
        animations = self.animations or []
        frames = playhead.count_moving_frames(self.duration)
        stop_condition = self.stop_condition
        step = 1 / playhead.shot.fps
        requested = frames
        if stop_condition:
            frames = min(frames, playhead.line.frames - playhead.frame)
        playhead.reserve_frames(frames)
        self.time_progression = _FrameTimes()
        # times are Manim's to the last bit, and of its type: with its Add, which lasts 0 seconds,
        # dividing by np.float64 gives NaN, where a float would raise
        if skip_rendering and not stop_condition and not needs_every_frame(self):
            self.update_to_time(np.float64(self.duration))
            self.renderer.advance(self, frames)
        else:
            for i in range(frames):
                self.update_to_time(np.float64(i * step))
                if skip_rendering:
                    self.renderer.advance(self, 1)
                else:
                    self.renderer.render(self, i * step, self.moving_mobjects)
                    if not isinstance(self.renderer, FrameRenderer):
                        playhead.frame += 1
                if stop_condition and stop_condition():
                    break
            else:
                if stop_condition and frames < requested:
                    what = f"line “{playhead.line.id}” ended before what its wait is for came true"
                    raise StageError(f"{what}: give the wait a time that fits into the line")
        for animation in animations:
            animation.finish()
            animation.clean_up_from_scene(self)
        self.update_mobjects(0)
        self.renderer.static_image = None
        if not frames and not skip_rendering and not self._in_film():
            # plain Manim joins a file for each play, and of no frames it has written none
            writer = self.renderer.file_writer
            for files in (writer.partial_movie_files, writer.sections[-1].partial_movie_files):
                files[-1:] = [None]

    def __getattr__(self, name: str) -> Any:
        """Raise an AttributeError that names what is near, or which of Manim's scenes has it."""
        what = f"“{type(self).__name__}” has no attribute “{name}”"
        if "_playhead" not in vars(self):
            raise AttributeError(f"{what}: its __init__ calls no super().__init__(**kwargs)")
        if near := get_close_matches(name, dir(self), 1, 0.75):
            what += f"; did you mean “{near[0]}”?"
        for base in (ThreeDScene, ZoomedScene, LinearTransformationScene):
            if hasattr(base, name):
                bases = f"NarratedScene, {base.__name__}"
                what += f", which is {base.__name__}'s: class {type(self).__name__}({bases})"
        raise AttributeError(what)

    def _in_film(self) -> bool:
        return isinstance(self.renderer, FrameRenderer)

    def _film_folder(self) -> Path:
        return Path(inspect.getfile(type(self))).resolve().parent.parent

    def _estimated_timing(self) -> SceneTiming:
        name = Path(inspect.getfile(type(self))).stem.replace("_", "-")
        script = load(self._film_folder() / "script.yaml", selection=name)
        found = scene_timings(estimate_timeline(script, int(config.frame_rate)))
        if name not in found:
            raise StageError(f"script.yaml has no scene “{name}”")
        return found[name]


def _default_camera(kind: type) -> Any:
    """The camera that a scene's Manim base asks for: the first default along its classes."""
    classes = kind.__mro__[kind.__mro__.index(NarratedScene) + 1 :]
    for cls in classes:
        if "__init__" in vars(cls):
            found = inspect.signature(vars(cls)["__init__"]).parameters.get("camera_class")
            if found is not None:
                return found.default
    return Camera
