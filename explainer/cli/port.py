"""A film from a file that was made for manim-voiceover: its scenes as they were, and a script.

The scenes are run twice without drawing: first to hear what they say, then, once that is spoken, to
measure how long the picture of each line takes.
"""

from __future__ import annotations

import math
import shlex
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from explainer.cache.store import Cache
from explainer.cli.arguments import Options
from explainer.cli.new_folder import require_new, write_schemas, written_whole
from explainer.cli.output import CommandResult, echo
from explainer.cli.schema import MODELINE, SCHEMA
from explainer.draw import rehearsal
from explainer.draw.scene_errors import TRY_AGAIN
from explainer.errors import (
    EnvironmentProblem,
    Problem,
    SceneError,
    ScriptError,
    SourceLocation,
    VoiceError,
    command,
    counted,
)
from explainer.frame_format import find_format
from explainer.narration import fit
from explainer.progress import Progress
from explainer.script import scene_source, voiceover_source
from explainer.script.field_reader import require_language_tag
from explainer.script.fields import MAX_HOLD
from explainer.script.loader import load
from explainer.script.model import Script
from explainer.script.translation_draft import MARK
from explainer.script.voiceover_script import (
    PortedScene,
    class_title,
    has_number,
    plain_name,
    ported_scene,
    scene_id,
    script_text,
    unique_name,
)
from explainer.script.voiceover_source import VoiceoverClass, VoiceoverFile
from explainer.script.voiceover_text import Passage, read_text
from explainer.script.yaml_document import shown_path
from explainer.timeline.layout import estimate_timeline
from explainer.timeline.model import Timeline
from explainer.timeline.scene_timing import scene_timings

QUALITY = find_format("854x480@30")
"""The size and speed at which scenes are run."""
GITIGNORE = "build/\n.explainer-cache/\n__pycache__/\n"


@dataclass(frozen=True, slots=True)
class _Film:
    """A film to be made: where its script will lie, and its scenes' classes by their ids."""

    script: Path
    name: str
    title: str
    language: str
    classes: Mapping[str, VoiceoverClass]

    @property
    def folder(self) -> Path:
        return self.script.parent

    def scene_file(self, id: str) -> Path:
        return self.folder / "scenes" / scene_source.file_name(id)


def run(options: Options) -> CommandResult:
    """Write a film into a new folder: its scenes as they were, what they need, and a script."""
    if options.lang:
        require_language_tag(options.lang)
    file = voiceover_source.read_source(options.source)
    folder = options.to or Path(plain_name(options.source.stem, "film"))
    name = require_new(folder)
    notes = list(file.notes)
    scenes: list[PortedScene] = []
    origins: dict[str, str] = {}
    with (
        Progress() as progress,
        tempfile.TemporaryDirectory() as kept,
        written_whole(folder) as made,
        _told_of(folder, made, origins),
    ):
        films = _films(file, made.resolve(), name, options.lang)
        written = _write_scenes(file, films)
        origins |= written | {shown_path(made / path): written[path] for path in written}
        write_schemas(made)
        (made / ".gitignore").write_text(GITIGNORE, encoding="utf-8")
        for film in films:
            scenes += _port(film, file, options.voice, Cache(Path(kept)), progress, notes)
        shutil.rmtree(made / "scenes" / "__pycache__", ignore_errors=True)
    notes = [_at_origin(note, origins) for note in notes]
    notes += _left_to_do(scenes, options.source.name)
    for note in notes:
        print(f"note: {note}", file=sys.stderr)
    files = sorted(str(path) for path in folder.rglob("*") if path.is_file())
    for path in files:
        echo(options, path)
    lines = [line for scene in scenes for line in scene.lines]
    echo(options, f"{counted(len(scenes), 'scene')}, {counted(len(lines), 'line')}")
    for film in films:
        script = [] if film.script.name == "script.yaml" else ["--script", film.script.name]
        go_on = command("check", *script)
        echo(options, f"go on with: cd {shlex.quote(str(folder))} && {go_on}")
    answer = {"scenes": [scene.id for scene in scenes], "lines": len(lines)}
    told = [{"what": n.what, "where": str(n.place or ""), "remedy": n.remedy} for n in notes]
    return 0, {"folder": str(folder), "files": files, **answer, "notes": told}


