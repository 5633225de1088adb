"""The film's one sound track: a Timeline, a Speech and assets in, a Mixdown out.

Every line's voice is placed at its own sample; room tone, music and effects lie under it, line by
line, and the whole is encoded once.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from threading import Event
from typing import Any

import av
import numpy as np

from explainer.audio import music, room_tone, segments, voice_lines
from explainer.audio.meters import LoudnessMeter
from explainer.audio.mixdown import BITRATE, Mixdown, MixFile, make_mixdown, read_ahead
from explainer.audio.music import MusicAndEffects
from explainer.audio.segments import Integers
from explainer.cache.files import file_hash
from explainer.cache.store import Cache
from explainer.media import signature
from explainer.media.audio_reader import Samples
from explainer.progress import Progress
from explainer.spec import LOUDNESS, MAX_TRUE_PEAK
from explainer.timeline.model import TimedLine, Timeline
from explainer.timeline.speech import Speech

REVISION = 7
"""Part of the cache key: raise it when the same ingredients would sound different."""
ROOM_TONE_DISTANCE = -48.0
"""dB of each channel of room tone against a line: -64 dBFS each, -60 LUFS together."""

_HEADROOM = -12.0
"""dB under the target at which lines are placed, so that none clips."""
_LINE_LEVEL = LOUDNESS + _HEADROOM
"""LUFS at which lines are placed."""

LineVoice = Callable[[TimedLine], Integers | None]
"""Gives a line's voice as it goes into the mix; None of a line that says nothing."""


def mix_audio(
    timeline: Timeline,
    speech: Speech,
    cache: Cache,
    assets: Path,
    stop: Event | None = None,
    progress: Progress | None = None,
    lossless: bool = False,
) -> Mixdown:
    """The track of exactly `timeline.length` samples; the same sounds give the same bytes.

    It is coded as AAC or, which is quicker and larger, `lossless`.

    Raises:
        KeyboardInterrupt: soon after `stop` was set.
        CheckFailed: if a line's sound does not fit the timeline, the music or an effect cannot be
            used, or the loudness and the peak asked for are not reached together.
    """

    def line_voice(line: TimedLine) -> Integers | None:
        if line.speech_end <= line.speech_start:
            return None
        film = f"{timeline.name}.{timeline.language}"
        wav = Path(speech.lines[line.key].wav)
        return voice_lines.line_voice(line, wav, _LINE_LEVEL, cache, film)

    mixer = _Mixer(
        timeline,
        line_voice,
        assets,
        stop or Event(),
        progress or Progress(quiet=True),
        lossless,
    )
    recipe = _recipe(timeline, speech, assets, lossless)
    entry = cache.get_or_create("sound", timeline.name, recipe, ".m4a", mixer.make)
    facts = entry.metadata
    return Mixdown(entry.path, facts["samples"], facts["loudness"], facts["peak"], entry.reused)


def _recipe(timeline: Timeline, speech: Speech, assets: Path, lossless: bool) -> Mapping[str, Any]:
    bed = timeline.music
    cues = [cue for line in timeline.lines for cue in line.cues]
    return {
        "signature": signature.VERSION,
        "revision": [REVISION, voice_lines.REVISION, room_tone.REVISION, music.REVISION],
        "av": av.__version__,
        "length": timeline.length,
        "loudness": LOUDNESS,
        "peak": MAX_TRUE_PEAK,
        "bitrate": None if lossless else BITRATE,
        "music": bed and {"below": bed.below, "bed": file_hash(assets / bed.bed)},
        "sounds": [[cue.start, file_hash(assets / cue.sound)] for cue in cues if cue.sound],
        "lines": {
            line.key: {
                "start": line.speech_start,
                "wav": file_hash(Path(speech.lines[line.key].wav)),
            }
            for line in timeline.spoken
        },
    }


class _Mixer:
    """Mixes the film line by line into a file, and has it brought to its loudness."""

    def __init__(
        self,
        timeline: Timeline,
        line_voice: LineVoice,
        assets: Path,
        stop: Event,
        progress: Progress,
        lossless: bool,
    ) -> None:
        self._timeline = timeline
        self._line_voice = line_voice
        self._assets = assets
        self._stop = stop
        self._progress = progress
        self._lossless = lossless

    def make(self, path: Path) -> dict[str, Any]:
        """Write the track; its measured facts, as they are kept with it."""
        timeline = self._timeline
        self._progress.start_stage("mixing", timeline.length, timeline.language)
        self._raise_if_cancelled()
        around = music.read_music_and_effects(timeline, self._assets, _LINE_LEVEL)
        # in a file beside the track: a long film's mix would fill the memory
        with tempfile.TemporaryFile(dir=path.parent) as file:
            meter = LoudnessMeter()
            blocks = read_ahead(self._mix_lines(around))
            for line, block in zip(timeline.lines, blocks, strict=True):
                samples = block * np.float32(10 ** (-_HEADROOM / 20))
                if not self._lossless:
                    meter.add(samples)
                file.write(samples.tobytes())
                self._progress.advance(size=len(block), scene=line.key.partition(".")[0])
            # the preview of a line that says nothing is as loud as that line is in its film
            target = LOUDNESS if timeline.spoken else None
            # lines lie near the target, where a draft leaves them: to measure it once is enough
            is_measured = target is not None and not self._lossless
            found = make_mixdown(
                path,
                MixFile(file, timeline.length),
                LOUDNESS - meter.integrated() if is_measured else 0.0,
                target,
                timeline.language,
                self._raise_if_cancelled,
                self._progress,
                self._lossless,
            )
        return {
            "samples": found.samples,
            "loudness": round(found.loudness, 2),
            "peak": round(found.peak, 2),
        }

    def _mix_lines(self, around: MusicAndEffects) -> Iterator[Samples]:
        """The film line by line, each of shape (n, 2), at the level that lines are placed at."""
        timeline = self._timeline
        edges = [0, *(line.start for line in timeline.lines[1:]), timeline.length]
        for line, (begin, end) in zip(timeline.lines, pairwise(edges), strict=True):
            self._raise_if_cancelled()
            tone = room_tone.room_tone(begin, end, _LINE_LEVEL + ROOM_TONE_DISTANCE)
            ground = segments.to_integers(tone)
            around.lay_over(ground, begin)
            voice = self._line_voice(line)
            if voice is not None:
                segments.lay_over(ground, voice, line.speech_start - begin)
            yield segments.to_samples(ground)

    def _raise_if_cancelled(self) -> None:
        if self._stop.is_set():
            raise KeyboardInterrupt
