"""The films of many scripts, rendered at once; one that fails does not stop the rest."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from explainer import pipeline
from explainer.cli.arguments import Options
from explainer.cli.output import CommandResult, echo
from explainer.cli.render import open_renderer, render_options
from explainer.clock import seconds
from explainer.draw.crew import Crew
from explainer.errors import EnvironmentProblem, ExplainerError, error_text
from explainer.pipeline import RenderOptions, RenderResult, render
from explainer.progress import Progress

MAX_CONCURRENT_FILMS = 3
"""Films under way at a time: while one is spoken or mixed, the others are drawn."""


@dataclass(frozen=True, slots=True)
class BatchItem:
    """What became of one film: a result, or the error and the exit code it stands for."""

    name: str
    about: str
    result: RenderResult | None = None
    code: int = 0


def run(options: Options) -> CommandResult:
    """Render the films of many scripts, in each language asked for; one renderer draws them all."""
    asked = [order for script in options.scripts for order in render_options(options, script)]
    orders = list(dict.fromkeys(asked))
    with Progress() as progress, open_renderer(options, orders[0].quality) as crew:
        made = render_all(orders, progress, crew)
    for item in made:
        echo(options, f"{'ok   ' if item.result else 'FAIL '} {item.name}  {item.about}")
    found = [
        pipeline.result_to_dict(item.result)
        if item.result
        else {"script": item.name, "error": item.about}
        for item in made
    ]
    return max(item.code for item in made), {"films": found}


def render_all(orders: Sequence[RenderOptions], progress: Progress, crew: Crew) -> list[BatchItem]:
    """Render films side by side, drawn by one crew; what they are is given in the same order."""
    with ThreadPoolExecutor(MAX_CONCURRENT_FILMS) as pool:
        try:
            return list(pool.map(lambda order: _render(order, progress, crew), orders))
        except BaseException:
            # the films under way are in threads, which no interruption reaches by itself
            progress.cancel()
            crew.end()
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _render(order: RenderOptions, progress: Progress, crew: Crew) -> BatchItem:
    name = " ".join([str(order.script), *order.languages])
    progress = progress.scoped(name)
    try:
        made = render(order, progress, crew)
    except ExplainerError as error:
        progress.log(error_text(error))
        return BatchItem(name, error.problems[0].what, code=error.exit_code)
    except OSError as error:
        return BatchItem(name, error_text(error), code=EnvironmentProblem.exit_code)
    about = f"{seconds(made.timeline.length):.1f} s in {made.seconds:.1f} s → {made.path}"
    return BatchItem(name, about, made)
