"""Spanish text as phonemes in Kokoro's vocabulary, by espeak-ng: text in, a Reading out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from explainer.voices import espeak
from explainer.voices.neural import (
    PAUSE_PHONEMES,
    PhonemizedText,
    plain_text,
    require_letters,
    require_speakable_length,
    word_offsets,
)

_DIGRAPHS = {
    "a^ɪ": "I",
    "a^ʊ": "W",
    "e^ɪ": "A",
    "o^ʊ": "O",
    "ɔ^ɪ": "Y",
    "d^ʒ": "ʤ",
    "d^z": "ʣ",
    "t^s": "ʦ",
    "t^ʃ": "ʧ",
}
"""Two of espeak's letters that are one of Kokoro's."""
_PLAIN_SIGNS = str.maketrans({"«": "“", "»": "”", "–": "—"})


def phonemize(text: str, language: str, phonemes: Mapping[str, str], engine: str) -> PhonemizedText:
    """`text` in phonemes; `phonemes` are the script's own for words of it.

    Raises:
        EnvironmentProblem: if espeak-ng is not installed.
        VoiceError: naming the letters that it cannot read.
    """
    plain = plain_text(text)
    spans = [word.span() for word in re.finditer(r"\S+", plain)]
    words = [unicodedata.normalize("NFC", plain[a:b]) for a, b in spans]
    for word in words:
        require_letters(word, engine)
    groups = _apply_phonemes(words, _phonemes_by_word(words, language), phonemes)
    signed = [_with_punctuation(word, group) for word, group in zip(words, groups, strict=True)]
    string = " ".join(signed)
    require_speakable_length(string, text, engine)
    told = zip(spans, words, word_offsets(signed), strict=True)
    named = [(*span, at) for span, word, at in told if any(map(str.isalnum, word))]
    return PhonemizedText(string, tuple(named))


def _phonemes_by_word(words: list[str], language: str) -> list[str]:
    """What espeak says for each word: as it reads the sentence, else as it reads the word alone.

    In a sentence small words have no stress, and sounds soften between vowels. A number is more
    words said than written, and so many alone.
    """
    whole, *alone = espeak.ipa_of([" ".join(words), *words], language)
    if sum(map(len, alone)) != len(whole):
        return [_to_kokoro(" ".join(groups)) for groups in alone]
    ends = _spans_of(alone)
    return [_to_kokoro(" ".join(whole[a:b])) for a, b in ends]


def _spans_of(parts: list[list[str]]) -> list[tuple[int, int]]:
    """The span of each part once all stand in one list."""
    spans, at = [], 0
    for part in parts:
        spans.append((at, at + len(part)))
        at += len(part)
    return spans


def _to_kokoro(ipa: str) -> str:
    for pair, sound in _DIGRAPHS.items():
        ipa = ipa.replace(pair, sound)
    return ipa.replace("^", "").replace("-", "")


def _apply_phonemes(words: list[str], groups: list[str], phonemes: Mapping[str, str]) -> list[str]:
    """The groups, with the script's own where it has any."""
    bare = [re.sub(r"^\W+|\W+$", "", word).lower() for word in words]
    for word, phones in phonemes.items():
        names = word.lower().split()
        parts = phones.split() if len(names) > 1 else [phones]
        for at in range(len(bare) - len(names) + 1):
            if bare[at : at + len(names)] == names:
                groups[at : at + len(names)] = parts
    return groups


def _with_punctuation(word: str, group: str) -> str:
    """A word's phonemes between the signs around it that are spoken as pauses."""
    word = word.translate(_PLAIN_SIGNS)
    if not any(map(str.isalnum, word)):
        return "".join(char for char in word if char in PAUSE_PHONEMES) or group
    before, after = re.match(r"\W*", word), re.search(r"\W*\Z", word)
    assert before
    assert after
    signs = ["".join(c for c in each.group() if c in PAUSE_PHONEMES) for each in (before, after)]
    return f"{signs[0]}{group}{signs[1]}"
