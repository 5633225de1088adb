"""A process that ends by itself soon after the one that started it, however that one ended.

The timer that looks for that also looks for lines that take long.
"""

from __future__ import annotations

import os
import signal
from types import FrameType

from explainer.draw import stalled

PATIENCE = 0.25
"""Seconds between two looks."""


def follow(parent: int) -> None:
    """From now on this process ends when its `parent` has; called in its main thread.

    A process that it forks does not follow until it says so too. SIGALRM is taken for this.
    """

    def look(_number: int, frame: FrameType | None) -> None:
        if os.getppid() != parent:
            os._exit(1)
        stalled.look(frame)

    signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, PATIENCE, PATIENCE)


def stay() -> None:
    """Look no more."""
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
