"""One request to one engine in a process of its own: JSON goes in, a header and sound come out.

A fresh process gives the same bytes for the same text (the C engines carry state from call to
call), keeps a crash away from the film, and can be stopped at a wall-clock deadline. An engine
that takes long to load and carries no state may stay for the next request.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

from explainer.errors import EnvironmentProblem, ExplainerError, VoiceError
from explainer.voices.responses import OTHER_VOICE, EngineResponse

IDLE_SECONDS = 5
"""Seconds for which a process that stays waits for its next request, in a render."""


class EngineTimeout(VoiceError):
    """The engine did not answer before its deadline."""


def call(
    module: str, request: Mapping[str, Any], seconds: float, stays: bool = False
) -> EngineResponse:
    """Send `request` to `answer` of `module` in a process of its own; give its reply.

    The process is new, or with `stays` one that has answered before and waits for more.

    Raises:
        EngineTimeout: if there is no response within `seconds` of wall-clock time.
        EnvironmentProblem, VoiceError: what `answer` raised; a VoiceError also if the process
            crashed.
    """
    key = os.getpid(), module, os.environ.get("PYTHONPATH", "")
    waiting = _idle_processes.setdefault(key, []) if stays else []
    try:
        child, fresh = waiting.pop(), False
    except IndexError:
        child, fresh = _EngineProcess(module, stays), True
    try:
        header, sound = child.reply(request, seconds)
    except _ProcessEnded:
        if not fresh:  # it had waited long enough just now
            return call(module, request, seconds, stays)
        name = module.rpartition(".")[2]
        raise VoiceError.of(f"{name} stopped: {child.last_words}", OTHER_VOICE) from None
    if stays:
        waiting.append(child)
    if "failed" in header:
        kind = EnvironmentProblem if header["failed"] == "EnvironmentProblem" else VoiceError
        raise kind.of(header["what"], header["remedy"])
    return header, sound


@dataclass(slots=True)
class _Patience:
    """For how long processes that stay wait; 0 is as long as in a render."""

    seconds: float = 0.0


_patience = _Patience()
"""State of this process: how long processes that it begins from now on wait."""


@contextmanager
def stay_for(seconds: float) -> Iterator[None]:
    """Let engines' processes that begin meanwhile wait so long for their next request."""
    before, _patience.seconds = _patience.seconds, seconds
    try:
        yield
    finally:
        _patience.seconds = before


class _ProcessEnded(Exception):
    """The process ended before it answered."""


class _EngineProcess:
    """A process that answers requests to one engine, one after the other."""

    def __init__(self, module: str, stays: bool) -> None:
        root = str(Path(__file__).resolve().parents[2])
        path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
        self._name = module.rpartition(".")[2]
        self._stays = stays
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115
        self.last_words = ""
        self._process = subprocess.Popen(
            [
                sys.executable,
                "-P",
                "-m",
                "explainer.voices.subprocess_engine",
                module,
                str((_patience.seconds or IDLE_SECONDS) * stays),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env={**os.environ, "PYTHONPATH": path},
        )
        assert self._process.stdout
        self._answers = _PipeReader(self._process.stdout.fileno())

    def reply(self, request: Mapping[str, Any], seconds: float) -> EngineResponse:
        """The answer to one request; whatever goes wrong ends the process."""
        assert self._process.stdin
        try:
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()
            head, _, sound = self._read(b"", lambda got: b"\n" in got, seconds).partition(b"\n")
            header: dict[str, Any] = json.loads(head)
            size = int(header.pop("size"))
            sound = self._read(sound, lambda got: len(got) >= size, seconds)
        except (BrokenPipeError, _ProcessEnded):
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(2)
            self.end()
            raise _ProcessEnded from None
        except BaseException:
            self.end()
            raise
        if not self._stays:
            self.end()
        return header, sound

    def _read(self, got: bytes, enough: Callable[[bytearray], bool], seconds: float) -> bytes:
        """`got` and what comes after it, until there is enough."""
        deadline = time.monotonic() + seconds
        parts = bytearray(got)
        while not enough(parts):
            more = self._answers.next_bytes(deadline - time.monotonic())
            if more is None:
                raise EngineTimeout.of(
                    f"{self._name} did not answer within {seconds:g} s", OTHER_VOICE
                )
            if not more:
                raise _ProcessEnded
            parts += more
        return bytes(parts)

    def end(self) -> None:
        """End the process, whatever it does, and note what it said at last, or how it ended."""
        self._process.kill()
        self._process.wait()
        self._errors.seek(0)
        said = self._errors.read().decode(errors="replace").strip().rpartition("\n")[2]
        self.last_words = said or _exit_reason(self._process.returncode)
        for pipe in (self._process.stdin, self._process.stdout, self._errors):
            if pipe:
                with suppress(BrokenPipeError):
                    pipe.close()


_idle_processes: dict[tuple[int, str, str], list[_EngineProcess]] = {}
"""State of this process: processes that may be asked again, by who may ask (a fork has none of its
parent's), the engine's module and PYTHONPATH."""


@atexit.register
def _stop_idle_processes() -> None:
    for (process, *_), children in _idle_processes.items():
        for child in children:
            if process == os.getpid():
                child.end()


class _PipeReader(Thread):
    """What comes out of a pipe, read by a thread: Windows cannot wait for a pipe until a time."""

    def __init__(self, number: int) -> None:
        super().__init__(daemon=True)
        # its own, so that no other file can come to bear the number while it reads
        self._number = os.dup(number)
        self._parts: SimpleQueue[bytes] = SimpleQueue()
        self.start()

    def run(self) -> None:
        """Read until the end, for which there is an empty part."""
        more = b"x"
        while more:
            try:
                more = os.read(self._number, 1 << 20)
            except OSError:
                more = b""
            self._parts.put(more)
        os.close(self._number)

    def next_bytes(self, seconds: float | None) -> bytes | None:
        """The bytes that come next, empty at the end; None if none come in so many seconds."""
        try:
            return self._parts.get(timeout=None if seconds is None else max(0, seconds))
        except Empty:
            return None


def _exit_reason(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"


def main() -> None:
    """The child's whole life: requests from stdin, a line each, and a reply to each on stdout."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a C library prints must not end up in the sound
    module, lingers = sys.argv[1], float(sys.argv[2])
    answer: Callable[[dict[str, Any]], EngineResponse] = import_module(module).handle
    for line in _requests(lingers):
        header, sound = _respond(answer, json.loads(line))
        out.write(json.dumps({**header, "size": len(sound)}).encode() + b"\n" + sound)
        out.flush()
        if not lingers:
            break


def _requests(lingers: float) -> Iterator[bytes]:
    """Each line of stdin; the first is waited for, and the others for so many seconds each."""
    # its number, for Python could not end while a thread reads from its stdin
    reader = _PipeReader(0)
    got = b""
    patience: float | None = None
    while more := reader.next_bytes(patience):
        got += more
        while b"\n" in got:
            line, _, got = got.partition(b"\n")
            yield line
            patience = lingers


def _respond(
    answer: Callable[[dict[str, Any]], EngineResponse], request: dict[str, Any]
) -> EngineResponse:
    try:
        return answer(request)
    except ExplainerError as error:
        problem = error.problems[0]
        failed = {
            "failed": type(error).__name__,
            "what": problem.what,
            "remedy": problem.remedy,
        }
        return failed, b""


if __name__ == "__main__":
    main()
