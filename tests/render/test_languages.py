"""One script in several languages: films of their own, or one film with a track for each."""

from __future__ import annotations

import json
import os
import re
import tempfile
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from explainer.cache.store import Cache
from explainer.cli import main
from explainer.clock import ticks
from explainer.draw.stills import stills
from explainer.errors import ScriptError
from explainer.frame_format import find_format
from explainer.media.audio_reader import read_audio
from explainer.narration.fit import Narration, check_limit, narrate
from explainer.progress import Progress
from explainer.script.loader import load
from explainer.timeline.json import load_for_film
from explainer.timeline.layout import estimate_timeline
from explainer.timeline.model import Timeline
from explainer.timeline.multilingual import merge_timelines, worst_cue_offset
from explainer.timeline.scene_timing import scene_timings
from project import TINY, Project
from translations import SPANISH

pytestmark = pytest.mark.render


@pytest.fixture
def bilingual(project: Project) -> Project:
    return prepared(project)


def prepared(project: Project) -> Project:
    """The small explainer with a label, and its translation."""
    project.edit("show: A pink dot.", "show: A pink dot.\n        labels: {name: dot}")
    project.edit_scene(
        "import NarratedScene, RadialGradient",
        "import NarratedScene, RadialGradient, label_texts",
    )
    project.edit_scene("from manim import", "from manim import Text,")
    project.edit_scene(
        "    def one(self):\n",
        "    def one(self):\n"
        "        (name,) = label_texts('name')\n"
        "        text = Text(name, font='Inter', color='#F4F6FF').shift(3 * LEFT)\n"
        "        self.add(text.set_opacity(labels_enabled()))\n",
    )
    project.edit_scene("RadialGradient, label_texts", "RadialGradient, labels_enabled, label_texts")
    (project.folder / "script.es.yaml").write_text(SPANISH, encoding="utf-8")
    return project


@pytest.fixture(scope="module")
def films() -> Path:
    """The build folder after films in Spanish, and in both languages with one picture."""
    with tempfile.TemporaryDirectory() as folder:
        project = prepared(Project(Path(folder) / "project"))
        before = Path.cwd()
        os.chdir(project.folder)
        try:
            assert main(["film", "--lang", "es", "--quality", TINY]) == 0
            both = ["film", "--lang", "en,es", "--labels", "none", "--quality", TINY]
            assert main(both) == 0
            yield project.folder / "build"
        finally:
            os.chdir(before)


def test_a_translated_film_has_files_of_its_own(films: Path) -> None:
    for end in ("mp4", "srt", "vtt", "words.vtt", "ttml", "timeline.json", "png"):
        assert (films / f"dots.es.{end}").stat().st_size > 0
    (clock,) = load_for_film(films / "dots.es.mp4")
    assert (clock.language, clock.title) == ("es", "Dos puntos")
    assert "Aparece un solo punto." in (films / "dots.es.srt").read_text(encoding="utf-8")
    assert {label.text for line in clock.lines for label in line.labels} == {"punto"}
    with av.open(str(films / "dots.es.mp4")) as film:
        assert [film.streams[n].metadata["language"] for n in (1, 2)] == ["spa", "spa"]
        assert [c["metadata"]["title"] for c in film.chapters()] == ["Puntos"]


def test_languages_that_share_a_picture_have_a_track_of_sound_and_text_each(films: Path) -> None:
    both = films / "dots.en+es.mp4"
    with av.open(str(both)) as film:
        kinds = [(s.type, s.metadata.get("language")) for s in film.streams][1:5]
        assert kinds == [
            ("audio", "eng"),
            ("audio", "spa"),
            ("subtitle", "eng"),
            ("subtitle", "spa"),
        ]
        played = [bool(s.disposition & av.stream.Disposition.default) for s in film.streams][1:5]
        assert played == [True, False, True, False]
    english, spanish = load_for_film(both)
    assert english.length == spanish.length
    assert [ln.start for ln in english.lines] == [ln.start for ln in spanish.lines]
    for number, clock in enumerate((english, spanish)):
        sound = np.abs(read_audio(both, number)).max(axis=1)
        for line in clock.lines:
            assert sound[line.speech_start : line.speech_end].max() > 0.1
            assert (
                sound[line.start : max(line.start, line.speech_start - 480)].max(initial=0) < 0.01
            )
    assert "Aparece" in (films / "dots.en+es.es.vtt").read_text(encoding="utf-8")
    assert "appears" in (films / "dots.en+es.en.vtt").read_text(encoding="utf-8")
    assert not any(line.labels for line in english.lines)


