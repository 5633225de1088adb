"""Slots that let so many processes work at a time: one is taken before, and given back after.

They are bytes in a pipe, as `make` has them for its jobs: whatever process ends and however, no
name of theirs is left in the system. Where a pipe cannot be read by many they are a semaphore,
which Windows forgets by itself.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from multiprocessing import Pipe, get_context
from multiprocessing.connection import wait
from typing import Protocol

from explainer import machine


class ProcessSlots(Protocol):
    """`count` slots, shared with each process that this is handed to as it begins."""

    count: int

    def acquire(self, patience: float | None = None) -> bool:
        """Take a slot, waiting for one for at most `patience` seconds; whether there was one."""
        ...

    def release(self) -> None:
        """Give a slot back."""
        ...


def process_slots(count: int) -> ProcessSlots:
    """So many slots, in the form that this system has."""
    return SemaphoreSlots(count) if machine.START_METHOD == "spawn" else PipeSlots(count)


class SemaphoreSlots:
    """`count` slots as a semaphore."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._semaphore = get_context("spawn").Semaphore(count)

    def acquire(self, patience: float | None = None) -> bool:
        """Take a slot, if there is one in time."""
        return self._semaphore.acquire(timeout=patience)

    def release(self) -> None:
        """Give a slot back."""
        self._semaphore.release()


class PipeSlots:
    """`count` slots as bytes in a pipe."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._out, self._in = Pipe(duplex=False)
        # of two who see the last one, one must not wait inside of the read
        os.set_blocking(self._out.fileno(), False)
        for _ in range(count):
            self.release()

    def acquire(self, patience: float | None = None) -> bool:
        """Take a slot, waiting for one for at most `patience` seconds; whether there was one."""
        until = None if patience is None else time.monotonic() + patience
        while wait([self._out], None if until is None else max(0, until - time.monotonic())):
            try:
                os.read(self._out.fileno(), 1)
                return True
            except BlockingIOError:
                continue
        return False

    def release(self) -> None:
        """Give a slot back."""
        os.write(self._in.fileno(), b"x")

    def refill(self, count: int) -> None:
        """Let there be so many slots again, after processes have ended that held some."""
        with suppress(BlockingIOError):
            while os.read(self._out.fileno(), 1):
                pass
        for _ in range(count):
            self.release()
