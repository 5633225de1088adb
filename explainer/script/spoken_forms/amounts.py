"""Money, powers, multiples, fractions and ratios: finds them and says them in words."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from explainer.script import abbreviations, quantities
from explainer.script.grammar.amounts import fraction_in_words, money_in_words, whole_and_half
from explainer.script.grammar.language_words import SINGULAR_SCALES
from explainer.script.spoken_forms.finder import (
    BEFORE_FORM,
    GAP,
    MINUS_SIGNS,
    SUPERSCRIPT_DIGITS,
    FormFinder,
    form_pattern,
)

VULGAR_FRACTIONS = "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞⅒"


def find_currencies(finder: FormFinder) -> None:
    """Amounts of money: $5, £3.50, 5 €, 5 EUR, $5 million, 3,5 Mio. €."""
    signs = "|".join(map(re.escape, sorted(quantities.CURRENCY_SIGNS, key=len, reverse=True)))
    codes = "|".join(sorted(quantities.CURRENCY_CODES))
    money = rf"(?:{signs}|\b(?:{codes})\b)"
    scales = "|".join(map(re.escape, sorted(finder.words.scales, key=len, reverse=True)))
    scale = rf"(?:GAP?-?({scales})(?!\w))?" if scales else "()"
    minus = rf"((?<![\w)\]°%]){'[' + MINUS_SIGNS + ']'}GAP?)?"
    for found in form_pattern(
        rf"{BEFORE_FORM}(NUM),[{MINUS_SIGNS}]{{1,2}}(?:GAP?({money}))?(?!\w)"
    ).finditer(finder.text):  # 5,– €
        if found[2]:
            _money(finder, found, found[2], found[1], None, None, False)
        elif (value := finder.value(found[1])) is not None:
            finder.number(*found.span(), finder.cardinal(value), value)
    amount = rf"(NUM)(?:(?:[–-]|GAP[–-]GAP)(NUM))?{scale}"
    shapes = (
        rf"{minus}(?<![\w$])(?<!\d{GAP})({money})GAP?([{MINUS_SIGNS}])?{amount}(?![\w%]|[.,]\d)",
        rf"{BEFORE_FORM}{amount}(?:GAPde)?GAP?({money})(?!\w)",
    )
    for found in form_pattern(shapes[0]).finditer(finder.text):
        sign = found[1] or found[3]
        _money(finder, found, found[2], found[4], found[5], found[6], bool(sign))
    for found in form_pattern(shapes[1]).finditer(finder.text):
        _money(finder, found, found[4], found[1], found[2], found[3], False)


def _money(
    finder: FormFinder,
    found: re.Match[str],
    sign: str,
    first: str,
    last: str | None,
    scale: str | None,
    negative: bool,
) -> None:
    code = quantities.CURRENCY_SIGNS.get(sign, sign)
    values = [finder.value(each) for each in (first, last) if each]
    if not all(value is not None for value in values):
        return
    amounts = [value for value in values if value is not None]
    said = money_in_words(amounts, scale or "", code, finder.language)
    if said and negative:
        said = f"{finder.words.minus} {said}" if finder.words.minus else None
    if said and found[0].endswith("."):
        said = finder.closed(found.end(), said)
    finder.number(*found.span(), said, amounts[-1])


def find_powers(finder: FormFinder) -> None:
    """Powers of ten, and products with them: 3×10⁻³, 10^6."""
    times = finder.words.times
    to = finder.words.power
    minus = finder.words.minus
    if not times:
        return
    exponents = r"(?:([⁻⁺]?)([⁰¹²³⁴⁵⁶⁷⁸⁹]+)|\^\(?([-−+]?)(\d{1,3})\)?)"
    shape = rf"(?:(NUM)GAP?[×x·⋅*]GAP?)?(?<![\d.,\w])10{exponents}(?!\w)"
    for found in form_pattern(shape).finditer(finder.text):
        exponent = int((found[3] or found[5]).translate(SUPERSCRIPT_DIGITS))
        below = (found[2] or found[4] or "") in ("⁻", "-", "−")
        ten = finder.cardinal(Decimal(10))
        raised = finder.cardinal(Decimal(exponent))
        value = finder.value(found[1]) if found[1] else None
        if not (ten and raised) or (found[1] and value is None):
            continue
        said = _join_known(ten, to, minus if below else "", raised)
        amount = (value or Decimal(1)) * Decimal(10) ** (-exponent if below else exponent)
        if value is not None:
            said = _join_known(finder.cardinal(value), times, said)
        finder.number(*found.span(), said, amount)


def _join_known(*parts: str | None) -> str | None:
    """Words in a row; None if some are not known."""
    if any(part is None for part in parts):
        return None
    return " ".join(part for part in parts if part)


def find_exponents(finder: FormFinder) -> None:
    """Powers of ten as they are typed: 6.02e23, 1E-6."""
    times = finder.words.times
    power = finder.words.power
    if not power:
        return
    for found in form_pattern(rf"{BEFORE_FORM}(NUM)[eE]([-−+]?)(\d{{1,3}})(?!\w)").finditer(
        finder.text
    ):
        value = finder.value(found[1])
        if value is not None:
            minus = finder.words.minus if found[2] in ("-", "−") else ""
            ten = finder.cardinal(Decimal(10))
            raised = finder.cardinal(Decimal(found[3]))
            said = _join_known(finder.cardinal(value), times, ten, power, minus, raised)
            finder.number(*found.span(), said, None)


def find_multiples(finder: FormFinder) -> None:
    """How many times: 2x, 1.5× faster, 2 x täglich."""
    often = finder.words.often
    if often:
        # “2x + 3” is algebra
        shape = rf"{BEFORE_FORM}(NUM)(GAP?)(?:×(?!\w|GAP?[\d(])|x(?=GAP[^\W\d_A-Z]{{2}}))"
        for found in form_pattern(shape).finditer(finder.text):
            value = finder.value(found[1])
            if value is not None:
                number = finder.cardinal(value, "feminine" if finder.main == "es" else "")
                finder.claim(*found.span(), _join_known(number, often))


def find_fractions(finder: FormFinder) -> None:
    """Fractions: 1/2, ⅔, 1 1/2, 2½."""
    slashed = r"(?<![\w.,:/])(?:(\d{1,3})GAP)?(\d{1,2})[/⁄](\d{1,3})(?![\w/⁄%]|[.,:/]\d)"
    for found in form_pattern(slashed).finditer(finder.text):
        _fraction(finder, found, found[1], int(found[2]), int(found[3]))
    single = rf"(?<![\w.,])(?:(\d{{1,3}})GAP?)?([{VULGAR_FRACTIONS}])"
    for found in form_pattern(single).finditer(finder.text):
        top, _, bottom = unicodedata.normalize("NFKC", found[2]).partition("⁄")
        _fraction(finder, found, found[1], int(top), int(bottom))


def _fraction(
    finder: FormFinder, found: re.Match[str], whole: str | None, top: int, bottom: int
) -> None:
    said = fraction_in_words(top, bottom, finder.language)
    if whole and (top, bottom) == (1, 2):
        said = whole_and_half(int(whole), finder.language)
    elif said and whole:
        said = _join_known(finder.cardinal(Decimal(whole)), finder.words.joiner, said)
    elif top == bottom:  # “fifty fifty”
        said = _join_known(finder.cardinal(Decimal(top)), finder.cardinal(Decimal(bottom)))
    value = Decimal(whole or 0) + Decimal("0.5")
    finder.number(*found.span(), said, value)


def find_ratios(finder: FormFinder) -> None:
    """Ratios: 10:1, 1:10 000; what may be a time of day has been taken for one."""
    if not finder.words.ratio:
        return
    for found in form_pattern(r"(?<![\w.,:/])(NUM):(NUM)(?![\w:/]|[.,]\d)").finditer(finder.text):
        left = finder.value(found[1])
        right = finder.value(found[2])
        if left is not None and right is not None:
            to = finder.words.ratio
            if finder.main == "fr" and right in (100, 1000):
                to = "sur"  # “un pour cent” is one percent
            said = _join_known(finder.cardinal(left), to, finder.cardinal(right))
            finder.number(*found.span(), said, None)


def find_heights(finder: FormFinder) -> None:
    """Feet and inches: 5'10"."""
    if finder.main == "en":
        for found in form_pattern(r"(?<![\w.,])(\d)['′’](1[01]|\d)(?:[\"″”]|'')").finditer(
            finder.text
        ):
            feet, inches = (finder.cardinal(Decimal(found[n])) for n in (1, 2))
            finder.claim(*found.span(), _join_known(feet, "foot", inches))


def find_scales(finder: FormFinder) -> None:
    """German and French short forms of large numbers: 3,5 Mio., 5 Mds."""
    after = abbreviations.known(finder.main).after
    if not after:
        return
    names = abbreviations.pattern(frozenset(after)).pattern.partition(")")[2]
    for found in form_pattern(rf"(NUM)(GAP*){names}").finditer(finder.text):
        start = found.end(2)
        value = finder.value(found[1])
        name = abbreviations.said(after, found[0][len(found[1] + found[2]) :])
        if value is None:
            continue
        if value == 1:
            name = SINGULAR_SCALES.get(name, name)
            finder.number(found.start(1), found.end(1), finder.counted(value, name), value)
        said = finder.closed(found.end(), name) if found[0].endswith(".") else name
        begin = start if found[2] else found.end(1)
        finder.number(begin, found.end(), ("" if found[2] else " ") + said, value)
