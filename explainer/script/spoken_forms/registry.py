"""Every kind of written form: a text and its language in, spans of it and their words out.

To add a kind, write a function that takes a `FormFinder`, and add it to `KINDS`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from explainer.script.spoken_forms.abbreviations import find_abbreviations
from explainer.script.spoken_forms.amounts import (
    find_currencies,
    find_exponents,
    find_fractions,
    find_heights,
    find_multiples,
    find_powers,
    find_ratios,
    find_scales,
)
from explainer.script.spoken_forms.dates import (
    find_dates,
    find_decades,
    find_named_dates,
    find_short_months,
    find_times,
)
from explainer.script.spoken_forms.finder import Form, FormFinder
from explainer.script.spoken_forms.ordinals import (
    find_german_ordinals,
    find_ordinals,
    find_roman_numerals,
)
from explainer.script.spoken_forms.plain_numbers import find_plain_numbers, find_ranges, find_signs
from explainer.script.spoken_forms.units import find_formulas, find_german_percents, find_units

# most lines have no written forms, and need not be searched for each kind
_MAY_HAVE_FORMS = re.compile(
    r"\d|\w\.|[¼-¾⅐-⅞°º²³¹\u2070-\u2089]|\b[IVX]+|\b(?:vs|EEUU|M[mlr]\w*|[DP]r|Ste?|Me|Mgr|c-à-d|Ms)\b"
)


def find_spoken_forms(
    text: str, language: str, taken: Iterable[tuple[int, int]] = ()
) -> list[Form]:
    """The forms in a text, in order; none overlaps another or what is `taken`."""
    if not _MAY_HAVE_FORMS.search(text):
        return []
    return FormFinder(text, language, taken, KINDS).find_all()


KINDS: tuple[Callable[[FormFinder], None], ...] = (
    find_dates,
    find_times,
    find_german_ordinals,
    find_named_dates,
    find_short_months,
    find_ordinals,
    find_decades,
    find_currencies,
    find_powers,
    find_exponents,
    find_multiples,
    find_fractions,
    find_ratios,
    find_heights,
    find_formulas,
    find_scales,
    find_german_percents,
    find_units,
    find_roman_numerals,
    find_abbreviations,
    find_plain_numbers,
    find_ranges,
    find_signs,
)
