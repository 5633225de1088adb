import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explainer.clock import TICKS, frame_ticks, ticks
from explainer.errors import ScriptError
from explainer.script.loader import load
from explainer.script.model import Script
from explainer.timeline.json import from_json
from explainer.timeline.layout import (
    LEAD_IN,
    LEAD_OUT,
    LINE_GAP,
    estimate_speech,
    estimate_timeline,
    lay_out,
)
from explainer.timeline.model import Timeline
from explainer.timeline.scene_timing import scene_timings
from explainer.timeline.selection import select
from explainer.timeline.speech import Speech, SpokenLine
from project import ROOT, Project


def laid_out(project: Project, fps: int = 30) -> Timeline:
    return estimate_timeline(load(project.script), fps)


def spoken_lines_of(script: Script) -> Script:
    """A silent line lasts for its hold alone, without pauses."""
    scenes = [
        replace(scene, lines=tuple(line for line in scene.lines if line.say.words))
        for scene in script.scenes
    ]
    return replace(script, scenes=tuple(scenes))


@given(
    extra=st.lists(st.integers(0, 3 * TICKS), min_size=11, max_size=11),
    fps=st.sampled_from([10, 24, 30, 60]),
)
def test_lines_follow_each_other_on_whole_frames_with_their_pauses(
    extra: list[int], fps: int
) -> None:
    script = spoken_lines_of(load(ROOT / "script.yaml", check_scenes=False))
    lines = {}
    for line, more in zip(script.lines, extra, strict=True):
        guess = estimate_speech(line)
        lines[line.key] = replace(guess, length=guess.length + more)
    made = lay_out(script, Speech("x", lines), fps)
    assert made.lines[0].start == 0
    holds = [line.hold for line in script.lines]
    for before, after, hold in zip(made.lines, made.lines[1:], holds, strict=False):
        assert before.end == after.start
        pause = after.speech_start - before.speech_end - hold
        assert LINE_GAP <= pause < LINE_GAP + frame_ticks(fps)
    for line in made.lines:
        assert line.start % frame_ticks(fps) == 0
        assert line.speech_end - line.speech_start == lines[line.key].length
        assert line.speech_start <= line.words[0].start
        assert line.words[-1].end <= line.speech_end
    assert [scene.start for scene in made.scenes] == [scene.lines[0].start for scene in made.scenes]
    assert [scene.end for scene in made.scenes] == [scene.lines[-1].end for scene in made.scenes]
    assert made.lines[0].speech_start == LEAD_IN
    tail = made.length - made.lines[-1].speech_end - holds[-1]
    assert LEAD_OUT <= tail < LEAD_OUT + frame_ticks(fps)


def test_a_film_is_silent_before_between_and_after_its_lines() -> None:
    silences = LEAD_IN, LINE_GAP, LEAD_OUT
    assert [each / TICKS for each in silences] == [0.4, 0.6, 0.9]


def test_a_record_can_be_read_by_people_in_any_language(project: Project) -> None:
    project.edit("title: Two dots", "title: Zwei Punkte, größer")
    assert "größer" in laid_out(project).to_json()


def test_a_cue_spans_its_words(project: Project) -> None:
    project.edit("[dot]{dot} appears", "[dot appears]{dot}")
    line = laid_out(project).lines[0]
    assert line.cues[0].start == line.words[2].start
    assert line.cues[0].end == line.words[3].end


def test_a_hold_is_silence_after_its_line_and_no_other(project: Project) -> None:
    before = laid_out(project)
    project.edit("show: A pink dot.", "show: A pink dot.\n        hold: 0.5")
    after = laid_out(project)
    assert after.lines[0].end - before.lines[0].end == ticks(0.5)
    assert after.lines[1].end - after.lines[1].start == before.lines[1].end - before.lines[1].start


