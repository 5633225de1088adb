"""The renderer of a film: a scene's play calls in, frames to a sink out.

A flat scene is drawn by the fast `CachedCamera`; one that asks for another of Manim's cameras (in
space, zoomed) is drawn by that camera, in Manim's own order.
"""

from __future__ import annotations

import sys
from copy import copy
from types import FrameType
from typing import Any

from manim import CairoRenderer, Camera, MovingCamera, config, tempconfig

from explainer.cache import tracing
from explainer.stage.cached_camera import CachedCamera
from explainer.stage.camera import StageCamera
from explainer.stage.frame_sink import DrawingPartner, Frame, FrameSink
from explainer.stage.labels import LabelRecorder

FLAT_CAMERAS = (Camera, MovingCamera, StageCamera, CachedCamera)
"""The cameras in whose place CachedCamera draws."""


LEFT_BY_PLAYS: dict[str, Any] = {
    "animations": None,
    "duration": 0.0,
    "last_t": 0.0,
    "moving_mobjects": [],
    "static_mobjects": [],
    "stop_condition": None,
    "time_progression": None,
}
"""Attributes of a scene that a play call leaves behind, and what they are before the first."""


def _discard(_frame: Frame, _count: int) -> None:
    """The sink until another is set."""


def _note_reader(frame: FrameType) -> None:
    """Note that a line depends on its place in time, unless it is Manim that reads it.

    Manim does so around every play call, for captions that a film does not have.
    """
    if not frame.f_code.co_filename.endswith("manager.py"):
        tracing.note("time", "", "read")


