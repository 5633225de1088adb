"""Whether a film shows what plain Manim draws: Manim's own examples in, a table out.

Every `.. manim::` example in the docstrings of the installed Manim (with --manim PATH also those of
a checkout's documents, and its graphical tests) is drawn by plain Manim and through this engine:
(a) as one line, (b) as the line before one of ten frames that is drawn alone. Frames are compared
play by play. A play that is not a whole number of frames, or shorter than one, takes another time
in a film, so its own frames are not compared, and where Manim counts one frame more or less than we
do, those that both have are. If what comes after such a play differs, an example is “retimed”, and
counts as not met. Run: python bench/conformance.py --write
"""

from __future__ import annotations

import argparse
import ast
import os
import pickle
import re
import signal
import sys
import tempfile
import textwrap
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import manim
import numpy as np
import PIL
from manim import CairoRenderer, config, tempconfig
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter

from explainer.draw import worker
from explainer.draw.chance import alike
from explainer.quality import Quality, quality
from explainer.stage import FrameRenderer
from explainer.timeline import LineShot, SceneShot

HELD = 10
"""Frames of the wait that follows an example."""
LONG = 10_000
"""Frames that an example has room for."""
PATIENCE = 150
"""Seconds that an example may take."""
BEFORE = "from manim import *\n"
AFTER = """
import explainer.stage as _stage
from explainer.draw.worker import Done as _Done
class Demo(_stage.NarratedScene, {name}):
    def one(self):
        super(_stage.NarratedScene, self).construct()
        if self._run.line.frames == {long}:
            raise _Done
    def two(self):
        self.wait({held} / self._run.shot.fps)
"""

Frame = NDArray[np.uint8]
Play = list[tuple[Frame, int]]
"""The frames of one play call, and how often each is shown."""


@dataclass(frozen=True)
class Example:
    """A scene that the documents show: its class's name, its source, and where it stands."""

    name: str
    source: str
    place: str


@dataclass(frozen=True)
class Failed:
    """A call in another process that gave nothing, and why."""

    reason: str


@dataclass(frozen=True)
class Verdict:
    """What became of an example: one of the results of the table, and why."""

    example: str
    kind: str
    result: str
    reason: str = ""
    seconds: float = 0


def examples(checkout: Path | None = None) -> list[Example]:
    """All examples, each class's name once per source."""
    package = Path(manim.__file__).parent
    found: dict[str, Example] = {}
    for file in sorted(package.rglob("*.py")):
        place = str(file.relative_to(package.parent))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                for one in _blocks(ast.get_docstring(node) or "", place):
                    found.setdefault(one.source, one)
    for file in sorted((checkout / "docs").rglob("*.[rm][sd]*")) if checkout else ():
        for one in _blocks(file.read_text(encoding="utf-8"), str(file.relative_to(checkout))):
            found.setdefault(one.source, one)
    for file in sorted((checkout / "tests").glob("test_graphical*/test_*.py")) if checkout else ():
        for one in _tests(file, checkout):
            found.setdefault(one.source, one)
    return list(found.values())


def _tests(file: Path, checkout: Path) -> Iterator[Example]:
    """The graphical tests in a file, each made the `construct` of a scene of its own."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    beside = [node for node in tree.body if not _frames_comparison(node)]
    for node in beside:
        if isinstance(node, ast.ImportFrom) and node.level:
            package = file.relative_to(checkout).parts[: -node.level]
            node.module, node.level = ".".join([*package, node.module or ""]), 0
    kept = [n for n in beside if not (isinstance(n, ast.ImportFrom) and n.module in _NOT_NEEDED)]
    head = "\n".join(ast.unparse(n) for n in kept if not _is_test(n) and not _future(n))
    place = str(file.relative_to(checkout))
    for node in tree.body:
        call = _frames_comparison(node)
        if not call or not isinstance(node, ast.FunctionDef):
            continue
        given = call.keywords if isinstance(call, ast.Call) else []
        base = next((ast.unparse(k.value) for k in given if k.arg == "base_scene"), "Scene")
        if [argument.arg for argument in node.args.args] != ["scene"] or any(
            k.arg == "renderer_class" for k in given
        ):
            continue  # another test's fixture, or OpenGL, which draws no film
        name = "Test" + node.name.removeprefix("test_")
        body = textwrap.indent("\n".join(map(ast.unparse, node.body)), " " * 8)
        path = f"import sys\nsys.path.append({str(checkout)!r})\n"
        made = f"class {name}({base}):\n    def construct(self):\n        scene = self\n{body}\n"
        yield Example(name, f"{path}{head}\n{made}", place)


_NOT_NEEDED = ("manim.utils.testing.frames_comparison", "__future__")


def _frames_comparison(node: ast.AST) -> ast.expr | None:
    """The decorator by which Manim compares a test's frames, if this is such a test."""
    for decorator in node.decorator_list if isinstance(node, ast.FunctionDef) else ():
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        if getattr(called, "id", "") == "frames_comparison":
            return decorator
    return None


