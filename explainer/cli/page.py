"""The page of a film that is there, made again."""

from __future__ import annotations

from collections.abc import Sequence

from explainer import outputs, pipeline
from explainer.cache.store import Cache
from explainer.captions.segment import segment
from explainer.cli.arguments import Options
from explainer.cli.output import CommandResult, echo
from explainer.errors import ScriptError, command
from explainer.export.base import ExportJob
from explainer.export.registry import check_names, write_exports
from explainer.frame_format import FrameFormat
from explainer.language_version import LanguageVersion
from explainer.progress import Progress
from explainer.script.loader import load
from explainer.script.model import Script
from explainer.timeline.json import load_for_film


def run(options: Options) -> CommandResult:
    """Rebuild the page of finished films, in each language asked for."""
    check_names(options.exports)
    scripts = [
        load(options.script, language, check_scenes=False)
        for language in options.languages or ("",)
    ]
    frame_format = options.frame_format("1080p30")
    films = [[script] for script in scripts] if options.draws_labels else [scripts]
    versions = [version for film in films for version in _finished_versions(film, frame_format)]
    with Progress() as progress:
        cache = Cache.of(scripts[0].folder, progress.log)
        is_draft = frame_format.is_draft
        job = ExportJob(versions, scripts[0], cache, progress, options.single_file, is_draft)
        files = write_exports(["page", *options.exports], job)
    for path in files:
        echo(options, f"{path}  {path.stat().st_size / 1000:.0f} kB")
    return 0, {"files": [str(path) for path in files]}


def _finished_versions(
    scripts: Sequence[Script], frame_format: FrameFormat
) -> list[LanguageVersion]:
    """What a finished film has in the languages of its scripts.

    Raises:
        ScriptError: if there is no such film, or no timeline beside it.
    """
    film = pipeline.film_path(scripts, frame_format)
    outputs.refuse_other_script(scripts[0], film)
    timelines = load_for_film(film)
    if not (film.is_file() and timelines):
        raise ScriptError.of(f"there is no {film} with its record", f"make it with: {command()}")
    return [
        LanguageVersion(timeline, captions=segment(timeline), path=film) for timeline in timelines
    ]
