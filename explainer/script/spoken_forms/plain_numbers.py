"""Plain numbers, ranges, and signs before or between numbers: finds and says them in words."""

from __future__ import annotations

import re
from decimal import Decimal

from explainer.script import numbers
from explainer.script.grammar.amounts import english_halves
from explainer.script.grammar.genders import gender_before
from explainer.script.spoken_forms.amounts import VULGAR_FRACTIONS
from explainer.script.spoken_forms.finder import GAP, MINUS_SIGNS, FormFinder, form_pattern

_YEAR_LEADERS = frozenset(("in", "since", "until", "by", "before", "after", "year"))


def find_signs(finder: FormFinder) -> None:
    """Signs before a number, and between two: −5, ±2, ~20, ≥ 3, § 5, #1, 3 × 4."""
    words = finder.words
    if words.minus:
        leading = rf"(?<![\w)\]°%])[{MINUS_SIGNS}](?=[$£€¥]?(?:NUM|[{VULGAR_FRACTIONS}]))"
        negative = rf"{leading}|(?<!\w)−(?=GAP?\d)|(?<=\d)GAP?−(?=GAP?\d)"
        ends = {end for end, _ in finder.numbers.values()}
        for found in form_pattern(negative).finditer(finder.text):
            start, end = found.span()
            if start in ends and "−" not in found[0]:
                continue  # “7 a.m.-9 p.m.”
            said = words.minus + ("" if finder.text[end : end + 1].isspace() else " ")
            lead = (
                " "
                if start
                and not finder.text[start - 1].isspace()
                and finder.text[start - 1].isalnum()
                else ""
            )
            if finder.text[start].isspace():
                start += 1
                lead = ""
            finder.claim(start, end, lead + said)
    for sign, said in words.before.items():
        for found in form_pattern(
            rf"(?<![\w{re.escape(sign)}]){re.escape(sign)}(?=GAP?[{MINUS_SIGNS}+]?\d)"
        ).finditer(finder.text):
            space = "" if finder.text[found.end()].isspace() else " "
            finder.claim(*found.span(), said + space)
    for sign, said in words.between.items():
        for found in form_pattern(
            rf"(?<=[\d%°]){re.escape(sign)}(?=[{MINUS_SIGNS}+]?\d)|(?<=\s){re.escape(sign)}(?=\s[{MINUS_SIGNS}+]?\d)"
        ).finditer(finder.text):
            spaced = finder.text[found.start() - 1].isspace()
            finder.claim(*found.span(), said if spaced else f" {said} ")


def find_plain_numbers(finder: FormFinder) -> None:
    """Numbers that stand for themselves, years among them."""
    for found in form_pattern(r"(?<![\w.,:/])(NUM)(?!\w|[.,:/'’]\d)").finditer(finder.text):
        value = finder.value(found[1])
        if value is None:
            continue
        said = numbers.number_in_words(found[1], finder.language) if found[1].isascii() else None
        said = said or finder.cardinal(value)
        if finder.main == "en" and re.fullmatch(r"10[1-9]\d", found[1]):
            leader = finder.word_before(found.start()).lower()
            said = english_halves(int(found[1])) if leader in _YEAR_LEADERS else said
        noun = finder.word_after(found.end())
        gender = gender_before(value, noun, finder.main, counted=False)
        if _is_label(finder, found, value):
            gender = ""
        if gender and said and finder.text[found.end() : found.end() + 1].isspace():
            said = finder.cardinal(value, gender) or said
        finder.number(*found.span(), said, value)
    # the number in “10-year”, “CD-4”, “5mg”: what stands beside it has no space
    for found in form_pattern(
        r"(?<![\d.,:/])(?<![^\W\d_])(?<=-)(\d{1,9})(?![\w]|[.,:/]\d)"
    ).finditer(finder.text):
        finder.claim(*found.span(), numbers.number_in_words(found[1], finder.language))


def _is_label(finder: FormFinder, found: re.Match[str], value: Decimal) -> bool:
    """Whether a number names something, as in “capítulo 1” and “en 2021”, and counts nothing."""
    before = finder.word_before(found.start())
    if finder.main == "de":
        return before[:1].isupper() and before.lower() not in finder.words.openers
    if before.lower() in finder.words.labels:
        return True
    noun = finder.word_after(found.end())
    return value != 1 and not noun.endswith(("s", "x"))


def find_ranges(finder: FormFinder) -> None:
    """What stands between the ends of a range: 15–20, 15-20 %, 8:00–9:00, 3.–5. Mai."""
    to = numbers.RANGE_WORDS.get(finder.main)
    if not to:
        return
    ends = {end: start for start, (end, _) in finder.numbers.items()}
    for found in form_pattern(r"(GAP?)([–-])(GAP?)").finditer(finder.text):
        left = ends.get(found.start())
        right = finder.numbers.get(found.end())
        if left is None or right is None or bool(found[1]) != bool(found[3]):
            continue
        dash = found.start(2)
        if found[2] == "-":
            low = finder.numbers[left][1]
            high = right[1]
            phone = right[0] - found.end() == 4 and found.start() - left == 3
            chained = (
                phone
                or finder.text[right[0] : right[0] + 1] == "-"
                or finder.text[left - 1 : left] == "-"
            )
            ordered = low is None and high is None  # times of day, dates
            if low is not None and high is not None:
                ordered = low < high
            if chained or found[1] or not ordered:
                continue
        elif found[1] and not _counted(finder, right[0]):
            continue  # “in 1998 – 20 years later”
        finder.claim(dash, dash + 1, to if found[1] else f" {to} ")


def _counted(finder: FormFinder, end: int) -> bool:
    """Whether a unit is behind a number."""
    after = re.match(GAP + "?", finder.text[end:])
    return bool(after) and end + after.end() in finder.numbers  # type: ignore[union-attr]
