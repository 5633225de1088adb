"""The narration of one line: its written form in, its shown and spoken forms out.

`parse_narration` takes `A single [dot]{dot} appears.` and gives the shown text without marks, its
words and cues, and the spoken text with a span for each word. Lexicon entries are spoken as the
lexicon says, numbers and abbreviations as words, the rest as written. `{0.4}` between two words is
a pause of that many seconds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from explainer.clock import ticks
from explainer.script import numbers, word_segmentation
from explainer.script.lexicon import find_entries as find_entries
from explainer.script.spoken_forms.finder import end_sentence
from explainer.script.spoken_forms.registry import find_spoken_forms

CUE_NAME = re.compile(r"[a-z][a-z0-9-]*\Z")
_PAUSE = re.compile(r"\{(\d[^\[\]{}]*)\}")
_MARK = re.compile(rf"\[((?:[^\[\]{{}}]|{_PAUSE.pattern})*)\]\{{([^\[\]{{}}]*)\}}")
_SECONDS = re.compile(r"\d{1,2}(\.\d{1,3})?\Z")
MAX_PAUSE = 10.0
"""Longest pause between two words, in seconds."""


@dataclass(frozen=True, slots=True)
class MarkupFault:
    """What is wrong with a written form, and where: the offset and width in characters."""

    what: str
    at: int
    width: int


class MarkupError(ValueError):
    """A written form whose marks cannot be read; `faults` says why, in order."""

    def __init__(self, faults: list[MarkupFault]) -> None:
        super().__init__("; ".join(fault.what for fault in faults))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class Word:
    """A shown word with its punctuation, and its span of characters in the spoken text.

    `in_lexicon`: the lexicon decides how it is spoken. `glued`: no space separates it from the word
    before.
    """

    text: str
    spoken_start: int
    spoken_end: int
    in_lexicon: bool = False
    glued: bool = False


@dataclass(frozen=True, slots=True)
class Cue:
    """A named moment: from the start of word `first` to the end of word `last`, counted from 0."""

    name: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Pause:
    """Silence of `length` ticks before word `before`, counted from 0; never before the first."""

    before: int
    length: int


@dataclass(frozen=True, slots=True)
class NarrationText:
    """The narration of a line in its written, shown and spoken forms.

    `words` are those of the shown form. `entries` are the lexicon entries that occur, in order.
    """

    written: str
    shown: str
    spoken: str
    words: tuple[Word, ...]
    cues: tuple[Cue, ...]
    pauses: tuple[Pause, ...] = ()
    entries: tuple[str, ...] = ()

    @property
    def silent(self) -> bool:
        """Whether the line has no narration."""
        return not self.written.strip()


def parse_narration(written: str, lexicon: Mapping[str, str], language: str = "") -> NarrationText:
    """Parse a written form; `lexicon` maps shown words to what is spoken for them.

    Without a `language`, numbers stay as they are written.

    Raises:
        WordingError: for a stray bracket, a bad or repeated cue name, an empty mark, or a pause
            that is no plain number of seconds or does not stand between two words.
    """
    plain, marks, gaps, faults = _strip_marks(written)
    edges = [(start, end) for _, start, end, _ in marks]
    edges += [(gap.position, gap.position) for gap in gaps]
    cut = word_segmentation.spans(plain, language, edges, lexicon)
    pieces = [(plain[start:end], start) for start, end in cut]
    between = [plain[end:start] for (_, end), (start, _) in pairwise(cut)]
    glued = [False, *(not any(map(str.isspace, each)) for each in between)]
    spoken, words, entries = _speak(plain, cut, glued, lexicon, language)
    cues = []
    for name, start, end, at in marks:
        inside = [
            i for i, (text, pos) in enumerate(pieces) if pos < end and pos + len(text) > start
        ]
        if inside:
            cues.append(Cue(name, inside[0], inside[-1]))
        else:
            faults.append(MarkupFault(f"cue “{name}” marks no word", at, len(name) + 4))
    pauses: list[Pause] = []
    for gap in gaps:
        before = sum(pos < gap.position for _, pos in pieces)
        if fault := _pause_fault(gap, before, words, [pause.before for pause in pauses]):
            faults.append(MarkupFault(fault, gap.at, gap.width))
        else:
            pauses.append(Pause(before, ticks(float(gap.seconds))))
    if faults:
        raise MarkupError(sorted(faults, key=lambda fault: fault.at))
    shown = "".join(("" if word.glued else " ") + word.text for word in words).strip()
    return NarrationText(written, shown, spoken, words, tuple(cues), tuple(pauses), entries)


@dataclass(frozen=True, slots=True)
class _PauseMark:
    """A pause as written; `position` is its offset without marks, `at` its offset as written."""

    seconds: str
    position: int
    at: int
    width: int


def _pause_fault(gap: _PauseMark, before: int, words: Sequence[Word], taken: Sequence[int]) -> str:
    """What is wrong with a pause before word `before`, or ""."""
    if not _SECONDS.match(gap.seconds) or not 0 < float(gap.seconds) <= MAX_PAUSE:
        return f"a pause lasts a plain number of seconds up to {MAX_PAUSE:g}, as in {{0.4}}"
    if not before:
        return "a pause stands between two words: give the line before this one a hold instead"
    if before == len(words):
        return "a pause stands between two words: after the last one write hold: instead"
    if before in taken:
        return "two pauses are in the same place: write their sum as one"
    one = words[before - 1]
    two = words[before]
    if one.spoken_start == two.spoken_start:
        return f"a pause cannot separate “{one.text} {two.text}”, which is spoken as one"
    return ""


def _strip_marks(
    written: str,
) -> tuple[str, list[tuple[str, int, int, int]], list[_PauseMark], list[MarkupFault]]:
    plain = ""
    last = 0
    seen = set[str]()
    marks: list[tuple[str, int, int, int]] = []
    gaps: list[_PauseMark] = []
    faults: list[MarkupFault] = []
    for match in _MARK.finditer(written):
        plain = _strip_pauses(written, last, match.start(), plain, gaps, faults)
        name = match.group(3)
        at = match.start(3)
        if not CUE_NAME.match(name):
            what = f"cue name “{name}” is not lower-case letters, digits and hyphens"
            faults.append(MarkupFault(what, at, max(1, len(name))))
        elif name in seen:
            faults.append(MarkupFault(f"cue “{name}” is named twice in this line", at, len(name)))
        seen.add(name)
        begin = len(plain)
        plain = _strip_pauses(written, match.start(1), match.end(1), plain, gaps, faults)
        marks.append((name, begin, len(plain), match.start()))
        last = match.end()
    return _strip_pauses(written, last, len(written), plain, gaps, faults), marks, gaps, faults


def _strip_pauses(
    written: str,
    start: int,
    end: int,
    plain: str,
    gaps: list[_PauseMark],
    faults: list[MarkupFault],
) -> str:
    """`plain` plus the text from `start` to `end` without its pauses, which are added to `gaps`."""
    last = start
    for match in _PAUSE.finditer(written, start, end):
        plain += _check_strays(written, last, match.start(), faults)
        last = match.end()
        around = written[match.start() - 1 : match.start()], written[last : last + 1]
        apart = all(char.isspace() or char in "[]}" for char in around if char)
        if apart or any(map(word_segmentation.is_unspaced, around)):
            gaps.append(_PauseMark(match.group(1), len(plain), match.start(), len(match.group())))
        else:
            what = "a pause stands between two words, with a space on both sides"
            faults.append(MarkupFault(what, match.start(), len(match.group())))
    return plain + _check_strays(written, last, end, faults)


def _check_strays(written: str, start: int, end: int, faults: list[MarkupFault]) -> str:
    text = written[start:end]
    for stray in re.finditer(r"[\[\]{}]", text):
        what = f"stray “{stray.group()}”: mark a moment as [words]{{name}}, a pause as {{0.4}}"
        faults.append(MarkupFault(what, start + stray.start(), 1))
    return text


@dataclass(frozen=True, slots=True)
class _SpokenSpan:
    """What is spoken for a span of the text, and the lexicon entry it comes from, if it does."""

    start: int
    end: int
    spoken: str
    entry: str = ""


def _speak(
    plain: str,
    cut: list[tuple[int, int]],
    glued: list[bool],
    lexicon: Mapping[str, str],
    language: str,
) -> tuple[str, tuple[Word, ...], tuple[str, ...]]:
    """The spoken text, the shown words with their spans in it, and the lexicon entries used.

    Words of the same form or entry share the span of what is spoken for them.
    """
    forms = _spoken_spans(plain, lexicon, language)
    spoken = ""
    words: list[Word] = []
    at = 0
    while at < len(cut):
        last = at
        inside = []
        for form in forms:
            if form.start < cut[last][1] and form.end > cut[at][0]:
                inside.append(form)
                while form.end > cut[last][1]:
                    last += 1
        start = cut[at][0]
        end = cut[last][1]
        if inside:
            said = _speak_span(plain, start, end, inside)
        else:
            said = _speak_word(plain[start:end], any(glued[at : at + 2]), language)
        spoken += " " if spoken and not glued[at] else ""
        listed = any(form.entry for form in inside)
        for index in range(at, last + 1):
            text = plain[cut[index][0] : cut[index][1]]
            span = (len(spoken), len(spoken) + len(said))
            words.append(Word(text, *span, listed, glued[index]))
        spoken += said
        at = last + 1
    return spoken, tuple(words), tuple(form.entry for form in forms if form.entry)


def _spoken_spans(plain: str, lexicon: Mapping[str, str], language: str) -> list[_SpokenSpan]:
    """What is not spoken as written, in order; lexicon entries take precedence."""
    forms = []
    for start, end, entry in find_entries(plain, lexicon):
        said = lexicon[entry]
        if entry.endswith(".") and said[-1:] not in ".!?…":
            said = end_sentence(plain, end, said, language)
        forms.append(_SpokenSpan(start, end, said, entry))
    if language:
        taken = [(form.start, form.end) for form in forms]
        others = find_spoken_forms(plain, language, taken)
        forms += [_SpokenSpan(form.start, form.end, form.spoken) for form in others]
    return sorted(forms, key=lambda form: form.start)


def _speak_span(plain: str, start: int, end: int, forms: list[_SpokenSpan]) -> str:
    """The text from `start` to `end` with its forms as spoken; hyphens between words go."""
    said = ""
    at = start
    for form in [*forms, _SpokenSpan(end, end, "")]:
        between = plain[at : form.start]
        for offset, char in enumerate(between, at):
            inner = start < offset < end - 1 and not plain[offset + 1].isspace()
            said += " " if char == "-" and inner and not plain[offset - 1].isspace() else char
        said += form.spoken
        at = max(at, form.end)
    return " ".join(said.replace(word_segmentation.ZERO_WIDTH, "").split())


def _speak_word(text: str, among_letters: bool, language: str) -> str:
    """A word outside of all forms; in text without spaces it may be a number."""
    inner = strip_punctuation(text)
    if among_letters and language and any(map(str.isdigit, inner)):
        number = numbers.number_in_words(inner, language)
        return text.replace(inner, number) if number else text
    return text


def strip_punctuation(text: str) -> str:
    """A word without the punctuation around it."""
    return text[len(_leading_punctuation(text)) : len(text) - len(_trailing_punctuation(text))]


def _leading_punctuation(text: str) -> str:
    return re.match(r"[^\w~+]*", text).group() if re.search(r"\w", text) else ""  # type: ignore[union-attr]


def _trailing_punctuation(text: str) -> str:
    return re.search(r"[^\w%+]*$", text).group() if re.search(r"\w", text) else ""  # type: ignore[union-attr]
