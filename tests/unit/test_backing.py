"""Music and effects: declared in the script, laid under the voice, and never in its way."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import wave
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from explainer.audio import music, segments
from explainer.audio.meters import GATING_BLOCK, loudness
from explainer.audio.mix import mix_audio
from explainer.cache.store import Cache
from explainer.clock import TICKS
from explainer.errors import CheckFailed, ScriptError
from explainer.media.audio_reader import read_audio
from explainer.media.probe import probe
from explainer.script.assets import find_sound
from explainer.script.loader import load
from explainer.script.model import Music
from explainer.timeline.json import from_json
from explainer.timeline.layout import estimate_timeline
from explainer.timeline.model import TimedCue, Timeline
from measured import audio_results
from project import ROOT, Project
from sounds import film, voice, write

LEVEL = -28.0
BED = ROOT / "assets" / "music" / "bed.flac"


def scored(folder: Path, music: Music | None = None, sound: str = "", cue: float = 1.0) -> Timeline:
    """Two lines, three seconds of silence after each, a bed under both, an effect in the first."""
    clock, _ = film(folder, voice(2, -20, 1), voice(2, -20, 2))
    made, at = [], 0
    for line in clock.lines:
        shift = at - line.start
        begin, end = line.speech_start + shift, line.speech_end + shift
        at = end + 3 * TICKS
        cues = (TimedCue("ding", begin + round(cue * TICKS), end, sound),) if not made else ()
        made.append(
            replace(line, start=begin, speech_start=begin, speech_end=end, end=at, cues=cues)
        )
    return replace(clock, scenes=(replace(clock.scenes[0], lines=tuple(made)),), music=music)


def noise(folder: Path, name: str, seconds: float = 3) -> str:
    sound = np.random.default_rng(5).standard_normal(round(seconds * TICKS)) * 0.05
    return write(folder / name, sound).name


def level(sound: np.ndarray) -> float:
    return loudness(sound.astype(np.float32))


def lay(clock: Timeline, folder: Path) -> np.ndarray:
    """All that sounds beside the voice, of shape (n, 2)."""
    ground = np.zeros((clock.length, 2), np.int32)
    music.read_music_and_effects(clock, folder, LEVEL).lay_over(ground, 0)
    return segments.to_samples(ground)


@pytest.mark.parametrize("below", [6, 14, 30])
@pytest.mark.parametrize("bed", ["noise", "shipped"])
def test_a_bed_stays_twenty_decibels_under_every_line(tmp_path, bed, below):
    name = noise(tmp_path, "bed.wav")
    if bed == "shipped":
        name = (tmp_path / "bed.flac").write_bytes(BED.read_bytes()) and "bed.flac"
    clock = scored(tmp_path, Music(name, below))
    made = lay(clock, tmp_path)
    assert len(made) == clock.length
    for line in clock.lines:
        assert level(made[line.speech_start : line.speech_end]) <= LEVEL - 20


def test_a_bed_rises_in_a_long_silence_to_the_level_asked_for_and_fades_at_the_ends(tmp_path):
    clock = scored(tmp_path, Music(noise(tmp_path, "bed.wav"), 10))
    made = lay(clock, tmp_path)
    silence = made[clock.lines[0].speech_end + TICKS * 6 // 5 :][: TICKS * 4 // 10]
    assert level(silence) == pytest.approx(LEVEL - 10, abs=0.7)
    assert np.abs(made[[0, -1]]).max() < 1e-6
    parts = [np.sqrt(np.mean(part**2)) for part in np.split(made[: TICKS * 6 // 5], 12)]
    assert parts[0] < parts[9] / 5
    assert all(0.7 < b / a < 1.4 for a, b in pairwise(parts[3:]))


def test_an_effect_starts_on_its_word(tmp_path):
    clock = scored(tmp_path, sound=noise(tmp_path, "ding.wav", 0.5))
    made = lay(clock, tmp_path)
    at = clock.lines[0].cues[0].start
    assert not made[:at].any()
    assert not made[at + TICKS // 2 :].any()
    assert level(made[at : at + TICKS // 2]) == pytest.approx(LEVEL - 12, abs=0.1)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (2.5, "lasts 2.50 s; at cue “ding” of s.l0 there is room for 2.00"),
        (0.0, "is silent"),
        (b"no sound at all", "cannot be read"),
        (None, "there is no assets/ding.wav"),
    ],
)
def test_an_effect_that_cannot_be_used_is_an_error_that_names_it(tmp_path, content, what):
    if isinstance(content, bytes):
        (tmp_path / "ding.wav").write_bytes(content)
    elif content is not None:
        write(tmp_path / "ding.wav", voice(content, -20, 3) if content else np.zeros(4800))
    with pytest.raises(CheckFailed, match=what):
        music.read_music_and_effects(scored(tmp_path, sound="ding.wav"), tmp_path, LEVEL)


def test_an_effect_that_sounds_on_into_the_next_line_is_cut_in_a_part_of_a_film(tmp_path):
    clock = scored(tmp_path, sound=noise(tmp_path, "ding.wav", 1.5), cue=4.0)
    one = replace(clock.scenes[0], lines=clock.lines[:1])
    alone = replace(clock, scenes=(one,))
    with pytest.raises(CheckFailed, match=r"there is room for 1\.00"):
        lay(alone, tmp_path)
    part = lay(replace(alone, is_part=True), tmp_path)
    assert np.abs(part[-TICKS // 2 : -TICKS // 4]).max() > 0.001
    assert np.abs(part[-10:]).max() < 0.001


def test_a_bed_that_bursts_under_a_line_is_an_error_that_names_the_line(tmp_path):
    sound = np.random.default_rng(6).standard_normal(16 * TICKS) * 0.1
    sound[3 * TICKS :] *= 0.2
    write(tmp_path / "bed.wav", sound)
    with pytest.raises(CheckFailed, match=r"under the voice in s\.l0, not 20"):
        music.read_music_and_effects(scored(tmp_path, Music("bed.wav", 14)), tmp_path, LEVEL)


def test_the_mixed_film_has_the_bed_and_is_as_loud_as_without(tmp_path):
    clock = scored(tmp_path, Music(noise(tmp_path, "bed.wav"), 10))
    _, speech = film(tmp_path, voice(2, -20, 1), voice(2, -20, 2))
    cache = Cache(tmp_path / "cache")
    with_bed, without = (
        read_audio(mix_audio(given, speech, cache, tmp_path).path)
        for given in (clock, replace(clock, music=None))
    )
    assert loudness(with_bed) == pytest.approx(-16, abs=0.2)
    quiet = slice(clock.lines[0].speech_end + TICKS * 6 // 5, clock.lines[1].start - TICKS * 6 // 5)
    assert loudness(with_bed[quiet]) == pytest.approx(-26, abs=3)
    assert loudness(without[quiet]) < -57


def test_a_bed_is_read_once_for_the_same_mix_after_mix(tmp_path, monkeypatch):
    bed = Music(noise(tmp_path, "rain.wav"), 30)
    timeline = scored(tmp_path, bed)
    monkeypatch.setattr(music, "_LAST_LOOP", {})
    first = music.mix_music(timeline, bed, tmp_path, LEVEL).between(0, timeline.length)
    read_sound = music.read_sound
    monkeypatch.setattr(music, "read_sound", None)
    again = music.mix_music(timeline, bed, tmp_path, LEVEL).between(0, timeline.length)
    assert np.array_equal(first, again)
    monkeypatch.setattr(music, "read_sound", read_sound)
    write(tmp_path / bed.bed, np.random.default_rng(6).standard_normal(2 * TICKS) * 0.05)
    changed = music.mix_music(timeline, bed, tmp_path, LEVEL).between(0, timeline.length)
    assert not np.array_equal(first, changed)


def test_an_effect_that_comes_twice_is_read_once(tmp_path, monkeypatch):
    clock = scored(tmp_path, sound=noise(tmp_path, "ding.wav", 0.5))
    scene, line = clock.scenes[0], clock.lines[0]
    cues = (*line.cues, replace(line.cues[0], name="dong", start=line.cues[0].start + TICKS))
    lines = (replace(line, cues=cues), *scene.lines[1:])
    read = []

    def counted(*arguments):
        read.append(arguments[1])
        return reading(*arguments)

    reading = music.read_sound
    monkeypatch.setattr(music, "read_sound", counted)
    twice = replace(clock, scenes=(replace(scene, lines=lines), *clock.scenes[1:]))
    around = music.read_music_and_effects(twice, tmp_path, LEVEL)
    assert len(around.effects) == 2
    assert read == ["ding.wav"]


def test_a_changed_bed_or_effect_is_mixed_anew(tmp_path):
    clock = scored(tmp_path, Music(noise(tmp_path, "bed.wav"), 10))
    _, speech = film(tmp_path, voice(2, -20, 1), voice(2, -20, 2))
    cache = Cache(tmp_path / "cache")
    assert not mix_audio(clock, speech, cache, tmp_path).reused
    assert mix_audio(clock, speech, cache, tmp_path).reused
    noise(tmp_path, "bed.wav", 2)
    assert not mix_audio(clock, speech, cache, tmp_path).reused


@pytest.mark.parametrize(("folder", "script"), [("music", "make_bed"), ("sounds", "make_sounds")])
def test_the_shipped_sounds_are_small_and_their_script_makes_the_same_bytes(
    tmp_path, folder, script
):
    kept = ROOT / "assets" / folder
    copy = tmp_path / f"{script}.py"
    copy.write_bytes((kept / copy.name).read_bytes())
    subprocess.run([sys.executable, copy], check=True)
    made = {path.name: path.read_bytes() for path in tmp_path.glob("*.flac")}
    assert made
    assert made.keys() == {path.name for path in kept.glob("*.flac")}
    for name, content in made.items():
        wanted = hashlib.sha256((kept / name).read_bytes()).hexdigest()
        assert hashlib.sha256(content).hexdigest() == wanted, name
    assert sum(map(len, made.values())) < 2_000_000


def test_shipped_effects_are_soft_stereo_of_at_most_two_seconds():
    folder = ROOT / "assets" / "sounds"
    for path in sorted(folder.glob("*.flac")):
        with av.open(str(path)) as file:
            track = file.streams.audio[0]
            assert (track.rate, track.channels) == (TICKS, 2)
        sound = music.read_sound(folder, path.name, 2.0)
        assert np.abs(sound[[0, -1]]).max() < 1e-3
        rise = np.maximum.accumulate(np.abs(sound).max(axis=1))[:144].max()
        assert rise < np.abs(sound).max() / 2, f"{path.name} is half way up within 3 ms"
        assert not np.array_equal(*sound.T)


def test_a_bed_goes_down_under_speech_and_up_in_ramps_however_it_is_cut(tmp_path):
    clock = scored(tmp_path, Music("bed.wav", 20))
    gain = music.DuckingGain.of(clock, Music("bed.wav", 20))
    whole = gain.between(0, clock.length)
    parts = [gain.between(at, min(at + 7001, clock.length)) for at in range(0, clock.length, 7001)]
    assert np.array_equal(np.concatenate(parts), whole)
    spoken = [line for line in clock.lines if line.speech_end > line.speech_start]
    down = [whole[line.speech_start : line.speech_end] for line in spoken]
    assert max(part.max() for part in down) <= 10 ** (-5 / 20) + 1e-6
    assert np.abs(np.diff(whole)).max() < 1 / (TICKS / 2)
    assert whole[0] == whole[-1] == 0


@pytest.mark.parametrize("seconds", [0.1, 3])
def test_nothing_of_a_bed_is_louder_while_it_is_down_than_is_reckoned_with(tmp_path, seconds):
    bed = noise(tmp_path, "bed.wav", seconds)
    score = Music(bed, 10)
    clock = scored(tmp_path, score)
    made = music.mix_music(clock, score, tmp_path, LEVEL)
    line = clock.lines[0]
    places = range(line.speech_start, line.speech_end - GATING_BLOCK, 997)
    assert len(places) > 20
    loudest = max(level(made.between(at, at + GATING_BLOCK)) for at in places)
    assert loudest < made.highest_ducked() < loudest + 3


def bends(sound: np.ndarray) -> np.ndarray:
    """How much each moment of a sound is bent: its third difference."""
    return np.abs(np.diff(sound, 3, axis=0)).max(axis=1)


def tones(seconds: float, start: float = 0.0, pitch: float = 220.3) -> np.ndarray:
    """A low chord that need not begin, nor end, at nothing."""
    time = start + np.arange(round(seconds * TICKS)) / TICKS
    return 0.1 * sum(np.cos(2 * np.pi * pitch * part * time) for part in (1, 1.26, 1.5))


@pytest.mark.parametrize("seconds", [0.021, 0.1, 0.37, 1.36, 4.2])
@pytest.mark.parametrize("kind", ["tones", "ends loud", "ends soft", "offset"])
def test_no_bed_clicks_where_it_is_repeated(kind, seconds):
    once = tones(seconds)
    if kind == "ends loud":
        once *= np.linspace(0, 1, len(once))
    elif kind == "ends soft":
        once *= np.linspace(1, 0, len(once))
    elif kind == "offset":
        once = once * 0.1 + np.linspace(0.3, -0.2, len(once))
    both = np.column_stack([once, once[::-1]]).astype(np.float32)
    kept, seam = music.make_loop(both)
    even = music.DuckingGain(np.zeros(2), np.zeros(2), 1.0, 1000 * TICKS)
    # a whole number of rounds in, far from the film's ends
    begin = len(kept) * -(-2 * TICKS // len(kept))
    sound = music.Bed(kept, seam, even).between(begin, begin + min(12 * TICKS, 5 * len(kept)))
    found = bends(sound)
    plain = np.abs(np.diff(np.resize(both, sound.shape), 3, axis=0)).max(axis=1)
    assert plain.max() > 30 * np.median(plain), "repeated as it is, it would click"
    for at in range(len(kept), len(sound), len(kept)):
        assert found[at - 8 : at + 8].max() <= 6 * np.median(found)


def test_a_bed_that_loops_is_kept_in_its_bars(tmp_path):
    time = np.arange(4 * TICKS) / TICKS
    loop = sum(np.sin(2 * np.pi * pitch * time) for pitch in (110, 220.25, 330.5))
    kept, seam = music.make_loop(np.column_stack([loop, loop]).astype(np.float32))
    assert len(kept) == 4 * TICKS
    assert not len(seam)


def test_the_ends_of_noise_cross_without_a_gap_or_a_swell(monkeypatch):
    monkeypatch.setattr(music, "_is_loop", lambda _: False)
    noise = np.random.default_rng(2).standard_normal((8 * TICKS, 2)).astype(np.float32)
    _, seam = music.make_loop(noise)
    assert len(seam) == 2 * TICKS
    parts = [part.std() for part in np.split(seam, 12)]
    assert max(parts) / min(parts) < 1.1


def test_a_bed_keeps_its_sides_and_a_mono_one_is_in_the_middle(tmp_path):
    left = tones(3)
    sound = np.column_stack([left, 0.2 * tones(3, pitch=331.7)])
    with wave.open(str(tmp_path / "bed.wav"), "wb") as file:
        file.setparams((2, 2, TICKS, 0, "NONE", ""))
        file.writeframes((sound * 32767).astype("<i2").tobytes())
    heard = lay(scored(tmp_path, Music("bed.wav", 10)), tmp_path)
    assert heard[:, 0].std() > 3 * heard[:, 1].std() > 0
    write(tmp_path / "bed.wav", left)
    heard = lay(scored(tmp_path, Music("bed.wav", 10)), tmp_path)
    assert np.abs(heard[:, 0] - heard[:, 1]).max() < 1e-6


def test_what_is_laid_under_line_by_line_is_the_same_as_all_at_once(tmp_path):
    name = noise(tmp_path, "ding.wav", 1.9)
    clock = scored(tmp_path, Music(noise(tmp_path, "bed.wav", 2.3), 10), name, cue=4.0)
    start, end = clock.lines[0].cues[0].start, clock.lines[0].end
    assert start < end < start + round(1.9 * TICKS), "the effect reaches into the next line"
    around = music.read_music_and_effects(clock, tmp_path, LEVEL)
    pieces = []
    for begin, stop in pairwise([0, 1001, end, clock.length]):
        ground = np.zeros((stop - begin, 2), np.int32)
        around.lay_over(ground, begin)
        pieces.append(segments.to_samples(ground))
    assert np.array_equal(np.concatenate(pieces), lay(clock, tmp_path))


def test_a_script_names_its_music_and_effects_and_the_record_keeps_them(project: Project):
    noise(project.folder / "assets", "soft.wav")
    project.edit("title: Two dots", "title: Two dots\nmusic: {bed: soft.wav, below: 12.5}")
    project.edit(
        "        show: A pink dot.", "        sounds: {dot: soft.wav}\n        show: A dot."
    )
    script = load(project.script)
    assert script.music == Music("soft.wav", 12.5)
    assert script.lines[0].sounds == {"dot": "soft.wav"}
    clock = estimate_timeline(script, 30)
    assert clock.lines[0].cues[0].sound == "soft.wav"
    assert from_json(clock.to_json()) == clock


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("gone.flac", "there is no assets/gone.flac"),
        ("../outside.wav", "does not lie inside assets/"),
        ("/etc/passwd", "does not lie inside assets/"),
        ("link.wav", "does not lie inside assets/"),
        ("fonts/../../outside.wav", "does not lie inside assets/"),
        ("note.txt", "is not a sound file"),
        ("folder.wav", "there is no assets/folder.wav"),
    ],
)
def test_a_sound_that_is_not_in_assets_is_named_with_its_place(project: Project, name, what):
    assets = project.folder / "assets"
    noise(project.folder, "outside.wav")
    (assets / "link.wav").symlink_to(project.folder / "outside.wav")
    (assets / "note.txt").write_text("x")
    (assets / "folder.wav").mkdir()
    with pytest.raises(ValueError, match=what):
        find_sound(assets, name)
    project.edit("title: Two dots", f"title: Two dots\nmusic: {{bed: {name}}}")
    with pytest.raises(ScriptError, match=r"script\.yaml:3:14: bed: .*" + what):
        load(project.script)


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("title: Two", "music: {bet: a.wav}\ntitle: Two", "did you mean “bed”"),
        ("title: Two", "music: {below: 3}\ntitle: Two", "music lacks “bed”"),
        ("title: Two", "music: {bed: a.wav, below: -3}\ntitle: Two", "number of decibels from 0"),
        ("title: Two", "music: a.wav\ntitle: Two", "music must be a mapping"),
        ("        show: A p", "        sounds: {dor: a.wav}\n        show: A p", "no cue “dor”"),
    ],
)
def test_music_that_is_declared_wrongly_is_named(project: Project, old, new, what):
    project.edit(old, new)
    with pytest.raises(ScriptError, match=what):
        load(project.script)


def test_a_line_that_says_nothing_has_its_room_music_and_effect(tmp_path):
    clock = scored(tmp_path, Music(noise(tmp_path, "bed.wav"), 20))
    _, speech = film(tmp_path, voice(2, -20, 1), voice(2, -20, 2))
    first, last = clock.lines
    mute = replace(last, speech_end=last.speech_start, words=())
    clock = replace(clock, scenes=(replace(clock.scenes[0], lines=(first, mute)),))
    speech = replace(speech, lines={first.key: speech.lines[first.key]})
    track = mix_audio(clock, speech, Cache(tmp_path / "cache"), tmp_path)
    sound = read_audio(track.path)
    long_after = sound[mute.speech_start + TICKS : mute.speech_start + 2 * TICKS]
    ducked = sound[first.speech_end + TICKS // 10 :][: TICKS * 4 // 10]
    assert loudness(long_after) - loudness(ducked) == pytest.approx(5, abs=1)
    (stored,) = probe(track.path).audio
    assert [
        one for one in audio_results(track.path, stored, clock).values() if one.ok is False
    ] == []
    alone = replace(mute, start=0, speech_start=0, speech_end=0, end=3 * TICKS)
    preview = replace(clock, scenes=(replace(clock.scenes[0], lines=(alone,)),), music=None)
    mixed = mix_audio(preview, speech, Cache(tmp_path / "cache"), tmp_path).path
    found = audio_results(mixed, probe(mixed).audio[0], preview)
    assert [one for one in found.values() if one.ok is False] == []
    assert found["loudness"].ok is found["speech"].ok is None
    room = read_audio(mixed)
    assert len(room) == 3 * TICKS
    assert 20 * np.log10(room.std()) == pytest.approx(-64, abs=1)


def test_an_effect_just_before_a_line_is_not_taken_for_its_speech(tmp_path):
    clock = scored(tmp_path, sound=noise(tmp_path, "ding.wav", 1.0), cue=4.9)
    assert 0 < clock.lines[1].speech_start - clock.lines[0].cues[0].start < TICKS // 5
    _, speech = film(tmp_path, voice(2, -20, 1), voice(2, -20, 2))
    track = mix_audio(clock, speech, Cache(tmp_path / "cache"), tmp_path)
    (sound,) = probe(track.path).audio
    found = audio_results(track.path, sound, clock)
    assert found["speech"].ok
    bare = replace(clock.lines[0], cues=())
    quiet = replace(clock, scenes=(replace(clock.scenes[0], lines=(bare, clock.lines[1])),))
    found = audio_results(track.path, sound, quiet)
    assert not found["speech"].ok, "without an effect in the script, it is speech too early"


def test_a_mixed_film_with_the_shipped_bed_is_heard_to_keep_every_rule(tmp_path):
    (tmp_path / "bed.flac").write_bytes(BED.read_bytes())
    clock = scored(tmp_path, Music("bed.flac", 8), noise(tmp_path, "ding.wav", 0.3))
    _, speech = film(tmp_path, voice(2, -20, 1), voice(2, -20, 2))
    track = mix_audio(clock, speech, Cache(tmp_path / "cache"), tmp_path)
    (sound,) = probe(track.path).audio
    found = audio_results(track.path, sound, clock)
    assert [row for row in found.values() if row.ok is False] == []
    assert found["bed"].ok
    assert found["lines"].ok
