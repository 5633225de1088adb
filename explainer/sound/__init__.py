"""The film's one sound track: a Timeline, a Speech and assets in, an AAC file at -16 LUFS out.

Every line is mastered, levelled and set down at its own sample; room tone, music and effects are
laid under, line by line, and the whole is encoded once. The decoded file is what is measured.
"""

from __future__ import annotations

import tempfile
import wave
from collections.abc import Iterable, Iterator, Mapping
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

from explainer.cache import Cache, file_hash
from explainer.clock import MILLISECOND, TICKS
from explainer.errors import CheckFailed
from explainer.media import signature
from explainer.media.listen import Heard
from explainer.media.meters import Loudness, Peak, Samples, limited, loudness, stereo
from explainer.sound import backing, mastering, room, segments
from explainer.sound.backing import Backing
from explainer.timeline import Speech, SpokenLine, TimedLine, Timeline

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
_EDGE = 3 * MILLISECOND  # a line is cut out of its silence; faded in and out, no cut clicks


@dataclass(frozen=True, slots=True)
class Track:
    """The sound track: AAC in an MP4 file; loudness in LUFS and peak in dBTP of it decoded."""

    path: Path
    samples: int
    loudness: float
    peak: float
    reused: bool


def mix(
    timeline: Timeline, speech: Speech, cache: Cache, assets: Path, stop: Event | None = None
) -> Track:
    """The track of exactly `timeline.length` samples; the same sounds give the same bytes.

    Raises:
        KeyboardInterrupt: soon after `stop` was set.
        CheckFailed: if a line's sound does not fit the timeline, the music or an effect cannot be
            used, or the loudness and the peak asked for are not reached together.
    """
    entry = cache.fetch(
        "sound",
        timeline.name,
        _recipe(timeline, speech, assets),
        ".m4a",
        lambda path: _make(path, timeline, speech, assets, stop or Event()),
    )
    facts = entry.facts
    return Track(entry.path, facts["samples"], facts["loudness"], facts["peak"], entry.reused)


def _recipe(timeline: Timeline, speech: Speech, assets: Path) -> Mapping[str, Any]:
    music, cues = timeline.music, [cue for line in timeline.lines for cue in line.cues]
    return {
        "signature": signature.VERSION,
        "revision": [REVISION, mastering.REVISION, room.REVISION, backing.REVISION],
        "av": av.__version__,
        "length": timeline.length,
        "loudness": TARGET,
        "peak": PEAK,
        "bitrate": BITRATE,
        "music": music and {"below": music.below, "bed": file_hash(assets / music.bed)},
        "sounds": [[cue.start, file_hash(assets / cue.sound)] for cue in cues if cue.sound],
        "lines": {
            line.key: {
                "start": line.speech_start,
                "wav": file_hash(Path(speech.lines[line.key].wav)),
            }
            for line in timeline.spoken
        },
    }


def _heed(stop: Event) -> None:
    if stop.is_set():
        raise KeyboardInterrupt


def _make(
    path: Path, timeline: Timeline, speech: Speech, assets: Path, stop: Event
) -> dict[str, Any]:
    for slow in _SLOW:
        import_module(slow)
        _heed(stop)
    around = backing.read(timeline, assets, TARGET + _HEADROOM)
    # beside the track, and never in memory as a whole
    with tempfile.TemporaryFile(dir=path.parent) as mixed:
        meter = Loudness()
        for piece in _mixed(timeline, speech, around, stop):
            sound = piece * np.float32(10 ** (-_HEADROOM / 20))
            meter.add(sound)
            mixed.write(sound.tobytes())
        return _encoded(path, timeline, Mixed(mixed, timeline.length), meter.integrated(), stop)


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
    path: Path, timeline: Timeline, mixed: Mixed, before_all: float, stop: Event
) -> dict[str, Any]:
    """Write the track at the loudness it is to have; gives its facts."""
    # a short sound is measured by itself, repeated
    if mixed.length < TICKS * 2 // 5:
        before_all = loudness(mixed.part(0, mixed.length))
    # the preview of a line that says nothing is as loud as it is in its film
    target = TARGET if timeline.spoken else before_all
    gain, ceiling = target - before_all, _CEILING
    before, answer = (0.0, target - gain), 1.0
    for _ in range(TRIES):
        _heed(stop)
        signed: list[signature.Steps] = []
        _encode(_signed(_loud(mixed, gain, ceiling, stop), signed), path)
        length, level, peak = _measured(path, stop)
        if abs(level - target) <= _AIM and peak <= PEAK - _MARGIN:
            break
        # of what is turned up, the limiter takes some back
        if abs(gain - before[0]) > _AIM:
            answer = min(1.0, max(_LEAST_ANSWER, (level - before[1]) / (gain - before[0])))
        before = gain, level
        gain += (target - level) / answer
        ceiling -= max(0.0, peak - PEAK + 2 * _MARGIN)
    if length != timeline.length:
        raise CheckFailed.of(f"the sound has {length} samples, not {timeline.length}")
    if abs(level - target) > TOLERANCE or peak > PEAK:
        raise CheckFailed.of(
            f"after {TRIES} tries the sound is at {level:.1f} LUFS with a true peak of {peak:.1f} "
            f"dBTP, not at {target:g} ±{TOLERANCE:g} LUFS and {PEAK:g} dBTP",
            "listen for clicks and for very uneven lines with: python render.py say",
        )
    signature.attach(path, signature.packed(np.concatenate(signed)))
    return {"samples": length, "loudness": round(level, 2), "peak": round(peak, 2)}


