"""The engines by name: each is one module here, and one line in the table.

To add one, write a module with a subclass of `base.Voice`, add its line to `ENGINES`, and run
`pytest tests/voices`: the contract test there runs over every engine.
"""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from typing import Any

from explainer.errors import ScriptError
from explainer.voices.base import Setting, Voice

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


def engine(name: str, setting: Setting | None = None) -> Voice:
    """The engine registered as `name`, or one of its voices, as in `kokoro:ef_dora`.

    Raises:
        ScriptError: if there is no such engine.
        VoiceError: if it cannot do what `setting` asks, or does not have that voice.
    """
    name, _, speaker = name.partition(":")
    if speaker:
        setting = replace(setting or Setting(), speaker=speaker)
    if name not in ENGINES:
        raise ScriptError.of(f"no voice called “{name}”", f"choose from {', '.join(ENGINES)}")
    module, _, cls = ENGINES[name].partition(":")
    made: Any = getattr(import_module(module), cls)(setting)
    voice: Voice = made
    return voice
