"""The phoneme alphabets of engines: which phonemes a script may write for a word, and how."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

_MISAKI_PHONEMES = frozenset(
    "AIOQSTWYabcdefhijklmnopqrstuvwxyzæçðøŋœɐɑɒɔɕɖəɚɛɜɟɡɣɤɥɨɪɯɰɲɳɴɸɹɻɽɾʁʂʃʈʊʋʌʎʒʔʝʣʤʥʦʧʨβθχᵊᵝᵻꭧ"
    "ʰʲ\u0303ˈˌː"
)  # those of hibari's and Kokoro's vocabulary that are no pause


@dataclass(frozen=True, slots=True)
class PhonemeAlphabet:
    """How phonemes are written for an engine; `problem` says what is wrong with those of a word.

    `example` is a word's phonemes, for messages; `problem` gives an empty text if nothing is wrong.
    """

    example: str
    problem: Callable[[str, str], str]


def is_one_word(word: str) -> bool:
    """Whether a text is one word of letters, of whatever script."""
    return re.fullmatch(r"[^\W\d_]+", word) is not None


def _misaki_problem(word: str, phones: str) -> str:
    """What is wrong with the phonemes of a word, or of several that are said together."""
    if not re.fullmatch(r"[^\W\d_]+( [^\W\d_]+)*", word):
        return f"“{word}” is not one word of letters, or several with a space between"
    if unknown := [char for char in phones if char not in _MISAKI_PHONEMES and char != " "]:
        return f"“{unknown[0]}” is not a phoneme of misaki's"
    words = len(word.split())
    groups = len(phones.split())
    if words > 1 and words != groups:
        return f"“{word}” has {words} words, and “{phones}” is of {groups}"
    return ""


MISAKI = PhonemeAlphabet("tɹæstˈuzəmˌæb", _misaki_problem)
"""IPA as the library misaki writes it, which neural voices are trained on."""
