"""Texts are changed on the page of `watch`: written into the script, drawn, and taken back."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, Page

from explainer.errors import ScriptError
from explainer.frame_format import find_format
from explainer.pipeline import RenderOptions
from explainer.progress import Progress
from explainer.studio.edits import ScriptEdits
from explainer.studio.server import PreviewServer, PreviewState
from explainer.studio.watch import watch
from project import TINY, Project

pytestmark = pytest.mark.render

SAY = "A single [dot]{dot} appears."


@pytest.fixture
def studio(project: Project) -> Iterator[PreviewServer]:
    """A server whose film is drawn whenever a file of it is saved."""
    made = PreviewServer(PreviewState("dots"), edits=ScriptEdits(project.script))
    made.open()
    over = threading.Event()
    order = RenderOptions(project.script, find_format(TINY), voices=("tone",), draft=True)
    with Progress(quiet=True) as progress:
        thread = threading.Thread(target=watch, args=(order, made, progress, over.is_set))
        thread.start()
        yield made
        over.set()
        thread.join()
    made.close()


@pytest.fixture
def tab(studio: PreviewServer, browser: Browser) -> Iterator[Page]:
    """A page on which the first draft is shown."""
    made = browser.new_page(bypass_csp=True, viewport={"width": 1440, "height": 900})
    made.set_default_timeout(120_000)
    made.goto(studio.address)
    draft(made, 1)
    yield made
    made.close()


def draft(tab: Page, version: int) -> None:
    """Wait until a draft is shown."""
    tab.wait_for_function(f"document.querySelector('video').src.endsWith('v={version}')")
    tab.wait_for_selector("#state.good")


def say(tab: Page, line: str = "dots.one") -> str:
    return f"li[data-key='{line}'] textarea[data-field='say']"


def test_a_sentence_is_changed_where_it_stands_and_taken_back(tab: Page, project: Project) -> None:
    before = project.script.read_bytes()
    assert tab.input_value(say(tab)) == SAY
    tab.fill(say(tab), "A single and rather small [dot]{dot} appears.")
    tab.press(say(tab), "Enter")
    draft(tab, 2)
    after = project.script.read_bytes()
    assert after == before.replace(b"A single [dot]", b"A single and rather small [dot]")
    tab.click("#undo")
    draft(tab, 3)
    assert project.script.read_bytes() == before
    assert tab.input_value(say(tab)) == SAY
    tab.click("#redo")
    draft(tab, 4)
    assert project.script.read_bytes() == after
    assert tab.is_disabled("#redo")


def test_a_hold_is_changed_too(tab: Page, project: Project) -> None:
    project.edit("show: A pink dot.", "show: A pink dot.\n        hold: 0.5  # a moment")
    draft(tab, 2)
    hold = "li[data-key='dots.one'] textarea[data-field='hold']"
    assert tab.input_value(hold) == "0.5"
    length = tab.evaluate("document.querySelector('video').duration")
    tab.fill(hold, "1.5")
    tab.press(hold, "Enter")
    draft(tab, 3)
    assert "        hold: 1.5  # a moment\n" in project.script.read_text(encoding="utf-8")
    tab.wait_for_function(f"document.querySelector('video').duration > {length + 0.8}")


def test_a_cue_is_dragged_onto_another_word(tab: Page, project: Project) -> None:
    where = tab.evaluate(
        """async () => {
            const state = await new Promise((done) => {
                const news = new EventSource("events");
                news.onmessage = (event) => { news.close(); done(JSON.parse(event.data)); };
            });
            const [line] = state.lines;
            const box = document.querySelector("#timeline").getBoundingClientRect();
            const scale = box.width / state.lines.at(-1).end;
            const middle = (word) => ((word.start + word.end) / 2) * scale + box.left;
            const from = line.cues[0].at * scale + box.left;
            return { from, to: middle(line.words[1]), y: box.top + 70 };
        }"""
    )
    tab.mouse.move(where["from"], where["y"])
    tab.mouse.down()
    tab.mouse.move(where["to"], where["y"], steps=4)
    tab.mouse.up()
    draft(tab, 2)
    assert "say: A [single]{dot} dot appears.\n" in project.script.read_text(encoding="utf-8")


def test_an_error_is_told_and_goes_when_it_is_mended(tab: Page, project: Project) -> None:
    tab.fill(say(tab), "A single dot appears.")
    tab.press(say(tab), "Enter")
    tab.wait_for_selector("#state.bad")
    assert "dot" in tab.inner_text("#problem")
    assert "→" in tab.inner_text("#problem")
    tab.fill(say(tab), "A lonely [dot]{dot} appears.")
    tab.press(say(tab), "Enter")
    draft(tab, 2)
    assert tab.is_hidden("#problem")
    assert "A lonely [dot]{dot}" in project.script.read_text(encoding="utf-8")


def test_what_another_editor_or_tab_saves_is_shown_and_never_written_over(
    tab: Page, project: Project, studio: PreviewServer, browser: Browser
) -> None:
    other = browser.new_page(bypass_csp=True)
    other.set_default_timeout(120_000)
    other.goto(studio.address)
    draft(other, 1)
    # somebody writes here, while the sentence is saved elsewhere
    tab.focus(say(tab))
    tab.keyboard.type("Look: ")
    other.fill(say(other), "Only a [dot]{dot} appears.")
    other.press(say(other), "Enter")
    draft(other, 2)
    tab.press(say(tab), "Enter")
    told = tab.wait_for_selector("li[data-key='dots.one'] .told:visible")
    assert told is not None
    assert "has been changed meanwhile: “Only a [dot]{dot} appears.”" in told.inner_text()
    assert "say: Only a [dot]{dot} appears.\n" in project.script.read_text(encoding="utf-8")
    other.close()


def test_the_script_is_changed_by_the_sessions_own_page_only(
    studio: PreviewServer, project: Project
) -> None:
    before = project.script.read_bytes()
    body = {"where": ["dots", "one", "say"], "was": SAY, "text": "Gone."}

    def status(headers: dict[str, str], content: bytes) -> int:
        request = Request(f"{studio.address}edit", content, headers)
        try:
            with urlopen(request) as answer:
                return int(answer.status)
        except OSError as error:
            return int(getattr(error, "code", 0))

    token = {"X-Session-Token": studio.token}
    asked = json.dumps(body).encode()
    assert status({}, asked) == 403
    assert status({"X-Session-Token": "guessed"}, asked) == 403
    assert status({**token, "Origin": "http://example.org"}, asked) == 403
    assert status({**token, "Host": "example.org"}, asked) == 400
    assert status(token, b"[]") == 400
    assert status(token, b"{}") == 400
    assert status(token, json.dumps({**body, "was": "Another."}).encode()) == 409
    assert status(token, json.dumps({**body, "where": ["..", "x"]}).encode()) == 409
    assert status(token, b" " * 200_000) == 413
    assert project.script.read_bytes() == before


def test_undo_does_not_take_back_what_somebody_else_saved(project: Project) -> None:
    edits = ScriptEdits(project.script)
    edits.change(("dots", "one", "say"), SAY, "One [dot]{dot}.")
    project.edit("title: Two dots", "title: Three dots")
    with pytest.raises(ScriptError, match="has been saved by another program since"):
        edits.undo()
    assert "title: Three dots" in project.script.read_text(encoding="utf-8")
    with pytest.raises(ScriptError, match="there is no change left"):
        edits.redo()


def test_a_script_keeps_its_rights_and_its_link(project: Project) -> None:
    real = project.folder / "real.yaml"
    project.script.rename(real)
    real.chmod(0o640)
    project.script.symlink_to(real)
    ScriptEdits(project.script).change(("dots", "one", "say"), SAY, "One [dot]{dot}.")
    assert project.script.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert "say: One [dot]{dot}.\n" in real.read_text(encoding="utf-8")
