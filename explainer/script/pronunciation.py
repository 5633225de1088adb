"""Words that voices are likely to misread: a line's narration in, the words and why out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from explainer.errors import Problem, SourceLocation, command
from explainer.script import numbers
from explainer.script.narration_text import NarrationText, strip_punctuation
from explainer.script.word_segmentation import ZERO_WIDTH

_UNIT_LIST = "M mM µM μM nM pM kb Mb Gb kbp bp U IU dB rpm G Ci cpm"
_UNITS = frozenset(_UNIT_LIST.split())
"""Units without a name in CLDR, or with two meanings."""
_MARK = re.compile(r"\[|\]\{[^\[\]{}]*\}|\{[^\[\]{}]*\}")


def warnings(
    said: NarrationText, language: str, phonemes: Mapping[str, Mapping[str, str]]
) -> list[tuple[str, str]]:
    """Each doubtful word once, and why; words in the lexicon or the phonemes are not doubtful."""
    found: dict[str, str] = {}
    known = {word.lower() for words in phonemes.values() for word in words}
    bare = [strip_punctuation(word.text) for word in said.words]
    for i, word in enumerate(said.words):
        if word.in_lexicon or bare[i].lower() in known:
            continue
        spoken = said.spoken[word.spoken_start : word.spoken_end]
        if i and _is_unit(said, i) and bare[i] in spoken:
            found.setdefault(f"{bare[i - 1]} {bare[i]}", "a number with a unit")
        elif _is_abbreviation(said, i, spoken):
            found.setdefault(bare[i] + ".", "an abbreviation")
        elif why := _reason(word.text, spoken, language):
            found.setdefault(bare[i] or word.text, why)
        elif word.text == spoken and spoken in ("-", "–", "−") and _between_numbers(said, i):
            dash = f"{bare[i - 1]} {word.text} {bare[i + 1]}"
            found.setdefault(dash, "a dash between numbers, which is not said")
    return list(found.items())


def written_span(said: NarrationText, words: str) -> tuple[int, int]:
    """Offset and width in the written form of the first occurrence of doubtful words."""
    parts = words.split(" ")
    spans = _written_spans(said)
    for i in range(len(said.words) - len(parts) + 1):
        texts = [word.text for word in said.words[i : i + len(parts)]]
        if all(
            part in (strip_punctuation(text), text) for part, text in zip(parts, texts, strict=True)
        ):
            inner = said.written.find(parts[0], *spans[i])
            start = inner if inner >= 0 else spans[i][0]
            last = said.written.find(parts[-1], *spans[i + len(parts) - 1])
            end = last + len(parts[-1]) if last >= 0 else spans[i + len(parts) - 1][1]
            return start, end - start
    return 0, 1


def _written_spans(said: NarrationText) -> list[tuple[int, int]]:
    """The span of each word in the written form, including marks inside it."""
    marked = {at for mark in _MARK.finditer(said.written) for at in range(*mark.span())}
    places = [
        at
        for at, char in enumerate(said.written)
        if at not in marked and not char.isspace() and char != ZERO_WIDTH
    ]
    spans = []
    used = 0
    for word in said.words:
        size = len(word.text)
        spans.append((places[used], places[used + size - 1] + 1))
        used += size
    return spans


def warning(word: str, why: str, place: SourceLocation) -> Problem:
    """The warning about a doubtful word."""
    return Problem(
        f"“{word}” may be misread: it is {why}",
        place,
        f"say how under lexicon:, as in {word}: spoken words; hear it with: {command('say')}",
    )


def _is_unit(said: NarrationText, i: int) -> bool:
    """Whether word `i` may be a unit of the number right before it."""
    text = said.words[i].text
    before = said.words[i - 1].text
    if strip_punctuation(text) not in _UNITS or not re.search(r"\d%?\Z", before):
        return False
    following = said.words[i + 1].text if i + 1 < len(said.words) else ""
    return not (text.endswith(".") and following[:1].isupper())  # M. Curie


def _is_abbreviation(said: NarrationText, i: int, spoken: str) -> bool:
    """Whether a word has a full stop that ends no sentence, and is spoken as written."""
    shortened = re.fullmatch(r"\W*(?!(?:\w\.)+\W*\Z)[^\W\d_][\w.]+\.([,;:]?)", said.words[i].text)
    if i + 1 == len(said.words) or not shortened:
        return False
    comma = shortened[1] != "" and spoken.endswith(f".{shortened[1]}")
    return comma or (spoken.endswith(".") and said.words[i + 1].text[0].islower())


def _between_numbers(said: NarrationText, i: int) -> bool:
    """Whether word `i` is between two numbers."""
    around = said.words[max(0, i - 1) : i + 2]
    return len(around) == 3 and bool(
        re.search(r"\d\Z", around[0].text) and re.match(r"\d", around[2].text)
    )


def _reason(text: str, spoken: str, language: str) -> str:
    if re.search(r"[A-Za-z]\d|\d[A-Za-z]", spoken):
        return "letters with digits"
    if re.search(r"\d", spoken):
        return "a number that has no words in this language"
    date = re.search(r"(?<!\d)(0?\d|1[0-2])/(0?\d|1[0-2])/\d{4}", text)
    if language.lower() == "en" and date and date[1] != date[2]:
        return "read with the month first, as in American English (en-GB has the day first)"
    to = numbers.RANGE_WORDS.get(language.lower().partition("-")[0], "")
    dated = re.search(r"\d{4}-\d\d-\d\d|\d-\d\d?-\d{4}", text)
    if re.search(r"\d-\d", text) and f" {to} " not in spoken and not dated:
        return "a hyphen between numbers, which is not said"
    if re.search(r"[\u0370-\u03ff\u1f00-\u1fff]", spoken) and language.split("-")[0] != "el":
        return "Greek letters"
    if re.search(r"(?<![^\W_])[A-Z]{2,}s?(?![^\W_])|[a-z][A-Z]", spoken):
        return "an acronym"
    if re.search(r"[~≈∼±×·÷→←<>≤≥=^°+µ&§†@#№_\\|%‰$€£¥¼-¾⅐-⅞²³¹\u2070-\u2089−∞√∑∆]", spoken):
        return "a sign"
    if any(unicodedata.category(char) in ("Sc", "Sm", "So") for char in spoken):
        return "a sign"
    if re.search(r"[-–−][.,]?\d", text) and re.match(r"\W*[-–−]", spoken):
        return "a sign"
    return ""
