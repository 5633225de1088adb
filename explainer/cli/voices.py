"""Which voices there are, and which can speak now."""

from __future__ import annotations

from dataclasses import asdict

from explainer.cli.arguments import Options
from explainer.cli.output import CommandResult, echo
from explainer.cli.voice_choice import choices
from explainer.errors import ExplainerError, error_text
from explainer.narration.synthesize import engine_settings
from explainer.script.loader import load
from explainer.script.model import Script
from explainer.voices.registry import ENGINES, create_engine


def run(options: Options) -> CommandResult:
    """Every engine, and who would speak each of the script's languages here and now."""
    script = load(options.script, check_scenes=False) if options.script.is_file() else None
    language = script.language if script else "en"
    voices: dict[str, dict[str, str | bool]] = {}
    for name in ENGINES:
        state = _voice_state(name, script, language)
        voices[name] = state
        mark = "ready    " if state["ready"] else "not ready"
        echo(options, f"{name:10} {mark} needs {state['needs']}")
        for row in str(state["about"]).split("\n"):
            echo(options, f"  {row}")
    speakers = choices(options.script) if script else []
    for choice in speakers:
        speaks = f"{choice.voice} speaks" if choice.voice else "NO VOICE"
        echo(options, f"{choice.language:10} {speaks}")
        for name, reason in choice.passed:
            echo(options, f"  not {name}: {reason}")
        for advice in choice.better:
            echo(options, f"  {advice}")
    languages = {choice.language: asdict(choice) for choice in speakers}
    return 0, {"language": language, "voices": voices, "languages": languages}


def _voice_state(name: str, script: Script | None, language: str) -> dict[str, str | bool]:
    """Whether an engine can speak the language, what it needs, and more about it or what lacks."""
    voice = create_engine(name, engine_settings(script, name) if script else None)
    try:
        voice.check(language)
        identity = voice.fingerprint(language)
    except ExplainerError as error:
        return {"ready": False, "needs": voice.requirements, "about": error_text(error)}
    about = ", ".join(f"{key} {value}" for key, value in identity.items() if key != "engine")
    return {"ready": True, "needs": voice.requirements, "about": about}