def _is_test(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef) and node.name.startswith("test_")


def _future(node: ast.AST) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def _blocks(text: str, place: str) -> Iterator[Example]:
    lines = text.expandtabs().splitlines()
    for at, line in enumerate(lines):
        head = re.match(r"( *)\.\. manim:: *(\w+)", line)
        if not head:
            continue
        deep, body = len(head[1]), []
        for following in lines[at + 1 :]:
            if following.strip() and len(following) - len(following.lstrip()) <= deep:
                break
            body.append(following)
        code = textwrap.dedent("\n".join(body)).splitlines()
        code = [ln for ln in code if not re.match(r":[\w ]+:", ln)]
        source = textwrap.dedent("\n".join(code)).strip() + "\n"
        if source.startswith(">>> "):  # written as for doctest
            source = re.sub(r"(?m)^(>>>|\.\.\.) ?", "", source)
        if f"class {head[2]}" in source:
            yield Example(head[2], source, place)


class Recorder:
    """What stands in for Manim's file writer; it keeps the frames of each play."""

    def __init__(self) -> None:
        self.plays: list[Play] = []
        self.sections = [SimpleNamespace(skip_animations=False)]
        self.output_spec = SimpleNamespace(is_still=False)
        self.subcaptions: list[Any] = []

    def begin_animation(self, *_: Any, **__: Any) -> None:
        """A play begins."""
        self.plays.append([])

    def write_frame(self, frame: Frame, repeat: int = 1) -> None:
        """Keep a frame."""
        self.plays[-1].append((frame[:, :, :3].copy(), repeat))

    def add_partial_movie_file(self, *_: Any) -> None:
        """Nothing is written."""

    end_animation = next_section = add_sound = add_partial_movie_file


class PlainRenderer(CairoRenderer):  # type: ignore[misc]
    """Manim's renderer as it is, but for where its frames go and when its camera is made."""

    def __init__(self) -> None:
        super().__init__()
        self.size = {name: config[name] for name in ("pixel_width", "pixel_height")}
        self.exact: list[bool] = []

    def init_scene(self, scene: Any, *_: Any) -> None:
        """Take the scene's camera, in the size of the picture."""
        self.file_writer = Recorder()
        with tempconfig(self.size):
            self.camera = scene.camera_class()
        unit = min(self.size.values()) / 1080
        # points as wide as in a picture of 1080 rows, whatever size it is compared at
        self.camera.adjusted_thickness = lambda thickness: 1 + (thickness - 1) * unit

    def play(self, scene: Any, *args: Any, **kwargs: Any) -> None:
        """Play, and note whether that took whole frames."""
        super().play(scene, *args, **kwargs)
        frames = scene.duration * config.frame_rate
        self.exact.append(abs(frames - round(frames)) < 1e-6 and not _short(scene))


def _short(scene: Any) -> bool:
    return any(animation.run_time * config.frame_rate < 1 for animation in scene.animations)


def plain(example: Example, shape: Quality) -> tuple[list[Play], list[bool], Frame, Play, str]:
    """Each play of an example by plain Manim, whether it took whole frames, its end, the wait."""
    names: dict[str, Any] = {"__name__": "example"}
    renderer = PlainRenderer()
    paper = {"pixel_width": shape.width, "pixel_height": shape.height}
    narrow = {name: round(n / shape.unit) for name, n in paper.items()}
    # seeded as the engine does it
    with tempconfig(narrow), alike("demo") as chance:
        exec(compile(BEFORE + example.source, example.name, "exec", dont_inherit=True), names)
        scene = names[example.name](renderer=renderer)
        scene.setup()
        chance.begin_line("one")
        scene.construct()
        plays, exact = list(renderer.file_writer.plays), list(renderer.exact)
        renderer.static_image = None
        renderer.update_frame(scene)
        end = renderer.get_frame()[:, :, :3].copy()
        chance.begin_line("two")
        scene.wait(HELD / config.frame_rate)
    classes = type(scene).__mro__
    kind = next(cls.__name__ for cls in classes if cls.__module__.startswith("manim.scene"))
    return plays, exact, end, renderer.file_writer.plays[-1], kind


