"""The voice “flite”: the CMU voice rms of libflite, English, offline, with exact word times.

Text goes in through the C API, so nothing in it can act as an option; word times are read from
flite's own token, word and segment relations. The script's phonemes go into its lexicon.
"""

from __future__ import annotations

import ctypes
import hashlib
import re
import tempfile
import unicodedata
from ctypes import POINTER, c_char_p, c_float, c_int, c_short, c_void_p
from functools import cache
from pathlib import Path
from typing import Any

from explainer.errors import EnvironmentProblem, VoiceError
from explainer.voices.base import RATE_OPTIONS, SpeechEngine, Utterance
from explainer.voices.native import load_library
from explainer.voices.phonemes import PhonemeAlphabet
from explainer.voices.responses import EngineResponse, require_words, to_utterance
from explainer.voices.subprocess_engine import call

DURATION_STRETCH = 0.87
"""Length of every sound relative to the voice's own; 0.87 speaks about 160 words a minute."""
TIMEOUT = 60.0
"""Wall-clock deadline for one text; flite speaks twenty times faster than real time."""

_INSTALL = "sudo apt-get install libflite1   (on macOS: brew install flite)"
_MODULE = "explainer.voices.flite"


_VOWELS = frozenset(
    "aa ae ah ao aw ax ay eh er ey ih iy ow oy uh uw".split()  # noqa: SIM905
)
_CONSONANTS = frozenset(
    "b ch d dh f g hh jh k l m n ng p r s sh t th v w y z zh".split()  # noqa: SIM905
)  # those of its lexicon, cmulex


def phoneme_problem(word: str, phones: str) -> str:
    """What is wrong with the phonemes of a word in flite's alphabet; empty if nothing is.

    A vowel carries its stress, as in `ae1` or `ax0`: flite leaves one without it out in silence.
    """
    if not re.fullmatch(r"[A-Za-z]+", word):
        return f"“{word}” is not one word of letters"
    for phone in phones.split():
        if phone in _VOWELS:
            return f"the vowel “{phone}” lacks its stress: write {phone}1, or {phone}0"
        if phone not in _CONSONANTS and not (phone[:-1] in _VOWELS and phone[-1] in "01"):
            return f"“{phone}” is not a phoneme of flite"
    return ""


class Flite(SpeechEngine):
    """flite's voice rms. 16 kHz, male, English."""

    name = "flite"
    options = RATE_OPTIONS
    phonemes = PhonemeAlphabet("t r ae0 s t uw1 z", phoneme_problem)
    requirements = "the package libflite1; English only"
    supports_rate = True

    def check(self, language: str) -> None:
        """Make sure that libflite is installed and that `language` is English."""
        _require_english(language)
        call(_MODULE, {"about": True}, TIMEOUT)

    def fingerprint(self, language: str) -> dict[str, str]:
        """The engine, its build, the voice and the stretch."""
        _require_english(language)
        return {
            "engine": "flite",
            "version": _installed_version(),
            "voice": "rms",
            "stretch": f"{self._stretch():.4g}",
        }

    def speak(self, text: str, language: str, line: str = "") -> Utterance:  # noqa: ARG002
        """Speak `text`; a word boundary for every token that has sound.

        Raises:
            VoiceError: if it fails, or `text` has characters that flite cannot read.
        """
        _require_english(language)
        require_words(text)
        request = {
            "text": text,
            "stretch": self._stretch(),
            "phonemes": self.settings.phonemes_for(text),
        }
        return to_utterance(self.name, text, call(_MODULE, request, TIMEOUT))

    def _stretch(self) -> float:
        return DURATION_STRETCH / self.settings.pace


def _require_english(language: str) -> None:
    if language.lower().partition("-")[0] != "en":
        raise EnvironmentProblem.of(
            f"flite speaks English only, not “{language}”", "choose another voice: --voice espeak"
        )


@cache
def _installed_version() -> str:
    header, _ = call(_MODULE, {"about": True}, TIMEOUT)
    return str(header["version"])


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:12]


# --- from here on: inside the worker process ---


class _Wave(ctypes.Structure):
    _fields_ = (
        ("type", c_char_p),
        ("rate", c_int),
        ("count", c_int),
        ("channels", c_int),
        ("samples", POINTER(c_short)),
    )


class _Voice(ctypes.Structure):
    _fields_ = (("name", c_char_p), ("features", c_void_p))


class _Symbol(ctypes.Structure):
    _fields_ = (
        ("file", c_char_p),
        ("base", c_void_p),
        ("name", c_char_p),
        ("address", c_void_p),
    )


_SIGNATURES: dict[str, tuple[Any, ...]] = {
    "flite_synth_text": (c_void_p, c_char_p, c_void_p),
    "flite_voice_add_lex_addenda": (c_int, c_void_p, c_char_p),
    "flite_feat_set_float": (None, c_void_p, c_char_p, c_float),
    "flite_ffeature_string": (c_char_p, c_void_p, c_char_p),
    "flite_ffeature_float": (c_float, c_void_p, c_char_p),
    "utt_relation": (c_void_p, c_void_p, c_char_p),
    "utt_wave": (POINTER(_Wave), c_void_p),
    "relation_head": (c_void_p, c_void_p),
    "item_next": (c_void_p, c_void_p),
    "item_daughter": (c_void_p, c_void_p),
    "item_as": (c_void_p, c_void_p, c_char_p),
}


