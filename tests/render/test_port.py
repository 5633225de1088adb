"""A file made for manim-voiceover becomes a film whose scene stays as it was."""

from __future__ import annotations

import json
import re
from pathlib import Path

import av
import numpy as np
import pytest

from explainer.cli import main
from explainer.clock import TICKS
from explainer.script.loader import load
from project import ROOT, TINY

pytestmark = pytest.mark.render

LAMPS = '''\
"""Lamps that go on one by one."""

from manim import *
from manim_voiceover import VoiceoverScene
from manim_voiceover.services.gtts import GTTSService

from kit import lamp


class Lamps(MovingCameraScene, VoiceoverScene):
    def construct(self):
        self.set_speech_service(
            GTTSService(lang="en", tld="com")
        )
        self.shade = lamp(GREY_E)
        self.play(FadeIn(self.shade), run_time=0.5)
        with self.voiceover(text="Here is a lamp that is <bookmark mark='on_now'/>switched on."):
            # a lamp lights up
            self.wait_until_bookmark("on_now")
            self.add(lamp(WHITE))
        for colour, seconds in (("red", 0.2), ("blue", 4)):
            with self.voiceover(text=f"Now it is {colour}.") as tracker:
                self.play(self.shade.animate.set_color(colour.upper()), run_time=tracker.duration)
                self.wait(seconds)
        self.wait()
'''
KIT = """\
from manim import Square


def lamp(colour):
    return Square(3, fill_color=colour, fill_opacity=1, stroke_width=0)
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a file for manim-voiceover in it, and a module that it imports."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lamps.py").write_text(LAMPS, encoding="utf-8")
    (tmp_path / "kit.py").write_text(KIT, encoding="utf-8")
    return tmp_path


def port(*options: str) -> int:
    return main(["port", "lamps.py", "--to", "film", "--voice", "tone", *options])


def test_a_scene_is_brought_over_with_its_texts_bookmarks_and_the_time_that_its_pictures_take(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert port() == 0
    told = capsys.readouterr()
    assert "1 scene, 4 lines" in told.out
    assert "go on with: cd film && " in told.out
    script = load(place / "film" / "script.yaml")
    (scene,) = script.scenes
    opening, first, *colours = scene.lines
    assert (opening.say.written, opening.hold / TICKS) == ("", 0.5)
    assert first.say.written == "Here is a lamp that is [switched]{on-now} on."
    assert first.show == "A lamp lights up."
    assert [line.say.written for line in colours] == ["Now it is red.", "Now it is blue."]
    # the pause behind each line is longer than the first picture goes on, not than the second
    assert colours[0].hold == 0
    assert 4 < colours[1].hold / TICKS < 5
    # what is left for the author to do
    assert "lamps.py:12:9: the speech service is not used" in told.err
    assert "this text is made as the scene runs; the script has what it was now" in told.err
    assert "3 of 4 lines do not say yet what is to be seen" in told.err


def test_the_scene_stays_as_it_was_but_for_what_it_imports(place: Path) -> None:
    assert port() == 0
    ported = (place / "film" / "scenes" / "lamps.py").read_text(encoding="utf-8")
    imports = LAMPS.replace("manim_voiceover.services.gtts", "manim_voiceover")
    imports = imports.replace("GTTSService\n\n", "SpeechService as GTTSService\n\n")
    assert ported == imports.replace("manim_voiceover", "explainer.voiceover")
    assert (place / "film" / "scenes" / "kit.py").read_text(encoding="utf-8") == KIT


def test_a_ported_film_is_drawn_with_bookmarks_on_their_words_and_redrawn_line_by_line(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert port() == 0
    film = ["film", "--script", "film/script.yaml", "--quality", TINY, "--json"]
    assert main(film) == 0
    written = place / "film" / "build" / "film.mp4"
    timeline = json.loads(written.with_suffix(".timeline.json").read_text(encoding="utf-8"))
    (mark,) = (cue for line in timeline["scenes"][0]["lines"] for cue in line["cues"])
    with av.open(str(written)) as delivered:
        frames = [frame.to_ndarray(format="gray") for frame in delivered.decode(video=0)]
    lit = [bool(frame[45, 80] > 200) for frame in frames]
    assert abs(lit.index(True) / 10 - mark["start"] / timeline["ticks_per_second"]) <= 0.11
    capsys.readouterr()
    script = place / "film" / "script.yaml"
    text = script.read_text(encoding="utf-8")
    script.write_text(text.replace("Now it is red.", "Now it is as red as a rose."), "utf-8")
    assert main(film) == 0
    told = json.loads(capsys.readouterr().out)
    # the line after it, too: it might still ask how long the voice before it took
    assert (told["lines"], told["drawn"], told["spoken"]) == (4, 2, 1)


def drawn(source: str, place: Path) -> list[tuple[str, str, float]]:
    """The scene, text and hold in seconds of each line of a film of `source`, once it is drawn."""
    head = "from manim import *\nfrom manim_voiceover import VoiceoverScene\n\n\n"
    (place / "lamps.py").write_text(head + source, encoding="utf-8")
    assert port() == 0
    script = place / "film" / "script.yaml"
    assert main(["film", "--script", str(script), "--quality", TINY]) == 0
    return [
        (scene.id, line.say.written, round(line.hold / TICKS, 2))
        for scene in load(script).scenes
        for line in scene.lines
    ]


def test_scenes_of_one_file_are_drawn_by_the_names_that_they_had(place: Path) -> None:
    source = """\
