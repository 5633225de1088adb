"""What is spoken for written forms: a text and its language in, spans of it and their words out.

Forms are numbers with their signs, units, currencies, dates, times, ordinals, Roman numerals and
abbreviations. Each kind is looked for in turn, and takes the characters that it has words for.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from explainer.script import abbreviations, grammar, numbers, quantities

_GAP = r"[ \u00a0\u2009\u202f]"
_GROUPS = (
    rf"\d{{1,3}}(?:{_GAP}\d{{3}})+(?!\d)|\d{{1,3}}(?:['’]\d{{3}})+(?!\d)|\d+(?:[.,]\d{{3}})*(?!\d)"
)
NUMBER = rf"(?:{_GROUPS})(?:[.,]\d+)?(?![\d])"
_BEFORE = r"(?<![\w.,:/])"
_AFTER = r"(?![\w]|[.,:/]\d)"
_MINUS = "-−–"
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺₀₁₂₃₄₅₆₇₈₉", "0123456789-+0123456789")
_ROMAN = r"(?=[IVX])(?:X{0,3})(?:IX|IV|V?I{0,3})"
_BEFORE_NO = frozenset(["said", "say", "says", "answer", "answered", "is", "was", "oh"])
_SURE_MONTHS = frozenset(["Feb", "Febr", "Aug", "Sep", "Sept", "Oct", "Okt", "Nov", "Dec", "Dez"])
_YEAR_LEADERS = frozenset(("in", "since", "until", "by", "before", "after", "year"))
_VULGAR = "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞⅒"
_CLOSING = "\"'”’“»)]}›"


@dataclass(frozen=True, slots=True)
class Form:
    """What is spoken for the characters from `start` to `end`."""

    start: int
    end: int
    spoken: str


def find_spoken_forms(
    text: str, language: str, taken: Iterable[tuple[int, int]] = ()
) -> list[Form]:
    """The forms in a text, in order; none overlaps another or what is `taken`."""
    if not _MAY_HAVE_FORMS.search(text):
        return []
    finder = _Finder(text, language, taken)
    for look in _KINDS:
        look(finder)
    return sorted(finder.forms, key=lambda form: (form.start, form.end))


def end_sentence(text: str, end: int, spoken: str, language: str) -> str:
    """What is spoken up to `end`, with a full stop if that before `end` ends a sentence as well."""
    return _Finder(text, language, ()).closed(end, spoken, sure=False)


_MAY_HAVE_FORMS = re.compile(
    r"\d|\w\.|[¼-¾⅐-⅞°º²³¹\u2070-\u2089]|\b[IVX]+|\b(?:vs|EEUU|M[mlr]\w*|[DP]r|Ste?|Me|Mgr|c-à-d|Ms)\b"
)


class _Finder:
    """A text, and what has been found in it so far."""

    def __init__(self, text: str, language: str, taken: Iterable[tuple[int, int]]) -> None:
        self.text = re.sub(r"[\t\n\r]", " ", text)
        self.language = language
        self.main = language.lower().partition("-")[0]
        self.words = grammar.words(self.main)
        self.forms: list[Form] = []
        self.numbers: dict[int, tuple[int, Decimal | None]] = {}  # end and value by start
        self._free = [True] * len(text)
        for start, end in taken:
            self._free[start:end] = [False] * (end - start)

    def claim(self, start: int, end: int, spoken: str | None) -> bool:
        """Take characters, unless there are no words for them or one is taken already."""
        if not spoken or not self.free(start, end):
            return False
        self._free[start:end] = [False] * (end - start)
        self.forms.append(Form(start, end, spoken))
        return True

    def number(self, start: int, end: int, spoken: str | None, value: Decimal | None) -> bool:
        """Take characters that are an amount, which may be the end of a range."""
        if done := self.claim(start, end, spoken):
            self.numbers[start] = (end, value)
        return done

    def free(self, start: int, end: int) -> bool:
        """Whether characters are there to be taken."""
        return start < end and all(self._free[start:end])

    def value(self, written: str) -> Decimal | None:
        """The number that is written, if it is one in this language."""
        return numbers.parse_number(written, self.language)

    def cardinal(self, number: Decimal, gender: str = "") -> str | None:
        """A number in words."""
        return numbers.cardinal(number, self.language, gender)

    def counted(self, number: Decimal, name: str) -> str | None:
        """A number in words as it stands before a noun."""
        return self.cardinal(number, grammar.gender_before(number, name, self.main))

    def word_before(self, at: int) -> str:
        """The word that ends before a place, without what closes it; empty after a full stop."""
        found = re.search(r"(\w[\w.'’-]*)[\s\u00a0]+[(\"“„«']*\Z", self.text[:at])
        return found[1] if found else ""

    def word_after(self, at: int) -> str:
        """The word that begins behind a place, after spaces only."""
        found = re.compile(r"[\s\u00a0]+(\w[\w'’-]*)").match(self.text, at)
        return found[1] if found else ""

    def ends_sentence(self, end: int, sure: bool = True) -> bool:
        """Whether the full stop before `end`, of an abbreviation, ends a sentence as well.

        If it is not `sure` that what follows with a capital begins one, only certain words do.
        """
        rest = self.text[end:].lstrip(_CLOSING).lstrip()
        if not rest:
            return True
        word = re.match(r"\W*([^\W\d_][\w'’-]*)", rest)
        if not word or rest[0] in ",;:–—-" or not word[1][0].isupper():
            return False
        opener = re.split("['’]", word[1].lower())[0] in self.words.openers
        return opener or (sure and self.main != "de")

    def closed(self, end: int, spoken: str, sure: bool = True) -> str:
        """What is spoken, with the full stop of the sentence that it may end."""
        return spoken + "." if self.ends_sentence(end, sure) else spoken


def _pattern(text: str, flags: int = 0) -> re.Pattern[str]:
    return _compiled(text.replace("NUM", NUMBER).replace("GAP", _GAP), flags)


@cache
def _compiled(text: str, flags: int) -> re.Pattern[str]:
    return re.compile(text, flags)


# -- dates and times -----------------------------------------------------------------------------


def _dates(finder: _Finder) -> None:
    """Dates in figures: 21.06.2024, 2024-06-21, 6/21/2024."""
    shapes = rf"{_BEFORE}(?:(\d{{4}})-(\d\d)-(\d\d)|(\d\d?)([./-])(\d\d?)\5(\d{{4}}))(?!\w|[-/.]\d)"
    for found in _pattern(shapes).finditer(finder.text):
        if found[1]:
            year, month, day = int(found[1]), int(found[2]), int(found[3])
        else:
            first, second, year = int(found[4]), int(found[6]), int(found[7])
            month_first = found[5] == "/" and grammar.month_first(finder.language)
            if month_first and first > 12:
                month_first = False
            elif not month_first and second > 12 and found[5] == "/":
                month_first = True
            month, day = (first, second) if month_first else (second, first)
        finder.claim(found.start(), found.end(), _date(finder, found.start(), day, month, year))
    if finder.main == "de":
        for found in _pattern(rf"{_BEFORE}(\d\d?)\.GAP?(\d\d?)\.(?!\d)").finditer(finder.text):
            if finder.word_before(found.start()).lower() in finder.words.date_leaders:
                said = _date(finder, found.start(), int(found[1]), int(found[2]), 0)
                finder.claim(found.start(), found.end(), said and finder.closed(found.end(), said))


def _date(finder: _Finder, at: int, day: int, month: int, year: int) -> str | None:
    try:
        written = grammar.long_date(
            datetime.datetime(year or 2000, month, day, 12), finder.language
        )
    except ValueError:
        return None
    if not written:
        return None
    if not year:
        written = written.replace("2000", "").strip()
    # the date as it is written out is read as any text is
    before = finder.word_before(at)
    prefix = f"{before} " if before else ""
    inner = find_spoken_forms(prefix + written, finder.language)
    said, last = "", len(prefix)
    for form in inner:
        if form.start < len(prefix):
            continue
        said += (prefix + written)[last : form.start] + form.spoken
        last = form.end
    said += (prefix + written)[last:]
    return None if re.search(r"\d", said) else said.replace(",", "")


def _named_dates(finder: _Finder) -> None:
    """English dates with a month's name: May 3, 3 May, Jan. 5th."""
    if finder.main != "en":
        return
    names = "|".join(sorted(map(re.escape, grammar.months("en")), key=len, reverse=True))
    day = r"(3[01]|[12]\d|0?[1-9])"
    for found in _pattern(rf"\b({names})(\.?)GAP+{day}(?![\w%]|[.,:/]\d|GAP+\d{{3}})").finditer(
        finder.text
    ):
        after = finder.word_after(found.end())
        if after and after.islower() and after not in finder.words.openers and not found[2]:
            continue  # “In March 3 people came”
        finder.number(found.start(3), found.end(3), numbers.ordinal(int(found[3]), "en"), None)
    for found in _pattern(rf"{_BEFORE}{day}GAP+({names})\b").finditer(finder.text):
        the = "" if finder.word_before(found.start()).lower() == "the" else "the "
        place = numbers.ordinal(int(found[1]), "en")
        finder.number(found.start(1), found.end(1), place and f"{the}{place} of", None)


