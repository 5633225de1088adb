"""How well drawing goes with four and eight processes, each held to a quarter of a processor.

    python bench/processes.py [--size 640x360@30] [--times 1 4] [--write]

The film, and one that tells it several times over, are rendered where all but the pictures is
kept. Efficiency is the CPU time that drawing takes in one process, over what so many processes
might take in the time that they took. What takes time beside drawing is measured where nothing
changed, and left out. Needs Linux, its control groups, and the right to make some.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from threading import Event, Thread

from measure import Cost, adopt, lengthen, project, timed, write_table

GROUPS = Path("/sys/fs/cgroup/cpu"), Path("/sys/fs/cgroup")
"""Where control groups of version 1 and of version 2 are."""
PERIOD, QUOTA = 100_000, 25_000
"""Microseconds, and how many of these a process may work."""
COUNTS = 4, 8
RENDER = """
import sys
from explainer import machine
machine.cpu_count = lambda: {count}
machine.process_count = lambda _bytes: {count}
from explainer.cli import main
sys.exit(main(["--quality", {size!r}, "--json"]))
"""


def render(folder: Path, size: str, count: int) -> Cost:
    """Render with so many processes that draw."""
    code = RENDER.format(count=count, size=size)
    return timed([sys.executable, "-c", code], folder)[0]


def drawing(folder: Path, size: str, count: int, kept: Cost) -> Cost:
    """What it takes to draw all pictures, beside a render of which all is `kept`."""
    shutil.rmtree(folder / ".explainer-cache" / "picture")
    cost = render(folder, size, count)
    return Cost(cost.wall - kept.wall, cost.cpu - kept.cpu, cost.megabytes)


@contextmanager
def held_to_a_quarter() -> Iterator[None]:
    """While in here, each process that draws, and is begun by this one, gets a quarter of a CPU."""
    root = next((place for place in GROUPS if (place / "cgroup.procs").exists()), None)
    if root is None:
        sys.exit("no control groups are there")
    over, made = Event(), {}

    def hold() -> None:
        while not over.wait(0.01):
            for pid in drawing_processes():
                if pid not in made:
                    made[pid] = root / f"bench-{os.getpid()}-{pid}"
                    hold_process(made[pid], pid)

    thread = Thread(target=hold)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        for group in made.values():
            with suppress(OSError):
                group.rmdir()


def hold_process(group: Path, pid: int) -> None:
    """Put a process into a new control group of a quarter of a processor; it may have ended."""
    group.mkdir()
    if (group / "cpu.max").exists():
        (group / "cpu.max").write_text(f"{QUOTA} {PERIOD}")
    else:
        (group / "cpu.cfs_period_us").write_text(str(PERIOD))
        (group / "cpu.cfs_quota_us").write_text(str(QUOTA))
    with suppress(OSError):
        (group / "cgroup.procs").write_text(str(pid))


def drawing_processes() -> Iterator[int]:
    """The numbers of all that the process which has loaded Manim has forked, and of their forks."""
    waiting = [(pid, False) for pid in children(os.getpid())]
    while waiting:
        pid, draws = waiting.pop()
        if draws:
            yield pid
        with suppress(OSError):
            forks = b"forkserver" in Path(f"/proc/{pid}/cmdline").read_bytes()
            waiting += [(child, draws or forks) for child in children(pid)]


def children(pid: int) -> list[int]:
    """The processes that a process has begun."""
    with suppress(OSError):
        tasks = Path(f"/proc/{pid}/task").iterdir()
        return [int(n) for task in tasks for n in (task / "children").read_text().split()]
    return []


def measured(size: str, times: int) -> list[str]:
    """Rows for a film that is so many times as long."""
    rows = []
    with project() as folder:
        if times > 1:
            lengthen(folder, times)
        render(folder, size, 2)
        kept = render(folder, size, 2)
        one = drawing(folder, size, 1, kept)
        for count in COUNTS:
            with held_to_a_quarter():
                many = drawing(folder, size, count, kept)
            share = one.cpu / (count * QUOTA / PERIOD * many.wall)
            rows.append(
                f"| {times} × the film | {count} | {one.cpu:.1f} | {many.cpu:.1f} "
                f"| {many.wall:.1f} | {share:.2f} |"
            )
            print(rows[-1], file=sys.stderr, flush=True)
    return rows


def main() -> None:
    """Measure and tell."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--size", default="640x360@30")
    reader.add_argument("--times", type=int, nargs="+", default=[1, 4])
    reader.add_argument("--write", action="store_true", help="put it into bench/RESULTS.md")
    asked = reader.parse_args()
    adopt()
    rows = [row for times in asked.times for row in measured(asked.size, times)]
    text = "\n".join([
        f"{date.today()}, {asked.size}, load {os.getloadavg()[0]:.1f}; efficiency, aim 0.85.",
        "",
        "| what | processes | CPU s of drawing, by one | by these | wall s | efficiency |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
        *rows,
        "",
    ])  # fmt: skip
    print(text)
    if asked.write:
        write_table("processes", text)


if __name__ == "__main__":
    main()
