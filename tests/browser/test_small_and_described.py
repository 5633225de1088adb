"""The page with a film's smaller copy, and with the film that describes its pictures."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

import viewing
from explainer.cli import main
from explainer.clock import seconds
from explainer.media.frames import decode_frames
from explainer.timeline.described import is_description
from explainer.timeline.json import load_for_film
from explainer.timeline.model import Timeline
from explainer.verify.measure import verify
from explainer.verify.report import CheckResult
from explainer.verify.small_copy import CHECK
from film_server import FilmServer, film_server
from project import ROOT, Project
from viewing import Reader

Visit = Callable[..., Reader]
SIZE = "1280x720@10"
PHONE = {"viewport": {"width": 390, "height": 844}, "screen": {"width": 390, "height": 844}}


@dataclass(frozen=True)
class Films:
    """A short film with its page, its smaller copy, and one that describes it."""

    script: Path
    film: Path
    small: Path
    described: Path
    page: Path

    @property
    def clock(self) -> Timeline:
        return load_for_film(self.film)[0]

    @property
    def told(self) -> Timeline:
        return load_for_film(self.described)[0]


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Films:
    """Rendered once, just large enough for a smaller copy."""
    made = Project(tmp_path_factory.mktemp("films"))
    made.script.write_text(viewing.SCRIPT, encoding="utf-8")
    made.scene.write_text(viewing.DOTS, encoding="utf-8")
    made.scene.with_name("squares.py").write_text(viewing.SQUARES, encoding="utf-8")
    shutil.copytree(ROOT / "assets" / "explore", made.folder / "assets" / "explore")
    build = made.folder / "build"
    assert main(["--script", str(made.script), "--quality", SIZE, "--described"]) == 0
    return Films(
        made.script,
        build / "dots.mp4",
        build / "dots.540p.mp4",
        build / "dots.described.mp4",
        build / "dots.html",
    )


@pytest.fixture
def server(films: Films) -> Iterator[FilmServer]:
    """A server of the films and their page."""
    with film_server(films.film.parent) as server:
        yield server


def is_small(reader: Reader) -> bool:
    return bool(reader.run("video.src.endsWith('.540p.mp4')"))


def test_verify_finds_both_as_they_should_be(
    films: Films, capsys: pytest.CaptureFixture[str]
) -> None:
    for film in (films.small, films.described):
        main(["verify", "--script", str(films.script), str(film)])
        rows = capsys.readouterr().out.splitlines()
        found = [row.split()[1] for row in rows if row.startswith("FAIL")]
        # three beeping lines are no pace of speech
        assert [name for name in found if name != "rhythm"] == [], rows
        assert any("every frame" in row or "frames" in row for row in rows)


def test_a_smaller_copy_that_is_not_of_the_film_is_found(films: Films, tmp_path: Path) -> None:
    for file in films.film.parent.glob("dots.*"):
        shutil.copy(file, tmp_path)
    film = tmp_path / films.film.name
    clocks = load_for_film(film)

    def row(path: Path) -> CheckResult:
        return next(one for one in verify(path, clocks, checks=[CHECK]).results)

    assert row(film).ok, row(film)
    assert row(tmp_path / films.small.name).ok
    shutil.copy(films.described, tmp_path / films.small.name)
    assert not row(film).ok
    assert "frames, " in row(film).measured
    assert "other captions" in row(film).measured
    (tmp_path / films.small.name).write_bytes(films.small.read_bytes()[:1000])
    assert "cannot be read" in row(film).measured
    (tmp_path / films.small.name).unlink()
    assert row(film).ok is None


def test_a_described_film_has_the_films_lines_and_holds_the_last_picture_of_each(
    films: Films,
) -> None:
    clock, told = films.clock, films.told
    own = [line for line in told.lines if not is_description(line)]
    assert [(line.key, line.end - line.start) for line in own] == [
        (line.key, line.end - line.start) for line in clock.lines
    ]
    descriptions = [line for line in told.lines if is_description(line)]
    assert [line.text for line in descriptions] == [line.show for line in clock.lines]
    assert {line.voice for line in descriptions} == {"flite"}
    assert told.length > clock.length
    number = round(seconds(own[1].end) * clock.fps)
    held = round(seconds(descriptions[1].end) * clock.fps) - 1
    pictures = list(decode_frames(films.described, [number - 1, number, held], clock.fps))
    last, *still = (np.asarray(picture, np.int16) for picture in pictures)
    assert all(np.abs(last - picture).mean() < 2 for picture in still)
    srt = films.described.with_suffix(".srt").read_text(encoding="utf-8")
    assert "– A pink dot moves." in srt


def test_a_large_screen_takes_the_film_and_a_reader_may_choose(films: Films, visit: Visit) -> None:
    reader = visit(films.page, "#dots.two")
    reader.settled()
    at = reader.frame()
    assert not is_small(reader)
    reader.page.click(".settings")
    reader.page.select_option(".picture", "small")
    reader.wait("video.src.endsWith('.540p.mp4') && video.readyState >= 2")
    reader.settled()
    assert reader.frame() == at
    assert reader.run("video.videoHeight") == 540
    reader.page.reload()
    reader.wait("video.readyState >= 2")
    assert is_small(reader)


def test_a_phone_takes_the_small_film_and_the_large_one_where_it_is_not_there(
    films: Films, visit: Visit, tmp_path: Path
) -> None:
    assert is_small(visit(films.page, **PHONE))
    for path in (films.film, films.page):
        shutil.copy(path, tmp_path)
    reader = visit(tmp_path / "dots.html", "#dots.two", **PHONE)
    reader.wait("video.src.endsWith('/dots.mp4') && video.readyState >= 2")
    reader.settled()
    assert reader.text(".step-count") == "Line 2 of 3"
    assert reader.page.locator(".trouble").is_hidden()
    assert all("ERR_FILE_NOT_FOUND" in said for said in reader.wrong)
    reader.wrong.clear()


def test_a_film_that_is_waited_for_gives_way_to_the_small_one(
    films: Films, server: FilmServer, visit: Visit
) -> None:
    server.pause_at = 40
    reader = visit(server.address("dots.html"), offline=False, awaits="video.networkState === 2")
    reader.page.clock.install()
    reader.page.click(".start")
    reader.wait("one('.awaited').textContent !== ''")
    server.pause_at = None
    reader.page.clock.fast_forward(4_000)
    reader.page.clock.resume()
    reader.wait("video.src.endsWith('.540p.mp4') && video.currentTime > 0.3")
    assert reader.text(".toast").startswith("The connection is slow")
    server.go_on.set()


def test_the_described_film_takes_the_place_of_the_film_and_back(
    films: Films, visit: Visit
) -> None:
    reader = visit(films.page, "#dots.two")
    reader.settled()
    before = reader.frame()
    reader.page.click(".settings")
    reader.page.select_option(".described", "on")
    reader.wait("video.src.endsWith('.described.mp4') && video.readyState >= 2")
    reader.settled()
    lines = films.told.lines
    assert reader.frame() == round(seconds(lines[2].end) * 10) - 1
    assert reader.text(".step-count") == "Line 3 of 6"
    assert reader.flaws() == []
    # a description is a step, which holds the picture of its line
    reader.press("Escape")
    reader.page.click(".forward")
    reader.wait("one('.spoken').textContent.startsWith('Stopped after line 4 of 6.')")
    assert reader.text(".step-say") == "– A teal dot follows."
    assert reader.run("all('.line .show').every((one) => one.textContent === '')")
    reader.resize(1000, 3000)  # pictures are set as they come near
    stills = "all('.map .still').map((one) => one.style.backgroundPosition)"
    reader.wait(f"{stills}.every((place) => place)")
    places = reader.run(stills)
    assert places[::2] == places[1::2]
    assert len(set(places)) == 3
    reader.page.click(".settings")
    reader.page.select_option(".described", "")
    reader.wait("video.src.endsWith('/dots.mp4') && video.readyState >= 2")
    reader.settled()
    assert reader.frame() == before
    reader.page.select_option(".described", "on")
    reader.page.reload()
    reader.wait("video.src.endsWith('.described.mp4') && video.readyState >= 2")


def test_films_of_an_older_state_are_not_offered(films: Films, visit: Visit) -> None:
    held = films.film.with_suffix(".timeline.json")
    before = held.read_text(encoding="utf-8")
    try:
        held.write_text(before.replace("A pink dot moves.", "A red dot moves."), encoding="utf-8")
        main(["page", "--script", str(films.script), "--quality", SIZE])
        reader = visit(films.page, **PHONE)
        assert not is_small(reader)
        reader.page.click(".settings")
        assert reader.page.locator(".describable, .sizes").locator("visible=true").count() == 0
    finally:
        held.write_text(before, encoding="utf-8")


def test_a_film_made_too_small_for_a_copy_has_none(films: Films) -> None:
    assert films.small.is_file()
    args = ["--script", str(films.script), "--quality", "320x180@10", "--described"]
    assert main(args) == 0
    assert not films.small.exists()
    assert films.described.is_file()


def test_what_is_asked_at_a_line_stays_while_the_line_is_described(
    films: Films, visit: Visit
) -> None:
    reader = visit(films.page, "#dots.two")
    reader.settled()
    reader.page.get_by_label("It stays.").check()
    reader.page.click(".settings")
    reader.page.select_option(".described", "on")
    reader.wait("video.src.endsWith('.described.mp4') && video.readyState >= 2")
    for line in ("dots.two", "dots.two%2Bdescribed"):
        reader.run("(location.hash = given)", line)
        reader.settled()
        assert reader.page.locator(".stop fieldset").count() == 1, line
    reader.page.get_by_label("It stays.").check()
    reader.run("(location.hash = 'dots.two')")
    reader.settled()
    assert reader.page.get_by_label("It stays.").is_checked()
