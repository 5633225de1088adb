"""What was drawn is known again in the finished film, and a picture that is another is found."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from explainer import draw, mux
from explainer.audio.mix import mix_audio
from explainer.cache.store import Cache
from explainer.captions.segment import segment
from explainer.draw import line_runner
from explainer.draw.clip import Clip, DrawnLine
from explainer.frame_format import EncoderPreset, FrameFormat, find_format
from explainer.language_version import LanguageVersion
from explainer.media import colour_signature
from explainer.media.encoder import ClipEncoder
from explainer.script.loader import load
from explainer.timeline.json import from_json
from explainer.timeline.layout import estimate_timeline
from explainer.timeline.model import Timeline
from explainer.timeline.scene_timing import scene_timings
from explainer.timeline.speech import Speech
from explainer.verify.report import CheckResult
from measured import picture_results
from project import TINY, Project
from tiny_film import FRAME, remade, say
from tiny_film import timeline as small

SHAPE = FrameFormat("small", 640, 360, 30, EncoderPreset("veryfast"))
OKABE_ITO = ("000000", "e69f00", "56b4e9", "009e73", "f0e442", "0072b2", "d55e00", "cc79a7")


def frame(scene: str, number: int) -> np.ndarray:
    """A bar that moves over grey, and under it eight colours, in each scene in another order."""
    made = np.full((360, 640, 4), 60, np.uint8)
    made[:, 8 * number : 8 * number + 32] = 255
    colours = OKABE_ITO if scene == "one" else OKABE_ITO[::-1]
    for at, colour in enumerate(colours):
        made[180:, 80 * at : 80 * at + 80, :3] = list(bytes.fromhex(colour))
    return made


def assembled(folder: Path, out: Path, clips: Sequence[Clip], clock: Timeline) -> Path:
    speech = Speech("n", {ln.key: say(folder / f"{ln.scene}.wav", ln) for ln in clock.lines})
    track = mix_audio(clock, speech, Cache(folder / "cache"), folder)
    version = LanguageVersion(clock, captions=segment(clock), mixdown=track)
    mux.assemble([version], SHAPE, clips, out)
    return out


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Timeline, list[Clip]]:
    """A film whose timeline notes its colours, that timeline, and its clips."""
    folder = tmp_path_factory.mktemp("coloured")
    clips = []
    for line in (clock := small()).lines:
        count, path = (line.end - line.start) // FRAME, folder / f"{line.scene}.mp4"
        with ClipEncoder(path, SHAPE) as encoder:
            cues = [(cue.start - line.start) // FRAME for cue in line.cues]
            encoder.signature_frames = colour_signature.frames_to_sign(count, cues)
            for number in range(count):
                encoder.show(frame(line.scene, number))
        seen = tuple(sorted(encoder.swatches.items()))
        clips.append(Clip(line.key, path, count, swatches=seen))
    clock = draw.with_picture_facts(clock, clips)
    return assembled(folder, folder / "a.mp4", clips, clock), clock, clips


@pytest.fixture
def copy(good: tuple[Path, Timeline, list[Clip]], tmp_path: Path) -> Path:
    return Path(shutil.copy(good[0], tmp_path))


def colours(path: Path, clock: Timeline) -> CheckResult:
    return picture_results(path, clock)["colours"]


def test_what_was_drawn_is_known_again(good: tuple[Path, Timeline, list[Clip]]) -> None:
    path, clock, _ = good
    assert all(len(line.swatches) == 3 for line in clock.lines)
    row = colours(path, clock)
    assert row.ok, row
    assert int(row.measured.split()[0]) <= 3
    assert from_json(clock.to_json()) == clock


@pytest.mark.parametrize("crf", ["26"])
def test_encoding_alone_is_no_fault(
    copy: Path, good: tuple[Path, Timeline, list[Clip]], crf: str
) -> None:
    remade(copy, "-c:a", "copy", "-c:v", "libx264", "-crf", crf)
    assert colours(copy, good[1]).ok


TAGS = ["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"]


@pytest.mark.fault("video")
@pytest.mark.parametrize(
    "change",
    [
        "scale=in_color_matrix=bt709:out_color_matrix=bt601",
        "scale=in_range=tv:out_range=pc,setparams=range=tv",
        "scale=in_color_matrix=bt601:out_color_matrix=bt709",
        "hue=h=6",
        "eq=gamma=1.06",
    ],
)
def test_colours_by_a_wrong_matrix_or_range_are_found(
    copy: Path, good: tuple[Path, Timeline, list[Clip]], change: str
) -> None:
    """The tags stay right: only the colours themselves tell."""
    remade(copy, "-c:a", "copy", "-c:v", "libx264", "-crf", "12", "-vf", change, *TAGS)
    row = colours(copy, good[1])
    assert row.ok is False
    assert int(row.measured.split()[0]) > 5


@pytest.mark.fault("rhythm")
@pytest.mark.parametrize("late", [0.2, 1.0])
def test_a_picture_that_comes_late_is_found(
    copy: Path, good: tuple[Path, Timeline, list[Clip]], late: float
) -> None:
    wait = f"tpad=start_duration={late}:start_mode=clone,trim=end={good[1].length / 48_000}"
    remade(copy, "-c:a", "copy", "-c:v", "libx264", "-crf", "12", "-vf", wait)
    assert colours(copy, good[1]).ok is False


@pytest.mark.fault("sync")
@pytest.mark.parametrize("what", ["freezes", "ends early"])
def test_a_picture_that_stops_is_found(
    copy: Path, good: tuple[Path, Timeline, list[Clip]], what: str
) -> None:
    end = "loop=loop=-1:size=1:start=50,trim=end=2.4" if what == "freezes" else "trim=end=2"
    remade(copy, "-c:a", "copy", "-c:v", "libx264", "-crf", "12", "-vf", end)
    row = colours(copy, good[1])
    assert row.ok is False
    assert "are there" in row.measured or what == "freezes"


@pytest.mark.fault("sync")
def test_lines_in_each_others_place_are_found(
    good: tuple[Path, Timeline, list[Clip]], tmp_path: Path
) -> None:
    path, clock, clips = good
    count = min(clip.frames for clip in clips)
    swapped = []
    for clip, scene in zip(clips, ("two", "one"), strict=True):
        with ClipEncoder(tmp_path / f"{scene}.mp4", SHAPE) as encoder:
            for number in range(clip.frames):
                encoder.show(frame(scene, number))
        swapped.append(replace(clip, path=tmp_path / f"{scene}.mp4"))
    assert count > 10
    made = assembled(path.parent, tmp_path / "b.mp4", swapped, clock)
    assert colours(made, clock).ok is False


def test_a_timeline_without_colours_leaves_them_open(
    good: tuple[Path, Timeline, list[Clip]],
) -> None:
    assert colours(good[0], small()).ok is None


def test_colours_are_noted_of_every_cue_and_kept_with_the_clip(project: Project) -> None:
    script, shape = load(project.script), find_format(TINY)
    shots = scene_timings(estimate_timeline(script, shape.fps))
    job = line_runner.job_for(script, shots, "dots.one", shape)
    drawn = line_runner.draw(job, str(project.folder / "one.mp4"), str(project.folder / "texts"))
    assert isinstance(drawn, DrawnLine)
    facts = json.loads(json.dumps(drawn.facts))
    (cue,) = job.timing.cues.values()
    frames = job.timing.frames
    assert [n for n, _ in facts["swatches"]] == sorted({cue[0], frames // 2, frames - 1})
    assert len({colours for _, colours in facts["swatches"]}) == 3


def test_the_parts_of_a_picture_are_its_means() -> None:
    picture = np.zeros((90, 160, 3), np.uint8)
    picture[:10, :10] = (10, 20, 30)
    picture[80:, 155:] = 255
    text = colour_signature.signature(picture)
    assert text.startswith("0a141e" + "000000")
    assert text.endswith("808080")
    assert colour_signature.max_difference(text, text) == 0
    assert colour_signature.max_difference(text, "00" * 432) == 128
    with pytest.raises(ValueError, match="no swatches"):
        colour_signature.max_difference(text, "00")
