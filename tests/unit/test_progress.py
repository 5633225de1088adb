"""What a render says while it runs, by a clock that is given in."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from explainer.progress import MAX_LISTED_STEPS, MIN_LOG_INTERVAL, Progress, format_remaining


class Clock:
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Watched:
    """A report with what it prints."""

    def __init__(self, terminal: bool = False) -> None:
        self.clock, self.file = Clock(), io.StringIO()
        console = Console(
            file=self.file, force_terminal=terminal, width=200, highlight=False, soft_wrap=True
        )
        self.progress = Progress(now=self.clock, console=console)

    def step(self, seconds: float, size: int = 1, **told: object) -> None:
        self.clock.now += seconds
        self.progress.advance(size=size, **told)  # type: ignore[arg-type]

    @property
    def lines(self) -> list[str]:
        return self.file.getvalue().splitlines()


def test_nothing_is_said_to_be_left_before_something_was_measured() -> None:
    watched = Watched()
    watched.progress.start_stage("drawing", 10)
    assert watched.progress.seconds_left() is None
    watched.step(5)
    assert watched.progress.seconds_left() is None
    watched.step(5)
    assert watched.progress.seconds_left() == pytest.approx(40)


def test_what_was_kept_says_nothing_of_how_long_the_rest_takes() -> None:
    watched = Watched()
    watched.progress.start_stage("drawing", 100)
    for _ in range(50):
        watched.step(0, from_cache=True)
    assert watched.progress.seconds_left() is None
    watched.step(30, 10)
    watched.step(30, 10)
    assert watched.progress.seconds_left() == pytest.approx(90)


def test_what_is_left_counts_down_between_two_steps_and_is_not_told_once_it_proved_wrong() -> None:
    watched = Watched()
    watched.progress.start_stage("drawing", 4)
    watched.step(10)
    watched.step(10)
    watched.clock.now += 15
    assert watched.progress.seconds_left() == pytest.approx(5)
    watched.clock.now += 15
    assert watched.progress.seconds_left() is None


def test_a_stage_that_begins_again_is_measured_again() -> None:
    watched = Watched()
    watched.progress.start_stage("speaking", 10)
    watched.step(1)
    watched.step(1)
    watched.progress.start_stage("speaking", 10)
    assert watched.progress.seconds_left() is None


def test_a_log_has_a_line_now_and_then_with_scene_language_and_share() -> None:
    watched = Watched()
    watched.progress.start_stage("drawing", 100, "es")
    for n in range(100):
        watched.step(1, scene=f"scene{n // 50}")
    assert watched.lines[0] == "drawing: 10 %, scene scene0, es, about 2 min left"
    assert watched.lines[-1] == "drawing: 90 %, scene scene1, es, about 10 s left"
    assert len(watched.lines) == 9


def test_the_log_of_a_course_of_two_hours_stays_readable() -> None:
    watched = Watched()
    for stage in ("speaking", "drawing", "mixing"):
        watched.progress.start_stage(stage, 5000, "en")
        for n in range(5000):
            watched.step(1.5, text=f"{stage} line {n}", scene="one")
    assert len(watched.lines) < 3 * MAX_LISTED_STEPS + 150
    told = [line for line in watched.lines if "%" in line]
    assert len(told) > 50
    assert all("left" in line for line in told)


def test_a_log_tells_the_first_steps_one_by_one_and_warnings_always() -> None:
    watched = Watched()
    watched.progress.start_stage("drawing", 1000)
    for n in range(100):
        watched.step(0.01, text=f"drew {n}")
        watched.progress.log(f"warning {n}")
    assert [line for line in watched.lines if "drew" in line] == [
        f"drew {n}" for n in range(MAX_LISTED_STEPS)
    ]
    assert sum("warning" in line for line in watched.lines) == 100


def test_steps_that_take_long_are_told_one_by_one_with_the_share() -> None:
    watched = Watched()
    watched.progress.start_stage("drawing", 4, "en")
    for n in range(4):
        watched.step(MIN_LOG_INTERVAL, text=f"drew {n}", scene="dots")
    assert watched.lines == [
        "drew 0",
        "drawing: 25 %, scene dots, en",
        "drew 1",
        "drawing: 50 %, scene dots, en, about 20 s left",
        "drew 2",
        "drawing: 75 %, scene dots, en, about 10 s left",
        "drew 3",
    ]


def test_a_film_of_several_has_its_name_before_what_is_said() -> None:
    watched = Watched()
    part = watched.progress.scoped("b.yaml")
    part.start_stage("drawing", 10)
    watched.clock.now += MIN_LOG_INTERVAL
    part.advance()
    assert watched.lines == ["b.yaml: drawing: 10 %"]


def test_on_a_terminal_sound_and_picture_have_a_bar_each_with_what_is_left() -> None:
    watched = Watched(terminal=True)
    with watched.progress as progress:
        progress.start_stage("drawing", 100, "en")
        sound = progress.with_own_bar()
        sound.start_stage("mixing", 1000, "en")
        for _ in range(2):
            watched.step(10, 10, scene="dots", text="drew it")
            sound.advance(size=200)
        progress._bar.refresh()
        shown = watched.file.getvalue()
        sound.advance(size=600)
        watched.file.truncate(0)
        progress._bar.refresh()
        after = watched.file.getvalue()
    last = shown[shown.rindex("drawing dots (en)") :]
    assert "20 %" in last
    assert "about 2 min left" in last
    assert "mixing (en)" in last
    assert "40 %" in last
    assert "about 30 s left" in last
    assert shown.count("drew it") == 2
    assert "drawing dots" in after
    assert "mixing" not in after


def test_what_is_left_is_told_as_a_person_would() -> None:
    told = {None: "", 0.2: "5 s", 31: "35 s", 56: "1 min", 61: "2 min", 3540: "59 min"}
    told |= {3541: "1 h", 3700: "1 h 5 min", 8000: "2 h 15 min"}
    for seconds, text in told.items():
        assert format_remaining(seconds) == (text and f"about {text} left")


def test_a_stage_of_nothing_and_one_of_more_than_was_said_are_no_trouble() -> None:
    watched = Watched()
    watched.progress.start_stage("drawing", 0)
    watched.step(MIN_LOG_INTERVAL)
    watched.progress.start_stage("drawing", 1)
    for _ in range(3):
        watched.step(MIN_LOG_INTERVAL)
    assert watched.lines == []
    assert watched.progress.seconds_left() is None


def test_names_and_scenes_are_shown_as_they_are() -> None:
    watched = Watched(terminal=True)
    with watched.progress.scoped("[red]a/b[/red]") as part:
        part.start_stage("drawing", 3)
        part.advance(scene="[bold]")
        part._bar.refresh()
    assert "[red]a/b[/red] drawing [bold]" in watched.file.getvalue()
