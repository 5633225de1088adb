"""Whether a film shows what plain Manim draws: Manim's own examples in, a table out.

Every `.. manim::` example in the docstrings of the installed Manim (with --manim PATH also those of
a checkout's documents, and its graphical tests) is drawn by plain Manim, in a process of its own,
and through this engine: (a) as one line, (b) as the line before one of ten frames that is drawn
alone. Run: python bench/conformance.py --write

Play by play, the number of frames is compared, and every frame. Where a scene says `run_time` or
waits for a time that is no whole number of frames, or for less than one, the play may take another
time in a film: within one frame, and then its own frames need not be alike. How many plays that
holds for is counted; if what comes after one differs, the example is “retimed”, and counts as not
met. Where Manim counts one frame more for a time of whole frames, as 0.1 is no exact number, it may
be left out. Both sides are seeded alike and break texts as at 1080 rows; points of clouds are given
the width that they have there. Sounds, captions and sections are not compared.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import manim
import numpy as np
import PIL
from manim.mobject.text import numbers
from manims_examples import Example, examples, in_turn
from numpy.typing import NDArray
from plain_manim import ALIKE, BEFORE, HELD, Failed, Frame, PlainManim, Play, apart
from scipy.ndimage import uniform_filter

from explainer.cache.inputs import fonts_state
from explainer.draw import line_runner
from explainer.draw.manim_config import configure
from explainer.frame_format import FrameFormat, find_format
from explainer.stage.renderer import FrameRenderer
from explainer.timeline.scene_timing import LineTiming, SceneTiming

RESULTS = "identical", "equal", "retimed", "different", "refused", "undrawn"
NOT_MET = "retimed", "different", "refused"
LONG = 10_000
"""Frames that an example has room for."""
SHORT_FORM = 60
"""Examples that `make test` tries."""
_FORMULAS = tempfile.TemporaryDirectory()
"""Where formulas are kept, so that each is set once."""
AFTER = """
import explainer.scene as _narrated
from explainer.draw.line_runner import StopScene as _Done
class Demo(_narrated.NarratedScene, {name}):
    def one(self):
        super(_narrated.NarratedScene, self).construct()
        if self._playhead.line.frames == {long}:
            raise _Done
    def two(self):
        self.wait({held} / self._playhead.shot.fps)
