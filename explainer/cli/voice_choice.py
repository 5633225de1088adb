"""Who would speak a script in each of its languages, and what would be better: a path in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from explainer import narration
from explainer.errors import ExplainerError
from explainer.script.loader import load
from explainer.script.model import Script
from explainer.script.translation import languages
from explainer.voices import ENGINES, Voice, engine, piper


@dataclass(frozen=True, slots=True)
class Choice:
    """The voice that would speak a language now (empty: none would), and what would be better.

    `passed` are the voices of the list that come before it, each with the reason; `better` are
    sentences that say what to do.
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
    script = load(path, check_scenes=False)
    told = [script, *(load(path, name, check_scenes=False) for name in languages(path))]
    return [choice(each) for each in told]


def choice(script: Script) -> Choice:
    """Who would speak this script. Whether a voice has words for all of it is not tried."""
    passed = []
    speaks = ""
    for name in script.voices:
        if why := _problem(script, name):
            passed.append((name, why))
            continue
        speaks = name
        break
    return Choice(script.language, speaks, tuple(passed), tuple(_better(script, speaks)))


def _problem(script: Script, name: str) -> str:
    try:
        engine(name, narration.setting(script, name)).check(script.language)
    except ExplainerError as error:
        problem = error.problems[0]
        return f"{problem.what} → {problem.remedy}" if problem.remedy else problem.what
    return ""


def _better(script: Script, speaks: str) -> list[str]:
    """What would sound better than the voice that speaks, in sentences."""
    spoken_by = speaks.partition(":")[0]
    if spoken_by in ("recording", "piper"):
        return []
    # in the order of the registry: the first is the best
    able = [name for name in ENGINES if _speaks(engine(name), script.language)]
    found: list[str] = []
    for name in able:
        if name == spoken_by:
            return found
        why = _problem(script, name)
        todo = why or f"it is ready: put {name} first in the script's voice, or --voice {name}"
        found.append(f"{name} sounds better: {todo}")
    if not able:
        found.append(
            f"no neural voice for “{script.language}” lies in a package: name a Piper voice of "
            f"your own with {piper.VARIABLE}, or record the lines (--voice recording)"
        )
    return found


def _speaks(voice: Voice, language: str) -> bool:
    return voice.neural and language.lower().partition("-")[0] in voice.languages
