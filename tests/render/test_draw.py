"""Clips: encoded once, kept under everything that their pixels depend on, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from explainer import draw
from explainer.cache.store import Cache
from explainer.draw.burn_in import CaptionState, overlay
from explainer.draw.clip import Clip
from explainer.draw.line_runner import job_for, run
from explainer.draw.local import LocalRenderer
from explainer.draw.manim_config import configure
from explainer.draw.stills import stills
from explainer.errors import SceneError, ScriptError
from explainer.frame_format import FRAME_FORMATS, EncoderPreset, find_format
from explainer.media.encoder import ClipEncoder
from explainer.media.pango import FontSource
from explainer.progress import Progress
from explainer.script.loader import load
from explainer.timeline.layout import estimate_timeline
from explainer.timeline.scene_timing import scene_timings
from project import TINY, Project

pytestmark = pytest.mark.render

Q = find_format(TINY)
KEYS = ["dots.one", "dots.two"]


def clips(project: Project, keys: Sequence[str] = KEYS) -> list[Clip]:
    script = load(project.script)
    shots = scene_timings(estimate_timeline(script, Q.fps))
    with Progress(quiet=True) as progress:
        return draw.clips(
            script,
            shots,
            keys,
            Q,
            Cache(project.folder / ".explainer-cache"),
            progress,
            {},
            LocalRenderer(Q),
        )


def fates(project: Project) -> dict[str, str]:
    script = load(project.script)
    shots = scene_timings(estimate_timeline(script, Q.fps))
    cache = Cache(project.folder / ".explainer-cache")
    return {key: draw.stale_reason(script, shots, key, Q, cache) for key in KEYS}


def test_each_line_becomes_a_clip_of_exactly_its_frames(project: Project) -> None:
    shots = scene_timings(estimate_timeline(load(project.script), Q.fps))
    for clip, line in zip(clips(project), shots["dots"].lines, strict=True):
        with av.open(str(clip.path)) as file:
            decoded = list(file.decode(video=0))
        assert len(decoded) == clip.frames == line.frames
        assert [frame.pts for frame in decoded] == sorted({frame.pts for frame in decoded})


def test_a_second_time_nothing_is_drawn(project: Project) -> None:
    first = clips(project)
    again = clips(project)
    assert [clip.reused for clip in first] == [False, False]
    assert [clip.reused for clip in again] == [True, True]
    assert not any(fates(project).values())


def test_the_same_line_gives_the_same_bytes(project: Project) -> None:
    first = [clip.path.read_bytes() for clip in clips(project)]
    for clip in clips(project):
        clip.path.unlink()
    assert [clip.path.read_bytes() for clip in clips(project)] == first


def test_a_longer_line_is_drawn_again_and_the_next_is_not(project: Project) -> None:
    clips(project)
    project.edit("appears.", "appears here.")
    found = fates(project)
    assert "length changed" in found["dots.one"]
    assert found["dots.two"] == f"the timing of line one changed; {draw.MAYBE}"
    assert [clip.reused for clip in clips(project)] == [False, True]
    assert not any(fates(project).values())


def test_a_cue_that_moved_is_named_with_its_times(project: Project) -> None:
    clips(project)
    project.edit("A single [dot]{dot} appears", "A [single]{dot} dot appears")
    found = fates(project)
    assert found["dots.one"].startswith("cue dot changed: 1.")
    assert [clip.reused for clip in clips(project)] == [False, True]


def test_a_word_that_changes_no_time_draws_nothing(project: Project) -> None:
    clips(project)
    project.edit("show: A pink dot.", "show: A rosy dot.")
    assert not any(fates(project).values())


@pytest.mark.parametrize("name", ["dots.py", "helper.py"])
def test_a_change_in_a_scene_or_what_it_imports_draws_it_again(project: Project, name: str) -> None:
    helper = project.scene.with_name("helper.py")
    helper.write_text("SIZE = 1\n")
    project.edit_scene("from manim", "from helper import SIZE  # noqa\nfrom manim")
    clips(project)
    changed = project.scene.with_name(name)
    changed.write_text(changed.read_text() + "\n# changed\n")
    assert all(why == f"scenes/{name} changed" for why in fates(project).values())


def test_what_a_scene_imports_is_loaded_anew_for_each_size(project: Project) -> None:
    helper = project.scene.with_name("helper.py")
    helper.write_text("from manim import config\nWIDTH = config.frame_width\n")
    project.edit_scene("from manim", "import helper\nfrom manim")
    project.edit_scene("def one(self):\n", "def one(self):\n        assert helper.WIDTH == 8\n")
    script = load(project.script)
    shots = scene_timings(estimate_timeline(script, 10))
    with pytest.raises(SceneError, match="AssertionError"):
        stills(script, shots, "dots.one", [0], find_format("160x90@10"))
    stills(script, shots, "dots.one", [0], find_format("90x160@10"))


def test_a_damaged_clip_is_drawn_again(project: Project) -> None:
    first = clips(project)[0]
    content = first.path.read_bytes()
    first.path.write_bytes(content[:-1] + b"\0")
    again = clips(project)[0]
    assert not again.reused
    assert again.path.read_bytes() == content


def test_a_scene_that_fails_loses_no_other_line_and_leaves_no_rubbish(project: Project) -> None:
    project.edit_scene("def two(self):\n", "def two(self):\n        raise RuntimeError('no dot')\n")
    with pytest.raises(SceneError, match=r"line dots\.two: RuntimeError: no dot"):
        clips(project)
    kept = [p.name for p in (project.folder / ".explainer-cache").rglob("*") if p.is_file()]
    assert not [name for name in kept if name.startswith(".making")]
    assert not list((project.folder / ".explainer-cache").glob("drawing-*"))
    assert clips(project, ["dots.one"])[0].reused


SWATCHES = ["#FF5C8A", "#FFB547", "#35DCCB", "#7D96EA", "#9C82FF", "#5BE7A9", "#18204a", "#ffffff"]


def test_colours_come_back_from_the_film_within_three_steps(tmp_path: Path) -> None:
    rgb = [[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in SWATCHES]
    frame = np.zeros((64, 64 * len(rgb), 4), np.uint8)
    for i, colour in enumerate(rgb):
        frame[:, 64 * i : 64 * (i + 1)] = [*colour, 255]
    path = tmp_path / "swatches.mp4"
    with ClipEncoder(
        path, replace(Q, width=frame.shape[1], height=64, encoder=EncoderPreset("veryfast", 12))
    ) as encoder:
        encoder.show(frame, 5)
    with av.open(str(path)) as file:
        shown = next(file.decode(video=0)).to_ndarray(format="rgb24").astype(int)
    for i, colour in enumerate(rgb):
        assert np.abs(shown[32, 64 * i + 32] - colour).max() <= 3, SWATCHES[i]


@pytest.mark.parametrize("step", ["convert", "encode"])
def test_an_encoder_that_fails_says_so_and_does_not_hang(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def fails(*_: object) -> None:
        raise OSError("no room")

    monkeypatch.setattr(ClipEncoder, step, fails)
    frame = np.zeros((Q.height, Q.width, 4), np.uint8)

    def encode() -> None:
        with ClipEncoder(tmp_path / "c.mp4", Q) as encoder:
            for _ in range(5):
                encoder.show(frame)

    with pytest.raises(OSError, match="no room"):
        encode()


def test_a_burnt_in_caption_is_there_on_its_frames_only(project: Project) -> None:
    font = FontSource(str(project.folder / "assets" / "fonts"), "en")
    shown: list[tuple[int, bool]] = []

    def show(frame: np.ndarray, repeat: int) -> None:
        shown.append((repeat, bool(frame[:, :, :3].max() > 100)))

    shape = find_format("320x180@10")
    lay = overlay(
        show, (CaptionState(3, 5, ("Two dots",), font), CaptionState(5, 7, ("meet",), font)), shape
    )
    frame = np.zeros((180, 320, 4), np.uint8)
    lay(frame, 4)
    lay(frame, 6)
    assert shown == [(3, False), (1, True), (1, True), (2, True), (3, False)]
    assert frame.max() == 0


@pytest.mark.parametrize("name", ["8k", "161x90@10", "160x90@7", "160x90", "0x0@10"])
def test_a_quality_that_cannot_be_made_is_refused(name: str) -> None:
    with pytest.raises(ScriptError):
        find_format(name)


def test_every_named_quality_has_whole_frames() -> None:
    assert [find_format(name).fps for name in FRAME_FORMATS] == [15, 30, 30, 60, 60]


def labelled(project: Project) -> None:
    project.edit("show: A pink dot.", "show: A dot.\n        labels: {name: dot, other-name: x}")
    project.edit_scene(
        "import NarratedScene, RadialGradient",
        "import NarratedScene, RadialGradient, label_texts",
    )
    project.edit_scene("from manim import", "from manim import Text,")
    named = 'self.add(Text(label_texts("na" + "me")[0], font="Inter").shift(2 * LEFT))'
    project.edit_scene("def one(self):", f"def one(self):\n        {named}")


def test_a_line_is_drawn_again_when_a_label_that_its_scene_names_changes(project: Project) -> None:
    labelled(project)
    (first, _) = clips(project)
    project.edit("other-name: x", "other-name: y")
    assert set(fates(project).values()) == {""}
    project.edit("{name: dot", "{name: spot")
    assert fates(project)["dots.one"].startswith("label name changed")
    assert [one.text for clip in (first, clips(project)[0]) for one in clip.labels] == [
        "dot",
        "spot",
    ]


def test_a_label_that_the_script_does_not_have_is_a_scene_error(project: Project) -> None:
    labelled(project)
    project.edit("{name: dot, ", "{")
    with pytest.raises(SceneError, match="the script gives this scene no label “name”"):
        clips(project)


def test_the_name_of_a_label_may_be_computed(project: Project) -> None:
    labelled(project)
    project.edit_scene('"na" + "me"', '"-".join(["other", "name"])')
    assert [one.text for one in clips(project)[0].labels] == ["x"]
    project.edit("other-name: x", "other-name: y")
    assert fates(project)["dots.one"] == "label other-name changed"


@pytest.mark.parametrize("bases", ["NarratedScene", "NarratedScene, ThreeDScene"])
def test_a_frame_does_not_change_until_the_next_is_handed_on(
    project: Project, tmp_path: Path, bases: str
) -> None:
    project.edit_scene("(NarratedScene)", f"({bases})")
    project.edit_scene("import LEFT", "import ThreeDScene, LEFT")
    project.edit_scene(
        "        self.play(self.camera.frame.animate.scale(0.8), run_time=0.4)\n", ""
    )
    script = load(project.script)
    shots = scene_timings(estimate_timeline(script, Q.fps))
    shown: list[tuple[np.ndarray, np.ndarray]] = []
    changed = []

    def show(frame: np.ndarray, _repeat: int) -> None:
        # the encoder converts it meanwhile, in a thread of its own
        changed.extend(not np.array_equal(*pair) for pair in shown[-1:])
        shown.append((frame, frame.copy()))

    configure(Q, str(tmp_path), str(project.folder))
    run(job_for(script, shots, "dots.one", Q), show)
    assert len(changed) > 2
    assert not any(changed)


def test_a_file_that_a_scene_keeps_open_is_read_on_in_each_line(project: Project) -> None:
    (project.folder / "sizes").write_text("1.0\n0.5\n", encoding="utf-8")
    third = "cite: [euclid]\n      - {id: three, say: It grows., show: It is larger.}"
    project.edit("cite: [euclid]", third)
    opened = 'def one(self):\n        self.sizes = open("sizes")\n'
    project.edit_scene("def one(self):\n", opened)
    reads = "        assert self.sizes.readline() == {!r}\n"
    project.edit_scene("def two(self):\n", "def two(self):\n" + reads.format("1.0\n"))
    with project.scene.open("a", encoding="utf-8") as scene:
        scene.write("\n    def three(self):\n" + reads.format("0.5\n"))
    assert len(clips(project, [*KEYS, "dots.three"])) == 3