def _months(finder: _Finder) -> None:
    """Shortened names of months: Jan., Sept."""
    for short, name in grammar.short_months(finder.language).items():
        for found in _pattern(rf"\b{re.escape(short)}\.(?!\w)").finditer(finder.text):
            number = re.match(r"\s*\d", finder.text[found.end() :])
            if not number and not _is_month(finder, found, short):
                continue  # “Ich heiße Jan.”, “el mar.”
            finder.claim(*found.span(), name if number else finder.closed(found.end(), name))


def _is_month(finder: _Finder, found: re.Match[str], short: str) -> bool:
    """Whether a shortened month that no number follows is one: it may be a word or a name."""
    if re.search(r"\d(?:\.|st|nd|rd|th)?\s*(?:de\s+)?\Z", finder.text[: found.start()]):
        return True
    if finder.word_before(found.start()).lower() in finder.words.month_leaders:
        return True
    return finder.main in ("en", "de") and short in _SURE_MONTHS


def _times(finder: _Finder) -> None:
    """Times of day: 8:15, 8:15 Uhr, 8.15 Uhr, 8 pm, 20h30."""
    part = r"(?:GAP?([aApP])(?:\.GAP?[mM]\.|[mM]\b))"
    behind = r"GAP?(Uhr|h|hrs?|horas?|heures?)\b\.?"
    hours = r"(?<![\w.,:/])([01]?\d|2[0-4])"
    minutes = r"([:.hH]|GAP?hGAP?)([0-5]\d)(?![\w]|[.,:/]\d|%)"
    clock = rf"{hours}{minutes}(?:{part}|{behind})?"
    for found in _pattern(clock).finditer(finder.text):
        mark, said = found[2].strip("\u00a0\u2009\u202f "), found[5] or ""
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
            half, end = "", found.end(3)
        spoken = grammar.time_of_day(int(found[1]), int(found[3]), half, finder.main, bool(said))
        if spoken and half and found[0].endswith("."):
            spoken = finder.closed(end, spoken)
        finder.number(found.start(), end, spoken, None)
    if finder.main == "en":
        for found in _pattern(rf"{_BEFORE}(1[0-2]|[1-9]){part}").finditer(finder.text):
            spoken = grammar.time_of_day(int(found[1]), -1, found[2].upper(), "en")
            if spoken and found[0].endswith("."):
                spoken = finder.closed(found.end(), spoken)
            finder.number(found.start(), found.end(), spoken, None)
    if finder.main == "de":
        for found in _pattern(r"(?<![\w.,:/])1(?=GAP+Uhr\b)").finditer(finder.text):
            finder.number(*found.span(), "ein", Decimal(1))


