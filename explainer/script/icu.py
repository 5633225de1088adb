"""Formats values by ICU: a language, a value and the argument of a message pattern in, text out.

ICU holds CLDR: names of units, currencies and months, and rules that spell numbers.
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from functools import lru_cache

from explainer.languages import has_locale_data


@lru_cache(maxsize=4096)
def formatted(argument: str, value: int | Decimal | datetime.datetime, language: str) -> str | None:
    """`value` as `argument` has it, such as `spellout` or `date,::MMMMd`.

    None if it cannot be, or the language is not known: ICU would take the computer's own instead.
    """
    if not has_locale_data(language):
        return None
    from icu4py.messageformat import MessageFormat  # few lines need it

    try:
        pattern = MessageFormat(f"{{n,{argument}}}", language.replace("-", "_"))
        return pattern.format({"n": value})
    except ValueError:
        return None
