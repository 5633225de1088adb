"""Whether the program still makes the same files and says the same things, byte for byte.

    python bench/unchanged.py --write FILE     record what is made now
    python bench/unchanged.py FILE             make it again, and name what differs

For work that must change nothing, such as moving and renaming. A small film that touches every
stage is written into a temporary folder and made there by `render.py` alone, so that nothing here
depends on where things lie inside. A record holds for one machine. Exits with 1 if something
differs. With `--folder DIR` the film stays in DIR for a look; a second run there takes what the
first has kept for reuse, and so does not tell all.
"""

from __future__ import annotations

import argparse
import difflib
import hashlib
import json
import math
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import wave
from array import array
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
QUALITY = ("--quality", "160x90@10")
LONGEST_TEXT = 400_000
"""Characters of a text that is kept for its differences to be shown; of a longer one the hash."""
TEXTS = {".srt", ".vtt", ".ttml", ".json", ".txt", ".html", ".css", ".js"}
SHOWN_LINES, SHOWN_WIDTH = 12, 160

# what a scene imports from the program: mend this where those names change
IMPORTS = """\
from explainer.scene import NarratedScene, RadialGradient, label_texts
"""

SCRIPT = """\
name: net
title: Dots, bars and a sum
language: en
limit: 60
voice: [tone]
poster: bars.rise@up
music: {bed: music/bed.wav, below: 14}
lexicon: {Pythagoras: pie thagoras}
page:
  about: Dots and bars that tell whether anything changed.
  notice: Not geometry advice.
  tags: [dots, bars]
sources:
  euclid: {title: Elements, where: Book I, doi: 10.1000/1}
scenes:
  - id: dots
    title: Dots
    lines:
      - id: one
        say: A single [dot]{dot} appears, {0.2} and stays.
        show: A pink dot.
        labels: {dot: A dot}
        sounds: {dot: sounds/tick.wav}
      - id: two
        say: Then [another]{other} joins it.
        show: A teal dot.
        speaker: Ada
VOICE_OF_TWO  - id: bars
    title: Bars
    lines:
      - id: rise
        say: By 1850, 3 km of bars rise [up]{up}.
        show: Three bars.
        labels: {bars: [Three, bars]}
        cite: [euclid]
VOICE_OF_RISE      - {id: rest, say: "", hold: 0.6, show: The bars rest.}
  - id: sum
    title: A sum
    lines:
      - id: squares
        say: Pythagoras adds [squares]{sum}.
        show: A formula.
VOICE_OF_SQUARES"""

TRANSLATION = """\
language: de
title: Punkte, Balken und eine Summe
voice: [tone]
page: {about: Punkte und Balken., notice: Kein Rat.}
scenes:
  dots:
    title: Punkte
    lines:
      one:
        say: Ein einzelner [Punkt]{dot} erscheint und bleibt.
        show: Ein rosa Punkt.
        labels: {dot: Ein Punkt}
      two:
        say: Dann kommt [ein anderer]{other} dazu.
        show: Ein grüner Punkt.
        voice: tone
  bars:
    title: Balken
    lines:
      rise:
        say: Bis 1850 steigen 3 km Balken [auf]{up}.
        show: Drei Balken.
        voice: tone
        labels: {bars: [Drei, Balken]}
      rest: {say: "", show: Die Balken ruhen.}
  sum:
    title: Eine Summe
    lines:
      squares:
        say: Pythagoras addiert [Quadrate]{sum}.
        show: Eine Formel.
        voice: tone
"""

