"""Packages for learning platforms, opened in one that takes only what the standards allow."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
from playwright.sync_api import Frame

from explainer.cache.store import Cache
from explainer.captions.segment import segment
from explainer.export import scorm
from explainer.export.base import ExportJob
from explainer.language_version import LanguageVersion
from explainer.progress import Progress
from explainer.script.loader import load
from film_server import FilmServer, film_server
from viewing import Reader, Shown

Visit = Callable[..., Reader]
LMS = Path(__file__).parent.parent / "lms.js"
HOST = """<!doctype html><meta charset=utf-8><title>platform</title><link rel=icon href="data:,">
<script>{lms}\nconst lms = platform({version}, {kept});</script>
<iframe src="{page}" width=900 height=700 title=lesson></iframe>"""
STATUS = {"1.2": "cmi.core.lesson_status", "2004": "cmi.completion_status"}
SCORE = {"1.2": "cmi.core.score", "2004": "cmi.score"}
PLACE = {"1.2": "cmi.core.lesson_location", "2004": "cmi.location"}


def packages(shown: Shown, xapi: str = "") -> dict[str, Path]:
    clock = replace(shown.clock, page_info=replace(shown.clock.page_info, xapi=xapi))
    version = LanguageVersion(clock, captions=segment(clock), path=shown.film)
    script = load(shown.assets.parent / "script.yaml", check_scenes=False)
    cache = Cache(shown.film.parent / ".explainer-cache")
    made = scorm.export(ExportJob([version], script, cache, Progress(quiet=True)))
    return dict(zip(("1.2", "2004"), made, strict=True))


@dataclass
class Course:
    """A platform with a package unpacked in it."""

    visit: Visit
    server: FilmServer
    version: str
    reader: Reader | None = None

    def open(self, kept: dict[str, str] | None = None, query: str = "") -> Frame:
        host = HOST.format(
            lms=LMS.read_text(encoding="utf-8"),
            version=json.dumps(self.version),
            kept=json.dumps(kept or {}),
            page=f"dots.html{query}",
        )
        (self.server.folder / "host.html").write_text(host, encoding="utf-8")
        address = self.server.address("host.html")
        if self.reader:
            self.reader.open(address)
        else:
            self.reader = self.visit(address, offline=False)
        frame = self.reader.page.frames[1]
        frame.wait_for_function("() => document.querySelector('video')?.readyState >= 2")
        return frame

    def lms(self, code: str) -> Any:
        assert self.reader
        return self.reader.run(f"lms.{code}")

    def wait(self, code: str) -> None:
        assert self.reader
        self.reader.wait(code)

    def leave(self) -> dict[str, str]:
        """Closes the lesson; gives what the platform keeps of it."""
        assert self.reader
        self.reader.run("one('iframe').remove()")
        self.wait("lms.state === 'over'")
        assert self.lms("faults") == []
        kept: dict[str, str] = self.lms("saved")
        return kept


@pytest.fixture(params=["1.2", "2004"])
def course(
    request: pytest.FixtureRequest, shown: Shown, visit: Visit, tmp_path: Path
) -> Iterator[Course]:
    with ZipFile(packages(shown)[request.param]) as package:
        package.extractall(tmp_path)
    with film_server(tmp_path) as server:
        yield Course(visit, server, request.param)


def answer(frame: Frame, *choices: str) -> None:
    frame.evaluate("location.hash = 'questions'")
    for number, choice in enumerate(choices):
        card = frame.locator(".cards fieldset").nth(number)
        card.get_by_label(choice).check()
        card.get_by_role("button", name="Check").click()


def play_to_the_end(frame: Frame) -> None:
    frame.evaluate(
        """() => { location.hash = 'play'; const video = document.querySelector('video');
        video.muted = true; video.currentTime = 0; video.playbackRate = 8; return video.play(); }"""
    )
    frame.wait_for_function("() => document.querySelector('video').ended")


def test_a_lesson_is_complete_when_all_was_played_and_answered(course: Course) -> None:
    status, score = STATUS[course.version], SCORE[course.version]
    frame = course.open()
    assert course.lms(f"values['{status}']") == "incomplete"
    answer(frame, "The teal one.", "From above.")
    assert course.lms(f"values['{score}.raw']") == "50"
    assert course.lms(f"values['{status}']") == "incomplete"
    play_to_the_end(frame)
    course.wait(f"lms.values['{status}'] === 'completed'")
    kept = course.leave()
    first, second = (f"cmi.interactions.{number}" for number in (0, 1))
    wrong, response = ("wrong", "student") if course.version == "1.2" else ("incorrect", "learner")
    assert (kept[f"{first}.id"], kept[f"{first}.result"]) == ("first", wrong)
    assert kept[f"{first}.{response}_response"] == "a"
    assert kept[f"{first}.correct_responses.0.pattern"] == "b"
    assert (kept[f"{second}.id"], kept[f"{second}.result"]) == ("square", "correct")
    assert kept.get("cmi.score.scaled", "0.5") == "0.5"
    assert kept[f"{score}.min"] == "0"
    assert kept[f"{score}.max"] == "100"


def test_a_lesson_that_was_left_goes_on_where_it_was(course: Course) -> None:
    frame = course.open()
    answer(frame, "The pink one.")
    frame.evaluate("location.hash = 't=5'")
    frame.wait_for_function("() => document.querySelector('video').currentTime === 5")
    kept = course.leave()
    assert kept["cmi.suspend_data"] == "-1-;0"
    assert float(kept[PLACE[course.version]]) == 5
    exit_ = kept["cmi.core.exit" if course.version == "1.2" else "cmi.exit"]
    assert exit_ == "suspend"
    assert course.reader
    course.reader.run("localStorage.clear()")
    frame = course.open(kept)
    frame.wait_for_function("() => Math.abs(document.querySelector('video').currentTime - 5) < 0.2")
    assert frame.locator(".score").text_content() == "1 of 2 answered, 1 right."
    play_to_the_end(frame)
    answer_last = frame.locator(".cards fieldset").nth(1)
    frame.evaluate("location.hash = 'questions'")
    answer_last.get_by_label("From above.").check()
    answer_last.get_by_role("button", name="Check").click()
    course.wait(f"lms.values['{STATUS[course.version]}'] === 'completed'")
    assert course.leave()[f"{SCORE[course.version]}.raw"] == "100"


def test_a_learner_does_not_see_what_the_one_before_answered(course: Course) -> None:
    answer(course.open(), "The pink one.")
    course.leave()
    frame = course.open({"cmi.suspend_data": "<b>nonsense"})
    assert frame.locator(".score").text_content() == "0 of 2 answered, 0 right."
    assert course.lms("faults") == []


def test_without_a_platform_the_page_says_that_nothing_is_recorded(
    shown: Shown, visit: Visit, tmp_path: Path
) -> None:
    with ZipFile(packages(shown)["2004"]) as package:
        package.extractall(tmp_path)
    reader = visit(tmp_path / "dots.html")
    assert "no learning platform was found" in reader.text(".platform")
    reader.run("(location.hash = 'questions')")
    reader.page.get_by_label("The pink one.").check()
    reader.page.get_by_role("button", name="Check").first.click()
    assert reader.text(".score") == "1 of 2 answered, 1 right."
    assert reader.flaws() == []


def test_packages_are_the_same_each_time_and_list_what_they_hold(shown: Shown) -> None:
    made = {version: path.read_bytes() for version, path in packages(shown).items()}
    again = packages(shown)
    for version, path in again.items():
        assert path.read_bytes() == made[version]
        with ZipFile(path) as package:
            assert package.testzip() is None
            names = package.namelist()
            manifest = ElementTree.fromstring(package.read("imsmanifest.xml"))
            page = package.read("dots.html").decode()
        assert "connect-src 'self';" in page
        assert names[0] == "imsmanifest.xml"
        listed = [each.get("href") for each in manifest.iter() if each.tag.endswith("}file")]
        assert listed == names[1:]
        assert {"dots.html", "dots.mp4", "dots.vtt", "dots.srt"} <= set(listed)
        (resource,) = [each for each in manifest.iter() if each.tag.endswith("}resource")]
        assert "sco" in resource.attrib.values()
        assert resource.get("href") == "dots.html"
    assert "open_report" in shown.beside.read_text(encoding="utf-8")
    assert "LMSInitialize" not in shown.beside.read_text(encoding="utf-8")


ACTOR = '{"name": "A", "mbox": "mailto:a@example.org"}'


@pytest.mark.parametrize("launched", [True, False])
def test_statements_are_sent_only_to_the_store_that_was_asked_for(
    shown: Shown, visit: Visit, tmp_path: Path, launched: bool
) -> None:
    with film_server(tmp_path) as server:
        store = server.address("store/")
        with ZipFile(packages(shown, store)["2004"]) as package:
            package.extractall(tmp_path)
        reader = visit("about:blank", offline=False, awaits="true")
        sent: list[dict[str, Any]] = []

        def take(route: Any) -> None:
            sent.append({"headers": route.request.headers, "body": route.request.post_data_json})
            route.fulfill(status=200, body='["id"]')

        reader.page.route("**/statements", take)
        endpoint = store if launched else "https://elsewhere.example/"
        query = f"?endpoint={endpoint}&auth=Basic%20YTpi&actor={ACTOR}&registration=r"
        reader.awaits = "video.readyState >= 2"
        reader.open(server.address("dots.html"), query)
        reader.run("(location.hash = 'questions')")
        for number, choice in enumerate(("The pink one.", "From below.")):
            reader.page.get_by_label(choice).check()
            reader.page.locator(".cards button").nth(number).click()
        reader.page.wait_for_timeout(200)
        if not launched:
            assert sent == []
            return
        verbs = [each["body"]["verb"]["id"].rsplit("/", 1)[1] for each in sent]
        assert verbs == ["initialized", "answered", "answered"]
        statement = sent[2]["body"]
        assert sent[2]["headers"]["authorization"] == "Basic YTpi"
        assert sent[2]["headers"]["x-experience-api-version"] == "1.0.3"
        assert statement["actor"] == json.loads(ACTOR)
        assert statement["object"]["id"] == "urn:explainer:dots#square"
        assert statement["object"]["definition"]["correctResponsesPattern"] == ["0"]
        assert statement["result"] == {"success": False, "response": "1"}
