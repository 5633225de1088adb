"""Descriptions of pictures: which voice says what, and when the film waits for it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from explainer.cache.store import Cache
from explainer.clock import ticks
from explainer.errors import ScriptError
from explainer.narration.descriptions import description_script, speak_descriptions
from explainer.narration.synthesize import synthesize
from explainer.progress import Progress
from explainer.script.loader import load
from explainer.script.model import Script
from explainer.timeline.described import describe, held_frames, is_description, is_of
from explainer.timeline.json import from_json
from explainer.timeline.labels import LabelStay
from explainer.timeline.layout import lay_out
from explainer.timeline.speech import Speech, SpokenLine, WordTiming
from project import Project

QUIET = Progress(quiet=True)
SCRIPT = """\
name: dots
title: Dots that move
language: en
limit: 30
voice: [tone]
scenes:
  - id: dots
    title: Dots
    lines:
      - {id: one, say: A dot moves along., show: A pink dot moves.}
      - id: two
        say: Then another one follows it.
        show: "A teal [dot]{other} follows, {1.5} and {fades."
  - id: squares
    title: Squares
    lines:
      - {id: three, say: A square comes down., show: "[ ]"}
"""


@pytest.fixture
def script(project: Project) -> Script:
    project.script.write_text(SCRIPT, encoding="utf-8")
    return load(project.script, check_scenes=False)


def beeps(script: Script, seconds: float) -> Speech:
    """Each line of a script as long as that, with its words one after the other."""
    lines = {}
    for line in script.lines:
        length = ticks(seconds)
        step = length // len(line.say.words)
        words = tuple(
            WordTiming(n * step, (n + 1) * step, "engine") for n in range(len(line.say.words))
        )
        lines[line.key] = SpokenLine("", length, words, voice="flite")
    return Speech("flite", lines)


def test_in_a_description_nothing_is_a_mark_and_a_line_without_one_has_none(script: Script) -> None:
    made = description_script(script)
    assert [line.key for line in made.lines] == ["dots.one+described", "dots.two+described"]
    said = made.lines[1].say
    assert said.shown == "A teal dot other follows, 1.5 and fades."
    assert said.cues == said.pauses == ()


def test_a_script_that_describes_nothing_is_told_so(script: Script) -> None:
    scenes = tuple(
        replace(scene, lines=tuple(replace(line, show="{}") for line in scene.lines))
        for scene in script.scenes
    )
    with pytest.raises(ScriptError, match="nothing to describe"):
        description_script(replace(script, scenes=scenes))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("voices", "teller"),
    [(("tone",), "flite"), (("flite",), "espeak"), (("tone", "espeak"), "espeak")],
)
def test_a_second_voice_describes(
    script: Script, tmp_path: Path, voices: tuple[str, ...], teller: str
) -> None:
    cache = Cache(tmp_path / "cache")
    speech = synthesize(script, voices[:1], cache, QUIET)
    told = speak_descriptions(description_script(script), speech, voices, cache, QUIET)
    assert {line.voice for line in told.lines.values()} == {teller}


def test_lines_keep_their_times_and_wait_while_they_are_described(script: Script) -> None:
    made = description_script(script)
    told = beeps(made, 2.0)
    clock = lay_out(script, beeps(script, 1.5), 10)
    frames = held_frames([told], [line.key for line in clock.lines], 10)
    # the last line has nothing to describe
    assert frames == {"dots.one+described": 26, "dots.two+described": 29}
    lines = {line.key: line for line in made.lines}
    longer = describe(clock, lines, told, frames)
    assert longer.length == clock.length + ticks(2.6 + 2.9)
    assert [is_description(line) for line in longer.lines] == [False, True, False, True, False]
    assert [scene.title for scene in longer.scenes] == ["Dots", "Squares"]
    for one, next_one in zip(longer.lines, longer.lines[1:], strict=False):
        assert one.end == next_one.start
    assert longer.lines[1].words[0].start == longer.lines[0].end
    assert from_json(longer.to_json()) == longer
    assert is_of(longer, clock)
    assert not is_of(longer, lay_out(script, beeps(script, 1.7), 10))


def test_languages_with_one_picture_wait_for_the_one_that_takes_longest(script: Script) -> None:
    made = description_script(script)
    short, long = beeps(made, 1.0), beeps(made, 3.0)
    keys = [line.key for line in script.lines]
    assert held_frames([short, long], keys, 10) == held_frames([long], keys, 10)


def test_labels_in_a_lines_last_picture_stay_while_it_is_held(script: Script) -> None:
    made = description_script(script)
    told = beeps(made, 2.0)
    clock = lay_out(script, beeps(script, 1.5), 10)
    first, *others = clock.scenes[0].lines
    stays = (LabelStay("gone", "gone", 0, 9), LabelStay("one", "two", 5, 24))
    dots = replace(clock.scenes[0], lines=(replace(first, stays=stays), *others))
    clock = replace(clock, scenes=(dots, *clock.scenes[1:]))
    frames = held_frames([told], [line.key for line in clock.lines], 10)
    longer = describe(clock, {line.key: line for line in made.lines}, told, frames)
    assert first.end - first.start == ticks(2.5)
    assert longer.lines[1].stays == (LabelStay("two", "two", 0, 25),)
