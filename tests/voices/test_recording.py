from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from explainer.errors import EnvironmentProblem, VoiceError
from explainer.voices.base import EngineSettings, Utterance
from explainer.voices.espeak import Espeak
from explainer.voices.recording import Recording
from tests.voices.readers import record

TEXT = "Two cells wait for a signal."


@pytest.fixture(scope="module")
def spoken() -> Utterance:
    return Espeak().speak(TEXT, "en")


def rms(samples: np.ndarray) -> float:
    return float(np.sqrt(np.mean(samples.astype(float) ** 2)))


@pytest.mark.parametrize("kind", ["flac", "m4a", "mp3"])
def test_every_kind_of_file_is_read(tmp_path: Path, spoken: Utterance, kind: str) -> None:
    path = record(tmp_path, "a.b", spoken)
    with (
        av.open(str(path)) as source,
        av.open(str(path.with_suffix(f".{kind}")), "w") as out,
    ):
        codec = {"flac": "flac", "m4a": "aac", "mp3": "libmp3lame"}[kind]
        stream = out.add_stream(codec, rate=spoken.rate, layout="stereo")
        resampler = av.AudioResampler(stream.format, "stereo", spoken.rate)
        for frame in source.decode(audio=0):
            for part in resampler.resample(frame):
                out.mux(stream.encode(part))
        out.mux(stream.encode(None))
    path.unlink()
    heard = Recording(EngineSettings(tmp_path)).speak(TEXT, "en", "a.b")
    assert heard.rate == spoken.rate
    assert abs(len(heard.samples) - len(spoken.samples)) < 0.25 * spoken.rate


def test_room_noise_around_the_speech_is_trimmed(tmp_path: Path, spoken: Utterance) -> None:
    noise = np.random.default_rng(1).normal(0, 60, spoken.rate)
    samples = np.concatenate([noise, spoken.samples, noise]).astype(np.int16)
    record(tmp_path, "a.b", replace(spoken, samples=samples))
    heard = Recording(EngineSettings(tmp_path)).speak(TEXT, "en", "a.b")
    assert abs(len(heard.samples) - len(spoken.samples)) < 0.25 * spoken.rate


def test_a_quiet_and_a_loud_recording_come_out_alike(tmp_path: Path, spoken: Utterance) -> None:
    levels = []
    for gain in (0.02, 0.9):
        louder = np.round(spoken.samples * gain).astype(np.int16)
        record(tmp_path, "a.b", replace(spoken, samples=louder))
        levels.append(rms(Recording(EngineSettings(tmp_path)).speak(TEXT, "en", "a.b").samples))
    assert levels[0] == pytest.approx(levels[1], rel=0.05)


def test_a_new_take_is_another_ingredient(tmp_path: Path, spoken: Utterance) -> None:
    voice = Recording(EngineSettings(tmp_path))
    record(tmp_path, "a.b", spoken)
    before = voice.text_fingerprint(TEXT, "a.b")
    record(tmp_path, "a.b", replace(spoken, samples=spoken.samples[:-100]))
    assert voice.text_fingerprint(TEXT, "a.b") != before


def test_a_missing_file_is_named_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(VoiceError, match=r"line a\.b has no recording .*a\.b\.wav"):
        Recording(EngineSettings(tmp_path)).text_fingerprint(TEXT, "a.b")


def test_a_missing_folder_is_a_missing_tool(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="there is no folder"):
        Recording(EngineSettings(tmp_path)).check("en")


def test_a_file_outside_the_project_is_refused(tmp_path: Path, spoken: Utterance) -> None:
    project = tmp_path / "project"
    (project / "recordings").mkdir(parents=True)
    outside = record(tmp_path, "a.b", spoken)
    (project / "recordings" / "a.b.wav").symlink_to(outside)
    with pytest.raises(VoiceError, match="outside the project"):
        Recording(EngineSettings(project)).text_fingerprint(TEXT, "a.b")


@pytest.mark.parametrize("content", [b"", b"not a sound", bytes(4000)])
def test_a_file_that_is_no_sound_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "recordings").mkdir()
    (tmp_path / "recordings" / "a.b.wav").write_bytes(content)
    with pytest.raises(VoiceError, match=r"a\.b\.wav"):
        Recording(EngineSettings(tmp_path)).speak(TEXT, "en", "a.b")
