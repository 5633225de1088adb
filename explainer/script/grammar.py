"""How a language says what stands beside a number: its words, endings, genders and orders.

English, German, Spanish and French are known well, Italian and Portuguese in part. Of other
languages only what ICU and num2words hold is said.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache, lru_cache

from explainer.script import icu, numbers, quantities


@dataclass(frozen=True, slots=True)
class LanguageWords:
    """The words that a language puts around numbers; empty ones are not known."""

    minus: str = ""
    times: str = ""  # between the factors of a product
    often: str = ""  # behind a number: how many times
    power: str = ""  # between ten and its exponent
    joiner: str = ""  # between a whole number and its fraction
    ratio: str = ""
    scales: Mapping[str, str] = field(default_factory=dict)  # millions, in money
    of_scale: str = ""  # between a million and what it is of
    before: Mapping[str, str] = field(default_factory=dict)  # signs before a number
    between: Mapping[str, str] = field(default_factory=dict)  # signs between two
    openers: frozenset[str] = frozenset()  # words that begin sentences rather than are names
    date_leaders: frozenset[str] = frozenset()
    time_leaders: frozenset[str] = frozenset()
    month_leaders: frozenset[str] = frozenset()
    labels: frozenset[str] = frozenset()  # nouns that have a number for a name
    ratio_leaders: frozenset[str] = frozenset()


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _signs(text: str) -> dict[str, str]:
    pairs = (entry.strip().split(" ", 1) for entry in text.split(";"))
    return {sign: said.strip() for sign, said in pairs}


_GERMAN_ARTICLES = _set(
    "der die das dem den des am im vom zum zur beim ans ins ein eine einen einem einer eines jeder "
    "jede jedes jeden jedem dieser diese dieses diesen diesem mein meine meinen meinem meiner sein "
    "seine seinen seinem seiner seines ihr ihre ihren ihrem ihrer ihres unser unsere unseren "
    "unserem unserer kein keine keinen keinem keiner"
)
_LANGUAGES = {
    "en": LanguageWords(
        minus="minus",
        times="times",
        often="times",
        power="to the power of",
        joiner="and",
        ratio="to",
        scales={
            **dict.fromkeys(("million", "m", "M", "mn", "mln"), "million"),
            **dict.fromkeys(("billion", "bn", "B", "b", "bln"), "billion"),
            **dict.fromkeys(("trillion", "tn", "T", "trn"), "trillion"),
            **dict.fromkeys(("thousand", "k", "K"), "thousand"),
        },
        before=_signs(
            "+ plus;± plus or minus;~ about;≈ about;∼ about;< less than;> more than;≤ at most;"
            "≥ at least;§§ sections;§ section;# number;№ number"
        ),
        between=_signs("× times;x times;· times;÷ divided by;= equals;+ plus;"
                       "± plus or minus;≈ is about;"
                       "< is less than;> is more than;→ to"),
        openers=_set(
            "the a an and but or nor so yet he she it they we you i this that these those there "
            "here "
            "then now in on at to of for from with by as is was are were when while where if after "
            "before until since because what who how why which each every no not all some most "
            "many its his her their our my both through between during than"
        ),
        month_leaders=_set("of in since until by from to late early mid last next during"),
        time_leaders=_set("at by from to until till before after around about since and past"),
        ratio_leaders=_set("ratio ratios scale odds proportion score beat"),
    ),
    "de": LanguageWords(
        minus="minus",
        times="mal",
        often="mal",
        power="hoch",
        joiner="und",
        ratio="zu",
        scales={
            "Mio.": "Millionen", "Mio": "Millionen", "Millionen": "Millionen",
            "Million": "Millionen",
            "Mrd.": "Milliarden", "Mrd": "Milliarden", "Milliarden": "Milliarden",
            "Milliarde": "Milliarden", "Tsd.": "tausend", "Tsd": "tausend", "tausend": "tausend",
            "Bill.": "Billionen", "Billionen": "Billionen",
        },
        before=_signs(
            "+ plus;± plus minus;~ etwa;≈ etwa;∼ etwa;< weniger als;> mehr als;≤ höchstens;"
            "≥ mindestens;§§ Paragrafen;§ Paragraf;# Nummer;№ Nummer"
        ),
        between=_signs("× mal;x mal;· mal;÷ geteilt durch;= gleich;+ plus;± plus minus;"
                       "≈ ungefähr gleich;"
                       "< ist kleiner als;> ist größer als"),
        openers=_set(
            "der die das dem den des ein eine einen einem einer er sie es wir ich ihr man dann da "
            "dort hier diese dieser dieses diesem diesen und aber doch denn oder so auch nach mit "
            "von zu bei für in im am um an auf aus ab als wenn wie wo was wer warum nun jetzt "
            "heute "
            "seit damit dabei dafür deshalb daher danach dazu jede jeder jedes alle viele manche "
            "nicht kein keine nur noch schon zum zur vom beim ins ihre ihr sein seine unser unsere "
            "beide einige etwa rund zwischen während weil ob obwohl dass zuerst später bald"
        ),
        month_leaders=_set("im anfang ende mitte seit bis ab"),
        time_leaders=_set("um von bis ab gegen vor nach seit zwischen und kurz"),
        ratio_leaders=_set("verhältnis verhältnisses maßstab mischung quote stand endstand"),
        date_leaders=_set("am vom zum bis der dem den des ab seit und oder zwischen"),
    ),
    "es": LanguageWords(
        minus="menos",
        times="por",
        often="veces",
        power="elevado a",
        joiner="y",
        ratio="a",
        scales={
            "millones": "millones", "millón": "millones", "M": "millones", "mill.": "millones",
            "billones": "billones", "mil": "mil",
        },
        of_scale="de",
        before=_signs(
            "+ más;± más menos;~ unos;≈ unos;∼ unos;< menos de;> más de;≤ como máximo;"
            "≥ al menos;§§ secciones;§ sección;# número;№ número"
        ),
        between=_signs("× por;x por;· por;÷ entre;= es igual a;+ más;± más menos;"
                       "≈ es aproximadamente;"
                       "< es menor que;> es mayor que"),
        openers=_set(
            "el la los las un una unos unas y o pero que qué quien quién como cómo cuando cuándo "
            "donde "
            "él ella ellos ellas yo tú nosotros este esta estos estas ese esa eso esto en de del "
            "a al "
            "con por para sin sobre desde hasta entre según si no ya así luego después antes "
            "ahora hoy "
            "aquí allí también más su sus mi mis nuestro nuestra cada todo toda todos todas es "
            "son fue "
            "muchos muchas algunos algunas ningún ninguna otro otra aunque mientras porque se le lo"
        ),
        labels=_set(
            "capítulo página parte número nivel fase tipo grupo figura tabla paso versión artículo "
            "sección volumen tomo canal línea ruta sala habitación puerta clase etapa año apartado"
        ),
        time_leaders=_set("la las"),
        ratio_leaders=_set("proporción escala relación razón"),
    ),
    "fr": LanguageWords(
        minus="moins",
        times="fois",
        often="fois",
        power="puissance",
        joiner="et",
        ratio="pour",
        scales={
            **dict.fromkeys(("millions", "million", "M"), "millions"),
            **dict.fromkeys(("milliards", "milliard", "Md", "Mds"), "milliards"),
            "mille": "mille", "k": "mille",
        },
        of_scale="de",
        before=_signs(
            "+ plus;± plus ou moins;~ environ;≈ environ;∼ environ;< moins de;> plus de;"
            "≤ au plus;≥ au moins;§§ paragraphes;§ paragraphe;# numéro;№ numéro"
        ),
        between=_signs("× fois;x fois;· fois;÷ divisé par;= égale;+ plus;± plus ou moins;"
                       "≈ égale environ;< est inférieur à;> est supérieur à"),
        openers=_set(
            "le la les l un une des et ou mais donc or ni car il elle ils elles on nous vous je "
            "tu ce "
            "cet cette ces cela ça qui que quoi quand comment pourquoi où comme si ne pas en dans "
            "de "
            "du au aux à avec par pour sans sur sous depuis dès après avant entre chez vers selon "
            "puis alors ainsi aussi ici là maintenant son sa ses leur leurs notre nos mon ma mes "
            "chaque tout toute tous toutes plusieurs quelques certains certaines c d s n est sont"
        ),
        labels=_set(
            "chapitre page partie niveau phase type groupe figure tableau étape numéro article "
            "section volume tome classe ligne salle porte version point"
        ),
        time_leaders=_set("à de vers dès avant après entre et jusqu"),
        ratio_leaders=_set("rapport échelle ratio proportion"),
    ),
    "it": LanguageWords(minus="meno", times="per", ratio="a", joiner="e"),
    "pt": LanguageWords(minus="menos", times="vezes", ratio="para", joiner="e"),
    "nl": LanguageWords(minus="min", times="keer", ratio="op", joiner="en"),
    "pl": LanguageWords(minus="minus"),
    "sv": LanguageWords(minus="minus"),
    "da": LanguageWords(minus="minus"),
    "nb": LanguageWords(minus="minus"),
    "no": LanguageWords(minus="minus"),
    "fi": LanguageWords(minus="miinus"),
    "cs": LanguageWords(minus="minus"),
    "ru": LanguageWords(minus="минус"),
    "uk": LanguageWords(minus="мінус"),
    "tr": LanguageWords(minus="eksi"),
    "hu": LanguageWords(minus="mínusz"),
    "ro": LanguageWords(minus="minus"),
}  # fmt: skip
_NONE = LanguageWords()
SINGULAR_SCALES = {
    "Millionen": "Million", "Milliarden": "Milliarde", "Billionen": "Billion",
    "milliards": "milliard", "millions": "million", "millones": "millón", "billones": "billón",
}  # fmt: skip


def language_words(main: str) -> LanguageWords:
    """The words of a language; of one that is not known, none."""
    return _LANGUAGES.get(main, _NONE)


# -- dates and times -----------------------------------------------------------------------------


@cache
def has_month_first(language: str) -> bool:
    """Whether 6/21/2024 is how a date is written: the month first."""
    written = _format_date(datetime.datetime(2024, 6, 21, 12), "yMd", language)
    return written.startswith("6")


@lru_cache(maxsize=256)
def date_in_words(date: datetime.datetime, language: str) -> str:
    """A date with its month's name, as the language orders it."""
    return _format_date(date, "yMMMMd", language)


