"""The stage: a Manim scene whose lines are methods and whose moments are cues of the narration.

A scene file holds one `NarratedScene` with a method for each line of its scene in the script. The
stage runs them in order, lets them ask for moments by name and holds the last picture until the
line is over. `draw` hands it a SceneTiming and a sink for frames; under plain `manim` it rehearses
with times estimated from the script beside the scenes folder.
"""

from __future__ import annotations

import inspect
import logging
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field, fields
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
from explainer.stage.label_texts import set_label_texts
from explainer.stage.mobject_attributes import pin
from explainer.stage.renderer import FrameRenderer
from explainer.timeline.layout import estimate_timeline
from explainer.timeline.model import END
from explainer.timeline.scene_timing import LineTiming, SceneTiming, scene_timings

manim_patches.install()

CUE_TOLERANCE_SECONDS = 0.25
"""Seconds by which a moment may already be past before it counts as missed."""

CAPTIONS = "a film's captions are what its lines say: write the words into the script instead"

SHORT = 2
"""Frames; plays shorter than this add up to their time, longer ones take whole frames each."""


@dataclass(slots=True)
class Run:
    """Where a scene is in its lines; `owed` is the time, in frames, that short plays still lack."""

    shot: SceneTiming
    begin_line: Callable[[LineTiming], None] | None
    line: LineTiming
    index: int = 0
    frame: int = 0  # of the running line
    owed: float = 0.0
    unused_cues: dict[str, set[str]] = field(default_factory=dict)

    def cue(self, name: str) -> tuple[int, int]:
        """The first frame of a cue's words and the one after their last.

        Raises:
            StageError: if the running line has no such cue.
        """
        if name == END:
            return self.line.frames, self.line.frames
        if name not in self.line.cues:
            known = ", ".join(self.line.cues) or "none"
            raise StageError(f"line “{self.line.id}” has no cue “{name}”; its cues: {known}")
        self.unused_cues[self.line.id].discard(name)
        return self.line.cues[name]

    def time_until(self, until: str) -> float:
        """Seconds from now until a cue, negative if it is past."""
        return (self.cue(until)[0] - self.frame) / self.shot.fps

    def frames_of(self, duration: float) -> int:
        """The whole frames that a play of `duration` seconds takes; short ones carry the rest on.

        Raises:
            StageError: if it lasts less than nothing.
        """
        if duration < 0:
            raise StageError(f"a time of {duration:g} s is less than nothing: give 0 or more")
        exact = duration * self.shot.fps
        if exact >= SHORT - 1e-6:
            return round(exact)
        whole = round(exact)
        if abs(exact - whole) < 1e-6:
            return whole
        self.owed += exact
        frames = int(self.owed + 1e-6)
        self.owed -= frames
        return frames

    def moving_frames(self, duration: float) -> int:
        """The frames of a play that moves: as many as Manim draws, where the line has room for it.

        That is one more where an animation's own time is above whole frames, be it by a hair.
        """
        frames = self.frames_of(duration)
        if duration * self.shot.fps < SHORT - 1e-6 or duration == frames / self.shot.fps:
            return frames
        counted = len(np.arange(0, duration, 1 / self.shot.fps))
        return counted if counted <= self.line.frames - self.frame else frames

    def whole(self, duration: float) -> float:
        """A duration as whole frames, unless it is so short that it adds up with others."""
        exact = duration * self.shot.fps
        return round(exact) / self.shot.fps if exact >= SHORT - 1e-6 else duration

    def reserve_frames(self, frames: int) -> None:
        """Make sure that the line has room for so many more frames.

        Raises:
            StageError: if it has not.
        """
        left = self.line.frames - self.frame
        if frames > left:
            raise StageError(
                f"line “{self.line.id}” has {left / self.shot.fps:.2f} s left but this takes "
                f"{frames / self.shot.fps:.2f} s: shorten it, or give it by=“{END}”"
            )


class _Reading:
    """A value that scenes may read under a name, and that gives way where they use the name."""

    def __init__(self, read: Callable[[Run], Any], doc: str) -> None:
        self.read, self.__doc__ = read, doc

    def __get__(self, scene: NarratedScene | None, _: type | None = None) -> Any:
        return self if scene is None else self.read(scene._run)


class _TracedTiming(SceneTiming):
    """A shot as a scene is given it: whoever asks for its lines or texts depends on all of them."""

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


class _Times(list[float]):
    """The times of a play call's frames, in the form of the progress bar that Manim expects."""

    def close(self) -> None:
        """Nothing to close."""


