"""Units and currencies in words: a symbol, an amount and a language in, its name out.

Names and plurals are those of CLDR, which ICU holds; what num2words calls a currency comes first.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from explainer.script import icu

_PREFIXES = {
    "f": "femto", "p": "pico", "n": "nano", "µ": "micro", "μ": "micro", "m": "milli", "c": "centi",
    "d": "deci", "h": "hecto", "k": "kilo", "M": "mega", "G": "giga", "T": "tera", "P": "peta",
}  # fmt: skip
_BASES = {
    "m": "meter", "g": "gram", "l": "liter", "L": "liter", "s": "second", "Hz": "hertz",
    "J": "joule", "W": "watt", "V": "volt", "A": "ampere", "Pa": "pascal", "mol": "mole",
    "N": "newton", "eV": "electronvolt", "Da": "dalton", "bit": "bit", "B": "byte",
    "cal": "calorie", "Wh": "watt-hour", "\u03a9": "ohm", "Bq": "becquerel", "Gy": "gray",
    "Sv": "sievert", "T": "tesla", "F": "farad", "C": "coulomb", "bar": "bar", "K": "kelvin",
    "pc": "parsec",
}  # fmt: skip
_WHOLE = {
    "°C": "celsius", "ºC": "celsius", "℃": "celsius", "°F": "fahrenheit", "℉": "fahrenheit",
    "°": "degree", "%": "percent", "‰": "permille", "min": "minute", "h": "hour",
    "t": "tonne", "ha": "hectare", "mmHg": "millimeter-ofhg", "ppm": "permillion", "lm": "lumen",
    "lx": "lux", "px": "pixel", "Å": "angstrom",
}  # fmt: skip
_OWN = {
    "en": {
        "hr": "hour", "hrs": "hour", "sec": "second", "secs": "second", "mins": "minute",
        "lb": "pound", "lbs": "pound", "oz": "ounce", "ft": "foot", "yd": "yard", "mi": "mile",
        "mph": "mile-per-hour", "yr": "year", "yrs": "year",
    },
    "de": {
        "Std": "hour", "Min": "minute", "Sek": "second", "Lj": "light-year",
        "AE": "astronomical-unit", "EL": "", "TL": "",
    },
    "es": {"seg": "second"},
    "fr": {"sec": "second", "o": "byte", "ko": "kilobyte", "Mo": "megabyte", "Go": "gigabyte",
           "To": "terabyte"},
}  # fmt: skip
"""Symbols of units in one language only, since they may be words in others."""
_POWERS = {"²": "square-", "^2": "square-", "³": "cubic-", "^3": "cubic-", "2": "square-"}
_POWERS["3"] = "cubic-"
SYMBOL = r"[A-Za-zµμΩΩÅ°ºC℃℉%‰²³/^23]+"
"""A pattern of the characters that a unit's symbol consists of."""
CURRENCY_SIGNS = {"$": "USD", "US$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR"}
CURRENCY_SIGNS |= {"₩": "KRW", "₽": "RUB", "₺": "TRY", "₴": "UAH", "₪": "ILS", "₫": "VND"}
CURRENCY_SIGNS |= {"A$": "AUD", "C$": "CAD", "CA$": "CAD", "NZ$": "NZD", "HK$": "HKD", "R$": "BRL"}
_CODES = """
AUD BRL CAD CHF CNY CZK DKK EUR GBP HKD HUF ILS INR JPY KRW MXN NOK NZD PLN RON RUB SEK SGD TRY UAH
USD ZAR
"""
CURRENCY_CODES = frozenset(_CODES.split())


@lru_cache(maxsize=1024)
def unit_id(symbol: str, language: str) -> str | None:
    """The CLDR name of a symbol such as `mg`, `km/h`, `m/s²` or `°C`; None if it is no unit."""
    main = language.lower().partition("-")[0]
    top, *under = symbol.split("/")
    names = [_simple(each, main) for each in (top, *under)]
    if not all(names):
        return None
    return "-per-".join(name for name in names if name)


def _simple(symbol: str, main: str) -> str | None:
    known = {**_WHOLE, **_OWN.get(main, {})}
    if symbol in known:
        return known[symbol] or None
    power = re.search(r"(\^?[23]|[²³])\Z", symbol)
    bare = symbol[: power.start()] if power else symbol
    name = _prefixed(bare)
    if not name or not power:
        return name
    if power[0] in ("2", "3") and not name.endswith("meter"):
        return None  # a digit is a power only after a length
    return _POWERS[power[0]] + name


def _prefixed(symbol: str) -> str | None:
    if symbol in _BASES:
        return _BASES[symbol]
    prefix = _PREFIXES.get(symbol[:1], "")
    base = _BASES.get(symbol[1:], "")
    rare = prefix in ("deci", "centi", "hecto") and base not in ("meter", "liter", "gram", "pascal")
    return prefix + base if prefix and base and not rare else None


def unit_name(unit: str, amount: Decimal, language: str) -> str | None:
    """The name of a unit (by its CLDR name) after `amount`: `degrees Celsius`, `Kilometer`.

    None where the language does not say it behind the number.
    """
    return _named(f"unit/{unit} unit-width-full-name", amount, language)


def currency_name(code: str, amount: Decimal, language: str) -> str | None:
    """What `amount` of a currency (ISO 4217) is called: `dollars`, `Schweizer Franken`."""
    from num2words import num2words

    main = language.lower().partition("-")[0]
    # any amount other than one, to get a plural
    many = "1" if amount == 1 else "2"
    try:
        said = str(num2words(f"{many}.00", lang=main, to="currency", currency=code, separator=","))
        number = str(num2words(int(many), lang=main))
    except (NotImplementedError, ArithmeticError, LookupError, TypeError, ValueError):
        said = number = ""
    whole = said.partition(",")[0].removesuffix(" sterling").split()
    # num2words has no plural of this currency
    plain = {"euro": "euros"}.get(whole[-1], whole[-1]) if main == "en" and whole else ""
    if many == "1" or main != "en":
        plain = whole[-1] if whole else ""
    if len(whole) == 2 and (whole[0] == number or many == "1"):
        return plain
    return _named(f"currency/{code} unit-width-full-name", amount, language)


def small_change(hundredths: int, code: str, main: str) -> str | None:
    """`fifty cents`; None where num2words does not know the currency."""
    from num2words import num2words

    amount = f"0.{hundredths:02}"
    try:
        said = str(num2words(amount, lang=main, to="currency", currency=code, separator=","))
    except (NotImplementedError, ArithmeticError, LookupError, TypeError, ValueError):
        return None
    return said.partition(",")[2].strip() or None


def _named(skeleton: str, amount: Decimal, language: str) -> str | None:
    exact = max(0, -int(amount.as_tuple().exponent))
    places = f" .{'0' * min(exact, 9)}" if exact else " precision-integer"
    said = icu.formatted(f"number,:: {skeleton}{places}", amount, language)
    name = re.fullmatch(r"[-−\d.,\s'’]*\d\s*(\D+)", said or "")
    return " ".join(name[1].split()) if name else None


def dotted(main: str) -> frozenset[str]:
    """The units' symbols that a language may write with a full stop."""
    return frozenset({*_OWN.get(main, {}), "min"} if main in ("en", "de", "es", "fr") else ())