def _is_time(finder: _Finder, found: re.Match[str]) -> bool:
    """Whether 8:15 is a time of day where it stands, and not a ratio."""
    before = re.findall(r"\w+", finder.text[max(0, found.start() - 40) : found.start()].lower())
    if finder.words.ratio_leaders & {*before[-2:]} or _GROUP_OF_THREE.match(
        finder.text, found.end()
    ):
        return False
    return found[1] != "1" or (before[-1:] != [] and before[-1] in finder.words.time_leaders)


_GROUP_OF_THREE = _compiled(rf"{_GAP}\d{{3}}(?!\d)", 0)


# -- ordinals ------------------------------------------------------------------------------------


def _german_ordinals(finder: _Finder) -> None:
    """“am 3. Mai”, “die 2. Dosis”, “der 1., 2. und 3. Platz”; the article tells the ending."""
    if finder.main != "de":
        return
    one = rf"(?:\d{{1,3}}|{_ROMAN})\."
    chain = rf"(?<![\w.,:/]){one}(?:(?:,GAP?|GAP(?:und|oder|bis)GAP|GAP?[–/-]GAP?){one})*(?![\w.])"
    for found in _pattern(chain).finditer(finder.text):
        before = finder.word_before(found.start())
        rest = finder.text[found.end() :]
        ending = grammar.german_ending(finder.text[: found.start()], before, rest)
        if ending is None:
            continue
        for each in _pattern(r"(\d+|[IVX]+)\.").finditer(found[0]):
            number = int(each[1]) if each[1].isdecimal() else _roman_value(each[1])
            start = found.start() + each.start()
            said = numbers.ordinal(number, "de", ending) if number else None
            end = found.start() + each.end()
            finder.number(start, end, said and finder.closed(end, said), None)
    for found in _pattern(
        r"(?:(?<=[.IVXivx]\u0020)|(?<=[.IVX]\u00a0)|(?<=[.IVX]\u202f)|(?<=[.IVX]\u2009))(Jhd?t?)(s?)\.(?!\w)"
    ).finditer(finder.text):
        said = "Jahrhundert" + ("s" if found[2] else "")
        finder.claim(*found.span(), finder.closed(found.end(), said))
    for found in _pattern(r"\b(Jhdt?|Jh)\.(?!\w)").finditer(finder.text):
        finder.claim(*found.span(), finder.closed(found.end(), "Jahrhundert"))


