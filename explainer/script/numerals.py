"""Numbers as they are spoken: a written number and a language in, its words out."""

from __future__ import annotations

import re
from decimal import Decimal

_SIGNS = {
    "en": {"%": "percent", "–": "to"},
    "es": {"%": "por ciento", "–": "a"},
    "de": {"%": "Prozent", "–": "bis"},
    "fr": {"%": "pour cent", "–": "à"},
    "it": {"%": "per cento", "–": "a"},
    "pt": {"%": "por cento", "–": "a"},
}
_POINT_DECIMALS = {"en", "he", "ja", "ko", "th", "zh"}
"""Languages that write 20,000.5; the others write 20.000,5."""
_YEARS = {"en": range(1100, 2000), "de": range(1100, 2000)}
"""Numbers of four digits that are read in two halves, as years are."""
_LONGEST = 15
_UNSAFE = {"am"}
"""Languages for whose larger numbers num2words finds no end of words."""


def spoken(written: str, language: str) -> str | None:
    """The words for `20,000`, `0.48`, `37%`, `15–20`, `1998` or (in English) `3rd`.

    None if it is not a number as the language writes one, or its words are not known: an engine
    then reads the digits in its own way.
    """
    main = language.lower().partition("-")[0]
    signs = _SIGNS.get(main, {})
    body, percent = written, ""
    if written.endswith("%") and signs:
        body, percent = written[:-1], f" {signs['%']}"
    if "–" in body and "–" in signs:
        ends = [spoken(end, language) for end in body.split("–")]
        return f" {signs['–']} ".join(filter(None, ends)) + percent if all(ends) else None
    if main == "en" and (ordinal := re.fullmatch(r"(\d{1,4})(?:st|nd|rd|th)", body)):
        return _words(Decimal(ordinal[1]), main, "ordinal")
    number = _value(body, *((",", ".") if main in _POINT_DECIMALS else (".", ",")))
    if number is None:
        return None
    year = body.isdecimal() and int(body) in _YEARS.get(main, ()) and not percent
    words = _words(number, main, "year" if year else "cardinal")
    return words and words + percent


def _value(body: str, thousands: str, point: str) -> Decimal | None:
    """The number that is written, if it is one."""
    group, dot = re.escape(thousands), re.escape(point)
    # 007 and 12345678901234567890 are codes rather than amounts
    whole = rf"(?:0|[1-9]\d{{0,2}}(?:{group}\d{{3}})+|[1-9]\d*)"
    if not body.isascii() or len(body) > _LONGEST or not re.fullmatch(rf"{whole}({dot}\d+)?", body):
        return None
    return Decimal(body.replace(thousands, "").replace(point, "."))


def _words(number: Decimal, language: str, kind: str) -> str | None:
    from num2words import num2words  # slow to load, and few lines have digits

    if language in _UNSAFE:
        return None
    whole = number == number.to_integral_value()
    try:
        said = str(num2words(int(number) if whole else number, lang=language, to=kind))
    except (NotImplementedError, ArithmeticError, LookupError, TypeError, ValueError):
        return None  # what a language lacks, num2words says in many ways
    said = said.replace(",", "")
    # num2words says “punto” for what is written as a comma
    return said.replace(" punto ", " coma ") if language == "es" else said
