"""A page whose film does not come, or not as it should: it says so, and what can be done works."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from film_server import FilmServer, film_server
from viewing import Reader, Shown

Visit = Callable[..., Reader]
ONLINE = {"offline": False}
TEXT = "one('.trouble [role=alert]').textContent"


@pytest.fixture
def server(shown: Shown) -> Iterator[FilmServer]:
    """A server of the short film and its page."""
    with film_server(shown.film.parent) as server:
        yield server


@pytest.fixture
def folder(shown: Shown, tmp_path: Path) -> Path:
    """A folder with the short film's page, but not the film."""
    shutil.copy(shown.beside, tmp_path)
    return tmp_path


@pytest.fixture
def server_of_folder(folder: Path) -> Iterator[FilmServer]:
    """A server of that folder."""
    with film_server(folder) as server:
        yield server


def excuse(reader: Reader) -> None:
    """Takes what the browser itself says of a film that is not there for what it is."""
    assert all("Failed to load resource" in said for said in reader.wrong), reader.wrong
    reader.wrong.clear()


def test_without_parts_of_the_film_the_page_fetches_it_whole_and_does_what_was_asked(
    shown: Shown, server: FilmServer, visit: Visit
) -> None:
    server.ranges = False
    reader = visit(server.address("dots.html"), **ONLINE)
    server.pause_at = shown.film.stat().st_size // 2
    reader.page.click(".views a >> nth=1")
    reader.page.click(".map button >> nth=0")
    reader.wait("/^The server .* only as a whole: [45]\\d %/.test(one('.awaited').textContent)")
    assert reader.text(".step-count") == "Line 1 of 3"
    reader.page.click(".forward")
    assert reader.page.locator(".bar .play").get_attribute("aria-label") == "Pause"
    server.go_on.set()
    reader.wait("one('.spoken').textContent.startsWith('Stopped after line 2 of 3.')")
    asked, ends = len(server.answers), shown.ends()
    for number, press in ((ends[1], ""), (ends[2], ".map button >> nth=2"), (ends[0], "")):
        if press:
            reader.page.click(press)
        else:
            reader.run("location.hash = given", f"#{shown.clock.lines[ends.index(number)].key}")
        reader.settled()
        assert reader.frame() == number
        seen = reader.picture()
        assert min((0, *ends), key=lambda n: np.abs(seen - shown.frame(n)).mean()) == number
    assert len(server.answers) == asked


def test_where_parts_are_sent_the_film_is_not_fetched_whole(
    shown: Shown, server: FilmServer, visit: Visit
) -> None:
    reader = visit(server.address("dots.html"), "#dots.two", **ONLINE)
    reader.wait("video.currentTime > 0")  # it asks first whether parts are sent
    reader.settled()
    assert reader.frame() == shown.ends()[1]
    assert set(server.answers) == {206}
    assert not reader.run("video.src.startsWith('blob:')")


@pytest.mark.parametrize("place", ["disk", "server"])
def test_a_film_that_is_missing_is_said_to_be_and_tried_again(
    shown: Shown, folder: Path, server_of_folder: FilmServer, visit: Visit, place: str
) -> None:
    address = folder / "dots.html" if place == "disk" else server_of_folder.address("dots.html")
    reader = visit(address, "#dots.two", **ONLINE, awaits=TEXT)
    assert "“dots.mp4”" in reader.run(TEXT)
    assert reader.page.get_by_role("alert").is_visible()
    assert reader.flaws() == []
    reader.page.set_viewport_size({"width": 320, "height": 640})
    ends = "['.trouble a', '.stage'].map((s) => one(s).getBoundingClientRect().bottom)"
    assert reader.run(f"((ends) => ends[0] < ends[1])({ends})")
    assert reader.page.locator(".bar .play").get_attribute("aria-label") == "Play"
    # steps go on by their texts
    for line in ("Line 3 of 3", "Line 1 of 3"):
        reader.page.click(".forward")
        assert reader.text(".step-count") == line
        assert reader.run("one('.spoken').textContent").startswith(f"Stopped after {line.lower()}.")
    reader.page.click(".back")
    reader.page.click(".trouble a")
    assert reader.run("document.documentElement.dataset.view") == "read"
    assert reader.page.locator(".transcript .line").count() == 3
    # to play a film that is not there is to try again
    reader.page.click("[data-word='5']")
    reader.wait(TEXT)
    shutil.copy(shown.film, folder)
    reader.page.click(".trouble button")
    reader.wait(f"!{TEXT} && video.currentTime > 0.5")
    assert reader.page.locator(".trouble").is_hidden()
    excuse(reader)


def test_a_film_that_breaks_off_is_said_to_be_broken(
    shown: Shown, folder: Path, visit: Visit
) -> None:
    whole = shown.film.read_bytes()
    (folder / "dots.mp4").write_bytes(whole[: len(whole) * 6 // 10])
    reader = visit(folder / "dots.html")
    reader.run("video.playbackRate = 4")
    reader.page.click(".start")
    reader.wait(TEXT)
    assert "breaks off" in reader.run(TEXT)
    excuse(reader)


def test_waiting_shows_and_a_film_that_does_not_come_on_is_said_to_stall(
    shown: Shown, server: FilmServer, visit: Visit
) -> None:
    server.pause_at = 40
    reader = visit(server.address("dots.html"), **ONLINE, awaits="video.networkState === 2")
    reader.page.clock.install()
    reader.page.click(".start")
    for _ in range(2):
        reader.wait("one('.awaited').textContent === 'Loading …'")
        reader.page.clock.fast_forward(20_000)
        reader.wait(TEXT)
        assert "does not come" in reader.run(TEXT)
        reader.page.click(".trouble button")
        reader.wait(f"!{TEXT}")
    server.go_on.set()
    reader.wait("video.currentTime > 0.3 && !one('.awaited').textContent")
