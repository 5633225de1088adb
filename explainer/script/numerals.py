"""Numbers as they are spoken: a written number and a language in, its words out.

num2words spells most of them; ICU's spell-out rules (CLDR) those that take a case or a gender.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

_SIGNS = {
    "en": {"%": "percent", "–": "to"},
    "es": {"%": "por ciento", "–": "a"},
    "de": {"%": "Prozent", "–": "bis"},
    "fr": {"%": "pour cent", "–": "à"},
    "it": {"%": "per cento", "–": "a"},
    "pt": {"%": "por cento", "–": "a"},
}
RANGE_WORDS = {main: signs["–"] for main, signs in _SIGNS.items()}
"""What stands between the ends of a range."""
_POINT_DECIMALS = {"en", "he", "ja", "ko", "th", "zh"}
"""Languages that write 20,000.5; the others write 20.000,5."""
_POINT_REGIONS = {"419", "CH", "DO", "GT", "HN", "LI", "MX", "NI", "PA", "PE", "PR", "SV", "US"}
"""Where Spanish and German are written with a decimal point (CLDR 48)."""
SPACES = " \u00a0\u2009\u202f"
"""What may stand between groups of three digits: a space of any kind."""
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
    main = _main(language)
    signs = _SIGNS.get(main, {})
    body, percent = written, ""
    if written.endswith("%") and signs:
        body, percent = written[:-1], f" {signs['%']}"
    if "–" in body and "–" in signs:
        ends = [spoken(end, language) for end in body.split("–")]
        return f" {signs['–']} ".join(filter(None, ends)) + percent if all(ends) else None
    if main == "en" and (place := re.fullmatch(r"(\d{1,4})(?:st|nd|rd|th)", body)):
        return _words(Decimal(place[1]), main, "ordinal")
    number = value(body, language)
    if number is None:
        return None
    year = body.isdecimal() and int(body) in _YEARS.get(main, ()) and not percent
    words = _words(number, main, "year" if year else "cardinal")
    return words and words + percent


def value(body: str, language: str) -> Decimal | None:
    """The number that is written, if it is one; its groups of three may stand apart."""
    main, *rest = language.split("-")
    point = main.lower() in _POINT_DECIMALS or bool(
        _POINT_REGIONS & {part.upper() for part in rest}
    )
    if point and main.lower() in ("es", "de") and re.fullmatch(r"\d+,(\d{1,2}|\d{4,})", body):
        point = False  # what can be no group of three
    thousands, mark = (",", ".") if point else (".", ",")
    if main.lower() == "de" and point:
        body = re.sub("(?<=\\d)['’](?=\\d{3})", ",", body)
    return _value(body, thousands, mark)


def _value(body: str, thousands: str, point: str) -> Decimal | None:
    group, dot = re.escape(thousands), re.escape(point)
    # 007 and 12345678901234567890 are codes rather than amounts
    whole = (
        rf"(?:0|[1-9]\d{{0,2}}(?:{group}\d{{3}})+|[1-9]\d{{0,2}}(?:[{SPACES}]\d{{3}})+|[1-9]\d*)"
    )
    if len(body) > _LONGEST or not re.fullmatch(rf"{whole}({dot}\d+)?", body, re.ASCII):
        return None
    return Decimal(re.sub(f"[{SPACES}{group}]", "", body).replace(point, "."))


def cardinal(number: Decimal, language: str, gender: str = "") -> str | None:
    """A number in words; with a `gender`, as it stands before a noun: `ein`, `una`, `veintiún`."""
    if gender and number == number.to_integral_value():
        return _spell(int(number), language, f"%spellout-cardinal-{gender}")
    return _words(number, _main(language), "cardinal")


def year(number: int, language: str) -> str | None:
    """A year in words."""
    main = _main(language)
    return _words(Decimal(number), main, "year" if number in _YEARS.get(main, ()) else "cardinal")


def ordinal(number: int, language: str, form: str = "") -> str | None:
    """A number's place in an order, in words.

    `form` is `masculine`, `feminine` or `masculine-adjective`, in German the ending after `e`:
    `n`, `r`, `s`, `m` or none.
    """
    main = _main(language)
    if main == "en":
        return _words(Decimal(number), main, "ordinal")
    if main == "de":
        return _spell(number, language, f"%spellout-ordinal{form and '-' + form}")
    return _spell(number, language, f"%spellout-ordinal-{form or 'masculine'}")


@lru_cache(maxsize=1024)
def _spell(number: int, language: str, rules: str) -> str | None:
    from icu4py.messageformat import MessageFormat  # few lines need it

    if abs(number) >= 10**_LONGEST:
        return None
    pattern = MessageFormat(f"{{n,spellout,{rules}}}", language.replace("-", "_"))
    said = pattern.format({"n": number}).replace("\u00ad", "")
    return None if re.search(r"\d", said) else said


def _main(language: str) -> str:
    return language.lower().partition("-")[0]


@lru_cache(maxsize=1024)
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
