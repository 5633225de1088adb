"""Fixtures of the studio's page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, ViewportSize

    from explainer.studio.server import PreviewServer
    from project import Project


@pytest.fixture
def studio(project: Project) -> Iterator[PreviewServer]:
    """A studio whose film is drawn whenever a file of it is saved."""
    import studio_page  # it takes a while to load

    with studio_page.watched(project, "tone") as made:
        yield made


@pytest.fixture(scope="session")
def studio_tabs() -> list[Page]:
    """Tabs that earlier tests have left."""
    return []


@pytest.fixture
def tab(studio: PreviewServer, browser: Browser, studio_tabs: list[Page]) -> Iterator[Page]:
    """A page on which the first draft is shown."""
    import studio_page

    window: ViewportSize = {"width": 1440, "height": 900}
    made = studio_tabs.pop() if studio_tabs else browser.new_page(bypass_csp=True, viewport=window)
    made.set_default_timeout(120_000)
    made.goto(studio.address)
    studio_page.draft(made, 1)
    yield made
    made.evaluate("localStorage.clear(); sessionStorage.clear()")
    made.goto("about:blank")
    made.emulate_media(color_scheme="null")
    made.set_viewport_size(window)
    studio_tabs.append(made)
