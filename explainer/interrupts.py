"""How a request to end travels, from a signal or a closed terminal to every process that works.

1. `signals_as_interrupt` turns SIGTERM and SIGHUP into KeyboardInterrupt in the main thread, as
   Ctrl-C does by itself.
2. Background threads get no signal: `cancel_on_error` tells them by an event as the exception
   leaves the main thread, and a batch cancels its renderer and its progress.
3. Processes that draw ignore Ctrl-C (they are started with SIGINT `blocked`); their renderer
   terminates them as it is closed, and a scene's process its forks.
4. Where a process is just being started, `defer_signals` and `blocked` let the request wait until
   it is known, so that none is forgotten.
5. If all that fails, as after SIGKILL, `exit_with_parent` ends a process soon after its parent.

Windows has neither SIGHUP nor timers that send signals, and blocks none: a thread looks for the
parent there.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import parent_process
from threading import Event, Thread
from types import FrameType
from typing import Any

PARENT_POLL_SECONDS = 0.25
HAS_TIMER = hasattr(signal, "setitimer")
"""Whether a process can have itself interrupted now and then."""
ENDING = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))
"""Signals that ask a process to end, apart from Ctrl-C."""

_over = Event()
"""State of this process: set as the thread that looks for the parent has to end."""


@contextmanager
def signals_as_interrupt() -> Iterator[None]:
    """Turn SIGTERM and SIGHUP into KeyboardInterrupt, so that clean-up runs as after Ctrl-C.

    The exception carries the exit code, 128 plus the signal's number.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt(128 + number)

    # a signal that is ignored, as under nohup, stays ignored
    caught = [s for s in ENDING if signal.getsignal(s) is signal.SIG_DFL]
    try:
        for number in caught:
            signal.signal(number, interrupt)
        yield
    finally:
        for number in caught:
            signal.signal(number, signal.SIG_DFL)


@contextmanager
def defer_signals() -> Iterator[None]:
    """Defer SIGINT, SIGTERM and SIGHUP until the block ends, then raise the first that came.

    They are not blocked: another thread would take them, and Python handle them in this one.
    """
    received: list[int] = []
    handlers = {}
    try:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, *ENDING):
                handler = signal.getsignal(number)
                if callable(handler):
                    handlers[number] = handler
                    signal.signal(number, lambda number, _: received.append(number))
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        if received:
            signal.raise_signal(received[0])


@contextmanager
def blocked(number: int) -> Iterator[None]:
    """Block a signal in this thread; a process that is started in the block inherits that.

    Where signals cannot be blocked, this does nothing.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {number})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def cancel_on_error(stop: Event) -> Iterator[None]:
    """Set `stop` when an exception leaves the block, for background threads that look at it."""
    try:
        yield
    except BaseException:
        stop.set()
        raise


def exit_with_parent(parent: int, tick: Callable[[FrameType | None], Any] | None = None) -> None:
    """End this process soon after the one numbered `parent`, however that one ended.

    Called in the main thread; takes SIGALRM, or a thread where there is none. A process that this
    one forks has no such watch until it asks for one. `tick` is called at each look, with the frame
    that is running.
    """
    if not HAS_TIMER:
        _over.clear()
        watched = threading.get_ident()
        Thread(target=_look_for_parent, args=(parent, watched, tick), daemon=True).start()
        return

    def look(_number: int, frame: FrameType | None) -> None:
        if os.getppid() != parent:
            os._exit(1)
        if tick:
            tick(frame)

    signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, PARENT_POLL_SECONDS, PARENT_POLL_SECONDS)


def stop_watching_parent() -> None:
    """Undo `exit_with_parent`."""
    if not HAS_TIMER:
        _over.set()
        return
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)


def _look_for_parent(
    parent: int, watched: int, tick: Callable[[FrameType | None], Any] | None
) -> None:
    """What the thread does; `watched` is the number of the one whose frame is told of."""
    # Windows gives the number of a parent that is gone, and others get that number again
    known = parent_process()
    while not _over.wait(PARENT_POLL_SECONDS):
        if not known.is_alive() if known else os.getppid() != parent:
            os._exit(1)
        if tick:
            tick(sys._current_frames().get(watched))
