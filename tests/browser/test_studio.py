"""Texts are changed on the page of `watch`: written into the script, drawn, and taken back."""

from __future__ import annotations

import json
import re
from typing import Literal
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, Page

from explainer.errors import ScriptError
from explainer.studio.edits import ScriptEdits
from explainer.studio.server import PreviewServer
from project import Project
from studio_page import SAY, badge, draft, flaws, say

pytestmark = pytest.mark.render


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


SEEN = """() => {
  window.seen = [];
  const look = () => {
    const [film, fresh] = ["film", "fresh"].map((id) => document.getElementById(id));
    const now = fresh.hidden ? new URL(film.src).pathname : `picture: ${fresh.alt}`;
    if (now !== window.seen.at(-1)) window.seen.push(now);
  };
  new MutationObserver(look).observe(document.body, { attributes: true, subtree: true });
}"""


def test_a_changed_line_is_seen_before_all_of_the_film_is(tab: Page) -> None:
    tab.evaluate(SEEN)
    line = "li[data-key='dots.two'] textarea[data-field='say']"
    tab.fill(line, "Then quite [another]{other} one joins it.")
    tab.press(line, "Enter")
    draft(tab, 2)
    seen = tab.evaluate("window.seen")
    picture = "picture: the new picture of dots.two"
    assert seen[-3:] == [picture, "/line.mp4", "/film.mp4"], seen
    # it goes on where the line was seen
    tab.wait_for_selector("#line:has-text('dots.two')")


def test_what_is_saved_while_a_draft_is_drawn_is_drawn_at_once(
    tab: Page, project: Project, studio: PreviewServer
) -> None:
    project.edit_scene("def two(self):\n", "def two(self):\n        self.wait_slowly()\n")
    project.scene.write_text(
        project.scene.read_text() + "\n    def wait_slowly(self):\n"
        "        import time\n        time.sleep(3600)\n"
    )
    tab.wait_for_selector("#state.busy")
    text = project.scene.read_text()
    project.scene.write_text(text.replace("time.sleep(3600)", "time.sleep(0)"))
    draft(tab, 2)


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


def test_an_error_is_told_at_its_line_and_goes_when_it_is_mended(
    tab: Page, project: Project
) -> None:
    wrong = "li[data-key='dots.one'] .problem"
    tab.fill(say(tab), "A single dot appears.")
    tab.press(say(tab), "Enter")
    tab.wait_for_selector("#state.bad")
    assert "→" in tab.inner_text(wrong)
    tab.fill(say(tab), "A single [dot]{Dot} appears.")
    tab.press(say(tab), "Enter")
    tab.wait_for_selector(f"{wrong}:has-text('not lower-case')")
    assert "cue name “Dot”" in tab.inner_text(wrong)
    assert "script.yaml:14:" in tab.inner_text(wrong)
    assert "^^^" in tab.inner_text(wrong)
    assert badge(tab, "dots.one") == "failed"
    assert badge(tab, "dots.two") == "drawn"
    assert "cue name “Dot”" in tab.inner_text("#problem")
    tab.click("#problem button")
    assert tab.evaluate("document.activeElement.closest('li').dataset.key") == "dots.one"
    tab.fill(say(tab), "A lonely [dot]{dot} appears.")
    tab.press(say(tab), "Enter")
    draft(tab, 2)
    assert tab.is_hidden("#problem")
    assert tab.locator(wrong).count() == 0
    assert badge(tab, "dots.one") == "drawn"
    assert "A lonely [dot]{dot}" in project.script.read_text(encoding="utf-8")


def test_an_error_in_a_scene_stands_with_the_line_that_it_draws(
    tab: Page, project: Project
) -> None:
    project.edit_scene("FadeIn(other)", "FadeIn(no_such_dot)")
    wrong = tab.wait_for_selector("li[data-key='dots.two'] .problem")
    assert wrong is not None
    assert "no_such_dot" in wrong.inner_text()
    assert "scenes/dots.py:15:" in wrong.inner_text()
    assert "self.play(FadeIn(no_such_dot)" in wrong.inner_text()
    assert badge(tab, "dots.two") == "failed"
    # a file that is no YAML, or no Python, has lines too
    project.edit("say: Then", "say: 'Then")
    wrong = tab.wait_for_selector("li[data-key='dots.two'] .problem:has-text('script.yaml')")
    assert wrong is not None
    project.edit("say: 'Then", "say: Then")
    project.edit_scene("FadeIn(no_such_dot)", "FadeIn(other)")
    tab.wait_for_selector("#state.good")
    assert badge(tab, "dots.two") == "drawn"


def test_each_line_says_how_far_it_is_and_what_a_change_makes_again(
    tab: Page, project: Project
) -> None:
    line = "li[data-key='dots.one']"
    assert re.search(r"\d\.\d s, \d+ words a minute, tone", tab.inner_text(f"{line} .facts"))
    tab.click(f"{line} summary")
    told = tab.inner_text(f"{line} details")
    assert "1 caption" in told
    assert "A single dot appears." in told
    assert "makes again: its voice and picture; if it ends otherwise, the picture" in told
    assert "is saved otherwise: scenes/dots.py" in told
    seen = tab.evaluate_handle(
        """() => {
            const seen = new Set();
            const badge = document.querySelector("li[data-key='dots.one'] .badge");
            const look = new MutationObserver(() => seen.add(badge.className));
            look.observe(badge, { attributes: true });
            return seen;
        }"""
    )
    project.edit("A single", "One single and lonely")
    draft(tab, 2)
    assert set(seen.evaluate("seen => [...seen]")) >= {"badge waiting", "badge spoken"}
    assert badge(tab, "dots.one") == "drawn"
    assert tab.inner_text(f"{line} .why").startswith("drawn again: ")
    assert tab.locator(f"{line} details[open]").count() == 1


def test_a_line_that_is_new_is_listed_before_it_is_drawn(tab: Page, project: Project) -> None:
    project.edit("      - id: two", "      - id: between\n        say: So.\n      - id: two")
    wrong = tab.wait_for_selector("li[data-key='dots.between'] .problem")
    assert wrong is not None
    assert "between" in wrong.inner_text()
    assert tab.inner_text("li[data-key='dots.between'] .facts") == "not drawn yet"
    assert badge(tab, "dots.between") == "failed"
    keys = tab.evaluate("[...document.querySelectorAll('#lines > li')].map((li) => li.dataset.key)")
    assert keys == ["dots.one", "dots.between", "dots.two"]


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_the_page_can_be_used_by_everybody(
    tab: Page, project: Project, colours: Literal["light", "dark"]
) -> None:
    tab.emulate_media(color_scheme=colours)
    tab.click("li[data-key='dots.one'] summary")
    assert flaws(tab) == []
    project.edit_scene("FadeIn(other)", "FadeIn(no_such_dot)")
    tab.wait_for_selector("li[data-key='dots.two'] .problem")
    assert flaws(tab) == []
    tab.set_viewport_size({"width": 1024, "height": 768})
    edges = (
        "[...document.querySelectorAll('#lines *')].map((one) => one.getBoundingClientRect().right)"
    )
    assert max(tab.evaluate(edges)) <= 1024


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
    assert status(token, b"[" * 90_000) == 400
    assert status(token, json.dumps({**body, "where": ["\ud800", "x"]}).encode()) == 400
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