def handle(request: dict[str, Any]) -> EngineResponse:
    """Answer one request: `about` gives the library's version, `text` its speech."""
    flite, rms = _load_libraries()
    if "about" in request:
        return {"version": _libraries_version(flite, rms)}, b""
    voice = _register_voice(flite, rms, request["stretch"], request["phonemes"])
    plain, where = _to_ascii(request["text"])
    spoken = flite.flite_synth_text(plain.encode("ascii"), voice)
    wave = flite.utt_wave(spoken).contents
    marks = [
        (where[start], where[end - 1] + 1, at)
        for start, end, at in _token_times(flite, spoken, plain)
    ]
    return {"rate": wave.rate, "marks": marks}, ctypes.string_at(wave.samples, 2 * wave.count)


def _load_libraries() -> tuple[ctypes.CDLL, ctypes.CDLL]:
    flite = load_library("flite", _INSTALL)
    for stem in ("flite_usenglish", "flite_cmulex"):
        load_library(stem, _INSTALL)
    rms = load_library("flite_cmu_us_rms", _INSTALL)
    for name, (result, *arguments) in _SIGNATURES.items():
        function = getattr(flite, name)
        function.restype, function.argtypes = result, arguments
    rms.register_cmu_us_rms.restype, rms.register_cmu_us_rms.argtypes = c_void_p, [c_char_p]
    return flite, rms


def _register_voice(
    flite: ctypes.CDLL, rms: ctypes.CDLL, stretch: float, phonemes: dict[str, str]
) -> int:
    flite.flite_init()
    ctypes.CDLL(None).srand(1)  # the vocoder's noise comes from rand()
    voice: int = rms.register_cmu_us_rms(None)
    features = ctypes.cast(voice, POINTER(_Voice)).contents.features
    flite.flite_feat_set_float(features, b"duration_stretch", stretch)
    with tempfile.NamedTemporaryFile("w", suffix=".lex") as lexicon:
        lexicon.writelines(f"{word.lower()} n : {phones}\n" for word, phones in phonemes.items())
        lexicon.flush()
        flite.flite_voice_add_lex_addenda(voice, lexicon.name.encode())
    return voice


def _libraries_version(flite: ctypes.CDLL, rms: ctypes.CDLL) -> str:
    """The installed files' own version and contents; the library has no call that tells."""
    files = [_library_file(flite.flite_init), _library_file(rms.register_cmu_us_rms)]
    number = files[0].name.partition(".so.")[2] or "2"
    return f"{number} ({_digest(b''.join(file.read_bytes() for file in files))})"


def _library_file(function: Any) -> Path:
    symbol = _Symbol()
    ctypes.CDLL(None).dladdr(ctypes.cast(function, c_void_p), ctypes.byref(symbol))
    return Path(symbol.file.decode()).resolve()


def _token_times(flite: ctypes.CDLL, spoken: int, plain: str) -> list[tuple[int, int, float]]:
    """Each token with sound: its characters in `plain`, and the seconds at which it begins.

    A token's name stands in the text as it is, and tokens keep their order, so each is found
    right after the one before it.
    """
    found, at = [], 0
    token = flite.relation_head(flite.utt_relation(spoken, b"Token"))
    while token:
        name = flite.flite_ffeature_string(token, b"name").decode("ascii")
        start = plain.index(name, at)
        at = start + len(name)
        word = flite.item_daughter(token)
        while word and not flite.item_daughter(flite.item_as(word, b"SylStructure")):
            word = flite.item_next(word)
        if word:
            path = b"R:SylStructure.daughter1.daughter1.R:Segment.p.end"
            found.append((start, at, flite.flite_ffeature_float(word, path)))
        token = flite.item_next(token)
    return found


def _to_ascii(text: str) -> tuple[str, list[int]]:
    """`text` in ASCII, all that flite reads, and where each character came from."""
    plain: list[str] = []
    where: list[int] = []
    for at, char in enumerate(text):
        ascii_form = _ascii_for(char, text)
        if ascii_form == ", " and plain and plain[-1] == " ":
            plain[-1] = ","  # a dash between spaces is a pause after the word before it
            continue
        plain += ascii_form
        where += [at] * len(ascii_form)
    return "".join(plain), where


def _ascii_for(char: str, text: str) -> str:
    known = {"’": "'", "‘": "'", "“": '"', "”": '"', "—": ", ", "–": "-", "‑": "-", "…": "..."}
    if char.isascii() and char.isprintable():
        return char
    if char in known:
        return known[char]
    if unicodedata.combining(char):
        return ""
    if unicodedata.category(char)[0] in "ZC":
        return " "
    letters = [c for c in unicodedata.normalize("NFKD", char) if not unicodedata.combining(c)]
    if all(c.isascii() and c.isprintable() for c in letters):
        return "".join(letters)
    if unicodedata.category(char)[0] == "P":
        return " "
    raise VoiceError.of(
        f"flite cannot read “{char}” in “{text}”",
        "add the word to the script's lexicon with its spoken form, or choose --voice espeak",
    )
