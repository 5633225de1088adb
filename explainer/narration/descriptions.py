"""What is to be seen, spoken by a second voice: scripts in, lines of description and speech out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from explainer.cache.store import Cache
from explainer.errors import ScriptError
from explainer.narration.synthesize import synthesize
from explainer.progress import Progress
from explainer.script.model import Line, Script
from explainer.script.narration_text import parse_narration
from explainer.timeline.described import ID_MARK
from explainer.timeline.speech import Speech
from explainer.voices.registry import OFFLINE_VOICES

_MARKS = re.compile(r"[\[\]{}]")


def description_script(script: Script) -> Script:
    """The script that has, in place of each line, what its `show` says as narration.

    Raises:
        ScriptError: if no line's `show` has a word.
    """
    scenes = []
    for scene in script.scenes:
        lines = tuple(_description(line, script) for line in scene.lines)
        lines = tuple(line for line in lines if line.say.words)
        if lines:
            scenes.append(replace(scene, lines=lines))
    if not scenes:
        what = "there is nothing to describe: no line says what is to be seen"
        raise ScriptError.of(what, "write it in words, as “show: …” of each line")
    return replace(script, scenes=tuple(scenes))


def _description(line: Line, script: Script) -> Line:
    # in a description nothing is a mark
    text = " ".join(_MARKS.sub(" ", line.show).split())
    say = parse_narration(text, script.lexicon, script.language)
    return Line(line.scene, line.id + ID_MARK, say, "", (), 0, line.place)


def speak_descriptions(
    described: Script, speech: Speech, voices: Sequence[str], cache: Cache, progress: Progress
) -> Speech:
    """The descriptions spoken by the first voice that can and that nobody in the film has.

    Raises:
        EnvironmentProblem, VoiceError: if there is none that can speak all of them.
    """
    taken = {line.voice for line in speech.lines.values()} | {speech.voice}
    wanted = [*(voices or described.voices), *OFFLINE_VOICES]
    others = [name for name in dict.fromkeys(wanted) if name not in taken]
    return synthesize(described, others, cache, progress)