def _ordinals(finder: _Finder) -> None:
    """Ordinals that are written with letters: 3rd, 1.º, 2.ª, 1er, XIXe."""
    if finder.main == "en":
        ends = r"(\d{1,3}(?:,\d{3})*)(?:st|nd|rd|th)\b"
        for found in _pattern(_BEFORE + ends).finditer(finder.text):
            finder.number(
                *found.span(), numbers.ordinal(int(found[1].replace(",", "")), "en"), None
            )
    elif finder.main == "fr":
        ends = r"(er|re|ère|ʳᵉ|ᵉʳ|nde?|e|è|ème|ième|ᵉ)(s?)\b"
        for found in _pattern(rf"{_BEFORE}(\d{{1,4}}|{_ROMAN}){ends}").finditer(finder.text):
            place = _french_place(found[1], found[2])
            finder.number(*found.span(), place and place + found[3], None)
    elif finder.main in ("es", "pt", "it"):
        spelled = r"(\d{1,2})(?:r|d|t|m|v|n)([oa])(s?)\b" if finder.main == "es" else "(?!)()()()"
        for found in _pattern(_BEFORE + spelled).finditer(finder.text):
            kind = "feminine" if found[2] == "a" else "masculine"
            place = numbers.ordinal(int(found[1]), finder.language, kind)
            finder.number(*found.span(), place and place + found[3], None)
        ends = r"\.?(er|os|as|[ºª])(?![\wC])"
        for found in _pattern(rf"{_BEFORE}(\d{{1,3}}){ends}").finditer(finder.text):
            if found[2] in ("er", "os", "as") and finder.main != "es":
                continue
            kinds = {"er": "masculine-adjective", "ª": "feminine", "as": "feminine"}
            kind = kinds.get(found[2], "masculine")
            place = numbers.ordinal(int(found[1]), finder.language, kind)
            plural = "s" if found[2] in ("os", "as") else ""
            finder.number(*found.span(), place and place + plural, None)


def _french_place(written: str, ending: str) -> str | None:
    number = int(written) if written.isdecimal() else _roman_value(written)
    if ending.startswith("nd"):
        return {"nd": "second", "nde": "seconde"}[ending] if number == 2 else None
    gender = "feminine" if ending in ("re", "ère", "ʳᵉ") else "masculine"
    return numbers.ordinal(number, "fr", gender) if number else None


def _roman_value(written: str) -> int:
    """What a Roman numeral up to 39 says; 0 if it is none."""
    if not re.fullmatch(_ROMAN, written):
        return 0
    values = {"I": 1, "V": 5, "X": 10}
    each = [values[char] for char in written]
    return sum(-a if a < b else a for a, b in zip(each, [*each[1:], 0], strict=True))


def _romans(finder: _Finder) -> None:
    """Roman numerals after a name or a noun that is counted: Ludwig XIV., siglo XIX, Phase II."""
    century = grammar.CENTURIES.get(finder.main)
    if century:
        for found in _pattern(rf"\bs\.(?=GAP{_ROMAN}(?:e|er)?\b)").finditer(finder.text):
            finder.claim(*found.span(), century)
    if finder.main == "es":
        for found in _pattern(rf"\b(la|el)GAP({_ROMAN})(?=GAP[A-ZÁÉÍÓÚ]\w)").finditer(finder.text):
            kind = "feminine" if found[1] == "la" else "masculine-adjective"
            place = numbers.ordinal(_roman_value(found[2]), finder.language, kind)
            finder.claim(found.start(2), found.end(2), place)
    for found in _pattern(rf"(?<=[\w.])GAP({_ROMAN})(\.?)(?!\w|['’][^\Ws]|-\w|\.\w)").finditer(
        finder.text
    ):
        name = re.search(r"([^\W\d_][\w'’.-]*)\Z", finder.text[: found.start()])
        number = _roman_value(found[1])
        if not (name and number) or (name[1].endswith(".") and name[1] != "s."):
            continue
        earlier = finder.text[: name.start()]
        said, dot = grammar.roman(
            earlier, name[1], found[1], number, bool(found[2]), finder.language
        )
        if said is None:
            continue
        end = found.end() if dot else found.end(1)
        finder.claim(found.start(1), end, finder.closed(end, said) if dot else said)
    if finder.main in ("es", "pt", "it"):
        for found in _pattern(
            rf"\b(siglos|secoli|séculos)GAP({_ROMAN})GAP(?:y|e|al|a)GAP({_ROMAN})\b"
        ).finditer(finder.text):
            said = grammar.century(_roman_value(found[3]), finder.language)
            finder.claim(found.start(3), found.end(3), said)


# -- amounts -------------------------------------------------------------------------------------


