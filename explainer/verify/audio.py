"""A film's sound as it is heard: the film and its timeline in, rows of a report out."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from statistics import median

import av
import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt

from explainer.audio.meters import (
    BEFORE,
    Loudness,
    Peak,
    Samples,
    decibels,
    loudness,
    onset,
    steepness,
)
from explainer.clock import MILLISECOND, TICKS, frame_ticks, seconds
from explainer.errors import CheckFailed, error_text
from explainer.media import ffmpeg_cli
from explainer.media.audio_reader import Heard
from explainer.media.probe import Sound
from explainer.timeline.model import Timeline
from explainer.verify.report import OPEN, Row

LOUDNESS, TOLERANCE, PEAK = -16.0, 0.5, -1.0
AGREED = 0.1
"""LU that two meters may differ by."""
EVEN = 1.5
"""LU that the softest and the loudest line may lie apart."""
UNDER = 20.0
"""LU that music stays under the voice (WCAG 2.2, 1.4.7)."""
SILENT = 1 / 32768
"""What no sample of a digital silence is over: the smallest step of 16 bit."""
LONGEST_SILENCE = 50 * MILLISECOND
STEEP = 7.0
"""How much steeper than all near it a click is. Of 15 voices, coded, nothing is over 4.7."""
MAINS = (50, 60)
"""Hertz at which a hum is looked for."""
HUM = -55.0
"""dBFS that a hum may have."""
PAUSES = (-75.0, -50.0)
"""dBFS between which the room in a pause lies."""
_HIGH = butter(4, 1500, "highpass", fs=TICKS, output="sos")
FULL = 32767 / 32768
_QUARTER = MILLISECOND // 4
_NEAR = 60 * MILLISECOND  # twice what a click is held against
_ENDS = 30 * MILLISECOND
_WINDOW = 4 * TICKS
KEPT = 5 * MILLISECOND
"""The silence that a line's sound opens with: what narration keeps when it trims."""


def rows(film: Path, sound: Sound, timeline: Timeline | None, track: int = 0) -> Iterator[Row]:
    """A film's sound track, counted from 0, held against the timeline that it was made for.

    Raises:
        EnvironmentProblem: if the ffmpeg program, the second meter, is not installed.
    """
    form = f"{sound.codec} {sound.profile} {sound.rate} Hz, {sound.channels} channels"
    wanted = "aac LC 48000 Hz, 2 channels"
    yield Row("voice", form, wanted, form == wanted)
    try:
        with Heard(film, track) as heard:
            ear = Ear(heard)
            theirs = ffmpeg_cli.ebur128(film, track)
            yield from _as_a_whole(ear, theirs)
            if timeline is None:
                yield Row("speech", "", OPEN, None)
                return
            yield _evenness(heard, timeline)
            yield _bed(heard, timeline) if timeline.music else _pauses(heard, timeline)
            yield from _onsets(heard, timeline)
    except (av.FFmpegError, ValueError, CheckFailed) as error:
        yield Row(
            "loudness", f"cannot be measured: {error_text(error)}", f"{LOUDNESS:g} LUFS", False
        )


