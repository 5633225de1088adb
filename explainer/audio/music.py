"""Music and effects: a Timeline and the assets folder in; what sounds beside the voice out.

The bed, a piece of music, lies under the whole film and is turned down under speech. Effects start
on their words.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray
from pydub import AudioSegment

from explainer.audio import segments
from explainer.audio.meters import GATING_BLOCK, LoudnessMeter, loudness, to_dbfs
from explainer.audio.room_tone import repeated
from explainer.audio.segments import Integers
from explainer.cache.files import file_hash
from explainer.clock import MILLISECOND, TICKS, seconds
from explainer.errors import CheckFailed, error_text
from explainer.media.audio_reader import Samples
from explainer.media.io import AUDIO_FORMATS, decode_audio, open_media
from explainer.script.assets import find_sound
from explainer.script.model import Music
from explainer.spec import MAX_EFFECT_DURATION, MIN_MUSIC_DISTANCE
from explainer.timeline.model import Timeline

REVISION = 2
"""Part of the cache key: raise it when the same files would sound different."""
EFFECT_DISTANCE = 12.0
"""LU that an effect lies under the voice: WCAG's 1.4.7 excepts sounds of up to two seconds."""
MAX_BED_SECONDS = 900.0
MAX_EFFECT_SECONDS = 60.0
"""Of a sound file that is read; a bed is repeated as long as the film lasts."""
CROSS_FADE = 2 * TICKS
"""How long the end of a bed and its beginning sound together where it is repeated."""

_DUCKED_DISTANCE = MIN_MUSIC_DISTANCE + 5
"""LU that a bed is turned down to: none is even, and limiting the voice brings it up a little."""
_SOFT = 1.0
"""LU further away at which a bed is nowhere too loud: measured alone, a line begins amid a wave."""
_MEASURED_AT_ONCE = 10 * TICKS
_HOLD = TICKS // 2
"""Ticks before and after speech in which the bed stays down: short pauses are not worth a rise."""
_RAMP = TICKS // 2
"""Ticks that going down and up takes."""
_FADE = TICKS
"""Ticks in which the bed fades in and out with the film."""
_EFFECT_FADE_IN = 2
_EFFECT_FADE_OUT = 10
"""Milliseconds in which an effect that is cut hard comes and goes."""
_SEAM = 10 * MILLISECOND
"""What is examined on both sides of a bed's end and beginning."""
_MAX_LOOP_DROP = 3.0
"""dB that a loop may be softer at its ends than in the whole."""

KEPT_TICKS = 180 * TICKS
"""Of a bed that is kept in memory, at eight bytes each."""
_LAST_LOOP: dict[tuple[str, float], tuple[Samples, Samples]] = {}
"""State of this process: the bed that was used last, by its file's hash and its level in LUFS, so
that `watch` does not read it anew for each change."""
_LOUDNESS: dict[bytes, float] = {}
"""State of this process: the loudness of sounds in LUFS, by a hash of their samples."""


