"""Written forms that voices are likely to misread: a Wording in, the words in doubt and why out."""

from __future__ import annotations

import re
from collections.abc import Mapping

from explainer.errors import Place, Problem
from explainer.script.wording import Wording, core

_UNITS = frozenset(
    [
        "µg",
        "μg",
        "ng",
        "pg",
        "mg",
        "g",
        "kg",
        "t",
        "µl",
        "μl",
        "ml",
        "dl",
        "l",
        "µm",
        "μm",
        "nm",
        "mm",
        "cm",
        "m",
        "km",
        "Å",
        "ms",
        "s",
        "min",
        "h",
        "Hz",
        "kHz",
        "MHz",
        "GHz",
        "°C",
        "°F",
        "K",
        "µM",
        "μM",
        "nM",
        "mM",
        "M",
        "mol",
        "mmol",
        "Da",
        "kDa",
        "V",
        "mV",
        "W",
        "kW",
        "MW",
        "kWh",
        "A",
        "mA",
        "J",
        "kJ",
        "kcal",
        "Pa",
        "kPa",
        "hPa",
        "bar",
        "Gy",
        "mGy",
        "Sv",
        "mSv",
        "bp",
        "kb",
        "Mb",
        "Gb",
        "mmHg",
        "km/h",
        "m/s",
        "mph",
    ]
)


def doubts(
    said: Wording, language: str, phonemes: Mapping[str, Mapping[str, str]]
) -> list[tuple[str, str]]:
    """Each word in doubt (once) and why; not those that the lexicon or the phonemes have."""
    found: dict[str, str] = {}
    known = {word.lower() for words in phonemes.values() for word in words}
    bare = [core(word.text) for word in said.words]
    for i, word in enumerate(said.words):
        if word.listed or bare[i].lower() in known:
            continue
        spoken = said.spoken[word.spoken_start : word.spoken_end]
        if i and bare[i] in _UNITS and re.search(r"\d%?\Z", bare[i - 1]):
            found.setdefault(f"{bare[i - 1]} {bare[i]}", "a number with a unit")
        elif why := _why(spoken, language):
            found.setdefault(bare[i], why)
    return list(found.items())


def note(word: str, why: str, place: Place) -> Problem:
    """The warning that a doubt gives."""
    return Problem(
        f"“{word}” may be misread: it is {why}",
        place,
        f"say how under lexicon:, as in {word}: spoken words; hear it with: python render.py say",
    )


def _why(spoken: str, language: str) -> str:
    if re.search(r"[A-Za-z]\d|\d[A-Za-z]", spoken):
        return "letters with digits"
    if re.search(r"\d", spoken):
        return "a number that has no words in this language"
    if re.search(r"[\u0370-\u03ff\u1f00-\u1fff]", spoken) and language.split("-")[0] != "el":
        return "Greek letters"
    if re.search(r"(?<![^\W_])[A-Z]{2,}s?(?![^\W_])|[a-z][A-Z]", spoken):
        return "an acronym"
    if re.search(r"[~≈±×÷→←<>=^°+µ&§†@#_\\|$€£¥²³½¼¾]", spoken):
        return "a sign"
    return ""