def ours(job: worker.Job) -> tuple[list[Play], int]:
    """Each play of a line through the engine, and how many frames all took."""
    plays: list[Play] = [[]]
    was = FrameRenderer.play

    def play(self: Any, scene: Any, *args: Any, **kwargs: Any) -> None:
        if not self.skip_animations:
            plays.append([])
        was(self, scene, *args, **kwargs)

    FrameRenderer.play = play  # type: ignore[method-assign]
    try:
        worker.run(job, lambda frame, n: plays[-1].append((frame[:, :, :3].copy(), n)))
    finally:
        FrameRenderer.play = was  # type: ignore[method-assign]
    return plays[1:], sum(n for play in plays for _, n in play)


def shown(play: Play) -> list[Frame]:
    """Frame by frame."""
    return [frame for frame, count in play for _ in range(count)]


def difference(one: Frame, other: Frame) -> str:
    """Nothing if two frames are the same, else “equal” or how they differ."""
    if np.array_equal(one, other):
        return ""
    apart = np.abs(one.astype(float) - other)
    high, wide = apart.shape[0] // 16, apart.shape[1] // 16
    cut = apart[: high * 16, : wide * 16].mean(axis=2)
    block = cut.reshape(high, 16, wide, 16).mean(axis=(1, 3)).max()
    alike = similarity(one.mean(axis=2), other.mean(axis=2))
    if apart.mean() <= 1 and block <= 12 and alike >= 0.995:
        return "equal"
    return f"mean {apart.mean():.2f}, block {block:.0f}, SSIM {alike:.3f}"


