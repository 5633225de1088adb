"""A film of scenes that were made for manim-voiceover: the scenes' files, and a script for them.

The scenes are run twice without drawing: first to hear what they say, then, once that is spoken, to
measure how long the picture of each line takes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from explainer.cache.store import Cache
from explainer.draw import rehearsal
from explainer.errors import (
    EnvironmentProblem,
    Problem,
    SceneError,
    ScriptError,
    VoiceError,
    command,
)
from explainer.frame_format import find_format
from explainer.narration import fit
from explainer.porting import passages, source
from explainer.porting.script_text import (
    PortedScene,
    class_title,
    plain_name,
    ported_scene,
    scene_id,
    script_text,
    unique_name,
)
from explainer.porting.source import VoiceoverClass, VoiceoverFile
from explainer.progress import Progress
from explainer.script import scene_source
from explainer.script.loader import load
from explainer.script.model import Script
from explainer.script.voiceover_text import Passage
from explainer.script.yaml_document import shown_path
from explainer.timeline.layout import estimate_timeline
from explainer.timeline.model import Timeline
from explainer.timeline.scene_timing import scene_timings

QUALITY = find_format("854x480@30")
"""The size and speed at which scenes are run."""


@dataclass(frozen=True, slots=True)
class PortedFilm:
    """A film to be made: where its script will lie, and its scenes' classes by their ids."""

    script: Path
    name: str
    title: str
    language: str
    classes: Mapping[str, VoiceoverClass]

    @property
    def folder(self) -> Path:
        """The folder that the film lies in."""
        return self.script.parent

    def scene_file(self, id: str) -> Path:
        """The file that draws a scene."""
        return self.folder / "scenes" / scene_source.file_name(id)


def films_of(file: VoiceoverFile, folder: Path, name: str, language: str) -> list[PortedFilm]:
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
        films.append(PortedFilm(script, f"{name}-{tag}" if number else name, title, tag, classes))
    return films


def _title(file: VoiceoverFile, classes: Mapping[str, VoiceoverClass]) -> str:
    """A film's title: that of its only scene, or what its file is called."""
    if len(classes) == 1:
        return class_title(next(iter(classes.values())).name)
    words = file.parsed.path.stem.replace("-", " ").replace("_", " ")
    return words[:1].upper() + words[1:]


def write_scenes(file: VoiceoverFile, films: Sequence[PortedFilm]) -> dict[str, str]:
    """Write the scenes' files, those that they import, and those that they name.

    Gives what the sources of what was written are called, by its path in the film.
    """
    origin = file.parsed.path
    folder = films[0].folder
    classes = {id: cls for film in films for id, cls in film.classes.items()}
    own = source.rewrite(origin)
    written: dict[Path, bytes] = {}
    origins = {}
    for path in file.modules:
        place = Path("scenes") / path.relative_to(origin.parent)
        written[place] = source.rewrite(path)
        origins[place.as_posix()] = shown_path(path)
    ((first, cls), *more) = classes.items()
    if not more:
        name = scene_source.class_name(first)
        if name != cls.name:
            own = own.rstrip(b"\n") + f"\n\n\n{_renamed(name, cls.name)}".encode()
        main = scene_source.file_name(first)
    else:
        taken = {*classes, *(name.replace("_", "-") for name in file.imported)}
        stem = unique_name(f"{plain_name(origin.stem, 'all')}-scenes", taken).replace("-", "_")
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


def port(
    film: PortedFilm,
    file: VoiceoverFile,
    voices: Sequence[str],
    cache: Cache,
    progress: Progress,
    notes: list[Problem],
    head: str,
) -> list[PortedScene]:
    """Write a film's script, which begins with a line `head`; gives its scenes.

    Adds to the notes what its author should know.

    Raises:
        ScriptError: if there is something that a script cannot hold.
    """
    said: dict[str, list[Passage]] = {}
    failed = set()
    for id, cls in film.classes.items():
        progress.log(f"running {cls.name}")
        try:
            heard = rehearsal.listen(film.folder, film.scene_file(id), id, QUALITY, cache.root)
            said[id] = [passages.located(file, film.folder, passage) for passage in heard]
        except SceneError as error:
            failed.add(id)
            said[id] = passages.as_written(file, cls, error)
            notes.append(passages.unmeasured(cls, error))
    passages.refuse_faults(file, [passage for each in said.values() for passage in each])
    notes += passages.changes(file, [passage for each in said.values() for passage in each])
    scenes = [
        ported_scene(id, cls.name, said[id], file)
        for id, cls in film.classes.items()
        if len(said[id]) > 1 or said[id][0].seconds
    ]
    script = _write_script(film, file, voices, scenes, head)
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
                found = [passages.located(file, film.folder, each) for each in measured]
                lacks = passages.holds(file, found, QUALITY.fps)
            except SceneError as error:
                notes.append(passages.unmeasured(film.classes[scene.id], error))
        finished.append(scene.with_holds(lacks))
    warnings = _write_script(film, file, voices, finished, head).warnings
    notes += [each for each in warnings if each.place and each.place.file.endswith(".py")]
    return finished


def _write_script(
    film: PortedFilm,
    file: VoiceoverFile,
    voices: Sequence[str],
    scenes: Sequence[PortedScene],
    head: str,
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
    text = f"{head}\n{text}"
    film.script.write_text(text, encoding="utf-8")
    try:
        return load(film.script)
    except ScriptError as error:
        spoken = [line.passage for scene in scenes for line in scene.lines]
        raise ScriptError(
            *(passages.of_voiceover(file, spoken, text, each) for each in error.problems)
        ) from None


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
