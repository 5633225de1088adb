"""The edit loop: saved files come back as a new draft, faults as words, each on the served page."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from disturbed import strays
from explainer.cache.store import Cache
from explainer.cli import main
from explainer.cli import watch as watch_command
from explainer.frame_format import find_format
from explainer.pipeline import RenderOptions
from explainer.studio.server import MAX_CONNECTIONS, PreviewServer, PreviewState
from explainer.studio.watch import LOOK_AGAIN, PageProgress, watch
from project import TINY, Project

pytestmark = pytest.mark.render


@pytest.fixture
def studio() -> Iterator[PreviewServer]:
    made = PreviewServer(PreviewState("dots"))
    made.open()
    yield made
    made.close()


def ask(studio: PreviewServer, path: str, **headers: str) -> tuple[int, bytes, dict[str, str]]:
    line = http.client.HTTPConnection("127.0.0.1", studio.port, timeout=120)
    with contextlib.closing(line):
        line.request("GET", path, headers=headers)
        answer = line.getresponse()
        return answer.status, answer.read(), dict(answer.getheaders())


def until(
    studio: PreviewServer, holds: Callable[[PreviewState], bool], limit: float = 120
) -> PreviewState:
    """The first news for which something holds."""
    seen, end = -1, time.monotonic() + limit
    while time.monotonic() < end:
        seen, news = studio.wait(seen)
        if holds(news):
            return news
    raise AssertionError(f"not within {limit} s; last: {studio.state}")


@contextlib.contextmanager
def watching(order: RenderOptions, studio: PreviewServer) -> Iterator[None]:
    """A film watched in a thread, which ends with the block."""
    over = threading.Event()
    with PageProgress(studio, quiet=True) as progress:
        thread = threading.Thread(target=watch, args=(order, studio, progress, over.is_set))
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()


def test_a_film_is_served_whole_and_in_parts(studio: PreviewServer) -> None:
    assert ask(studio, "/film.mp4")[0] == 404
    studio.show(PreviewState("dots", 1), bytes(range(100)))
    assert ask(studio, "/film.mp4?v=1")[:2] == (200, bytes(range(100)))
    status, part, headers = ask(studio, "/film.mp4", Range="bytes=10-19")
    assert (status, part) == (206, bytes(range(10, 20)))
    assert headers["content-range"] == "bytes 10-19/100"
    assert ask(studio, "/film.mp4", Range="bytes=95-")[1] == bytes(range(95, 100))
    assert ask(studio, "/film.mp4", Range="bytes=100-")[0] == 416


def test_nothing_but_the_page_its_film_and_its_news_is_served(studio: PreviewServer) -> None:
    status, page, _ = ask(studio, "/")
    assert status == 200
    assert b"<video" in page
    for path in ("/script.yaml", "/../script.yaml", "/etc/passwd", "/film.mp4/.."):
        assert ask(studio, path)[0] == 404, path


def test_only_this_machines_own_names_are_answered(studio: PreviewServer) -> None:
    assert ask(studio, "/", Host=f"localhost:{studio.port}")[0] == 200
    assert ask(studio, "/", Host=f"example.org:{studio.port}")[0] == 400


def test_news_reach_a_page_as_they_come(studio: PreviewServer) -> None:
    line = http.client.HTTPConnection("127.0.0.1", studio.port, timeout=120)
    line.request("GET", "/events")
    answer = line.getresponse()
    assert str(answer.getheader("Content-Type")).startswith("text/event-stream")

    def told() -> dict[str, object]:
        found: dict[str, object] = json.loads(answer.readline().removeprefix(b"data: "))
        answer.readline()
        return found

    assert told()["version"] == 0
    studio.show(PreviewState("dots", 7, problem="<b>"))
    said = told()
    assert (said["version"], said["problem"]) == (7, "<b>")
    answer.close()
    line.close()


def test_what_is_saved_is_drawn_again_and_faults_are_shown_until_they_are_mended(
    project: Project, studio: PreviewServer
) -> None:
    order = RenderOptions(project.script, find_format(TINY), draft=True)
    with watching(order, studio):
        first = until(studio, lambda news: news.version == 1)
        assert [line["key"] for line in first.lines] == ["dots.one", "dots.two"]
        film = studio.film

        project.edit("Then [another]", "And then [another]")
        second = until(studio, lambda news: news.version == 2)
        assert second.lines[0] == first.lines[0]
        assert second.lines[1]["end"] > first.lines[1]["end"]
        assert studio.film != film

        project.edit("[dot]{dot}", "[dot]{Dot}")
        broken = until(studio, lambda news: bool(news.problem))
        assert "script.yaml:14:29: cue name “Dot”" in broken.problem
        assert "^^^" in broken.problem
        assert broken.version == 2  # the last good draft stays

        project.edit("[dot]{Dot}", "[dot]{dot}")
        mended = until(studio, lambda news: news.version == 3)
        assert not mended.problem

        project.edit_scene("Circle(1.5,", "Circle(one_and_a_half,")
        broken = until(studio, lambda news: bool(news.problem))
        assert "scenes/dots.py" in broken.problem
        project.edit_scene("Circle(one_and_a_half,", "Circle(1.4,")
        assert not until(studio, lambda news: news.version == 4).problem

        # a file that a scene reads counts wherever it lies
        size = project.folder / "data" / "size"
        size.parent.mkdir()
        size.write_text("1.3")
        project.edit_scene("Circle(1.4,", f"Circle(float(open({str(size)!r}).read()),")
        until(studio, lambda news: news.version == 5)
        size.write_text("1.2")
        assert not until(studio, lambda news: news.version == 6).problem
    assert (project.folder / "build" / "draft" / "dots.mp4").is_file()
    assert not (project.folder / "build" / "dots.mp4").exists()


def test_what_a_scene_writes_itself_each_time_it_is_drawn_is_nothing_newer(
    project: Project, studio: PreviewServer
) -> None:
    log = project.folder / "log"
    slow = """
        import time
        self.add_updater(lambda dt: (open("log", "a").write("."), time.sleep(0.05)))
