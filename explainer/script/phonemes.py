"""Pronunciation by phonemes, in the alphabet of each engine that takes any: a YAML node in."""

from __future__ import annotations

import re

import yaml

from explainer.script.yaml_document import Document

_FLITE_VOWELS = frozenset(
    ["aa", "ae", "ah", "ao", "aw", "ax", "ay", "eh", "er", "ey", "ih", "iy", "ow", "oy", "uh", "uw"]
)
_FLITE_CONSONANTS = frozenset(
    [
        "b",
        "ch",
        "d",
        "dh",
        "f",
        "g",
        "hh",
        "jh",
        "k",
        "l",
        "m",
        "n",
        "ng",
        "p",
        "r",
        "s",
        "sh",
        "t",
        "th",
        "v",
        "w",
        "y",
        "z",
        "zh",
    ]  # those of its cmulex
)
_MISAKI = frozenset(
    "AIOQSTWYabcdefhijklmnopqrstuvwxyzæçðøŋœɐɑɒɔɕɖəɚɛɜɟɡɣɤɥɨɪɯɰɲɳɴɸɹɻɽɾʁʂʃʈʊʋʌʎʒʔʝʣʤʥʦʧʨβθχᵊᵝᵻꭧ"
    "ʰʲ\u0303ˈˌː"
)  # those of hibari's and Kokoro's vocabulary that are no pause
ENGINES = ("hibari", "kokoro", "flite", "espeak")
"""The engines that take phonemes; others read a spelling that the lexicon gives them."""


def read(doc: Document, node: yaml.Node | None) -> dict[str, dict[str, str]]:
    """The words of each engine and their phonemes; what is wrong with them goes to `doc`."""
    found: dict[str, dict[str, str]] = {}
    engines = doc.mapping(node, "phonemes", ENGINES) if node else {}
    for engine, words in engines.items():
        found[engine] = {}
        for word, phones in doc.mapping(words, f"phonemes of {engine}").items():
            found[engine][word] = text = doc.text(phones, f"phonemes of “{word}”")
            if text and (wrong := _FAULTS[engine](word, text)):
                doc.fail(doc.at(phones), wrong, f"write them like {_EXAMPLES[engine]}")
    return found


def _flite_fault(word: str, phones: str) -> str:
    """What is wrong with the phonemes of a word in flite's alphabet; empty if nothing is.

    A vowel carries its stress, as in `ae1` or `ax0`: flite leaves one without it out in silence.
    """
    if not re.fullmatch(r"[A-Za-z]+", word):
        return f"“{word}” is not one word of letters"
    for phone in phones.split():
        if phone in _FLITE_VOWELS:
            return f"the vowel “{phone}” lacks its stress: write {phone}1, or {phone}0"
        if phone not in _FLITE_CONSONANTS and not (
            phone[:-1] in _FLITE_VOWELS and phone[-1] in "01"
        ):
            return f"“{phone}” is not a phoneme of flite"
    return ""


def _espeak_fault(word: str, phones: str) -> str:
    """What is wrong with the phonemes of a word in espeak's mnemonics, before a voice is asked."""
    if not re.fullmatch(r"[^\W\d_]+", word):
        return f"“{word}” is not one word of letters"
    if not re.fullmatch(r"[!-Z^-~]+", phones):
        return f"“{phones}” has a space, a bracket or a letter that is in no mnemonic of espeak"
    return ""


def _misaki_fault(word: str, phones: str) -> str:
    """What is wrong with the phonemes of a word, or of several that are said together."""
    if not re.fullmatch(r"[^\W\d_]+( [^\W\d_]+)*", word):
        return f"“{word}” is not one word of letters, or several with a space between"
    if unknown := [char for char in phones if char not in _MISAKI and char != " "]:
        return f"“{unknown[0]}” is not a phoneme of misaki's"
    words, groups = len(word.split()), len(phones.split())
    if words > 1 and words != groups:
        return f"“{word}” has {words} words, and “{phones}” is of {groups}"
    return ""


_FAULTS = {
    "hibari": _misaki_fault,
    "kokoro": _misaki_fault,
    "flite": _flite_fault,
    "espeak": _espeak_fault,
}
_EXAMPLES = {
    "hibari": "tɹæstˈuzəmˌæb",
    "kokoro": "tɹæstˈuzəmˌæb",
    "flite": "t r ae0 s t uw1 z",
    "espeak": "tRastutsum'A:p",
}
