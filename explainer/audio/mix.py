"""The film's one sound track: a Timeline, a Speech and assets in, an AAC file at -16 LUFS out.

Every line's voice is set down at its own sample; room tone, music and effects are laid under, line
by line, and the whole is encoded once. The decoded file is what is measured.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from threading import Event
from typing import IO, Any

import av
import numpy as np
from pydub import AudioSegment

from explainer.audio import music, room_tone, segments, voice_lines
from explainer.audio.meters import Loudness, Peak, Samples, limited
from explainer.audio.music import Backing
from explainer.cache import Cache, file_hash
from explainer.clock import MILLISECOND, TICKS
from explainer.errors import CheckFailed, command
from explainer.media import signature, signature_file
from explainer.media.audio_reader import AudioReader
from explainer.progress import Progress
from explainer.timeline.model import Speech, TimedLine, Timeline

REVISION = 6
"""Part of the cache key: raise it when the same ingredients would sound different."""
TARGET = -16.0
"""Integrated loudness in LUFS, in the stereo layout."""
TOLERANCE = 0.5
PEAK = -1.0
"""The highest true peak of the decoded file, in dBTP."""
BITRATE = 192_000
ROOM = -48.0
"""Decibels of the room tone's channels against the voice: -64 dBFS each, -60 LUFS together."""
TRIES = 5

_AIM, _MARGIN = 0.2, 0.1  # closer than asked, so that another meter agrees
_LEAST_ANSWER = 0.3  # of a decibel of gain, what is heard of it under the hardest limiting
_CEILING = -2.0  # AAC adds about 1 dB of true peak to speech
_HEADROOM = -12.0  # lines are set down this far under the target, so that none clips
_SLOW = "scipy.interpolate", "scipy.stats", "scipy.signal"  # each takes a while to load
_BLOCK = 512 * 1024  # samples that are limited and encoded at once; whole frames of AAC
_REACH = 20 * MILLISECOND  # more than the limiter sees on both sides

Voices = Callable[[TimedLine], AudioSegment | None]
"""Gives each line's voice as it goes into the mix; None of one that says nothing."""


@dataclass(frozen=True, slots=True)
class Mixdown:
    """The sound track: AAC in an MP4 file; loudness in LUFS and peak in dBTP of it decoded."""

    path: Path
    samples: int
    loudness: float
    peak: float
    reused: bool


def mix_audio(
    timeline: Timeline,
    speech: Speech,
    cache: Cache,
    assets: Path,
    stop: Event | None = None,
    progress: Progress | None = None,
) -> Mixdown:
    """The track of exactly `timeline.length` samples; the same sounds give the same bytes.

    Raises:
        KeyboardInterrupt: soon after `stop` was set.
        CheckFailed: if a line's sound does not fit the timeline, the music or an effect cannot be
            used, or the loudness and the peak asked for are not reached together.
    """

    def voice(line: TimedLine) -> AudioSegment | None:
        if line.speech_end <= line.speech_start:
            return None
        film = f"{timeline.name}.{timeline.language}"
        wav = Path(speech.lines[line.key].wav)
        return voice_lines.voice(line, wav, TARGET + _HEADROOM, cache, film)

    entry = cache.fetch(
        "sound",
        timeline.name,
        _recipe(timeline, speech, assets),
        ".m4a",
        lambda path: _make(
            path, timeline, voice, assets, stop or Event(), progress or Progress(quiet=True)
        ),
    )
    facts = entry.facts
    return Mixdown(entry.path, facts["samples"], facts["loudness"], facts["peak"], entry.reused)


