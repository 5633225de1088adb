"""Loads a script: a path and a language in, a checked `Script` out, or every problem it has."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from explainer.errors import Problem, ScriptError
from explainer.script import scene_check
from explainer.script.field_reader import require_language_tag
from explainer.script.model import Script
from explainer.script.script_reader import ScriptReader
from explainer.script.selection import Selection
from explainer.script.translation import TranslationReader, languages
from explainer.script.translation_draft import MARK, texts
from explainer.script.yaml_document import Document, shown_path


def load(path: Path, language: str = "", selection: str = "", check_scenes: bool = True) -> Script:
    """Load and check a script, and that its scene files have what it asks of them.

    Args:
        path: the script's file, `script.yaml`; translations lie beside it.
        language: a BCP 47 tag; empty is the script's own language.
        selection: `scene` or `scene.line`: check only that scene's file, so that one scene can be
            drawn while others are not written yet.
        check_scenes: whether scene files are looked at.

    Raises:
        ScriptError: with every problem of the script, in the order of the file, or else with
            every one of its translation.
    """
    script = _load_original(path, selection, check_scenes)
    if language in ("", script.language):
        return script
    return _load_translation(script, path, language)


def _load_original(path: Path, selection: str, check_scenes: bool) -> Script:
    document = Document(path)
    script = ScriptReader(document, path.resolve()).script()
    problems = list(document.problems)
    warnings = list(script.warnings)
    formulas: list[Problem] = []
    wanted = Selection.parse(selection).scene
    for scene in script.scenes:
        if not check_scenes or wanted not in ("", scene.id):
            continue
        file = script.scene_file(scene.id)
        shown = shown_path(file)
        scene_errors, scene_warnings = scene_check.check_scene(scene, file, shown)
        problems += scene_errors
        warnings += scene_warnings
        formulas += scene_check.missing_latex(file, shown)
    if problems:
        # with what LaTeX lacks, so that nobody who corrects the rest has to come back for that
        raise ScriptError(*sorted([*problems, *formulas], key=_by_place))
    warnings += formulas
    if check_scenes and not selection:
        warnings += scene_check.unused_labels(script)
    return replace(script, warnings=tuple(warnings))


def script_file(path: Path, language: str) -> Path:
    """The file that has a film's texts in a language: the script's own, or a translation."""
    file = path.with_suffix(f".{language}{path.suffix}")
    return file if language and file.is_file() else path


def _load_translation(script: Script, path: Path, language: str) -> Script:
    require_language_tag(language)
    file = path.with_suffix(f".{language}{path.suffix}")
    if not file.is_file():
        known = ", ".join([script.language, *languages(path)])
        remedy = f"write it as {shown_path(file)}, or choose one of {known}"
        raise ScriptError.of(f"{shown_path(path)} has no translation into “{language}”", remedy)
    document = Document(file)
    translated = TranslationReader(document, script, language).script()
    problems = sorted(document.problems, key=_by_place)
    written = [*texts(translated)]
    if left := [text for text in written if text.startswith(MARK)]:
        what = f"{len(left)} of {len(written)} texts are still to be translated"
        remedy = f"put a text in place of each that begins with {MARK.strip()}"
        problems.append(Problem(what, document.find(MARK), remedy))
    if problems:
        raise ScriptError(*problems)
    return translated


def _by_place(problem: Problem) -> tuple[str, int, int]:
    """Sorts problems by file, line and column; those without a place come first."""
    place = problem.place
    if place is None:
        return ("", 0, 0)
    return (place.file, place.line, place.column)