@cache
def month_names(language: str) -> dict[str, int]:
    """The names of months as they stand in a date, in full and shortened, and their numbers."""
    found = {}
    for language_tag in dict.fromkeys((language, f"{language.partition('-')[0]}-GB", language)):
        for shape in ("MMMMd", "MMMd"):
            for month in range(1, 13):
                written = _format_date(datetime.datetime(2024, month, 20, 12), shape, language_tag)
                name = re.sub(r"[\d\W]*\d+\W*(de )?|\W+\Z", "", written)
                found[name] = month
    return found


@cache
def abbreviated_months(language: str) -> dict[str, str]:
    """The shortened names of months, without the full stop, and the full ones."""
    full = {number: name for name, number in reversed(month_names(language).items())}
    for name, number in month_names(language).items():
        full[number] = max(full[number], name, key=len)
    return {
        name: full[number]
        for name, number in month_names(language).items()
        if len(name) < len(full[number]) and len(name) > 2
    }


def _format_date(date: datetime.datetime, skeleton: str, language: str) -> str:
    return icu.formatted(f"date,::{skeleton}", date, language) or ""


_SPANISH_HALVES = {"": "", "A": " de la mañana", "P": " de la tarde"}


def time_in_words(hour: int, minute: int, half: str, main: str, hours: bool = False) -> str | None:
    """A time of day in words; `half` is A or P in English, and `minute` -1 where none is said.

    `hours` says that the word for hours is written behind it.
    """
    if main not in ("en", "de", "es", "fr"):
        return None
    feminine = "feminine" if main in ("es", "fr") else ""
    said = numbers.cardinal(Decimal(hour), main, feminine)
    minutes = numbers.cardinal(Decimal(max(minute, 0)), main)
    if not (said and minutes):
        return None
    if main == "en":
        if minute == 0:
            minutes = "" if half else "o'clock" if 0 < hour < 13 else "hundred"
        elif minute < 10:
            minutes = f"oh {minutes}"
        parts = [said, minutes if minute >= 0 else "", half and f"{half} M"]
        return " ".join(part for part in parts if part)
    if main == "de":
        said = "ein" if hour == 1 else said
        return f"{said} Uhr" + (f" {minutes}" if minute else "")
    if main == "es":
        if not minute:
            said = f"{said} horas" if hours or (hour > 12 and not half) else said
            return said + _SPANISH_HALVES[half]
        said = f"{said} {minutes}" if hour > 12 else f"{said} y {minutes}"
        return said + _SPANISH_HALVES[half]
    name = "heure" if hour < 2 else "heures"
    return f"{said} {name}" + (f" {minutes}" if minute else "")


