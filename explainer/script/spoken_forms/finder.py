"""Finds written forms in one text: what each kind of form shares, and the spans taken so far."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from explainer.script import numbers
from explainer.script.grammar.genders import gender_before
from explainer.script.grammar.language_words import language_words

GAP = r"[ \u00a0\u2009\u202f]"
_GROUPS = (
    rf"\d{{1,3}}(?:{GAP}\d{{3}})+(?!\d)|\d{{1,3}}(?:['’]\d{{3}})+(?!\d)|\d+(?:[.,]\d{{3}})*(?!\d)"
)
NUMBER = rf"(?:{_GROUPS})(?:[.,]\d+)?(?![\d])"
BEFORE_FORM = r"(?<![\w.,:/])"
AFTER_FORM = r"(?![\w]|[.,:/]\d)"
MINUS_SIGNS = "-−–"
SUPERSCRIPT_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺₀₁₂₃₄₅₆₇₈₉", "0123456789-+0123456789")
CLOSING_MARKS = "\"'”’“»)]}›"


@dataclass(frozen=True, slots=True)
class Form:
    """What is spoken for the characters of a text from `start` to `end`."""

    start: int
    end: int
    spoken: str


def end_sentence(text: str, end: int, spoken: str, language: str) -> str:
    """`spoken`, with a full stop if the one before `end` also ends a sentence.

    `spoken` is what is said for an abbreviation of `text` that ends there.
    """
    return FormFinder(text, language).closed(end, spoken, sure=False)


class FormFinder:
    """A text, and the forms that have been found in it so far.

    `numbers` are the amounts among them: end and value by start.
    """

    def __init__(
        self,
        text: str,
        language: str,
        taken: Iterable[tuple[int, int]] = (),
        kinds: Sequence[Callable[[FormFinder], None]] = (),
    ) -> None:
        self.text = re.sub(r"[\t\n\r]", " ", text)
        self.language = language
        self.main = language.lower().partition("-")[0]
        self.words = language_words(self.main)
        self.kinds = kinds
        self.forms: list[Form] = []
        self.numbers: dict[int, tuple[int, Decimal | None]] = {}
        self._free = [True] * len(text)
        for start, end in taken:
            self._free[start:end] = [False] * (end - start)

    def find_all(self) -> list[Form]:
        """The forms of every kind, in order; none overlaps another or what is taken."""
        for find_kind in self.kinds:
            find_kind(self)
        return sorted(self.forms, key=lambda form: (form.start, form.end))

    def find_in(self, text: str) -> list[Form]:
        """The forms in another text of the same language."""
        return FormFinder(text, self.language, (), self.kinds).find_all()

    def claim(self, start: int, end: int, spoken: str | None) -> bool:
        """Add a form, unless it has no words or overlaps another; returns whether it was added."""
        if not spoken or not self.free(start, end):
            return False
        self._free[start:end] = [False] * (end - start)
        self.forms.append(Form(start, end, spoken))
        return True

    def number(self, start: int, end: int, spoken: str | None, value: Decimal | None) -> bool:
        """Add a form that is an amount, which may be the end of a range."""
        if done := self.claim(start, end, spoken):
            self.numbers[start] = (end, value)
        return done

    def free(self, start: int, end: int) -> bool:
        """Whether no form overlaps these characters."""
        return start < end and all(self._free[start:end])

    def value(self, written: str) -> Decimal | None:
        """The number that is written, or None if it is none in this language."""
        return numbers.parse_number(written, self.language)

    def cardinal(self, number: Decimal, gender: str = "") -> str | None:
        """A number in words."""
        return numbers.cardinal(number, self.language, gender)

    def counted(self, number: Decimal, name: str) -> str | None:
        """A number in words as it is said before a noun."""
        return self.cardinal(number, gender_before(number, name, self.main))

    def word_before(self, at: int) -> str:
        """The word before a place, without opening quotes between them; "" after a full stop."""
        found = re.search(r"(\w[\w.'’-]*)[\s\u00a0]+[(\"“„«']*\Z", self.text[:at])
        return found[1] if found else ""

    def word_after(self, at: int) -> str:
        """The word after a place, with only spaces between."""
        found = re.compile(r"[\s\u00a0]+(\w[\w'’-]*)").match(self.text, at)
        return found[1] if found else ""

    def ends_sentence(self, end: int, sure: bool = True) -> bool:
        """Whether the full stop of an abbreviation before `end` also ends a sentence.

        A capital after it says so, if `sure`; if not, only words that usually begin sentences do.
        """
        rest = self.text[end:].lstrip(CLOSING_MARKS).lstrip()
        if not rest:
            return True
        word = re.match(r"\W*([^\W\d_][\w'’-]*)", rest)
        if not word or rest[0] in ",;:–—-" or not word[1][0].isupper():
            return False
        opener = re.split("['’]", word[1].lower())[0] in self.words.openers
        return opener or (sure and self.main != "de")

    def closed(self, end: int, spoken: str, sure: bool = True) -> str:
        """`spoken`, with a full stop if it also ends a sentence."""
        return spoken + "." if self.ends_sentence(end, sure) else spoken


def form_pattern(text: str, flags: int = 0) -> re.Pattern[str]:
    """A pattern in which NUM stands for any written number and GAP for a space within one."""
    return compiled_pattern(text.replace("NUM", NUMBER).replace("GAP", GAP), flags)


@cache
def compiled_pattern(text: str, flags: int) -> re.Pattern[str]:
    """A pattern, compiled only once."""
    return re.compile(text, flags)