def _recipe(timeline: Timeline, speech: Speech, assets: Path) -> Mapping[str, Any]:
    bed, cues = timeline.music, [cue for line in timeline.lines for cue in line.cues]
    return {
        "signature": signature.VERSION,
        "revision": [REVISION, voice_lines.REVISION, room_tone.REVISION, music.REVISION],
        "av": av.__version__,
        "length": timeline.length,
        "loudness": TARGET,
        "peak": PEAK,
        "bitrate": BITRATE,
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


def _ahead(blocks: Iterator[Samples]) -> Iterator[Samples]:
    """The blocks as they are; each is made while what is done to the one before goes on."""
    with ThreadPoolExecutor(1) as aside:
        waiting = aside.submit(next, blocks, None)
        while (block := waiting.result()) is not None:
            waiting = aside.submit(next, blocks, None)
            yield block


def _heed(stop: Event) -> None:
    if stop.is_set():
        raise KeyboardInterrupt


def _make(
    path: Path, timeline: Timeline, voice: Voices, assets: Path, stop: Event, progress: Progress
) -> dict[str, Any]:
    progress.start_stage("mixing", timeline.length, timeline.language)
    for slow in _SLOW:
        import_module(slow)
        _heed(stop)
    around = music.read(timeline, assets, TARGET + _HEADROOM)
    # beside the track, and never in memory as a whole
    with tempfile.TemporaryFile(dir=path.parent) as mixed:
        meter = Loudness()
        pieces = _ahead(_mixed(timeline, voice, around, stop))
        for line, piece in zip(timeline.lines, pieces, strict=True):
            sound = piece * np.float32(10 ** (-_HEADROOM / 20))
            meter.add(sound)
            mixed.write(sound.tobytes())
            progress.advance(size=len(piece), scene=line.scene)
        whole = Mixed(mixed, timeline.length)
        return _encoded(path, timeline, whole, meter.integrated(), stop, progress)


@dataclass(frozen=True, slots=True)
class Mixed:
    """The mix of a whole film in a file, of shape (n, 2)."""

    file: IO[bytes]
    length: int

    def part(self, begin: int, end: int) -> Samples:
        """What sounds between two ticks."""
        self.file.seek(max(0, begin) * 8)
        data = self.file.read(max(0, min(end, self.length) - max(0, begin)) * 8)
        return np.frombuffer(data, np.float32).reshape(-1, 2)


def _encoded(
    path: Path, timeline: Timeline, mixed: Mixed, before_all: float, stop: Event, progress: Progress
) -> dict[str, Any]:
    """Write the track at the loudness it is to have; gives its facts."""
    # the preview of a line that says nothing is as loud as it is in its film
    target = TARGET if timeline.spoken else before_all
    gain, ceiling = target - before_all, _CEILING
    for _ in range(TRIES):
        # all of it is encoded, and then heard
        progress.start_stage("encoding the sound", 2 * timeline.length, timeline.language)
        signed = _encode(mixed, gain, ceiling, path, stop, progress)
        length, level, peak = _measured(path, stop, progress)
        if abs(level - target) <= _AIM and peak <= PEAK - _MARGIN:
            break
        lower = ceiling - max(0.0, peak - PEAK + 2 * _MARGIN)
        gain = _turned(mixed, gain, target - level, ceiling, lower, stop)
        ceiling = lower
    if length != timeline.length:
        raise CheckFailed.of(f"the sound has {length} samples, not {timeline.length}")
    if abs(level - target) > TOLERANCE or peak > PEAK:
        raise CheckFailed.of(
            f"after {TRIES} tries the sound is at {level:.1f} LUFS with a true peak of {peak:.1f} "
            f"dBTP, not at {target:g} ±{TOLERANCE:g} LUFS and {PEAK:g} dBTP",
            f"listen for clicks and for very uneven lines with: {command('say')}",
        )
    signature_file.attach(path, signature.pack_sound(signed))
    return {"samples": length, "loudness": round(level, 2), "peak": round(peak, 2)}


def _turned(
    mixed: Mixed, gain: float, more: float, ceiling: float, lower: float, stop: Event
) -> float:
    """The gain that makes the mix louder by `more` decibels under a ceiling that may be lower.

    Nothing is encoded for it: what the limiter leaves is measured, again and again.
    """
    before, level = gain, _level(mixed, gain, ceiling, stop)
    target = level + more
    answer, gain = 1.0, gain + more
    for _ in range(TRIES):
        heard = _level(mixed, gain, lower, stop)
        if abs(heard - target) <= _AIM / 2:
            break
        # of what is turned up, the limiter takes some back
        if abs(gain - before) > _AIM:
            answer = min(1.0, max(_LEAST_ANSWER, (heard - level) / (gain - before)))
        before, level = gain, heard
        gain += (target - heard) / answer
    return gain


def _level(mixed: Mixed, gain: float, ceiling: float, stop: Event) -> float:
    """The loudness of the mix in LUFS, turned up and held down."""
    meter = Loudness()
    for block in _loud(mixed, gain, ceiling, stop):
        meter.add(block)
    return meter.integrated()


def _measured(path: Path, stop: Event, progress: Progress) -> tuple[int, float, float]:
    """How many samples a finished track has, its loudness in LUFS and its peak in dBTP."""
    level, peak = Loudness(), Peak()
    with AudioReader(path) as track:
        for block in _ahead(track.blocks()):
            _heed(stop)
            level.add(block)
            peak.add(block)
            progress.advance(size=len(block))
    return track.length, level.integrated(), peak.decibels


def _mixed(
    timeline: Timeline,
    voice: Voices,
    around: Backing,
    stop: Event,
) -> Iterator[Samples]:
    """The film line by line, each of shape (n, 2), at the level that lines are set down with."""
    edges = [0, *(line.start for line in timeline.lines[1:]), timeline.length]
    for line, (begin, end) in zip(timeline.lines, pairwise(edges), strict=True):
        _heed(stop)
        ground = segments.segment(room_tone.tone(begin, end, TARGET + _HEADROOM + ROOM))
        ground = around.over(ground, begin)
        if said := voice(line):
            ground = segments.laid_over(ground, said, line.speech_start - begin)
        yield segments.samples(ground)


def _loud(mixed: Mixed, gain: float, ceiling: float, stop: Event) -> Iterator[Samples]:
    """The mix at its loudness with its peaks held down, in blocks of shape (n, 2)."""
    for at in range(0, mixed.length, _BLOCK):
        _heed(stop)
        left = max(0, at - _REACH)
        part = mixed.part(left, at + _BLOCK + _REACH) * np.float32(10 ** (gain / 20))
        yield limited(part, ceiling)[at - left : at - left + _BLOCK]


def _encode(
    mixed: Mixed, gain: float, ceiling: float, path: Path, stop: Event, progress: Progress
) -> signature.SoundSignatures:
    """Write the mix, turned up and held down, as a track; gives the signatures of all of it."""
    signer = signature.SoundSigner()
    signed: list[signature.SoundSignatures] = []

    def heard() -> Iterator[Samples]:
        for block in _loud(mixed, gain, ceiling, stop):
            signed.append(signer.add(block))
            yield block
            progress.advance(size=len(block))

    # without its timescale the file's length would be cut down to whole milliseconds
    options = {"fflags": "+bitexact", "movie_timescale": str(TICKS)}
    with av.open(str(path), "w", format="mp4", options=options) as file:
        # at this rate the quick coder is also the more faithful one, by 5 dB and more in each band
        coder = {"flags": "+bitexact", "aac_coder": "fast"}
        # intensity stereo and noise put in for noise would move a voice's hisses from the middle
        coder |= {"aac_is": "0", "aac_pns": "0"}
        track = file.add_stream("aac", rate=TICKS, layout="stereo", options=coder)
        track.bit_rate = BITRATE
        for frame in _frames(_ahead(heard()), track.codec_context.frame_size or 1024):
            file.mux(track.encode(frame))
        file.mux(track.encode())
    signed.append(signer.finish())
    return np.concatenate(signed)


def _frames(blocks: Iterable[Samples], size: int) -> Iterator[av.AudioFrame]:
    """Frames of one size; only the last one, of the last block, may be shorter."""
    at = 0
    for block in blocks:
        for piece in np.split(block, range(size, len(block), size)):
            frame = av.AudioFrame.from_ndarray(
                np.ascontiguousarray(piece.T), format="fltp", layout="stereo"
            )
            frame.sample_rate, frame.pts, frame.time_base = TICKS, at, Fraction(1, TICKS)
            at += len(piece)
            yield frame
