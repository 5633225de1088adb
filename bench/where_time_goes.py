"""Where a cold film's CPU time goes, by kind of work: samples of all its processes in, a table out.

    python bench/where_time_goes.py [--quality 1080p60] [--write]

Needs Linux and py-spy (`pip install py-spy`), which looks at the stacks of all threads that run, 50
times a second. The film is rendered once more by itself: its CPU seconds are shared out by how many
samples each kind has. `--write` puts the table into bench/RESULTS.md, between its marks.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from datetime import date
from pathlib import Path

from measure import ROOT, adopt, project, timed, write_table

RATE = 50

LEAVES = {
    "drawing inside Cairo": (
        "DisplayItem.draw (",
        "DisplayItem._stroke (",
        "GradientFill.fill (",
        "NativePath.append_to (",
    ),
    "copies of the ground": ("CachedCamera._draw_items (",),
}
"""Kinds that are told by the function that runs."""
STACKS = {
    "loading programs and packages": ("<frozen importlib._bootstrap>",),
    "the small film": ("ClipEncoder._encode_small (",),
    "conversion to yuv420p": ("ClipEncoder.convert (",),
    "signatures of frames": ("FrameSigner.sign (", "/colour_signature.py"),
    "encoding": ("explainer/media/encoder.py",),
    "reading labels in the picture": ("FrameRenderer._record_labels (",),
    "Python around Cairo": ("CachedCamera.draw_frame (", "FrameRenderer._emit ("),
    "speech": ("explainer/voices/", "explainer/narration/"),
    "sound": ("explainer/audio/",),
    "the page, the poster and captions": ("write_exports (", "explainer/captions/"),
    "joining the film": ("explainer/mux.py", "_write_film ("),
}
"""Kinds that are told by a function anywhere in the stack; the first that fits counts."""
WALKING, ANIMATIONS = "building scenes and walking to lines", "Manim's animations"
REST = "the rest"


def kind_of(stack: list[str], draws: bool) -> str:
    """What the functions of a stack, outermost first, are at work on.

    `draws` tells whether the process is one that draws lines, not one that walks a scene.
    """
    for kind, names in LEAVES.items():
        if any(name in stack[-1] for name in names):
            return kind
    for kind, names in STACKS.items():
        if any(name in function for name in names for function in stack):
            return kind
    if any("run_scene (" in function for function in stack):
        return ANIMATIONS if draws else WALKING
    return REST


def count_kinds(samples: Path) -> Counter[str]:
    """How many samples each kind of work has, in py-spy's raw form: a stack and a count a line."""
    stacks: list[tuple[list[str], int]] = []
    drawing: set[str] = set()
    for line in samples.read_text(encoding="utf-8").splitlines():
        text, _, count = line.rpartition(" ")
        stack = text.split(";")
        stacks.append((stack, int(count)))
        if any("DisplayItem.draw (" in function for function in stack):
            drawing.add(process_of(stack))
    found: Counter[str] = Counter()
    for stack, count in stacks:
        found[kind_of(stack, process_of(stack) in drawing)] += count
    return found


def process_of(stack: list[str]) -> str:
    """The innermost process in a stack, by its number."""
    numbers = [found[1] for name in stack if (found := re.match(r"process (\d+)", name))]
    return numbers[-1] if numbers else ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quality", default="1080p60")
    parser.add_argument("--write", action="store_true", help="put it into bench/RESULTS.md")
    options = parser.parse_args()
    adopt()
    film = [sys.executable, str(ROOT / "render.py"), "--quality", options.quality, "--json"]
    with project() as folder:
        cost, _ = timed([*film, "--script", str(folder / "script.yaml")], folder)
    with project() as folder:
        spy = [str(Path(sys.executable).with_name("py-spy")), "record", "--subprocesses"]
        spy += ["--rate", str(RATE), "--format", "raw", "--output", "samples.txt", "--"]
        timed([*spy, *film, "--script", str(folder / "script.yaml")], folder)
        kinds = count_kinds(folder / "samples.txt")
    whole = kinds.total()
    text = f"{date.today()}, {options.quality}: {cost.cpu:.0f} s of CPU in {cost.wall:.0f} s.\n\n"
    text += "| what | CPU s | share |\n| --- | --- | --- |\n"
    for kind, count in kinds.most_common():
        text += f"| {kind} | {cost.cpu * count / whole:.1f} | {100 * count / whole:.1f} % |\n"
    print(text)
    if options.write:
        write_table("kinds", text)


if __name__ == "__main__":
    main()
