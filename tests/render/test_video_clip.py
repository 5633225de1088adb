"""A film in a picture: the right frame at each moment, and words for what cannot be shown."""

from __future__ import annotations

import json
import os
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from explainer.cli import main
from explainer.draw.stills import stills
from explainer.errors import SceneError
from explainer.frame_format import find_format
from explainer.media.clip_reader import ClipReader
from explainer.script.loader import load
from explainer.timeline.layout import estimate_timeline
from explainer.timeline.scene_timing import scene_timings
from project import ROOT, TINY, Project

pytestmark = pytest.mark.render

Q = find_format(TINY)
STEP = 8
"""How much brighter each frame of the clip is than the one before."""


def clip(path: Path, frames: int = 30, rate: int = 10, turned: int = 0, codec: str = "") -> Path:
    """A grey film of which each frame tells its number by its brightness, white on its left."""
    with av.open(str(path), "w") as file:
        track = file.add_stream(codec or "libx264", rate=rate, options={"g": "7", "bf": "2"})
        track.width, track.height, track.pix_fmt = 64, 36, "yuv420p"
        track.time_base = Fraction(1, rate)
        if turned:
            track.set_display_rotation(turned)
        for number in range(frames):
            picture = np.full((36, 64, 3), number % 32 * STEP, np.uint8)
            picture[:, :16] = 255
            file.mux(track.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        file.mux(track.encode(None))
    return path


def frames(project: Project, code: str, line: str = "one", count: int | None = None) -> list[int]:
    """Which frame of the clip each frame of a line shows; line one does this, line two goes on."""
    text = "from manim import *\n\nfrom explainer.scene import NarratedScene, VideoClip\n\n\n"
    text += f"class Dots(NarratedScene):\n    def one(self):\n        {code}\n\n"
    text += "    def two(self):\n        self.play(self.clip.play(), run_time=0.5)\n"
    project.scene.write_text(text, encoding="utf-8")
    script = load(project.script)
    shots = scene_timings(estimate_timeline(script, Q.fps))
    timing = next(each for each in shots["dots"].lines if each.id == line)
    numbers = range(timing.frames if count is None else count)
    drawn = stills(script, shots, f"dots.{line}", numbers, Q)
    return [round(float(np.mean(frame[40:50, 80:120, 0])) / STEP) for frame in drawn]


@pytest.mark.parametrize("name", ["swim.mp4", "swim.mkv"])
def test_each_frame_of_the_film_shows_the_clip_s_own_frame_of_that_moment(
    project: Project, name: str
) -> None:
    clip(project.folder / "assets" / name)
    code = f"self.clip = VideoClip('{name}'); self.play(self.clip.play(run_time=1.2))"
    assert frames(project, code, count=14) == [*range(12), 12, 12]


def test_a_line_that_is_drawn_alone_goes_on_where_the_one_before_it_stopped(
    project: Project,
) -> None:
    clip(project.folder / "assets" / "swim.mp4")
    code = "self.clip = VideoClip('swim.mp4'); self.play(self.clip.play(), run_time=0.7)"
    assert frames(project, code, "two", 6) == [7, 8, 9, 10, 11, 12]


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        ("speed=2", [0, 2, 4, 6, 8, 10]),
        ("speed=0.5", [0, 0, 1, 1, 2, 2]),
        ("start=1", [10, 11, 12, 13, 14, 15]),
        ("start=1, end=1.3, loop=True", [10, 11, 12, 10, 11, 12]),
        ("start=0.4, end=1, loop=True, speed=3", [4, 7, 4, 7, 4, 7]),
    ],
)
def test_a_part_of_a_clip_runs_at_its_speed_and_goes_round(
    project: Project, arguments: str, shown: list[int]
) -> None:
    clip(project.folder / "assets" / "swim.mp4")
    code = (
        f"self.clip = VideoClip('swim.mp4', {arguments}); self.play(self.clip.play(run_time=0.6))"
    )
    assert frames(project, code, count=6) == shown


def test_a_clip_of_another_rate_shows_what_is_due(project: Project) -> None:
    clip(project.folder / "assets" / "swim.webm", rate=25, codec="libvpx-vp9")
    code = "self.clip = VideoClip('swim.webm'); self.play(FadeIn(self.clip), self.clip.play(), "
    code += "run_time=1); self.clip.go_to(0.4)"
    # 2.5 frames of the clip in each of the film
    assert frames(project, code, count=12)[9:] == [22, 10, 10]


def test_frames_are_the_same_in_whichever_order_they_are_asked_for(tmp_path: Path) -> None:
    content = clip(tmp_path / "swim.mp4").read_bytes()
    onward = ClipReader(content)
    forth = [onward.pixels(number, (64, 64)) for number in range(30)]
    back = ClipReader(content)
    for number in reversed(range(30)):
        assert np.array_equal(back.pixels(number, (64, 64)), forth[number])


