"""Who would speak a script in each of its languages, and what would sound better."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from explainer.errors import ExplainerError
from explainer.narration.synthesize import engine_settings
from explainer.script.loader import load
from explainer.script.model import Script
from explainer.script.translation import languages
from explainer.voices import piper
from explainer.voices.base import SpeechEngine
from explainer.voices.registry import ENGINES, create_engine


@dataclass(frozen=True, slots=True)
class Choice:
    """The voice that would speak a language now, and advice on what would sound better.

    `voice` is empty if none would. `passed` are the voices before it in the script's list, each
    with the reason why it does not speak. `better` are sentences that say what to do.
    """

    language: str
    voice: str
    passed: tuple[tuple[str, str], ...]
    better: tuple[str, ...]


def choices(path: Path) -> list[Choice]:
    """A choice for each language of a script, its own first.

    Raises:
        ScriptError: if the script or one of its translations is wrong.
    """
    scripts = [load(path, language, check_scenes=False) for language in ("", *languages(path))]
    return [choice(script) for script in scripts]


def choice(script: Script) -> Choice:
    """Who would speak this script. Whether a voice has words for all of it is not tried."""
    passed: list[tuple[str, str]] = []
    chosen = ""
    for name in script.voices:
        problem = _problem(script, name)
        if not problem:
            chosen = name
            break
        passed.append((name, problem))
    return Choice(script.language, chosen, tuple(passed), tuple(_advice(script, chosen)))


def _problem(script: Script, name: str) -> str:
    """Why a voice cannot speak the script here and now, and the remedy; empty if it can."""
    try:
        create_engine(name, engine_settings(script, name)).check(script.language)
    except ExplainerError as error:
        problem = error.problems[0]
        return f"{problem.what} → {problem.remedy}" if problem.remedy else problem.what
    return ""


def _advice(script: Script, chosen: str) -> list[str]:
    """What would sound better than the chosen voice, in sentences."""
    chosen_engine = chosen.partition(":")[0]
    if chosen and create_engine(chosen_engine).chosen_by_hand:
        return []
    advice: list[str] = []
    # in the order of the registry, which has the best first
    able = [name for name in ENGINES if _speaks_well(create_engine(name), script.language)]
    for name in able:
        if name == chosen_engine:
            return advice
        ready = f"it is ready: put {name} first in the script's voice, or --voice {name}"
        advice.append(f"{name} sounds better: {_problem(script, name) or ready}")
    if not able:
        advice.append(
            f"no neural voice for “{script.language}” lies in a package: name a Piper voice of "
            f"your own with {piper.MODEL_VARIABLE}, or record the lines (--voice recording)"
        )
    return advice


def _speaks_well(voice: SpeechEngine, language: str) -> bool:
    """Whether an engine is a neural one that knows the language."""
    return voice.neural and language.lower().partition("-")[0] in voice.languages
