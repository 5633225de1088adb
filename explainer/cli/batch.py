"""The films of many scripts, rendered side by side; one that fails does not stop the others."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from explainer import pipeline
from explainer.cli.arguments import Options
from explainer.cli.output import CommandResult, echo
from explainer.cli.render import open_renderer, render_options
from explainer.clock import seconds
from explainer.draw.renderer import Renderer
from explainer.errors import EnvironmentProblem, ExplainerError, error_text
from explainer.pipeline import RenderOptions, RenderResult
from explainer.progress import Progress

MAX_CONCURRENT_FILMS = 3
"""Films under way at a time: while one is spoken or mixed, the others are drawn."""


@dataclass(frozen=True, slots=True)
class BatchItem:
    """What became of one film: a result, or the error and the exit code it stands for.

    `about` says it in one line.
    """

    name: str
    about: str
    result: RenderResult | None = None
    exit_code: int = 0


def run(options: Options) -> CommandResult:
    """Render the films of many scripts, in each language asked for; one renderer draws them all."""
    renders = [render for script in options.scripts for render in render_options(options, script)]
    renders = list(dict.fromkeys(renders))
    with Progress() as progress, open_renderer(options, renders[0], progress) as renderer:
        items = render_all(renders, progress, renderer)
    answers: list[dict[str, Any]] = []
    for item in items:
        echo(options, f"{'ok   ' if item.result else 'FAIL '} {item.name}  {item.about}")
        if item.result:
            answers.append(pipeline.result_to_dict(item.result))
        else:
            answers.append({"script": item.name, "error": item.about})
    return max(item.exit_code for item in items), {"films": answers}


def render_all(
    renders: Sequence[RenderOptions], progress: Progress, renderer: Renderer
) -> list[BatchItem]:
    """Render films side by side, all drawn by one renderer; the items come in the same order."""
    with ThreadPoolExecutor(MAX_CONCURRENT_FILMS) as pool:
        try:
            return list(pool.map(lambda render: _render_item(render, progress, renderer), renders))
        except BaseException:
            # signals reach only the main thread; the films are rendered in others
            progress.cancel()
            renderer.cancel()
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _render_item(render: RenderOptions, progress: Progress, renderer: Renderer) -> BatchItem:
    name = " ".join([str(render.script), *render.languages])
    progress = progress.scoped(name)
    try:
        result = pipeline.render(render, progress, renderer)
    except ExplainerError as error:
        progress.log(error_text(error))
        return BatchItem(name, error.problems[0].what, exit_code=error.exit_code)
    except OSError as error:
        return BatchItem(name, error_text(error), exit_code=EnvironmentProblem.exit_code)
    length = seconds(result.timeline.length)
    about = f"{length:.1f} s in {result.seconds:.1f} s → {result.path}"
    return BatchItem(name, about, result)