@pytest.mark.parametrize(("name", "codec"), [("a.webm", "libvpx-vp9"), ("a.mov", "png")])
def test_what_is_clear_in_a_film_stays_clear(tmp_path: Path, name: str, codec: str) -> None:
    with av.open(str(tmp_path / name), "w") as file:
        track = file.add_stream(codec, rate=10)
        track.width, track.height = 64, 36
        track.pix_fmt = "rgba" if codec == "png" else "yuva420p"
        picture = np.full((36, 64, 4), 255, np.uint8)
        picture[:, :32, 3] = 0
        for _ in range(5):
            frame = av.VideoFrame.from_ndarray(picture, format="rgba")
            file.mux(track.encode(frame.reformat(format=track.pix_fmt)))
        file.mux(track.encode(None))
    reader = ClipReader((tmp_path / name).read_bytes())
    for number in (3, 1):
        alpha = reader.pixels(number, (64, 64))[18, :, 3]
        assert alpha[8] < 8
        assert alpha[56] > 247


def test_a_film_that_a_camera_turned_stands_upright(tmp_path: Path) -> None:
    reader = ClipReader(clip(tmp_path / "swim.mp4", turned=90).read_bytes())
    assert reader.size == (36, 64)
    pixels = reader.pixels(3, (400, 400))
    assert pixels.shape == (64, 36, 4)
    assert {pixels[4, 18, 0] > 200, pixels[60, 18, 0] > 200} == {True, False}


def test_a_clip_goes_no_further_than_its_part(project: Project) -> None:
    clip(project.folder / "assets" / "swim.mp4")
    code = "self.clip = VideoClip('swim.mp4', end=0.5); self.play(self.clip.play(), by='end')"
    assert frames(project, code, count=8) == [0, 1, 2, 3, 4, 4, 4, 4]


def test_the_example_of_the_manual_shows_a_part_at_half_its_speed(project: Project) -> None:
    clip(project.folder / "assets" / "swim.mp4", frames=90)
    manual = (ROOT / "docs" / "scenes.md").read_text(encoding="utf-8")
    code = manual.partition("## Films in a picture\n\n```python\n")[2].partition("```")[0]
    lines = code.replace('"cell"', '"dot"').replace("self.swim", "self.clip").splitlines()
    shown = frames(project, "\n        ".join(lines))
    assert shown[0] == 0
    assert shown[12:18] == [26, 26, 27, 27, 28, 28]


def test_a_line_is_drawn_anew_when_its_clip_holds_another_film_and_not_for_a_new_date(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    file = clip(project.folder / "assets" / "swim.mp4")
    project.edit_scene("from explainer.scene import", "from explainer.scene import VideoClip,")
    project.edit_scene(
        "    def two(self):\n", "    def two(self):\n        VideoClip('swim.mp4')\n"
    )
    given = ["--quality", TINY, "--voice", "tone"]

    def reasons() -> list[str]:
        capsys.readouterr()
        main(["plan", *given, "--json"])
        lines = json.loads(capsys.readouterr().out)["lines"]
        return [line["picture"] for line in lines.values()]

    assert main(given) == 0
    os.utime(file, (0, 0))
    assert reasons() == ["", ""]
    clip(file, frames=29)
    assert reasons() == ["", "assets/swim.mp4 changed"]


REFUSED = {
    "VideoClip('swum.mp4')": "there is no asset “swum.mp4”",
    "VideoClip(None)": "a clip is the name of a film in assets, not None",
    "VideoClip('text.mp4')": "it cannot be read as a film",
    "VideoClip('bell.mp4')": "there is no picture in it",
    "VideoClip('half.mp4')": "it cannot be read as a film",
    "VideoClip('swim.mp4', start=2, end=1)": "no part from 2 to 1 s",
    "VideoClip('swim.mp4', end=4)": "is 3.00 s long",
    "VideoClip('swim.mp4', start=-1)": "no part from -1",
    "VideoClip('swim.mp4', speed=0)": "give more than 0",
    "VideoClip('swim.mp4', speed=float('nan'))": "speed=nan of clip “swim.mp4” is no number",
    "VideoClip('swim.mp4', start='one')": "start='one' of clip “swim.mp4” is no number",
    "VideoClip('swim.mp4').go_to(9)": "has no second 9",
    "VideoClip('swim.mp4').set_color(RED)": "has its own colours",
    "self.play(VideoClip('swim.mp4', end=0.3).play(), run_time=1)": "has 0.30 s left but is to run",
}


@pytest.mark.parametrize("code", REFUSED)
def test_what_cannot_be_shown_is_refused_at_the_author_s_line(project: Project, code: str) -> None:
    assets = project.folder / "assets"
    whole = clip(assets / "swim.mp4").read_bytes()
    (assets / "half.mp4").write_bytes(whole[: len(whole) // 2])
    (assets / "text.mp4").write_text("no film")
    with av.open(str(assets / "bell.mp4"), "w") as file:
        track = file.add_stream("aac", rate=48000)
        sound = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
        sound.rate = 48000
        file.mux(track.encode(sound))
        file.mux(track.encode(None))
    with pytest.raises(SceneError) as caught:
        frames(project, code, count=1)
    assert REFUSED[code] in str(caught.value)
    assert "scenes/dots.py:8" in str(caught.value)
