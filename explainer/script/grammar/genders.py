"""Genders of nouns, and what ordinals and numbers before them end in."""

from __future__ import annotations

import re
from decimal import Decimal

from explainer.script.grammar.language_words import GERMAN_ARTICLES, language_words, word_set

MASCULINE = "masculine"
FEMININE = "feminine"
NEUTER = "neuter"
_GERMAN_NEUTER = re.compile(
    r"(jahr|hundert|tausend|zehnt|kapitel|quartal|semester|kind|spiel|buch|bild|tor|haus|werk|"
    r"stadium|gebot|gesetz|viertel|drittel|mal|chen|lein|um|ment|nis|ziel|licht|wort|blatt|feld|"
    r"lied|land|tier|glas|stück|bein|gen|atom|elektron|molekül|system|volk|reich|leben|rennen|"
    r"treffen|modell|argument|beispiel|mittel|medikament|ende|auge|grad|gramm|pfund|prozent|"
    r"trimester|stockwerk|obergeschoss|geschoss|bataillon|regiment|heft|tausendstel|paar)\Z",
    re.IGNORECASE,
)
_GERMAN_FEMININE = re.compile(
    r"(ung|heit|keit|schaft|ion|tät|sis|ur|ik|enz|anz|ei|e|hand|nacht|stadt|zahl|form|wahl|zeit|"
    r"art|kraft|macht|sicht|schicht|bank|wand|person|frau|mutter|tochter|schwester|fahrt|welt|"
    r"gefahr|antwort|nummer|mauer|feder|kammer|leiter|ziffer|formel|regel|insel|zelle|spur|"
    r"haut|woche|liga|probe|milch|luft|nuss|wurst|flut|arbeit)\Z",
    re.IGNORECASE,
)
_GERMAN_MASCULINE = re.compile(
    r"(name|gedanke|buchstabe|kollege|käse|junge|affe|löwe|hase|zeuge|kunde|erbe|krieg|"
    r"geburtstag|tag|uhr\b|platz|teil|schritt|satz|versuch|monat|punkt|fall|rang|stock|grund)\Z",
    re.IGNORECASE,
)
_GERMAN_MONTHS = word_set(
    "januar jänner februar märz april mai juni juli august september oktober november dezember jan "
    "feb mär apr jun jul aug sep sept okt nov dez"
)
_DATIVE = word_set(
    "in nach mit von aus bei seit zu zur während wegen trotz innerhalb vor auf unter über an neben "
    "hinter zwischen gegenüber statt außer ab dank seitens infolge"
)


def german_gender(noun: str) -> str:
    """The likely gender of a German noun, by its ending."""
    if noun.lower() in _GERMAN_MONTHS or _GERMAN_MASCULINE.search(noun):
        return MASCULINE
    if re.match(r"(Jh|Jhd|Jhdt)\Z", noun) or _GERMAN_NEUTER.search(noun):
        return NEUTER
    return FEMININE if _GERMAN_FEMININE.search(noun) else MASCULINE


def german_ending(earlier: str, before: str, rest: str) -> str | None:
    """What an ordinal ends in after `e`, of the word before it and the text around it.

    None where a figure with a full stop is no ordinal but ends a sentence.
    """
    noun = _german_noun(rest)
    article = before.lower()
    follows = re.match(r"[\s\u00a0\u202f]+(\w+)", rest)
    next_word = follows[1] if follows else ""
    dated = next_word.lower() in _GERMAN_MONTHS or bool(
        re.match(r"(Jahrh|Jahrtaus|Jhd?t?\b)", next_word)
    )
    begins = not earlier.strip() or earlier.rstrip()[-1] in ".!?:;,–—(„“»«"
    prepositional = article in _DATIVE or article in ("bis", "für", "um", "gegen", "ohne", "durch")
    if not dated:
        if (
            article not in GERMAN_ARTICLES
            and not (prepositional and noun)
            and not (begins and noun)
        ):
            return None
        begins_next = next_word[:1].isupper() and next_word.lower() in language_words("de").openers
        if begins_next and article not in GERMAN_ARTICLES:
            return None
        if begins_next:
            noun = ""
        if not next_word and not re.match(r"\s*[,)]", rest):
            return None if article not in ("am", "zum", "vom") else "n"
    gender = MASCULINE if next_word.lower() in _GERMAN_MONTHS else german_gender(noun)
    return _german_agreement(
        earlier, article, gender, prepositional, next_word.lower() in _GERMAN_MONTHS
    )


