"""The page of a film with a thousand lines: a viewer finds the way, and nothing is done at once."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from explainer.cache.store import Cache
from explainer.captions.segment import segment
from explainer.clock import TICKS, seconds
from explainer.export.page import html_page, sprite_sheet
from explainer.language_version import LanguageVersion
from explainer.script.page_info import Citation, PageInfo
from explainer.timeline.model import TimedLine, TimedScene, TimedWord, Timeline
from viewing import Reader

Visit = Callable[..., Reader]
LINES, CHAPTERS, FPS = 1000, 50, 2
IN_ONE, LASTS = LINES // CHAPTERS, 4 * TICKS
PHONE = {"viewport": {"width": 390, "height": 844}}


def line(number: int) -> TimedLine:
    at, text = number * LASTS, f"Line number {number + 1} says what it has to say, and no more."
    words = text.split()
    step = (LASTS - TICKS) // len(words)
    timed = (
        TimedWord(word, at + n * step, at + (n + 1) * step, "engine")
        for n, word in enumerate(words)
    )
    return TimedLine(
        f"part{number // IN_ONE}", f"l{number}", at, at, at + LASTS - TICKS, at + LASTS, text,
        f"Picture {number + 1}.", ("book",), tuple(timed), (),
    )  # fmt: skip


def film(path: Path, frames: int) -> None:
    with av.open(str(path), "w") as out:
        track = out.add_stream("libx264", rate=FPS, options={"preset": "ultrafast", "g": "8"})
        track.width, track.height, track.pix_fmt = 160, 90, "yuv420p"
        for number in range(frames):
            picture = np.full((90, 160, 3), number % 256, np.uint8)
            frame = av.VideoFrame.from_ndarray(picture, "rgb24")
            frame.pts = number
            out.mux(track.encode(frame))
        out.mux(track.encode())


def sheets(*_: object) -> list[sprite_sheet.SpriteSheet]:
    """One for every 120 lines, each of a colour of its own."""
    made = []
    for number in range(-(-LINES // sprite_sheet.MAX_PICTURES)):
        image = BytesIO()
        Image.new("RGB", (640, 2700), (25 * number, 80, 80)).save(image, "WEBP")
        made.append(sprite_sheet.SpriteSheet(image.getvalue(), 160, 90, sprite_sheet.COLUMNS))
    return made


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a made-up film of a thousand lines in fifty chapters."""
    folder = tmp_path_factory.mktemp("course")
    lines = [line(number) for number in range(LINES)]
    parts = tuple(
        TimedScene(f"part{n}", f"Part {n + 1}", tuple(lines[n * IN_ONE : (n + 1) * IN_ONE]))
        for n in range(CHAPTERS)
    )
    about = PageInfo(about="A course.", sources=(Citation("book", "A book", "Here", ""),))
    clock = Timeline("course", "A course", "en", FPS, "tone", parts, page_info=about)
    film(folder / "course.mp4", clock.length * FPS // TICKS)
    version = LanguageVersion(clock, captions=segment(clock), path=folder / "course.mp4")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sprite_sheet, "cached_sprite_sheets", sheets)
        return html_page.write_page(
            [version], folder / "course.html", folder, Cache(folder / ".cache")
        )


def opened(reader: Reader, part: str) -> list[str]:
    titles: list[str] = reader.run(f"all('{part} details[open] h3').map((h) => h.textContent)")
    return titles


def test_the_chapter_that_is_played_is_open_and_all_others_are_folded(
    course: Path, visit: Visit
) -> None:
    reader = visit(course, "#step", **PHONE)
    assert reader.page.locator(".map details").count() == CHAPTERS
    assert opened(reader, ".map") == opened(reader, ".transcript") == ["Part 1"]
    reader.run("one('#player').focus()")
    reader.press("End")
    reader.settled()
    assert opened(reader, ".map") == opened(reader, ".transcript") == ["Part 50"]
    assert reader.text(".map [aria-current=step] .number") == "1000"
    assert reader.text(".step-count") == "Line 1000 of 1000"
    # a reader can come to its end
    assert reader.run("document.documentElement.scrollHeight") < 10_000


def test_a_chapter_that_a_reader_opened_stays_open(course: Path, visit: Visit) -> None:
    reader = visit(course, "#read")
    reader.page.click(".transcript summary >> nth=2")
    reader.page.click(".transcript details[open] [data-word] >> nth=250")
    reader.wait("!video.paused")
    reader.page.click(".bar .play")
    reader.run("one('#player').focus()")
    reader.press("Home")
    reader.settled()
    assert opened(reader, ".transcript") == ["Part 1", "Part 3"]


def test_all_chapters_are_unfolded_at_once_and_folded_again(course: Path, visit: Visit) -> None:
    reader = visit(course, "#read")
    reader.page.click(".unfold")
    assert len(opened(reader, ".transcript")) == CHAPTERS
    reader.run("one('#player').focus()")
    reader.press("n")
    assert len(opened(reader, ".transcript")) == CHAPTERS
    now = reader.page.locator(".transcript summary[aria-current]")
    assert now.all_inner_texts() == ["Part 2\n1:20"]
    reader.page.click(".unfold")
    assert opened(reader, ".transcript") == ["Part 2"]
    reader.run("dispatchEvent(new Event('beforeprint'))")
    assert len(opened(reader, ".transcript")) == CHAPTERS
    reader.run("dispatchEvent(new Event('afterprint'))")
    assert opened(reader, ".transcript") == ["Part 2"]


