"""Every check that `verify` makes keeps the same contract; a new one is a module and a line."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import numpy as np
import pytest

import delivered
from delivered import ADVERSE, BESIDE, CONTAINER, PICTURE, SIGNATURES, SOUND, Kind
from explainer.frame_format import FrameFormat
from explainer.media.encoder import ClipEncoder
from explainer.timeline.labels import Label, LabelStay
from explainer.timeline.model import TimedCue, TimedLine, Timeline
from explainer.verify.check import Check, FrameCheck
from explainer.verify.checks import CHECKS
from explainer.verify.measure import verify
from explainer.verify.report import CheckResult
from extended import ExtendedEngine, example
from project import ROOT

pytestmark = pytest.mark.slow

Seed = Callable[[Path, Timeline], Sequence[Timeline]]
"""Damages a copy of a good film, or changes the timelines that it is held to."""


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Timeline]:
    return delivered.made(Kind("gradient"), tmp_path_factory.mktemp("good"))


@pytest.fixture
def copy(good: tuple[Path, Timeline], tmp_path: Path) -> Path:
    return delivered.copied(good[0], tmp_path)


def measured(
    check: Check, film: Path, timelines: Sequence[Timeline], limit: int | None = None
) -> list[CheckResult]:
    """What a check alone finds."""
    results = list(verify(film, timelines, limit, [check]).results)
    # those of another language than the first name it
    assert {one.name.removeprefix("eng ") for one in results} <= set(check.results)
    return results


def damaged(fault: delivered.Fault) -> Seed:
    def seed(film: Path, timeline: Timeline) -> Sequence[Timeline]:
        fault(film)
        return [timeline]

    return seed


def changed(timeline: Timeline, change: Callable[[TimedLine], TimedLine]) -> Timeline:
    """A timeline with its first line changed."""
    first, *rest = timeline.scenes
    return replace(timeline, scenes=(replace(first, lines=(change(first.lines[0]),)), *rest))


def with_line(change: Callable[[TimedLine], TimedLine]) -> Seed:
    return lambda _film, timeline: [changed(timeline, change)]


def with_two_languages(_film: Path, timeline: Timeline) -> Sequence[Timeline]:
    """The one says early what the other says late."""

    def cue(second: float) -> Callable[[TimedLine], TimedLine]:
        at = round(second * 48_000)
        return lambda line: replace(line, cues=(TimedCue("river", at, at + 4800),))

    return [changed(timeline, cue(0.4)), changed(timeline, cue(1.4))]


def grey(film: Path) -> None:
    """In place of a film, some frames that are large enough to be judged by their colours."""
    with ClipEncoder(film, FrameFormat("", 1280, 720, 30)) as encoder:
        for _ in range(10):
            encoder.show(np.full((720, 1280, 4), 100, np.uint8))


def with_other_colours(film: Path, timeline: Timeline) -> Sequence[Timeline]:
    grey(film)
    return [changed(timeline, lambda line: replace(line, swatches=((0, "ff00ff" * 144),)))]


def with_a_faint_label(film: Path, timeline: Timeline) -> Sequence[Timeline]:
    grey(film)
    label = Label("faint", (200.0, 200.0, 400.0, 240.0), 30.0, "#707070", frames=tuple(range(10)))
    return [changed(timeline, lambda line: replace(line, labels=(label,)))]


SMALL = Label("small", (200.0, 200.0, 230.0, 215.0), 12.0, "#ffffff", frames=(3, 4, 5))


def with_a_copy_of_other_sound(film: Path, timeline: Timeline) -> Sequence[Timeline]:
    small = film.with_stem(f"{film.stem}.540p")
    shutil.copy(film, small)
    shutil.copy(film.with_suffix(".signatures"), small.with_suffix(".signatures"))
    SOUND["late by 5 ms"](small)
    return [timeline]


SEEDS: dict[str, Seed] = {
    "tracks": damaged(ADVERSE["put together by ffmpeg as it comes"][0]),
    "strict_decode": damaged(ADVERSE["a part of its data zeroed"][0]),
    "length": lambda _film, timeline: [timeline],  # with a limit of half of it
    "sync": damaged(SOUND["5 % quicker"]),
    "small_copy": with_a_copy_of_other_sound,
    "signatures": damaged(SIGNATURES["gone"]),
    "video": damaged(ADVERSE["half the frames"][0]),
    "frame_signatures": damaged(PICTURE["one black frame"]),
    "progressive": damaged(CONTAINER["of two fields"][0]),
    "coded_frames": damaged(CONTAINER["a picture that its stream turns"][0]),
    "flashes": damaged(delivered.seen("negate=enable='lt(mod(n,6),3)'")),
    "colours": with_other_colours,
    "legibility": with_a_faint_label,
    "label_placement": with_line(lambda line: replace(line, labels=(SMALL,))),
    "label_times": with_line(
        lambda line: replace(line, stays=(LabelStay("Brief", "Brief", 3, 20),))
    ),
    "motion": damaged(delivered.seen("drawbox=color=gray:t=fill")),
    "caption_band": with_line(lambda line: replace(line, low_texts=(("Low", 3, 9),))),
    "container": damaged(CONTAINER["a comment"][0]),
    "chapters": damaged(ADVERSE["without its chapters"][0]),
    "moments": with_two_languages,
    "rhythm": with_line(
        lambda line: replace(line, words=tuple(replace(w, known="estimated") for w in line.words))
    ),
    "sound_signatures": damaged(SOUND["a click"]),
    "audio": damaged(SOUND["clicks each half second"]),
    "captions": damaged(BESIDE["the .srt with other words"][0]),
}
"""A fault of a film for each check, by the check's name."""
STATED = {"motion"}
"""Results that are told and never fail."""


