"""A page in other sites: the player alone in a frame, messages to it, and what its head says."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from explainer.cache.store import Cache
from explainer.captions.segment import segment
from explainer.export.base import ExportJob
from explainer.export.page import html_page
from explainer.export.poster import write_poster
from explainer.language_version import LanguageVersion
from explainer.progress import Progress
from explainer.script.loader import load
from film_server import film_server
from viewing import Reader, Shown

Visit = Callable[..., Reader]


@pytest.mark.parametrize("size", [(320, 180), (1280, 720)])
def test_in_a_frame_there_is_the_player_alone_at_any_size(
    shown: Shown, visit: Visit, size: tuple[int, int]
) -> None:
    width, height = size
    reader = visit(shown.beside, "?embed#explore", viewport={"width": width, "height": height})
    assert reader.run("document.documentElement.dataset.view") == "play"
    scroll = "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
    assert reader.run(scroll) == [width, height]
    for name in ("header", "footer", "#read", "#explore", "#sources", ".chapters", ".about"):
        assert not reader.page.locator(name).is_visible(), name
    for name in (".play", ".seek", ".caption", ".settings", ".fullscreen", ".start"):
        box = reader.page.locator(f".player {name}").bounding_box()
        assert box, name
        assert box["x"] >= -10
        assert box["y"] >= 0
        assert box["x"] + box["width"] <= width + 10
        assert box["y"] + box["height"] <= height
    assert reader.flaws() == []


def test_a_link_to_a_line_shows_it_in_the_frame(shown: Shown, visit: Visit) -> None:
    reader = visit(shown.beside, "?embed#dots.two")
    reader.settled()
    assert reader.frame() == shown.ends()[1]
    assert reader.run("document.documentElement.dataset.view") == "play"


HOST = """<!doctype html><meta charset=utf-8><title>host</title><link rel=icon href="data:,">
<iframe src="dots.html?embed" width=640 height=360 title=film allow="autoplay"></iframe>"""


@pytest.fixture
def host(shown: Shown, visit: Visit) -> Iterator[Reader]:
    folder = shown.film.parent
    (folder / "host.html").write_text(HOST, encoding="utf-8")
    with film_server(folder) as server:
        reader = visit(server.address("host.html"), offline=False)
        reader.run("(window.told = [], addEventListener('message', (m) => told.push(m.data)))")
        frame = reader.page.frames[1]
        frame.wait_for_function("() => document.querySelector('video')?.readyState >= 2")
        yield reader


def ask(reader: Reader, call: str, **more: Any) -> None:
    message = {"explainer": 1, "call": call, **more}
    reader.run("one('iframe').contentWindow.postMessage(given, '*')", message)


def test_a_site_is_told_what_it_asks_for_and_nothing_else(host: Reader, shown: Shown) -> None:
    frame = host.page.frames[1]
    ask(host, "seek", time=3)
    host.wait("told.length === 1")
    frame.wait_for_function("() => !document.querySelector('video').seeking")
    ask(host, "nonsense")
    host.run("one('iframe').contentWindow.postMessage('play', '*')")
    for wrong in ({"time": -1}, {"time": "2"}, {"time": None}):
        ask(host, "seek", **wrong)
    ask(host, "line", line="dots.one")
    host.wait("told.length === 2")
    frame.wait_for_function("() => !document.querySelector('video').seeking")
    ask(host, "state")
    host.wait("told.length === 3")
    state = host.run("told[2]")
    assert state["event"] == "state"
    assert state["line"] == "dots.one"
    assert state["playing"] is False
    assert int(state["time"] * 10) == shown.ends()[0]
    # nothing took the focus from the site
    assert host.run("document.activeElement.localName") == "body"
    ask(host, "listen")
    host.wait("told.length === 4")
    ask(host, "seek", time=shown.ends()[-1] / 10 - 0.6)
    frame.evaluate("document.querySelector('video').muted = true")
    ask(host, "play")
    host.wait("told.some(({ event }) => event === 'ended')")
    events = host.run("told.slice(4).map(({ event }) => event)")
    assert {"play", "line", "ended"} <= set(events)


def test_another_frame_of_the_site_is_not_heard(host: Reader) -> None:
    host.run(
        """(document.body.append(Object.assign(document.createElement('iframe'),
        { src: 'about:blank' })), all('iframe')[1].contentWindow.eval(
        "parent.frames[0].postMessage({ explainer: 1, call: 'listen' }, '*')"))"""
    )
    ask(host, "state")
    host.wait("told.length === 1")
    assert host.run("told[0].event") == "state"


def published(shown: Shown, url: str, date: str = "") -> tuple[str, dict[str, Any], dict[str, Any]]:
    """A page whose address is known: its text, its record for search engines, its oEmbed file."""
    clock = replace(shown.clock, page_info=replace(shown.clock.page_info, url=url, date=date))
    version = LanguageVersion(clock, captions=segment(clock), path=shown.film)
    cache = Cache(shown.film.parent / ".explainer-cache")
    write_poster(version, clock.lines[0].key, shown.film.with_suffix(".png"), cache)
    script = load(shown.assets.parent / "script.yaml", check_scenes=False)
    job = ExportJob([version], script, cache, Progress(quiet=True))
    before = shown.beside.read_bytes()
    page, *more = html_page.export(job)
    text = page.read_text(encoding="utf-8")
    shown.beside.write_bytes(before)
    record = text.partition('<script type="application/ld+json">')[2].partition("</script>")[0]
    oembed = json.loads(more[0].read_text(encoding="utf-8")) if more else {}
    for path in more:
        path.unlink()
    return text, json.loads(record), oembed


def test_a_page_whose_address_is_known_says_where_everything_is(shown: Shown) -> None:
    text, record, oembed = published(shown, "https://example.org/films/", "2026-11-28")
    address = "https://example.org/films/dots.html"
    assert f'<link rel="canonical" href="{address}">' in text
    assert '<meta property="og:video" content="https://example.org/films/dots.mp4">' in text
    assert f'<meta name="twitter:player" content="{address}?embed">' in text
    assert record["@type"] == "VideoObject"
    assert record["uploadDate"] == "2026-11-28"
    assert record["thumbnailUrl"] == "https://example.org/films/dots.png"
    assert [clip["name"] for clip in record["hasPart"]] == ["Dots", "Squares"]
    assert record["hasPart"][1]["url"].startswith(f"{address}#t=")
    assert record["hasPart"][0]["endOffset"] == record["hasPart"][1]["startOffset"]
    assert record["transcript"].startswith("A dot moves along, from the left to the right.")
    assert oembed["version"] == "1.0"
    assert oembed["type"] == "video"
    assert f'src="{address}?embed"' in oembed["html"]
    assert (oembed["thumbnail_width"], oembed["thumbnail_height"]) == (320, 180)
    assert oembed["width"] / oembed["height"] == pytest.approx(16 / 9, 0.01)


def test_a_page_whose_address_is_not_known_invents_none(shown: Shown) -> None:
    text, record, oembed = published(shown, "")
    assert "og:title" in text
    assert "og:url" not in text
    assert "canonical" not in text
    assert not oembed
    assert "uploadDate" not in record
    assert "http" not in json.dumps(record).replace("https://schema.org", "")


@pytest.mark.parametrize(
    "url",
    ["example.org/films/", "https://example.org/film.html", "javascript:alert(1)/",
     "https://example.org/a?b/", "https://user@example.org/", "https://example.org/<b>/"],
)  # fmt: skip
def test_an_address_that_is_no_folder_is_refused(project: Any, url: str) -> None:
    project.edit("limit: 20", f'limit: 20\npage: {{url: "{url}"}}')
    with pytest.raises(Exception, match="is not the address of a folder"):
        load(project.script, check_scenes=False)


@pytest.mark.parametrize("day", ["28.11.2026", "2026-02-30", "20261128", "2026-11-28T10:00", "[]"])
def test_a_date_that_is_no_day_is_refused(project: Any, day: str) -> None:
    project.edit("limit: 20", f"limit: 20\npage: {{date: {day}}}")
    with pytest.raises(Exception, match="date"):
        load(project.script, check_scenes=False)


def test_the_day_of_publishing_is_read_as_it_is_written(project: Any) -> None:
    project.edit("limit: 20", "limit: 20\npage: {date: 2026-11-28}")
    assert load(project.script, check_scenes=False).page_info.date == "2026-11-28"
