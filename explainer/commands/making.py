"""The commands that make films: each takes the parsed options, and gives code and facts."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from explainer import pipeline
from explainer.cache import Cache, leftovers
from explainer.clock import short
from explainer.commands.upkeep import Answer, tell
from explainer.draw.crew import Cores, Crew
from explainer.errors import MissingTool, ScriptError
from explainer.frame_format import Quality, quality, shaped
from explainer.pipeline import RenderOptions
from explainer.progress import Report
from explainer.script import load


def film(options: argparse.Namespace) -> Answer:
    """Render the film, or with a selection a draft of that part, in each language asked for."""
    answers, results, orders = [], [], _orders(options)
    for order in orders:
        with Report() as report, _crew(options, order.quality) as crew:
            results.append(pipeline.render(order, report, crew))
        answers.append(pipeline.result_to_dict(results[-1]))
        if not options.json:
            _summary(answers[-1], results[-1])
    if len(answers) == 1:
        return 0, answers[0]
    page = _together(orders[0], results)
    tell(options, f"{page}  with every language")
    return 0, {"films": answers, "page": str(page)}


def _together(order: RenderOptions, results: Sequence[pipeline.RenderResult]) -> Path:
    """The first film's page, with the films of all languages to choose from."""
    versions = [version for result in results for version in result.versions]
    script = load(order.script, drawn=False)
    cache = Cache.of(script.folder)
    with Report() as report:
        return pipeline.write_page(versions, script, cache, order.single_file, False, report)[0]


def batch(options: argparse.Namespace) -> Answer:
    """Render the films of many scripts, in each language asked for; all share those who draw."""
    from explainer.commands.batch import render_all

    asked = [order for script in options.scripts for order in _orders(options, script)]
    orders = list(dict.fromkeys(asked))
    with Report() as report, _crew(options, orders[0].quality) as crew:
        made = render_all(orders, report, crew)
    for film in made:
        tell(options, f"{'ok   ' if film.result else 'FAIL '} {film.name}  {film.about}")
    found = [
        pipeline.result_to_dict(film.result)
        if film.result
        else {"script": film.name, "error": film.about}
        for film in made
    ]
    return max(film.code for film in made), {"films": found}


def watch(options: argparse.Namespace) -> Answer:
    """Show a draft in the browser, and draw again what a saved file touches, until interrupted."""
    from explainer.commands.studio import News, Studio
    from explainer.commands.watch import watch as follow

    if len(orders := _orders(options)) != 1:
        raise ScriptError.of("watch takes one language", "as in --lang es")
    studio = Studio(News(options.script.stem), port=options.port)
    try:
        studio.open()
    except OSError as error:
        what = f"port {options.port} cannot be served on: {error.strerror}"
        raise MissingTool.of(what, "leave --port out, or choose another") from None
    print(f"watching {options.script}: see {studio.address}", flush=True)
    try:
        with Report() as report:
            follow(replace(orders[0], draft=True), studio, report, lambda: False)
    except KeyboardInterrupt:
        leftovers.drop(options.script.parent)
        print("no longer watching")
    finally:
        studio.close()
    return 0, {"address": studio.address}


def size(options: argparse.Namespace, default: str) -> Quality:
    """The size and speed that the options ask for."""
    return shaped(quality(options.quality or default), options.aspect)


def languages(options: argparse.Namespace) -> tuple[str, ...]:
    """The languages that the options ask for, each once; none means the script's own."""
    return tuple(dict.fromkeys(filter(None, options.lang.split(","))))


@contextmanager
def _crew(options: argparse.Namespace, quality: Quality) -> Iterator[Crew]:
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


def _orders(options: argparse.Namespace, script: Path | None = None) -> list[RenderOptions]:
    """One film for each language, or without labels one for all of them."""
    selection = getattr(options, "selection", "")
    names, labels = languages(options), options.labels == "all"
    films = [(name,) for name in names] if labels and names else [names]
    return [
        RenderOptions(
            script=script or options.script,
            quality=size(options, "1080p30" if options.command in ("film", "batch") else "draft"),
            selection=selection,
            voices=tuple(options.voice or ()),
            burn_in=options.burn_in,
            fit=getattr(options, "fit", False),
            min_timing=options.min_timing,
            languages=told,
            labels=labels,
            single_file=getattr(options, "single_file", False),
            youtube=getattr(options, "youtube", False),
        )
        for told in films
    ]


def _summary(found: dict[str, Any], result: pipeline.RenderResult) -> None:
    for path in result.files:
        print(path)
    print(f"length     {found['length']:.2f} s")
    for scene in result.timeline.scenes:
        print(f"  {short(scene.start)}     {scene.title} ({len(scene.lines)} lines)")
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
