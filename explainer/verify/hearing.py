"""A film's sound as it is heard: the film and its timeline in, rows of a report out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from statistics import median

import av
import numpy as np
from scipy.signal import butter, sosfilt

from explainer.clock import MILLISECOND, TICKS, frame_ticks, seconds
from explainer.errors import CheckFailed
from explainer.media import judge
from explainer.media.meters import (
    BEFORE,
    Samples,
    decibels,
    decode,
    loudness,
    onset,
    steepness,
    true_peak,
)
from explainer.media.probe import Sound
from explainer.timeline import Timeline
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
KEPT = 5 * MILLISECOND
"""The silence that a line's sound opens with: what narration keeps when it trims."""


def rows(film: Path, sound: Sound, timeline: Timeline | None, track: int = 0) -> Iterator[Row]:
    """A film's sound track, counted from 0, held against the timeline that it was made for.

    Raises:
        MissingTool: if the ffmpeg program, the second meter, is not installed.
    """
    form = f"{sound.codec} {sound.profile} {sound.rate} Hz, {sound.channels} channels"
    wanted = "aac LC 48000 Hz, 2 channels"
    yield Row("voice", form, wanted, form == wanted)
    try:
        samples = decode(film, track)
        ours = loudness(samples), true_peak(samples)
        theirs = judge.ebur128(film, track)
    except (av.FFmpegError, ValueError, CheckFailed) as error:
        yield Row("loudness", f"cannot be measured: {error}", f"{LOUDNESS:g} LUFS", False)
        return
    (level, peak), (other_level, other_peak) = ours, theirs
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
    full = (np.abs(samples) >= FULL).astype(np.int8)
    runs = int((full[:-2] & full[1:-1] & full[2:]).sum())
    yield Row("clipping", f"{runs} runs of 3 samples at full scale", "none", not runs)
    yield _silence(samples)
    yield _clicks(samples)
    yield _hum(samples)
    if timeline is None:
        yield Row("speech", "", OPEN, None)
        return
    yield _evenness(samples, timeline)
    yield _bed(samples, timeline) if timeline.music else _pauses(samples, timeline)
    yield from _onsets(samples, timeline)


def _silence(samples: Samples) -> Row:
    """The longest time in which nothing sounds at all: sound that dropped out, or a bare cut."""
    sounding = np.flatnonzero(np.abs(samples).max(axis=1, initial=0.0) > SILENT)
    gaps = np.diff([-1, *sounding.tolist(), len(samples)]) - 1
    longest = int(gaps.max())
    begin = int([-1, *sounding.tolist()][int(gaps.argmax())]) + 1
    measured = f"at most {1000 * seconds(longest):.1f} ms"
    if longest > LONGEST_SILENCE:
        measured = f"{seconds(longest):.2f} s at {seconds(begin):.2f} s"
    wanted = f"none of more than {1000 * seconds(LONGEST_SILENCE):.0f} ms"
    return Row("digital silence", measured, wanted, longest <= LONGEST_SILENCE)


def _clicks(samples: Samples) -> Row:
    """Jolts that are far steeper than all that is near them."""
    steep = np.max([steepness(channel) for channel in samples.T], axis=0)
    # a sound's very beginning and end have nothing near them to be held against
    ends = 30 * 4
    steep[:ends] = steep[len(steep) - min(ends, len(steep)) :] = 0
    found = np.flatnonzero(steep > STEEP)
    measured = f"none; the steepest moment is {steep.max(initial=0.0):.1f} times as steep as others"
    if len(found):
        at = seconds(int(found[0]) * MILLISECOND // 4)
        measured = f"{len(found)}, the first at {at:.3f} s"
    return Row("clicks", measured, f"none of {STEEP:g} times", not len(found))


def _hum(samples: Samples) -> Row:
    """A lasting tone at just the frequency of the mains, against what lies beside it."""
    from scipy.signal import welch

    window = min(4 * TICKS, len(samples))
    wanted = f"at most {HUM:g} dBFS at {MAINS[0]} or {MAINS[1]} Hz"
    if window < TICKS:
        return Row("hum", "too short to hear one", wanted, None)
    pitch, density = welch(samples.mean(axis=1), TICKS, nperseg=window)
    levels = {}
    for mains in MAINS:
        away = np.abs(pitch - mains)
        beside = np.median(density[(away > 2) & (away < 8)])
        power = float(np.sum(density[away <= 0.5] - beside) * pitch[1])
        levels[mains] = decibels(max(0.0, power) ** 0.5)
    worst = max(levels, key=lambda mains: levels[mains])
    measured = f"{levels[worst]:.0f} dBFS at {worst} Hz"
    return Row("hum", measured, wanted, levels[worst] <= HUM)


def _pauses(samples: Samples, timeline: Timeline) -> Row:
    """How loud the room is where nobody speaks and no effect sounds."""
    found: dict[str, float] = {}
    for key, begin, end in _unspoken(timeline):
        power = np.mean(np.square(samples[begin:end], dtype=np.float64))
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


def _evenness(samples: Samples, timeline: Timeline) -> Row:
    wanted = f"within {EVEN:g} LU of each other"
    heard = {ln.key: loudness(samples[ln.speech_start : ln.speech_end]) for ln in timeline.spoken}
    if not heard:
        return Row("lines", "nobody speaks", wanted, None)
    softest, loudest = (pick(heard, key=lambda key: heard[key]) for pick in (min, max))
    apart = heard[loudest] - heard[softest]
    measured = f"{apart:.2f} LU apart (softest {softest}, loudest {loudest})"
    return Row("lines", measured, wanted, apart <= EVEN)


def _bed(samples: Samples, timeline: Timeline) -> Row:
    """How far under its line the bed lies, heard where it has given way but no one speaks."""
    spoken = {line.key: line for line in timeline.spoken}
    under: dict[str, float] = {}
    for key, begin, end in _unspoken(timeline):
        line = spoken[key]
        voice = loudness(samples[line.speech_start : line.speech_end])
        under[key] = voice - loudness(samples[begin:end])
    wanted = f"at least {UNDER:g} LU under the voice"
    if not under:
        return Row("bed", "no pause to hear it in", wanted, None)
    worst = min(under, key=lambda key: under[key])
    measured = f"{under[worst]:.1f} LU under it after {worst}, the nearest of {len(under)}"
    return Row("bed", measured, wanted, under[worst] >= UNDER)


def _onsets(samples: Samples, timeline: Timeline) -> Iterator[Row]:
    frame, missed = frame_ticks(timeline.fps), []
    off: dict[str, int] = {}
    sounding = _effects(timeline)
    if timeline.music:
        # a bed hides the soft sound that a line opens with, but hardly what is high in it
        samples = np.asarray(sosfilt(_HIGH, samples, axis=0), np.float32)
    for line in timeline.spoken:
        heard = onset(samples, line.speech_start, line.speech_end)
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
