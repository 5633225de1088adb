"""The ffmpeg program as a judge of our own work: a film's path in, its complaints or readings out.

It is another build than the library that made the film, so a shared mistake is less likely.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

from explainer.errors import CheckFailed, EnvironmentProblem, command
from explainer.media.io import FILM

OLDEST = (4, 1)
"""The first version of ffmpeg that is known to measure as the newer ones do."""
_REMEDY = "sudo apt-get install ffmpeg"


def version() -> str:
    """The version of the ffmpeg program.

    Raises:
        EnvironmentProblem: if there is none, if it does not run, or if it is too old.
    """
    return _version(_program())


def complaints(film: Path) -> str:
    """What ffmpeg says when it decodes every frame and takes no excuse; empty if all is well.

    Raises:
        EnvironmentProblem: if the ffmpeg program is missing, does not run, or is too old.
    """
    strict = ["-v", "error", "-xerror", "-err_detect", "explode"]
    done = _ffmpeg(*strict, *_input(film), "-map", "0:v", "-map", "0:a?", "-f", "null", "-")
    said = done.stderr.strip()
    # a failing exit may be silent, and a decoding error may end in exit code 0
    return said or (f"exit code {done.returncode}" if done.returncode else "")


def ebur128(film: Path, track: int = 0) -> tuple[float, float]:
    """A sound track's integrated loudness in LUFS and true peak in dBTP, by ffmpeg's own meter.

    The loudness is read at the last tenth of a second, where it is told to a thousandth.

    Raises:
        EnvironmentProblem: if the ffmpeg program is missing, does not run, or is too old.
        CheckFailed: if it cannot read the sound.
    """
    tell = "ebur128=peak=true:metadata=1:framelog=verbose,ametadata=print:key=lavfi.r128.I:file=-"
    done = _ffmpeg(*_input(film), "-map", f"0:a:{track}", "-af", tell, "-f", "null", "-")
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
    """The version of an ffmpeg program, once it is known to run and to be new enough."""
    try:
        done = _run(program, "-version")
    except OSError as error:
        raise EnvironmentProblem.of(f"{program} does not run: {error.strerror}", _REMEDY) from error
    told = re.match(r"ffmpeg version (\S+)", done.stdout)
    if done.returncode or not told:
        said = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[0]
        raise EnvironmentProblem.of(f"{program} does not run: {said}", _REMEDY)
    # builds from the middle of the work on a release have no number of one, and are not old
    numbers = re.match(r"n?(\d+)\.(\d+)", told[1])
    if numbers and tuple(map(int, numbers.groups())) < OLDEST:
        wanted = ".".join(map(str, OLDEST))
        what = f"{program} is version {told[1]}; {wanted} or newer is needed"
        raise EnvironmentProblem.of(what, _REMEDY)
    return told[1]


def _run(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [program, *arguments], capture_output=True, text=True, errors="replace", check=False
    )


def _input(film: Path) -> list[str]:
    # with the protocol said, no file name is taken for an option or another protocol; and no file
    # is taken for a list of others
    whitelists = ["-protocol_whitelist", "file", "-format_whitelist", FILM]
    return [*whitelists, "-i", f"file:{film.resolve()}"]
