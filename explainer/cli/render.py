"""A film rendered, or a draft of a part of it, in each language asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from explainer import pipeline
from explainer.cache import Cache
from explainer.cli.arguments import Options
from explainer.cli.output import CommandResult, echo
from explainer.clock import mmss
from explainer.draw.crew import Cores, Crew
from explainer.export.base import ExportJob
from explainer.export.registry import write_exports
from explainer.frame_format import FrameFormat
from explainer.pipeline import RenderOptions
from explainer.progress import Progress
from explainer.script.loader import load


def run(options: Options) -> CommandResult:
    """Render the film, or with a selection a draft of that part, in each language asked for."""
    answers, results, orders = [], [], render_options(options)
    for order in orders:
        with Progress() as progress, open_renderer(options, order.quality) as crew:
            results.append(pipeline.render(order, progress, crew))
        answers.append(pipeline.result_to_dict(results[-1]))
        if not options.json:
            _summary(answers[-1], results[-1])
    if len(answers) == 1:
        return 0, answers[0]
    page = _together(orders[0], results)
    echo(options, f"{page}  with every language")
    return 0, {"films": answers, "page": str(page)}


def _together(order: RenderOptions, results: Sequence[pipeline.RenderResult]) -> Path:
    """The first film's page, with the films of all languages to choose from."""
    versions = [version for result in results for version in result.versions]
    script = load(order.script, check_scenes=False)
    cache = Cache.of(script.folder)
    with Progress() as progress:
        job = ExportJob(versions, script, cache, progress, order.single_file)
        return write_exports(["page"], job)[0]


def _summary(found: dict[str, Any], result: pipeline.RenderResult) -> None:
    for path in result.files:
        print(path)
    print(f"length     {found['length']:.2f} s")
    for scene in result.timeline.scenes:
        print(f"  {mmss(scene.start)}     {scene.title} ({len(scene.lines)} lines)")
    for told in found["languages"]:
        words = ", ".join(f"{count} {known}" for known, count in told["words"].items())
        print(f"voice      {told['voice']} ({told['language']}); word times: {words}")
        for name, reason in told["passed"].items():
            print(f"           not {name}: {reason}")
        levels = f"{told['loudness']:.1f} LUFS, true peak {told['peak']:.1f} dBTP"
        print(f"loudness   {levels}")
        if "apart" in told:
            off = told["apart"]
            print(f"moments    within {off['seconds']:.2f} s of their words ({off['where']})")
    print(f"size       {found['size'] / 1e6:.2f} MB")
    lines, voices = found["lines"], found["lines"] * len(found["languages"])
    kept = f"{lines - found['drawn']} pictures and {voices - found['spoken']} voices"
    print(f"reused     {kept} of {lines} lines")
    print(f"took       {found['seconds']:.1f} s")


@contextmanager
def open_renderer(options: Options, quality: FrameFormat) -> Iterator[Crew]:
    """Who draws: a cluster if one is asked for, or this machine's cores."""
    if not options.cluster:
        yield Cores(quality)
        return
    from explainer.draw.cluster import Cluster

    cluster = Cluster(options.cluster)
    try:
        yield cluster
    finally:
        cluster.close()


def render_options(options: Options, script: Path | None = None) -> list[RenderOptions]:
    """One film for each language, or without labels one for all of them."""
    default = "1080p30" if options.command in ("film", "batch") else "draft"
    names, labels = options.languages, options.draws_labels
    films = [(name,) for name in names] if labels and names else [names]
    return [
        RenderOptions(
            script=script or options.script,
            quality=options.frame_format(default),
            selection=options.selection,
            voices=tuple(options.voice),
            burn_in=options.burn_in,
            fit=options.fit,
            min_timing=options.min_timing,
            languages=told,
            labels=labels,
            single_file=options.single_file,
            exports=options.exports,
        )
        for told in films
    ]
