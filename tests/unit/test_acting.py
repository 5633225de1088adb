"""A pause within a line, a line's own speaker, and lines that say nothing."""

from __future__ import annotations

import pytest

from explainer.cache.store import Cache
from explainer.cli import main
from explainer.clock import TICKS, ticks
from explainer.errors import ScriptError, VoiceError
from explainer.narration.synthesize import cached_speech, synthesize
from explainer.progress import Progress
from explainer.script.loader import load
from explainer.script.model import Script
from explainer.script.narration_text import MarkupError, parse_narration
from explainer.timeline.layout import lay_out
from explainer.timeline.speech import Speech
from project import TINY, Project


def speak(script: Script, *voices: str) -> Speech:
    cache = Cache(script.folder / ".explainer-cache")
    return synthesize(script, voices, cache, Progress(quiet=True))


def problems(project: Project) -> str:
    with pytest.raises(ScriptError) as caught:
        load(project.script, check_scenes=False)
    return str(caught.value)


def test_a_pause_is_stripped_from_what_is_shown_and_said() -> None:
    said = parse_narration("It fits {0.3} [domain {1} four]{lock} of it.", {})
    assert said.shown == said.spoken == "It fits domain four of it."
    assert [(p.before, p.length) for p in said.pauses] == [(2, ticks(0.3)), (3, TICKS)]
    assert (said.cues[0].first, said.cues[0].last) == (2, 3)


@pytest.mark.parametrize(
    ("written", "what"),
    [
        ("{1} a b", "between two words: give the line before"),
        ("a b {1}", "between two words: after the last one write hold:"),
        ("a {0.2} {0.3} b", "two pauses are in the same place"),
        ("a{0.2}b", "a space on both sides"),
        ("a {0} b", "a plain number of seconds"),
        ("a {0.2 s} b", "a plain number of seconds"),
        ("a {11} b", "up to 10"),
        ("in New {0.2} York now", "spoken as one"),
    ],
)
def test_a_pause_that_is_none_is_named(written: str, what: str) -> None:
    with pytest.raises(MarkupError, match=what):
        parse_narration(written, {"New York": "Big Apple"})


def test_a_pause_lasts_as_long_as_is_written(project: Project) -> None:
    project.edit("Then [another]{other} one joins", "Then [another]{other} {0.7} one {1.25} joins")
    line = speak(load(project.script, check_scenes=False), "tone").lines["dots.two"]
    gaps = [(b.start - a.end) / TICKS for a, b in zip(line.words, line.words[1:], strict=False)]
    # a voice's edges are kept up to some milliseconds around what is heard
    assert gaps[1] == pytest.approx(0.7, abs=0.03)
    assert gaps[2] == pytest.approx(1.25, abs=0.03)
    assert max(gaps[0], gaps[3]) < 0.1


def test_a_pause_is_part_of_what_a_line_is_kept_by(project: Project) -> None:
    script = load(project.script, check_scenes=False)
    speak(script, "tone")
    project.edit("Then [another]{other} one", "Then [another]{other} {0.7} one")
    changed = load(project.script, check_scenes=False)
    _, missing = cached_speech(changed, ["tone"], Cache(script.folder / ".explainer-cache"))
    assert list(missing) == ["dots.two"]
    assert "pauses" in missing["dots.two"]


def test_a_line_may_have_a_speaker_of_its_own(project: Project) -> None:
    project.edit(
        "        say: Then", "        voice: espeak\n        speaker: Ada\n        say: Then"
    )
    script = load(project.script, check_scenes=False)
    speech = speak(script, "tone")
    assert speech.voice == "tone"
    assert {key: line.voice for key, line in speech.lines.items()} == {
        "dots.one": "tone",
        "dots.two": "espeak",
    }
    told = lay_out(script, speech, 30).lines
    assert [(line.voice, line.speaker_label) for line in told] == [
        ("tone", ""),
        ("espeak", "Ada:"),
    ]


def test_a_scenes_speaker_is_that_of_its_lines_but_for_those_with_their_own(
    project: Project,
) -> None:
    project.edit("    title: Dots\n", "    title: Dots\n    voice: espeak\n    speaker: Ada\n")
    project.edit("        say: Then", "        voice: tone\n        say: Then")
    lines = load(project.script, check_scenes=False).lines
    assert [(line.voice, line.speaker) for line in lines] == [("espeak", "Ada"), ("tone", "")]


def test_a_speaker_that_cannot_speak_is_an_error_at_its_line(project: Project) -> None:
    project.edit("        say: Then", "        voice: recording\n        say: Then")
    with pytest.raises(VoiceError, match=r"dots\.two has no recording") as caught:
        speak(load(project.script, check_scenes=False), "tone")
    assert "script.yaml" in str(caught.value)


