"""How fast a language is spoken, and how well the times of its words are known."""

from __future__ import annotations

from collections.abc import Iterator

from explainer.clock import TICKS
from explainer.languages import speech_rate_range, speech_rate_unit
from explainer.spec import MAX_ESTIMATED_SHARE
from explainer.timeline.model import Timeline
from explainer.verify.check import DeliveredLanguage, LanguageCheck
from explainer.verify.report import NOT_JUDGED, CheckResult


def measure(language: DeliveredLanguage) -> Iterator[CheckResult]:
    """The rate of speech over the whole film, and the share of estimated word times."""
    if language.timeline is None:
        yield CheckResult("rhythm", "", NOT_JUDGED, None)
        return
    yield _speech_rate(language.timeline)
    yield _word_times(language.timeline)


def _speech_rate(timeline: Timeline) -> CheckResult:
    spoken = sum(line.talk for line in timeline.lines)
    counted = sum(line.pace_count for line in timeline.lines)
    if not counted:
        return CheckResult("rhythm", "", "not judged: nobody speaks", None)
    rate = counted * 60 * TICKS / max(1, spoken)
    slowest, fastest = speech_rate_range(timeline.language)
    unit = speech_rate_unit(timeline.language)
    required = f"{slowest} to {fastest} {unit} a minute in “{timeline.language}”"
    measured = f"{rate:.0f} {unit} a minute"
    if timeline.is_part:
        why = f"not judged of a part; the whole film has {required}"
        return CheckResult("rhythm", measured, why, None)
    return CheckResult("rhythm", measured, required, slowest <= rate <= fastest)


def _word_times(timeline: Timeline) -> CheckResult:
    words = sum(len(line.words) for line in timeline.lines)
    known = timeline.word_times()
    share = known.get("estimated", 0) / max(1, words)
    counts = ", ".join(f"{count} {how}" for how, count in sorted(known.items()))
    required = f"at most {MAX_ESTIMATED_SHARE:.0%} estimated"
    return CheckResult("word times", counts, required, share <= MAX_ESTIMATED_SHARE)


CHECK = LanguageCheck(("rhythm", "word times"), measure)