# -- nouns ---------------------------------------------------------------------------------------

_MASCULINE, _FEMININE, _NEUTER = "masculine", "feminine", "neuter"
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
_GERMAN_MONTHS = _set(
    "januar jänner februar märz april mai juni juli august september oktober november dezember jan "
    "feb mär apr jun jul aug sep sept okt nov dez"
)
_DATIVE = _set(
    "in nach mit von aus bei seit zu zur während wegen trotz innerhalb vor auf unter über an neben "
    "hinter zwischen gegenüber statt außer ab dank seitens infolge"
)


def german_gender(noun: str) -> str:
    """The gender that the ending of a German noun makes likely."""
    if noun.lower() in _GERMAN_MONTHS or _GERMAN_MASCULINE.search(noun):
        return _MASCULINE
    if re.match(r"(Jh|Jhd|Jhdt)\Z", noun) or _GERMAN_NEUTER.search(noun):
        return _NEUTER
    return _FEMININE if _GERMAN_FEMININE.search(noun) else _MASCULINE


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
            article not in _GERMAN_ARTICLES
            and not (prepositional and noun)
            and not (begins and noun)
        ):
            return None
        begins_next = next_word[:1].isupper() and next_word.lower() in language_words("de").openers
        if begins_next and article not in _GERMAN_ARTICLES:
            return None
        if begins_next:
            noun = ""
        if not next_word and not re.match(r"\s*[,)]", rest):
            return None if article not in ("am", "zum", "vom") else "n"
    gender = _MASCULINE if next_word.lower() in _GERMAN_MONTHS else german_gender(noun)
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
        return "" if nominative and gender != _FEMININE else "n"
    if article == "der":
        # after a preposition or a noun it is the feminine's dative or genitive
        leader = re.search(r"(\w+)\s+\w+\s*[(„“]?\Z", earlier)
        word = leader[1] if leader else ""
        dative = word.lower() in _DATIVE or (gender == _FEMININE and word[:1].isupper())
        return "n" if dative and gender == _FEMININE else ""
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
        return {_FEMININE: "r", _MASCULINE: "m", _NEUTER: "m"}[gender]
    return {_FEMININE: "", _MASCULINE: "r", _NEUTER: "s"}[gender]