@contextmanager
def _told_of(folder: Path, made: Path, origins: Mapping[str, str]) -> Iterator[None]:
    """Errors inside name the files that are there, and the folder that is asked for."""
    try:
        yield
    except ScriptError as error:
        found = []
        for problem in error.problems:
            moved = _at_origin(problem, origins)
            if place := moved.place:
                place = replace(place, file=place.file.replace(made.name, folder.name))
            found.append(replace(moved, place=place))
        raise ScriptError(*found) from None


def _at_origin(problem: Problem, origins: Mapping[str, str]) -> Problem:
    """A problem of a file of the film as one of the file that it came from, line for line."""
    place = problem.place
    if not place or place.file not in origins:
        return problem
    return replace(problem, place=replace(place, file=origins[place.file]))


def _films(file: VoiceoverFile, folder: Path, name: str, language: str) -> list[_Film]:
    """The films of a file: one for each language that its scenes speak."""
    usual = next((cls.language for cls in file.scenes if cls.language), "en")
    by_language: dict[str, dict[str, VoiceoverClass]] = {}
    # a scene's file must not take the place of one that it imports
    taken = {name.replace("_", "-") for name in file.imported}
    for cls in file.scenes:
        id = scene_id(cls.name, taken)
        taken.add(id)
        by_language.setdefault(language or cls.language or usual, {})[id] = cls
    films = []
    for number, (tag, classes) in enumerate(by_language.items()):
        title = _title(file, classes)
        script = folder / (f"script-{tag}.yaml" if number else "script.yaml")
        films.append(_Film(script, f"{name}-{tag}" if number else name, title, tag, classes))
    return films


def _title(file: VoiceoverFile, classes: Mapping[str, VoiceoverClass]) -> str:
    """A film's title: that of its only scene, or what its file is called."""
    if len(classes) == 1:
        return class_title(next(iter(classes.values())).name)
    words = file.parsed.path.stem.replace("-", " ").replace("_", " ")
    return words[:1].upper() + words[1:]


def _write_scenes(file: VoiceoverFile, films: Sequence[_Film]) -> dict[str, str]:
    """Write the scenes' files, those that they import, and those that they name.

    Gives what the sources of what was written are called, by its path in the film.
    """
    source = file.parsed.path
    folder = films[0].folder
    classes = {id: cls for film in films for id, cls in film.classes.items()}
    own = voiceover_source.rewrite(source)
    written: dict[Path, bytes] = {}
    origins = {}
    for path in file.modules:
        place = Path("scenes") / path.relative_to(source.parent)
        written[place] = voiceover_source.rewrite(path)
        origins[place.as_posix()] = shown_path(path)
    ((first, cls), *more) = classes.items()
    if not more:
        name = scene_source.class_name(first)
        if name != cls.name:
            own = own.rstrip(b"\n") + f"\n\n\n{_renamed(name, cls.name)}".encode()
        main = scene_source.file_name(first)
    else:
        taken = {*classes, *(name.replace("_", "-") for name in file.imported)}
        stem = unique_name(f"{plain_name(source.stem, 'all')}-scenes", taken).replace("-", "_")
        main = f"{stem}.py"
        for id, cls in classes.items():
            name = scene_source.class_name(id)
            text = f'"""{class_title(cls.name)}, which stands in {stem}.py."""\n\nimport {stem}\n'
            text += f"\n\n{_renamed(name, f'{stem}.{cls.name}')}"
            written[Path("scenes") / scene_source.file_name(id)] = text.encode()
    written[Path("scenes") / main] = own
    origins[f"scenes/{main}"] = file.parsed.shown
    for name, path in file.files.items():
        written[Path(name)] = path.read_bytes()
    for path, content in written.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return origins


def _renamed(name: str, base: str) -> str:
    return f'class {name}({base}):\n    """The scene by the name that the script has for it."""\n'


