"""The ffmpeg program, run on a finished film: its path in, errors and loudness readings out.

The program is another build than the library that made the film, so that the two are unlikely to
share a mistake.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryFile

from explainer.errors import CheckFailed, EnvironmentProblem, command
from explainer.media.io import VIDEO_FORMATS

MIN_VERSION = (4, 1)
"""The oldest version of ffmpeg that measures as the newer ones do."""
_REMEDY = "sudo apt-get install ffmpeg"
_MAX_MESSAGES = 10_000
"""Bytes that are read of what the program says."""


def version() -> str:
    """The version of the ffmpeg program.

    Raises:
        EnvironmentProblem: if there is none, if it does not run, or if it is too old.
    """
    return _version(_program())


def decode_errors(film: Path) -> str:
    """Decode every frame with `-xerror -err_detect explode`; ffmpeg's messages, empty if none.

    Raises:
        EnvironmentProblem: if the ffmpeg program is missing, does not run, or is too old.
    """
    with strict_decoding(film) as messages:
        return messages()


@contextmanager
def strict_decoding(film: Path) -> Iterator[Callable[[], str]]:
    """Do what `decode_errors` does beside other work; gives what waits for the messages.

    The program is ended with the `with`.

    Raises:
        EnvironmentProblem: if the ffmpeg program is missing, does not run, or is too old.
    """
    program = _program()
    _version(program)
    strict = ["-v", "error", "-xerror", "-err_detect", "explode"]
    everything = ["-map", "0:v", "-map", "0:a?", "-f", "null", "-"]
    order = [program, "-nostdin", "-hide_banner", *strict, *_input(film), *everything]
    with (
        TemporaryFile() as said,
        subprocess.Popen(order, stdout=subprocess.DEVNULL, stderr=said) as process,
    ):

        def messages() -> str:
            code = process.wait()
            said.seek(0)
            text = said.read(_MAX_MESSAGES).decode(errors="replace").strip()
            # a failing exit may be silent, and a decoding error may end in exit code 0
            return text or (f"exit code {code}" if code else "")

        try:
            yield messages
        finally:
            process.kill()


def ebur128(film: Path, track: int = 0) -> tuple[float, float]:
    """A sound track's integrated loudness in LUFS and true peak in dBTP, by ffmpeg's `ebur128`.

    The loudness is taken from the metadata of the last tenth of a second, which has three decimals
    where the summary has one.

    Raises:
        EnvironmentProblem: if the ffmpeg program is missing, does not run, or is too old.
        CheckFailed: if it cannot read the sound.
    """
    meter = "ebur128=peak=true:metadata=1:framelog=verbose,ametadata=print:key=lavfi.r128.I:file=-"
    done = _ffmpeg(*_input(film), "-map", f"0:a:{track}", "-af", meter, "-f", "null", "-")
    summary = done.stderr.rpartition("Summary:")[2]
    loudness = re.search(r"lavfi\.r128\.I=(-?[\d.]+|-inf)\s*\Z", done.stdout)
    peak = re.search(r"\bPeak:\s+(-?[\d.]+|-inf) dBFS", summary)
    if done.returncode or not loudness or not peak:
        last = (done.stderr.strip().splitlines() or ["nothing"])[-1]
        what = f"ffmpeg could not measure the sound of {film.name}: {last}"
        raise CheckFailed.of(what, f"make the film again with: {command()}")
    return float(loudness.group(1)), float(peak.group(1))


def _ffmpeg(*arguments: str) -> subprocess.CompletedProcess[str]:
    program = _program()
    _version(program)
    return _run(program, "-nostdin", "-hide_banner", *arguments)


def _program() -> str:
    program = shutil.which("ffmpeg")
    if program is None:
        raise EnvironmentProblem.of("the ffmpeg program is missing", _REMEDY)
    return program


@cache
def _version(program: str) -> str:
    """The version of an ffmpeg program that runs and is new enough."""
    try:
        done = _run(program, "-version")
    except OSError as error:
        raise EnvironmentProblem.of(f"{program} does not run: {error.strerror}", _REMEDY) from error
    stated = re.match(r"ffmpeg version (\S+)", done.stdout)
    if done.returncode or not stated:
        first = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[0]
        raise EnvironmentProblem.of(f"{program} does not run: {first}", _REMEDY)
    # builds between two releases state no number, and are not old
    numbers = re.match(r"n?(\d+)\.(\d+)", stated[1])
    if numbers and tuple(map(int, numbers.groups())) < MIN_VERSION:
        wanted = ".".join(map(str, MIN_VERSION))
        what = f"{program} is version {stated[1]}; {wanted} or newer is needed"
        raise EnvironmentProblem.of(what, _REMEDY)
    return stated[1]


def _run(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [program, *arguments], capture_output=True, text=True, errors="replace", check=False
    )


def _input(film: Path) -> list[str]:
    # `file:` keeps a name from being read as an option or another protocol, and the white list
    # keeps a file from being read as a list of others
    whitelists = ["-protocol_whitelist", "file", "-format_whitelist", VIDEO_FORMATS]
    return [*whitelists, "-i", f"file:{film.resolve()}"]
