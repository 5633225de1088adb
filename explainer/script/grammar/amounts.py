"""Money, fractions and years in words."""

from __future__ import annotations

from decimal import Decimal

from explainer.script import numbers, quantities
from explainer.script.grammar.genders import MASCULINE, gender_before
from explainer.script.grammar.language_words import SINGULAR_SCALES, language_words


def money_in_words(amounts: list[Decimal], scale: str, code: str, language: str) -> str | None:
    """Amounts of money in words, the last with its currency: `three pounds fifty`."""
    main = language.lower().partition("-")[0]
    known = language_words(main)
    scaled = known.scales.get(scale, "")
    if scale and not scaled:
        return None
    to = numbers.RANGE_WORDS.get(main, "")
    if len(amounts) > 1 and not to:
        return None
    *before, last = amounts
    name = quantities.currency_name(code, Decimal(2) if scaled or before else last, language)
    if name is None:
        return None
    if scaled:
        if last == 1 and not before:
            scaled = SINGULAR_SCALES.get(scaled, scaled)
        number = _count_noun(last, scaled, language)
        of = known.of_scale if scaled not in ("mil", "mille") else ""
        link = "d'" if of == "de" and main == "fr" and name[0] in "aeiouy" else of and f"{of} "
        said = f"{number} {scaled} {link}{name}" if number else None
    else:
        said = _whole_and_rest(last, name, code, language)
    firsts = [numbers.cardinal(each, language) for each in before]
    if said is None or not all(firsts):
        return None
    return " ".join([*(f"{first} {to}" for first in firsts), said])


def _count_noun(number: Decimal, name: str, language: str) -> str | None:
    main = language.lower().partition("-")[0]
    if (
        name in ("mil", "tausend", "thousand", "mille", "million", "billion", "trillion")
        and main != "fr"
    ):
        return numbers.cardinal(number, language)
    return numbers.cardinal(number, language, gender_before(number, name, main))


def noun_after_number(number: Decimal, name: str, main: str) -> str:
    """A noun after a number; after French and Spanish millions with “de”."""
    if main not in ("fr", "es") or number < 10**6 or number % 10**6:
        return name
    return f"d'{name}" if main == "fr" and name[0] in "aeiouyéh" else f"de {name}"


def _whole_and_rest(amount: Decimal, name: str, code: str, language: str) -> str | None:
    """`five dollars`, `three pounds fifty`; more than two decimals are said as decimals."""
    main = language.lower().partition("-")[0]
    places = -int(amount.as_tuple().exponent)
    whole = int(amount)
    rest = amount % 1
    if places != 2 or main not in ("en", "de", "es", "fr"):
        number = _count_noun(amount, name, language)
        return f"{number} {noun_after_number(amount, name, main)}" if number else None
    singular = quantities.currency_name(code, Decimal(max(whole, 0)), language) or name
    number = _count_noun(Decimal(whole), singular, language)
    if not rest:
        return f"{number} {noun_after_number(Decimal(whole), singular, main)}" if number else None
    hundredths = int(rest * 100)
    if not whole and (small := quantities.small_change(hundredths, code, main)):
        return small
    said = numbers.cardinal(Decimal(hundredths), language)
    if not (number and said):
        return None
    if main == "en" and code in ("USD", "CAD", "AUD"):
        small = quantities.small_change(hundredths, code, main)
        said = f"and {small}" if small else said
    elif hundredths < 10 and main == "en":
        said = f"oh {said}"
    return f"{number} {singular} {'con ' if main == 'es' else ''}{said}"


_HALVES = {"en": "and a half", "es": "y medio", "fr": "et demi", "it": "e mezzo"}


def whole_and_half(whole: int, language: str) -> str | None:
    """A whole number and a half in words: `two and a half`, `zweieinhalb`."""
    main = language.lower().partition("-")[0]
    if main == "de":
        number = numbers.cardinal(Decimal(whole), language, MASCULINE)
        return number and f"{number}einhalb"
    number = numbers.cardinal(Decimal(whole), language)
    return f"{number} {_HALVES[main]}" if number and main in _HALVES else None


_DENOMINATORS = (2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 16, 20, 100, 1000)
_ENGLISH_PARTS = {2: ("half", "halves"), 4: ("quarter", "quarters")}
_SPANISH_PARTS = {2: "medio", 3: "tercio", 4: "cuarto", 100: "centésimo", 1000: "milésimo"}
_FRENCH_PARTS = {2: "demi", 3: "tiers", 4: "quart"}


def fraction_in_words(top: int, bottom: int, language: str) -> str | None:
    """A fraction in words; None for what is probably something else, such as 24/7 and 9/11."""
    main = language.lower().partition("-")[0]
    if not top > 0 or bottom not in _DENOMINATORS or top == bottom or (top > bottom and bottom > 8):
        return None
    if top > 3 * bottom:
        return None
    place = numbers.ordinal(bottom, main, "masculine" if main in ("es", "fr") else "")
    count = numbers.cardinal(Decimal(top), main)
    if not (place and count):
        return None
    if main == "en":
        one, many = _ENGLISH_PARTS.get(bottom, (place, f"{place}s"))
        return f"{count} {one if top == 1 else many}"
    if main == "de":
        one = "halb" if bottom == 2 else f"{place[:-1]}el".capitalize()
        one = "Halbe" if bottom == 2 and top > 1 else one
        return f"{'ein' if top == 1 else count} {one}"
    if main == "es":
        part = _SPANISH_PARTS.get(bottom) or (place if bottom <= 10 else None)
        if part is None:
            part = (numbers.cardinal(Decimal(bottom), main) or "") + "avo"
        return f"{'un' if top == 1 else count} {part}{'s' if top > 1 else ''}"
    if main == "fr":
        part = _FRENCH_PARTS.get(bottom, place)
        return f"{count} {part}{'s' if top > 1 and part != 'tiers' else ''}"
    return None


def english_halves(number: int) -> str | None:
    """A number of four digits as years are read: `ten sixty-six`."""
    parts = [numbers.cardinal(Decimal(part), "en") for part in divmod(number, 100)]
    return " ".join(filter(None, parts)) if all(parts) else None


def english_decade(number: int) -> str | None:
    """`eighties`, `nineteen eighties`, `two thousands`."""
    if number < 100:
        said = numbers.cardinal(Decimal(number), "en") if number >= 20 else None
    elif number % 100 == 0:
        said = numbers.year(number, "en")
    else:
        said = english_halves(number)
    if said is None:
        return None
    return f"{said[:-1]}ies" if said.endswith("y") else f"{said}s"
