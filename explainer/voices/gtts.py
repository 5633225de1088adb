"""The voice “gtts”: Google Translate's, many languages, over the network, without word times.

Each piece of text (a sentence, at most 100 characters) is one request of gTTS's own code, made in
a child that is stopped at a wall-clock deadline: gTTS's timeout does not bound a dripping server.
Requests keep a distance, so that a long script is not taken for an attack. EXPLAINER_GTTS_URL
names another server that speaks the same protocol, such as the tests' own.
"""

from __future__ import annotations

import io
import os
import time
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

from explainer.errors import EnvironmentProblem, VoiceError, error_text
from explainer.voices.base import EngineOption, SpeechEngine, Utterance
from explainer.voices.responses import EngineResponse, decode_to_mono, require_words, to_utterance
from explainer.voices.sentences import chunks
from explainer.voices.subprocess_engine import EngineTimeout, call

URL = "https://translate.google."
"""What the top-level domain is put behind; it decides the accent."""
CHECK_TIMEOUT = 4.5
"""Deadline of `check`, so that a missing network is known within 5 s."""
TIMEOUT = 20.0
"""Deadline of one request."""
RETRY_DELAYS = (1.0, 4.0)
"""Seconds to wait before the second and the third try; there is no fourth."""
MIN_REQUEST_INTERVAL = 0.75
"""Seconds from an answer to the next request."""
MAX_REQUEST_CHARS = 100
"""Characters in a request; from more, gTTS makes one request at every punctuation mark."""
WORD_SECONDS_RANGE = (0.2, 1.5)
"""Seconds a word may last at the least and at the most; beyond, the sound is not the text."""

_MODULE = "explainer.voices.gtts"
_TRY_LATER = "try again later, or choose an offline voice: --voice hibari"


GTTS_OPTIONS = {
    "tld": EngineOption(
        r"[a-z]{2,3}(\.[a-z]{2})?", "the end of a Google host, such as co.uk or com.au"
    ),
    "slow": EngineOption(r"yes|no", "yes or no"),
}


class Gtts(SpeechEngine):
    """Google Translate's voice by way of gTTS; MP3 from the network, mono."""

    name = "gtts"
    options = GTTS_OPTIONS
    requirements = "the network, and pip install gtts"
    parallel = False  # the service is asked for one text after another, with rests

    def check(self, language: str) -> None:
        """Make sure that `language` is offered and that the service speaks: it says “1”."""
        _request_with_retries(self._request("1", language), CHECK_TIMEOUT, rests=())

    def fingerprint(self, language: str) -> dict[str, str]:
        """The engine, its version, the voice's language, its pace and the server."""
        asked = self._request("", language)
        slow = {"pace": "slow"} if asked["slow"] else {}
        about = {"engine": "gtts", "version": version("gtts"), "voice": str(asked["language"])}
        return {**about, **slow, "server": str(asked["url"])}

    def speak(self, text: str, language: str, line: str = "") -> Utterance:  # noqa: ARG002
        """Speak `text`, chunk by chunk. No word boundaries.

        Raises:
            VoiceError: if the service cannot be reached, refuses, or sends no speech.
        """
        require_words(text)
        parts = [
            _request_with_retries(self._request(text[start:end], language), TIMEOUT, RETRY_DELAYS)
            for start, end in chunks(text, MAX_REQUEST_CHARS, language)
        ]
        if len({part.rate for part in parts}) > 1:
            raise VoiceError.of(f"gtts changed its sample rate within “{text}”", _TRY_LATER)
        return Utterance(np.concatenate([part.samples for part in parts]), parts[0].rate, ())

    def _request(self, text: str, language: str) -> dict[str, Any]:
        tld = self.settings.options.get("tld", "com")
        return {
            "text": text,
            "language": _language_code(language),
            "tld": tld,
            "slow": self.settings.options.get("slow") == "yes",
            "url": os.environ.get("EXPLAINER_GTTS_URL", URL + tld).rstrip("/"),
        }