SCENES = {
    "dots": """\
import random

from manim import LEFT, RIGHT, UP, Circle, FadeIn, Text, TracedPath

IMPORTS

class Dots(NarratedScene):
    def one(self):
        self.dot = Circle(1.2, stroke_width=0, fill_color="#FF5C8A", fill_opacity=1)
        self.dot.radial_gradient = RadialGradient()
        self.play(FadeIn(self.dot), at="dot", run_time=0.4)
        for text in label_texts("dot"):
            self.play(FadeIn(Text(text, font_size=90).shift(3 * UP)), run_time=0.2)
        self.play(self.dot.animate.shift(2 * LEFT), by="end", run_time=0.4)

    def two(self):
        other = Circle(random.uniform(0.8, 1), stroke_width=0, fill_color="#35DCCB")
        other.set_fill(opacity=1).shift(5 * RIGHT)
        self.add(TracedPath(other.get_center), other)
        self.play(other.animate.shift(3 * LEFT), until="other")
        self.play(self.camera.frame.animate.scale(0.8), run_time=0.4)
""",
    "bars": """\
import numpy as np
from manim import DOWN, RIGHT, UP, Create, Rectangle, SVGMobject, Text, VGroup

IMPORTS

class Bars(NarratedScene):
    def rise(self):
        heights = 2 + np.random.default_rng(3).random(3)
        bars = [Rectangle(width=1, height=height) for height in heights]
        group = VGroup(*bars).arrange(RIGHT, aligned_edge=DOWN)
        group.add(SVGMobject("mark.svg").scale(0.5).next_to(group, RIGHT))
        self.play(Create(group), span="up")
        for text in label_texts("bars"):
            group.add(Text(text, font_size=72).next_to(group, UP))
        self.add(group)

    def rest(self):
        self.wait(until="end")
""",
    "sum": """\
from manim import MathTypst, Write

IMPORTS

class Sum(NarratedScene):
    def squares(self):
        self.play(Write(MathTypst("a^2 + b^2 = c^2").scale(2)), until="sum")
""",
}
SVG = '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0L9 0L9 9z" fill="#FFB547"/></svg>\n'
VOICES = {"two": "espeak", "rise": "flite", "squares": "recording"}
"""Which line is spoken by whom, where that voice is there; the tone speaks it otherwise."""
RECORDING = "recordings/sum.squares.wav"


@dataclass(frozen=True, slots=True)
class Made:
    """What one command came to."""

    code: int
    out: str
    err: str


class Record:
    """Hashes by name, and the texts among what they are of."""

    def __init__(self) -> None:
        self.items: dict[str, dict[str, str]] = {}
        self.failed: list[str] = []

    def add(self, name: str, content: bytes, text: bool = False) -> None:
        """Take a content; a `text` is kept, so that a difference can be shown."""
        self.items[name] = {"sha256": hashlib.sha256(content).hexdigest()}
        if text and len(content) <= LONGEST_TEXT:
            self.items[name]["text"] = content.decode("utf-8", "replace")

    def add_file(self, name: str, path: Path) -> None:
        """Take a file; of one that is not there, that."""
        if path.is_file():
            self.add(name, path.read_bytes(), path.suffix in TEXTS)
        else:
            self.add(name, b"is not there", True)

    def has(self, name: str, path: Path) -> bool:
        """Whether a file is taken under this name as it is now."""
        taken = self.items.get(name, {}).get("sha256")
        return taken == hashlib.sha256(path.read_bytes()).hexdigest()


