"""Progress of a render on stderr: on a terminal a bar for each task that runs, elsewhere a line now
and then. How much time is left is worked out from what this render has measured so far.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable
from copy import copy
from threading import Event
from types import TracebackType
from typing import Self

from rich import progress as rich_progress
from rich.console import Console
from rich.markup import escape
from rich.text import Text

from explainer.errors import printable

MAX_LISTED_STEPS = 12
"""Steps of a stage that are logged one by one where there is no terminal."""
MIN_LOG_INTERVAL = 10.0
"""Fewest seconds between two lines that say how far a stage is."""
LOGS_PER_RENDER = 20
"""In long renders, such lines are at least a twentieth of the time so far apart."""
MIN_MEASURED_STEPS = 2
"""Steps that must have been measured before the time left is given."""

Clock = Callable[[], float]
"""Gives seconds since any fixed moment."""


class Progress:
    """Shows how far a render is; used in a `with`, so that its bars go when it ends."""

    def __init__(
        self, quiet: bool = False, now: Clock = time.monotonic, console: Console | None = None
    ) -> None:
        if console is None:
            console = Console(file=sys.stderr, quiet=quiet, highlight=False, soft_wrap=True)
        self._console = console
        self._bar = rich_progress.Progress(
            rich_progress.TextColumn("{task.description}", markup=False),
            rich_progress.BarColumn(),
            rich_progress.TextColumn("{task.percentage:>3.0f} %"),
            _TimeLeftColumn(),
            console=console,
            transient=True,
            disable=quiet or not console.is_terminal,
        )
        self._now = now
        self._started = now()
        self._name = ""
        self._cancelled = Event()
        self._add_bar()

    def cancel(self) -> None:
        """Raise KeyboardInterrupt in every thread that reports progress from now on."""
        self._cancelled.set()

    def scoped(self, name: str) -> Progress:
        """The progress of one of several tasks, with its own bar; `name` begins all its lines."""
        made = copy(self)
        made._name = name
        made._add_bar()
        return made

    def with_own_bar(self) -> Progress:
        """The progress of what runs at the same time, with its own bar and the same name."""
        return self.scoped(self._name)

    def log(self, text: str) -> None:
        """Print one line about what happened."""
        self._raise_if_cancelled()
        line = f"{self._name}: {text}" if self._name else text
        self._console.print(escape(printable(line)))

    def start_stage(self, name: str, total: int, language: str = "") -> None:
        """Begin a stage; the sizes of its steps add up to `total`, in any unit."""
        self._stage = name
        self._language = language
        self._scene = ""
        self._total = total
        self._done = 0
        self._cached = 0
        self._measured_steps = 0
        self._logged_steps = 0
        self._stage_start = self._now()
        self._last_advance = self._stage_start
        self._last_log = self._stage_start
        self._bar.reset(self._task, description=self._title(), total=total, visible=total > 0)

    def advance(
        self, text: str = "", size: int = 1, scene: str = "", from_cache: bool = False
    ) -> None:
        """One step of the stage is done.

        Args:
            text: which one, if that is worth a line.
            size: its part of the stage's total.
            scene: the scene it belongs to.
            from_cache: whether it took no work; the time left is then not worked out from it.
        """
        self._raise_if_cancelled()
        self._done += size
        self._last_advance = self._now()
        self._scene = scene
        if from_cache:
            self._cached += size
        else:
            self._measured_steps += 1
        finished = self._done >= self._total
        title = self._title()
        self._bar.update(self._task, completed=self._done, description=title, visible=not finished)
        if text and (self._console.is_terminal or self._logged_steps < MAX_LISTED_STEPS):
            self._logged_steps += 1
            self.log(text)
        if not self._console.is_terminal and not finished and self._is_log_due():
            self._last_log = self._last_advance
            self.log(self.summary())

    def note_line(self, key: str, state: str, why: str = "") -> None:
        """Hear what has become of a line (`scene.line`), for those who show each; here nothing is.

        Args:
            key: the line.
            state: “waiting” for its voice, “spoken”, “drawn” or “failed”.
            why: why it waits, was drawn or failed; empty where that is plain.
        """

    def seconds_left(self) -> float | None:
        """About how many seconds this stage still takes.

        None if too little was measured, or if it already takes longer than expected.
        """
        measured = self._done - self._cached
        if self._measured_steps < MIN_MEASURED_STEPS or not measured or self._done >= self._total:
            return None
        seconds_per_unit = (self._last_advance - self._stage_start) / measured
        since_advance = self._now() - self._last_advance
        left = seconds_per_unit * (self._total - self._done) - since_advance
        return left if left > 0 else None

    def _add_bar(self) -> None:
        self._task = self._bar.add_task("", total=None, visible=False, progress=self)
        self.start_stage("", 0)

    def _raise_if_cancelled(self) -> None:
        if self._cancelled.is_set():
            raise KeyboardInterrupt

    def _is_log_due(self) -> bool:
        interval = max(MIN_LOG_INTERVAL, (self._last_advance - self._started) / LOGS_PER_RENDER)
        return self._last_advance - self._last_log >= interval

    def _title(self) -> str:
        """The text of the bar: what runs, and in which scene and language."""
        language = f"({self._language})" if self._language else ""
        parts = (self._name, self._stage, self._scene, language)
        return printable(" ".join(filter(None, parts)))

    def summary(self) -> str:
        """How far the stage is, on one line; empty before there is one."""
        if not self._total:
            return ""
        percent = f"{self._stage}: {100 * self._done // self._total} %"
        scene = f"scene {self._scene}" if self._scene else ""
        parts = (percent, scene, self._language, format_remaining(self.seconds_left()))
        return ", ".join(filter(None, parts))

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _tb: TracebackType | None,
    ) -> None:
        self._bar.stop()


class _TimeLeftColumn(rich_progress.ProgressColumn):
    """The time that a stage still takes, at the end of its bar."""

    def render(self, task: rich_progress.Task) -> Text:
        progress: Progress = task.fields["progress"]
        return Text(format_remaining(progress.seconds_left()))


def format_remaining(left: float | None) -> str:
    """Seconds left in words: rounded up to 5 seconds, minutes or 5 minutes; "" if not known."""
    if left is None:
        return ""
    if left <= 55:
        return f"about {max(5, math.ceil(left / 5) * 5)} s left"
    minutes = math.ceil(left / 60)
    if minutes < 60:
        return f"about {minutes} min left"
    hours, minutes = divmod(math.ceil(minutes / 5) * 5, 60)
    return f"about {hours} h {minutes} min left" if minutes else f"about {hours} h left"
