"""A take is cleaned, held against its text, and kept without losing the one before."""

from __future__ import annotations

import io
import wave
from pathlib import Path

import numpy as np
import pytest

from explainer.errors import EnvironmentProblem, ScriptError, VoiceError
from explainer.frame_format import find_format
from explainer.pipeline import RenderOptions
from explainer.script.loader import load
from explainer.studio.booth import MAX_TAKE_SECONDS, Booth
from explainer.studio.edits import ScriptEdits
from explainer.voices.base import EngineSettings
from explainer.voices.flite import Flite
from explainer.voices.recording import Recording
from project import TINY, Project


def wav(samples: np.ndarray, rate: int) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.astype("<i2").tobytes())
    return out.getvalue()


def take(text: str, gain: float = 0.4, room: float = 10.0) -> bytes:
    """Somebody who says a text after a second, in a room with some noise."""
    spoken = Flite().speak(text, "en")
    pause = np.zeros(spoken.rate)
    sound = np.concatenate([pause, spoken.samples * gain, pause, pause])
    noise = np.random.default_rng(7).normal(0, room, len(sound))
    return wav(np.clip(sound + noise, -32768, 32767), spoken.rate)


def booth(project: Project, language: str = "") -> Booth:
    languages = (language,) if language else ()
    drafts = RenderOptions(project.script, find_format(TINY), languages=languages, draft=True)
    texts = project.script.with_suffix(f".{language}.yaml") if language else project.script
    return Booth(drafts, ScriptEdits(texts))


SAID = "A single dot appears."


def test_a_take_is_cleaned_checked_and_kept_and_the_film_speaks_it(project: Project) -> None:
    made = booth(project)
    # a page that breaks off may do so within a sample
    assert made.judge("dots.one", take(SAID)[:-1]).fits
    heard = made.judge("dots.one", take(SAID))
    assert heard.fits
    assert not heard.advice
    # 3 s of silence are gone
    assert heard.length < 2.5
    assert [word["text"] for word in heard.words] == ["A", "single", "dot", "appears."]
    assert made.recorded() == []
    made.keep("dots.one", heard.number)
    assert made.recorded() == ["dots.one"]
    kept = project.folder / "recordings" / "dots.one.wav"
    assert kept.read_bytes() == heard.wav
    text = project.script.read_text(encoding="utf-8")
    assert "      - id: one\n        voice: recording\n        say: A single" in text
    assert load(project.script).lines[0].voice == "recording"
    assert made.edits is not None
    made.edits.undo()
    assert "voice: recording" not in project.script.read_text(encoding="utf-8")


def test_what_was_kept_before_is_never_lost(project: Project) -> None:
    made = booth(project)
    folder = project.folder / "recordings"
    folder.mkdir()
    (folder / "dots.one.flac").write_bytes(b"first")
    for gain in (0.3, 0.4):
        heard = made.judge("dots.one", take(SAID, gain))
        made.keep("dots.one", heard.number, speak=False)
    assert sorted(path.name for path in folder.iterdir()) == ["dots.one.wav", "older"]
    older = {path.name: path.read_bytes() for path in (folder / "older").iterdir()}
    assert sorted(older) == ["dots.one.1.flac", "dots.one.1.wav"]
    assert older["dots.one.1.flac"] == b"first"
    assert "voice: recording" not in project.script.read_text(encoding="utf-8")
    # the voice that reads recordings is not confused by them
    assert Recording(EngineSettings(project.folder)).file("dots.one").name == "dots.one.wav"


def test_a_take_that_says_something_else_is_not_kept(project: Project) -> None:
    made = booth(project)
    heard = made.judge("dots.one", take("Nobody has ever seen such an enormous elephant."))
    assert not heard.fits
    assert "does not say “A single dot appears.”" in heard.problem
    with pytest.raises(ScriptError, match="does not say"):
        made.keep("dots.one", heard.number)
    silence = made.judge("dots.one", wav(np.zeros(48_000), 48_000))
    assert not silence.fits
    assert "no speech" in silence.problem
    assert made.recorded() == []


def test_how_to_record_better_is_told(project: Project) -> None:
    made = booth(project)
    assert "too loud" in " ".join(made.judge("dots.one", take(SAID, gain=8)).advice)
    assert "very quiet" in " ".join(made.judge("dots.one", take(SAID, 0.01, 1)).advice)
    assert "the room" in " ".join(made.judge("dots.one", take(SAID, 0.2, 200)).advice)


@pytest.mark.parametrize("key", ["dots.none", "../dots.one", "dots", "", "dots.one/../../x"])
def test_only_lines_of_the_script_are_recorded(project: Project, key: str) -> None:
    with pytest.raises(ScriptError, match="is spoken in the script"):
        booth(project).judge(key, take(SAID))


@pytest.mark.parametrize(
    "sent",
    [b"", b"RIFF", b"\0" * 1000, wav(np.zeros(10), 48_000), wav(np.zeros(48_000), 4_000)],
)
def test_what_is_no_take_is_refused(project: Project, sent: bytes) -> None:
    with pytest.raises(ScriptError, match="no take"):
        booth(project).judge("dots.one", sent)


def test_a_take_has_an_end_and_an_older_one_is_not_kept_by_mistake(project: Project) -> None:
    made = booth(project)
    with pytest.raises(ScriptError, match="at most"):
        made.judge("dots.one", wav(np.zeros(8_000 * (MAX_TAKE_SECONDS + 1)), 8_000))
    first = made.judge("dots.one", take(SAID))
    made.judge("dots.one", take(SAID, 0.3))
    with pytest.raises(ScriptError, match="no such take"):
        made.keep("dots.one", first.number)


def test_recordings_are_written_into_the_films_own_folder_alone(
    project: Project, tmp_path: Path
) -> None:
    made = booth(project)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (project.folder / "recordings").symlink_to(elsewhere)
    heard = made.judge("dots.one", take(SAID))
    with pytest.raises(EnvironmentProblem, match="is a link"):
        made.keep("dots.one", heard.number)
    assert not [*elsewhere.iterdir()]


def test_where_recordings_are_the_first_voice_the_line_is_left_alone(project: Project) -> None:
    project.edit("voice: [flite]", "voice: [recording, flite]")
    made = booth(project)
    made.keep("dots.one", made.judge("dots.one", take(SAID)).number)
    assert project.script.read_text(encoding="utf-8").count("recording") == 1


def test_a_translation_has_recordings_of_its_own(project: Project) -> None:
    translation = project.script.with_suffix(".es.yaml")
    translation.write_text(
        "language: es\ntitle: Dos puntos\nvoice: [espeak]\n"
        "scenes:\n  dots:\n    title: Puntos\n    lines:\n"
        '      one: {say: "Aparece un [punto]{dot}.", show: Un punto.}\n'
        '      two: {say: "Luego viene [otro]{other}.", show: Otro punto.}\n',
        encoding="utf-8",
    )
    made = booth(project)
    made.keep("dots.one", made.judge("dots.one", take(SAID)).number)
    # what is recorded in one language is not spoken in another
    assert load(project.script).lines[0].voice == "recording"
    spanish = load(project.script, "es")
    assert spanish.lines[0].voice == ""
    voice = Recording(EngineSettings(project.folder, suffix=spanish.language_suffix))
    with pytest.raises(VoiceError, match=r"dots\.one\.es\.wav"):
        voice.file("dots.one")
    other = booth(project, "es")
    assert other.recorded() == []
    (project.folder / "recordings" / "dots.one.es.wav").write_bytes(b"x")
    assert other.recorded() == ["dots.one"]
    assert made.recorded() == ["dots.one"]
