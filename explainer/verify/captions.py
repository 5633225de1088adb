"""The captions of a film and the files beside it, held to each other and to the timeline."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from explainer.captions.formats.registry import FORMATS, read_captions
from explainer.captions.model import Caption
from explainer.captions.rows import line_words, word_spans
from explainer.captions.violations import narrated_and_shown, violations
from explainer.errors import error_text
from explainer.frame_format import SMALL_MARK
from explainer.languages import iso639_2
from explainer.media.probe import CaptionEvent
from explainer.spec import MAX_CAPTION_DIFFERENCE
from explainer.timeline.model import Timeline
from explainer.verify.check import DeliveredLanguage, LanguageCheck
from explainer.verify.report import NOT_JUDGED, CheckResult, fault_result


def measure(language: DeliveredLanguage) -> Iterator[CheckResult]:
    """The caption track against the files beside the film, and both against the timeline."""
    if language.captions is None:
        yield CheckResult("captions", "no caption track", "one for each language", False)
        return
    tag, cues = language.captions
    timeline = language.timeline
    base = _caption_base(language)
    results: list[CheckResult] = []
    if timeline is None and not any(base.with_suffix(suffix).exists() for suffix in FORMATS):
        # a film of another tool: that nothing lies beside it is no fault of its own
        why = "not judged: no caption files beside the film"
        yield from (CheckResult(f"captions = {suffix}", "", why, None) for suffix in FORMATS)
    else:
        results = [*compare_files(base, cues)]
        yield from results
    if timeline is None:
        yield CheckResult("caption language", tag, NOT_JUDGED, None)
        yield CheckResult("caption form", f"{len(cues)} captions", NOT_JUDGED, None)
        return
    required = iso639_2(timeline.language)
    yield CheckResult("caption language", tag, required, tag == required)
    captions = assign_lines(cues, timeline)
    found = violations(captions, timeline)
    narrated, shown = narrated_and_shown([cue.rows for cue in cues], timeline)
    if shown == narrated:  # or it is said already that they are others
        agreeing = [suffix for suffix, result in zip(FORMATS, results, strict=False) if result.ok]
        yield _compare_bytes(base, captions, timeline, agreeing)
    count = f"{len(shown)} of {len(narrated)} words"
    required = "every narrated word, in order"
    yield CheckResult("caption words", count, required, shown == narrated)
    yield fault_result("caption form", found, f"{len(cues)} captions in form", "no fault")


def _caption_base(language: DeliveredLanguage) -> Path:
    """The file that caption files are named after: of several languages, they say theirs."""
    film = language.film
    name = film.path.stem.removesuffix(SMALL_MARK)  # whose captions are those of the film
    if language.timeline and len(film.facts.captions) > 1:
        name += f".{language.timeline.language}"
    return film.path.with_name(f"{name}.mp4")


def compare_files(film: Path, cues: Sequence[CaptionEvent]) -> Iterator[CheckResult]:
    """The caption file of each format beside a film, against the cues in the film."""
    for suffix in FORMATS:
        yield _compare_file(film, suffix, cues)


def _compare_file(film: Path, suffix: str, cues: Sequence[CaptionEvent]) -> CheckResult:
    name = f"captions = {suffix}"
    required = "same text, times within 1 ms"
    path = film.with_suffix(suffix)
    try:
        beside = read_captions(path)
    except FileNotFoundError:
        return CheckResult(name, f"no {path.name} beside the film", required, False)
    except (OSError, ValueError) as error:
        what = f"{path.name} cannot be read: {error_text(error)}"
        return CheckResult(name, what, required, False)
    if len(beside) != len(cues):
        what = f"{len(cues)} in the film, {len(beside)} in {path.name}"
        return CheckResult(name, what, required, False)
    for number, (ours, theirs) in enumerate(zip(cues, beside, strict=True), 1):
        off = max(abs(ours.start - theirs.start), abs(ours.end - theirs.end))
        if ours.rows != theirs.rows or off > MAX_CAPTION_DIFFERENCE:
            what = f"caption {number} differs by {off} ticks or in text"
            return CheckResult(name, what, required, False)
    return CheckResult(name, f"{len(cues)} captions agree", required, True)


def _compare_bytes(
    film: Path, captions: Sequence[Caption], timeline: Timeline, suffixes: Sequence[str]
) -> CheckResult:
    """Caption files that agree with a film, held to what is written from the film's captions.

    So their language, their look, the times of words and all else in them is looked at.
    """
    required = "each as it is written: language, look, places, times of words"
    others = []
    for suffix in suffixes:
        path = film.with_suffix(suffix)
        found = path.read_bytes()
        written = FORMATS[suffix].write(captions, timeline.language).encode()
        if found != written:
            lines = zip(found.split(b"\n"), written.split(b"\n"), strict=False)
            at = next((n for n, (a, b) in enumerate(lines, 1) if a != b), 0)
            others.append(f"{path.name} differs" + (f" in line {at}" if at else " at its end"))
    return fault_result("caption files", others, "as written", required)


def assign_lines(cues: Sequence[CaptionEvent], timeline: Timeline) -> list[Caption]:
    """Delivered cues with the line that they fall into and the timeline's words for theirs."""
    captions: list[Caption] = []
    lines = timeline.lines
    ends = [line.end for line in lines]
    used: dict[str, int] = defaultdict(int)  # words of each line that captions have shown
    for cue in cues:
        middle = (cue.start + cue.end) // 2
        at = bisect_right(ends, middle)
        line = lines[at] if at < len(lines) and lines[at].start <= middle else None
        expected = line_words(line, timeline.language)[used[line.key] :] if line else ()
        count = sum(len(inside) for inside in word_spans(cue.rows, expected))
        if line:
            used[line.key] += count
        key = line.key if line else ""
        captions.append(Caption(key, cue.start, cue.end, cue.rows, expected[:count]))
    return captions


CHECK = LanguageCheck(
    (
        "captions",
        *(f"captions = {suffix}" for suffix in FORMATS),
        "caption language",
        "caption files",
        "caption words",
        "caption form",
    ),
    measure,
)
