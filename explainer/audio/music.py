"""What sounds beside the voice: a Timeline and the assets folder in, stereo pieces of it out.

The bed lies under the whole film and gives way to speech; effects start on their words.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray
from pydub import AudioSegment

from explainer.audio import segments
from explainer.audio.meters import Samples, loudness
from explainer.clock import MILLISECOND, TICKS, seconds
from explainer.errors import CheckFailed, error_text
from explainer.media.io import AUDIO_FORMATS, decode_audio, open_media
from explainer.script.assets import find_sound
from explainer.script.model import Music
from explainer.timeline.model import Timeline

REVISION = 2
"""Part of the cache key: raise it when the same files would sound otherwise."""
LEAST = 20.0
"""Decibels that the bed stays under speech (WCAG 2.2, 1.4.7)."""
EFFECT = 12.0
"""Decibels that an effect lies under the voice: 1.4.7 excepts sounds of up to two seconds."""
LONGEST = 2 * TICKS
LONGEST_BED, LONGEST_EFFECT = 900.0, 60.0
"""Seconds of a sound file that are read; a bed is repeated as long as the film lasts."""
CROSS = 2 * TICKS
"""How long the end of a bed and its beginning sound together, where it is repeated."""

_UNDER = LEAST + 5  # no bed is even, and limiting the voice brings it up a little
_NEAR, _RAMP = TICKS // 2, TICKS // 2  # a pause between two lines is too short to rise in
_FADE = TICKS
_RISE, _FALL = 2, 10  # milliseconds over which an effect that is cut hard comes and goes
_SEAM = 10 * MILLISECOND  # what is looked at on both sides of a bed's end and beginning
_LEVEL = 3.0  # decibels that a bed may differ at its two ends from the whole, to be a loop


@dataclass(frozen=True, slots=True)
class Gain:
    """How loud a bed is at each tick: down under speech, and in and out with the film.

    `edges` are the ticks at which it would go down and up at once, in turn; `covered` is for how
    many ticks before each of them it is down. A mean over half a second makes ramps of the steps.
    """

    edges: NDArray[np.float64]
    covered: NDArray[np.float64]
    down: float
    length: int

    @classmethod
    def of(cls, timeline: Timeline, music: Music) -> Gain:
        """The gain of a film's bed."""
        reach = _NEAR + _RAMP // 2
        spans = [[0, 0]]
        for line in timeline.spoken:
            begin, end = line.speech_start - reach, line.speech_end + reach
            if begin <= spans[-1][1]:
                spans[-1][1] = max(spans[-1][1], end)
            else:
                spans.append([begin, end])
        edges = np.array(spans, np.float64)
        covered = np.cumsum(np.diff(edges, axis=1))
        before = np.column_stack([np.append(0, covered[:-1]), covered])
        down = 10 ** (min(0.0, music.below - _UNDER) / 20)
        return cls(edges.ravel(), before.ravel(), down, timeline.length)

    def piece(self, begin: int, end: int) -> NDArray[np.float32]:
        """The gain at each tick between two, of shape (n,)."""
        ticks = np.arange(begin, end)
        last = np.interp(ticks + _RAMP // 2 + 1, self.edges, self.covered)
        under = last - np.interp(ticks - _RAMP // 2, self.edges, self.covered)
        gain = 1 - (1 - self.down) * under / (_RAMP + 1)
        for away in ticks, self.length - 1 - ticks:
            gain *= np.clip(away / _FADE, 0, 1)
        return np.asarray(gain, np.float32)


@dataclass(frozen=True, slots=True)
class Bed:
    """A bed for a whole film, of shape (n, 2), and how loud it is at each tick.

    Each time but the first, it begins with `seam`, which goes on from its own end.
    """

    once: Samples
    seam: Samples
    gain: Gain

    def piece(self, begin: int, end: int) -> Samples:
        """What of it sounds between two ticks, of shape (n, 2)."""
        ticks = np.arange(begin, end)
        places = ticks % len(self.once)
        made = self.once[places]
        joined = (ticks >= len(self.once)) & (places < len(self.seam))
        made[joined] = self.seam[places[joined]]
        return np.asarray(made * self.gain.piece(begin, end)[:, None], np.float32)


@dataclass(frozen=True, slots=True)
class Backing:
    """All that sounds beside the voice; an effect is a tick and what starts there."""

    bed: Bed | None
    effects: tuple[tuple[int, AudioSegment], ...]

    def over(self, ground: AudioSegment, begin: int) -> AudioSegment:
        """A piece of the film that begins at a tick, with what sounds in it laid over."""
        end = begin + segments.length(ground)
        if self.bed:
            ground = segments.laid_over(ground, segments.segment(self.bed.piece(begin, end)), 0)
        for start, sound in self.effects:
            if start < end and begin < start + segments.length(sound):
                ground = segments.laid_over(ground, sound, start - begin)
        return ground


def read(timeline: Timeline, assets: Path, level: float) -> Backing:
    """Bed and effects as long as the film, for a voice whose lines have `level` LUFS in stereo.

    Raises:
        CheckFailed: if a file cannot be read, is silent or too long, or if the bed comes closer
            than `LEAST` to a line.
    """
    bed = _bed(timeline, timeline.music, assets, level) if timeline.music else None
    return Backing(bed, tuple(_effects(timeline, assets, level)))


def _effects(timeline: Timeline, assets: Path, level: float) -> list[tuple[int, AudioSegment]]:
    made = []
    for line in timeline.lines:
        for cue in line.cues:
            if not cue.sound:
                continue
            read = _read(assets, cue.sound, LONGEST_EFFECT)
            sound = segments.segment(read).apply_gain(level - EFFECT - loudness(read))
            room = min(LONGEST, timeline.length - cue.start)
            if segments.length(sound) > room:
                long = seconds(segments.length(sound))
                what = f"the sound {cue.sound} lasts {long:.2f} s; at cue"
                raise CheckFailed.of(
                    f"{what} “{cue.name}” of {line.key} there is room for {seconds(room):.2f}",
                    "shorten the sound, or give the line a longer hold",
                )
            made.append((cue.start, segments.softened(sound, _RISE, _FALL)))
    return made


def _bed(timeline: Timeline, music: Music, assets: Path, level: float) -> Bed:
    once = _read(assets, music.bed, LONGEST_BED)
    once *= np.float32(10 ** ((level - music.below - loudness(once)) / 20))
    made = Bed(*looped(once), Gain.of(timeline, music))
    for line in timeline.spoken:
        heard = loudness(made.piece(line.speech_start, line.speech_end))
        if heard > level - LEAST:
            raise CheckFailed.of(
                f"the bed {music.bed} is {level - heard:.1f} dB under the voice in {line.key}, "
                f"not {LEAST:g}",
                "take a bed that is more even in loudness",
            )
    return made


def looped(once: Samples) -> tuple[Samples, Samples]:
    """A sound of shape (n, 2) cut so that it can be repeated, and what it begins with from then on.

    What already loops is kept as it is, so that it stays in its bars. Of any other, the last two
    seconds, or half of a short one, fade into its beginning; the sum of their powers stays even.
    """
    cross = 0 if _loops(once) else min(CROSS, len(once) // 2)
    keep = len(once) - cross
    time = (np.arange(cross) + 0.5) / max(1, cross)
    # the gains have neither slope nor bend where they begin and end: a kink is heard as well
    part = time**3 * (10 - 15 * time + 6 * time**2)
    rise, fall = np.sin(np.pi / 2 * part)[:, None], np.cos(np.pi / 2 * part)[:, None]
    seam = once[:cross] * rise + once[keep:] * fall
    return once[:keep], seam.astype(np.float32)


def _loops(once: Samples) -> bool:
    """Whether a sound goes on from its end into its beginning without a click, gap or swell."""
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
    return all(end > whole * 10 ** (-_LEVEL / 20) for end in ends)


def _read(assets: Path, name: str, most: float) -> Samples:
    """A sound file of at most so many seconds as (n, 2) at 48 kHz; one channel is heard in both."""
    resampler = av.AudioResampler(format="fltp", layout="stereo", rate=TICKS)
    try:
        with open_media(find_sound(assets, name), AUDIO_FORMATS) as file:
            frames = [f for whole in decode_audio(file, most) for f in resampler.resample(whole)]
            frames += resampler.resample(None)
    except (av.FFmpegError, OSError, ValueError) as error:
        what = f"the sound {name} cannot be read: {error_text(error)}"
        raise CheckFailed.of(what, "replace it, or take it out of the script") from None
    none = [np.zeros((2, 0), np.float32)]
    sound = np.concatenate([frame.to_ndarray() for frame in frames] or none, axis=1).T
    if not np.isfinite(loudness(sound)):
        raise CheckFailed.of(f"the sound {name} is silent", "take it out of the script")
    return np.ascontiguousarray(sound, np.float32)
