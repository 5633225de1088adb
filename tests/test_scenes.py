"""The film's own scenes, each line drawn alone and small, in the time a voice might take."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from explainer import timeline
from explainer.labels import Label
from explainer.legibility import SMALLEST, misplaced, settled
from explainer.quality import quality
from explainer.script import Script, load
from explainer.timeline import SceneShot
from explainer.worker import Frame, configure, job_for, run
from project import ROOT

Q = quality("320x180@10")
SCRIPT = load(ROOT / "script.yaml")
KEYS = [line.key for line in SCRIPT.lines]
LATER = [line.key for scene in SCRIPT.scenes for line in scene.lines[1:]]


@pytest.fixture(scope="module", autouse=True)
def stage(tmp_path_factory: pytest.TempPathFactory) -> None:
    configure(Q, str(tmp_path_factory.mktemp("texts")))


def shots(script: Script = SCRIPT) -> dict[str, SceneShot]:
    return timeline.shots(timeline.rehearse(script, Q.fps))


def drawn(scenes: dict[str, SceneShot], key: str) -> tuple[list[Frame], tuple[Label, ...]]:
    """Every fifth frame of a line and its last, and what can be read in it."""
    shot = scenes[key.partition(".")[0]]
    length = next(line.frames for line in shot.lines if f"{shot.id}.{line.id}" == key)
    wanted = {*range(0, length, 5), length - 1}
    found: list[Frame] = []
    at = 0

    def show(frame: Frame, repeat: int) -> None:
        nonlocal at
        if wanted.intersection(range(at, at + repeat)):
            found.append(frame.copy())
        at += repeat

    labels = run(job_for(SCRIPT, scenes, key, Q), show, wanted)
    assert at == length
    return found, labels


@cache
def rehearsed(key: str) -> tuple[list[Frame], tuple[Label, ...]]:
    return drawn(shots(), key)


def prolonged(scenes: dict[str, SceneShot], key: str) -> dict[str, SceneShot]:
    """The same shots with every line before `key` in its scene longer, and its cues later."""
    scene, _, line = key.partition(".")
    shot = scenes[scene]
    before = [one.id for one in shot.lines].index(line)
    slower = tuple(
        replace(
            one,
            frames=one.frames + 9,
            cues={name: (first + 4, last + 6) for name, (first, last) in one.cues.items()},
        )
        for one in shot.lines[:before]
    )
    return {**scenes, scene: replace(shot, lines=(*slower, *shot.lines[before:]))}


@pytest.mark.parametrize("key", KEYS)
def test_every_line_draws_and_shows_something(key: str) -> None:
    frames, labels = rehearsed(key)
    stage = np.stack(frames)[:, 20:150, :, :3].astype(int)
    assert stage.max() > 150
    assert np.abs(stage[-1] - stage[0]).max() > 60, "nothing changes"
    assert labels


@pytest.mark.parametrize("key", KEYS)
def test_no_label_overlaps_leaves_the_frame_or_enters_a_band(key: str) -> None:
    assert misplaced(rehearsed(key)[1], Q) == []


@pytest.mark.parametrize("key", KEYS)
def test_every_label_is_large_enough_to_read(key: str) -> None:
    small = {
        label.text: label.size for label in settled(rehearsed(key)[1]) if label.size < SMALLEST
    }
    assert small == {}


@pytest.mark.parametrize("key", LATER)
def test_a_line_looks_the_same_after_earlier_ones_grew_longer(key: str) -> None:
    alone, labels = rehearsed(key)
    again, same = drawn(prolonged(shots(), key), key)
    assert labels == same
    for number, (one, other) in enumerate(zip(alone, again, strict=True)):
        assert (one == other).all(), f"sample {number} differs"
