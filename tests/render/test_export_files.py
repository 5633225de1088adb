"""What is exported is what it should be, by programs that had no part in making it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import av
import numpy as np
import pytest
from PIL import Image

from explainer.cli import main
from explainer.clock import TICKS, frame_ticks
from explainer.errors import CheckFailed
from explainer.export import gif
from explainer.export.clips import numbered
from explainer.media.audio_reader import read_audio
from explainer.timeline.json import from_json
from explainer.timeline.model import Timeline
from project import TINY, Project

pytestmark = pytest.mark.render

NAMES = "clips,pptx,gif,webm,alpha"


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = Project(tmp_path_factory.mktemp("exports") / "project")
    script = ["--script", str(project.script), "--quality", TINY]
    assert main(["film", *script, "--export", NAMES]) == 0
    return project.folder / "build" / "dots.mp4"


@pytest.fixture
def timeline(film: Path) -> Timeline:
    return from_json(film.with_suffix(".timeline.json").read_text(encoding="utf-8"))


def streams(path: Path) -> list[dict[str, str]]:
    """What ffprobe says of a file's tracks, its pictures counted by decoding them."""
    order = ["ffprobe", "-v", "error", "-count_frames", "-show_streams", "-of", "json", str(path)]
    done = subprocess.run(order, capture_output=True, check=True, text=True)
    assert done.stderr == ""
    found: list[dict[str, str]] = json.loads(done.stdout)["streams"]
    return found


