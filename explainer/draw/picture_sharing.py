"""The pictures of one line drawn by two processes: every other one by a second fork.

Both run all of the line. The first shows, encodes and notes everything, as if it drew alone, so
that its clip has the same bytes; half of the pictures it takes from memory that the second draws
into. The second comes in where it finds the first, once a processor is free. At the end of each
play they compare what they would draw: where that differs, one process draws the line again.
"""

from __future__ import annotations

import mmap
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from explainer.cache import tracing
from explainer.draw import process_end
from explainer.draw.line_runner import StopScene
from explainer.frame_format import FrameFormat
from explainer.stage.frame_sink import Frame

if TYPE_CHECKING:
    from explainer.stage.cached_camera import CachedCamera

PLACES = 4
"""How many pictures the second process may have drawn that the first has not taken yet."""
LEAD = 2
"""How many pictures ahead of the first process the second begins to draw."""


@dataclass(frozen=True, slots=True)
class Joined:
    """The second process draws every other picture from `number` on, first in the play `play`."""

    number: int
    play: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """The picture `number` lies in a place of the shared memory."""

    number: int
    place: int


@dataclass(frozen=True, slots=True)
class PlayEnded:
    """What the second process would draw at the end of a play, as a hash."""

    play: int
    state: bytes


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

    `differs` is set where the two would not draw the same, or cannot tell.
    """

    def __init__(self, shared: SharedPictures) -> None:
        self._shared = shared
        self._connection: Connection | None = shared.become_first()
        self._joined: Joined | None = None
        self._places: dict[int, int] = {}
        self._states: dict[int, bytes] = {}
        self._taken = 0
        self.differs = False

    def draws(self, number: int) -> bool:
        """Whether the picture `number` is to be drawn here; if not, it can be taken."""
        if self.differs:
            raise StopScene
        self._shared.position[0] = number
        while self._connection and self._connection.poll():
            self._hear()
        joined = self._joined
        if joined is None or number < joined.number or (number - joined.number) % 2:
            return True
        if self._connection and not tracing.can_be_repeated():
            self._part()
        while self._connection and number not in self._places:
            self._hear()
        return number not in self._places

    def take(self, number: int, camera: CachedCamera) -> None:
        """Put the picture `number`, which the second process has drawn, into the camera."""
        place = self._places.pop(number)
        np.copyto(camera.turn(), self._shared.pictures[place])
        self._taken += 1
        self._give_back(place)

    def end_play(self, play: int, state: Callable[[], bytes]) -> None:
        """Compare what both would draw at the end of the play with this number.

        Raises:
            StopScene: if that differs, or the second is lost before it told; `differs` is set then.
        """
        joined = self._joined
        if joined is None or play < joined.play:
            return
        while self._connection and play not in self._states:
            self._hear()
        told = self._states.pop(play, None)
        taken, self._taken = self._taken, 0
        if told != state() if told else taken:
            self.differs = True
            raise StopScene

    def _hear(self) -> None:
        """Take one message, waiting for it."""
        assert self._connection
        try:
            message = self._connection.recv()
        except (EOFError, OSError):
            self._part()
            return
        if isinstance(message, Joined):
            self._joined = message
        elif isinstance(message, PlayEnded):
            self._states[message.play] = message.state
        elif message.number < self._shared.position[0]:
            # it came too late: this process has drawn that itself
            self._give_back(message.place)
        else:
            self._places[message.number] = message.place

    def _give_back(self, place: int) -> None:
        if self._connection:
            try:
                self._connection.send(place)
            except OSError:
                self._part()

    def _part(self) -> None:
        """Go on alone."""
        if self._connection:
            self._connection.close()
            self._connection = None


class SecondDrawer:
    """The process that only draws; it ends as soon as the first does not hear it any more."""

    def __init__(self, shared: SharedPictures, play: int) -> None:
        """Wait until it may begin; `play` is the number of the next play.

        Raises:
            EOFError: if it is not needed any more.
        """
        self._connection = shared.become_second()
        self._shared = shared
        self._play = play
        self._joined: int | None = None
        self._drawing: int | None = None
        self._free = list(range(PLACES))
        self._hidden: tuple[Any, Any] | None = None

    def draws(self, number: int) -> bool:
        """Whether the picture `number` is to be drawn here."""
        if not tracing.can_be_repeated() or threading.active_count() > 1:
            self._end()
        while self._connection.poll():
            self._hear()
        if self._hidden:
            camera, picture = self._hidden
            camera.pixel_array = picture
            self._hidden = None
        if self._joined is None and number >= self._shared.position[0] + LEAD:
            self._joined = number
            self._send(Joined(number, self._play))
        mine = self._joined is not None and (number - self._joined) % 2 == 0
        self._drawing = number if mine else None
        return mine

    def take(self, _number: int, camera: Any) -> None:
        """Pass over a picture that the first process draws: who reads it here fails."""
        self._hidden = camera, camera.pixel_array
        camera.pixel_array = None

    def show(self, frame: Frame, _repeat: int) -> None:
        """Hand a picture to the first process."""
        if self._drawing is None:
            return
        while not self._free:
            self._hear()
        place = self._free.pop()
        np.copyto(self._shared.pictures[place], frame)
        self._send(Drawn(self._drawing, place))

    def end_play(self, play: int, state: Callable[[], bytes]) -> None:
        """Tell what would be drawn at the end of the play with this number."""
        self._play = play + 1
        if self._joined is not None:
            self._send(PlayEnded(play, state()))

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

    def _end(self) -> None:
        process_end.exit_with_children(0)


def be_silent() -> None:
    """Let this process say nothing: what it would say, the first one says."""
    with tracing.unnoticed():
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in (1, 2):
            os.dup2(nowhere, stream)
        os.close(nowhere)
