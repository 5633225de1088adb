"""A finished film held against what it must measure: a path in, a report of rows out.

Everything is measured on the delivered file and the captions beside it; what can only be judged
against the timeline is left open, not passed, when there is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from statistics import median

import av

from explainer import judge, sidecars, sight
from explainer.captions import Caption, faults
from explainer.clock import MILLISECOND, TICKS, frame_ticks, seconds
from explainer.errors import CheckFailed, ScriptError
from explainer.languages import three_letters
from explainer.meters import Samples, decode, loudness, onset, true_peak
from explainer.probe import BT709, LIMITED, Cue, Picture, Probe, Sound, probe
from explainer.report import OPEN, Report, Row, listed
from explainer.timeline import Timeline

LOUDNESS, TOLERANCE, PEAK = -16.0, 0.5, -1.0
PACE = (130, 165)
"""Words a minute of speech."""
ESTIMATED = 0.1
"""The share of words whose time may be an estimate."""
KEPT = 5 * MILLISECOND
"""The silence that a line's sound opens with: what narration keeps when it trims."""


def verify(film: Path, timeline: Timeline | None = None, limit: int | None = None) -> Report:
    """Measure a film; `limit` is the longest it may be, in ticks.

    Raises:
        ScriptError: if there is no such file.
        MissingTool: if the ffmpeg program, the second opinion, is not installed.
    """
    if not film.is_file():
        raise ScriptError.of(f"no film at {film}", "make one with: python render.py")
    try:
        facts = probe(film)
    except CheckFailed as error:
        return Report((Row("file", error.problems[0].what, "an MP4 film", False),))
    rows = [*_container(film, facts), *_length(facts, limit)]
    for picture in facts.pictures:
        rows += [*_picture(picture, facts, timeline), *sight.rows(film, timeline)]
    for sound in facts.sounds:
        rows += _sound(film, sound, timeline)
    rows += [_starts(facts), *_captions(film, facts, timeline), _chapters(facts, timeline)]
    return Report((*rows, *_rhythm(timeline)))


def _container(film: Path, facts: Probe) -> Iterator[Row]:
    tracks = f"{len(facts.pictures)} picture, {len(facts.sounds)} sound, {len(facts.captions)} text"
    whole = len(facts.pictures) == len(facts.sounds) == 1 and len(facts.captions) >= 1
    yield Row("tracks", tracks, "1 picture, 1 sound, 1 text or more", whole)
    order = [name for name in facts.boxes if name in ("moov", "mdat")]
    ready = order == ["moov", "mdat"]
    yield Row("faststart", " ".join(facts.boxes), "moov before mdat", ready)
    said = judge.complaints(film)
    yield Row("strict decode", said[:200] or "clean", "clean", not said)


def _length(facts: Probe, limit: int | None) -> Iterator[Row]:
    lengths = [track.length for track in facts.pictures] + [track.length for track in facts.sounds]
    length = max(lengths, default=0)
    wanted = f"at most {seconds(limit):g} s" if limit else "not judged: no limit given"
    yield Row("length", f"{seconds(length):.3f} s", wanted, length <= limit if limit else None)


def _picture(picture: Picture, facts: Probe, timeline: Timeline | None) -> Iterator[Row]:
    form = f"{picture.codec} {picture.profile} {picture.pixels}"
    size = f"{picture.width}x{picture.height}"
    yield Row("video", f"{form} {size}", "h264 High yuv420p", form == "h264 High yuv420p")
    yield _rate(picture, timeline)
    colour = ", ".join(map(str, picture.colours)) + (", colr box" if facts.colr else ", no colr")
    tagged = picture.colours == (BT709, BT709, BT709, LIMITED) and facts.colr
    yield Row("colour tags", colour, "1, 1, 1, 1 (bt709, limited range), colr box", tagged)


def _rate(picture: Picture, timeline: Timeline | None) -> Row:
    times = picture.times
    steps = {later - earlier for earlier, later in pairwise(times)}
    count = f"{len(times)} frames"
    if len(steps) != 1 or times[0] != 0:
        found = ", ".join(f"{float(step) / MILLISECOND:.2f}" for step in sorted(steps)[:4])
        return Row("frame rate", f"{count}, steps of {found} ms", "constant, from 0", False)
    fps = float(TICKS / steps.pop())
    if timeline is None:
        return Row("frame rate", f"{count} at {fps:g} fps", "constant, from 0", True)
    frames = timeline.length // frame_ticks(timeline.fps)
    wanted = f"{frames} frames at {timeline.fps} fps, constant"
    same = (len(times), fps) == (frames, timeline.fps)
    return Row("frame rate", f"{count} at {fps:g} fps", wanted, same)


def _sound(film: Path, sound: Sound, timeline: Timeline | None) -> Iterator[Row]:
    form = f"{sound.codec} {sound.profile} {sound.rate} Hz, {sound.channels} channels"
    wanted = "aac LC 48000 Hz, 2 channels"
    yield Row("voice", form, wanted, form == wanted)
    try:
        samples = decode(film)
        ours = loudness(samples), true_peak(samples)
        theirs = judge.ebur128(film)
    except (av.FFmpegError, ValueError, CheckFailed) as error:
        yield Row("loudness", f"cannot be measured: {error}", f"{LOUDNESS:g} LUFS", False)
        return
    (level, peak), (other_level, other_peak) = ours, theirs
    yield Row(
        "loudness",
        f"{level:.2f} and {other_level:.1f} LUFS by two meters, "
        f"{abs(level - other_level):.2f} apart",
        f"{LOUDNESS:g} ±{TOLERANCE:g} LUFS",
        all(abs(reading - LOUDNESS) <= TOLERANCE for reading in (level, other_level)),
    )
    peaks = f"{peak:.2f} and {other_peak:.1f} dBTP by two meters"
    yield Row("true peak", peaks, f"at most {PEAK:g} dBTP", max(peak, other_peak) <= PEAK)
    yield from _onsets(samples, timeline)


