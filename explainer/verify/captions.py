"""A film's captions as they are read: its facts and files beside it in, rows of a report out."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from explainer.captions.formats.registry import FORMATS, read_captions
from explainer.captions.model import Caption
from explainer.captions.rows import line_words, spans
from explainer.captions.violations import narrated_and_shown, violations
from explainer.clock import MILLISECOND
from explainer.errors import error_text
from explainer.languages import iso639_2
from explainer.media.probe import Cue, Probe
from explainer.timeline.model import Timeline
from explainer.verify.report import OPEN, Row, listed


def rows(film: Path, facts: Probe, timeline: Timeline | None, track: int = 0) -> Iterator[Row]:
    """A film's captions, in it and beside it, held against each other and the timeline."""
    if track >= len(facts.captions):
        yield Row("captions", "no caption track", "one for each language", False)
        return
    language, cues = facts.captions[track]
    # of a film in several languages, the files beside it say theirs
    mark = f".{timeline.language}" if timeline and len(facts.captions) > 1 else ""
    name = film.with_name(f"{film.stem}{mark}.mp4")
    files: list[Row] = []
    if timeline is None and not any(name.with_suffix(suffix).exists() for suffix in FORMATS):
        # a film of another tool: that nothing lies beside it is no fault of its own
        alone = "not judged: no caption files beside the film"
        yield from (Row(f"captions = {suffix}", "", alone, None) for suffix in FORMATS)
    else:
        files = [*beside(name, cues)]
        yield from files
    if timeline is None:
        yield Row("caption language", language, OPEN, None)
        yield Row("caption form", f"{len(cues)} captions", OPEN, None)
        return
    wanted = iso639_2(timeline.language)
    yield Row("caption language", language, wanted, language == wanted)
    shown = _assigned(cues, timeline)
    found = violations(shown, timeline)
    said, words = narrated_and_shown([cue.rows for cue in cues], timeline)
    if words == said:  # or it is said already that they are others
        agree = [suffix for suffix, row in zip(FORMATS, files, strict=False) if row.ok]
        yield from whole(name, shown, timeline, agree)
    count = f"{len(words)} of {len(said)} words"
    yield Row("caption words", count, "every narrated word, in order", words == said)
    measured = listed(found) or f"{len(cues)} captions in form"
    yield Row("caption form", measured, "no fault", not found, tuple(found))


def beside(film: Path, cues: Sequence[Cue]) -> Iterator[Row]:
    """The caption files beside a film, held against the captions in it."""
    for suffix in FORMATS:
        yield _sidecar(film, suffix, cues)


def whole(
    film: Path, shown: Sequence[Caption], timeline: Timeline, suffixes: Sequence[str]
) -> Iterator[Row]:
    """Caption files that agree with a film, held to what they are written as from its captions.

    So their language, their look, the times of words and all else in them is looked at.
    """
    wanted = "each as it is written: language, look, places, times of words"
    others = []
    for suffix in suffixes:
        path = film.with_suffix(suffix)
        there = path.read_bytes()
        should = FORMATS[suffix].write(shown, timeline.language).encode()
        if there != should:
            lines = zip(there.split(b"\n"), should.split(b"\n"), strict=False)
            at = next((n for n, (a, b) in enumerate(lines, 1) if a != b), 0)
            others.append(f"{path.name} differs" + (f" in line {at}" if at else " at its end"))
    yield Row("caption files", listed(others) or "as written", wanted, not others, tuple(others))


def _sidecar(film: Path, suffix: str, cues: Sequence[Cue]) -> Row:
    what, wanted = f"captions = {suffix}", "same text, times within 1 ms"
    path = film.with_suffix(suffix)
    try:
        beside = read_captions(path)
    except FileNotFoundError:
        return Row(what, f"no {path.name} beside the film", wanted, False)
    except (OSError, ValueError) as error:
        return Row(what, f"{path.name} cannot be read: {error_text(error)}", wanted, False)
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
    lines = timeline.lines
    ends = [line.end for line in lines]
    used: dict[str, int] = defaultdict(int)  # words of each line that captions have shown
    for cue in cues:
        middle = (cue.start + cue.end) // 2
        at = bisect_right(ends, middle)
        line = lines[at] if at < len(lines) and lines[at].start <= middle else None
        expected = line_words(line, timeline.language)[used[line.key] :] if line else ()
        count = sum(len(inside) for inside in spans(cue.rows, expected))
        words = expected[:count]
        if line:
            used[line.key] += count
        made.append(Caption(line.key if line else "", cue.start, cue.end, cue.rows, words))
    return made
