"""How soon `watch` shows what was changed: an edit is saved, and a browser's clock is read.

The first film, and one of five minutes made of its scenes, are watched; sentences and the code of
scenes are changed, as an editor saves them. Told are the seconds from saving until the first new
picture of the line is on the page, and until the line can be played whole, each the median of some
edits, and as shares of what `manim -ql` takes for the same scene. Then come jumps to places in the
draft, and `still` and `preview` beside it, and without it.

    python bench/studio.py [--times 5] [--write]

Needs Chromium, and the packages of the tests.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from measure import descendants, wait_until_quiet

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

TABLE = Path(__file__).with_name("STUDIO.md")
COPIES = 6
"""How often the first film's scenes come in the long one; it lasts five and a half minutes."""
PATIENCE = 3_600_000
"""Milliseconds in which a draft is drawn, even of the long film on a machine that others use."""
JUMPS = 24
"""Places in the draft that are gone to."""
SENTENCES = {
    "amplification.copies": "Healthy cells",
    "dimerization.pairing": "Crowded receptors",
    "trastuzumab.blocked": "Now HER2",
}
"""Lines in the first 20 s of their scenes, with words of each that are changed."""
WORDS = ("Indeed", "Once more", "So then", "As we know", "Yet again", "After all")
SCENES = ("amplification", "dimerization", "trastuzumab")
MOMENT = "trastuzumab.blocked@fade"
PREVIEW = "trastuzumab"
"""The scene of which a preview is drawn anew."""
CODE = {"amplification": "amplification.copies", "trastuzumab": "trastuzumab.docking"}
"""Scenes whose code is changed, with the line that is looked at meanwhile."""
HEARD = """() => {
  const [film, fresh] = ["film", "fresh"].map((id) => document.getElementById(id));
  window.heard = {};
  const now = (name) => { window.heard[name] ??= performance.timeOrigin + performance.now(); };
  fresh.addEventListener("load", () => now("picture"));
  film.addEventListener("loadeddata", () => now(film.src.includes("line.mp4") ? "line" : "film"));
}"""
SCRUB = """async (jumps) => {
  const film = document.getElementById("film");
  const taken = [];
  for (let jump = 1; jump <= jumps; jump += 1) {
    const begun = performance.now();
    const shown = new Promise((done) => film.requestVideoFrameCallback(done));
    film.currentTime = (jump * 0.618034 % 1) * film.duration;
    await shown;
    taken.push((performance.now() - begun) / 1000);
  }
  return taken;
}"""
"""Goes to places all over the draft; the seconds until the frame there is shown."""


class Studio:
    """A film that is watched, and the page that shows it."""

    def __init__(self, folder: Path, page: Any, voice: str) -> None:
        self.folder, self.page = folder, page
        order = [sys.executable, str(ROOT / "render.py"), "watch", "--voice", voice]
        self.log = folder.with_name(f"{folder.name}.log").open("w")
        self.process = subprocess.Popen(
            order, cwd=folder, stdout=subprocess.PIPE, stderr=self.log, text=True
        )
        assert self.process.stdout
        address = self.process.stdout.readline().rpartition(" ")[2].strip()
        page.goto(address)
        self.settle()
        page.evaluate(HEARD)

    def settle(self) -> None:
        """Wait for a whole draft, and then until all processes wait that will."""
        # the page is good before there is a draft, too
        self.page.wait_for_function("document.getElementById('film').readyState", timeout=PATIENCE)
        self.page.wait_for_selector("#state.good", timeout=PATIENCE)
        wait_until_quiet(self.process.pid)

    def change(self, file: str, old: str, new: str) -> dict[str, float]:
        """Save another text in a file; the seconds until each thing is seen."""
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text, (file, old)
        self.page.evaluate("window.heard = {}")
        begun = time.time()
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        self.page.wait_for_function("window.heard.film", timeout=PATIENCE)
        heard = self.page.evaluate("window.heard")
        self.settle()
        return {name: at / 1000 - begun for name, at in heard.items()}

    def look_at(self, line: str) -> None:
        """Go to a line."""
        self.page.click(f"li[data-key='{line}'] h2 button")
        self.page.wait_for_selector(f"#line:has-text('{line}')")
        time.sleep(0.3)

    def scrub(self) -> list[float]:
        """Seconds until frames all over the draft are shown."""
        found: list[float] = self.page.evaluate(SCRUB, JUMPS)
        return found

    def close(self) -> None:
        """End it."""
        self.process.terminate()
        self.process.wait()
        self.log.close()
        Path(self.log.name).unlink()