"""


@dataclass(frozen=True)
class Verdict:
    """What became of an example: one of `RESULTS`, and why.

    Of its plays, `retimed` take another time in a film, as they are no whole number of frames.
    """

    example: Example
    result: str
    kind: str = "Scene"
    reason: str = ""
    plays: int = 0
    retimed: int = 0


def shown(play: Play) -> list[Frame]:
    """Frame by frame."""
    return [frame for frame, count in play for _ in range(count)]


@dataclass(frozen=True, order=True)
class Difference:
    """How two frames differ: on the whole, in the worst block of 16 by 16, in structure."""

    block: float
    mean: float
    likeness: float

    @property
    def is_small(self) -> bool:
        """Whether the frames count as equal."""
        return self.mean <= 1 and self.block <= 12 and self.likeness >= 0.995

    def __str__(self) -> str:
        return f"mean {self.mean:.2f}, block {self.block:.1f}, SSIM {self.likeness:.4f}"


def difference(one: Frame, other: Frame) -> Difference | None:
    """How two frames differ, if they do."""
    if np.array_equal(one, other):
        return None
    if one.shape != other.shape:
        return Difference(255, 255, 0)
    apart = np.abs(one.astype(float) - other)
    high, wide = apart.shape[0] // 16, apart.shape[1] // 16
    cut = apart[: high * 16, : wide * 16].mean(axis=2)
    block = cut.reshape(high, 16, wide, 16).mean(axis=(1, 3)).max()
    likeness = similarity(one.mean(axis=2), other.mean(axis=2))
    return Difference(float(block), float(apart.mean()), likeness)


def similarity(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """The structural similarity of two grey pictures (Wang 2004), over windows of 7 pixels."""

    def mean(picture: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(uniform_filter(picture, 7))

    a, b = mean(one), mean(other)
    aa, bb, ab = mean(one**2) - a**2, mean(other**2) - b**2, mean(one * other) - a * b
    low, high = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    map_ = (2 * a * b + low) * (2 * ab + high) / ((a**2 + b**2 + low) * (aa + bb + high))
    return float(map_.mean())


def judge(example: Example, size: str, plain: PlainManim) -> Verdict:
    """Draw one example both ways and compare."""
    fonts_state()  # is kept for the forks
    shape = find_format(size)
    drawn = plain.draw(example, shape)
    if isinstance(drawn, Failed):
        return Verdict(example, "undrawn", reason=drawn.reason)
    plays, frames, kind = drawn.plays, drawn.frames, drawn.kind
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "scenes").mkdir()
        file = Path(folder) / "scenes" / "demo.py"
        ending = AFTER.format(name=example.name, long=LONG, held=HELD)
        file.write_text(BEFORE + example.source + ending, encoding="utf-8")
        whole = apart(lambda: line("one", LONG, file, shape))
        if not plays and not isinstance(whole, Failed):
            # what only adds something shows in a line of one frame
            plays, frames = [[(drawn.end, 1)]], [1]
            whole = apart(lambda: line("one", 1, file, shape))
        if isinstance(whole, Failed):
            return Verdict(example, "refused", kind, f"(a) {whole.reason}")
        length = sum(len(shown(play)) for play in whole)
        alone = apart(lambda: line("two", max(1, length), file, shape))
        if isinstance(alone, Failed):
            return Verdict(example, "refused", kind, f"(b) {alone.reason}")
    result, reason, retimed = compare(plays, whole, frames, "(a)")
    if result != "different":
        held, why, _ = compare([drawn.held], alone, [HELD], "(b)")
        if held == "different":
            result, reason = "retimed" if retimed else held, why
        elif held == "equal":
            result, reason = held, reason or why
    return Verdict(example, result, kind, reason, len(plays), retimed)


def short_form(size: str, jobs: int = 2) -> list[Verdict]:
    """Judge so many examples of every kind, none of which needs LaTeX, so many at a time."""
    left, verdicts = in_turn(examples()), list[Verdict]()
    with get_context("fork").Pool(jobs, _begin, (size, False)) as pool:
        # what plain Manim cannot draw is made up for by those that follow
        while batch := list(islice(left, SHORT_FORM - len(verdicts))):
            judged = pool.map(_judged, batch, chunksize=1)
            verdicts += [v for v, _ in judged if v.result != "undrawn"]
    return verdicts


def line(name: str, frames: int, file: Path, shape: FrameFormat) -> list[Play]:
    """The plays of one line of a film: the example, so many frames long, or the wait after it."""
    # Manim keeps the digits that were set first, whatever sets them later
    numbers.string_to_mob_map.clear()
    folder = str(file.parent.parent)
    configure(shape, f"{folder}/media", folder)
    lines = LineTiming("one", frames, {}), LineTiming("two", HELD, {})
    shot = SceneTiming("demo", (0, ("Demo",)), shape.fps, lines)
    plays: list[Play] = [[]]
    was = FrameRenderer.play

    def play(self: Any, scene: Any, *args: Any, **kwargs: Any) -> None:
        if not self.skip_animations:
            plays.append([])
        was(self, scene, *args, **kwargs)

    FrameRenderer.play = play  # type: ignore[method-assign]
    try:
        job = line_runner.Job(folder, str(file), shot, name, shape, kept=_FORMULAS.name)
        line_runner.run(job, lambda frame, n: plays[-1].append((frame[:, :, :3].copy(), n)))
    finally:
        FrameRenderer.play = was  # type: ignore[method-assign]
    return plays[1:]


def compare(
    theirs: list[Play], mine: list[Play], frames: list[int | None], part: str
) -> tuple[str, str, int]:
    """Play by play: identical, equal or different, where it is so most, how many are retimed.

    `frames` are how many each play's time comes to, if it is a whole number.
    """
    if len(theirs) != len(mine):
        return "different", f"{part} {len(mine)} plays instead of {len(theirs)}", 0
    retimed = 0
    worst: tuple[Difference, str] | None = None
    for at, (one, other) in enumerate(zip(theirs, mine, strict=True)):
        a, b, due = shown(one), shown(other), frames[at]
        where = f"{part} play {at + 1}"
        if not (abs(len(a) - len(b)) <= 1 if due is None else len(b) in (len(a), due)):
            return "different", f"{where} has {len(b)} frames instead of {len(a)}", retimed
        found = [difference(x, y) for x, y in zip(a, b, strict=False)]
        if due is None and (len(a) != len(b) or not all(f is None or f.is_small for f in found)):
            retimed += 1
            continue
        for n, differ in enumerate(found):
            if differ:
                said = f"{where}, frame {n} of {len(a)}: {differ}"
                if not differ.is_small:
                    return "different", said, retimed
                worst = max(worst or (differ, said), (differ, said))
    return ("equal", worst[1], retimed) if worst else ("identical", "", retimed)


def table(verdicts: list[Verdict], size: str, beyond: bool) -> str:
    """The table, as Markdown."""
    plays, retimed = (sum(getattr(v, name) for v in verdicts) for name in ("plays", "retimed"))
    rows = [
        "# Whether a film shows what plain Manim draws",
        "",
        f"`python bench/conformance.py --write{' --manim PATH' * beyond}`, {date.today()}, "
        f"Manim {manim.__version__}, Pillow {PIL.__version__}, {size}. Equal: mean difference at "
        "most 1/255, every block of 16×16 within 12/255, SSIM at least 0.995. Undrawn: plain Manim "
        f"itself could not draw it here. Of {plays} plays, {retimed} take another time in a film, "
        "as the scene says one that is no whole number of frames, or less than one; their own "
        "frames are not compared. Retimed: what comes after such a play differs.",
    ]
    rows += _counted("scene", verdicts, lambda v: v.kind)
    rows += _counted("from", verdicts, lambda v: _origin(v.example.place))
    for result in RESULTS[1:]:
        named = [v for v in verdicts if v.result == result]
        if named:
            rows += ["", f"## {result.capitalize()}", "", "| example | where | reason |"]
            rows.append("| --- | --- | --- |")
            for v in named:
                reason = v.reason.replace("|", "\\|")
                rows.append(f"| {v.example.name} | {v.example.place} | {reason} |")
    return "\n".join(rows) + "\n"


def _counted(what: str, verdicts: list[Verdict], kind_of: Callable[[Verdict], str]) -> list[str]:
    counts = Counter((kind_of(v), v.result) for v in verdicts)
    rows = ["", f"| {what} | tried | " + " | ".join(RESULTS) + " |"]
    rows.append("| --- |" + " ---: |" * (len(RESULTS) + 1))
    for kind in [*sorted({kind_of(v) for v in verdicts}), "all"]:
        numbers = [
            sum(n for (k, r), n in counts.items() if kind in (k, "all") and r == result)
            for result in RESULTS
        ]
        rows.append(f"| {kind} | {sum(numbers)} | " + " | ".join(map(str, numbers)) + " |")
    return rows


def _origin(place: str) -> str:
    origins = {"manim": "docstrings", "docs": "documents", "tests": "graphical tests"}
    return origins[Path(place).parts[0]]


def _begin(size: str, latex: bool = True) -> None:
    """Begin a process that judges, with a plain Manim of its own."""
    _HERE["size"], _HERE["plain"] = size, PlainManim(latex)


def _judged(example: Example) -> tuple[Verdict, float]:
    began = time.monotonic()
    verdict = judge(example, **_HERE)
    return verdict, time.monotonic() - began


_HERE: dict[str, Any] = {}


def all_of(chosen: Sequence[Example], size: str, jobs: int) -> list[Verdict]:
    """Judge examples, so many at a time."""
    verdicts = []
    with get_context("fork").Pool(jobs, _begin, (size,)) as pool:
        for v, seconds in pool.imap(_judged, chosen):
            verdicts.append(v)
            print(f"{v.result:9} {seconds:5.1f} s  {v.example.name}  {v.reason}", flush=True)
    return verdicts


def main() -> int:
    """Judge all examples; exit 1 if any that plain Manim draws is not met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="only these examples")
    text = "a checkout of Manim, for its documents and graphical tests"
    parser.add_argument("--manim", type=Path, help=text)
    parser.add_argument("--size", default="320x180@10")
    parser.add_argument("--step", type=int, default=1, help="only every so manieth example")
    parser.add_argument("--jobs", type=int, default=2, help="how many at a time")
    parser.add_argument("--short", action="store_true", help="only what `make test` tries")
    parser.add_argument("--write", action="store_true", help="renew bench/CONFORMANCE.md")
    args = parser.parse_args()
    checkout = args.manim and args.manim.resolve()
    chosen = [e for e in examples(checkout) if not args.names or e.name in args.names]
    if args.short:
        verdicts = short_form(args.size, args.jobs)
    else:
        verdicts = all_of(chosen[:: args.step], args.size, args.jobs)
    text = table(verdicts, args.size, bool(checkout))
    print("\n" + text)
    if args.write:
        Path(__file__).with_name("CONFORMANCE.md").write_text(text, encoding="utf-8")
    return int(any(v.result in NOT_MET for v in verdicts))


if __name__ == "__main__":
    if not ALIKE.items() <= os.environ.items():
        os.execve(sys.executable, sys.orig_argv, {**os.environ, **ALIKE})
    sys.exit(main())
