"""Units after a number, and chemical formulas: finds them and says them in words."""

from __future__ import annotations

import re
from decimal import Decimal

from explainer.script import numbers, quantities
from explainer.script.grammar.amounts import noun_after_number
from explainer.script.grammar.genders import gender_before
from explainer.script.spoken_forms.finder import (
    BEFORE_FORM,
    SUPERSCRIPT_DIGITS,
    FormFinder,
    form_pattern,
)


def find_formulas(finder: FormFinder) -> None:
    """Chemical formulas: CO₂ and others with lowered figures, and H2O, CO2 as they are typed."""
    known = "H2O|CO2|O2|N2|H2|CH4|NH3|SO2|NO2|N2O|O3|H2O2|H2SO4"
    shape = rf"(?<![\w])(?:(?=[A-Za-z₀-₉]*[₀-₉])(?:[A-Z][a-z]?[₀-₉]*)+|{known})(?!\w)"
    for found in form_pattern(shape).finditer(finder.text):
        parts = re.findall(r"[A-Za-z]|\d+", found[0].translate(SUPERSCRIPT_DIGITS))
        said = [finder.cardinal(Decimal(part)) if part.isdecimal() else part for part in parts]
        if all(said):
            finder.claim(*found.span(), " ".join(filter(None, said)))


def find_units(finder: FormFinder) -> None:
    """Units after a number: 37,5 °C, 80 km/h, 3 mg, a 5-km run, 5 Min."""
    after = form_pattern(rf"(GAP*|-)([°º]GAP[CF]\b|{quantities.SYMBOL})(?![\w°])")
    amounts = {
        found.end(): found.start()
        for found in form_pattern(rf"{BEFORE_FORM}NUM").finditer(finder.text)
    }
    amounts |= {end: start for start, (end, _) in finder.numbers.items()}
    for end, start in sorted(amounts.items()):
        found = after.match(finder.text, end)
        known = finder.numbers.get(start)
        value = known[1] if known else finder.value(finder.text[start:end])
        if found and value is not None:
            _unit(finder, start, end, found, value)


def _unit(finder: FormFinder, start: int, end: int, found: re.Match[str], value: Decimal) -> None:
    symbol = found[2].rstrip("/")
    width = len(symbol)
    symbol = "".join(symbol.split())
    glued = not found[1] or found[1] == "-"
    unit = quantities.unit_id(symbol, finder.language)
    if unit is None or not _is_unit(finder, finder.text[start:end], found, symbol):
        return
    attributive = finder.main == "en" and (
        found[1] == "-" or finder.word_before(start).lower() in ("a", "an")
    )
    name = quantities.unit_name(unit, Decimal(1) if attributive else value, finder.language)
    if unit == "percent" and (percent := numbers.number_in_words("2%", finder.language)):
        name = percent.split(" ", 1)[1]
    name = name and noun_after_number(value, name, finder.main)
    begin = end if glued else found.start(2)
    finish = found.start(2) + width
    if name is None or not finder.free(begin, finish):
        return
    if symbol in quantities.dotted(finder.main) and finder.text[finish : finish + 1] == ".":
        finish += 1
        name = finder.closed(finish, name)
    if start not in finder.numbers:
        written = finder.text[start:end]
        said = numbers.number_in_words(written, finder.language) if written.isascii() else None
        if gender_before(value, name, finder.main):
            said = finder.counted(value, name)
        if not finder.number(start, end, said or finder.cardinal(value), value):
            return
    finder.number(begin, finish, (" " if glued else "") + name, value)


def _is_unit(finder: FormFinder, number: str, found: re.Match[str], symbol: str) -> bool:
    """Whether a symbol stands for a unit where it is: single letters may be words or names."""
    if len(symbol) > 1 or not symbol.isalpha():
        return True
    if not found[1]:
        return symbol in "VW" or (symbol.islower() and symbol != "s")  # 1980s, 4K, 5G, 3D
    rest = finder.text[found.end() :]
    if symbol.isupper() and re.match(r"\.\s*[A-Z]", rest):
        return False  # M. Curie
    if symbol in "ACFTKN" and re.match(r"\s+[a-z]", rest) and finder.main == "en":
        return False
    return not re.fullmatch(r"1[1-9]\d\d|20\d\d", number)


def find_german_percents(finder: FormFinder) -> None:
    """“50%ig”, which is one word."""
    if finder.main == "de":
        for found in form_pattern(rf"{BEFORE_FORM}(NUM)GAP?%-?(?=ig)").finditer(finder.text):
            value = finder.value(found[1])
            said = finder.cardinal(value) if value is not None else None
            finder.claim(*found.span(), said and f"{said}prozent")