class Film:
    """The small film in a folder of its own, and what the program makes of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.build = folder / "build"

    def write(self, voices: Iterable[str]) -> None:
        """Write script, translation, scenes and assets; only `voices` are asked for."""
        for name in ("scenes", "assets/music", "assets/sounds", "assets/fonts"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        script = SCRIPT
        for line, voice in VOICES.items():
            chosen = f"        voice: {voice}\n" if voice in voices else ""
            script = script.replace(f"VOICE_OF_{line.upper()}", chosen)
        self.put("script.yaml", script)
        self.put("script.de.yaml", TRANSLATION)
        for name, text in SCENES.items():
            self.put(f"scenes/{name}.py", text.replace("IMPORTS\n", IMPORTS))
        self.put("assets/mark.svg", SVG)
        write_tone(self.folder / "assets" / "music" / "bed.wav", 4.0, (110, 165, 220), 0.2)
        write_tone(self.folder / "assets" / "sounds" / "tick.wav", 0.2, (880,), 0.5)
        for font in sorted([*ROOT.glob("assets/**/Inter-*"), *ROOT.glob("explainer/**/Inter-*")]):
            shutil.copyfile(font, self.folder / "assets" / "fonts" / font.name)

    def put(self, name: str, text: str) -> None:
        """Write a text, unless it is there: an unchanged file keeps its time."""
        path = self.folder / name
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")

    def run(self, *args: str) -> Made:
        """Run `render.py` in the film's folder; paths are taken out of what it says."""
        usual = {key: os.environ[key] for key in os.environ if not key.startswith("EXPLAINER_")}
        path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
        fixed = {"PYTHONPATH": path, "COLUMNS": "100", "NO_COLOR": "1", "LC_ALL": "C.UTF-8"}
        done = subprocess.run(
            [sys.executable, str(ROOT / "render.py"), *args],
            cwd=self.folder,
            env={**usual, **fixed},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
        )
        return Made(
            done.returncode, self._without_paths(done.stdout), self._without_paths(done.stderr)
        )

    def _without_paths(self, text: str) -> str:
        for path, name in ((self.folder, "FOLDER"), (ROOT, "ROOT"), (sys.executable, "PYTHON")):
            text = text.replace(str(path), name)
        # argparse sets the lines of a usage under each other, by the length of the program's path
        return re.sub(r"\n {20,}(?=\[)", "\n    ", text)

    def asked(self, record: Record, name: str, *args: str, warnings: bool = False) -> Made:
        """Run a command with --json; takes its code and answer, without times, into the record.

        With `warnings` what it says besides is taken, too: where nothing is spoken or drawn, which
        is said in the order in which it ends.
        """
        made = self.run(*args, "--json")
        said = f"exit code {made.code}\n{settled(made.out)}"
        record.add(name, (f"{said}\n{made.err}" if warnings else said).encode(), True)
        if made.code > 1:
            record.failed.append(f"{name}: exit code {made.code}\n{made.out}{made.err}")
        return made


def write_tone(path: Path, seconds: float, pitches: Iterable[int], loud: float) -> None:
    """Write a chord as a WAV file, alike on every machine."""
    rate, pitches = 48_000, tuple(pitches)
    count = round(seconds * rate)
    samples = array("h")
    for at in range(count):
        fade = min(1.0, at / 480, (count - at) / 480)
        wanted = sum(math.sin(math.tau * pitch * at / rate) for pitch in pitches) / len(pitches)
        samples.append(round(32767 * loud * fade * wanted))
    if sys.byteorder == "big":
        samples.byteswap()
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())


def settled(answer: str) -> str:
    """A JSON answer without what differs from run to run: time taken, and what was in the cache."""
    try:
        found = json.loads(answer)
    except ValueError:
        return answer
    return json.dumps(_without_times(found), indent=1, ensure_ascii=False)


def _without_times(found: Any) -> Any:
    if isinstance(found, list):
        return [_without_times(each) for each in found]
    if not isinstance(found, dict):
        return found
    # a line's `seconds` are its length; a film's are what making it took
    passing = {"seconds", "drawn", "spoken"} if "drawn" in found else set()
    return {key: _without_times(found[key]) for key in found if key not in passing}


def streams(film: Path) -> bytes:
    """A hash of each stream of a film, for saying which of them differs."""
    command = ["ffmpeg", "-v", "error", "-i", str(film), "-map", "0", "-c", "copy"]
    done = subprocess.run([*command, "-f", "streamhash", "-"], capture_output=True)
    return done.stdout + done.stderr


