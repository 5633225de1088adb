"""Texts that some program might obey are only ever shown, spoken or kept, as they stand."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from burnt_in import FOLDER, FONTS, picture
from caption_films import film_of
from explainer import mux
from explainer.audio.mix import mix_audio
from explainer.cache.store import Cache
from explainer.captions.formats.registry import FORMATS, read_captions
from explainer.captions.segment import segment
from explainer.cli import main
from explainer.draw.burn_in import CaptionState
from explainer.draw.clip import Clip
from explainer.errors import ScriptError
from explainer.frame_format import find_format
from explainer.language_version import LanguageVersion
from explainer.media.ffmpeg_cli import decode_errors
from explainer.media.probe import probe
from explainer.script.loader import load
from explainer.timeline.layout import estimate_timeline
from explainer.timeline.model import Timeline
from explainer.timeline.scene_timing import scene_timings
from explainer.timeline.speech import Speech, SpokenLine
from explainer.verify.captions import compare_files
from explainer.verify.measure import verify
from explainer.voices.registry import create_engine
from hostile import INJECTIONS, examples
from project import TINY, Project
from tiny_film import FRAME, SMALL, timeline

pytestmark = pytest.mark.slow

NAMES = [
    "-y.mp4",
    "--help.mp4",
    "-i x.mp4",
    "%03d.mp4",
    "a'b.mp4",
    'a"b.mp4',
    "a b.mp4",
    "concat:a.mp4|b.mp4",
    "file:x.mp4",
    "pipe:0.mp4",
    "http:x.mp4",
    "subfile,,start,0,end,9,,:x.mp4",
    "a\nb.mp4",
    "a\\b.mp4",
    "a;b.mp4",
    "$(reboot).mp4",
    "a[0:v]b.mp4",
    "a=b:c,d.mp4",
    "*.mp4",
    "é\u0301ﷺ🏳️‍🌈.mp4",
    "\x1b[2J.mp4",
    "@x.mp4",
]
HOSTILE = [text for text in INJECTIONS if text.isascii()]


def hostile_film(good: Path, out: Path, texts: list[str]) -> tuple[Timeline, Path]:
    """A film whose title, chapters and captions are hostile, with its files beside it."""
    clock = timeline()
    titles = iter(texts)
    scenes = tuple(replace(scene, title=next(titles)) for scene in clock.scenes)
    clock = replace(clock, title=next(titles), scenes=scenes)
    speech = Speech("n", {ln.key: SpokenLine(str(good / f"{ln.scene}.wav"), 0, ())
                              for ln in clock.lines})  # fmt: skip
    clips = [Clip(ln.key, good / f"{ln.scene}.mp4", (ln.end - ln.start) // FRAME)
             for ln in clock.lines]  # fmt: skip
    rows = iter(texts)
    said = []
    for caption in segment(clock):
        row = " ".join(next(rows).split())
        words = tuple(replace(caption.words[0], text=word) for word in row.split())
        said.append(replace(caption, rows=(row,), words=words))
    track = mix_audio(clock, speech, Cache(good / "cache"), good)
    version = LanguageVersion(clock, captions=said, mixdown=track)
    mux.assemble([version], SMALL, clips, out)
    for suffix, form in FORMATS.items():
        out.with_suffix(suffix).write_text(form.write(said, "en"), encoding="utf-8")
    return clock, out


@pytest.mark.parametrize("first", range(0, len(INJECTIONS), 3))
def test_metadata_chapters_and_captions_come_back_as_they_went_in(good, tmp_path, first):
    texts = (INJECTIONS + INJECTIONS)[first : first + 3]
    clock, made = hostile_film(good, tmp_path / "a.mp4", texts)
    found = probe(made)
    assert [chapter.title for chapter in found.chapters] == texts[:2]
    assert [c.start for c in found.chapters] == [scene.start for scene in clock.scenes]
    assert found.title == texts[2]
    ((_, cues),) = found.captions
    assert [cue.rows[0] for cue in cues] == [" ".join(text.split()) for text in texts[:2]]
    # a different reader sees no more chapters or tags than there are
    command = ["ffprobe", "-v", "error", "-show_chapters", "-show_format", "-of", "json", made]
    told = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    assert [c["tags"] for c in told["chapters"]] == [{"title": text} for text in texts[:2]]
    tags = set(told["format"]["tags"])
    assert tags <= {"major_brand", "minor_version", "compatible_brands", "title", "encoder"}
    beside = list(compare_files(made, cues))
    assert len(beside) == len(FORMATS)
    assert [row for row in beside if not row.ok] == []


@pytest.mark.parametrize("title", ["é" * 80, "🏳️‍🌈" * 13, "ﷺ" * 80, "x" * 80, "𒐫" * 80])
def test_a_title_of_any_letters_fits_into_the_film(project: Project, good, tmp_path, title):
    project.edit("title: Dots", f"title: {title}")
    (scene,) = load(project.script).scenes
    assert scene.title == title
    _, made = hostile_film(good, tmp_path / "a.mp4", [title, title, title])
    assert [chapter.title for chapter in probe(made).chapters] == [title, title]


@pytest.mark.parametrize("name", NAMES)
def test_a_film_may_be_called_anything(good, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    shutil.copy(good / "tiny.mp4", name)
    own = Path(name)
    assert decode_errors(own) == ""
    assert probe(own) == probe(good / "tiny.mp4")
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_hostile_name_does_not_reach_the_terminal(good, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["verify", "--", "-\x1b]0;evil\x07.mp4"]) == 2
    _, made = hostile_film(good, tmp_path / "a.mp4", ["a\x1b[2Jb", "\x07", "\u202eevil"])
    main(["verify", str(made)])
    said = capsys.readouterr()
    assert "chapters" in said.out
    assert not re.search("[\x1b\x07\u202e]", said.out + said.err)


LISTS = {
    "a playlist": "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{0}\n#EXT-X-ENDLIST\n",
    "a list of files": "ffconcat version 1.0\nfile '{0}'\n",
    "a description of a stream": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nm=video 9 RTP/AVP 96\n",
    "a list of parts": "<?xml version='1.0'?><MPD><BaseURL>{0}</BaseURL></MPD>",
}


@pytest.mark.parametrize("what", LISTS)
def test_a_list_of_other_files_is_no_film(good, tmp_path, what):
    path = tmp_path / "a.mp4"
    shutil.copy(good / "tiny.mp4", tmp_path / "b.mp4")
    path.write_text(LISTS[what].format("b.mp4"))
    report = verify(path)
    assert not report.ok
    assert [row.name for row in report.results] == ["file"]
    assert decode_errors(path)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_burnt_in_caption_shows_each_of_its_letters(text):
    """A row is measured and drawn as it stands: its width is that of its letters."""
    shown = picture(CaptionState(0, 1, (text,), FONTS))
    pen = ImageDraw.Draw(Image.new("L", (8, 8)))
    font = ImageFont.truetype(str(FOLDER / "Inter-Medium.otf"), 44)
    wide = pen.textlength(text, font=font) + 2 * 44 * 0.35
    box = np.flatnonzero(shown.max(axis=(0, 2)))
    assert box[-1] - box[0] == pytest.approx(min(1920, wide), abs=3 + wide * 0.01)


VOICES = ["espeak", "flite"]


@pytest.mark.parametrize("voice", VOICES)
def test_a_voice_speaks_what_it_might_obey(voice, tmp_path, monkeypatch):
    """Every text of all becomes sound that lasts as long as its words may, and no file."""
    monkeypatch.chdir(tmp_path)
    for text in INJECTIONS[:: 1 if examples(0) else 5]:
        try:
            spoken = create_engine(voice).speak(f"one {text} two", "en")
        except Exception as error:
            assert "flite cannot read" in str(error)  # noqa: PT017
            continue
        lasts = len(spoken.samples) / spoken.rate
        assert 0.4 < lasts < 0.7 * len(text) + 1, text
    assert not list(tmp_path.iterdir())


WORDS = ["-f/etc/hostname", "[[h@l'oU]]", "<break time='9s'/>", "\x01100S", "%s%n", "$(reboot)"]


@pytest.mark.parametrize("spoken", WORDS)
def test_a_lexicon_is_spoken_and_not_obeyed(project: Project, spoken):
    quoted = json.dumps(spoken)
    project.edit("appears: appears", f"dot: {quoted}")
    if "\\u" in quoted:
        project.edit(quoted, f'"{spoken}"')
        with pytest.raises(ScriptError, match="invisible control character"):
            load(project.script)
        return
    line = load(project.script).lines[0]
    assert line.say.spoken == f"A single {spoken} appears."
    assert line.say.shown == "A single dot appears."


def labels(project: Project, texts: list[str]) -> list[str]:
    from explainer.draw import line_runner

    items = "\n".join(f"          l{n}: {json.dumps(text, ensure_ascii=False)}"
                      for n, text in enumerate(texts))  # fmt: skip
    project.edit("show: A pink dot.", f"show: A pink dot.\n        labels:\n{items}")
    project.edit("show: A pink dot.", "cite: [euclid]\n        show: A pink dot.")
    names = ", ".join(f'"l{n}"' for n in range(len(texts)))
    project.edit_scene("from manim import LEFT", "from manim import UP, Text, LEFT")
    project.edit_scene(
        "    def one(self):\n",
        "    def one(self):\n"
        f"        for name in ({names}):\n"
        "            said = label_texts(name)[0]\n"
        "            text = Text(said, font='Inter', font_size=20, color='#F4F6FF')\n"
        "            self.add(text.shift(UP))\n"
        # no part of it was taken for markup
        "            assert len(text) == len(said.replace(' ', '')), name\n",
    )
    project.edit_scene("import NarratedScene", "import label_texts, NarratedScene")
    script, shape = load(project.script), find_format(TINY)
    shots = scene_timings(estimate_timeline(script, shape.fps))
    job = line_runner.job_for(script, shots, "dots.one", shape)
    made = line_runner.draw(job, str(project.folder / "one.mp4"), str(project.folder / "texts"))
    return [label.text for label in made.labels]


def test_a_label_is_drawn_letter_by_letter(project: Project):
    before = {path for path in project.folder.rglob("*") if "texts" not in path.parts}
    assert len(HOSTILE) >= 20
    seen = labels(project, HOSTILE)
    assert [text.replace(" ", "") for text in seen] == [text.replace(" ", "") for text in HOSTILE]
    after = {path for path in project.folder.rglob("*") if "texts" not in path.parts}
    assert {path.suffix for path in after - before} <= {".mp4", ".pyc", ""}


ARGUMENTS = [
    ["--script", "../../../etc/passwd"],
    ["--script", "/dev/zero"],
    ["--script", "http://127.0.0.1/x.yaml"],
    ["--script=-f"],
    ["--script", "a\0b"],
    ["--script", "x" * 5000],
    ["check", "--lang", "../../x"],
    ["check", "--lang", "es;reboot"],
    ["check", "--lang", "x" * 5000],
    ["check", "--voice", "../espeak"],
    ["check", "--voice", "explainer.cli:main"],
    ["preview", "../../x"],
    ["preview", "dots.one/../../x"],
    ["still", "dots.one@../../x"],
    ["still", "../x.y"],
    ["say", "../../x"],
    ["film", "--quality", "1x1@1;reboot"],
    ["film", "--quality", "99999999x99999999@60"],
    ["film", "--aspect", "../1"],
    ["verify", "http://127.0.0.1/a.mp4"],
    ["verify", "concat:a|b"],
    ["verify", "/dev/zero"],
    ["verify", "x" * 5000],
]


@pytest.mark.parametrize("arguments", ARGUMENTS, ids=lambda a: " ".join(a)[:40].replace("\0", "0"))
def test_an_argument_that_is_no_name_ends_in_words(project: Project, capsys, arguments):
    before = sorted(project.folder.rglob("*"))
    assert main(arguments) in (1, 2, 3)
    said = capsys.readouterr().err
    assert "→" in said
    assert "Traceback" not in said
    assert (
        sorted(p for p in project.folder.rglob("*") if ".explainer-cache" not in p.parts) == before
    )


@pytest.mark.parametrize(
    "name",
    ["../x", "/etc/x", "a/b", "a\\b", "-y", "a b", "a.b", "%03d", "é", "A", "x" * 41, "con:"],
)
def test_a_film_is_named_plainly_or_not_at_all(project: Project, name):
    project.edit("name: dots", f"name: '{name}'")
    with pytest.raises(ScriptError, match="is not a plain name"):
        load(project.script)


def test_the_words_of_a_caption_are_no_stamp_of_subrip(tmp_path):
    """A row that looks like a time is read back as a row."""
    said = segment(film_of("So 00:00:01,000 to 00:00:02,000 it is."))
    path = tmp_path / "a.srt"
    path.write_text(FORMATS[".srt"].write(said, "en"))
    assert [cue.rows for cue in read_captions(path)] == [c.rows for c in said]
