"""The studio of a film, and its page as tests use it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from explainer.frame_format import find_format
from explainer.pipeline import RenderOptions
from explainer.studio.edits import ScriptEdits
from explainer.studio.server import PreviewServer, PreviewState
from explainer.studio.watch import PageProgress, watch
from project import TINY, Project

SAY = "A single [dot]{dot} appears."


@contextmanager
def watched(project: Project, *voices: str) -> Iterator[PreviewServer]:
    """A studio whose film is drawn whenever a file of it is saved."""
    made = PreviewServer(PreviewState("dots"), edits=ScriptEdits(project.script))
    order = RenderOptions(project.script, find_format(TINY), voices=voices, draft=True, page=False)
    made.watch_film(order)
    made.open()
    over = threading.Event()
    with PageProgress(made, quiet=True) as progress:
        thread = threading.Thread(target=watch, args=(order, made, progress, over.is_set))
        thread.start()
        try:
            yield made
        finally:
            over.set()
            thread.join()
            made.close()


def draft(tab: Page, version: int) -> None:
    """Wait until a draft is shown."""
    tab.wait_for_function(f"document.querySelector('video').src.endsWith('film.mp4?v={version}')")
    tab.wait_for_selector("#state.good")


def badge(tab: Page, line: str) -> str:
    """The state of a line that its item shows."""
    names = tab.get_attribute(f"li[data-key='{line}'] .badge", "class")
    return (names or "").removeprefix("badge ")


def say(tab: Page, line: str = "dots.one") -> str:
    return f"li[data-key='{line}'] textarea[data-field='say']"


def flaws(tab: Page) -> list[str]:
    """What axe-core finds, by its rules."""
    found = Axe().run(tab, options={"resultTypes": ["violations"]}).response["violations"]
    return [f"{each['id']}: {[node['html'] for node in each['nodes']]}" for each in found]