def _currencies(finder: _Finder) -> None:
    """Amounts of money: $5, £3.50, 5 €, 5 EUR, $5 million, 3,5 Mio. €."""
    signs = "|".join(map(re.escape, sorted(quantities.CURRENCY_SIGNS, key=len, reverse=True)))
    codes = "|".join(sorted(quantities.CURRENCY_CODES))
    money = rf"(?:{signs}|\b(?:{codes})\b)"
    scales = "|".join(map(re.escape, sorted(finder.words.scales, key=len, reverse=True)))
    scale = rf"(?:GAP?-?({scales})(?!\w))?" if scales else "()"
    minus = rf"((?<![\w)\]°%]){'[' + _MINUS + ']'}GAP?)?"
    for found in _pattern(rf"{_BEFORE}(NUM),[{_MINUS}]{{1,2}}(?:GAP?({money}))?(?!\w)").finditer(
        finder.text
    ):  # 5,– €
        if found[2]:
            _money(finder, found, found[2], found[1], None, None, False)
        elif (value := finder.value(found[1])) is not None:
            finder.number(*found.span(), finder.cardinal(value), value)
    amount = rf"(NUM)(?:(?:[–-]|GAP[–-]GAP)(NUM))?{scale}"
    shapes = (
        rf"{minus}(?<![\w$])(?<!\d{_GAP})({money})GAP?([{_MINUS}])?{amount}(?![\w%]|[.,]\d)",
        rf"{_BEFORE}{amount}(?:GAPde)?GAP?({money})(?!\w)",
    )
    for found in _pattern(shapes[0]).finditer(finder.text):
        sign = found[1] or found[3]
        _money(finder, found, found[2], found[4], found[5], found[6], bool(sign))
    for found in _pattern(shapes[1]).finditer(finder.text):
        _money(finder, found, found[4], found[1], found[2], found[3], False)