class Ear:
    """What is found by listening to a track once, block by block."""

    def __init__(self, heard: Heard) -> None:
        self.loudness, self.peak, self.hum = Loudness(), Peak(), _Hum()
        self.runs = self.length = 0
        self.quiet, self.quiet_from, self._since = 0, 0, 0
        self.steepest = 0.0
        self.clicks: list[int] = []
        self._before = np.zeros((0, heard.channels), np.float32)
        for block in heard.blocks():
            self._take(block)
        self._hear_quiet(np.array([self.length]))
        self._hear_clicks(self._before, last=True)

    def _take(self, block: Samples) -> None:
        for meter in (self.loudness, self.peak, self.hum):
            meter.add(block)
        joined = np.concatenate([self._before, block])
        full = (np.abs(joined) >= FULL).astype(np.int8)
        fresh = max(0, len(self._before) - 2)
        self.runs += int((full[:-2] & full[1:-1] & full[2:])[fresh:].sum())
        sounding = np.flatnonzero(np.abs(block).max(axis=1, initial=0.0) > SILENT)
        self._hear_quiet(sounding + self.length)
        self.length += len(block)
        self._hear_clicks(joined, last=False)
        self._before = joined[-2 * _NEAR :]

    def _hear_quiet(self, sounding: NDArray[np.int64]) -> None:
        """Take the samples that are heard next, for the longest time without any."""
        if not len(sounding):
            return
        places = np.concatenate([[self._since - 1], sounding])
        gaps = np.diff(places) - 1
        longest = int(gaps.argmax())
        if gaps[longest] > self.quiet:
            self.quiet, self.quiet_from = int(gaps[longest]), int(places[longest]) + 1
        self._since = int(sounding[-1]) + 1

    def _hear_clicks(self, joined: Samples, last: bool) -> None:
        """Find jolts in what has all that is near it on both sides."""
        if not len(joined):
            return
        steep = np.max([steepness(channel) for channel in joined.T], axis=0)
        offset = self.length - len(joined)
        first = max(0, len(self._before) - _NEAR) // _QUARTER
        end = len(steep) if last else max(first, (len(joined) - _NEAR) // _QUARTER)
        places = np.arange(first, end) * _QUARTER + offset
        # a sound's very beginning and end have nothing near them to be held against
        inside = places >= _ENDS
        if last:
            inside &= places < self.length // _QUARTER * _QUARTER - _ENDS
        found, places = steep[first:end][inside], places[inside]
        self.steepest = max(self.steepest, float(found.max(initial=0.0)))
        self.clicks += places[found > STEEP].tolist()


@lru_cache(maxsize=2)
def _taper(length: int) -> NDArray[np.float64]:
    """A periodic Hann window."""
    return np.hanning(length + 1)[:-1]


class _Hum:
    """The density of a sound that comes in blocks, by frequency (Welch's mean of periodograms)."""

    def __init__(self) -> None:
        self._rest: Samples = np.zeros(0, np.float32)
        self._sum: NDArray[np.float64] | None = None
        self._count = 0

    def add(self, block: Samples) -> None:
        """Take the next block."""
        self._rest = np.concatenate([self._rest, block.mean(axis=1)])
        while len(self._rest) >= _WINDOW:
            self._look(self._rest[:_WINDOW])
            self._rest = self._rest[_WINDOW // 2 :]

    def _look(self, window: Samples) -> None:
        taper = _taper(len(window))
        power = np.square(np.abs(np.fft.rfft((window - window.mean()) * taper)))
        density = power * 2 / (TICKS * np.square(taper).sum())
        self._pitch = np.asarray(np.fft.rfftfreq(len(window), 1 / TICKS), np.float64)
        self._sum = density if self._sum is None else self._sum + density
        self._count += 1

    def density(self) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
        """Frequencies and the density at each, or None of a sound that is too short."""
        if self._sum is None and len(self._rest) >= TICKS:
            self._look(self._rest)
        return None if self._sum is None else (self._pitch, self._sum / self._count)


def _as_a_whole(ear: Ear, theirs: tuple[float, float]) -> Iterator[Row]:
    """Rows on what is heard all along; `theirs` are loudness and peak by another meter."""
    level, peak = ear.loudness.integrated(), ear.peak.decibels
    other_level, other_peak = theirs
    yield Row(
        "loudness",
        f"{level:.2f} and {other_level:.2f} LUFS by two meters, "
        f"{abs(level - other_level):.2f} apart",
        f"{LOUDNESS:g} ±{TOLERANCE:g} LUFS, meters within {AGREED:g} LU",
        all(abs(reading - LOUDNESS) <= TOLERANCE for reading in (level, other_level))
        and abs(level - other_level) <= AGREED,
    )
    peaks = f"{peak:.2f} and {other_peak:.1f} dBTP by two meters"
    yield Row("true peak", peaks, f"at most {PEAK:g} dBTP", max(peak, other_peak) <= PEAK)
    runs = ear.runs
    yield Row("clipping", f"{runs} runs of 3 samples at full scale", "none", not runs)
    yield _silence(ear)
    yield _clicks(ear)
    yield _humming(ear)


def _silence(ear: Ear) -> Row:
    """The longest time in which nothing sounds at all: sound that dropped out, or a bare cut."""
    longest, begin = ear.quiet, ear.quiet_from
    measured = f"at most {1000 * seconds(longest):.1f} ms"
    if longest > LONGEST_SILENCE:
        measured = f"{seconds(longest):.2f} s at {seconds(begin):.2f} s"
    wanted = f"none of more than {1000 * seconds(LONGEST_SILENCE):.0f} ms"
    return Row("digital silence", measured, wanted, longest <= LONGEST_SILENCE)


def _clicks(ear: Ear) -> Row:
    """Jolts that are far steeper than all that is near them."""
    measured = f"none; the steepest moment is {ear.steepest:.1f} times as steep as others"
    if ear.clicks:
        measured = f"{len(ear.clicks)}, the first at {seconds(ear.clicks[0]):.3f} s"
    return Row("clicks", measured, f"none of {STEEP:g} times", not ear.clicks)


def _humming(ear: Ear) -> Row:
    """A lasting tone at just the frequency of the mains, against what lies beside it."""
    wanted = f"at most {HUM:g} dBFS at {MAINS[0]} or {MAINS[1]} Hz"
    found = ear.hum.density()
    if found is None:
        return Row("hum", "too short to hear one", wanted, None)
    pitch, density = found
    levels = {}
    for mains in MAINS:
        away = np.abs(pitch - mains)
        beside = np.median(density[(away > 2) & (away < 8)])
        power = float(np.sum(density[away <= 0.5] - beside) * pitch[1])
        levels[mains] = decibels(max(0.0, power) ** 0.5)
    worst = max(levels, key=lambda mains: levels[mains])
    measured = f"{levels[worst]:.0f} dBFS at {worst} Hz"
    return Row("hum", measured, wanted, levels[worst] <= HUM)


def _pauses(heard: Heard, timeline: Timeline) -> Row:
    """How loud the room is where nobody speaks and no effect sounds."""
    found: dict[str, float] = {}
    for key, begin, end in _unspoken(timeline):
        power = np.mean(np.square(heard.part(begin, end), dtype=np.float64))
        found[key] = decibels(float(power) ** 0.5)
    softest, loudest = PAUSES
    wanted = f"from {softest:g} to {loudest:g} dBFS"
    if not found:
        return Row("pauses", "no pause to hear the room in", wanted, None)
    measured = f"from {min(found.values()):.0f} to {max(found.values()):.0f} dBFS"
    worst = max(found, key=lambda key: abs(found[key] - (softest + loudest) / 2))
    fits = all(softest <= level <= loudest for level in found.values())
    return Row("pauses", measured if fits else f"{measured}, after {worst}", wanted, fits)


def _effects(timeline: Timeline) -> list[tuple[int, int]]:
    """Between which ticks each effect may sound: one lasts two seconds at the most."""
    cues = [cue for line in timeline.lines for cue in line.cues]
    return [(cue.start, cue.start + 2 * TICKS) for cue in cues if cue.sound]


def _unspoken(timeline: Timeline) -> Iterator[tuple[str, int, int]]:
    """After each line, up to three tenths of a second in which nobody speaks and no effect is."""
    lines = timeline.spoken
    edges = [ln.speech_start for ln in lines[1:]] + [timeline.length]
    sounding = _effects(timeline)
    for line, following in zip(lines, edges, strict=True):
        begin = line.speech_end + TICKS // 10
        end = min(begin + TICKS * 3 // 10, following - TICKS // 10)
        if end > begin and not any(a < end and begin < b for a, b in sounding):
            yield line.key, begin, end


def _evenness(track: Heard, timeline: Timeline) -> Row:
    wanted = f"within {EVEN:g} LU of each other"
    heard = {ln.key: loudness(track.part(ln.speech_start, ln.speech_end)) for ln in timeline.spoken}
    if not heard:
        return Row("lines", "nobody speaks", wanted, None)
    softest, loudest = (pick(heard, key=lambda key: heard[key]) for pick in (min, max))
    apart = heard[loudest] - heard[softest]
    measured = f"{apart:.2f} LU apart (softest {softest}, loudest {loudest})"
    return Row("lines", measured, wanted, apart <= EVEN)


def _bed(heard: Heard, timeline: Timeline) -> Row:
    """How far under its line the bed lies, heard where it has given way but no one speaks."""
    spoken = {line.key: line for line in timeline.spoken}
    under: dict[str, float] = {}
    for key, begin, end in _unspoken(timeline):
        line = spoken[key]
        voice = loudness(heard.part(line.speech_start, line.speech_end))
        under[key] = voice - loudness(heard.part(begin, end))
    wanted = f"at least {UNDER:g} LU under the voice"
    if not under:
        return Row("bed", "no pause to hear it in", wanted, None)
    worst = min(under, key=lambda key: under[key])
    measured = f"{under[worst]:.1f} LU under it after {worst}, the nearest of {len(under)}"
    return Row("bed", measured, wanted, under[worst] >= UNDER)


def _onset(track: Heard, expected: int, end: int, music: bool) -> tuple[int, int] | None:
    """Between which two ticks of the film a line's speech begins, or None if it is not heard."""
    first = max(0, expected - BEFORE)
    lead = min(first, TICKS // 5) if music else 0
    sound = track.part(first - lead, end)
    if music:
        # a bed hides the soft sound that a line opens with, but hardly what is high in it
        sound = np.asarray(sosfilt(_HIGH, sound, axis=0), np.float32)[lead:]
    found = onset(sound, expected - first, end - first)
    return found and (found[0] + first, found[1] + first)


def _onsets(track: Heard, timeline: Timeline) -> Iterator[Row]:
    frame, missed = frame_ticks(timeline.fps), []
    off: dict[str, int] = {}
    sounding = _effects(timeline)
    for line in timeline.spoken:
        heard = _onset(track, line.speech_start, line.speech_end, bool(timeline.music))
        if heard is None:
            missed.append(line.key)
            continue
        # the first word may rise softly: what is known is between which two moments it begins
        first = max(line.speech_start + KEPT, line.words[0].start if line.words else 0)
        loud = heard[0] if timeline.music else heard[1]
        before = line.speech_start - BEFORE
        if any(a < line.speech_start and before < b for a, b in sounding):
            loud = line.speech_start  # what is heard early may be the effect
        off[line.key] = max(0, heard[0] - first) + min(0, loud - line.speech_start)
    worst = max(off, key=lambda key: abs(off[key]), default="")
    said = f"worst {1000 * seconds(off[worst]):+.0f} ms ({worst})" if off else "none heard"
    said += f"; silent: {', '.join(missed)}" if missed else ""
    wanted = f"each line within 1 frame ({1000 / timeline.fps:.0f} ms)"
    fits = not missed and all(abs(shift) <= frame for shift in off.values())
    yield Row("speech", said, wanted, fits)
    half = len(off) // 2
    shifts = list(off.values())
    drift = median(shifts[-half:]) - median(shifts[:half]) if half else 0
    measured = f"{1000 * seconds(int(drift)):+.0f} ms from first to second half"
    yield Row("drift", measured, "within 1 frame", abs(drift) <= frame if half else None)
