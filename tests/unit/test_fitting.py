from __future__ import annotations

import re

import pytest

from explainer.cache.store import Cache
from explainer.cli import main
from explainer.clock import seconds
from explainer.errors import ScriptError, VoiceError
from explainer.narration.fit import narrate
from explainer.progress import Progress
from explainer.script.loader import load
from explainer.timeline.model import Timeline
from project import Project
from tests.voices.readers import record

pytestmark = pytest.mark.slow


def narrated(project: Project, voice: str = "flite", fit: bool = False) -> Timeline:
    script = load(project.script, check_scenes=False)
    cache = Cache(script.folder / ".explainer-cache")
    return narrate([script], [voice], cache, Progress(quiet=True), 30, fit=fit).picture


@pytest.fixture
def long(project: Project) -> Project:
    """A project that is a little too long."""
    length = seconds(narrated(project).length)
    project.edit("limit: 20", f"limit: {length - 0.15:.2f}")
    return project


def test_a_film_over_its_limit_says_by_how_much_and_what_to_cut_in_each_line(
    long: Project,
) -> None:
    long.edit("[another]{other} one", "[another]{other} one, which is a very much longer line, ")
    with pytest.raises(ScriptError) as caught:
        narrated(long)
    whole, *lines = caught.value.problems
    assert re.search(r"would last [\d.]+ s, [\d.]+ s over its limit", whole.what)
    total = int(re.findall(r"cut about (\d+) words", whole.remedy)[0])
    cuts = [int(re.findall(r"share of the limit: cut (\d+) of", p.what)[0]) for p in lines]
    assert sum(cuts) == total > 1
    over = float(re.findall(r"([\d.]+) s over its limit", whole.what)[0])
    shares = [float(re.findall(r"([\d.]+) s over its share", p.what)[0]) for p in lines]
    assert sum(shares) == pytest.approx(over, abs=0.2)
    assert all(problem.place for problem in lines)
    assert "explainer --fit" in whole.remedy


def test_a_film_that_is_over_by_a_frame_is_not_said_to_be_over_by_nothing(
    project: Project,
) -> None:
    length = narrated(project).length
    project.edit("limit: 20", f"limit: {seconds(length) - 0.004:.3f}")
    with pytest.raises(ScriptError) as caught:
        narrated(project)
    whole, *lines = caught.value.problems
    assert re.search(r"would last \d+\.\d{3} s, 0\.00[34] s over its limit", whole.what)
    assert "cut about 1 word as named" in whole.remedy
    assert lines
    assert not [problem for problem in lines if re.search(r"\b0\.0+ s", problem.what)]


def test_fitting_speaks_a_little_faster_until_the_limit_is_kept(long: Project) -> None:
    script = load(long.script, check_scenes=False)
    clock = narrated(long, fit=True)
    assert clock.length <= script.limit
    assert narrated(long, fit=True) == clock


def test_fitting_leaves_a_film_within_its_limit_as_it_is(project: Project) -> None:
    assert narrated(project, fit=True) == narrated(project)


def test_fitting_does_not_hurry_more_than_it_may(long: Project) -> None:
    long.edit("[another]{other} one", "[another]{other} one, which is a very much longer line, ")
    with pytest.raises(ScriptError, match=r"even --fit, at most 1\.12 times as fast"):
        narrated(long, fit=True)


def test_a_voice_that_cannot_speak_faster_says_so(long: Project) -> None:
    from explainer.voices.registry import create_engine

    for line in load(long.script, check_scenes=False).lines:
        record(long.folder, line.key, create_engine("flite").speak(line.say.spoken, "en"))
    with pytest.raises(VoiceError, match="recording cannot be made to speak faster"):
        narrated(long, "recording", fit=True)


def test_check_says_how_long_each_line_lasts(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check"]) == 0
    out = capsys.readouterr().out
    assert re.search(r"dots\.one +[\d.]+ s +4 words", out)
    assert re.search(r"dots\.two +[\d.]+ s +5 words", out)


def test_check_fits_on_request_and_says_so(
    long: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check"]) == 2
    capsys.readouterr()
    assert main(["check", "--fit"]) == 0
    said = capsys.readouterr().err
    found = re.search(r"flite speaks (1\.\d\d) times as fast .*: (\S+) s of (\S+) s, (\S+) s", said)
    assert found
    pace, length, limit, usual = map(float, found.groups())
    assert 1 < pace <= 1.12
    assert length <= limit < usual


def test_check_names_words_in_doubt_in_a_film_over_its_limit_too(
    long: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    long.edit("[another]{other} one", "[another]{other} one of the QXZ")
    assert main(["check"]) == 2
    said = capsys.readouterr().err
    assert "over its limit" in said
    assert "QXZ" in said


def test_check_fails_where_words_are_timed_less_well_than_demanded(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    project.edit("lexicon: {appears: appears}", "lexicon: {single dot: one dot}")
    assert main(["check", "--min-timing", "aligned"]) == 1
    said = capsys.readouterr().err
    assert "line dots.one: words timed less well than “aligned”: dot" in said
    assert main(["check"]) == 0
