"""The pictures of one line drawn by two processes: every other one by a second fork.

Both run all of the line. The first shows, encodes and notes everything, as if it drew alone, so
that its clip has the same bytes; half of the pictures it takes from memory that the second draws
into. The second comes in where it finds the first, once a processor is free. A picture is taken
over only if it shows what the first would draw: where that differs, the first goes on alone.
"""

from __future__ import annotations

import mmap
import os
import sys
import threading
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from time import monotonic as clock  # as it is before looks at it are noted
from typing import TYPE_CHECKING, NoReturn

import numpy as np
from numpy.typing import NDArray

from explainer.cache import tracing
from explainer.draw import process_end
from explainer.frame_format import FrameFormat

if TYPE_CHECKING:
    from manim import Mobject

    from explainer.stage.cached_camera import CachedCamera

PLACES = 4
"""How many pictures the second process may have drawn that the first has not taken yet."""
LEAD = 2
"""How many pictures ahead of the first process the second begins to draw."""
PATIENCE = 1.0
"""Seconds that the second process may cost until the first goes on alone."""


@dataclass(frozen=True, slots=True)
class Joined:
    """The second process draws every other picture from `number` on."""

    number: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """The picture `number` lies in a place of the shared memory; `look` is what it shows."""

    number: int
    place: int
    look: int


class SharedPictures:
    """What two forks of one process share: memory for pictures, and a connection.

    Made by the process that forks them.
    """

    def __init__(self, quality: FrameFormat) -> None:
        """Make room for some pictures of this size."""
        shape = (PLACES, quality.height, quality.width, 4)
        size = int(np.prod(shape))
        memory = mmap.mmap(-1, mmap.PAGESIZE + size)
        pictures = np.frombuffer(memory, np.uint8, size, mmap.PAGESIZE)
        self.pictures: NDArray[np.uint8] = pictures.reshape(shape)
        self.position: NDArray[np.int64] = np.frombuffer(memory, np.int64, 1)
        """The number of the picture that the first process is at."""
        self.first_end, self.second_end = Pipe()
        self._told_to_begin, self._begin = Pipe(duplex=False)

    def let_begin(self) -> None:
        """Let the second process begin."""
        with suppress(OSError):
            self._begin.send(True)

    def close(self) -> None:
        """Close all ends that this process has; a second process that has not begun ends."""
        for end in (self.first_end, self.second_end, self._told_to_begin, self._begin):
            end.close()

    def close_ends_of_forks(self) -> None:
        """Close what only the forks need, in the process that has forked them."""
        for end in (self.first_end, self.second_end, self._told_to_begin):
            end.close()

    def become_first(self) -> Connection:
        """The connection of the first process, in which this is."""
        for end in (self.second_end, self._told_to_begin, self._begin):
            end.close()
        return self.first_end

    def become_second(self) -> Connection:
        """The connection of the second process, in which this is, once it may begin.

        Raises:
            EOFError: if it is not needed any more.
        """
        self.first_end.close()
        self._begin.close()
        self._told_to_begin.recv()
        return self.second_end


