"""The film's own scenes, each line drawn alone and small, in the time a voice might take."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from manim import config, tempconfig

from explainer.draw import line_runner
from explainer.draw.line_runner import configure, job_for, run
from explainer.draw.stills import stills
from explainer.frame_format import ASPECTS, FrameFormat, find_format, with_aspect
from explainer.script.loader import load
from explainer.script.model import Scene, Script
from explainer.script.translation import languages
from explainer.spec import HEADER_HEIGHT, MIN_LABEL_SIZE
from explainer.stage.frame_sink import Frame
from explainer.stage.labels import LabelRecorder
from explainer.stage.renderer import FrameRenderer
from explainer.timeline.labels import Label, frames_to_inspect
from explainer.timeline.layout import estimate_timeline
from explainer.timeline.scene_timing import LineTiming, SceneTiming, scene_timings
from explainer.verify.label_placement import placement_errors
from explainer.verify.steady_labels import steady_labels
from project import ROOT

pytestmark = pytest.mark.render

Q = find_format("320x180@10")
SCRIPT = load(ROOT / "script.yaml")
KEYS = [line.key for line in SCRIPT.lines]
SCENES = {scene.id: [line.id for line in scene.lines] for scene in SCRIPT.scenes}
LATER = [line.key for scene in SCRIPT.scenes for line in scene.lines[1:]]


@pytest.fixture(scope="module", autouse=True)
def stage(tmp_path_factory: pytest.TempPathFactory) -> None:
    configure(Q, str(tmp_path_factory.mktemp("texts")))


def shots(script: Script = SCRIPT) -> dict[str, SceneTiming]:
    return scene_timings(estimate_timeline(script, Q.fps))


def drawn(scenes: dict[str, SceneTiming], key: str) -> tuple[list[Frame], tuple[Label, ...]]:
    """Every tenth frame of a line and its last, and what can be read in it."""
    shot = scenes[key.partition(".")[0]]
    length = next(line.frames for line in shot.lines if f"{shot.id}.{line.id}" == key)
    wanted = {*range(0, length, 10), length - 1}
    found: list[Frame] = []
    at = 0

    def show(frame: Frame, repeat: int) -> None:
        nonlocal at
        if wanted.intersection(range(at, at + repeat)):
            found.append(frame.copy())
        at += repeat

    labels = run(job_for(SCRIPT, scenes, key, Q), show, wanted).labels()
    assert at == length
    return found, labels


@cache
def rehearsed(key: str) -> tuple[list[Frame], tuple[Label, ...]]:
    return drawn(shots(), key)


def prolonged(scenes: dict[str, SceneTiming], key: str) -> dict[str, SceneTiming]:
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


@pytest.mark.sampled(6)
@pytest.mark.parametrize("key", KEYS)
def test_every_line_draws_and_shows_something(key: str) -> None:
    frames, labels = rehearsed(key)
    stage = np.stack(frames)[:, 20:150, :, :3].astype(int)
    assert stage.max() > 150
    assert np.abs(stage[-1] - stage[0]).max() > 60, "nothing changes"
    assert labels


def labels_of(script: Script, scene: str, shape: FrameFormat) -> dict[str, tuple[Label, ...]]:
    """What can be read in each line of a scene, run once from end to end without being drawn."""
    job = job_for(script, shots(script), f"{scene}.{SCENES[scene][0]}", shape)
    renderer = FrameRenderer(set())
    seen: dict[str, LabelRecorder] = {}

    def begin_line(line: LineTiming) -> None:
        cues = (first for first, _ in line.cues.values())
        renderer.inspected_frames = frames_to_inspect(line.frames, Q.fps, cues)
        seen[line.id] = renderer.label_recorder = LabelRecorder()

    # as when it is drawn in full size: texts are broken where they are wider than the picture
    size = {"pixel_width": shape.width, "pixel_height": shape.height}
    with tempconfig({name: round(n / shape.scale) for name, n in size.items()}):
        made = line_runner._load(job)(renderer=renderer, shot=job.shot, begin_line=begin_line)
        made.setup()
        made.construct()
    return {line: noted.labels() for line, noted in seen.items()}


LANGUAGES = ["en", *languages(ROOT / "script.yaml")]


def chosen() -> Iterator[Any]:
    """Each scene in each language and each aspect; in each pair of both only with --whole.

    German, whose texts are the widest, is tried where there is the least room.
    """
    for n, scene in enumerate(SCENES):
        for k, language in enumerate(LANGUAGES):
            short = "9:16" if language == "de" else ("16:9", "1:1")[(n + k // 2) % 2]
            for aspect in ASPECTS:
                marks = () if short == aspect else pytest.mark.whole
                yield pytest.param(language, aspect, scene, marks=marks)


@pytest.mark.sampled(5)
@pytest.mark.parametrize(("language", "aspect", "scene"), [*chosen()])
def test_labels_are_laid_out_in_every_language_and_aspect(
    language: str, aspect: str, scene: str, tmp_path: Path
) -> None:
    script, shape = load(ROOT / "script.yaml", language), with_aspect(Q, aspect)
    configure(shape, str(tmp_path))
    try:
        found = labels_of(script, scene, shape)
    finally:
        configure(Q, str(tmp_path))
    assert list(found) == SCENES[scene]
    for line, labels in found.items():
        assert labels, line
        assert placement_errors(labels, shape) == [], line
        assert {
            one.text: one.size
            for one in steady_labels(labels, shape.fps)
            if one.size < MIN_LABEL_SIZE
        } == {}, line
        assert nearer_to_the_rim(labels, shape) == [], line


def nearer_to_the_rim(labels: tuple[Label, ...], shape: FrameFormat) -> list[str]:
    """Labels, but the header, that stand nearer to the left or right rim than the margin."""
    width = shape.width / shape.scale
    margin = 96 if width > shape.height / shape.scale else 54
    left, right = margin - 1, width - margin + 1
    steady = [label for label in steady_labels(labels, shape.fps) if not label.header]
    return [one.text for one in steady if one.box[0] < left or one.box[2] > right]


# what a dichromat sees, on linear RGB (Machado, Oliveira and Fernandes 2009, severity 1)
DICHROMATS = {
    "protan": [[0.1523, 1.0526, -0.2049], [0.1145, 0.7863, 0.0992], [-0.0039, -0.0481, 1.0519]],
    "deutan": [[0.3673, 0.8606, -0.2280], [0.2801, 0.6727, 0.0472], [-0.0118, 0.0430, 0.9689]],
    "tritan": [[1.2555, -0.0767, -0.1788], [-0.0784, 0.9308, 0.1476], [0.0047, 0.6914, 0.3039]],
}
ACTS = [
    ("HER2", "DNA", "HEADS"),
    ("HER2", "HER3", "HEADS", "SURVIVAL", "PROLIFERATION", "TEXT"),
    ("HER2", "HER3", "HEADS", "SURVIVAL", "PROLIFERATION", "TEXT", "ANTIBODY"),
    ("HER2", "HEADS", "ANTIBODY", "NK", "PERFORIN", "GRANZYME"),
    ("WELL", "ILL", "ANTIBODY"),
]
"""What is coloured to tell it from other things, in each picture of the film."""
TOGETHER = sorted({pair for act in ACTS for pair in combinations(sorted(act), 2)})


def lab(colour: str, eye: list[list[float]]) -> np.ndarray:
    rgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(rgb > 0.04045, ((rgb + 0.055) / 1.055) ** 2.4, rgb / 12.92)
    seen = np.clip(np.array(eye) @ linear, 0, 1)
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    xyz = np.array(to_xyz) @ seen / (0.9505, 1, 1.089)
    x, y, z = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("eye", DICHROMATS)
@pytest.mark.parametrize(("one", "other"), TOGETHER)
def test_colours_shown_together_stay_apart_for_every_eye(one: str, other: str, eye: str) -> None:
    source = (ROOT / "scenes" / "look.py").read_text(encoding="utf-8")
    palette = dict(pairs(source))
    matrix = DICHROMATS[eye]
    apart = np.linalg.norm(lab(palette[one], matrix) - lab(palette[other], matrix))
    assert apart >= 10


def pairs(source: str) -> list[tuple[str, str]]:
    """The names and colours of assignments such as `A, B = "#…", "#…"`."""
    found = []
    for names, colours in re.findall(r'^([A-Z][A-Z0-9_, ]*) = ("#.*)$', source, re.MULTILINE):
        found += zip(names.split(", "), re.findall(r"#\w{6}", colours), strict=True)
    return found


@cache
def in_its_scene(scene: str) -> dict[str, list[Frame]]:
    """The frames of `drawn`, of every line, when the whole scene is drawn in one go."""
    shot = shots()[scene]
    found: dict[str, list[Frame]] = {}
    at, wanted = 0, set[int]()

    def begin_line(line: LineTiming) -> None:
        nonlocal at, wanted
        at, wanted = 0, {*range(0, line.frames, 10), line.frames - 1}
        renderer.frames_to_draw = wanted
        found[f"{scene}.{line.id}"] = []

    def show(frame: Frame, repeat: int) -> None:
        nonlocal at
        if wanted.intersection(range(at, at + repeat)):
            list(found.values())[-1].append(frame.copy())
        at += repeat

    renderer = FrameRenderer(set())
    renderer.sink = show
    kind = line_runner._load(job_for(SCRIPT, shots(), f"{scene}.{shot.lines[0].id}", Q))
    size = {"pixel_width": round(Q.width / Q.scale), "pixel_height": round(Q.height / Q.scale)}
    with tempconfig(size):
        whole = kind(renderer=renderer, shot=shot, begin_line=begin_line)
        whole.setup()
        whole.construct()
    return found


@pytest.mark.sampled(4)
@pytest.mark.parametrize("key", LATER)
def test_a_line_drawn_alone_equals_itself_in_its_scene(key: str) -> None:
    alone, _ = rehearsed(key)
    again = in_its_scene(key.partition(".")[0])[key]
    for number, (one, other) in enumerate(zip(alone, again, strict=True)):
        assert (one == other).all(), f"sample {number} differs"


@pytest.mark.sampled(4)
@pytest.mark.parametrize("key", LATER)
def test_a_line_looks_the_same_after_earlier_ones_grew_longer(key: str) -> None:
    alone, labels = rehearsed(key)
    again, same = drawn(prolonged(shots(), key), key)
    assert labels == same
    for number, (one, other) in enumerate(zip(alone, again, strict=True)):
        assert (one == other).all(), f"sample {number} differs"


WHOLE = pytest.mark.whole


def end_picture(scenes: dict[str, SceneTiming], scene: Scene, shape: FrameFormat) -> Frame:
    """What is on the stage after a scene's last frame, the camera perhaps still on its way."""
    configure(shape, config.media_dir)
    job = job_for(SCRIPT, scenes, f"{scene.id}.{scene.lines[0].id}", shape)
    renderer = FrameRenderer(set())
    size = {"pixel_width": shape.width, "pixel_height": shape.height}
    with tempconfig({name: round(n / shape.scale) for name, n in size.items()}):
        made = line_runner._load(job)(renderer=renderer, shot=job.shot)
        made.setup()
        made.construct()
        renderer.camera.draw_frame(made.mobjects)
    return renderer.camera.pixel_array.copy()


@pytest.mark.parametrize(
    "aspect", ["16:9", pytest.param("9:16", marks=WHOLE), pytest.param("1:1", marks=WHOLE)]
)
@pytest.mark.parametrize(("left", "entered"), list(pairwise(SCRIPT.scenes)))
def test_a_scene_begins_with_the_picture_that_the_one_before_ended_with(
    left: Scene, entered: Scene, aspect: str
) -> None:
    shape, scenes = with_aspect(Q, aspect), shots()
    begun = f"{entered.id}.{entered.lines[0].id}"
    try:
        one = end_picture(scenes, left, shape)
        (other,) = stills(SCRIPT, scenes, begun, [0], shape)
    finally:
        configure(Q, config.media_dir)
    below = round(HEADER_HEIGHT * shape.scale) + 3  # the header goes on to the next chapter
    apart = np.abs(one[below:, :, :3].astype(int) - other[below:, :, :3]).max(axis=2)
    assert apart.mean() < 0.1
    # hairlines that the camera's travel sets off by a fraction of a pixel
    assert (apart > 24).sum() <= 10