def _port(
    film: _Film,
    file: VoiceoverFile,
    voices: Sequence[str],
    cache: Cache,
    progress: Progress,
    notes: list[Problem],
) -> list[PortedScene]:
    """Write a film's script; gives its scenes, and adds to the notes what its author should know.

    Raises:
        ScriptError: if there is something that a script cannot hold.
    """
    said: dict[str, list[Passage]] = {}
    failed = set()
    for id, cls in film.classes.items():
        progress.log(f"running {cls.name}")
        try:
            heard = rehearsal.listen(film.folder, film.scene_file(id), id, QUALITY, cache.root)
            said[id] = [_located(file, film, passage) for passage in heard]
        except SceneError as error:
            failed.add(id)
            said[id] = _as_written(file, cls, error)
            notes.append(_unmeasured(cls, error))
    _refuse(file, [passage for passages in said.values() for passage in passages])
    notes += _changes(file, [passage for passages in said.values() for passage in passages])
    scenes = [
        ported_scene(id, cls.name, said[id], file)
        for id, cls in film.classes.items()
        if len(said[id]) > 1 or said[id][0].seconds
    ]
    script = _write_script(film, file, voices, scenes)
    timeline = _narrate(script, voices, cache, progress, notes)
    shots = scene_timings(timeline)
    finished = []
    for scene in scenes:
        lacks: dict[str, float] = {}
        if scene.id not in failed:
            progress.log(f"measuring {scene.cls}")
            shot = shots[scene.id]
            path = film.scene_file(scene.id)
            try:
                measured = rehearsal.measure(film.folder, path, shot, QUALITY, cache.root)
                lacks = _holds(file, [_located(file, film, passage) for passage in measured])
            except SceneError as error:
                notes.append(_unmeasured(film.classes[scene.id], error))
        finished.append(scene.with_holds(lacks))
    warnings = _write_script(film, file, voices, finished).warnings
    notes += [each for each in warnings if each.place and each.place.file.endswith(".py")]
    return finished


def _write_script(
    film: _Film, file: VoiceoverFile, voices: Sequence[str], scenes: Sequence[PortedScene]
) -> Script:
    """Write the script and read it back.

    Raises:
        ScriptError: if it says nothing, or is not as it should be.
    """
    if not any(line.say for scene in scenes for line in scene.lines):
        what = f"{file.parsed.shown} has no voiceover, so that there is nothing to say"
        raise ScriptError.of(what, "give the scene a “with self.voiceover(text=…)”")
    origin = file.parsed.path.name
    text = script_text(film.name, film.title, film.language, voices, scenes, origin)
    text = f"{MODELINE}{SCHEMA}\n{text}"
    film.script.write_text(text, encoding="utf-8")
    try:
        return load(film.script)
    except ScriptError as error:
        passages = [line.passage for scene in scenes for line in scene.lines]
        raise ScriptError(
            *(_of_voiceover(file, passages, text, each) for each in error.problems)
        ) from None


def _of_voiceover(
    file: VoiceoverFile, passages: Sequence[Passage], text: str, problem: Problem
) -> Problem:
    """A problem of a script that is not kept; that of a `say` is one of what it came from."""
    rows = text.split("\n")[: problem.place.line] if problem.place else []
    begun = [row.partition(":")[0] == "        say" for row in rows]
    if not any(begun[-1:]):
        return problem
    what = f"this voiceover cannot be a line: {problem.what}"
    return replace(problem, what=what, place=_place(file, passages[sum(begun) - 1]))


def _narrate(
    script: Script,
    voices: Sequence[str],
    cache: Cache,
    progress: Progress,
    notes: list[Problem],
) -> Timeline:
    """The script's timeline, as it is spoken or, if no voice can, estimated."""
    try:
        return fit.narrate([script], voices, cache, progress, QUALITY.fps).picture
    except (EnvironmentProblem, VoiceError) as error:
        what = f"nobody can speak it here, so that lengths are estimated: {error.problems[0].what}"
        notes.append(Problem(what, None, f"see: {command('voices')}"))
        return estimate_timeline(script, QUALITY.fps)


def _as_written(file: VoiceoverFile, cls: VoiceoverClass, error: SceneError) -> list[Passage]:
    """What a scene that cannot be run says by its source.

    Raises:
        ScriptError: if that cannot be told without running it, with each such place.
    """
    passages = [Passage("", "", 0, 0.0, 0)]
    for voiceover in cls.voiceovers:
        passages.append(Passage("", voiceover.text or "", voiceover.first, 0.0, 0))
    # what it fails by may be a text that no line can have
    _refuse(file, [passage for passage in passages if passage.text])
    why = error.problems[0].what.partition("\n")[0]
    unknown = []
    for voiceover in cls.voiceovers:
        if voiceover.text is not None and voiceover.in_order:
            continue
        made = "its text is made" if voiceover.text is None else "how often it is said is decided"
        what = f"{made} as the scene runs, and that fails: {why}"
        remedy = "mend what fails, or write each text out where it is said"
        unknown.append(Problem(what, file.parsed.place(voiceover.call.func), remedy))
    for place in voiceover_source.said_elsewhere(file, cls):
        what = f"whether {cls.name} says this is decided as the scene runs, and that fails: {why}"
        unknown.append(Problem(what, place, "mend what fails"))
    if unknown or not cls.voiceovers:
        raise ScriptError(*(unknown or error.problems))
    return passages