@pytest.mark.parametrize("name", CHECKS)
def test_a_check_finds_no_fault_in_a_good_film(good: tuple[Path, Timeline], name: str) -> None:
    film, timeline = good
    results = measured(CHECKS[name], film, [timeline], timeline.length)
    # what is spoken so quickly by a machine of few voices is another matter
    assert [one for one in results if one.ok is False and one.name != "rhythm"] == []


@pytest.mark.parametrize("name", CHECKS)
def test_a_check_finds_the_fault_that_is_seeded_for_it(
    good: tuple[Path, Timeline], copy: Path, name: str
) -> None:
    assert name in SEEDS, f"seed a fault of a film that the check {name} finds, in SEEDS"
    before = measured(CHECKS[name], copy, [good[1]], good[1].length)
    timelines = SEEDS[name](copy, good[1])
    limit = good[1].length // (2 if name == "length" else 1)
    after = measured(CHECKS[name], copy, timelines, limit)
    failed = {one.name for one in after if one.ok is False}
    told = {one.measured for one in after if one.name in STATED}
    assert failed - {one.name for one in before if one.ok is False} or (
        told - {one.measured for one in before}
    )


@pytest.mark.parametrize("name", CHECKS)
def test_a_check_needs_no_timeline(copy: Path, name: str) -> None:
    for path in copy.parent.iterdir():
        if path != copy:
            path.unlink()
    results = measured(CHECKS[name], copy, [])
    assert [one for one in results if one.ok is False and one.name != "caption form"] == []


def test_checks_of_frames_follow_each_other_so_that_the_picture_is_decoded_once() -> None:
    kinds = [kind for kind, _ in groupby(CHECKS.values(), key=type)]
    assert kinds.count(FrameCheck) == 1


def test_no_two_checks_have_a_result_of_the_same_name() -> None:
    names = Counter(name for check in CHECKS.values() for name in check.results)
    assert [name for name, count in names.items() if count > 1] == []


RUN = """
import sys
from pathlib import Path
from explainer.timeline.json import load_for_film
from explainer.verify.measure import verify
film = Path(sys.argv[1])
for one in verify(film, load_for_film(film)).results:
    print(one.name, one.ok, one.measured, sep=": ")
"""


def test_a_new_check_is_one_module_and_one_line(
    good: tuple[Path, Timeline], tmp_path: Path
) -> None:
    engine = ExtendedEngine(tmp_path)
    module = "explainer/verify/short_title.py"
    line = '    "short_title",'
    engine.add(
        module, example("A check of verify"), "explainer/verify/checks.py", '    "container",', line
    )
    names = [row.split(": ") for row in engine.python("-c", RUN, good[0]).splitlines()]
    assert ["short title", "False", "A good film"] in names
    assert [name for name, *_ in names].index("container") > 0
    assert not (ROOT / module).exists()
