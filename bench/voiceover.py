"""Scenes narrated the way manim-voiceover does it, for comparison; it has to be installed.

Its own services want the network or a microphone, so it speaks with flite, too.
"""

from __future__ import annotations

import wave
from pathlib import Path
from typing import Any

from manim_voiceover import VoiceoverScene
from manim_voiceover.services.base import SpeechService

from explainer.scene import NarratedScene
from explainer.script.loader import load
from explainer.voices.registry import create_engine


class Flite(SpeechService):  # type: ignore[misc]
    """flite behind manim-voiceover's interface."""

    def generate_from_text(
        self, text: str, cache_dir: str | None = None, path: str | None = None, **_: Any
    ) -> dict[str, Any]:
        about = {"input_text": text, "service": "flite"}
        name = path or f"{self.get_audio_basename(about)}.wav"
        said = create_engine("flite").speak(text, "en")
        with wave.open(str(Path(cache_dir or self.cache_dir) / name), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(said.rate)
            file.writeframes(said.samples.tobytes())
        return {"input_text": text, "input_data": about, "original_audio": name}


def voiced(scene: type[NarratedScene]) -> type[NarratedScene]:
    """The same scene, each of its lines spoken as it begins."""

    def construct(self: Any) -> None:
        script = load(Path("script.yaml"), check_scenes=False)
        said = {line.key: line.say.spoken for line in script.lines}
        self.set_speech_service(Flite())
        self._playhead.begin_line = lambda line: self.add_voiceover_text(
            said[f"{self.shot.id}.{line.id}"]
        )
        scene.construct(self)

    # by its module a scene finds its script
    body = {"construct": construct, "__module__": scene.__module__}
    return type("Voiced", (scene, VoiceoverScene), body)
