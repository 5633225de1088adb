"""The words that each language puts around numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class LanguageWords:
    """The words that a language puts around numbers; empty where they are not known."""

    minus: str = ""
    times: str = ""  # between the factors of a product
    often: str = ""  # after a number: how many times
    power: str = ""  # between ten and its exponent
    joiner: str = ""  # between a whole number and its fraction
    ratio: str = ""
    scales: Mapping[str, str] = field(default_factory=dict)  # millions, in money
    of_scale: str = ""  # between a million and what it is of
    before: Mapping[str, str] = field(default_factory=dict)  # signs before a number
    between: Mapping[str, str] = field(default_factory=dict)  # signs between two
    openers: frozenset[str] = frozenset()  # words that begin sentences, and are no names
    date_leaders: frozenset[str] = frozenset()
    time_leaders: frozenset[str] = frozenset()
    month_leaders: frozenset[str] = frozenset()
    labels: frozenset[str] = frozenset()  # nouns that are named by a number, as in “chapter 3”
    ratio_leaders: frozenset[str] = frozenset()


def word_set(text: str) -> frozenset[str]:
    """The words of a text, separated by spaces."""
    return frozenset(text.split())


def _signs(text: str) -> dict[str, str]:
    pairs = (entry.strip().split(" ", 1) for entry in text.split(";"))
    return {sign: said.strip() for sign, said in pairs}


GERMAN_ARTICLES = word_set(
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
        openers=word_set(
            "the a an and but or nor so yet he she it they we you i this that these those there "
            "here "
            "then now in on at to of for from with by as is was are were when while where if after "
            "before until since because what who how why which each every no not all some most "
            "many its his her their our my both through between during than"
        ),
        month_leaders=word_set("of in since until by from to late early mid last next during"),
        time_leaders=word_set("at by from to until till before after around about since and past"),
        ratio_leaders=word_set("ratio ratios scale odds proportion score beat"),
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
        openers=word_set(
            "der die das dem den des ein eine einen einem einer er sie es wir ich ihr man dann da "
            "dort hier diese dieser dieses diesem diesen und aber doch denn oder so auch nach mit "
            "von zu bei für in im am um an auf aus ab als wenn wie wo was wer warum nun jetzt "
            "heute "
            "seit damit dabei dafür deshalb daher danach dazu jede jeder jedes alle viele manche "
            "nicht kein keine nur noch schon zum zur vom beim ins ihre ihr sein seine unser unsere "
            "beide einige etwa rund zwischen während weil ob obwohl dass zuerst später bald"
        ),
        month_leaders=word_set("im anfang ende mitte seit bis ab"),
        time_leaders=word_set("um von bis ab gegen vor nach seit zwischen und kurz"),
        ratio_leaders=word_set("verhältnis verhältnisses maßstab mischung quote stand endstand"),
        date_leaders=word_set("am vom zum bis der dem den des ab seit und oder zwischen"),
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
        openers=word_set(
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
        labels=word_set(
            "capítulo página parte número nivel fase tipo grupo figura tabla paso versión artículo "
            "sección volumen tomo canal línea ruta sala habitación puerta clase etapa año apartado"
        ),
        time_leaders=word_set("la las"),
        ratio_leaders=word_set("proporción escala relación razón"),
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
        openers=word_set(
            "le la les l un une des et ou mais donc or ni car il elle ils elles on nous vous je "
            "tu ce "
            "cet cette ces cela ça qui que quoi quand comment pourquoi où comme si ne pas en dans "
            "de "
            "du au aux à avec par pour sans sur sous depuis dès après avant entre chez vers selon "
            "puis alors ainsi aussi ici là maintenant son sa ses leur leurs notre nos mon ma mes "
            "chaque tout toute tous toutes plusieurs quelques certains certaines c d s n est sont"
        ),
        labels=word_set(
            "chapitre page partie niveau phase type groupe figure tableau étape numéro article "
            "section volume tome classe ligne salle porte version point"
        ),
        time_leaders=word_set("à de vers dès avant après entre et jusqu"),
        ratio_leaders=word_set("rapport échelle ratio proportion"),
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
