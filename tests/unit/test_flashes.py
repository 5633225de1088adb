"""Flashes are told from what is none, on clips made for it and decoded as a film is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from explainer.frame_format import EncoderPreset, find_format
from explainer.media.encoder import ClipEncoder
from explainer.verify.cells import CELLS, CellScaler
from explainer.verify.flash_detector import FlashDetector
from explainer.verify.report import CheckResult
from measured import picture_results

WHITE, GREY, BLACK = (255, 255, 255), (100, 100, 100), (0, 0, 0)
RED, RED_GREY = (255, 0, 0), (127, 127, 127)
"""Alike in relative luminance: 0.2126 and 0.2122."""


def judged(
    folder: Path,
    fps: int,
    colour: Callable[[float], tuple[int, int, int]],
    part: tuple[slice, slice] = (slice(None), slice(None)),
    length: float = 3,
) -> dict[str, CheckResult]:
    """What is found in a clip: black but for a part, which has `colour` of each second."""
    path = folder / "clip.mp4"
    with ClipEncoder(
        path, replace(find_format(f"256x144@{fps}"), encoder=EncoderPreset("veryfast", 12))
    ) as clip:
        for number in range(round(length * fps)):
            frame = np.zeros((144, 256, 4), np.uint8)
            frame[..., 3] = 255
            frame[(*part, slice(0, 3))] = colour((number + 0.001) / fps)
            clip.show(frame)
    return picture_results(path, None)


def square(hertz: float, one: tuple[int, int, int], other: tuple[int, int, int]):
    return lambda t: one if t * hertz % 1 < 0.5 else other


both_speeds = pytest.mark.parametrize("fps", [30, 60])


@both_speeds
@pytest.mark.parametrize(("hertz", "fine"), [(1, True), (3, True), (4, False), (10, False)])
def test_three_flashes_a_second_pass_and_four_fail(tmp_path, fps, hertz, fine):
    found = judged(tmp_path, fps, square(hertz, BLACK, WHITE))
    assert found["flashes"].ok is fine
    assert found["flashes"].measured.startswith(f"{hertz} in the second up to")
    assert found["red flashes"].ok


@both_speeds
@pytest.mark.fault("flashes")
def test_a_patch_of_a_fiftieth_of_the_picture_is_enough_and_is_told(tmp_path, fps):
    part = slice(36, 56), slice(192, 222)  # 1.6 % of the frame
    row = judged(tmp_path, fps, square(4, BLACK, WHITE), part)["flashes"]
    assert not row.ok
    across, down = (int(text.split("%")[0].split()[-1]) for text in row.measured.split(",")[1:])
    assert 75 <= across <= 87
    assert 25 <= down <= 39


@both_speeds
def test_a_flash_between_two_bright_states_is_none(tmp_path, fps):
    found = judged(tmp_path, fps, square(4, (235, 235, 235), WHITE))  # 0.83 and 1
    assert found["flashes"].measured == "none"
    assert found["flashes"].ok


@both_speeds
@pytest.mark.fault("flashes")
def test_a_flash_with_one_state_just_dark_enough_counts(tmp_path, fps):
    assert not judged(tmp_path, fps, square(4, (225, 225, 225), WHITE))["flashes"].ok  # 0.75


@both_speeds
def test_a_change_of_less_than_a_tenth_is_no_flash(tmp_path, fps):
    low = judged(tmp_path, fps, square(5, GREY, (125, 125, 125)))  # 0.127 and 0.205
    assert low["flashes"].measured == "none"


@both_speeds
@pytest.mark.fault("flashes")
def test_a_change_of_a_little_over_a_tenth_is_a_flash(tmp_path, fps):
    assert not judged(tmp_path, fps, square(5, GREY, (140, 140, 140)))["flashes"].ok  # 0.262


@both_speeds
def test_a_slow_fade_is_one_change(tmp_path, fps):
    row = judged(tmp_path, fps, lambda t: (round(85 * t),) * 3)["flashes"]
    assert row.ok
    assert row.measured.startswith("0.5 in the second")


@both_speeds
@pytest.mark.fault("flashes")
def test_a_ramp_counts_however_many_frames_each_change_takes(tmp_path, fps):
    wave = judged(tmp_path, fps, lambda t: (round(127 + 127 * np.sin(8 * np.pi * t)),) * 3)
    assert not wave["flashes"].ok


@both_speeds
@pytest.mark.parametrize(("count", "fine"), [(3, True), (4, False)])
def test_a_short_burst_is_judged_by_its_flashes(tmp_path, fps, count, fine):
    burst = square(4, WHITE, BLACK)
    found = judged(tmp_path, fps, lambda t: burst(t) if 1 <= t < 1 + count / 4 else BLACK)
    assert found["flashes"].ok is fine


@both_speeds
@pytest.mark.parametrize(("hertz", "fine"), [(3, True), (4, False)])
def test_saturated_red_flashes_at_equal_brightness_too(tmp_path, fps, hertz, fine):
    found = judged(tmp_path, fps, square(hertz, RED, RED_GREY))
    assert found["red flashes"].ok is fine
    assert found["flashes"].ok


@both_speeds
def test_other_colours_of_equal_brightness_do_not_flash(tmp_path, fps):
    found = judged(tmp_path, fps, square(5, (0, 141, 0), (127, 127, 127)))
    assert found["flashes"].ok
    assert found["red flashes"].measured == "none"


def test_the_colour_of_noise_in_the_dark_does_not_count():
    watch, noise = FlashDetector(30), np.random.default_rng(1)
    for _ in range(60):
        watch.add_frame(noise.integers(0, 4, (*CELLS, 3), dtype=np.uint8))
    assert watch.red.changes == 0


def test_what_was_longer_ago_than_a_second_is_forgotten():
    watch = FlashDetector(30)
    for _ in range(40):  # a change every half second
        for light in (0, 255):
            for _ in range(15):
                watch.add_frame(np.full((*CELLS, 3), light, np.uint8))
    assert watch.light.changes == 2


@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1920), (854, 480), (1080, 1080), (80, 44)])
def test_a_cell_has_the_mean_of_all_its_pixels(size: tuple[int, int]) -> None:
    width, height = size
    luma = np.random.default_rng(1).integers(16, 236, (height, width), np.uint8)
    colourless = np.full(width * height // 2, 128, np.uint8)
    content = np.concatenate([luma.ravel(), colourless]).reshape(height * 3 // 2, width)
    cells = CellScaler().scale(av.VideoFrame.from_ndarray(content, format="yuv420p"))
    assert cells.shape == (*CELLS, 3)
    for row, column in [(0, 0), (7, 40), (20, 21), (35, 63)]:
        top, bottom = row * height // 36, max((row + 1) * height // 36, row * height // 36 + 1)
        left, right = column * width // 64, (column + 1) * width // 64
        mean = (luma[top:bottom, left:right].mean() - 16) * 255 / 219
        assert np.abs(cells[row, column] - mean).max() <= 1


def test_the_colours_of_cells_are_those_of_the_frame(tmp_path: Path) -> None:
    colours = [(200, 40, 40), (30, 180, 60), (20, 40, 220), (255, 255, 0)]
    with ClipEncoder(tmp_path / "clip.mp4", find_format("256x144@30")) as clip:
        for colour in colours:
            clip.show(np.full((144, 256, 4), (*colour, 255), np.uint8))
    with av.open(str(tmp_path / "clip.mp4")) as file:
        for colour, frame in zip(colours, file.decode(video=0), strict=True):
            assert np.abs(CellScaler().scale(frame).astype(int) - colour).max() <= 3