class NarratedScene(Scene):  # type: ignore[misc]
    """A scene with one method per line; subclass it in `scenes/<id>.py` as the id in CamelCase.

    `fonts` names the families that the scene sets type in; one that is missing is an error, where
    Pango would quietly take another.
    """

    fonts: tuple[str, ...] = ()

    def __init__(
        self,
        renderer: Any = None,
        shot: SceneTiming | None = None,
        begin_line: Callable[[LineTiming], None] | None = None,
        **kwargs: Any,
    ) -> None:
        _register_fonts(self._folder() / "assets" / "fonts")
        shot = shot or self._rehearsal()
        set_label_texts(shot.texts, shot.labelled)
        self._run = Run(shot, begin_line, shot.lines[0])
        if renderer is None and _camera_of(type(self)) in (Camera, MovingCamera):
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
            StageError: if the line lacks the cue, or the moment is past, or there is no room.
        """
        if self._in_film() and any(name.startswith("subcaption") for name in kwargs):
            raise StageError(CAPTIONS)
        run = self._run
        start = at or span
        if start:
            NarratedScene.wait(self, until=start)
        end = until or by
        if span:
            run_time = (run.cue(span)[1] - run.frame) / run.shot.fps
        elif end:
            room = run.time_until(end)
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
            # asked for here, so that the message says what was asked for
            if run_time < 0:
                run.frames_of(run_time)
            kwargs["run_time"] = run.whole(run_time)
        super().play(*animations, **kwargs)
        if (
            not isinstance(self.renderer, FrameRenderer)
            and self.is_current_animation_frozen_frame()
        ):
            run.frame += run.frames_of(self.duration)  # under plain Manim nobody else counts

    def wait(
        self,
        duration: float | None = None,
        stop_condition: Callable[[], bool] | None = None,
        frozen_frame: bool | None = None,
        *,
        until: str | None = None,
    ) -> None:
        """Hold the picture for `duration` seconds, or until a cue's first word begins.

        With a `stop_condition` the wait ends as soon as that holds, and must within the line.

        Raises:
            StageError: if the cue is past by more than a quarter of a second, or `duration` is
                less than nothing.
        """
        run = self._run
        if until:
            room = run.time_until(until)
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
            run.frames_of(duration)
        wait = Wait(run.whole(duration), stop_condition=stop_condition, frozen_frame=frozen_frame)
        NarratedScene.play(self, wait)

    def time_until(self, until: str = END) -> float:
        """Seconds from now until a cue's first word, or the end of the line; negative if past."""
        return self._run.time_until(until)

    def room(self, until: str = END) -> float:
        """The same as `time_until`, by its old name."""
        what = "self.room is called self.time_until now"
        warnings.warn(what, DeprecationWarning, stacklevel=2)
        return self.time_until(until)

    def next_section(self, *args: Any, **kwargs: Any) -> None:
        """Begin a section, as in Manim; a film has the script's scenes as its chapters.

        What a section is to leave out (`skip_animations`) a film shows all the same, and says so.
        """
        if not self._in_film():
            super().next_section(*args, **kwargs)
        elif kwargs.get("skip_animations") or (len(args) > 2 and args[2]):
            what = "skip_animations is for previews; a film shows the section all the same"
            print(f"line “{self._run.line.id}”: {what}", file=sys.stderr)

    def add_sound(self, sound_file: str, *args: Any, **kwargs: Any) -> None:
        """Play a sound, under plain Manim; in a film the script says what sounds when.

        Raises:
            StageError: in a film.
        """
        if self._in_film():
            line, name = self._run.line.id, Path(sound_file).name
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
            raise StageError(CAPTIONS)
        super().add_subcaption(*args, **kwargs)

    def interactive_embed(self) -> None:
        """Stop for a conversation, under plain Manim; a film is drawn where nobody can answer.

        Raises:
            StageError: in a film.
        """
        if self._in_film():
            raise StageError("nobody can be asked while a film is drawn: remove interactive_embed")
        super().interactive_embed()

    def embed(self, *args: Any, **kwargs: Any) -> None:
        """Stop for a conversation, under plain Manim; a film is drawn where nobody can answer.

        Raises:
            StageError: in a film.
        """
        if self._in_film():
            raise StageError("nobody can be asked while a film is drawn: remove embed")
        super().embed(*args, **kwargs)

    def pin(self, *mobjects: Mobject) -> None:
        """Keep mobjects where they are on the screen, however the camera travels."""
        for mobject in mobjects:
            pin(mobject)

    def backdrop(self, width: int, height: int) -> NDArray[np.uint8] | None:  # noqa: ARG002
        """What lies behind everything, shape (height, width, 4), RGBA; override to have one."""
        return None

    shot = _Reading(
        lambda run: _traced_timing(run.shot), "The scene's place in the film, and its lines' times."
    )
    fps = _Reading(lambda run: run.shot.fps, "Frames a second.")
    line_index = _Reading(lambda run: run.index, "The number of the running line, from 0.")
    line_count = _Reading(lambda run: len(run.shot.lines), "How many lines the scene has.")
    line_progress = _Reading(
        lambda run: min(1.0, run.frame / run.line.frames),
        "How much of the running line has been shown, 0 to 1.",
    )

    # -- for the machinery --------------------------------------------------------------------

    def setup(self) -> None:
        """Check fonts and lay the backdrop; a subclass that overrides this calls it first."""
        for name in set(self.fonts) - set(manimpango.list_fonts()):
            remedy = "put its file into assets/fonts, or install it"
            raise EnvironmentProblem.of(f"the font {name} is missing", remedy)
        super().setup()
        ground = self.backdrop(self.camera.pixel_width, self.camera.pixel_height)
        if ground is not None:
            self.camera.background = ground
            self.camera.reset()

    def construct(self) -> None:
        """Run the lines in order, each filled up to its last frame."""
        run = self._run
        for index, line in enumerate(run.shot.lines):
            run.line, run.index, run.frame, run.owed = line, index, 0, 0.0
            run.unused_cues[line.id] = set(line.cues)
            if run.begin_line:
                run.begin_line(line)
            method = getattr(self, line.id.replace("-", "_"), None)
            if method is None:
                raise StageError(f"{type(self).__name__} has no method for line “{line.id}”")
            method()
            NarratedScene.wait(self, until=END)

    def get_run_time(self, animations: list[Animation]) -> float:
        """The longest run time, however short it is: short plays add up."""
        return float(max(animation.run_time for animation in animations))

    def play_internal(self, skip_rendering: bool = False) -> None:
        """Run the animations that have begun, frame by frame unless the way makes no difference."""
        run, animations = self._run, self.animations or []
        frames = run.moving_frames(self.duration)
        # times as Manim adds them up, to the last bit, and of its type: Add takes none
        waits_for, step = self.stop_condition, 1 / run.shot.fps
        if waits_for:
            frames, wanted = min(frames, run.line.frames - run.frame), frames
        run.reserve_frames(frames)
        self.time_progression = _Times()
        if skip_rendering and not waits_for and not needs_every_frame(self):
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
                        run.frame += 1
                if waits_for and waits_for():
                    break
            else:
                if waits_for and frames < wanted:
                    what = f"line “{run.line.id}” ended before what its wait is for came true"
                    raise StageError(f"{what}: give the wait a time that fits into the line")
        for animation in animations:
            animation.finish()
            animation.clean_up_from_scene(self)
        self.update_mobjects(0)
        self.renderer.static_image = None

    def __getattr__(self, name: str) -> Any:
        """Say whose method a name is that another of Manim's scenes has."""
        what = f"“{type(self).__name__}” has no attribute “{name}”"
        if "_run" not in vars(self):
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

    def _folder(self) -> Path:
        return Path(inspect.getfile(type(self))).resolve().parent.parent

    def _rehearsal(self) -> SceneTiming:
        name = Path(inspect.getfile(type(self))).stem.replace("_", "-")
        script = load(self._folder() / "script.yaml", selection=name)
        found = scene_timings(estimate_timeline(script, int(config.frame_rate)))
        if name not in found:
            raise StageError(f"script.yaml has no scene “{name}”")
        return found[name]


