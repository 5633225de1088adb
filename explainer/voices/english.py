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
from pathlib import Path
from typing import Any

from explainer.errors import MissingTool, VoiceError
from explainer.voices.neural import INSTALL, Reading

LONGEST = 400
"""Phonemes that a model says well at once."""

_SPOKEN = "give its spoken form in the script's lexicon, or choose --voice espeak"


class Reader:
    """hibari's reader of American English, loaded once."""

    def __init__(self, engine: str) -> None:
        """`engine` is who speaks, for messages.

        Raises:
            MissingTool: if the package is not installed, or not whole.
        """
        try:
            import hibari
            from hibari.g2p import G2P

            self._g2p: Any = G2P()
            assets = Path(hibari.__file__).parent / "assets"
            self.vocabulary: dict[str, int] = json.loads((assets / "vocab.json").read_text("utf-8"))
            letters = json.loads((assets / "oov.json").read_text("utf-8"))["in"]
        except (ImportError, OSError, ValueError, KeyError) as error:
            raise MissingTool.of(f"hibari cannot be loaded: {error}", INSTALL) from None
        self._letters = {char for char in letters if unicodedata.name(char).startswith("LATIN")}
        self._engine = engine

    def read(self, text: str, phonemes: Mapping[str, str]) -> Reading:
        """`text` in phonemes; `phonemes` are the script's own for words of it.

        Raises:
            VoiceError: naming the word or the letters that it cannot say.
        """
        from hibari.g2p import normalize

        plain = _plain(text)
        spans = [word.span() for word in re.finditer(r"\S+", plain)]
        written = [unicodedata.normalize("NFC", plain[a:b]) for a, b in spans]
        said = normalize(" ".join(written))
        for word in said.split():
            self._need_letters(word)
        taught = self._taught(said, phonemes)
        tokens = self._g2p.tokenize(taught)
        groups, begins = self._spoken(self._g2p.phonemize_tokens(tokens))
        said_words = said.split()
        if len(said_words) != len(groups):
            raise VoiceError.of(f"{self._engine} cannot read “{text}”", _SPOKEN)
        string = " ".join(groups)
        for word, group in zip(said_words, groups, strict=True):
            self._need_phonemes(word, group)
        words = [
            (*spans[i], begins[j])
            for i, j in _same(written, said_words)
            if any(map(str.isalnum, written[i]))
        ]
        if len(string) > LONGEST:
            what = f"a sentence is too long for {self._engine}: “{text[:60]}…”"
            raise VoiceError.of(what, "make it two sentences")
        return Reading(string, tuple(words))

    def _need_letters(self, word: str) -> None:
        """Refuse what the reader would leave out: letters and signs that are in none of its words.

        Raises:
            VoiceError: naming them.
        """
        strange = [
            char
            for char in word
            if not char.isascii()
            and char not in self._letters
            and unicodedata.category(char)[0] in "LMNS"
        ]
        if strange:
            named = ", ".join(f"“{char}”" for char in dict.fromkeys(strange))
            raise VoiceError.of(f"{self._engine} cannot read {named} in “{word}”", _SPOKEN)

    def _need_phonemes(self, word: str, phones: str) -> None:
        unknown = [char for char in phones if char not in self.vocabulary]
        if unknown or (any(map(str.isalnum, word)) and not any(map(str.isalpha, phones))):
            of = f": there is no phoneme “{unknown[0]}”" if unknown else ""
            raise VoiceError.of(f"{self._engine} cannot say “{word}”{of}", _SPOKEN)

    def _taught(self, said: str, phonemes: Mapping[str, str]) -> str:
        """What is said, with the script's phonemes at their words in the reader's own notation.

        Raises:
            VoiceError: if something else is said in the place of a word, or one has no such sound.
        """
        for word, phones in phonemes.items():
            self._need_phonemes(word, phones)
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

    def _spoken(self, tokens: list[Any]) -> tuple[list[str], list[int]]:
        """The phonemes of each word, and where they begin once they stand with a space between."""
        groups, open_word = [], ""
        for token in tokens:
            open_word += token.phonemes or ""
            if token.whitespace:
                groups.append(open_word)
                open_word = ""
        groups.append(open_word)
        begins, at = [], 0
        for group in groups:
            begins.append(at)
            at += len(group) + 1
        return groups, begins


def _plain(text: str) -> str:
    """`text`, as long as before, without control characters, and without what the reader obeys."""
    plain = "".join(" " if unicodedata.category(char)[0] in "ZC" else char for char in text)
    return plain.translate({ord("["): "(", ord("]"): ")"})


def _same(written: list[str], said: list[str]) -> list[tuple[int, int]]:
    """Pairs of a written word and the word that is said for it, or the first of several."""
    pairs = []
    blocks = SequenceMatcher(None, written, said, autojunk=False).get_opcodes()
    for _, a, b, c, d in blocks:
        if b - a == d - c:
            pairs += list(zip(range(a, b), range(c, d), strict=True))
        elif b > a and d > c:
            pairs.append((a, c))
    return pairs
