"""Where a text may be broken: words and a place among them in, what a break there costs out.

The word lists are closed and per language; a language without one breaks by punctuation and digits.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

SENTENCE, CLAUSE, PHRASE, PLAIN, LOOSE, SPLIT = 0.0, 1.0, 2.0, 4.0, 15.0, 60.0
"""What a break costs, from after a full stop to between an article and its noun."""


@dataclass(frozen=True, slots=True)
class _Words:
    articles: frozenset[str]  # articles, determiners and possessives: never parted from their noun
    leaders: frozenset[str]  # prepositions and conjunctions: they open a row, and never end one
    helpers: frozenset[str]  # subject pronouns, auxiliaries, negation: better not to end a row
    numbers: frozenset[str]


def _words(articles: str, leaders: str, helpers: str, numbers: str) -> _Words:
    return _Words(*(frozenset(part.split()) for part in (articles, leaders, helpers, numbers)))


_NONE = _words("", "", "", "")
_LANGUAGES = {
    "en": _words(
        "a an the this that these those my your his her its our their each every no some any",
        "and or but nor so yet because although while when where if unless until since than as "
        "about above across after against along among around at before behind below beneath "
        "beside between beyond by down during for from in inside into like near of off on onto out "
        "outside over per through to toward towards under up upon via with within without",
        "i you he she it we they who which is are was were be been being am has have had do does "
        "did will would can could may might must shall should not cannot never",
        "one two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty "
        "sixty seventy eighty ninety hundred thousand million billion half",
    ),
    "es": _words(
        "el la los las un una unos unas lo este esta estos estas ese esa esos esas mi tu su mis "
        "tus sus nuestro nuestra nuestros nuestras cada al del",
        "y e o u pero ni sino porque aunque mientras cuando donde si que como a ante bajo con "
        "contra de desde durante en entre hacia hasta para por según sin sobre tras",
        "yo tú él ella nosotros ellos ellas quien es son era eran fue fueron ser ha han había está "
        "están puede pueden debe deben no nunca se me te le les nos",
        "uno dos tres cuatro cinco seis siete ocho nueve diez once doce veinte treinta cuarenta "
        "cincuenta sesenta setenta ochenta noventa cien mil millón millones",
    ),
    "de": _words(
        "der die das den dem des ein eine einen einem einer eines dieser diese dieses diesen "
        "diesem jeder jede jedes mein dein sein ihr unser kein keine keinen im am zum zur beim "
        "vom ins",
        "und oder aber denn sondern weil obwohl während wenn wo dass ob als wie ab an auf aus bei "
        "bis durch für gegen hinter in mit nach neben ohne seit über um unter von vor wegen zu "
        "zwischen",
        "ich du er sie es wir wer ist sind war waren sein hat haben hatte wird werden wurde wurden "
        "kann können muss müssen soll sollen darf nicht nie sich",
        "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf zwanzig dreißig vierzig fünfzig "
        "sechzig siebzig achtzig neunzig hundert tausend million millionen",
    ),
}
_ENDS_SENTENCE = re.compile(r"[.!?…]\W*\Z")
_ENDS_CLAUSE = re.compile(r"[,;:)\]”»—–-]\W*\Z")
_DIGITS = re.compile(r"[~≈±<>+−–-]?\d[\d.,]*[%°]?\Z")


def splits(words: Sequence[str], at: int, language: str) -> bool:
    """Whether a break before word `at` parts an article and its noun, or a number and its unit."""
    before, after = words[at - 1], words[at]
    known = _LANGUAGES.get(language.split("-")[0].lower(), _NONE)
    if _ends(before):
        return False
    if _core(before) in known.articles:
        return True
    if _is_number(before, known):
        return _core(after) not in known.leaders | known.helpers
    # “domain | four of”: a number that no noun follows belongs to the noun before it
    closed = at + 1 == len(words) or _ends(after) or _core(words[at + 1]) in known.leaders
    return _is_number(after, known) and closed


def break_cost(words: Sequence[str], at: int, language: str) -> float:
    """What a break between words `at - 1` and `at` costs; the scale is `SENTENCE` … `SPLIT`."""
    before, after = words[at - 1], words[at]
    if _ENDS_SENTENCE.search(before):
        return SENTENCE
    if _ENDS_CLAUSE.search(before):
        return CLAUSE
    if splits(words, at, language):
        return SPLIT
    known = _LANGUAGES.get(language.split("-")[0].lower(), _NONE)
    particle = _core(after) in known.leaders and _ends(after)  # “slip | in,”
    if particle or _core(before) in known.leaders | known.helpers:
        return LOOSE
    return PHRASE if _core(after) in known.leaders else PLAIN


def _ends(word: str) -> bool:
    return bool(_ENDS_SENTENCE.search(word) or _ENDS_CLAUSE.search(word))


def _core(word: str) -> str:
    return re.sub(r"\A\W+|\W+\Z", "", word).lower()


def _is_number(word: str, known: _Words) -> bool:
    return bool(_DIGITS.match(word)) or _core(word) in known.numbers