def _german_noun(rest: str) -> str:
    """The noun that an ordinal before `rest` is likely of: the first word with a capital."""
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
    """The gender that a number takes before a noun; empty where it has but one form.

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
            return _FEMININE
        return german_gender(noun) if not counted else _MASCULINE
    if not counted and (not noun[0].islower() or noun in language_words(main).openers):
        return ""
    head = noun.split()[0]
    if main == "es":
        hundreds = number >= 200 and number % 1000 >= 200
        feminine = bool(_SPANISH_FEMININE.search(head)) and not _ROMANCE_MASCULINE.match(head)
        if feminine:
            return _FEMININE if ones or hundreds else ""
        return _MASCULINE if ones else ""
    if main == "fr" and ones and number % 100 not in (71, 91):
        feminine = bool(_FRENCH_FEMININE.search(head.removesuffix("s")))
        return _FEMININE if feminine else _MASCULINE if number == 1 else ""
    if main in ("it", "pt") and number == 1:
        return (
            _FEMININE if head.endswith("a") and not _ROMANCE_MASCULINE.match(head) else _MASCULINE
        )
    return ""


# -- Roman numerals ------------------------------------------------------------------------------

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
_SINGLE_RULERS = _set(
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
    """What a Roman numeral after `name` is spoken as, and if that takes its full stop as well."""
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
        gender = _FEMININE if _FEMININE_NAMES.search(name) else _MASCULINE
        few = number <= 10 or main == "it"
        return (numbers.ordinal(number, language, gender) if few else cardinal), False
    return None, False


def century_in_words(number: int, language: str) -> str | None:
    """A century's number as it stands behind its noun; up to ten an ordinal."""
    main = language.lower().partition("-")[0]
    if number <= 10 or main == "it":
        return numbers.ordinal(number, language, _MASCULINE)
    return numbers.cardinal(Decimal(number), language)