def _onsets(samples: Samples, timeline: Timeline | None) -> Iterator[Row]:
    if timeline is None:
        yield Row("speech", "", OPEN, None)
        return
    frame, missed = frame_ticks(timeline.fps), []
    off: dict[str, int] = {}
    for line in timeline.lines:
        heard = onset(samples, line.speech_start, line.speech_end)
        if heard is None:
            missed.append(line.key)
            continue
        # the first word may rise softly: what is known is between which two moments it begins
        first = max(line.speech_start + KEPT, line.words[0].start if line.words else 0)
        off[line.key] = max(0, heard[0] - first) + min(0, heard[1] - line.speech_start)
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


def _starts(facts: Probe) -> Row:
    if not facts.pictures or not facts.sounds:
        return Row("sync", "a track is missing", "picture and sound", False)
    picture, sound = facts.pictures[0], facts.sounds[0]
    start, length = sound.start - picture.start, sound.length - picture.length
    frame = picture.length // max(1, len(picture.times))
    return Row(
        "sync",
        f"sound starts {1000 * seconds(start):+.2f} ms, lasts {1000 * seconds(length):+.2f} ms",
        "start within 1 ms of the picture, as long within 1 frame",
        abs(start) <= MILLISECOND and abs(length) <= frame,
    )


def _captions(film: Path, facts: Probe, timeline: Timeline | None) -> Iterator[Row]:
    if not facts.captions:
        yield Row("captions", "no caption track", "one for each language", False)
        return
    language, cues = facts.captions[0]
    for suffix in (".srt", ".vtt"):
        yield _sidecar(film.with_suffix(suffix), cues)
    if timeline is None:
        yield Row("caption language", language, OPEN, None)
        yield Row("caption form", f"{len(cues)} captions", OPEN, None)
        return
    wanted = three_letters(timeline.language)
    yield Row("caption language", language, wanted, language == wanted)
    shown = _assigned(cues, timeline)
    found = faults(shown, timeline)
    words = [word for cue in cues for row in cue.rows for word in row.split()]
    said = [word.text for line in timeline.lines for word in line.words]
    count = f"{len(words)} of {len(said)} words"
    yield Row("caption words", count, "every narrated word, in order", words == said)
    measured = listed(found) or f"{len(cues)} captions in form"
    yield Row("caption form", measured, "no fault", not found)


def _sidecar(path: Path, cues: Sequence[Cue]) -> Row:
    what, wanted = f"captions = {path.suffix}", "same text, times within 1 ms"
    try:
        beside = sidecars.read(path)
    except FileNotFoundError:
        return Row(what, f"no {path.name} beside the film", wanted, False)
    except (OSError, ValueError) as error:
        return Row(what, f"{path.name} cannot be read: {error}", wanted, False)
    if len(beside) != len(cues):
        return Row(what, f"{len(cues)} in the film, {len(beside)} in {path.name}", wanted, False)
    for number, (ours, theirs) in enumerate(zip(cues, beside, strict=True), 1):
        off = max(abs(ours.start - theirs.start), abs(ours.end - theirs.end))
        if ours.rows != theirs.rows or off > MILLISECOND:
            return Row(what, f"caption {number} differs by {off} ticks or in text", wanted, False)
    return Row(what, f"{len(cues)} captions agree", wanted, True)


def _assigned(cues: Sequence[Cue], timeline: Timeline) -> list[Caption]:
    """Delivered cues with the line that they fall into and the timeline's words for theirs."""
    made: list[Caption] = []
    for cue in cues:
        middle = (cue.start + cue.end) // 2
        line = next((ln for ln in timeline.lines if ln.start <= middle < ln.end), None)
        before = [c for c in made if line and c.key == line.key]
        used = sum(len(row.split()) for c in before for row in c.rows)
        count = sum(len(row.split()) for row in cue.rows)
        words = line.words[used : used + count] if line else ()
        made.append(Caption(line.key if line else "", cue.start, cue.end, cue.rows, words))
    return made


def _chapters(facts: Probe, timeline: Timeline | None) -> Row:
    there = [(chapter.title, chapter.start, chapter.end) for chapter in facts.chapters]
    titles = ", ".join(title for title, _, _ in there) or "none"
    if timeline is None:
        return Row("chapters", titles, OPEN, None)
    planned = [(scene.title, scene.start, scene.end) for scene in timeline.scenes]
    same = len(there) == len(planned) and all(
        a[0] == b[0] and abs(a[1] - b[1]) <= MILLISECOND and abs(a[2] - b[2]) <= MILLISECOND
        for a, b in zip(there, planned, strict=True)
    )
    return Row("chapters", titles, ", ".join(scene.title for scene in timeline.scenes), same)


def _rhythm(timeline: Timeline | None) -> Iterator[Row]:
    wanted = f"{PACE[0]} to {PACE[1]} words a minute"
    if timeline is None:
        yield Row("rhythm", "", OPEN, None)
        return
    words = sum(len(line.words) for line in timeline.lines)
    spoken = sum(line.speech_end - line.speech_start for line in timeline.lines)
    pace = words * 60 * TICKS / max(1, spoken)
    yield Row("rhythm", f"{pace:.0f} words a minute", wanted, PACE[0] <= pace <= PACE[1])
    known = timeline.word_times()
    share = known.get("estimated", 0) / max(1, words)
    counts = ", ".join(f"{count} {how}" for how, count in sorted(known.items()))
    yield Row("word times", counts, f"at most {ESTIMATED:.0%} estimated", share <= ESTIMATED)
