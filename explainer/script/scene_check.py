"""Checks scenes' sources against the script: file, class, methods, cues and labels."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path

from explainer.errors import Problem, ScriptError
from explainer.script import latex, reserved_names, scene_lint, scene_source
from explainer.script.model import Scene, Script


def check_scene(scene: Scene, path: Path, shown: str) -> tuple[list[Problem], list[Problem]]:
    """Errors and warnings about a scene's source; `shown` is how messages name it."""
    cls = scene_source.class_name(scene.id)
    errors = _reserved_ids(scene, path.stem, cls)
    if not path.is_file():
        what = f"scene “{scene.id}” has no file {shown}"
        remedy = f"create it with a class {cls}(NarratedScene)"
        return errors or [Problem(what, scene.place, remedy)], []
    try:
        source = scene_source.read_scene(path, shown)
    except ScriptError as error:
        return [*errors, *error.problems], []
    if cls not in source.classes and cls in source.made:
        return errors, []  # how the class is made cannot be told without running the file
    if cls not in source.classes:
        what = f"{shown} has no class {cls} for scene “{scene.id}”"
        lacks = Problem(what, scene.place, f"add class {cls}(NarratedScene):")
        for other in get_close_matches(cls, source.classes, 1):
            lacks = Problem(what, source.places[other], f"call class {other} {cls}")
        return [*errors, lacks], []
    notes = []
    in_construct = scene_source.speaks_in_construct(path)
    errors += _class_problems(source, cls, in_construct)
    methods_run = ["construct"] if in_construct else [line.id for line in scene.lines]
    certain, doubtful = scene_lint.lint_scene(source.source, scene, cls, methods_run)
    errors += [*certain, *_import_problems(path)]
    notes += doubtful
    if in_construct:
        return errors, notes  # which line is drawn where is known once it runs
    methods, known = source.inherited(cls)
    wanted = {line.id.replace("-", "_") for line in scene.lines}
    for line in scene.lines:
        method = methods.get(line.id.replace("-", "_"))
        if method is None and not known:
            continue  # a base class from another file may have it
        if method is None and (near := _similar_method(line.id, methods.keys() - wanted)):
            what = f"line “{line.key}” has no method in {shown}"
            errors.append(Problem(what, methods[near].place, f"did you mean this one, {near}?"))
            continue
        if method is None and (outside := source.functions.get(line.id.replace("-", "_"))):
            what = f"this is the method of line “{line.key}”, but it stands outside of class {cls}"
            errors.append(Problem(what, outside, "move it into the class, four spaces in"))
            continue
        if method is None:
            remedy = f"add def {line.id.replace('-', '_')}(self): to class {cls} in {shown}"
            errors.append(
                Problem(f"line “{line.key}” has no method in {shown}", line.place, remedy)
            )
            continue
        if line.say.written and not line.say.shown:
            continue  # its cues could not be read, which is a problem of its own
        cues = [cue.name for cue in line.say.cues]
        for use in method.waits_for:
            if use.name not in [*cues, "end"]:
                line_is = f"line “{line.key}” ({line.place})"
                what = f"waits for cue “{use.name}”, which {line_is} does not mark"
                remedy = f"its cues: {', '.join(cues) or 'none'}; mark one as [words]{{{use.name}}}"
                errors.append(Problem(what, use.place, remedy))
        for name in cues:
            if name not in source.strings:
                what = f"cue “{name}” of line “{line.key}” is used nowhere in {shown}"
                notes.append(Problem(what, line.place, "use it in the scene, or remove the mark"))
    return errors, notes


def _import_problems(path: Path) -> list[Problem]:
    """Files that a scene imports from beside it and that are not valid Python."""
    try:
        scene_source.module_files(path)
    except ScriptError as error:
        return list(error.problems)
    return []


def _similar_method(line: str, methods: Iterable[str]) -> str:
    """The method with the most similar name to a line's, or ""."""
    return next(iter(get_close_matches(line.replace("-", "_"), [*methods], 1, 0.7)), "")


def missing_latex(path: Path, shown: str) -> list[Problem]:
    """A problem if a scene's source uses LaTeX and it is not installed."""
    if not path.is_file() or not (absent := latex.missing()):
        return []
    with suppress(ScriptError):  # `check_scene` says what is wrong with it
        for name, place in scene_source.read_scene(path, shown).formulas:
            what = f"{name} needs LaTeX, but {' and '.join(absent)} cannot be found"
            return [Problem(what, place, latex.INSTALL)]
    return []


MANIM_SCENES = {
    *("Scene", "ThreeDScene", "MovingCameraScene", "ZoomedScene", "VectorScene"),
    *("LinearTransformationScene", "SpecialThreeDScene"),
}
"""Manim's scenes, which may be base classes beside NarratedScene but not instead of it."""


def _class_problems(
    source: scene_source.SceneSource, cls: str, in_construct: bool
) -> list[Problem]:
    """Reasons why a class cannot be drawn line by line; some speak `in_construct`."""
    found = []
    bases: set[str] = set()
    waiting = [cls]
    while waiting:
        known = source.bases.get(waiting.pop(), ())
        waiting += [name for name in known if name not in bases]
        bases.update(known)
    manims = sorted(bases & MANIM_SCENES)
    # a base class from another file may be a NarratedScene
    if not bases - MANIM_SCENES - source.bases.keys():
        given = "".join(f", {name}" for name in manims if name != "Scene")
        what = f"class {cls} is not a NarratedScene, so it has no lines to draw"
        remedy = f"write: class {cls}(NarratedScene{given}), from explainer.scene"
        found.append(Problem(what, source.places[cls], remedy))
    method = source.classes[cls].get("construct")
    if method and not in_construct:
        what = f"class {cls} has a construct of its own, so its lines would never be drawn"
        remedy = "leave construct alone: one method for each line, named by the line's id"
        found.append(Problem(what, method.place, remedy))
    return found


def _reserved_ids(scene: Scene, stem: str, cls: str) -> list[Problem]:
    """Ids of a scene and its lines that would hide a name of Python or Manim."""
    found = []
    if hides := reserved_names.hidden_by_scene(stem, cls):
        what = f"a scene cannot be called “{scene.id}”: {hides}"
        found.append(Problem(what, scene.place, "give it another id, its file and class too"))
    for line in scene.lines:
        if hides := reserved_names.hidden_by_line(line.id.replace("-", "_")):
            what = f"a line cannot be called “{line.key}”: {hides}"
            found.append(Problem(what, line.place, "give it another id, and its method too"))
    return found


def unused_labels(script: Script) -> list[Problem]:
    """Warnings about labels that no scene shows."""
    files = [script.scene_file(scene.id) for scene in script.scenes]
    used: set[str] = set().union(*(scene_source.names_used(file, script.labels) for file in files))
    remedy = "show it in a scene with label_texts(…), or remove it"
    return [
        Problem(f"label “{name}” of line “{line.key}” is shown by no scene", line.place, remedy)
        for line in script.lines
        for name in line.labels
        if name not in used
    ]
