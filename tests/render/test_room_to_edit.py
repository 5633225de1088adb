"""The first film leaves room to edit: any of its lines takes five words more."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from explainer.cache.store import Cache
from explainer.clock import seconds
from explainer.draw.line_runner import configure, job_for, run
from explainer.frame_format import find_format
from explainer.narration.synthesize import synthesize
from explainer.progress import Progress
from explainer.script.loader import load
from explainer.script.model import Line, Script
from explainer.script.narration_text import parse_narration
from explainer.timeline.layout import lay_out
from explainer.timeline.scene_timing import scene_timings
from explainer.timeline.speech import Speech
from project import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.render]

MORE = {
    "en": "In short, and put simply,",
    "es": "En resumen, dicho más simplemente,",
    "de": "Kurz gesagt, und einfach ausgedrückt:",
}
"""Five words that may stand before any sentence."""
SMALL = find_format("64x36@10")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Cache:
    return Cache(tmp_path_factory.mktemp("kept"))


def script_in(language: str) -> Script:
    return load(ROOT / "script.yaml", language, check_scenes=False)


def lengthened(script: Script, line: Line) -> Line:
    written = f"{MORE[script.language]} {line.say.written}"
    return replace(line, say=parse_narration(written, script.lexicon, script.language))


def with_lines(script: Script, changed: dict[str, Line]) -> Script:
    scenes = tuple(
        replace(scene, lines=tuple(changed.get(line.key, line) for line in scene.lines))
        for scene in script.scenes
    )
    return replace(script, scenes=scenes)


@cache
def spoken(language: str, cache: Cache) -> tuple[Speech, Speech]:
    """A film's speech, and that of the same film with five words more in every line."""
    script, quiet = script_in(language), Progress(quiet=True)
    longer = with_lines(script, {line.key: lengthened(script, line) for line in script.lines})
    usual = synthesize(script, (), cache, quiet)
    return usual, synthesize(longer, [usual.voice], cache, quiet)


# Kokoro takes most of a minute for the Spanish film
@pytest.mark.parametrize("language", ["en", pytest.param("es", marks=pytest.mark.whole), "de"])
def test_any_line_takes_five_words_more_and_the_film_keeps_its_limit(
    language: str, kept: Cache
) -> None:
    script = script_in(language)
    usual, longer = spoken(language, kept)
    lengths = {}
    for line in script.lines:
        changed = with_lines(script, {line.key: lengthened(script, line)})
        speech = replace(usual, lines={**usual.lines, line.key: longer.lines[line.key]})
        lengths[line.key] = seconds(lay_out(changed, speech, 30).length)
    assert max(lengths.values()) <= seconds(script.limit), lengths


@pytest.mark.sampled(2)
@pytest.mark.parametrize("scene", [scene.id for scene in script_in("en").scenes])
def test_a_scene_can_be_drawn_with_five_words_more_in_each_of_its_lines(
    scene: str, kept: Cache, tmp_path: Path
) -> None:
    script = script_in("en")
    longer = with_lines(script, {line.key: lengthened(script, line) for line in script.lines})
    clock = lay_out(longer, spoken("en", kept)[1], SMALL.fps)
    configure(SMALL, str(tmp_path))
    key = next(line.key for line in reversed(script.lines) if line.scene == scene)
    frames = 0

    def count(_: object, repeat: int) -> None:
        nonlocal frames
        frames += repeat

    run(job_for(longer, scene_timings(clock), key, SMALL), count, set())
    assert frames
