"""What a changed sentence costs in a film of five minutes: its sound, and all of the render.

The film is made of the first film's scenes, as in `bench/studio.py`. Then a number in one of its
sentences is changed, and the film rendered again, some times. Told are the medians of the seconds
from the command to its end, of those that its sound took meanwhile, beside the drawing, and once
more with nothing beside it, and of the CPU seconds of both.

    python bench/changed_sentence.py [--quality draft] [--times 5] [--folder KEPT] [--write]

With `--folder`, the film is kept there and not made anew the next time. Needs Linux.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import shutil
import statistics
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

from measure import adopt, timed
from studio import COPIES, film

from explainer import pipeline
from explainer.audio import mix
from explainer.frame_format import find_format

TABLE = Path(__file__).with_name("CHANGED_SENTENCE.md")
SENTENCE = "say: Crowded receptors"
"""How the sentence begins that is changed, in one of the copies of its scene."""
COLUMNS = (
    "sound beside the drawing, s",
    "sound alone, s",
    "CPU of the sound alone, s",
    "all of the render, s",
    "CPU of all, s",
    "lines drawn",
)


def one(quality: str) -> None:
    """Render the film in this folder, and print what its sound took in it, and then by itself."""
    taken: list[float] = []
    mix_audio = mix.mix_audio

    def timed_mix(*arguments: Any, **named: Any) -> Any:
        begun = time.perf_counter()
        mixdown = mix_audio(*arguments, **named)
        taken.append(time.perf_counter() - begun)
        again.append((arguments, {**named, "progress": None}, mixdown))
        return mixdown

    again: list[tuple[Any, ...]] = []
    mix.mix_audio = timed_mix
    options = pipeline.RenderOptions(Path("script.yaml"), find_format(quality))
    result = pipeline.render(options)
    ended = time.time()
    used = os.times()
    whole_cpu = used.user + used.system + used.children_user + used.children_system
    [(arguments, named, mixdown)] = again
    mixdown.path.unlink()
    before = time.process_time()
    timed_mix(*arguments, **named)
    cpu = time.process_time() - before
    print(json.dumps([*taken, cpu, ended, whole_cpu, result.drawn]))


def change(folder: Path, words: str) -> None:
    """Put words before the sentence, in place of those that a change before put there."""
    script = folder / "script.yaml"
    unchanged = folder / "unchanged.yaml"
    if not unchanged.exists():
        shutil.copy(script, unchanged)
    text = unchanged.read_text(encoding="utf-8")
    begin = text.rindex(SENTENCE)
    changed = f"say: {words} crowded receptors"
    script.write_text(text[:begin] + changed + text[begin + len(SENTENCE) :], encoding="utf-8")


def measured(folder: Path, quality: str, times: int) -> list[float]:
    """The medians of what some changes cost, in the order of `COLUMNS`."""
    order = [sys.executable, __file__, "--one", "--quality", quality]
    rows = []
    for _ in range(times):
        change(folder, f"Take {100 + secrets.randbelow(900)},")
        begun = time.time()
        cost, told = timed(order, folder)
        beside, alone, cpu, ended, own_cpu, drawn = json.loads(told.splitlines()[-1])
        # of all processes, also of those that draw, without the second mix
        whole_cpu = max(own_cpu, cost.cpu - cpu)
        rows.append([beside, alone, cpu, ended - begun, whole_cpu, drawn])
        print(*(f"{value:.2f}" for value in rows[-1]), file=sys.stderr, flush=True)
    return [statistics.median(column) for column in zip(*rows, strict=True)]


def told(quality: str, folder: Path, times: int) -> str:
    """The table as a text."""
    change(folder, "In short,")
    timed([sys.executable, __file__, "--one", "--quality", quality], folder)
    found = measured(folder, quality, times)
    return "\n".join([
        "# What a changed sentence costs in five minutes of film",
        "",
        f"{date.today()}, `python bench/changed_sentence.py`, {quality}, {os.cpu_count()} shared "
        f"cores (load {os.getloadavg()[0]:.1f}). Medians of {times} changes.",
        "",
        f"| {' | '.join(COLUMNS)} |",
        "| ---: " * len(COLUMNS) + "|",
        f"| {' | '.join(f'{value:.1f}' for value in found)} |",
        "",
    ])  # fmt: skip


def main() -> None:
    """Measure and tell."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--quality", default="draft")
    reader.add_argument("--times", type=int, default=5)
    reader.add_argument("--folder", type=Path, help="where the film is kept from run to run")
    reader.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    reader.add_argument("--write", action="store_true", help=f"renew bench/{TABLE.name}")
    asked = reader.parse_args()
    if asked.one:
        one(asked.quality)
        return
    adopt()
    with film(COPIES) as made:
        folder = made
        if asked.folder:
            folder = asked.folder
            if not (folder / "script.yaml").exists():
                shutil.copytree(made, folder, dirs_exist_ok=True)
        text = told(asked.quality, folder, asked.times)
    print(text)
    if asked.write:
        TABLE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
