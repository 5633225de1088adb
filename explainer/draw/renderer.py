"""What everything that draws lines offers: this machine's processors, or a cluster."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from explainer.draw.clip import LineResults
from explainer.draw.line_runner import Job


class Renderer(Protocol):
    """Draws lines; each job comes with the path that its clip is wanted at."""

    def warm_up(self) -> None:
        """Get ready while other things are done: lines will be drawn soon."""
        ...

    def render(self, jobs: Sequence[tuple[Job, str]], texts: str) -> LineResults:
        """Each line's key and answer as it is done; `texts` is a folder for what Manim writes.

        After a line that failed nothing is begun, but what was begun is drawn to its end. Once it
        is closed, nothing is drawn any more.
        """
        ...

    def cancel(self) -> None:
        """Break off whatever is drawn, for whichever film; called from another thread."""
        ...