def _measured(path: Path, stop: Event) -> tuple[int, float, float]:
    """How many samples a finished track has, its loudness in LUFS and its peak in dBTP."""
    level, peak = Loudness(), Peak()
    with Heard(path) as track:
        for block in track.blocks():
            _heed(stop)
            level.add(block)
            peak.add(block)
        length = track.length
        if length < TICKS * 2 // 5:
            return length, loudness(track.part(0, length)), peak.decibels
    return length, level.integrated(), peak.decibels


def _mixed(timeline: Timeline, speech: Speech, around: Backing, stop: Event) -> Iterator[Samples]:
    """The film line by line, each of shape (n, 2), at the level that lines are set down with."""
    edges = [0, *(line.start for line in timeline.lines[1:]), timeline.length]
    for line, (begin, end) in zip(timeline.lines, pairwise(edges), strict=True):
        _heed(stop)
        ground = segments.segment(room.tone(begin, end, TARGET + _HEADROOM + ROOM))
        ground = around.over(ground, begin)
        if line.speech_end > line.speech_start:
            said = _levelled(mastering.master(_read(line, speech.lines[line.key])), line.key)
            ground = segments.laid_over(ground, said, line.speech_start - begin)
        yield segments.samples(ground)


def _read(line: TimedLine, spoken: SpokenLine) -> Samples:
    """A line's sound as its voice made it, one channel."""
    try:
        # pydub would hand what is no WAV to the ffmpeg program
        with wave.open(spoken.wav, "rb") as file:
            data, rate = file.readframes(file.getnframes()), file.getframerate()
            channels, width = file.getnchannels(), file.getsampwidth()
            if len(data) != file.getnframes() * channels * width:
                raise EOFError("it breaks off")
        segment = AudioSegment(data, sample_width=width, frame_rate=rate, channels=channels)
    except (OSError, EOFError, wave.Error, ValueError, ZeroDivisionError) as error:
        raise CheckFailed.of(
            f"the sound of {line.key} cannot be read: {error}",
            "make it again with: python render.py clean && python render.py",
        ) from error
    form = segment.frame_rate, segment.channels, segment.sample_width
    if form != (TICKS, 1, 2):
        raise CheckFailed.of(
            f"the sound of {line.key} is {form[0]} Hz, {form[1]} channels, {8 * form[2]} bit; "
            f"it must be {TICKS} Hz, mono, 16 bit",
            "make it again with: python render.py clean && python render.py",
        )
    if segment.frame_count() > line.end - line.speech_start:
        raise CheckFailed.of(
            f"the sound of {line.key} is longer than its line by "
            f"{int(segment.frame_count()) - (line.end - line.speech_start)} samples",
            "lay the timeline out again with: python render.py",
        )
    return np.frombuffer(segment.raw_data, "<i2").astype(np.float32) / np.float32(32768)


def _levelled(voice: Samples, key: str) -> AudioSegment:
    """A line in the middle, at the loudness that all lines are set down with."""
    edge = np.minimum(1, np.arange(len(voice)) / _EDGE)
    voice = voice * edge * edge[::-1]
    level, peak = loudness(stereo(voice)), float(np.abs(voice).max(initial=0.0))
    if not np.isfinite(level):
        raise CheckFailed.of(
            f"the sound of {key} is silent", f"hear it with: python render.py say {key}"
        )
    gain = min(10 ** ((TARGET + _HEADROOM - level) / 20), 1.0 / peak)
    return segments.segment(stereo(voice * gain))


def _loud(mixed: Mixed, gain: float, ceiling: float, stop: Event) -> Iterator[Samples]:
    """The mix at its loudness with its peaks held down, in blocks of shape (n, 2)."""
    for at in range(0, mixed.length, _BLOCK):
        _heed(stop)
        left = max(0, at - _REACH)
        part = mixed.part(left, at + _BLOCK + _REACH) * np.float32(10 ** (gain / 20))
        yield limited(part, ceiling)[at - left : at - left + _BLOCK]


def _signed(blocks: Iterable[Samples], signed: list[signature.Steps]) -> Iterator[Samples]:
    """The blocks as they are, each signed on its way into the list."""
    signer = signature.SoundSigner()
    for block in blocks:
        signed.append(signer.over(block))
        yield block
    signed.append(signer.end())


def _encode(blocks: Iterable[Samples], path: Path) -> None:
    # without its timescale the file's length would be cut down to whole milliseconds
    options = {"fflags": "+bitexact", "movie_timescale": str(TICKS)}
    with av.open(str(path), "w", format="mp4", options=options) as file:
        # at this rate the quick coder is also the more faithful one, by 5 dB and more in each band
        coder = {"flags": "+bitexact", "aac_coder": "fast"}
        # intensity stereo and noise put in for noise would move a voice's hisses from the middle
        coder |= {"aac_is": "0", "aac_pns": "0"}
        track = file.add_stream("aac", rate=TICKS, layout="stereo", options=coder)
        track.bit_rate = BITRATE
        for frame in _frames(blocks, track.codec_context.frame_size or 1024):
            file.mux(track.encode(frame))
        file.mux(track.encode())


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
