"""Dates, months, times of day and decades: finds them and says them in words."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal

from explainer.script import numbers
from explainer.script.grammar.amounts import english_decade
from explainer.script.grammar.dates import (
    abbreviated_months,
    date_in_words,
    has_month_first,
    month_names,
    time_in_words,
)
from explainer.script.spoken_forms.finder import (
    BEFORE_FORM,
    GAP,
    FormFinder,
    compiled_pattern,
    form_pattern,
)

_SURE_MONTHS = frozenset(["Feb", "Febr", "Aug", "Sep", "Sept", "Oct", "Okt", "Nov", "Dec", "Dez"])


def find_dates(finder: FormFinder) -> None:
    """Dates in figures: 21.06.2024, 2024-06-21, 6/21/2024."""
    shapes = (
        rf"{BEFORE_FORM}(?:(\d{{4}})-(\d\d)-(\d\d)|(\d\d?)([./-])(\d\d?)\5(\d{{4}}))(?!\w|[-/.]\d)"
    )
    for found in form_pattern(shapes).finditer(finder.text):
        if found[1]:
            year = int(found[1])
            month = int(found[2])
            day = int(found[3])
        else:
            first = int(found[4])
            second = int(found[6])
            year = int(found[7])
            month_first = found[5] == "/" and has_month_first(finder.language)
            if month_first and first > 12:
                month_first = False
            elif not month_first and second > 12 and found[5] == "/":
                month_first = True
            month, day = (first, second) if month_first else (second, first)
        finder.claim(found.start(), found.end(), _date(finder, found.start(), day, month, year))
    if finder.main == "de":
        for found in form_pattern(rf"{BEFORE_FORM}(\d\d?)\.GAP?(\d\d?)\.(?!\d)").finditer(
            finder.text
        ):
            if finder.word_before(found.start()).lower() in finder.words.date_leaders:
                said = _date(finder, found.start(), int(found[1]), int(found[2]), 0)
                finder.claim(found.start(), found.end(), said and finder.closed(found.end(), said))


def _date(finder: FormFinder, at: int, day: int, month: int, year: int) -> str | None:
    try:
        written = date_in_words(datetime.datetime(year or 2000, month, day, 12), finder.language)
    except ValueError:
        return None
    if not written:
        return None
    if not year:
        written = written.replace("2000", "").strip()
    # the date in full is a text with forms of its own, such as an ordinal and a year
    before = finder.word_before(at)
    prefix = f"{before} " if before else ""
    inner = finder.find_in(prefix + written)
    said = ""
    last = len(prefix)
    for form in inner:
        if form.start < len(prefix):
            continue
        said += (prefix + written)[last : form.start] + form.spoken
        last = form.end
    said += (prefix + written)[last:]
    return None if re.search(r"\d", said) else said.replace(",", "")


def find_named_dates(finder: FormFinder) -> None:
    """English dates with a month's name: May 3, 3 May, Jan. 5th."""
    if finder.main != "en":
        return
    names = "|".join(sorted(map(re.escape, month_names("en")), key=len, reverse=True))
    day = r"(3[01]|[12]\d|0?[1-9])"
    for found in form_pattern(rf"\b({names})(\.?)GAP+{day}(?![\w%]|[.,:/]\d|GAP+\d{{3}})").finditer(
        finder.text
    ):
        after = finder.word_after(found.end())
        if after and after.islower() and after not in finder.words.openers and not found[2]:
            continue  # “In March 3 people came”
        finder.number(found.start(3), found.end(3), numbers.ordinal(int(found[3]), "en"), None)
    for found in form_pattern(rf"{BEFORE_FORM}{day}GAP+({names})\b").finditer(finder.text):
        the = "" if finder.word_before(found.start()).lower() == "the" else "the "
        place = numbers.ordinal(int(found[1]), "en")
        finder.number(found.start(1), found.end(1), place and f"{the}{place} of", None)


