"""How long a render takes, beside plain Manim and beside encoding alone; needs Linux.

    python bench/speed.py [--quick] [--runs N] [--parts 60,30,memory,growth] [--write]

Prints a Markdown table for each part; `--write` puts them into bench/RESULTS.md, between their
marks. `--quick` draws small pictures: it shows that the benchmark runs, not how fast anything is.
CPU seconds are those of all processes. Rows that are compared are measured in turn, and ratios are
medians over the rounds.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from measure import (
    ROOT,
    SCENES,
    Cost,
    adopt,
    edit,
    frame_count,
    lengthen,
    project,
    scene_class,
    timed,
    wait_until_quiet,
    write_table,
)

from explainer.frame_format import find_format

LONGER = "is [built to fit]{fit}", "is carefully [built to fit]{fit}"
"""The edit that makes one sentence half a second longer."""
MOVED = "[built to fit]{fit}", "built to [fit]{fit}"
"""The edit that moves a cue by a word."""
HEAVY = "adcc.attack"
"""The line with the most to draw."""


def render(folder: Path, *args: str) -> tuple[Cost, int]:
    """A render by the command line; with it, how many lines were drawn."""
    command = [sys.executable, str(ROOT / "render.py"), *args, "--json"]
    cost, answer = timed([*command, "--script", str(folder / "script.yaml")], folder)
    made = json.loads(answer)
    frames = frame_count(Path(made["film"]))
    return Cost(cost.wall, cost.cpu, cost.megabytes, frames), made["drawn"]


def plain(size: str, voiced: bool = False) -> Cost:
    """Manim's own command line over the four scenes, one after another; or with manim-voiceover."""
    q = find_format(size)
    with project() as folder:
        costs = []
        if voiced:
            shutil.copy(ROOT / "bench" / "voiceover.py", folder / "scenes")
        for scene in SCENES:
            name = scene_class(folder, scene)
            if voiced:
                with (folder / "scenes" / f"{scene}.py").open("a") as file:
                    file.write(f"\n\nfrom voiceover import voiced\n\nVoiced = voiced({name})\n")
                name = "Voiced"
            command = [sys.executable, "-m", "manim", "render", "--disable_caching"]
            command += ["-r", f"{q.width},{q.height}", "--fps", str(q.fps)]
            command += [
                "--progress_bar",
                "none",
                "--media_dir",
                "media",
                f"scenes/{scene}.py",
                name,
            ]
            costs.append(timed(command, folder)[0])
        films = [f for f in folder.rglob("media/videos/**/*.mp4") if "partial" not in str(f)]
        return Cost(
            sum(c.wall for c in costs),
            sum(c.cpu for c in costs),
            max(c.megabytes for c in costs),
            sum(map(frame_count, films)),
        )


def cold(size: str) -> Cost:
    with project() as folder:
        return render(folder, "--quality", size)[0]


def as_manim(size: str) -> Cost:
    """A cold film at the encoder settings of Manim's own writer."""
    with project() as folder:
        code = (
            "import sys; from dataclasses import replace; from pathlib import Path\n"
            "from explainer.cli import arguments\n"
            "from explainer.frame_format import EncoderPreset\n"
            "found, medium = arguments.find_format, EncoderPreset('medium', 23)\n"
            "arguments.find_format = lambda name: replace(found(name), encoder=medium)\n"
            "from explainer.cli import main\n"
            f"sys.exit(main(['--quality', {size!r}, '--json']))"
        )
        cost, answer = timed([sys.executable, "-c", code], folder)
        frames = frame_count(Path(json.loads(answer)["film"]))
        return Cost(cost.wall, cost.cpu, cost.megabytes, frames)


def floor(size: str, *settings: str) -> Cost:
    """Encoding alone, from memory."""
    command = [sys.executable, str(ROOT / "bench" / "floor.py"), "script.yaml", size, *settings]
    with project() as folder:
        found = json.loads(timed(command, folder)[1])
    return Cost(found["wall"], found["cpu"], 0, found["frames"])


