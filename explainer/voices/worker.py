"""One request to one engine in a process of its own: JSON goes in, a header and sound come out.

A fresh process gives the same bytes for the same text (the C engines carry state from call to
call), keeps a crash away from the film, and can be stopped at a wall-clock deadline.
"""

from __future__ import annotations

import ctypes
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from explainer.errors import ExplainerError, MissingTool, VoiceError
from explainer.voices import Mark, Utterance

Reply = tuple[dict[str, Any], bytes]
"""What an engine's `answer(request)` gives: a header for JSON, and raw sound (or nothing)."""

_OFFLINE = "choose another voice: --voice flite, or --voice espeak"
_FAINTEST = 30.0
"""Below this RMS (about -61 dBFS) there is no speech in a sound."""
LONGEST = 300.0
"""Seconds that a sound with speech may have; a line lasts a few."""


class NoAnswer(VoiceError):
    """The engine did not answer before its deadline."""


def ask(module: str, request: Mapping[str, Any], seconds: float) -> Reply:
    """Send `request` to `answer` of `module` in a new process; give its reply.

    Raises:
        NoAnswer: if there is no reply within `seconds` of wall-clock time.
        MissingTool, VoiceError: what `answer` raised; a VoiceError also if the process crashed.
    """
    name = module.rpartition(".")[2]
    root = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "explainer.voices.worker", module],
            input=json.dumps(request).encode(),
            capture_output=True,
            timeout=seconds,
            env={**os.environ, "PYTHONPATH": path},
        )
    except subprocess.TimeoutExpired:
        raise NoAnswer.of(f"{name} did not answer within {seconds:g} s", _OFFLINE) from None
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise VoiceError.of(f"{name} stopped: {said or _ending(done.returncode)}", _OFFLINE)
    head, _, sound = done.stdout.partition(b"\n")
    header: dict[str, Any] = json.loads(head)
    if "failed" in header:
        kind = MissingTool if header["failed"] == "MissingTool" else VoiceError
        raise kind.of(header["what"], header["remedy"])
    return header, sound


def _ending(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"


def utterance(name: str, text: str, reply: Reply) -> Utterance:
    """A reply of mono int16 sound (`rate` in Hz, `marks` as [start, end, seconds]) as an Utterance.

    Raises:
        VoiceError: if there is no speech in it.
    """
    header, sound = reply
    samples = np.frombuffer(sound, dtype="<i2").astype(np.int16)
    loudness = float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))) if len(samples) else 0
    if loudness < _FAINTEST:
        raise VoiceError.of(f"{name} gave no speech for “{text}”", _OFFLINE)
    marks = (Mark(int(a), int(b), float(at)) for a, b, at in header.get("marks", []))
    return Utterance(samples, int(header["rate"]), tuple(marks))


def need_words(text: str) -> None:
    """Refuse a text without a letter or digit: engines differ in what they make of one.

    Raises:
        VoiceError: if there is nothing to say in `text`.
    """
    if not re.search(r"[^\W_]", text):
        raise VoiceError.of(
            f"there is nothing to say in “{text}”", "write words, or remove the line"
        )


def decoded(source: BinaryIO | Path) -> Reply:
    """The sound of a file in any form of `media.SOUND`, mixed to one channel.

    Raises:
        ValueError: if it holds no sound, or more than `LONGEST` seconds of it.
    """
    import av

    from explainer import media

    parts: list[bytes] = []
    rate = 0
    try:
        with media.opened(source, media.SOUND) as container:
            resampler = av.AudioResampler(format="s16", layout="mono")
            for frame in chain(media.heard(container, LONGEST), [None]):
                for mono in resampler.resample(frame):
                    parts.append(mono.to_ndarray().tobytes())
                    rate = mono.sample_rate
    except (av.error.FFmpegError, OSError) as error:
        raise ValueError("no sound that can be read") from error
    return {"rate": rate}, b"".join(parts)


def library(stem: str, remedy: str) -> ctypes.CDLL:
    """The shared library `lib<stem>` as Debian (.so.1) or Homebrew (.dylib) installs it.

    Raises:
        MissingTool: with `remedy`, if it cannot be loaded.
    """
    names = [f"lib{stem}.so.1"]
    if sys.platform == "darwin":
        names = [f"{d}lib{stem}.dylib" for d in ("", "/opt/homebrew/lib/", "/usr/local/lib/")]
    for name in names:
        try:
            return ctypes.CDLL(name, mode=ctypes.RTLD_GLOBAL)
        except OSError:
            continue
    raise MissingTool.of(f"the library lib{stem} is not installed", remedy)


def main() -> None:
    """The child's whole life: one request from stdin, one reply to stdout."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a C library prints must not end up in the sound
    answer: Callable[[dict[str, Any]], Reply] = import_module(sys.argv[1]).answer
    try:
        header, sound = answer(json.load(sys.stdin.buffer))
    except ExplainerError as error:
        problem = error.problems[0]
        header = {
            "failed": type(error).__name__,
            "what": problem.what,
            "remedy": problem.remedy,
        }
        sound = b""
    out.write(json.dumps(header).encode() + b"\n" + sound)
    out.close()


if __name__ == "__main__":
    main()