@pytest.mark.parametrize("name", ["dots.es.mp4", "dots.en+es.mp4"])
def test_films_in_other_languages_measure_what_they_must(
    films: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    script = str(films.parent / "script.yaml")
    main(["verify", str(films / name), "--script", script, "--json"])
    found = json.loads(capsys.readouterr().out)
    # so short a film is spoken at any pace, and what it shows is too small to judge
    failed = set(found["failed"]) - {"rhythm", "spa rhythm", "label contrast"}
    assert failed == set(), [row for row in found["rows"] if row["ok"] is False]
    rows = {row["what"] for row in found["rows"]}
    assert ({"spa loudness", "spa captions = .srt", "moments"} <= rows) == ("+" in name)


def test_a_swapped_track_is_found(films: Path, tmp_path: Path) -> None:
    both = films / "dots.en+es.mp4"
    for file in films.glob("dots.en+es.*"):
        (tmp_path / file.name.replace("en+es", "es+en")).write_bytes(file.read_bytes())
    copy = tmp_path / "dots.es+en.mp4"
    assert [clock.language for clock in load_for_film(copy)] == ["es", "en"]
    assert [clock.language for clock in load_for_film(both)] == ["en", "es"]
    assert main(["verify", str(copy), "--script", str(films.parent / "script.yaml")]) == 1


def test_several_languages_with_labels_are_a_film_each(
    bilingual: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "--lang", "en,es", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["languages"]
    assert [(tag, facts["voice"]) for tag, facts in found.items()] == [
        ("en", "flite"),
        ("es", "espeak"),
    ]
    quality = ["--quality", "64x36@10", "--json"]
    assert main(["preview", "dots.one", "--lang", "en,es", *quality]) == 0
    films = json.loads(capsys.readouterr().out)["films"]
    assert [Path(made["film"]).name for made in films] == [
        "dots_dots.one.mp4",
        "dots_dots.one.es.mp4",
    ]


def test_commands_for_one_moment_take_one_language(
    bilingual: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["say", "--lang", "en,es"]) == 2
    assert "say takes one language" in capsys.readouterr().err
    assert main(["plan", "--lang", "fr"]) == 2
    assert "no translation into “fr”" in capsys.readouterr().err


def clocks(project: Project) -> tuple[Timeline, Timeline]:
    english = estimate_timeline(load(project.script), 10)
    return english, estimate_timeline(load(project.script, "es"), 10)


def test_each_line_lasts_as_long_as_its_longest_language(bilingual: Project) -> None:
    alone = clocks(bilingual)
    picture, moved = merge_timelines(alone)
    for n, line in enumerate(picture.lines):
        longest = max(clock.lines[n].end - clock.lines[n].start for clock in alone)
        assert line.end - line.start == longest
        for clock, own in zip(moved, alone, strict=True):
            told, before = clock.lines[n], own.lines[n]
            assert (told.start, told.end) == (line.start, line.end)
            assert told.start <= told.speech_start
            # the pause after a line stays at least as long as it was
            assert told.end - told.speech_end >= before.end - before.speech_end
            assert told.speech_end - told.speech_start == before.speech_end - before.speech_start


def test_the_picture_takes_each_moment_midway_between_the_languages(bilingual: Project) -> None:
    picture, moved = merge_timelines(clocks(bilingual))
    for n, line in enumerate(picture.lines):
        starts = [clock.lines[n].cues[0].start for clock in moved]
        assert line.cues[0].start == sum(starts) // 2
    worst = max(worst_cue_offset(picture, clock)[0] for clock in moved)
    assert worst * 2 - 1 <= max(
        abs(a.cues[0].start - b.cues[0].start)
        for a, b in zip(*(clock.lines for clock in moved), strict=True)
    )


def test_one_language_is_not_moved(bilingual: Project) -> None:
    english, _ = clocks(bilingual)
    assert merge_timelines([english]) == (english, [english])


def test_languages_that_are_too_long_together_are_named_line_by_line(bilingual: Project) -> None:
    scripts = [load(bilingual.script, tag) for tag in ("en", "es")]
    picture, moved = merge_timelines(clocks(bilingual))
    made = Narration((), tuple(moved), picture)
    check_limit(made, [replace(script, limit=picture.length) for script in scripts])
    short = picture.length - ticks(1.5)
    with pytest.raises(ScriptError) as caught:
        check_limit(made, [replace(script, limit=short) for script in scripts])
    text = str(caught.value)
    assert "en, es with one picture would last" in text
    assert "1.5 s over its limit" in text
    assert re.search(r"script\.es\.yaml:\d+:\d+: line “dots\.one” lasts .* s in es", text)


def test_a_picture_without_labels_does_not_depend_on_their_texts(bilingual: Project) -> None:
    script = load(bilingual.script)
    english, _ = clocks(bilingual)
    shots = {labelled: scene_timings(english, labelled)["dots"] for labelled in (True, False)}
    pictures = []
    for labelled, text in ((True, "dot"), (True, "punto"), (False, "dot"), (False, "punto")):
        shot = {"dots": replace(shots[labelled], texts={"name": (text,)})}
        pictures += stills(script, shot, "dots.one", [0], find_format(TINY))
    assert (pictures[0] != pictures[1]).any()
    assert (pictures[2] == pictures[3]).all()
    assert (pictures[0] != pictures[2]).any()


def test_fitting_hurries_the_voices_together(
    bilingual: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    scripts = [load(bilingual.script, tag) for tag in ("en", "es")]
    cache = Cache(bilingual.folder / ".explainer-cache")
    with Progress(quiet=True) as progress:
        told = narrate(scripts, (), cache, progress, 30)
        tight = [replace(script, limit=told.picture.length - ticks(0.1)) for script in scripts]
        with pytest.raises(ScriptError, match="or speak faster: explainer --fit"):
            narrate(tight, (), cache, progress, 30)
        fitted = narrate(tight, (), cache, progress, 30, fit=True)
    assert fitted.picture.length <= tight[0].limit
    assert [clock.length for clock in fitted.timelines] == [fitted.picture.length] * 2
