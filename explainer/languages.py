"""Language tags: a BCP 47 tag in, the three letters that MP4 tracks carry out (ISO 639-2/T)."""

from __future__ import annotations

_KNOWN = """
af:afr ar:ara bg:bul bn:ben ca:cat cs:ces cy:cym da:dan de:deu el:ell en:eng eo:epo es:spa et:est
eu:eus fa:fas fi:fin fr:fra ga:gle gl:glg gu:guj he:heb hi:hin hr:hrv hu:hun hy:hye id:ind is:isl
it:ita ja:jpn ka:kat kn:kan ko:kor la:lat lt:lit lv:lav mk:mkd ml:mal mr:mar ms:msa nb:nob ne:nep
nl:nld nn:nno no:nor pa:pan pl:pol pt:por ro:ron ru:rus sk:slk sl:slv sq:sqi sr:srp sv:swe sw:swa
ta:tam te:tel th:tha tr:tur uk:ukr ur:urd vi:vie zh:zho
"""
_THREE = dict(pair.split(":") for pair in _KNOWN.split())


def three_letters(tag: str) -> str:
    """`eng` for `en` or `en-GB`; a language that is not known is `und`, undetermined."""
    main = tag.split("-")[0].lower()
    return main if main in _THREE.values() else _THREE.get(main, "und")


_LEFTWARD = frozenset(
    ("ar", "arc", "ckb", "dv", "fa", "he", "ku", "ps", "sd", "syr", "ug", "ur", "yi")
)


def direction(tag: str) -> str:
    """The direction its script runs in, `ltr` or `rtl`; a script named in the tag decides."""
    main, *rest = tag.split("-")
    script = next((part for part in rest if len(part) == 4 and part.isalpha()), "")
    if script:
        written = script.title() in ("Arab", "Hebr", "Syrc", "Thaa", "Nkoo", "Adlm")
        return "rtl" if written else "ltr"
    return "rtl" if main.lower() in _LEFTWARD else "ltr"
