"""A finished film held against what it must measure: a path in, a report of rows out.

Everything is measured on the delivered file and the captions beside it; what can only be judged
against the timeline is left open, not passed, when there is none.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from explainer import hearing, judge, reading, sight
from explainer.clock import MILLISECOND, TICKS, frame_ticks, seconds
from explainer.errors import CheckFailed, ScriptError
from explainer.probe import BT709, LIMITED, Picture, Probe, probe
from explainer.report import OPEN, Report, Row
from explainer.timeline import Timeline

PACE = {"en": (130, 165), "es": (130, 190), "de": (105, 155)}
"""Words a minute of speech, by language; of another language it is not known what is right.

Longer words are fewer a minute. Spanish and German have the same share, about 0.54, of the
syllables a second that Pellegrino et al. found in texts read aloud (Language 87:539: English 6.19,
Spanish 7.82, German 5.97) as English has at 130, and at most 0.8 of them, with 1.96 and 1.83
syllables a word as in narration on science (English: 1.55). Rodero found Spanish news best kept in
mind at 170 to 190 (Media Psychology 19:224).
"""
ESTIMATED = 0.1
"""The share of words whose time may be an estimate."""


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
        rows += hearing.rows(film, sound, timeline)
    rows += [_starts(facts), *reading.rows(film, facts, timeline), _chapters(facts, timeline)]
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
    if timeline is None:
        yield Row("rhythm", "", OPEN, None)
        return
    words = sum(len(line.words) for line in timeline.lines)
    spoken = sum(line.speech_end - line.speech_start for line in timeline.lines)
    pace = words * 60 * TICKS / max(1, spoken)
    yield _pace(pace, timeline.language)
    known = timeline.word_times()
    share = known.get("estimated", 0) / max(1, words)
    counts = ", ".join(f"{count} {how}" for how, count in sorted(known.items()))
    yield Row("word times", counts, f"at most {ESTIMATED:.0%} estimated", share <= ESTIMATED)


def _pace(pace: float, language: str) -> Row:
    measured = f"{pace:.0f} words a minute"
    main = language.partition("-")[0].lower()
    if main not in PACE:
        return Row("rhythm", measured, f"not judged: no range is known for “{main}”", None)
    slowest, fastest = PACE[main]
    wanted = f"{slowest} to {fastest} words a minute in “{main}”"
    return Row("rhythm", measured, wanted, slowest <= pace <= fastest)
