"""Languages: a BCP 47 tag in; its ISO 639-2 code, text direction and rate of speech out."""

from __future__ import annotations

_KNOWN = """
af:afr ar:ara bg:bul bn:ben ca:cat cs:ces cy:cym da:dan de:deu el:ell en:eng eo:epo es:spa et:est
eu:eus fa:fas fi:fin fr:fra ga:gle gl:glg gu:guj he:heb hi:hin hr:hrv hu:hun hy:hye id:ind is:isl
it:ita ja:jpn ka:kat kn:kan ko:kor la:lat lt:lit lv:lav mk:mkd ml:mal mr:mar ms:msa nb:nob ne:nep
nl:nld nn:nno no:nor pa:pan pl:pol pt:por ro:ron ru:rus sk:slk sl:slv sq:sqi sr:srp sv:swe sw:swa
ta:tam te:tel th:tha tr:tur uk:ukr ur:urd vi:vie zh:zho
"""
_ISO639_2 = dict(pair.split(":") for pair in _KNOWN.split())


def iso639_2(tag: str) -> str:
    """The code that MP4 tracks carry: `eng` for `en` or `en-GB`, `und` for an unknown language."""
    main = tag.split("-")[0].lower()
    if main in _ISO639_2.values():
        return main
    return _ISO639_2.get(main, "und")


def has_locale_data(tag: str) -> bool:
    """Whether Unicode's locale data (CLDR) covers the language."""
    main = tag.split("-")[0].lower()
    return main in _ISO639_2 and main != "la"


_RTL = frozenset(("ar", "arc", "ckb", "dv", "fa", "he", "ku", "ps", "sd", "syr", "ug", "ur", "yi"))
_RTL_SCRIPTS = frozenset(("Arab", "Hebr", "Syrc", "Thaa", "Nkoo", "Adlm"))


def text_direction(tag: str) -> str:
    """`ltr` or `rtl`; where the tag names a script, as in `az-Arab`, that decides."""
    main, *rest = tag.split("-")
    script = next((part for part in rest if len(part) == 4 and part.isalpha()), "")
    is_rtl = script.title() in _RTL_SCRIPTS if script else main.lower() in _RTL
    return "rtl" if is_rtl else "ltr"


_SPEECH_RATES = {"en": (130, 165), "es": (130, 190), "de": (105, 155)}
"""Slowest and fastest narration in words a minute, by language.

Languages with longer words have fewer a minute. The slowest rates are 0.54 of the syllables a
second that Pellegrino et al. found in texts read aloud (Language 87:539: English 6.19, Spanish
7.82, German 5.97), as 130 words a minute are in English, and the fastest at most 0.8 of them. A
word of narration on science has 1.55 syllables in English, 1.96 in Spanish, 1.83 in German. Rodero
found Spanish news best remembered at 170 to 190 (Media Psychology 19:224).
"""
_READING_RATES = {
    "ar": 138, "fi": 161, "fr": 195, "he": 187, "it": 188, "nl": 202, "pl": 166, "pt": 181,
    "ru": 184, "sl": 180, "sv": 199, "tr": 166, "zh": 255, "ja": 357,
}  # fmt: skip
"""Words a minute, for Chinese and Japanese characters a minute, in texts that are read aloud.

Trauzettel-Klosinski and Dietz measured it with the same text in 17 languages (Investigative
Ophthalmology & Visual Science 53:5452); there English has 228, Spanish 218 and German 179.
"""
_NARRATION_SHARES = (0.57, 0.87)
"""Slowest and fastest narration as shares of reading aloud; `_SPEECH_RATES` lie between them."""
_DEFAULT_RATE = (70, 205)
"""Words a minute of a language without figures: from slow in Arabic to fast in English."""
_BY_CHARACTERS = {"zh": "zh", "yue": "zh", "ja": "ja", "th": "", "lo": "", "km": "", "my": ""}
"""Languages without spaces, counted in characters; the key of their figures in `_READING_RATES`."""
_DEFAULT_CHARACTER_RATE = (150, 900)
"""Characters a minute of a language that is counted in them and has no figures."""


def speech_rate_range(tag: str) -> tuple[int, int]:
    """The slowest and the fastest good narration, in `speech_rate_unit`s a minute."""
    main = tag.partition("-")[0].lower()
    if main in _SPEECH_RATES:
        return _SPEECH_RATES[main]
    read = _READING_RATES.get(_BY_CHARACTERS.get(main, main))
    if read:
        slowest, fastest = (round(read * share / 5) * 5 for share in _NARRATION_SHARES)
        return slowest, fastest
    if main in _BY_CHARACTERS:
        return _DEFAULT_CHARACTER_RATE
    return _DEFAULT_RATE


def speech_rate_unit(tag: str) -> str:
    """What speech is counted in: `words`, or `characters` where no spaces separate words."""
    return "characters" if tag.partition("-")[0].lower() in _BY_CHARACTERS else "words"


def speech_rate_count(spoken: str, tag: str) -> int:
    """How many `speech_rate_unit`s a spoken text has."""
    if speech_rate_unit(tag) == "characters":
        return sum(char.isalnum() for char in spoken)
    return sum(any(map(str.isalnum, word)) for word in spoken.split())
