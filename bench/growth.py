"""How time and memory grow with the length of a film: minutes in, a table out.

A course of many short lines, spoken by beeps, that mostly holds still, is rendered from nothing in
a new folder: at 160×90 and 10 frames a second for its time, and at 1080p30 for its memory, which is
the most that the process that was begun, or any that it began, had at once. Then `plan` and `check`
are timed. Run: python bench/growth.py 2 10 --write
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

ROOT = Path(__file__).parent.parent
A_MINUTE = 12
"""Lines of about five seconds each."""
IN_A_SCENE = 20
HEAD = """\
name: course
title: A long course
language: en
limit: 14400
voice: [tone]
scenes:
"""


def write(folder: Path, lines: int) -> None:
    """A course of so many lines."""
    (folder / "scenes").mkdir(parents=True)
    (folder / "assets").mkdir()
    script = [HEAD]
    for scene in range(-(-lines // IN_A_SCENE)):
        script.append(f"  - id: part{scene}\n    title: A part\n    lines:\n")
        source = "from manim import *\n\nfrom explainer.stage import NarratedScene\n\n\n"
        source += f"class Part{scene}(NarratedScene):\n"
        for line in range(min(IN_A_SCENE, lines - scene * IN_A_SCENE)):
            say = "This is a [line]{go} of a long course, and it goes on with a few more words."
            script.append(f"      - id: l{line}\n        say: {say}\n        show: A dot.\n")
            dot = f"Dot().shift({line % 10 - 5} * RIGHT)"
            source += f"    def l{line}(self):\n"
            source += f"        self.play(FadeIn({dot}), at='go', run_time=0.4)\n\n"
        (folder / "scenes" / f"part{scene}.py").write_text(source, encoding="utf-8")
    (folder / "script.yaml").write_text("".join(script), encoding="utf-8")


def run(folder: Path, *order: str) -> tuple[float, float, float]:
    """Seconds of wall time and of CPU, and the megabytes that one process had at the most."""
    command = [sys.executable, __file__, "--one", *order]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    wall, cpu, most = json.loads(done.stdout.splitlines()[-1])
    return wall, cpu, most


def one(order: list[str]) -> None:
    """Run a command of ours, and print what it took."""
    begun = time.monotonic()
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(ROOT / "render.py"), *order]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=env)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    wall, cpu = time.monotonic() - begun, used.ru_utime + used.ru_stime
    print(json.dumps([wall, cpu, used.ru_maxrss / 1000]))


def main() -> None:
    """Measure courses of so many minutes each."""
    if sys.argv[1:2] == ["--one"]:
        one(sys.argv[2:])
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("minutes", type=int, nargs="+")
    parser.add_argument("--write", action="store_true", help="renew bench/GROWTH.md")
    args = parser.parse_args()
    rows, times = [], {}
    for minutes in args.minutes:
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place) / "course"
            write(folder, minutes * A_MINUTE)
            wall, cpu, small = run(folder, "film", "--quality", "160x90@10")
            times[minutes] = cpu
            plan = run(folder, "plan", "--quality", "160x90@10")
            check = run(folder, "check")
            verify = run(folder, "page", "--quality", "160x90@10")
            _, _, most = run(folder, "film", "--quality", "1080p30")
            rows.append(
                f"| {minutes} | {minutes * A_MINUTE} | {wall:.0f} | {cpu:.0f} | {small:.0f} "
                f"| {most:.0f} | {plan[1]:.1f} | {check[1]:.1f} | {verify[1]:.1f} |"
            )
            print(rows[-1], flush=True)
    first, last = args.minutes[0], args.minutes[-1]
    text = [
        "# How time and memory grow with a film",
        "",
        f"`python bench/growth.py {' '.join(map(str, args.minutes))} --write`, {date.today()}, "
        f"{os.cpu_count()} cores. {__doc__.splitlines()[2]}",
        "",
        "| minutes | lines | 160×90: s | s of CPU | most MB | 1080p30: most MB | plan: s of CPU "
        "| check | page |",
        "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
        *rows,
    ]
    if first != last:
        power = math.log(times[last] / times[first]) / math.log(last / first)
        text += ["", f"CPU time grows with the length to the power of {power:.2f}."]
    print("\n".join(text))
    if args.write:
        content = "\n".join(text) + "\n"
        Path(__file__).with_name("GROWTH.md").write_text(content, encoding="utf-8")


if __name__ == "__main__":
    main()
