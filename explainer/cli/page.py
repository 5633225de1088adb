"""The page of a film that is there, made again."""

from __future__ import annotations

from collections.abc import Sequence

from explainer import outputs, pipeline
from explainer.cache import Cache
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
        load(options.script, name, check_scenes=False) for name in options.languages or ("",)
    ]
    shape = options.frame_format("1080p30")
    films = [scripts] if options.labels == "none" else [[script] for script in scripts]
    versions = [version for told in films for version in _versions(told, shape)]
    with Progress() as progress:
        cache = Cache.of(scripts[0].folder, progress.log)
        job = ExportJob(versions, scripts[0], cache, progress, options.single_file)
        files = write_exports(["page", *options.exports], job)
    for path in files:
        echo(options, f"{path}  {path.stat().st_size / 1000:.0f} kB")
    return 0, {"files": [str(path) for path in files]}


def _versions(scripts: Sequence[Script], shape: FrameFormat) -> list[LanguageVersion]:
    """A finished film in the languages that it has."""
    film = pipeline.film_path(scripts, shape)
    outputs.refuse_another(scripts[0], film)
    clocks = load_for_film(film)
    if not (film.is_file() and clocks):
        raise ScriptError.of(f"there is no {film} with its record", f"make it with: {command()}")
    return [LanguageVersion(clock, captions=segment(clock), path=film) for clock in clocks]