def _german_ruler(earlier: str, name: str, number: int) -> str | None:
    """“der Vierzehnte”, in the case that the words before the name tell."""
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
        article, ending = ("der" if _GERMAN_WOMEN.search(name[:-1]) else "des"), "n"
    elif dative:
        article, ending = ("der" if woman else "dem"), "n"
    elif accusative and not woman:
        article, ending = "den", "n"
    else:
        article, ending = ("die" if woman else "der"), ""
    place = numbers.ordinal(number, "de", ending)
    return f"{article} {place.capitalize()}" if place else None


# -- amounts -------------------------------------------------------------------------------------


def money_in_words(amounts: list[Decimal], scale: str, code: str, language: str) -> str | None:
    """Amounts of money in words, the last with its currency: `three pounds fifty`."""
    main = language.lower().partition("-")[0]
    known = language_words(main)
    scaled = known.scales.get(scale, "")
    if scale and not scaled:
        return None
    to = numbers.RANGE_WORDS.get(main, "")
    if len(amounts) > 1 and not to:
        return None
    *before, last = amounts
    name = quantities.currency_name(code, Decimal(2) if scaled or before else last, language)
    if name is None:
        return None
    if scaled:
        if last == 1 and not before:
            scaled = SINGULAR_SCALES.get(scaled, scaled)
        number = _count_noun(last, scaled, language)
        of = known.of_scale if scaled not in ("mil", "mille") else ""
        link = "d'" if of == "de" and main == "fr" and name[0] in "aeiouy" else of and f"{of} "
        said = f"{number} {scaled} {link}{name}" if number else None
    else:
        said = _whole_and_rest(last, name, code, language)
    firsts = [numbers.cardinal(each, language) for each in before]
    if said is None or not all(firsts):
        return None
    return " ".join([*(f"{first} {to}" for first in firsts), said])


def _count_noun(number: Decimal, name: str, language: str) -> str | None:
    main = language.lower().partition("-")[0]
    if (
        name in ("mil", "tausend", "thousand", "mille", "million", "billion", "trillion")
        and main != "fr"
    ):
        return numbers.cardinal(number, language)
    return numbers.cardinal(number, language, gender_before(number, name, main))


def noun_after_number(number: Decimal, name: str, main: str) -> str:
    """A noun behind a number: French and Spanish millions take “de” before it."""
    if main not in ("fr", "es") or number < 10**6 or number % 10**6:
        return name
    return f"d'{name}" if main == "fr" and name[0] in "aeiouyéh" else f"de {name}"