def pictures(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as file:
        return [frame.to_ndarray(format="yuv420p") for frame in file.decode(video=0)]


def test_each_line_has_a_clip_of_exactly_its_frames_and_its_sound(
    film: Path, timeline: Timeline
) -> None:
    whole, sound = pictures(film), read_audio(film)
    clips = sorted(film.with_name("dots.clips").iterdir())
    assert [clip.name for clip in clips] == ["01-dots.one.mp4", "02-dots.two.mp4"]
    frame = frame_ticks(timeline.fps)
    for clip, line in zip(clips, timeline.lines, strict=True):
        there = whole[line.start // frame : line.end // frame]
        found = pictures(clip)
        assert len(found) == len(there)
        assert all((a == b).all() for a, b in zip(found, there, strict=True))
        heard = read_audio(clip)
        wanted = sound[line.start : line.end]
        assert abs(len(heard) - len(wanted)) <= 1
        both = np.corrcoef(heard[: len(wanted), 0], wanted[: len(heard), 0])[0, 1]
        assert both > 0.99
        kinds = {one["codec_type"]: one for one in streams(clip)}
        assert kinds["video"]["nb_read_frames"] == str(len(there))
        assert float(kinds["video"]["start_time"]) == 0


def test_clips_of_many_lines_stand_in_the_order_of_the_film(timeline: Timeline) -> None:
    lines = tuple(replace(timeline.lines[0], id=f"l{n}") for n in range(120))
    names = [name for name, _ in numbered(lines)]
    assert names == sorted(names)
    assert names[0] == "001-dots.l0"


def test_each_line_is_a_slide_with_its_clip_its_still_and_its_words(
    film: Path, timeline: Timeline
) -> None:
    with zipfile.ZipFile(film.with_suffix(".pptx")) as parts:
        assert parts.testzip() is None
        for name in parts.namelist():
            if name.endswith((".xml", ".rels")):
                ElementTree.fromstring(parts.read(name))
        slides = sorted(n for n in parts.namelist() if n.startswith("ppt/slides/slide"))
        assert len(slides) == len(timeline.lines)
        media = [n for n in parts.namelist() if n.startswith("ppt/media/")]
        assert sum(name.endswith(".mp4") for name in media) == len(timeline.lines)
        notes = [parts.read(n).decode() for n in parts.namelist() if "/notesSlide" in n]
        for line in timeline.lines:
            assert any(line.text in ElementTree.tostring(
                ElementTree.fromstring(note), encoding="unicode", method="text"
            ) for note in notes if note.startswith("<?xml") and "<p:notes" in note)  # fmt: skip
        shown = [parts.read(name).decode() for name in slides]
        for line in timeline.lines:
            assert any(f'name="{line.key}"' in slide and line.show in slide for slide in shown)


@pytest.mark.whole
@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_libreoffice_shows_a_page_for_each_slide(
    film: Path, timeline: Timeline, tmp_path: Path
) -> None:
    order = ["soffice", "--headless", f"-env:UserInstallation={tmp_path.as_uri()}/profile"]
    order += ["--convert-to", "pdf", "--outdir", str(tmp_path), str(film.with_suffix(".pptx"))]
    subprocess.run(order, check=True, capture_output=True)
    pages = (tmp_path / "dots.pdf").read_bytes().split(b"/Type/Page")[1:]
    assert sum(page[:1] != b"s" for page in pages) == len(timeline.lines)


def test_slides_need_a_package_that_is_named_where_it_is_missing(
    film: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "pptx", None)
    script = ["--script", str(film.parents[1] / "script.yaml"), "--quality", TINY]
    assert main(["page", *script, "--export", "pptx"]) == 3
    said = capsys.readouterr().err
    assert "pptx is not installed" in said
    assert "[pptx]" in said


def test_a_gif_shows_the_film_and_begins_again(film: Path, timeline: Timeline) -> None:
    (track,) = streams(film.with_suffix(".gif"))
    assert track["codec_name"] == "gif"
    with Image.open(film.with_suffix(".gif")) as moving:
        assert moving.info["loop"] == 0
        length = 0
        for number in range(getattr(moving, "n_frames", 1)):
            moving.seek(number)
            length += moving.info["duration"]
        assert abs(length - timeline.length * 1000 / TICKS) <= 100
        last = np.asarray(moving.convert("RGB"), int)
    with av.open(str(film)) as file:
        *_, end = file.decode(video=0)
        wanted = np.asarray(end.to_ndarray(format="rgb24"), int)
    assert np.abs(last - wanted).mean() < 6


def test_a_film_that_is_too_long_for_a_gif_is_refused(timeline: Timeline) -> None:
    from types import SimpleNamespace

    lines = timeline.lines
    longer = replace(lines[-1], end=gif.MAX_LENGTH + TICKS)
    scene = replace(timeline.scenes[-1], lines=(*timeline.scenes[-1].lines[:-1], longer))
    version = SimpleNamespace(timeline=replace(timeline, scenes=(*timeline.scenes[:-1], scene)))
    with pytest.raises(CheckFailed, match="too long for a GIF"):
        gif.export(SimpleNamespace(versions=[version]))  # type: ignore[arg-type]


def test_a_webm_has_all_frames_and_the_sound(film: Path, timeline: Timeline) -> None:
    picture, sound = streams(film.with_suffix(".webm"))
    assert (picture["codec_name"], sound["codec_name"]) == ("vp9", "opus")
    assert picture["nb_read_frames"] == str(timeline.length // frame_ticks(timeline.fps))
    assert picture["color_space"] == "bt709"
    made, wanted = pictures(film.with_suffix(".webm")), pictures(film)
    apart = [np.abs(a.astype(int) - b).mean() for a, b in zip(made, wanted, strict=True)]
    assert max(apart) < 3


def test_a_transparent_webm_has_the_films_frames_without_their_background(
    film: Path, timeline: Timeline
) -> None:
    path = film.with_suffix(".alpha.webm")
    picture, sound = streams(path)
    assert (picture["codec_name"], sound["codec_name"]) == ("vp9", "opus")
    count = timeline.length // frame_ticks(timeline.fps)
    assert picture["nb_read_frames"] == str(count)
    # ffmpeg's own decoder of VP9 leaves out what is transparent
    order = ["ffmpeg", "-v", "error", "-c:v", "libvpx-vp9", "-i", str(path)]
    done = subprocess.run(
        [*order, "-f", "rawvideo", "-pix_fmt", "rgba", "-"], capture_output=True, check=True
    )
    frames = np.frombuffer(done.stdout, np.uint8).reshape(count, 90, 160, 4).astype(int)
    assert frames[:, :3, :3, 3].max() == 0
    last = frames[-1]
    solid = last[..., 3] > 250
    assert 0.02 < solid.mean() < 0.5
    with av.open(str(film)) as whole:
        *_, shown = (frame.to_ndarray(format="rgb24") for frame in whole.decode(video=0))
    assert np.abs(last[..., :3] - shown)[solid].mean() < 8


def test_a_scene_with_a_background_cannot_be_transparent(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    project.edit_scene("from manim import", "import numpy as np\nfrom manim import")
    made = "np.full((height, width, 4), 255, np.uint8)"
    ground = f"    def backdrop(self, width, height):\n        return {made}\n\n"
    project.edit_scene("    def one", f"{ground}    def one")
    assert main(["film", "--quality", TINY, "--voice", "tone", "--export", "alpha"]) == 2
    assert "nothing of line “dots.one” is transparent" in capsys.readouterr().err
    assert not [*(project.folder / "build").glob("*.webm")]


def test_a_folder_has_nothing_of_lines_that_the_film_has_no_more(project: Project) -> None:
    film = ["film", "--script", str(project.script), "--quality", TINY]
    assert main([*film, "--export", "clips,youtube"]) == 0
    clips, youtube = (project.folder / "build" / f"dots.{kind}" for kind in ("clips", "youtube"))
    (clips / "02-mine.mp4").write_text("mine", encoding="utf-8")
    (youtube / "captions.en.srt").write_text("changed", encoding="utf-8")
    project.edit("id: one", "id: first")
    project.edit_scene("def one", "def first")
    project.edit("language: en", "language: en-GB")
    assert main([*film, "--export", "clips,youtube"]) == 0
    found = sorted(file.name for file in clips.iterdir())
    assert found == ["01-dots.first.mp4", "02-dots.two.mp4", "02-mine.mp4"]
    kept = ["captions.en-GB.srt", "captions.en.srt", "description.en-GB.txt", "thumbnail.jpg"]
    assert sorted(file.name for file in youtube.iterdir()) == kept


def test_a_film_in_several_languages_has_clips_in_each(project: Project) -> None:
    assert main(["translate", "es"]) == 0
    file = project.folder / "script.es.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("TODO ", ""), encoding="utf-8")
    order = ["--quality", TINY, "--lang", "en,es", "--labels", "none", "--voice", "tone"]
    assert main(["film", *order, "--export", "clips"]) == 0
    (folder,) = (project.folder / "build").glob("*.clips")
    names = sorted(path.name for path in folder.iterdir())
    assert names == [
        *("01-dots.one.en.mp4", "01-dots.one.es.mp4"),
        *("02-dots.two.en.mp4", "02-dots.two.es.mp4"),
    ]
