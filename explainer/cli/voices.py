"""Which voices there are, and which can speak now."""

from __future__ import annotations

from dataclasses import asdict

from explainer import narration
from explainer.cli.arguments import Options
from explainer.cli.output import CommandResult, echo
from explainer.cli.voice_choice import choices
from explainer.errors import ExplainerError, error_text
from explainer.script.loader import load
from explainer.voices import ENGINES, engine


def run(options: Options) -> CommandResult:
    """Every engine, and who would speak each of the script's languages here and now."""
    script = load(options.script, check_scenes=False) if options.script.is_file() else None
    language = script.language if script else "en"
    found = {}
    for name in ENGINES:
        voice = engine(name, narration.setting(script, name) if script else None)
        try:
            voice.check(language)
            about = ", ".join(
                f"{k} {v}" for k, v in voice.identity(language).items() if k != "engine"
            )
            found[name] = {"ready": True, "needs": voice.needs, "about": about}
        except ExplainerError as error:
            found[name] = {"ready": False, "needs": voice.needs, "about": error_text(error)}
        mark = "ready    " if found[name]["ready"] else "not ready"
        echo(options, f"{name:10} {mark} needs {voice.needs}")
        echo(options, "".join(f"  {row}\n" for row in str(found[name]["about"]).split("\n"))[:-1])
    told = choices(options.script) if script else []
    for one in told:
        echo(options, f"{one.language:10} {f'{one.voice} speaks' if one.voice else 'NO VOICE'}")
        for name, why in one.passed:
            echo(options, f"  not {name}: {why}")
        for advice in one.better:
            echo(options, f"  {advice}")
    languages = {one.language: asdict(one) for one in told}
    return 0, {"language": language, "voices": found, "languages": languages}
