import shutil
import subprocess
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from explainer import pipeline
from explainer.audio.mixdown import Mixdown
from explainer.cache.store import Cache
from explainer.captions.model import Caption
from explainer.clock import TICKS
from explainer.draw.clip import SMALL_TRACK, Clip
from explainer.draw.local import LocalRenderer
from explainer.errors import CheckFailed, ScriptError
from explainer.export.poster import write_poster
from explainer.frame_format import EncoderPreset, FrameFormat, find_format
from explainer.language_version import LanguageVersion
from explainer.languages import iso639_2
from explainer.media import encoder, signature, signature_file
from explainer.media.encoder import ClipEncoder
from explainer.media.frames import measure_clip
from explainer.media.probe import CaptionEvent, probe
from explainer.mux import assemble
from explainer.pipeline import RenderOptions
from explainer.script.model import Script
from explainer.timeline.model import TimedCue, TimedLine, TimedScene, Timeline

SMALL = FrameFormat("small", 160, 90, 30, EncoderPreset("veryfast"))
FRAME = TICKS // 30
TINTS = ((200, 40, 40), (40, 200, 40), (40, 40, 200))
COUNTS = (31, 18, 22)  # 71 frames are no whole number of milliseconds


def draw(path: Path, frames: int, tint: tuple[int, int, int], quality: FrameFormat = SMALL) -> Path:
    """A clip of one tint with a bar that moves a little every frame, so that B-frames are used."""
    with ClipEncoder(path, quality) as clip:
        for number in range(frames):
            frame = np.full((quality.height, quality.width, 4), (*tint, 255), np.uint8)
            frame[:, 2 * number : 2 * number + 8, :3] = 255
            clip.show(frame)
    return path


def speak(path: Path, samples: int) -> Mixdown:
    options = {"fflags": "+bitexact", "movie_timescale": str(TICKS)}
    noise = np.random.default_rng(1).standard_normal((2, samples)).astype(np.float32) * 0.1
    with av.open(str(path), "w", format="mp4", options=options) as file:
        track = file.add_stream("aac", rate=TICKS, layout="stereo", options={"flags": "+bitexact"})
        for at in range(0, samples, 1024):
            block = np.ascontiguousarray(noise[:, at : at + 1024])
            frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
            frame.sample_rate, frame.pts, frame.time_base = TICKS, at, Fraction(1, TICKS)
            file.mux(track.encode(frame))
        file.mux(track.encode())
    signer = signature.SoundSigner()
    signed = np.concatenate([signer.add(noise.T), signer.finish()])
    signature_file.attach(path, signature.pack_sound(signed))
    return Mixdown(path, samples, -16.0, -2.0, False)


class Parts:
    """All that a small film of two scenes and three lines is made of."""

    def __init__(self, folder: Path, language: str = "en") -> None:
        lines, at = [], 0
        for number, frames in enumerate(COUNTS):
            end = at + frames * FRAME
            cue = TimedCue("here", at + 5 * FRAME + 10, at + 6 * FRAME)
            lines.append(
                TimedLine("one" if number < 2 else "two", f"l{number}", at, at, end, end, "", "",
                          (), (), (cue,))
            )  # fmt: skip
            at = end
        scenes = (
            TimedScene("one", "First & <best>; #1", tuple(lines[:2])),
            TimedScene("two", "Zwei = 2", tuple(lines[2:])),
        )
        self.timeline = Timeline("film", "A film: 1 & 2", language, 30, "v", scenes)
        self.clips = [
            Clip(line.key, draw(folder / f"{line.id}.mp4", count, tint), count)
            for line, count, tint in zip(lines, COUNTS, TINTS, strict=True)
        ]
        self.track = speak(folder / "track.m4a", at)
        self.captions = [
            Caption("one.l0", 4 * FRAME, 29 * FRAME, ("Héllo <b>x</b> & {y}", "漢字 --> z"), ()),
            Caption("two.l2", 50 * FRAME, 70 * FRAME, ("The last",), ()),
        ]

    def film(self, out: Path, **changes: object):
        given = {
            "timeline": self.timeline,
            "quality": SMALL,
            "clips": self.clips,
            "track": self.track,
            "captions": self.captions,
            **changes,
        }
        version = LanguageVersion(
            given["timeline"],  # type: ignore[arg-type]
            captions=given["captions"],  # type: ignore[arg-type]
            mixdown=given["track"],  # type: ignore[arg-type]
        )
        assemble([version], given["quality"], given["clips"], out)  # type: ignore[arg-type]
        return out


