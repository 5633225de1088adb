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
from explainer.media.meters import Samples, decode, loudness, onset, true_peak
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
    if timeline is None:
        yield Row("speech", "", OPEN, None)
        return
    yield _evenness(samples, timeline)
    if timeline.music:
        yield _bed(samples, timeline)
    yield from _onsets(samples, timeline)


def _evenness(samples: Samples, timeline: Timeline) -> Row:
    heard = {ln.key: loudness(samples[ln.speech_start : ln.speech_end]) for ln in timeline.lines}
    softest, loudest = (pick(heard, key=lambda key: heard[key]) for pick in (min, max))
    apart = heard[loudest] - heard[softest]
    measured = f"{apart:.2f} LU apart (softest {softest}, loudest {loudest})"
    return Row("lines", measured, f"within {EVEN:g} LU of each other", apart <= EVEN)


def _bed(samples: Samples, timeline: Timeline) -> Row:
    """How far under its line the bed lies, heard where it has given way but no one speaks."""
    lines = timeline.lines
    edges = [ln.speech_start for ln in lines[1:]] + [timeline.length]
    sounding = [(c.start, c.start + 2 * TICKS) for ln in lines for c in ln.cues if c.sound]
    under: dict[str, float] = {}
    for line, following in zip(lines, edges, strict=True):
        begin = line.speech_end + TICKS // 10
        end = min(begin + TICKS * 3 // 10, following - TICKS // 10)
        if end > begin and not any(a < end and begin < b for a, b in sounding):
            voice = loudness(samples[line.speech_start : line.speech_end])
            under[line.key] = voice - loudness(samples[begin:end])
    wanted = f"at least {UNDER:g} LU under the voice"
    if not under:
        return Row("bed", "no pause to hear it in", wanted, None)
    worst = min(under, key=lambda key: under[key])
    measured = f"{under[worst]:.1f} LU under it after {worst}, the nearest of {len(under)}"
    return Row("bed", measured, wanted, under[worst] >= UNDER)


def _onsets(samples: Samples, timeline: Timeline) -> Iterator[Row]:
    frame, missed = frame_ticks(timeline.fps), []
    off: dict[str, int] = {}
    if timeline.music:
        # a bed hides the soft sound that a line opens with, but hardly what is high in it
        samples = np.asarray(sosfilt(_HIGH, samples, axis=0), np.float32)
    for line in timeline.lines:
        heard = onset(samples, line.speech_start, line.speech_end)
        if heard is None:
            missed.append(line.key)
            continue
        # the first word may rise softly: what is known is between which two moments it begins
        first = max(line.speech_start + KEPT, line.words[0].start if line.words else 0)
        loud = heard[0] if timeline.music else heard[1]
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
