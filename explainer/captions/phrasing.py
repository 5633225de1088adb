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
    helpers: frozenset[str]  # pronouns, clitics, auxiliaries, negation: better not to end a row
    numbers: frozenset[str]
    fixed: frozenset[str]  # two words that are one: never parted, nor parted from a number


def _words(articles: str, leaders: str, helpers: str, numbers: str, fixed: str) -> _Words:
    single = [frozenset(part.split()) for part in (articles, leaders, helpers, numbers)]
    return _Words(single[0], single[1], single[2], single[3], frozenset(fixed.split(", ")))


_NONE = _words("", "", "", "", "")
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
        "per cent, for example, such as",
    ),
    "es": _words(
        "el la los las un una unos unas lo este esta estos estas ese esa esos esas mi tu su mis "
        "tus sus nuestro nuestra nuestros nuestras cada al del aquel aquella aquellos aquellas "
        "otro otra otros otras algún alguna algunos algunas ningún ninguna mucho mucha muchos "
        "muchas poco poca pocos pocas varios varias ambos ambas todo toda todos todas cuyo cuya "
        "gran buen mal primer tercer solo sola",
        "y e o u pero ni sino porque aunque mientras cuando donde si que como pues a ante bajo con "
        "contra de desde durante en entre hacia hasta mediante para por salvo según sin sobre tras",
        "yo tú él ella usted nosotros ellos ellas ustedes quien es son era eran fue fueron ser ha "
        "han he hemos había habían está están estaba puede pueden debe deben va van no nunca ya "
        "muy más menos tan casi se me te le les nos os",
        "uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince "
        "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa cien ciento doscientos "
        "quinientos mil millón millones medio media",
        "por ciento, sin embargo, es decir, por ejemplo, así que, ya que, hasta que, para que",
    ),
    "de": _words(
        "der die das den dem des ein eine einen einem einer eines dieser diese dieses diesen "
        "diesem jeder jede jedes jeden jedem jener jene jenes alle allen aller beide beiden viele "
        "vielen manche mein meine dein deine sein seine seinen seinem seiner seines ihr ihre ihren "
        "ihrem ihrer ihres unser unsere unseren kein keine keinen keinem keiner einzige einzigen "
        "im am zum zur beim vom ins ans aufs fürs ums",
        "und oder aber denn sondern weil obwohl während wenn wo dass ob als wie ab an auf aus bei "
        "bis damit denen deren durch für gegen hinter in indem innerhalb mit nach neben ohne seit "
        "sobald sowie trotz über um unter von vor während wegen zu zwischen",
        "ich du er sie es wir wer man ist sind war waren hat haben hatte hatten wird werden wurde "
        "wurden kann können konnte muss müssen soll sollen darf dürfen nicht nie nur sehr etwa "
        "rund fast mich dich sich uns euch mir dir ihm ihn ihnen",
        "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn zwanzig dreißig "
        "vierzig fünfzig sechzig siebzig achtzig neunzig hundert tausend million millionen halb "
        "halbe",
        "zum beispiel, das heißt, so dass, nicht mehr, bis zu",
    ),
}
_ENDS_SENTENCE = re.compile(r"[.!?…]\W*\Z")
_ENDS_CLAUSE = re.compile(r"[,;:)\]”»—–-]\W*\Z")
_ATTRIBUTE = re.compile(r"\A[a-zäöüß]+e[mnrs]?\Z")  # before a German noun, which is upper-case
_DIGITS = re.compile(r"[~≈±<>+−–-]?\d[\d.,]*[%°]?\Z")


def splits(words: Sequence[str], at: int, language: str) -> bool:
    """Whether a break before word `at` parts an article and its noun, or a number and its unit."""
    before, after = words[at - 1], words[at]
    known = _LANGUAGES.get(_main(language), _NONE)
    if _ends(before):
        return False
    if _pair(words, at) in known.fixed:
        return True
    if _core(before) in known.articles:
        return _core(after) not in known.leaders  # “einer | von sechs” is no article
    if _is_number(before, known):
        unit = at + 1 < len(words) and _pair(words, at + 1) in known.fixed
        return unit or _core(after) not in known.leaders | known.helpers
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
    known = _LANGUAGES.get(_main(language), _NONE)
    # “slip | in,” and “schalten sie | ein.”
    particle = _core(after) in known.leaders | known.articles and _ends(after)
    if particle or _core(before) in known.leaders | known.helpers:
        return LOOSE
    if _main(language) == "de" and _ATTRIBUTE.search(before) and after[:1].isupper():
        return LOOSE
    return PHRASE if _core(after) in known.leaders else PLAIN


def _main(language: str) -> str:
    return language.split("-")[0].lower()


def _pair(words: Sequence[str], at: int) -> str:
    return f"{_core(words[at - 1])} {_core(words[at])}"


def _ends(word: str) -> bool:
    return bool(_ENDS_SENTENCE.search(word) or _ENDS_CLAUSE.search(word))


def _core(word: str) -> str:
    return re.sub(r"\A\W+|\W+\Z", "", word).lower()


def _is_number(word: str, known: _Words) -> bool:
    return bool(_DIGITS.match(word)) or _core(word) in known.numbers