def _unmeasured(cls: VoiceoverClass, error: SceneError) -> Problem:
    first = error.problems[0]
    what = f"{cls.name} cannot be run here, so that its pictures are not measured: {first.what}"
    remedy = "mend that; a render then says which lines need a longer hold"
    known = first.remedy and not first.remedy.startswith(TRY_AGAIN)
    return Problem(what, first.place, f"{first.remedy}; {remedy}" if known else remedy)


def _located(file: VoiceoverFile, film: _Film, passage: Passage) -> Passage:
    """A passage with the module that it stands in for its file, which is none for the scenes'."""
    called, scenes = Path(passage.file), film.folder / "scenes"
    if not called.is_relative_to(scenes):
        return replace(passage, place=passage.place and -1)
    origin = file.parsed.path.parent / called.relative_to(scenes)
    return replace(passage, file=str(origin) if origin in file.modules else "")


def _place(file: VoiceoverFile, passage: Passage) -> SourceLocation | None:
    """Where a voiceover is called for; None if that is not in a file that is brought over."""
    parsed = file.parsed
    if passage.file and passage.place > 0:
        path = Path(passage.file)
        parsed = scene_source.read_scene(path, shown_path(path)).source
    if not 0 < passage.place <= len(parsed.lines):
        return None
    text = parsed.lines[passage.place - 1]
    return SourceLocation(parsed.shown, passage.place, len(text) - len(text.lstrip()) + 1, text)


def _refuse(file: VoiceoverFile, passages: Sequence[Passage]) -> None:
    """Refuse texts that a script cannot hold.

    Raises:
        ScriptError: with each of them.
    """
    found = [
        Problem(f"this voiceover cannot be a line: {fault}", _place(file, passage))
        for passage in passages
        if passage.place
        for fault in read_text(passage.text).faults
    ]
    if found:
        raise ScriptError(*dict.fromkeys(found))


def _changes(file: VoiceoverFile, passages: Sequence[Passage]) -> list[Problem]:
    """What of the texts is otherwise in the script."""
    found = []
    for passage in passages:
        place = _place(file, passage)
        for note in read_text(passage.text).notes if passage.place else ():
            found.append(Problem(note, place))
        made = (v for c in file.scenes for v in c.voiceovers if v.text is None)
        if not passage.file and any(voiceover.first == passage.place for voiceover in made):
            what = "this text is made as the scene runs; the script has what it was now"
            found.append(Problem(what, place, "change it in the script from now on"))
    return list(dict.fromkeys(found))


def _holds(file: VoiceoverFile, passages: Sequence[Passage]) -> dict[str, float]:
    """How many seconds each line needs beyond its words, where it needs any.

    Raises:
        ScriptError: if that is more than a line may be held.
    """
    found = {}
    for passage in passages:
        # a frame less, since a line is rounded up to whole frames
        lacking = passage.seconds - max(0, passage.frames - 1) / QUALITY.fps
        if not passage.place or lacking <= 0.001:
            continue
        found[passage.line] = math.ceil(lacking * 100) / 100
        if found[passage.line] > MAX_HOLD:
            what = f"{lacking:.1f} s go on after this is said, and a line is held {MAX_HOLD:g} s"
            remedy = "let another voiceover begin in that time, or shorten it"
            raise ScriptError(Problem(what, _place(file, passage), remedy))
    return found


def _left_to_do(scenes: Sequence[PortedScene], origin: str) -> Iterator[Problem]:
    """What the author still has to write into the script."""
    lines = [line for scene in scenes for line in scene.lines]
    if undescribed := sum(line.show.startswith(MARK) for line in lines):
        what = f"{undescribed} of {len(lines)} lines do not say yet what is to be seen"
        yield Problem(
            what, None, f"write it into show:, in place of what begins with {MARK.strip()}"
        )
    if cited := sum(map(has_number, lines)):
        what = f"{cited} lines say a number, and cite {origin} for it"
        yield Problem(what, None, "write into sources: where the numbers come from")
