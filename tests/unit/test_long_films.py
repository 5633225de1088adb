"""What is done for a line of a film does not take longer because there are many others."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cost import Unit
from explainer.captions.model import Caption
from explainer.captions.segment import segment
from explainer.captions.violations import violations
from explainer.clock import TICKS
from explainer.media.probe import CaptionEvent
from explainer.narration.fit import words_to_cut
from explainer.timeline.model import TimedLine, TimedScene, TimedWord, Timeline
from explainer.verify.captions import assign_lines

LASTS = 3 * TICKS
FEW, MANY = 300, 3000


def film(lines: int) -> Timeline:
    made = []
    for number in range(lines):
        at = number * LASTS
        words = tuple(
            TimedWord(word, at + n * TICKS // 2, at + (n + 1) * TICKS // 2 - 100, "engine")
            for n, word in enumerate(f"Line {number} says this.".split())
        )
        made.append(
            TimedLine(
                f"s{number // 20}", f"l{number}", at, at, words[-1].end, at + LASTS, "", "", (),
                words, (),
            )
        )  # fmt: skip
    scenes = tuple(
        TimedScene(f"s{n // 20}", "A scene", tuple(made[n : n + 20])) for n in range(0, lines, 20)
    )
    return Timeline("long", "Long", "en", 30, "tone", scenes)


Made = tuple[Timeline, tuple[Caption, ...]]


def faults(made: Made) -> object:
    return violations(made[1], made[0])


def read_back(made: Made) -> object:
    cues = [CaptionEvent(one.start, one.end, one.rows) for one in made[1]]
    return assign_lines(cues, made[0])


def cut(made: Made) -> object:
    return words_to_cut(made[0].lines, made[0].length // 10)


@pytest.fixture(scope="module")
def films() -> tuple[Made, Made]:
    few, many = film(FEW), film(MANY)
    return (few, segment(few)), (many, segment(many))


@pytest.mark.parametrize("work", [faults, read_back, cut])
def test_ten_times_the_lines_cost_about_ten_times_as_much(
    films: tuple[Made, Made], work: Callable[[Made], object]
) -> None:
    few, many = films
    # of a tenth ten times over, so that what is quick can be told from nothing
    unit = Unit("a tenth of the lines", lambda: [work(few) for _ in range(10)])
    unit.bounds(3, lambda: work(many))


def test_captions_are_given_back_the_words_of_their_lines() -> None:
    clock = film(FEW)
    made = segment(clock)
    cues = [CaptionEvent(one.start, one.end, one.rows) for one in made]
    assert assign_lines(cues, clock) == list(made)
    late = [CaptionEvent(clock.length + 10, clock.length + 20, ("Nobody says this.",))]
    assert [one.key for one in assign_lines(late, clock)] == [""]
