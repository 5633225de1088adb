"""Roman numerals in words, by the name or noun before them."""

from __future__ import annotations

import re
from decimal import Decimal

from explainer.script import numbers
from explainer.script.grammar.genders import FEMININE, MASCULINE
from explainer.script.grammar.language_words import language_words, word_set

CENTURIES = {"es": "siglo", "pt": "século"}
"""What “s.” before a Roman numeral is short for."""
_COUNTED = {
    "en": r"war|type|types|phase|stage|chapter|part|act|scene|factor|class|grade|volume|book|"
    r"figure|table|section|level|group|apollo|article|title|appendix|division|category|tier|mark|model|"
    r"generation|step|form|bowl|episode|unit|layer|complex|photosystem|schedule|round|rocky|gemini|"
    r"saturn|titan|area|lamina|cranial|nerve|pattern|region|zone|case|problem|theorem|iron|lead|"
    r"copper|angiotensin|interleukin|collagen|polymerase|topoisomerase",
    "es": r"tipo|tipos|fase|etapa|capítulo|parte|acto|escena|tomo|volumen|libro|figura|tabla|"
    r"sección|nivel|grupo|clase|grado|apolo|apollo|mundial|artículo|título|estadio|factor|punto|anexo",
    "fr": r"type|phase|stade|chapitre|partie|acte|scène|tome|volume|livre|figure|tableau|section|"
    r"niveau|groupe|classe|apollo|article|titre|annexe|facteur",
    "de": r"typ|phase|stadium|kapitel|teil|akt|szene|band|buch|abbildung|tabelle|abschnitt|stufe|"
    r"gruppe|klasse|apollo|weltkrieg|artikel|faktor|grad|ebene|hartz",
    "it": r"secolo|tipo|fase|capitolo|parte|atto|tomo|volume|libro|guerra|mondiale|stadio|grado",
    "pt": r"tipo|fase|capítulo|parte|ato|tomo|volume|livro|guerra|mundial|grau",
}
_CENTURY = re.compile(r"siglos?|s\.|secol[oi]|séculos?", re.IGNORECASE)
_CHROMOSOMES = ("XX", "XXX")
_SINGLE_RULERS = word_set(
    "ludwig franz leopold maximilian johannes benedikt katharina elisabeth maria albert christian "
    "nikolaus julius gregor innozenz sixtus wenzel philipp carlos felipe alfonso fernando juan "
    "pedro jaime isabel luis enrique pío león benedicto gregorio carlota amadeo josé sancho ramiro "
    "ordoño bermudo pablo clemente henri françois napoléon élisabeth philippe jean léon grégoire "
    "benoît urbain nicolas alexandre catherine pierre "
    "elizabeth henry george charles edward richard james william louis philip pius leo francis "
    "nicholas alexander ferdinand frederick catherine mary napoleon peter paul gustav benedict "
    "gregory innocent urban clement john otto wilhelm friedrich karl heinrich rudolf konrad"
)
_GERMAN_WOMEN = re.compile(r"(a|beth|e|gard|hild|trud|is|in)\Z")
_FEMININE_NAMES = re.compile(r"(a|bel|beth|riz|ncia)\Z")


def roman_in_words(
    earlier: str, name: str, written: str, number: int, dotted: bool, language: str
) -> tuple[str | None, bool]:
    """How a Roman numeral after `name` is said, and whether its full stop belongs to it."""
    main = language.lower().partition("-")[0]
    counted = bool(re.fullmatch(_COUNTED.get(main, "(?!)"), name, re.IGNORECASE))
    if written in _CHROMOSOMES and not counted and not _CENTURY.fullmatch(name):
        return None, False
    ruler = name.lower() in _SINGLE_RULERS or name.lower().removesuffix("s") in _SINGLE_RULERS
    if len(written) == 1 and not (counted or ruler or _CENTURY.fullmatch(name)):
        return None, False  # the pronoun I, “Malcolm X”, “rayos X”, „Herr X.“
    named = name[0].isupper() and len(name) > 1 and name.lower() not in language_words(main).openers
    cardinal = numbers.cardinal(Decimal(number), language)
    if main == "en":
        if counted:
            return cardinal, False
        return (f"the {numbers.ordinal(number, 'en')}", False) if named else (None, False)
    if main == "de":
        if dotted and named and not counted:
            return _german_ruler(earlier, name, number), True
        return (cardinal, False) if counted or (named and len(written) > 1) else (None, False)
    if main in ("es", "pt", "it") and _CENTURY.fullmatch(name):
        return century_in_words(number, language), False
    if main == "fr":
        if not (counted or named):
            return None, False
        return ("premier" if number == 1 and named and not counted else cardinal), False
    if main in ("es", "pt", "it"):
        if counted:
            return cardinal, False
        if not named:
            return None, False
        gender = FEMININE if _FEMININE_NAMES.search(name) else MASCULINE
        few = number <= 10 or main == "it"
        return (numbers.ordinal(number, language, gender) if few else cardinal), False
    return None, False


def century_in_words(number: int, language: str) -> str | None:
    """A century's number as said after its noun; up to ten an ordinal."""
    main = language.lower().partition("-")[0]
    if number <= 10 or main == "it":
        return numbers.ordinal(number, language, MASCULINE)
    return numbers.cardinal(Decimal(number), language)


def _german_ruler(earlier: str, name: str, number: int) -> str | None:
    """“der Vierzehnte”, in the case that the words before the name demand."""
    before = re.search(
        r"(\w+)\s+(?:(König|Kaiser|Papst|Königin|Kaiserin|Zar|Zarin|Prinz)\s+)?\Z", earlier
    )
    word = before[1].lower() if before else ""
    woman = bool(_GERMAN_WOMEN.search(name)) and not name.endswith("s")
    dative = word in ("von", "unter", "mit", "bei", "nach", "zu", "seit", "vor", "aus", "dem")
    accusative = word in ("durch", "für", "gegen", "um", "ohne", "den")
    if name.endswith("s") and name not in (
        "Julius",
        "Pius",
        "Nikolaus",
        "Markus",
        "Tiberius",
        "Ludovicus",
        "Clemens",
        "Innozenz",
        "Ramses",
        "Johannes",
        "Andreas",
        "Thomas",
        "Klaus",
        "Hans",
    ):
        article = "der" if _GERMAN_WOMEN.search(name[:-1]) else "des"
        ending = "n"
    elif dative:
        article = "der" if woman else "dem"
        ending = "n"
    elif accusative and not woman:
        article = "den"
        ending = "n"
    else:
        article = "die" if woman else "der"
        ending = ""
    place = numbers.ordinal(number, "de", ending)
    return f"{article} {place.capitalize()}" if place else None