def _whole_and_rest(amount: Decimal, name: str, code: str, language: str) -> str | None:
    """`five dollars`, `three pounds fifty`; a rest that is no hundredth stays a decimal."""
    main = language.lower().partition("-")[0]
    places = -int(amount.as_tuple().exponent)
    whole, rest = int(amount), amount % 1
    if places != 2 or main not in ("en", "de", "es", "fr"):
        number = _count_noun(amount, name, language)
        return f"{number} {noun_after_number(amount, name, main)}" if number else None
    singular = quantities.currency_name(code, Decimal(max(whole, 0)), language) or name
    number = _count_noun(Decimal(whole), singular, language)
    if not rest:
        return f"{number} {noun_after_number(Decimal(whole), singular, main)}" if number else None
    hundredths = int(rest * 100)
    if not whole and (small := quantities.small_change(hundredths, code, main)):
        return small
    said = numbers.cardinal(Decimal(hundredths), language)
    if not (number and said):
        return None
    if main == "en" and code in ("USD", "CAD", "AUD"):
        small = quantities.small_change(hundredths, code, main)
        said = f"and {small}" if small else said
    elif hundredths < 10 and main == "en":
        said = f"oh {said}"
    return f"{number} {singular} {'con ' if main == 'es' else ''}{said}"


_HALVES = {"en": "and a half", "es": "y medio", "fr": "et demi", "it": "e mezzo"}


def whole_and_half(whole: int, language: str) -> str | None:
    """A whole number and a half in words: `two and a half`, `zweieinhalb`."""
    main = language.lower().partition("-")[0]
    if main == "de":
        number = numbers.cardinal(Decimal(whole), language, _MASCULINE)
        return number and f"{number}einhalb"
    number = numbers.cardinal(Decimal(whole), language)
    return f"{number} {_HALVES[main]}" if number and main in _HALVES else None


_DENOMINATORS = (2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 16, 20, 100, 1000)
_ENGLISH_PARTS = {2: ("half", "halves"), 4: ("quarter", "quarters")}
_SPANISH_PARTS = {2: "medio", 3: "tercio", 4: "cuarto", 100: "centésimo", 1000: "milésimo"}
_FRENCH_PARTS = {2: "demi", 3: "tiers", 4: "quart"}


def fraction_in_words(top: int, bottom: int, language: str) -> str | None:
    """A fraction in words; None for what is more likely something else, as 24/7 and 9/11 are."""
    main = language.lower().partition("-")[0]
    if not top > 0 or bottom not in _DENOMINATORS or top == bottom or (top > bottom and bottom > 8):
        return None
    if top > 3 * bottom:
        return None
    place = numbers.ordinal(bottom, main, "masculine" if main in ("es", "fr") else "")
    count = numbers.cardinal(Decimal(top), main)
    if not (place and count):
        return None
    if main == "en":
        one, many = _ENGLISH_PARTS.get(bottom, (place, f"{place}s"))
        return f"{count} {one if top == 1 else many}"
    if main == "de":
        one = "halb" if bottom == 2 else f"{place[:-1]}el".capitalize()
        one = "Halbe" if bottom == 2 and top > 1 else one
        return f"{'ein' if top == 1 else count} {one}"
    if main == "es":
        part = _SPANISH_PARTS.get(bottom) or (place if bottom <= 10 else None)
        if part is None:
            part = (numbers.cardinal(Decimal(bottom), main) or "") + "avo"
        return f"{'un' if top == 1 else count} {part}{'s' if top > 1 else ''}"
    if main == "fr":
        part = _FRENCH_PARTS.get(bottom, place)
        return f"{count} {part}{'s' if top > 1 and part != 'tiers' else ''}"
    return None


def english_halves(number: int) -> str | None:
    """A number of four digits as years are read: `ten sixty-six`."""
    parts = [numbers.cardinal(Decimal(part), "en") for part in divmod(number, 100)]
    return " ".join(filter(None, parts)) if all(parts) else None


def english_decade(number: int) -> str | None:
    """`eighties`, `nineteen eighties`, `two thousands`."""
    if number < 100:
        said = numbers.cardinal(Decimal(number), "en") if number >= 20 else None
    elif number % 100 == 0:
        said = numbers.year(number, "en")
    else:
        said = english_halves(number)
    if said is None:
        return None
    return f"{said[:-1]}ies" if said.endswith("y") else f"{said}s"
