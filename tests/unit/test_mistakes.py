"""What authors get wrong most often: `check` says where, what, and what to do."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from explainer.cli import main
from explainer.errors import ScriptError
from explainer.script.loader import load
from project import Project


@dataclass(frozen=True)
class Mistake:
    """An edit of the script or of the scene, and what has to be told about it."""

    old: str
    new: str
    where: str
    what: str
    remedy: str


MISTAKES = {
    "a colon in a text": Mistake(
        "say: A single", "say: Note: a single", "yaml:14", "a colon with a space", "in quotes"
    ),
    "a comma in a list of labels": Mistake(
        "show: A pink dot.",
        "show: A pink dot.\n        labels: {dot: Pink, dotted}",
        "yaml:16",
        "a comma inside {…} begins the next entry",
        'in quotes: {dot: "Pink, dotted"}',
    ),
    "a quote that never closes": Mistake(
        "say: A single", 'say: "A single', "yaml:14:14", "is not closed", "at the end of the text"
    ),
    "a quote that closes too early": Mistake(
        "say: A single", "say: 'It's a single", "yaml:14", "the quote is closed here", "write ’"
    ),
    "a hash in a text": Mistake(
        "A pink dot.", "Dot #1 is pink.", "yaml:15", "a comment", "in quotes"
    ),
    "marks at the beginning": Mistake(
        "say: A single [dot]{dot}",
        "say: [A single]{dot} dot",
        "yaml:14",
        "is taken for a list",
        "in quotes",
    ),
    "wrong indentation": Mistake(
        "        show: A pink dot.",
        "      show: A pink dot.",
        "yaml:15:7",
        "in which nothing above it begins",
        "in the same column",
    ),
    "a tab": Mistake(
        "        show: A pink dot.", "\tshow: A pink dot.", "yaml:15", "a tab", "with spaces"
    ),
    "a misspelt key": Mistake(
        "show: A pink", "shwo: A pink", "yaml:15", "“shwo”", "did you mean “show”?"
    ),
    "a field in the wrong place": Mistake(
        "show: A pink dot.",
        "show: A pink dot.\n        title: A",
        "yaml:16",
        "“title”",
        "a field of a scene",
    ),
    "two lines with one id": Mistake(
        "id: two", "id: one", "yaml:16", "“one” is there twice", "another id"
    ),
    "two scenes with one id": Mistake(
        "  - id: dots\n",
        "  - id: dots\n    title: A\n    lines: [{id: a, say: A., show: A.}]\n  - id: dots\n",
        "yaml:13",
        "“dots”",
        "another id",
    ),
    "an unknown language": Mistake(
        "language: en", "language: klingon", "yaml:3", "must be a tag such as en", "English is en"
    ),
    "sounds of the whole script": Mistake(
        "sources:", "sounds: {}\nsources:", "yaml:7", "“sounds”", "a field of a line"
    ),
    "a number without a source": Mistake(
        "A single", "7 times a single", "yaml:14", "nothing is cited", "add cite"
    ),
    "a comma in a number": Mistake(
        "limit: 20", "limit: 1,5", "yaml:4", "a plain number", "like 0.4"
    ),
    "a method that is missing": Mistake(
        "def two(self)", "def second(self)", "yaml:16", "has no method", "add def two(self)"
    ),
    "a class called otherwise": Mistake(
        "class Dots(", "class Dot(", "dots.py:6", "no class Dots", "call class Dot Dots"
    ),
    "a class of the wrong kind": Mistake(
        "(NarratedScene)", "(Scene)", "dots.py:6", "is not a NarratedScene", "(NarratedScene"
    ),
    "a construct of one's own": Mistake(
        "def one(self)",
        "def construct(self):\n        pass\n\n    def one(self)",
        "dots.py:7",
        "has a construct of its own",
        "one method for each line",
    ),
    "a syntax error": Mistake(
        "def one(self):", "def one(self)", "dots.py:7", "not valid Python", "mend it here"
    ),
    "a forgotten import": Mistake(
        "self.dot = Circle(", "self.dot = Square(", "dots.py:8", "“Square”", "from manim import"
    ),
    "a misspelt name": Mistake(
        "FadeIn(self.dot)", "FadIn(self.dot)", "dots.py:10", "“FadIn”", "did you mean “FadeIn”?"
    ),
    "a cue that no line has": Mistake('at="dot"', 'at="dott"', "dots.py:10", "“dott”", "dot"),
    "a module that is not there": Mistake(
        "from manim import LEFT",
        "import numpyy\nfrom manim import LEFT",
        "dots.py:1",
        "no module “numpyy”",
        "put numpyy.py into scenes/, or install it",
    ),
    "a line called as a method of scenes": Mistake(
        "id: two", "id: play", "yaml:16", "would hide “play”", "another id"
    ),
    "music that is not there": Mistake(
        "limit: 20",
        "limit: 20\nmusic: {bed: bed.wav}",
        "yaml:5",
        "there is no assets/bed.wav",
        "put a sound file into assets",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_with_its_place_and_what_to_do(project: Project, name: str) -> None:
    mistake = MISTAKES[name]
    file = project.script if mistake.old in project.script.read_text("utf-8") else project.scene
    text = file.read_text(encoding="utf-8")
    assert mistake.old in text
    file.write_text(text.replace(mistake.old, mistake.new, 1), encoding="utf-8")
    with pytest.raises(ScriptError) as caught:
        load(project.script)
    said = str(caught.value)
    assert mistake.where in said
    assert mistake.what in said
    assert mistake.remedy in said
    assert "→" in said


def test_before_its_scenes_are_written_a_script_has_its_length_and_pace(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    project.scene.unlink()
    assert main(["check", "--voice", "tone"]) == 2
    told = capsys.readouterr()
    assert "1 scene, 2 lines, 9 words" in told.out
    assert " words a minute" in told.out
    assert "in place" not in told.out
    assert "scene “dots” has no file scenes/dots.py" in told.err
    project.edit("[dot]{dot}", "[dot]{Dot}")
    assert main(["check", "--voice", "tone"]) == 2
    assert capsys.readouterr().out == ""