def test_what_is_folded_is_found_by_the_search_of_the_browser(course: Path, visit: Visit) -> None:
    reader = visit(course, "#read")
    assert opened(reader, ".transcript") == ["Part 1"]
    # an address with a text is looked for as the search looks for it
    reader.page.goto(f"file://{course}#read:~:text=Line%20number%20777%20says")
    reader.wait("all('.transcript details[open] h3').some((h) => h.textContent === 'Part 39')")
    line = reader.page.locator(".line >> nth=776")
    assert line.is_visible()


def test_a_picture_is_cut_out_of_its_sheet_as_it_comes_near(course: Path, visit: Visit) -> None:
    reader = visit(course)
    cut = "all('.still').filter((s) => s.style.backgroundImage)"
    reader.wait(f"{cut}.length > 0")
    assert reader.run(f"{cut}.length") < 60
    assert reader.run(f"new Set({cut}.map((s) => s.style.backgroundImage)).size") < 8
    reader.page.click("[data-view=step]")
    reader.run("one('#player').focus()")
    reader.press("End")
    last = reader.page.locator(".map .still").last
    last.scroll_into_view_if_needed()
    reader.wait("all('.map .still').at(-1).style.backgroundImage")
    assert reader.run(f"{cut}.length") < 120


def test_many_chapters_stand_in_a_box_that_shows_the_one_being_played(
    course: Path, visit: Visit
) -> None:
    reader = visit(course, **PHONE)
    assert reader.run("one('.chapters').scrollHeight > 3 * one('.chapters').clientHeight")
    reader.run("one('#player').focus()")
    reader.press("End")
    reader.settled()
    inside = """(() => { const box = one('.chapters').getBoundingClientRect();
        const here = one('.chapters [aria-current]').getBoundingClientRect();
        return here.top >= box.top && here.bottom <= box.bottom; })()"""
    assert reader.run(inside)
    assert reader.run("scrollY") == 0
    # also where it was stepped to from another view
    reader.page.click("[data-view=step]")
    reader.press("Home")
    reader.run("one('#player').focus()")
    reader.press("Home")
    reader.page.click("[data-view=play]")
    assert reader.run("one('.chapters').scrollTop") < 20
    assert reader.run(inside)


@pytest.mark.parametrize("width", [320, 1440])
def test_the_segments_of_many_chapters_find_room(course: Path, visit: Visit, width: int) -> None:
    reader = visit(course, viewport={"width": width, "height": 800})
    assert reader.page.locator(".segments span").count() == CHAPTERS
    ends = reader.run(
        "[one('.segments').getBoundingClientRect(), one('.segments span:last-child')"
        ".getBoundingClientRect()].map((box) => box.right)"
    )
    assert ends[1] == pytest.approx(ends[0], abs=1)
    assert reader.run("all('.segments span').at(-1).getBoundingClientRect().width") >= 2
    assert reader.run("document.documentElement.scrollWidth") <= width


def test_keys_go_to_the_next_chapter_and_to_the_one_before(course: Path, visit: Visit) -> None:
    reader = visit(course)
    reader.run("one('#player').focus()")
    chapter = IN_ONE * LASTS * FPS // TICKS
    reader.fps = FPS
    for key, frame in [
        ("n", chapter),
        ("n", 2 * chapter),
        ("l", 2 * chapter + 10 * FPS),
        ("p", 2 * chapter),
        ("p", chapter),
        ("p", 0),
        ("p", 0),
        ("End", CHAPTERS * chapter - 1),
    ]:
        reader.press(key)
        reader.settled()
        assert reader.frame() == frame, key


def test_times_over_an_hour_count_hours_and_the_bar_keeps_to_one_row(
    course: Path, visit: Visit
) -> None:
    reader = visit(course, **PHONE)
    reader.run("one('#player').focus()")
    reader.press("End")
    reader.settled()
    assert reader.text(".now") == "1:06:39"
    assert reader.run("one('.bar').clientHeight") < 60
    assert reader.page.locator(".stamp").last.text_content() == "1:06:36"


def test_the_words_and_captions_of_a_moment_are_found_wherever_it_is(
    course: Path, visit: Visit
) -> None:
    reader = visit(course, "#read")
    reader.page.click(".caption")
    for number in (0, 499, 998, 999):
        words = line(number).words
        reader.run("video.currentTime = given", seconds(words[2].start) + 0.01)
        reader.settled()
        reader.wait(f"one('.transcript .said')?.textContent === '{number + 1}'")
        assert reader.text(".captions .said") == str(number + 1)
    # nobody speaks in a line's last second
    reader.run("video.currentTime = given", seconds(line(999).end) - 0.3)
    reader.settled()
    assert reader.page.locator(".transcript .said").count() == 0


WHOLE = pytest.mark.whole


@pytest.mark.parametrize(
    "view", [pytest.param("play", marks=WHOLE), "step", pytest.param("read", marks=WHOLE)]
)
def test_no_rule_of_accessibility_is_broken_by_many_chapters(
    course: Path, visit: Visit, view: str
) -> None:
    reader = visit(course, f"#{view}", **PHONE)
    reader.settled()
    assert reader.flaws() == []
