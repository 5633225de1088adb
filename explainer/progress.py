"""What a render says while it runs: one bar on a terminal, plain lines elsewhere; all on stderr."""

from __future__ import annotations

import sys
from copy import copy
from threading import Event
from types import TracebackType

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from explainer.errors import printable


class Report:
    """Tells a person how far a render is; used in a `with`, so that the bar goes when it ends."""

    def __init__(self, quiet: bool = False) -> None:
        self._console = Console(file=sys.stderr, quiet=quiet, highlight=False, soft_wrap=True)
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self._console,
            transient=True,
            disable=quiet or not self._console.is_terminal,
        )
        self._task = self._bar.add_task("", total=None, visible=False)
        self._name = ""
        self._ended = Event()

    def end(self) -> None:
        """Let whoever reports from now on stop with a KeyboardInterrupt, in whatever thread."""
        self._ended.set()

    def part(self, name: str) -> Report:
        """A report of one of several things under way, with its name before all that it says."""
        made = copy(self)
        made._name = name
        made._task = self._bar.add_task(name, total=None, visible=False)
        return made

    def say(self, text: str) -> None:
        """One line about what happened."""
        if self._ended.is_set():
            raise KeyboardInterrupt
        said = f"{self._name}: {text}" if self._name else text
        self._console.print(escape(printable(said)))

    def stage(self, name: str, total: int) -> None:
        """A stage of `total` steps begins."""
        self._bar.reset(
            self._task, description=f"{self._name} {name}".strip(), total=total, visible=True
        )

    def step(self, text: str = "") -> None:
        """One step is done; `text` says which, if that is worth a line."""
        if text or self._ended.is_set():
            self.say(text)
        self._bar.advance(self._task)

    def __enter__(self) -> Report:
        self._bar.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _tb: TracebackType | None,
    ) -> None:
        self._bar.stop()
