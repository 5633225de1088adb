"""Formulas that LaTeX and Typst set, kept in the film's cache: each is set once, whoever draws it.

While `kept` holds, Manim asks here for the SVG of a formula. It is made as Manim makes it, kept
under its full source together with the states of all that was read for it, and used again while
these are the same. What is kept is copied for each process, as Manim writes beside what it reads.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import chdir, contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from explainer.cache import locks, tracing
from explainer.cache.inputs import Now, on_disk, plain_files
from explainer.cache.store import Cache
from explainer.errors import printable

SETTER = Path(__file__).with_name("typst_process.py")
LOCK_TIMEOUT = 600.0
"""Seconds to wait for another process that sets the same formula."""
TODAY = re.compile(
    r"\\(today|currenttime|DTMnow|pdfcreationdate|pdfelapsedtime)\b"
    r"|\\(the|number)\s*\\(year|month|day|time)\b|\bdatetime\.today\b"
)
"""What in a source asks for the date or the time."""
ELSEWHERE = re.compile(r'"@(?!preview/)[\w-]+/[\w-]+:')
"""A package of Typst's that lies on this machine alone; one of `@preview` never changes."""

_SYSTEM = ctypes.CDLL(None) if sys.platform == "linux" else None
_TELL_ME = 1
"""PR_SET_PDEATHSIG: the signal that a process gets when the one that started it ends."""

Made = tuple[str, list[str]]
"""An SVG and the names of the inputs that it was made from."""
Make = Callable[[Path], Made]
"""Makes an SVG in an empty folder."""