def memory(pid: int) -> float:
    """Megabytes that a process and all that it has begun use, what they share counted once."""
    from explainer.draw.warm import memory_of

    return sum(map(memory_of, [pid, *descendants(pid)])) / 1e6


@contextmanager
def film(copies: int) -> Iterator[Path]:
    """A folder with the first film, or a longer one whose scenes are copies of its own."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        shutil.copytree(ROOT / "scenes", folder / "scenes")
        shutil.copytree(ROOT / "assets", folder / "assets")
        script = yaml.safe_load((ROOT / "script.yaml").read_text(encoding="utf-8"))
        scenes = script["scenes"]
        for copy in range(2, copies + 1):
            for scene in deepcopy(scenes[:4]):
                name = f"{scene['id']}{copy}"
                for line in scene["lines"]:
                    line.pop("labels", None)  # any scene may show those of the first copy
                scenes.append({**scene, "id": name, "title": f"{scene['title']} {copy}"})
                source = (ROOT / "scenes" / f"{scene['id']}.py").read_text(encoding="utf-8")
                mine, its = (f"class {each.capitalize()}(" for each in (name, scene["id"]))
                source = source.replace(its, mine)
                (folder / "scenes" / f"{name}.py").write_text(source, encoding="utf-8")
        script["limit"] = 60 * copies
        text = yaml.safe_dump(script, sort_keys=False, allow_unicode=True, width=1000)
        (folder / "script.yaml").write_text(text, encoding="utf-8")
        yield folder


def plain(folder: Path, scene: str) -> float:
    """Seconds that plain Manim takes for a scene, at 854x480 and 15 frames a second."""
    order = [sys.executable, "-m", "manim", "render", "-ql", "--disable_caching"]
    where = ["--media_dir", str(folder / "media"), f"scenes/{scene}.py", scene.capitalize()]
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    begun = time.monotonic()
    subprocess.run(
        [*order, *where],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path},
        check=True,
        capture_output=True,
    )
    return time.monotonic() - begun


def edits(studio: Studio, times: int) -> dict[str, list[dict[str, float]]]:
    """What is heard of changed sentences and of changed code."""
    found: dict[str, list[dict[str, float]]] = {}
    for line, words in SENTENCES.items():
        scene, now = line.partition(".")[0], words
        for number in range(times):
            new = f"{WORDS[number % len(WORDS)]} {words[0].lower()}{words[1:]}"
            heard = studio.change("script.yaml", now, new)
            found.setdefault(f"sentence of {scene}", []).append(heard)
            now = new
        studio.change("script.yaml", now, words)
    for scene, line in CODE.items():
        for number in range(times):
            studio.look_at(line)
            path = f"scenes/{scene}.py"
            begins = (studio.folder / path).read_text(encoding="utf-8").partition("\n")[0]
            heard = studio.change(path, begins, f"{begins}  # {number}")
            found.setdefault(f"code of {scene}", []).append(heard)
    return found


def command(folder: Path, times: int, *order: str) -> float:
    """Seconds that a command takes, the median of some runs after a first one."""
    taken = []
    for _ in range(times + 1):
        begun = time.monotonic()
        full = [sys.executable, str(ROOT / "render.py"), *order]
        subprocess.run(full, cwd=folder, check=True, capture_output=True)
        taken.append(time.monotonic() - begun)
    return statistics.median(taken[1:])


def preview(folder: Path, times: int) -> float:
    """Seconds that a scene's preview takes whose pictures are not kept, the median of some runs."""
    taken = []
    for _ in range(times):
        shutil.rmtree(folder / ".explainer-cache" / "picture")
        order = [sys.executable, str(ROOT / "render.py"), "preview", PREVIEW]
        begun = time.monotonic()
        subprocess.run(order, cwd=folder, check=True, capture_output=True)
        taken.append(time.monotonic() - begun)
    return statistics.median(taken)


