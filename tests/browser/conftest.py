"""Fixtures of the studio's page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from explainer.studio.server import PreviewServer
    from project import Project


@pytest.fixture
def studio(project: Project) -> Iterator[PreviewServer]:
    """A studio whose film is drawn whenever a file of it is saved."""
    import studio_page  # it takes a while to load

    with studio_page.watched(project, "tone") as made:
        yield made


@pytest.fixture
def tab(studio: PreviewServer, browser: Browser) -> Iterator[Page]:
    """A page on which the first draft is shown."""
    import studio_page

    made = browser.new_page(bypass_csp=True, viewport={"width": 1440, "height": 900})
    made.set_default_timeout(120_000)
    made.goto(studio.address)
    studio_page.draft(made, 1)
    yield made
    made.close()
