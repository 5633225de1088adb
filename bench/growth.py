"""How time and memory grow with the length of a film: minutes in, a table out.

Courses of so many minutes, spoken by beeps, are rendered from nothing in a new folder, and then
looked at by other commands. For its time, a course has a short line every five seconds, and 160×90
pixels at 10 frames a second; for the memory of pictures, it has a line every half a minute that
mostly stands still, at 1080p30, which is cheap to draw. Time is that of the CPU, by all processes,
since other work may share the machine; memory is the most that any one process had at once.

    python bench/growth.py 2 10 40 120 --hd 2 10 40 --write
"""

from __future__ import annotations

import argparse
import ctypes
import json
import math
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path

ROOT = Path(__file__).parent.parent
SMALL, LARGE = "160x90@10", "1080p30"
LINES, STILL = 12, 2
"""Lines in a minute of a course that speaks, and of one that mostly stands still."""
HOLD = 24.3
"""Seconds for which the latter's lines say nothing."""
IN_A_SCENE = 20
COMMANDS = {
    "plan": ["plan", "--quality", SMALL],
    "check": ["check"],
    "page": ["page", "--quality", SMALL],
    "verify": ["verify", "build/course.mp4"],
    "again": ["film", "--quality", SMALL],
}
ADOPT = 36  # prctl's PR_SET_CHILD_SUBREAPER
HEAD = """\
name: course
title: A long course
language: en
limit: 14400
voice: [tone]
engines: {tone: {pace: 0.75}}
scenes:
"""


def write(folder: Path, lines: int, hold: float = 0.0) -> None:
    """A course of so many lines, after each of which nothing is said for a while."""
    (folder / "scenes").mkdir(parents=True)
    (folder / "assets").mkdir()
    script = [HEAD]
    rest = f"        hold: {hold}\n" if hold else ""
    for scene in range(-(-lines // IN_A_SCENE)):
        script.append(f"  - id: part{scene}\n    title: Part {scene + 1}\n    lines:\n")
        source = "from manim import *\n\nfrom explainer.scene import NarratedScene\n\n\n"
        source += f"class Part{scene}(NarratedScene):\n"
        for line in range(min(IN_A_SCENE, lines - scene * IN_A_SCENE)):
            say = "This is a [line]{go} of a course, and it goes on."
            script.append(f"      - id: l{line}\n        say: {say}\n        show: A dot.\n{rest}")
            dot = f"Dot().shift({line % 10 - 5} * RIGHT)"
            source += f"    def l{line}(self):\n"
            source += f"        self.play(FadeIn({dot}), at='go', run_time=0.4)\n\n"
        (folder / "scenes" / f"part{scene}.py").write_text(source, encoding="utf-8")
    (folder / "script.yaml").write_text("".join(script), encoding="utf-8")


def run(folder: Path, *order: str) -> tuple[float, float]:
    """Seconds of CPU that a command of ours took, and the megabytes of its largest process."""
    command = [sys.executable, __file__, "--one", *order]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    cpu, most = json.loads(done.stdout.splitlines()[-1])
    return cpu, most


def one(order: list[str]) -> None:
    """Run a command of ours, and print what it took."""
    # who draws is a grandchild that nobody waits for unless we adopt it
    ctypes.CDLL(None).prctl(ADOPT, 1, 0, 0, 0)
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(ROOT / "render.py"), *order]
    done = subprocess.run(command, stdout=subprocess.DEVNULL, env=env, check=False)
    # a course of beeps is no film that `verify` would pass
    if done.returncode and order[0] != "verify":
        raise SystemExit(done.returncode)
    with suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(json.dumps([used.ru_utime + used.ru_stime, used.ru_maxrss / 1000]))


def small(minutes: int) -> dict[str, tuple[float, float]]:
    """What a course that speaks takes: of `film`, and of each other command."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "course"
        write(folder, minutes * LINES)
        orders = {"film": ["film", "--quality", SMALL], **COMMANDS}
        return {name: run(folder, *order) for name, order in orders.items()}


def large(minutes: int) -> dict[str, tuple[float, float]]:
    """What a course that stands still takes at full size: to be rendered, and to be verified."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "course"
        write(folder, minutes * STILL, HOLD)
        made = {"film": run(folder, "film", "--quality", LARGE)}
        shutil.rmtree(folder / ".explainer-cache")
        return {**made, "verify": run(folder, "verify", "build/course.mp4")}


def power(found: dict[int, dict[str, tuple[float, float]]], what: str) -> str:
    """To which power of the length the time of something grows, between the two longest."""
    if len(found) < 2:
        return ""
    shorter, longer = sorted(found)[-2:]
    times = found[longer][what][0] / found[shorter][what][0]
    return f"{math.log(times) / math.log(longer / shorter):.2f}"


def table(found: dict[int, dict[str, tuple[float, float]]], lines: int) -> list[str]:
    """A row for each length; in each cell the seconds of CPU and the megabytes."""
    names = list(next(iter(found.values())))
    rows = [
        "| minutes | lines | " + " | ".join(names) + " |",
        "| ---: " * (2 + len(names)) + "|",
    ]
    for minutes, taken in sorted(found.items()):
        cells = [f"{cpu:.1f} s, {most:.0f} MB" for cpu, most in taken.values()]
        rows.append(f"| {minutes} | {minutes * lines} | {' | '.join(cells)} |")
    powers = [power(found, name) for name in names]
    return [*rows, f"| power of the length | | {' | '.join(powers)} |", ""]


def told(minutes: Sequence[int], hd: Sequence[int]) -> str:
    """The tables as a text."""
    parts = [
        "# How time and memory grow with a film",
        "",
        f"`python bench/growth.py {' '.join(sys.argv[1:])}`, {date.today()}, {os.cpu_count()} "
        "cores that other work shared. In each cell: seconds of CPU, by all processes, and the "
        "most memory that any one of them had. Voices are beeps; `again` is a render of which "
        "all is kept. The power is that to which time grows between the two longest.",
        "",
    ]
    if minutes:
        found = {}
        for each in minutes:
            found[each] = small(each)
            print(each, found[each], file=sys.stderr, flush=True)
        parts += [f"At {SMALL}, {LINES} lines a minute:", "", *table(found, LINES)]
    if hd:
        found = {}
        for each in hd:
            found[each] = large(each)
            print(each, found[each], file=sys.stderr, flush=True)
        parts += [f"At {LARGE}, {STILL} lines a minute, in each of which one dot fades in and then"]
        parts += ["nothing moves:", "", *table(found, STILL)]
    return "\n".join(parts)


def main() -> None:
    """Measure courses of so many minutes each."""
    if sys.argv[1:2] == ["--one"]:
        one(sys.argv[2:])
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("minutes", type=int, nargs="*", help=f"lengths at {SMALL}")
    parser.add_argument("--hd", type=int, nargs="*", default=[], help=f"lengths at {LARGE}")
    parser.add_argument("--write", action="store_true", help="renew bench/GROWTH.md")
    args = parser.parse_args()
    text = told(args.minutes, args.hd)
    print(text)
    if args.write:
        Path(__file__).with_name("GROWTH.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