@pytest.fixture(scope="module")
def parts(tmp_path_factory) -> Parts:
    return Parts(tmp_path_factory.mktemp("parts"))


@pytest.fixture(scope="module")
def made(parts, tmp_path_factory) -> Path:
    return parts.film(tmp_path_factory.mktemp("film") / "film.mp4")


def frames_of(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as file:
        return [frame.to_ndarray() for frame in file.decode(video=0)]


def test_every_frame_of_every_clip_is_in_the_film_unchanged_and_in_order(parts, made):
    wanted = [frame for clip in parts.clips for frame in frames_of(clip.path)]
    there = frames_of(made)
    assert len(there) == len(wanted) == sum(COUNTS)
    assert all(np.array_equal(a, b) for a, b in zip(there, wanted, strict=True))


def test_the_film_has_b_frames_and_yet_starts_at_zero_with_equal_steps(made):
    picture = probe(made).video[0]
    assert picture.start == 0
    assert picture.pts == tuple(range(0, sum(COUNTS) * FRAME, FRAME))
    with av.open(str(made)) as file:
        assert any(packet.pts != packet.dts for packet in file.demux(video=0) if packet.dts)


def test_picture_and_sound_are_as_long_as_the_timeline(parts, made):
    film = probe(made)
    assert film.video[0].length == film.audio[0].length == parts.timeline.length


def test_captions_come_back_as_they_went_in(parts, made):
    ((language, cues),) = probe(made).captions
    assert language == "eng"
    assert list(cues) == [CaptionEvent(c.start, c.end, c.rows) for c in parts.captions]


def test_chapters_are_the_scenes(parts, made):
    chapters = probe(made).chapters
    assert [c.title for c in chapters] == [scene.title for scene in parts.timeline.scenes]
    for chapter, scene in zip(chapters, parts.timeline.scenes, strict=True):
        assert abs(chapter.start - scene.start) <= 48
        assert abs(chapter.end - scene.end) <= 48


def test_the_index_comes_first_with_title_and_colour(parts, made):
    film = probe(made)
    assert film.boxes.index("moov") < film.boxes.index("mdat")
    assert film.title == parts.timeline.title
    assert film.colr
    assert film.video[0].colours == (1, 1, 1, 1)


def test_the_same_parts_give_the_same_bytes(parts, made, tmp_path):
    assert parts.film(tmp_path / "again.mp4").read_bytes() == made.read_bytes()


@pytest.mark.skipif(not shutil.which("ffmpeg"), reason="needs the ffmpeg program")
def test_a_clip_has_the_same_bytes_whatever_instructions_the_processor_has(tmp_path, monkeypatch):
    y, x = np.mgrid[0:90, 0:160]
    chance = np.random.default_rng(1)
    frames = [np.full((90, 160, 4), 255, np.uint8) for _ in range(2)]
    for number, frame in enumerate(frames):
        far = np.hypot(x - 160 / 3 - number, y - 45)
        frame[..., :3] = chance.normal(20, 3, (90, 160, 1)).clip(0, 255)
        shaded = np.array([255, 163, 190]) - far[far < 18, None] * [1, 3, 2]
        frame[far < 18, :3] = shaded.clip(0, 255).astype(np.uint8)

    def coded(instructions: str) -> bytes:
        settings = encoder.SETTINGS["x264-params"] + instructions
        with monkeypatch.context() as patch:
            patch.setitem(encoder.SETTINGS, "x264-params", settings)
            with encoder.ClipEncoder(tmp_path / "clip.mp4", find_format("160x90@10")) as clip:
                for frame in frames:
                    clip.show(frame)
        return (tmp_path / "clip.mp4").read_bytes()

    assert coded("") == coded(":asm=0")


def test_the_ffmpeg_program_decodes_it_strictly_and_reads_plain_captions(made):
    strict = ["ffmpeg", "-v", "error", "-xerror", "-err_detect", "explode", "-i", made]
    done = subprocess.run([*strict, "-f", "null", "-"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    read = ["ffmpeg", "-v", "error", "-i", made, "-map", "0:s", "-f", "srt", "-"]
    text = subprocess.run(read, capture_output=True, text=True).stdout
    assert "The last\n" in text
    assert "<font" not in text


def test_a_missing_clip_is_an_error(parts, tmp_path):
    with pytest.raises(CheckFailed, match="2 clips for 3 lines"):
        parts.film(tmp_path / "a.mp4", clips=parts.clips[:2])


def test_a_clip_with_too_few_frames_is_an_error_that_names_it(parts, tmp_path):
    short = Clip("one.l1", draw(tmp_path / "short.mp4", 17, TINTS[1]), 18)
    with pytest.raises(CheckFailed, match=r"one\.l1 holds 17 frames, not 18"):
        parts.film(tmp_path / "a.mp4", clips=[parts.clips[0], short, parts.clips[2]])


def test_a_clip_with_other_settings_is_an_error_that_names_it(parts, tmp_path):
    other = replace(SMALL, encoder=EncoderPreset("ultrafast"))
    clip = Clip("one.l1", draw(tmp_path / "other.mp4", 18, TINTS[1], other), 18)
    with pytest.raises(CheckFailed, match=r"one\.l1 was encoded with other settings"):
        parts.film(tmp_path / "a.mp4", clips=[parts.clips[0], clip, parts.clips[2]])


def test_a_large_clip_holds_its_frames_a_second_time_smaller(tmp_path):
    large = FrameFormat("large", 1280, 720, 30, EncoderPreset("ultrafast"))
    with ClipEncoder(tmp_path / "clip.mp4", *large.of_tracks) as clip:
        for grey in (60, 120, 180, 240):
            clip.show(np.full((720, 1280, 4), grey, np.uint8), 2)
    assert measure_clip(tmp_path / "clip.mp4") == (1280, 720, 8)
    assert measure_clip(tmp_path / "clip.mp4", SMALL_TRACK) == (960, 540, 8)
    with av.open(str(tmp_path / "clip.mp4")) as file:
        pictures = [frame.to_ndarray(format="gray") for frame in file.decode(video=SMALL_TRACK)]
    for picture, grey in zip(pictures[::2], (60, 120, 180, 240), strict=True):
        assert abs(float(picture.mean()) - grey) < 2
    signatures = [signature_file.read_attached(tmp_path / "clip.mp4", n) for n in range(3)]
    assert signatures[0] != signatures[SMALL_TRACK] != b""
    assert signatures[2] == b""


def test_a_clip_without_its_smaller_frames_is_an_error_that_names_it(parts, tmp_path):
    version = LanguageVersion(parts.timeline, captions=parts.captions, mixdown=parts.track)
    with pytest.raises(CheckFailed, match=r"clip of one\.l0 .* track 2 is missing"):
        assemble([version], SMALL, parts.clips, tmp_path / "f.mp4", track=SMALL_TRACK)


def test_clips_in_the_wrong_order_are_an_error(parts, tmp_path):
    with pytest.raises(CheckFailed, match=r"clip for one\.l0"):
        parts.film(tmp_path / "a.mp4", clips=parts.clips[::-1])


def test_a_film_of_another_size_than_asked_is_an_error(parts, tmp_path):
    with pytest.raises(CheckFailed, match="size of the picture"):
        parts.film(tmp_path / "a.mp4", quality=replace(SMALL, width=320))


def test_a_short_sound_track_is_an_error(parts, tmp_path):
    with pytest.raises(CheckFailed, match="length of the sound"):
        parts.film(tmp_path / "a.mp4", track=speak(tmp_path / "short.m4a", 96_000))


def test_a_failure_leaves_the_older_film_and_no_rubbish(parts, tmp_path):
    out = tmp_path / "out" / "film.mp4"
    out.parent.mkdir()
    out.write_bytes(b"older")
    with pytest.raises(CheckFailed):
        parts.film(out, quality=replace(SMALL, width=320))
    assert [path.name for path in out.parent.iterdir()] == ["film.mp4"]
    assert out.read_bytes() == b"older"


def test_an_older_film_is_replaced(parts, made, tmp_path):
    out = tmp_path / "film.mp4"
    out.write_bytes(b"older")
    parts.film(out)
    assert out.read_bytes() == made.read_bytes()


@pytest.mark.parametrize(
    ("moment", "number"), [("one.l0", COUNTS[0] - 1), ("one.l1@here", 5), ("two.l2", COUNTS[2] - 1)]
)
def test_a_poster_is_the_frame_asked_for_in_its_true_colours(parts, made, tmp_path, moment, number):
    version = LanguageVersion(parts.timeline, path=made)
    out = write_poster(version, moment, tmp_path / "poster.png", Cache(tmp_path / "kept"))
    picture = np.asarray(Image.open(out)).astype(int)
    line = int(moment[5])
    assert picture.shape == (90, 160, 3)
    assert np.abs(picture[45, 150] - TINTS[line]).max() <= 3
    bright = np.flatnonzero(picture[45].min(axis=1) > 225)
    assert abs(bright[0] - 2 * number) <= 1


@pytest.mark.parametrize(
    ("moment", "word"), [("one.nothing", r"one\.l0"), ("one.l0@gone", "its moments: here, end")]
)
def test_a_poster_of_nothing_is_an_error_that_lists_what_there_is(
    parts, made, tmp_path, moment, word
):
    version = LanguageVersion(parts.timeline, path=made)
    with pytest.raises(ScriptError, match=word):
        write_poster(version, moment, tmp_path / "p.png", Cache(tmp_path / "kept"))
    assert not (tmp_path / "p.png").exists()


@pytest.mark.parametrize(
    ("tag", "letters"),
    [("en", "eng"), ("en-GB", "eng"), ("es", "spa"), ("DE", "deu"), ("deu", "deu"), ("xx", "und")],
)
def test_language_tags_have_three_letters_in_a_film(tag, letters):
    assert iso639_2(tag) == letters


def test_a_truncated_film_cannot_be_probed(made, tmp_path):
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(made.read_bytes()[:-2000])
    with pytest.raises(CheckFailed, match="cannot be read as a film"):
        probe(cut)


def test_those_who_draw_start_before_a_changed_script_is_read(tmp_path, monkeypatch):
    done: list[str] = []

    class Renderer(LocalRenderer):
        def warm_up(self) -> None:
            done.append("those who draw started")

    def load_scripts(options: RenderOptions) -> list[Script]:
        done.append("the script was read")
        raise ScriptError.of("it has a mistake")

    monkeypatch.setattr(pipeline, "load_scripts", load_scripts)
    script = tmp_path / "script.yaml"
    script.write_text("name: dots")
    options = RenderOptions(script, SMALL)
    with pytest.raises(ScriptError, match="it has a mistake"):
        pipeline.render(options, renderer=Renderer(SMALL))
    assert done == ["those who draw started", "the script was read"]
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "dots.mp4").touch()
    with pytest.raises(ScriptError, match="it has a mistake"):
        pipeline.render(options, renderer=Renderer(SMALL))
    assert done[2:] == ["the script was read"]