class FormulaError(Exception):
    """A formula cannot be set; `remedy` is what to do."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.remedy = remedy


@contextmanager
def kept(folder: str, root: str) -> Iterator[None]:
    """In here, keep the formulas of the film in `folder` in the cache at `root`, if it is one."""
    from manim import config
    from manim.mobject.text import tex_mobject, typst_mobject

    place = Path(root) if root and _can_be_written(Path(root)) else Path(config.media_dir) / "kept"
    setting = Formulas(Path(folder).absolute(), Cache(place, _say))
    before = tex_mobject.tex_to_svg_file, typst_mobject.typst_to_svg_file
    tex_mobject.tex_to_svg_file = setting.by_latex
    typst_mobject.typst_to_svg_file = setting.by_typst
    try:
        yield
    finally:
        tex_mobject.tex_to_svg_file, typst_mobject.typst_to_svg_file = before


class Formulas:
    """The formulas of one film, with stand-ins for Manim's functions that set them."""

    def __init__(self, folder: Path, cache: Cache) -> None:
        self.folder, self.cache = folder, cache

    def by_latex(
        self, expression: str, environment: str | None = None, tex_template: Any = None
    ) -> Path:
        """The SVG of a formula that LaTeX sets."""
        from manim import config

        template = tex_template or config["tex_template"]
        if environment is None:
            source = template.get_texcode_for_expression(expression)
        else:
            source = template.get_texcode_for_expression_in_env(expression, environment)
        compilers = template.tex_compiler
        compilers = [compilers] if isinstance(compilers, str) else list(compilers)
        form = template.output_format
        recipe = {"LaTeX": source, "compilers": compilers, "format": form}
        return self._svg(
            source, recipe, lambda at: _by_latex(source, compilers, form, self.folder, at)
        )

    def by_typst(
        self,
        typst_code: str,
        preamble: str = "",
        text_size: float | None = None,
        font_paths: Sequence[str | Path] | None = None,
    ) -> Path:
        """The SVG of a formula that Typst sets, with the film's own fonts beside the system's."""
        from manim.utils.typst_file_writing import TYPST_COMPILATION_FONT_SIZE, TYPST_TEMPLATE

        size = TYPST_COMPILATION_FONT_SIZE if text_size is None else text_size
        source = TYPST_TEMPLATE.format(text_size=size, preamble=preamble, body=typst_code)
        if found := ELSEWHERE.search(source):
            tracing.note_anew(f"a formula takes a package of this machine, {found[0][1:-1]}")
        fonts = [str(path) for path in font_paths or ()]
        if (self.folder / "assets" / "fonts").is_dir():
            fonts.append("assets/fonts")
        recipe = {"Typst": source, "fonts": fonts}
        return self._svg(
            source, recipe, lambda at: _by_typst(source, [str(self.folder / f) for f in fonts], at)
        )

    def _svg(self, source: str, recipe: Mapping[str, Any], make: Make) -> Path:
        """This process's own copy of a formula's SVG."""
        from manim import config

        recipe = {**recipe, "manim": version("manim")}
        name = hashlib.sha256(json.dumps(recipe, sort_keys=True).encode()).hexdigest()[:32]
        mine = Path(config.media_dir) / "Tex" / f"{name}.svg"
        if not mine.is_file():
            mine.parent.mkdir(parents=True, exist_ok=True)
            if found := TODAY.search(source):
                tracing.note_anew(f"it looks at the clock ({found[0]} in a formula)")
                recipe["for"] = os.urandom(8).hex()
            with tracing.unnoticed():
                path, inputs = self._found_or_made(name, recipe, make)
                shutil.copyfile(path, mine)
            self._note(inputs)
        return mine

    def _found_or_made(
        self, name: str, recipe: Mapping[str, Any], make: Make
    ) -> tuple[Path, dict[str, str]]:
        """The kept SVG of a recipe, made if need be by one process alone, and its inputs."""
        now = Now(self.folder)
        turn = self.cache.root / "formula" / f"lock-{name[:2]}"
        self.cache.claim().begin(turn)
        with locks.lock(turn, LOCK_TIMEOUT):
            if found := self.cache.get_traced("formula", name, recipe, ".svg", now):
                return found.path, found.metadata["inputs"]
            temp = self.cache.temp_path("formula", ".svg")
            try:
                with tempfile.TemporaryDirectory(dir=_texts()) as scratch:
                    svg, names = make(Path(scratch))
                temp.write_text(svg, encoding="utf-8")
                inputs = now.states(sorted(map(self._shown, names)))
                full = {**recipe, "inputs": inputs}
                made = self.cache.put("formula", name, full, ".svg", temp, {"inputs": inputs})
                return made.path, inputs
            finally:
                temp.unlink(missing_ok=True)

    def _shown(self, name: str) -> str:
        """An input's name, of what lies in the film's folder by its place in there."""
        kind, _, what = name.partition(":")
        inside = on_disk(name) and Path(what).is_relative_to(self.folder)
        return f"{kind}:{Path(what).relative_to(self.folder)}" if inside else name

    def _note(self, inputs: Mapping[str, str]) -> None:
        """Note what a formula was made from as read by whoever draws it."""
        for name, state in inputs.items():
            kind, _, what = name.partition(":")
            tracing.note(kind, str(self.folder / what) if on_disk(name) else what, state)


def _by_latex(
    source: str, compilers: Sequence[str], form: str, folder: Path, scratch: Path
) -> Made:
    """LaTeX's SVG of a source, and what it read as LaTeX itself has listed it."""
    from manim.utils.tex_file_writing import convert_to_svg, make_tex_compilation_command

    file = scratch / "formula.tex"
    file.write_text(source, encoding="utf-8")
    # LaTeX minds some signs in a path, and is run in the film's folder
    at = scratch.relative_to(folder) if scratch.is_relative_to(folder) else scratch
    quietly = {**os.environ, "MISSFONT_LOG": str(scratch / "missfont.log")}
    for compiler in compilers:
        command = make_tex_compilation_command(compiler, form, at / file.name, at)
        command.insert(1, "-recorder")
        if _run(command, cwd=folder, env=quietly).returncode:
            raise _refused(compiler, file.with_suffix(".log"))
    # dvisvgm takes a % in a path for a field
    with chdir(scratch):
        svg = convert_to_svg(Path(file.stem + form), form).read_text("utf-8")
    names = [f"program:{name}" for name in (*compilers, "dvisvgm")]
    names += ["variable:TEXINPUTS", "variable:TEXMFHOME"]
    return svg, names + [f"file:{path}" for path in _read_by_latex(folder, scratch)]


