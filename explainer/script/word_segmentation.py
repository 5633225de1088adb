"""Finds words in texts without spaces between them: a text in, the span of each word out.

Thai, Khmer, Lao and Burmese are cut by ICU's dictionaries, Japanese by BudouX, Chinese by both;
punctuation stays with its word. In any script, a zero-width space stands between two words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from itertools import accumulate, pairwise

import budoux
from icu4py.breakers import WordBreaker

ZERO_WIDTH = "\u200b"
_HAN = "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_HAN += "\U00020000-\U0003ffff"
_KANA = "\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f"
_THAI = "\u0e00-\u0e7f"
_OTHERS = "\u0e80-\u0eff\u1000-\u109f\u1780-\u17ff\uaa60-\uaa7f"
_UNSPACED = re.compile(f"[{_HAN}{_KANA}{_THAI}{_OTHERS}]")
_CLOSING = frozenset(
    "、。，．・：；？！゛゜ヽヾゝゞ々ー…‥～〜ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ,.:;?!%％°ๆฯ"
)
"""What must not begin a row, besides closing brackets and quotes (JIS X 4051)."""
_LEADING_VOWELS = frozenset("เแโใไເແໂໃໄ")
"""Thai and Lao vowels that are written before the consonant that they follow."""
HAN_NUMERALS = frozenset("〇零一二三四五六七八九十百千万萬亿億两兩")


def is_unspaced(text: str) -> bool:
    """Whether a text has letters of a script without spaces between words."""
    return bool(_UNSPACED.search(text))


def breakable(text: str, at: int) -> bool:
    """Whether a word or a row may end before character `at`.

    Not before a mark that belongs to its letter, nor before what closes, nor after what opens.
    """
    before = text[at - 1]
    after = text[at]
    if after in _CLOSING or before in _LEADING_VOWELS or "\u200d" in (before, after):
        return False
    if unicodedata.category(after) in ("Mn", "Mc", "Me", "Pe", "Pf"):
        return False
    return unicodedata.category(before) not in ("Ps", "Pi")


def spans(
    text: str, language: str, marked: Iterable[tuple[int, int]] = (), known: Iterable[str] = ()
) -> list[tuple[int, int]]:
    """The words of `text`, between spaces and, where a script has none, as they are known.

    A word begins and ends where a span of `marked` does, and each text of `known` is a word.
    """
    edges = {edge for span in marked for edge in span}
    listed = [entry for entry in known if is_unspaced(entry)]
    found = []
    for run in re.finditer(rf"[^\s{ZERO_WIDTH}]+", text):
        cuts = _cuts(run[0], language, {at - run.start() for at in edges}, listed)
        found += [(run.start() + a, run.start() + b) for a, b in pairwise([0, *cuts, len(run[0])])]
    return found


def _cuts(run: str, language: str, edges: set[int], listed: list[str]) -> list[int]:
    """The offsets in a run of characters at which one word ends and the next begins."""
    if not is_unspaced(run):
        return []
    cuts = {at for at in _modelled(run, language) if not _one_word(run[at - 1 : at + 1])} | edges
    for entry in listed:
        for place in re.finditer(re.escape(entry), run):
            cuts = {at for at in cuts if not place.start() < at < place.end()} | {*place.span()}
    return sorted(at for at in cuts if 0 < at < len(run) and breakable(run, at))


def _one_word(around: str) -> bool:
    """Whether two characters are part of one number, or one word of a script with spaces."""
    if all(char in HAN_NUMERALS for char in around):
        return True
    return all(char.isalnum() and not is_unspaced(char) for char in around)


def _modelled(run: str, language: str) -> set[int]:
    """Where words end.

    For Japanese it is BudouX that says so, whose phrases keep what belongs to a verb. For Chinese
    both must: ICU parts words that it does not know into single letters, and BudouX some others.
    """
    main, *rest = language.lower().split("-")
    if main == "ja" or re.search(f"[{_KANA}]", run):
        return _phrased(run, "ja")
    found = {end for _, end in WordBreaker(run, language or "en").segments()}
    if re.search(f"[{_HAN}]", run):
        traditional = main == "yue" or {"hant", "tw", "hk", "mo"} & {*rest}
        found &= _phrased(run, "zh-hant" if traditional else "zh-hans")
    return found


def _phrased(run: str, model: str) -> set[int]:
    return {*accumulate(map(len, _parser(model).parse(run)))}


@cache
def _parser(model: str) -> budoux.Parser:
    load = {
        "ja": budoux.load_default_japanese_parser,
        "zh-hans": budoux.load_default_simplified_chinese_parser,
        "zh-hant": budoux.load_default_traditional_chinese_parser,
    }
    return load[model]()
