"""The mix of a film brought to its loudness: a file of samples in, a track of AAC or FLAC out.

The track is encoded and measured as it is decoded; if it is off, the mix is encoded again with
another gain or under a lower ceiling. However long the film, a few seconds of it are in memory at a
time. FLAC, for drafts, is larger than AAC, but coded in a sixth of its time, and need not be
decoded to be measured.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import IO

import av
import numpy as np
from av.container import OutputContainer
from numpy.typing import NDArray

from explainer.audio.meters import LoudnessMeter, TruePeakMeter
from explainer.audio.processing import limit_peaks
from explainer.clock import MILLISECOND, TICKS
from explainer.errors import CheckFailed, command
from explainer.media import signature, signature_file
from explainer.media.audio_reader import AudioReader, Samples
from explainer.progress import Progress
from explainer.spec import LOUDNESS_TOLERANCE, MAX_TRUE_PEAK

BITRATE = 192_000
"""Bits a second."""
MAX_TRIES = 5

_LOUDNESS_AIM = 0.2
_LOUDNESS_AIM_OF_DRAFTS = 0.35
"""LU from the target at which a try is good enough: closer than asked, for other meters' sake."""
_PEAK_MARGIN = 0.1
"""dB under the highest peak that a try must stay, for the same reason."""
_CEILING = -2.0
"""dBTP under which peaks are limited at first: AAC adds about 1 dB of true peak to speech."""
_MIN_RESPONSE = 0.3
"""LU by which a decibel of gain makes the mix louder even under the hardest limiting."""
_BLOCK = 64 * 1024
"""Samples that are limited and encoded at once; whole frames of AAC."""
_LIMITER_REACH = 20 * MILLISECOND
"""More than the limiter sees on either side."""
_FLAC_FRAME = 4096
"""Samples in a frame of FLAC; a block has a whole number of them."""
_PCM_SCALE = 32768
"""What full scale is in 16 bits."""
# without its timescale the file's length would be cut down to whole milliseconds
_MP4_OPTIONS = {"fflags": "+bitexact", "movie_timescale": str(TICKS)}


@dataclass(frozen=True, slots=True)
class Mixdown:
    """A finished sound track: AAC in an MP4 file, or FLAC for a draft.

    `loudness` (LUFS) and `peak` (dBTP) are those of the decoded file; `samples` is its length, and
    `reused` says if it was kept from an earlier render.
    """

    path: Path
    samples: int
    loudness: float
    peak: float
    reused: bool


@dataclass(frozen=True, slots=True)
class MixFile:
    """A film's mix as 32-bit floats of shape (n, 2) in an open file; `length` is n."""

    file: IO[bytes]
    length: int

    def read_range(self, begin: int, end: int) -> Samples:
        """What sounds between two ticks, of shape (n, 2)."""
        first = max(0, begin)
        last = min(end, self.length)
        self.file.seek(first * 8)
        data = self.file.read(max(0, last - first) * 8)
        return np.frombuffer(data, np.float32).reshape(-1, 2)


@dataclass(frozen=True, slots=True)
class Measured:
    """What a decoded track measures: its samples, LUFS and dBTP."""

    samples: int
    loudness: float
    peak: float


