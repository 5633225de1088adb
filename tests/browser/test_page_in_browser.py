"""The page in a real browser: it plays, steps, reads, answers the keyboard, and is for everyone."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from explainer.captions.segment import segment
from explainer.clock import TICKS, seconds
from explainer.languages import text_direction
from explainer.script.narration_text import parse_narration
from explainer.script.page_info import Citation
from explainer.script.questions import Answer
from explainer.timeline.model import TimedLine, TimedWord, Timeline
from viewing import PLAYER_IS_SEEN, SIZES, Reader, Shown

Visit = Callable[..., Reader]
HANG = 120
"""Seconds after which what has not come is taken not to come."""
SMALL = {"viewport": {"width": 320, "height": 640}}
STILL = {"reduced_motion": "reduce"}


def shows(reader: Reader, shown: Shown, number: int) -> None:
    """Holds that the browser shows this very frame, and neither of its neighbours."""
    reader.settled()
    assert reader.frame() == number
    last = shown.ends()[-1]
    wanted = {n: shown.frame(n) for n in range(number - 1, min(last, number + 1) + 1)}
    end = time.monotonic() + HANG
    while True:
        seen = reader.picture()
        near = {n: np.abs(seen - frame).mean() for n, frame in wanted.items()}
        # a frame that was sought is put on the screen a little after it is known
        if min(near, key=lambda n: near[n]) == number or time.monotonic() > end:
            break
        reader.page.wait_for_timeout(20)
    assert min(near, key=lambda n: near[n]) == number, near
    assert near[number] < 3


def test_it_plays_pauses_and_seeks(shown: Shown, visit: Visit) -> None:
    reader = visit(shown.beside)
    assert reader.run("video.paused && video.currentTime") == 0
    reader.run("video.playbackRate = 0.5")
    reader.page.click(".start")
    reader.wait("!video.paused && video.currentTime > 0.3")
    assert reader.page.locator(".bar .play").get_attribute("aria-label") == "Pause"
    reader.page.click(".bar .play")
    reader.wait("video.paused")
    at = reader.run("video.currentTime")
    reader.page.wait_for_timeout(150)
    assert reader.run("video.currentTime") == at
    box = reader.page.locator(".segments").bounding_box()
    assert box
    reader.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 3)
    reader.settled()
    assert reader.run("video.currentTime") == pytest.approx(
        seconds(shown.clock.length) / 2, abs=0.15
    )
    length = reader.text(".length")
    now = reader.text(".now")
    assert reader.page.locator(".seek").get_attribute("aria-valuetext") == (
        f"{now} of {length}, {reader.text('.bar .chapter')}"
    )


def test_one_press_plays_one_line_and_rests_on_its_last_frame(shown: Shown, visit: Visit) -> None:
    reader = visit(shown.single, "#step")
    reader.run("(window.played = 0, video.addEventListener('playing', () => (played += 1)))")
    for number, end in enumerate(shown.ends(), 1):
        reader.page.click(".forward")
        reader.wait(f"one('.spoken').textContent.startsWith('Stopped after line {number} of 3.')")
        assert reader.run("played") == number
        reader.run("video.playbackRate = 2")
        shows(reader, shown, end)
        assert reader.text(".step-count") == f"Line {number} of 3"
        assert reader.text(".spoken").startswith(f"Stopped after line {number} of 3.")
    assert reader.text(".forward") == "Start again"
    assert reader.text(".step-show") == "A square falls."
    assert reader.run("location.hash") == "#squares.three"


def test_steps_go_back_again_and_to_any_line(shown: Shown, visit: Visit) -> None:
    one, two, three = shown.ends()
    reader = visit(shown.single, "#squares.three")
    shows(reader, shown, three)
    reader.page.click(".back")
    shows(reader, shown, two)
    reader.page.click(".map button >> nth=0")
    shows(reader, shown, one)
    assert reader.page.locator(".map [aria-current=step]").inner_text().startswith("1")
    reader.run("video.playbackRate = 0.1")
    reader.page.click(".replay")
    reader.wait("!video.paused && video.currentTime < 0.8")
    # pressed while a line plays, it goes to where that line rests
    reader.page.click(".forward")
    shows(reader, shown, one)
    reader.page.click(".back")
    reader.settled()
    assert reader.frame() == 0
    assert reader.page.locator(".back").is_disabled()


def test_the_pictures_of_the_map_are_the_lines_last_frames(shown: Shown, visit: Visit) -> None:
    reader = visit(shown.single, "#step")
    colours = [(255, 92, 138), (53, 220, 203), (255, 181, 71)]
    for index, colour in enumerate(colours):
        still = reader.page.locator(".map .still").nth(index)
        still.scroll_into_view_if_needed()
        picture = np.asarray(Image.open(BytesIO(still.screenshot())).convert("RGB"), np.int16)
        assert (np.abs(picture - colour).max(axis=2) < 40).mean() > 0.01


def test_the_timeline_has_a_segment_a_chapter_and_a_still_under_the_pointer(
    shown: Shown, visit: Visit
) -> None:
    reader = visit(shown.beside)
    assert reader.page.locator(".segments span").count() == 2
    box = reader.page.locator(".segments").bounding_box()
    assert box
    for share, title in ((0.1, "Dots"), (0.95, "Squares")):
        reader.page.mouse.move(box["x"] + share * box["width"], box["y"] + 3)
        assert reader.text(".preview b") == title
        assert "blob:" in reader.run("one('.preview .still').style.backgroundImage")
    reader.page.mouse.move(2, 2)
    assert reader.page.locator(".preview").is_hidden()
    reader.run("video.addEventListener('seeking', () => (window.sought = video.currentTime))")
    reader.page.click(".chapters button >> nth=1")
    reader.wait("!video.paused")
    assert int(reader.run("sought") * reader.fps + 1e-4) == shown.ends()[1] + 1
    assert reader.text(".bar .chapter") == "Squares"


def test_captions_change_when_the_timeline_says(shown: Shown, visit: Visit) -> None:
    reader = visit(shown.beside)
    reader.page.click(".caption")
    texts = segment(shown.clock)
    for text in texts:
        for at, there in ((text.start - TICKS // 20, False), (text.start + 100, True)):
            reader.run("video.currentTime = given", seconds(at))
            reader.settled()
            seen = " ".join(reader.page.locator(".captions .row").all_inner_texts())
            wanted = " ".join(text.rows)
            assert (reader.page.locator(".captions").is_visible() and seen == wanted) is there
    for word in (word for text in texts for word in text.words):
        reader.run("video.currentTime = given", seconds((word.start + word.end) // 2))
        reader.settled()
        assert reader.page.locator(".captions .said").all_inner_texts() == [word.text]
    assert reader.run("(video.textTracks[0].mode = 'hidden', true)")
    reader.wait("one('track').readyState === 2")
    assert reader.run("video.textTracks[0].cues.length") == len(texts)


def test_while_it_plays_captions_are_in_time(shown: Shown, visit: Visit) -> None:
    reader = visit(shown.beside)
    reader.page.click(".caption")
    # with each frame that is put on the screen, after the page has been told of it
    reader.run(
        """(window.seen = [], window.note = () => {
          const text = one('.captions').hidden ? '' : one('.captions').textContent;
          seen.push([video.currentTime, text]);
          video.requestVideoFrameCallback(note);
        }, video.requestVideoFrameCallback(note))"""
    )
    texts = segment(shown.clock)
    reader.page.click(".start")
    reader.wait(f"video.currentTime > {seconds(texts[1].start) + 0.3:.3f}")
    seen = reader.run("seen")
    due = {"".join(text.rows): (seconds(text.start), seconds(text.end)) for text in texts}
    for at, text in seen:
        shown_now = [row for row, (start, end) in due.items() if start <= at < end] or [""]
        assert text in shown_now, at
    assert {text for _, text in seen if text} == {"".join(text.rows) for text in texts[:2]}


def test_the_keyboard_is_heard_only_while_the_player_has_the_focus(
    shown: Shown, visit: Visit
) -> None:
    reader = visit(shown.beside)
    reader.press("k", "m", "c")
    assert reader.run("video.paused && !video.muted && one('.captions').hidden")
    reader.run("one('#player').focus()")
    reader.press("k")
    reader.wait("!video.paused")
    reader.press(" ")
    reader.wait("video.paused")
    reader.press("m")
    assert reader.run("video.muted")
    reader.press("ArrowUp")
    assert not reader.run("video.muted")
    reader.press("ArrowDown", "ArrowDown")
    assert reader.run("video.volume") == pytest.approx(0.9)
    reader.press("c")
    assert reader.page.locator(".caption").get_attribute("aria-pressed") == "true"
    reader.press(">")
    assert reader.run("video.playbackRate") == 1.25
    reader.press("<", "<")
    assert reader.run("video.playbackRate") == 0.75
    steps = {"End": shown.ends()[-1], "0": 0, ".": 1, ",": 0, "PageDown": shown.ends()[0] + 1}
    steps |= {"PageUp": 0, "5": round((shown.ends()[-1] + 1) / 2), "Home": 0}
    for key, frame in steps.items():
        reader.press(key)
        reader.settled()
        assert reader.frame() == frame, key
    reader.press("l")
    reader.settled()
    at = reader.run("video.currentTime")
    reader.press("ArrowLeft")
    reader.settled()
    assert reader.run("video.currentTime") == pytest.approx(max(0, at - 5), abs=0.05)
    reader.press("f")
    reader.wait("document.fullscreenElement === one('#player')")
    reader.press("f")
    reader.wait("!document.fullscreenElement")


def test_the_help_sheet_opens_and_closes_and_gives_the_focus_back(
    shown: Shown, visit: Visit
) -> None:
    reader = visit(shown.beside)
    reader.run("one('.mute').focus()")
    reader.press("?")
    assert reader.page.locator("dialog tr").count() == 15
    assert reader.page.locator("dialog").is_visible()
    reader.press("k")
    assert reader.run("video.paused")
    reader.press("Escape")
    assert not reader.page.locator("dialog").is_visible()
    assert reader.run("document.activeElement.className") == "mute"


def test_every_control_is_reached_and_left_by_tab(shown: Shown, visit: Visit) -> None:
    reader = visit(shown.beside)
    seen = []
    for _ in range(40):
        reader.press("Tab")
        seen.append(
            reader.run(
                "(document.activeElement.className || document.activeElement.tagName).split(' ')[0]"
            )
        )
    order = ["skip", "start", "seek", "play", "mute", "volume", "caption", "settings", "fullscreen"]
    places = [seen.index(name) for name in order]
    assert places == sorted(places)
    # and round again: nothing holds the focus
    assert "skip" in seen[places[-1] :]


def test_settings_change_speed_and_captions(shown: Shown, visit: Visit) -> None:
    reader = visit(shown.beside)
    reader.page.click(".settings")
    assert reader.page.locator(".settings").get_attribute("aria-expanded") == "true"
    reader.page.select_option(".speed", "1.5")
    assert reader.run("video.playbackRate") == 1.5
    reader.page.select_option(".caption-language", "en")
    assert reader.page.locator(".caption").get_attribute("aria-pressed") == "true"
    reader.press("Escape")
    assert reader.page.locator("#settings").is_hidden()
    assert reader.run("document.activeElement.className") == "settings"


@pytest.mark.parametrize(
    ("hash_", "view", "line"),
    [
        ("#dots.two", "step", 1),
        ("#dots_two", "step", 1),
        ("#squares", "play", None),
        ("#read", "read", None),
        ("#x<y>", "play", None),
    ],
)
def test_a_deep_link_leads_to_its_line_or_view(
    shown: Shown, visit: Visit, hash_: str, view: str, line: int | None
) -> None:
    reader = visit(shown.beside, hash_)
    reader.settled()
    assert reader.run("document.documentElement.dataset.view") == view
    if line is not None:
        assert reader.frame() == shown.ends()[line]
    if hash_ == "#squares":
        assert reader.frame() == shown.ends()[1] + 1


def test_a_deep_link_leads_to_its_time_also_while_the_page_is_open(
    shown: Shown, visit: Visit
) -> None:
    reader = visit(shown.beside, "#t=1.25")
    reader.settled()
    assert reader.run("video.currentTime") == pytest.approx(1.25)
    reader.run("location.hash = '#t=2.5'")
    reader.wait("Math.abs(video.currentTime - 2.5) < 0.01")


@pytest.mark.parametrize("hash_", ["#%", "#%E0%A4%A", "#t=1:"])
def test_an_address_that_is_not_well_formed_does_no_harm(
    shown: Shown, visit: Visit, hash_: str
) -> None:
    reader = visit(shown.beside, hash_)
    assert reader.run("document.documentElement.dataset.view") == "play"
    reader.run("location.hash = '#t=0:02.5'")
    reader.wait("Math.abs(video.currentTime - 2.5) < 0.01")


def test_a_time_in_an_address_may_have_minutes_and_hours(shown: Shown, visit: Visit) -> None:
    reader = visit(shown.beside, "#t=0:00:02")
    reader.wait("Math.abs(video.currentTime - 2) < 0.01")
    reader.run("location.hash = '#t=1:05'")
    reader.wait(f"{seconds(shown.clock.length)} - video.currentTime < 0.11")


def test_a_link_shows_the_player_and_gives_it_the_focus(shown: Shown, visit: Visit) -> None:
    reader = visit(shown.beside, "#dots.two", viewport={"width": 390, "height": 600})
    reader.wait(PLAYER_IS_SEEN)
    # or the browser goes to the line in the transcript, which is not shown
    assert reader.run("document.getElementById('dots.two')") is None
    reader.page.click(".views a >> nth=0")
    for link in ("one('.used a')", "one('.used a')", "one('.stamp')"):
        reader.run("scrollTo(0, 1e6)")
        assert not reader.run(PLAYER_IS_SEEN)
        reader.run(f"{link}.click()")
        reader.wait(PLAYER_IS_SEEN)
    assert reader.run("location.hash") == "#t=0.050"


def test_a_time_in_the_transcript_leaves_the_reader_there(shown: Shown, visit: Visit) -> None:
    reader = visit(shown.beside, "#read")
    reader.page.click(".stamp >> nth=1")
    reader.wait("video.currentTime > 1")
    assert reader.run("document.activeElement.className") == "stamp"


def test_the_way_past_the_player_leads_to_the_transcript(shown: Shown, visit: Visit) -> None:
    reader = visit(shown.beside, viewport={"width": 390, "height": 600})
    reader.press("Tab", "Enter")
    reader.wait("document.activeElement.id === 'read'")
    assert reader.run("document.documentElement.dataset.view") == "read"
    assert reader.run("one('#read h2').getBoundingClientRect().top < 0.8 * innerHeight")


def test_back_and_forward_go_through_the_views(shown: Shown, visit: Visit) -> None:
    reader = visit(shown.beside)
    view = "document.documentElement.dataset.view === given"
    for number in (1, 2, 3):
        reader.page.click(f".views a >> nth={number}")
        if number == 1:
            reader.page.click(".map button >> nth=1")
    for name in ("read", "step", "play"):
        reader.page.go_back()
        reader.wait(view.replace("given", repr(name)))
    for name, hash_ in (("step", "#dots.two"), ("read", "#read"), ("explore", "#explore")):
        reader.page.go_forward()
        reader.wait(view.replace("given", repr(name)))
        assert reader.run("location.hash") == hash_
    assert reader.frame() == shown.ends()[1]
    # a view that is open already adds no step
    reader.page.click(".views a >> nth=3")
    reader.page.go_back()
    reader.wait(view.replace("given", "'read'"))


def test_the_transcript_marks_the_word_and_is_a_way_to_seek(shown: Shown, visit: Visit) -> None:
    reader = visit(shown.beside, "#read")
    words = [word for line in shown.clock.lines for word in line.words]
    assert reader.page.locator("[data-word]").all_inner_texts() == [word.text for word in words]
    assert reader.page.locator(".show").all_inner_texts() == [ln.show for ln in shown.clock.lines]
    reader.run("video.currentTime = given", seconds(words[5].start) + 0.02)
    reader.settled()
    assert reader.page.locator(".transcript .said").all_inner_texts() == [words[5].text]
    reader.run("video.addEventListener('seeking', () => (window.sought = video.currentTime))")
    reader.page.click("[data-word='8']")
    reader.wait("!video.paused")
    assert reader.run("sought") == pytest.approx(seconds(words[8].start), abs=0.002)
    reader.page.click(".bar .play")
    reader.page.click(".stamp >> nth=2")
    middle = seconds(shown.clock.lines[2].start) + 0.5 / shown.clock.fps
    reader.wait(f"Math.abs(video.currentTime - {middle}) < 0.01")
    assert reader.page.locator(".line >> nth=1").locator(".cite").all_inner_texts() == ["1", "2"]
    assert "Foundations of Geometry" in reader.text("#source-2")
    assert (
        reader.page.locator("#source-1 a").first.get_attribute("href")
        == "https://doi.org/10.1000/1"
    )
    assert reader.text(".notice") == "Not geometry advice."


def test_it_goes_on_where_one_left(shown: Shown, visit: Visit) -> None:
    reader = visit(shown.beside, "#t=3.6")
    reader.settled()
    reader.open(shown.beside)
    reader.settled()
    assert reader.run("video.currentTime") == pytest.approx(3.6, abs=0.1)
    assert reader.text(".toast") == "Resumed at 0:03."
    assert reader.page.locator(".start").is_visible()


def test_speed_and_sound_are_as_one_left_them(shown: Shown, visit: Visit) -> None:
    reader = visit(shown.beside)
    reader.page.click(".settings")
    reader.page.select_option(".speed", "1.5")
    reader.run("one('.volume').value = 40")
    reader.page.locator(".volume").dispatch_event("input")
    reader.page.click(".mute")
    kept = "[video.playbackRate, video.volume, video.muted]"
    for _ in range(2):
        reader.wait("video.muted && video.playbackRate === 1.5")
        assert reader.run(kept) == [1.5, 0.4, True]
        reader.open(shown.beside)
    assert reader.page.locator(".speed").input_value() == "1.5"


def test_a_film_that_plays_pauses_the_one_in_another_tab(shown: Shown, visit: Visit) -> None:
    reader = visit(shown.beside)
    reader.run("video.muted = true")
    reader.page.click(".start")
    reader.wait("!video.paused")
    other = reader.context.new_page()
    other.goto(f"file://{shown.single}#t=1")
    other.click(".start")
    other.wait_for_function("() => !document.querySelector('video').paused")
    reader.wait("video.paused")
    assert not other.evaluate("document.querySelector('video').paused")


def test_at_its_end_the_film_offers_what_comes_next(shown: Shown, visit: Visit) -> None:
    reader = visit(shown.beside, f"#t={seconds(shown.clock.length) - 0.4:.2f}")
    assert reader.page.locator(".end").is_hidden()
    reader.page.click(".start")
    reader.page.locator(".end").wait_for()
    assert reader.page.locator(".end").inner_text().split("\n") == [
        "Start again", "Step through", "Explore", "Questions", "Sources"
    ]  # fmt: skip
    assert reader.flaws() == []
    reader.page.click(".end a >> nth=0")
    assert reader.run("document.documentElement.dataset.view") == "step"
    assert reader.page.locator(".end").is_hidden()
    reader.page.click(".views a >> nth=0")
    reader.page.click(".end button")
    reader.wait("!video.paused && video.currentTime < 5")
    assert reader.page.locator(".end").is_hidden()


def test_what_is_offered_at_the_end_is_all_seen_on_a_small_phone(
    shown: Shown, visit: Visit
) -> None:
    reader = visit(shown.beside, viewport={"width": 320, "height": 640})
    reader.run("one('.end').hidden = false")
    assert reader.run("one('.end').scrollHeight <= one('.end').clientHeight")


def test_the_whole_player_is_in_the_window_at_every_size(shown: Shown, visit: Visit) -> None:
    title = "How dots move, and what a square does about it in the end"
    clock = replace(shown.clock, title=title)
    reader = visit(shown.publish([clock], shown.film.with_name("long-title.html")))
    for width, height in SIZES:
        reader.page.set_viewport_size({"width": width, "height": height})
        for view in ("step", "play"):
            reader.page.click(f".views [data-view={view}]")
            reader.run("scrollTo(0, 0)")
            reader.settled()
            seen = "['#player', 'video', '.bar', 'html'].map((s) => one(s).getBoundingClientRect())"
            player, video, bar, page = reader.run(f"{seen}.map((box) => box.toJSON())")
            where = width, height, view, player
            assert player["top"] >= 0, where
            assert player["bottom"] <= height + 0.5, where
            assert 0 <= player["left"] <= player["right"] <= page["width"] <= width, where
            assert video["height"] >= min(0.42 * height, 0.5 * width), (where, video)
            assert bar["height"] < 60, where


@pytest.mark.parametrize("size", [(1366, 768), (844, 390), (320, 640)])
def test_nothing_moves_while_the_page_is_opened(
    shown: Shown, visit: Visit, size: tuple[int, int]
) -> None:
    width, height = size
    reader = visit(shown.beside, viewport={"width": width, "height": height})
    reader.settled()
    moved = """new Promise((done) => new PerformanceObserver((list) => done(
        list.getEntries().reduce((sum, { value }) => sum + value, 0)))
        .observe({ type: 'layout-shift', buffered: true })"""
    none = "new Promise((done) => setTimeout(() => done(0), 300))"
    # by the measure of https://web.dev/articles/cls, of which 0.1 is called good
    assert reader.run(f"Promise.race([{moved}), {none}])") < 0.03


def test_reduced_motion_begins_with_stepping(shown: Shown, visit: Visit) -> None:
    reader = visit(shown.beside, **STILL)
    assert reader.run("document.documentElement.dataset.view") == "step"
    assert reader.page.locator(".forward").is_visible()


def test_without_scripts_film_transcript_and_links_remain(shown: Shown, visit: Visit) -> None:
    reader = visit(shown.beside, java_script_enabled=False)
    assert reader.page.locator("video[controls]").is_visible()
    for line in shown.clock.lines:
        assert line.text in reader.text("#read")
        assert line.show in reader.text("#read")
    assert reader.page.locator("#sources li").count() == 2
    assert reader.page.locator(".downloads a").count() == 3
    assert "JavaScript" in reader.text("noscript")
    starts = [f"dots.mp4#t={seconds(line.start) + 0.05:.3f}" for line in shown.clock.lines]
    assert [a.get_attribute("href") for a in reader.page.locator(".stamp").all()] == starts
    hidden = ".views", ".bar", "#explore", ".step-panel", ".chapters"
    assert not any(reader.page.locator(part).is_visible() for part in hidden)
    ids = re.findall(r'\bid="([^"]*)"', shown.beside.read_text(encoding="utf-8"))
    assert [each for each in ids if not re.fullmatch(r"[A-Za-z][\w-]*", each)] == []
    reader.page.locator(".used a").last.click()
    assert shown.clock.lines[1].text in reader.text(".line:target")


def test_it_needs_nothing_but_itself_and_the_film(shown: Shown, visit: Visit) -> None:
    reader = visit(shown.beside)
    reader.page.click(".start")
    reader.wait("video.currentTime > 0.2")
    asked = {url for url in reader.asked if url.startswith("file:")}
    names = {url.rpartition("/")[2] for url in asked}
    assert names == {"dots.html", "dots.mp4", "dots.png"}
    alone = visit(shown.single)
    assert [u for u in alone.asked if u.startswith("file:")] == [f"file://{shown.single}"]


@pytest.fixture(scope="session")
def many(shown: Shown) -> Path:
    """A page of the film in English, Spanish and German."""
    spanish = replace(shown.clock, language="es", title="Puntos que se mueven")
    german = replace(shown.clock, language="de", title="Punkte, die sich bewegen")
    return shown.publish([shown.clock, spanish, german], shown.film.with_name("many.html"))


def test_language_changes_the_film_its_captions_and_all_words(
    shown: Shown, many: Path, visit: Visit
) -> None:
    reader = visit(many, "#t=2")
    reader.page.click(".caption")
    reader.page.click(".settings")
    reader.page.select_option(".film-language", "de")
    reader.wait("video.readyState >= 2")
    reader.settled()
    assert reader.run("document.documentElement.lang") == "de"
    assert reader.text("h1") == "Punkte, die sich bewegen"
    assert reader.page.locator(".views a").all_inner_texts() == [
        "Abspielen", "Schritt für Schritt", "Lesen", "Erkunden", "Fragen"
    ]  # fmt: skip
    assert reader.run("one('track').srclang") == "de"
    assert reader.run("one('.captions').lang") == "de"
    assert reader.run("video.currentTime") == pytest.approx(2, abs=0.05)
    reader.page.select_option(".caption-language", "es")
    assert reader.run("one('.captions').lang") == "es"
    reader.open(many)
    assert reader.run("document.documentElement.lang") == "de"


@pytest.fixture(scope="session")
def rtl(shown: Shown) -> Path:
    """A page in a language that runs to the left."""
    arabic = replace(shown.clock, language="ar", title="نقاط تتحرك")
    return shown.publish([arabic], shown.film.with_name("rtl.html"))


def test_a_language_that_runs_left_lays_the_page_out_so(rtl: Path, visit: Visit) -> None:
    reader = visit(rtl, "#read")
    assert reader.run("getComputedStyle(document.body).direction") == "rtl"
    assert reader.run("getComputedStyle(one('.bar')).direction") == "ltr"
    stamp = reader.page.locator(".stamp").first.bounding_box()
    say = reader.page.locator(".say").first.bounding_box()
    assert stamp
    assert say
    assert stamp["x"] > say["x"]


def told(clock: Timeline, language: str, text: str) -> Timeline:
    """The same film with another text in each line, its words evenly in time."""

    def line_of(line: TimedLine) -> TimedLine:
        said = parse_narration(text, {}, language)
        length = (line.speech_end - line.speech_start) // len(said.words)
        starts = [line.speech_start + n * length for n in range(len(said.words))]
        words = tuple(
            TimedWord(word.text, start, start + length, "engine", word.glued)
            for word, start in zip(said.words, starts, strict=True)
        )
        return replace(line, text=said.shown, words=words)

    scenes = tuple(replace(scene, lines=tuple(map(line_of, scene.lines))) for scene in clock.scenes)
    return replace(clock, language=language, scenes=scenes)


WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamte"


@pytest.mark.parametrize(
    ("language", "text", "row"),
    [
        ("zh", "地球绕着太阳转一圈，春天之后是夏天。", "地球绕着太阳转一圈，"),
        ("ja", "地球は太陽のまわりを回っています。", "地球は太陽の"),
        ("he", "HER2 הוא קולטן, ואין לו מפתח.", "HER2 הוא קולטן, ואין לו מפתח."),
        ("de", f"Der {WORD} kommt.", "Der Donaudampfschifffahrtselektrizitä-"),
    ],
)
def test_words_of_every_script_are_captions_and_transcript(
    shown: Shown, visit: Visit, language: str, text: str, row: str
) -> None:
    clock = told(shown.clock, language, text)
    page = shown.publish([clock], shown.film.with_name(f"{language}.html"))
    first = clock.lines[0]
    reader = visit(page, f"#t={first.words[0].start / TICKS + 0.05:.2f}")
    reader.page.click(".caption")
    reader.settled()
    assert reader.run("one('.captions .row').textContent") == row
    assert reader.run("one('.captions').dir") == text_direction(language)
    said = row.split()[0] if " " in row else first.words[0].text
    assert reader.run("one('.captions .said').textContent") == said
    reader.page.click(".views a:nth-of-type(3)")
    shown_text = "one('.transcript .say > span').textContent.replaceAll('\\u00ad', '')"
    assert reader.run(shown_text) == text
    words = reader.run("all('.transcript .line')[0].querySelectorAll('[data-word]').length")
    assert words == len(first.words) + (language == "de")
    assert not reader.wrong


STATES = {
    "idle": ("", []),
    "playing": ("", [".start"]),
    "stepping": ("#dots.two", []),
    "captions": ("#t=1", [".caption"]),
    "menu": ("", [".settings"]),
    "help": ("", [".settings", ".help-open"]),
    "read": ("#read", []),
    "explore": ("#explore", ["#use-drug", "#use-nk", ".lab .button:nth-child(2)"]),
    "fullscreen": ("", [".fullscreen"]),
}
LOOKS = [("light", 1000), ("dark", 320), ("dark", 1000), ("light", 320)]


def looks(state: str, rtl_too: bool, whole: bool) -> list[tuple[str, int]]:
    """Schemes and widths of the page: all with --whole, else some, each of them in some state."""
    if whole:
        return LOOKS
    return [LOOKS[2 + [*STATES].index(state) % 2]] if rtl_too else LOOKS[:2]


IN_BOTH_DIRECTIONS = ("idle", "explore", "read", "stepping")
"""States of the page that are tried each time in a language that runs left, too."""


def states() -> Iterator[Any]:
    for state in STATES:
        yield pytest.param(state, False, id=f"ltr-{state}")
        marks = () if state in IN_BOTH_DIRECTIONS else pytest.mark.whole
        yield pytest.param(state, True, id=f"rtl-{state}", marks=marks)


@pytest.mark.sampled(9)
@pytest.mark.parametrize(("state", "rtl_too"), [*states()])
def test_axe_finds_nothing(
    shown: Shown,
    rtl: Path,
    visit: Visit,
    state: str,
    rtl_too: bool,
    request: pytest.FixtureRequest,
) -> None:
    hash_, clicks = STATES[state]
    reader = visit(rtl if rtl_too else shown.beside, hash_)
    for selector in clicks:
        reader.page.click(selector)
    for scheme, width in looks(state, rtl_too, request.config.getoption("whole")):
        reader.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        if state != "fullscreen":
            reader.page.set_viewport_size({"width": width, "height": 700})
        assert reader.flaws() == [], (scheme, width)
        assert reader.run("document.documentElement.scrollWidth <= innerWidth"), width


@pytest.mark.sampled(5)
@pytest.mark.parametrize("view", ["#play", "#dots.one", "#read", "#explore"])
@pytest.mark.parametrize("width", [320, 1000])
def test_targets_are_large_enough_for_a_finger(
    shown: Shown, visit: Visit, view: str, width: int
) -> None:
    reader = visit(shown.beside, view, viewport={"width": width, "height": 800})
    sizes = reader.run(
        """all('a, button, input, select').filter((e) => e.checkVisibility() && !e.matches('.skip'))
        .map((e) => { const b = e.getBoundingClientRect();
          return [e.className || e.textContent, b.width, b.height, e.matches('button')] })"""
    )
    assert len(sizes) > 10
    for name, wide, high, main in sizes:
        assert min(wide, high) >= (38 if main else 24), (name, wide, high)
        assert high >= (44 if main else 24), (name, wide, high)


def seen(reader: Reader) -> Image.Image:
    """What the window shows."""
    return Image.open(BytesIO(reader.page.screenshot())).convert("RGB")


def shades(
    reader: Reader,
    selector: str,
    left: float = 0,
    right: float = 1,
    image: Image.Image | None = None,
) -> list[float]:
    """How light the colours of a part of an element are, the most frequent one first."""
    element = reader.page.locator(selector).first
    if not image:
        element.scroll_into_view_if_needed()
    box = element.bounding_box()
    assert box
    x, y, wide, high = box["x"], box["y"], box["width"], box["height"]
    part = (x + left * wide, y - 4, x + right * wide, y + high + 4)
    image = (image or seen(reader)).crop(tuple(map(round, part)))  # type: ignore[arg-type]
    pixels = np.asarray(image, float).reshape(-1, 3)
    colours, counts = np.unique(pixels, axis=0, return_counts=True)
    share = colours[np.argsort(-counts)][: np.sum(counts >= 0.01 * len(pixels))] / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return [float(light) for light in linear @ (0.2126, 0.7152, 0.0722) + 0.05]


def contrast(
    reader: Reader,
    selector: str,
    left: float = 0,
    right: float = 1,
    image: Image.Image | None = None,
) -> float:
    """The contrast of a part of an element to the ground it stands on."""
    ground, *others = shades(reader, selector, left, right, image)
    return max(max(ground / other, other / ground) for other in (ground, *others))


@pytest.mark.parametrize(
    ("scheme", "forced"),
    [("light", "none"), ("light", "active"), pytest.param("dark", "none", marks=pytest.mark.whole)],
)
def test_every_control_stands_out_also_in_the_readers_own_colours(
    shown: Shown, visit: Visit, scheme: str, forced: str
) -> None:
    tall = {"viewport": {"width": 1000, "height": 1500}}
    reader = visit(shown.beside, "#dots.one", **tall, color_scheme=scheme, forced_colors=forced)
    reader.settled()
    reader.run("video.volume = 0.5")
    # the whole, what is not played or filled yet, and where the thumb is
    parts = {".back": (0, 0.1), ".replay": (0, 0.1), ".forward": (0, 0.1)}
    parts |= {".segments": (0.8, 1.0), ".volume": (0.8, 1.0), ".volume ": (0.4, 0.6)}
    image = seen(reader)
    found = {part: contrast(reader, part, *where, image) for part, where in parts.items()}
    reader.page.click(".settings")
    found[".menu select"] = contrast(reader, ".menu select", 0, 0.2)
    reader.page.click(".views a >> nth=3")
    more = {"#gene-copies": (0.8, 1.0), "#gene-copies ": (0.2, 0.3), ".gauge": (0.5, 1.0)}
    more[".lab-bar .button:nth-child(2)"] = (0, 0.1)
    image = seen(reader)
    found |= {part: contrast(reader, part, *where, image) for part, where in more.items()}
    switch = reader.page.locator("#use-drug")
    pictures = []
    for _ in range(2):
        found[f"switch {len(pictures)}"] = contrast(reader, "#use-drug")
        image = Image.open(BytesIO(switch.screenshot(animations="disabled"))).convert("L")
        pictures.append(np.asarray(image, float))
        switch.click()
        reader.page.mouse.move(2, 2)
    assert min(found.values()) >= 3, found
    off, on = pictures
    half = off.shape[1] // 2
    # the knob of a switch that is on lies on its other side
    assert abs(off[:, :half].mean() - off[:, half:].mean()) > 10
    assert abs((on - off).mean()) > 10 or np.abs(on - on[:, ::-1]).mean() > 10


def test_the_word_being_said_stands_out_in_the_readers_own_colours(
    shown: Shown, visit: Visit
) -> None:
    reader = visit(shown.beside, "#read", forced_colors="active", color_scheme="light")
    reader.run("video.currentTime = given", seconds(shown.clock.lines[0].words[1].start) + 0.02)
    reader.settled()
    ground = shades(reader, ".transcript .line")[0]
    for marked in (".transcript .said", ".views [aria-current]"):
        assert ground / shades(reader, marked)[0] >= 3, marked
        assert contrast(reader, marked) >= 4.5, marked


def test_the_player_that_stays_in_view_hides_nothing_that_has_the_focus(
    shown: Shown, visit: Visit
) -> None:
    reader = visit(shown.beside, "#read", viewport={"width": 390, "height": 844})
    reader.run("(one('.transcript').style.paddingBlock = '600px', 1)")
    covered = """(() => { const it = document.activeElement;
        const { bottom } = one('#player').getBoundingClientRect();
        return one('#player').contains(it) || it === document.body || it.matches('.skip') ||
          it.getBoundingClientRect().top >= bottom - 1 || [it.className, it.textContent]; })()"""
    for key in ("Tab", "Shift+Tab"):
        for _ in range(36):
            reader.press(key)
            if reader.run("!document.hasFocus() || document.activeElement === document.body"):
                break
            if reader.run("one('#player').getBoundingClientRect().top < 2"):
                assert reader.run(covered) is True
    reader.run("location.hash = '#play'")
    reader.run("location.hash = '#read'")
    reader.page.click(".views a >> nth=0")
    reader.run("scrollTo(0, 0)")
    reader.press("Tab")
    reader.run("one('.skip').click()")
    reader.wait("document.activeElement.id === 'read'")
    assert reader.run(
        "one('#read h2').getBoundingClientRect().top >= "
        "one('#player').getBoundingClientRect().bottom"
    )


def test_words_of_the_transcript_are_reached_and_chosen_by_keyboard(
    shown: Shown, visit: Visit
) -> None:
    reader = visit(shown.beside, "#read")
    stops = reader.run("all('[data-word][tabindex=\"0\"]').length")
    assert stops == 1
    reader.run("one('.stamp').focus()")
    reader.press("Tab")
    focused = "document.activeElement.dataset.word"
    for key, word in {"ArrowRight": "1", "End": "9", "ArrowDown": "10", "ArrowLeft": "9"}.items():
        reader.press(key)
        assert reader.run(focused) == word, key
    assert reader.page.get_by_role("button", name="right.").count() == 1
    reader.run("video.addEventListener('seeking', () => (window.sought = video.currentTime))")
    reader.press("Enter")
    reader.wait("!video.paused")
    assert reader.run("sought") == pytest.approx(
        seconds(shown.clock.lines[0].words[9].start), abs=0.002
    )
    assert reader.flaws() == []


def test_text_that_is_set_wider_makes_the_page_no_wider(shown: Shown, visit: Visit) -> None:
    reader = visit(shown.beside, **SMALL)
    reader.run(
        """(() => { const sheet = new CSSStyleSheet(); sheet.replaceSync('* { ' +
        'letter-spacing: 0.12em !important; word-spacing: 0.16em !important; ' +
        'line-height: 1.5 !important; } p { margin-block-end: 2em !important; }');
        document.adoptedStyleSheets = [sheet]; })()"""
    )
    for number in range(4):
        reader.page.click(f".views a >> nth={number}")
        assert reader.run("document.documentElement.scrollWidth") <= 320, number


def test_sliders_and_pictures_keep_their_sides_in_a_language_that_runs_left(
    rtl: Path, visit: Visit
) -> None:
    reader = visit(rtl, "#explore", color_scheme="dark")
    ends = [shades(reader, "#gene-copies", *part) for part in ((0, 0.1), (0.9, 1))]
    # 25 of 100: the right end, where it begins, is full
    assert [len([light for light in end if light > 0.35]) for end in ends] == [0, 1]
    for place in reader.page.locator(".lab .place").all():
        box = place.bounding_box()
        assert box
        assert box["x"] >= reader.page.locator(".lab-scene").bounding_box()["x"]  # type: ignore[index]


def test_captions_go_along_where_only_the_video_is_shown(shown: Shown, visit: Visit) -> None:
    reader = visit(shown.beside)
    for begin, end in (
        ("enterpictureinpicture", "leavepictureinpicture"),
        ("webkitbeginfullscreen", "webkitendfullscreen"),
    ):
        modes = []
        for captions in (False, True):
            if captions:
                reader.page.click(".caption")
            reader.run("video.dispatchEvent(new Event(given))", begin)
            modes.append(reader.run("video.textTracks[0].mode"))
            reader.run("video.dispatchEvent(new Event(given))", end)
            assert reader.run("video.textTracks[0].mode") != "showing"
        assert modes == ["disabled", "showing"]
        reader.page.click(".caption")


def test_where_only_a_video_may_fill_the_screen_it_does(shown: Shown, visit: Visit) -> None:
    reader = visit(shown.beside, fresh=True)
    reader.page.add_init_script(
        """Object.defineProperty(Document.prototype, 'fullscreenEnabled', { value: false });
        HTMLVideoElement.prototype.webkitEnterFullscreen = () => (window.filled = true);"""
    )
    reader.open(shown.beside)
    reader.page.click(".fullscreen")
    assert reader.run("window.filled")


def test_pictures_in_buttons_are_not_read_beside_their_texts(shown: Shown, visit: Visit) -> None:
    reader = visit(shown.beside, "#explore")
    assert reader.run("all('svg:not([role=img])').every((svg) => svg.ariaHidden === 'true')")


CORPUS = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</style><img src=x onerror=alert(1)>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "'><svg/onload=alert(1)>",
    '" onfocus=alert(1) autofocus="',
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    "<a href=javascript:alert(1)>x</a>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "</title><script>alert(1)</script>",
    "<!--<script>",
    "--><script>alert(1)</script>",
    "]]><script>alert(1)</script>",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
    "{{constructor.constructor('alert(1)')()}}",
    "$title ${alert(1)} $record",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<template><script>alert(1)</script></template>",
    "\u2028alert(1)\u2029",
    "<base href=//evil.example/><form action=//evil.example>",
]


def poisoned(clock: Timeline, text: str) -> Timeline:
    """The same film with the text in every field that a script can fill."""
    scenes = tuple(
        replace(
            scene,
            title=text,
            lines=tuple(
                replace(
                    line,
                    text=text,
                    show=text,
                    words=tuple(
                        TimedWord("".join(text.split()), word.start, word.end, word.known)
                        for word in line.words
                    ),
                )
                for line in scene.lines
            ),
        )
        for scene in clock.scenes
    )
    sources = tuple(Citation(s.id, text, text, text) for s in clock.page_info.sources)
    questions = tuple(
        replace(
            question,
            ask=text,
            attempt=text if question.attempt else "",
            answers=tuple(Answer(text, text, answer.right) for answer in question.answers),
        )
        for question in clock.page_info.questions
    )
    info = replace(clock.page_info, about=text, notice=text, sources=sources, questions=questions)
    return replace(clock, name="poison", title=text, scenes=scenes, page_info=info)


def test_no_text_of_a_script_is_ever_markup(shown: Shown, visit: Visit) -> None:
    out = shown.film.with_name("poison.html")
    kinds = """[...new Set(all('body *').map((e) => e.localName + [...e.attributes]
        .map((a) => a.name).filter((name) => name.startsWith('on'))))].sort()"""
    clean = visit(shown.beside, "#read")
    wanted = clean.run(kinds)
    reader = None
    for text in CORPUS:
        shown.publish([poisoned(shown.clock, text)], out)
        if reader:
            reader.open(out, "#read")
        else:
            reader = visit(out, "#read")
        assert reader.run(kinds) == wanted, text
        words = " ".join(text.split())
        for selector in (
            "h1",
            ".about",
            ".notice",
            ".transcript h3",
            ".show",
            "#source-1 cite",
            ".cards legend",
            ".cards .why",
            ".sheet li li",
        ):
            found = reader.run(f"one({selector!r}).textContent.replace(/\\s+/g, ' ').trim()")
            assert words in found, (selector, text)
        # a word that is longer than a row comes in pieces
        said = reader.run("one('.say > span').textContent.replaceAll('\\u00ad', '')")
        assert "".join(text.split()) in said
        hrefs = reader.run("all('a').map((a) => a.protocol)")
        assert set(hrefs) <= {"file:", "https:"}, text
        assert not reader.wrong, text


def test_a_script_that_is_not_the_pages_own_does_not_run(shown: Shown, visit: Visit) -> None:
    text = shown.beside.read_text(encoding="utf-8")
    out = shown.film.with_name("tampered.html")
    out.write_text(
        text.replace("</main>", "<script>window.ran = 1</script><img src=x onerror='ran=1'></main>")
    )
    reader = visit(out)
    end = time.monotonic() + HANG
    while len(reader.wrong) < 2 and time.monotonic() < end:
        reader.page.wait_for_timeout(50)
    assert reader.run("window.ran === undefined")
    assert sum("Content Security Policy" in said for said in reader.wrong) >= 2
    reader.wrong.clear()