class FrameRenderer(CairoRenderer):  # type: ignore[misc]
    """Manim's Cairo renderer with a sink in place of its file writer."""

    def __init__(self, frames_to_draw: set[int] | None = None, reads_labels: bool = True) -> None:
        """Hand every frame of the running line to `sink`, unless `skip_animations` is set.

        Where `frames_to_draw` are given, the others hold whatever was drawn before. The labels
        in the line's `inspected_frames` go to `label_recorder`; where it `reads_labels` no longer,
        what plays beside the frames to draw is passed over, as lines before it are. A `partner`
        draws some of the line's `pictures`, which are counted.
        """
        self.plays = 0
        self.seed_chosen = False
        self.left_by_play: dict[str, Any] = {}
        super().__init__(camera_class=CachedCamera)
        self.frames_to_draw = frames_to_draw
        self.reads_labels = reads_labels
        self.sink: FrameSink = _discard
        self.partner: DrawingPartner | None = None
        self.pictures = 0
        self.inspected_frames: frozenset[int] = frozenset()
        self.label_recorder = LabelRecorder()
        # kept from here: a scene's code may change Manim's configuration
        self.pixel_size = {name: config[name] for name in ("pixel_width", "pixel_height")}

    def init_scene(self, scene: Any, *_: Any, **__: Any) -> None:
        """Take the camera that the scene asks for; frames go to the sink, so no file is opened."""
        # made only now, as the scene's file may have set the background in Manim's configuration
        with tempconfig(self.pixel_size):
            self.camera = (
                CachedCamera() if scene.camera_class in FLAT_CAMERAS else scene.camera_class()
            )
        unit = min(self.pixel_size.values()) / 1080
        # points of a point cloud are as wide as Manim's at 1080, in a frame of any size
        self.camera.adjusted_thickness = lambda thickness: 1 + (thickness - 1) * unit

    def play(self, scene: Any, *args: Any, **kwargs: Any) -> None:
        """Run one play call; while skipping, nothing of it is drawn."""
        scene.compile_animation_data(*args, **kwargs)
        scene.begin_animations()
        playhead = scene._playhead
        first = playhead.frame
        passes_over = self.skip_animations or self._shows_nothing_wanted(scene)
        if not passes_over:
            self._draw_static(scene)
        elif not isinstance(self.camera, CachedCamera):
            # Manim takes the camera's centre for the whole play from where it is in the first frame
            self.camera.get_cairo_context(self.camera.pixel_array)
        if scene.is_current_animation_frozen_frame():
            frames = playhead.count_frames(scene.duration)
            playhead.reserve_frames(frames)
            if frames and not passes_over:
                self._emit(scene, frames, scene.moving_mobjects)
            self.advance(scene, frames, at_once=True)
        else:
            scene.play_internal(skip_rendering=passes_over)
        if passes_over and not self.skip_animations:
            self.sink(self.camera.pixel_array, playhead.frame - first)
        self.left_by_play = {name: vars(scene).get(name) for name in LEFT_BY_PLAYS}
        self.plays += 1

    def can_share_pictures(self) -> bool:
        """Whether another process may draw some: each picture must depend on itself alone."""
        return isinstance(self.camera, CachedCamera)

    def forget_plays(self, scene: Any) -> None:
        """Take away what the last play call left in a scene: a line depends on none before it.

        What an author has put in its place since stays.
        """
        for name, value in self.left_by_play.items():
            if vars(scene).get(name) is value:
                setattr(scene, name, copy(LEFT_BY_PLAYS[name]))
        self.left_by_play = {}

    def _shows_nothing_wanted(self, scene: Any) -> bool:
        """Whether the play that has begun shows no frame that is wanted, and is not read either."""
        if self.frames_to_draw is None or self.reads_labels:
            return False
        playhead = scene._playhead
        most = playhead.line.frames
        if not scene.stop_condition:
            # rounding, and what shorter plays have left, may add two
            most = min(most, playhead.frame + int(scene.duration * playhead.shot.fps) + 2)
        return self.frames_to_draw.isdisjoint(range(playhead.frame, most))

    def _draw_static(self, scene: Any) -> None:
        """Draw what stands still in a play, once for all its frames."""
        if isinstance(self.camera, CachedCamera):
            self.camera.hold(scene.static_mobjects)
        else:
            self.save_static_frame_data(scene, scene.static_mobjects)

    def render(self, scene: Any, _time: float = 0, moving: Any = None) -> None:
        """Draw one frame and hand it on."""
        self._emit(scene, 1, moving)
        self.advance(scene, 1)

    def advance(self, scene: Any, frames: int, at_once: bool = False) -> None:
        """Count frames as shown, adding up the time as Manim does."""
        step = 1 / scene._playhead.shot.fps
        if at_once:
            self.seconds += frames * step
        else:
            for _ in range(frames):
                self.seconds += step
        scene._playhead.frame += frames

    @property
    def time(self) -> float:
        """Seconds since the scene began; a line that reads it depends on it."""
        _note_reader(sys._getframe(1))
        return self.seconds

    @time.setter
    def time(self, seconds: float) -> None:
        self.seconds = seconds

    @property
    def num_plays(self) -> int:
        """How many play calls there were; a line that reads it depends on it."""
        _note_reader(sys._getframe(1))
        return self.plays

    @num_plays.setter
    def num_plays(self, plays: int) -> None:
        self.plays = plays

    def _emit(self, scene: Any, count: int, moving: Any) -> None:
        first = scene._playhead.frame
        if self.frames_to_draw is None or not self.frames_to_draw.isdisjoint(
            range(first, first + count)
        ):
            if isinstance(self.camera, CachedCamera):
                self._draw_or_take(scene)
            else:
                self.update_frame(scene, moving)
        if self.reads_labels:
            self._record_labels(scene, range(first, first + count))
        frame = self.camera.pixel_array
        # Manim's own cameras draw each frame over the one before
        self.sink(frame if isinstance(self.camera, CachedCamera) else frame.copy(), count)

    def _draw_or_take(self, scene: Any) -> None:
        """Draw a picture, or let the partner do so."""
        number = self.pictures
        self.pictures += 1
        if self.partner:
            self.partner.draw(number, self.camera, scene.mobjects)
        else:
            self.camera.draw_frame(scene.mobjects)

    def _record_labels(self, scene: Any, frames: range) -> None:
        self.label_recorder.record_texts(frames, scene.mobjects, self.camera)
        if shown := sorted(self.inspected_frames.intersection(frames)):
            self.label_recorder.record(shown, scene.mobjects, self.camera)