class Lamp(VoiceoverScene):
    def construct(self):
        with self.voiceover("A lamp."):
            self.add(Square())


class Sun(Lamp):
    pass
"""
    assert drawn(source, place) == [("lamp", "A lamp.", 0), ("sun", "A lamp.", 0)]


def test_a_scene_hides_no_module_or_picture_that_another_asks_for(place: Path) -> None:
    (place / "sun").mkdir()
    (place / "sun" / "day.py").write_text("TEXT = 'A sun.'\n", encoding="utf-8")
    (place / "lamps_scenes.py").write_text("TEXT = 'A lamp.'\n", encoding="utf-8")
    (place / "assets").mkdir()
    for name in ("mark.png", "star.png", "assets/dot.png", "dusk.png"):
        with av.open(str(place / name), "w", format="image2") as picture:
            stream = picture.add_stream("png", width=8, height=8, pix_fmt="rgb24")
            frame = av.VideoFrame.from_ndarray(np.full((8, 8, 3), 255, np.uint8))
            picture.mux([*stream.encode(frame), *stream.encode(None)])
    source = """\
import lamps_scenes
import sun.day


class Sun(VoiceoverScene):
    def construct(self):
        with self.voiceover(sun.day.TEXT):
            self.add(ImageMobject("mark"), ImageMobject("mark.png"), ImageMobject("star"))
            self.add(ImageMobject("dot.png"), ImageMobject("dot"), ImageMobject("./dusk"))


class Lamp(VoiceoverScene):
    def construct(self):
        with self.voiceover(lamps_scenes.TEXT):
            self.add(Square())
"""
    assert drawn(source, place) == [("sun-2", "A sun.", 0), ("lamp", "A lamp.", 0)]


def test_what_a_scene_plays_and_says_in_setup_is_part_of_the_film(place: Path) -> None:
    source = """\
class Lamps(VoiceoverScene):
    def setup(self):
        super().setup()
        self.play(FadeIn(Square()), run_time=2)
        with self.voiceover("A lamp."):
            self.wait(0.1)

    def construct(self):
        with self.voiceover("And off."):
            self.clear()
"""
    lines = [("lamps", "", 2), ("lamps", "A lamp.", 0), ("lamps", "And off.", 0)]
    assert drawn(source, place) == lines


@pytest.mark.parametrize("caught", ["Exception", "BaseException"])
def test_a_scene_may_catch_what_its_voiceovers_raise(place: Path, caught: str) -> None:
    source = f"""\
class Lamps(VoiceoverScene):
    def construct(self):
        for text in ("One.", "Two.", "Three."):
            try:
                with self.voiceover(text):
                    raise ValueError(text)
            except {caught}:
                self.wait(2)