def make_film(film: Film, record: Record) -> None:
    """Everything that is made of the film; each step finds what the ones before have made."""
    shutil.rmtree(film.build, ignore_errors=True)  # of a run before; what it kept for reuse stays
    film.write(())
    there = [name for name in ("espeak", "flite") if speaks(film, record, name)]
    if (film.folder / RECORDING).is_file():
        there.append("recording")
    film.write(there)

    film.asked(record, "film", *QUALITY, "--youtube")
    add_outputs(record, film)
    film.asked(record, "film again", *QUALITY)
    record.add_file("film again: net.mp4", film.build / "net.mp4")
    film.asked(record, "plan of what is made", "plan", *QUALITY, warnings=True)
    film.asked(record, "verify", "verify", "build/net.mp4", warnings=True)
    film.asked(record, "page in one file", "page", *QUALITY, "--single-file")
    film.asked(record, "still", "still", "bars.rise@up", *QUALITY)
    film.asked(record, "still upright", "still", "dots.one", "--aspect", "9:16", *QUALITY)
    film.asked(record, "sheet", "sheet", *QUALITY)
    film.asked(record, "preview", "preview", "dots.two", *QUALITY)
    film.asked(record, "burnt in", "preview", "bars.rise", "--burn-in", *QUALITY)
    film.asked(record, "two languages", "--lang", "en,de", "--labels", "none", *QUALITY)
    add_outputs(record, film)

    film.asked(record, "check", "check", warnings=True)
    film.asked(record, "check of German", "check", "--lang", "de", warnings=True)
    film.asked(record, "check of timing", "check", "--min-timing", "engine", warnings=True)
    change(film, "script.yaml", "joins it", "follows it")
    film.asked(record, "plan of a changed line", "plan", *QUALITY, warnings=True)


def speaks(film: Film, record: Record, voice: str) -> bool:
    """Whether a voice is there; what it says of one line is part of the record.

    What espeak says is kept, and serves as the line's recording.
    """
    made = film.run("say", "sum.squares", "--voice", voice, "--json")
    record.add(f"say by {voice}", f"exit code {made.code}\n{settled(made.out)}".encode(), True)
    said = film.build / "say" / "net_sum.squares.wav"
    record.add_file(f"say by {voice}: wav", said)
    if made.code == 0 and voice == "espeak":
        (film.folder / RECORDING).parent.mkdir(exist_ok=True)
        shutil.copyfile(said, film.folder / RECORDING)
    return made.code == 0


def change(film: Film, file: str, old: str, new: str) -> None:
    """Replace words in one of a film's files; they must be there."""
    path = film.folder / file
    text = path.read_text(encoding="utf-8")
    if old not in text:
        raise ValueError(f"{file} has no “{old}”")
    path.write_text(text.replace(old, new), encoding="utf-8")


def add_outputs(record: Record, film: Film) -> None:
    """Take every file in the film's folder of outputs; one taken before only if it has changed."""
    for path in sorted(film.build.rglob("*")):
        name = f"build/{path.relative_to(film.build)}"
        if not path.is_file() or path.name.startswith("."):
            continue
        if record.has(name, path):
            continue
        if name in record.items:
            name = f"{name}, at the end"
        record.add_file(name, path)
        if path.suffix == ".mp4":
            record.add(f"{name}: its streams", streams(path), True)


MISTAKES: dict[str, tuple[tuple[str, ...], str, str, str]] = {
    "help": (("--help",), "", "", ""),
    "help of film": (("film", "--help"), "", "", ""),
    "an unknown command": (("rendre",), "", "", ""),
    "an unknown size": (("plan", "--quality", "huge"), "", "", ""),
    "no script": (("check", "--script", "none.yaml"), "", "", ""),
    "an unknown voice": (("check", "--voice", "hibary"), "", "", ""),
    "no such selection": (("preview", "dots.three", *QUALITY), "", "", ""),
    "several languages, and texts": (("plan", "--lang", "en,de", *QUALITY), "", "", ""),
    "no translation": (("check", "--lang", "fr"), "", "", ""),
    "no film": (("verify", "none.mp4"), "", "", ""),
    "no recording": (("check", "--voice", "recording"), "", "", ""),
    "a key of no meaning": (("check",), "script.yaml", "title: Dots,", "titel: Dots,"),
    "a key twice": (("check",), "script.yaml", "limit: 60", "limit: 60\nlimit: 50"),
    "a tab": (("check",), "script.yaml", "  - id: bars", "\t- id: bars"),
    "a cue that no line has": (("check",), "scenes/sum.py", 'until="sum"', 'until="some"'),
    "a scene without its method": (("check",), "scenes/bars.py", "def rest", "def rests"),
    "a scene that is no Python": (("check",), "scenes/bars.py", "def rest(self)", "def rest(self"),
    "a number without its source": (("check",), "script.yaml", "cite: [euclid]", "hold: 0.1"),
    "a film over its limit": (("check", "--json"), "script.yaml", "limit: 60", "limit: 5"),
    "music that is not there": (("check",), "script.yaml", "bed.wav", "bad.wav"),
    "a cue that a translation lacks": (
        ("check", "--lang", "de"),
        "script.de.yaml",
        "[Quadrate]{sum}",
        "Quadrate",
    ),
    "a scene that fails": (
        ("preview", "sum.squares", *QUALITY),
        "scenes/sum.py",
        "scale(2)",
        "scale(self.twice)",
    ),
}
"""Commands, and what is changed before in which file, from what to what."""


