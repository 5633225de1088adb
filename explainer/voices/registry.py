"""The engines by name: each is one module here, and one line in the table.

To add one, write a module with a subclass of `base.SpeechEngine`, with its options and its phoneme
alphabet if it has any, add its line to `ENGINES`, and run `pytest tests/voices`: the contract test
there runs over every engine.
"""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module

from explainer.errors import ScriptError
from explainer.voices.base import EngineSettings, SpeechEngine

ENGINES = {
    "hibari": "explainer.voices.hibari:Hibari",
    "kokoro": "explainer.voices.kokoro:Kokoro",
    "flite": "explainer.voices.flite:Flite",
    "espeak": "explainer.voices.espeak:Espeak",
    "gtts": "explainer.voices.gtts:Gtts",
    "piper": "explainer.voices.piper:Piper",
    "recording": "explainer.voices.recording:Recording",
    "tone": "explainer.voices.tone:Tone",
}
"""The registry: an engine's name in a script, and where its class is."""
OFFLINE_VOICES = ("flite", "espeak")
"""Engines that need neither a model nor the network."""


def engine_class(name: str) -> type[SpeechEngine]:
    """The class registered as `name`; its module is loaded now.

    Raises:
        ScriptError: if there is no such engine.
    """
    if name not in ENGINES:
        raise ScriptError.of(f"no voice called “{name}”", f"choose from {', '.join(ENGINES)}")
    module, _, class_name = ENGINES[name].partition(":")
    found: type[SpeechEngine] = getattr(import_module(module), class_name)
    return found


def create_engine(name: str, settings: EngineSettings | None = None) -> SpeechEngine:
    """The engine registered as `name`, or one of its voices, as in `kokoro:ef_dora`.

    Raises:
        ScriptError: if there is no such engine.
        VoiceError: if it cannot do what `settings` ask, or does not have that voice.
    """
    name, _, speaker = name.partition(":")
    if speaker:
        settings = replace(settings or EngineSettings(), speaker=speaker)
    return engine_class(name)(settings)