def make_mixdown(
    path: Path,
    mix: MixFile,
    gain: float,
    target: float | None,
    language: str,
    raise_if_cancelled: Callable[[], None],
    progress: Progress,
    lossless: bool = False,
) -> Measured:
    """Encode a mix at `target` LUFS, or as loud as it is, into `path`, with its signatures.

    The `gain` (dB) is tried first. It is `lossless` as FLAC of 16 bits, and AAC otherwise.

    Raises:
        KeyboardInterrupt: if `raise_if_cancelled`, which is called for each block, raises it.
        CheckFailed: if loudness and peak are not reached together.
    """
    ceiling = _CEILING
    aim = _LOUDNESS_AIM_OF_DRAFTS if lossless else _LOUDNESS_AIM
    encoder = _MixEncoder(mix, raise_if_cancelled, progress)
    for _ in range(MAX_TRIES):
        if lossless:
            progress.start_stage("encoding the sound", mix.length, language)
            signatures, found = encoder.encode_flac(path, gain, ceiling)
        else:
            # the track is encoded, and then decoded
            progress.start_stage("encoding the sound", 2 * mix.length, language)
            signatures = encoder.encode_aac(path, gain, ceiling)
            found = encoder.measure(path)
        wanted = found.loudness if target is None else target
        if abs(found.loudness - wanted) <= aim and found.peak <= MAX_TRUE_PEAK - _PEAK_MARGIN:
            break
        lower = ceiling - max(0.0, found.peak - MAX_TRUE_PEAK + 2 * _PEAK_MARGIN)
        gain = encoder.find_gain(gain, wanted - found.loudness, ceiling, lower)
        ceiling = lower
    if found.samples != mix.length:
        raise CheckFailed.of(f"the sound has {found.samples} samples, not {mix.length}")
    if abs(found.loudness - wanted) > LOUDNESS_TOLERANCE or found.peak > MAX_TRUE_PEAK:
        raise CheckFailed.of(
            f"after {MAX_TRIES} tries the sound is at {found.loudness:.1f} LUFS with a true peak "
            f"of {found.peak:.1f} dBTP, not at {wanted:g} ±{LOUDNESS_TOLERANCE:g} LUFS and "
            f"{MAX_TRUE_PEAK:g} dBTP",
            f"listen for clicks and for very uneven lines with: {command('say')}",
        )
    signature_file.attach(path, signature.pack_sound(signatures))
    return found


class _MixEncoder:
    """A mix encoded with different gains and ceilings until one fits."""

    def __init__(
        self, mix: MixFile, raise_if_cancelled: Callable[[], None], progress: Progress
    ) -> None:
        self._mix = mix
        self._raise_if_cancelled = raise_if_cancelled
        self._progress = progress

    def encode_aac(self, path: Path, gain: float, ceiling: float) -> signature.SoundSignatures:
        """Write the mix with a gain (dB) under a ceiling (dBTP); the signatures of all of it."""
        signatures: list[signature.SoundSignatures] = []
        blocks = self._signed_blocks(gain, ceiling, signatures)
        with av.open(str(path), "w", format="mp4", options=_MP4_OPTIONS) as file:
            track = add_aac_track(file)
            frame_size = track.codec_context.frame_size or 1024
            for frame in audio_frames(read_ahead(blocks), frame_size):
                file.mux(track.encode(frame))
            file.mux(track.encode())
        return np.concatenate(signatures)

    def encode_flac(
        self, path: Path, gain: float, ceiling: float
    ) -> tuple[signature.SoundSignatures, Measured]:
        """Write the mix as `encode_aac` does; its signatures, and what it measures."""
        signatures: list[signature.SoundSignatures] = []
        meters = _Meters()
        with av.open(str(path), "w", format="mp4", options=_MP4_OPTIONS) as file:
            track = _add_flac_track(file)
            at = 0
            for block in read_ahead(self._signed_blocks(gain, ceiling, signatures)):
                integers = _to_pcm(block)
                for frame in _pcm_frames(integers, at):
                    file.mux(track.encode(frame))
                meters.add(integers.astype(np.float32) / np.float32(_PCM_SCALE))
                at += len(block)
            file.mux(track.encode())
        return np.concatenate(signatures), meters.measured()

    def _signed_blocks(
        self, gain: float, ceiling: float, signatures: list[signature.SoundSignatures]
    ) -> Iterator[Samples]:
        """The limited mix in blocks; the signatures of all of it are put into a list meanwhile."""
        signer = signature.SoundSigner()
        for block in self._limited_blocks(gain, ceiling):
            signatures.append(signer.add(block))
            yield block
            self._progress.advance(size=len(block))
        signatures.append(signer.finish())

    def measure(self, path: Path) -> Measured:
        """Decode a finished track, and measure it."""
        meters = _Meters()
        with AudioReader(path) as track:
            for block in read_ahead(track.blocks()):
                self._raise_if_cancelled()
                meters.add(block)
                self._progress.advance(size=len(block))
        return replace(meters.measured(), samples=track.length)

    def find_gain(self, gain: float, more: float, ceiling: float, lower: float) -> float:
        """The gain (dB) that makes the mix `more` LU louder, if the ceiling goes down to `lower`.

        Nothing is encoded: what the limiter leaves is measured again and again.
        """
        before = gain
        loudness = self._limited_loudness(gain, ceiling)
        target = loudness + more
        response = 1.0
        gain += more
        for _ in range(MAX_TRIES):
            found = self._limited_loudness(gain, lower)
            if abs(found - target) <= _LOUDNESS_AIM / 2:
                break
            # the limiter takes back some of what is turned up
            if abs(gain - before) > _LOUDNESS_AIM:
                response = min(1.0, max(_MIN_RESPONSE, (found - loudness) / (gain - before)))
            before = gain
            loudness = found
            gain += (target - found) / response
        return gain

    def _limited_loudness(self, gain: float, ceiling: float) -> float:
        meter = LoudnessMeter()
        for block in self._limited_blocks(gain, ceiling):
            meter.add(block)
        return meter.integrated()

    def _limited_blocks(self, gain: float, ceiling: float) -> Iterator[Samples]:
        """The mix with its gain and its peaks limited, in blocks of shape (n, 2)."""
        factor = np.float32(10 ** (gain / 20))
        for at in range(0, self._mix.length, _BLOCK):
            self._raise_if_cancelled()
            first = max(0, at - _LIMITER_REACH)
            samples = self._mix.read_range(first, at + _BLOCK + _LIMITER_REACH) * factor
            yield limit_peaks(samples, ceiling)[at - first : at - first + _BLOCK]


