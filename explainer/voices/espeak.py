"""The voice “espeak”: libespeak-ng, a hundred languages, offline, with a time for most words.

Text goes in through the C API without its SSML flag, so markup in it is read aloud. The script's
phonemes stand in for their words. Words that it would run together (“of the”) are kept apart, so
that each has a time.
"""

from __future__ import annotations

import ctypes
import re
import unicodedata
from collections.abc import Mapping, Sequence
from ctypes import (
    POINTER,
    byref,
    c_char,
    c_char_p,
    c_int,
    c_short,
    c_size_t,
    c_ubyte,
    c_uint,
    c_void_p,
)
from functools import cache
from typing import Any

from explainer.errors import EnvironmentProblem, VoiceError
from explainer.voices.base import RATE_OPTIONS, SpeechEngine, Utterance
from explainer.voices.native import load_library
from explainer.voices.phonemes import PhonemeAlphabet, is_one_word
from explainer.voices.responses import EngineResponse, require_words, to_utterance
from explainer.voices.subprocess_engine import call

WORDS_PER_MINUTE = 175
"""Words a minute, as espeak counts them; about 165 in English with the pauses between sentences."""
VOICE_VARIANT, REFERENCE_VARIANT = "f1", "f2"
"""espeak's variants that are heard, and that other voices are aligned with: f2's spectra are nearer
to theirs (bench/ALIGNMENT.md), but it has an echo (bench/VOICE_SETTINGS.md)."""
TIMEOUT = 60.0
"""Wall-clock deadline for one text; espeak speaks hundreds of times faster than real time."""

_INSTALL = "sudo apt-get install libespeak-ng1   (on macOS: brew install espeak-ng)"
_MODULE = "explainer.voices.espeak"
_ENGLISH = "en-us"
"""What English without a known region means; espeak itself would take British English."""


def phoneme_problem(word: str, phones: str) -> str:
    """What is wrong with the phonemes of a word in espeak's mnemonics, before a voice is asked."""
    if not is_one_word(word):
        return f"“{word}” is not one word of letters"
    if not re.fullmatch(r"[!-Z^-~]+", phones):
        return f"“{phones}” has a space, a bracket or a letter that is in no mnemonic of espeak"
    return ""


class Espeak(SpeechEngine):
    """espeak-ng's own voice for the language. 22.05 kHz."""

    name = "espeak"
    options = RATE_OPTIONS
    phonemes = PhonemeAlphabet("tRastutsum'A:p", phoneme_problem)
    requirements = "the package libespeak-ng1"
    supports_rate = True

    def check(self, language: str) -> None:
        """Make sure that the library, and a voice for `language`, is installed."""
        call(_MODULE, {"language": language}, TIMEOUT)

    def fingerprint(self, language: str) -> dict[str, str]:
        """The engine, its version, the voice and the rate."""
        voice, version = _voice_and_version(language)
        about = {"engine": "espeak", "version": version, "voice": f"{voice}+{VOICE_VARIANT}"}
        return {**about, "rate": str(self._rate())}

    def speak(self, text: str, language: str, line: str = "") -> Utterance:  # noqa: ARG002
        """Speak `text`; a word boundary for each of the engine's word events.

        Raises:
            VoiceError: if it fails, gives no speech, or does not know the script's phonemes.
        """
        return _speak_text(
            text, language, VOICE_VARIANT, self._rate(), self.settings.phonemes_for(text)
        )

    def _rate(self) -> int:
        return round(WORDS_PER_MINUTE * self.settings.pace)


def reference_speech(text: str, language: str) -> Utterance:
    """The text as espeak reads it at its usual pace, for other voices to be aligned with.

    Raises:
        EnvironmentProblem, VoiceError: as `Espeak.speak` does.
    """
    return _speak_text(text, language, REFERENCE_VARIANT, WORDS_PER_MINUTE)


def reference_id(language: str) -> str:
    """What `reference_speech` speaks with, for the recipe of a sound that is aligned with it.

    Raises:
        EnvironmentProblem: if the library, or a voice for `language`, is not installed.
    """
    voice, version = _voice_and_version(language)
    return f"espeak {version}, {voice}+{REFERENCE_VARIANT} at {WORDS_PER_MINUTE}"


