"""The first film's own script, spoken by real voices and mixed, without a picture."""

from __future__ import annotations

import shutil
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from explainer.audio.meters import loudness
from explainer.audio.mix import mix_audio
from explainer.cache.store import Cache
from explainer.clock import MILLISECOND, TICKS, seconds
from explainer.media import ffmpeg_cli
from explainer.media.audio_reader import read_audio
from explainer.media.probe import probe
from explainer.narration.synthesize import synthesize
from explainer.progress import Progress
from explainer.script.loader import load
from explainer.script.model import Script
from explainer.timeline.layout import lay_out
from explainer.timeline.model import Timeline
from explainer.timeline.speech import Speech
from explainer.voices.base import Utterance
from explainer.voices.sentences import sentences
from measured import audio_results
from project import ROOT
from tests.voices.readers import record

pytestmark = pytest.mark.slow

STEP = 10 * MILLISECOND
QUIET = 10 ** (-50 / 20)


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Script:
    folder = tmp_path_factory.mktemp("spoken")
    shutil.copy(ROOT / "script.yaml", folder)
    shutil.copytree(ROOT / "assets", folder / "assets")  # a link out of the project is refused
    return load(folder / "script.yaml", check_scenes=False)


def without_music_and_effects(script: Script) -> Script:
    scenes = [
        replace(scene, lines=tuple(replace(line, sounds={}) for line in scene.lines))
        for scene in script.scenes
    ]
    return replace(script, music=None, scenes=tuple(scenes))


def spoken(script: Script, voice: str) -> tuple[Speech, Timeline]:
    cache = Cache(script.folder / ".explainer-cache")
    speech = synthesize(script, [voice], cache, Progress(quiet=True))
    return speech, lay_out(script, speech, 30)


def pause(sound: np.ndarray, begin: int, end: int) -> float:
    """The longest silence between two ticks, in seconds."""
    blocks = sound[begin : begin + (end - begin) // STEP * STEP].reshape(-1, STEP)
    loud = np.flatnonzero(np.sqrt((blocks**2).mean(axis=1)) > QUIET)
    return float(np.diff([-1, *loud, len(blocks)]).max() - 1) * seconds(STEP)


@pytest.mark.parametrize("voice", ["flite", pytest.param("espeak", marks=pytest.mark.whole)])
def test_sentences_and_lines_are_parted_by_pauses_and_equally_loud(
    script: Script, voice: str
) -> None:
    script = without_music_and_effects(script)
    speech, clock = spoken(script, voice)
    track = mix_audio(
        clock, speech, Cache(script.folder / ".explainer-cache"), script.folder / "assets"
    )
    sound = read_audio(track.path)
    ours, (theirs, peak) = loudness(sound), ffmpeg_cli.ebur128(track.path)
    assert abs(ours + 16) <= 0.5
    assert abs(ours - theirs) <= 0.1
    assert peak <= -1
    between = []
    for line, timed in zip(script.lines, clock.lines, strict=True):
        begins = {start for start, _ in sentences(line.say.spoken)[1:]}
        for i, word in enumerate(line.say.words):
            if word.spoken_start in begins:
                ahead = timed.words[i].start + TICKS // 5
                between.append(pause(sound[:, 0], timed.words[i - 1].start, ahead))
    assert len(between) >= 3
    assert min(between) >= 0.3
    heard = [line for line in clock.lines if line.words]
    for one, two in pairwise(heard):
        ahead = two.words[0].start + TICKS // 5
        assert pause(sound[:, 0], one.words[-1].start, ahead) >= 0.6
    (stored,) = probe(track.path).audio
    found = audio_results(track.path, stored, clock)
    assert {"lines", "speech", "digital silence", "clicks", "hum", "pauses"} <= set(found)
    assert [result for result in found.values() if result.ok is not True] == []


def test_the_film_recorded_has_its_cues_where_the_voice_that_was_recorded_has_them(
    script: Script,
) -> None:
    """As a file of a silent room: softer, and with half a second of silence on both sides."""
    speech, own = spoken(script, "flite")
    silence = np.zeros(TICKS // 2, np.int16)
    for key, line in speech.lines.items():
        voice = np.frombuffer(Path(line.wav).read_bytes()[44:], "<i2")
        softer = np.round(voice * 0.6).astype(np.int16)
        sound = np.concatenate([silence, softer, silence])
        record(script.folder, key, Utterance(sound, TICKS, ()))
    _, found = spoken(script, "recording")
    off = [
        abs((b.start - two.start) - (a.start - one.start)) / MILLISECOND
        for one, two in zip(own.lines, found.lines, strict=True)
        for a, b in zip(one.cues, two.cues, strict=True)
    ]
    assert len(off) == sum(len(line.say.cues) for line in script.lines) > 20
    assert np.mean(off) <= 16
    assert np.quantile(off, 0.95) <= 50
    assert found.word_times() == {"aligned": len([w for ln in own.lines for w in ln.words])}