def similarity(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """The structural similarity of two grey pictures (Wang 2004), over windows of 7 pixels."""

    def mean(picture: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(uniform_filter(picture, 7))

    a, b = mean(one), mean(other)
    aa, bb, ab = mean(one**2) - a**2, mean(other**2) - b**2, mean(one * other) - a * b
    low, high = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    map_ = (2 * a * b + low) * (2 * ab + high) / ((a**2 + b**2 + low) * (aa + bb + high))
    return float(map_.mean())


def judge(example: Example, size: str) -> Verdict:
    """Draw one example both ways and compare."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        shape = quality(size)
        worker.configure(shape, str(folder / "media"))
        drawn = apart(lambda: plain(example, shape))
        if isinstance(drawn, Failed):
            return Verdict(example.name, "Scene", "undrawn", drawn.reason)
        plays, exact, end, held, kind = drawn
        (folder / "scenes").mkdir()
        file = folder / "scenes" / "demo.py"
        ending = AFTER.format(name=example.name, long=LONG, held=HELD)
        file.write_text(BEFORE + example.source + ending, encoding="utf-8")

        def line(name: str, frames: int) -> Any:
            lines = LineShot("one", frames, {}), LineShot("two", HELD, {})
            shot = SceneShot("demo", 0, ("Demo",), shape.fps, lines)
            return apart(lambda: ours(worker.Job(place, str(file), shot, name, shape)))

        whole = line("one", LONG)
        if not plays and not isinstance(whole, Failed):
            whole = line("one", 1)
            plays, exact = [[(end, 1)]], [True]
        if isinstance(whole, Failed):
            return Verdict(example.name, kind, "refused", f"(a) {whole.reason}")
        got, frames = whole
        alone = line("two", max(1, frames))
        if isinstance(alone, Failed):
            return Verdict(example.name, kind, "refused", f"(b) {alone.reason}")
    if found := _compare(plays, got, exact, "(a)"):
        return Verdict(example.name, kind, "different", found)
    if found := _compare([held], alone[0], [True], "(b)"):
        result = "different" if all(exact) else "retimed"
        return Verdict(example.name, kind, result, found)
    pairs = [*zip(plays, got, exact, strict=True), (held, alone[0][0], True)]
    same = all(
        np.array_equal(a, b)
        for one, other, counts in pairs
        if counts
        for a, b in zip(shown(one), shown(other), strict=False)
    )
    return Verdict(example.name, kind, "identical" if same else "equal")


def _compare(theirs: list[Play], mine: list[Play], exact: list[bool], part: str) -> str | None:
    if len(theirs) != len(mine):
        return f"{part} {len(mine)} plays instead of {len(theirs)}"
    for at, (one, other) in enumerate(zip(theirs, mine, strict=True)):
        a, b = shown(one), shown(other)
        # Manim's own count of frames may be one off, as 0.1 is no exact number
        if abs(len(a) - len(b)) > 1:
            return f"{part} play {at + 1} has {len(b)} frames instead of {len(a)}"
        if not exact[at]:
            continue
        for n, (x, y) in enumerate(zip(a, b, strict=False)):
            if (found := difference(x, y)) not in ("", "equal"):
                return f"{part} play {at + 1}, frame {n} of {len(a)}: {found}"
    return None


def _said(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text[:150]}"


def judged(example: Example, size: str) -> Verdict:
    """Judge an example in a fork of this process, which has Manim loaded already."""
    began = time.monotonic()
    found = apart(lambda: judge(example, size))
    seconds = time.monotonic() - began
    if isinstance(found, Verdict):
        return replace(found, seconds=seconds)
    return Verdict(example.name, "Scene", "different", f"judge: {found}", seconds)


def apart(call: Callable[[], Any]) -> Any:
    """What a call gives in a fork of this process, so that it leaves nothing behind; or Failed."""
    read, write = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(read)
        signal.alarm(PATIENCE)
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        with os.fdopen(write, "wb") as out:
            try:
                answer = call()
            except BaseException as error:
                answer = Failed(_said(error))
            pickle.dump(answer, out)
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as back:
        data = back.read()
    os.waitpid(pid, 0)
    # what is read comes from this program's own fork
    return pickle.loads(data) if data else Failed(f"took over {PATIENCE} s")


def table(verdicts: list[Verdict], size: str, beyond: bool) -> str:
    """The table, as Markdown."""
    results = "identical", "equal", "retimed", "different", "refused", "undrawn"
    counts = Counter((v.kind, v.result) for v in verdicts)
    rows = [
        "# Whether a film shows what plain Manim draws",
        "",
        f"`python bench/conformance.py --write{' --manim PATH' * beyond}`, {date.today()}, "
        f"Manim {manim.__version__}, "
        f"Pillow {PIL.__version__}, {size}. Equal: mean "
        "difference at most 1/255, every block of 16×16 within 12/255, SSIM at least 0.995. "
        "Undrawn: plain Manim itself could not draw it here. A play that is not a whole number of "
        "frames is given another time in a film, so its frames are not compared. Retimed: what "
        "comes after such a play differs.",
        "",
        "| scene | tried | " + " | ".join(results) + " |",
        "| --- |" + " ---: |" * (len(results) + 1),
    ]
    kinds = sorted({v.kind for v in verdicts})
    for kind in [*kinds, "all"]:
        numbers = [
            sum(n for (k, r), n in counts.items() if kind in (k, "all") and r == result)
            for result in results
        ]
        rows.append(f"| {kind} | {sum(numbers)} | " + " | ".join(map(str, numbers)) + " |")
    for result in results[2:]:
        named = [v for v in verdicts if v.result == result]
        if named:
            rows += ["", f"## {result.capitalize()}", "", "| example | scene | reason |"]
            rows.append("| --- | --- | --- |")
            for v in named:
                reason = v.reason.replace("|", "\\|")
                rows.append(f"| {v.example} | {v.kind} | {reason} |")
    return "\n".join(rows) + "\n"


def main() -> int:
    """Judge all examples; exit 1 if any that plain Manim draws is not met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="only these examples")
    text = "a checkout of Manim, for its documents and graphical tests"
    parser.add_argument("--manim", type=Path, help=text)
    parser.add_argument("--size", default="320x180@10")
    parser.add_argument("--step", type=int, default=1, help="only every so manieth example")
    parser.add_argument("--write", action="store_true", help="renew bench/CONFORMANCE.md")
    args = parser.parse_args()
    checkout = args.manim and args.manim.resolve()
    chosen = [e for e in examples(checkout) if not args.names or e.name in args.names]
    verdicts = []
    for example in chosen[:: args.step]:
        verdicts.append(judged(example, args.size))
        v = verdicts[-1]
        print(f"{v.result:9} {v.seconds:5.1f} s  {v.example}  {v.reason}", flush=True)
    text = table(verdicts, args.size, bool(checkout))
    print("\n" + text)
    if args.write:
        Path(__file__).with_name("CONFORMANCE.md").write_text(text, encoding="utf-8")
    return int(any(v.result in ("retimed", "different", "refused") for v in verdicts))


if __name__ == "__main__":
    sys.exit(main())