class FirstDrawer:
    """The process that shows all pictures of a line, and takes over what the second has drawn.

    A picture is taken only if it shows what would be drawn here, and waited for only as long as
    the second process spares more time than it costs.
    """

    def __init__(self, shared: SharedPictures) -> None:
        self._shared = shared
        self._connection: Connection | None = shared.become_first()
        self._joined: int | None = None
        self._drawn: dict[int, Drawn] = {}
        self._seconds = 0.0
        """How long the last picture took that was drawn here."""
        self._spared = 0.0
        """Seconds that the second process has spared of late, less than nothing if it cost some."""

    def draw(self, number: int, camera: CachedCamera, mobjects: Iterable[Mobject]) -> None:
        """Draw the picture `number`, or take it over."""
        self._shared.position[0] = number
        while self._hear(0):
            pass
        joined = self._joined
        if joined is not None and number >= joined and (number - joined) % 2 == 0:
            self._wait_for(number)
            if (drawn := self._drawn.pop(number, None)) and self._take(drawn, camera, mobjects):
                return
        begun = clock()
        camera.draw_frame(mobjects)
        self._seconds = clock() - begun

    def _take(self, drawn: Drawn, camera: CachedCamera, mobjects: Iterable[Mobject]) -> bool:
        """Put a picture into the camera, if it shows what would be drawn here; whether it does."""
        if drawn.look != camera.look_of(mobjects):
            self._part()
            self._drawn.clear()
            return False
        np.copyto(camera.turn(), self._shared.pictures[drawn.place])
        self._give_back(drawn.place)
        return True

    def _wait_for(self, number: int) -> None:
        """Wait for a picture, but not for long."""
        begun = clock()
        until = begun + PATIENCE + self._seconds + self._spared
        while self._connection and number not in self._drawn:
            if not self._hear(max(0.0, until - clock())):
                self._part()
        self._spared = min(self._spared + self._seconds - (clock() - begun), self._seconds)

    def _hear(self, patience: float) -> bool:
        """Take one message, waiting for it so many seconds; whether there was one."""
        if not self._connection:
            return False
        try:
            if not self._connection.poll(patience):
                return False
            message = self._connection.recv()
        except (EOFError, OSError):
            self._part()
            return False
        if isinstance(message, Joined):
            self._joined = message.number
        elif message.number < self._shared.position[0]:
            # it came too late: this process has drawn that itself
            self._give_back(message.place)
        else:
            self._drawn[message.number] = message
        return True

    def _give_back(self, place: int) -> None:
        if self._connection:
            try:
                self._connection.send(place)
            except OSError:
                self._part()

    def _part(self) -> None:
        """Go on alone."""
        if self._connection:
            with suppress(OSError):
                self._connection.close()
            self._connection = None


class SecondDrawer:
    """The process that only draws; it ends as soon as the first does not hear it any more.

    It also ends before it does what others would see, as writing files.
    """

    def __init__(self, shared: SharedPictures, camera: CachedCamera) -> None:
        """Wait until it may begin.

        Raises:
            EOFError: if it is not needed any more.
        """
        self._connection = shared.become_second()
        self._shared = shared
        self._joined: int | None = None
        self._free = list(range(PLACES))
        self._hidden: NDArray[np.uint8] | None = None
        self._background = camera.background
        self._background.flags.writeable = False
        sys.addaudithook(self._heed)

    def draw(self, number: int, camera: CachedCamera, mobjects: Iterable[Mobject]) -> None:
        """Draw the picture `number` and hand it to the first process, or pass over it.

        Who reads a picture that was passed over fails.
        """
        if not tracing.can_be_repeated() or threading.active_count() > 1:
            self._end()
        if camera.background is not self._background:
            self._end()
        while self._connection.poll():
            self._hear()
        if self._hidden is not None:
            camera.pixel_array = self._hidden
            self._hidden = None
        if self._joined is None and number >= self._shared.position[0] + LEAD:
            self._joined = number
            self._send(Joined(number))
        if self._joined is None or (number - self._joined) % 2:
            self._hidden = camera.pixel_array
            camera.pixel_array = None  # type: ignore[assignment]
            return
        look = camera.look_of(mobjects)
        camera.draw_frame(mobjects)
        while not self._free:
            self._hear()
        place = self._free.pop()
        np.copyto(self._shared.pictures[place], camera.pixel_array)
        self._send(Drawn(number, place, look))

    def _heed(self, event: str, _args: object) -> None:
        """End before something is done that this process has just been noted to do."""
        if event in tracing.DEEDS and not tracing.can_be_repeated():
            self._end()

    def _hear(self) -> None:
        try:
            self._free.append(self._connection.recv())
        except (EOFError, OSError):
            self._end()

    def _send(self, message: object) -> None:
        try:
            self._connection.send(message)
        except OSError:
            self._end()

    def _end(self) -> NoReturn:
        process_end.exit_with_children(0)


def be_silent() -> None:
    """Let this process say nothing: what it would say, the first one says."""
    with tracing.unnoticed():
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in (1, 2):
            os.dup2(nowhere, stream)
        if nowhere not in (1, 2):
            os.close(nowhere)
