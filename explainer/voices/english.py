"""English text as phonemes in misaki's notation, by the reader in hibari's package.

Text and the script's phonemes go in; what comes out is one character a phoneme, with the text's
words in it. Runs inside an engine's worker process; the reader's own limits are refused in words.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from difflib import SequenceMatcher
from typing import Any

from explainer.errors import EnvironmentProblem, VoiceError, error_text
from explainer.voices.base import phonemes_in
from explainer.voices.neural import (
    INSTALL_COMMAND,
    SPELL_OUT,
    PhonemizedText,
    hibari_assets,
    plain_text,
    require_letters,
    require_phonemes,
    require_speakable_length,
    vocabulary,
    word_offsets,
)


class EnglishPhonemizer:
    """hibari's reader of American English, loaded once."""

    def __init__(self, engine: str) -> None:
        """`engine` is who speaks, for messages.

        Raises:
            EnvironmentProblem: if the package is not installed, or not whole.
        """
        self.vocabulary = vocabulary()
        try:
            from hibari.g2p import G2P

            self._g2p: Any = G2P()
            self._letters = frozenset(
                json.loads((hibari_assets() / "oov.json").read_text("utf-8"))["in"]
            )
        except (ImportError, OSError, ValueError, KeyError) as error:
            raise EnvironmentProblem.of(
                f"hibari cannot be loaded: {error_text(error)}", INSTALL_COMMAND
            ) from None
        self._engine = engine

    def phonemize(self, text: str, phonemes: Mapping[str, str]) -> PhonemizedText:
        """`text` in phonemes; `phonemes` are the script's own for words of it.

        Raises:
            VoiceError: naming the word or the letters that it cannot say.
        """
        from hibari.g2p import normalize

        plain = plain_text(text)
        spans = [word.span() for word in re.finditer(r"\S+", plain)]
        written = [unicodedata.normalize("NFC", plain[a:b]) for a, b in spans]
        said = normalize(" ".join(written))
        for word in said.split():
            require_letters(word, self._engine, self._letters)
        taught = self._taught(said, phonemes_in(text, phonemes))
        tokens = self._g2p.tokenize(taught)
        groups, at = _group_by_word(self._g2p.phonemize_tokens(tokens))
        said_words = said.split()
        if len(said_words) != len(groups):
            raise VoiceError.of(f"{self._engine} cannot read “{text}”", SPELL_OUT)
        string = " ".join(groups)
        for word, group in zip(said_words, groups, strict=True):
            require_phonemes(word, group, self._engine, self.vocabulary)
        words = [
            (*spans[i], at[j])
            for i, j in _match_words(written, said_words)
            if any(map(str.isalnum, written[i]))
        ]
        require_speakable_length(string, text, self._engine)
        return PhonemizedText(string, tuple(words))

    def _taught(self, said: str, phonemes: Mapping[str, str]) -> str:
        """What is said, with the script's phonemes at their words in the reader's own notation.

        Raises:
            VoiceError: if something else is said in the place of a word, or one has no such sound.
        """
        for word, phones in phonemes.items():
            require_phonemes(word, phones, self._engine, self.vocabulary)
            parts = phones.split() if " " in word else [phones]
            pattern = r"\s+".join(map(re.escape, word.split()))
            marked = " ".join(
                f"[{each}](/{sound}/)" for each, sound in zip(word.split(), parts, strict=True)
            )
            # a word that has its phonemes already stands in brackets
            pattern = rf"(?<![^\W_])(?<!\[){pattern}(?![^\W_])(?!\])"
            apart = re.split(pattern, said, flags=re.IGNORECASE)
            said = marked.join(apart)
            if len(apart) == 1:
                what = f"{self._engine} reads “{word}” as something else, so has no use for its"
                remedy = "write the word out in the script's lexicon"
                raise VoiceError.of(f"{what} phonemes", remedy)
        return said


def _group_by_word(tokens: list[Any]) -> tuple[list[str], list[int]]:
    """The phonemes of each word, and where they begin once they stand with a space between."""
    groups, word = [], ""
    for token in tokens:
        word += token.phonemes or ""
        if token.whitespace:
            groups.append(word)
            word = ""
    groups.append(word)
    return groups, word_offsets(groups)


def _match_words(written: list[str], said: list[str]) -> list[tuple[int, int]]:
    """Pairs of a written word and the word that is said for it, or the first of several."""
    pairs = []
    blocks = SequenceMatcher(None, written, said, autojunk=False).get_opcodes()
    for _, a, b, c, d in blocks:
        if b - a == d - c:
            pairs += list(zip(range(a, b), range(c, d), strict=True))
        elif b > a and d > c:
            pairs.append((a, c))
    return pairs