def row(*cells: object) -> str:
    """A row of a Markdown table."""
    return f"| {' | '.join(map(str, cells))} |"


def of_changes(name: str, studio: Studio, times: int, usual: dict[str, float]) -> Iterator[str]:
    """A row for each kind of change."""
    for what, heard in edits(studio, times).items():
        parts = ("picture", "line", "film")
        middle = {part: statistics.median(each[part] for each in heard) for part in parts}
        scene = what.rpartition(" ")[2]
        share = f"{middle['picture'] / usual[scene]:.3f}"
        told = [f"{middle[part]:.2f}" for part in parts]
        yield row(name, what, *told, f"{usual[scene]:.1f}", share)


def main() -> None:
    """Measure and tell."""
    from playwright.sync_api import sync_playwright

    import viewing

    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--times", type=int, default=5)
    reader.add_argument("--voice", default="hibari")
    reader.add_argument("--copies", type=int, nargs="+", default=[1, COPIES])
    reader.add_argument("--write", action="store_true")
    asked = reader.parse_args()
    cores = os.cpu_count()
    rows, after = [], []
    with sync_playwright() as tool, film(1) as first:
        usual = {scene: plain(first, scene) for scene in SCENES}
        browser = tool.chromium.launch(executable_path=viewing.executable(), args=viewing.FLAGS)
        for copies in asked.copies:
            with film(copies) as folder:
                name = "first" if copies == 1 else "five minutes"
                page = browser.new_page(bypass_csp=True)
                studio = Studio(folder, page, asked.voice)
                for told in of_changes(name, studio, asked.times, usual):
                    print(told, flush=True)
                    rows.append(told)
                used = memory(studio.process.pid)
                jumps = sorted(studio.scrub())
                middle = statistics.median(jumps)
                warm = command(folder, asked.times, "still", MOMENT)
                warm_preview = preview(folder, asked.times)
                studio.close()
                page.close()
                cold = command(folder, asked.times, "still", MOMENT)
                cold_preview = preview(folder, asked.times)
                after += [
                    f"In the film “{name}”, all processes of `watch` together use {used:.0f} MB.",
                    f"A frame of its draft is there {middle:.2f} s after a jump to it, the slowest "
                    f"of {JUMPS} after {jumps[-1]:.2f} s.",
                    f"`still {MOMENT}` takes {warm:.2f} s beside it, {cold:.2f} s alone.",
                    f"`preview {PREVIEW}` of pictures that are not kept takes {warm_preview:.2f} s "
                    f"beside it, {cold_preview:.2f} s alone.",
                    "",
                ]
        browser.close()
    print(*after, sep="\n")
    if asked.write:
        head = (
            "# How soon watch shows a change\n\n"
            f"{date.today()}, `python bench/studio.py`, voice {asked.voice}, 854x480@15, {cores} "
            "shared cores. Medians of seconds from\nsaving, in Chromium; the last column is the "
            "first picture as a share of what `manim -ql` takes for the scene.\n"
        )
        parts = ("first picture", "line whole", "all of the film", "manim -ql", "share")
        table = [row("film", "change", *parts), row(*["---"] * 7), *rows]
        TABLE.write_text("\n".join([head, *table, "", *after]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
