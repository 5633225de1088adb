"""Dates, months and times of day in words."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from functools import cache, lru_cache

from explainer.script import icu, numbers


@cache
def has_month_first(language: str) -> bool:
    """Whether dates are written with the month first, as 6/21/2024."""
    written = _format_date(datetime.datetime(2024, 6, 21, 12), "yMd", language)
    return written.startswith("6")


@lru_cache(maxsize=256)
def date_in_words(date: datetime.datetime, language: str) -> str:
    """A date with its month's name, as the language orders it."""
    return _format_date(date, "yMMMMd", language)


@cache
def month_names(language: str) -> dict[str, int]:
    """The number of each month by its name in a date, in full and abbreviated."""
    found = {}
    for language_tag in dict.fromkeys((language, f"{language.partition('-')[0]}-GB", language)):
        for shape in ("MMMMd", "MMMd"):
            for month in range(1, 13):
                written = _format_date(datetime.datetime(2024, month, 20, 12), shape, language_tag)
                name = re.sub(r"[\d\W]*\d+\W*(de )?|\W+\Z", "", written)
                found[name] = month
    return found


@cache
def abbreviated_months(language: str) -> dict[str, str]:
    """The full names of months by the abbreviated ones, which are without their full stop."""
    full = {number: name for name, number in reversed(month_names(language).items())}
    for name, number in month_names(language).items():
        full[number] = max(full[number], name, key=len)
    return {
        name: full[number]
        for name, number in month_names(language).items()
        if len(name) < len(full[number]) and len(name) > 2
    }


def _format_date(date: datetime.datetime, skeleton: str, language: str) -> str:
    return icu.formatted(f"date,::{skeleton}", date, language) or ""


_SPANISH_HALVES = {"": "", "A": " de la mañana", "P": " de la tarde"}


def time_in_words(hour: int, minute: int, half: str, main: str, hours: bool = False) -> str | None:
    """A time of day in words; `half` is A or P in English, and `minute` -1 where none is said.

    `hours` says that the word for hours is written behind it.
    """
    if main not in ("en", "de", "es", "fr"):
        return None
    feminine = "feminine" if main in ("es", "fr") else ""
    said = numbers.cardinal(Decimal(hour), main, feminine)
    minutes = numbers.cardinal(Decimal(max(minute, 0)), main)
    if not (said and minutes):
        return None
    if main == "en":
        if minute == 0:
            minutes = "" if half else "o'clock" if 0 < hour < 13 else "hundred"
        elif minute < 10:
            minutes = f"oh {minutes}"
        parts = [said, minutes if minute >= 0 else "", half and f"{half} M"]
        return " ".join(part for part in parts if part)
    if main == "de":
        said = "ein" if hour == 1 else said
        return f"{said} Uhr" + (f" {minutes}" if minute else "")
    if main == "es":
        if not minute:
            said = f"{said} horas" if hours or (hour > 12 and not half) else said
            return said + _SPANISH_HALVES[half]
        said = f"{said} {minutes}" if hour > 12 else f"{said} y {minutes}"
        return said + _SPANISH_HALVES[half]
    name = "heure" if hour < 2 else "heures"
    return f"{said} {name}" + (f" {minutes}" if minute else "")
