"""What a file's scenes say, by passages: which of it a script can hold, and how long it takes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from explainer.draw.scene_errors import TRY_AGAIN
from explainer.errors import Problem, SceneError, ScriptError, SourceLocation
from explainer.porting import source
from explainer.porting.source import VoiceoverClass, VoiceoverFile
from explainer.script import scene_source
from explainer.script.fields import MAX_HOLD
from explainer.script.voiceover_text import Passage, read_text
from explainer.script.yaml_document import shown_path


def as_written(file: VoiceoverFile, cls: VoiceoverClass, error: SceneError) -> list[Passage]:
    """What a scene that cannot be run says by its source.

    Raises:
        ScriptError: if that cannot be told without running it, with each such place.
    """
    passages = [Passage("", "", 0, 0.0, 0)]
    for voiceover in cls.voiceovers:
        passages.append(Passage("", voiceover.text or "", voiceover.first, 0.0, 0))
    # what it fails by may be a text that no line can have
    refuse_faults(file, [passage for passage in passages if passage.text])
    why = error.problems[0].what.partition("\n")[0]
    unknown = []
    for voiceover in cls.voiceovers:
        if voiceover.text is not None and voiceover.in_order:
            continue
        made = "its text is made" if voiceover.text is None else "how often it is said is decided"
        what = f"{made} as the scene runs, and that fails: {why}"
        remedy = "mend what fails, or write each text out where it is said"
        unknown.append(Problem(what, file.parsed.place(voiceover.call.func), remedy))
    for place in source.said_elsewhere(file, cls):
        what = f"whether {cls.name} says this is decided as the scene runs, and that fails: {why}"
        unknown.append(Problem(what, place, "mend what fails"))
    if unknown or not cls.voiceovers:
        raise ScriptError(*(unknown or error.problems))
    return passages


def unmeasured(cls: VoiceoverClass, error: SceneError) -> Problem:
    """What is told of a scene that cannot be run."""
    first = error.problems[0]
    what = f"{cls.name} cannot be run here, so that its pictures are not measured: {first.what}"
    remedy = "mend that; a render then says which lines need a longer hold"
    known = first.remedy and not first.remedy.startswith(TRY_AGAIN)
    return Problem(what, first.place, f"{first.remedy}; {remedy}" if known else remedy)


def located(file: VoiceoverFile, folder: Path, passage: Passage) -> Passage:
    """A passage with the module that it stands in for its file, which is none for the scenes'."""
    called, scenes = Path(passage.file), folder / "scenes"
    if not called.is_relative_to(scenes):
        return replace(passage, place=passage.place and -1)
    origin = file.parsed.path.parent / called.relative_to(scenes)
    return replace(passage, file=str(origin) if origin in file.modules else "")


def of_voiceover(
    file: VoiceoverFile, passages: Sequence[Passage], text: str, problem: Problem
) -> Problem:
    """A problem of a script that is not kept; that of a `say` is one of what it came from."""
    rows = text.split("\n")[: problem.place.line] if problem.place else []
    begun = [row.partition(":")[0] == "        say" for row in rows]
    if not any(begun[-1:]):
        return problem
    what = f"this voiceover cannot be a line: {problem.what}"
    return replace(problem, what=what, place=place_of(file, passages[sum(begun) - 1]))


def place_of(file: VoiceoverFile, passage: Passage) -> SourceLocation | None:
    """Where a voiceover is called for; None if that is not in a file that is brought over."""
    parsed = file.parsed
    if passage.file and passage.place > 0:
        path = Path(passage.file)
        parsed = scene_source.read_scene(path, shown_path(path)).source
    if not 0 < passage.place <= len(parsed.lines):
        return None
    text = parsed.lines[passage.place - 1]
    return SourceLocation(parsed.shown, passage.place, len(text) - len(text.lstrip()) + 1, text)


def refuse_faults(file: VoiceoverFile, passages: Sequence[Passage]) -> None:
    """Refuse texts that a script cannot hold.

    Raises:
        ScriptError: with each of them.
    """
    found = [
        Problem(f"this voiceover cannot be a line: {fault}", place_of(file, passage))
        for passage in passages
        if passage.place
        for fault in read_text(passage.text).faults
    ]
    if found:
        raise ScriptError(*dict.fromkeys(found))


def changes(file: VoiceoverFile, passages: Sequence[Passage]) -> list[Problem]:
    """What of the texts is otherwise in the script."""
    found = []
    for passage in passages:
        place = place_of(file, passage)
        for note in read_text(passage.text).notes if passage.place else ():
            found.append(Problem(note, place))
        made = (v for c in file.scenes for v in c.voiceovers if v.text is None)
        if not passage.file and any(voiceover.first == passage.place for voiceover in made):
            what = "this text is made as the scene runs; the script has what it was now"
            found.append(Problem(what, place, "change it in the script from now on"))
    return list(dict.fromkeys(found))


def holds(file: VoiceoverFile, passages: Sequence[Passage], fps: int) -> dict[str, float]:
    """How many seconds each line needs beyond its words, where it needs any.

    Raises:
        ScriptError: if that is more than a line may be held.
    """
    found = {}
    for passage in passages:
        # a frame less, since a line is rounded up to whole frames
        lacking = passage.seconds - max(0, passage.frames - 1) / fps
        if not passage.place or lacking <= 0.001:
            continue
        found[passage.line] = math.ceil(lacking * 100) / 100
        if found[passage.line] > MAX_HOLD:
            what = f"{lacking:.1f} s go on after this is said, and a line is held {MAX_HOLD:g} s"
            remedy = "let another voiceover begin in that time, or shorten it"
            raise ScriptError(Problem(what, place_of(file, passage), remedy))
    return found
