"""Lines are recorded on the page of `watch`, whose microphone hears an offline voice."""

from __future__ import annotations

import json
import wave
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

import viewing
from explainer.studio.server import PreviewServer
from explainer.timeline.json import from_json
from explainer.voices.flite import Flite
from project import Project
from studio_page import draft, flaws, watched

pytestmark = pytest.mark.render

SAID = "A single dot appears."


@pytest.fixture
def microphone(tmp_path: Path) -> Path:
    """What the microphone hears: a second of a quiet room, the first line, the room again."""
    spoken = Flite().speak(SAID, "en")
    room = np.random.default_rng(3).normal(0, 8, (4, spoken.rate))
    sound = np.concatenate([room[0], spoken.samples * 0.4, *room[1:]]).astype("<i2")
    path = tmp_path / "heard.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(spoken.rate)
        file.writeframes(sound.tobytes())
    return path


@pytest.fixture
def studio(project: Project) -> Iterator[PreviewServer]:
    """A studio whose film is spoken by voices that its script names."""
    project.edit("voice: [flite]", "voice: [tone]")
    with watched(project) as made:
        yield made


@pytest.fixture
def tab(browser: Browser, studio: PreviewServer, microphone: Path) -> Iterator[Page]:
    """The page, in a browser of its own that has that microphone."""
    heard = f"--use-file-for-fake-audio-capture={microphone}%noloop"
    flags = [*viewing.FLAGS, "--use-fake-device-for-media-stream", heard]
    opened = browser.browser_type.launch(executable_path=viewing.executable(), args=flags)
    context = opened.new_context(permissions=["microphone"], bypass_csp=False)
    made = context.new_page()
    made.set_default_timeout(120_000)
    made.goto(studio.address)
    made.wait_for_selector("#state.good")
    yield made
    opened.close()


def record(tab: Page) -> str:
    """Record for as long as the microphone has something to say; gives what is told of it."""
    tab.click("#booth-record:visible, #booth-again:visible")
    tab.wait_for_selector("#booth-told:has-text('Speak now')")
    long_enough = "() => parseFloat(document.querySelector('#booth-time').textContent) > 4.5"
    tab.wait_for_function(long_enough)
    tab.click("#booth-record")
    tab.wait_for_selector("#booth-keep:visible, #booth-told.bad")
    return tab.inner_text("#booth-told")


def test_a_line_is_recorded_heard_and_kept_and_the_film_speaks_it(
    tab: Page, project: Project
) -> None:
    tab.click("li[data-key='dots.one'] .record")
    assert tab.inner_text("#booth-text") == SAID
    assert "line 1 of 2, 0 recorded" in tab.inner_text("#booth-facts")
    assert tab.evaluate("document.querySelector('#booth-picture').src").endswith("film.mp4?v=1")
    assert "It says its text" in record(tab)
    tab.click("#booth-hear")
    tab.wait_for_function("() => document.querySelector('#booth-text .now')")
    tab.click("#booth-keep")
    tab.wait_for_selector("#booth-told:has-text('Kept as recordings/dots.one.wav')")
    tab.wait_for_selector("#booth-facts:has-text('1 recorded')")
    tab.wait_for_selector("li[data-key='dots.one'] .facts:has-text('recording')", state="attached")
    kept = project.folder / "recordings" / "dots.one.wav"
    with wave.open(str(kept)) as file:
        assert file.getnframes() < 3 * file.getframerate()

    # what the line waits for is when the word is spoken: where the voice has it, after its silence
    record_file = project.folder / "build" / "draft" / "dots.timeline.json"
    line = from_json(record_file.read_text(encoding="utf-8")).lines[0]
    spoken = Flite().speak(SAID, "en")
    marks = {SAID[mark.start : mark.end]: mark.at for mark in spoken.word_boundaries}
    first, dot = line.words[0].start, line.cues[0].start
    assert line.voice == "recording"
    assert {word.known for word in line.words} <= {"aligned", "estimated"}
    assert (dot - first) / 48_000 == pytest.approx(marks["dot"] - marks["A"], abs=0.12)

    # the line after it says something else than the microphone hears
    tab.click("#booth-next")
    assert "does not say" in record(tab)
    assert tab.is_disabled("#booth-keep")
    assert not (project.folder / "recordings" / "dots.two.wav").exists()
    tab.click("#booth-close")


def test_the_booth_can_be_used_by_everybody(studio: PreviewServer, browser: Browser) -> None:
    made = browser.new_page(bypass_csp=True, viewport={"width": 1024, "height": 768})
    made.set_default_timeout(120_000)
    made.goto(studio.address)
    draft(made, 1)
    for colours in ("light", "dark"):
        made.emulate_media(color_scheme=colours)  # type: ignore[arg-type]
        made.click("li[data-key='dots.two'] .record")
        assert made.evaluate("document.activeElement.id") == "booth-record"
        assert flaws(made) == []
        made.keyboard.press("Escape")
    # a browser that does not let the page hear says so
    made.click("li[data-key='dots.two'] .record")
    made.click("#booth-record")
    made.wait_for_selector("#booth-told.bad")
    assert "microphone" in made.inner_text("#booth-told")
    made.close()


def test_takes_come_from_the_sessions_own_page_only(
    studio: PreviewServer, project: Project, microphone: Path
) -> None:
    sound = microphone.read_bytes()
    token = {"X-Session-Token": studio.token}

    def status(path: str, body: bytes, headers: dict[str, str]) -> int:
        try:
            with urlopen(Request(f"{studio.address}{path}", body, headers)) as answer:
                return int(answer.status)
        except HTTPError as error:
            return error.code

    assert status("take/dots.one", sound, {}) == 403
    assert status("take/dots.one", sound, {**token, "Origin": "http://example.org"}) == 403
    film_page = f"http://127.0.0.1:{studio.film_port}"
    assert status("take/dots.one", sound, {**token, "Origin": film_page}) == 403
    assert status("take/dots.none", sound, token) == 409
    assert status("take/..%2Fx", sound, token) in (404, 405, 409)
    assert status("take/dots.one", b"no sound", token) == 409
    keep = {"line": "dots.one", "take": 1, "speak": True}
    assert status("keep", json.dumps(keep).encode(), {}) == 403
    assert status("keep", json.dumps(keep).encode(), token) == 409
    assert status("keep", b'{"line": "dots.one"}', token) == 400
    endless = b'{"line": "dots.one", "take": 1e999, "speak": true}'
    assert status("keep", endless, token) == 400
    with urlopen(studio.address) as page:
        assert "microphone=(self)" in page.headers["Permissions-Policy"]
    assert not (project.folder / "recordings").exists()
