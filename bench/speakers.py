"""Voices that know when their own words begin, and what may happen to a sound before it is heard.

hibari, Kokoro, flite and espeak-ng are the project's own engines; festival's are Debian packages,
asked by the program `festival`; Piper's is whatever file EXPLAINER_PIPER_MODEL names.
"""

from __future__ import annotations

import io
import re
import subprocess
import tempfile
import wave
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from explainer.voices import espeak, flite
from explainer.voices.base import Utterance, WordBoundary
from explainer.voices.native import load_library
from explainer.voices.registry import create_engine
from explainer.voices.responses import decode_to_mono, to_utterance

FLITE = ("rms", "slt", "awb", "kal16")
NEURAL = {"hibari": "en", "kokoro:am_michael": "en", "kokoro:af_heart": "en"}
"""The neural voices whose words pocketsphinx has in its dictionary."""
ESPEAK = (("f3", 150), ("m1", 185), ("f5", 160))
FESTIVAL = {
    "en": [("cmu_us_slt_arctic_hts", "ascii"), ("kal_diphone", "ascii")],
    "it": [("lp_diphone", "latin-1"), ("pc_diphone", "latin-1")],
    "ca": [("upc_ca_ona_hts", "iso8859-15")],
    "cs": [("czech_ph", "iso8859-2"), ("czech_dita", "iso8859-2")],
    "fi": [("suo_fi_lj_diphone", "latin-1")],
    "ru": [("msu_ru_nsh_clunits", "utf-8")],
}
"""For each language festival's voices, and the encoding that each takes its text in."""

_SCHEME = """\
(define (tell utterance)
  (mapcar
    (lambda (token)
      (let ((word (item.daughter1 token)))
        (if word (format t "word\\t%f\\n" (item.feat word "word_start")))))
    (utt.relation.items utterance 'Token)))
"""


class _As:
    """One of flite's voices under the name of the one that the engine asks for."""

    def __init__(self, voice: str) -> None:
        self.register_cmu_us_rms = getattr(
            load_library(f"flite_cmu_us_{voice}", ""), f"register_cmu_us_{voice}"
        )


def by_flite(voice: str, stretch: float, text: str) -> Utterance:
    def loaded(stem: str, remedy: str) -> Any:
        return _As(voice) if stem == "flite_cmu_us_rms" else load_library(stem, remedy)

    flite.load_library = loaded  # type: ignore[assignment]
    request = {"text": text, "stretch": stretch, "phonemes": {}}
    return to_utterance("flite", text, flite.handle(request))


def by_espeak(language: str, timbre: str, rate: int, text: str) -> Utterance:
    request: dict[str, Any] = {"language": language, "timbre": timbre, "rate": rate, "text": text}
    request["phonemes"] = {}
    return to_utterance("espeak", text, espeak.handle(request))


def by_piper(text: str) -> Utterance:
    return create_engine("piper").speak(text, "en")


def by_neural(name: str, language: str, text: str) -> Utterance:
    return create_engine(name).speak(text, language)


def by_festival(voice: str, encoding: str, text: str) -> Utterance:
    """A mark for each token; none if festival's tokens are not the text's."""
    spans = [match.span() for match in re.finditer(r"\S+", text)]
    with tempfile.TemporaryDirectory() as folder:
        program, out = Path(folder) / "say.scm", Path(folder) / "said.wav"
        program.write_text(
            f"{_SCHEME}(voice_{voice})\n(set! said (Utterance Text {_quoted(text)}))\n"
            f'(utt.synth said)\n(utt.save.wave said "{out}" \'riff)\n(tell said)\n',
            encoding=encoding,
        )
        done = subprocess.run(["festival", "-b", program], check=True, capture_output=True)
        with wave.open(str(out)) as file:
            rate, sound = file.getframerate(), file.readframes(file.getnframes())
    starts = [float(at) for at in re.findall(rb"^word\t(\S+)", done.stdout, re.MULTILINE)]
    marks = zip(spans, starts, strict=True) if len(starts) == len(spans) else ()
    return Utterance(
        np.frombuffer(sound, "<i2").astype(np.int16),
        rate,
        tuple(WordBoundary(*span, at) for span, at in marks),
    )


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "").replace('"', "") + '"'


def in_a_room(spoken: Utterance, level: float) -> Utterance:
    """With noise `level` dB under the voice, and half a second of it before and after."""
    voice = spoken.samples.astype(float)
    loud = np.sqrt(np.mean(voice[np.abs(voice) > np.abs(voice).max() / 20] ** 2))
    half = spoken.rate // 2
    room = np.random.default_rng(1).normal(0, loud * 10 ** (-level / 20), len(voice) + 2 * half)
    room[half : half + len(voice)] += voice
    samples = np.clip(np.round(room), -32768, 32767).astype(np.int16)
    marks = tuple(replace(mark, at=mark.at + half / spoken.rate) for mark in spoken.word_boundaries)
    return Utterance(samples, spoken.rate, marks)


def as_mp3(spoken: Utterance, bitrate: int) -> Utterance:
    """Encoded and decoded, with the delay that the encoder names taken off by the decoder."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp3") as container:
        stream = container.add_stream("libmp3lame", rate=spoken.rate, layout="mono")
        stream.bit_rate = bitrate
        frame = av.AudioFrame.from_ndarray(spoken.samples[np.newaxis], "s16", "mono")
        frame.sample_rate, frame.time_base = spoken.rate, Fraction(1, spoken.rate)
        resampler = av.AudioResampler(stream.format, "mono", spoken.rate)
        for part in [*resampler.resample(frame), None]:
            container.mux(stream.encode(part))
    file.seek(0)
    return replace(
        to_utterance("mp3", "", decode_to_mono(file)), word_boundaries=spoken.word_boundaries
    )