def ipa_of(texts: Sequence[str], language: str) -> list[list[str]]:
    """How espeak reads each text: in IPA, a group for each word that it says.

    Two letters that are one sound have a `^` between them.

    Raises:
        EnvironmentProblem: if the library, or a voice for `language`, is not installed.
    """
    plain = [_replace_control_chars(text) for text in texts]
    header, _ = call(_MODULE, {"language": language, "ipa": plain}, TIMEOUT)
    return [list(map(str, groups)) for groups in header["ipa"]]


def _speak_text(
    text: str, language: str, timbre: str, rate: int, phonemes: Mapping[str, str] | None = None
) -> Utterance:
    require_words(text)
    request = {"language": language, "text": text, "rate": rate, "timbre": timbre}
    request["phonemes"] = dict(phonemes or {})
    return to_utterance("espeak", text, call(_MODULE, request, TIMEOUT))


@cache
def _voice_and_version(language: str) -> tuple[str, str]:
    header, _ = call(_MODULE, {"language": language}, TIMEOUT)
    return str(header["voice"]), str(header["version"])


# --- from here on: inside the worker process ---


class _Voice(ctypes.Structure):
    _fields_ = (
        ("name", c_char_p),
        ("languages", c_void_p),
        ("identifier", c_char_p),
        ("gender", c_ubyte),
        ("age", c_ubyte),
        ("variant", c_ubyte),
        ("reserved", c_ubyte),
        ("score", c_int),
        ("spare", c_void_p),
    )


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", c_int),
        ("unique", c_uint),
        ("position", c_int),
        ("length", c_int),
        ("milliseconds", c_int),
        ("sample", c_int),
        ("user", c_void_p),
        ("id", c_char * 8),
    )


_SynthCallback = ctypes.CFUNCTYPE(c_int, POINTER(c_short), c_int, POINTER(_Event))
_SYNCHRONOUS, _DO_NOT_EXIT, _RATE, _WORD, _END_OF_LIST = 2, 0x8000, 1, 1, 0
_WITH_IPA = 0x82  # with a tie, which is given beside it
_UTF8, _PHONEMES = 1, 0x100
"""How a text is to be read: as UTF-8, and with [[phonemes]] in it."""


def handle(request: dict[str, Any]) -> EngineResponse:
    """Answer one request: `language` gives voice and version; with `text`, its speech."""
    espeak = load_library("espeak-ng", _INSTALL)
    rate = espeak.espeak_Initialize(_SYNCHRONOUS, 0, None, _DO_NOT_EXIT)
    if rate <= 0:
        raise EnvironmentProblem.of("espeak-ng's data is not installed", _INSTALL)
    voice = _set_voice(espeak, request["language"])
    if "ipa" in request:
        return {"ipa": [_read_ipa(espeak, text) for text in request["ipa"]]}, b""
    if "text" not in request:
        espeak.espeak_Info.restype = c_char_p
        return {"voice": voice, "version": espeak.espeak_Info(None).decode()}, b""
    if request["timbre"]:
        espeak.espeak_SetVoiceByName(f"{voice.rpartition('/')[2]}+{request['timbre']}".encode())
    espeak.espeak_SetParameter(_RATE, request["rate"], 0)
    text, origins = _insert_phonemes(_replace_control_chars(request["text"]), request["phonemes"])
    mode = _UTF8 | _PHONEMES if request["phonemes"] else _UTF8
    sound, events = _synthesize(espeak, text, mode)
    _require_known_phonemes(espeak, request["phonemes"])
    apart = _separate_words(text, events)
    if apart != text:
        sound, events = _synthesize(espeak, apart, mode)
    marks = [
        (origins[at][0], origins[at + length - 1][1], sample / rate)
        for at, length, sample in events
    ]
    return {"rate": rate, "marks": marks}, sound


def _insert_phonemes(text: str, phonemes: dict[str, str]) -> tuple[str, list[tuple[int, int]]]:
    """`text` with phonemes for the words that have some, and the span each character stands for."""
    known = {word.lower(): f"[[{phones}]]" for word, phones in phonemes.items()}
    written, origins = "", []
    for part in re.finditer(r"\w+|\W", text):
        if phones := known.get(part.group().lower()):
            written += phones
            origins += [part.span()] * len(phones)
        else:
            # an opening bracket of the text's own must not begin phonemes
            written += " " if known and part.group() == "[" else part.group()
            origins += [(i, i + 1) for i in range(*part.span())]
    return written, origins


