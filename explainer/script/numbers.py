"""Says numbers in words: a written number and a language in, its words out.

num2words spells most of them; ICU's spell-out rules (CLDR) those that take a case or a gender.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from explainer.script import icu

_SIGNS = {
    "en": {"%": "percent", "–": "to"},
    "es": {"%": "por ciento", "–": "a"},
    "de": {"%": "Prozent", "–": "bis"},
    "fr": {"%": "pour cent", "–": "à"},
    "it": {"%": "per cento", "–": "a"},
    "pt": {"%": "por cento", "–": "a"},
}
RANGE_WORDS = {main: signs["–"] for main, signs in _SIGNS.items()}
"""The word between the ends of a range, by language."""
_POINT_WORDS = {"en": "point", "es": "coma", "de": "Komma", "fr": "virgule", "it": "virgola"}
_POINT_WORDS |= {"pt": "vírgula", "nl": "komma"}
_POINT_DECIMALS = {"en", "he", "ja", "ko", "th", "zh"}
"""Languages that write 20,000.5; the others write 20.000,5."""
_POINT_REGIONS = {"419", "CH", "DO", "GT", "HN", "LI", "MX", "NI", "PA", "PE", "PR", "SV", "US"}
"""Where Spanish and German are written with a decimal point (CLDR 48)."""
SPACES = " \u00a0\u2009\u202f"
"""Spaces that may separate groups of three digits."""
_YEARS = {"en": range(1100, 2000), "de": range(1100, 2000)}
"""Numbers of four digits that are read in two halves, like years."""
_LONGEST = 15
MAX_DECIMALS = 9
"""Most decimals that ICU is asked to spell; with 13 its Polish rules never end."""
_UNSAFE = {"am"}
"""Languages in which num2words never ends for larger numbers."""


def number_in_words(written: str, language: str) -> str | None:
    """The words for `20,000`, `0.48`, `37%`, `15–20`, `1998` or (in English) `3rd`.

    None if it is not a number as the language writes one, or its words are not known: an engine
    then reads the digits in its own way.
    """
    main = _main(language)
    signs = _SIGNS.get(main, {})
    body = written
    percent = ""
    if written.endswith("%") and signs:
        body = written[:-1]
        percent = f" {signs['%']}"
    if "–" in body and "–" in signs:
        ends = [number_in_words(end, language) for end in body.split("–")]
        return f" {signs['–']} ".join(filter(None, ends)) + percent if all(ends) else None
    if main == "en" and (place := re.fullmatch(r"(\d{1,4})(?:st|nd|rd|th)", body)):
        return _words(Decimal(place[1]), main, "ordinal")
    number = parse_number(body, language)
    if number is None:
        return None
    year = body.isdecimal() and int(body) in _YEARS.get(main, ()) and not percent
    # a decimal comma is said as a comma, also where a point is usual
    tag = main if main == "es" and re.search(r",(\d{1,2}|\d{4,})\Z", body) else language
    words = _words(number, tag, "year" if year else "cardinal")
    return words and words + percent


def parse_number(body: str, language: str) -> Decimal | None:
    """The number that is written, or None; groups of three digits may be separated."""
    main = _main(language)
    point = _has_point(language)
    if point and main in ("es", "de") and re.fullmatch(r"\d+,(\d{1,2}|\d{4,})", body):
        point = False  # no group of three digits follows the comma
    thousands, mark = (",", ".") if point else (".", ",")
    if main == "de" and point:
        body = re.sub("(?<=\\d)['’](?=\\d{3})", ",", body)
    return _value(body, thousands, mark)


def _has_point(language: str) -> bool:
    """Whether the language, in its region, is written with a decimal point."""
    main, *rest = language.split("-")
    regions = {part.upper() for part in rest}
    return main.lower() in _POINT_DECIMALS or bool(_POINT_REGIONS & regions)


def _value(body: str, thousands: str, point: str) -> Decimal | None:
    group = re.escape(thousands)
    dot = re.escape(point)
    # numbers such as 007 and 12345678901234567890 are codes rather than amounts
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
    return _words(number, language, "cardinal")


def year(number: int, language: str) -> str | None:
    """A year in words."""
    main = _main(language)
    return _words(Decimal(number), main, "year" if number in _YEARS.get(main, ()) else "cardinal")


def ordinal(number: int, language: str, form: str = "") -> str | None:
    """An ordinal number in words.

    `form` is `masculine`, `feminine` or `masculine-adjective`, in German the ending after `e`:
    `n`, `r`, `s`, `m` or none.
    """
    main = _main(language)
    if main == "en":
        return _words(Decimal(number), main, "ordinal")
    if main == "de":
        return _spell(number, language, f"%spellout-ordinal{form and '-' + form}")
    return _spell(number, language, f"%spellout-ordinal-{form or 'masculine'}")


def _spell(number: int, language: str, rules: str) -> str | None:
    if abs(number) >= 10**_LONGEST:
        return None
    said = icu.formatted(f"spellout,{rules}", number, language)
    return None if said is None or re.search(r"\d", said) else said.replace("\u00ad", "")


def _main(language: str) -> str:
    return language.lower().partition("-")[0]


def _words(number: Decimal, language: str, kind: str) -> str | None:
    main = _main(language)
    if main in _UNSAFE:
        return None
    if int(number.as_tuple().exponent) >= 0 or kind != "cardinal":
        return _whole_words(int(number), main, kind)
    if main not in _POINT_WORDS:
        if -int(number.as_tuple().exponent) > MAX_DECIMALS:
            return None
        said = icu.formatted("spellout", number, language)
        return None if said is None or re.search(r"\d", said) else said.replace("\u00ad", "")
    # num2words drops trailing zeros, and in some languages all decimals
    whole, digits = f"{number:f}".split(".")
    point = "punto" if main == "es" and _has_point(language) else _POINT_WORDS[main]
    each = [_whole_words(int(part), main, kind) for part in (whole, *digits)]
    first, *rest = (part or "" for part in each)
    return " ".join([first, point, *rest]) if all(each) else None


@lru_cache(maxsize=1024)
def _whole_words(number: int, main: str, kind: str) -> str | None:
    from num2words import num2words  # slow to load, and few lines have digits

    try:
        return str(num2words(number, lang=main, to=kind)).replace(",", "")
    except (NotImplementedError, ArithmeticError, LookupError, TypeError, ValueError):
        return None  # num2words raises any of these for what a language lacks