def find_short_months(finder: FormFinder) -> None:
    """Shortened names of months: Jan., Sept."""
    for short, name in abbreviated_months(finder.language).items():
        for found in form_pattern(rf"\b{re.escape(short)}\.(?!\w)").finditer(finder.text):
            number = re.match(r"\s*\d", finder.text[found.end() :])
            if not number and not _is_month(finder, found, short):
                continue  # “Ich heiße Jan.”, “el mar.”
            finder.claim(*found.span(), name if number else finder.closed(found.end(), name))


def _is_month(finder: FormFinder, found: re.Match[str], short: str) -> bool:
    """Whether a shortened month that no number follows is one: it may be a word or a name."""
    if re.search(r"\d(?:\.|st|nd|rd|th)?\s*(?:de\s+)?\Z", finder.text[: found.start()]):
        return True
    if finder.word_before(found.start()).lower() in finder.words.month_leaders:
        return True
    return finder.main in ("en", "de") and short in _SURE_MONTHS


def find_times(finder: FormFinder) -> None:
    """Times of day: 8:15, 8:15 Uhr, 8.15 Uhr, 8 pm, 20h30."""
    part = r"(?:GAP?([aApP])(?:\.GAP?[mM]\.|[mM]\b))"
    behind = r"GAP?(Uhr|h|hrs?|horas?|heures?)\b\.?"
    hours = r"(?<![\w.,:/])([01]?\d|2[0-4])"
    minutes = r"([:.hH]|GAP?hGAP?)([0-5]\d)(?![\w]|[.,:/]\d|%)"
    clock = rf"{hours}{minutes}(?:{part}|{behind})?"
    for found in form_pattern(clock).finditer(finder.text):
        mark = found[2].strip("\u00a0\u2009\u202f ")
        said = found[5] or ""
        if mark == "." and not (said or found[4]):
            continue  # 8.15 is a number or a date
        if mark == ":" and not (said or found[4]) and not _is_time(finder, found):
            continue
        if mark in "hH" and finder.main not in ("fr", "es", "pt", "it"):
            continue
        end = found.end()
        if found[0].endswith(".") and said:
            end -= 1
        half = (found[4] or "").upper()
        if half and finder.main not in ("en", "es"):
            half = ""
            end = found.end(3)
        spoken = time_in_words(int(found[1]), int(found[3]), half, finder.main, bool(said))
        if spoken and half and found[0].endswith("."):
            spoken = finder.closed(end, spoken)
        finder.number(found.start(), end, spoken, None)
    if finder.main == "en":
        for found in form_pattern(rf"{BEFORE_FORM}(1[0-2]|[1-9]){part}").finditer(finder.text):
            spoken = time_in_words(int(found[1]), -1, found[2].upper(), "en")
            if spoken and found[0].endswith("."):
                spoken = finder.closed(found.end(), spoken)
            finder.number(found.start(), found.end(), spoken, None)
    if finder.main == "de":
        for found in form_pattern(r"(?<![\w.,:/])1(?=GAP+Uhr\b)").finditer(finder.text):
            finder.number(*found.span(), "ein", Decimal(1))


def _is_time(finder: FormFinder, found: re.Match[str]) -> bool:
    """Whether 8:15 is a time of day where it stands, and not a ratio."""
    before = re.findall(r"\w+", finder.text[max(0, found.start() - 40) : found.start()].lower())
    if finder.words.ratio_leaders & {*before[-2:]} or _GROUP_OF_THREE.match(
        finder.text, found.end()
    ):
        return False
    return found[1] != "1" or (before[-1:] != [] and before[-1] in finder.words.time_leaders)


_GROUP_OF_THREE = compiled_pattern(rf"{GAP}\d{{3}}(?!\d)", 0)


def find_decades(finder: FormFinder) -> None:
    """Decades: 1980s, the ’80s, 1980er, 90er."""
    if finder.main == "en":
        for found in form_pattern(r"(?<![\w.,])['’]?((?:1[0-9]|20)?\d0)['’]?s\b").finditer(
            finder.text
        ):
            finder.claim(*found.span(), english_decade(int(found[1])))
    elif finder.main == "de":
        for found in form_pattern(r"(?<![\w.,])((?:1[0-9]|20)?\d0)er(n?)\b").finditer(finder.text):
            said = numbers.year(int(found[1]), "de")
            finder.claim(*found.span(), said and f"{said}er{found[2]}")
