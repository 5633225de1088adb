"""Renders in processes of their own: ended by signals, or run under other conditions."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from damage import outputs
from disturbed import ORDER, Standard, lettered, names_of, strays
from explainer.cache.tempfiles import DAY
from project import ROOT, Project

HANG = 120.0
"""Seconds after which what has not ended is taken not to end."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a render that was sent a signal ended: `seconds` until none of its processes was left."""

    code: int
    said: str
    seconds: float


def begin(
    project: Project,
    log: Path,
    before: Sequence[str] = (),
    order: Sequence[str] = ORDER,
    **how: Any,
) -> subprocess.Popen[bytes]:
    """Begin a render in a session of its own, what it says goes into `log`; `before` is how."""
    with log.open("w") as file:
        return subprocess.Popen(
            [*before, sys.executable, str(ROOT / "render.py"), *order],
            cwd=project.folder,
            stdout=file,
            stderr=file,
            start_new_session=True,
            # a test run may ignore it
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
            **how,
        )


def end(project: Project, log: Path, number: int, at: float, group: bool) -> Ended:
    """Render, and send a signal after `at` seconds: to the whole group, as terminals do, or one."""
    process = begin(project, log)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(at)
    sent = time.monotonic()
    if process.returncode is None:
        (os.killpg if group else os.kill)(process.pid, number)
    code = process.wait()
    gone(process.pid)
    return Ended(code, log.read_text(errors="replace"), time.monotonic() - sent)


def gone(group: int) -> bool:
    """Whether all processes of a group end; they are waited for, but not for ever."""
    begun = time.monotonic()
    while living(group):
        if time.monotonic() > begun + HANG:
            return False
        time.sleep(0.02)
    return True


def living(group: int) -> int:
    """How many processes of a group are at work; one that only awaits its parent is not."""
    found = subprocess.run(["ps", "-eo", "pgid=,stat="], capture_output=True, text=True).stdout
    states = (row.split() for row in found.splitlines())
    return sum(int(pgid) == group and state[0] not in "ZX" for pgid, state in states)


def again(project: Project) -> tuple[int, str]:
    """Render to the end; the exit code and what was said."""
    log = project.folder.with_name("again")
    return begin(project, log).wait(), log.read_text(errors="replace")


def standard(folder: Path) -> tuple[Standard, float]:
    """What an undisturbed render in a process of its own makes, and how long that takes."""
    project, begun = lettered(folder / "project"), time.monotonic()
    code, said = again(project)
    assert code == 0, said
    return Standard(outputs(project), names_of(project), {}), time.monotonic() - begun


def wrong_with(
    normal: Standard, project: Project, log: Path, number: int, share: float, lasts: float
) -> list[str]:
    """End a fresh project's render with a signal, and go on; what is wrong with either.

    It comes after that share of the seconds that a render `lasts`. The end may take half as long
    as a render, or as the one that goes on: on a slow or busy machine all of them take longer.
    """
    group = number == signal.SIGINT and share * 1000 % 2 > 1
    ended = end(project, log, number, share * lasts, group)
    kept, wrong = normal.kept(project), []
    begun = (project.folder / ".explainer-cache").exists()
    if number == signal.SIGKILL:
        for stray in strays(project):
            os.utime(project.folder / stray, (0, time.time() - 2 * DAY))
    elif ended.code == -number and (not begun or '"film":' in ended.said):
        pass  # it was Python that ended, before the program began or when it was over
    else:
        wrong += normal.wrong(project, ended.code, ended.said)
        wrong += [f"left behind: {path}" for path in strays(project)]
        if ended.code not in (0, 128 + number):
            wrong.append(f"exit {ended.code}: {ended.said[-300:]}")
        if ended.code and not re.search(r"Go on with: .*(render\.py|explainer) film", ended.said):
            wrong.append(f"no word of how to go on: {ended.said[-300:]}")
    went_on = time.monotonic()
    wrong += normal.wrong_after(project, *again(project), kept)
    if ended.seconds > max(lasts / 2, time.monotonic() - went_on):
        wrong.append(f"it took {ended.seconds:.1f} s to end, where a render takes {lasts:.1f}")
    return [*wrong, *(f"left behind for ever: {path}" for path in strays(project))]


CONDITIONS: dict[str, tuple[dict[str, str], tuple[str, ...], int]] = {
    "plain": ({"TZ": "UTC", "LANG": "C.UTF-8", "PYTHONHASHSEED": "0"}, (), 0o022),
    "far away ü": (
        {"TZ": "Asia/Kathmandu", "LANG": "tr_TR.UTF-8", "LC_ALL": "C", "PYTHONHASHSEED": "1"},
        ("taskset", "-c", "0"),
        0o077,
    ),
    "at [another] place": (
        {"TZ": "America/St_Johns", "LANG": "ar_EG", "PYTHONHASHSEED": "4711", "COLUMNS": "20"},
        (),
        0o000,
    ),
}
"""By the name of a folder: surroundings, what is put before the command, and the umask."""


def made_under(folder: Path, name: str) -> dict[str, str]:
    """Checksums of all that a render makes under those conditions, in a folder of that name."""
    env, before, mask = CONDITIONS[name]
    project, log = lettered(folder / name), folder / "log"
    if before and not shutil.which(before[0]):
        before = ()  # where cores cannot be chosen, all of them do
    process = begin(project, log, before, env={**os.environ, **env}, umask=mask)
    assert process.wait() == 0, log.read_text()
    return outputs(project)