def _require_known_phonemes(espeak: ctypes.CDLL, phonemes: dict[str, str]) -> None:
    """Make sure that the voice knows all phonemes, once a text with some was synthesized.

    Raises:
        VoiceError: naming a word with some that it does not know; it would leave them out.
    """
    espeak.espeak_TextToPhonemes.restype = c_char_p
    for word, phones in phonemes.items():
        text = c_char_p(f"[[{phones}]]".encode())
        read = (espeak.espeak_TextToPhonemes(byref(text), _UTF8, 0) or b"").decode().strip()
        if read != phones:
            raise VoiceError.of(
                f"espeak reads the phonemes of “{word}”, {phones}, as {read or 'nothing'}",
                f"write those of this language; see them with: espeak-ng -x -q {word}",
            )


def _read_ipa(espeak: ctypes.CDLL, text: str) -> list[str]:
    """The words of a text in IPA, without its marks of where the language changes."""
    espeak.espeak_TextToPhonemes.restype = c_char_p
    rest, groups = c_char_p(text.encode()), []
    while rest.value is not None:  # a clause at a time
        read = espeak.espeak_TextToPhonemes(byref(rest), _UTF8, _WITH_IPA | ord("^") << 8)
        groups += re.sub(r"\([^()]*\)", "", (read or b"").decode()).split()
    return groups


def _separate_words(text: str, events: list[tuple[int, int, int]]) -> str:
    """`text` with the space before each word that had no event turned into one of no width.

    espeak looks pairs of words up in its dictionary only over a plain space.
    """
    begun = {at for at, _, _ in events}
    apart = list(text)
    for word in re.finditer(r"\S*\w\S*", text):
        if word.start() and not begun & {*range(*word.span())}:
            apart[word.start() - 1] = "\u200b"
    return "".join(apart)


def _set_voice(espeak: ctypes.CDLL, language: str) -> str:
    """Set and name the voice that fits `language` best: exact, then its main part alone."""
    offered: dict[str, tuple[int, str]] = {}
    espeak.espeak_ListVoices.restype = POINTER(POINTER(_Voice))
    for entry in _until_null(espeak.espeak_ListVoices(None)):
        at = entry.contents.languages
        while packed := ctypes.string_at(at):  # a byte of priority (low is good) before each name
            choice = (packed[0], entry.contents.identifier.decode())
            code = packed[1:].decode().lower()
            offered[code] = min(choice, offered.get(code, choice))
            at += len(packed) + 1
    wanted = language.lower().replace("_", "-")
    main = wanted.partition("-")[0]
    for code in (_ENGLISH if c == "en" else c for c in (wanted, main)):
        if code in offered and not espeak.espeak_SetVoiceByName(offered[code][1].encode()):
            return offered[code][1]
    raise EnvironmentProblem.of(
        f"espeak-ng has no voice for “{language}”",
        "use a BCP 47 code from the list that `espeak-ng --voices` prints",
    )


def _until_null(pointers: Any) -> list[Any]:
    found: list[Any] = []
    while pointers[len(found)]:
        found.append(pointers[len(found)])
    return found


def _synthesize(
    espeak: ctypes.CDLL, text: str, mode: int
) -> tuple[bytes, list[tuple[int, int, int]]]:
    """The sound as int16, and each word event as (first character, length, sample)."""
    sound = bytearray()
    events: list[tuple[int, int, int]] = []

    def hear(wave: Any, count: int, reported: Any) -> int:
        if count > 0:
            sound.extend(ctypes.string_at(wave, 2 * count))
        i = 0
        while reported[i].type != _END_OF_LIST:
            event = reported[i]
            if event.type == _WORD and event.position > 0:  # positions count from 1
                events.append((event.position - 1, event.length, event.sample))
            i += 1
        return 0

    heard = _SynthCallback(hear)  # kept by this name: espeak calls it until the text is spoken
    data = text.encode() + b"\0"
    espeak.espeak_SetSynthCallback(heard)
    numbers = [c_size_t, c_uint, c_int, c_uint, c_uint]
    espeak.espeak_Synth.argtypes = [c_char_p, *numbers, c_void_p, c_void_p]
    if espeak.espeak_Synth(data, len(data), 0, 1, 0, mode, None, None):
        raise VoiceError.of(f"espeak-ng failed on “{text}”", "choose another voice: --voice flite")
    return bytes(sound), events


def _replace_control_chars(text: str) -> str:
    """Control characters are commands to espeak; a space each keeps all positions as they are."""
    return "".join(" " if unicodedata.category(char) in ("Cc", "Cs") else char for char in text)
