"""What a render says while it runs: on a terminal a bar for each part that is under way, elsewhere
a line now and then; all on stderr. What is left is told from what was measured in this render.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable
from copy import copy
from threading import Event
from types import TracebackType

from rich import progress as rich_progress
from rich.console import Console
from rich.markup import escape
from rich.text import Text

from explainer.errors import printable

MAX_LISTED_STEPS = 12
"""Steps of a stage that are told one by one where there is no terminal."""
MIN_LOG_INTERVAL = 10.0
"""The fewest seconds between two lines that tell how far a stage is."""
LOGS_PER_RENDER = 20
"""Of a render that takes long, such a part of its time lies between two lines: a twentieth."""
MIN_MEASURED_STEPS = 2
"""Steps that must have been done before it is said how long the others take."""

Clock = Callable[[], float]
"""Gives seconds, from any moment on."""


class Progress:
    """Tells a person how far a render is; used in a `with`, so that the bars go when it ends."""

    def __init__(
        self, quiet: bool = False, now: Clock = time.monotonic, console: Console | None = None
    ) -> None:
        usual = Console(file=sys.stderr, quiet=quiet, highlight=False, soft_wrap=True)
        self._console = console or usual
        self._bar = rich_progress.Progress(
            rich_progress.TextColumn("{task.description}", markup=False),
            rich_progress.BarColumn(),
            rich_progress.TextColumn("{task.percentage:>3.0f} %"),
            _TimeLeftColumn(),
            console=self._console,
            transient=True,
            disable=quiet or not self._console.is_terminal,
        )
        self._now, self._started = now, now()
        self._name = ""
        self._cancelled = Event()
        self._add_row()

    def cancel(self) -> None:
        """Let whoever reports from now on stop with a KeyboardInterrupt, in whatever thread."""
        self._cancelled.set()

    def scoped(self, name: str) -> Progress:
        """A report of one of several things under way, with its name before all that it says."""
        made = copy(self)
        made._name = name
        made._add_row()
        return made

    def with_own_bar(self) -> Progress:
        """A report of what goes on at the same time, with a bar of its own."""
        return self.scoped(self._name)

    def log(self, text: str) -> None:
        """One line about what happened."""
        self._raise_if_cancelled()
        said = f"{self._name}: {text}" if self._name else text
        self._console.print(escape(printable(said)))

    def start_stage(self, name: str, total: int, language: str = "") -> None:
        """A stage begins, whose steps have sizes that add up to `total`."""
        self._stage, self._language, self._scene = name, language, ""
        self._total, self._done, self._cached = total, 0, 0
        self._measured_steps = self._logged_steps = 0
        self._stage_start = self._last_advance = self._last_log = self._now()
        self._bar.reset(self._task, description=self._title(), total=total, visible=total > 0)

    def advance(
        self, text: str = "", size: int = 1, scene: str = "", from_cache: bool = False
    ) -> None:
        """One step is done; `text` says which, and `scene` where, if that is worth telling.

        What came `from_cache` cost nothing, and says nothing of how long the other steps take.
        """
        self._raise_if_cancelled()
        self._done, self._last_advance, self._scene = self._done + size, self._now(), scene
        self._cached += size * from_cache
        self._measured_steps += not from_cache
        done, title = self._done >= self._total, self._title()
        self._bar.update(self._task, completed=self._done, description=title, visible=not done)
        if text and (self._console.is_terminal or self._logged_steps < MAX_LISTED_STEPS):
            self._logged_steps += 1
            self.log(text)
        if not self._console.is_terminal and not done and self._is_due():
            self._last_log = self._last_advance
            self.log(self._share())

    def seconds_left(self) -> float | None:
        """About how many seconds this stage still takes.

        None if too little was measured, or if it takes longer than was to be expected.
        """
        measured = self._done - self._cached
        if self._measured_steps < MIN_MEASURED_STEPS or not measured or self._done >= self._total:
            return None
        pace = (self._last_advance - self._stage_start) / measured
        left = pace * (self._total - self._done) - (self._now() - self._last_advance)
        return left if left > 0 else None

    def _add_row(self) -> None:
        self._task = self._bar.add_task("", total=None, visible=False, progress=self)
        self.start_stage("", 0)

    def _raise_if_cancelled(self) -> None:
        if self._cancelled.is_set():
            raise KeyboardInterrupt

    def _is_due(self) -> bool:
        gap = max(MIN_LOG_INTERVAL, (self._last_advance - self._started) / LOGS_PER_RENDER)
        return self._last_advance - self._last_log >= gap

    def _title(self) -> str:
        """What is under way, and where."""
        told = (self._name, self._stage, self._scene, self._language and f"({self._language})")
        return printable(" ".join(filter(None, told)))

    def _share(self) -> str:
        """How far a stage is, on one line."""
        scene = f"scene {self._scene}" if self._scene else ""
        share = f"{self._stage}: {100 * self._done // self._total} %"
        told = (share, scene, self._language, format_remaining(self.seconds_left()))
        return ", ".join(filter(None, told))

    def __enter__(self) -> Progress:
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
    """The time that each stage still takes, at the end of its bar."""

    def render(self, task: rich_progress.Task) -> Text:
        progress: Progress = task.fields["progress"]
        return Text(format_remaining(progress.seconds_left()))


def format_remaining(left: float | None) -> str:
    """Seconds that are left as a person says them; empty if they are not known."""
    if left is None:
        return ""
    if left <= 55:
        return f"about {max(5, math.ceil(left / 5) * 5)} s left"
    minutes = math.ceil(left / 60)
    if minutes < 60:
        return f"about {minutes} min left"
    hours, minutes = divmod(math.ceil(minutes / 5) * 5, 60)
    return f"about {hours} h {minutes} min left" if minutes else f"about {hours} h left"