def test_a_speaker_that_there_is_none_of_is_an_error_at_its_line(project: Project) -> None:
    project.edit("        say: Then", "        voice: parrot\n        say: Then")
    with pytest.raises(ScriptError, match="parrot") as caught:
        speak(load(project.script, check_scenes=False), "tone")
    assert caught.value.problems[0].place is not None


def test_every_line_that_a_voice_cannot_speak_is_named_and_the_others_are_kept(
    project: Project,
) -> None:
    project.edit("A single [dot]{dot} appears.", "Один [dot]{dot}.")
    script = load(project.script, check_scenes=False)
    with pytest.raises(VoiceError) as caught:
        speak(script, "flite")
    assert [problem.place for problem in caught.value.problems] == [script.lines[0].place]
    _, missing = cached_speech(script, ["flite"], Cache(script.folder / ".explainer-cache"))
    assert list(missing) == ["dots.one"]


def test_a_silent_line_lasts_for_its_hold(project: Project) -> None:
    project.edit("Then [another]{other} one joins it.", '""\n        hold: 1.5')
    script = load(project.script, check_scenes=False)
    speech = speak(script, "tone")
    assert list(speech.lines) == ["dots.one"]
    line = lay_out(script, speech, 30).lines[1]
    assert (line.end - line.start, line.speech_end - line.speech_start) == (ticks(1.5), 0)
    assert not line.words


def test_a_silent_line_without_a_hold_is_refused(project: Project) -> None:
    project.edit("Then [another]{other} one joins it.", '""')
    assert "“dots.two” says nothing and lasts no time" in problems(project)


def test_a_say_left_empty_by_mistake_is_not_silent(project: Project) -> None:
    project.edit("Then [another]{other} one joins it.", "\n        hold: 1.5")
    assert "say must be text" in problems(project)


def test_a_script_that_says_nothing_at_all_is_refused(project: Project) -> None:
    project.edit("Then [another]{other} one joins it.", '""\n        hold: 1.5')
    project.edit("A single [dot]{dot} appears.", '""\n        hold: 1.5')
    assert "no line of the script says anything" in problems(project)


THIRD = """\
      - id: three
        say: ""
        show: Nothing is said.
        hold: 1
      - id: four
        voice: espeak
        speaker: Ada
        say: What a fine pair {0.8} of dots they make on this page, says the lady who counts them.
        show: Both dots.
      - id: five
        say: So it is.
        show: Both dots.
"""


@pytest.mark.render
def test_a_film_with_speakers_pauses_and_a_silent_line_is_as_it_should_be(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    project.script.write_text(project.script.read_text(encoding="utf-8") + THIRD, encoding="utf-8")
    more = "".join(f"\n    def {name}(self):\n        pass\n" for name in ("three", "four", "five"))
    project.scene.write_text(project.scene.read_text(encoding="utf-8") + more, encoding="utf-8")
    assert main(["--quality", TINY, "--voice", "flite"]) == 0
    srt = (project.folder / "build" / "dots.srt").read_text(encoding="utf-8")
    shown = [" ".join(cue.split("\n")[2:]) for cue in srt.strip().split("\n\n")]
    assert shown[2].startswith("Ada: What a fine pair")
    assert shown[-1] == "– So it is."
    page = (project.folder / "build" / "dots.html").read_text(encoding="utf-8")
    assert "<span>Ada: What a fine pair of dots" in page
    assert "<span>– So it is.</span>" in page
    capsys.readouterr()
    main(["verify", "build/dots.mp4"])
    rows = capsys.readouterr().out.splitlines()
    failed = [row for row in rows if row.startswith("FAIL")]
    assert not [row for row in failed if row.split()[1] not in ("rhythm", "lines")], failed
    assert main(["plan", "--quality", TINY, "--voice", "flite"]) == 0
    told = capsys.readouterr().out
    assert "HIT  (silent)" in told
    assert "HIT  (espeak)" in told


def test_a_long_pause_is_no_part_of_the_pace(project: Project) -> None:
    usual = load(project.script, check_scenes=False)
    before = lay_out(usual, speak(usual, "tone"), 30).lines[1]
    project.edit("Then [another]{other} one", "Then [another]{other} {9} one")
    script = load(project.script, check_scenes=False)
    line = lay_out(script, speak(script, "tone"), 30).lines[1]
    assert line.speech_end - line.speech_start > TICKS * 9
    # the second in which one may still take it for a pause in speech is counted
    assert line.talk - before.talk == pytest.approx(TICKS, abs=TICKS // 5)


@pytest.mark.render
def test_a_silent_line_can_be_previewed(project: Project) -> None:
    project.edit("Then [another]{other} one joins it.", '""\n        hold: 1.5')
    project.edit_scene('until="other"', "run_time=0.5")
    assert main(["preview", "dots.two", "--quality", TINY]) == 0
    assert (project.folder / "build" / "dots_dots.two.srt").read_text(encoding="utf-8") == ""