def edits(size: str) -> dict[str, Cost]:
    """A cold film, what it takes to verify it, then the film again after each kind of edit."""
    with project() as folder:
        found = {"c": render(folder, "--quality", size)[0]}
        film = str(folder / "build" / "her2.mp4")
        verify = [sys.executable, str(ROOT / "render.py"), "verify", film]
        # how long it takes is the same where a row fails
        cost, _ = timed(verify, folder, right=(0, 1))
        found["v"] = Cost(cost.wall, cost.cpu, cost.megabytes, found["c"].frames)
        for name, change, lines in (("e", None, 0), ("f", LONGER, 1), ("g", MOVED, 1)):
            if change:
                edit(folder, change)
            found[name], drawn = render(folder, "--quality", size)
            if drawn != lines:
                sys.exit(f"row {name}: {drawn} lines were drawn, not {lines}")
        return found


def preview(_size: str) -> Cost:
    """A draft of one scene where nothing was made before."""
    with project() as folder:
        return render(folder, "preview", "trastuzumab")[0]


def warm_preview(_size: str) -> Cost:
    """The same by the processes that `watch` keeps ready, of pictures that are not kept."""
    command = [sys.executable, str(ROOT / "render.py"), "watch"]
    with project() as folder:
        watching = subprocess.Popen(
            command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            while not (folder / "build" / "draft" / "her2.mp4").exists():
                time.sleep(0.2)
            wait_until_quiet(watching.pid)
            shutil.rmtree(folder / ".explainer-cache" / "picture")
            order = [sys.executable, str(ROOT / "render.py"), "preview", "trastuzumab", "--json"]
            begun = time.perf_counter()
            made = subprocess.run(order, cwd=folder, check=True, capture_output=True, text=True)
            wall = time.perf_counter() - begun
            return Cost(wall, 0, 0, frame_count(Path(json.loads(made.stdout)["film"])))
        finally:
            watching.terminate()
            watching.wait()


def memory(size: str) -> float:
    """The most memory that drawing a line takes, in megabytes."""
    code = (
        "from pathlib import Path\n"
        "from explainer.draw import line_runner\n"
        "from explainer.timeline.layout import estimate_timeline\n"
        "from explainer.timeline.scene_timing import scene_timings\n"
        "from explainer.frame_format import find_format; from explainer.script.loader import load\n"
        f"q, script = find_format({size!r}), load(Path('script.yaml'))\n"
        "shots = scene_timings(estimate_timeline(script, q.fps))\n"
        f"line_runner.draw(line_runner.job_for(script, shots, {HEAVY!r}, q), 'clip.mp4', 'texts')"
    )
    with project() as folder:
        return timed([sys.executable, "-c", code], folder)[0].megabytes


def growth(size: str) -> list[tuple[int, Cost]]:
    """Cold films of 1, 2, 4 and 8 times the film's length."""
    found = []
    for times in (1, 2, 4, 8):
        with project() as folder:
            lengthen(folder, times)
            found.append((times, render(folder, "--quality", size)[0]))
    return found


def exponent(found: list[tuple[int, Cost]]) -> float:
    """The slope of the logarithm of time over that of length, by least squares."""
    xs = [math.log(cost.frames) for _, cost in found]
    ys = [math.log(cost.cpu) for _, cost in found]
    mx, my = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((x - mx) * (y - my) for x, y in zip(xs, ys, strict=True)) / sum(
        (x - mx) ** 2 for x in xs
    )


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table: what was measured, and the ratio that it is judged by."""

    what: str
    cost: Cost
    ratio: str = ""


def compared(size: str, runs: int, report: Callable[[str], None]) -> list[Row]:
    """Rows a, c and d to h, in turn, `runs` times; ratios by frame, since lengths differ."""
    rounds: list[dict[str, Cost]] = []
    attempts: list[Callable[[str], dict[str, Cost]]] = [lambda size: {"a": plain(size)}, edits]
    attempts.append(lambda size: {"d": floor(size), "m": as_manim(size)})
    attempts.append(lambda size: {"h": preview(size), "w": warm_preview(size)})
    if find_spec("manim_voiceover"):
        attempts.append(lambda size: {"b": plain(size, voiced=True)})
    for number in range(runs):
        report(f"{size}: round {number + 1} of {runs}")
        found: dict[str, Cost] = {}
        for attempt in attempts:
            made = attempt(size)
            found |= made
            for name, cost in made.items():
                report(f"  {name}: {cost.wall:.1f} s, {cost.cpu:.1f} s CPU, {cost.frames} frames")
        rounds.append(found)

    def middle(name: str) -> Cost:
        return sorted((found[name] for found in rounds), key=lambda cost: cost.wall)[runs // 2]

    def ratio(name: str, to: str, aim: float = 0, by_frame: bool = True) -> str:
        pairs = ((found[name], found[to]) for found in rounds)
        each = [a.each() / b.each() if by_frame else a.wall / b.wall for a, b in pairs]
        return f"{median(each):.3f} × ({to})" + (f", aim {aim}" if aim else "")

    fps = find_format(size).fps
    length = median(found["v"].wall * fps / found["v"].frames for found in rounds)
    voiced: tuple[Row, ...] = ()
    if "b" in rounds[0]:
        voiced = (Row("(b) the same with manim-voiceover", middle("b"), ratio("b", "a")),)
    return [
        Row(f"(a) plain Manim, scene after scene, {size}", middle("a")),
        *voiced,
        Row(
            f"(c) cold, {size}",
            middle("c"),
            f"{ratio('c', 'a', 0.33)}; {ratio('c', 'd', 3.3)}",
        ),
        Row("(c) cold, at Manim's codec settings", middle("m"), ratio("m", "a", 0.45)),
        Row("(d) encoding alone, from memory", middle("d")),
        Row("(e) nothing changed", middle("e"), ratio("e", "c", 0.02, False)),
        Row("(f) one sentence half a second longer", middle("f"), ratio("f", "c", 0.15, False)),
        Row("(g) a cue moved", middle("g"), ratio("g", "c", 0.1, False)),
        Row("(h) preview of one scene, cold", middle("h"), ratio("h", "c", 0.075, False)),
        Row("(w) the same beside `watch`", middle("w"), ratio("w", "c", 0.03, False)),
        Row("(v) verify", middle("v"), f"{length:.3f} × the film's length, aim 0.5"),
    ]


def table(rows: list[Row]) -> str:
    lines = ["| what | frames | wall s | CPU s | largest process MB | ratio |", "| --- " * 6 + "|"]
    lines += [
        f"| {row.what} | {row.cost.frames} | {row.cost.wall:.1f} | {row.cost.cpu:.1f} "
        f"| {row.cost.megabytes:.0f} | {row.ratio} |"
        for row in rows
    ]
    return "\n".join(lines) + "\n"


def machine() -> str:
    """What it ran on."""
    info = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    model = re.search(r"model name\s*: (.*)", info)
    load = os.getloadavg()[0]
    name = model[1] if model else platform.machine()
    return f"{os.cpu_count()} cores of {name}, Python {platform.python_version()}, load {load:.1f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small pictures, one round")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--parts", default="60,30,memory,growth", help="which parts to measure")
    parser.add_argument("--write", action="store_true", help="put it into bench/RESULTS.md")
    options = parser.parse_args()
    adopt()

    def report(text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    runs = 1 if options.quick else options.runs
    for part in options.parts.split(","):
        report(part)
        times = 1 if part in ("memory", "growth") else runs
        head = f"{date.today()}, on {machine()}; medians of {times}.\n\n"
        text = head + measured(part, options.quick, runs, report)
        print(text)
        if options.write:
            write_table(part, text)


def measured(part: str, quick: bool, runs: int, report: Callable[[str], None]) -> str:
    """The table of one part."""
    if part in ("60", "30"):
        size = f"256x144@{int(part) // 4}" if quick else f"1080p{part}"
        return table(compared(size, runs, report))
    if part == "memory":
        sizes = ("256x144@15",) if quick else ("1080p60", "4k60")
        head = "| peak memory of a worker, aim 1000 MB | MB |\n| --- | --- |"
        return head + "".join(f"\n| (i) {HEAVY}, {s} | {memory(s):.0f} |" for s in sizes) + "\n"
    size = "256x144@10" if quick else "640x360@30"
    found = growth(size)
    title = f"| (j) growth, {size} | frames | wall s | CPU s |\n| --- | --- | --- | --- |"
    body = "".join(
        f"\n| {n} × the film | {c.frames} | {c.wall:.1f} | {c.cpu:.1f} |" for n, c in found
    )
    return f"{title}{body}\n\nExponent {exponent(found):.3f}, aim 1.05.\n"


if __name__ == "__main__":
    main()