class _Meters:
    """Measures a track that comes in blocks."""

    def __init__(self) -> None:
        self._samples = 0
        self._loudness = LoudnessMeter()
        self._peak = TruePeakMeter()

    def add(self, block: Samples) -> None:
        """Take the next block, of shape (n, 2)."""
        self._samples += len(block)
        self._loudness.add(block)
        self._peak.add(block)

    def measured(self) -> Measured:
        """What all of it measures."""
        return Measured(self._samples, self._loudness.integrated(), self._peak.dbtp)


def read_ahead(blocks: Iterator[Samples]) -> Iterator[Samples]:
    """The same blocks; the next is made in a thread while the caller works on the one before."""
    with ThreadPoolExecutor(1) as background:
        following = background.submit(next, blocks, None)
        while (block := following.result()) is not None:
            following = background.submit(next, blocks, None)
            yield block


def add_aac_track(file: OutputContainer) -> av.AudioStream:
    """Add the track of a film's sound to a container: stereo at 48 kHz."""
    # at this rate the quick coder is also the more faithful one, by 5 dB and more a band
    coder = {"flags": "+bitexact", "aac_coder": "fast"}
    # intensity stereo and noise substitution would move a voice's hisses from the middle
    coder |= {"aac_is": "0", "aac_pns": "0"}
    track = file.add_stream("aac", rate=TICKS, layout="stereo", options=coder)
    track.bit_rate = BITRATE
    return track


def _add_flac_track(file: OutputContainer) -> av.AudioStream:
    """Add the track of a draft's sound to a container: stereo of 16 bits at 48 kHz."""
    coder = {"flags": "+bitexact", "frame_size": str(_FLAC_FRAME), "compression_level": "0"}
    return file.add_stream("flac", rate=TICKS, layout="stereo", options=coder)


def _to_pcm(block: Samples) -> NDArray[np.int16]:
    """Samples of shape (n, 2) in 16 bits."""
    scaled = np.rint(block * np.float32(_PCM_SCALE))
    return np.asarray(np.clip(scaled, -_PCM_SCALE, _PCM_SCALE - 1), np.int16)


def _pcm_frames(block: NDArray[np.int16], at: int) -> Iterator[av.AudioFrame]:
    """The frames of FLAC of a block, of shape (n, 2), that begins at a sample."""
    for first in range(0, len(block), _FLAC_FRAME):
        samples = block[first : first + _FLAC_FRAME]
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="stereo")
        frame.sample_rate = TICKS
        frame.pts = at + first
        frame.time_base = Fraction(1, TICKS)
        yield frame


def audio_frames(blocks: Iterable[Samples], size: int) -> Iterator[av.AudioFrame]:
    """Frames of one size for the encoder; only the last one of the last block may be shorter."""
    pts = 0
    for block in blocks:
        for samples in np.split(block, range(size, len(block), size)):
            frame = av.AudioFrame.from_ndarray(
                np.ascontiguousarray(samples.T), format="fltp", layout="stereo"
            )
            frame.sample_rate = TICKS
            frame.pts = pts
            frame.time_base = Fraction(1, TICKS)
            pts += len(samples)
            yield frame