def _read_by_latex(folder: Path, scratch: Path) -> set[Path]:
    """The files that LaTeX lists as read, but for those that it made itself."""
    found = set()
    for listed in scratch.glob("*.fls"):
        for line in listed.read_text("utf-8", errors="surrogateescape").splitlines():
            path = folder / line.removeprefix("INPUT ")
            if line.startswith("INPUT ") and not path.is_relative_to(scratch):
                found.add(path)
    return found - {Path("/dev/null")}


def _refused(compiler: str, log: Path) -> FormulaError:
    """What LaTeX has to say against a formula."""
    lines = log.read_text("utf-8", errors="replace").splitlines() if log.is_file() else []
    at = next((n for n, line in enumerate(lines) if line.startswith("! ")), None)
    what = lines[at][2:].rstrip(".") if at is not None else "it gives no reason"
    if at is not None and what == "Undefined control sequence":
        what += " " + re.findall(r"\\\S+", lines[at + 1])[-1] if "\\" in lines[at + 1] else ""
    if lacks := re.search(r"File `([^']+)' not found", what):
        most = "texlive-latex-extra, -luatex, -science and -fonts-extra hold most"
        return FormulaError(f"{compiler}: {what}", f"install what holds {lacks[1]}: {most}")
    return FormulaError(f"{compiler}: {what}", "mend the formula")


def _by_typst(source: str, fonts: Sequence[str], scratch: Path) -> Made:
    """Typst's SVG of a source, and what it may have read."""
    file = scratch / "formula.typ"
    file.write_text(source, encoding="utf-8")
    command = [sys.executable, "-P", str(SETTER)]
    asked = json.dumps({"file": str(file), "fonts": fonts})
    done = _run(command, input=asked)
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        said = (done.stderr.strip().splitlines() or ["it gave no reason"])[-1]
        raise FormulaError(f"Typst could not be run: {said}", "make setup") from None
    if "error" in answer:
        hints = "; ".join(answer["hints"])
        raise FormulaError(f"Typst: {answer['error']}", hints or "mend the formula")
    for doubt in answer["doubts"]:
        name = doubt.removeprefix("unknown font family: ")
        # of a list of fonts, Typst takes the next
        if name != doubt and not re.search(r"font:\s*\(", source):
            what = f"Typst has no font “{name}”"
            raise FormulaError(what, "put its file into assets/fonts, or take another")
        _say(f"Typst: {doubt}")
    names = ["package:typst", "fonts:", *(f"folder:{font}" for font in fonts)]
    for font in fonts:
        names += [f"file:{file}" for file in plain_files(Path(font))]
    return answer["svg"], names


def _run(command: Sequence[str], **how: Any) -> subprocess.CompletedProcess[str]:
    """Run a program, which ends when this process does."""
    mine = os.getpid()

    def follow() -> None:
        assert _SYSTEM is not None
        _SYSTEM.prctl(_TELL_ME, signal.SIGKILL)
        if os.getppid() != mine:
            os._exit(1)

    given = how if "input" in how else {"stdin": subprocess.DEVNULL, **how}
    with warnings.catch_warnings():
        # other threads may be about, as those of an encoder; what follows needs none of them
        warnings.simplefilter("ignore", DeprecationWarning)
        return subprocess.run(
            command,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            preexec_fn=follow if _SYSTEM else None,
            **given,
        )


def _texts() -> Path:
    """The folder that this process may write into, which goes when all is drawn."""
    from manim import config

    return Path(config.media_dir)


def _can_be_written(folder: Path) -> bool:
    """Whether a folder, or the one that it would be made in, takes files."""
    there = next(place for place in (folder, *folder.parents) if place.exists())
    return there.is_dir() and os.access(there, os.W_OK | os.X_OK)


def _say(text: str) -> None:
    print(printable(text), file=sys.stderr)
