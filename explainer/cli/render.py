"""A film rendered, or a draft of a part of it, in each language asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from explainer import pipeline
from explainer.cache.store import Cache
from explainer.cli.arguments import Options
from explainer.cli.frames import find_waiting
from explainer.cli.output import CommandResult, echo
from explainer.clock import mmss
from explainer.draw.lending import BorrowingRenderer
from explainer.draw.local import LocalRenderer
from explainer.draw.renderer import Renderer
from explainer.errors import counted
from explainer.export.base import ExportJob
from explainer.export.registry import write_exports
from explainer.pipeline import RenderOptions, RenderResult
from explainer.progress import Progress
from explainer.script.loader import load


def run(options: Options) -> CommandResult:
    """Render the film, or with a selection a draft of that part, in each language asked for."""
    renders = render_options(options)
    results: list[RenderResult] = []
    answers: list[dict[str, Any]] = []
    for render in renders:
        with Progress() as progress, open_renderer(options, render, progress) as renderer:
            result = pipeline.render(render, progress, renderer)
        answer = pipeline.result_to_dict(result)
        if not options.json:
            _print_summary(answer, result)
        results.append(result)
        answers.append(answer)
    if len(answers) == 1:
        return 0, answers[0]
    page = _write_common_page(renders[0], results)
    echo(options, f"{page}  with every language")
    return 0, {"films": answers, "page": str(page)}


def _write_common_page(first: RenderOptions, results: Sequence[RenderResult]) -> Path:
    """Write the first film's page anew, with the films of all languages to choose from."""
    versions = [version for result in results for version in result.versions]
    script = load(first.script, check_scenes=False)
    cache = Cache.of(script.folder)
    with Progress() as progress:
        is_draft = first.quality.is_draft
        job = ExportJob(versions, script, cache, progress, first.single_file, is_draft)
        (page,) = write_exports(["page"], job)
    return page


def _print_summary(answer: dict[str, Any], result: RenderResult) -> None:
    """Print what was made, from the answer that --json would give."""
    for path in result.files:
        print(path)
    print(f"length     {answer['length']:.2f} s")
    for scene in result.timeline.scenes:
        print(f"  {mmss(scene.start)}     {scene.title} ({counted(len(scene.lines), 'line')})")
    for version in answer["languages"]:
        words = ", ".join(f"{count} {source}" for source, count in version["words"].items())
        print(f"voice      {version['voice']} ({version['language']}); word times: {words}")
        for name, reason in version["passed"].items():
            print(f"           not {name}: {reason}")
        levels = f"{version['loudness']:.1f} LUFS, true peak {version['peak']:.1f} dBTP"
        print(f"loudness   {levels}")
        if "apart" in version:
            offset = version["apart"]
            print(f"moments    within {offset['seconds']:.2f} s of their words ({offset['where']})")
    print(f"size       {answer['size'] / 1e6:.2f} MB")
    lines = answer["lines"]
    pictures = lines - answer["drawn"]
    voices = lines * len(answer["languages"]) - answer["spoken"]
    print(f"reused     {pictures} pictures and {voices} voices of {lines} lines")
    print(f"took       {answer['seconds']:.1f} s")


@contextmanager
def open_renderer(
    options: Options, render: RenderOptions, progress: Progress
) -> Iterator[Renderer]:
    """What draws the lines: a cluster if one is asked for, else this machine's cores.

    Of a part, these are the processes of a `watch` of the film, if one runs.
    """
    if not options.cluster:
        place = find_waiting(render.script.parent, progress) if render.selection else None
        yield BorrowingRenderer(render.quality, place) if place else LocalRenderer(render.quality)
        return
    from explainer.draw.dask_cluster import DaskRenderer

    cluster = DaskRenderer(options.cluster)
    try:
        yield cluster
    finally:
        cluster.close()


def render_options(options: Options, script: Path | None = None) -> list[RenderOptions]:
    """A film in each language asked for; without labels, one film in all of them."""
    default_format = "1080p30" if options.command in ("film", "batch") else "draft"
    languages = options.languages
    one_each = options.draws_labels and languages
    films = [(language,) for language in languages] if one_each else [languages]
    return [
        RenderOptions(
            script=script or options.script,
            quality=options.frame_format(default_format),
            selection=options.selection,
            voices=tuple(options.voice),
            burn_in=options.burn_in,
            fit=options.fit,
            min_timing=options.min_timing,
            languages=film_languages,
            labels=options.draws_labels,
            single_file=options.single_file,
            exports=options.exports,
            described=options.described,
        )
        for film_languages in films
    ]