def _language_code(language: str) -> str:
    """The code by which gTTS knows a BCP 47 language: exact, else its main part alone."""
    try:
        version("gtts")
    except PackageNotFoundError:
        raise EnvironmentProblem.of("gTTS is not installed", "pip install gtts") from None
    from gtts.lang import tts_langs

    offered = {code.lower(): str(code) for code in tts_langs()}
    wanted = language.lower().replace("_", "-")
    for code in (wanted, wanted.partition("-")[0]):
        if code in offered:
            return offered[code]
    raise EnvironmentProblem.of(
        f"gTTS has no voice for “{language}”",
        "use a code from the list that `gtts-cli --all` prints",
    )


def _request_with_retries(
    request: dict[str, Any], seconds: float, rests: tuple[float, ...]
) -> Utterance:
    """One request, made again after each of `rests` while the cause may pass by itself."""
    for rest in rests:
        try:
            return _request_once(request, seconds)
        except EngineTimeout:
            time.sleep(rest)
    return _request_once(request, seconds)


class _NextRequest:
    """When the next request may be made, on the clock of `time.monotonic`."""

    at = 0.0


def _request_once(request: dict[str, Any], seconds: float) -> Utterance:
    """Make one request.

    Raises:
        EngineTimeout: if the cause may pass by itself: no answer, too many requests, a server down.
        VoiceError: if the service refuses, or sends no speech.
    """
    time.sleep(max(0.0, _NextRequest.at - time.monotonic()))
    try:
        reply = call(_MODULE, request, seconds)
    finally:
        _NextRequest.at = time.monotonic() + MIN_REQUEST_INTERVAL
    text = request["text"]
    header, _ = reply
    if "rate" in header:
        return _require_plausible_length(to_utterance("gtts", text, reply), text)
    status = header["status"]
    passing = status is None or status == 429 or status >= 500
    kind = EngineTimeout if passing else VoiceError
    said = "cannot be reached" if status is None else f"could not speak “{text}”"
    raise kind.of(f"gtts {said}: {header['what']}", _TRY_LATER)


def _require_plausible_length(spoken: Utterance, text: str) -> Utterance:
    """Refuse a sound far too short or too long for its text: cut off, or something else."""
    words = len(text.split())
    # digits are read as words, and some scripts put no spaces between theirs
    most = max(words, len(text) / 4) + sum(char.isdigit() for char in text)
    lasts = len(spoken.samples) / spoken.rate
    if not WORD_SECONDS_RANGE[0] * words <= lasts <= WORD_SECONDS_RANGE[1] * most + 1:
        raise VoiceError.of(f"gtts sent {lasts:.1f} s of sound for “{text}”", _TRY_LATER)
    return spoken


# --- from here on: inside the worker process ---


def handle(request: dict[str, Any]) -> EngineResponse:
    """Make one request; the decoded sound, or the HTTP status (if any) and what went wrong."""
    from gtts import gTTS, gTTSError

    class _At(gTTS):  # type: ignore[misc]
        """gTTS whose requests go to the server asked for."""

        def _prepare_requests(self) -> Any:
            prepared = super()._prepare_requests()
            for each in prepared:
                each.url = each.url.replace(URL + request["tld"], request["url"], 1)
            return prepared

    mp3 = io.BytesIO()
    try:
        speech = _At(
            request["text"],
            lang=request["language"],
            tld=request["tld"],
            slow=request["slow"],
            pre_processor_funcs=[],
            timeout=TIMEOUT / 2,
        )
        speech.write_to_fp(mp3)
    except gTTSError as error:
        status = None if error.rsp is None else error.rsp.status_code
        return {"status": status, "what": error_text(error)}, b""
    except (ValueError, AssertionError) as error:  # not base64, not UTF-8, nothing to say
        raise VoiceError.of(f"gtts sent no speech: {error_text(error)}", _TRY_LATER) from error
    mp3.seek(0)
    try:
        return decode_to_mono(mp3)
    except ValueError as error:
        raise VoiceError.of("gtts sent something that is not speech", _TRY_LATER) from error
