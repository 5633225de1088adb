"""A film from a file that was made for manim-voiceover: its scenes as they were, and a script."""

from __future__ import annotations

import shlex
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from explainer.cache.store import Cache
from explainer.cli.arguments import Options
from explainer.cli.new_folder import require_new, write_schemas, written_whole
from explainer.cli.output import CommandResult, echo
from explainer.cli.schema import MODELINE, SCHEMA
from explainer.errors import Problem, ScriptError, command, counted
from explainer.porting import film, source
from explainer.porting.script_text import PortedScene, has_number, plain_name
from explainer.progress import Progress
from explainer.script.field_reader import require_language_tag
from explainer.script.translation_draft import MARK
from explainer.script.yaml_document import shown_path

GITIGNORE = "build/\n.explainer-cache/\n__pycache__/\n"


def run(options: Options) -> CommandResult:
    """Write a film into a new folder: its scenes as they were, what they need, and a script."""
    if options.lang:
        require_language_tag(options.lang)
    file = source.read_source(options.source)
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
        films = film.films_of(file, made.resolve(), name, options.lang)
        written = film.write_scenes(file, films)
        origins |= written | {shown_path(made / path): written[path] for path in written}
        write_schemas(made)
        (made / ".gitignore").write_text(GITIGNORE, encoding="utf-8")
        for each in films:
            cache = Cache(Path(kept))
            scenes += film.port(
                each, file, options.voice, cache, progress, notes, MODELINE + SCHEMA
            )
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
    for each in films:
        script = [] if each.script.name == "script.yaml" else ["--script", each.script.name]
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
