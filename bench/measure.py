"""Commands timed as wholes, in copies of the film's own folder; needs Linux."""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
QUIET = 4
"""Seconds without a new process after which `watch` has prepared all."""
SCENES = ("amplification", "dimerization", "trastuzumab", "adcc")


@dataclass(frozen=True, slots=True)
class Cost:
    """What a command took: seconds, seconds of CPU over all processes, the largest one's memory."""

    wall: float
    cpu: float
    megabytes: float
    frames: int = 1

    def each(self) -> float:
        """Wall seconds for each frame of film."""
        return self.wall / self.frames


def timed(command: list[str], folder: Path, right: tuple[int, ...] = (0,)) -> tuple[Cost, str]:
    """Run a command to its end, and that of all it started; gives its cost and its output.

    Ends the program where the exit code is not one of the `right` ones.
    """
    begun = time.perf_counter()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(command, cwd=folder, stdout=out, stderr=err)
        wall = cpu = peak = 0.0
        code = None
        while True:
            try:
                pid, status, used = os.wait4(-1, 0)
            except ChildProcessError:
                break
            if pid == process.pid:
                wall, code = time.perf_counter() - begun, os.waitstatus_to_exitcode(status)
            cpu += used.ru_utime + used.ru_stime
            peak = max(peak, used.ru_maxrss / 1024)
        process.returncode = code
        out.seek(0)
        err.seek(0)
        if code not in right:
            sys.exit(f"{' '.join(command)}\n{err.read().decode()}")
        return Cost(wall, cpu, peak), out.read().decode()


def adopt() -> None:
    """Become the parent of what is left behind, so that its CPU time is counted too."""
    child_subreaper = 36
    ctypes.CDLL(None).prctl(child_subreaper, 1, 0, 0, 0)


def descendants(pid: int) -> list[int]:
    """The processes that a process has begun, and what those have."""
    told = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True).stdout
    parents = [tuple(map(int, row.split())) for row in told.splitlines()]
    found: list[int] = []
    waiting = [pid]
    while waiting:
        parent = waiting.pop()
        children = [child for child, its in parents if its == parent]
        found += children
        waiting += children
    return found


def wait_until_quiet(pid: int) -> None:
    """Wait until a process has neither begun nor ended others for a while, as a ready `watch`."""
    count, since = -1, time.monotonic()
    while time.monotonic() < since + QUIET:
        now = len(descendants(pid))
        if now != count:
            count, since = now, time.monotonic()
        time.sleep(0.2)


def write_table(name: str, text: str) -> None:
    """Put a table in place of the one that bench/RESULTS.md has, between the marks of its name."""
    file = ROOT / "bench" / "RESULTS.md"
    begin, end = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->\n"
    head, rest = file.read_text(encoding="utf-8").split(begin)
    tail = rest.split(end)[1]
    file.write_text(f"{head}{begin}\n{text}\n{end}{tail}", encoding="utf-8")


@contextmanager
def project() -> Iterator[Path]:
    """The film's sources in a fresh folder, with nothing made yet."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        script = (ROOT / "script.yaml").read_text(encoding="utf-8")
        # a sentence may then be made longer
        script = re.sub(r"(?m)^limit: \d+", "limit: 90", script)
        (folder / "script.yaml").write_text(script, encoding="utf-8")
        for part in ("scenes", "assets"):
            shutil.copytree(ROOT / part, folder / part)
        yield folder


def edit(folder: Path, change: tuple[str, str]) -> None:
    file = folder / "script.yaml"
    text = file.read_text(encoding="utf-8")
    if text.count(change[0]) != 1:
        sys.exit(f"“{change[0]}” is not once in the script any more: change bench/speed.py")
    file.write_text(text.replace(*change), encoding="utf-8")


def scene_class(folder: Path, scene: str) -> str:
    text = (folder / "scenes" / f"{scene}.py").read_text(encoding="utf-8")
    return next(name for name in re.findall(r"^class (\w+)", text, re.M) if name.lower() == scene)


def frame_count(film: Path) -> int:
    show = ["ffprobe", "-v", "error", "-count_packets", "-select_streams", "v:0"]
    show += ["-show_entries", "stream=nb_read_packets", "-of", "csv=p=0", str(film)]
    return int(subprocess.run(show, check=True, capture_output=True, text=True).stdout)


def lengthen(folder: Path, times: int) -> None:
    """Tell the whole film `times` times over, each time in scenes of its own."""
    file = folder / "script.yaml"
    head, scenes = file.read_text(encoding="utf-8").split("\nscenes:\n")
    head = re.sub(r"(?m)^limit: \d+", f"limit: {90 * times}", head)
    more = [scenes]
    # a label's name is unique, and any scene may show it
    plain = re.sub(r"(?m)^        labels:\n(?:          .*\n)+", "", scenes)
    for again in range(2, times + 1):
        more.append(re.sub(r"(?m)^  - id: (\w+)", rf"  - id: \g<1>{again}", plain))
        for scene in SCENES:
            code = (folder / "scenes" / f"{scene}.py").read_text(encoding="utf-8")
            name = scene_class(folder, scene)
            code = code.replace(f"class {name}(", f"class {scene.capitalize()}{again}(")
            (folder / "scenes" / f"{scene}{again}.py").write_text(code, encoding="utf-8")
    file.write_text(head + "\nscenes:\n" + "\n".join(more), encoding="utf-8")
    look = folder / "scenes" / "look.py"
    before = look.read_text(encoding="utf-8")
    # the header keeps its four names, or a longer film would have more in every frame
    header = "Header(self.shot.titles[:4], self.shot.index % 4)"
    after = before.replace("Header(self.shot.titles, self.shot.index)", header)
    assert after != before
    look.write_text(after, encoding="utf-8")
