"""Languages: a BCP 47 tag in; its name in MP4 tracks, its direction and its pace of speech out."""

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
    """`eng` for `en` or `en-GB`; a language that is not known is `und`, undetermined."""
    main = tag.split("-")[0].lower()
    return main if main in _ISO639_2.values() else _ISO639_2.get(main, "und")


def has_locale_data(tag: str) -> bool:
    """Whether Unicode's locale data, CLDR, has the language."""
    main = tag.split("-")[0].lower()
    return main in _ISO639_2 and main != "la"


_RTL = frozenset(("ar", "arc", "ckb", "dv", "fa", "he", "ku", "ps", "sd", "syr", "ug", "ur", "yi"))


def text_direction(tag: str) -> str:
    """The direction its script runs in, `ltr` or `rtl`; a script named in the tag decides."""
    main, *rest = tag.split("-")
    script = next((part for part in rest if len(part) == 4 and part.isalpha()), "")
    if script:
        written = script.title() in ("Arab", "Hebr", "Syrc", "Thaa", "Nkoo", "Adlm")
        return "rtl" if written else "ltr"
    return "rtl" if main.lower() in _RTL else "ltr"


_SPEECH_RATES = {"en": (130, 165), "es": (130, 190), "de": (105, 155)}
"""Words a minute of speech, by language.

Longer words are fewer a minute. Spanish and German have the same share, about 0.54, of the
syllables a second that Pellegrino et al. found in texts read aloud (Language 87:539: English 6.19,
Spanish 7.82, German 5.97) as English has at 130, and at most 0.8 of them, with 1.96 and 1.83
syllables a word as in narration on science (English: 1.55). Rodero found Spanish news best kept in
mind at 170 to 190 (Media Psychology 19:224).
"""
_READING_RATES = {
    "ar": 138, "fi": 161, "fr": 195, "he": 187, "it": 188, "nl": 202, "pl": 166, "pt": 181,
    "ru": 184, "sl": 180, "sv": 199, "tr": 166, "zh": 255, "ja": 357,
}  # fmt: skip
"""Words a minute, of Chinese and Japanese characters, in texts that are read aloud.

Trauzettel-Klosinski and Dietz measured it in texts of one content in 17 languages (Investigative
Ophthalmology & Visual Science 53:5452); there English has 228, Spanish 218 and German 179. The
ranges above begin at 0.57 of it and end at 0.87 at most, and so do those of the other languages.
"""
_NARRATION_SHARES = (0.57, 0.87)
_DEFAULT_RATE = (70, 205)
"""Words a minute where none are known: what is slow in Arabic to what is fast in English."""
_BY_CHARACTERS = {"zh": "zh", "yue": "zh", "ja": "ja", "th": "", "lo": "", "km": "", "my": ""}
"""Languages without spaces, whose speech is counted in characters, and the measure they share."""
_DEFAULT_CHARACTER_RATE = (150, 900)


def speech_rate_range(tag: str) -> tuple[int, int]:
    """The fewest and the most words a minute of speech, of some languages characters."""
    main = tag.partition("-")[0].lower()
    if main in _SPEECH_RATES:
        return _SPEECH_RATES[main]
    read = _READING_RATES.get(_BY_CHARACTERS.get(main, main))
    if read:
        slowest, fastest = (round(read * share / 5) * 5 for share in _NARRATION_SHARES)
        return slowest, fastest
    return _DEFAULT_CHARACTER_RATE if main in _BY_CHARACTERS else _DEFAULT_RATE


def speech_rate_unit(tag: str) -> str:
    """What a pace of speech is counted in: `words`, or `characters` where no spaces part words."""
    return "characters" if tag.partition("-")[0].lower() in _BY_CHARACTERS else "words"


def speech_rate_count(spoken: str, tag: str) -> int:
    """How many words, or of some languages characters, a spoken text has."""
    if speech_rate_unit(tag) == "characters":
        return sum(char.isalnum() for char in spoken)
    return sum(any(map(str.isalnum, word)) for word in spoken.split())
