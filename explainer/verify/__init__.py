"""A finished film held against what it must measure: a path in, a report of rows out.

Everything is measured on the delivered file and the captions beside it; what can only be judged
against the timeline is left open, not passed, when there is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from explainer.clock import MILLISECOND, TICKS, frame_ticks, seconds
from explainer.errors import CheckFailed, ScriptError, command
from explainer.languages import speech_rate_range, speech_rate_unit
from explainer.media import ffmpeg_cli
from explainer.media.audio_reader import LONGEST
from explainer.media.probe import BT709, LIMITED, Picture, Probe, probe
from explainer.media.signature import Signatures
from explainer.mux import SIGNATURES, identity
from explainer.timeline.model import Timeline
from explainer.verify import audio, captions, container, fidelity, video
from explainer.verify.fidelity import Pictures
from explainer.verify.report import OPEN, Report, Row, listed

NEAR = 0.25
"""Seconds that a moment may be from its word."""
MOST_TITLES = 12
"""Chapters whose titles are all told."""
ESTIMATED = 0.1
"""The share of words whose time may be an estimate."""


def verify(film: Path, timelines: Sequence[Timeline] = (), limit: int | None = None) -> Report:
    """Measure a film; `limit` is the longest it may be, in ticks.

    `timelines` are those of its languages in the order of its tracks; the first is the picture's.

    Raises:
        ScriptError: if there is no such file.
        EnvironmentProblem: if the ffmpeg program, the second opinion, is not installed.
    """
    if not film.is_file():
        raise ScriptError.of(f"no film at {film}", f"make one with: {command()}")
    try:
        facts = probe(film)
    except CheckFailed as error:
        return Report((Row("file", error.problems[0].what, "an MP4 film", False),))
    if too_much := _too_much(facts):
        return Report((Row("file", too_much, "a film of at most four hours, and of 8K", False),))
    first = timelines[0] if timelines else None
    signs, signed = _signatures(film, timelines, len(facts.sounds))
    rows = [*_container(film, facts), *_length(facts, limit), *_starts(facts), signed]
    for picture in facts.pictures:
        poster = film.with_suffix(".png")
        drawn = Pictures(signs, poster if poster.exists() else None) if signs else None
        rows += [*_picture(picture, facts, first), *video.rows(film, first, drawn)]
    rows += [*container.rows(film, timelines, _fps(facts))]
    rows += [_chapters(facts, first), *_moments(timelines)]
    for number in range(max(1, len(facts.sounds), len(facts.captions), len(timelines))):
        timeline = timelines[number] if number < len(timelines) else None
        told = [*_rhythm(timeline)]
        if number < len(facts.sounds):
            told += fidelity.heard(film, signs, number)
            told += audio.rows(film, facts.sounds[number], timeline, number)
        told += captions.rows(film, facts, timeline, number)
        mark = f"{facts.captions[number][0]} " if number < len(facts.captions) and number else ""
        rows += [replace(row, what=mark + row.what) for row in told]
    return Report(tuple(rows))


def _signatures(
    film: Path, timelines: Sequence[Timeline], sounds: int
) -> tuple[Signatures | None, Row]:
    """The signatures beside a film, if they are its own and whole as far as they say."""
    path = film.with_suffix(SIGNATURES)
    wanted = "of this film, of every frame and of all its sound"
    if not path.exists():
        if timelines:
            return None, Row("signatures", f"no {path.name} beside the film", wanted, False)
        # a film of another tool: that nothing lies beside it is no fault of its own
        why = "not judged, nor is each frame and the sound: no signatures beside the film"
        return None, Row("signatures", "", why, None)
    bound = identity(timelines) if timelines else None
    found, wrong = fidelity.opened(path, bound, sounds)
    if not found:
        return None, Row("signatures", f"{path.name} cannot be used: {wrong}", wanted, False)
    measured = f"{found.header.frames} frames, {found.header.steps / 100:.2f} s of sound"
    return found, Row("signatures", measured, wanted, True)


def _too_much(facts: Probe) -> str:
    """Why a film would take too long, or too much memory, to be measured; empty if it does not."""
    lengths = [track.length for track in facts.pictures] + [track.length for track in facts.sounds]
    if max(lengths, default=0) > LONGEST:
        return f"it lasts {seconds(max(lengths)):.0f} s"
    for picture in facts.pictures:
        if picture.width * picture.height > video.LARGEST:
            return f"its picture is {picture.width}x{picture.height}"
        if picture.times and picture.times[-1] > LONGEST:
            return f"its last picture is shown at {float(picture.times[-1]) / TICKS:.0f} s"
    return ""


def _container(film: Path, facts: Probe) -> Iterator[Row]:
    tracks = f"{len(facts.pictures)} picture, {len(facts.sounds)} sound, {len(facts.captions)} text"
    spoken = [sound.language for sound in facts.sounds]
    written = [language for language, _ in facts.captions]
    tracks += f" ({', '.join(spoken)})" if len(spoken) > 1 else ""
    each = len(set(spoken)) == len(spoken) > 0 and set(spoken) <= set(written)
    wanted = "1 picture, 1 sound and 1 text or more for each language"
    yield Row("tracks", tracks, wanted, len(facts.pictures) == 1 and each)
    order = [name for name in facts.boxes if name in ("moov", "mdat")]
    ready = order == ["moov", "mdat"]
    yield Row("faststart", " ".join(facts.boxes), "moov before mdat", ready)
    said = ffmpeg_cli.complaints(film)
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


def _fps(facts: Probe) -> float:
    times = facts.pictures[0].times if facts.pictures else ()
    lasts = float(times[-1] - times[0]) if len(times) > 1 else 0.0
    return (len(times) - 1) * TICKS / lasts if lasts else 0.0


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


def _starts(facts: Probe) -> Iterator[Row]:
    if not facts.pictures or not facts.sounds:
        yield Row("sync", "a track is missing", "picture and sound", False)
        return
    picture = facts.pictures[0]
    frame = picture.length // max(1, len(picture.times))
    starts = [sound.start - picture.start for sound in facts.sounds]
    lengths = [sound.length - picture.length for sound in facts.sounds]
    start, length = max(starts, key=abs), max(lengths, key=abs)
    yield Row(
        "sync",
        f"sound starts {1000 * seconds(start):+.2f} ms, lasts {1000 * seconds(length):+.2f} ms",
        "start within 1 ms of the picture, as long within 1 frame",
        abs(start) <= MILLISECOND and abs(length) <= frame,
    )


def _moments(timelines: Sequence[Timeline]) -> Iterator[Row]:
    """How far the languages of one picture say the same moment from each other."""
    if len(timelines) < 2:
        return
    spread: dict[str, int] = {}
    for told in zip(*(timeline.lines for timeline in timelines), strict=True):
        for cue in told[0].cues:
            at = [own.start for line in told for own in line.cues if own.name == cue.name]
            spread[f"{told[0].key}@{cue.name}"] = max(at) - min(at)
    worst = max(spread, key=lambda moment: spread[moment], default="")
    # the picture takes each moment midway
    off = seconds(spread.get(worst, 0)) / 2
    measured = f"{off:.2f} s from a word at worst ({worst})" if worst else "no cue"
    yield Row("moments", measured, f"within {NEAR:g} s of each language's word", off <= NEAR)


def _chapters(facts: Probe, timeline: Timeline | None) -> Row:
    there = [(chapter.title, chapter.start, chapter.end) for chapter in facts.chapters]
    if timeline is None:
        return Row("chapters", _titles(there), OPEN, None)
    planned = [(scene.title, scene.start, scene.end) for scene in timeline.scenes]
    wrong = [
        f"chapter {number} is {_chapter(*a)}, not {_chapter(*b)}"
        for number, (a, b) in enumerate(zip(there, planned, strict=False), 1)
        if a[0] != b[0] or abs(a[1] - b[1]) > MILLISECOND or abs(a[2] - b[2]) > MILLISECOND
    ]
    if len(there) != len(planned):
        wrong.append(f"{len(there)} chapters, not {len(planned)}")
    measured = _titles(there) if len(there) <= MOST_TITLES else listed(wrong) or _titles(there)
    return Row("chapters", measured, _titles(planned), not wrong, tuple(wrong))


def _chapter(title: str, start: int, end: int) -> str:
    return f"“{title}” from {seconds(start):.2f} to {seconds(end):.2f} s"


def _titles(chapters: Sequence[tuple[str, int, int]]) -> str:
    """The titles of chapters, of which each has a start and an end; of many, the first and last."""
    titles = [title for title, _, _ in chapters]
    if len(titles) <= MOST_TITLES:
        return ", ".join(titles) or "none"
    return f"{len(titles)} from “{titles[0]}” to “{titles[-1]}”"


def _rhythm(timeline: Timeline | None) -> Iterator[Row]:
    if timeline is None:
        yield Row("rhythm", "", OPEN, None)
        return
    words = sum(len(line.words) for line in timeline.lines)
    spoken = sum(line.talk for line in timeline.lines)
    counted = sum(line.pace_count for line in timeline.lines)
    pace = counted * 60 * TICKS / max(1, spoken)
    yield _pace(pace, timeline.language)
    known = timeline.word_times()
    share = known.get("estimated", 0) / max(1, words)
    counts = ", ".join(f"{count} {how}" for how, count in sorted(known.items()))
    yield Row("word times", counts, f"at most {ESTIMATED:.0%} estimated", share <= ESTIMATED)


def _pace(pace: float, language: str) -> Row:
    slowest, fastest = speech_rate_range(language)
    unit = speech_rate_unit(language)
    wanted = f"{slowest} to {fastest} {unit} a minute in “{language}”"
    return Row("rhythm", f"{pace:.0f} {unit} a minute", wanted, slowest <= pace <= fastest)