@dataclass(frozen=True, slots=True)
class DuckingGain:
    """The gain of a bed at each tick: `down` under speech, faded in and out with the film.

    `edges` are the ticks at which it would go down and up in steps, in turn; `covered` is for how
    many ticks before each of them it is down. The mean over `_RAMP` makes ramps of the steps.
    """

    edges: NDArray[np.float64]
    covered: NDArray[np.float64]
    down: float
    length: int

    @classmethod
    def of(cls, timeline: Timeline, music: Music) -> DuckingGain:
        """The gain of a film's bed."""
        reach = _HOLD + _RAMP // 2
        spans = [[0, 0]]
        for line in timeline.spoken:
            begin = line.speech_start - reach
            end = line.speech_end + reach
            if begin <= spans[-1][1]:
                spans[-1][1] = max(spans[-1][1], end)
            else:
                spans.append([begin, end])
        edges = np.array(spans, np.float64)
        covered = np.cumsum(np.diff(edges, axis=1))
        before = np.column_stack([np.append(0, covered[:-1]), covered])
        down = 10 ** (min(0.0, music.below - _DUCKED_DISTANCE) / 20)
        return cls(edges.ravel(), before.ravel(), down, timeline.length)

    def between(self, begin: int, end: int) -> NDArray[np.float32]:
        """The gain at each tick between two, of shape (n,)."""
        edges = np.searchsorted(self.edges, (begin - _RAMP // 2, end + _RAMP // 2 + 1))
        is_even = edges[0] == edges[1] and begin >= _FADE and end <= self.length - _FADE
        # where nothing begins or ends, one tick stands for all
        ticks = np.arange(begin, min(begin + 1, end) if is_even else end)
        until = np.interp(ticks + _RAMP // 2 + 1, self.edges, self.covered)
        covered = until - np.interp(ticks - _RAMP // 2, self.edges, self.covered)
        gain = 1 - (1 - self.down) * covered / (_RAMP + 1)
        for distance in ticks, self.length - 1 - ticks:
            gain *= np.clip(distance / _FADE, 0, 1)
        return np.broadcast_to(gain.astype(np.float32), end - begin)


@dataclass(frozen=True, slots=True)
class Bed:
    """A bed for a whole film, of shape (n, 2), and its gain at each tick.

    Whenever it is repeated it begins with `seam`, which continues its own end.
    """

    once: Samples
    seam: Samples
    gain: DuckingGain

    def between(self, begin: int, end: int) -> Samples:
        """What of it sounds between two ticks, of shape (n, 2)."""
        return self._as_it_is(begin, end) * self.gain.between(begin, end)[:, None]

    def _as_it_is(self, begin: int, end: int) -> Samples:
        """What it would be between two ticks without its gain, of shape (n, 2)."""
        samples = repeated(self.once, begin, end)
        if len(self.seam):
            samples = samples.copy()
            ticks = np.arange(begin, end)
            places = ticks % len(self.once)
            in_seam = (ticks >= len(self.once)) & (places < len(self.seam))
            samples[in_seam] = self.seam[places[in_seam]]
        return samples

    def highest_ducked(self) -> float:
        """The loudness in LUFS that no `GATING_BLOCK` of it exceeds while it is turned down."""
        meter = LoudnessMeter()
        # once, and as it begins again
        end = len(self.once) + len(self.seam) + GATING_BLOCK
        for at in range(0, end, _MEASURED_AT_ONCE):
            meter.add(self._as_it_is(at, min(at + _MEASURED_AT_ONCE, end)))
        return meter.highest_momentary() + to_dbfs(self.gain.down)


@dataclass(frozen=True, slots=True)
class MusicAndEffects:
    """All that sounds beside the voice; an effect is a tick and the sound that starts there."""

    bed: Bed | None
    effects: tuple[tuple[int, AudioSegment], ...]

    def lay_over(self, ground: Integers, begin: int) -> None:
        """Mix the music and effects into a part of the film that begins at a tick."""
        end = begin + len(ground)
        if self.bed:
            segments.lay_over(ground, segments.to_integers(self.bed.between(begin, end)), 0)
        for start, sound in self.effects:
            segments.lay_over(ground, segments.integers_of(sound), start - begin)


def read_music_and_effects(timeline: Timeline, assets: Path, level: float) -> MusicAndEffects:
    """The bed and effects of a film, for a voice whose lines have `level` LUFS in stereo.

    Raises:
        CheckFailed: if a file cannot be read, is silent or too long, or if the bed comes closer
            to a line than `MIN_MUSIC_DISTANCE`.
    """
    bed = mix_music(timeline, timeline.music, assets, level) if timeline.music else None
    return MusicAndEffects(bed, tuple(_read_effects(timeline, assets, level)))


def _read_effects(timeline: Timeline, assets: Path, level: float) -> list[tuple[int, AudioSegment]]:
    effects = []
    sounds: dict[str, AudioSegment] = {}
    for line in timeline.lines:
        for cue in line.cues:
            if not cue.sound:
                continue
            if cue.sound not in sounds:
                samples = read_sound(assets, cue.sound, MAX_EFFECT_SECONDS)
                gain = level - EFFECT_DISTANCE - _file_loudness(samples)
                sounds[cue.sound] = segments.to_segment(samples).apply_gain(gain)
            sound = sounds[cue.sound]
            left = timeline.length - cue.start
            if timeline.is_part and segments.sample_count(sound) <= MAX_EFFECT_DURATION:
                # in the whole film it may sound on into the next line
                sound = sound.get_sample_slice(0, left)
            room = min(MAX_EFFECT_DURATION, left)
            if segments.sample_count(sound) > room:
                long = seconds(segments.sample_count(sound))
                what = f"the sound {cue.sound} lasts {long:.2f} s; at cue"
                raise CheckFailed.of(
                    f"{what} “{cue.name}” of {line.key} there is room for {seconds(room):.2f}",
                    "shorten the sound, or give the line a longer hold",
                )
            sound = segments.fade_edges(sound, _EFFECT_FADE_IN, _EFFECT_FADE_OUT)
            effects.append((cue.start, sound))
    return effects


def mix_music(timeline: Timeline, music: Music, assets: Path, level: float) -> Bed:
    """The bed of a film at its level, repeated and turned down as the film asks.

    Raises:
        CheckFailed: if it cannot be read, or comes too close to a line.
    """
    bed = Bed(*_loop_at(assets, music.bed, level - music.below), DuckingGain.of(timeline, music))
    is_soft = bed.highest_ducked() < level - MIN_MUSIC_DISTANCE - _SOFT
    for line in timeline.spoken:
        if is_soft and line.speech_end - line.speech_start >= GATING_BLOCK:
            continue
        under_line = loudness(bed.between(line.speech_start, line.speech_end))
        if under_line > level - MIN_MUSIC_DISTANCE:
            raise CheckFailed.of(
                f"the bed {music.bed} is {level - under_line:.1f} dB under the voice in "
                f"{line.key}, not {MIN_MUSIC_DISTANCE:g}",
                "take a bed that is more even in loudness",
            )
    return bed


def _loop_at(assets: Path, name: str, level: float) -> tuple[Samples, Samples]:
    """A bed at a level in LUFS, as `make_loop` gives it; of the last one nothing is changed."""
    key = file_hash(assets / name), level
    if key in _LAST_LOOP:
        return _LAST_LOOP[key]
    once = read_sound(assets, name, MAX_BED_SECONDS)
    once *= np.float32(10 ** ((level - _file_loudness(once)) / 20))
    loop = make_loop(once)
    _LAST_LOOP.clear()
    if len(once) <= KEPT_TICKS:
        _LAST_LOOP[key] = loop
    return loop


def make_loop(once: Samples) -> tuple[Samples, Samples]:
    """A sound of shape (n, 2) cut to be repeated, and what it begins with when it is.

    A loop is kept as it is, so that it stays in its bars. Of any other sound the last two seconds,
    or half of a short one, fade into its beginning with equal power.
    """
    cross = 0 if _is_loop(once) else min(CROSS_FADE, len(once) // 2)
    keep = len(once) - cross
    time = (np.arange(cross) + 0.5) / max(1, cross)
    # the gains begin and end without slope or bend: a kink would be heard, too
    part = time**3 * (10 - 15 * time + 6 * time**2)
    rise = np.sin(np.pi / 2 * part)[:, None]
    fall = np.cos(np.pi / 2 * part)[:, None]
    seam = once[:cross] * rise + once[keep:] * fall
    return once[:keep], seam.astype(np.float32)


def _is_loop(once: Samples) -> bool:
    """Whether a sound continues from its end into its beginning without click, gap or swell."""
    if len(once) < 8 * _SEAM:
        return False
    around = np.concatenate([once[-_SEAM:], once[:_SEAM]])
    bends = np.abs(np.diff(around, 3, axis=0)).max(axis=1)
    seam = slice(_SEAM - 3, _SEAM)
    if bends[seam].max() > max(bends[: _SEAM - 3].max(), bends[_SEAM:].max()):
        return False
    size = min(TICKS // 2, len(once) // 4)
    whole, *ends = (
        np.sqrt(np.mean(np.square(part, dtype=np.float64)))
        for part in (once, once[:size], once[-size:])
    )
    return all(end > whole * 10 ** (-_MAX_LOOP_DROP / 20) for end in ends)


def read_sound(assets: Path, name: str, max_seconds: float) -> Samples:
    """A sound file as (n, 2) at 48 kHz; one channel goes into both.

    Raises:
        CheckFailed: if it cannot be read, lasts longer than `max_seconds`, or is silent.
    """
    resampler = av.AudioResampler(format="fltp", layout="stereo", rate=TICKS)
    try:
        with open_media(find_sound(assets, name), AUDIO_FORMATS) as file:
            frames: list[av.AudioFrame] = []
            for decoded in decode_audio(file, max_seconds):
                frames += resampler.resample(decoded)
            frames += resampler.resample(None)
    except (av.FFmpegError, OSError, ValueError) as error:
        what = f"the sound {name} cannot be read: {error_text(error)}"
        raise CheckFailed.of(what, "replace it, or take it out of the script") from None
    none = [np.zeros((2, 0), np.float32)]
    channels = np.concatenate([frame.to_ndarray() for frame in frames] or none, axis=1)
    sound = np.ascontiguousarray(channels.T, np.float32)
    if not np.isfinite(_file_loudness(sound)):
        raise CheckFailed.of(f"the sound {name} is silent", "take it out of the script")
    return sound


def _file_loudness(sound: Samples) -> float:
    """The loudness of all of a file's sound, measured once in a process, as it takes a while."""
    key = hashlib.sha256(sound.data).digest()
    if key not in _LOUDNESS:
        _LOUDNESS[key] = loudness(sound)
    return _LOUDNESS[key]
