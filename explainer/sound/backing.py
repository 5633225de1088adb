"""What sounds beside the voice: a Timeline and the assets folder in, one channel of samples out.

The bed lies under the whole film and gives way to speech; effects start on their words.
"""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np

from explainer import media
from explainer.clock import TICKS, seconds
from explainer.errors import CheckFailed
from explainer.media.meters import Samples, loudness, stereo
from explainer.script.music import Music, find
from explainer.timeline import Timeline

LEAST = 20.0
"""Decibels that the bed stays under speech (WCAG 2.2, 1.4.7)."""
EFFECT = 12.0
"""Decibels that an effect lies under the voice: 1.4.7 excepts sounds of up to two seconds."""
LONGEST = 2 * TICKS
LONGEST_BED, LONGEST_EFFECT = 900.0, 60.0
"""Seconds of a sound file that are read; a bed is repeated as long as the film lasts."""

_UNDER = LEAST + 5  # no bed is even, and limiting the voice brings it up a little
_NEAR, _RAMP = TICKS // 2, TICKS // 2  # a pause between two lines is too short to rise in
_FADE = TICKS


def lay(timeline: Timeline, assets: Path, level: float) -> Samples:
    """Bed and effects as long as the film, for a voice whose lines have `level` LUFS in stereo.

    Raises:
        CheckFailed: if a file cannot be read, is silent or too long, or if the bed comes closer
            than `LEAST` to a line.
    """
    made = np.zeros(timeline.length, np.float32)
    if timeline.music:
        made += _bed(timeline, timeline.music, assets, level)
    for line in timeline.lines:
        for cue in line.cues:
            if cue.sound:
                sound = _read(assets, cue.sound, level - EFFECT, LONGEST_EFFECT)
                room = min(LONGEST, timeline.length - cue.start)
                if len(sound) > room:
                    what = f"the sound {cue.sound} lasts {seconds(len(sound)):.2f} s; at cue"
                    raise CheckFailed.of(
                        f"{what} “{cue.name}” of {line.key} there is room for {seconds(room):.2f}",
                        "shorten the sound, or give the line a longer hold",
                    )
                made[cue.start : cue.start + len(sound)] += sound
    return made


def _bed(timeline: Timeline, music: Music, assets: Path, level: float) -> Samples:
    from scipy.ndimage import uniform_filter1d

    once = _read(assets, music.bed, level - music.below, LONGEST_BED)
    reach = _NEAR + _RAMP // 2
    gain = np.ones(timeline.length + 2 * reach)
    for line in timeline.lines:
        gain[line.speech_start : line.speech_end + 2 * reach] = 10 ** (
            min(0.0, music.below - _UNDER) / 20
        )
    gain = uniform_filter1d(gain, _RAMP + 1)[reach:-reach]
    edge = np.minimum(np.arange(timeline.length), np.arange(timeline.length)[::-1]) / _FADE
    bed = np.asarray(np.resize(once, timeline.length) * gain * np.minimum(1, edge), np.float32)
    for line in timeline.lines:
        heard = loudness(stereo(bed[line.speech_start : line.speech_end]))
        if heard > level - LEAST:
            raise CheckFailed.of(
                f"the bed {music.bed} is {level - heard:.1f} dB under the voice in {line.key}, "
                f"not {LEAST:g}",
                "take a bed that is more even in loudness",
            )
    return bed


def _read(assets: Path, name: str, level: float, most: float) -> Samples:
    """A sound file of at most so many seconds as one channel at 48 kHz and `level` LUFS."""
    resampler = av.AudioResampler(format="flt", layout="mono", rate=TICKS)
    try:
        with media.opened(find(assets, name), media.SOUND) as file:
            frames = [f for whole in media.heard(file, most) for f in resampler.resample(whole)]
            frames += resampler.resample(None)
    except (av.FFmpegError, OSError, ValueError) as error:
        what = f"the sound {name} cannot be read: {error}"
        raise CheckFailed.of(what, "replace it, or take it out of the script") from None
    sound = np.concatenate([frame.to_ndarray()[0] for frame in frames] or [np.zeros(0)])
    heard = loudness(stereo(sound))
    if not np.isfinite(heard):
        raise CheckFailed.of(f"the sound {name} is silent", "take it out of the script")
    return np.asarray(sound * 10 ** ((level - heard) / 20), np.float32)
