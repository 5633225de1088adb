"""An author's error as its author is told of it: an exception in; where, what, what to do out."""

from __future__ import annotations

import ast
import traceback
from bdb import BdbQuit
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from explainer.draw import formula_cache
from explainer.draw.stall_watch import of_film
from explainer.errors import Problem, SceneError, SourceLocation, command
from explainer.script import latex, scene_source

if TYPE_CHECKING:
    from explainer.draw.line_runner import Job

LONGEST = 600
"""Characters of an exception's text that are told."""
STEPS = 8
"""Steps of a traceback that are told at its beginning and at its end."""
ENDS = "it ends the program"
TRY_AGAIN = "try again with"
"""How a remedy begins where there is none but to mend the scene."""


def scene_error(error: BaseException, job: Job, line: str) -> SceneError:
    """What is said of an exception that a scene has raised in a `line`, or before its first."""
    folder = Path(job.folder)
    steps = [
        step
        for step in traceback.extract_tb(error.__traceback__)
        if of_film(Path(step.filename), folder)
    ]
    name = f"{job.shot.id}.{line}" if line else job.shot.id
    who = f"scene {job.shot.id}, line {name}" if line else f"scene {job.shot.id}"
    what, remedy = _words(error)
    if remedy is None:
        remedy = f"{TRY_AGAIN}: {command('preview', name)}"
    trace = "".join(_shown(steps, folder))
    return SceneError(Problem(f"{who}: {what}{trace}", _place(error, steps, job), remedy))


def _words(error: BaseException) -> tuple[str, str | None]:
    """What is wrong, and what to do; None if that is to mend it and try again."""
    from explainer.stage.errors import StageError

    said = _text(error)
    kind = f"{type(error).__name__}: {said}".removesuffix(": ")
    match error:
        case SystemExit():
            return f"{ENDS}, with SystemExit", "remove that; a line ends where its method does"
        case KeyboardInterrupt():
            what = f"{ENDS}, with KeyboardInterrupt, as Ctrl-C does"
            return what, "remove that; raise an error of another kind if something is wrong"
        case RecursionError():
            return f"it calls itself without end: {kind}", "let what calls itself come to an end"
        case MemoryError():
            what = "there is not as much memory as it asks for"
            return f"{what}: {kind}", "make fewer things, or smaller ones"
        case BdbQuit():
            return "nobody can be asked while a film is drawn, as a debugger does", "remove it"
        case EOFError() if "reading a line" in said:
            return "nobody can be asked while a film is drawn, as input does", "remove it"
        # a damaged XML file is one, too, to Python
        case SyntaxError() if error.lineno and (error.filename or "").endswith(".py"):
            return f"not valid Python: {error.msg}", scene_source.SYNTAX_REMEDY
        case ModuleNotFoundError() if error.name:
            return f"there is no module “{error.name}”", scene_source.module_remedy(error.name)
        case formula_cache.FormulaError():
            return said, error.remedy
        case FileNotFoundError() if error.filename in latex.COMPILERS:
            what = f"LaTeX ({error.filename}) is not installed"
            return what, latex.install(error.filename)
        case StageError():
            return said, ""
    return kind, None


def _text(error: BaseException) -> str:
    try:
        said = str(error).strip()
    except Exception:
        said = "its text cannot be told"
    return said if len(said) <= LONGEST else f"{said[:LONGEST]} …"


def _shown(steps: list[traceback.FrameSummary], folder: Path) -> list[str]:
    """A traceback's steps, one a line, and only the first and last of many."""
    shown = [
        f"\n    {Path(step.filename).relative_to(folder)}:{step.lineno} in {step.name}: {step.line}"
        for step in steps
    ]
    found = []
    for step, alike in groupby(shown):
        more = len(list(alike)) - 1
        found.append(f"{step}\n    … and {more} times more" if more > 1 else step * (more + 1))
    if len(found) > 2 * STEPS:
        left = len(found) - 2 * STEPS
        found[STEPS:-STEPS] = [f"\n    … {left} steps more"]
    return found


def _place(
    error: BaseException, steps: list[traceback.FrameSummary], job: Job
) -> SourceLocation | None:
    folder = Path(job.folder)
    if isinstance(error, SyntaxError) and error.filename and error.lineno:
        file = Path(error.filename)
        if of_film(file, folder):
            text = (error.text or "").rstrip("\n")
            shown = file.relative_to(folder).as_posix()
            return SourceLocation(shown, error.lineno, error.offset or 1, text)
    if steps:
        last = steps[-1]
        shown = Path(last.filename).relative_to(folder).as_posix()
        return SourceLocation(shown, last.lineno or 1, (last.colno or 0) + 1)
    return _of_class(Path(job.file), folder, scene_source.class_name(job.shot.id))


def _of_class(file: Path, folder: Path, name: str) -> SourceLocation | None:
    """Where a scene's class begins, for what fails before a line of its own is run."""
    try:
        body = ast.parse(file.read_bytes()).body
    except (OSError, SyntaxError, ValueError):
        return None
    for node in reversed(body):
        if isinstance(node, ast.ClassDef) and node.name == name:
            return SourceLocation(file.relative_to(folder).as_posix(), node.lineno)
    return None
