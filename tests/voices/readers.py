"""Stand-ins for what the tests cannot have: a person who records lines, and a neural voice."""

from __future__ import annotations

import json
import wave
from pathlib import Path

import pytest

from explainer.voices.base import EngineSettings, SpeechEngine, Utterance
from explainer.voices.espeak import Espeak
from explainer.voices.recording import Recording
from explainer.voices.registry import create_engine

STAND_IN = Path(__file__).parent / "stand_in"


def record(folder: Path, line: str, spoken: Utterance) -> Path:
    """Keep a sound as somebody's recording of a line."""
    path = folder / "recordings" / f"{line}.wav"
    path.parent.mkdir(exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(spoken.rate)
        file.writeframes(spoken.samples.tobytes())
    return path


class Reader(Recording):
    """Recordings that are made, by espeak, as they are asked for."""

    def __init__(self, folder: Path) -> None:
        super().__init__(EngineSettings(folder))
        (folder / "recordings").mkdir()

    def speak(self, text: str, language: str, line: str = "scene.line") -> Utterance:
        if any(char.isalnum() for char in text):
            record(self.settings.folder, line, Espeak().speak(text, language))
        return super().speak(text, language, line)


def ready_engine(name: str, request: pytest.FixtureRequest) -> SpeechEngine:
    """The engine of that name, with a stand-in for what it needs and the tests cannot have.

    A stand-in is a fixture that is called `ready_NAME` and gives the engine.
    """
    try:
        engine: SpeechEngine = request.getfixturevalue(f"ready_{name}")
    except pytest.FixtureLookupError:
        return create_engine(name)
    return engine


def stand_in_for_piper(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package with Piper's API but not its sound, and a voice file of that package's own."""
    monkeypatch.setenv("PYTHONPATH", str(STAND_IN))
    monkeypatch.syspath_prepend(STAND_IN)
    model = folder / "voice.onnx"
    model.write_bytes(b"no network")
    model.with_name("voice.onnx.json").write_text(json.dumps({"language": {"code": "en_US"}}))
    monkeypatch.setenv("EXPLAINER_PIPER_MODEL", str(model))
