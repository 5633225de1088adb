"""A film in a picture: VideoClip is a mobject that shows one frame of a file at a time."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import numpy as np
from manim import Animation, config, linear
from numpy.typing import NDArray

from explainer.media.clip_reader import MAX_BYTES, ClipReader
from explainer.stage.assets import asset
from explainer.stage.changing_image import ChangingImage
from explainer.stage.errors import StageError

_readers: dict[str, ClipReader] = {}
"""State of this process: the films that were opened, by the hash of their bytes."""


class VideoClip(ChangingImage):
    """A film from the `assets` folder, as large as fits into the frame; its sound is not heard.

    It shows its first frame until `self.play(clip.play(), …)` lets it run, and then the one that it
    stopped at. Only what lies between the seconds `start` and `end` of the file is shown, at
    `speed` times its own pace, and with `loop` from the start again when it is over.

    Raises:
        StageError: if there is no such file, it cannot be read, or has no such part.
    """

    def __init__(
        self,
        name: str | Path,
        *,
        start: float = 0.0,
        end: float | None = None,
        speed: float = 1.0,
        loop: bool = False,
        **kwargs: Any,
    ) -> None:
        if not isinstance(name, str | Path):
            raise StageError(f"a clip is the name of a film in assets, not {name!r}")
        path = Path(name) if Path(name).is_absolute() else asset(str(name))
        self.name = path.name
        self.digest, reader = _open(path)
        whole = reader.duration
        end = whole if end is None else end
        for what, given in (("start", start), ("end", end), ("speed", speed)):
            if not isinstance(given, int | float) or not math.isfinite(given):
                raise StageError(f"{what}={given!r} of clip “{self.name}” is no number")
        if not 0 <= start < end <= whole + 0.001:
            raise StageError(
                f"clip “{self.name}” is {whole:.2f} s long and has no part from {start:g} to "
                f"{end:g} s: give a start and an end within it, the start first"
            )
        if speed <= 0:
            raise StageError(f"a clip cannot run at speed={speed:g}: give more than 0, as 0.5 or 2")
        self.start = float(start)
        self.duration = min(end, whole) - start
        self.speed = float(speed)
        self.loop = loop
        super().__init__(**kwargs)

    @property
    def time_left(self) -> float:
        """Seconds that it can still run for; of one that loops, until it starts over."""
        passed = self.value % self.duration if self.loop else self.value
        return max(0.0, self.duration - passed) / self.speed

    def play(self, **kwargs: Any) -> PlayClip:
        """The animation in which it runs on from where it is: `self.play(clip.play(), until=…)`.

        It runs at its own pace for as long as the animation takes, or else until it is over.
        """
        return PlayClip(self, **kwargs)

    def go_to(self, second: float) -> Self:
        """Show the frame of a second, counted from the clip's start."""
        if not 0 <= second <= self.duration:
            runs = f"it runs from 0 to {self.duration:.2f}"
            raise StageError(f"clip “{self.name}” has no second {second:g}: {runs}")
        self.show_value(second)
        return self

    def current_pixels(self) -> NDArray[np.uint8]:
        """The frame of the second that it shows, counted from its start; a loop goes round."""
        reader = _readers[self.digest]
        largest = config.pixel_width, config.pixel_height
        try:
            return reader.pixels(self._frame_number(reader), largest)
        except ValueError as error:
            raise StageError(f"clip “{self.name}”: {error}") from None

    def natural_size(self) -> tuple[int, int]:
        """That of the film's frames."""
        return _readers[self.digest].size

    def _frame_number(self, reader: ClipReader) -> int:
        passed = self.value
        if self.loop:
            passed %= self.duration
            if self.duration - passed < reader.rounding:
                passed = 0.0
        first = reader.number_at(self.start)
        last = max(first, reader.number_before(self.start + self.duration))
        return min(max(reader.number_at(self.start + passed), first), last)

    def set_color(self, color: Any, alpha: Any = None, family: bool = True) -> Self:  # noqa: ARG002
        """Refuse a colour, which a film does not take."""
        raise StageError(f"clip “{self.name}” has its own colours: none can be set")


class PlayClip(Animation):  # type: ignore[misc]
    """Lets a clip run on at its own pace, for `run_time` seconds or until it is over."""

    def __init__(
        self,
        mobject: VideoClip,
        run_time: float | None = None,
        rate_func: Callable[[float], float] = linear,
        introducer: bool = True,
        **kwargs: Any,
    ) -> None:
        seconds = mobject.time_left if run_time is None else run_time
        super().__init__(
            mobject, run_time=seconds, rate_func=rate_func, introducer=introducer, **kwargs
        )
        self.first = mobject.value

    def create_starting_mobject(self) -> VideoClip:
        """The clip itself: where it starts is a number, so no copy is needed."""
        clip: VideoClip = self.mobject
        return clip

    def begin(self) -> None:
        """Start from the frame that is shown by now.

        Raises:
            StageError: if the clip is over before the animation is.
        """
        clip = self.mobject
        self.first = clip.value
        reader = _readers[clip.digest]
        frame = reader.duration / len(reader.times) / clip.speed
        if not clip.loop and self.run_time > clip.time_left + frame / 2:
            raise StageError(
                f"clip “{clip.name}” has {clip.time_left:.2f} s left but is to run for "
                f"{self.run_time:.2f} s: let it go round with loop=True, give it a lower speed, "
                "or let it end before with by=… in place of until=…"
            )
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        """Show the frame that belongs to a progress of 0 to 1."""
        clip = self.mobject
        clip.show_value(self.first + self.rate_func(alpha) * self.run_time * clip.speed)


def _open(path: Path) -> tuple[str, ClipReader]:
    """A film's hash and its reader; one that was opened before is not opened again."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ValueError(f"it has more than {MAX_BYTES >> 20} MB: make it shorter or smaller")
        content = path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        if digest not in _readers:
            _readers[digest] = ClipReader(content)
    except OSError as error:
        raise StageError(f"clip “{path.name}” cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise StageError(f"clip “{path.name}”: {error}") from None
    return digest, _readers[digest]