def _heed_fonts(record: logging.LogRecord) -> bool:
    """Let errors of Manim be said, and raise what it only says of fonts, for it takes another."""
    said = record.getMessage()
    if said.startswith("Font ") and " not in [" in said:
        name = said[len("Font ") : said.index(" not in [")]
        there = sorted(set(manimpango.list_fonts()))
        near = ", ".join(get_close_matches(name, there)) or ", ".join(there[:6])
        raise StageError(
            f"there is no font “{name}”; near it are: {near}. "
            "Put its file into assets/fonts, or take another"
        )
    return record.levelno >= logging.ERROR


def _register_fonts(folder: Path) -> None:
    logger = logging.getLogger("manim")
    logger.setLevel(logging.WARNING)
    if _heed_fonts not in logger.filters:
        logger.addFilter(_heed_fonts)
    for file in sorted(folder.glob("*.[ot]tf")):
        tracing.note_file(file)
        manimpango.register_font(str(file))


def _camera_of(kind: type) -> Any:
    """The camera that a scene's Manim base asks for: the first default along its classes."""
    classes = kind.__mro__[kind.__mro__.index(NarratedScene) + 1 :]
    for cls in classes:
        if "__init__" in vars(cls):
            found = inspect.signature(vars(cls)["__init__"]).parameters.get("camera_class")
            if found is not None:
                return found.default
    return Camera
