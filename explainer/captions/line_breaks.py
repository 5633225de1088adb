"""Where a text may be broken: words and a place among them in, the cost of a break there out.

Each language has closed lists of words; one without breaks by punctuation and digits alone.
sentencex knows where a sentence ends, and which full stops belong to abbreviations.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

import sentencex

from explainer.script.word_segmentation import HAN_NUMERALS, is_unspaced

# what a break costs
AFTER_SENTENCE = 0.0
AFTER_CLAUSE = 1.0
BEFORE_PHRASE = 2.0
"""Before a preposition or a conjunction."""
ANYWHERE = 4.0
AWKWARD = 15.0
"""After a preposition, a pronoun or an auxiliary, or before a particle."""
BREAKS_UNIT = 60.0
"""Between an article and its noun, and the like."""


@dataclass(frozen=True, slots=True)
class _WordLists:
    articles: frozenset[str]  # articles, determiners and possessives: never parted from their noun
    leaders: frozenset[str]  # prepositions and conjunctions: they open a row, and never end one
    helpers: frozenset[str]  # pronouns, clitics, auxiliaries, negation: better not to end a row
    numbers: frozenset[str]
    fixed: frozenset[str]  # two words that are one: never parted, nor parted from a number
    titles: frozenset[str]  # never parted from a name, with a full stop or without


def _word_lists(
    articles: str, leaders: str, helpers: str, numbers: str, fixed: str, titles: str = "dr prof"
) -> _WordLists:
    return _WordLists(
        articles=frozenset(articles.split()),
        leaders=frozenset(leaders.split()),
        helpers=frozenset(helpers.split()),
        numbers=frozenset(numbers.split()),
        fixed=frozenset(fixed.split(", ")),
        titles=frozenset(titles.split()),
    )


_NO_WORDS = _word_lists("", "", "", "", "")
_LANGUAGES = {
    "en": _word_lists(
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
        "dr prof mr mrs ms st sgt lt capt col gen rev hon sir lady professor doctor",
    ),
    "es": _word_lists(
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
        "dr dra prof profa sr sra srta d dña don doña lic ing gral sto sta san santa",
    ),
    "de": _word_lists(
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
        "dr prof hr fr hrn frl herr herrn frau st hl ing dipl",
    ),
    "fr": _word_lists(
        "le la les un une des du au aux ce cet cette ces mon ma mes ton ta tes son sa ses notre "
        "nos votre vos leur leurs chaque tout toute tous toutes aucun aucune quelques plusieurs "
        "quel quelle quels quelles",
        "et ou mais donc or ni car que qui dont où quand comme lorsque puisque si parce puis à "
        "après avant avec chez contre dans de depuis derrière dès devant durant en entre envers "
        "hors jusque malgré par parmi pendant pour près sans sauf selon sous sur vers",
        "je tu il elle on nous vous ils elles est sont était étaient sera seront être a ont avait "
        "avaient aura fut ne pas plus peut peuvent doit doivent va vont très se me te lui y",
        "deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize "
        "vingt trente quarante cinquante soixante cent cents mille million millions milliard "
        "milliards demi demie",
        "pour cent, par exemple, à dire, ainsi que, alors que, afin que, parce que, tandis "
        "que, plus de, moins de",
        "m mm mme mmes mlle mlles dr pr prof me mgr st ste",
    ),
    "it": _word_lists(
        "il lo la i gli le un uno una del dello della dei degli delle al allo alla ai agli alle "
        "dal dallo dalla dai dagli dalle nel nello nella nei negli nelle sul sullo sulla sui sugli "
        "sulle questo questa questi queste quel quello quella quei quegli quelle mio mia miei mie "
        "tuo tua tuoi tue suo sua suoi sue nostro nostra nostri nostre ogni qualche alcuni alcune "
        "tutto tutta tutti tutte nessun nessuna",
        "e ed o ma né perché che chi cui dove quando come se mentre quindi poi a ad con contro da "
        "di dopo dentro dietro durante entro fino fra in lungo oltre per presso prima senza "
        "secondo sotto sopra su tra verso",
        "io tu lui lei noi voi loro è sono era erano fu sarà saranno essere ha hanno aveva avevano "
        "può possono deve devono va vanno non più molto si mi ti ci vi ne",
        "due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici "
        "quindici sedici venti trenta quaranta cinquanta sessanta settanta ottanta novanta cento "
        "mille mila milione milioni miliardo miliardi mezzo mezza",
        "per cento, ad esempio, per esempio, vale a, a dire, così che, più di, meno di",
        "dott dottor dott.ssa dr prof prof.ssa sig sig.ra signor signora ing avv s san santa don",
    ),
    "pt": _word_lists(
        "o a os as um uma uns umas do da dos das no na nos nas ao à aos às pelo pela pelos pelas "
        "num numa este esta estes estas esse essa esses essas aquele aquela aqueles aquelas meu "
        "minha meus minhas teu tua seu sua seus suas nosso nossa nossos nossas cada todo toda "
        "todos todas algum alguma alguns algumas nenhum nenhuma outro outra outros outras",
        "e ou mas nem porque que quem onde quando como se enquanto pois embora ante após até com "
        "contra de desde durante em entre para perante por sem sob sobre segundo",
        "eu tu ele ela você nós vocês eles elas é são era eram foi foram será serão ser há tem têm "
        "tinha está estão estava pode podem deve devem vai vão não já muito mais menos me te lhe",
        "dois duas três quatro cinco seis sete oito nove dez onze doze treze catorze quinze vinte "
        "trinta quarenta cinquenta sessenta setenta oitenta noventa cem cento mil milhão milhões "
        "meio meia",
        "por cento, por exemplo, ou seja, isto é, assim que, para que, já que, mais de, menos de",
        "dr dra prof profa sr sra srta d dom dona eng exmo exma são santo santa",
    ),
}
_SENTENCE_END = re.compile(r"[.!?…。！？．؟۔।॥။።։]\W*\Z")
_CLAUSE_END = re.compile(r"[,;:)\]”»—–，、；：،؛」』）】》·-]\W*\Z")
_GERMAN_ATTRIBUTE = re.compile(r"\A[a-zäöüß]+e[mnrs]?\Z")
"""Before a German noun, which is upper-case."""
_DIGITS = re.compile(r"[~≈±<>+−–-]?\d[\d.,]*[%°]?\Z")
_ABBREVIATION = re.compile(r"\w\.\W*\Z")
_UNABBREVIATED_TITLES = frozenset(("sir", "lady", "professor", "doctor", "herr", "herrn", "frau"))
_UNABBREVIATED_TITLES |= frozenset(("don", "doña", "dom", "dona", "san", "santa", "santo", "são"))
_UNABBREVIATED_TITLES |= frozenset(("signor", "signora", "dottor"))
_AFTER_NAMES = frozenset(("jr.", "jnr.", "snr.", "inc.", "ltd.", "co.", "corp.", "ph.d.", "m.d."))
"""What follows a name and belongs to it."""
_CLINGING = frozenset("的地得了着著过過们們吗嗎呢吧里裡上下中")
"""Chinese words that cling to the one before them."""
_SPACE_ENDS_CLAUSE = frozenset(("th", "lo", "km", "my"))
"""Languages that put spaces between clauses, not between words."""


def breaks_unit(words: Sequence[str], at: int, language: str) -> bool:
    """Whether a break before word `at` parts what belongs together.

    That is an article and its noun, a number and its unit, a title and its name, an abbreviation
    and what it is of (“Nr. sieben”), or the parts of one (“z. B.”).
    """
    before = words[at - 1]
    after = words[at]
    known = _LANGUAGES.get(_main_tag(language), _NO_WORDS)
    named = after[:1].isupper() or after[:1].isdigit()
    if _is_title(before, known) and named:
        return True
    if _ends_clause(words, at, language):
        return False
    if before[-1] in HAN_NUMERALS and is_unspaced(after):
        return True
    if _is_abbreviation(before):
        # a name, a number, or the next part of the abbreviation
        return named or _is_abbreviation(after) or _is_number(after, known)
    if after.rstrip(",;:").lower() in _AFTER_NAMES and before[:1].isupper():
        return True
    if _pair(words, at) in known.fixed:
        return True
    if _strip_punctuation(before) in known.articles:
        return _strip_punctuation(after) not in known.leaders  # “einer | von sechs” is no article
    if _is_number(before, known):
        unit = at + 1 < len(words) and _pair(words, at + 1) in known.fixed
        return unit or _strip_punctuation(after) not in known.leaders | known.helpers
    # “domain | four of”: a number that no noun follows belongs to the noun before it
    no_noun_follows = (
        at + 1 == len(words)
        or _ends_clause(words, at + 1, language)
        or _strip_punctuation(words[at + 1]) in known.leaders
    )
    return _is_number(after, known) and no_noun_follows


def break_cost(words: Sequence[str], at: int, language: str, spaced: bool = True) -> float:
    """What a break between words `at - 1` and `at` costs; from `AFTER_SENTENCE` to `BREAKS_UNIT`.

    `spaced` says whether there is a space between them.
    """
    before = words[at - 1]
    after = words[at]
    main = _main_tag(language)
    if breaks_unit(words, at, language):
        return BREAKS_UNIT
    if at in _sentence_ends(tuple(words), main):
        return AFTER_SENTENCE
    if _CLAUSE_END.search(before) or (spaced and main in _SPACE_ENDS_CLAUSE):
        return AFTER_CLAUSE
    if main in ("zh", "yue") and _strip_punctuation(after) in _CLINGING:
        return AWKWARD
    known = _LANGUAGES.get(main, _NO_WORDS)
    last = _strip_punctuation(before)
    first = _strip_punctuation(after)
    # “slip | in,” and “schalten sie | ein.”
    can_be_particle = first in known.leaders | known.articles
    if can_be_particle and _ends_clause(words, at + 1, language):
        return AWKWARD
    if last in known.leaders | known.helpers:
        return AWKWARD
    if main == "de" and _GERMAN_ATTRIBUTE.search(before) and after[:1].isupper():
        return AWKWARD
    return BEFORE_PHRASE if first in known.leaders else ANYWHERE


@lru_cache(maxsize=256)
def _sentence_ends(words: tuple[str, ...], main: str) -> frozenset[int]:
    """Before which words, or after the last, a sentence has ended."""
    text = " ".join(words)
    starts = [0, *accumulate(len(word) + 1 for word in words)]
    cuts = accumulate(len(sentence) for sentence in sentencex.segment(main, text))
    ends = {bisect_left(starts, cut) for cut in cuts} | {len(words)}
    # no list of abbreviations is complete, but no sentence begins with a small letter
    return frozenset(
        at
        for at in ends
        if _SENTENCE_END.search(words[at - 1]) and not (at < len(words) and words[at][:1].islower())
    )


def _ends_clause(words: Sequence[str], at: int, language: str) -> bool:
    """Whether a sentence or a clause ends before word `at`, or there is no such word."""
    if at >= len(words) or _CLAUSE_END.search(words[at - 1]):
        return True
    return at in _sentence_ends(tuple(words), _main_tag(language))


def _is_title(word: str, known: _WordLists) -> bool:
    """Whether a word is a title; one that is written out has no full stop."""
    core = _strip_punctuation(word)
    whole = core in _UNABBREVIATED_TITLES and _SENTENCE_END.search(word)
    return core in known.titles and not whole and not _CLAUSE_END.search(word)


def _is_abbreviation(word: str) -> bool:
    """Whether a word that ends no sentence is an abbreviation: a letter or a digit, a full stop."""
    return bool(_ABBREVIATION.search(word))


def _main_tag(language: str) -> str:
    return language.split("-")[0].lower()


def _pair(words: Sequence[str], at: int) -> str:
    return f"{_strip_punctuation(words[at - 1])} {_strip_punctuation(words[at])}"


def _strip_punctuation(word: str) -> str:
    return re.sub(r"\A\W+|\W+\Z", "", word).lower()


def _is_number(word: str, known: _WordLists) -> bool:
    return bool(_DIGITS.match(word)) or _strip_punctuation(word) in known.numbers
