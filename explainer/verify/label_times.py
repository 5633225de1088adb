"""How long labels can be seen, and whether they come with their words: a timeline in, results out.

A label that has the name of a cue of its line comes with that cue.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from explainer.clock import TICKS, frame_ticks, seconds
from explainer.spec import MAX_CUE_OFFSET_SECONDS, MIN_LABEL_DURATION
from explainer.timeline.model import TimedLine, Timeline
from explainer.verify.check import DeliveredFilm, FilmCheck
from explainer.verify.report import NOT_JUDGED, CheckResult, fault_result, quoted

MAX_GAP = TICKS // 5
"""Ticks for which a text may be out of sight, as in a cross-fade, and still be the same."""
MIN_READ_LETTERS = 3
"""Letters of a text that is read; marks of an axis, digits and symbols have fewer."""
_NOT_NOTED = "not judged: its record does not say when texts can be seen"


@dataclass(frozen=True, slots=True)
class TextSpan:
    """A text from when it comes to when it goes, in ticks of the film; `line` is where it comes."""

    text: str
    start: int
    end: int
    line: str
    header: bool


def text_spans(timeline: Timeline) -> list[TextSpan]:
    """Each text of a picture while it can be seen, from line to line, in the order they come."""
    frame = frame_ticks(timeline.fps)
    found: list[TextSpan] = []
    # where in `found` the last span is that ended with a text, which may go on
    last: dict[str, int] = {}
    for line in timeline.lines:
        for stay in line.stays or ():
            start, end = line.start + stay.first * frame, line.start + (stay.last + 1) * frame
            at = last.pop(stay.text, None)
            if at is None or start - found[at].end > MAX_GAP:
                at = len(found)
                found.append(TextSpan(stay.text, start, end, line.key, stay.header))
            else:
                found[at] = replace(found[at], end=max(end, found[at].end))
            last[stay.last_text] = at
    return sorted(found, key=lambda span: span.start)


def measure(film: DeliveredFilm) -> Iterator[CheckResult]:
    """The label that is seen for the shortest time, and the one that is farthest from its word."""
    timeline = film.timeline
    if timeline is None or any(line.stays is None for line in timeline.lines):
        why = _NOT_NOTED if timeline else NOT_JUDGED
        for name in CHECK.results:
            yield CheckResult(name, "", why, None)
        return
    spans = [span for span in text_spans(timeline) if not span.header]
    yield _times(timeline, [span for span in spans if _is_read(span.text)])
    yield _words(timeline, spans)


def _is_read(text: str) -> bool:
    return sum(letter.isalpha() for letter in text) >= MIN_READ_LETTERS


def _times(timeline: Timeline, spans: list[TextSpan]) -> CheckResult:
    required = f"each seen for at least {seconds(MIN_LABEL_DURATION):g} s"
    frame = frame_ticks(timeline.fps)
    faults = [
        f"{quoted(span.text)} {seconds(span.end - span.start):.2f} s "
        f"({span.line} at {seconds(span.start):.2f} s)"
        for span in spans
        if span.end - span.start < MIN_LABEL_DURATION - frame and not _is_cut(span, timeline)
    ]
    shortest = min(spans, key=lambda span: span.end - span.start, default=None)
    if shortest is None:
        return CheckResult("label times", "no labels", required, True)
    least = seconds(shortest.end - shortest.start)
    fits = f"{len(spans)} labels, {quoted(shortest.text)} for the shortest time, {least:.2f} s"
    return fault_result("label times", faults, fits, required)


def _is_cut(span: TextSpan, timeline: Timeline) -> bool:
    """Whether a text is in sight at an edge of a part of a film, and may be so beyond it."""
    is_at_edge = span.start <= 0 or span.end >= timeline.length
    return timeline.is_part and is_at_edge


def _words(timeline: Timeline, spans: list[TextSpan]) -> CheckResult:
    required = f"within {MAX_CUE_OFFSET_SECONDS:g} s of its cue, where a label has a cue's name"
    by_text: dict[str, list[TextSpan]] = {}
    for span in spans:
        by_text.setdefault(span.text, []).append(span)
    offsets = [offset for line in timeline.lines for offset in _offsets(line, by_text)]
    faults = [
        f"{line} {quoted(text)} {abs(seconds(off)):.2f} s {'late' if off > 0 else 'early'}"
        for off, text, line in offsets
        if abs(off) > MAX_CUE_OFFSET_SECONDS * TICKS
    ]
    if not offsets:
        return CheckResult("labels and words", "no label has a cue's name", required, True)
    off, text, line = max(offsets, key=lambda offset: abs(offset[0]))
    fits = f"{len(offsets)} labels, {abs(seconds(off)):.2f} s off at worst ({quoted(text)}, {line})"
    return fault_result("labels and words", faults, fits, required)


def _offsets(
    line: TimedLine, spans: Mapping[str, Sequence[TextSpan]]
) -> Iterator[tuple[int, str, str]]:
    """Ticks by which labels with a cue's name come after its words, each with text and line.

    Less than 0 for one that comes before them. `spans` are those of each text, in order.
    """
    cues = {cue.name: cue for cue in line.cues}
    for name, texts in line.texts.items():
        cue = cues.get(name)
        shown = [span for text in texts for span in spans.get(text, ()) if span.end > line.start]
        if cue is None or not shown:
            continue
        first = min(shown, key=lambda span: span.start)
        late = max(0, first.start - cue.end)
        early = min(0, first.start - cue.start)
        yield late + early, first.text, line.key


CHECK = FilmCheck(("label times", "labels and words"), measure)