def _german_agreement(
    earlier: str, article: str, gender: str, prepositional: bool, date: bool
) -> str:
    if article in ("am", "im", "vom", "zum", "zur", "beim", "dem", "den", "des") or re.fullmatch(
        r"(ein|kein|mein|sein|ihr|unser|jed|dies)(e[nmrs])", article
    ):
        nominative = re.fullmatch(r"(jed|dies)(er|es)", article)
        return "" if nominative and gender != FEMININE else "n"
    if article == "der":
        # after a preposition or a noun it is the feminine's dative or genitive
        leader = re.search(r"(\w+)\s+\w+\s*[(„“]?\Z", earlier)
        word = leader[1] if leader else ""
        dative = word.lower() in _DATIVE or (gender == FEMININE and word[:1].isupper())
        return "n" if dative and gender == FEMININE else ""
    if article in (
        "die",
        "das",
        "ans",
        "ins",
        "eine",
        "keine",
        "jede",
        "diese",
        "meine",
        "seine",
        "ihre",
        "unsere",
    ):
        return ""
    if date and prepositional:
        return "n"  # “ab ersten Mai”
    if prepositional:
        return {FEMININE: "r", MASCULINE: "m", NEUTER: "m"}[gender]
    return {FEMININE: "", MASCULINE: "r", NEUTER: "s"}[gender]


def _german_noun(rest: str) -> str:
    """The likely noun of an ordinal before `rest`: the first word with a capital."""
    for word in re.findall(r"[\s\u00a0\u202f]+([^\W\d_][\w-]*)(?=([.,;:!?)])?)", rest[:80])[:3]:
        if word[0][0].isupper():
            return str(word[0])
        if word[1]:
            break
    return ""


_ROMANCE_MASCULINE = re.compile(
    r"(d[ií]as?|mapas?|planetas?|\w+(?:em|am|im|om|ism|gram)as?|cometas?|tranvías?)\Z",
    re.IGNORECASE,
)
_SPANISH_FEMININE = re.compile(
    r"(as?|ci[oó]n(?:es)?|si[oó]n(?:es)?|dad(?:es)?|tud(?:es)?|veces|vez|noches?|partes?|"
    r"mujer(?:es)?|"
    r"clases?|manos?|leyes|ley|flor(?:es)?|series?|fases?|imagen|imágenes)\Z",
    re.IGNORECASE,
)
_FRENCH_FEMININE = re.compile(
    r"(tion|sion|té|ée|ette|ance|ence|ure|elle|esse|ille|ine|ude|ie|fois|minute|heure|seconde|"
    r"année|"
    r"semaine|dose|personne|femme|cellule|livre|page|classe|once|tonne|calorie|unité|étoile|étape|"
    r"phase|partie|chose|moitié|cause|nuit|part|main)\Z",
    re.IGNORECASE,
)


def gender_before(number: Decimal, noun: str, main: str, counted: bool = True) -> str:
    """The gender of a number before a noun; "" where it has only one form.

    `counted` says that the noun is sure to be what is counted.
    """
    if number != number.to_integral_value() or not noun:
        return ""
    ones = number % 10 == 1 and number % 100 != 11
    if main == "de":
        known = counted or (noun[0].isupper() and noun.lower() not in language_words("de").openers)
        if number != 1 or not known or noun == "Uhr":
            return ""
        if counted and re.search(r"(?<!gramm)(e|ion)(\W|\Z)", noun.split()[0]):
            return FEMININE
        return german_gender(noun) if not counted else MASCULINE
    if not counted and (not noun[0].islower() or noun in language_words(main).openers):
        return ""
    head = noun.split()[0]
    if main == "es":
        hundreds = number >= 200 and number % 1000 >= 200
        feminine = bool(_SPANISH_FEMININE.search(head)) and not _ROMANCE_MASCULINE.match(head)
        if feminine:
            return FEMININE if ones or hundreds else ""
        return MASCULINE if ones else ""
    if main == "fr" and ones and number % 100 not in (71, 91):
        feminine = bool(_FRENCH_FEMININE.search(head.removesuffix("s")))
        return FEMININE if feminine else MASCULINE if number == 1 else ""
    if main in ("it", "pt") and number == 1:
        return FEMININE if head.endswith("a") and not _ROMANCE_MASCULINE.match(head) else MASCULINE
    return ""