"""
    lines = drawn(source, place)
    assert [text for _, text, _ in lines] == ["One.", "Two.", "Three."]
    # as in manim-voiceover, it goes on from the error once its words are over
    assert all(hold > 1 for _, _, hold in lines)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("that is <bookmark", "that <bookmark mark='on-now'/>is <bookmark", "would be one cue"),
        ("import VoiceoverScene", "import VoiceoverScene, Prosody", "stands for “Prosody”"),
        ("VoiceoverScene", "VoiceScene", "“VoiceScene”"),
        ("(MovingCameraScene, VoiceoverScene)", "(Scene)", "has no scene of manim-voiceover"),
        ('f"Now it is {colour}."', 'f"Now it is {hue}."', "name 'hue' is not defined"),
        ("self.wait(seconds)", "self.wait(2000)", "a line is held"),
    ],
)
def test_what_cannot_be_brought_over_is_named_by_its_line_and_nothing_is_written(
    place: Path, old: str, new: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    source = LAMPS.replace(old, new)
    assert source != LAMPS
    (place / "lamps.py").write_text(source, encoding="utf-8")
    assert port("--to", "below/it/film") == 2
    error = capsys.readouterr().err
    assert told in error
    assert "lamps.py" in error
    assert sorted(path.name for path in place.iterdir()) == ["kit.py", "lamps.py"]


def test_a_text_that_no_script_may_have_is_named_where_it_is_said(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = 'def say(scene):\n    with scene.voiceover("Red &lt;b&gt; lamps."):\n        pass\n'
    (place / "kit.py").write_text(f"{KIT}\n\n{said}", encoding="utf-8")
    source = LAMPS.replace("        self.wait()\n", "        kit.say(self)\n")
    source = source.replace("Here is", f"Here is{' ' * 3}a{'n' * 2000} ")
    source = source.replace("from kit", "import kit\n\x0cfrom kit")
    (place / "lamps.py").write_text(source, encoding="utf-8")
    assert port() == 2
    error = capsys.readouterr().err
    assert "lamps.py:18:9: this voiceover cannot be a line: say is longer than" in error
    assert "kit.py:9:5: this voiceover cannot be a line: “<b>” looks like markup" in error
    assert "        with scene.voiceover" in error
    assert sorted(path.name for path in place.iterdir()) == ["kit.py", "lamps.py"]


def test_what_a_scene_says_elsewhere_is_not_left_out_where_it_cannot_be_run(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head = "from manim import *\nfrom manim_voiceover import VoiceoverScene\n\n\n"
    source = """\
class Base(VoiceoverScene):
    def construct(self):
        with self.voiceover("First."):
            pass


class Other(VoiceoverScene):
    def construct(self):
        with self.voiceover("Other."):
            pass


class Lamps(Base):
    def construct(self):
        super().construct()
        with self.voiceover("Second."):
            self.play(nothing)
"""
    (place / "lamps.py").write_text(head + source, encoding="utf-8")
    assert port() == 2
    error = capsys.readouterr().err
    assert "lamps.py:7:14: whether Lamps says this is decided as the scene runs" in error
    assert "lamps.py:13:" not in error


def test_subcaptions_and_scenes_that_do_not_speak_are_left_out_and_told(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = """\
class Card(Scene):
    def construct(self):
        self.wait()


class Lamps(VoiceoverScene):
    def construct(self):
        with self.voiceover("A lamp."):
            self.add_subcaption("Lamp", duration=1)
            self.play(FadeIn(Square()), run_time=0.1, subcaption="Lamp")
"""
    assert drawn(source, place) == [("lamps", "A lamp.", 0)]
    told = capsys.readouterr().err
    assert "lamps.py:5:1: Card is left out: it is no VoiceoverScene" in told
    assert "note: lamps.py:13:13: add_subcaption is not shown" in told


def test_what_a_film_refuses_of_a_scene_is_named_in_the_file_that_is_there(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = LAMPS.partition("        for colour")[0]
    (place / "lamps.py").write_text(f"{source}        self.add_sound('a.wav')\n", encoding="utf-8")
    assert port() == 2
    assert "\nlamps.py:21:9: add_sound is not heard in a film" in capsys.readouterr().err


def test_the_example_of_the_manual_becomes_the_lines_that_it_shows(place: Path) -> None:
    manual = (ROOT / "docs" / "porting.md").read_text(encoding="utf-8")
    source, lines = (
        part.partition("```")[0] for part in re.split("```(?:python|yaml)\n", manual)[1:]
    )
    (place / "lamps.py").write_text(source, encoding="utf-8")
    assert main(["port", "lamps.py", "--to", "film", "--voice", "hibari"]) == 0
    script = (place / "film" / "script.yaml").read_text(encoding="utf-8")
    assert re.sub("hold: .*", "hold:", script).endswith(re.sub("hold: .*", "hold:", lines))


def test_nothing_of_a_folder_is_written_over(place: Path) -> None:
    (place / "film").mkdir()
    (place / "film" / "mine.txt").write_text("mine", encoding="utf-8")
    assert port() == 2
    assert [path.name for path in (place / "film").iterdir()] == ["mine.txt"]