"""
    project.edit_scene("def two(self):\n", f"def two(self):{slow}")
    order = RenderOptions(project.script, find_format(TINY), draft=True, page=False)
    with watching(order, studio):
        until(studio, lambda news: news.version == 1)
        project.edit_scene("self.play(self.camera", "1 / 0\n        self.play(self.camera")
        until(studio, lambda news: bool(news.problem))
        written = log.stat().st_size
        time.sleep(2 * LOOK_AGAIN)
        assert log.stat().st_size == written


def test_a_scene_that_writes_into_the_assets_each_time_is_not_drawn_without_end(
    project: Project, studio: PreviewServer
) -> None:
    project.edit_scene(
        "def two(self):\n",
        "def two(self):\n        open('assets/clock', 'w').write(str(time.time()))\n",
    )
    project.edit_scene("from manim", "import time\n\nfrom manim")
    (project.folder / "assets").mkdir(exist_ok=True)
    order = RenderOptions(project.script, find_format(TINY), draft=True, page=False)
    with watching(order, studio):
        until(studio, lambda news: news.version == 1 and not news.busy)
        project.edit("Then [another]", "And then [another]")
        # once more, since it may be somebody else who saves the file
        until(studio, lambda news: news.version == 3 and not news.busy)
        time.sleep(3 * LOOK_AGAIN)
        assert (studio.state.version, studio.state.busy) == (3, False)


def test_the_page_goes_on_at_the_same_moment_and_shows_errors_until_they_are_mended(
    project: Project, studio: PreviewServer, browser: Browser
) -> None:
    order = RenderOptions(project.script, find_format("160x90@10"), draft=True)
    tab = browser.new_page(bypass_csp=True)
    tab.set_default_timeout(120_000)
    tab.goto(studio.address)
    with contextlib.closing(tab), watching(order, studio):
        tab.wait_for_function("document.querySelector('video').readyState >= 1")
        assert tab.title() == "Two dots"
        first = studio.state
        start = first.lines[1]["start"]
        tab.evaluate(f"document.querySelector('video').currentTime = {start + 0.5}")
        tab.wait_for_function("document.querySelector('#line').textContent.includes('two')")

        project.edit("Then [another]", "And then at last [another]")
        drawn = "document.querySelector('video').src.endsWith('film.mp4?v={}')"
        tab.wait_for_function(drawn.format(2))
        tab.wait_for_function("document.querySelector('video').currentTime > 1")
        now = tab.evaluate("document.querySelector('video').currentTime")
        assert now == pytest.approx(start + 0.5, abs=0.05)
        # a change elsewhere is gone to
        project.edit("A single [dot]", "A single and rather lonely little [dot]")
        tab.wait_for_function(drawn.format(3))
        tab.wait_for_selector("#line:has-text('dots.one')")

        project.edit("title: Dots", "titel: <b>Dots</b>")
        tab.wait_for_selector("#problem:visible")
        assert "unknown key “titel”" in tab.inner_text("#problem")
        assert "^^^^^" in tab.inner_text("#problem")
        assert tab.locator("#problem b").count() == 0
        project.edit("titel: <b>Dots</b>", "title: Dots")
        tab.wait_for_selector("#problem", state="hidden")


def test_a_port_that_is_taken_is_said_and_so_is_a_second_language(
    project: Project, studio: PreviewServer, capsys: pytest.CaptureFixture[str]
) -> None:
    port = studio.address.rstrip("/").rpartition(":")[2]
    assert main(["watch", "--port", port]) == 3
    assert f"port {port} cannot be served on: " in capsys.readouterr().err
    assert main(["watch", "--lang", "en,es"]) == 2
    assert "watch takes one language" in capsys.readouterr().err


def test_a_watch_that_ends_leaves_nothing_unfinished(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        Cache(project.folder / ".explainer-cache").temp_path("picture", ".mp4")
        raise KeyboardInterrupt

    monkeypatch.setattr(watch_command, "watch", interrupted)
    assert main(["watch", "--quality", TINY]) == 0
    assert not strays(project)


def test_a_range_of_thousands_of_digits_is_no_range(
    studio: PreviewServer, capfd: pytest.CaptureFixture[str]
) -> None:
    studio.show(studio.state, b"film")
    assert ask(studio, "/film.mp4", Range=f"bytes={'9' * 5000}-")[0] == 200
    assert capfd.readouterr().err == ""


def test_a_browser_that_breaks_off_is_no_error(
    studio: PreviewServer, capfd: pytest.CaptureFixture[str]
) -> None:
    studio.show(studio.state, bytes(50_000_000))
    for said in (b"", b"GET / HT", b"GET /film.mp4 HTTP/1.1\r\nHost: localhost:1\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", studio.port)) as line:
            line.sendall(said)
            # closed in this way the other side is told of a reset
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    assert ask(studio, "/")[0] == 200
    assert capfd.readouterr().err == ""


def test_connections_are_not_without_end(studio: PreviewServer) -> None:
    lines = [
        socket.create_connection(("127.0.0.1", studio.port)) for _ in range(MAX_CONNECTIONS + 5)
    ]
    try:
        lines[-1].settimeout(20)
        lines[-1].sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert lines[-1].recv(12) == b"HTTP/1.1 503"
    finally:
        for line in lines:
            line.close()
