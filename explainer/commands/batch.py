"""Many films at once: orders in, what became of each out. One that fails does not stop the rest."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from explainer.clock import seconds
from explainer.draw.crew import Crew
from explainer.errors import ExplainerError, MissingTool, text_of
from explainer.pipeline import RenderOptions, RenderResult, render
from explainer.progress import Report

AT_ONCE = 3
"""Films under way at a time: while one is spoken or mixed, the others are drawn."""


@dataclass(frozen=True, slots=True)
class Film:
    """What became of an order: a result, or the error and the exit code it stands for."""

    name: str
    about: str
    result: RenderResult | None = None
    code: int = 0


def render_all(orders: Sequence[RenderOptions], report: Report, crew: Crew) -> list[Film]:
    """Render films side by side, drawn by one crew; what they are is given in the same order."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        try:
            return list(pool.map(lambda order: _render(order, report, crew), orders))
        except BaseException:
            # the films under way are in threads, which no interruption reaches by itself
            report.end()
            crew.end()
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _render(order: RenderOptions, report: Report, crew: Crew) -> Film:
    name = " ".join([str(order.script), *order.languages])
    report = report.part(name)
    try:
        made = render(order, report, crew)
    except ExplainerError as error:
        report.say(text_of(error))
        return Film(name, error.problems[0].what, code=error.exit_code)
    except OSError as error:
        return Film(name, text_of(error), code=MissingTool.exit_code)
    about = f"{seconds(made.timeline.length):.1f} s in {made.seconds:.1f} s → {made.path}"
    return Film(name, about, made)
