"""Ordinals and Roman numerals: finds them and says them in words."""

from __future__ import annotations

import re

from explainer.script import numbers
from explainer.script.grammar.genders import german_ending
from explainer.script.grammar.roman_numerals import CENTURIES, century_in_words, roman_in_words
from explainer.script.spoken_forms.finder import BEFORE_FORM, FormFinder, form_pattern

_ROMAN_NUMERAL = r"(?=[IVX])(?:X{0,3})(?:IX|IV|V?I{0,3})"


def find_german_ordinals(finder: FormFinder) -> None:
    """“am 3. Mai”, “die 2. Dosis”, “der 1., 2. und 3. Platz”; the article tells the ending."""
    if finder.main != "de":
        return
    one = rf"(?:\d{{1,3}}|{_ROMAN_NUMERAL})\."
    chain = rf"(?<![\w.,:/]){one}(?:(?:,GAP?|GAP(?:und|oder|bis)GAP|GAP?[–/-]GAP?){one})*(?![\w.])"
    for found in form_pattern(chain).finditer(finder.text):
        before = finder.word_before(found.start())
        rest = finder.text[found.end() :]
        ending = german_ending(finder.text[: found.start()], before, rest)
        if ending is None:
            continue
        for each in form_pattern(r"(\d+|[IVX]+)\.").finditer(found[0]):
            number = int(each[1]) if each[1].isdecimal() else _roman_value(each[1])
            start = found.start() + each.start()
            said = numbers.ordinal(number, "de", ending) if number else None
            end = found.start() + each.end()
            finder.number(start, end, said and finder.closed(end, said), None)
    for found in form_pattern(
        r"(?:(?<=[.IVXivx]\u0020)|(?<=[.IVX]\u00a0)|(?<=[.IVX]\u202f)|(?<=[.IVX]\u2009))(Jhd?t?)(s?)\.(?!\w)"
    ).finditer(finder.text):
        said = "Jahrhundert" + ("s" if found[2] else "")
        finder.claim(*found.span(), finder.closed(found.end(), said))
    for found in form_pattern(r"\b(Jhdt?|Jh)\.(?!\w)").finditer(finder.text):
        finder.claim(*found.span(), finder.closed(found.end(), "Jahrhundert"))


def find_ordinals(finder: FormFinder) -> None:
    """Ordinals that are written with letters: 3rd, 1.º, 2.ª, 1er, XIXe."""
    if finder.main == "en":
        ends = r"(\d{1,3}(?:,\d{3})*)(?:st|nd|rd|th)\b"
        for found in form_pattern(BEFORE_FORM + ends).finditer(finder.text):
            finder.number(
                *found.span(), numbers.ordinal(int(found[1].replace(",", "")), "en"), None
            )
    elif finder.main == "fr":
        ends = r"(er|re|ère|ʳᵉ|ᵉʳ|nde?|e|è|ème|ième|ᵉ)(s?)\b"
        for found in form_pattern(rf"{BEFORE_FORM}(\d{{1,4}}|{_ROMAN_NUMERAL}){ends}").finditer(
            finder.text
        ):
            place = _french_ordinal(found[1], found[2])
            finder.number(*found.span(), place and place + found[3], None)
    elif finder.main in ("es", "pt", "it"):
        spelled = r"(\d{1,2})(?:r|d|t|m|v|n)([oa])(s?)\b" if finder.main == "es" else "(?!)()()()"
        for found in form_pattern(BEFORE_FORM + spelled).finditer(finder.text):
            kind = "feminine" if found[2] == "a" else "masculine"
            place = numbers.ordinal(int(found[1]), finder.language, kind)
            finder.number(*found.span(), place and place + found[3], None)
        ends = r"\.?(er|os|as|[ºª])(?![\wC])"
        for found in form_pattern(rf"{BEFORE_FORM}(\d{{1,3}}){ends}").finditer(finder.text):
            if found[2] in ("er", "os", "as") and finder.main != "es":
                continue
            kinds = {"er": "masculine-adjective", "ª": "feminine", "as": "feminine"}
            kind = kinds.get(found[2], "masculine")
            place = numbers.ordinal(int(found[1]), finder.language, kind)
            plural = "s" if found[2] in ("os", "as") else ""
            finder.number(*found.span(), place and place + plural, None)


def _french_ordinal(written: str, ending: str) -> str | None:
    number = int(written) if written.isdecimal() else _roman_value(written)
    if ending.startswith("nd"):
        return {"nd": "second", "nde": "seconde"}[ending] if number == 2 else None
    gender = "feminine" if ending in ("re", "ère", "ʳᵉ") else "masculine"
    return numbers.ordinal(number, "fr", gender) if number else None


def _roman_value(written: str) -> int:
    """What a Roman numeral up to 39 says; 0 if it is none."""
    if not re.fullmatch(_ROMAN_NUMERAL, written):
        return 0
    values = {"I": 1, "V": 5, "X": 10}
    each = [values[char] for char in written]
    return sum(-a if a < b else a for a, b in zip(each, [*each[1:], 0], strict=True))


def find_roman_numerals(finder: FormFinder) -> None:
    """Roman numerals after a name or a noun that is counted: Ludwig XIV., siglo XIX, Phase II."""
    century = CENTURIES.get(finder.main)
    if century:
        for found in form_pattern(rf"\bs\.(?=GAP{_ROMAN_NUMERAL}(?:e|er)?\b)").finditer(
            finder.text
        ):
            finder.claim(*found.span(), century)
    if finder.main == "es":
        for found in form_pattern(rf"\b(la|el)GAP({_ROMAN_NUMERAL})(?=GAP[A-ZÁÉÍÓÚ]\w)").finditer(
            finder.text
        ):
            kind = "feminine" if found[1] == "la" else "masculine-adjective"
            place = numbers.ordinal(_roman_value(found[2]), finder.language, kind)
            finder.claim(found.start(2), found.end(2), place)
    for found in form_pattern(
        rf"(?<=[\w.])GAP({_ROMAN_NUMERAL})(\.?)(?!\w|['’][^\Ws]|-\w|\.\w)"
    ).finditer(finder.text):
        name = re.search(r"([^\W\d_][\w'’.-]*)\Z", finder.text[: found.start()])
        number = _roman_value(found[1])
        if not (name and number) or (name[1].endswith(".") and name[1] != "s."):
            continue
        earlier = finder.text[: name.start()]
        said, dot = roman_in_words(
            earlier, name[1], found[1], number, bool(found[2]), finder.language
        )
        if said is None:
            continue
        end = found.end() if dot else found.end(1)
        finder.claim(found.start(1), end, finder.closed(end, said) if dot else said)
    if finder.main in ("es", "pt", "it"):
        for found in form_pattern(
            rf"\b(siglos|secoli|séculos)GAP({_ROMAN_NUMERAL})GAP(?:y|e|al|a)GAP({_ROMAN_NUMERAL})\b"
        ).finditer(finder.text):
            said = century_in_words(_roman_value(found[3]), finder.language)
            finder.claim(found.start(3), found.end(3), said)