def test_a_line_cut_out_keeps_its_inner_timing(project: Project) -> None:
    whole = laid_out(project)
    part = select(whole, "dots.two")
    (line,) = part.lines
    original = whole.lines[1]
    assert line.start == 0
    assert line.end == original.end - original.start
    assert [w.start for w in line.words] == [w.start - original.start for w in original.words]
    assert [w.end for w in line.words] == [w.end - original.start for w in original.words]
    assert [c.start for c in line.cues] == [c.start - original.start for c in original.cues]
    assert [c.end for c in line.cues] == [c.end - original.start for c in original.cues]
    assert line.speech_end - line.speech_start == original.speech_end - original.speech_start
    assert part.name == "dots.two"
    assert from_json(part.to_json()) == part
    assert part.is_part
    assert "is_part" not in whole.to_json()


def test_a_selection_of_nothing_lists_what_there_is(project: Project) -> None:
    with pytest.raises(ScriptError, match=r"choose one of dots, dots\.one, dots\.two"):
        select(laid_out(project), "dots.three")


@pytest.mark.parametrize("fps", [10, 30, 60])
def test_a_shot_counts_frames_from_its_own_line(project: Project, fps: int) -> None:
    whole = laid_out(project, fps)
    shot = scene_timings(whole)["dots"]
    line = whole.lines[1]
    assert sum(part.frames for part in shot.lines) == whole.length // frame_ticks(fps)
    first, last = shot.lines[1].cues["other"]
    assert abs(first * frame_ticks(fps) - (line.cues[0].start - line.start)) <= frame_ticks(fps) / 2
    assert abs(last * frame_ticks(fps) - (line.cues[0].end - line.start)) <= frame_ticks(fps) / 2
    assert 0 <= first < last <= shot.lines[1].frames


def test_a_shot_does_not_move_when_an_earlier_line_grows(project: Project) -> None:
    before = scene_timings(laid_out(project))["dots"].lines[1]
    project.edit("A single", "A single and very lonely")
    assert scene_timings(laid_out(project))["dots"].lines[1] == before


def test_the_record_says_it_all_and_comes_back_equal(project: Project) -> None:
    made = laid_out(project)
    text = made.to_json()
    assert json.loads(text)["ticks_per_second"] == TICKS
    assert from_json(text) == made


def test_word_times_are_counted_by_how_they_are_known(project: Project) -> None:
    assert laid_out(project).word_times() == {"estimated": 9}


def test_a_line_that_was_not_spoken_is_guessed(project: Project) -> None:
    script = load(project.script)
    one = estimate_speech(script.lines[0])
    spoken = SpokenLine("one.wav", 2 * TICKS, tuple(replace(w, known="engine") for w in one.words))
    made = lay_out(script, Speech("flite", {"dots.one": spoken}), 30)
    assert made.word_times() == {"engine": 4, "estimated": 5}


@pytest.mark.parametrize("back", [0, 1, 5])
def test_a_cue_has_a_frame_however_short_and_late_it_is(project: Project, back: int) -> None:
    whole = laid_out(project)
    line, scene = whole.lines[0], whole.scenes[0]
    at = line.end - back * frame_ticks(30)
    late = replace(line, cues=(replace(line.cues[0], start=at, end=at),))
    clock = replace(whole, scenes=(replace(scene, lines=(late,)),))
    shot = scene_timings(clock)["dots"].lines[0]
    first = shot.frames - max(1, back)
    assert shot.cues["dot"] == (first, first + 1)


def test_a_guess_is_about_as_long_as_speech() -> None:
    lines = load(ROOT / "script.yaml", check_scenes=False).lines
    assert all(estimate_speech(line).words[0].start == 0 for line in lines if line.say.words)
    words = sum(len(line.say.words) for line in lines)
    minutes = sum(estimate_speech(line).length for line in lines) / TICKS / 60
    assert 130 <= words / minutes <= 170


def test_speech_with_a_word_too_few_is_not_laid_out(project: Project) -> None:
    script = load(project.script)
    one = estimate_speech(script.lines[0])
    short = replace(one, words=one.words[:-1])
    with pytest.raises(ValueError, match="shorter"):
        lay_out(script, Speech("flite", {"dots.one": short}), 30)
