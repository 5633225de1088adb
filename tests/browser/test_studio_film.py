"""The finished film is rendered, exported, measured and opened from the page of `watch`."""

from __future__ import annotations

import json
import time
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Page

from disturbed import strays
from explainer.errors import ScriptError
from explainer.studio import film
from explainer.studio.film import FilmState
from explainer.studio.server import PreviewServer
from project import TINY, Project
from studio_page import draft, flaws

pytestmark = pytest.mark.render


def order(tab: Page, quality: str, *exports: str) -> None:
    """Ask for the film in a quality of tests, which the page does not offer."""
    if not tab.locator("#film-panel[open]").count():
        tab.click("#film-panel summary")
    tab.evaluate(
        """quality => {
            document.querySelector("#quality").append(new Option(quality));
            document.querySelector("#quality").value = quality;
        }""",
        quality,
    )
    for name in exports:
        tab.check(f"#exports input[value='{name}']")
    tab.click("#render")


def done(tab: Page) -> str:
    """Wait until nothing is made any more; gives what is said of it."""
    tab.wait_for_selector("#cancel", state="hidden")
    tab.wait_for_selector("#render:enabled")
    return tab.inner_text("#making")


def test_a_film_is_rendered_exported_measured_and_opened(
    tab: Page, project: Project, studio: PreviewServer
) -> None:
    assert tab.inner_text("#film-facts") == "not rendered yet"
    assert tab.is_disabled("#verify")
    order(tab, TINY, "clips")
    tab.wait_for_selector("#cancel:visible")
    steps = tab.evaluate_handle(
        """() => {
            const seen = new Set();
            const said = document.querySelector("#making");
            const note = () => seen.add(said.textContent.split(",")[0]);
            new MutationObserver(note).observe(said, { childList: true });
            return seen;
        }"""
    )
    tab.wait_for_selector("#rows tr", state="attached")
    assert "build/dots.mp4: " in done(tab)
    assert {"drawing", "joining", "clips", "verifying"} <= set(steps.evaluate("all => [...all]"))
    assert "dots.clips/01-dots.one.mp4" in tab.inner_text("#files")
    names = tab.locator("#rows th").all_inner_texts()
    assert {"length", "sync", "flashes"} <= set(names)
    results = tab.locator("#rows td:first-child").all_inner_texts()
    assert results == sorted(results, key=lambda one: "✗–✓".index(one[0]))
    assert flaws(tab) == []
    assert (project.folder / "build" / "dots.mp4").is_file()

    # the film's page is of another origin, by which it cannot get at the session's token
    with tab.context.expect_page() as opened:
        tab.click("#open")
    page = opened.value
    page.wait_for_function("document.querySelector('video')?.readyState >= 2")
    assert page.url == f"http://127.0.0.1:{studio.film_port}/dots.html"
    assert (
        page.evaluate(f"fetch('{studio.address}').then(() => 'read', () => 'refused')") == "refused"
    )
    page.close()
    for name in ("script.yaml", "..%2Fscript.yaml", ".explainer", "dots.mp4%2F..", ""):
        with pytest.raises(HTTPError, match="404"):
            urlopen(f"http://127.0.0.1:{studio.film_port}/{name}")

    # what is saved later is told, and the film is measured again as it is
    project.edit("Then [another]", "And then [another]")
    draft(tab, 2)
    assert "is older than script.yaml" in tab.inner_text("#stale")
    tab.click("#verify")
    tab.wait_for_selector("#cancel:visible")
    assert "rows" in done(tab)


def test_a_film_that_is_broken_off_leaves_the_one_before_and_drafts_go_on(
    tab: Page, project: Project, studio: PreviewServer
) -> None:
    before = project.folder / "build" / "dots.mp4"
    order(tab, "1280x720@60")
    tab.wait_for_function("document.querySelector('#making').textContent.startsWith('drawing')")
    assert studio.maker is not None
    with pytest.raises(ScriptError, match="being made already"):
        studio.maker.render(TINY)
    project.edit("A single [dot]", "A lonely [dot]")
    tab.wait_for_selector("#stale:visible")
    assert "Saved since this was begun" in tab.inner_text("#stale")
    draft(tab, 2)
    assert tab.is_visible("#cancel")
    tab.click("#cancel")
    assert "broken off" in done(tab)
    assert not before.exists()
    assert not strays(project)


def test_a_film_that_cannot_be_made_says_why(
    tab: Page, project: Project, studio: PreviewServer
) -> None:
    order(tab, "draft")
    tab.wait_for_selector("#make-told:visible")
    assert "a draft is no film" in tab.inner_text("#make-told")
    project.edit("limit: 20", "limit: 1")
    tab.wait_for_selector("#state.bad")
    order(tab, TINY)
    told = tab.wait_for_selector("#make-problem:visible")
    assert told is not None
    assert "over its limit of 1 s" in told.inner_text()
    done(tab)
    for asked, status in (
        ({"step": "render", "quality": TINY}, 400),
        ({"step": "render", "quality": "../x", "exports": []}, 409),
        ({"step": "render", "quality": TINY, "exports": ["no"]}, 409),
        ({"step": "open"}, 400),
    ):
        body = json.dumps(asked).encode()
        with pytest.raises(HTTPError, match=str(status)):
            urlopen(Request(f"{studio.address}make", body, {"X-Session-Token": studio.token}))
        with pytest.raises(HTTPError, match="403"):
            urlopen(Request(f"{studio.address}make", body))


@pytest.mark.parametrize("patience", [60, 0])
def test_a_studio_that_ends_ends_the_film_that_it_makes(
    studio: PreviewServer, project: Project, patience: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(film, "CANCEL_SECONDS", patience)  # one that does not end is killed
    assert studio.maker is not None
    told: list[FilmState] = []
    monkeypatch.setattr(studio.maker, "_tell", told.append)
    studio.maker.render("1280x720@60")
    while studio.maker.state.step != "drawing":
        time.sleep(0.05)
    studio.maker.close()
    assert not studio.maker.state.running
    assert not told[-1].running
    assert not strays(project)