def _money(
    finder: _Finder,
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
    said = grammar.money(amounts, scale or "", code, finder.language)
    if said and negative:
        said = f"{finder.words.minus} {said}" if finder.words.minus else None
    if said and found[0].endswith("."):
        said = finder.closed(found.end(), said)
    finder.number(*found.span(), said, amounts[-1])


def _powers(finder: _Finder) -> None:
    """Powers of ten, and products with them: 3×10⁻³, 10^6."""
    times, to, minus = finder.words.times, finder.words.power, finder.words.minus
    if not times:
        return
    exponents = r"(?:([⁻⁺]?)([⁰¹²³⁴⁵⁶⁷⁸⁹]+)|\^\(?([-−+]?)(\d{1,3})\)?)"
    shape = rf"(?:(NUM)GAP?[×x·⋅*]GAP?)?(?<![\d.,\w])10{exponents}(?!\w)"
    for found in _pattern(shape).finditer(finder.text):
        exponent = int((found[3] or found[5]).translate(_SUPERSCRIPTS))
        below = (found[2] or found[4] or "") in ("⁻", "-", "−")
        ten, raised = finder.cardinal(Decimal(10)), finder.cardinal(Decimal(exponent))
        value = finder.value(found[1]) if found[1] else None
        if not (ten and raised) or (found[1] and value is None):
            continue
        said = _joined(ten, to, minus if below else "", raised)
        amount = (value or Decimal(1)) * Decimal(10) ** (-exponent if below else exponent)
        if value is not None:
            said = _joined(finder.cardinal(value), times, said)
        finder.number(*found.span(), said, amount)


def _joined(*parts: str | None) -> str | None:
    """Words in a row; None if some are not known."""
    if any(part is None for part in parts):
        return None
    return " ".join(part for part in parts if part)


def _exponents(finder: _Finder) -> None:
    """Powers of ten as they are typed: 6.02e23, 1E-6."""
    times, power = finder.words.times, finder.words.power
    if not power:
        return
    for found in _pattern(rf"{_BEFORE}(NUM)[eE]([-−+]?)(\d{{1,3}})(?!\w)").finditer(finder.text):
        value = finder.value(found[1])
        if value is not None:
            minus = finder.words.minus if found[2] in ("-", "−") else ""
            ten, raised = finder.cardinal(Decimal(10)), finder.cardinal(Decimal(found[3]))
            said = _joined(finder.cardinal(value), times, ten, power, minus, raised)
            finder.number(*found.span(), said, None)


def _times_over(finder: _Finder) -> None:
    """How many times: 2x, 1.5× faster, 2 x täglich."""
    often = finder.words.often
    if often:
        # “2x + 3” is algebra
        shape = rf"{_BEFORE}(NUM)(GAP?)(?:×(?!\w|GAP?[\d(])|x(?=GAP[^\W\d_A-Z]{{2}}))"
        for found in _pattern(shape).finditer(finder.text):
            value = finder.value(found[1])
            if value is not None:
                number = finder.cardinal(value, "feminine" if finder.main == "es" else "")
                finder.claim(*found.span(), _joined(number, often))


def _fractions(finder: _Finder) -> None:
    """Fractions: 1/2, ⅔, 1 1/2, 2½."""
    slashed = r"(?<![\w.,:/])(?:(\d{1,3})GAP)?(\d{1,2})[/⁄](\d{1,3})(?![\w/⁄%]|[.,:/]\d)"
    for found in _pattern(slashed).finditer(finder.text):
        _fraction(finder, found, found[1], int(found[2]), int(found[3]))
    single = rf"(?<![\w.,])(?:(\d{{1,3}})GAP?)?([{_VULGAR}])"
    for found in _pattern(single).finditer(finder.text):
        top, _, bottom = unicodedata.normalize("NFKC", found[2]).partition("⁄")
        _fraction(finder, found, found[1], int(top), int(bottom))


def _fraction(
    finder: _Finder, found: re.Match[str], whole: str | None, top: int, bottom: int
) -> None:
    said = grammar.fraction(top, bottom, finder.language)
    if whole and (top, bottom) == (1, 2):
        said = grammar.and_a_half(int(whole), finder.language)
    elif said and whole:
        said = _joined(finder.cardinal(Decimal(whole)), finder.words.joiner, said)
    elif top == bottom:  # “fifty fifty”
        said = _joined(finder.cardinal(Decimal(top)), finder.cardinal(Decimal(bottom)))
    value = Decimal(whole or 0) + Decimal("0.5")
    finder.number(*found.span(), said, value)


def _ratios(finder: _Finder) -> None:
    """Ratios: 10:1, 1:10 000; what may be a time of day has been taken for one."""
    if not finder.words.ratio:
        return
    for found in _pattern(r"(?<![\w.,:/])(NUM):(NUM)(?![\w:/]|[.,]\d)").finditer(finder.text):
        left, right = finder.value(found[1]), finder.value(found[2])
        if left is not None and right is not None:
            to = finder.words.ratio
            if finder.main == "fr" and right in (100, 1000):
                to = "sur"  # “un pour cent” is one percent
            said = _joined(finder.cardinal(left), to, finder.cardinal(right))
            finder.number(*found.span(), said, None)


def _decades(finder: _Finder) -> None:
    """Decades: 1980s, the ’80s, 1980er, 90er."""
    if finder.main == "en":
        for found in _pattern(r"(?<![\w.,])['’]?((?:1[0-9]|20)?\d0)['’]?s\b").finditer(finder.text):
            finder.claim(*found.span(), grammar.english_decade(int(found[1])))
    elif finder.main == "de":
        for found in _pattern(r"(?<![\w.,])((?:1[0-9]|20)?\d0)er(n?)\b").finditer(finder.text):
            said = numbers.year(int(found[1]), "de")
            finder.claim(*found.span(), said and f"{said}er{found[2]}")


def _heights(finder: _Finder) -> None:
    """Feet and inches: 5'10"."""
    if finder.main == "en":
        for found in _pattern(r"(?<![\w.,])(\d)['′’](1[01]|\d)(?:[\"″”]|'')").finditer(finder.text):
            feet, inches = (finder.cardinal(Decimal(found[n])) for n in (1, 2))
            finder.claim(*found.span(), _joined(feet, "foot", inches))


def _formulas(finder: _Finder) -> None:
    """Chemical formulas: CO₂ and others with lowered figures, and H2O, CO2 as they are typed."""
    known = "H2O|CO2|O2|N2|H2|CH4|NH3|SO2|NO2|N2O|O3|H2O2|H2SO4"
    shape = rf"(?<![\w])(?:(?=[A-Za-z₀-₉]*[₀-₉])(?:[A-Z][a-z]?[₀-₉]*)+|{known})(?!\w)"
    for found in _pattern(shape).finditer(finder.text):
        parts = re.findall(r"[A-Za-z]|\d+", found[0].translate(_SUPERSCRIPTS))
        said = [finder.cardinal(Decimal(part)) if part.isdecimal() else part for part in parts]
        if all(said):
            finder.claim(*found.span(), " ".join(filter(None, said)))


def _units(finder: _Finder) -> None:
    """Units after a number: 37,5 °C, 80 km/h, 3 mg, a 5-km run, 5 Min."""
    after = _pattern(rf"(GAP*|-)([°º]GAP[CF]\b|{quantities.SYMBOL})(?![\w°])")
    amounts = {
        found.end(): found.start() for found in _pattern(rf"{_BEFORE}NUM").finditer(finder.text)
    }
    amounts |= {end: start for start, (end, _) in finder.numbers.items()}
    for end, start in sorted(amounts.items()):
        found = after.match(finder.text, end)
        known = finder.numbers.get(start)
        value = known[1] if known else finder.value(finder.text[start:end])
        if found and value is not None:
            _unit(finder, start, end, found, value)


def _unit(finder: _Finder, start: int, end: int, found: re.Match[str], value: Decimal) -> None:
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
    name = name and grammar.linked(value, name, finder.main)
    begin, finish = end if glued else found.start(2), found.start(2) + width
    if name is None or not finder.free(begin, finish):
        return
    if symbol in quantities.dotted(finder.main) and finder.text[finish : finish + 1] == ".":
        finish += 1
        name = finder.closed(finish, name)
    if start not in finder.numbers:
        written = finder.text[start:end]
        said = numbers.number_in_words(written, finder.language) if written.isascii() else None
        if grammar.gender_before(value, name, finder.main):
            said = finder.counted(value, name)
        if not finder.number(start, end, said or finder.cardinal(value), value):
            return
    finder.number(begin, finish, (" " if glued else "") + name, value)


def _is_unit(finder: _Finder, number: str, found: re.Match[str], symbol: str) -> bool:
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


def _german_percents(finder: _Finder) -> None:
    """“50%ig”, which is one word."""
    if finder.main == "de":
        for found in _pattern(rf"{_BEFORE}(NUM)GAP?%-?(?=ig)").finditer(finder.text):
            value = finder.value(found[1])
            said = finder.cardinal(value) if value is not None else None
            finder.claim(*found.span(), said and f"{said}prozent")


def _scales(finder: _Finder) -> None:
    """German and French short forms of large numbers: 3,5 Mio., 5 Mds."""
    after = abbreviations.known(finder.main).after
    if not after:
        return
    names = abbreviations.pattern(frozenset(after)).pattern.partition(")")[2]
    for found in _pattern(rf"(NUM)(GAP*){names}").finditer(finder.text):
        start = found.end(2)
        value = finder.value(found[1])
        name = abbreviations.said(after, found[0][len(found[1] + found[2]) :])
        if value is None:
            continue
        if value == 1:
            name = grammar.SINGULAR_SCALES.get(name, name)
            finder.number(found.start(1), found.end(1), finder.counted(value, name), value)
        said = finder.closed(found.end(), name) if found[0].endswith(".") else name
        begin = start if found[2] else found.end(1)
        finder.number(begin, found.end(), ("" if found[2] else " ") + said, value)


def _signs(finder: _Finder) -> None:
    """Signs before a number, and between two: −5, ±2, ~20, ≥ 3, § 5, #1, 3 × 4."""
    words = finder.words
    if words.minus:
        leading = rf"(?<![\w)\]°%])[{_MINUS}](?=[$£€¥]?(?:NUM|[{_VULGAR}]))"
        negative = rf"{leading}|(?<!\w)−(?=GAP?\d)|(?<=\d)GAP?−(?=GAP?\d)"
        ends = {end for end, _ in finder.numbers.values()}
        for found in _pattern(negative).finditer(finder.text):
            start, end = found.span()
            if start in ends and "−" not in found[0]:
                continue  # “7 a.m.-9 p.m.”
            said = words.minus + ("" if finder.text[end : end + 1].isspace() else " ")
            lead = (
                " "
                if start
                and not finder.text[start - 1].isspace()
                and finder.text[start - 1].isalnum()
                else ""
            )
            if finder.text[start].isspace():
                start += 1
                lead = ""
            finder.claim(start, end, lead + said)
    for sign, said in words.before.items():
        for found in _pattern(
            rf"(?<![\w{re.escape(sign)}]){re.escape(sign)}(?=GAP?[{_MINUS}+]?\d)"
        ).finditer(finder.text):
            space = "" if finder.text[found.end()].isspace() else " "
            finder.claim(*found.span(), said + space)
    for sign, said in words.between.items():
        for found in _pattern(
            rf"(?<=[\d%°]){re.escape(sign)}(?=[{_MINUS}+]?\d)|(?<=\s){re.escape(sign)}(?=\s[{_MINUS}+]?\d)"
        ).finditer(finder.text):
            spaced = finder.text[found.start() - 1].isspace()
            finder.claim(*found.span(), said if spaced else f" {said} ")


def _plain_numbers(finder: _Finder) -> None:
    """Numbers that stand for themselves, years among them."""
    for found in _pattern(r"(?<![\w.,:/])(NUM)(?!\w|[.,:/'’]\d)").finditer(finder.text):
        value = finder.value(found[1])
        if value is None:
            continue
        said = numbers.number_in_words(found[1], finder.language) if found[1].isascii() else None
        said = said or finder.cardinal(value)
        if finder.main == "en" and re.fullmatch(r"10[1-9]\d", found[1]):
            leader = finder.word_before(found.start()).lower()
            said = grammar.english_halves(int(found[1])) if leader in _YEAR_LEADERS else said
        noun = finder.word_after(found.end())
        gender = grammar.gender_before(value, noun, finder.main, counted=False)
        if _is_label(finder, found, value):
            gender = ""
        if gender and said and finder.text[found.end() : found.end() + 1].isspace():
            said = finder.cardinal(value, gender) or said
        finder.number(*found.span(), said, value)
    # the number in “10-year”, “CD-4”, “5mg”: what stands beside it has no space
    for found in _pattern(r"(?<![\d.,:/])(?<![^\W\d_])(?<=-)(\d{1,9})(?![\w]|[.,:/]\d)").finditer(
        finder.text
    ):
        finder.claim(*found.span(), numbers.number_in_words(found[1], finder.language))


def _is_label(finder: _Finder, found: re.Match[str], value: Decimal) -> bool:
    """Whether a number names something, as in “capítulo 1” and “en 2021”, and counts nothing."""
    before = finder.word_before(found.start())
    if finder.main == "de":
        return before[:1].isupper() and before.lower() not in finder.words.openers
    if before.lower() in finder.words.labels:
        return True
    noun = finder.word_after(found.end())
    return value != 1 and not noun.endswith(("s", "x"))


def _ranges(finder: _Finder) -> None:
    """What stands between the ends of a range: 15–20, 15-20 %, 8:00–9:00, 3.–5. Mai."""
    to = numbers.RANGE_WORDS.get(finder.main)
    if not to:
        return
    ends = {end: start for start, (end, _) in finder.numbers.items()}
    for found in _pattern(r"(GAP?)([–-])(GAP?)").finditer(finder.text):
        left, right = ends.get(found.start()), finder.numbers.get(found.end())
        if left is None or right is None or bool(found[1]) != bool(found[3]):
            continue
        dash = found.start(2)
        if found[2] == "-":
            low, high = finder.numbers[left][1], right[1]
            phone = right[0] - found.end() == 4 and found.start() - left == 3
            chained = (
                phone
                or finder.text[right[0] : right[0] + 1] == "-"
                or finder.text[left - 1 : left] == "-"
            )
            ordered = low is None and high is None  # times of day, dates
            if low is not None and high is not None:
                ordered = low < high
            if chained or found[1] or not ordered:
                continue
        elif found[1] and not _counted(finder, right[0]):
            continue  # “in 1998 – 20 years later”
        finder.claim(dash, dash + 1, to if found[1] else f" {to} ")


def _counted(finder: _Finder, end: int) -> bool:
    """Whether a unit is behind a number."""
    after = re.match(_GAP + "?", finder.text[end:])
    return bool(after) and end + after.end() in finder.numbers  # type: ignore[union-attr]


def _abbreviations(finder: _Finder) -> None:
    """Abbreviations: z. B., Dr., Nr. 7, p. ej."""
    known = abbreviations.known(finder.main)
    if known.number:
        for found in abbreviations.pattern(frozenset(known.number)).finditer(finder.text):
            if found[0] == "no." and finder.word_before(found.start()).lower() in _BEFORE_NO:
                continue  # “He said no. 5 men came.”
            if re.match(r"[\s\u00a0]*\d", finder.text[found.end() :]):
                finder.claim(*found.span(), abbreviations.said(known.number, found[0]))
    if known.anywhere:
        for found in abbreviations.pattern(frozenset(known.anywhere)).finditer(finder.text):
            said, end = abbreviations.said(known.anywhere, found[0]), found.end()
            last = not finder.text[end:].strip(_CLOSING + " \u00a0")
            if found[0].endswith(".") and (last or abbreviations.may_end(found[0])):
                said = finder.closed(end, said, abbreviations.ends_list(found[0]))
            finder.claim(found.start(), end, said)
    if known.name:
        for found in abbreviations.pattern(frozenset(known.name)).finditer(finder.text):
            said = abbreviations.said(known.name, found[0])
            rest = finder.text[found.end() :]
            if (
                finder.main == "en"
                and found[0].rstrip(".") == "St"
                and not _is_saint(finder, found)
            ):
                said = "Street"
                if found[0].endswith("."):
                    said = finder.closed(found.end(), said)
                finder.claim(*found.span(), said)
            elif _is_name(rest):
                finder.claim(*found.span(), said)


def _is_saint(finder: _Finder, found: re.Match[str]) -> bool:
    """Whether “St.” is before a name, not behind one as in “Main St.”."""
    name_after = re.match(r"\s+[A-Z][a-z]", finder.text[found.end() :])
    street = re.search(r"[A-Z][a-z]+\s\Z", finder.text[: found.start()])
    return bool(name_after) and not (
        street
        and finder.ends_sentence(found.end())
        and finder.word_after(found.end()).lower() in finder.words.openers
    )


def _is_name(rest: str) -> bool:
    """Whether what follows a title is a name, or a title of those written small."""
    word = re.match(r"[\s\u00a0-]+[(\"“„«]?([^\W\d_][\w.'’-]*)", rest)
    if re.match(r"\s+(and|und|y|e|et|&)\s+[A-Z]", rest):
        return True  # “Mr. and Mrs. Brown”
    if re.match(r"\s+(le|la|l’|l')\s*\w", rest):
        return True  # « M. le président »
    small = ("de", "d’", "d'", "von", "van", "med", "rer", "phil", "h.", "h")
    return bool(word) and (word[1][0].isupper() or word[1].startswith(small))  # type: ignore[index]


_KINDS: tuple[Callable[[_Finder], None], ...] = (
    _dates,
    _times,
    _german_ordinals,
    _named_dates,
    _months,
    _ordinals,
    _decades,
    _currencies,
    _powers,
    _exponents,
    _times_over,
    _fractions,
    _ratios,
    _heights,
    _formulas,
    _scales,
    _german_percents,
    _units,
    _romans,
    _abbreviations,
    _plain_numbers,
    _ranges,
    _signs,
)
