"""The page in Firefox: it plays, steps to exact frames, follows links, and fits every window."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from explainer.script.page_info import Citation
from film_server import FilmServer, film_server
from firefox import HANG, Firefox, FirefoxReader
from viewing import PLAYER_IS_SEEN, SIZES, Shown

pytestmark = pytest.mark.browser
Visit = Callable[..., FirefoxReader]
VIEW = "document.documentElement.dataset.view"


@pytest.fixture(scope="module")
def firefox() -> Iterator[Firefox]:
    """One Firefox for all tests."""
    opened = Firefox()
    yield opened
    opened.close()


@pytest.fixture
def visit(firefox: Firefox) -> Iterator[Visit]:
    """Opens a page, and holds afterwards that nothing went wrong in it and nothing left it."""
    readers: list[FirefoxReader] = []

    def visit(path: Path | str, hash_: str = "", **setting: object) -> FirefoxReader:
        readers.append(FirefoxReader(firefox, path, hash_, **setting))  # type: ignore[arg-type]
        return readers[-1]

    yield visit
    for reader in readers:
        reader.close()
        assert not reader.wrong
        own = ("file:", "data:", "blob:", "about:", "http://127.0.0.1:")
        assert all(url.startswith(own) for url in reader.asked), reader.asked


@pytest.fixture
def server(shown: Shown) -> Iterator[FilmServer]:
    """A server of the short film and its page."""
    with film_server(shown.film.parent) as server:
        yield server


def shows(reader: FirefoxReader, shown: Shown, number: int) -> None:
    """Holds that the browser shows this very frame, and neither of its neighbours."""
    reader.settled()
    assert reader.frame() == number
    near = {n: shown.frame(n) for n in (number - 1, number, number + 1) if n <= shown.ends()[-1]}
    end = time.monotonic() + HANG
    while True:
        seen = reader.picture()
        off = {n: float(np.abs(seen - frame).mean()) for n, frame in near.items()}
        # a frame that was sought is put on the screen a little after it is known
        if min(off, key=lambda n: off[n]) == number or time.monotonic() > end:
            break
    assert min(off, key=lambda n: off[n]) == number, off
    assert off[number] < 3


def test_it_plays_pauses_and_seeks(shown: Shown, visit: Visit) -> None:
    reader = visit(shown.beside)
    reader.run("video.playbackRate = 0.5")
    reader.click(".start")
    reader.wait("!video.paused && video.currentTime > 0.3")
    reader.click(".bar .play")
    reader.wait("video.paused")
    segments = "one('.segments').getBoundingClientRect().toJSON()"
    box = reader.run(segments)
    reader.click_at(box["x"] + box["width"] / 2, box["y"] + 3)
    reader.settled()
    assert reader.frame() == pytest.approx(shown.ends()[-1] / 2, abs=2)
    reader.point_at(box["x"] + 0.95 * box["width"], box["y"] + 3)
    assert reader.text(".preview b") == "Squares"
    reader.run("video.addEventListener('seeking', () => (window.sought = video.currentTime))")
    reader.click(".chapters button", 1)
    reader.wait("!video.paused && window.sought")
    assert int(reader.run("sought") * reader.fps + 1e-4) == shown.ends()[1] + 1


def test_one_press_plays_one_line_and_rests_on_its_last_frame(shown: Shown, visit: Visit) -> None:
    reader = visit(shown.single, "#step")
    for number, end in enumerate(shown.ends(), 1):
        reader.click(".forward")
        reader.wait(f"one('.spoken').textContent.startsWith('Stopped after line {number} of 3.')")
        shows(reader, shown, end)
        reader.run("video.playbackRate = 2")
    assert reader.run("location.hash") == "#squares.three"
    reader.click(".map button", 1)
    shows(reader, shown, shown.ends()[1])


@pytest.mark.parametrize("size", [(1280, 900), (390, 844), (390, 600)])
def test_a_link_shows_the_player_and_gives_it_the_focus(
    shown: Shown, visit: Visit, size: tuple[int, int]
) -> None:
    reader = visit(shown.beside, "#dots.two", size=size)
    reader.wait(PLAYER_IS_SEEN)
    reader.settled()
    assert reader.frame() == shown.ends()[1]
    assert reader.text(".step-count") == "Line 2 of 3"
    reader.click(".views a")
    for link in (".used a", ".stamp"):
        reader.run("scrollTo(0, 1e6)")
        reader.run("one(given).click()", link)
        reader.wait(PLAYER_IS_SEEN)
    reader.run("scrollTo(0, 1e6)")
    reader.run("location.hash = '#t=0:02'")
    reader.wait(f"Math.abs(video.currentTime - 2) < 0.01 && {PLAYER_IS_SEEN}")


def test_back_and_forward_go_through_the_views(shown: Shown, visit: Visit) -> None:
    reader = visit(shown.beside)
    for number in (1, 2, 3):
        reader.click(".views a", number)
    for by, name in ((-1, "read"), (-1, "step"), (-1, "play"), (1, "step")):
        reader.go(by)
        reader.wait(f"{VIEW} === {name!r}")


def test_the_whole_player_is_in_the_window_at_every_size(shown: Shown, visit: Visit) -> None:
    source = Citation(
        "long", "Oligonucleotides", "Cells 1:1", "10.1002/j.1460-2075.1996.tb00629.theoncologist"
    )
    clock = replace(
        shown.clock,
        title="How dots move, and what a square does about it in the end",
        page_info=replace(shown.clock.page_info, sources=(*shown.clock.page_info.sources, source)),
    )
    reader = visit(shown.publish([clock], shown.film.with_name("long-words.html")))
    for width, height in SIZES:
        reader.resize(width, height)
        for view in ("step", "play"):
            reader.click(f".views [data-view={view}]")
            reader.run("scrollTo(0, 0)")
            reader.settled()
            reader.wait("one('#player').getBoundingClientRect().bottom < innerHeight + 1")
            seen = "['#player', 'video', '.bar', 'html'].map((s) => one(s).getBoundingClientRect())"
            player, video, bar, page = reader.run(f"{seen}.map((box) => box.toJSON())")
            where = width, height, view, player
            assert player["top"] >= 0, where
            assert 0 <= player["left"] <= player["right"] <= page["width"] <= width, where
            assert video["height"] >= min(0.42 * height, 0.5 * page["width"]), (where, video)
            assert bar["height"] < 60, where
            assert reader.run("document.documentElement.scrollWidth <= innerWidth"), where


def test_keys_captions_and_full_screen(shown: Shown, visit: Visit) -> None:
    reader = visit(shown.beside)
    reader.run("one('#player').focus()")
    reader.press("c", "1", ".", "m")
    reader.settled()
    assert reader.frame() == round((shown.ends()[-1] + 1) / 10) + 1
    assert reader.run("[video.muted, one('.captions').hidden]") == [True, False]
    said = reader.run("one('.captions').innerText.replace(/\\s+/g, ' ')")
    assert shown.clock.lines[0].text.startswith(said)
    reader.press("f")
    reader.wait("document.fullscreenElement === one('#player')")
    box = reader.run("one('.bar').getBoundingClientRect().toJSON()")
    assert box["bottom"] <= reader.run("innerHeight")
    reader.press("f")
    reader.wait("document.fullscreenElement === null")
    reader.press("?")
    reader.wait("one('dialog').open")
    reader.press("Escape")
    reader.wait("!one('dialog').open && document.activeElement === one('#player')")
    reader.press("k")
    reader.wait("!video.paused")
    reader.wait("one('.transcript .said') !== null")


def test_words_of_the_transcript_are_chosen_by_keyboard(shown: Shown, visit: Visit) -> None:
    reader = visit(shown.beside, "#read")
    reader.run("one('[data-word][tabindex=\"0\"]').focus()")
    reader.press("ArrowDown", "ArrowRight", "Enter")
    reader.wait("!video.paused && one('.line[aria-current] .say').innerText.startsWith('Then')")


def test_explore_answers(shown: Shown, visit: Visit) -> None:
    reader = visit(shown.beside, "#explore")
    reader.wait("one('#explore .part').childElementCount > 0")
    reader.run("one('#explore .part input[type=range]').focus()")
    reader.press("ArrowRight", "ArrowRight")
    reader.wait("location.hash.startsWith('#explore/')")


def test_without_parts_of_the_film_the_page_fetches_it_whole(
    shown: Shown, server: FilmServer, visit: Visit
) -> None:
    server.ranges = False
    reader = visit(server.address("dots.html"), "#dots.two", awaits="video.src.startsWith('blob:')")
    shows(reader, shown, shown.ends()[1])
    reader.click(".map button", 2)
    shows(reader, shown, shown.ends()[2])
    reader.run("location.hash = '#dots.one'")
    reader.wait("one('.step-count').textContent === 'Line 1 of 3'")
    shows(reader, shown, shown.ends()[0])


def test_where_parts_are_sent_the_film_is_not_fetched_whole(
    shown: Shown, server: FilmServer, visit: Visit
) -> None:
    reader = visit(server.address("dots.html"), "#dots.two", awaits="video.currentTime > 0")
    shows(reader, shown, shown.ends()[1])
    assert not reader.run("video.src.startsWith('blob:')")


def test_a_film_that_is_missing_is_said_to_be_and_tried_again(
    shown: Shown, visit: Visit, tmp_path: Path
) -> None:
    shutil.copy(shown.beside, tmp_path)
    alert = "one('.trouble [role=alert]').textContent"
    reader = visit(tmp_path / "dots.html", "#dots.two", awaits=alert)
    assert "“dots.mp4”" in reader.run(alert)
    reader.click(".forward")
    assert reader.text(".step-count") == "Line 3 of 3"
    shutil.copy(shown.film, tmp_path)
    reader.click(".trouble button")
    reader.wait(f"!{alert} && !video.error && video.readyState >= 2")
    reader.settled()
    assert reader.frame() == shown.ends()[2]
    reader.wrong.clear()