def make_mistakes(folder: Path, record: Record) -> None:
    """What the program says of mistakes, each in a film of its own."""
    shutil.rmtree(folder, ignore_errors=True)
    plain = Film(folder / "plain")
    plain.write(())
    for number, (name, (command, file, old, new)) in enumerate(MISTAKES.items()):
        film = Film(folder / f"{number:02}")
        shutil.copytree(plain.folder, film.folder)
        if file:
            change(film, file, old, new)
        made = film.run(*command)
        said = f"exit code {made.code}\nstdout:\n{settled(made.out)}\nstderr:\n{made.err}"
        record.add(f"mistake: {name}", said.encode(), True)
    film.run("clean", "--all")
    left = sorted(str(path.relative_to(film.folder)) for path in film.folder.rglob("*"))
    left = [path for path in left if "__pycache__" not in path]
    record.add("left after clean --all", "\n".join(left).encode(), True)


def differences(before: dict[str, dict[str, str]], now: dict[str, dict[str, str]]) -> list[str]:
    """A line for each item that differs, and below it what of a text does."""
    said = []
    for name in [*before, *(name for name in now if name not in before)]:
        if name not in now:
            said.append(f"GONE     {name}")
        elif name not in before:
            said.append(f"NEW      {name}")
        elif before[name]["sha256"] != now[name]["sha256"]:
            said.append(f"DIFFERS  {name}")
            said += _diff(before[name].get("text", ""), now[name].get("text", ""))
    return said


def _diff(before: str, now: str) -> list[str]:
    """The first lines in which two texts differ; long lines are broken, to show where."""
    broken = [re.sub(rf"(.{{{SHOWN_WIDTH}}})", r"\1\n", text) for text in (before, now)]
    lines = list(difflib.unified_diff(*(text.splitlines() for text in broken), n=1, lineterm=""))
    more = [f"… and {len(lines) - SHOWN_LINES} lines more"] if len(lines) > SHOWN_LINES else []
    return [f"         {line}" for line in [*lines[2:SHOWN_LINES], *more]]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("file", type=Path, help="the record")
    parser.add_argument("--write", action="store_true", help="write it, instead of comparing")
    parser.add_argument("--folder", type=Path, help="make the film here, and leave it")
    options = parser.parse_args()
    before = {} if options.write else json.loads(options.file.read_text(encoding="utf-8"))
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="unchanged-") as temporary:
        folder = (options.folder or Path(temporary)).resolve()
        films, mistakes = Record(), Record()
        tasks: list[Callable[[], None]] = [
            lambda: make_film(Film(folder / "film"), films),
            lambda: make_mistakes(folder / "mistakes", mistakes),
        ]
        with ThreadPoolExecutor(len(tasks)) as pool:
            for future in [pool.submit(task) for task in tasks]:
                future.result()
    now = {**films.items, **mistakes.items}
    took = f"{len(now)} items in {time.monotonic() - begun:.0f} s"
    if options.write and films.failed:
        print("\n".join([*films.failed, "nothing is recorded: the film itself failed"]))
        return 1
    if options.write:
        options.file.write_text(json.dumps(now, indent=1, ensure_ascii=False), encoding="utf-8")
        print(f"{took}; written to {options.file}")
        return 0
    found = differences(before, now)
    print("\n".join([*found, f"{took}; {'they differ' if found else 'nothing differs'}"]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
